//! Whether the text of a program of columns sets its basis state as the contract says (docs/method.md, section 10).
//!
//! Input i stands in one rotation of every input qubit of that number, behind gates on this qubit alone:
//!
//! ```text
//! |0> ── P ── G(x) ── ...        <0| P† G(π) P |0> = 0
//! ```
//!
//! Then what leaves G for x = 0 and x = π is orthogonal, and one qubit has no third state that is orthogonal to the first: up to a
//! phase, x = π is X in front of P, and x = 0 nothing. So the program does for all 2^n settings what it does, with all angles
//! zero, behind X on the input qubits, which is what is simulated.

use super::ast::{Program, Statement};
use super::program_error::contract_error;
use super::{ColumnTerms, Contract, ContractError, Position, ProgramError};
use crate::circuit::{Gate, TwoByTwo};
use crate::linalg::Complex;
use std::collections::BTreeMap;
use std::f64::consts::PI;

/// How far from orthogonal the two states may be: probabilities are off by at most twice that.
const ORTHOGONAL: f64 = 1e-12;

/// What has been done to a qubit so far.
enum Past {
    /// These gates, on it alone.
    Alone(TwoByTwo),
    /// The input was set.
    Set,
    /// Other qubits were joined to it, or it was measured.
    Over,
}

/// Checks a text whose contract has columns.
///
/// # Errors
/// Inputs other than those of the contract; rotations by an input on a qubit that it is not of, too late, a second time, or of
/// a kind that does not set the qubit; a qubit that no input sets.
pub(super) fn check_settings(tree: &Program, contract: &Contract, columns: &ColumnTerms) -> Result<(), ProgramError> {
    let at = tree.contract.as_ref().map_or_else(Position::default, |(_, at)| *at);
    let wrong = |place: &str, problem: String| {
        Err(contract_error(at, ContractError::Value { place: place.to_owned(), problem }))
    };
    let declared = || tree.inputs.iter().map(|input| &input.name);
    if !declared().eq(&columns.angles) {
        let declared: Vec<&str> = declared().map(String::as_str).collect();
        return wrong(
            "columns.angles",
            format!("[{}], but the program declares [{}]", columns.angles.join(", "), declared.join(", ")),
        );
    }
    let chosen: BTreeMap<usize, usize> = contract.chosen_qubits().into_iter().collect();
    let mut past: BTreeMap<usize, Past> = chosen.keys().map(|qubit| (*qubit, Past::Alone(IDENTITY))).collect();
    for statement in &tree.statements {
        match *statement {
            Statement::Gate { gate, operands, .. } => {
                for qubit in &operands[..gate.arity()] {
                    let Some(past) = past.get_mut(&(*qubit as usize)) else { continue };
                    match (&past, gate.one_qubit_matrix()) {
                        (Past::Set, _) => {}
                        (Past::Alone(before), Some(matrix)) => *past = Past::Alone(product(&matrix, before)),
                        _ => *past = Past::Over,
                    }
                }
            }
            Statement::Turn { gate, input, qubit, at, .. } => {
                let (input, qubit) = (input as usize, qubit as usize);
                let name = &columns.angles[input];
                let problem = match (chosen.get(&qubit), past.get_mut(&qubit)) {
                    (Some(own), Some(past)) if *own == input => turn(gate, past),
                    (Some(own), _) => Some(format!("its bit of m is chosen by {}", columns.angles[*own])),
                    _ => Some("it is no input of the contract".into()),
                };
                if let Some(problem) = problem {
                    return Err(ProgramError::Unkept { at, message: format!("{name} turns qubit {qubit}: {problem}") });
                }
            }
            Statement::Measure { qubit, .. } => {
                if let Some(past @ Past::Alone(_)) = past.get_mut(&(qubit as usize)) {
                    *past = Past::Over;
                }
            }
        }
    }
    let unset = past.iter().find(|(_, past)| !matches!(past, Past::Set)).map(|(qubit, _)| (qubit, chosen[qubit]));
    let Some((qubit, input)) = unset else { return Ok(()) };
    let message = format!("{} turns no gate on qubit {qubit}, whose bit of m it should choose", columns.angles[input]);
    Err(ProgramError::Unkept { at, message })
}

/// Turns a qubit by its input; what is wrong with that, if anything.
fn turn(gate: Gate, past: &mut Past) -> Option<String> {
    let before = match past {
        Past::Alone(before) => *before,
        Past::Set => return Some("a second time".into()),
        Past::Over => return Some("behind a gate that joins it to others, or a measurement".into()),
    };
    let half_turn = gate.with_angles([PI, 0.0, 0.0]).one_qubit_matrix().unwrap_or(IDENTITY);
    let after = product(&half_turn, &before);
    let overlap: Complex = (0..2).map(|k| before[k][0].conj() * after[k][0]).sum();
    *past = Past::Set;
    // Not the other way round: a NaN must not pass.
    let orthogonal = overlap.norm() <= ORTHOGONAL;
    (!orthogonal).then(|| format!("{} by pi does not take its state to the opposite one there", gate.name()))
}

const IDENTITY: TwoByTwo = [[Complex::ONE, Complex::ZERO], [Complex::ZERO, Complex::ONE]];

fn product(a: &TwoByTwo, b: &TwoByTwo) -> TwoByTwo {
    std::array::from_fn(|i| std::array::from_fn(|j| a[i][0] * b[0][j] + a[i][1] * b[1][j]))
}

#[cfg(test)]
mod tests {
    use crate::qasm::{read, write};
    use std::f64::consts::PI;

    /// Two bits of m for one sign, each on a qubit of its own, the second behind quarter turns as machines without rx have them.
    const TEXT: &str = "OPENQASM 3.0;
include \"stdgates.inc\";
// hqrn: {\"version\":1,\"network\":\"n\",\"block\":1,\"dim\":4,\"method\":\"exact\",\"columns\":{\"angles\":[\"x0\",\"x1\"]},\"plus\":{\"gamma\":1.0,\"input\":[0,2],\"output\":[0,1],\"accept\":{\"2\":0}},\"minus\":null}
// input: for basis state m, pi for each of these whose bit of m is 1, 0 for the others: x0, x1
input float x0;
input float x1;
qubit[3] q;
bit[3] c;
rx(-x0) q[0];
sx q[2];
rz(x1) q[2];
sdg q[2];
h q[1];
cz q[0], q[1];
c[0] = measure q[0];
c[1] = measure q[2];
c[2] = measure q[1];
";

    fn message(from: &str, to: &str) -> String {
        let text = TEXT.replace(from, to);
        assert_ne!(text, TEXT, "{from}");
        read(&text).unwrap_err().to_string()
    }

    #[test]
    fn texts_with_columns_read_bind_and_print_back() {
        let program = read(TEXT).unwrap();
        assert_eq!(write(&program), TEXT);
        let column = program.column(1).unwrap();
        let text = write(&column);
        assert!(text.contains(&format!("rx(-{PI}) q[0];\nsx q[2];\nrz(0.0) q[2];")), "{text}");
        assert!(text.contains("\"prepared\":{\"basis\":1}") && !text.contains("input float"), "{text}");
        assert!(column.column(1).is_none() && program.column(4).is_none());
    }

    #[test]
    fn inputs_that_do_not_choose_their_qubits_are_named() {
        for (from, to, expected) in [
            ("rx(-x0) q[0]", "rx(-x0) q[1]", "line 9, column 1: x0 turns qubit 1: it is no input of the contract"),
            ("rx(-x0) q[0]", "rx(x1) q[0]", "line 9, column 1: x1 turns qubit 0: its bit of m is chosen by x0"),
            (
                "rx(-x0) q[0]",
                "rz(x0) q[0]",
                "line 9, column 1: x0 turns qubit 0: rz by pi does not take its state to the opposite one there",
            ),
            (
                "sx q[2];\n",
                "",
                "line 10, column 1: x1 turns qubit 2: rz by pi does not take its state to the opposite one there",
            ),
            (
                "sx q[2];\n",
                "rx(1.57) q[2];\n",
                "line 11, column 1: x1 turns qubit 2: rz by pi does not take its state to the opposite one there",
            ),
            ("rx(-x0) q[0];\n", "", "line 3, column 10: x0 turns no gate on qubit 0, whose bit of m it should choose"),
            ("cz q[0], q[1];", "cz q[0], q[1];\nrx(x0) q[0];", "line 15, column 1: x0 turns qubit 0: a second time"),
            (
                "rx(-x0) q[0];",
                "cz q[0], q[2];\nrx(x0) q[0];",
                "line 10, column 1: x0 turns qubit 0: behind a gate that joins it to others, or a measurement",
            ),
            ("rx(-x0)", "rx(2*x0)", "line 9, column 4: an expression: expected a decimal number or an input by itself"),
            (
                "input float x1;\n",
                "input float x1;\ninput float x2;\n",
                "line 3, column 10: contract: columns.angles: [x0, x1], but the program declares [x0, x1, x2]",
            ),
            (
                "[\"x0\",\"x1\"]",
                "[\"x0\"]",
                "line 3, column 10: contract: columns.angles: 1 names, expected 2, one for each input qubit of a sign",
            ),
            (
                "\"columns\":{",
                "\"prepared\":{\"basis\":0},\"columns\":{",
                "line 3, column 10: contract: columns: given beside prepared",
            ),
            (
                "\"columns\":{\"angles\":[\"x0\",\"x1\"]},",
                "",
                "line 9, column 1: an angle that is an input: programs of this kind have none",
            ),
            (
                "\"minus\":null",
                "\"minus\":{\"gamma\":1.0,\"input\":[2,0],\"output\":[0,1],\"accept\":{\"2\":1}}",
                "line 3, column 10: contract: columns: qubit 2 has one place for plus and another for minus: no angle can choose it",
            ),
        ] {
            assert_eq!(message(from, to), expected, "{from} -> {to}");
        }
    }
}
