//! `hqrn-counts`: what a backend's counts say of a block, of a layer of quanvolutions, of a segment of an amplitude network.

mod columns;
mod layers;
mod segments;

use crate::cli::arguments::{Common, main_of};
use crate::cli::inputs::{
    amplitudes_of, group_files, layers_of, note_other_names, read_blocks, read_bytes, read_model, residual,
};
use crate::cli::outputs::{need_places, spare_inputs};
use crate::cli::printing::{Failure, HOLDS, note, print};
use crate::cli::reports::{CountsReport, ReadFile};
use crate::cli::table::Table;
use crate::files::{read_json, shown_input, write_atomically};
use crate::network::Block;
use crate::qasm::Program;
use crate::run::{
    BlockEstimate, Counts, CountsError, CountsFile, Doubt, Estimate, doubt, estimate_block, pooled, read_counts,
};
use crate::target::BitOrder;
use clap::{Parser, ValueEnum};
use serde_json::json;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const EXAMPLES: &str = "Examples:
  hqrn-counts block-01.qasm --counts counts.json --weights net.json
  hqrn-counts block-01.qasm --counts counts.json --weights net.json --state y0.json --next y1.json
  hqrn-counts b.plus.qasm b.minus.qasm --counts plus.json minus.json --weights net.json
  hqrn-counts block-01.qasm --counts columns.json --weights net.json      W, of all its columns
  hqrn-counts layer-01.qasm --counts runs.json --weights quan.json \\
      --data digits.csv --image 1 --next r1.json
  hqrn-counts layer-02.qasm --counts runs.json --weights quan.json --state r1.json
  hqrn-counts flower.qasm --counts counts.json --weights circuits/iris-qrfnn.json

Programs of columns (hqrn-compile --inputs columns) take the counts of every column, in their order, as a JSON list; what comes \
of them is W, and W y of a state that is given with --state.

A layer of quanvolutions takes the counts of all its patches: of a program with inputs a table for as many patches as it holds, \
in their order, of programs of fixed pixels one each, in the order of the programs. A file may hold several, as a JSON list.

Counts are JSON as clients return them: {\"000110\": 812, ...}, hexadecimal keys or lists of bits, lists of shots, and what \
Qiskit, Braket, Azure, IonQ, pytket and Cirq write of a result. Bit 0 of a word is the last character (Qiskit) or the first \
(Braket, PennyLane, pytket): by default what the clients of the program's target do; where they differ, --order says it. Exit \
codes: 0 done, 2 bad input.";

/// The command's name.
const COMMAND: &str = "hqrn-counts";

/// Read p+ and p-, h and the next block's state, or the pixels that a layer makes, from the counts of a backend, with error bars
#[derive(Parser, Debug)]
#[command(name = COMMAND, version, allow_negative_numbers = true, after_help = EXAMPLES)]
struct Cli {
    /// The program that ran, both halves of a split one, or those of all patches of a layer
    #[arg(required_unless_present_any = ["completions", "man", "report_schema"], value_name = "PROGRAM")]
    programs: Vec<PathBuf>,
    /// What came back, one file for each program in the same order; - is standard input
    #[arg(long, value_name = "FILE", num_args = 1.., required_unless_present_any = ["completions", "man", "report_schema"])]
    counts: Vec<PathBuf>,
    /// The weights, as JSON or .safetensors: bias, activation and alpha are taken from there
    #[arg(short, long, required_unless_present_any = ["completions", "man", "report_schema"])]
    weights: Option<PathBuf>,
    /// The state that went in, a JSON array of N probabilities; not needed where the program prepares it. Of a layer the pixels
    /// that it read, as hqrn-compile --state takes them, behind those of the streams before if they are added, too
    #[arg(long, value_name = "FILE", num_args = 1..)]
    state: Vec<PathBuf>,
    /// With a layer, or an amplitude network: where the sample is that went into the first
    #[arg(long, value_name = "DATA", requires = "image")]
    data: Option<PathBuf>,
    /// With --data: which sample of it, of its test rows where rows are marked so, counting from 1
    #[arg(long, visible_alias = "row", value_name = "K", requires = "data", value_parser = clap::value_parser!(u32).range(1..))]
    image: Option<u32>,
    /// Write the next state there, or the pixels behind the layer, as --state takes it
    #[arg(long, value_name = "FILE")]
    next: Option<PathBuf>,
    /// Which end of a word is bit 0 [default: as the clients of the program's target write]
    #[arg(long, value_enum)]
    order: Option<Order>,
    /// Seed of the resamples behind the error bars of h
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    common: Common,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Order {
    /// The last, as Qiskit and IBM write
    Last,
    /// The first, as Braket, PennyLane and pytket write
    First,
}

/// Runs the command on its arguments, its own name first.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    main_of(args, |cli: &Cli| &cli.common, |cli| run(cli).map(|()| ExitCode::from(HOLDS)))
}

fn run(cli: &Cli) -> Result<(), Failure> {
    let Some(weights) = &cli.weights else { return Err("expected --weights WEIGHTS".into()) };
    let inputs = cli.programs.iter().chain(&cli.counts).chain(&cli.weights).chain(&cli.state).chain(&cli.data);
    let written = [cli.next.clone(), cli.common.report_file()];
    spare_inputs(inputs, written.iter().flatten())?;
    need_places(written.iter().flatten(), None)?;
    let model = read_model(weights, cli.common.quiet)?;
    if layers_of(&model).is_some() {
        return layers::run(cli, &model.quanvolution(COMMAND).map_err(|error| error.to_string())?);
    }
    if amplitudes_of(&model).is_some() {
        return segments::run(cli, &model.amplitude(COMMAND).map_err(|error| error.to_string())?);
    }
    let network = residual(COMMAND, weights, model)?;
    if cli.data.is_some() {
        return Err("--data is for layers of quanvolutions, the weights are of residual blocks".into());
    }
    let programs = read_blocks(&cli.programs)?;
    let groups = group_files(&cli.programs, &programs)?;
    let (1, Some(number)) = (groups.len(), groups.keys().next()) else {
        return Err("expected the programs of one block".into());
    };
    let count = network.blocks.len();
    let block = network
        .blocks
        .get(number - 1)
        .ok_or_else(|| format!("{}: is of block {number}, the weights have {count}", cli.programs[0].display()))?;
    for (file, program) in cli.programs.iter().zip(&programs) {
        let (dim, wanted) = (program.contract.dim, block.dim());
        if dim != wanted {
            return Err(
                format!("{}: computes a block of dimension {dim}, the weights have {wanted}", file.display()).into()
            );
        }
    }
    if !cli.common.quiet {
        let names = programs.iter().map(|program| program.contract.network.as_str());
        note_other_names(cli.programs.iter().zip(names), &network.name);
    }
    if columns::are_columns(&programs) {
        return columns::run(cli, *number, block, &programs);
    }
    if cli.counts.len() != programs.len() {
        return Err(format!("{} programs, but {} files of counts", programs.len(), cli.counts.len()).into());
    }
    if let [one, two] = &cli.counts[..]
        && one == two
    {
        return Err(format!("{}: given for both halves", shown_input(one)).into());
    }
    let files: Vec<CountsFile> =
        programs.iter().zip(&cli.counts).map(|(program, file)| counts(cli, program, file)).collect::<Result<_, _>>()?;
    let y = state_of(cli, &programs, block.dim())?;
    let parts: Vec<(&Program, &Counts)> = programs.iter().zip(files.iter().map(|file| &file.counts)).collect();
    let estimate = estimate_block(&parts, block, y.as_deref(), cli.seed);
    let doubt = y.as_deref().and_then(|y| doubt(&parts, block, y));
    // What is written for the next block is worth a word even where few are wanted.
    if let Some(doubt) = doubt.filter(|doubt| doubt.is_one() && (!cli.common.quiet || cli.next.is_some())) {
        note(&doubt.to_string());
    }
    if let Some(path) = &cli.next {
        let Some(next) = &estimate.next else { return Err("--next needs the state that went in: --state FILE".into()) };
        let values: Vec<f64> = next.iter().map(|e| e.value).collect();
        write_atomically(path, json!(values).to_string() + "\n").map_err(|error| error.to_string())?;
    }
    Ok(show(cli, *number, &files, block, &Read { estimate, doubt })?)
}

/// Which end of words is said to be bit 0.
fn asked_order(cli: &Cli) -> Option<BitOrder> {
    cli.order.map(|order| match order {
        Order::First => BitOrder::First,
        Order::Last => BitOrder::Last,
    })
}

fn counts(cli: &Cli, program: &Program, file: &Path) -> Result<CountsFile, String> {
    let (bits, dialect) = (program.circuit.bit_count(), &program.contract.written_for().dialect);
    let text = read_bytes(file)?;
    let named = |error: CountsError| format!("{}: {error}", shown_input(file));
    let read = read_counts(&text, bits, asked_order(cli), dialect).map_err(named)?;
    Ok(CountsFile { counts: pooled(program, &read.counts).map_err(named)?, ..read })
}

/// The state that went in: what the programs prepare, which is what a file must say, too, or what the file says.
fn state_of(cli: &Cli, programs: &[Program], dim: usize) -> Result<Option<Vec<f64>>, String> {
    let mut prepared = programs.iter().map(|p| p.contract.prepared.as_ref().map(|p| p.probabilities(dim)));
    let first = prepared.next().flatten();
    if prepared.any(|other| other != first) {
        return Err("the two programs prepare different states".into());
    }
    let path = match &cli.state[..] {
        [] => return Ok(first),
        [path] => path,
        files => return Err(format!("--state: {} files, a block takes one", files.len())),
    };
    let given = state(path, dim)?;
    let other = first.as_ref().and_then(|first| (0..dim).find(|&n| (first[n] - given[n]).abs() > 1e-6));
    match (first, other) {
        (Some(first), Some(n)) => Err(format!(
            "{}: [{n}]: {}, but the program prepares a state with {} there",
            shown_input(path),
            given[n],
            first[n]
        )),
        _ => Ok(Some(given)),
    }
}

fn state(path: &Path, dim: usize) -> Result<Vec<f64>, String> {
    let (shown, text) = (shown_input(path), read_bytes(path)?);
    let y: Vec<f64> = read_json(&text).map_err(|error| format!("{shown}: {error}"))?;
    let sum: f64 = y.iter().sum();
    if y.len() != dim {
        return Err(format!("{shown}: {} entries, expected {dim}", y.len()));
    }
    if let Some(n) = y.iter().position(|p| !(0.0..=1.0 + 1e-9).contains(p)) {
        return Err(format!("{shown}: [{n}]: {}, expected a probability", y[n]));
    }
    if (sum - 1.0).abs() > 1e-6 {
        return Err(format!("{shown}: the entries sum up to {sum}, expected 1"));
    }
    Ok(y)
}

/// What the counts say.
struct Read {
    estimate: BlockEstimate,
    doubt: Option<Doubt>,
}

fn show(cli: &Cli, number: usize, files: &[CountsFile], block: &Block, found: &Read) -> Result<(), String> {
    let Read { estimate, doubt } = found;
    let shots: Vec<u64> = files.iter().map(|file| file.counts.shots()).collect();
    let read = |file: &CountsFile| ReadFile { written: file.written.to_string(), bit_0: file.order.name() };
    let counts = files.iter().map(read).collect();
    let distance = doubt.as_ref();
    cli.common.report(COMMAND, CountsReport { block: number, shots: &shots, counts, estimate, distance })?;
    if !cli.common.tells() {
        return Ok(());
    }
    let mut heads = vec!["n", "p+", "p-", "(W y)_n", "h"];
    heads.extend(estimate.next.as_ref().map(|_| "next y"));
    let mut table = Table::new(&heads, false);
    for n in 0..block.dim() {
        let shown = |list: &[Estimate]| list.get(n).map_or("·".into(), |e| format!("{:.4} ± {:.4}", e.value, e.error));
        let lists = [&estimate.p.plus, &estimate.p.minus, &estimate.product, &estimate.h];
        let lists = lists.into_iter().chain(estimate.next.as_ref());
        table.row([n.to_string()].into_iter().chain(lists.map(|list| shown(list))).collect());
    }
    let shots: Vec<String> = shots.iter().map(u64::to_string).collect();
    let mut read: Vec<String> =
        files.iter().map(|file| format!("{}, bit 0 {}", file.written, file.order.name())).collect();
    read.dedup();
    print(&format!("block {number}, {} shots, {}\n{}", shots.join(" and "), read.join(" and "), table.render()))
}
