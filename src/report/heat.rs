//! Matrices as heat maps: what is positive in one colour, what is negative in another, zero as paper.

use super::markup::escaped;
use super::style::picture;
use crate::linalg::RealMatrix;
use std::fmt::Write;

/// Shades of either sign; what is below half of the first is paper.
const SHADES: i32 = 10;

/// A matrix as it should be, and as it was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Pair {
    /// W.
    pub wanted: RealMatrix,
    /// W_rec, of the same shape.
    pub found: RealMatrix,
}

impl Pair {
    /// Both and what lies between them, with their names.
    fn parts(&self) -> [(&'static str, RealMatrix); 3] {
        let off = &self.found - &self.wanted;
        [("W", self.wanted.clone()), ("W_rec", self.found.clone()), ("W_rec - W", off)]
    }

    /// The largest entry of W, which has the darkest shade in all three.
    fn largest(&self) -> f64 {
        self.wanted.amax()
    }
}

/// The cells of a matrix in units of one: a path for each shade, of runs along rows, which is a tenth of as many squares.
fn cells(matrix: &RealMatrix, largest: f64) -> String {
    // The root shows small entries beside large ones: of most networks few are large.
    let root = |value: f64| value.signum() * (value.abs() / largest.max(f64::MIN_POSITIVE)).sqrt().min(1.0);
    let shade = |i: usize, j: usize| (f64::from(SHADES) * root(matrix[(i, j)])).round() as i32;
    let mut out = String::new();
    for level in (-SHADES..=SHADES).filter(|level| *level != 0) {
        let mut path = String::new();
        let mut pen = (0, 0);
        for i in 0..matrix.nrows() {
            let mut j = 0;
            while j < matrix.ncols() {
                let long = (j..matrix.ncols()).take_while(|&j| shade(i, j) == level).count();
                if long > 0 {
                    // Relative moves are shorter than places.
                    let _ = write!(path, "m{} {}h{long}", j as i64 - pen.0, i as i64 - pen.1);
                    pen = ((j + long) as i64, i as i64);
                }
                j += long.max(1);
            }
        }
        if !path.is_empty() {
            let class = if level > 0 { "c2" } else { "c1" };
            let dark = f64::from(level.abs()) / f64::from(SHADES);
            let _ = writeln!(out, "<path class=\"cell {class}\" stroke-opacity=\"{dark:.1}\" d=\"M0 .5{path}\"/>");
        }
    }
    out
}

/// What is between two maps, and what the name of one takes, in drawing units.
const BETWEEN: f64 = 14.0;
const HEAD: f64 = 20.0;

/// The first so many maps side by side, each of that side, from the top left corner; and how wide and high that is.
fn maps(pair: &Pair, count: usize, side: f64) -> (String, f64, f64) {
    let mut out = String::new();
    let scale = side / pair.wanted.nrows().max(pair.wanted.ncols()).max(1) as f64;
    for (k, (name, matrix)) in pair.parts().iter().take(count).enumerate() {
        let left = k as f64 * (side + BETWEEN);
        let (wide, high) = (scale * matrix.ncols() as f64, scale * matrix.nrows() as f64);
        let _ = writeln!(
            out,
            "<text x=\"{:.1}\" y=\"13\" text-anchor=\"middle\">{}</text>\n\
             <g transform=\"translate({left:.1} {HEAD}) scale({scale:.4})\">\n{}</g>\n\
             <path class=\"edge\" d=\"M{left:.1} {HEAD}h{wide:.1}v{high:.1}h{:.1}z\"/>",
            left + wide / 2.0,
            escaped(name),
            cells(matrix, pair.largest()),
            -wide
        );
    }
    let height = HEAD + scale * pair.wanted.nrows() as f64;
    (out, count as f64 * (side + BETWEEN) - BETWEEN, height)
}

/// A figure of a pair.
pub(super) fn heat(title: &str, pair: &Pair) -> String {
    let (drawn, width, height) = maps(pair, 3, 120.0);
    let title = escaped(title);
    format!(
        "<figure><figcaption>{title}</figcaption>\n<svg viewBox=\"-1 0 {:.0} {:.0}\" role=\"img\" aria-label=\"{title}\">\n{drawn}</svg>\n</figure>\n",
        width + 2.0,
        height + 1.0
    )
}

/// W and W_rec as SVG that stands alone.
pub fn heat_picture(title: &str, pair: &Pair) -> String {
    let (drawn, width, height) = maps(pair, 2, 290.0);
    let body = format!(
        "<text class=\"strong\" x=\"16\" y=\"26\">{}</text>\n<g transform=\"translate(16 36)\">\n{drawn}</g>\n",
        escaped(title)
    );
    picture(width + 32.0, height + 52.0, title, &body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_entry_is_there_once_in_its_shade() {
        let wanted = RealMatrix::from_row_slice(2, 3, &[1.0, 1.0, -1.0, 0.0, 0.5, -0.01]);
        let drawn = cells(&wanted, 1.0);
        assert!(drawn.contains("c2\" stroke-opacity=\"1.0\" d=\"M0 .5m0 0h2\""), "{drawn}");
        assert!(drawn.contains("c1\" stroke-opacity=\"1.0\" d=\"M0 .5m2 0h1\""), "{drawn}");
        assert!(drawn.contains("stroke-opacity=\"0.7\" d=\"M0 .5m1 1h1\""), "{drawn}");
        assert_eq!(drawn.matches("<path").count(), 4);
        let pair = Pair { found: &wanted * 2.0, wanted };
        let figure = heat("W of <1>", &pair);
        assert!(figure.contains("W of &lt;1&gt;") && figure.contains(">W_rec - W<") && !figure.contains("NaN"));
        let nothing = Pair { wanted: RealMatrix::zeros(2, 2), found: RealMatrix::zeros(2, 2) };
        assert!(!heat("nothing", &nothing).contains("cell") && heat_picture("nothing", &nothing).ends_with("</svg>\n"));
    }
}
