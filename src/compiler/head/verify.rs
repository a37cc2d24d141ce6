//! A program of a quantum head against the head, for the image that it prepares.

use crate::network::quanvolution::QuantumHead;
use crate::qasm::HeadProgram;
use crate::simulator::{Readout, SimulationError, mean_parity, transition_probabilities};

/// How far a program is from its head.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct HeadVerification {
    /// The largest error of a score or of the modulus of an amplitude, of the image that is prepared.
    pub max_error: f64,
    /// The largest error that passes.
    pub allowed: f64,
    /// What is most wrong: `score[2]` or `|a[17]|`.
    pub name: String,
    /// What the program has.
    pub got: f64,
    /// What the head has.
    pub expected: f64,
    /// One minus the fidelity of the image that is prepared with the pixels.
    pub infidelity: f64,
    /// What is wrong with the contract: it is not this head's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

impl HeadVerification {
    /// Whether the program computes its head.
    pub fn holds(&self) -> bool {
        // Not the other way round: a NaN must not pass.
        self.problem.is_none() && self.max_error <= self.allowed
    }

    /// What is wrong, in a line.
    pub fn failure(&self) -> String {
        let shown = |value: f64| format!("{:.12}", (value * 1e12).round() / 1e12 + 0.0);
        let wrong = format!("{} = {}, expected {}", self.name, shown(self.got), shown(self.expected));
        self.problem.as_ref().map_or(wrong.clone(), |problem| format!("{problem}; {wrong}"))
    }
}

/// Compares a program with the head of a network whose last stream has so many pixels.
///
/// # Errors
/// If the circuit is too large to simulate.
pub fn verify_head(
    program: &HeadProgram,
    head: &QuantumHead,
    pixels: usize,
    tolerance: f64,
) -> Result<HeadVerification, SimulationError> {
    let HeadProgram { circuit, contract } = program;
    let (wires, features) = (contract.quantum_head, &contract.features);
    let mut out = HeadVerification {
        max_error: -1.0,
        allowed: tolerance,
        name: String::new(),
        got: 0.0,
        expected: 0.0,
        infidelity: 0.0,
        problem: None,
    };
    let differs = [
        (wires, head.angles.len(), "wires"),
        (features.len(), pixels, "pixels"),
        (contract.output.len(), head.measured.len(), "classes"),
    ];
    if let Some((got, wanted, what)) = differs.into_iter().find(|(got, wanted, _)| got != wanted) {
        out.problem = Some(format!("{got} {what}, the head has {wanted}"));
        out.name = what.to_owned();
        (out.got, out.expected) = (got as f64, wanted as f64);
        return Ok(out);
    }
    let readout = Readout { input: vec![], output: (0..wires).collect(), accept: vec![] };
    let p = transition_probabilities(circuit, &readout, &[0])?;
    // Wire w is bit w of what is read, and bit wires - 1 - w of a basis state; behind the chain it has the parity up to w.
    let read = |state: usize| {
        let bit = |wire: usize| state >> (wires - 1 - wire) & 1;
        let seen = |wire: usize| if contract.chain { (0..=wire).map(bit).sum::<usize>() % 2 } else { bit(wire) };
        (0..wires).map(|wire| seen(wire) << wire).sum::<usize>()
    };
    let image = contract.prepared.as_ref().unwrap_or(features);
    let wanted = head.final_state(image);
    let mut note = |name: &dyn Fn() -> String, got: f64, expected: f64| {
        let error = (got - expected).abs();
        if error > out.max_error || error.is_nan() && !out.max_error.is_nan() {
            out.max_error = error;
            out.name = name();
            (out.got, out.expected) = (got, expected);
        }
    };
    for (class, (bits, expected)) in contract.output.iter().zip(head.scores_of(image)).enumerate() {
        let mask: usize = bits.iter().map(|bit| 1usize << bit).sum();
        note(&|| format!("score[{class}]"), mean_parity(p.as_slice(), mask), expected);
    }
    for (state, expected) in wanted.iter().enumerate() {
        let got = p[(read(state), 0)].max(0.0).sqrt();
        note(&|| format!("|a[{state}]|"), got, expected.abs());
    }
    if let (Some(stated), Some(prepared)) = (contract.infidelity, &contract.prepared) {
        let unit = |pixels: &[f64]| head.amplitudes(pixels).unwrap_or_default();
        let overlap: f64 = unit(features).iter().zip(unit(prepared)).map(|(a, b)| a * b).sum();
        out.infidelity = (1.0 - overlap * overlap).max(0.0);
        if out.infidelity > stated + tolerance {
            out.problem = Some(format!("infidelity {:.3e}, the contract states {stated:.3e}", out.infidelity));
        }
    }
    Ok(out)
}
