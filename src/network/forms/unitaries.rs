//! Blocks given by angles: `h = F(γ (p+ - p-) + b)`, p± measured after two-qubit unitaries of 15 angles each.
//! docs/method.md, sections 6 and 12.

use super::answers::{Amplitudes, Answers, Carrier, Definition, Written, positive};
use super::search::{Demand, Search};
use crate::circuit::{Circuit, Gate};
use crate::linalg::{Complex, Matrix, RealMatrix, response};
use crate::network::NetworkError;
use crate::signs::{Sign, Signs};
use nalgebra::Matrix4;
use serde::{Deserialize, Serialize};
use std::borrow::Cow;

/// Angles of a two-qubit unitary.
pub const ANGLES: usize = 15;

/// The Pauli strings P of the rotations `exp(-i θ P / 2)`, first to last, as (X-or-Y mask, Z-or-Y mask) over the bits of
/// the basis index: Rz, Ry, Rz on qubit 0, the same on qubit 1, then XX, YY, ZZ, then Rz, Ry, Rz on either qubit again.
const STRINGS: [(usize, usize); ANGLES] = [
    (0, 1),
    (1, 1),
    (0, 1),
    (0, 2),
    (2, 2),
    (0, 2),
    (3, 0),
    (3, 3),
    (0, 3),
    (0, 1),
    (1, 1),
    (0, 1),
    (0, 2),
    (2, 2),
    (0, 2),
];

/// The unitaries of a block, by their angles in radians, and what scales the difference of their probabilities.
#[derive(Clone, Debug, PartialEq)]
pub struct Unitaries {
    /// Of U+ and U-.
    pub angles: Signs<[f64; ANGLES]>,
    /// γ, positive.
    pub gamma: f64,
}

impl Unitaries {
    /// U+ and U-.
    pub fn matrices(&self) -> Signs<Matrix4<Complex>> {
        self.angles.as_ref().map(pair_unitary)
    }

    /// `γ (p+ - p-)` as a linear map of the 16 coordinates of a state ([`crate::linalg::coordinates`]): 4 x 16, the Ω of
    /// Eq. 8 for states of any basis.
    pub fn map(&self) -> RealMatrix {
        let Signs { plus, minus } = self.matrices().map(|u| response(&dense(&u)));
        (plus - minus) * self.gamma
    }

    /// W, what is left of [`Unitaries::map`] where the state is diagonal: 4 x 4.
    pub fn weight(&self) -> RealMatrix {
        self.map().columns(0, 4).into_owned()
    }
}

impl Answers for Unitaries {
    fn name(&self) -> &'static str {
        "unitaries"
    }

    fn weight(&self) -> Cow<'_, RealMatrix> {
        Cow::Owned(self.weight())
    }

    fn definition(&self) -> Definition<'_> {
        Definition::Pair { circuits: self.angles.as_ref().map(pair_circuit), gamma: self.gamma }
    }

    fn map(&self) -> Cow<'_, RealMatrix> {
        Cow::Owned(self.map())
    }

    fn amplitudes(&self) -> Amplitudes {
        Amplitudes::Exact { signs: self.matrices().map(|u| dense(&u)), gamma: self.gamma }
    }

    fn is_unitary(&self) -> bool {
        true
    }

    fn gamma(&self) -> Option<f64> {
        Some(self.gamma)
    }

    fn refusal(&self, carrier: Carrier) -> Option<String> {
        match carrier {
            Carrier::Tensors => Some("given by unitaries, which tensors cannot say: expected weights, or JSON".into()),
            Carrier::Compression => {
                Some("given by unitaries, which take 2 CX each: there is nothing to compress".into())
            }
            Carrier::QuantumInputs => None,
        }
    }

    fn scale(&mut self, by: f64) {
        self.gamma *= by;
    }

    /// The angles of U+, those of U-, then ln γ.
    fn parameters(&self) -> Vec<f64> {
        self.angles.plus.into_iter().chain(self.angles.minus).chain([self.gamma.ln()]).collect()
    }

    fn set_parameters(&mut self, values: &[f64]) {
        let (plus, rest) = values.split_at(ANGLES);
        let (minus, ln_gamma) = rest.split_at(ANGLES);
        assert_eq!(ln_gamma.len(), 1, "angles of U+ and U-, then ln gamma");
        self.angles.plus.copy_from_slice(plus);
        self.angles.minus.copy_from_slice(minus);
        self.gamma = ln_gamma[0].exp();
    }

    fn search(&self) -> Box<dyn Search + '_> {
        Box::new(UnitariesSearch { unitaries: self, map: self.map() })
    }
}

/// Unitaries, multiplied out.
struct UnitariesSearch<'a> {
    unitaries: &'a Unitaries,
    map: RealMatrix,
}

impl Search for UnitariesSearch<'_> {
    fn map(&self) -> &RealMatrix {
        &self.map
    }

    /// `γ² (p+ + p-)`, 4 x 16.
    fn variance(&self) -> Option<RealMatrix> {
        let Signs { plus, minus } = self.unitaries.matrices().map(|u| response(&dense(&u)));
        Some((plus + minus) * self.unitaries.gamma.powi(2))
    }

    fn slopes(self: Box<Self>, demand: &Demand<'_>) -> (f64, Vec<f64>) {
        let Unitaries { angles, gamma } = self.unitaries;
        let of = |(angles, sign): (&[f64; ANGLES], Sign)| {
            angle_gradient(angles, &(demand.by_map * (sign.factor() * *gamma)))
        };
        let Signs { plus, minus } = angles.as_ref().zip(Sign::BOTH).map(of);
        // The map is γ times what the angles say: γ d/dγ of it is the map.
        let by_gamma = demand.by_map.dot(&self.map) + demand.by_noise;
        (0.0, plus.into_iter().chain(minus).chain([by_gamma]).collect())
    }
}

/// Angles in radians of the rotations exp(-i θ P / 2), first to last: P is Z, Y, Z on qubit 0, Z, Y, Z on qubit 1, XX, YY,
/// ZZ, and once more Z, Y, Z on qubit 0 and on qubit 1.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(in crate::network) struct UnitaryFile {
    /// Of U+.
    #[cfg_attr(feature = "schema", schemars(extend("minItems" = ANGLES, "maxItems" = ANGLES)))]
    plus: Vec<f64>,
    /// Of U-.
    #[cfg_attr(feature = "schema", schemars(extend("minItems" = ANGLES, "maxItems" = ANGLES)))]
    minus: Vec<f64>,
}

impl Written for Unitaries {
    type Piece = UnitaryFile;

    fn read(given: &UnitaryFile, gamma: Option<f64>, place: &str) -> Result<Unitaries, NetworkError> {
        let of = |(values, sign): (&Vec<f64>, Sign)| {
            let problem = || format!("{} angles, expected {ANGLES}", values.len());
            let place = || format!("{place}unitary.{}", sign.name());
            values.as_slice().try_into().map_err(|_| NetworkError::value(place(), problem()))
        };
        let given = Signs { plus: &given.plus, minus: &given.minus };
        Ok(Unitaries { angles: given.zip(Sign::BOTH).try_map(of)?, gamma: positive(gamma, place)? })
    }

    fn piece(&self) -> UnitaryFile {
        UnitaryFile { plus: self.angles.plus.into(), minus: self.angles.minus.into() }
    }
}

/// The unitary with these angles: `exp(-i θ_14 P_14 / 2) ··· exp(-i θ_0 P_0 / 2)`. Rows and columns are basis states,
/// qubit 0 the low bit.
pub fn pair_unitary(angles: &[f64; ANGLES]) -> Matrix4<Complex> {
    (0..ANGLES).fold(Matrix4::identity(), |u, j| rotated(&u, j, angles[j]))
}

/// The same as a circuit: XX is ZZ between Hadamards, and YY that between `S X S† = Y` and back.
fn pair_circuit(angles: &[f64; ANGLES]) -> Circuit {
    let mut circuit = Circuit::new(2);
    for (&angle, &string) in angles.iter().zip(&STRINGS) {
        let both = |circuit: &mut Circuit, gate: Gate| (0..2).for_each(|qubit| _ = circuit.push(gate, &[qubit]));
        match string {
            (0, 3) => _ = circuit.push(Gate::Rzz(angle), &[0, 1]),
            (3, signs) => {
                let y = signs == 3;
                [Gate::Sdg, Gate::H].iter().skip(usize::from(!y)).for_each(|gate| both(&mut circuit, *gate));
                circuit.push(Gate::Rzz(angle), &[0, 1]);
                [Gate::H, Gate::S].iter().take(1 + usize::from(y)).for_each(|gate| both(&mut circuit, *gate));
            }
            (flips, signs) => {
                let gate = if flips == 0 { Gate::Rz(angle) } else { Gate::Ry(angle) };
                circuit.push(gate, &[usize::from(signs == 2)]);
            }
        }
    }
    circuit
}

/// `dL/dθ` where L depends on the unitary through its [`response`] R, from `dL/dR` (4 x 16).
///
/// With G_n the Hermitian matrix of row n's coordinates, `dL = Σ_n d(<n|U G_n U†|n>)`; for `U = A B` split behind rotation
/// j that is `Im tr(P_j B X A)`, where X has the columns `G_n U† |n>`.
pub fn angle_gradient(angles: &[f64; ANGLES], by_response: &RealMatrix) -> [f64; ANGLES] {
    let mut before = vec![Matrix4::identity()];
    (0..ANGLES).for_each(|j| before.push(rotated(&before[j], j, angles[j])));
    let u = before[ANGLES];
    let mut x = Matrix4::<Complex>::zeros();
    for n in 0..4 {
        let row: Vec<f64> = by_response.row(n).iter().copied().collect();
        let g = crate::linalg::hermitian(&row);
        let column = g * u.row(n).adjoint();
        x.set_column(n, &column.fixed_rows::<4>(0).into_owned());
    }
    // A = U B†, as B is unitary.
    let outer = x * u;
    std::array::from_fn(|j| {
        let b = before[j + 1];
        let inner = b * outer * b.adjoint();
        // In column i of P_j only row i ^ flips is not zero.
        (0..4).map(|i| entry(j, i) * inner[(i, i ^ STRINGS[j].0)]).sum::<Complex>().im
    })
}

/// `exp(-i θ P_j / 2) u`.
fn rotated(u: &Matrix4<Complex>, j: usize, angle: f64) -> Matrix4<Complex> {
    let (sin, cos) = (angle / 2.0).sin_cos();
    let turn = Complex::new(0.0, -sin);
    // Row i of P u is an entry of P times row i ^ flips of u.
    let (flips, _) = STRINGS[j];
    Matrix4::from_fn(|i, k| u[(i, k)] * cos + turn * entry(j, i ^ flips) * u[(i ^ flips, k)])
}

/// The entry of P_j in column i: `i^(number of Y) (-1)^(bits of i under Z or Y)`.
fn entry(j: usize, i: usize) -> Complex {
    let (flips, signs) = STRINGS[j];
    let ys = (flips & signs).count_ones();
    let sign = if (i & signs).count_ones() % 2 == 1 { -1.0 } else { 1.0 };
    Complex::I.powu(ys) * sign
}

/// The same entries without a size in the type.
fn dense(u: &Matrix4<Complex>) -> Matrix {
    Matrix::from_fn(4, 4, |i, j| u[(i, j)])
}

#[cfg(test)]
mod tests;
