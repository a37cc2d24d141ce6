//! A segment with a qubit an amplitude: every rotation of every mesh is a pair of gates of its own.
//!
//! ```text
//! modes     0..n          ─ T(θ) ─ mesh ─ T(∓θ) ─ (each residual layer)  ─ T(π/4) ─ read: minus
//! spares    a row a layer ─ T(θ) ──────── T(∓θ) ─ must read 0               │
//! partners  0..n          ─ the reference's one, spread evenly ──────────── T(π/4) ─ read: plus
//! ```
//!
//! With θ = atan √|r| a layer leaves `(U + r) / (1 + |r|)` on the modes, and with Λ the product of what layers divide by,
//! `p+_i - p-_i = (K ψ)_i / (Λ √n)`.

use super::parts::{Parts, SegmentError};
use crate::circuit::Circuit;
use crate::network::amplitude::{AmplitudeNetwork, Map, Paths, Reads, Segment, planes};
use crate::qasm::{SegmentTerms, SignContract, Spelling};
use crate::signs::Signs;
use crate::simulator::MAX_SPARSE;
use crate::synthesis::exact::{push_turn, spread};
use std::f64::consts::FRAC_PI_4;

/// The circuit of a segment whose layers are meshes, residual or plain.
///
/// # Errors
/// If a layer is dense or a matrix, or there are too many qubits.
pub(super) fn one_hot(network: &AmplitudeNetwork, segment: &Segment) -> Result<Parts, SegmentError> {
    let refused = SegmentError::Method;
    let n = network.dim;
    let layers = segment.layers.clone().map(|k| (k, &network.layers[k]));
    let residual = layers.clone().filter(|(_, layer)| residual_of(&layer.paths) != 0.0).count();
    let signs = segment.reads == Reads::Amplitudes;
    if segment.states.amax() == 0.0 {
        return Err(refused("the layers make 0 of every state, and nothing is left to read".into()));
    }
    let qubits = n * (1 + residual + usize::from(signs));
    if qubits > MAX_SPARSE {
        return Err(refused(format!(
            "one-hot takes {qubits} qubits, {n} for the state, for every residual layer and for the reference: at most \
             {MAX_SPARSE}; binary takes few"
        )));
    }
    let mut circuit = Circuit::new(qubits);
    let partners: Vec<usize> = (n * (1 + residual)..qubits).collect();
    let gain = if segment.normalises { network.gain } else { 1.0 };
    let (mut scale, negated) = (gain.abs(), gain < 0.0);
    let mut spare = n;
    for (k, layer) in layers {
        let Map::Mesh(angles) = &layer.map else {
            return Err(refused(format!("layers[{k}] is a matrix, and one-hot takes the angles of meshes")));
        };
        if matches!(layer.paths, Paths::Dense(_)) {
            return Err(refused(format!(
                "layers[{k}] is dense: its sum takes earlier states, which modes that were turned no longer hold; binary \
                 compiles the whole as one map"
            )));
        }
        let r = residual_of(&layer.paths);
        let theta = r.abs().sqrt().atan();
        if r != 0.0 {
            (0..n).for_each(|i| push_turn(&mut circuit, i, spare + i, theta));
        }
        // The last angle acts first.
        for (plane, angle) in planes(n).rev().zip(angles.iter().rev()) {
            push_turn(&mut circuit, plane, plane + 1, *angle);
        }
        if r != 0.0 {
            (0..n).for_each(|i| push_turn(&mut circuit, i, spare + i, -theta.copysign(r)));
            spare += n;
        }
        scale *= 1.0 + r.abs();
    }
    let modes: Vec<usize> = (0..n).collect();
    if signs {
        spread(&mut circuit, &partners, &vec![1.0 / (n as f64).sqrt(); n]);
        (0..n).for_each(|i| push_turn(&mut circuit, i, partners[i], FRAC_PI_4));
    }
    let read = |output: &[usize]| {
        Some(SignContract {
            gamma: if signs { scale * (n as f64).sqrt() } else { scale * scale },
            input: modes.clone(),
            output: output.to_vec(),
            accept: (0..qubits).filter(|q| !output.contains(q)).map(|q| (q, 0)).collect(),
            phases: None,
            error: None,
        })
    };
    // A state of the other sign is read with the signs exchanged.
    let (ones, others) = if negated { (&modes, &partners) } else { (&partners, &modes) };
    let terms = SegmentTerms { encoding: Spelling::OneHot, sign: partners.first().copied(), ..SegmentTerms::of(n) };
    let signs =
        if signs { Signs { plus: read(ones), minus: read(others) } } else { Signs { plus: read(&modes), minus: None } };
    Ok(Parts { circuit, terms, signs })
}

/// What a layer adds of the state before it.
fn residual_of(paths: &Paths) -> f64 {
    match paths {
        Paths::Residual(r) => *r,
        Paths::Plain | Paths::Dense(_) => 0.0,
    }
}
