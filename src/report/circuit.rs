//! A circuit as a picture: wires from left to right, in as many rows as the width needs.

use super::markup::escaped;
use super::style::picture;
use crate::circuit::{DrawnGate, Mark, Template, columns_of};
use std::fmt::Write;

/// Distance of wires, and the height of a box on one.
const WIRE: f64 = 40.0;
const BOX: f64 = 30.0;
/// What a letter of 12 pixels takes.
const LETTER: f64 = 7.3;
/// What is left free around everything, and between two columns.
const MARGIN: f64 = 16.0;
const GAP: f64 = 12.0;
/// What a control or an exchanged qubit takes of the width.
const SYMBOL: f64 = 20.0;
/// What lies between two rows.
const BETWEEN: f64 = 26.0;
/// What the line at the foot takes.
const FOOT: f64 = 30.0;

/// How far a row reaches, and its columns, each with the x of its middle.
type Row<'a> = (f64, Vec<(f64, &'a [DrawnGate])>);

/// A circuit as SVG that stands alone, some `width` pixels wide and in rows where it is longer; as small as the circuit where that is
/// shorter. Wires that carry nothing are left out. `title` says which circuit it is.
pub fn circuit_picture(template: &Template, title: &str, width: f64) -> String {
    let circuit = template.circuit();
    let columns = columns_of(template);
    let mut shown: Vec<bool> = (0..circuit.qubit_count()).map(|q| circuit.measured_into(q).is_some()).collect();
    columns.iter().flatten().flat_map(|gate| &gate.marks).for_each(|(q, _)| shown[*q] = true);
    let wires: Vec<usize> = (0..shown.len()).filter(|q| shown[*q]).collect();
    let labels: Vec<String> = wires.iter().map(|q| format!("q[{q}]")).collect();
    let bits: Vec<String> =
        wires.iter().map(|q| circuit.measured_into(*q).map_or(String::new(), |bit| format!("c[{bit}]"))).collect();
    let widest = |texts: &[String]| LETTER * texts.iter().map(|t| t.chars().count()).max().unwrap_or(0) as f64;
    let start = MARGIN + widest(&labels) + GAP;
    // The box of the measurement, and the bit beside it.
    let end = 2.0 * GAP + BOX + widest(&bits) + MARGIN;
    let mut rows: Vec<Row<'_>> = vec![(start, vec![])];
    for column in &columns {
        let wide = column.iter().flat_map(|gate| &gate.marks).map(|(_, mark)| mark_width(mark)).fold(SYMBOL, f64::max);
        if rows.last().is_some_and(|(used, row)| !row.is_empty() && used + wide + GAP > width - end) {
            rows.push((start, vec![]));
        }
        if let Some((used, row)) = rows.last_mut() {
            row.push((*used + (wide + GAP) / 2.0, column));
            *used += wide + GAP;
        }
    }
    let above = |q: usize| wires.binary_search(&q).expect("a wire that is shown") as f64 * WIRE;
    let high = wires.len().max(1) as f64 * WIRE;
    let longest = rows.iter().map(|(used, _)| *used).fold(start, f64::max);
    let mut out = String::new();
    for (r, (used, row)) in rows.iter().enumerate() {
        let top = MARGIN + r as f64 * (high + BETWEEN) + WIRE / 2.0;
        let last = r + 1 == rows.len();
        // Of a row that goes on below, wires are as long as of all others.
        let stop = if last { *used + GAP / 2.0 } else { longest };
        for (k, label) in labels.iter().enumerate() {
            let y = top + k as f64 * WIRE;
            out += &written(start - GAP / 2.0, y + 4.0, "end", "code soft", label);
            let _ = writeln!(out, "<path class=\"wire\" d=\"M{start:.1} {y:.1}H{stop:.1}\"/>");
            if last && !bits[k].is_empty() {
                out += &measurement(stop, y, &bits[k]);
            }
        }
        for (x, column) in row {
            for gate in *column {
                out += &drawn(gate, *x, &|q| top + above(q));
            }
        }
    }
    let bottom = 2.0 * MARGIN + rows.len() as f64 * (high + BETWEEN) - BETWEEN;
    let foot = format!("{title}; angles in radians, time to the right");
    out += &written(MARGIN, bottom + FOOT / 2.0 - 4.0, "start", "small soft", &foot);
    let wide = (longest + end).max(2.0 * MARGIN + 6.2 * foot.chars().count() as f64);
    picture(wide, bottom + FOOT, title, &out)
}

fn written(x: f64, y: f64, anchor: &str, class: &str, text: &str) -> String {
    let text = escaped(text);
    format!("<text class=\"{class}\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\">{text}</text>\n")
}

/// Whether a mark is a sign of its own, with no box around it.
fn is_symbol(mark: &Mark) -> bool {
    ["●", "⊕", "×"].contains(&mark.name.as_str())
}

fn mark_width(mark: &Mark) -> f64 {
    if is_symbol(mark) {
        return SYMBOL;
    }
    let letters = mark.name.chars().count().max(mark.angles.join(", ").chars().count());
    (LETTER * letters as f64 + 12.0).max(BOX)
}

/// A gate at x, `at` the heights of qubits.
fn drawn(gate: &DrawnGate, x: f64, at: &dyn Fn(usize) -> f64) -> String {
    let several = gate.marks.len() > 1;
    // By kind: what joins qubits, what an input turns, what turns by a number, all else.
    let class = match gate.marks.first() {
        _ if several => "c1",
        _ if gate.takes_input => "c2",
        Some((_, mark)) if !mark.angles.is_empty() => "c3",
        _ => "c0",
    };
    let mut out = String::new();
    if several {
        let (low, high) = gate.span();
        let _ = writeln!(out, "<path class=\"mark {class}\" d=\"M{x:.1} {:.1}V{:.1}\"/>", at(low), at(high));
    }
    for (qubit, mark) in &gate.marks {
        let y = at(*qubit);
        let _ = match mark.name.as_str() {
            "●" => writeln!(out, "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4.5\"/>"),
            "⊕" => writeln!(
                out,
                "<circle class=\"paper\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"9\"/><circle class=\"mark {class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"9\"/>\
                 <path class=\"mark {class}\" d=\"M{:.1} {y:.1}h18M{x:.1} {:.1}v18\"/>",
                x - 9.0,
                y - 9.0
            ),
            "×" => {
                writeln!(out, "<path class=\"mark {class}\" d=\"M{:.1} {:.1}l12 12m0 -12l-12 12\"/>", x - 6.0, y - 6.0)
            }
            _ => writeln!(out, "{}", boxed(mark, class, x, y)),
        };
    }
    out
}

/// A box with a name, and the angles below it.
fn boxed(mark: &Mark, class: &str, x: f64, y: f64) -> String {
    let wide = mark_width(mark);
    let (left, top) = (x - wide / 2.0, y - BOX / 2.0);
    let place = format!("x=\"{left:.1}\" y=\"{top:.1}\" width=\"{wide:.1}\" height=\"{BOX}\" rx=\"4\"");
    let mut out = format!(
        "<rect class=\"paper\" {place}/><rect class=\"{class} tint\" {place}/><rect class=\"mark {class}\" {place}/>\n"
    );
    if mark.angles.is_empty() {
        return out + &written(x, y + 4.5, "middle", "code strong", &mark.name);
    }
    out += &written(x, y - 2.0, "middle", "code strong", &mark.name);
    out + &written(x, y + 11.0, "middle", "code", &mark.angles.join(", "))
}

/// A dial, and the bit that it says.
fn measurement(x: f64, y: f64, bit: &str) -> String {
    let (top, low) = (y - BOX / 2.0, y + 6.0);
    let place = format!("x=\"{x:.1}\" y=\"{top:.1}\" width=\"{BOX}\" height=\"{BOX}\" rx=\"4\"");
    let middle = x + BOX / 2.0;
    format!(
        "<rect class=\"paper\" {place}/><rect class=\"edge\" {place}/><path class=\"edge\" d=\"M{:.1} {low:.1}a9 9 0 0 1 18 0M{middle:.1} {low:.1}l7 -12\"/>\n{}",
        middle - 9.0,
        written(x + BOX + GAP / 2.0, y + 4.0, "start", "code soft", bit)
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::{Circuit, Gate, Turn};

    #[test]
    fn every_gate_is_there_and_wires_that_carry_nothing_are_not() {
        let mut circuit = Circuit::with_bits(5, 2);
        circuit.push(Gate::H, &[0]);
        circuit.push(Gate::Cx, &[0, 2]);
        circuit.push(Gate::Swap, &[0, 4]);
        (0..2).for_each(|bit| circuit.measure(2 * bit, bit).unwrap());
        let mut template = Template::new(circuit, vec!["<x>".into()]);
        template.try_push_turn(Gate::Ry(0.0), 4, Turn { input: 0, negated: true }).unwrap();
        let drawn = circuit_picture(&template, "a & b.qasm", 900.0);
        for part in
            ["a &amp; b.qasm", ">RY<", ">-&lt;x&gt;<", ">H<", "q[0]", "q[2]", "q[4]", "c[1]", "prefers-color-scheme"]
        {
            assert!(drawn.contains(part), "{part} in {drawn}");
        }
        assert!(!drawn.contains("q[1]") && !drawn.contains("q[3]") && !drawn.contains("NaN"));
        assert_eq!(drawn.matches("r=\"4.5\"").count(), 1);
        assert_eq!((drawn.matches("l12 12").count(), drawn.matches("h18M").count()), (2, 1));
    }

    #[test]
    fn a_long_circuit_is_drawn_in_rows() {
        let mut circuit = Circuit::new(1);
        for i in 0..40 {
            circuit.push(Gate::Ry(f64::from(i)), &[0]);
        }
        let template = Template::new(circuit, vec![]);
        let drawn = circuit_picture(&template, "long", 600.0);
        assert_eq!(drawn.matches(">RY<").count(), 40);
        let size = |name: &str| -> f64 {
            let from = drawn.find(name).unwrap() + name.len() + 2;
            drawn[from..].split('"').next().unwrap().parse().unwrap()
        };
        assert!(drawn.matches(">q[0]<").count() >= 4 && size(" width") <= 600.0 && size(" height") > 200.0, "{drawn}");
        assert!(circuit_picture(&Template::new(Circuit::new(1), vec![]), "nothing", 600.0).contains("</svg>"));
    }
}
