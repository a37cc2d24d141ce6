//! Programs in any language to and from text.

use super::ast::Program;
use super::error::ParseError;
use super::{ionq, parser, printer, qir};
use crate::target::Language;

/// The program's text in its dialect.
pub fn print(program: &Program) -> String {
    match program.target.dialect.language {
        Language::OpenQasm => printer::print(program),
        Language::IonqJson => ionq::print(program),
        Language::Qir => qir::print(program),
    }
}

/// Reads a program in the dialect that its contract names, by default the portable one; the language is told by how the text begins.
///
/// # Errors
/// The first thing that is not in the dialect, with line and column.
pub fn parse(text: &str) -> Result<Program, ParseError> {
    match text.trim_start().as_bytes().first() {
        Some(b'{') => ionq::parse(text),
        Some(b';') => qir::parse(text),
        _ => parser::parse(text),
    }
}
