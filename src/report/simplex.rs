//! Points of the 3-simplex as small multiples: the tetrahedron of four probabilities, seen from one side.

use super::markup::escaped;
use std::fmt::Write;

/// Drawing units of one simplex.
const SIDE: f64 = 150.0;

/// The corners p00, p01, p10 and p11 in units of a side: a tetrahedron turned so that no edge hides another.
const CORNERS: [(f64, f64); 4] = [(0.50, 0.06), (0.05, 0.77), (0.95, 0.71), (0.60, 0.95)];

/// One simplex: the points of each class by their first three probabilities.
pub(super) struct Cloud {
    pub(super) name: String,
    pub(super) points: [Vec<[f64; 3]>; 2],
}

/// A figure of several simplices with one legend.
pub(super) fn simplices(title: &str, clouds: &[Cloud], classes: [&str; 2]) -> String {
    let mut out = format!("<figure><figcaption>{}</figcaption>\n<div class=\"multiples\">\n", escaped(title));
    for (k, cloud) in clouds.iter().enumerate() {
        let name = escaped(&cloud.name);
        let _ =
            writeln!(out, "<svg viewBox=\"0 0 {SIDE} {SIDE}\" role=\"img\" aria-label=\"{}, {name}\">", escaped(title));
        for (i, from) in CORNERS.iter().enumerate() {
            for to in &CORNERS[i + 1..] {
                let [x1, y1, x2, y2] = [from.0, from.1, to.0, to.1].map(|v| v * SIDE);
                let _ =
                    writeln!(out, "<line class=\"grid\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>");
            }
        }
        // The first one names the corners of all.
        let named = CORNERS.iter().zip([("00", "start"), ("01", "start"), ("10", "end"), ("11", "start")]);
        for (corner, (label, anchor)) in named.filter(|_| k == 0) {
            let (x, y) = (corner.0 * SIDE, corner.1 * SIDE);
            let (x, y) = if ["00", "11"].contains(&label) { (x + 6.0, y + 3.0) } else { (x, y + 11.0) };
            let _ = writeln!(
                out,
                "<text class=\"count\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{label}</text>"
            );
        }
        for (class, points) in cloud.points.iter().enumerate() {
            // One path of dots is a tenth of as many circles.
            let dots: String = points.iter().map(|p| dot(*p)).collect();
            if !dots.is_empty() {
                let _ = writeln!(out, "<path class=\"dots c{}\" d=\"{dots}\"/>", class + 1);
            }
        }
        let _ = writeln!(out, "<text class=\"count\" x=\"4\" y=\"12\">{name}</text>\n</svg>");
    }
    out += "</div>\n<p class=\"legend\">";
    for (class, name) in
        classes.iter().enumerate().filter(|(class, _)| clouds.iter().any(|c| !c.points[*class].is_empty()))
    {
        let _ = write!(out, "<span><i class=\"c{}\"></i>{}</span>", class + 1, escaped(name));
    }
    out + "</p></figure>\n"
}

/// A dot of a path: a line of no length with round ends.
fn dot([a, b, c]: [f64; 3]) -> String {
    let shares = [a, b, c, 1.0 - a - b - c];
    let at = |axis: fn(&(f64, f64)) -> f64| CORNERS.iter().zip(shares).map(|(corner, s)| axis(corner) * s).sum::<f64>();
    format!("M{:.1} {:.1}h0", SIDE * at(|c| c.0), SIDE * at(|c| c.1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_are_where_they_belong() {
        assert_eq!(dot([1.0, 0.0, 0.0]), format!("M{:.1} {:.1}h0", 0.5 * SIDE, 0.06 * SIDE));
        assert_eq!(dot([0.0, 0.0, 0.0]), format!("M{:.1} {:.1}h0", 0.6 * SIDE, 0.95 * SIDE));
        let cloud = Cloud { name: "M = <1>".into(), points: [vec![[0.25; 3]], vec![]] };
        let figure = simplices("a & b", &[cloud], ["one", "two"]);
        assert!(figure.contains("a &amp; b") && figure.contains("M = &lt;1&gt;"));
        assert!(figure.contains(">one<") && !figure.contains(">two<"));
        assert_eq!(figure.matches("h0").count(), 1);
    }
}
