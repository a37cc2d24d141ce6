//! Programs of a layer against the layer: every patch by itself, for all angles or for those it has.
//!
//! Where input x occurs in r rotations, each by x or -x, everything that is measured is a trigonometric polynomial of degree
//! r in x. So programs are simulated at the points that such a polynomial is known from (docs/method.md, section 14).

use super::grid::Grid;
use super::patch::{PatchPart, Pieces};
use crate::circuit::{Circuit, Template};
use crate::network::quanvolution::Layer;
use crate::qasm::{LayerProgram, MAX_DEGREE, PATCH, PatchContract, Pixels};
use crate::simulator::{SimulationError, transition_probabilities};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// The most qubits that may be joined to one patch: each is simulated at all points.
const MOST_QUBITS: usize = 12;

/// A number of a layer that a program has otherwise.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Coefficient {
    /// Which patch of the program, from 0.
    pub patch: usize,
    /// Its name: `T[1][X Z I I]`, or `y[1]` where the pixels are fixed.
    pub name: String,
    /// What the program has.
    pub got: f64,
    /// What the layer has.
    pub expected: f64,
}

/// How far a program is from its layer.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LayerVerification {
    /// Patches of the program.
    pub patches: usize,
    /// How many points each of them was compared at, at most.
    pub points: usize,
    /// Whether the pixels are part of the program, which is then compared for these alone.
    pub fixed: bool,
    /// The largest error of `<Z>` at the points.
    pub max_error: f64,
    /// What the error cannot exceed for any input.
    pub bound: f64,
    /// The largest bound that passes.
    pub allowed: f64,
    /// What the program gets most wrong.
    pub worst: Coefficient,
    /// What is wrong with how the program takes its inputs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

impl LayerVerification {
    /// Whether the program computes its layer.
    pub fn holds(&self) -> bool {
        // Not the other way round: a NaN must not pass.
        self.problem.is_none() && self.bound <= self.allowed
    }

    /// What is wrong, in a line.
    pub fn failure(&self) -> String {
        let Coefficient { patch, name, got, expected } = &self.worst;
        let problem = self.problem.as_ref().map_or(String::new(), |problem| format!("{problem}; "));
        // As many digits as a tolerance can ask for, without the sign of a zero.
        let shown = |value: &f64| format!("{:.12}", (value * 1e12).round() / 1e12 + 0.0);
        format!("{problem}patch {patch}: {name} = {}, expected {}", shown(got), shown(expected))
    }
}

/// One patch: error at the points and bound, the worst coefficient, and a problem with its inputs.
#[derive(Clone)]
struct Compared {
    points: usize,
    max_error: f64,
    bound: f64,
    worst: (String, f64, f64),
    problem: Option<String>,
}

/// Compares a program with its layer; `tolerance` is the largest bound that passes.
///
/// # Errors
/// If too many qubits are joined to simulate them.
pub fn verify_layer(
    program: &LayerProgram,
    layer: &Layer,
    tolerance: f64,
) -> Result<LayerVerification, SimulationError> {
    let LayerProgram { template, contract } = program;
    let pieces = Pieces::of(template.circuit());
    let mut known: BTreeMap<Likeness, Compared> = BTreeMap::new();
    let mut whole = LayerVerification {
        patches: contract.patches.len(),
        points: 0,
        fixed: contract.is_fixed(),
        max_error: 0.0,
        bound: 0.0,
        allowed: tolerance,
        worst: Coefficient { patch: 0, name: String::new(), got: 0.0, expected: 0.0 },
        problem: None,
    };
    let mut difference = -1.0;
    for (k, patch) in contract.patches.iter().enumerate() {
        let part = PatchPart::of(program, patch, &pieces)?;
        let qubits = part.template.circuit().qubit_count();
        if qubits > MOST_QUBITS {
            return Err(SimulationError::TooManyJoined { qubits, most: MOST_QUBITS });
        }
        let likeness = likeness(&part.template, patch, template.inputs());
        let compared = match known.get(&likeness) {
            Some(compared) => compared.clone(),
            None => {
                let compared = compare(&part, patch, layer, contract.degree)?;
                known.insert(likeness, compared.clone());
                compared
            }
        };
        let Compared { points, max_error, bound, worst: (name, got, expected), problem } = compared;
        whole.points = whole.points.max(points);
        whole.max_error = larger(whole.max_error, max_error);
        whole.bound = larger(whole.bound, bound);
        if (got - expected).abs() > difference || (got - expected).is_nan() {
            difference = (got - expected).abs();
            whole.worst = Coefficient { patch: k, name, got, expected };
        }
        whole.problem = whole.problem.or(problem.map(|problem| format!("patch {k}: {problem}")));
    }
    Ok(whole)
}

/// The larger of two; NaN where one is.
fn larger(a: f64, b: f64) -> f64 {
    if a.is_nan() || b.is_nan() { f64::NAN } else { a.max(b) }
}

/// All that the comparison of a patch depends on: gates with their angles' bits or inputs by their place in the patch, what
/// is measured into which of its bits, parities, and angles that are fixed.
type Likeness = (Vec<(&'static str, Vec<u64>, Vec<usize>)>, Vec<Vec<usize>>, Vec<u64>);

fn likeness(part: &Template, patch: &PatchContract, names: &[String]) -> Likeness {
    let circuit = part.circuit();
    let own = |input: usize| {
        let named = patch.inputs().and_then(|own| own.iter().position(|name| *name == names[input]));
        named.map_or(PATCH + input, |place| place) as u64
    };
    let gates = circuit.operations().map(|(node, operation)| {
        let angles = match part.turn(node) {
            Some(turn) => vec![own(turn.input), u64::from(turn.negated)],
            // Three numbers, which tells them from an input's two.
            None => operation.gate.angles().map(f64::to_bits).to_vec(),
        };
        (operation.gate.name(), angles, operation.qubits.iter().collect())
    });
    let of_bit = |bit: &usize| circuit.writer_of(*bit).unwrap_or(usize::MAX);
    let output = patch.output.iter().map(|bits| bits.iter().map(of_bit).collect()).collect();
    let angles = match &patch.pixels {
        Pixels::Inputs(_) => vec![],
        Pixels::Fixed { angles, .. } => angles.map(f64::to_bits).to_vec(),
    };
    (gates.collect(), output, angles)
}

/// What a patch measures in a circuit that is its own: the four `<Z>`.
fn measured(part: &PatchPart<'_>, circuit: &Circuit) -> Result<[f64; PATCH], SimulationError> {
    Ok(part.means(transition_probabilities(circuit, &part.readout(), &[0])?.as_slice()))
}

fn compare(
    part: &PatchPart<'_>,
    patch: &PatchContract,
    layer: &Layer,
    degree: usize,
) -> Result<Compared, SimulationError> {
    let own = match &patch.pixels {
        Pixels::Inputs(names) => part.places(names),
        Pixels::Fixed { angles, .. } => {
            let (got, wanted) = (measured(part, &part.template.bind(&[]))?, layer.expectations(&[*angles])[0]);
            let j = worst_of(&got, &wanted);
            let error = (got[j] - wanted[j]).abs();
            let worst = (format!("y[{j}]"), got[j], wanted[j]);
            return Ok(Compared { points: 1, max_error: error, bound: error, worst, problem: None });
        }
    };
    let occurrences = part.template.occurrences();
    let mut problem = own.iter().find(|input| occurrences[**input] > degree).map(|&input| {
        let (name, times) = (&part.template.inputs()[input], occurrences[input]);
        format!("input '{name}' is the angle of {times} gates, the degree is {degree}")
    });
    if let Some(other) = part.foreign(&own) {
        problem = Some(format!("what it reads depends on input '{other}' of another patch"));
    }
    let wanted_degree = layer.ansatz.rounds().len();
    let grid = Grid::new(std::array::from_fn(|i| occurrences[own[i]].max(wanted_degree).clamp(1, MAX_DEGREE)));
    let points = grid.points();
    let wanted = layer.expectations(&points);
    // Inputs of others should not matter; where they do, the one tells.
    let at = |point: &[f64; PATCH]| measured(part, &part.bind(&own, point, 1.0));
    let got = points.par_iter().map(at).collect::<Result<Vec<_>, _>>()?;
    let errors = got.iter().zip(&wanted).flat_map(|(got, wanted)| (0..PATCH).map(|j| (got[j] - wanted[j]).abs()));
    let max_error = errors.fold(0.0, larger);
    let mut worst = (String::new(), 0.0, 0.0);
    let mut difference = -1.0;
    for j in 0..PATCH {
        let of = |all: &[[f64; PATCH]]| grid.coefficients(&all.iter().map(|y| y[j]).collect::<Vec<_>>());
        let (got, wanted) = (of(&got), of(&wanted));
        let n = worst_of(&got, &wanted);
        if (got[n] - wanted[n]).abs() > difference {
            difference = (got[n] - wanted[n]).abs();
            worst = (format!("T[{j}][{}]", grid.name(n)), got[n], wanted[n]);
        }
    }
    Ok(Compared { points: grid.len(), max_error, bound: grid.lebesgue() * max_error, worst, problem })
}

/// Where two lists differ most, the first of equals.
fn worst_of(got: &[f64], wanted: &[f64]) -> usize {
    let mut worst = 0;
    for i in 1..got.len() {
        if (got[i] - wanted[i]).abs() > (got[worst] - wanted[worst]).abs() {
            worst = i;
        }
    }
    worst
}
