//! Charts as SVG: lines, stacked areas, grouped bars, a matrix of shades. Colours are CSS variables, so that a page can
//! turn dark.

use super::axis::{Axis, Scale, short};
use std::fmt::Write;

/// Drawing units; a chart is scaled to the width it gets, on a phone to about 330 pixels.
const WIDTH: f64 = 400.0;
const HEIGHT: f64 = 270.0;
const LEFT: f64 = 52.0;
const RIGHT: f64 = 388.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 226.0;

/// A named sequence of points.
#[derive(Clone, Debug)]
pub(super) struct Series {
    pub(super) name: String,
    pub(super) points: Vec<(f64, f64)>,
    /// What the points are called, if that is written beside them.
    pub(super) names: Vec<String>,
    /// Drawn with gaps, in the colour of text.
    pub(super) reference: bool,
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

/// Text that may stand in markup.
pub(super) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// A figure: title, drawing, and what the colours mean.
fn figure(labels: &Labels<'_>, drawing: &str, legend: &[(String, String)]) -> String {
    let mut out = format!("<figure><h3>{}</h3>\n", escaped(labels.title));
    let _ = write!(
        out,
        "<svg viewBox=\"0 0 {WIDTH} {HEIGHT}\" role=\"img\" aria-label=\"{}\">\n{drawing}</svg>\n",
        escaped(labels.title)
    );
    if legend.len() > 1 {
        let entry =
            |(class, name): &(String, String)| format!("<span><i class=\"{class}\"></i>{}</span>", escaped(name));
        let _ = writeln!(out, "<p class=\"legend\">{}</p>", legend.iter().map(entry).collect::<String>());
    }
    out + "</figure>\n"
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
        "<text x=\"14\" y=\"{middle}\" text-anchor=\"middle\" transform=\"rotate(-90 14 {middle})\">{}</text>",
        escaped(labels.y)
    );
    out
}

/// Lines with dots.
pub(super) fn lines(labels: &Labels<'_>, series: &[Series], x_scale: Scale, y_scale: Scale) -> String {
    let xs = series.iter().flat_map(|s| s.points.iter().map(|p| p.0));
    let ys = series.iter().flat_map(|s| s.points.iter().map(|p| p.1));
    let x = Axis::over(x_scale, xs, false, LEFT + 6.0, RIGHT - 6.0);
    let y = Axis::over(y_scale, ys, true, BOTTOM, TOP);
    let mut out = frame(labels, Some(&x), &y);
    let mut legend = vec![];
    let mut coloured = 0;
    for (k, s) in series.iter().enumerate() {
        let class = if s.reference { "c0".to_owned() } else { colour(coloured) };
        coloured += usize::from(!s.reference);
        let place: Vec<String> =
            s.points.iter().map(|(a, b)| format!("{:.1},{:.1}", x.place(*a), y.place(*b))).collect();
        let dashed = if s.reference { " dashed" } else { "" };
        let _ = writeln!(out, "<polyline class=\"line {class}{dashed}\" points=\"{}\"/>", place.join(" "));
        // Dots that touch each other would hide the line.
        let radius = if s.points.len() > 40 { 1.5 } else { 2.5 };
        for (a, b) in s.points.iter().filter(|_| !s.reference) {
            let (cx, cy) = (x.place(*a), y.place(*b));
            let shown = escaped(&format!("{}: {} at {}", s.name, short(*b), short(*a)));
            let _ = writeln!(
                out,
                "<circle class=\"{class}\" cx=\"{cx:.1}\" cy=\"{cy:.1}\" r=\"{radius}\"><title>{shown}</title></circle>"
            );
        }
        for ((a, b), name) in s.points.iter().zip(&s.names) {
            let (at, level) = (x.place(*a), y.place(*b));
            // Each series on its own side of its points, and none beyond the frame.
            out += &match k % 3 {
                2 if at + 60.0 > RIGHT => text(at - 6.0, level + 15.0, "end", name),
                2 => text(at + 6.0, level + 4.5, "start", name),
                1 => text(at, level + 16.0, "middle", name),
                _ => text(at, level - 7.0, "middle", name),
            };
        }
        legend.push((class, s.name.clone()));
    }
    figure(labels, &out, &legend)
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

/// A group of bars for each name, a bar of each series in every group, that of the reference first.
pub(super) fn bars(
    labels: &Labels<'_>,
    groups: &[String],
    reference: Option<(String, Vec<f64>)>,
    series: &[(String, Vec<f64>)],
) -> String {
    let references = usize::from(reference.is_some());
    let series: Vec<(String, Vec<f64>)> = reference.into_iter().chain(series.iter().cloned()).collect();
    let class = |k: usize| if k < references { "c0".to_owned() } else { colour(k - references) };
    let y = Axis::over(Scale::Linear, series.iter().flat_map(|s| s.1.iter().copied()), true, BOTTOM, TOP);
    let mut out = frame(labels, None, &y);
    let room = (RIGHT - LEFT) / groups.len().max(1) as f64;
    let width = room * 0.8 / series.len().max(1) as f64;
    for (g, name) in groups.iter().enumerate() {
        let start = LEFT + g as f64 * room + room * 0.1;
        out += &text(start + room * 0.4, BOTTOM + 18.0, "middle", name);
        for (k, (of, values)) in series.iter().enumerate() {
            let top = y.place(values[g]);
            let class = class(k);
            let shown = escaped(&format!("{of}, {name}: {}", short(values[g])));
            let _ = writeln!(
                out,
                "<rect class=\"{class}\" x=\"{:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{:.1}\"><title>{shown}</title></rect>",
                start + k as f64 * width,
                BOTTOM - top
            );
        }
    }
    let legend: Vec<(String, String)> = series.iter().enumerate().map(|(k, s)| (class(k), s.0.clone())).collect();
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

/// A table; the first column is left-aligned.
pub(super) fn table(heads: &[&str], rows: &[Vec<String>]) -> String {
    let row = |cells: String| format!("<tr>{cells}</tr>\n");
    let head = heads.iter().map(|h| format!("<th>{}</th>", escaped(h))).collect();
    let body = rows.iter().map(|r| row(r.iter().map(|c| format!("<td>{}</td>", escaped(c))).collect()));
    format!("<div class=\"scroll\"><table>\n{}{}</table></div>\n", row(head), body.collect::<String>())
}
