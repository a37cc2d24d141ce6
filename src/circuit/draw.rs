//! A text drawing of a small circuit, one line a qubit, time to the right.

use super::{Circuit, Gate, Node, Operation, Template, Turn};

/// Draws a circuit in lines of at most about `width` characters, continued below where it is longer.
///
/// Controls are `●`, the target of a `cx` is `⊕`, `×` are exchanged qubits; angles are in radians, rounded to
/// three decimals.
pub fn draw(circuit: &Circuit, width: usize) -> String {
    draw_with(circuit, width, |_| None)
}

/// The same of a circuit with inputs, whose names stand where they are the angle.
pub fn draw_template(template: &Template, width: usize) -> String {
    let name = |node| {
        let Turn { input, negated } = template.turn(node)?;
        Some(format!("{}{}", if negated { "-" } else { "" }, template.inputs()[input]))
    };
    draw_with(template.circuit(), width, name)
}

fn draw_with(circuit: &Circuit, width: usize, input: impl Fn(Node) -> Option<String>) -> String {
    let qubits = circuit.qubit_count();
    let label_width = format!("q[{}]", qubits.saturating_sub(1)).len();
    let mut bands = vec![];
    let mut band = vec![String::new(); 2 * qubits];
    for column in columns(circuit, input) {
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

/// An operation, and what its angle is called where it has a name.
type Drawn = (Operation, Option<String>);

/// Operations in columns: each as early as the wires it spans allow.
fn columns(circuit: &Circuit, input: impl Fn(Node) -> Option<String>) -> Vec<Vec<Drawn>> {
    let mut free = vec![0; circuit.qubit_count()];
    let mut columns: Vec<Vec<Drawn>> = vec![];
    for (node, operation) in circuit.operations() {
        let (low, high) = span(&operation);
        let column = free[low..=high].iter().copied().max().unwrap_or(0);
        free[low..=high].fill(column + 1);
        if column == columns.len() {
            columns.push(vec![]);
        }
        columns[column].push((operation, input(node)));
    }
    columns
}

fn span(operation: &Operation) -> (usize, usize) {
    let low = operation.qubits.iter().min().expect("a gate has operands");
    (low, operation.qubits.iter().max().expect("a gate has operands"))
}

/// The cells of one column: a wire row and a gap row for each qubit, all of one width.
fn render(column: &[Drawn], qubits: usize) -> Vec<String> {
    let mut wire: Vec<Option<String>> = vec![None; qubits];
    let mut crossed = vec![false; qubits];
    let mut linked = vec![false; qubits];
    for (operation, input) in column {
        let (low, high) = span(operation);
        crossed[low..=high].fill(true);
        linked[low..high].fill(true);
        for (place, qubit) in operation.qubits.iter().enumerate() {
            wire[qubit] = Some(symbol(&operation.gate, place, input.as_deref()));
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

fn symbol(gate: &Gate, place: usize, input: Option<&str>) -> String {
    if let Some(symbol) = gate.drawn(place) {
        return symbol.into();
    }
    let shown = |angle: &f64| input.map_or_else(|| rounded(*angle), str::to_owned);
    let angles: Vec<String> = gate.angles()[..gate.angle_count()].iter().map(shown).collect();
    let name = gate.name().to_uppercase();
    if angles.is_empty() { name } else { format!("{name}({})", angles.join(",")) }
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
