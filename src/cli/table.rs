//! Tables for people to read, and numbers in them.

use crate::compiler::Verification;

/// An error with two digits, and of how many columns where that is a sample.
pub fn shown_error(v: &Verification) -> String {
    if v.columns < v.of {
        format!("{:.1e} ({} of {} columns)", v.max_error, v.columns, v.of)
    } else {
        format!("{:.1e}", v.max_error)
    }
}

/// A number as a person would write it: an exponent only where the plain form would be long.
pub fn number(value: f64) -> String {
    if value == 0.0 || (1e-4..1e6).contains(&value.abs()) { format!("{value}") } else { format!("{value:e}") }
}

/// A number that is not negative with so many digits behind the point, or with an exponent where that says more.
pub fn compact(value: f64, digits: usize) -> String {
    let least = if digits < 3 { 1e-2 } else { 1e-3 };
    if value == 0.0 || (least..1e6).contains(&value) {
        format!("{value:.digits$}")
    } else {
        format!("{value:.digits$e}")
    }
}

/// `1234567` as `1,234,567`.
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A table with right-aligned columns, the last one left-aligned if it holds names, and a rule under its head.
pub struct Table {
    last_is_text: bool,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these column heads.
    pub fn new(heads: &[&str], last_is_text: bool) -> Table {
        Table { last_is_text, rows: vec![heads.iter().map(|h| (*h).to_owned()).collect()] }
    }

    /// Adds a row with one cell a column.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// The table as text.
    pub fn render(&self) -> String {
        let width = |i: usize| self.rows.iter().map(|r| r[i].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..self.rows[0].len()).map(width).collect();
        let mut out = String::new();
        for (i, row) in self.rows.iter().enumerate() {
            let cell = |(i, (cell, &w)): (usize, (&String, &usize))| {
                if self.last_is_text && i + 1 == row.len() { format!("{cell:<w$}") } else { format!("{cell:>w$}") }
            };
            let cells: Vec<String> = row.iter().zip(&widths).enumerate().map(cell).collect();
            out.push_str(cells.join("  ").trim_end());
            out.push('\n');
            if i == 0 {
                out.push_str(&"─".repeat(widths.iter().sum::<usize>() + 2 * (widths.len() - 1)));
                out.push('\n');
            }
        }
        out
    }
}
