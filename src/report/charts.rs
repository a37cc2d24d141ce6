//! Charts as SVG: lines, stacked areas, grouped bars, a matrix of shades. Colours are classes, so that a page can turn dark.

use super::axis::{Axis, Scale, short};
use super::markup::{LETTER, escaped};
use super::names::{Name, placed};
use std::fmt::Write;

/// Drawing units; a chart is scaled to the width it gets, on a phone to about 330 pixels.
const WIDTH: f64 = 400.0;
const HEIGHT: f64 = 270.0;
const LEFT: f64 = 58.0;
const RIGHT: f64 = 388.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 226.0;

/// A named sequence of points.
#[derive(Clone, Debug, Default)]
pub(super) struct Series {
    pub(super) name: String,
    pub(super) points: Vec<(f64, f64)>,
    /// From where to where each value may be; none, or one a point.
    pub(super) whiskers: Vec<(f64, f64)>,
    /// What the points are called, if that is written beside them.
    pub(super) names: Vec<String>,
    /// Drawn with gaps, in the colour of text.
    pub(super) reference: bool,
}

/// Bars of one colour, one a group.
#[derive(Clone, Debug, Default)]
pub(super) struct Bars {
    pub(super) name: String,
    /// One a group; nothing stands where none is known.
    pub(super) values: Vec<Option<f64>>,
    /// From where to where each value may be; none at all, or one a group where it is known.
    pub(super) whiskers: Vec<Option<(f64, f64)>>,
}

/// Where a share in [0, 1] may lie that was seen in so many samples: one standard error to either side, by Wilson's interval, which is
/// none too small where none or all were seen.
pub(super) fn standard_error(p: f64, samples: usize) -> (f64, f64) {
    let n = samples.max(1) as f64;
    let middle = (p + 0.5 / n) / (1.0 + 1.0 / n);
    let half = (p * (1.0 - p) / n + 0.25 / (n * n)).sqrt() / (1.0 + 1.0 / n);
    ((middle - half).max(0.0), (middle + half).min(1.0))
}

/// What stands beside an axis.
#[derive(Clone, Copy, Debug)]
pub(super) struct Labels<'a> {
    pub(super) title: &'a str,
    pub(super) x: &'a str,
    pub(super) y: &'a str,
}

/// The class of the colour of the i-th series; there are six.
fn colour(i: usize) -> String {
    format!("c{}", i % 6 + 1)
}

/// A figure: title, drawing, and what the colours mean.
fn figure(labels: &Labels<'_>, drawing: &str, legend: &[(String, String)]) -> String {
    let mut out = format!("<figure><figcaption>{}</figcaption>\n", escaped(labels.title));
    let _ = write!(
        out,
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\">\n{drawing}</svg>\n",
        escaped(labels.title)
    );
    if legend.len() > 1 {
        out += &keys(legend);
    }
    out + "</figure>\n"
}

/// What colours mean, each with its class.
pub(super) fn keys(legend: &[(String, String)]) -> String {
    let entry = |(class, name): &(String, String)| format!("<span><i class=\"{class}\"></i>{}</span>", escaped(name));
    format!("<p class=\"legend\">{}</p>\n", legend.iter().map(entry).collect::<String>())
}

/// From where to where a value at x may be.
fn whisker(class: &str, x: f64, low: f64, high: f64) -> String {
    format!(
        "<path class=\"mark {class}\" d=\"M{x:.1} {low:.1}V{high:.1}M{0:.1} {low:.1}h6M{0:.1} {high:.1}h6\"/>\n",
        x - 3.0
    )
}

fn text(x: f64, y: f64, anchor: &str, content: &str) -> String {
    format!("<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{}</text>\n", escaped(content))
}

/// Grid lines with their values, and the axes' names.
fn frame(labels: &Labels<'_>, x: Option<&Axis>, y: &Axis) -> String {
    let mut out = String::new();
    for tick in y.ticks() {
        let at = y.place(tick);
        let _ = writeln!(out, "<line class=\"grid\" x1=\"{LEFT}\" x2=\"{RIGHT}\" y1=\"{at:.1}\" y2=\"{at:.1}\"/>");
        out += &text(LEFT - 6.0, at + 4.5, "end", &short(tick));
    }
    if let Some(x) = x {
        for tick in x.ticks() {
            out += &text(x.place(tick), BOTTOM + 18.0, "middle", &short(tick));
        }
    }
    out += &text((LEFT + RIGHT) / 2.0, HEIGHT - 6.0, "middle", labels.x);
    let middle = (TOP + BOTTOM) / 2.0;
    let _ = writeln!(
        out,
        "<text x=\"11\" y=\"{middle}\" text-anchor=\"middle\" transform=\"rotate(-90 11 {middle})\">{}</text>",
        escaped(labels.y)
    );
    out
}

/// Lines with dots.
pub(super) fn lines(labels: &Labels<'_>, series: &[Series], x_scale: Scale, y_scale: Scale) -> String {
    let (drawing, legend) = drawn_lines(labels, series, x_scale, y_scale);
    figure(labels, &drawing, &legend)
}

/// What is within a chart of lines, and what its colours mean.
fn drawn_lines(
    labels: &Labels<'_>,
    series: &[Series],
    x_scale: Scale,
    y_scale: Scale,
) -> (String, Vec<(String, String)>) {
    let xs = series.iter().flat_map(|s| s.points.iter().map(|p| p.0));
    let whiskers = series.iter().flat_map(|s| s.whiskers.iter().flat_map(|w| [w.0, w.1]));
    let ys = series.iter().flat_map(|s| s.points.iter().map(|p| p.1));
    let lowest = ys.clone().filter(|y| *y > 0.0).fold(f64::INFINITY, f64::min);
    // On a logarithmic axis a whisker that goes down to nothing ends where the axis does.
    let ys = ys.chain(whiskers.filter(|w| y_scale != Scale::Log || *w >= 0.3 * lowest));
    let x = Axis::over(x_scale, xs, false, LEFT + 6.0, RIGHT - 6.0);
    let y = Axis::over(y_scale, ys, true, BOTTOM, TOP);
    let mut out = frame(labels, Some(&x), &y);
    let mut legend = vec![];
    let mut names = vec![];
    let mut courses: Vec<Vec<(f64, f64)>> = vec![];
    for s in series {
        let coloured = legend.iter().filter(|(class, _)| class != "c0").count();
        let class = if s.reference { "c0".to_owned() } else { colour(coloured) };
        let course: Vec<(f64, f64)> = s.points.iter().map(|(a, b)| (x.place(*a), y.place(*b))).collect();
        let corners: Vec<String> = course.iter().map(|(a, b)| format!("{a:.1},{b:.1}")).collect();
        let dashed = if s.reference { " dashed" } else { "" };
        let _ = writeln!(out, "<polyline class=\"line {class}{dashed}\" points=\"{}\"/>", corners.join(" "));
        for ((at, _), (low, high)) in course.iter().zip(&s.whiskers) {
            out += &whisker(&class, *at, y.place(*low), y.place(*high));
        }
        // Dots that touch each other would hide the line.
        let radius = if s.points.len() > 40 { 1.5 } else { 2.5 };
        for ((a, b), (cx, cy)) in s.points.iter().zip(&course).filter(|_| !s.reference) {
            let shown = escaped(&format!("{}: {} at {}", s.name, short(*b), short(*a)));
            let _ = writeln!(
                out,
                "<circle class=\"{class}\" cx=\"{cx:.1}\" cy=\"{cy:.1}\" r=\"{radius}\"><title>{shown}</title></circle>"
            );
        }
        names.extend(course.iter().zip(&s.names).map(|(at, text)| Name { at: *at, text: text.clone() }));
        courses.push(course);
        legend.push((class, s.name.clone()));
    }
    for (name, (left, base)) in placed(&names, &courses, (LEFT, RIGHT), (TOP, BOTTOM)) {
        out += &text(left, base, "start", &name);
    }
    (out, legend)
}

/// A curve of a picture that stands alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// What it is of.
    pub name: String,
    /// x, y, and from where to where y may be.
    pub points: Vec<(f64, f64, (f64, f64))>,
}

/// Curves with error bars as SVG that stands alone, both axes divided by powers of ten.
pub fn curves_picture(title: &str, x: &str, y: &str, curves: &[Curve]) -> String {
    let series: Vec<Series> = (curves.iter())
        .map(|curve| Series {
            name: curve.name.clone(),
            points: curve.points.iter().map(|(x, y, _)| (*x, *y)).collect(),
            whiskers: curve.points.iter().map(|(_, _, whisker)| *whisker).collect(),
            ..Series::default()
        })
        .collect();
    let labels = Labels { title, x, y };
    let (drawing, legend) = drawn_lines(&labels, &series, Scale::Log, Scale::Log);
    let mut out = format!("<text class=\"strong\" x=\"14\" y=\"24\">{}</text>\n", escaped(title));
    let _ = writeln!(out, "<g transform=\"translate(0 32)\">\n{drawing}</g>");
    let mut left = 14.0;
    for (class, name) in &legend {
        let base = 32.0 + HEIGHT + 16.0;
        let _ = writeln!(
            out,
            "<rect class=\"{class}\" x=\"{left:.1}\" y=\"{:.1}\" width=\"14\" height=\"10\" rx=\"2\"/>",
            base - 9.0
        );
        out += &text(left + 20.0, base, "start", name);
        left += 40.0 + LETTER * name.chars().count() as f64;
    }
    super::style::picture(WIDTH.max(left), HEIGHT + 64.0, title, &out)
}

/// Areas on top of each other, of shares in percent; all series have the same x. A reference is grey.
pub(super) fn areas(labels: &Labels<'_>, series: &[Series]) -> String {
    let xs: Vec<f64> = series.first().map_or(vec![], |s| s.points.iter().map(|p| p.0).collect());
    let x = Axis::over(Scale::Linear, xs.iter().copied(), false, LEFT, RIGHT);
    let y = Axis::between(0.0, 100.0, BOTTOM, TOP);
    let mut below = vec![0.0; xs.len()];
    let mut drawn = String::new();
    let mut legend = vec![];
    for (k, s) in series.iter().enumerate() {
        let above: Vec<f64> = below.iter().zip(&s.points).map(|(b, p)| b + p.1).collect();
        let corner = |(x_value, level): (&f64, &f64)| format!("{:.1},{:.1}", x.place(*x_value), y.place(*level));
        let there = xs.iter().zip(&above).map(corner);
        let back = xs.iter().zip(&below).rev().map(corner);
        let class = if s.reference { "c0".to_owned() } else { colour(k) };
        let corners: Vec<String> = there.chain(back).collect();
        let _ = writeln!(
            drawn,
            "<polygon class=\"{class}\" points=\"{}\"><title>{}</title></polygon>",
            corners.join(" "),
            escaped(&s.name)
        );
        legend.push((class, s.name.clone()));
        below = above;
    }
    figure(labels, &(frame(labels, Some(&x), &y) + &drawn), &legend)
}

/// What a bar of zero is high, so that it is there to be seen.
const LOWEST: f64 = 1.5;

/// A group of bars for each name, a bar of each series in every group, that of the reference first.
pub(super) fn bars(labels: &Labels<'_>, groups: &[String], reference: Option<Bars>, series: &[Bars]) -> String {
    let references = usize::from(reference.is_some());
    let series: Vec<&Bars> = reference.iter().chain(series).collect();
    let class = |k: usize| if k < references { "c0".to_owned() } else { colour(k - references) };
    let tops =
        series.iter().flat_map(|s| s.values.iter().flatten().copied().chain(s.whiskers.iter().flatten().map(|w| w.1)));
    let y = Axis::over(Scale::Linear, tops, true, BOTTOM, TOP);
    let mut out = frame(labels, None, &y);
    let room = (RIGHT - LEFT) / groups.len().max(1) as f64;
    let width = room * 0.8 / series.len().max(1) as f64;
    // Names that would touch each other are left out, evenly.
    let widest = groups.iter().map(|name| name.chars().count()).max().unwrap_or(0) as f64;
    let every = ((LETTER * widest + 6.0) / room).ceil().max(1.0) as usize;
    for (g, name) in groups.iter().enumerate() {
        let start = LEFT + g as f64 * room + room * 0.1;
        if g % every == 0 {
            out += &text(start + room * 0.4, BOTTOM + 18.0, "middle", name);
        }
        for (k, bars) in series.iter().enumerate() {
            let (Some(value), left) = (bars.values[g], start + k as f64 * width) else { continue };
            let top = y.place(value).min(BOTTOM - LOWEST);
            let class = class(k);
            let shown = escaped(&format!("{}, {name}: {}", bars.name, short(value)));
            let _ = writeln!(
                out,
                "<rect class=\"{class}\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{:.1}\"><title>{shown}</title></rect>",
                BOTTOM - top
            );
            if let Some((low, high)) = bars.whiskers.get(g).copied().flatten() {
                out += &whisker("ci", left + width / 2.0, y.place(low), y.place(high));
            }
        }
    }
    let legend: Vec<(String, String)> = series.iter().enumerate().map(|(k, s)| (class(k), s.name.clone())).collect();
    figure(labels, &out, &legend)
}

/// A square of counts, each row shaded by its share; rows are true classes.
pub(super) fn matrix(labels: &Labels<'_>, counts: &[Vec<usize>]) -> String {
    let side = counts.len().max(1) as f64;
    let (room, cell) = (BOTTOM - TOP, (BOTTOM - TOP) / side);
    let left = LEFT + (RIGHT - LEFT - room) / 2.0;
    let mut out = String::new();
    for (i, row) in counts.iter().enumerate() {
        let y = TOP + i as f64 * cell;
        let whole = row.iter().sum::<usize>().max(1) as f64;
        out += &text(left - 8.0, y + cell / 2.0 + 4.5, "end", &i.to_string());
        out += &text(left + (i as f64 + 0.5) * cell, BOTTOM + 18.0, "middle", &i.to_string());
        for (j, &count) in row.iter().enumerate() {
            // The root shows a few errors beside hundreds of hits.
            let share = (count as f64 / whole).sqrt();
            let x = left + j as f64 * cell;
            let _ = writeln!(
                out,
                "<rect class=\"{}\" x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill-opacity=\"{share:.3}\"><title>class {i} taken for {j}: {count}</title></rect>",
                if i == j { "c1" } else { "c2" },
                cell - 1.0,
                cell - 1.0
            );
            if count > 0 && counts.len() <= 12 {
                let ink = if share > 0.6 { "count over" } else { "count" };
                let _ = writeln!(
                    out,
                    "<text class=\"{ink}\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{count}</text>",
                    x + cell / 2.0,
                    y + cell / 2.0 + 3.0
                );
            }
        }
    }
    out += &text(left + room / 2.0, HEIGHT - 6.0, "middle", labels.x);
    let (at, middle) = (left - 34.0, (TOP + BOTTOM) / 2.0);
    let _ = writeln!(
        out,
        "<text x=\"{at}\" y=\"{middle}\" text-anchor=\"middle\" transform=\"rotate(-90 {at} {middle})\">{}</text>",
        escaped(labels.y)
    );
    figure(labels, &out, &[])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_of_zero_is_seen_and_one_that_is_not_known_is_not_there() {
        let labels = Labels { title: "t", x: "x", y: "y" };
        let groups = ["a", "b", "c"].map(str::to_owned);
        let one = Bars {
            name: "one".into(),
            values: vec![Some(0.0), None, Some(4.0)],
            whiskers: vec![Some((0.0, 0.0)), None, Some((3.0, 5.0))],
        };
        let drawn = bars(&labels, &groups, None, &[one]);
        assert!(drawn.contains("height=\"1.5\"><title>one, a: 0</title>"), "{drawn}");
        assert!(drawn.contains("<title>one, c: 4</title>") && !drawn.contains("one, b"));
        // The dash of an error bar of zero stands on the bar.
        assert_eq!(drawn.matches("class=\"mark ci\"").count(), 2);
        assert!(drawn.contains(&format!("{BOTTOM:.1}h6M")), "{drawn}");
    }
}
