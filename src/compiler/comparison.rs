//! What comes of comparing programs with weights: the largest error, where it is, and what is allowed.

use crate::linalg::RealMatrix;
use crate::network::Block;
use crate::qasm::{Program, SignContract};
use crate::random::stream;
use crate::signs::Sign;
use crate::simulator::{Readout, SimulationError};

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
    /// What of it the contracts state: that the circuits approximate.
    #[serde(skip_serializing_if = "is_zero")]
    pub stated: f64,
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
    /// Which copy of the circuits the worst entry is of, from 0, where programs have several.
    #[serde(skip_serializing_if = "is_first")]
    pub tile: usize,
}

// serde's skip_serializing_if hands over a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_first(tile: &usize) -> bool {
    *tile == 0
}

// serde's skip_serializing_if hands over a reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_zero(stated: &f64) -> bool {
    *stated == 0.0
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
    pub(super) fn columns(&self, block: usize, of: usize) -> Vec<usize> {
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
    /// What the worst entry is called: `W_rec[3][5]`, or `(W y)[3]`, behind `tile 2: ` where it is of another than the first.
    pub fn place(&self) -> String {
        let Entry { row, column, .. } = self.worst;
        let of = if self.tile > 0 { format!("tile {}: ", self.tile) } else { String::new() };
        match (self.prepared, self.coherent) {
            (true, _) => format!("{of}(W y)[{row}]"),
            (_, true) => format!("{of}map[{row}][{column}]"),
            _ => format!("{of}W_rec[{row}][{column}]"),
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
    #[error("the program prepares an input of its own: expected one compiled without --input, or one of every column")]
    Prepared,
    /// A program whose inputs choose basis states has no other input.
    #[error(
        "the program's inputs choose basis states alone, not density matrices: compile it without --inputs columns"
    )]
    Columns,
    /// Text whose angles are not the decimals that proofs go by.
    #[error("no proof is known for programs in {language}, expected OpenQASM")]
    Language {
        /// What the program is written in.
        language: &'static str,
    },
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

/// A comparison, and what the programs compute where all columns were compared, with the shape of W.
pub type Verified = (Verification, Option<RealMatrix>);

/// How the outcomes of a sign are read: which bits spell n, and which must have which value.
pub fn readout_of(sign: &SignContract) -> Readout {
    let accept = sign.accept.iter().map(|(&bit, &value)| (bit, value == 1)).collect();
    Readout { input: sign.input.clone(), output: sign.output.clone(), accept }
}

/// How many copies of a block's circuits its programs hold, each of them.
///
/// # Errors
/// If the dimensions differ, or the numbers of copies.
pub(super) fn tiles_of(programs: &[&Program], block: &Block) -> Result<usize, VerifyError> {
    let wrong = programs.iter().find(|program| program.contract.dim != block.dim());
    if let Some(program) = wrong {
        return Err(VerifyError::Dimension { program: program.contract.dim, weights: block.dim() });
    }
    let tiles = programs.first().map_or(1, |program| program.contract.tile_count());
    match programs.iter().find(|program| program.contract.tile_count() != tiles) {
        Some(other) => {
            let problem = "its programs have different numbers of tiles";
            Err(VerifyError::Parts { block: other.contract.block, programs: vec![], problem })
        }
        None => Ok(tiles),
    }
}

/// The comparison of the copy that is farthest from the weights, and what the first computes.
pub(super) fn worst_tile(
    tiles: usize,
    verify: impl Fn(usize) -> Result<Verified, VerifyError>,
) -> Result<Verified, VerifyError> {
    let (mut worst, computed) = verify(0)?;
    for tile in 1..tiles {
        let (found, _) = verify(tile)?;
        if found.max_error > worst.max_error || (found.max_error.is_nan() && !worst.max_error.is_nan()) {
            worst = found;
        }
    }
    Ok((worst, computed))
}

/// Compares columns entry by entry; rows and columns that only padding has must be zero. `names` are the columns' own
/// numbers.
pub(super) fn compare(
    programs: &[&Program],
    block: &Block,
    total: &RealMatrix,
    wanted: &RealMatrix,
    names: &[usize],
    check: &Check,
) -> Verification {
    let mut worst = Entry { row: 0, column: 0, got: 0.0, expected: 0.0 };
    let mut max_error = -1.0;
    // A circuit for both signs may spell n >= N, which nobody asks for; every other circuit is built not to.
    let joint = block.form().is_joint() || programs.iter().all(|program| program.contract.joint());
    let rows = if joint { block.dim() } else { total.nrows() };
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
    // A sign is in one program, or in one for each column.
    let of_sign = |sign: Sign| {
        let reads = programs.iter().filter_map(|program| program.contract.signs[sign].as_ref());
        reads.map(|read| read.allowance(largest(sign))).fold(0.0, f64::max)
    };
    let stated = of_sign(Sign::Plus) + of_sign(Sign::Minus);
    let allowed = check.tolerance * weight.amax() + stated;
    let (columns, of) = (names.len(), block.dim());
    Verification { max_error, allowed, stated, worst, columns, of, prepared: false, coherent: false, tile: 0 }
}
