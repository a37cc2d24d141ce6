//! The target that a contract names.

use super::error::{ParseError, Position};
use crate::target::{Language, Target};

/// What of a contract says how its program is written.
#[derive(serde::Deserialize)]
struct WrittenFor {
    target: Option<String>,
}

/// The target that a contract names, if it is readable. What else is wrong with a contract is found by its own reader.
///
/// # Errors
/// A name that no target has, or one of a target whose programs are in another language than this text.
pub(super) fn target_of(json: &str, at: Position, language: Language) -> Result<Option<&'static Target>, ParseError> {
    let Ok(WrittenFor { target }) = serde_json::from_str(json) else { return Ok(None) };
    let name = target.as_deref().unwrap_or(Target::portable().name);
    let wrong = |message| Err(ParseError { at, message });
    match Target::named(name) {
        None => wrong(format!("contract: target: '{}', expected one of {}", name.escape_debug(), Target::names())),
        Some(target) if target.dialect.language != language => {
            let (theirs, found) = (target.dialect.language.name(), language.name());
            wrong(format!("contract: target: {name}, whose programs are {theirs}, not {found}"))
        }
        found => Ok(found),
    }
}
