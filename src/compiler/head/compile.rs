//! A quantum head to a program that prepares an image as amplitudes and turns every wire.
//!
//! ```text
//!  wire 0    |0> ─ Ry(θ_0) ─ M        wires that only padding sets
//!  …
//!  wire n-2  ┐       ┌─ Ry(θ_n-2) ─ M
//!  wire n-1  ┘ image └───────────── M     θ_n-1 is part of the last rotations of the tree
//! ```

use crate::circuit::{Circuit, Gate};
use crate::compiler::layers::LayerOptions;
use crate::lowering::{Layout, LoweringError, lower_to};
use crate::network::quanvolution::QuantumHead;
use crate::qasm::{HeadContract, HeadProgram, write_head};
use crate::random::stream;
use crate::synthesis::exact::{prepare_amplitudes, prepare_low_rank};
use crate::target::Target;

/// A head that cannot be compiled.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum HeadError {
    /// Nothing to prepare.
    #[error("all {pixels} pixels that the quantum head reads are zero")]
    Zero {
        /// How many there are.
        pixels: usize,
    },
    /// A pixel that is no number.
    #[error("pixel {place} that the quantum head reads is {pixel}, expected a finite number")]
    NotFinite {
        /// Which, from 0.
        place: usize,
        /// The pixel.
        pixel: f64,
    },
    /// Too few amplitudes to be products.
    #[error("--head-rank {rank}: {pixels} pixels are amplitudes of a single qubit")]
    Rank {
        /// What was asked for.
        rank: usize,
        /// How many pixels there are.
        pixels: usize,
    },
    /// The machine cannot have the circuit.
    #[error(transparent)]
    Lowering(#[from] LoweringError),
}

/// Compiles the head for one image: the text. With `rank` the image is the best sum of so many products of a state of the
/// upper and one of the lower half of the qubits that hold it.
///
/// # Errors
/// Pixels that are all zero or not finite, no room on the machine.
pub fn compile_head(
    network: &str,
    head: &QuantumHead,
    pixels: &[f64],
    rank: Option<usize>,
    options: &LayerOptions,
) -> Result<String, HeadError> {
    if let Some(place) = pixels.iter().position(|pixel| !pixel.is_finite()) {
        return Err(HeadError::NotFinite { place, pixel: pixels[place] });
    }
    let amplitudes = head.amplitudes(pixels).ok_or(HeadError::Zero { pixels: pixels.len() })?;
    let wires = head.angles.len();
    let used = amplitudes.len().trailing_zeros() as usize;
    let mut circuit = Circuit::with_bits(wires, wires);
    // Qubit 0 of the preparation is the last wire.
    let onto: Vec<usize> = (0..used).map(|i| wires - 1 - i).collect();
    let (mut turned, mut prepared) = (false, None);
    match rank {
        Some(rank) if used < 2 => return Err(HeadError::Rank { rank, pixels: pixels.len() }),
        Some(rank) => {
            let (image, nearest) = prepare_low_rank(&amplitudes, rank, &mut stream(options.seed, 0));
            circuit.append(&image, &onto);
            prepared = Some(nearest);
        }
        None if used > 0 => {
            turned = !options.keep_chain;
            let last = if turned { head.angles[wires - 1] } else { 0.0 };
            circuit.append(&prepare_amplitudes(&amplitudes, last), &onto);
        }
        None => {}
    }
    for (wire, &angle) in head.angles.iter().enumerate().filter(|(wire, _)| !(turned && wire + 1 == wires)) {
        circuit.push(Gate::Ry(angle), &[wire]);
    }
    if options.keep_chain {
        (1..wires).for_each(|wire| _ = circuit.push(Gate::Cx, &[wire - 1, wire]));
    }
    (0..wires).for_each(|wire| circuit.measure(wire, wire).expect("every wire is measured once"));
    let lowered = lower_to(&circuit, &options.machine, &Layout::Best, options.seed, options.drop_tolerance)?;
    let target = options.machine.target;
    let bits = |&wire: &usize| if options.keep_chain { vec![wire] } else { (0..=wire).collect() };
    let overlap = |nearest: &Vec<f64>| nearest.iter().zip(&amplitudes).map(|(a, b)| a * b).sum::<f64>();
    let contract = HeadContract {
        version: 2,
        network: network.to_owned(),
        quantum_head: wires,
        target: (target != Target::portable()).then(|| target.name.to_owned()),
        physical: options.machine.coupling.is_some(),
        chain: options.keep_chain,
        infidelity: prepared.as_ref().map(|nearest| (1.0 - overlap(nearest).powi(2)).max(0.0)),
        output: head.measured.iter().map(bits).collect(),
        features: pixels.to_vec(),
        prepared,
    };
    Ok(write_head(&HeadProgram { circuit: lowered.circuit, contract }))
}
