//! Words, numbers and signs of a text that another program wrote, each with its place.

use crate::qasm::{ParseError, Position};

/// What a token is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// A name or keyword, with `$3` and `π` among them.
    Word(String),
    /// A number as it is written.
    Number(String),
    /// Text between quotation marks.
    Quoted(String),
    /// One of `; , ( ) [ ] { } + - * / = @ ^` and so on; `->` and `**` are one.
    Sign(&'static str),
}

/// A token and where it starts.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub kind: Kind,
    pub at: Position,
}

const SIGNS: [&str; 22] =
    ["->", "**", "==", "+=", ";", ",", "(", ")", "[", "]", "{", "}", "+", "-", "*", "/", "=", "@", "^", ":", "<", ">"];

/// The tokens of a text; comments of both kinds are passed over.
///
/// # Errors
/// A character that no statement has, or a comment or text without an end.
pub(super) fn tokens(text: &str) -> Result<Vec<Token>, ParseError> {
    let mut found = vec![];
    let (mut rest, mut at) = (text, Position { line: 1, column: 1 });
    let wrong = |at, message: &str| Err(ParseError { at, message: message.to_owned() });
    while let Some(c) = rest.chars().next() {
        let length = if c.is_whitespace() {
            c.len_utf8()
        } else if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(comment) = rest.strip_prefix("/*") {
            match comment.find("*/") {
                Some(end) => end + 4,
                None => return wrong(at, "a comment without '*/'"),
            }
        } else if c == '"' {
            let Some(end) = rest[1..].find(['"', '\n']).filter(|end| rest[1 + end..].starts_with('"')) else {
                return wrong(at, "text without a closing quotation mark");
            };
            found.push(Token { kind: Kind::Quoted(rest[1..=end].to_owned()), at });
            end + 2
        } else if c.is_alphabetic() || c == '_' || c == '$' {
            let more = |c: char| !(c.is_alphanumeric() || c == '_');
            let end = rest[c.len_utf8()..].find(more).map_or(rest.len(), |end| end + c.len_utf8());
            found.push(Token { kind: Kind::Word(rest[..end].to_owned()), at });
            end
        } else if c.is_ascii_digit() || (c == '.' && rest[1..].starts_with(|c: char| c.is_ascii_digit())) {
            let end = number(rest);
            found.push(Token { kind: Kind::Number(rest[..end].to_owned()), at });
            end
        } else if let Some(sign) = SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
            found.push(Token { kind: Kind::Sign(sign), at });
            sign.len()
        } else {
            return wrong(at, &format!("'{}' is not understood", c.escape_default()));
        };
        for c in rest[..length].chars() {
            at = if c == '\n' {
                Position { line: at.line + 1, column: 1 }
            } else {
                Position { column: at.column + 1, ..at }
            };
        }
        rest = &rest[length..];
    }
    Ok(found)
}

/// How long the number at the start of a text is.
fn number(text: &str) -> usize {
    let bytes = text.as_bytes();
    let mut end = 0;
    while end < bytes.len() {
        let exponent = end > 0 && matches!(bytes[end - 1], b'e' | b'E');
        match bytes[end] {
            b'0'..=b'9' | b'.' | b'e' | b'E' | b'_' => end += 1,
            b'+' | b'-' if exponent => end += 1,
            _ => break,
        }
    }
    end
}
