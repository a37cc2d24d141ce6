//! Text in markup.

/// What a letter of a chart takes of the width, about, in its units.
pub(super) const LETTER: f64 = 6.9;

/// Text that may stand in markup.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A share in [0, 1] as percent.
pub(super) fn percent(share: f64) -> String {
    format!("{:.2} %", 100.0 * share)
}
