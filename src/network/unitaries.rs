//! Blocks given by angles: `h = F(γ (p+ - p-) + b)`, p± measured after two-qubit unitaries of 15 angles each.
//! docs/method.md, sections 6 and 12.

use crate::linalg::{Complex, Matrix, RealMatrix, response};
use nalgebra::Matrix4;

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
    /// Of U+.
    pub plus: [f64; ANGLES],
    /// Of U-.
    pub minus: [f64; ANGLES],
    /// γ, positive.
    pub gamma: f64,
}

impl Unitaries {
    /// U+ and U-.
    pub fn matrices(&self) -> [Matrix4<Complex>; 2] {
        [pair_unitary(&self.plus), pair_unitary(&self.minus)]
    }

    /// `γ (p+ - p-)` as a linear map of the 16 coordinates of a state ([`crate::linalg::coordinates`]): 4 x 16, the Ω of
    /// Eq. 8 for states of any basis.
    pub fn map(&self) -> RealMatrix {
        let [plus, minus] = self.matrices().map(|u| response(&dense(&u)));
        (plus - minus) * self.gamma
    }

    /// W, what is left of [`Unitaries::map`] where the state is diagonal: 4 x 4.
    pub fn weight(&self) -> RealMatrix {
        self.map().columns(0, 4).into_owned()
    }
}

/// The unitary with these angles: `exp(-i θ_14 P_14 / 2) ··· exp(-i θ_0 P_0 / 2)`. Rows and columns are basis states,
/// qubit 0 the low bit.
pub fn pair_unitary(angles: &[f64; ANGLES]) -> Matrix4<Complex> {
    (0..ANGLES).fold(Matrix4::identity(), |u, j| rotated(&u, j, angles[j]))
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
mod tests {
    use super::*;
    use crate::circuit::{Circuit, Gate};
    use crate::linalg::random_unitary;
    use crate::linalg::{coordinates, max_difference};
    use crate::random::rng;
    use crate::simulator::unitary_of;
    use rand::RngExt;

    fn angles(seed: u64) -> [f64; ANGLES] {
        let mut rng = rng(seed);
        std::array::from_fn(|_| rng.random_range(-3.0..3.0))
    }

    #[test]
    fn the_unitary_is_that_of_its_gates() {
        for seed in 0..20 {
            let t = angles(seed);
            let mut circuit = Circuit::new(2);
            let euler = |first: usize, qubit: usize, circuit: &mut Circuit| {
                circuit.push(Gate::Rz(t[first]), &[qubit]);
                circuit.push(Gate::Ry(t[first + 1]), &[qubit]);
                circuit.push(Gate::Rz(t[first + 2]), &[qubit]);
            };
            euler(0, 0, &mut circuit);
            euler(3, 1, &mut circuit);
            // exp(-iθ PP/2) as a rotation about ZZ in another basis.
            for (k, basis) in
                [Gate::Ry(-std::f64::consts::FRAC_PI_2), Gate::Rx(std::f64::consts::FRAC_PI_2), Gate::Rz(0.0)]
                    .into_iter()
                    .enumerate()
            {
                for qubit in [0, 1] {
                    circuit.push(basis, &[qubit]);
                }
                circuit.push(Gate::Cx, &[0, 1]);
                circuit.push(Gate::Rz(t[6 + k]), &[1]);
                circuit.push(Gate::Cx, &[0, 1]);
                for qubit in [0, 1] {
                    circuit.push(basis.inverse().0, &[qubit]);
                }
            }
            euler(9, 0, &mut circuit);
            euler(12, 1, &mut circuit);
            assert!(max_difference(&unitary_of(&circuit), &dense(&pair_unitary(&t))) < 1e-14);
        }
    }

    #[test]
    fn the_map_is_what_is_measured() {
        let block = Unitaries { plus: angles(1), minus: angles(2), gamma: 2.5 };
        let u = random_unitary(4, &mut rng(4));
        let mut rho = &u
            * Matrix::from_diagonal(&nalgebra::DVector::from_vec([0.5, 0.3, 0.15, 0.05].map(Complex::from).to_vec()))
            * u.adjoint();
        let z = block.map() * nalgebra::DVector::from_vec(coordinates(&rho));
        let [plus, minus] = block.matrices().map(|u| dense(&u) * &rho * dense(&u).adjoint());
        assert!((0..4).all(|n| (z[n] - 2.5 * (plus[(n, n)].re - minus[(n, n)].re)).abs() < 1e-14));
        rho = Matrix::from_diagonal(&rho.diagonal());
        let z = block.map() * nalgebra::DVector::from_vec(coordinates(&rho));
        let diagonal = block.weight() * rho.diagonal().map(|d| d.re);
        assert!((0..4).all(|n| (z[n] - diagonal[n]).abs() < 1e-14));
    }

    #[test]
    fn gradients_agree_with_finite_differences() {
        for seed in 0..10 {
            let at = angles(seed);
            let mut rng = rng(seed);
            let slope = RealMatrix::from_fn(4, 16, |_, _| rng.random_range(-1.0..1.0));
            let value = |t: &[f64; ANGLES]| response(&dense(&pair_unitary(t))).dot(&slope);
            let gradient = angle_gradient(&at, &slope);
            for j in 0..ANGLES {
                let moved = |by: f64| {
                    let mut t = at;
                    t[j] += by;
                    value(&t)
                };
                let numeric = (moved(1e-5) - moved(-1e-5)) / 2e-5;
                assert!((gradient[j] - numeric).abs() < 1e-8, "{j}: {} {numeric}", gradient[j]);
            }
        }
    }
}
