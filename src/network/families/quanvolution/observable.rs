//! Observables of four qubits in Pauli coordinates, moved backwards through circuits, and the derivatives of what comes
//! out by all angles.
//!
//! `O = Σ_P o_P P` over the 256 Pauli strings. A rotation turns pairs of coordinates, CX and CZ change their places
//! and signs: both are orthogonal, so the way back needs nothing but the end and the angles.

use super::gate::{Axis, Gate, QUBITS};

/// Pauli strings on the qubits of a patch.
const STRINGS: usize = 1 << (2 * QUBITS);

/// A Hermitian operator on four qubits. The digit of qubit i in the number of a string is at bits 2 i and 2 i + 1:
/// I 0, X 1, Z 2, Y 3, which is to say that the lower bit has X and the upper Z.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Observable([f64; STRINGS]);

impl Observable {
    /// `Σ_j weights[j] Z_j`
    pub fn of_z(weights: [f64; QUBITS]) -> Observable {
        let mut coordinates = [0.0; STRINGS];
        weights.iter().enumerate().for_each(|(j, weight)| coordinates[2 << (2 * j)] = *weight);
        Observable(coordinates)
    }

    /// `Σ_P values[P] P` over strings without Y, qubit 0 the most significant digit of 81 numbers, I X Z its order.
    pub fn of_coefficients(values: &[f64; 81]) -> Observable {
        let mut coordinates = [0.0; STRINGS];
        values.iter().enumerate().for_each(|(at, value)| coordinates[string(at)] = *value);
        Observable(coordinates)
    }

    /// The same 81 numbers again.
    pub fn coefficients(&self) -> [f64; 81] {
        std::array::from_fn(|at| self.0[string(at)])
    }

    /// `Σ_P P` over strings of I and Z, all that `|0><0|` sees: its coordinates are the derivative of [`Self::at_zero`].
    pub fn zero_state() -> Observable {
        Observable(std::array::from_fn(|string| f64::from(u8::from(string & 0b0101_0101 == 0))))
    }

    /// `<0|O|0>`
    pub fn at_zero(&self) -> f64 {
        (0..STRINGS).filter(|string| string & 0b0101_0101 == 0).map(|string| self.0[string]).sum()
    }

    /// Multiplies it.
    pub fn scaled(mut self, by: f64) -> Observable {
        self.0.iter_mut().for_each(|o| *o *= by);
        self
    }

    /// `V† O V`: what is to be measured before the circuit V instead of behind it.
    pub fn before(mut self, circuit: &[Gate], angles: &[f64]) -> Observable {
        for gate in circuit.iter().rev() {
            match *gate {
                Gate::Turn { axis, qubit, angle } => {
                    let (sin, cos) = angles[angle].sin_cos();
                    self.turn(axis, qubit, sin, cos);
                }
                Gate::Cx { control, target } => self.relabel(&CX[control][target]),
                Gate::Cz { one, other } => self.relabel(&CZ[one][other]),
            }
        }
        self
    }

    /// The strings without Y that can come out of [`Observable::before`] whatever the angles are, in the order of
    /// [`Observable::coefficients`].
    pub fn reached(mut self, circuit: &[Gate]) -> [bool; 81] {
        for gate in circuit.iter().rev() {
            match *gate {
                Gate::Turn { axis, qubit, .. } => {
                    self.pairs(axis, qubit, |b, c| (*b, *c) = (b.abs() + c.abs(), b.abs() + c.abs()))
                }
                Gate::Cx { control, target } => self.relabel(&CX[control][target]),
                Gate::Cz { one, other } => self.relabel(&CZ[one][other]),
            }
            // How large they are does not matter, and would not stay in range.
            self.0.iter_mut().for_each(|o| *o = f64::from(u8::from(*o != 0.0)));
        }
        self.coefficients().map(|o| o != 0.0)
    }

    /// Adds the derivatives by all angles of `<by, V† O V>`, the sum over all coordinates, where `self` is `V† O V`.
    pub fn add_slopes(mut self, mut by: Observable, circuit: &[Gate], angles: &[f64], slopes: &mut [f64]) {
        for gate in circuit {
            match *gate {
                Gate::Turn { axis, qubit, angle } => {
                    let (sin, cos) = angles[angle].sin_cos();
                    slopes[angle] += self.torque(&by, axis, qubit);
                    self.turn(axis, qubit, -sin, cos);
                    by.turn(axis, qubit, -sin, cos);
                }
                Gate::Cx { control, target } => {
                    self.relabel(&CX[control][target]);
                    by.relabel(&CX[control][target]);
                }
                Gate::Cz { one, other } => {
                    self.relabel(&CZ[one][other]);
                    by.relabel(&CZ[one][other]);
                }
            }
        }
    }

    /// With P, B, C the axes in cyclic order, B becomes `cos B - sin C` and C becomes `cos C + sin B`.
    fn turn(&mut self, axis: Axis, qubit: usize, sin: f64, cos: f64) {
        self.pairs(axis, qubit, |b, c| (*b, *c) = (cos * *b + sin * *c, cos * *c - sin * *b));
    }

    /// Takes the coordinates that a rotation mixes, pair by pair.
    fn pairs(&mut self, axis: Axis, qubit: usize, mut mix: impl FnMut(&mut f64, &mut f64)) {
        let stride = 1 << (2 * qubit);
        for strings in self.0.chunks_exact_mut(4 * stride) {
            let (low, high) = strings.split_at_mut(2 * stride);
            let (x, (z, y)) = (&mut low[stride..], high.split_at_mut(stride));
            let (bs, cs) = match axis {
                Axis::X => (y, z),
                Axis::Y => (z, x),
                Axis::Z => (x, y),
            };
            bs.iter_mut().zip(cs).for_each(|(b, c)| mix(b, c));
        }
    }

    /// The derivative of `<by, O>` by the angle that turned O last.
    fn torque(&self, by: &Observable, axis: Axis, qubit: usize) -> f64 {
        let stride = 1 << (2 * qubit);
        let (b, c) = match axis {
            Axis::X => (3 * stride, 2 * stride),
            Axis::Y => (2 * stride, stride),
            Axis::Z => (stride, 3 * stride),
        };
        let mut sum = 0.0;
        for (o, by) in self.0.chunks_exact(4 * stride).zip(by.0.chunks_exact(4 * stride)) {
            for i in 0..stride {
                sum += by[b + i] * o[c + i] - by[c + i] * o[b + i];
            }
        }
        sum
    }

    fn relabel(&mut self, labels: &Labels) {
        let old = self.0;
        for (value, (string, sign)) in old.into_iter().zip(labels) {
            self.0[usize::from(*string)] = sign * value;
        }
    }
}

/// What every string becomes under a gate, and its sign.
type Labels = [(u8, f64); STRINGS];

/// By control and target: X spreads from the control, Z from the target.
static CX: [[Labels; QUBITS]; QUBITS] = labels(false);

/// By either qubit: X of one spreads as Z to the other.
static CZ: [[Labels; QUBITS]; QUBITS] = labels(true);

const fn labels(is_cz: bool) -> [[Labels; QUBITS]; QUBITS] {
    let mut all = [[[(0, 1.0); STRINGS]; QUBITS]; QUBITS];
    let mut at = 0;
    while at < QUBITS * QUBITS * STRINGS {
        let (a, b, string) = (at / STRINGS / QUBITS, at / STRINGS % QUBITS, at % STRINGS);
        let (x_a, z_a) = ((string >> (2 * a)) & 1, (string >> (2 * a + 1)) & 1);
        let (x_b, z_b) = ((string >> (2 * b)) & 1, (string >> (2 * b + 1)) & 1);
        // Two strings out of sixteen change their sign.
        let (becomes, flips) = if is_cz {
            (string ^ (x_b << (2 * a + 1)) ^ (x_a << (2 * b + 1)), x_a & x_b & (z_a ^ z_b))
        } else {
            (string ^ (x_a << (2 * b)) ^ (z_b << (2 * a + 1)), x_a & z_b & (x_b ^ z_a ^ 1))
        };
        all[a][b][string] = (becomes as u8, if flips == 1 { -1.0 } else { 1.0 });
        at += 1;
    }
    all
}

/// The number of a string without Y from its place among 81, where qubit 0 has the most significant digit.
const fn string(at: usize) -> usize {
    at / 27 + 4 * (at / 9 % 3) + 16 * (at / 3 % 3) + 64 * (at % 3)
}
