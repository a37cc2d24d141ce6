//! What is known of a job that came back.

use super::origin::Origin;
use crate::job::{Control, Expected, Ground, Ladder, Measured, Step, Surprise};

/// Everything that is known of a job that came back.
pub struct Found<'a> {
    pub ground: &'a Ground<'a>,
    pub ladder: &'a Ladder,
    pub expected: &'a [Expected],
    pub measured: &'a [Measured],
    pub surprises: &'a [Surprise],
    pub controls: &'a [Control],
    pub step: Step,
    /// The file that came back, and SHA-256 of its bytes.
    pub result: (String, Option<String>),
    /// Where it came from.
    pub origin: Origin,
}
