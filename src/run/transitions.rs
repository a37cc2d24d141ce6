//! What the circuits of a block do with states: a table of probabilities for each sign.

use crate::compiler::{VerifyError, readout_of};
use crate::encoding::{Contraction, EncodingError, EncodingRule, block_contractions};
use crate::linalg::{RealMatrix, response};
use crate::network::Block;
use crate::qasm::{Program, SignContract};
use crate::signs::Signs;
use crate::simulator::noise::{Noise, ReadoutError, Trajectories, noisy_probabilities, noisy_words, reading_errors};
use crate::simulator::{AcceptedOperator, transition_probabilities};

/// The probabilities of one sign's circuit.
#[derive(Clone, Debug, PartialEq)]
pub struct SignTransitions {
    /// What probabilities are multiplied with to be entries of W.
    pub gamma: f64,
    /// `p[n][m]`: that a shot from basis state m counts and spells n. Rows: all that the output bits spell. For general
    /// states N² columns, p being linear in a state's coordinates, of which the first N are the basis states.
    pub probabilities: RealMatrix,
    /// With mitigation of readout errors, the distribution over all words of the bits that are read, and its inverse.
    pub mitigated: Option<Mitigated>,
}

/// Sampled words and how to undo what reading did to them.
#[derive(Clone, Debug, PartialEq)]
pub struct Mitigated {
    /// `q[word][m]`; the output bits are the word's low bits, the accept bits the high ones.
    pub words: RealMatrix,
    /// The word's high bits that count.
    pub accepted: usize,
    /// Bits that spell n.
    pub outputs: usize,
    /// What reading did to each bit of a word.
    pub errors: Vec<ReadoutError>,
}

impl Mitigated {
    /// Takes the readout errors out of a distribution over words and returns what is accepted of it: `p_n`, unbiased,
    /// though single entries may be negative.
    pub fn undo<'a>(&self, words: &'a mut [f64]) -> &'a [f64] {
        self.errors.iter().enumerate().for_each(|(bit, error)| error.undo(words, bit));
        &words[self.accepted << self.outputs..(self.accepted + 1) << self.outputs]
    }
}

/// Which states are to be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inputs {
    /// Mixtures of basis states.
    Diagonal,
    /// Any density matrices.
    General,
}

/// What the circuits of a block do.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct BlockTransitions {
    /// A table for each sign that has entries.
    pub signs: Signs<Option<SignTransitions>>,
    /// Whether both signs are read from the same shots of one circuit.
    pub joint: bool,
}

impl BlockTransitions {
    /// From the weights: `p = |M|²`, for general states with what off-diagonal terms add.
    ///
    /// # Errors
    /// If the weights cannot be encoded.
    pub fn of_weights(
        block: &Block,
        rule: impl Into<EncodingRule>,
        inputs: Inputs,
    ) -> Result<BlockTransitions, EncodingError> {
        let dim = block.dim();
        let sign = |contraction: Contraction| {
            let matrix = contraction.matrix().to_complex();
            let seen = matrix.columns(0, dim);
            let probabilities = match inputs {
                Inputs::Diagonal => seen.map(|a| a.norm_sqr()),
                Inputs::General => response(&seen.into_owned()),
            };
            SignTransitions { gamma: contraction.gamma(), probabilities, mitigated: None }
        };
        let signs = block_contractions(block, rule)?;
        Ok(BlockTransitions { signs: signs.map_present(sign), joint: block.form().is_joint() })
    }

    /// From compiled programs: what their circuits compute, simulated (docs/method.md, section 10).
    ///
    /// # Errors
    /// If a program is for another dimension or too large to simulate.
    pub fn of_programs(programs: &[&Program], block: &Block, inputs: Inputs) -> Result<BlockTransitions, VerifyError> {
        let dim = block.dim();
        let columns: Vec<usize> = (0..dim).collect();
        BlockTransitions::collect(programs, block, |program, sign| {
            let readout = readout_of(sign);
            let probabilities = match inputs {
                Inputs::Diagonal => transition_probabilities(&program.circuit, &readout, &columns)?,
                Inputs::General => AcceptedOperator::of(&program.circuit, &readout)?.response(dim),
            };
            Ok(SignTransitions { gamma: sign.gamma, probabilities, mitigated: None })
        })
    }

    /// From compiled programs on noisy hardware; with `mitigate`, readout errors are taken out again.
    ///
    /// # Errors
    /// As [`BlockTransitions::of_programs`].
    pub fn of_noisy_programs(
        programs: &[&Program],
        block: &Block,
        noise: &dyn Noise,
        trajectories: &Trajectories,
        mitigate: bool,
    ) -> Result<BlockTransitions, VerifyError> {
        let columns: Vec<usize> = (0..block.dim()).collect();
        BlockTransitions::collect(programs, block, |program, sign| {
            let readout = readout_of(sign);
            if !mitigate {
                let probabilities = noisy_probabilities(&program.circuit, &readout, &columns, noise, trajectories)?;
                return Ok(SignTransitions { gamma: sign.gamma, probabilities, mitigated: None });
            }
            let words = noisy_words(&program.circuit, &readout, &columns, noise, trajectories)?;
            let (outputs, accepted) = (readout.output.len(), readout.accepted_word());
            let errors = reading_errors(&program.circuit, &readout, noise)?;
            let mitigated = Mitigated { words, accepted, outputs, errors };
            let mut probabilities = RealMatrix::zeros(1 << outputs, columns.len());
            for (mut p, word) in probabilities.column_iter_mut().zip(mitigated.words.column_iter()) {
                let mut word = word.into_owned();
                p.as_mut_slice().copy_from_slice(mitigated.undo(word.as_mut_slice()));
            }
            Ok(SignTransitions { gamma: sign.gamma, probabilities, mitigated: Some(mitigated) })
        })
    }

    /// Both signs of a block's programs, each by `simulate`.
    fn collect(
        programs: &[&Program],
        block: &Block,
        simulate: impl Fn(&Program, &SignContract) -> Result<SignTransitions, VerifyError>,
    ) -> Result<BlockTransitions, VerifyError> {
        let mut transitions = BlockTransitions::default();
        for program in programs {
            if program.contract.dim != block.dim() {
                return Err(VerifyError::Dimension { program: program.contract.dim, weights: block.dim() });
            }
            if program.contract.prepared.is_some() {
                return Err(VerifyError::Prepared);
            }
            transitions.joint |= program.contract.joint();
            for (sign, read) in program.contract.signs.present() {
                transitions.signs[sign] = Some(simulate(program, read)?);
            }
        }
        Ok(transitions)
    }
}
