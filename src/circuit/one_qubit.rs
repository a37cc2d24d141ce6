//! One-qubit unitaries as gates: Euler angles, and the plainest gate that does the same.

use super::Gate;
use crate::linalg::Complex;
use std::f64::consts::PI;

/// Below this an angle counts as exactly the special value it is near. It is rounding error, not
/// approximation: a gate's matrix moves by less than 1e-15.
const EXACT: f64 = 1e-15;

/// Euler angles of a 2x2 unitary: `m = e^{iφ₀} · u3(θ, φ, λ)`, returned as `(θ, φ, λ, φ₀)`, θ in [0, π].
pub fn angles_of(m: &[[Complex; 2]; 2]) -> (f64, f64, f64, f64) {
    let (cos, sin) = (m[0][0].norm(), m[1][0].norm());
    let theta = 2.0 * sin.atan2(cos);
    // Phases of small entries are mostly noise: what they are used for must be small too.
    if sin <= EXACT {
        let phase = m[0][0].arg();
        return (0.0, 0.0, wrap(m[1][1].arg() - phase), phase);
    }
    if cos <= EXACT {
        let (phi, lambda) = (m[1][0].arg(), (-m[0][1]).arg());
        return (PI, wrap(phi - lambda), 0.0, lambda);
    }
    let phase = m[0][0].arg();
    let phi = wrap(m[1][0].arg() - phase);
    let lambda = if cos >= sin { wrap(m[1][1].arg() - phase - phi) } else { wrap((-m[0][1]).arg() - phase) };
    (theta, phi, lambda, phase)
}

/// The plainest gate equal to a 2x2 unitary up to a phase φ₀, and φ₀; `None` in place of the identity.
pub fn gate_of(m: &[[Complex; 2]; 2]) -> (Option<Gate>, f64) {
    let (theta, phi, lambda, phase) = angles_of(m);
    let near = |a: f64, b: f64| (a - b).abs() <= EXACT;
    let half_turn = |a: f64| near(a.abs(), PI);
    if theta == 0.0 {
        // rz rather than p: it is what hardware has. rz(λ) = e^{-iλ/2} diag(1, e^{iλ}).
        return if near(lambda, 0.0) { (None, phase) } else { (Some(Gate::Rz(lambda)), phase + lambda / 2.0) };
    }
    if theta == PI && half_turn(phi) {
        return (Some(Gate::X), phase + PI);
    }
    let gate = if near(phi, 0.0) && near(lambda, 0.0) {
        Gate::Ry(theta)
    } else if half_turn(phi) && half_turn(lambda) {
        Gate::Ry(-theta)
    } else if near(phi, -PI / 2.0) && near(lambda, PI / 2.0) {
        Gate::Rx(theta)
    } else if near(phi, PI / 2.0) && near(lambda, -PI / 2.0) {
        Gate::Rx(-theta)
    } else if near(theta, PI / 2.0) && near(phi, 0.0) && half_turn(lambda) {
        Gate::H
    } else {
        Gate::U3(theta, phi, lambda)
    };
    (Some(gate), phase)
}

/// The same angle in (-π, π].
fn wrap(angle: f64) -> f64 {
    let turns = ((angle + PI) / (2.0 * PI)).ceil() - 1.0;
    angle - turns * 2.0 * PI
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::linalg::random_unitary;
    use crate::linalg::{Matrix, max_difference};
    use crate::random::rng;

    fn check(m: &Matrix) -> Option<Gate> {
        let rows = [[m[(0, 0)], m[(0, 1)]], [m[(1, 0)], m[(1, 1)]]];
        let (gate, phase) = gate_of(&rows);
        let plain = gate.map_or(Matrix::identity(2, 2), |g| g.matrix());
        assert!(max_difference(&(plain * Complex::from_polar(1.0, phase)), m) < 4e-15, "{gate:?} for {m}");
        gate
    }

    #[test]
    fn any_unitary_comes_back() {
        let mut rng = rng(7);
        for k in 0..500 {
            let u = random_unitary(2, &mut rng);
            check(&u);
            // Nearly diagonal and nearly antidiagonal ones, where phases come from small entries.
            let tilt = Gate::Ry(10f64.powi(-(k % 20)) + if k % 2 == 0 { PI } else { 0.0 }).matrix();
            check(&(Gate::Rz(k as f64).matrix() * tilt * Gate::P(1.0 + k as f64).matrix()));
        }
    }

    #[test]
    fn plain_gates_are_recognised_whatever_their_phase() {
        for phase in [0.0, 1.0, PI, -2.5] {
            for gate in [
                Gate::X,
                Gate::H,
                Gate::Rx(0.3),
                Gate::Rx(-0.3),
                Gate::Ry(0.3),
                Gate::Ry(-0.3),
                Gate::Rz(2.0),
                Gate::Rz(-1.0),
            ] {
                let found = check(&(gate.matrix() * Complex::from_polar(1.0, phase))).unwrap();
                assert_eq!(found.name(), gate.name());
            }
            assert_eq!(check(&(Matrix::identity(2, 2) * Complex::from_polar(1.0, phase))), None);
        }
    }
}
