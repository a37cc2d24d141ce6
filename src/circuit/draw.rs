//! A small circuit as a drawing: columns of gates, for whoever draws, and the drawing in text, one line a qubit, time to
//! the right.

use super::{Circuit, Gate, Node, Template, Turn};

/// What stands on one qubit where a gate acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mark {
    /// `●` a control, `⊕` what a cx turns, `×` one of two that are exchanged; all else is the name in a box.
    pub name: String,
    /// In radians, rounded to three decimals, or the name of the input that stands there.
    pub angles: Vec<String>,
}

impl Mark {
    /// Name and angles on one line.
    fn line(&self) -> String {
        if self.angles.is_empty() { self.name.clone() } else { format!("{}({})", self.name, self.angles.join(",")) }
    }
}

/// A gate as it is drawn.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DrawnGate {
    /// Qubits and what stands on each, in the order of the gate's operands.
    pub marks: Vec<(usize, Mark)>,
    /// Whether it turns by an input.
    pub takes_input: bool,
}

impl DrawnGate {
    /// The lowest and the highest qubit that it acts on.
    pub fn span(&self) -> (usize, usize) {
        self.marks.iter().fold((usize::MAX, 0), |(low, high), (qubit, _)| (low.min(*qubit), high.max(*qubit)))
    }
}

/// Draws a circuit in lines of at most about `width` characters, continued below where it is longer.
///
/// Controls are `●`, the target of a `cx` is `⊕`, `×` are exchanged qubits; angles are in radians, rounded to
/// three decimals.
pub fn draw(circuit: &Circuit, width: usize) -> String {
    draw_with(circuit, width, columns(circuit, |_| None))
}

/// The same of a circuit with inputs, whose names stand where they are the angle.
pub fn draw_template(template: &Template, width: usize) -> String {
    draw_with(template.circuit(), width, columns_of(template))
}

/// The gates of a circuit with inputs in columns, each as early as the wires that it spans allow: no two of a column share
/// a wire or cross one.
pub fn columns_of(template: &Template) -> Vec<Vec<DrawnGate>> {
    let name = |node| {
        let Turn { input, negated } = template.turn(node)?;
        Some(format!("{}{}", if negated { "-" } else { "" }, template.inputs()[input]))
    };
    columns(template.circuit(), name)
}

fn draw_with(circuit: &Circuit, width: usize, columns: Vec<Vec<DrawnGate>>) -> String {
    let qubits = circuit.qubit_count();
    let label_width = format!("q[{}]", qubits.saturating_sub(1)).len();
    let mut bands = vec![];
    let mut band = vec![String::new(); 2 * qubits];
    for column in columns {
        let cells = render(&column, qubits);
        let cell_width = cells.first().map_or(0, |c| c.chars().count());
        let used = band.first().map_or(0, |l| l.chars().count());
        if used > 0 && label_width + 3 + used + cell_width > width {
            bands.push(std::mem::replace(&mut band, vec![String::new(); 2 * qubits]));
        }
        band.iter_mut().zip(cells).for_each(|(line, cell)| line.push_str(&cell));
    }
    for (q, line) in band.iter_mut().step_by(2).enumerate() {
        line.push_str(&circuit.measured_into(q).map_or("─".into(), |bit| format!("─M c[{bit}]")));
    }
    bands.push(band);
    let mut out = String::new();
    for (i, band) in bands.iter().enumerate() {
        if i > 0 {
            out.push('\n');
        }
        for (row, line) in band.iter().enumerate() {
            let label = if row % 2 == 0 { format!("q[{}]", row / 2) } else { String::new() };
            let text = format!("{label:>label_width$} {line}");
            // The row under the last wire is always blank.
            if row + 1 < band.len() {
                out.push_str(text.trim_end());
                out.push('\n');
            }
        }
    }
    out
}

fn columns(circuit: &Circuit, input: impl Fn(Node) -> Option<String>) -> Vec<Vec<DrawnGate>> {
    let mut free = vec![0; circuit.qubit_count()];
    let mut columns: Vec<Vec<DrawnGate>> = vec![];
    for (node, operation) in circuit.operations() {
        let input = input(node);
        let mark = |(place, qubit)| (qubit, mark(&operation.gate, place, input.as_deref()));
        let marks = operation.qubits.iter().enumerate().map(mark).collect();
        let gate = DrawnGate { marks, takes_input: input.is_some() };
        let (low, high) = gate.span();
        let column = free[low..=high].iter().copied().max().unwrap_or(0);
        free[low..=high].fill(column + 1);
        if column == columns.len() {
            columns.push(vec![]);
        }
        columns[column].push(gate);
    }
    columns
}

/// The cells of one column: a wire row and a gap row for each qubit, all of one width.
fn render(column: &[DrawnGate], qubits: usize) -> Vec<String> {
    let mut wire: Vec<Option<String>> = vec![None; qubits];
    let mut crossed = vec![false; qubits];
    let mut linked = vec![false; qubits];
    for gate in column {
        let (low, high) = gate.span();
        crossed[low..=high].fill(true);
        linked[low..high].fill(true);
        for (qubit, mark) in &gate.marks {
            wire[*qubit] = Some(mark.line());
        }
    }
    let width = wire.iter().flatten().map(|s| s.chars().count()).max().unwrap_or(1) + 2;
    let centre = |text: &str, fill: char| {
        let spare = width - text.chars().count();
        let side = |n| std::iter::repeat_n(fill, n).collect::<String>();
        format!("{}{text}{}", side(spare / 2), side(spare - spare / 2))
    };
    (0..qubits)
        .flat_map(|q| {
            let on_wire = wire[q].clone().unwrap_or_else(|| if crossed[q] { "┼" } else { "─" }.into());
            [centre(&on_wire, '─'), centre(if linked[q] { "│" } else { " " }, ' ')]
        })
        .collect()
}

fn mark(gate: &Gate, place: usize, input: Option<&str>) -> Mark {
    if let Some(symbol) = gate.drawn(place) {
        return Mark { name: symbol.into(), angles: vec![] };
    }
    let shown = |angle: &f64| input.map_or_else(|| rounded(*angle), str::to_owned);
    let angles = gate.angles()[..gate.angle_count()].iter().map(shown).collect();
    Mark { name: gate.name().to_uppercase(), angles }
}

fn rounded(angle: f64) -> String {
    let text = format!("{angle:.3}");
    // "-0.000" reads like a mistake.
    if text == "-0.000" { "0.000".into() } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_small_circuit() {
        let mut c = Circuit::with_bits(3, 3);
        c.push(Gate::H, &[0]);
        c.push(Gate::Cx, &[0, 2]);
        c.push(Gate::Ry(-0.00001), &[1]);
        c.push(Gate::Swap, &[0, 1]);
        (0..3).for_each(|i| c.measure(i, i).unwrap());
        let expected = "\
q[0] ─H──●─────────────×──M c[0]
         │             │
q[1] ────┼──RY(0.000)──×──M c[1]
         │
q[2] ────⊕────────────────M c[2]
";
        assert_eq!(draw(&c, 100), expected);
        let mut template = Template::new(Circuit::new(2), vec!["x0".into()]);
        template.try_push_turn(Gate::Ry(0.0), 1, Turn { input: 0, negated: true }).unwrap();
        template.try_push(Gate::Rx(0.5), &[0]).unwrap();
        assert_eq!(draw_template(&template, 100), "q[0] ─RX(0.500)──\n\nq[1] ──RY(-x0)───\n");
        let narrow = draw(&c, 20);
        assert!(narrow.lines().count() > 10 && narrow.lines().all(|l| l.chars().count() <= 25), "{narrow}");
    }
}
