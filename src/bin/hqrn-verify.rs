//! `hqrn-verify`: does every program still compute its weights?

mod terminal;

use clap::Parser;
use hqrn::hqrn::{MANIFEST_NAME, Manifest, Verification, group_by_block, verify_block};
use hqrn::network::Network;
use hqrn::qasm::{self, Program};
use rayon::prelude::*;
use serde_json::json;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use terminal::{
    BAD_INPUT, Common, Comparison, FAILED, HOLDS, Progress, Table, fail, number, print, read_weights, shown_error,
};

const EXAMPLES: &str = "Examples:
  hqrn-verify block.qasm --weights circuits/four.json
  hqrn-verify out/ --weights circuits/digits.json         a folder with its manifest, whole
  hqrn-verify b.plus.qasm b.minus.qasm --weights net.json both halves of a split program
  hqrn-verify block.qasm --weights net.json --block 3     against another block than the one it names

Exit codes: 0 every program computes its weights, 1 one does not, 2 bad input.";

/// Simulate compiled programs and compare what they compute with the weights
#[derive(Parser, Debug)]
#[command(name = "hqrn-verify", version, after_help = EXAMPLES)]
struct Cli {
    /// Programs, or folders with a manifest.json; - reads a program from standard input
    #[arg(required_unless_present_any = ["completions", "man"], value_name = "PROGRAM")]
    programs: Vec<PathBuf>,
    /// The weights, as JSON or .safetensors
    #[arg(short, long, required_unless_present_any = ["completions", "man"])]
    weights: Option<PathBuf>,
    /// Compare with this block of the weights, counting from 1, instead of the one the program names
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..))]
    block: Option<u32>,
    #[command(flatten)]
    comparison: Comparison,
    #[command(flatten)]
    common: Common,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    if cli.common.print_about::<Cli>() {
        return ExitCode::from(HOLDS);
    }
    cli.common.start_threads();
    match run(&cli) {
        Ok(code) => code,
        Err(message) => fail(BAD_INPUT, &message),
    }
}

/// What came out for one block.
struct Outcome {
    block: usize,
    files: Vec<String>,
    verification: Verification,
}

fn run(cli: &Cli) -> Result<ExitCode, String> {
    let Some(weights) = &cli.weights else { return Err("expected --weights WEIGHTS".into()) };
    let from_stdin = cli.programs.iter().chain([weights]).filter(|p| p.as_os_str() == "-").count();
    if from_stdin > 1 {
        return Err("standard input can be read only once".into());
    }
    let network = read_weights(weights)?;
    let files = list_programs(&cli.programs, &network)?;
    let programs: Vec<Program> = files
        .par_iter()
        .map(|file| {
            let text = read_text(file).map_err(|error| format!("{}: {error}", file.display()))?;
            qasm::read(&text).map_err(|error| format!("{}: {error}", file.display()))
        })
        .collect::<Result<_, String>>()?;
    for (file, program) in files.iter().zip(&programs) {
        let name = &program.contract.network;
        if *name != network.name && !cli.common.quiet {
            eprintln!("note: {} was compiled from '{name}', the weights are of '{}'", file.display(), network.name);
        }
    }
    let groups = group_by_block(&programs).map_err(|error| error.to_string())?;
    if cli.block.is_some() && groups.len() > 1 {
        return Err("--block takes programs of one block at a time".into());
    }
    let check = cli.comparison.check();
    let progress = Progress::new(groups.len(), "verifying", cli.common.quiet);
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
            let (verification, _) =
                verify_block(&members, weights, &check).map_err(|error| format!("{}: {error}", names[0]))?;
            progress.step();
            Ok(Outcome { block, files: names, verification })
        })
        .collect::<Result<Vec<_>, String>>();
    progress.finish();
    let outcomes = outcomes?;
    let holds = outcomes.iter().all(|o| o.verification.holds());
    show(cli, &outcomes, holds);
    Ok(ExitCode::from(if holds { HOLDS } else { FAILED }))
}

/// Resolves folders to the programs of their manifest, which must cover the whole network.
fn list_programs(given: &[PathBuf], network: &Network) -> Result<Vec<PathBuf>, String> {
    let mut files = vec![];
    for path in given {
        if !path.is_dir() {
            files.push(path.clone());
            continue;
        }
        let manifest_path = path.join(MANIFEST_NAME);
        let shown = manifest_path.display();
        let text = std::fs::read(&manifest_path).map_err(|error| format!("{shown}: {error}"))?;
        let manifest = Manifest::from_json(&text).map_err(|error| format!("{shown}: {error}"))?;
        if manifest.blocks.len() != network.blocks.len() {
            let (listed, wanted) = (manifest.blocks.len(), network.blocks.len());
            return Err(format!("{shown}: lists {listed} blocks, the weights have {wanted}"));
        }
        files.extend(manifest.blocks.iter().flat_map(|b| &b.programs).map(|name| path.join(name)));
    }
    Ok(files)
}

fn read_text(path: &Path) -> Result<String, String> {
    let mut bytes = vec![];
    let read = if path.as_os_str() == "-" {
        std::io::stdin().lock().read_to_end(&mut bytes).map(drop)
    } else {
        std::fs::read(path).map(|content| bytes = content)
    };
    read.map_err(|error| error.to_string())?;
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = valid.iter().filter(|b| **b == b'\n').count() + 1;
        let column = valid.iter().rev().take_while(|b| **b != b'\n').count() + 1;
        format!("line {line}, column {column}: not UTF-8 text")
    })
}

fn show(cli: &Cli, outcomes: &[Outcome], holds: bool) {
    if cli.common.json {
        let blocks: Vec<_> = outcomes
            .iter()
            .map(|o| json!({"block": o.block, "programs": o.files, "holds": o.verification.holds(), "verification": o.verification}))
            .collect();
        print(&(json!({"holds": holds, "tolerance": cli.comparison.tolerance, "blocks": blocks}).to_string() + "\n"));
    } else if !cli.common.quiet {
        let mut table = Table::new(&["block", "max |W_rec - W|", "allowed", "computes its weights", "program"], true);
        for o in outcomes {
            let v = &o.verification;
            table.row(vec![
                o.block.to_string(),
                shown_error(v),
                format!("{:.1e}", v.allowed),
                if v.holds() { "yes" } else { "NO" }.into(),
                o.files.join(" "),
            ]);
        }
        print(&table.render());
    }
    for o in outcomes.iter().filter(|o| !o.verification.holds()) {
        let worst = &o.verification.worst;
        let (row, column) = (worst.row, worst.column);
        let programs = o.files.join(" and ");
        fail(
            FAILED,
            &format!("{programs}: W_rec[{row}][{column}] = {}, expected {}", number(worst.got), number(worst.expected)),
        );
    }
}
