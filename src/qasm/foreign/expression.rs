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

/// A number on its way to an angle.
#[derive(Clone, Copy)]
struct Term {
    value: f64,
    /// A whole number by its type, like `3`: what `3/2` is depends on the language.
    whole: bool,
}

impl Term {
    fn real(value: f64) -> Term {
        Term { value, whole: false }
    }

    fn with(self, other: Term, operation: fn(f64, f64) -> f64) -> Term {
        Term { value: operation(self.value, other.value), whole: self.whole && other.whole }
    }
}

impl Stream<'_> {
    /// An expression, in radians.
    ///
    /// # Errors
    /// If it is none, names what has no value, or is not finite.
    pub(super) fn angle(&mut self, values: &Values) -> Result<f64, ParseError> {
        let at = self.place();
        let Term { value, .. } = self.sum(values, 0)?;
        if value.is_finite() { Ok(value) } else { Err(self.wrong_at(at, "an angle that is not finite")) }
    }

    fn sum(&mut self, values: &Values, depth: usize) -> Result<Term, ParseError> {
        let mut sum = self.product(values, depth)?;
        loop {
            if self.takes("+") {
                sum = sum.with(self.product(values, depth)?, |a, b| a + b);
            } else if self.takes("-") {
                sum = sum.with(self.product(values, depth)?, |a, b| a - b);
            } else {
                return Ok(sum);
            }
        }
    }

    fn product(&mut self, values: &Values, depth: usize) -> Result<Term, ParseError> {
        let mut product = self.signed(values, depth)?;
        loop {
            let at = self.place();
            if self.takes("*") {
                product = product.with(self.signed(values, depth)?, |a, b| a * b);
            } else if self.takes("/") {
                let quotient = product.with(self.signed(values, depth)?, |a, b| a / b);
                if self.whole_division && quotient.whole && quotient.value.is_finite() && quotient.value.fract() != 0.0
                {
                    let problem = "whole numbers leave no fraction in OpenQASM 3, though some readers keep it: \
                                   expected a decimal point, like 3.0/2";
                    return Err(self.wrong_at(at, problem));
                }
                product = quotient;
            } else {
                return Ok(product);
            }
        }
    }

    fn signed(&mut self, values: &Values, depth: usize) -> Result<Term, ParseError> {
        if depth > MAX_DEPTH {
            return Err(self.wrong("an expression nested too deeply"));
        }
        if self.takes("-") {
            let term = self.signed(values, depth + 1)?;
            return Ok(Term { value: -term.value, ..term });
        }
        if self.takes("+") {
            return self.signed(values, depth + 1);
        }
        let base = self.operand(values, depth)?;
        if self.takes("**") || self.takes("^") {
            // Binds more tightly than a sign before it, and to the right.
            return Ok(base.with(self.signed(values, depth + 1)?, f64::powf));
        }
        Ok(base)
    }

    fn operand(&mut self, values: &Values, depth: usize) -> Result<Term, ParseError> {
        if self.takes("(") {
            let value = self.sum(values, depth + 1)?;
            self.needs(")")?;
            return Ok(value);
        }
        let at = self.place();
        match self.next().map(|token| &token.kind) {
            Some(Kind::Number(text)) => {
                let parsed = text.replace('_', "").parse();
                let value = parsed.map_err(|_| self.wrong_at(at, &format!("'{text}' is no number")))?;
                Ok(Term { value, whole: !text.contains(['.', 'e', 'E']) })
            }
            Some(Kind::Word(word)) => match word.as_str() {
                name if values.contains_key(name) => Ok(Term::real(values[name])),
                "pi" | "π" => Ok(Term::real(PI)),
                "tau" | "τ" => Ok(Term::real(TAU)),
                "euler" | "ℇ" => Ok(Term::real(E)),
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
                    let Term { value, .. } = self.sum(values, depth + 1)?;
                    self.needs(")")?;
                    Ok(Term::real(of(value)))
                }
            },
            _ => Err(self.wrong_at(at, "expected an angle")),
        }
    }
}
