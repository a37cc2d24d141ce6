//! The checks of a network of quanvolutions that no type makes. Places are named as files have them.

use super::ansatz::Ansatz;
use super::gate::{QUBITS, Step};
use super::head::{Head, QuantumHead};
use super::layer::{Layer, Read};
use super::shape::{Image, Quanvolution};
use crate::network::NetworkError;
use crate::network::validate::{check_affine, check_shape};

/// Checks a whole network.
///
/// # Errors
/// The first value that cannot be, with its place.
pub(super) fn check(network: &Quanvolution) -> Result<(), NetworkError> {
    let Image { height, width, divide, scale } = network.image;
    for (side, key) in [(height, "height"), (width, "width")] {
        if !(1..=Image::MAX_SIDE).contains(&side) {
            let problem = format!("{side}, expected 1 to {}", Image::MAX_SIDE);
            return Err(NetworkError::value(format!("image.{key}"), problem));
        }
    }
    if !(divide > 0.0 && divide.is_finite()) {
        return Err(NetworkError::value("image.divide", format!("{divide}, expected a number above 0")));
    }
    finite(scale, || "image.scale".into())?;
    if network.layers.is_empty() {
        return Err(NetworkError::value("quanvolutions", "no layers, expected at least one"));
    }
    network.layers.iter().enumerate().try_for_each(|(k, layer)| check_layer(layer, k))?;
    match &network.head {
        Head::Classical(affine) => {
            check_affine(affine, "head.")?;
            check_shape(affine, (None, Some(network.features())), "head.")
        }
        Head::Quantum(head) => check_quantum(head, network.features()),
    }
}

/// Layer k + 1.
fn check_layer(layer: &Layer, k: usize) -> Result<(), NetworkError> {
    let place = |key: String| format!("quanvolutions[{k}].{key}");
    match &layer.ansatz {
        Ansatz::Rows(rows) if rows.angles.is_empty() => {
            return Err(NetworkError::value(place("angles".into()), "no rows, expected at least one"));
        }
        Ansatz::Rows(rows) => {
            let angles = rows.angles.as_flattened().iter().enumerate();
            let at = |i: usize| place(format!("angles[{}][{}]", i / QUBITS, i % QUBITS));
            angles.into_iter().try_for_each(|(i, angle)| finite(*angle, || at(i)))?;
        }
        Ansatz::Gates(steps) => {
            steps.iter().enumerate().try_for_each(|(i, step)| check_step(*step, &place(format!("gates[{i}]"))))?
        }
    }
    finite(layer.scale, || place("scale".into()))?;
    if let Read::Qubit(qubit) = layer.read
        && qubit >= QUBITS
    {
        return Err(NetworkError::value(
            place("read".into()),
            format!("{qubit}, expected a qubit, 0 to {}", QUBITS - 1),
        ));
    }
    for (i, &stream) in layer.skip.iter().enumerate() {
        let wrong = |problem| Err(NetworkError::value(place(format!("skip[{i}]")), problem));
        if stream > k {
            let streams = if k == 0 { "0, the image".to_owned() } else { format!("0 to {k}") };
            return wrong(format!("{stream}, expected a stream before layer {}: {streams}", k + 1));
        }
        if layer.skip[..i].contains(&stream) {
            return wrong(format!("{stream}, which is there twice"));
        }
    }
    Ok(())
}

/// A gate; `place` is its.
fn check_step(step: Step, place: &str) -> Result<(), NetworkError> {
    let there = |at: usize, qubit: usize| {
        let problem = || format!("qubit {qubit}, expected 0 to {}", QUBITS - 1);
        if qubit < QUBITS { Ok(()) } else { Err(NetworkError::value(format!("{place}[{at}]"), problem())) }
    };
    match step {
        Step::Turn(_, qubit, angle) => there(1, qubit).and_then(|()| finite(angle, || format!("{place}[2]"))),
        Step::Cx(a, b) | Step::Cz(a, b) => {
            there(1, a)?;
            there(2, b)?;
            let problem = || NetworkError::value(format!("{place}[2]"), format!("qubit {b}, expected another qubit"));
            if a == b { Err(problem()) } else { Ok(()) }
        }
    }
}

fn check_quantum(head: &QuantumHead, features: usize) -> Result<(), NetworkError> {
    let wires = head.angles.len();
    if !(1..=QuantumHead::MAX_QUBITS).contains(&wires) {
        let problem = format!("{wires} entries, expected 1 to {}", QuantumHead::MAX_QUBITS);
        return Err(NetworkError::value("quantum_head.angles", problem));
    }
    if features > 1 << wires {
        let problem = format!("{wires} entries, one a qubit: {} amplitudes for {features} pixels", 1 << wires);
        return Err(NetworkError::value("quantum_head.angles", problem));
    }
    head.angles.iter().enumerate().try_for_each(|(w, angle)| finite(*angle, || format!("quantum_head.angles[{w}]")))?;
    if head.measured.is_empty() {
        return Err(NetworkError::value("quantum_head.measured", "no wires, expected one a class"));
    }
    for (class, &wire) in head.measured.iter().enumerate() {
        let wrong = |problem| Err(NetworkError::value(format!("quantum_head.measured[{class}]"), problem));
        if wire >= wires {
            return wrong(format!("{wire}, expected a wire, 0 to {}", wires - 1));
        }
        if head.measured[..class].contains(&wire) {
            return wrong(format!("{wire}, which is there twice"));
        }
    }
    Ok(())
}

fn finite(value: f64, place: impl FnOnce() -> String) -> Result<(), NetworkError> {
    if value.is_finite() {
        Ok(())
    } else {
        Err(NetworkError::value(place(), format!("{value}, expected a finite number")))
    }
}
