//! Alg. 1 on one general density matrix: `ρ' = α ρ + (1 - α) Σ_n h_n |n><n|`, off-diagonal terms included until the
//! network measures them away ([`Network::measures_before`]).

use super::Shots;
use crate::compiler::{VerifyError, readout_of};
use crate::encoding::{Contraction, EncodingError, EncodingRule, block_contractions};
use crate::linalg::{Complex, Matrix, RealMatrix};
use crate::network::{Block, Network, largest};
use crate::qasm::Program;
use crate::random::{Rng, stream};
use crate::signs::Signs;
use crate::simulator::noise::{Noise, noisy_words_of_state};
use crate::simulator::{AcceptedOperator, Multinomial, Readout, SimulationError};
use std::sync::Arc;

/// What one sign's circuit does to density matrices.
#[derive(Clone, Debug)]
pub struct SignOperator {
    gamma: f64,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Exact(AcceptedOperator),
    Noisy { program: Box<Program>, readout: Readout, noise: Arc<dyn Noise> },
}

/// Both signs of a block.
#[derive(Clone, Debug, Default)]
pub struct BlockOperators {
    signs: Signs<Option<SignOperator>>,
    /// Whether both signs are read from the same shots of one circuit.
    joint: bool,
}

/// What one block made of a state.
#[derive(Clone, Debug, PartialEq)]
pub struct StateStep {
    /// p+ and p-, N entries each; zeros for a sign that has none.
    pub p: Signs<Vec<f64>>,
    /// h, N entries.
    pub h: Vec<f64>,
    /// Whether all units were dead.
    pub dead: bool,
    /// ρ', N x N.
    pub state: Matrix,
}

/// A state's way through the network.
#[derive(Clone, Debug, PartialEq)]
pub struct StateRun {
    /// One step a block.
    pub steps: Vec<StateStep>,
    /// The head's scores of the last diagonal; empty without a head.
    pub scores: Vec<f64>,
    /// Its label.
    pub label: Option<usize>,
}

impl SignOperator {
    /// `p_n = <n| M ρ M† |n>` and what noise makes of it.
    fn probabilities(&self, rho: &Matrix) -> Result<Vec<f64>, SimulationError> {
        match &self.kind {
            Kind::Exact(operator) => Ok(operator.probabilities(rho)),
            Kind::Noisy { program, readout, noise } => {
                let words = noisy_words_of_state(&program.circuit, readout, rho, &**noise)?;
                let (outputs, accepted) = (readout.output.len(), readout.accepted_word());
                Ok(words[accepted << outputs..(accepted + 1) << outputs].to_vec())
            }
        }
    }
}

impl BlockOperators {
    /// From the weights: M± themselves.
    ///
    /// # Errors
    /// If the weights cannot be encoded.
    pub fn of_weights(block: &Block, rule: impl Into<EncodingRule>) -> Result<BlockOperators, EncodingError> {
        let sign = |contraction: Contraction| SignOperator {
            gamma: contraction.gamma(),
            kind: Kind::Exact(AcceptedOperator::of_matrix(contraction.matrix().to_complex())),
        };
        let signs = block_contractions(block, rule)?;
        Ok(BlockOperators { signs: signs.map_present(sign), joint: block.form().is_joint() })
    }

    /// From compiled programs, with the phases their circuits have, and with noise if there is any.
    ///
    /// # Errors
    /// If a program is for another dimension or too large to simulate.
    pub fn of_programs(
        programs: &[&Program],
        block: &Block,
        noise: Option<&Arc<dyn Noise>>,
    ) -> Result<BlockOperators, VerifyError> {
        let mut operators = BlockOperators::default();
        for program in programs {
            if program.contract.dim != block.dim() {
                return Err(VerifyError::Dimension { program: program.contract.dim, weights: block.dim() });
            }
            if program.contract.prepared.is_some() {
                return Err(VerifyError::Prepared);
            }
            if program.contract.columns.is_some() {
                return Err(VerifyError::Columns);
            }
            operators.joint |= program.contract.joint();
            for (sign, read) in program.contract.signs.present() {
                let readout = readout_of(read);
                let kind = match noise {
                    None => Kind::Exact(AcceptedOperator::of(&program.circuit, &readout)?),
                    Some(noise) => {
                        Kind::Noisy { program: Box::new((*program).clone()), readout, noise: Arc::clone(noise) }
                    }
                };
                operators.signs[sign] = Some(SignOperator { gamma: read.gamma, kind });
            }
        }
        Ok(operators)
    }

    /// `Ω_nm = gamma+ |<n|M+|φ_m>|² - gamma- |<n|M-|φ_m>|²` for the columns φ_m of a matrix (Eq. 8, S8).
    ///
    /// # Errors
    /// If a noisy circuit is too large.
    pub fn omega(&self, phi: &Matrix) -> Result<RealMatrix, SimulationError> {
        let mut omega = RealMatrix::zeros(phi.nrows(), phi.ncols());
        for (sign, operator) in self.signs.present() {
            for (m, state) in phi.column_iter().enumerate() {
                let p = operator.probabilities(&(state * state.adjoint()))?;
                omega.column_mut(m).iter_mut().zip(p).for_each(|(o, p)| *o += sign.factor() * operator.gamma * p);
            }
        }
        Ok(omega)
    }
}

/// Runs one state through all blocks and the head, which sees the last diagonal. Every block's p± come from as many
/// shots.
///
/// # Errors
/// If a noisy circuit is too large.
///
/// # Panics
/// If there is not one operator a block, or `rho` is not N x N.
pub fn run_state(
    network: &Network,
    operators: &[BlockOperators],
    rho: &Matrix,
    shots: Shots,
    seed: u64,
) -> Result<StateRun, SimulationError> {
    assert_eq!(operators.len(), network.blocks.len(), "one operator a block");
    let mut rng = stream(seed, 0);
    let mut steps: Vec<StateStep> = vec![];
    for (k, (block, operator)) in network.blocks.iter().zip(operators).enumerate() {
        let before = steps.last().map_or(rho, |step| &step.state);
        let measured = network.measures_before(k).then(|| Matrix::from_diagonal(&before.diagonal()));
        let step = step(block, operator, measured.as_ref().unwrap_or(before), shots, &mut rng)?;
        steps.push(step);
    }
    let last = &steps[steps.len() - 1].state;
    let diagonal: Vec<f64> = last.diagonal().iter().map(|d| d.re).collect();
    let scores = network.head.as_ref().map_or(vec![], |head| head.apply(&diagonal));
    let label = largest(&scores);
    Ok(StateRun { steps, scores, label })
}

fn step(
    block: &Block,
    operators: &BlockOperators,
    rho: &Matrix,
    shots: Shots,
    rng: &mut Rng,
) -> Result<StateStep, SimulationError> {
    let dim = block.dim();
    assert_eq!(rho.shape(), (dim, dim), "a state has the block's dimension");
    let side = dim.next_power_of_two();
    let padded = rho.clone().resize(side, side, Complex::ZERO);
    let rows = block.weight().nrows();
    let mut z = block.bias().to_vec();
    let exact = |operator: Option<&SignOperator>| {
        operator.map_or(Ok(vec![0.0; side]), |operator| operator.probabilities(&padded))
    };
    let mut p = operators.signs.as_options().try_map(exact)?;
    if let Shots::Finite(n) = shots {
        let mut draw = |p: &[f64]| -> Vec<f64> {
            let mut counts = vec![0.0; p.len()];
            Multinomial::default().draw(n, p, &mut counts, rng);
            counts.into_iter().map(|count| count / n as f64).collect()
        };
        // Signs that share a circuit share its shots.
        p = if operators.joint {
            let mut plus = draw(&[p.plus, p.minus].concat());
            let minus = plus.split_off(side);
            Signs { plus, minus }
        } else {
            p.map(|p| draw(&p))
        };
    }
    for (sign, operator) in operators.signs.present() {
        z.iter_mut().zip(&p[sign]).for_each(|(z, p)| *z += sign.factor() * operator.gamma * p);
    }
    let (mut h, dead) = block.activation.normalised(&z);
    h.resize(dim, 0.0);
    let mut state = rho * Complex::from(block.alpha);
    (0..dim).for_each(|n| state[(n, n)] += (1.0 - block.alpha) * h[n]);
    p.as_mut().map(|p| p.truncate(rows));
    Ok(StateStep { p, h, dead, state })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compiler::{CompileOptions, compile_block};
    use crate::encoding::GammaRule;
    use crate::linalg::coordinates;
    use crate::linalg::random_unitary;
    use crate::network::{Unitaries, random_circuit, read_bytes, run_classically};
    use crate::qasm;
    use crate::random::rng;
    use crate::run::{BlockTransitions, Inputs, run_quantum};
    use crate::simulator::noise::NoiseModel;
    use rand::RngExt;

    const NETWORK: &[u8] = br#"{"format": "hqrn-weights", "version": 1, "name": "n",
        "blocks": [{"weight": [[4, -2, 0, 1], [0, 3, 1, -1], [-5, 1, 2, 2], [1, 0.5, -3, 1]], "bias": [0.5, 0.1, 0.2, 0], "alpha": 0.3},
                   {"weight": [[1, -2, 3, 1], [2, 3, -1, -1], [-1, 1, 2, 2], [1, 0, -3, 1]], "bias": [0, 0, 1, 0.4], "alpha": 0.6, "activation": "softplus"},
                   {"weight": [[-1, 2, 3, 1], [2, -3, -1, 1], [1, 1, 2, -2], [1, 0, 3, 1]], "bias": [0, 2, 1, 0.4], "alpha": 0.5, "activation": "sigmoid"}],
        "head": {"weight": [[1, 0, 0, 0], [0, 1, 0, 0]], "bias": [0, 0.01]}}"#;

    fn operators(network: &Network) -> (Vec<BlockOperators>, Vec<BlockOperators>) {
        let compiled = |k: usize| {
            let text = &compile_block(network, k + 1, &CompileOptions::default()).unwrap()[0].text;
            let program = qasm::read(text).unwrap();
            BlockOperators::of_programs(&[&program], &network.blocks[k], None).unwrap()
        };
        let of_weights = network.blocks.iter().map(|b| BlockOperators::of_weights(b, GammaRule::Own).unwrap());
        (of_weights.collect(), (0..network.blocks.len()).map(compiled).collect())
    }

    fn close(a: &[f64], b: &[f64]) -> bool {
        a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12)
    }

    #[test]
    fn diagonal_states_go_the_classical_way() {
        let network = read_bytes(NETWORK, "n").unwrap();
        let (of_weights, compiled) = operators(&network);
        let forward = network.forward(&[0.1, 0.5, 0.15, 0.25]);
        let rho = Matrix::from_diagonal(&nalgebra::DVector::from_iterator(
            4,
            forward.states[0].iter().map(|y| Complex::from(*y)),
        ));
        for operators in [&of_weights, &compiled] {
            let run = run_state(&network, operators, &rho, Shots::Infinite, 0).unwrap();
            for (step, state) in run.steps.iter().zip(&forward.states[1..]) {
                let diagonal: Vec<f64> = step.state.diagonal().iter().map(|d| d.re).collect();
                assert!(close(&diagonal, state), "{diagonal:?} {state:?}");
            }
            assert!(close(&run.scores, &forward.scores) && run.label == forward.label);
        }
    }

    #[test]
    fn general_states_follow_the_recursion() {
        let weights = read_bytes(NETWORK, "n").unwrap();
        let mut unitaries = weights.clone();
        for (k, block) in unitaries.blocks.iter_mut().enumerate() {
            let mut rng = rng(k as u64);
            let mut angles = || std::array::from_fn(|_| rng.random_range(-3.0..3.0));
            block.set_form(Unitaries { angles: Signs { plus: angles(), minus: angles() }, gamma: 1.0 + k as f64 });
        }
        let mut circuits = weights.clone();
        for (k, block) in circuits.blocks.iter_mut().enumerate() {
            block.set_form(random_circuit(4, 5 + k, 2.0, &mut rng(k as u64)));
        }
        follows_the_recursion(&weights);
        follows_the_recursion(&unitaries);
        follows_the_recursion(&circuits);
        // Every shot of a circuit for both signs counts for one of them.
        let (operators, _) = operators(&circuits);
        let rho = Matrix::identity(4, 4) * Complex::from(0.25);
        let run = run_state(&circuits, &operators, &rho, Shots::Finite(1000), 3).unwrap();
        for step in &run.steps {
            let sum: f64 = step.p.plus.iter().chain(&step.p.minus).sum();
            assert!((sum - 1.0).abs() < 1e-12, "{sum}");
        }
    }

    /// Eqs. 6-8 (S20): h of block k from the h of all earlier blocks and, by Ω, from the spectrum of ρ, without any
    /// state in between.
    fn follows_the_recursion(network: &Network) {
        let (operators, compiled) = operators(network);
        let phi = random_unitary(4, &mut rng(4));
        let spectrum = [0.5, 0.3, 0.15, 0.05];
        let weights = nalgebra::DVector::from_iterator(4, spectrum.iter().map(|s| Complex::from(*s)));
        let rho = &phi * Matrix::from_diagonal(&weights) * phi.adjoint();
        let run = run_state(network, &operators, &rho, Shots::Infinite, 0).unwrap();
        let mut history: Vec<Vec<f64>> = vec![];
        for (k, block) in network.blocks.iter().enumerate() {
            let mut z = block.bias().to_vec();
            // What is left of block j's h after the blocks between, and of ρ itself.
            let left = |from: usize| network.blocks[from..k].iter().map(|b| b.alpha).product::<f64>();
            let mut add = |matrix: &RealMatrix, share: f64, of: &[f64]| {
                let product = matrix * nalgebra::DVector::from_column_slice(of) * share;
                z.iter_mut().zip(product.iter()).for_each(|(z, p)| *z += p);
            };
            for (j, h) in history.iter().enumerate() {
                add(block.weight(), (1.0 - network.blocks[j].alpha) * left(j + 1), h);
            }
            add(&operators[k].omega(&phi).unwrap(), left(0), &spectrum);
            let h = block.activation.normalised(&z).0;
            assert!(close(&h, &run.steps[k].h), "block {k}: {h:?} {:?}", run.steps[k].h);
            history.push(h);
        }
        // The off-diagonal terms matter here, and a circuit keeps M's phases.
        let diagonal = Matrix::from_diagonal(&rho.diagonal());
        let other = run_state(network, &operators, &diagonal, Shots::Infinite, 0).unwrap();
        assert!(!close(&other.steps[0].h, &run.steps[0].h));
        let from_circuits = run_state(network, &compiled, &rho, Shots::Infinite, 0).unwrap();
        for (a, b) in run.steps.iter().zip(&from_circuits.steps) {
            assert!(close(&a.h, &b.h) && close(&a.p.plus, &b.p.plus) && close(&a.p.minus, &b.p.minus));
        }

        // The same in coordinates, as sets of states are run.
        let flat = RealMatrix::from_column_slice(16, 1, &coordinates(&rho));
        let last = |out: RealMatrix| out.column(0).rows(0, 4).iter().copied().collect::<Vec<f64>>();
        let expected: Vec<f64> = run.steps[2].state.diagonal().iter().map(|d| d.re).collect();
        let tables = network.blocks.iter().map(|b| BlockTransitions::of_weights(b, GammaRule::Own, Inputs::General));
        let tables: Vec<BlockTransitions> = tables.collect::<Result<_, _>>().unwrap();
        assert!(close(&last(run_quantum(network, &tables, &flat, Shots::Infinite, 0).states), &expected));
        if network.blocks[0].form().is_unitary() {
            assert!(close(&last(run_classically(network, &flat).states), &expected));
        }
    }

    /// Blocks given by weights behind blocks given by unitaries see a measured state.
    #[test]
    fn states_are_measured_between() {
        let mut network = read_bytes(NETWORK, "n").unwrap();
        let angles = std::array::from_fn(|j| j as f64);
        network.blocks[0].set_form(Unitaries { angles: Signs { plus: angles, minus: [0.3; 15] }, gamma: 2.0 });
        assert_eq!([0, 1, 2].map(|k| network.measures_before(k)), [false, true, false]);
        let (of_weights, compiled) = operators(&network);
        let u = random_unitary(4, &mut rng(5));
        let rho = &u
            * Matrix::from_diagonal(&nalgebra::DVector::from_vec([0.7, 0.2, 0.1, 0.0].map(Complex::from).to_vec()))
            * u.adjoint();
        let flat = RealMatrix::from_column_slice(16, 1, &coordinates(&rho));
        let model = run_classically(&network, &flat);
        for operators in [&of_weights, &compiled] {
            let run = run_state(&network, operators, &rho, Shots::Infinite, 0).unwrap();
            let first = run.steps[0].state.diagonal().map(|d| d.re);
            let rest = Network { blocks: network.blocks[1..].to_vec(), ..network.clone() }.forward(first.as_slice());
            assert!(close(&run.scores, &rest.scores) && run.label == Some(model.labels[0]));
            let diagonal: Vec<f64> = run.steps[2].state.diagonal().iter().map(|d| d.re).collect();
            assert!(close(&diagonal, &model.states.column(0).rows(0, 4).iter().copied().collect::<Vec<_>>()));
        }
    }

    #[test]
    fn shots_estimate_and_noise_disturbs() {
        let network = read_bytes(NETWORK, "n").unwrap();
        let (operators, _) = operators(&network);
        let rho = Matrix::identity(4, 4) * Complex::from(0.25);
        let exact = run_state(&network, &operators, &rho, Shots::Infinite, 0).unwrap();
        let sampled = run_state(&network, &operators, &rho, Shots::Finite(1_000_000), 3).unwrap();
        let off = |a: &StateRun, b: &StateRun| {
            a.steps[2].h.iter().zip(&b.steps[2].h).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
        };
        assert!(off(&exact, &sampled) > 0.0 && off(&exact, &sampled) < 0.05);
        let text = &compile_block(&network, 1, &CompileOptions::default()).unwrap()[0].text;
        let program = qasm::read(text).unwrap();
        let model = NoiseModel::from_json(br#"{"two_qubit": {"depolarising": 0.1}}"#).unwrap();
        let noise: Arc<dyn Noise> = Arc::new(model);
        let mut noisy = operators.clone();
        noisy[0] = BlockOperators::of_programs(&[&program], &network.blocks[0], Some(&noise)).unwrap();
        let disturbed = run_state(&network, &noisy, &rho, Shots::Infinite, 0).unwrap();
        assert!(off(&exact, &disturbed) > 1e-4);
    }
}
