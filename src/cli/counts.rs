//! `hqrn-counts`: what a backend's counts say of a block.

use crate::cli::arguments::{Common, refuse, start};
use crate::cli::inputs::{read_programs, read_weights};
use crate::cli::printing::{HOLDS, print};
use crate::cli::table::Table;
use crate::compiler::group_by_block;
use crate::files::{read_json, write_atomically};
use crate::network::Block;
use crate::qasm::Program;
use crate::run::{BitOrder, BlockEstimate, Counts, Estimate, estimate_block};
use clap::{Parser, ValueEnum};
use serde_json::json;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const EXAMPLES: &str = "Examples:
  hqrn-counts block-01.qasm --counts counts.json --weights net.json
  hqrn-counts block-01.qasm --counts counts.json --weights net.json --state y0.json --next y1.json
  hqrn-counts b.plus.qasm b.minus.qasm --counts plus.json minus.json --weights net.json

Counts are JSON as backends return them, {\"000110\": 812, ...}: bit 0 is the last character (Qiskit) or the first
(Braket); by default what the program's target does. Exit codes: 0 done, 2 bad input.";

/// Read p+ and p-, h and the next block's state from the counts of a backend, with error bars
#[derive(Parser, Debug)]
#[command(name = "hqrn-counts", version, after_help = EXAMPLES)]
struct Cli {
    /// The program that ran, or both halves of a split one
    #[arg(required_unless_present_any = ["completions", "man"], value_name = "PROGRAM")]
    programs: Vec<PathBuf>,
    /// What came back, one file for each program in the same order
    #[arg(long, value_name = "FILE", num_args = 1.., required_unless_present_any = ["completions", "man"])]
    counts: Vec<PathBuf>,
    /// The weights, as JSON or .safetensors: bias, activation and alpha are taken from there
    #[arg(short, long, required_unless_present_any = ["completions", "man"])]
    weights: Option<PathBuf>,
    /// The state that went in, a JSON array of N probabilities; not needed where the program prepares it
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Write the next state there, as --state takes it
    #[arg(long, value_name = "FILE")]
    next: Option<PathBuf>,
    /// Which character of a word is bit 0
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
    /// The last, as Qiskit, IBM and PennyLane write
    Last,
    /// The first, as Braket writes
    First,
}

/// Runs the command on its arguments, its own name first.
pub fn main(args: impl IntoIterator<Item = OsString>) -> ExitCode {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => return refuse(&error),
    };
    start::<Cli>(&cli.common, || run(&cli).map(|()| ExitCode::from(HOLDS)))
}

fn run(cli: &Cli) -> Result<(), String> {
    let Some(weights) = &cli.weights else { return Err("expected --weights WEIGHTS".into()) };
    let network = read_weights(weights)?;
    let programs = read_programs(&cli.programs)?;
    let groups = group_by_block(&programs).map_err(|error| error.to_string())?;
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
            return Err(format!("{}: computes a block of dimension {dim}, the weights have {wanted}", file.display()));
        }
    }
    if cli.counts.len() != programs.len() {
        return Err(format!("{} programs, but {} files of counts", programs.len(), cli.counts.len()));
    }
    let counts: Vec<Counts> =
        programs.iter().zip(&cli.counts).map(|(program, file)| counts(cli, program, file)).collect::<Result<_, _>>()?;
    // A program that prepares its input says what went in.
    let prepared = || programs[0].contract.prepared.as_ref().map(|p| p.probabilities(block.dim()));
    let y = cli.state.as_deref().map(|path| state(path, block.dim())).transpose()?.or_else(prepared);
    let parts: Vec<(&Program, &Counts)> = programs.iter().zip(&counts).collect();
    let estimate = estimate_block(&parts, block, y.as_deref(), cli.seed);
    if let Some(path) = &cli.next {
        let Some(next) = &estimate.next else { return Err("--next needs the state that went in: --state FILE".into()) };
        let values: Vec<f64> = next.iter().map(|e| e.value).collect();
        write_atomically(path, json!(values).to_string() + "\n").map_err(|error| error.to_string())?;
    }
    show(cli, *number, &counts, block, &estimate)
}

fn counts(cli: &Cli, program: &Program, file: &Path) -> Result<Counts, String> {
    let order = match cli.order {
        Some(Order::First) => BitOrder::First,
        Some(Order::Last) => BitOrder::Last,
        None if program.contract.written_for().dialect.bit_0_first => BitOrder::First,
        None => BitOrder::Last,
    };
    let shown = file.display();
    let text = std::fs::read(file).map_err(|error| format!("{shown}: {error}"))?;
    Counts::from_json(&text, program.circuit.bit_count(), order).map_err(|error| format!("{shown}: {error}"))
}

fn state(path: &Path, dim: usize) -> Result<Vec<f64>, String> {
    let shown = path.display();
    let text = std::fs::read(path).map_err(|error| format!("{shown}: {error}"))?;
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

fn show(cli: &Cli, number: usize, counts: &[Counts], block: &Block, estimate: &BlockEstimate) -> Result<(), String> {
    let shots: Vec<u64> = counts.iter().map(Counts::shots).collect();
    if cli.common.json {
        return print(&(json!({"block": number, "shots": shots, "estimate": estimate}).to_string() + "\n"));
    }
    if cli.common.quiet {
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
    print(&format!("block {number}, {} shots\n{}", shots.join(" and "), table.render()))
}
