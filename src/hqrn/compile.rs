//! A block to programs: encoding, synthesis, passes, text.

use crate::circuit::Circuit;
use crate::encoding::{Contraction, Dilation, EncodingError, GammaRule, contractions};
use crate::linalg::rng;
use crate::network::Network;
use crate::passes::{Basis, DropMeasuredPhases, Pass, Translate, TranslateError, simplify};
use crate::qasm::{Contract, Program, SignContract, write};
use crate::synthesis::exact::synthesise_dilation;
use std::collections::BTreeMap;

/// How to compile.
#[derive(Clone, Debug, PartialEq)]
pub struct CompileOptions {
    /// One gamma a sign or one for both.
    pub gamma: GammaRule,
    /// Seed of everything random; the same seed gives the same text.
    pub seed: u64,
    /// One program for each sign instead of one for both.
    pub split: bool,
    /// Rotations by at most this angle, in radians, are dropped.
    pub drop_tolerance: f64,
}

impl Default for CompileOptions {
    fn default() -> Self {
        // 10,000 dropped rotations of 1e-14 move the unitary by 5e-11 at the very most.
        CompileOptions { gamma: GammaRule::Own, seed: 0, split: false, drop_tolerance: 1e-14 }
    }
}

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
    /// The circuit cannot be written in the target's gates.
    #[error("block {block}: {source}")]
    Translate {
        /// The block's number, from 1.
        block: usize,
        /// Why not.
        source: TranslateError,
    },
}

/// Compiles block `number` (from 1): one program, or with `split` one for each sign that has entries.
///
/// Register and ancilla of W_P come first, those of W_N after them; qubit i is measured into bit i. Circuits are
/// exact: `W_rec` agrees with W to rounding.
///
/// # Errors
/// If there is no such block or its entries are too large to encode.
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
    let weight = &block.affine.weight;
    let (plus, minus) =
        contractions(weight, options.gamma).map_err(|source| CompileError::Encoding { block: number, source })?;
    let circuit = |contraction: &Option<Contraction>, sign: u64| {
        let contraction = contraction.as_ref()?;
        // Each sign draws from a stream of its own, so that threads cannot change what it sees.
        let mut rng = rng(options.seed.wrapping_add(2 * number as u64 + sign));
        let mut circuit = synthesise_dilation(&Dilation::of(contraction.matrix()), &mut rng);
        simplify(&mut circuit, options.drop_tolerance);
        let translated = Translate { basis: Basis::PORTABLE }.run(&mut circuit);
        Some(translated.map(|()| SignCircuit { gamma: contraction.gamma(), circuit }))
    };
    let (plus, minus) = rayon::join(|| circuit(&plus, 0), || circuit(&minus, 1));
    let untranslatable = |source| CompileError::Translate { block: number, source };
    let plus = plus.transpose().map_err(untranslatable)?;
    let minus = minus.transpose().map_err(untranslatable)?;

    let split = options.split && plus.is_some() && minus.is_some();
    let build = |part, plus: Option<&SignCircuit>, minus: Option<&SignCircuit>| {
        let program = assemble(&network.name, number, block.dim(), split, plus, minus);
        Compiled { part, text: write(&program) }
    };
    Ok(match (options.split, &plus, &minus) {
        (false, ..) => vec![build(Part::Whole, plus.as_ref(), minus.as_ref())],
        (true, ..) => {
            let plus = plus.as_ref().map(|p| build(Part::Plus, Some(p), None));
            let minus = minus.as_ref().map(|m| build(Part::Minus, None, Some(m)));
            plus.into_iter().chain(minus).collect()
        }
    })
}

/// The circuit of one sign: register below, ancilla on the highest qubit.
struct SignCircuit {
    gamma: f64,
    circuit: Circuit,
}

/// Puts the circuits of both signs side by side and measures everything.
fn assemble(
    network: &str,
    number: usize,
    dim: usize,
    split: bool,
    plus: Option<&SignCircuit>,
    minus: Option<&SignCircuit>,
) -> Program {
    let width = |sign: Option<&SignCircuit>| sign.map_or(0, |s| s.circuit.qubit_count());
    let total = width(plus) + width(minus);
    let mut circuit = Circuit::with_bits(total, total);
    let mut place = |sign: &SignCircuit, first: usize| {
        let ancilla = first + sign.circuit.qubit_count() - 1;
        let register: Vec<usize> = (first..ancilla).collect();
        circuit.append(&sign.circuit, &(first..=ancilla).collect::<Vec<_>>());
        SignContract {
            gamma: sign.gamma,
            input: register.clone(),
            output: register,
            accept: BTreeMap::from([(ancilla, 0)]),
        }
    };
    let plus_contract = plus.map(|sign| place(sign, 0));
    let minus_contract = minus.map(|sign| place(sign, width(plus)));
    for qubit in 0..total {
        circuit.measure(qubit, qubit).expect("every qubit is measured once, into a bit of its own");
    }
    DropMeasuredPhases.run(&mut circuit);
    let contract = Contract {
        version: 1,
        network: network.to_owned(),
        block: number,
        dim,
        method: "exact".to_owned(),
        split,
        plus: plus_contract,
        minus: minus_contract,
    };
    Program { circuit, contract }
}
