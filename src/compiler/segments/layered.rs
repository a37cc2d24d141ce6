//! A segment layer by layer: a contraction each of `U + r`, in turn on one register, with an ancilla each that must read 0.
//!
//! The reference goes through the same contractions, which shrinks it: F being the product of all, and s_l what layer l is
//! divided by, F w / (|W| Π s_l) has the norm ρ = |F| / (|W| Π s_l), and `gamma = √C |F| / ρ²`.

use super::parts::{Parts, SegmentError, qubits_of};
use crate::circuit::Circuit;
use crate::encoding::Dilation;
use crate::linalg::{RealMatrix, spectral_norm, svd_real};
use crate::network::amplitude::{AmplitudeNetwork, Paths, Reads, Segment};
use crate::qasm::{SegmentTerms, SignContract};
use crate::random::Rng;
use crate::signs::Signs;
use crate::synthesis::exact::{SignedRead, synthesise_signed_behind, synthesise_signed_dilation};

/// The circuit of a segment whose layers are residual or plain.
///
/// # Errors
/// If a layer is dense, or nothing is left of any state.
pub(super) fn layered(network: &AmplitudeNetwork, segment: &Segment, rng: &mut Rng) -> Result<Parts, SegmentError> {
    let mut maps = maps(network, segment).map_err(SegmentError::Method)?;
    let zero = |map: &RealMatrix| map.amax() == 0.0;
    let (labels, dim) = (segment.map.nrows(), network.dim);
    let read = match segment.reads {
        Reads::Amplitudes => maps.pop(),
        Reads::Probabilities => None,
    };
    if maps.iter().chain(&read).chain([&segment.map]).any(zero) {
        return Err(match segment.reads {
            Reads::Amplitudes => SegmentError::Method(
                "the map is 0, and a reference through its layers is lost: use --method exact".into(),
            ),
            Reads::Probabilities => SegmentError::Zero,
        });
    }
    let (inner, register) = (qubits_of(dim), qubits_of(labels.max(dim)));
    // The register, what reading signs takes, then an ancilla a layer.
    let first = if read.is_some() { register + 2 } else { register };
    let mut circuit = Circuit::new(first + maps.len());
    let mut scale = 1.0;
    let mut negated = false;
    // What becomes of the reference of the whole map.
    let whole = read.as_ref().map(|_| svd_real(&segment.map).right.columns(0, 1).into_owned());
    let mut arriving = whole.clone();
    for (l, map) in maps.iter().enumerate() {
        let norm = spectral_norm(map);
        scale *= norm;
        let contraction = unflipped(map / norm, negated);
        arriving = arriving.map(|y| &contraction * y);
        let padded = contraction.resize(1 << inner, 1 << inner, 0.0);
        let made = synthesise_signed_dilation(&Dilation::of(padded), rng);
        let (layer, flips) = made.expect("a real contraction has real factors");
        let onto: Vec<usize> = (0..inner).chain([first + l]).collect();
        circuit.append(&layer, &onto);
        negated = flips;
        if let Some(y) = arriving.as_mut().filter(|_| flips) {
            y[0] = -y[0];
        }
    }
    let ancillas = (first..first + maps.len()).map(|q| (q, 0u8));
    let (Some(read), Some(arriving), Some(whole)) = (read, arriving, whole) else {
        let plus = SignContract {
            gamma: scale * scale,
            input: (0..inner).collect(),
            output: (0..inner).collect(),
            accept: ancillas.collect(),
            phases: None,
            error: None,
        };
        let terms = SegmentTerms::of(labels);
        return Ok(Parts { circuit, terms, signs: Signs { plus: Some(plus), minus: None } });
    };
    let SignedRead { circuit: head, output, reference, norm, kept, .. } =
        synthesise_signed_behind(&unflipped(read, negated), arriving.as_slice(), rng);
    circuit.append(&head, &(0..register + 2).collect::<Vec<_>>());
    // One label may want the reference with the other sign; it goes in with it.
    let sign = if reference == arriving.as_slice() { 1.0 } else { -1.0 };
    let read = |value: u8| {
        let zeros = (output..=register).map(|q| (q, 0));
        Some(SignContract {
            gamma: scale * norm * (labels as f64).sqrt() / kept,
            input: (0..inner).collect(),
            output: (0..output).collect(),
            accept: zeros.chain([(register + 1, value)]).chain(ancillas.clone()).collect(),
            phases: None,
            error: None,
        })
    };
    let reference = (whole * sign).as_slice().to_vec();
    let terms = SegmentTerms { sign: Some(register + 1), reference: Some(reference), ..SegmentTerms::of(labels) };
    Ok(Parts { circuit, terms, signs: Signs { plus: read(0), minus: read(1) } })
}

/// The maps of the layers, and of the head where its weights are read with signs.
fn maps(network: &AmplitudeNetwork, segment: &Segment) -> Result<Vec<RealMatrix>, String> {
    let dim = network.dim;
    let mut maps = vec![];
    for k in segment.layers.clone() {
        let layer = &network.layers[k];
        let own = layer.map.matrix(dim);
        maps.push(match &layer.paths {
            Paths::Plain => own,
            Paths::Residual(r) => own + RealMatrix::identity(dim, dim) * *r,
            Paths::Dense(_) => {
                return Err(format!(
                    "layers[{k}] is dense: its sum takes earlier states, which a register that was moved on no longer \
                     has; --method exact compiles the whole as one map"
                ));
            }
        });
    }
    if segment.activation.is_none() && segment.reads == Reads::Amplitudes {
        maps.push(network.head.affine.weight.clone());
    }
    if maps.is_empty() {
        maps.push(RealMatrix::identity(dim, dim));
    }
    if segment.normalises {
        maps[0] *= network.gain;
    }
    Ok(maps)
}

/// The map behind a register whose entry 0 has the other sign.
fn unflipped(map: RealMatrix, negated: bool) -> RealMatrix {
    let mut map = map;
    if negated {
        map.column_mut(0).neg_mut();
    }
    map
}
