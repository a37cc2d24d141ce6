//! A variational circuit: what it computes, in either precision, and the way back from derivatives.

use super::lanes::Lanes;
use super::step::Step;
use super::sweep::{Layer, State, apply, back, layers};
use crate::linalg::{Matrix, RealMatrix};

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

    /// Gates of two qubits.
    pub fn pairs(&self) -> usize {
        self.steps.iter().filter(|step| matches!(step, Step::Cz(..))).count()
    }

    /// Gives it other parameters: ln γ, then the angles in the order of the steps.
    ///
    /// # Panics
    /// If there is not one for γ and each rotation.
    pub fn move_to(&mut self, values: &[f64]) {
        let mut angles = values[1..].iter();
        for step in &mut self.steps {
            if let Step::Ry(_, angle) | Step::Rz(_, angle) = step {
                *angle = *angles.next().expect("as many angles as rotations");
            }
        }
        assert!(angles.next().is_none(), "as many angles as rotations");
        self.gamma = values[0].exp();
    }

    /// Runs all inputs through the circuit.
    pub fn run(&self) -> VariationalRun<'_> {
        self.run_in()
    }

    /// The same in a precision of choice: in `f32` twice as fast, probabilities good to some 1e-6.
    pub fn run_in<T: Lanes>(&self) -> VariationalRun<'_, T> {
        let layers = layers(self.qubits(), &self.steps);
        let mut states = State::basis(self.qubits(), self.dim);
        states.iter_mut().for_each(|state| apply(&layers, state));
        VariationalRun { circuit: self, layers, states }
    }

    /// W, N x N.
    pub fn weight(&self) -> RealMatrix {
        self.run().weight()
    }
}

/// The inputs behind the circuit.
pub struct VariationalRun<'a, T = f64> {
    circuit: &'a Variational,
    layers: Vec<Layer<T>>,
    states: Vec<State<T>>,
}

impl<T: Lanes> VariationalRun<'_, T> {
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
        self.difference() * self.circuit.gamma
    }

    /// `d = p+ - p-`, N x N.
    pub fn difference(&self) -> RealMatrix {
        self.combined(-1.0)
    }

    /// `q = p+ + p-`, N x N: that a shot from m spells n, with either sign.
    pub fn either(&self) -> RealMatrix {
        self.combined(1.0)
    }

    /// `p+ + sign p-`, N x N.
    fn combined(&self, sign: f64) -> RealMatrix {
        let p = |n, m| State::amplitude(&self.states, n, m).norm_sqr();
        RealMatrix::from_fn(self.circuit.dim, self.circuit.dim, |n, m| p(n, m) + sign * p(n + self.half(), m))
    }

    /// `γ² (p+ + p-)`, N x N: applied to a state, the variance that one shot brings to each entry of W y, but for its square.
    pub fn variance(&self) -> RealMatrix {
        self.either() * (self.circuit.gamma * self.circuit.gamma)
    }

    /// The derivatives by all angles, in the order of the steps, of a function of W, from those by W.
    pub fn slopes(self, by_weight: &RealMatrix) -> Vec<f64> {
        let scaled = by_weight * self.circuit.gamma;
        self.slopes_of_signs(&scaled, &-&scaled)
    }

    /// The same of a function of the probabilities, from its derivatives by p+ and by p-, N x N each.
    pub fn slopes_of_signs(self, by_plus: &RealMatrix, by_minus: &RealMatrix) -> Vec<f64> {
        let half = self.half();
        let VariationalRun { circuit, layers, states } = self;
        let mut slopes = vec![0.0; circuit.steps.len()];
        for mut state in states {
            let mut costate = state.clone();
            costate.scale(circuit.dim, |n, m| {
                let by = if n < half { by_plus } else { by_minus };
                if n % half < circuit.dim { 2.0 * by[(n % half, m)] } else { 0.0 }
            });
            back(&layers, &mut state, &mut costate, &mut slopes);
        }
        let turns = circuit.steps.iter().zip(slopes).filter(|(step, _)| !matches!(step, Step::Cz(..)));
        turns.map(|(_, slope)| slope).collect()
    }
}
