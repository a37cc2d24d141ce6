//! What the circuits of a block do with states: a table of probabilities for each sign.

use crate::circuit::Circuit;
use crate::compiler::{VerifyError, readout_of};
use crate::encoding::{Contraction, EncodingError, EncodingRule, block_contractions};
use crate::linalg::{RealMatrix, response};
use crate::network::Block;
use crate::qasm::{Prepared, Program, SignContract};
use crate::signs::Signs;
use crate::simulator::noise::{Noise, ReadoutError, Trajectories, noisy_probabilities, noisy_words, reading_errors};
use crate::simulator::{AcceptedOperator, transition_probabilities};
use std::collections::BTreeMap;

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
        if inputs == Inputs::General && programs.iter().any(|program| program.contract.columns.is_some()) {
            return Err(VerifyError::Columns);
        }
        // All copies are verified to be the same.
        BlockTransitions::collect(programs, block, 1, |circuit, sign, columns| {
            let readout = readout_of(sign);
            let probabilities = match inputs {
                Inputs::Diagonal => transition_probabilities(circuit, &readout, columns)?,
                Inputs::General => AcceptedOperator::of(circuit, &readout)?.response(block.dim()),
            };
            Ok(SignTransitions { gamma: sign.gamma, probabilities, mitigated: None })
        })
    }

    /// From compiled programs on noisy hardware, in the mean of all copies; with `mitigate`, readout errors are taken out again, and the first
    /// copy stands for all.
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
        // Words that were misread differently have no mean that one inverse takes out.
        let copies = if mitigate { 1 } else { usize::MAX };
        BlockTransitions::collect(programs, block, copies, |circuit, sign, columns| {
            let readout = readout_of(sign);
            if !mitigate {
                let probabilities = noisy_probabilities(circuit, &readout, columns, noise, trajectories)?;
                return Ok(SignTransitions { gamma: sign.gamma, probabilities, mitigated: None });
            }
            let words = noisy_words(circuit, &readout, columns, noise, trajectories)?;
            let (outputs, accepted) = (readout.output.len(), readout.accepted_word());
            let errors = reading_errors(circuit, &readout, noise)?;
            let mitigated = Mitigated { words, accepted, outputs, errors };
            let mut probabilities = RealMatrix::zeros(1 << outputs, columns.len());
            for (mut p, word) in probabilities.column_iter_mut().zip(mitigated.words.column_iter()) {
                let mut word = word.into_owned();
                p.as_mut_slice().copy_from_slice(mitigated.undo(word.as_mut_slice()));
            }
            Ok(SignTransitions { gamma: sign.gamma, probabilities, mitigated: Some(mitigated) })
        })
    }

    /// Both signs of a block's programs, each by `simulate(circuit, sign, columns)`; of programs with copies the mean over the first
    /// so many, of programs that prepare a basis state each the columns that they have.
    fn collect(
        programs: &[&Program],
        block: &Block,
        copies: usize,
        simulate: impl Fn(&Circuit, &SignContract, &[usize]) -> Result<SignTransitions, VerifyError>,
    ) -> Result<BlockTransitions, VerifyError> {
        if let Some(program) = programs.iter().find(|program| program.contract.dim != block.dim()) {
            return Err(VerifyError::Dimension { program: program.contract.dim, weights: block.dim() });
        }
        let mut transitions = BlockTransitions::default();
        let every: Vec<usize> = (0..block.dim()).collect();
        let mut prepared: Signs<BTreeMap<usize, SignTransitions>> = Signs::default();
        for program in programs {
            let column = match program.contract.prepared {
                Some(Prepared::Basis(m)) => Some(m),
                Some(Prepared::State(_)) => return Err(VerifyError::Prepared),
                None => None,
            };
            transitions.joint |= program.contract.joint();
            for (sign, _) in program.contract.signs.present() {
                let of_tile = |t: usize| -> Option<Result<SignTransitions, VerifyError>> {
                    let read = program.contract.tile(t).signs[sign].take()?;
                    Some(match column {
                        Some(_) => simulate(&program.circuit, &SignContract { input: vec![], ..read }, &[0]),
                        None => simulate(&program.circuit, &read, &every),
                    })
                };
                let tiles = (0..program.contract.tile_count().min(copies)).filter_map(of_tile);
                let mean = mean(tiles.collect::<Result<_, _>>()?);
                match column {
                    Some(m) => prepared[sign].extend(mean.map(|mean| (m, mean))),
                    None => transitions.signs[sign] = mean,
                }
            }
        }
        for (sign, columns) in prepared {
            if !columns.is_empty() {
                // One program of a state, or some of the columns only.
                if columns.len() < block.dim() {
                    return Err(VerifyError::Prepared);
                }
                transitions.signs[sign] = side_by_side(columns.into_values().collect());
            }
        }
        Ok(transitions)
    }
}

/// The mean of what several copies of a sign do.
fn mean(copies: Vec<SignTransitions>) -> Option<SignTransitions> {
    let count = copies.len() as f64;
    let mut sum = copies.into_iter().reduce(|mut sum, copy| {
        sum.probabilities += copy.probabilities;
        if let (Some(sum), Some(copy)) = (&mut sum.mitigated, copy.mitigated) {
            sum.words += copy.words;
        }
        sum
    })?;
    if count > 1.0 {
        sum.probabilities /= count;
        sum.mitigated.iter_mut().for_each(|mitigated| mitigated.words /= count);
    }
    Some(sum)
}

/// The table of a sign from those of single columns.
fn side_by_side(columns: Vec<SignTransitions>) -> Option<SignTransitions> {
    let tables = |table: fn(&SignTransitions) -> Option<&RealMatrix>| -> Option<RealMatrix> {
        let columns: Vec<_> = columns.iter().map(|column| Some(table(column)?.column(0))).collect::<Option<_>>()?;
        (!columns.is_empty()).then(|| RealMatrix::from_columns(&columns))
    };
    let probabilities = tables(|column| Some(&column.probabilities))?;
    let words = tables(|column| Some(&column.mitigated.as_ref()?.words));
    let first = columns.first()?;
    let mitigated = words.zip(first.mitigated.clone()).map(|(words, mitigated)| Mitigated { words, ..mitigated });
    Some(SignTransitions { gamma: first.gamma, probabilities, mitigated })
}
