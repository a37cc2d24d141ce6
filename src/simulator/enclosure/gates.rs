//! Gates as matrices of doubles, with a bound on how far each is from the gate that its text says.

use super::angle::{Turn, distance, rounded};
use super::operator::Operator;
use crate::circuit::Gate;
use crate::simulator::SimulationError;
use std::f64::consts::FRAC_1_SQRT_2;

/// The unit roundoff of doubles.
pub(super) const ROUNDOFF: f64 = f64::EPSILON / 2.0;

/// What is known of a gate's matrix: rows of `(re, im)`, and a bound on the spectral norm of its distance from the gate.
struct Known {
    rows: Vec<(f64, f64)>,
    /// Of the entries.
    squares: f64,
    /// Of what is turned by.
    turned: f64,
}

impl Known {
    fn exact(rows: &[(f64, f64)]) -> Known {
        Known { rows: rows.to_vec(), squares: 0.0, turned: 0.0 }
    }

    /// Entries that are 0, ±1, ±i times the root of one half, all of them off by at most half a unit in the last place
    /// of a double in [1/2, 1).
    fn of_roots(rows: &[(f64, f64)]) -> Known {
        let root = |&(re, im): &(f64, f64)| (re * FRAC_1_SQRT_2, im * FRAC_1_SQRT_2);
        let parts = rows.iter().map(|(re, im)| re.abs() + im.abs()).sum::<f64>();
        Known { rows: rows.iter().map(root).collect(), squares: parts * (ROUNDOFF / 2.0).powi(2), turned: 0.0 }
    }

    /// Nothing yet, with room for a gate on one qubit.
    fn new() -> Known {
        Known { rows: Vec::with_capacity(4), squares: 0.0, turned: 0.0 }
    }

    /// Appends an entry that is known to units.
    fn entry(&mut self, turn: Turn) {
        let ((re, off_re), (im, off_im)) = (rounded(turn.cos), rounded(turn.sin));
        self.rows.push((re, im));
        self.squares += (off_re + distance(turn.error)).powi(2) + (off_im + distance(turn.error)).powi(2);
    }
}

/// A gate on these qubits.
///
/// # Errors
/// A gate of which no proof is known, or an angle beyond what one is known for.
pub(super) fn enclosed(gate: &Gate, qubits: Vec<usize>) -> Result<Operator, SimulationError> {
    let known = known(gate).ok_or(SimulationError::Unproved { gate: gate.name() })?;
    let error = known.squares.sqrt() + known.turned;
    let (re, im) = known.rows.into_iter().unzip();
    Ok(Operator { side: 1 << qubits.len(), qubits, re, im, error })
}

fn known(gate: &Gate) -> Option<Known> {
    let (zero, one, i) = ((0.0, 0.0), (1.0, 0.0), (0.0, 1.0));
    let (minus, back) = ((-1.0, 0.0), (0.0, -1.0));
    Some(match *gate {
        // Of these the matrices are whole numbers.
        Gate::X | Gate::Z | Gate::Id | Gate::Cx | Gate::Cz | Gate::Swap | Gate::Ccx | Gate::Cswap => {
            let matrix = gate.matrix();
            Known::exact(&matrix.transpose().iter().map(|z| (z.re, z.im)).collect::<Vec<_>>())
        }
        Gate::S => Known::exact(&[one, zero, zero, i]),
        Gate::Sdg => Known::exact(&[one, zero, zero, back]),
        Gate::Sx => Known::exact(&[(0.5, 0.5), (0.5, -0.5), (0.5, -0.5), (0.5, 0.5)]),
        Gate::Cy => {
            let rows =
                [[one, zero, zero, zero], [zero, zero, zero, back], [zero, zero, one, zero], [zero, i, zero, zero]];
            Known::exact(&rows.concat())
        }
        Gate::H => Known::of_roots(&[one, one, one, minus]),
        Gate::Ch => {
            // The identity where the control, operand 0, is 0.
            let roots = Known::of_roots(&[zero, one, zero, one, zero, one, zero, minus]);
            let (a, b) = (roots.rows[1], roots.rows[7]);
            let rows = [[one, zero, zero, zero], [zero, a, zero, a], [zero, zero, one, zero], [zero, a, zero, b]];
            Known { rows: rows.concat(), ..roots }
        }
        Gate::Ecr => {
            let rows = [[zero, one, zero, i], [one, zero, back, zero], [zero, i, zero, one], [back, zero, one, zero]];
            Known::of_roots(&rows.concat())
        }
        Gate::T | Gate::Tdg => {
            let sign = if *gate == Gate::T { 1.0 } else { -1.0 };
            let roots = Known::of_roots(&[(1.0, sign)]);
            Known { rows: vec![one, zero, zero, roots.rows[0]], ..roots }
        }
        Gate::Rx(theta) | Gate::Ry(theta) => {
            let Turn { cos, sin, error } = Turn::of(theta, 1)?;
            let across = if matches!(gate, Gate::Rx(_)) {
                [Turn { cos: 0, sin: -sin, error }; 2]
            } else {
                [Turn { cos: -sin, sin: 0, error }, Turn { cos: sin, sin: 0, error }]
            };
            let along = Turn { cos, sin: 0, error };
            turned(&[along, across[0], across[1], along], half_place(theta) / 2.0)
        }
        Gate::Rz(theta) => {
            let turn = Turn::of(theta, 1)?;
            diagonal(&[conjugate(turn), turn], half_place(theta) / 2.0)
        }
        Gate::P(lambda) => diagonal(&[Turn::of(0.0, 0)?, Turn::of(lambda, 0)?], half_place(lambda)),
        Gate::Rzz(theta) => {
            let turn = Turn::of(theta, 1)?;
            let other = conjugate(turn);
            diagonal(&[other, turn, turn, other], half_place(theta) / 2.0)
        }
        Gate::U3(theta, phi, lambda) => {
            let Turn { cos, sin, error } = Turn::of(theta, 1)?;
            let (left, right) = (Turn::of(phi, 0)?, Turn::of(lambda, 0)?);
            let entries = [
                Turn { cos, sin: 0, error },
                right.scaled(-sin, error),
                left.scaled(sin, error),
                left.times(right).scaled(cos, error),
            ];
            turned(&entries, half_place(theta) / 2.0 + half_place(phi) + half_place(lambda))
        }
        Gate::Prx(theta, phi) => {
            // -i e^{±iφ} sin, as e^{-iφ} is to the right of the diagonal.
            let (Turn { cos, sin, error }, back) = (Turn::of(theta, 1)?, Turn::of(phi, 0)?);
            let along = Turn { cos, sin: 0, error };
            let across = [conjugate(back), back].map(|Turn { cos, sin, error }| Turn { cos: sin, sin: -cos, error });
            let [right, left] = across.map(|turn| turn.scaled(sin, error));
            turned(&[along, right, left, along], half_place(theta) / 2.0 + half_place(phi))
        }
        #[allow(unreachable_patterns)] // a gate that is new in the table has no proof until it has one here
        _ => return None,
    })
}

fn conjugate(turn: Turn) -> Turn {
    Turn { sin: -turn.sin, ..turn }
}

fn turned(entries: &[Turn], by: f64) -> Known {
    let mut known = Known::new();
    entries.iter().for_each(|entry| known.entry(*entry));
    Known { turned: by, ..known }
}

fn diagonal(entries: &[Turn], by: f64) -> Known {
    let mut known = Known::new();
    for (row, entry) in entries.iter().enumerate() {
        known.rows.extend(std::iter::repeat_n((0.0, 0.0), if row == 0 { 0 } else { entries.len() }));
        known.entry(*entry);
    }
    Known { turned: by, ..known }
}

/// How far a decimal number may be from the double that it reads as: half of the last place.
pub(super) fn half_place(x: f64) -> f64 {
    let power = f64::from_bits(x.to_bits() & 0x7ff0_0000_0000_0000);
    (power * ROUNDOFF).max(f64::MIN_POSITIVE)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::circuit::GateKind;
    use crate::linalg::{Complex, Matrix, max_difference};
    use std::f64::consts::{FRAC_PI_2, PI};

    #[test]
    fn every_gate_of_the_table_is_enclosed_closely() {
        for kind in GateKind::ALL {
            for angles in [[0.4, 1.3, -2.0], [-3.1, 0.0, 6.2], [FRAC_PI_2, -1e-9, PI]] {
                let gate = kind.gate(angles);
                let own = enclosed(&gate, (0..gate.arity()).collect()).unwrap();
                let at = |r: usize, c: usize| Complex::new(own.re[r * own.side + c], own.im[r * own.side + c]);
                let matrix = Matrix::from_fn(own.side, own.side, at);
                assert!(max_difference(&matrix, &gate.matrix()) < 1e-15, "{gate:?}");
                assert!(own.error < 8.0 * ROUNDOFF, "{gate:?}: {:e}", own.error);
                // What is left of a product with its inverse is error of the two.
                let rest = max_difference(&(&matrix * matrix.adjoint()), &Matrix::identity(own.side, own.side));
                assert!(rest <= 2.0 * own.error + 4.0 * ROUNDOFF, "{gate:?}: {rest:e} {:e}", own.error);
            }
        }
        assert!(enclosed(&Gate::Rz(1e7), vec![0]).is_err());
    }
}
