//! What of a circuit costs magic states, counted as the QDK counts: Clifford gates are free, everything else is a T gate, a
//! Toffoli gate or a rotation.

use crate::circuit::{Circuit, Gate, Operation};
use serde::{Deserialize, Serialize};
use std::f64::consts::{FRAC_PI_4, TAU};

/// The QDK's logical counts, by its names; what `LogicalCounts(...)` of its Python package takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct LogicalCounts {
    /// Qubits of the program.
    pub num_qubits: u64,
    /// T gates and their inverses, those that stand for rotations not counted.
    pub t_count: u64,
    /// Rotations by an angle that is no multiple of π/4.
    pub rotation_count: u64,
    /// Layers in which there is a rotation.
    pub rotation_depth: u64,
    /// Toffoli gates.
    pub ccz_count: u64,
    /// Controlled iX gates on two controls; none here.
    pub ccix_count: u64,
    /// Measurements of one qubit.
    pub measurement_count: u64,
}

/// What is counted of a circuit in one pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counted {
    /// The QDK's counts.
    pub logical: LogicalCounts,
    /// Layers of gates that take magic states in which there is no rotation; the others are the `rotation_depth`.
    pub other_layers: u64,
}

/// The rule by which gates become layers: each as early as its qubits allow, two-qubit Clifford gates only wait.
#[derive(Default)]
struct Counter {
    counts: LogicalCounts,
    /// For each layer of gates that take magic states, which run at once, whether there is a rotation in it.
    layers: Vec<bool>,
    /// For each qubit the first layer that is free.
    free: Vec<usize>,
}

impl Counter {
    fn magic(&mut self, qubits: &[usize], rotation: bool) {
        let layer = qubits.iter().map(|q| self.free[*q]).max().unwrap_or(0);
        if layer == self.layers.len() {
            self.layers.push(false);
        }
        self.layers[layer] |= rotation;
        qubits.iter().for_each(|q| self.free[*q] = layer + 1);
    }

    fn wait(&mut self, qubits: &[usize]) {
        let layer = qubits.iter().map(|q| self.free[*q]).max().unwrap_or(0);
        qubits.iter().for_each(|q| self.free[*q] = layer);
    }

    fn t(&mut self, qubit: usize) {
        self.counts.t_count += 1;
        self.magic(&[qubit], false);
    }

    fn rotate(&mut self, angle: f64, qubit: usize) {
        match eighths(angle) {
            None => {
                self.counts.rotation_count += 1;
                self.magic(&[qubit], true);
            }
            Some(odd) if odd % 2 == 1 => self.t(qubit),
            Some(_) => {}
        }
    }

    fn gate(&mut self, Operation { gate, qubits }: Operation) {
        let on: Vec<usize> = qubits.iter().collect();
        match gate {
            Gate::T | Gate::Tdg => self.t(on[0]),
            Gate::Rx(angle) | Gate::Ry(angle) | Gate::Rz(angle) | Gate::P(angle) => self.rotate(angle, on[0]),
            Gate::U3(theta, phi, lambda) => {
                [lambda, theta, phi].into_iter().for_each(|angle| self.rotate(angle, on[0]))
            }
            // Rx(θ) between turns about Z.
            Gate::Prx(theta, phi) => [-phi, theta, phi].into_iter().for_each(|angle| self.rotate(angle, on[0])),
            Gate::Rzz(angle) => {
                self.wait(&on);
                self.rotate(angle, on[0]);
                self.wait(&on);
            }
            // Rotations by π/4 on either side of a CX.
            Gate::Ch => {
                self.t(on[1]);
                self.wait(&on);
                self.t(on[1]);
            }
            Gate::Ccx => {
                self.counts.ccz_count += 1;
                self.magic(&on, false);
            }
            Gate::Cswap => {
                self.wait(&on[1..]);
                self.counts.ccz_count += 1;
                self.magic(&on, false);
                self.wait(&on[1..]);
            }
            _ => self.wait(&on),
        }
    }
}

/// The multiple of π/4 that an angle is, from 0 to 7, to the last of 53 bits of a turn, as which OpenQASM has angles; `None` where it is
/// none.
fn eighths(angle: f64) -> Option<u64> {
    let last = TAU / 2f64.powi(53);
    let angle = (angle.rem_euclid(TAU) / last).round() * last;
    let multiple = (angle / FRAC_PI_4).round();
    ((multiple * FRAC_PI_4 - angle).abs() <= f64::EPSILON).then(|| multiple.rem_euclid(8.0) as u64)
}

/// Whether a gate holds a rotation by an angle that is no multiple of π/4.
pub(super) fn turns(gate: &Gate) -> bool {
    gate.angles()[..gate.angle_count()].iter().any(|angle| eighths(*angle).is_none())
}

/// What a circuit takes, gate by gate as it stands. Inputs of a program are half turns or none, which are Clifford gates.
pub fn count(circuit: &Circuit) -> Counted {
    count_but(circuit, |_| false)
}

/// The same without some of its operations, by their place in it.
pub(super) fn count_but(circuit: &Circuit, spared: impl Fn(usize) -> bool) -> Counted {
    let mut counter = Counter { free: vec![0; circuit.qubit_count()], ..Counter::default() };
    for (place, (_, operation)) in circuit.operations().enumerate() {
        if !spared(place) {
            counter.gate(operation);
        }
    }
    let Counter { counts, layers, .. } = counter;
    let turning = layers.iter().filter(|rotation| **rotation).count();
    let measured = (0..circuit.qubit_count()).filter(|q| circuit.measured_into(*q).is_some());
    let logical = LogicalCounts {
        num_qubits: circuit.qubit_count() as u64,
        rotation_depth: turning as u64,
        measurement_count: measured.count() as u64,
        ..counts
    };
    Counted { logical, other_layers: (layers.len() - turning) as u64 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn angles_that_are_off_in_their_last_digit_are_none() {
        let pi = std::f64::consts::PI;
        assert_eq!(
            [-pi / 4.0, 3.141_592_653_589_792_7, -9.0 * pi, 0.0].map(eighths),
            [Some(7), Some(4), Some(4), Some(0)]
        );
        assert_eq!([pi + 3e-15, 1e-15, 0.3].map(eighths), [None; 3]);
    }

    #[test]
    fn gates_are_counted_as_the_qdk_counts_them() {
        // Figures of the QDK 1.33.1 for the same text.
        let mut c = Circuit::with_bits(4, 2);
        c.push(Gate::H, &[0]);
        c.push(Gate::Ry(0.3), &[0]);
        c.push(Gate::Cx, &[0, 1]);
        c.push(Gate::Rz(FRAC_PI_4), &[1]);
        c.push(Gate::U3(0.35, 0.0, std::f64::consts::PI), &[2]);
        c.push(Gate::Tdg, &[3]);
        c.push(Gate::Ccx, &[0, 1, 2]);
        c.push(Gate::P(1.1), &[3]);
        c.push(Gate::Rx(2.0 * std::f64::consts::PI), &[3]);
        c.push(Gate::Swap, &[3, 0]);
        c.push(Gate::Rz(0.2), &[0]);
        c.measure(0, 0).unwrap();
        c.measure(3, 1).unwrap();
        let Counted { logical, other_layers } = count(&c);
        let expected = LogicalCounts {
            num_qubits: 4,
            t_count: 2,
            rotation_count: 4,
            rotation_depth: 3,
            ccz_count: 1,
            ccix_count: 0,
            measurement_count: 2,
        };
        assert_eq!(logical, expected);
        assert_eq!(other_layers, 1);
        let json = r#"{"numQubits":4,"tCount":2,"rotationCount":4,"rotationDepth":3,"cczCount":1,"ccixCount":0,"measurementCount":2}"#;
        assert_eq!(serde_json::to_string(&logical).unwrap(), json);
    }
}
