//! The table of gates: everything that is known of one stands in its row, and nowhere else.
//!
//! To add a gate, add a row. What the columns mean is said at [`Facts`].

use super::gate_matrix::{self as matrix, Angles, MatrixRule};
use std::f64::consts::{FRAC_PI_2, FRAC_PI_4, PI};

/// A direction on the Bloch sphere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Axis {
    /// That of Pauli X.
    X,
    /// That of Pauli Y.
    Y,
    /// That of Pauli Z.
    Z,
}

/// What a row of the table says of a gate. An empty list stands for what most gates are.
#[derive(Clone, Copy)]
pub(super) struct Facts {
    /// The name in OpenQASM.
    pub name: &'static str,
    /// How many qubits it acts on.
    pub qubits: usize,
    /// How many angles it takes: counted from the row.
    pub angles: usize,
    /// How many two-qubit gates it stands for.
    pub weight: usize,
    /// For each operand the axis along which the gate acts on it; none where the list ends.
    pub axes: &'static [Option<Axis>],
    /// Pairs of operands, lower first, whose exchange changes nothing.
    pub symmetric: &'static [(usize, usize)],
    /// Angle and phase φ, where the gate is `e^{iφ}` times a rotation by that angle about its axis.
    pub rotation: Option<fn(Angles) -> (f64, f64)>,
    /// The inverse, up to the phase that follows it; none for gates that are their own inverse.
    pub inverse: Option<fn(Angles) -> (Gate, f64)>,
    /// Its matrix.
    pub matrix: MatrixRule,
    /// How each operand is drawn; the name and the angles where the list is empty.
    pub drawn: &'static [&'static str],
}

impl Facts {
    /// A gate on one qubit.
    const fn one(name: &'static str, of: fn(Angles) -> matrix::TwoByTwo) -> Facts {
        Facts {
            name,
            qubits: 1,
            angles: 0,
            weight: 0,
            axes: &[],
            symmetric: &[],
            rotation: None,
            inverse: None,
            matrix: MatrixRule::OneQubit(of),
            drawn: &[],
        }
    }

    /// A gate on more.
    const fn joining(qubits: usize, name: &'static str, weight: usize, matrix: MatrixRule) -> Facts {
        Facts { qubits, weight, matrix, ..Facts::one(name, matrix::identity) }
    }

    const fn along(self, axes: &'static [Option<Axis>]) -> Facts {
        Facts { axes, ..self }
    }

    const fn turning(self, rotation: fn(Angles) -> (f64, f64)) -> Facts {
        Facts { rotation: Some(rotation), ..self }
    }

    const fn undone_by(self, inverse: fn(Angles) -> (Gate, f64)) -> Facts {
        Facts { inverse: Some(inverse), ..self }
    }

    const fn symmetric_in(self, symmetric: &'static [(usize, usize)]) -> Facts {
        Facts { symmetric, ..self }
    }

    const fn drawn(self, drawn: &'static [&'static str]) -> Facts {
        Facts { drawn, ..self }
    }
}

/// Makes [`Gate`], [`GateKind`] and the table from rows `variant(angles) = facts`.
macro_rules! gates {
    ($($(#[$about:meta])* $kind:ident $(($($angle:ident),+))? = $facts:expr;)+) => {
        /// A gate with its angles, in radians. Matrices are those of the OpenQASM 3 standard library, up to the
        /// global phase of `u3`, which is Qiskit's: its top left entry is real.
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub enum Gate {
            $($(#[$about])* $kind $(($(gates!(@number $angle)),+))?,)+
        }

        /// Which gate, whatever its angles.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum GateKind {
            $($(#[$about])* $kind,)+
        }

        static TABLE: [Facts; GateKind::ALL.len()] = [
            $(Facts { angles: <[&str]>::len(&[$($(stringify!($angle)),+)?]), ..$facts },)+
        ];

        impl GateKind {
            /// All gates, in the order of the table.
            pub const ALL: [GateKind; [$(GateKind::$kind),+].len()] = [$(GateKind::$kind),+];

            /// The gate with these angles; those past [`GateKind::angle_count`] are ignored.
            pub fn gate(self, angles: [f64; 3]) -> Gate {
                match self {
                    $(GateKind::$kind => {
                        let [$($($angle,)+)? ..] = angles;
                        Gate::$kind $(($($angle),+))?
                    })+
                }
            }

            pub(super) fn facts(self) -> &'static Facts {
                &TABLE[self as usize]
            }
        }

        impl Gate {
            /// Which gate it is.
            pub fn kind(&self) -> GateKind {
                match self {
                    $(Gate::$kind { .. } => GateKind::$kind,)+
                }
            }

            /// The gate's angles; only the first [`Gate::angle_count`] mean anything.
            pub fn angles(&self) -> [f64; 3] {
                let mut angles = [0.0; 3];
                match *self {
                    $(Gate::$kind $(($($angle),+))? => {
                        let given: &[f64] = &[$($($angle),+)?];
                        angles[..given.len()].copy_from_slice(given);
                    })+
                }
                angles
            }
        }
    };
    (@number $angle:ident) => { f64 };
}

const X: Option<Axis> = Some(Axis::X);
const Y: Option<Axis> = Some(Axis::Y);
const Z: Option<Axis> = Some(Axis::Z);

gates! {
    /// Pauli X.
    X = Facts::one("x", |_| matrix::x()).along(&[X]);
    /// Hadamard.
    H = Facts::one("h", |_| matrix::h());
    /// Pauli Z.
    Z = Facts::one("z", |_| matrix::z()).along(&[Z]).turning(|_| (PI, FRAC_PI_2));
    /// diag(1, i).
    S = Facts::one("s", |_| matrix::diagonal(0.0, FRAC_PI_2)).along(&[Z])
        .turning(|_| (FRAC_PI_2, FRAC_PI_4)).undone_by(|_| (Gate::Sdg, 0.0));
    /// diag(1, -i).
    Sdg = Facts::one("sdg", |_| matrix::diagonal(0.0, -FRAC_PI_2)).along(&[Z])
        .turning(|_| (-FRAC_PI_2, -FRAC_PI_4)).undone_by(|_| (Gate::S, 0.0));
    /// diag(1, e^{iπ/4}).
    T = Facts::one("t", |_| matrix::diagonal(0.0, FRAC_PI_4)).along(&[Z])
        .turning(|_| (FRAC_PI_4, FRAC_PI_4 / 2.0)).undone_by(|_| (Gate::Tdg, 0.0));
    /// diag(1, e^{-iπ/4}).
    Tdg = Facts::one("tdg", |_| matrix::diagonal(0.0, -FRAC_PI_4)).along(&[Z])
        .turning(|_| (-FRAC_PI_4, -FRAC_PI_4 / 2.0)).undone_by(|_| (Gate::T, 0.0));
    /// The identity.
    Id = Facts::one("id", matrix::identity);
    /// The square root of X.
    // There is no sxdg in the portable set: Rx(-π/2) = e^{iπ/4} √X†.
    Sx = Facts::one("sx", |_| matrix::sx()).along(&[X]).undone_by(|_| (Gate::Rx(-FRAC_PI_2), -FRAC_PI_4));
    /// exp(-iθX/2).
    Rx(theta) = Facts::one("rx", |[a, ..]| matrix::rx(a)).along(&[X])
        .turning(|[a, ..]| (a, 0.0)).undone_by(|[a, ..]| (Gate::Rx(-a), 0.0));
    /// exp(-iθY/2).
    Ry(theta) = Facts::one("ry", |[a, ..]| matrix::ry(a)).along(&[Y])
        .turning(|[a, ..]| (a, 0.0)).undone_by(|[a, ..]| (Gate::Ry(-a), 0.0));
    /// exp(-iθZ/2).
    Rz(theta) = Facts::one("rz", |[a, ..]| matrix::diagonal(-a / 2.0, a / 2.0)).along(&[Z])
        .turning(|[a, ..]| (a, 0.0)).undone_by(|[a, ..]| (Gate::Rz(-a), 0.0));
    /// diag(1, e^{iλ}).
    P(lambda) = Facts::one("p", |[a, ..]| matrix::diagonal(0.0, a)).along(&[Z])
        .turning(|[a, ..]| (a, a / 2.0)).undone_by(|[a, ..]| (Gate::P(-a), 0.0));
    /// `u3(θ, φ, λ)` = [[cos θ/2, -e^{iλ} sin θ/2], [e^{iφ} sin θ/2, e^{i(φ+λ)} cos θ/2]].
    U3(theta, phi, lambda) = Facts::one("u3", matrix::u3).undone_by(|[a, b, c]| (Gate::U3(-a, -c, -b), 0.0));
    /// Controlled X; operands are control, target.
    Cx = Facts::joining(2, "cx", 1, MatrixRule::Controlled(matrix::x)).along(&[Z, X]).drawn(&["●", "⊕"]);
    /// Controlled Y; operands are control, target.
    Cy = Facts::joining(2, "cy", 1, MatrixRule::Controlled(matrix::y)).along(&[Z, Y]).drawn(&["●", "Y"]);
    /// Controlled Z.
    Cz = Facts::joining(2, "cz", 1, MatrixRule::Controlled(matrix::z)).along(&[Z, Z])
        .symmetric_in(&[(0, 1)]).drawn(&["●", "●"]);
    /// Controlled Hadamard; operands are control, target.
    Ch = Facts::joining(2, "ch", 1, MatrixRule::Controlled(matrix::h)).along(&[Z]).drawn(&["●", "H"]);
    /// Exchanges two qubits.
    Swap = Facts::joining(2, "swap", 3, MatrixRule::Permutation(|j| (j >> 1) | ((j & 1) << 1)))
        .symmetric_in(&[(0, 1)]).drawn(&["×", "×"]);
    /// Toffoli; operands are control, control, target.
    Ccx = Facts::joining(3, "ccx", 6, MatrixRule::Permutation(|j| if j & 3 == 3 { j ^ 4 } else { j })).along(&[Z, Z, X])
        .symmetric_in(&[(0, 1)]).drawn(&["●", "●", "⊕"]);
    /// Fredkin; operands are control, then the two that are exchanged.
    Cswap = Facts::joining(3, "cswap", 8, MatrixRule::Permutation(matrix::swap_if_first))
        .symmetric_in(&[(1, 2)]).drawn(&["●", "×", "×"]);
    /// IBM's echoed cross resonance, (X⊗1 - Y⊗X)/√2; not in `stdgates.inc`.
    Ecr = Facts::joining(2, "ecr", 1, MatrixRule::Entries(matrix::ecr)).drawn(&["ECR", "R"]);
    /// `exp(-iθ Z⊗Z/2)`; not in `stdgates.inc`.
    Rzz(theta) = Facts::joining(2, "rzz", 1, MatrixRule::Phases(matrix::rzz)).along(&[Z, Z])
        .symmetric_in(&[(0, 1)]).undone_by(|[a, ..]| (Gate::Rzz(-a), 0.0));
    /// `Rz(φ) Rx(θ) Rz(-φ)`: a turn by θ about an axis in the equator, at φ from X. IQM's `prx`, Quantinuum's `U1q`; not in
    /// `stdgates.inc`.
    Prx(theta, phi) = Facts::one("prx", matrix::prx).undone_by(|[a, b, _]| (Gate::Prx(-a, b), 0.0));
}

impl Axis {
    /// The rotation about this axis by an angle in radians.
    pub fn rotation(self, angle: f64) -> Gate {
        match self {
            Axis::X => Gate::Rx(angle),
            Axis::Y => Gate::Ry(angle),
            Axis::Z => Gate::Rz(angle),
        }
    }
}
