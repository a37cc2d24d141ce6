//! `hqrn-verify`: does every program still compute its weights?

mod certificate;
mod layers;
mod segments;

use crate::circuit::Circuit;
use crate::cli::arguments::{Common, Comparison, main_of};
use crate::cli::inputs::{
    amplitudes_of, group_files, layers_of, machine_files, note_other_names, read_blocks, read_blocks_to_check,
    read_coupling, read_machine, read_model, read_text, residual,
};
use crate::cli::listed::list_programs;
use crate::cli::outputs::{need_places, spare_inputs};
use crate::cli::printing::{FAILED, Failure, HOLDS, fail, print};
use crate::cli::progress::Progress;
use crate::cli::reports::{Problem, VerifiedBlock, VerifyReport};
use crate::cli::table::{Table, number, shown_error};
use crate::compiler::{Proof, Verification, VerifyError, prove_block, verify_block};
use crate::files::shown_input;
use crate::qasm::{self, Prepared, Program, ProgramError};
use crate::target::{Machine, Target};
use clap::Parser;
use rayon::prelude::*;
use std::collections::BTreeSet;
use std::ffi::OsString;
use std::path::PathBuf;
use std::process::ExitCode;

const EXAMPLES: &str = "Examples:
  hqrn-verify block.qasm --weights circuits/four.json
  hqrn-verify out/ --weights circuits/digits.json         a folder with its manifest, whole
  hqrn-verify b.plus.qasm b.minus.qasm --weights net.json both halves of a split program
  hqrn-verify block.qasm --weights net.json --block 3     against another block than its own
  hqrn-verify back.qasm --weights net.json --contract block.qasm   what a transpiler made of it
  hqrn-verify layer-01.qasm --weights circuits/digits-quanvolution.json   for every image
  hqrn-verify head.qasm --weights circuits/iris-qrfnn.json   an amplitude network, for every input
  hqrn-verify *.qasm --weights net.json --complete --json=report.json   in a CI job
  hqrn-verify out/ --weights net.json --certify cert.json   for examples/check_certificate.py

Exit codes: 0 every program computes its weights, 1 one does not, 2 bad input.";

/// The command's name.
const COMMAND: &str = "hqrn-verify";

/// Simulate compiled programs and compare what they compute with the weights
#[derive(Parser, Debug)]
#[command(name = COMMAND, version, allow_negative_numbers = true, after_help = EXAMPLES)]
struct Cli {
    /// Programs, or folders with a manifest.json; - reads a program from standard input
    #[arg(required_unless_present_any = ["completions", "man", "report_schema"], value_name = "PROGRAM")]
    programs: Vec<PathBuf>,
    /// The weights, as JSON or .safetensors
    #[arg(short, long, required_unless_present_any = ["completions", "man", "report_schema"])]
    weights: Option<PathBuf>,
    /// Compare with this block, layer or segment of the weights, counting from 1, instead of the one the program names
    #[arg(long, visible_aliases = ["layer", "segment"], value_name = "K", value_parser = clap::value_parser!(u32).range(1..))]
    block: Option<u32>,
    /// Refuse programs that are written for another target
    #[arg(long, value_name = "TARGET", value_parser = target)]
    target: Option<&'static Target>,
    /// Refuse programs that join qubits which this map does not: JSON as hqrn-compile --coupling takes it
    #[arg(long, value_name = "FILE")]
    coupling: Option<PathBuf>,
    /// Refuse programs that this machine cannot run, by its gates and the pairs of which it tells that they work: a file as
    /// hqrn-compile --machine takes it
    #[arg(long, value_name = "FILE", conflicts_with_all = ["target", "coupling", "contract"])]
    machine: Option<PathBuf>,
    /// The programs were rewritten by a client, a transpiler: these are the originals, whose contracts they keep to
    #[arg(long, value_name = "ORIGINAL", num_args = 1.., conflicts_with_all = ["target", "coupling"])]
    contract: Vec<PathBuf>,
    /// Where qubit 0, 1, ... of the original is in the rewritten program, as Qiskit's layout.initial_index_layout() says;
    /// where they were if left out. Programs that prepare their input do not need it
    #[arg(long, value_name = "Q,..", value_delimiter = ',', requires = "contract")]
    layout: Vec<usize>,
    /// Refuse to go on unless there are programs of every block of the weights
    #[arg(long, conflicts_with = "block")]
    complete: bool,
    /// Prove a bound on max |W_rec - W| that roundings are part of, and write it here with what it is of: SHA-256 of programs and
    /// weights, contracts, each column's bounds. examples/check_certificate.py checks such a file, in Python alone
    #[arg(long, value_name = "FILE", conflicts_with_all = ["block", "contract", "sample"])]
    certify: Option<PathBuf>,
    #[command(flatten)]
    comparison: Comparison,
    #[command(flatten)]
    common: Common,
}

/// Runs the command on its arguments, its own name first.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    main_of(args, |cli: &Cli| &cli.common, run)
}

fn target(name: &str) -> Result<&'static Target, String> {
    Target::named(name).ok_or_else(|| format!("expected one of {}", Target::names()))
}

/// What came out for one block.
struct Outcome {
    block: usize,
    /// Its programs, by their places among all.
    members: Vec<usize>,
    files: Vec<String>,
    /// max |W|
    largest: f64,
    verification: Verification,
    proof: Option<Proof>,
}

impl Outcome {
    fn holds(&self) -> bool {
        self.verification.holds() && self.unproved().is_none()
    }

    /// What is wrong, if anything is.
    fn failure(&self) -> Option<String> {
        let Verification { worst, allowed, .. } = &self.verification;
        let programs = self.files.join(" and ");
        match self.unproved() {
            _ if self.holds() => None,
            Some(bound) if self.verification.holds() => {
                Some(format!("{programs}: proved to {bound:.1e} only, expected at most {allowed:.1e}"))
            }
            _ => {
                let (place, got, wanted) = (self.verification.place(), number(worst.got), number(worst.expected));
                Some(format!("{programs}: {place} = {got}, expected {wanted}"))
            }
        }
    }

    /// The bound, if it is one that does not pass.
    fn unproved(&self) -> Option<f64> {
        let bound = self.proof.as_ref()?.bound;
        // Not the other way round: a NaN must not pass.
        let within = bound <= self.verification.allowed;
        (!within).then_some(bound)
    }
}

fn run(cli: &Cli) -> Result<ExitCode, Failure> {
    let Some(weights) = &cli.weights else { return Err("expected --weights WEIGHTS".into()) };
    let inputs = cli.programs.iter().chain([weights]).chain(&cli.coupling).chain(&cli.contract).cloned();
    let machine = cli.machine.as_ref().map(|given| machine_files(given)).transpose()?.unwrap_or_default();
    let inputs: Vec<PathBuf> = inputs.chain(machine).collect();
    let report = cli.common.report_file();
    spare_inputs(&inputs, cli.certify.iter().chain(&report))?;
    need_places(&report, None)?;
    let model = read_model(weights, cli.common.quiet)?;
    if let Some(layers) = layers_of(&model) {
        no_certificate(cli, "quanvolutions")?;
        return layers::run(cli, &model, &layers);
    }
    if let Some(network) = amplitudes_of(&model) {
        no_certificate(cli, "an amplitude network")?;
        return segments::run(cli, network);
    }
    let network = residual(COMMAND, weights, model)?;
    in_range(cli, "block", network.blocks.len())?;
    let listed = list_programs(&cli.programs, network.blocks.len())?;
    let files = &listed.files;
    if let Some(path) = &cli.certify {
        certificate::check_names(path, files, &cli.programs)?;
        need_places([path], None)?;
    }
    let (programs, digests) = match &cli.contract[..] {
        [] => read_blocks_to_check(files)?,
        originals => (rewritten(cli, files, &read_blocks(originals)?, qasm::read_foreign)?, vec![]),
    };
    listed.check(programs.iter().map(|program| Some(program.contract.block)))?;
    let pairs = || files.iter().zip(&programs);
    written_as_wanted(cli, pairs().map(|(file, program)| (file, program.contract.written_for())))?;
    if !cli.common.quiet {
        note_other_names(pairs().map(|(file, program)| (file, program.contract.network.as_str())), &network.name);
    }
    let machines = pairs().map(|(file, program)| (file, program.contract.written_for(), &program.circuit));
    if let Some(message) = fits(cli, machines)? {
        return Err(Failure::Check(message));
    }
    let groups = group_files(files, &programs)?;
    if cli.block.is_some() && groups.len() > 1 {
        return Err("--block takes programs of one block at a time".into());
    }
    let missing = (1..=network.blocks.len()).find(|number| !groups.contains_key(number));
    if let Some(missing) = missing.filter(|_| cli.complete) {
        let count = network.blocks.len();
        return Err(Failure::Check(format!("--complete: no program of block {missing}, the weights have {count}")));
    }
    let missing = groups.iter().find_map(|(number, group)| missing_column(*number, group, &programs));
    if let Some(message) = missing.filter(|_| cli.complete) {
        return Err(Failure::Check(format!("--complete: {message}")));
    }
    let check = cli.comparison.check();
    let progress = Progress::new(groups.len(), "verifying", "blocks", cli.common.quiet);
    let outcomes = groups
        .into_par_iter()
        .map(|(named, group)| {
            let block = cli.block.map_or(named, |k| k as usize);
            let count = network.blocks.len();
            let names: Vec<String> = group.iter().map(|&i| files[i].display().to_string()).collect();
            let weights = network
                .blocks
                .get(block - 1)
                .ok_or_else(|| format!("{}: is of block {block}, the weights have {count}", names[0]))?;
            let members: Vec<&Program> = group.iter().map(|&i| &programs[i]).collect();
            let named = |error: VerifyError| format!("{}: {error}", names[0]);
            let (verification, _) = verify_block(&members, weights, &check).map_err(named)?;
            let proof = cli.certify.as_ref().map(|_| prove_block(&members, weights)).transpose().map_err(named)?;
            progress.step();
            let largest = weights.weight().amax();
            Ok(Outcome { block, members: group, files: names, largest, verification, proof })
        })
        .collect::<Result<Vec<_>, String>>();
    progress.finish();
    let outcomes = outcomes?;
    let holds = outcomes.iter().all(Outcome::holds);
    if let Some(path) = cli.certify.as_ref().filter(|_| holds) {
        let read = certificate::Files { weights, names: files, programs: &programs, digests: &digests };
        certificate::write(path, &network.name, &read, &outcomes)?;
    }
    show(cli, &network.name, &outcomes, holds)?;
    Ok(ExitCode::from(if holds { HOLDS } else { FAILED }))
}

/// Refuses --certify for programs of another kind.
fn no_certificate(cli: &Cli, of: &str) -> Result<(), String> {
    let refused = || format!("--certify is for residual blocks, the weights are of {of}");
    cli.certify.as_ref().map_or(Ok(()), |_| Err(refused()))
}

/// Refuses a number that no part of the network has.
fn in_range(cli: &Cli, part: &str, count: usize) -> Result<(), String> {
    match cli.block.filter(|number| *number as usize > count) {
        Some(number) => {
            Err(format!("--{part} {number}: the weights have {count} {part}{}", if count == 1 { "" } else { "s" }))
        }
        None => Ok(()),
    }
}

/// What is missing of a block that has programs of some of its columns.
fn missing_column(number: usize, group: &[usize], programs: &[Program]) -> Option<String> {
    let column = |i: &usize| match programs[*i].contract.prepared {
        Some(Prepared::Basis(m)) => Some(m),
        _ => None,
    };
    let columns: BTreeSet<usize> = group.iter().map(column).collect::<Option<_>>()?;
    let dim = programs[*group.first()?].contract.dim;
    let missing = (0..dim).find(|m| !columns.contains(m)).filter(|_| columns.len() > 1)?;
    Some(format!("no program of column {missing} of block {number}, which has {dim}"))
}

/// Refuses programs that are written for another target than was asked for.
fn written_as_wanted<'a>(
    cli: &Cli,
    mut programs: impl Iterator<Item = (&'a PathBuf, &'static Target)>,
) -> Result<(), String> {
    let Some(wanted) = cli.target else { return Ok(()) };
    match programs.find(|(_, written)| *written != wanted) {
        Some((file, written)) => {
            Err(format!("{}: written for {}, expected {}", file.display(), written.name, wanted.name))
        }
        None => Ok(()),
    }
}

/// What keeps a program from running on the machine, if there is one or its coupling map.
fn fits<'a>(
    cli: &Cli,
    mut programs: impl Iterator<Item = (&'a PathBuf, &'static Target, &'a Circuit)>,
) -> Result<Option<String>, String> {
    if let Some(given) = &cli.machine {
        let machine = read_machine(given, cli.common.quiet)?;
        return Ok(programs.find_map(|(file, _, circuit)| {
            let misfit = machine.check(circuit).err()?;
            Some(format!("{}: not for {}: {misfit}", file.display(), machine.name))
        }));
    }
    let Some(path) = &cli.coupling else { return Ok(None) };
    let coupling = read_coupling(path)?;
    Ok(programs.find_map(|(file, written, circuit)| {
        let machine = Machine { coupling: Some(coupling.clone()), ..Machine::from(written) };
        let misfit = machine.check(circuit).err()?;
        Some(format!("{}: not for {}: {misfit}", file.display(), path.display()))
    }))
}

/// Programs that a client has rewritten, with the contracts of the originals.
fn rewritten<T>(
    cli: &Cli,
    files: &[PathBuf],
    originals: &[T],
    read: impl Fn(&str, &T, Option<&[usize]>) -> Result<T, ProgramError>,
) -> Result<Vec<T>, String> {
    if originals.len() != files.len() {
        return Err(format!("{} programs, but {} originals with --contract", files.len(), originals.len()));
    }
    let layout = (!cli.layout.is_empty()).then_some(&cli.layout[..]);
    let one = |(file, original): (&PathBuf, &T)| {
        let text = read_text(file).map_err(|error| format!("{}: {error}", shown_input(file)))?;
        read(&text, original, layout).map_err(|error| format!("{}: {error}", shown_input(file)))
    };
    files.iter().zip(originals).map(one).collect()
}

/// What a block's programs claim for themselves: how much that is, lest a large claim pass for a proof.
fn claim(outcome: &Outcome) -> String {
    let Outcome { block, largest, verification: Verification { stated, .. }, .. } = outcome;
    let share = stated / largest;
    let void = if share < 1.0 { "" } else { ", which proves nothing" };
    format!("block {block}: {stated:.1e} is allowed for errors that its programs state, {share:.1e} of max |W|{void}\n")
}

fn show(cli: &Cli, network: &str, outcomes: &[Outcome], holds: bool) -> Result<(), String> {
    let blocks = outcomes.iter().map(|o| VerifiedBlock {
        block: o.block,
        programs: &o.files,
        holds: o.holds(),
        verification: &o.verification,
        proved: o.proof.as_ref().map(|proof| proof.bound).filter(|bound| bound.is_finite()),
    });
    let blocks = blocks.collect();
    let failed: Vec<String> = outcomes.iter().filter_map(Outcome::failure).collect();
    let (tolerance, error) = (cli.comparison.tolerance, Problem::of(&failed));
    cli.common.report(COMMAND, VerifyReport { network, holds, tolerance, blocks, error })?;
    if cli.common.tells() {
        let mut heads = vec!["block", "max |W_rec - W|", "allowed", "computes its weights", "program"];
        if cli.certify.is_some() {
            heads.insert(2, "proved");
        }
        let mut table = Table::new(&heads, true);
        for o in outcomes {
            let v = &o.verification;
            let mut row = vec![o.block.to_string(), shown_error(v)];
            row.extend(o.proof.as_ref().map(|proof| format!("{:.1e}", proof.bound)));
            row.push(format!("{:.1e}", v.allowed));
            let said = match (o.holds(), v.prepared) {
                (false, _) => "NO",
                (true, true) => "W y alone",
                (true, false) => "yes",
            };
            row.extend([said.into(), o.files.join(" ")]);
            table.row(row);
        }
        print(&table.render())?;
        for o in outcomes.iter().filter(|o| o.verification.stated > 0.0) {
            print(&claim(o))?;
        }
    }
    failed.iter().for_each(|line| _ = fail(FAILED, line));
    Ok(())
}
