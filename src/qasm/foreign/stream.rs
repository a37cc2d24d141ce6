//! The way through the tokens of a text.

use super::tokens::{Kind, Token};
use crate::qasm::{ParseError, Position};

/// The largest whole number in a statement: qubits, bits, indices.
pub(super) const MOST: usize = 1 << 16;

/// Tokens, and which of them is next.
pub(super) struct Stream<'a> {
    tokens: &'a [Token],
    pub(super) at: usize,
    /// Behind the last that may be read: of the text, or of a body in it.
    pub(super) end: usize,
    /// Whether `/` of whole numbers is the division of whole numbers, as OpenQASM 3 has it and 2 has not.
    pub(super) whole_division: bool,
}

impl<'a> Stream<'a> {
    pub(super) fn new(tokens: &'a [Token]) -> Stream<'a> {
        Stream { tokens, at: 0, end: tokens.len(), whole_division: false }
    }

    pub(super) fn is_done(&self) -> bool {
        self.at >= self.end
    }

    pub(super) fn next(&mut self) -> Option<&'a Token> {
        let token = self.tokens[..self.end].get(self.at);
        self.at += usize::from(token.is_some());
        token
    }

    pub(super) fn peek(&self) -> Option<&'a Kind> {
        self.tokens[..self.end].get(self.at).map(|token| &token.kind)
    }

    /// Where the next token stands, or the last where there is none.
    pub(super) fn place(&self) -> Position {
        self.tokens.get(self.at.min(self.tokens.len().saturating_sub(1))).map_or(Position::default(), |t| t.at)
    }

    pub(super) fn wrong_at(&self, at: Position, message: &str) -> ParseError {
        ParseError { at, message: message.to_owned() }
    }

    pub(super) fn wrong(&self, message: &str) -> ParseError {
        self.wrong_at(self.place(), message)
    }

    /// Passes over a sign if it is next.
    pub(super) fn takes(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Kind::Sign(s)) if *s == sign);
        self.at += usize::from(found);
        found
    }

    pub(super) fn needs(&mut self, sign: &str) -> Result<(), ParseError> {
        if self.takes(sign) { Ok(()) } else { Err(self.wrong(&format!("expected '{sign}', found {}", self.shown()))) }
    }

    pub(super) fn shown(&self) -> String {
        match self.peek() {
            None => "the end of the text".into(),
            Some(Kind::Word(word) | Kind::Number(word)) => format!("'{}'", word.chars().take(40).collect::<String>()),
            Some(Kind::Quoted(_)) => "text".into(),
            Some(Kind::Sign(sign)) => format!("'{sign}'"),
        }
    }

    pub(super) fn word(&mut self, expected: &str) -> Result<&'a str, ParseError> {
        match self.peek() {
            Some(Kind::Word(word)) => {
                self.at += 1;
                Ok(word)
            }
            _ => Err(self.wrong(&format!("expected {expected}, found {}", self.shown()))),
        }
    }

    pub(super) fn whole(&mut self) -> Result<usize, ParseError> {
        match self.peek() {
            Some(Kind::Number(text)) if text.parse::<usize>().is_ok_and(|n| n <= MOST) => {
                self.at += 1;
                Ok(text.parse().unwrap_or_default())
            }
            _ => Err(self.wrong(&format!("expected a whole number up to {MOST}, found {}", self.shown()))),
        }
    }
}
