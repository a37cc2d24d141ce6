//! A block to programs: encoding, synthesis, passes, text.

use super::assemble::{AssemblyError, SignCircuit, assemble};
use crate::circuit::{Circuit, Cost, Gate};
use crate::encoding::{Contraction, Dilation, EncodingError, EncodingRule, GammaRule, Phases, block_contractions};
use crate::network::{Form, Network, Step, Variational};
use crate::passes::simplify;
use crate::qasm::{Contract, Prepared, write};
use crate::random::{Rng, rng};
use crate::synthesis::exact::{Synthesised, synthesise_contraction, synthesise_measured_pair};
use crate::synthesis::trotter::{TrotterError, TrotterOptions, TrotterReport, Trotterised, synthesise_trotter};
use crate::target::{Coupling, Target};
use nalgebra::Matrix4;

/// How to compile.
#[derive(Clone, Debug, PartialEq)]
pub struct CompileOptions {
    /// One gamma a sign or one for both.
    pub gamma: GammaRule,
    /// Which phases the entries of M± may have.
    pub phases: PhaseChoice,
    /// Seed of everything random; the same seed gives the same text.
    pub seed: u64,
    /// One program for each sign instead of one for both.
    pub split: bool,
    /// Rotations by at most this angle, in radians, are dropped.
    pub drop_tolerance: f64,
    /// How dilations become circuits.
    pub method: Method,
    /// Who programs are written for.
    pub target: &'static Target,
    /// An input that programs prepare themselves.
    pub input: Option<Prepared>,
    /// The machine whose qubits programs are routed on; without it, every qubit can be joined with every other.
    pub coupling: Option<Coupling>,
}

/// How phases are chosen. They are free where the input is diagonal (docs/method.md, section 3); for general density
/// matrices they are part of what a block computes, and only [`Phases::Nonnegative`] is W.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhaseChoice {
    /// Those for which a sign needs the fewest shots times CX. Product formulas and a shared gamma are the paper's way:
    /// they keep to nonnegative entries.
    Cheapest,
    /// These.
    Fixed(Phases),
}

/// How dilations become circuits.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Method {
    /// Exactly, by structured decomposition.
    #[default]
    Exact,
    /// Approximately, by product formulas; the error is stated in the contract.
    Trotter(TrotterOptions),
}

impl Method {
    /// What the contract calls it.
    pub fn name(&self) -> &'static str {
        match self {
            Method::Exact => "exact",
            Method::Trotter(_) => "trotter",
        }
    }
}

impl Default for CompileOptions {
    fn default() -> Self {
        // 10,000 dropped rotations of 1e-14 move the unitary by 5e-11 at the very most.
        CompileOptions {
            gamma: GammaRule::Own,
            // What computes W whatever the input.
            phases: PhaseChoice::Fixed(Phases::Nonnegative),
            seed: 0,
            split: false,
            drop_tolerance: 1e-14,
            method: Method::Exact,
            target: Target::portable(),
            input: None,
            coupling: None,
        }
    }
}

/// Signs that come within this factor of gamma* leave nothing for complex phases to gain.
const NEAR_BOUND: f64 = 1.2;

/// Which signs a program holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Everything the block needs.
    Whole,
    /// The circuit of W_P, by `split`.
    Plus,
    /// The circuit of W_N, by `split`.
    Minus,
}

impl Part {
    /// What comes before `.qasm` in the name of the program's file.
    pub fn suffix(self) -> &'static str {
        match self {
            Part::Whole => "",
            Part::Plus => ".plus",
            Part::Minus => ".minus",
        }
    }
}

/// A program of a block, as text.
#[derive(Clone, Debug, PartialEq)]
pub struct Compiled {
    /// Which signs it holds.
    pub part: Part,
    /// Portable OpenQASM 3.
    pub text: String,
    /// What product formulas made of its signs, plus before minus; empty where the method is exact.
    pub trotter: Vec<TrotterReport>,
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
    /// The circuit cannot be written for the target.
    #[error("block {block}: {source}")]
    Assembly {
        /// The block's number, from 1.
        block: usize,
        /// Why not.
        source: AssemblyError,
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

/// Compiles block `number` (from 1): one program, or with `split` one for each sign that has entries.
///
/// Register and ancilla of W_P come first, those of W_N after them; qubit i is measured into bit i, or, on a machine with
/// a coupling map, the qubit that it ends on. By
/// [`Method::Exact`], `W_rec` agrees with W to rounding; by [`Method::Trotter`], to what the contract states.
///
/// # Errors
/// If there is no such block, its entries are too large to encode, or product formulas cannot reach the error.
pub fn compile_block(
    network: &Network,
    number: usize,
    options: &CompileOptions,
) -> Result<Vec<Compiled>, CompileError> {
    let blocks = network.blocks.len();
    let block = number
        .checked_sub(1)
        .and_then(|k| network.blocks.get(k))
        .ok_or(CompileError::NoSuchBlock { block: number, blocks })?;
    let mut signs = [None, None];
    // Factors and unitaries fix the phases.
    let tried = if block.form == Form::Weight { candidates(options) } else { &[Phases::Complex][..] };
    for &phases in tried {
        // Complex circuits take a quarter more gates, which no gamma makes up for where signs are this near the bound.
        let near = |sign: &Option<SignCircuit>| sign.as_ref().is_none_or(|s| s.gamma <= NEAR_BOUND * s.bound);
        if phases == Phases::Complex && tried.len() > 1 && signs.iter().all(near) {
            continue;
        }
        let rule = EncodingRule { gamma: options.gamma, phases, seed: options.seed };
        let (plus, minus) =
            block_contractions(block, rule).map_err(|source| CompileError::Encoding { block: number, source })?;
        let circuit = |contraction: &Option<Contraction>, sign: u64| {
            // Each sign draws from a stream of its own, so that threads cannot change what it sees.
            let mut rng = rng(options.seed.wrapping_add(2 * number as u64 + sign));
            // A search that finds nothing to gain gives the first candidate again.
            let again = |c: &&Contraction| phases != Phases::Nonnegative && c.phases() == Phases::Nonnegative;
            let tried = contraction.as_ref().filter(|c| tried.len() == 1 || !again(c));
            if block.unitaries().is_some() {
                return Ok(tried.map(|contraction| unitary_circuit(contraction, options)));
            }
            if let Some(given) = block.circuit() {
                return Ok(Some(variational_circuit(given, sign == 1, options)));
            }
            tried.map(|contraction| sign_circuit(contraction, number, options, &mut rng)).transpose()
        };
        let (plus, minus) = rayon::join(|| circuit(&plus, 0), || circuit(&minus, 1));
        for (best, found) in signs.iter_mut().zip([plus?, minus?]) {
            let better = match (&best, &found) {
                (Some(best), Some(found)) => price(found) < price(best),
                (None, found) => found.is_some(),
                _ => false,
            };
            if better {
                *best = found;
            }
        }
    }
    let [plus, minus] = signs;
    let (given, joint) = (block.unitaries().is_some() || block.circuit().is_some(), block.circuit().is_some());

    let split = options.split && plus.is_some() && minus.is_some();
    if let Some(problem) = options.input.as_ref().and_then(|input| input.problem(block.dim())) {
        return Err(CompileError::Input { block: number, problem });
    }
    let build = |part, plus: Option<&SignCircuit>, minus: Option<&SignCircuit>| -> Result<Compiled, CompileError> {
        let contract = Contract {
            version: 1,
            network: network.name.clone(),
            block: number,
            dim: block.dim(),
            method: if given { Method::Exact.name() } else { options.method.name() }.to_owned(),
            target: (options.target != Target::portable()).then(|| options.target.name.to_owned()),
            split,
            physical: options.coupling.is_some(),
            prepared: options.input.clone(),
            plus: None,
            minus: None,
        };
        let trotter = [plus, minus].into_iter().flatten().filter_map(|sign| sign.trotter.clone()).collect();
        let program = assemble(contract, plus, minus, joint, options)
            .map_err(|source| CompileError::Assembly { block: number, source })?;
        Ok(Compiled { part, text: write(&program), trotter })
    };
    match (options.split, &plus, &minus) {
        (false, ..) => Ok(vec![build(Part::Whole, plus.as_ref(), minus.as_ref())?]),
        (true, ..) => {
            let plus = plus.as_ref().map(|p| build(Part::Plus, Some(p), None));
            let minus = minus.as_ref().map(|m| build(Part::Minus, None, Some(m)));
            plus.into_iter().chain(minus).collect()
        }
    }
}

/// The phases to try, in order.
fn candidates(options: &CompileOptions) -> &'static [Phases] {
    match (options.phases, options.gamma, &options.method) {
        (PhaseChoice::Fixed(Phases::Signs), ..) => &[Phases::Signs],
        (PhaseChoice::Fixed(Phases::Complex), ..) => &[Phases::Complex],
        (PhaseChoice::Cheapest, GammaRule::Own, Method::Exact) => {
            &[Phases::Nonnegative, Phases::Signs, Phases::Complex]
        }
        _ => &[Phases::Nonnegative],
    }
}

/// Shots times gates, up to a factor: shots grow with gamma, and reading a qubit costs about as much as a gate.
fn price(sign: &SignCircuit) -> f64 {
    let circuit = &sign.parts.circuit;
    sign.gamma * (Cost::of(circuit).two_qubit_gates + circuit.qubit_count()) as f64
}

/// Dilates, synthesises and simplifies one sign of block `number`.
fn sign_circuit(
    contraction: &Contraction,
    number: usize,
    options: &CompileOptions,
    rng: &mut Rng,
) -> Result<SignCircuit, CompileError> {
    let (mut parts, trotter) = match &options.method {
        Method::Exact => (synthesise_contraction(contraction.matrix(), rng), None),
        Method::Trotter(trotter) => {
            let dilation = Dilation::of(contraction.matrix());
            let Trotterised { circuit, report } = synthesise_trotter(&dilation, trotter, rng)
                .map_err(|source| CompileError::Trotter { block: number, source })?;
            let n = dilation.qubits();
            (Synthesised { circuit, output: (0..n).collect(), ancillas: vec![n] }, Some(report))
        }
    };
    simplify(&mut parts.circuit, options.drop_tolerance);
    let error = trotter.as_ref().map(|report| stated(report.error));
    Ok(SignCircuit {
        gamma: contraction.gamma(),
        bound: contraction.bound(),
        phases: contraction.phases(),
        parts,
        accept: 0,
        error,
        trotter,
    })
}

/// The circuit of a two-qubit unitary, which is exact whatever the method and has no phases to choose.
fn unitary_circuit(contraction: &Contraction, options: &CompileOptions) -> SignCircuit {
    let mut circuit = synthesise_measured_pair(&Matrix4::from_fn(|i, j| contraction.matrix()[(i, j)]));
    simplify(&mut circuit, options.drop_tolerance);
    SignCircuit {
        gamma: contraction.gamma(),
        bound: contraction.bound(),
        phases: Phases::Nonnegative,
        parts: Synthesised { circuit, output: vec![0, 1], ancillas: vec![] },
        accept: 0,
        error: None,
        trotter: None,
    }
}

/// A circuit that the network gives, which computes both signs: its last qubit reads 0 for W_P and 1 for W_N.
fn variational_circuit(given: &Variational, minus: bool, options: &CompileOptions) -> SignCircuit {
    let sign = given.qubits() - 1;
    let mut circuit = Circuit::new(given.qubits());
    for step in &given.steps {
        match *step {
            Step::Ry(qubit, angle) => circuit.push(Gate::Ry(angle), &[qubit]),
            Step::Rz(qubit, angle) => circuit.push(Gate::Rz(angle), &[qubit]),
            Step::Cz(a, b) => circuit.push(Gate::Cz, &[a, b]),
        };
    }
    simplify(&mut circuit, options.drop_tolerance);
    SignCircuit {
        gamma: given.gamma,
        bound: given.gamma,
        phases: Phases::Complex,
        parts: Synthesised { circuit, output: (0..sign).collect(), ancillas: vec![sign] },
        accept: u8::from(minus),
        error: None,
        trotter: None,
    }
}

/// A measured error as a contract states it: three digits, rounded up.
fn stated(error: f64) -> f64 {
    let error = error.max(1e-12);
    // Through text: a product with a power of ten would show its rounding.
    let rounded = format!("{error:.2e}").parse().unwrap_or(error);
    let digit = 10f64.powi(error.log10().floor() as i32 - 2);
    let up: f64 = if rounded < error { format!("{:.2e}", rounded + digit).parse().unwrap_or(2.0) } else { rounded };
    up.min(2.0)
}

#[cfg(test)]
mod tests;
