//! Compile a block, read its text back, measure and verify what was read.

use super::assemble::CliffordTReport;
use super::comparison::{Check, Verification, VerifyError};
use super::compile::{CompileError, Compiled, PhaseReport, compile_block_watched};
use super::joint::JointReport;
use super::manifest::ManifestBlock;
use super::options::CompileOptions;
use super::proof::prove_block;
use super::verify::verify_block;
use crate::circuit::{Circuit, Cost, turned};
use crate::linalg::RealMatrix;
use crate::network::{Network, Variational};
use crate::qasm::{Prepared, Program, ProgramError, read};
use crate::signs::Sign;
use crate::synthesis::joint::{Unwatched, Watch};
use crate::synthesis::trotter::TrotterReport;
use crate::target::Misfit;
use std::collections::BTreeMap;
use std::time::Instant;

/// A compiled block with what was measured on its text.
#[derive(Clone, Debug)]
pub struct BlockReport {
    /// Its programs.
    pub programs: Vec<Compiled>,
    /// The programs as they read back, in the same order.
    pub read_back: Vec<Program>,
    /// Counts and normalisations; its `programs` are empty until files are named.
    pub summary: ManifestBlock,
    /// What product formulas made of its signs, plus before minus; empty where the method is exact.
    pub trotter: Vec<TrotterReport>,
    /// How phases were looked for, for those of its signs where they were.
    pub phases: Vec<PhaseReport>,
    /// What came of the search for one circuit, where there was one.
    pub joint: Option<JointReport>,
    /// What approximating rotations came to, a report for each program, where the target's gates have no angles.
    pub clifford_t: Vec<CliffordTReport>,
    /// The circuit that was found, as a form of the block; `None` where none was, or it has gates that forms have not.
    pub found: Option<Variational>,
    /// The comparison with the weights, if asked for.
    pub verification: Option<Verification>,
    /// What the text computes, with the shape of W, if all its columns were verified.
    pub reconstructed: Option<RealMatrix>,
    /// Wall time of compiling and verifying.
    pub seconds: f64,
}

impl BlockReport {
    /// Whether the programs were compared with the weights and compute them.
    pub fn holds(&self) -> bool {
        self.verification.as_ref().is_some_and(Verification::holds)
    }

    /// By how much gates on two qubits turn in the programs that [`summary`](Self::summary) counts, in radians.
    pub fn turned(&self) -> f64 {
        turned_in(&dearest(&self.read_back))
    }
}

/// Why there is no report.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ReportError {
    /// The block cannot be compiled.
    #[error(transparent)]
    Compile(#[from] CompileError),
    /// The text just written does not read back: a defect of this crate.
    #[error("block {block}: the text written does not read back: {source}")]
    ReadBack {
        /// The block's number, from 1.
        block: usize,
        /// What the reader says.
        source: ProgramError,
    },
    /// The program just written is not for its machine: a defect of this crate.
    #[error("block {block}: the program is not for its machine: {source}")]
    Misfit {
        /// The block's number, from 1.
        block: usize,
        /// What does not fit.
        source: Misfit,
    },
    /// The text cannot be simulated.
    #[error("block {block}: {source}")]
    Verify {
        /// The block's number, from 1.
        block: usize,
        /// Why not.
        source: VerifyError,
    },
}

/// Compiles block `number` (from 1), reads the text back, holds it against the machine, counts its gates and, given a check, compares what it computes
/// with the weights.
///
/// # Errors
/// If the block cannot be compiled or its text not be simulated. A verification that fails is no error here.
pub fn compile_and_measure(
    network: &Network,
    number: usize,
    options: &CompileOptions,
    check: Option<&Check>,
) -> Result<BlockReport, ReportError> {
    compile_and_measure_watched(network, number, options, check, &Unwatched)
}

/// The same while somebody watches the search of [`Method::Joint`](super::Method::Joint).
///
/// # Errors
/// As [`compile_and_measure`].
pub fn compile_and_measure_watched(
    network: &Network,
    number: usize,
    options: &CompileOptions,
    check: Option<&Check>,
    watch: &dyn Watch,
) -> Result<BlockReport, ReportError> {
    let start = Instant::now();
    let programs = compile_block_watched(network, number, options, watch)?;
    let read_back: Vec<Program> = programs
        .iter()
        .map(|p| read(&p.text).map_err(|source| ReportError::ReadBack { block: number, source }))
        .collect::<Result<_, _>>()?;
    let misfit = read_back.iter().find_map(|program| options.machine.check(&program.circuit).err());
    if let Some(source) = misfit {
        return Err(ReportError::Misfit { block: number, source });
    }
    let members: Vec<&Program> = read_back.iter().collect();
    let verified = check
        .map(|check| verify_block(&members, &network.blocks[number - 1], check))
        .transpose()
        .map_err(|source| ReportError::Verify { block: number, source })?;
    let (verification, reconstructed) = verified.map_or((None, None), |(v, matrix)| (Some(v), matrix));
    // Of all columns or none, and no reason to refuse a program: what is allowed is compared with what was computed.
    let whole = check.is_some_and(|check| check.sample.is_none());
    let proof = whole.then(|| prove_block(&members, &network.blocks[number - 1]).ok()).flatten();
    let proved = proof.map(|proof| proof.bound).filter(|bound| bound.is_finite());
    Ok(BlockReport {
        summary: ManifestBlock { proved, ..summarise(number, &read_back) },
        trotter: programs.iter().flat_map(|p| &p.trotter).cloned().collect(),
        phases: programs.iter().flat_map(|p| &p.phases).copied().collect(),
        joint: programs.iter().find_map(|p| p.joint),
        clifford_t: programs.iter().filter_map(|p| p.clifford_t).collect(),
        found: programs.iter().find_map(|p| p.found.clone()),
        programs,
        read_back,
        verification,
        reconstructed,
        seconds: start.elapsed().as_secs_f64(),
    })
}

/// The programs that run together; where there are such programs for each basis state, the dearest.
fn dearest(programs: &[Program]) -> Vec<&Program> {
    let mut together = BTreeMap::<Option<usize>, Vec<&Program>>::new();
    for program in programs {
        let column = if let Some(Prepared::Basis(m)) = program.contract.prepared { Some(m) } else { None };
        together.entry(column).or_default().push(program);
    }
    let sets = together.into_values();
    // Of as many gates, those that turn most.
    let order = |a: &Vec<&Program>, b: &Vec<&Program>| {
        counts(a).cmp(&counts(b)).then_with(|| turned_in(a).total_cmp(&turned_in(b)))
    };
    sets.max_by(order).expect("a block has programs")
}

/// Gates on two qubits, their depth, and gates on one of programs that run together.
fn counts(programs: &[&Program]) -> (usize, usize, usize) {
    let costs: Vec<Cost> = programs.iter().map(|p| Cost::of(&p.circuit)).collect();
    let one_qubit = |p: &&Program| p.circuit.operations().filter(|(_, o)| o.gate.arity() == 1).count();
    let depth = costs.iter().map(|c| c.two_qubit_depth).max().unwrap_or(0);
    (costs.iter().map(|c| c.two_qubit_gates).sum(), depth, programs.iter().map(one_qubit).sum())
}

/// By how much gates on two qubits turn in programs that run together.
fn turned_in(programs: &[&Program]) -> f64 {
    programs.iter().map(|program| turned(&program.circuit)).sum()
}

/// Counts of the programs that run together, the dearest.
fn summarise(block: usize, programs: &[Program]) -> ManifestBlock {
    let programs = dearest(programs);
    let contracts = || programs.iter().map(|p| &p.contract);
    let (cx, cx_depth, one_qubit_gates) = counts(&programs);
    ManifestBlock {
        block,
        programs: vec![],
        qubits: programs.iter().map(|p| used_qubits(&p.circuit)).sum(),
        cx,
        cx_depth,
        one_qubit_gates,
        gamma: Sign::BOTH.map(|sign| contracts().find_map(|c| c.signs[sign].as_ref()).map(|read| read.gamma)),
        proved: None,
    }
}

/// How many qubits a circuit has to do with: on a machine, most are idle.
fn used_qubits(circuit: &Circuit) -> usize {
    (0..circuit.qubit_count()).filter(|&q| circuit.measured_into(q).is_some() || circuit.last_on(q).is_some()).count()
}
