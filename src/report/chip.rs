//! A machine as a drawing: qubits and what joins them, by how well they work, and which of them a job takes.

use super::markup::escaped;
use std::collections::VecDeque;
use std::fmt::Write;

/// What is drawn of a machine.
#[derive(Clone, Debug, Default)]
pub struct Chip {
    /// Pairs of qubits that are joined, and how often their gate goes wrong.
    pub pairs: Vec<(usize, usize, f64)>,
    /// Qubits of every copy, in the order of the circuit's.
    pub tiles: Vec<Vec<usize>>,
}

const WIDTH: f64 = 800.0;
const MARGIN: f64 = 14.0;

/// Rounds of stress majorisation: a lattice has stopped moving long before.
const ROUNDS: usize = 120;

/// Steps from one qubit to all others; `usize::MAX` where no way leads.
fn steps_from(start: usize, near: &[Vec<usize>]) -> Vec<usize> {
    let mut steps = vec![usize::MAX; near.len()];
    steps[start] = 0;
    let mut queue = VecDeque::from([start]);
    while let Some(at) = queue.pop_front() {
        for &next in &near[at] {
            if steps[next] == usize::MAX {
                steps[next] = steps[at] + 1;
                queue.push_back(next);
            }
        }
    }
    steps
}

/// Places in the plane whose distances are as near as can be to the numbers of steps between qubits (stress majorisation, from three far
/// qubits' distances as a start).
fn places(near: &[Vec<usize>]) -> Vec<(f64, f64)> {
    let count = near.len();
    let all: Vec<Vec<usize>> = (0..count).map(|start| steps_from(start, near)).collect();
    let widest = all.iter().flatten().filter(|s| **s != usize::MAX).max().copied().unwrap_or(0);
    let away = |a: usize, b: usize| if all[a][b] == usize::MAX { widest + 2 } else { all[a][b] };
    let farthest = |worth: &dyn Fn(usize) -> usize| (0..count).rev().max_by_key(|q| worth(*q)).unwrap_or(0);
    let first = farthest(&|q| away(0, q));
    let second = farthest(&|q| away(first, q));
    let third = farthest(&|q| away(first, q).min(away(second, q)));
    let mut at: Vec<(f64, f64)> = (0..count)
        .map(|q| (away(first, q) as f64 - away(second, q) as f64, away(third, q) as f64 + 1e-3 * q as f64))
        .collect();
    for _ in 0..ROUNDS {
        let old = at.clone();
        for q in 0..count {
            let (mut x, mut y, mut weight) = (0.0, 0.0, 0.0);
            for other in (0..count).filter(|other| *other != q) {
                let (dx, dy) = (old[q].0 - old[other].0, old[q].1 - old[other].1);
                let wanted = away(q, other) as f64;
                let w = 1.0 / (wanted * wanted);
                let scale = wanted / dx.hypot(dy).max(1e-9);
                x += w * (old[other].0 + dx * scale);
                y += w * (old[other].1 + dy * scale);
                weight += w;
            }
            at[q] = if weight > 0.0 { (x / weight, y / weight) } else { old[q] };
        }
    }
    at
}

/// Longer than high: along the direction in which places are spread most.
fn turned(places: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let n = places.len().max(1) as f64;
    let mean = places.iter().fold((0.0, 0.0), |(x, y), p| (x + p.0 / n, y + p.1 / n));
    let (mut xx, mut xy, mut yy) = (0.0, 0.0, 0.0);
    for (x, y) in places.iter().map(|p| (p.0 - mean.0, p.1 - mean.1)) {
        (xx, xy, yy) = (xx + x * x, xy + x * y, yy + y * y);
    }
    let angle = 0.5 * (2.0 * xy).atan2(xx - yy);
    let (sin, cos) = angle.sin_cos();
    places.iter().map(|p| (p.0 - mean.0, p.1 - mean.1)).map(|(x, y)| (cos * x + sin * y, cos * y - sin * x)).collect()
}

/// The figure: a line a pair, the thicker the oftener its gate goes wrong, and the qubits of every copy in a colour of its own.
pub(super) fn chip(shown: &Chip, title: &str) -> String {
    let count = shown.pairs.iter().map(|(a, b, _)| a.max(b) + 1).max().unwrap_or(0);
    let mut near = vec![vec![]; count];
    for &(a, b, _) in &shown.pairs {
        near[a].push(b);
        near[b].push(a);
    }
    let there: Vec<usize> = (0..count).filter(|q| !near[*q].is_empty()).collect();
    if there.is_empty() {
        return String::new();
    }
    let index = |q: usize| there.binary_search(&q).expect("a qubit that a pair names");
    let near: Vec<Vec<usize>> = there.iter().map(|q| near[*q].iter().map(|other| index(*other)).collect()).collect();
    let at = turned(&places(&near));
    let span = |of: &dyn Fn(&(f64, f64)) -> f64| {
        at.iter().map(of).fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), v| (l.min(v), h.max(v)))
    };
    let ((left, right), (low, high)) = (span(&|p| p.0), span(&|p| p.1));
    let scale = (WIDTH - 2.0 * MARGIN) / (right - left).max(1.0);
    let height = 2.0 * MARGIN + scale * (high - low);
    let place = |q: usize| {
        let (x, y) = at[index(q)];
        (MARGIN + scale * (x - left), MARGIN + scale * (y - low))
    };
    let radius = (scale * 0.3).clamp(3.0, 9.0);
    let mut out = format!(
        "<figure class=\"machine\"><figcaption>{}</figcaption>\n<svg viewBox=\"0 0 {WIDTH} {height:.0}\" role=\"img\" aria-label=\"{0}\">\n",
        escaped(title)
    );
    let mut errors: Vec<f64> = shown.pairs.iter().map(|pair| pair.2).collect();
    errors.sort_by(f64::total_cmp);
    let median = errors[errors.len() / 2].max(1e-9);
    for &(a, b, error) in &shown.pairs {
        let ((x1, y1), (x2, y2)) = (place(a), place(b));
        let width = (2.0 * (error / median).sqrt()).clamp(0.8, 7.0);
        let _ = writeln!(
            out,
            "<line class=\"grid\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" style=\"stroke-width:{width:.1}\"><title>{a} and {b}: {error:.2e}</title></line>"
        );
    }
    for &q in &there {
        let (x, y) = place(q);
        let _ = writeln!(
            out,
            "<circle class=\"c0\" fill-opacity=\"0.35\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\"><title>qubit {q}</title></circle>"
        );
    }
    for (t, tile) in shown.tiles.iter().enumerate() {
        let class = format!("c{}", t % 6 + 1);
        let ends: Vec<String> = tile.iter().map(|q| place(*q)).map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
        let joined = tile
            .windows(2)
            .all(|w| shown.pairs.iter().any(|(a, b, _)| (*a, *b) == (w[0], w[1]) || (*b, *a) == (w[0], w[1])));
        if joined {
            let _ = writeln!(out, "<polyline class=\"line {class}\" points=\"{}\"/>", ends.join(" "));
        }
        for (i, q) in tile.iter().enumerate() {
            let (x, y) = place(*q);
            let _ = writeln!(
                out,
                "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{:.1}\"><title>copy {}, its qubit {i}: {q}</title></circle>",
                radius + 1.0,
                t + 1
            );
        }
    }
    out + "</svg>\n</figure>\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_are_a_step_apart_and_others_further() {
        // A ladder of two rows of eight.
        let mut near = vec![vec![]; 16];
        let join = |a: usize, b: usize, near: &mut Vec<Vec<usize>>| {
            near[a].push(b);
            near[b].push(a);
        };
        for i in 0..8 {
            join(i, i + 8, &mut near);
            if i < 7 {
                join(i, i + 1, &mut near);
                join(i + 8, i + 9, &mut near);
            }
        }
        let at = places(&near);
        let apart = |a: usize, b: usize| (at[a].0 - at[b].0).hypot(at[a].1 - at[b].1);
        for (a, near) in near.iter().enumerate() {
            for b in 0..a {
                let (joined, apart) = (near.contains(&b), apart(a, b));
                assert!(if joined { (0.6..1.5).contains(&apart) } else { apart > 0.9 }, "{a} {b} {apart}");
            }
        }
        let drawn = chip(&Chip { pairs: vec![(0, 1, 1e-3), (1, 5, 2e-3)], tiles: vec![vec![0, 1, 5]] }, "A <machine>");
        assert!(drawn.contains("A &lt;machine&gt;") && drawn.matches("<circle").count() == 6 && !drawn.contains("NaN"));
        assert_eq!(chip(&Chip::default(), "none"), "");
    }
}
