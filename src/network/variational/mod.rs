//! Blocks given by one variational circuit for both signs: `W_nm = γ (p(n, 0 | m) - p(n, 1 | m))`, m and n on the register,
//! the sign on one qubit more.
//!
//! All shots count, none is flagged away, and a gate of two qubits buys four angles: where few gates are to do much, this
//! is the densest form of a block.

mod sweep;

use crate::linalg::{Matrix, RealMatrix};
use sweep::{Layer, State, layers};

/// A gate of a variational circuit, angles in radians.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Step {
    /// `exp(-i θ Y / 2)` on a qubit.
    Ry(usize, f64),
    /// `exp(-i θ Z / 2)` on a qubit.
    Rz(usize, f64),
    /// Controlled Z on two qubits.
    Cz(usize, usize),
}

/// The circuit of a block: on `n + 1` qubits for states of dimension at most 2^n.
#[derive(Clone, Debug, PartialEq)]
pub struct Variational {
    /// N, rows and columns of W.
    pub dim: usize,
    /// First to last; the register is qubits 0 to n - 1, least significant first, and qubit n starts in |0>.
    pub steps: Vec<Step>,
    /// γ, positive.
    pub gamma: f64,
}

impl Variational {
    /// The largest N, since W is simulated wherever a circuit is read.
    pub const MAX_DIM: usize = 1024;

    /// n + 1
    pub fn qubits(&self) -> usize {
        self.dim.next_power_of_two().trailing_zeros() as usize + 1
    }

    /// The angles, in the order of the steps.
    pub fn angles(&self) -> Vec<f64> {
        let angle = |step: &Step| match step {
            Step::Ry(_, angle) | Step::Rz(_, angle) => Some(*angle),
            Step::Cz(..) => None,
        };
        self.steps.iter().filter_map(angle).collect()
    }

    /// The same circuit with other angles.
    ///
    /// # Panics
    /// If there are too few.
    pub fn with_angles(&self, angles: &[f64]) -> Variational {
        let mut source = angles.iter();
        let mut next = || *source.next().expect("as many angles as rotations");
        let turned = |step: &Step| match *step {
            Step::Ry(qubit, _) => Step::Ry(qubit, next()),
            Step::Rz(qubit, _) => Step::Rz(qubit, next()),
            Step::Cz(a, b) => Step::Cz(a, b),
        };
        Variational { steps: self.steps.iter().map(turned).collect(), ..self.clone() }
    }

    /// Gates of two qubits.
    pub fn pairs(&self) -> usize {
        self.steps.iter().filter(|step| matches!(step, Step::Cz(..))).count()
    }

    /// Runs all inputs through the circuit.
    pub fn run(&self) -> VariationalRun<'_> {
        let layers = layers(self.qubits(), &self.steps);
        let mut states = State::basis(self.qubits(), self.dim);
        states.iter_mut().for_each(|state| layers.iter().for_each(|layer| layer.apply(state)));
        VariationalRun { circuit: self, layers, states }
    }

    /// W, N x N.
    pub fn weight(&self) -> RealMatrix {
        self.run().weight()
    }
}

/// The inputs behind the circuit.
pub struct VariationalRun<'a> {
    circuit: &'a Variational,
    layers: Vec<Layer>,
    states: Vec<State>,
}

impl VariationalRun<'_> {
    fn half(&self) -> usize {
        1 << (self.circuit.qubits() - 1)
    }

    /// γ
    pub fn gamma(&self) -> f64 {
        self.circuit.gamma
    }

    /// The 2^n x N amplitudes of sign 0, which count as positive, and of sign 1.
    pub fn amplitudes(&self) -> [Matrix; 2] {
        let half = self.half();
        [0, half]
            .map(|first| Matrix::from_fn(half, self.circuit.dim, |n, m| State::amplitude(&self.states, first + n, m)))
    }

    /// W, N x N.
    pub fn weight(&self) -> RealMatrix {
        self.combined(self.circuit.gamma, -1.0)
    }

    /// `scale (p+ + sign p-)`, N x N.
    fn combined(&self, scale: f64, sign: f64) -> RealMatrix {
        let p = |n, m| State::amplitude(&self.states, n, m).norm_sqr();
        RealMatrix::from_fn(self.circuit.dim, self.circuit.dim, |n, m| scale * (p(n, m) + sign * p(n + self.half(), m)))
    }

    /// `γ² (p+ + p-)`, N x N: applied to a state, the variance that one shot brings to each entry of W y, but for its square.
    pub fn variance(&self) -> RealMatrix {
        self.combined(self.circuit.gamma * self.circuit.gamma, 1.0)
    }

    /// The derivatives by all angles, in the order of the steps, of a function of W, from those by W.
    pub fn slopes(self, by_weight: &RealMatrix) -> Vec<f64> {
        let half = self.half();
        let VariationalRun { circuit, layers, states } = self;
        let mut slopes = vec![0.0; circuit.steps.len()];
        for mut state in states {
            let mut costate = state.clone();
            costate.scale(|n, m| {
                let sign = if n < half { 2.0 } else { -2.0 };
                if n % half < circuit.dim { sign * circuit.gamma * by_weight[(n % half, m)] } else { 0.0 }
            });
            layers.iter().rev().for_each(|layer| layer.back(&mut state, &mut costate, &mut slopes));
        }
        let turns = circuit.steps.iter().zip(slopes).filter(|(step, _)| !matches!(step, Step::Cz(..)));
        turns.map(|(_, slope)| slope).collect()
    }
}

#[cfg(test)]
mod tests;
