//! A block to programs: encoding, synthesis, passes, text.

use super::assemble::{Assembled, CliffordTReport, assemble};
use super::choose::Chooser;
use super::joint::{JointOutcome, JointReport, joint, order};
use super::options::{CompileOptions, Copies, InputRule, Method, OptionError, PhaseChoice};
use super::sign::SignCircuit;
use crate::encoding::{BlockEncoder, Contraction, EncodingError, EncodingRule, GammaRule, Phases};
use crate::lowering::LoweringError;
use crate::network::{Amplitudes, Block, Network, Variational};
use crate::qasm::{Contract, Prepared, write};
use crate::random::{Rng, stream};
use crate::signs::{Sign, Signs};
use crate::synthesis::joint::{Unwatched, Watch};
use crate::synthesis::trotter::{TrotterError, TrotterReport};
use crate::target::{EdgesError, Target};
use rayon::prelude::*;

/// Signs that come within this factor of gamma* leave nothing for complex phases to gain.
const NEAR_BOUND: f64 = 1.2;

/// Which signs a program holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Everything the block needs.
    Whole,
    /// The circuit of one sign, by `split`.
    Half(Sign),
}

impl Part {
    /// What the name of its file says of it.
    fn suffix(self) -> &'static str {
        match self {
            Part::Whole => "",
            Part::Half(Sign::Plus) => ".plus",
            Part::Half(Sign::Minus) => ".minus",
        }
    }
}

/// A program of a block, as text.
#[derive(Clone, Debug, PartialEq)]
pub struct Compiled {
    /// Which signs it holds.
    pub part: Part,
    /// The basis state that it prepares, where it is one of as many programs as a block has columns.
    pub column: Option<usize>,
    /// OpenQASM in the target's dialect.
    pub text: String,
    /// What product formulas made of its signs, plus before minus; empty where the method is exact.
    pub trotter: Vec<TrotterReport>,
    /// How phases were looked for, for those of its signs where they were.
    pub phases: Vec<PhaseReport>,
    /// What came of the search for one circuit, where there was one.
    pub joint: Option<JointReport>,
    /// What approximating its rotations came to, where the target's gates have no angles.
    pub clifford_t: Option<CliffordTReport>,
    /// The circuit that was found, as a form of the block; `None` where none was, or it has gates that forms have not.
    pub found: Option<Variational>,
}

impl Compiled {
    /// What comes before `.qasm` in the name of the program's file.
    pub fn suffix(&self) -> String {
        self.column.map_or(String::new(), |m| format!(".column-{m:02}")) + self.part.suffix()
    }
}

/// What a search for phases came to.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PhaseReport {
    /// "plus" or "minus".
    pub sign: &'static str,
    /// Phases of the circuit that was taken; `null` where it has none.
    pub phases: Option<&'static str>,
    /// Its gamma.
    pub gamma: f64,
    /// What no phases get gamma below.
    pub bound: f64,
    /// Whether a search ended before all its starts, being out of the work that it may take; `--phases nonnegative` does
    /// without any.
    pub cut: bool,
}

/// A block that cannot be compiled.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum CompileError {
    /// There is no such block.
    #[error("block {block} does not exist: the network has {blocks}")]
    NoSuchBlock {
        /// The number asked for, from 1.
        block: usize,
        /// How many there are.
        blocks: usize,
    },
    /// The weights cannot be encoded.
    #[error("block {block}: {source}")]
    Encoding {
        /// The block's number, from 1.
        block: usize,
        /// Why not.
        source: EncodingError,
    },
    /// The block would ignore an option.
    #[error("block {block}: {source}")]
    Option {
        /// The block's number, from 1.
        block: usize,
        /// Which, and why.
        source: OptionError,
    },
    /// The machine cannot have the circuit.
    #[error("block {block}: {source}")]
    Lowering {
        /// The block's number, from 1.
        block: usize,
        /// Why not.
        source: LoweringError,
        /// How a search for one circuit of both signs ended, where there was one.
        searched: Option<JointOutcome>,
    },
    /// The edges that one circuit is to have hold none of this block.
    #[error("block {block}: --edges: {source}")]
    Edges {
        /// The block's number, from 1.
        block: usize,
        /// Why not.
        source: EdgesError,
    },
    /// The input to prepare is none of this block.
    #[error("block {block}: input: {problem}")]
    Input {
        /// The block's number, from 1.
        block: usize,
        /// What is wrong.
        problem: String,
    },
    /// The error asked for is out of reach.
    #[error("block {block}: {source}")]
    Trotter {
        /// The block's number, from 1.
        block: usize,
        /// Why.
        source: TrotterError,
    },
}

/// Compiles block `number` (from 1): one program, or with `split` one for each sign that has entries; so many for each basis
/// state, in their order, where the input is to be chosen and the target's text has no inputs.
///
/// Register and ancilla of W_P come first, those of W_N after them; qubit i is measured into bit i, or, on a machine with
/// a coupling map, the qubit that it ends on. With layouts there are so many copies, each on the qubits that its layout says. By
/// [`Method::Exact`], `W_rec` agrees with W to rounding; by [`Method::Trotter`], to what the contract states.
///
/// # Errors
/// As [`check_block`]; entries too large to encode, product formulas that cannot reach the error, no room on the machine.
pub fn compile_block(
    network: &Network,
    number: usize,
    options: &CompileOptions,
) -> Result<Vec<Compiled>, CompileError> {
    compile_block_watched(network, number, options, &Unwatched)
}

/// The same while somebody watches the search of [`Method::Joint`].
///
/// # Errors
/// As [`compile_block`].
pub fn compile_block_watched(
    network: &Network,
    number: usize,
    options: &CompileOptions,
    watch: &dyn Watch,
) -> Result<Vec<Compiled>, CompileError> {
    let block = check_block(network, number, options)?;
    let mut signs = circuits(block, number, options)?;
    let form = block.form();
    let target = options.machine.target;
    let anywhere = options.machine.coupling.is_none() && options.copies == Copies::One;
    let bare = |method: &str| Contract {
        version: 1,
        network: network.name.clone(),
        block: number,
        dim: block.dim(),
        method: method.to_owned(),
        target: (target != Target::portable()).then(|| target.name.to_owned()),
        split: false,
        physical: !anywhere,
        prepared: None,
        columns: None,
        tiles: vec![],
        segment: None,
        signs: Signs::NONE,
    };
    // Where the machine has not both signs side by side, one circuit may have a place.
    let has_room = || anywhere || assemble(bare(Method::Exact.name()), signs.as_options(), false, options).is_ok();
    let (found, searched) = joint(block, &signs, options, has_room, watch).unzip();
    let mut form_found = None;
    let (method, one) = match (&options.method, found.flatten()) {
        (_, Some(found)) => {
            signs = found.signs.map(Some);
            form_found = found.form;
            (options.method.name(), true)
        }
        (Method::Joint(_), None) => (Method::Exact.name(), form.is_joint()),
        (method, None) => (method.name(), form.is_joint()),
    };
    let split = options.split && signs.present().count() == 2;
    let build = |part, signs: Signs<Option<&SignCircuit>>, column: Option<usize>| -> Result<Compiled, CompileError> {
        let prepared = match (&options.input, column) {
            (InputRule::Prepared(input), _) => Some(input.clone()),
            (_, column) => column.map(Prepared::Basis),
        };
        let contract = Contract { split, prepared, ..bare(method) };
        // Said once, of circuits that all columns share.
        let told = || signs.present().filter(|_| column.is_none_or(|m| m == 0));
        let trotter = told().filter_map(|(_, sign)| sign.trotter.clone()).collect();
        let phases = told().filter_map(|(sign, circuit)| phase_report(sign, circuit)).collect();
        let Assembled { program, clifford_t } = assemble(contract, signs, one, options).map_err(|source| {
            CompileError::Lowering { block: number, source, searched: searched.map(|one| one.outcome) }
        })?;
        Ok(Compiled {
            part,
            column,
            text: write(&program),
            trotter,
            phases,
            joint: searched,
            found: form_found.clone(),
            clifford_t,
        })
    };
    let build_all = |column: Option<usize>| -> Result<Vec<Compiled>, CompileError> {
        if !options.split {
            return Ok(vec![build(Part::Whole, signs.as_options(), column)?]);
        }
        let half = |(sign, circuit)| {
            let mut alone = Signs::NONE;
            alone[sign] = Some(circuit);
            build(Part::Half(sign), alone, column)
        };
        signs.present().map(half).collect()
    };
    if options.input == InputRule::Columns && Chooser::of(target).is_none() {
        let columns: Vec<Vec<Compiled>> =
            (0..block.dim()).into_par_iter().map(|m| build_all(Some(m))).collect::<Result<_, _>>()?;
        return Ok(columns.concat());
    }
    build_all(None)
}

/// Block `number` (from 1), if it can have what was asked for: what is known before any work is done.
///
/// # Errors
/// If there is no such block, an input that is none of this block, an option that it would ignore.
pub fn check_block<'a>(
    network: &'a Network,
    number: usize,
    options: &CompileOptions,
) -> Result<&'a Block, CompileError> {
    let blocks = network.blocks.len();
    let block = number
        .checked_sub(1)
        .and_then(|k| network.blocks.get(k))
        .ok_or(CompileError::NoSuchBlock { block: number, blocks })?;
    if let InputRule::Prepared(input) = &options.input
        && let Some(problem) = input.problem(block.dim())
    {
        return Err(CompileError::Input { block: number, problem });
    }
    options.check(block).map_err(|source| CompileError::Option { block: number, source })?;
    if let Method::Joint(_) = options.method {
        order(block, options).map_err(|source| CompileError::Edges { block: number, source })?;
    }
    Ok(block)
}

/// The circuits of a block: those that it gives, or the cheapest that its contractions have.
fn circuits(
    block: &Block,
    number: usize,
    options: &CompileOptions,
) -> Result<Signs<Option<SignCircuit>>, CompileError> {
    let form = block.form();
    if let Some(given) = form.circuit() {
        return Ok(SignCircuit::of_circuit(given, options).map(Some));
    }
    if let (true, Amplitudes::Exact { signs, gamma }) = (form.is_unitary(), form.amplitudes()) {
        return Ok(SignCircuit::of_unitaries(signs, gamma, options).map(Some));
    }
    let mut signs: Signs<Option<SignCircuit>> = Signs::NONE;
    // Factors fix the phases.
    let tried = if form.is_free() { candidates(options) } else { &[Phases::Complex][..] };
    let refused = |source| CompileError::Encoding { block: number, source };
    let encoder = BlockEncoder::new(block).map_err(refused)?;
    for &phases in tried {
        // Complex circuits take a quarter more gates, which no gamma makes up for where signs are this near the bound.
        let near = |(_, s): (Sign, &SignCircuit)| s.gamma <= NEAR_BOUND * s.bound;
        if phases == Phases::Complex && tried.len() > 1 && signs.present().all(near) {
            continue;
        }
        let rule = EncodingRule { gamma: options.gamma, phases, seed: options.seed };
        let contractions = encoder.contractions(rule).map_err(refused)?;
        // A search that finds nothing to gain gives the first candidate again.
        let again = |c: &Contraction| phases != Phases::Nonnegative && c.phases() == Phases::Nonnegative;
        let contractions = contractions.map(|c| c.filter(|c| tried.len() == 1 || !again(c)));
        let circuit = |(contraction, sign): (Option<Contraction>, Sign)| {
            let mut rng = stream_of(options.seed, number, sign);
            contraction.map(|c| SignCircuit::of_contraction(&c, options, &mut rng)).transpose()
        };
        let found = contractions.zip(Sign::BOTH).map_in_parallel(circuit).transpose();
        let found = found.map_err(|source| CompileError::Trotter { block: number, source })?;
        signs = signs.zip(found).map(|(best, found)| match (best, found) {
            (Some(best), Some(found)) => Some(best.or_cheaper(found)),
            (best, found) => best.or(found),
        });
    }
    Ok(signs)
}

/// Each sign of each block draws from a stream of its own, so that neither threads nor other blocks change what it sees.
fn stream_of(seed: u64, block: usize, sign: Sign) -> Rng {
    stream(seed, 2 * block as u64 + u64::from(sign == Sign::Minus))
}

/// What is told of a sign whose phases were looked for.
fn phase_report(sign: Sign, circuit: &SignCircuit) -> Option<PhaseReport> {
    let SignCircuit { gamma, bound, phases, search, .. } = circuit;
    let cut = search.as_ref()?.cut;
    Some(PhaseReport { sign: sign.name(), phases: phases.name(), gamma: *gamma, bound: *bound, cut })
}

/// The phases to try, in order.
fn candidates(options: &CompileOptions) -> &'static [Phases] {
    match (options.phases, options.gamma, &options.method) {
        (PhaseChoice::Fixed(Phases::Signs) | PhaseChoice::Demanded(Phases::Signs), ..) => &[Phases::Signs],
        (PhaseChoice::Fixed(Phases::Complex) | PhaseChoice::Demanded(Phases::Complex), ..) => &[Phases::Complex],
        (PhaseChoice::Cheapest, GammaRule::Own, Method::Exact | Method::Joint(_)) => {
            &[Phases::Nonnegative, Phases::Signs, Phases::Complex]
        }
        _ => &[Phases::Nonnegative],
    }
}

#[cfg(test)]
mod tests;
