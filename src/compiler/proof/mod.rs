//! Programs against weights with a proof: a bound on `max |W_rec - W|` that holds for the real numbers that both texts stand
//! for, roundings and all (docs/certificates.md).

mod settings;
mod signs;
mod wanted;

use super::comparison::{VerifyError, tiles_of};
use super::verify_prepared::{Inputs, inputs_of};
use crate::linalg::RealMatrix;
use crate::network::Block;
use crate::qasm::{Prepared, Program};
use crate::simulator::{Enclosure, Readout, enclose};
use crate::target::Language;
use settings::unset;
use signs::each_sign;
use wanted::{applied, wanted};

/// What is compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub enum Criterion {
    /// Columns of W, an input basis state each.
    #[serde(rename = "basis map")]
    BasisMap,
    /// The map of all coordinates of a density matrix, a column each.
    #[serde(rename = "map of density matrices")]
    DensityMap,
    /// W y, for the state y that the programs prepare.
    #[serde(rename = "state")]
    State,
}

/// What is proved of one column: `max_n |W_rec[n][m] - W[n][m]|` is between the two.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ColumnBound {
    /// m; 0 where W y is compared.
    pub column: usize,
    /// Not negative.
    pub least: f64,
    /// At least that.
    pub most: f64,
}

/// What is proved of the programs of a block.
#[derive(Clone, Debug, PartialEq)]
pub struct Proof {
    /// What was compared.
    pub criterion: Criterion,
    /// `max |W_rec - W|` is at most this, whatever copy of the circuits is read.
    pub bound: f64,
    /// The largest entry of |W|, of the map, or of |W y|.
    pub largest: f64,
    /// One a column, in order.
    pub columns: Vec<ColumnBound>,
}

/// Columns that some programs have together.
struct Task<'a> {
    programs: Vec<&'a Program>,
    /// What the columns are called, and which basis states go in; none where the programs set them.
    names: Vec<usize>,
    prepared: bool,
}

/// Proves how far what the programs of one block compute is from its weights, at most: all columns, or those that the
/// programs have. W is what the weights file says in decimals, gates turn by what the text says in decimals, and the
/// inputs of a program by 0 or π.
///
/// # Errors
/// As [`verify_block`](super::verify_block), and for a language, a gate or an angle of which no proof is known.
pub fn prove_block(programs: &[&Program], block: &Block) -> Result<Proof, VerifyError> {
    let tiles = tiles_of(programs, block)?;
    let mut languages = programs.iter().map(|program| program.contract.written_for().dialect.language);
    if let Some(other) = languages.find(|language| *language != Language::OpenQasm) {
        return Err(VerifyError::Language { language: other.name() });
    }
    let prepared = programs.iter().any(|program| program.contract.prepared.is_some());
    // Of a map of density matrices, what sees basis states alone has the columns of the diagonal, which come first.
    let basis = prepared || programs.iter().any(|program| program.contract.columns.is_some());
    let (mut criterion, mut wanted) = match wanted(block)? {
        whole if !block.form().is_unitary() => (Criterion::BasisMap, whole),
        whole if basis => (Criterion::BasisMap, whole.first(block.dim())),
        whole => (Criterion::DensityMap, whole),
    };
    let tasks = if prepared {
        let one = |names, programs| Task { programs, names, prepared: true };
        match inputs_of(programs)? {
            Inputs::Columns(columns) => columns.into_iter().map(|(m, programs)| one(vec![m], programs)).collect(),
            Inputs::One(Prepared::Basis(m)) => vec![one(vec![*m], programs.to_vec())],
            Inputs::One(Prepared::State(y)) => {
                (criterion, wanted) = (Criterion::State, applied(&wanted, y));
                vec![one(vec![0], programs.to_vec())]
            }
        }
    } else {
        let columns = if criterion == Criterion::DensityMap { wanted.middle.ncols() } else { block.dim() };
        vec![Task { programs: programs.to_vec(), names: (0..columns).collect(), prepared: false }]
    };
    let mut columns: Vec<ColumnBound> = vec![];
    for task in &tasks {
        let mut bounds: Vec<ColumnBound> =
            task.names.iter().map(|&column| ColumnBound { column, least: 0.0, most: 0.0 }).collect();
        for tile in 0..tiles {
            let computed = computed(task, block.dim(), tile, criterion)?;
            // A circuit may spell n >= N, which is no entry of W.
            bounds.iter_mut().enumerate().for_each(|(k, bound)| bound.widen(&computed, &wanted, k, block.dim()));
        }
        columns.extend(bounds);
    }
    let bound = columns.iter().map(|column| column.most).fold(0.0, f64::max);
    Ok(Proof { criterion, bound, largest: wanted.middle.amax(), columns })
}

/// `gamma+ p+ - gamma- p-` of one copy, a row for each value that the outputs spell, a column for each of the task's.
fn computed(task: &Task<'_>, dim: usize, tile: usize, criterion: Criterion) -> Result<Enclosure, VerifyError> {
    let rows = dim.next_power_of_two();
    let mut total = Enclosure::zeros(rows, task.names.len());
    for program in &task.programs {
        let simulate = |read: &Readout| {
            if task.prepared {
                enclose(&program.circuit, &Readout { input: vec![], ..read.clone() }, &[0])
            } else if criterion == Criterion::DensityMap {
                enclose(&program.circuit, read, &(0..dim).collect::<Vec<_>>())
            } else {
                let off = unset(program, &read.input)?;
                Ok(enclose(&program.circuit, read, &task.names)?.widened(off))
            }
        };
        for (sign, gamma, found) in each_sign(program, tile, simulate)? {
            let density = criterion == Criterion::DensityMap;
            let found = if density { found.response() } else { found.probabilities() };
            total.add(&found, sign.factor() * gamma);
        }
    }
    Ok(total)
}

impl ColumnBound {
    /// Takes in how far column k of what was computed is from its own.
    fn widen(&mut self, computed: &Enclosure, wanted: &Enclosure, k: usize, rows: usize) {
        let entry = |of: &RealMatrix, row: usize| of.get((row, self.column)).copied().unwrap_or(0.0);
        for row in 0..rows {
            let distance = (computed.middle[(row, k)] - entry(&wanted.middle, row)).abs();
            let radius = computed.radius[(row, k)] + entry(&wanted.radius, row) + f64::EPSILON * distance;
            // A NaN is the worst there is.
            let most = if radius.is_nan() { f64::INFINITY } else { Enclosure::above(distance + radius) };
            self.most = self.most.max(most);
            self.least = self.least.max(distance - Enclosure::above(radius));
        }
    }
}
