//! From an order to a job: programs on the machine's qubits, proved, what they promise, and how often each column runs.

use super::batches::{batches, batches_of};
use super::budget::budget;
use super::expected::Expected;
use super::ibm::{self, MOST_EXECUTIONS, Pub};
use super::ladder::Ground;
use super::placed::{PlacedError, expected_of};
use super::plan::{Held, PlannedBlock, PlannedTile, settings};
use super::price::Effort;
use super::provider::{Provider, many_circuits, program_sets};
use super::runs::dealt;
use crate::circuit::{Circuit, Cost, GateKind};
use crate::compiler::{Check, CompileError, CompileOptions, Method, VerifyError, compile_block, verify_block};
use crate::lowering::{Layout, LoweringError, place, tiles};
use crate::network::Network;
use crate::qasm::{self, Program};
use crate::run::ScoreVariance;
use crate::synthesis::joint::JointOptions;
use crate::target::{Machine, Target};
use crate::training::ShotMoments;
use rayon::prelude::*;
use serde_json::Value;

/// The most runs of a job: each is a setting that the machine's control has to load.
const MOST_RUNS: u64 = 6_400;

/// The most runs of a column in the mean: with more, shots are hardly dealt any better.
const RUNS_A_COLUMN: u64 = 16;

/// Rotations by less are left out, as elsewhere.
const DROP: f64 = 1e-14;

/// Blocks of at most this dimension become one circuit for both signs in no time, whatever their form.
const SMALL: usize = 16;

/// What is ordered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Order {
    /// Who takes the job.
    pub provider: Provider,
    /// Executions of circuits in all, those of all copies counted.
    pub executions: u64,
    /// Copies of every circuit, at most.
    pub tiles: usize,
    /// Whether the median place on the machine is taken, and not the best.
    pub median: bool,
    /// Whether all columns run equally often.
    pub even: bool,
    /// Whether qubits that wait relax, in what is promised: on machines they do, on fake ones they do not.
    pub waits: bool,
}

/// An order that cannot be met.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum OrderError {
    /// A block cannot be compiled for the machine.
    #[error(transparent)]
    Compile(#[from] CompileError),
    /// A program cannot be read back or compared.
    #[error("block {block}: {problem}")]
    Verify {
        /// The block's number, from 1.
        block: usize,
        /// Why not.
        problem: String,
    },
    /// Nothing can be promised of a program.
    #[error(transparent)]
    Placed(#[from] PlacedError),
    /// Too few executions.
    #[error("{executions} executions: {columns} columns on {copies} copies take at least {least}")]
    TooFew {
        /// Those that there are.
        executions: u64,
        /// Columns of all blocks.
        columns: u64,
        /// Copies of each circuit.
        copies: u64,
        /// One of each column on all copies.
        least: u64,
    },
    /// More than the provider takes.
    #[error("{executions} executions of {what}: {provider} takes at most {most}")]
    TooMany {
        /// Those that there would be.
        executions: u64,
        /// Of what.
        what: &'static str,
        /// Who.
        provider: &'static str,
        /// What it takes.
        most: u64,
    },
    /// A machine of another provider.
    #[error(
        "{machine}: reads programs for {target}, which {provider} does not take: give a machine of {provider}'s, or another --provider"
    )]
    Machine {
        /// What it is called.
        machine: String,
        /// Who reads its programs.
        target: &'static str,
        /// Who was to take the job.
        provider: &'static str,
    },
    /// Copies for a provider whose own compiler chooses qubits.
    #[error("{provider} chooses qubits itself: copies side by side, and lines other than the best, are for ibm")]
    Copies {
        /// Who.
        provider: &'static str,
    },
}

/// A job.
#[derive(Clone, Debug)]
pub struct Worked {
    /// The text of every block's program.
    pub texts: Vec<String>,
    /// What the plan says of every block.
    pub blocks: Vec<PlannedBlock>,
    /// What is promised of every block.
    pub expected: Vec<Expected>,
    /// Executions of a run.
    pub unit: u64,
    /// What the machine does.
    pub effort: Effort,
    /// The request.
    pub job: Value,
}

impl Worked {
    /// Executions of every column of every block, on each copy.
    pub fn shots(&self) -> Vec<Vec<u64>> {
        self.blocks.iter().map(|block| block.runs.iter().map(|runs| runs * self.unit).collect()).collect()
    }
}

/// Works out a job for the network that `ground` is of, by its training rows. `digest` names a text in the plan.
///
/// # Errors
/// If a block cannot be compiled, placed or simulated, or there are too few or too many executions.
pub fn work_out(
    ground: &Ground<'_>,
    machine: &Machine,
    order: &Order,
    digest: impl Fn(&str) -> String,
) -> Result<Worked, OrderError> {
    let network = ground.network();
    let provider = order.provider;
    if provider.target().is_some() && (order.tiles > 1 || order.median) {
        return Err(OrderError::Copies { provider: provider.name() });
    }
    if !provider.takes(machine.target) {
        let (provider, target) = (provider.name(), machine.target.name);
        return Err(OrderError::Machine { machine: machine.name.clone().into_owned(), target, provider });
    }
    let (texts, programs): (Vec<String>, Vec<Program>) = programs(network, machine, order)?.into_iter().unzip();
    let expected: Vec<Expected> =
        expected_of(network, &programs, machine, order.waits)?.into_iter().map(|(_, expected)| expected).collect();
    let copies = programs.iter().map(|program| program.contract.tile_count()).max().unwrap_or(1) as u64;
    let columns: u64 = network.blocks.iter().map(|block| block.dim() as u64).sum();
    let executions = order.executions / copies;
    if executions < columns {
        return Err(OrderError::TooFew { executions: order.executions, columns, copies, least: columns * copies });
    }
    let variance: Vec<Vec<f64>> = if order.even {
        network.blocks.iter().map(|block| vec![0.0; block.dim()]).collect()
    } else {
        let moments: Vec<Vec<ShotMoments>> = expected.iter().map(moments).collect();
        ScoreVariance::of_moments(network, &moments, ground.training()).columns
    };
    let request = match provider.most_columns() {
        None => at_once(&machine.name, &texts, &programs, &variance, executions)?,
        Some(most) => in_batches(ground.network(), machine, provider, &variance, executions, most)?,
    };
    let length = programs.iter().map(|program| length(program, machine)).fold(0.0, f64::max);
    let shots: u64 = request.runs.iter().flatten().sum::<u64>() * request.unit;
    let effort = Effort { executions: shots, tasks: request.tasks, length };
    let blocks = (0..texts.len())
        .map(|k| PlannedBlock {
            program: Held { file: format!("block-{:02}.qasm", k + 1), sha256: digest(&texts[k]) },
            two_qubit_gates: Cost::of(&programs[k].circuit).two_qubit_gates / programs[k].contract.tile_count(),
            tiles: tiles_of(&programs[k], &expected[k]),
            survival: budget(&programs[k], machine, order.waits),
            runs: request.runs[k].clone(),
        })
        .collect();
    Ok(Worked { texts, blocks, expected, unit: request.unit, effort, job: request.job })
}

/// What is sent, and how often each column is in it.
struct Request {
    runs: Vec<Vec<u64>>,
    unit: u64,
    tasks: u64,
    job: Value,
}

/// One request, in which a column is as often as it runs.
fn at_once(
    machine: &str,
    texts: &[String],
    programs: &[Program],
    variance: &[Vec<f64>],
    executions: u64,
) -> Result<Request, OrderError> {
    if executions > MOST_EXECUTIONS {
        let (what, provider) = ("programs", Provider::Ibm.name());
        return Err(OrderError::TooMany { executions, what, provider, most: MOST_EXECUTIONS });
    }
    let columns = variance.iter().map(Vec::len).sum::<usize>() as u64;
    let unit = executions.div_ceil((RUNS_A_COLUMN * columns).min(MOST_RUNS.max(columns)));
    let runs = dealt(variance, executions / unit).expect("more runs than columns");
    let values: Vec<Vec<Vec<f64>>> = (programs.iter().zip(&runs))
        .map(|(program, runs)| {
            let columns = program.contract.columns.as_ref().expect("programs of columns");
            settings(runs).map(|m| columns.setting(m)).collect()
        })
        .collect();
    let pubs: Vec<Pub<'_>> = texts.iter().zip(&values).map(|(program, values)| Pub { program, values }).collect();
    Ok(Request { runs, unit, tasks: 1, job: ibm::body(machine, &pubs, unit) })
}

/// A task for each batch, of programs on qubits that the provider chooses.
fn in_batches(
    network: &Network,
    machine: &Machine,
    provider: Provider,
    variance: &[Vec<f64>],
    executions: u64,
    most: usize,
) -> Result<Request, OrderError> {
    let mut runs: Vec<Vec<u64>> = variance.iter().map(|block| vec![0; block.len()]).collect();
    for batch in batches(variance, executions, most).expect("more executions than columns") {
        batch.columns.iter().for_each(|(block, m)| runs[*block][*m] = batch.shots);
    }
    let found = batches_of(&runs, most);
    let (largest, limit) = (found.iter().map(|batch| batch.shots).max().unwrap_or(0), provider.most_executions());
    if largest > limit {
        let (what, provider) = ("one column", provider.name());
        return Err(OrderError::TooMany { executions: largest, what, provider, most: limit });
    }
    // IonQ's own gates are spelt out of a text that has inputs.
    let target = provider.target().and_then(Target::named).expect("a target of the table");
    let own = (0..network.blocks.len()).into_par_iter().map(|k| {
        let options = CompileOptions { method: method(network, k), ..CompileOptions::default().with_columns() };
        checked(network, k, &options.with_target(target))
    });
    let own: Vec<(String, Program)> = own.collect::<Result<_, _>>()?;
    let (texts, programs): (Vec<String>, Vec<Program>) = own.into_iter().unzip();
    let job = match provider {
        Provider::Braket => program_sets(&found, &texts, &programs),
        _ => many_circuits(&machine.name, &network.name, &found, &programs),
    };
    Ok(Request { runs, unit: 1, tasks: found.len() as u64, job })
}

/// How block k, from 0, is synthesised.
fn method(network: &Network, k: usize) -> Method {
    let block = &network.blocks[k];
    let joint = block.dim() <= SMALL && !block.form().is_joint();
    if joint { Method::Joint(JointOptions::default()) } else { Method::Exact }
}

/// The program of every block on the machine's qubits, with its text, read back and compared with its weights.
fn programs(network: &Network, machine: &Machine, order: &Order) -> Result<Vec<(String, Program)>, OrderError> {
    let loose = Machine { coupling: None, figures: None, ..machine.clone() };
    let options = |k: usize, machine: Machine| CompileOptions {
        machine,
        method: method(network, k),
        ..CompileOptions::default().with_columns()
    };
    let blocks = 0..network.blocks.len();
    let placed = blocks.clone().into_par_iter().map(|k| -> Result<Vec<Vec<usize>>, OrderError> {
        let program = compiled(network, k, &options(k, loose.clone()))?.1;
        layouts(&program.circuit, machine, order)
            .map_err(|source| CompileError::Lowering { block: k + 1, source, searched: None }.into())
    });
    let placed: Vec<Vec<Vec<usize>>> = placed.collect::<Result<_, _>>()?;
    let one = |k: usize| checked(network, k, &options(k, machine.clone()).with_layouts(placed[k].clone()));
    blocks.into_par_iter().map(one).collect()
}

/// The program of block k, from 0, read back from its text and compared with its weights.
fn checked(network: &Network, k: usize, options: &CompileOptions) -> Result<(String, Program), OrderError> {
    let (text, program) = compiled(network, k, options)?;
    let wrong = |problem: String| OrderError::Verify { block: k + 1, problem };
    let found = verify_block(&[&program], &network.blocks[k], &Check::all(1e-9));
    match found.map_err(|error: VerifyError| wrong(error.to_string()))? {
        (verification, _) if verification.holds() => Ok((text, program)),
        (verification, _) => Err(wrong(format!("does not compute its weights: {:.3e} off", verification.max_error))),
    }
}

/// Where the copies of a circuit lie; nowhere where its pairs are not joined as they are, and it has to be routed.
fn layouts(circuit: &Circuit, machine: &Machine, order: &Order) -> Result<Vec<Vec<usize>>, LoweringError> {
    if machine.coupling.is_none() {
        // All qubits are joined: there is nothing to choose by pairs.
        return Ok(vec![]);
    }
    let found = tiles(circuit, machine, order.tiles.max(1))?;
    if found.len() == 1 && order.median {
        return Ok(vec![place(circuit, machine, &Layout::Median, 0, DROP)?.layout]);
    }
    Ok(found)
}

/// The program of block k, from 0, read back from its text.
fn compiled(network: &Network, k: usize, options: &CompileOptions) -> Result<(String, Program), OrderError> {
    let wrong = |problem: String| OrderError::Verify { block: k + 1, problem };
    let mut compiled = compile_block(network, k + 1, options)?;
    let (Some(one), true) = (compiled.pop(), compiled.is_empty()) else {
        return Err(wrong("several programs, expected one with inputs".into()));
    };
    let program = qasm::read(&one.text).map_err(|error| wrong(error.to_string()))?;
    Ok((one.text, program))
}

/// What a shot of every copy adds to W as it will be scaled, copies being averaged as [`super::Measured::estimate`] does.
fn moments(expected: &Expected) -> Vec<ShotMoments> {
    let survivals = expected.survivals();
    let all: f64 = survivals.iter().map(|s| s * s).sum();
    let of = |(tile, survival): (&super::ExpectedTile, f64)| {
        let worth = tile.reading.inverted(&tile.readout);
        // Weights s², each of what is divided by s.
        let share = survival / all.max(f64::MIN_POSITIVE);
        let mean = &worth * &tile.words * share;
        let square = worth.map(|g| g * g) * &tile.words * (share * share);
        ShotMoments { mean, square }
    };
    expected.tiles.iter().zip(survivals).map(of).collect()
}

/// Where every copy is: the qubits of its inputs, then those that it reads besides.
fn tiles_of(program: &Program, expected: &Expected) -> Vec<PlannedTile> {
    let of = |(t, tile): (usize, &super::ExpectedTile)| {
        let contract = program.contract.tile(t);
        let mut qubits: Vec<usize> = vec![];
        let read = tile.reading.bits().iter().filter_map(|bit| program.circuit.writer_of(*bit));
        let inputs = contract.signs.present().flat_map(|(_, read)| read.input.clone());
        for qubit in inputs.chain(read) {
            if !qubits.contains(&qubit) {
                qubits.push(qubit);
            }
        }
        PlannedTile { qubits, survival: tile.survival }
    };
    expected.tiles.iter().enumerate().map(of).collect()
}

/// Seconds from the first gate to the end of the last measurement, every gate as early as can be; lengths that are not told count nothing.
fn length(program: &Program, machine: &Machine) -> f64 {
    let Some(figures) = &machine.figures else { return 0.0 };
    let mut ready = vec![0.0f64; program.circuit.qubit_count()];
    for (_, operation) in program.circuit.operations() {
        let qubits: Vec<usize> = operation.qubits.iter().collect();
        let lasts = match qubits[..] {
            [_] if matches!(operation.gate.kind(), GateKind::Rz) => 0.0,
            [q] => figures.qubit(q).and_then(|qubit| qubit.gate.length).unwrap_or(0.0),
            [a, b] => figures.pair(a, b).and_then(|pair| pair.gate.length).unwrap_or(0.0),
            _ => 0.0,
        };
        let end = qubits.iter().map(|q| ready[*q]).fold(0.0, f64::max) + lasts;
        qubits.iter().for_each(|q| ready[*q] = end);
    }
    let measured = (0..ready.len()).filter(|q| program.circuit.measured_into(*q).is_some());
    measured
        .map(|q| ready[q] + figures.qubit(q).and_then(|qubit| qubit.readout_length).unwrap_or(0.0))
        .fold(0.0, f64::max)
}
