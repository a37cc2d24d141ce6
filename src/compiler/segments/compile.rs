//! A segment to a program: its map as one contraction, read with signs against a reference or as probabilities.

use super::layered::layered;
use super::one_hot::one_hot;
use super::parts::{Parts, SegmentError, qubits_of};
use super::prepared::prepare;
use crate::circuit::Circuit;
use crate::encoding::Dilation;
use crate::linalg::{RealMatrix, spectral_norm};
use crate::lowering::{Layout, lower_to};
use crate::network::amplitude::{AmplitudeNetwork, Reads, Segment};
use crate::passes::simplify;
use crate::qasm::{Contract, Program, SegmentTerms, SignContract, write};
use crate::random::{Rng, stream};
use crate::signs::Signs;
use crate::synthesis::exact::{SignedRead, synthesise_dilation, synthesise_signed};
use crate::target::{Machine, Target};
use std::collections::BTreeMap;

/// How to compile segments; [`SegmentOptions::default`] and the `with_` functions make one.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SegmentOptions {
    /// What programs are written for and routed on.
    pub machine: Machine,
    /// Seed of everything random; the same seed gives the same text.
    pub seed: u64,
    /// Rotations by at most this angle, in radians, are dropped.
    pub drop_tolerance: f64,
    /// What gates there are of a segment.
    pub method: SegmentMethod,
}

/// How a segment becomes gates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SegmentMethod {
    /// Its map as one contraction, whatever the number of its layers: the fewest gates and shots.
    #[default]
    Exact,
    /// A contraction a layer and one of the head, with an ancilla each: the network's own structure.
    Layers,
    /// Layer by layer with a qubit an amplitude: every angle is a pair of gates; the head is left to the reader.
    OneHot,
}

impl SegmentMethod {
    /// As contracts say it.
    pub fn name(self) -> &'static str {
        match self {
            SegmentMethod::Exact => "exact",
            SegmentMethod::Layers => "layers",
            SegmentMethod::OneHot => "one-hot",
        }
    }
}

impl Default for SegmentOptions {
    fn default() -> Self {
        SegmentOptions { machine: Machine::default(), seed: 0, drop_tolerance: 1e-14, method: SegmentMethod::default() }
    }
}

impl SegmentOptions {
    /// The same for another machine.
    #[must_use]
    pub fn with_machine(self, machine: Machine) -> Self {
        SegmentOptions { machine, ..self }
    }

    /// The same with another seed.
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        SegmentOptions { seed, ..self }
    }

    /// The same by another method.
    #[must_use]
    pub fn with_method(self, method: SegmentMethod) -> Self {
        SegmentOptions { method, ..self }
    }
}

/// An input that a program prepares itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// Numbers of any sign and norm, as many as go in.
    pub features: Vec<f64>,
    /// Which row of the data it is, from 1.
    pub row: Option<usize>,
}

/// Compiles segment `number` (from 1) of a network: the text. With a sample the program prepares it.
///
/// # Errors
/// If the network has no such segment, the sample does not fit, the map is not finite, or there is no room on the machine.
pub fn compile_segment(
    network: &AmplitudeNetwork,
    number: usize,
    sample: Option<&Sample>,
    options: &SegmentOptions,
) -> Result<String, SegmentError> {
    let segments = network.segments().map_err(SegmentError::Segments)?;
    let missing = SegmentError::NoSuchSegment { segment: number, segments: segments.len() };
    let segment = number.checked_sub(1).and_then(|k| segments.get(k)).ok_or(missing)?;
    let mut rng = stream(options.seed, number as u64);
    let mut parts = match (options.method, segment.reads) {
        (SegmentMethod::Layers, _) => layered(network, segment, &mut rng)?,
        (SegmentMethod::OneHot, _) => one_hot(network, segment)?,
        (SegmentMethod::Exact, Reads::Amplitudes) => signed(segment, &mut rng),
        (SegmentMethod::Exact, Reads::Probabilities) => squared(segment, &mut rng).ok_or(SegmentError::Zero)?,
    };
    let nothing = segment.map.amax() == 0.0;
    if let Some((_, sign)) = parts.signs.present().find(|(_, sign)| !(sign.gamma.is_normal() || nothing)) {
        return Err(SegmentError::Gamma(sign.gamma));
    }
    let qubits = parts.circuit.qubit_count();
    let mut circuit = Circuit::new(qubits);
    if let Some(sample) = sample {
        let psi = normalised(&sample.features, network.dim).map_err(SegmentError::Input)?;
        let input = parts.signs.present().next().map_or(vec![], |(_, read)| read.input.clone());
        prepare(&psi, &parts.terms, &input, &mut circuit);
        (parts.terms.features, parts.terms.row) = (Some(sample.features.clone()), sample.row);
    }
    circuit.append(&parts.circuit, &(0..qubits).collect::<Vec<_>>());
    simplify(&mut circuit, options.drop_tolerance);
    let mut measured = Circuit::with_bits(qubits, qubits);
    measured.append(&circuit, &(0..qubits).collect::<Vec<_>>());
    (0..qubits).for_each(|q| measured.measure(q, q).expect("every qubit is measured once"));
    let lowered = lower_to(&measured, &options.machine, &Layout::Best, options.seed, options.drop_tolerance)?;
    for (_, sign) in parts.signs.present_mut() {
        sign.input.iter_mut().for_each(|q| *q = lowered.initial[*q]);
    }
    parts.terms.sign = parts.terms.sign.map(|q| lowered.initial[q]);
    let target = options.machine.target;
    let contract = Contract {
        version: Contract::SEGMENT_VERSION,
        network: network.name.clone(),
        block: number,
        dim: network.dim,
        method: options.method.name().into(),
        target: (target != Target::portable()).then(|| target.name.to_owned()),
        physical: options.machine.coupling.is_some(),
        split: false,
        prepared: None,
        columns: None,
        tiles: vec![],
        segment: Some(parts.terms),
        signs: parts.signs,
    };
    Ok(write(&Program::new(lowered.circuit, contract)))
}

/// Both signs from one circuit, told apart by what the qubit of the sign reads.
fn signed(segment: &Segment, rng: &mut Rng) -> Parts {
    let (labels, dim) = segment.map.shape();
    let SignedRead { circuit, register, output, reference, norm, .. } = synthesise_signed(&segment.map, rng);
    let sign = register + 1;
    let read = |value: u8| {
        let zeros = (output..=register).map(|q| (q, 0));
        Some(SignContract {
            gamma: norm * (labels as f64).sqrt(),
            input: (0..qubits_of(dim)).collect(),
            output: (0..output).collect(),
            accept: zeros.chain([(sign, value)]).collect(),
            phases: None,
            error: None,
        })
    };
    let terms = SegmentTerms { sign: Some(sign), reference: Some(reference), ..SegmentTerms::of(labels) };
    Parts { circuit, terms, signs: Signs { plus: read(0), minus: read(1) } }
}

/// `gamma p_n` is the square of `(map ψ)_n`; none where the map is 0.
fn squared(segment: &Segment, rng: &mut Rng) -> Option<Parts> {
    let dim = segment.map.nrows();
    let norm = spectral_norm(&segment.map);
    let register = qubits_of(dim);
    let contraction: RealMatrix = (&segment.map / norm).resize(1 << register, 1 << register, 0.0);
    (norm > 0.0).then(|| {
        let read = SignContract {
            gamma: norm * norm,
            input: (0..register).collect(),
            output: (0..register).collect(),
            accept: BTreeMap::from([(register, 0)]),
            phases: None,
            error: None,
        };
        Parts {
            circuit: synthesise_dilation(&Dilation::of(contraction), rng),
            terms: SegmentTerms::of(dim),
            signs: Signs { plus: Some(read), minus: None },
        }
    })
}

/// x / |x|.
fn normalised(x: &[f64], dim: usize) -> Result<Vec<f64>, String> {
    if x.len() != dim {
        return Err(format!("{} numbers, expected {dim}", x.len()));
    }
    if let Some(bad) = x.iter().position(|v| !v.is_finite()) {
        return Err(format!("number {bad} is {}, expected a finite number", x[bad]));
    }
    let largest = x.iter().fold(0.0f64, |most, v| most.max(v.abs()));
    if largest == 0.0 {
        return Err("all numbers are 0: nothing can be divided by its norm".into());
    }
    let scaled: Vec<f64> = x.iter().map(|v| v / largest).collect();
    let norm = scaled.iter().map(|v| v * v).sum::<f64>().sqrt();
    Ok(scaled.into_iter().map(|v| v / norm).collect())
}
