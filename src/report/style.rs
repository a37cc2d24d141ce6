//! One style for pages and pictures: colours of paper and ink, light and dark, and drawings that stand alone.
//!
//! The six colours of series are told apart by people who see no red or no green: blue, vermilion, green, ochre, purple, sky
//! differ in lightness as well.

use super::markup::escaped;
use std::fmt::Write;

/// Names with their colours on light and on dark paper.
const COLOURS: [(&str, &str, &str); 13] = [
    ("bg", "#ffffff", "#14161a"),
    ("card", "#f7f7f9", "#1d2026"),
    ("ink", "#1b1d22", "#e8eaee"),
    ("soft", "#5c6270", "#a3a9b5"),
    ("grid", "#d9dbe1", "#383d47"),
    ("c0", "#5c6270", "#a3a9b5"),
    ("c1", "#0072b2", "#4da6e0"),
    ("c2", "#d55e00", "#ff8a3d"),
    ("c3", "#009e73", "#2fc79b"),
    ("c4", "#b8860b", "#e0b646"),
    ("c5", "#9b4f96", "#cf8fca"),
    ("c6", "#56b4e9", "#9ad4f5"),
    ("over", "#ffffff", "#0b0c0e"),
];

/// The colours as CSS variables for a page: light ones, and dark ones where the reader prefers them, on a screen.
pub(super) fn variables() -> String {
    let list = |of: fn(&(&str, &str, &str)) -> String| COLOURS.iter().map(of).collect::<String>();
    format!(
        ":root {{ color-scheme: light dark; {}}}\n@media screen and (prefers-color-scheme: dark) {{ :root {{ {}}} }}\n",
        list(|(name, light, _)| format!("--{name}: {light}; ")),
        list(|(name, _, dark)| format!("--{name}: {dark}; "))
    )
}

/// The rules of a picture that stands alone. Colours are written out, since not everything that shows SVG knows variables.
fn rules() -> String {
    let scheme = |of: fn(&(&'static str, &'static str, &'static str)) -> (&'static str, &'static str)| {
        let mut out = String::new();
        for (name, colour) in COLOURS.iter().map(of) {
            let _ = match name {
                "bg" => write!(out, ".paper {{ fill: {colour}; }} "),
                "card" => write!(out, ".card {{ fill: {colour}; }} "),
                "ink" => write!(out, "text, .ink {{ fill: {colour}; }} .wire {{ stroke: {colour}; }} "),
                "soft" => write!(out, ".soft {{ fill: {colour}; }} .edge {{ stroke: {colour}; }} "),
                "grid" => write!(out, ".grid {{ stroke: {colour}; }} "),
                "over" => write!(out, ".over {{ fill: {colour}; }} "),
                series => write!(
                    out,
                    ".{series} {{ fill: {colour}; }} .line.{series}, .mark.{series}, .cell.{series} {{ stroke: {colour}; }} "
                ),
            };
        }
        out
    };
    format!(
        "{}\n@media (prefers-color-scheme: dark) {{ {}}}\ntext {{ font: 13px system-ui, sans-serif; }} .small {{ font-size: 11px; }} \
         .code {{ font-family: ui-monospace, Menlo, Consolas, monospace; font-size: 12px; }} .strong {{ font-weight: 600; }} \
         .wire {{ fill: none; stroke-width: 1; }} .grid {{ stroke-width: 1; }} .mark {{ fill: none; stroke-width: 1.6; }} .edge {{ fill: none; stroke-width: 1.2; }} .cell {{ fill: none; stroke-width: 1.02; }} .line {{ fill: none; stroke-width: 2; stroke-linejoin: round; }} \
         .dashed {{ stroke-dasharray: 5 4; }} .tint {{ fill-opacity: 0.12; }}",
        scheme(|(name, light, _)| (name, light)),
        scheme(|(name, _, dark)| (name, dark))
    )
}

/// A picture that stands alone, on paper of its own, light or dark as the reader prefers: a title that is read out, and what is
/// drawn. `width` and `height` are in pixels.
///
/// What is drawn may use the classes `ink`, `soft`, `card`, `c0` to `c6` (filled), `line c1` and `mark c1` (strokes), `wire`, `edge` and `grid` (thin
/// strokes), and `small`, `code`, `strong` for text.
pub fn picture(width: f64, height: f64, title: &str, drawing: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.0} {height:.0}\" role=\"img\" aria-labelledby=\"title\">\n\
         <title id=\"title\">{}</title>\n<style>{}</style>\n<rect class=\"paper\" width=\"100%\" height=\"100%\"/>\n{drawing}</svg>\n",
        escaped(title),
        rules()
    )
}
