//! Angles as others write them: `3.5*pi`, `-pi/2`, `(theta + 1.5e-3)/2`, `sqrt(2)`.

use super::stream::Stream;
use super::tokens::Kind;
use crate::qasm::ParseError;
use std::collections::HashMap;
use std::f64::consts::{E, PI, TAU};

/// Values of the parameters of a gate that the text defines, by name.
pub(super) type Values = HashMap<String, f64>;

/// How deep parentheses and signs may be nested.
const MAX_DEPTH: usize = 100;

impl Stream<'_> {
    /// An expression, in radians.
    ///
    /// # Errors
    /// If it is none, names what has no value, or is not finite.
    pub(super) fn angle(&mut self, values: &Values) -> Result<f64, ParseError> {
        let at = self.place();
        let value = self.sum(values, 0)?;
        if value.is_finite() { Ok(value) } else { Err(self.wrong_at(at, "an angle that is not finite")) }
    }

    fn sum(&mut self, values: &Values, depth: usize) -> Result<f64, ParseError> {
        let mut value = self.product(values, depth)?;
        loop {
            if self.takes("+") {
                value += self.product(values, depth)?;
            } else if self.takes("-") {
                value -= self.product(values, depth)?;
            } else {
                return Ok(value);
            }
        }
    }

    fn product(&mut self, values: &Values, depth: usize) -> Result<f64, ParseError> {
        let mut value = self.signed(values, depth)?;
        loop {
            if self.takes("*") {
                value *= self.signed(values, depth)?;
            } else if self.takes("/") {
                value /= self.signed(values, depth)?;
            } else {
                return Ok(value);
            }
        }
    }

    fn signed(&mut self, values: &Values, depth: usize) -> Result<f64, ParseError> {
        if depth > MAX_DEPTH {
            return Err(self.wrong("an expression nested too deeply"));
        }
        if self.takes("-") {
            return Ok(-self.signed(values, depth + 1)?);
        }
        if self.takes("+") {
            return self.signed(values, depth + 1);
        }
        let value = self.operand(values, depth)?;
        if self.takes("**") || self.takes("^") {
            // Binds more tightly than a sign before it, and to the right.
            return Ok(value.powf(self.signed(values, depth + 1)?));
        }
        Ok(value)
    }

    fn operand(&mut self, values: &Values, depth: usize) -> Result<f64, ParseError> {
        if self.takes("(") {
            let value = self.sum(values, depth + 1)?;
            self.needs(")")?;
            return Ok(value);
        }
        let at = self.place();
        match self.next().map(|token| &token.kind) {
            Some(Kind::Number(text)) => {
                let parsed = text.replace('_', "").parse();
                parsed.map_err(|_| self.wrong_at(at, &format!("'{text}' is no number")))
            }
            Some(Kind::Word(word)) => match word.as_str() {
                name if values.contains_key(name) => Ok(values[name]),
                "pi" | "π" => Ok(PI),
                "tau" | "τ" => Ok(TAU),
                "euler" | "ℇ" => Ok(E),
                name => {
                    let of: fn(f64) -> f64 = match name {
                        "sin" => f64::sin,
                        "cos" => f64::cos,
                        "tan" => f64::tan,
                        "arcsin" | "asin" => f64::asin,
                        "arccos" | "acos" => f64::acos,
                        "arctan" | "atan" => f64::atan,
                        "exp" => f64::exp,
                        "ln" | "log" => f64::ln,
                        "sqrt" => f64::sqrt,
                        _ => return Err(self.wrong_at(at, &format!("'{name}' has no value here"))),
                    };
                    self.needs("(")?;
                    let value = self.sum(values, depth + 1)?;
                    self.needs(")")?;
                    Ok(of(value))
                }
            },
            _ => Err(self.wrong_at(at, "expected an angle")),
        }
    }
}
