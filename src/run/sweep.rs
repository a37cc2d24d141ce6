//! Sweeps: the same samples through many settings, each finished point a record that outlives a kill.

use super::digest::Digest;
use super::{BlockTransitions, Inputs, Shots, Tally, run_quantum};
use crate::circuit::Cost;
use crate::compiler::{CompileError, CompileOptions, PhaseChoice, VerifyError, compile_block};
use crate::data::Samples;
use crate::encoding::{EncodingError, EncodingRule};
use crate::lowering::Layout;
use crate::network::{FirstStates, Network, run_classically, write_json};
use crate::qasm::{self, Program, ProgramError};
use crate::simulator::noise::{MachineNoise, Noise, NoiseModel, Trajectories, noisy_updates};
use crate::target::Machine;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// Where the probabilities of a run come from.
#[derive(Clone, Debug)]
pub enum Source {
    /// From the weights, `|M|²`, as ideal circuits have them.
    Weights(EncodingRule),
    /// From programs, one list a block: from what is in the files.
    Programs(Vec<Vec<Program>>),
    /// From circuits compiled here and now.
    Compiled(EncodingRule),
}

/// Noise on the circuits, and what is done about it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Disturbance {
    /// The rates.
    pub model: NoiseModel,
    /// Trajectories a basis state, where a circuit is too wide for density matrices.
    pub trajectories: usize,
    /// Whether readout errors are taken out again.
    pub mitigate: bool,
}

/// A machine to run on, by its figures.
#[derive(Clone, Debug)]
pub struct OnMachine {
    /// The machine.
    pub machine: Machine,
    /// Which of its qubits circuits are put on that are compiled here.
    pub layout: Layout,
    /// What it does to circuits.
    pub noise: MachineNoise,
}

impl OnMachine {
    /// With the noise of its figures, and with what becomes of qubits that wait for each other or without; `None` if it has no
    /// figures.
    pub fn new(machine: Machine, layout: Layout, waits: bool) -> Option<OnMachine> {
        let noise = MachineNoise::new(machine.figures.clone()?, waits);
        Some(OnMachine { machine, layout, noise })
    }

    /// What reports call it: its name and the date of its figures.
    pub fn shown(&self) -> String {
        format!("{}, {}", self.machine.name, self.noise.figures().date)
    }
}

/// A network at one stage of its training.
#[derive(Clone, Debug)]
pub struct Checkpoint {
    /// Its name.
    pub name: String,
    /// Its epoch, where the name says it.
    pub epoch: Option<u32>,
    /// The network.
    pub network: Network,
}

/// One network under one condition, for several numbers of shots.
#[derive(Clone, Debug)]
pub struct Variant<'a> {
    /// The network.
    pub checkpoint: &'a Checkpoint,
    /// α in place of the network's own.
    pub alpha: Option<f64>,
    /// Noise on its circuits.
    pub noise: Option<Disturbance>,
}

/// What a run costs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Budget {
    /// Shots a sample, over all blocks and signs; `null` for infinitely many.
    pub shots: Option<u64>,
    /// Copies of the first state that a sample takes: 4 Ns (sec. III of the paper), whatever the depth, half of that where
    /// both signs share their shots; `null` for infinitely many.
    pub copies: Option<u64>,
    /// CX gates of the circuits of all blocks, where there are circuits.
    pub cx: Option<usize>,
    /// The largest gamma of any sign.
    pub gamma: f64,
}

/// A finished point of a sweep.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Point {
    /// A digest of everything that determines the point.
    pub key: String,
    /// The checkpoint's name.
    pub checkpoint: String,
    /// Its epoch, where it has one.
    pub epoch: Option<u32>,
    /// α, if it was set.
    pub alpha: Option<f64>,
    /// How far angles of a layer are off, in radians, if they were turned.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub over_rotation: Option<f64>,
    /// Noise, if there was any; of a machine with figures, its means.
    pub noise: Option<Disturbance>,
    /// The machine whose figures the noise has, and their date.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub machine: Option<String>,
    /// Shots a sign and block.
    pub shots: Shots,
    /// Seed of the shots.
    pub seed: u64,
    /// What was counted.
    pub tally: Tally,
    /// What it cost.
    pub budget: Budget,
}

/// A variant that cannot run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// The weights cannot be encoded.
    #[error("block {block}: {source}")]
    Encoding {
        /// The block's number, from 1.
        block: usize,
        /// Why not.
        source: EncodingError,
    },
    /// The weights cannot be compiled.
    #[error(transparent)]
    Compile(#[from] CompileError),
    /// A program cannot be read back.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// Noise on many density matrices, which is not simulated.
    #[error("noise is simulated for diagonal samples, and for one density matrix by --state, not for a set of them")]
    NoisyStates,
    /// A program does not fit its block.
    #[error("block {block}: {source}")]
    Verify {
        /// The block's number, from 1.
        block: usize,
        /// Why not.
        source: VerifyError,
    },
}

/// What whoever waits for a variant may want to know.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stage {
    /// Its circuits will be simulated with noise on gates, in about so many updates of numbers ([`noisy_updates`]).
    Noisy(f64),
    /// The table of one more block is there.
    Table,
}

/// Everything that the variants of a sweep share.
#[derive(Clone, Debug)]
pub struct Sweep<'a> {
    /// Inputs and true classes.
    pub samples: &'a Samples,
    /// Where probabilities come from.
    pub source: &'a Source,
    /// Shots a sign and block, for each a point.
    pub shots: &'a [Shots],
    /// Seed of the shots and of trajectories.
    pub seed: u64,
    /// The machine whose noise it is, in place of a model's rates, and whose qubits circuits are compiled for.
    on: Option<&'a OnMachine>,
    /// Digest of the samples and the source.
    digest: Digest,
}

impl<'a> Sweep<'a> {
    /// A sweep over these samples.
    pub fn new(samples: &'a Samples, source: &'a Source, shots: &'a [Shots], seed: u64) -> Sweep<'a> {
        let mut digest = Digest::of(samples);
        match source {
            Source::Weights(rule) => digest.feed(format!("weights {rule:?}").as_bytes()),
            Source::Compiled(rule) => digest.feed(format!("compiled {rule:?}").as_bytes()),
            Source::Programs(programs) => {
                programs.iter().flatten().for_each(|program| digest.feed(qasm::write(program).as_bytes()));
            }
        }
        Sweep { samples, source, shots, seed, on: None, digest }
    }

    /// The same with the noise of a machine wherever a variant has any.
    #[must_use]
    pub fn on_machine(mut self, on: &'a OnMachine) -> Sweep<'a> {
        self.digest.feed(format!("{:?} {:?}", on.layout, on.noise).as_bytes());
        Sweep { on: Some(on), ..self }
    }

    /// The keys of a variant's points, one for each number of shots.
    pub fn keys(&self, variant: &Variant<'_>) -> Vec<String> {
        let mut digest = self.digest;
        digest.feed(write_json(&variant.network()).as_bytes());
        let noise = serde_json::to_string(&variant.noise).expect("rates are finite numbers");
        digest.feed(format!("{noise} {} {}", self.seed, env!("CARGO_PKG_VERSION")).as_bytes());
        self.shots.iter().map(|shots| digest.key(&shots.to_string())).collect()
    }

    /// Runs a variant at those of its numbers of shots that `wanted` picks by index, and hands over each point when it
    /// is done; `watch` is told how far the tables are.
    ///
    /// # Errors
    /// If the network cannot be encoded or compiled, or programs do not fit.
    ///
    /// # Panics
    /// If samples do not fit the network.
    pub fn run(
        &self,
        variant: &Variant<'_>,
        wanted: &[usize],
        watch: impl Fn(Stage) + Sync,
        mut done: impl FnMut(Point),
    ) -> Result<(), RunError> {
        if wanted.is_empty() {
            return Ok(());
        }
        let network = variant.network();
        let (transitions, cx) = self.transitions(&network, variant.noise.as_ref(), &watch)?;
        let inputs = &self.samples.inputs;
        let first = if self.samples.density { FirstStates::given(inputs) } else { FirstStates::of(&network, inputs) };
        let mut classical = run_classically(&network, &first.states);
        classical.dead += first.dead;
        let classes = network.head.as_ref().map_or(0, |head| head.bias.len());
        let keys = self.keys(variant);
        for &i in wanted {
            let shots = self.shots[i];
            let mut quantum = run_quantum(&network, &transitions, &first.states, shots, self.seed);
            quantum.dead += first.dead;
            done(Point {
                key: keys[i].clone(),
                checkpoint: variant.checkpoint.name.clone(),
                epoch: variant.checkpoint.epoch,
                over_rotation: None,
                alpha: variant.alpha,
                noise: variant.noise,
                machine: variant.noise.and(self.on).map(OnMachine::shown),
                shots,
                seed: self.seed,
                tally: Tally::of(&classical, &quantum, self.samples, classes),
                budget: budget(&transitions, shots, cx),
            });
        }
        Ok(())
    }

    /// A table for each block, and the CX of all circuits where there are any.
    fn transitions(
        &self,
        network: &Network,
        noise: Option<&Disturbance>,
        watch: &(impl Fn(Stage) + Sync),
    ) -> Result<(Vec<BlockTransitions>, Option<usize>), RunError> {
        let inputs = if self.samples.density { Inputs::General } else { Inputs::Diagonal };
        if inputs == Inputs::General && noise.is_some() {
            return Err(RunError::NoisyStates);
        }
        let compiled;
        let programs = match self.source {
            Source::Weights(rule) if noise.is_none() => {
                let table = |k: usize| {
                    BlockTransitions::of_weights(&network.blocks[k], *rule, inputs)
                        .inspect(|_| watch(Stage::Table))
                        .map_err(|source| RunError::Encoding { block: k + 1, source })
                };
                return Ok((each(network.blocks.len(), table)?, None));
            }
            Source::Programs(programs) => programs,
            Source::Weights(rule) | Source::Compiled(rule) => {
                compiled = match self.on {
                    Some(on) => compile_on(network, *rule, &on.machine, &on.layout)?,
                    None => compile_all(network, *rule)?,
                };
                &compiled
            }
        };
        let cx = programs.iter().flatten().map(|program| Cost::of(&program.circuit).two_qubit_gates).sum();
        let noise = noise.map(|noise| {
            let model: &dyn Noise = self.on.map_or(&noise.model, |on| &on.noise);
            (noise, model)
        });
        if let Some((Disturbance { trajectories, .. }, model)) = noise {
            let trajectories = Trajectories { count: *trajectories, seed: self.seed };
            let of = |program: &Program| {
                let columns = if program.contract.prepares() { 1 } else { program.contract.dim };
                noisy_updates(&program.circuit, columns, model, &trajectories)
            };
            watch(Stage::Noisy(programs.iter().flatten().map(of).sum()));
        }
        let table = |k: usize| {
            let (block, programs): (_, Vec<&Program>) = (&network.blocks[k], programs[k].iter().collect());
            match noise {
                None => BlockTransitions::of_programs(&programs, block, inputs),
                Some((Disturbance { trajectories, mitigate, .. }, model)) => {
                    let trajectories = Trajectories { count: *trajectories, seed: self.seed };
                    BlockTransitions::of_noisy_programs(&programs, block, model, &trajectories, *mitigate)
                }
            }
            .inspect(|_| watch(Stage::Table))
            .map_err(|source| RunError::Verify { block: k + 1, source })
        };
        Ok((each(network.blocks.len(), table)?, Some(cx)))
    }
}

impl Variant<'_> {
    /// The network with this variant's α.
    pub fn network(&self) -> Network {
        let mut network = self.checkpoint.network.clone();
        if let Some(alpha) = self.alpha {
            network.blocks.iter_mut().for_each(|block| block.alpha = alpha);
            network.expect = None;
        }
        network
    }
}

/// Compiles every block and reads the texts back.
///
/// # Errors
/// If a block cannot be compiled.
pub fn compile_all(network: &Network, rule: impl Into<EncodingRule>) -> Result<Vec<Vec<Program>>, RunError> {
    compile_on(network, rule, &Machine::default(), &Layout::Best)
}

/// The same for a machine, on the qubits of a layout.
///
/// # Errors
/// As [`compile_all`], and a machine without room.
pub fn compile_on(
    network: &Network,
    rule: impl Into<EncodingRule>,
    machine: &Machine,
    layout: &Layout,
) -> Result<Vec<Vec<Program>>, RunError> {
    let EncodingRule { gamma, phases, seed } = rule.into();
    let options = CompileOptions { gamma, phases: PhaseChoice::Fixed(phases), seed, ..CompileOptions::default() };
    let options = options.with_machine(machine.clone(), layout.clone());
    let block = |k| -> Result<Vec<Program>, RunError> {
        let texts = compile_block(network, k + 1, &options)?;
        texts.iter().map(|compiled| Ok(qasm::read(&compiled.text)?)).collect()
    };
    each(network.blocks.len(), block)
}

/// The same of every block, on all cores, and in order.
///
/// # Errors
/// That of the first block that has one.
fn each<T: Send>(blocks: usize, of: impl Fn(usize) -> Result<T, RunError> + Send + Sync) -> Result<Vec<T>, RunError> {
    let found: Vec<Result<T, RunError>> = (0..blocks).into_par_iter().map(of).collect();
    found.into_iter().collect()
}

fn budget(transitions: &[BlockTransitions], shots: Shots, cx: Option<usize>) -> Budget {
    let gamma =
        transitions.iter().flat_map(|t| t.signs.present()).fold(0.0f64, |gamma, (_, table)| gamma.max(table.gamma));
    let circuits = |table: &BlockTransitions| if table.joint { 1 } else { table.signs.present().count() as u64 };
    let times = |factor: u64| match shots {
        Shots::Finite(n) => n.checked_mul(factor),
        Shots::Infinite => None,
    };
    // Signs that share their shots take a copy for both.
    let copies = if transitions.iter().all(|table| table.joint) { 2 } else { 4 };
    Budget { shots: times(transitions.iter().map(circuits).sum()), copies: times(copies), cx, gamma }
}

#[cfg(test)]
mod tests;
