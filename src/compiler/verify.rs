//! Programs against weights: what the text computes, by simulation, compared entry by entry (S33; docs/method.md,
//! section 7).

use crate::linalg::RealMatrix;
use crate::network::Block;
use crate::qasm::{Contract, Prepared, Program, SignContract};
use crate::random::stream;
use crate::signs::Sign;
use crate::simulator::{AcceptedOperator, Readout, SimulationError, transition_probabilities};
use std::collections::BTreeMap;

/// The entry of W that a program gets most wrong.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Entry {
    /// Output n, from 0.
    pub row: usize,
    /// Input m, from 0.
    pub column: usize,
    /// `W_rec[n][m]`
    pub got: f64,
    /// `W[n][m]`; 0 for outputs that only padding has.
    pub expected: f64,
}

/// How far programs are from their weights.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Verification {
    /// max |W_rec - W| over all entries.
    pub max_error: f64,
    /// The largest error that passes: the tolerance times the largest entry of |W|, and what the contracts state.
    pub allowed: f64,
    /// Where the error is largest.
    pub worst: Entry,
    /// How many columns of W were compared; of [`Verification::of`], a sample if fewer.
    pub columns: usize,
    /// How many columns W, or the map of coordinates, has; 1 where the programs prepare their input and W y is compared.
    pub of: usize,
    /// Whether W y was compared, for programs that prepare y.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub prepared: bool,
    /// Whether what was compared is the map of all 16 coordinates of a density matrix, for blocks given by unitaries.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub coherent: bool,
}

/// What to compare, and how closely.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Check {
    /// The largest error that passes, relative to the largest entry of |W|.
    pub tolerance: f64,
    /// Compare this many columns, chosen at random, instead of all.
    pub sample: Option<usize>,
    /// Seed of that choice.
    pub seed: u64,
}

impl Check {
    /// Compares all columns.
    pub fn all(tolerance: f64) -> Check {
        Check { tolerance, sample: None, seed: 0 }
    }

    /// The same on `count` columns, chosen by the seed.
    #[must_use]
    pub fn with_sample(self, count: usize, seed: u64) -> Check {
        Check { sample: Some(count), seed, ..self }
    }

    /// The columns to compare of the `of` that a block has, in increasing order; each block draws its own.
    fn columns(&self, block: usize, of: usize) -> Vec<usize> {
        match self.sample {
            Some(count) if count < of => {
                let mut chosen = rand::seq::index::sample(&mut stream(self.seed, block as u64), of, count).into_vec();
                chosen.sort_unstable();
                chosen
            }
            _ => (0..of).collect(),
        }
    }
}

impl Default for Check {
    /// All columns, to 1e-9 of the largest entry of |W|.
    fn default() -> Self {
        Check::all(1e-9)
    }
}

impl Verification {
    /// What the worst entry is called: `W_rec[3][5]`, or `(W y)[3]`.
    pub fn place(&self) -> String {
        let Entry { row, column, .. } = self.worst;
        match (self.prepared, self.coherent) {
            (true, _) => format!("(W y)[{row}]"),
            (_, true) => format!("map[{row}][{column}]"),
            _ => format!("W_rec[{row}][{column}]"),
        }
    }

    /// Whether the programs compute their weights.
    pub fn holds(&self) -> bool {
        // Not the other way round: a NaN must not pass.
        self.max_error <= self.allowed
    }
}

/// Programs that cannot be compared with weights at all.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum VerifyError {
    /// A program too large to simulate.
    #[error(transparent)]
    Simulation(#[from] SimulationError),
    /// The program is for a block of another size.
    #[error("the program computes a block of dimension {program}, the weights have {weights}")]
    Dimension {
        /// What the contract says.
        program: usize,
        /// The block's dimension.
        weights: usize,
    },
    /// The program names a block that the network has not.
    #[error("the program is of block {block}, the weights have {blocks}")]
    NoSuchBlock {
        /// The number it names, from 1.
        block: usize,
        /// How many there are.
        blocks: usize,
    },
    /// A program that prepares its own input does nothing else.
    #[error("the program prepares an input of its own: compile it without --input")]
    Prepared,
    /// A sign given twice, or one of a split pair without the other.
    #[error("block {block}: {problem}")]
    Parts {
        /// The block's number, from 1.
        block: usize,
        /// Which of the programs, by index; empty where only programs of one block were given.
        programs: Vec<usize>,
        /// What is wrong.
        problem: &'static str,
    },
}

/// `gamma+ p+ - gamma- p-` as the program's circuit gives it: a row for each value the output bits can spell, a
/// column for each input m < dim. Signs that the program lacks count as zero.
///
/// # Errors
/// If the circuit is too large to simulate.
pub fn reconstruct(program: &Program) -> Result<RealMatrix, SimulationError> {
    reconstruct_columns(program, &(0..program.contract.dim).collect::<Vec<_>>())
}

fn reconstruct_columns(program: &Program, columns: &[usize]) -> Result<RealMatrix, SimulationError> {
    let mut total = RealMatrix::zeros(0, 0);
    for (sign, read) in program.contract.signs.present() {
        let probabilities = transition_probabilities(&program.circuit, &readout_of(read), columns)?;
        let signed = probabilities * (sign.factor() * read.gamma);
        total = if total.is_empty() { signed } else { total + signed };
    }
    Ok(total)
}

/// How the outcomes of a sign are read: which bits spell n, and which must have which value.
pub fn readout_of(sign: &SignContract) -> Readout {
    let accept = sign.accept.iter().map(|(&bit, &value)| (bit, value == 1)).collect();
    Readout { input: sign.input.clone(), output: sign.output.clone(), accept }
}

/// Sorts programs by block and checks that each block has either one whole program or both halves of a split one.
/// Returns the indices of its programs for each block number.
///
/// # Errors
/// If a half is missing or a sign is there twice.
pub fn group_by_block(programs: &[Program]) -> Result<BTreeMap<usize, Vec<usize>>, VerifyError> {
    let mut groups = BTreeMap::<usize, Vec<usize>>::new();
    for (i, program) in programs.iter().enumerate() {
        groups.entry(program.contract.block).or_default().push(i);
    }
    for (&block, group) in &groups {
        let contracts = || group.iter().map(|&i| &programs[i].contract);
        let problem = if contracts().any(|c| !c.split) {
            (group.len() > 1).then_some("more than one program was given, though one alone is the whole block")
        } else {
            let there = Sign::BOTH.map(|sign| contracts().filter(|c| c.signs[sign].is_some()).count());
            match (there.plus, there.minus) {
                (1, 1) => None,
                (1, 0) => Some("this is the plus half of a split program, the minus half is missing"),
                (0, 1) => Some("this is the minus half of a split program, the plus half is missing"),
                _ => Some("the same half of a split program was given twice"),
            }
        };
        if let Some(problem) = problem {
            return Err(VerifyError::Parts { block, programs: group.clone(), problem });
        }
    }
    Ok(groups)
}

/// A comparison, and what the programs compute where all columns were compared, with the shape of W.
pub type Verified = (Verification, Option<RealMatrix>);

/// Compares what the programs of one block compute with its weights. Errors that the contracts state are allowed on top
/// of the tolerance.
///
/// # Errors
/// If the dimensions differ or a circuit is too large to simulate.
pub fn verify_block(programs: &[&Program], block: &Block, check: &Check) -> Result<Verified, VerifyError> {
    if let Some(prepared) = programs.iter().find_map(|p| p.contract.prepared.as_ref()) {
        return verify_prepared(programs, block, prepared, check);
    }
    if block.form().is_unitary() {
        return verify_unitaries(programs, block, check);
    }
    let number = programs.first().map_or(0, |program| program.contract.block);
    let columns = check.columns(number, block.dim());
    let mut total = RealMatrix::zeros(block.dim().next_power_of_two(), columns.len());
    for program in programs {
        if program.contract.dim != block.dim() {
            return Err(VerifyError::Dimension { program: program.contract.dim, weights: block.dim() });
        }
        total += reconstruct_columns(program, &columns)?;
    }
    let weight = block.weight();
    let real: Vec<usize> = columns.iter().copied().filter(|m| *m < weight.ncols()).collect();
    let expected = weight.select_columns(&real);
    let verification = compare(programs, block, &total, &expected, &columns, check);
    let whole = columns.len() == block.dim();
    Ok((verification, whole.then(|| total.view((0, 0), weight.shape()).into_owned())))
}

/// The same for a block of two-qubit unitaries: what is measured of any density matrix, not of diagonal ones alone.
fn verify_unitaries(programs: &[&Program], block: &Block, check: &Check) -> Result<Verified, VerifyError> {
    let wanted = block.form().map();
    let mut total = RealMatrix::zeros(wanted.nrows(), wanted.ncols());
    for program in programs {
        if program.contract.dim != block.dim() {
            return Err(VerifyError::Dimension { program: program.contract.dim, weights: block.dim() });
        }
        for (sign, read) in program.contract.signs.present() {
            let map = AcceptedOperator::of(&program.circuit, &readout_of(read))?.response(block.dim());
            total += map * (sign.factor() * read.gamma);
        }
    }
    let names: Vec<usize> = (0..wanted.ncols()).collect();
    let mut verification = compare(programs, block, &total, &wanted, &names, check);
    (verification.of, verification.coherent) = (names.len(), true);
    Ok((verification, Some(total.columns(0, block.dim()).into_owned())))
}

/// The same for programs that prepare their input: `gamma+ p+ - gamma- p-` against W y.
fn verify_prepared(
    programs: &[&Program],
    block: &Block,
    prepared: &Prepared,
    check: &Check,
) -> Result<Verified, VerifyError> {
    let mut total = RealMatrix::zeros(block.dim().next_power_of_two(), 1);
    for program in programs {
        let Contract { dim, prepared: own, .. } = &program.contract;
        if *dim != block.dim() {
            return Err(VerifyError::Dimension { program: *dim, weights: block.dim() });
        }
        if own.as_ref() != Some(prepared) {
            let problem = "its programs prepare different inputs";
            return Err(VerifyError::Parts { block: program.contract.block, programs: vec![], problem });
        }
        for (sign, read) in program.contract.signs.present() {
            let readout = Readout { input: vec![], ..readout_of(read) };
            let p = transition_probabilities(&program.circuit, &readout, &[0])?;
            total += p * (sign.factor() * read.gamma);
        }
    }
    let weight = block.weight();
    let y = prepared.probabilities(block.dim());
    let expected = weight * RealMatrix::from_column_slice(weight.ncols(), 1, &y[..weight.ncols()]);
    let column = if let Prepared::Basis(m) = prepared { *m } else { 0 };
    let mut verification = compare(programs, block, &total, &expected, &[column], check);
    (verification.of, verification.prepared) = (1, true);
    Ok((verification, None))
}

/// Compares columns entry by entry; rows and columns that only padding has must be zero. `names` are the columns' own
/// numbers.
fn compare(
    programs: &[&Program],
    block: &Block,
    total: &RealMatrix,
    wanted: &RealMatrix,
    names: &[usize],
    check: &Check,
) -> Verification {
    let mut worst = Entry { row: 0, column: 0, got: 0.0, expected: 0.0 };
    let mut max_error = -1.0;
    // A given circuit may spell n >= N, which nobody asks for; every other circuit is built not to.
    let rows = if block.form().is_joint() { block.dim() } else { total.nrows() };
    for (k, &column) in names.iter().enumerate() {
        for row in 0..rows {
            let got = total[(row, k)];
            let expected = wanted.get((row, k)).copied().unwrap_or(0.0);
            let error = (got - expected).abs();
            // A NaN is the worst there is, and stays.
            if error > max_error || (error.is_nan() && !f64::is_nan(max_error)) {
                max_error = error;
                worst = Entry { row, column, got, expected };
            }
        }
    }
    let weight = block.weight();
    let largest = |sign: Sign| weight.iter().fold(0.0f64, |m, w| m.max(sign.factor() * w));
    let signs = programs.iter().flat_map(|p| p.contract.signs.present());
    let stated: f64 = signs.map(|(sign, read)| read.allowance(largest(sign))).sum();
    let allowed = check.tolerance * weight.amax() + stated;
    Verification { max_error, allowed, worst, columns: names.len(), of: block.dim(), prepared: false, coherent: false }
}
