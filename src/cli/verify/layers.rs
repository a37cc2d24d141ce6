//! Programs of layers of quanvolutions: each is proven by itself.

use super::{COMMAND, Cli, fits, written_as_wanted};
use crate::cli::inputs::{list_layers, note_other_names, read_programs};
use crate::cli::printing::{FAILED, Failure, HOLDS, fail, print};
use crate::cli::progress::Progress;
use crate::cli::reports::{VerifiedLayer, VerifyLayersReport};
use crate::cli::table::Table;
use crate::compiler::{LayerVerification, verify_layer};
use crate::files::shown_input;
use crate::network::Model;
use crate::network::quanvolution::Layer;
use crate::qasm::{AnyProgram, LayerProgram};
use rayon::prelude::*;
use std::process::ExitCode;

/// What came out for one program.
struct Outcome {
    layer: usize,
    file: String,
    verification: LayerVerification,
}

/// Verifies programs of layers.
pub fn run(cli: &Cli, model: &Model, layers: &[&Layer]) -> Result<ExitCode, Failure> {
    let given = [("--contract", !cli.contract.is_empty()), ("--sample", cli.comparison.sample.is_some())];
    if let Some((name, _)) = given.iter().find(|(_, given)| *given) {
        return Err(format!("{name} is for residual blocks, the weights are of quanvolutions").into());
    }
    let files = list_layers(&cli.programs, layers.len())?;
    let programs = read_programs(&files)?;
    let pairs = || files.iter().zip(&programs);
    written_as_wanted(cli, pairs().map(|(file, program)| (file, program.written_for())))?;
    if !cli.common.quiet {
        note_other_names(pairs().map(|(file, program)| (file, program.network())), model.name());
    }
    let machines = pairs().map(|(file, program)| (file, program.written_for(), program.circuit()));
    if let Some(message) = fits(cli, machines)? {
        return Err(Failure::Check(message));
    }
    let progress = Progress::new(files.len(), "verifying", "programs", cli.common.quiet);
    let outcomes = files
        .par_iter()
        .zip(&programs)
        .map(|(file, program)| {
            let file = shown_input(file);
            let AnyProgram::Layer(program) = program else {
                return Err(format!("{file}: a program of a residual block, the weights are of quanvolutions"));
            };
            let outcome = verified(cli, program, layers, file);
            progress.step();
            outcome
        })
        .collect::<Result<Vec<_>, String>>();
    progress.finish();
    let outcomes = outcomes?;
    let missing = (1..=layers.len()).find(|number| !outcomes.iter().any(|o| o.layer == *number));
    if let Some(missing) = missing.filter(|_| cli.complete) {
        let count = layers.len();
        return Err(Failure::Check(format!("--complete: no program of layer {missing}, the weights have {count}")));
    }
    let holds = outcomes.iter().all(|o| o.verification.holds());
    show(cli, model.name(), &outcomes, holds)?;
    Ok(ExitCode::from(if holds { HOLDS } else { FAILED }))
}

fn verified(cli: &Cli, program: &LayerProgram, layers: &[&Layer], file: String) -> Result<Outcome, String> {
    let number = cli.block.map_or(program.contract.quanvolution, |k| k as usize);
    let count = layers.len();
    let layer =
        layers.get(number - 1).ok_or_else(|| format!("{file}: is of layer {number}, the weights have {count}"))?;
    let verification =
        verify_layer(program, layer, cli.comparison.tolerance).map_err(|error| format!("{file}: {error}"))?;
    Ok(Outcome { layer: number, file, verification })
}

fn show(cli: &Cli, network: &str, outcomes: &[Outcome], holds: bool) -> Result<(), String> {
    let layers = outcomes.iter().map(|o| VerifiedLayer {
        layer: o.layer,
        program: &o.file,
        holds: o.verification.holds(),
        verification: &o.verification,
    });
    let layers = layers.collect();
    let told = VerifyLayersReport { network, holds, tolerance: cli.comparison.tolerance, layers };
    cli.common.report(COMMAND, told)?;
    if cli.common.tells() {
        let points = outcomes.iter().map(|o| o.verification.points).max().unwrap_or(0);
        let at = match points {
            1 => "max error".to_owned(),
            n if outcomes.iter().all(|o| o.verification.points == n) => format!("max over {n} points"),
            n => format!("max over up to {n} points"),
        };
        let heads = ["layer", "patches", &at, "bound for every input", "allowed", "computes its layer", "program"];
        let mut table = Table::new(&heads, true);
        for o in outcomes {
            let v = &o.verification;
            table.row(vec![
                o.layer.to_string(),
                v.patches.to_string(),
                format!("{:.1e}", v.max_error),
                if v.fixed { "-".into() } else { format!("{:.1e}", v.bound) },
                format!("{:.1e}", v.allowed),
                match (v.holds(), v.fixed) {
                    (false, _) => "NO",
                    (true, true) => "these inputs only",
                    (true, false) => "yes",
                }
                .into(),
                o.file.clone(),
            ]);
        }
        print(&table.render())?;
    }
    for o in outcomes.iter().filter(|o| !o.verification.holds()) {
        fail(FAILED, &format!("{}: {}", o.file, o.verification.failure()));
    }
    Ok(())
}
