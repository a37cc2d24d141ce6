//! `hqrn-compile`: trained weights in, verified OpenQASM 3 out.

mod terminal;

use clap::{Parser, ValueEnum};
use hqrn::circuit::draw;
use hqrn::encoding::GammaRule;
use hqrn::hqrn::{
    BlockReport, CompileOptions, Manifest, ManifestBlock, compile_and_measure, write_atomically, write_folder,
};
use hqrn::network::{Network, weights_schema};
use rayon::prelude::*;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use terminal::{BAD_INPUT, Common, FAILED, HOLDS, Progress, Table, fail, number, print, read_weights};

const EXAMPLES: &str = "Examples:
  hqrn-compile circuits/four.json -o block.qasm
  hqrn-compile circuits/digits.json -o out/           every block, with a manifest
  hqrn-compile net.safetensors --block 3 -o b3.qasm   one block of several
  hqrn-compile --gamma shared --split net.json -o out/
  cat net.json | hqrn-compile - -o - > block.qasm

Exit codes: 0 compiled and verified, 1 a check failed, 2 bad input. Nothing is written unless all checks hold.";

/// Compile trained weights to OpenQASM 3 circuits that compute W+ and W- of every residual block
#[derive(Parser, Debug)]
#[command(name = "hqrn-compile", version, after_help = EXAMPLES)]
struct Cli {
    /// Weights as JSON or .safetensors; - reads standard input
    #[arg(required_unless_present_any = ["schema", "completions", "man"])]
    weights: Option<PathBuf>,
    /// A .qasm file for one block, a folder for all, or - for standard output
    #[arg(short, long, value_name = "OUT", required_unless_present_any = ["schema", "completions", "man"])]
    output: Option<PathBuf>,
    /// Compile this block only, counting from 1
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..))]
    block: Option<u32>,
    /// Write one program for each sign instead of one for both
    #[arg(long)]
    split: bool,
    /// How the normalisation gamma is chosen
    #[arg(long, value_enum, default_value_t = Gamma::Own)]
    gamma: Gamma,
    /// Largest error that passes, as a share of the largest entry of |W|
    #[arg(long, value_name = "E", default_value = "1e-9", value_parser = terminal::tolerance)]
    tolerance: f64,
    /// Do not simulate what was written
    #[arg(long)]
    no_verify: bool,
    /// Draw circuits of up to 400 gates
    #[arg(long)]
    draw: bool,
    /// Seed of everything random; the same seed writes the same bytes
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    /// Print the JSON Schema of weights files and exit
    #[arg(long, exclusive = true)]
    schema: bool,
    #[command(flatten)]
    common: Common,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Gamma {
    /// Each sign its own: the fewest shots
    Own,
    /// One for both signs, as in the paper
    Shared,
}

/// Circuits with more gates than this are not drawn.
const LARGEST_DRAWING: usize = 400;

fn main() -> ExitCode {
    let cli = Cli::parse();
    if cli.common.print_about::<Cli>() {
        return ExitCode::from(HOLDS);
    }
    if cli.schema {
        print(&weights_schema());
        return ExitCode::from(HOLDS);
    }
    cli.common.start_threads();
    match run(&cli) {
        Ok(code) => code,
        Err(message) => fail(BAD_INPUT, &message),
    }
}

/// Where the programs go.
enum Destination {
    Stdout,
    File(PathBuf),
    Folder(PathBuf),
}

impl Destination {
    fn of(output: &Path) -> Result<Destination, String> {
        if output.as_os_str() == "-" {
            Ok(Destination::Stdout)
        } else if output.extension().is_some_and(|e| e.eq_ignore_ascii_case("qasm")) {
            if output.is_dir() {
                return Err(format!("{}: is a folder, expected a file to write", output.display()));
            }
            Ok(Destination::File(output.to_owned()))
        } else if output.exists() && !output.is_dir() {
            Err(format!("{}: is a file, expected a folder or a name ending in .qasm", output.display()))
        } else {
            Ok(Destination::Folder(output.to_owned()))
        }
    }
}

fn run(cli: &Cli) -> Result<ExitCode, String> {
    let (Some(weights), Some(output)) = (&cli.weights, &cli.output) else {
        return Err("expected WEIGHTS and -o OUT".into());
    };
    let destination = Destination::of(output)?;
    if matches!(destination, Destination::Stdout) && (cli.common.json || cli.split) {
        return Err("-o - writes one program to standard output: not with --json or --split".into());
    }
    let network = read_weights(weights)?;
    let numbers = block_numbers(cli, &network, &destination)?;
    let options = CompileOptions {
        gamma: match cli.gamma {
            Gamma::Own => GammaRule::Own,
            Gamma::Shared => GammaRule::Shared,
        },
        seed: cli.seed,
        split: cli.split,
        ..CompileOptions::default()
    };
    let tolerance = (!cli.no_verify).then_some(cli.tolerance);
    let progress = Progress::new(numbers.len(), "compiling", cli.common.quiet);
    let reports: Vec<_> = numbers
        .par_iter()
        .map(|&number| {
            let report = compile_and_measure(&network, number, &options, tolerance);
            progress.step();
            report
        })
        .collect();
    progress.finish();
    let mut reports = reports
        .into_iter()
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| format!("{}: {error}", weights.display()))?;
    if let Some(message) = first_failure(&reports) {
        return Ok(fail(FAILED, &message));
    }
    let files = write_programs(&network, &mut reports, &destination).map_err(|error| error.to_string())?;
    show(cli, &network, &reports, &files, tolerance, &destination);
    Ok(ExitCode::from(HOLDS))
}

fn block_numbers(cli: &Cli, network: &Network, destination: &Destination) -> Result<Vec<usize>, String> {
    let count = network.blocks.len();
    match (cli.block.map(|k| k as usize), destination) {
        (Some(k), _) if k > count => {
            Err(format!("--block {k}: the network has {count} block{}", if count == 1 { "" } else { "s" }))
        }
        (Some(_), Destination::Folder(_)) => {
            Err("--block writes one program: expected -o with a name ending in .qasm".into())
        }
        (Some(k), _) => Ok(vec![k]),
        (None, Destination::Folder(_)) => Ok((1..=count).collect()),
        (None, _) if count == 1 => Ok(vec![1]),
        (None, _) => {
            Err(format!("the network has {count} blocks: choose one with --block K, or give a folder with -o"))
        }
    }
}

/// What to say if a program does not compute its weights.
fn first_failure(reports: &[BlockReport]) -> Option<String> {
    reports.iter().find_map(|report| {
        let v = report.verification.as_ref().filter(|v| !v.holds())?;
        let (row, column) = (v.worst.row, v.worst.column);
        Some(format!(
            "block {}: W_rec[{row}][{column}] = {}, expected {}: error {:.3e}, allowed {:.3e}; nothing was written",
            report.summary.block,
            number(v.worst.got),
            number(v.worst.expected),
            v.max_error,
            v.allowed
        ))
    })
}

/// Writes everything and returns the names of the files.
fn write_programs(
    network: &Network,
    reports: &mut [BlockReport],
    destination: &Destination,
) -> Result<Vec<PathBuf>, hqrn::hqrn::FileError> {
    let digits = reports.len().to_string().len().max(2);
    for report in reports.iter_mut() {
        let stem = match destination {
            Destination::File(path) => path.file_stem().map_or("block".into(), |s| s.to_string_lossy().into_owned()),
            _ => format!("block-{:0digits$}", report.summary.block),
        };
        report.summary.programs = report.programs.iter().map(|p| format!("{stem}{}.qasm", p.part.suffix())).collect();
    }
    let named = reports.iter().flat_map(|r| r.summary.programs.iter().zip(&r.programs));
    match destination {
        Destination::Stdout => {
            reports.iter().flat_map(|r| &r.programs).for_each(|p| print(&p.text));
            Ok(vec![])
        }
        Destination::File(path) => {
            let mut files = vec![];
            for (name, program) in named {
                let file = if program.part.suffix().is_empty() { path.clone() } else { path.with_file_name(name) };
                write_atomically(&file, &program.text)?;
                files.push(file);
            }
            Ok(files)
        }
        Destination::Folder(folder) => {
            let blocks: Vec<ManifestBlock> = reports.iter().map(|r| r.summary.clone()).collect();
            let manifest = Manifest::new(network.name.clone(), network.blocks[0].dim(), blocks);
            let programs: Vec<(String, &str)> = named.map(|(name, p)| (name.clone(), p.text.as_str())).collect();
            write_folder(folder, &programs, &manifest.to_json())?;
            Ok(programs.iter().map(|(name, _)| folder.join(name)).collect())
        }
    }
}

fn show(
    cli: &Cli,
    network: &Network,
    reports: &[BlockReport],
    files: &[PathBuf],
    tolerance: Option<f64>,
    destination: &Destination,
) {
    // Standard output belongs to the program where that is written there.
    let say = |text: &str| if matches!(destination, Destination::Stdout) { eprint!("{text}") } else { print(text) };
    if cli.common.json {
        print(&(json_report(network, reports, files, tolerance).to_string() + "\n"));
    } else if !cli.common.quiet {
        say(&table(reports));
    }
    if cli.draw && !cli.common.json {
        for report in reports {
            for (program, name) in report.read_back.iter().zip(&report.summary.programs) {
                let gates = program.circuit.gate_count();
                if gates <= LARGEST_DRAWING {
                    say(&format!("\n{name}\n{}", draw(&program.circuit, 120)));
                } else {
                    say(&format!("\n{name}: {gates} gates, too many to draw (at most {LARGEST_DRAWING})\n"));
                }
            }
        }
    }
}

fn table(reports: &[BlockReport]) -> String {
    let mut table = Table::new(
        &["block", "qubits", "CX", "CX depth", "1q gates", "gamma+", "gamma-", "max |W_rec - W|", "seconds"],
        false,
    );
    let gamma = |g: Option<f64>| g.map_or("-".into(), compact);
    for report in reports {
        let s = &report.summary;
        table.row(vec![
            s.block.to_string(),
            s.qubits.to_string(),
            s.cx.to_string(),
            s.cx_depth.to_string(),
            s.one_qubit_gates.to_string(),
            gamma(s.gamma_plus),
            gamma(s.gamma_minus),
            report.verification.as_ref().map_or("not verified".into(), |v| format!("{:.1e}", v.max_error)),
            format!("{:.2}", report.seconds),
        ]);
    }
    table.render()
}

/// Five digits, or an exponent where that says more.
fn compact(value: f64) -> String {
    if value == 0.0 || (1e-3..1e6).contains(&value) { format!("{value:.4}") } else { format!("{value:.4e}") }
}

fn json_report(
    network: &Network,
    reports: &[BlockReport],
    files: &[PathBuf],
    tolerance: Option<f64>,
) -> serde_json::Value {
    let blocks: Vec<_> = reports
        .iter()
        .map(|r| json!({"summary": r.summary, "verification": r.verification, "seconds": r.seconds}))
        .collect();
    json!({
        "network": network.name,
        "tolerance": tolerance,
        "verified": tolerance.is_some(),
        "files": files.iter().map(|f| f.display().to_string()).collect::<Vec<_>>(),
        "blocks": blocks,
    })
}
