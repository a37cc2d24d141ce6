//! Programs of layers of quanvolutions: each is proven by itself.

use super::{COMMAND, Cli, fits, in_range, rewritten, written_as_wanted};
use crate::cli::inputs::{head_of, note_other_names, read_programs};
use crate::cli::listed::list_layers;
use crate::cli::printing::{FAILED, Failure, HOLDS, fail, print};
use crate::cli::progress::Progress;
use crate::cli::reports::{Problem, VerifiedHead, VerifiedLayer, VerifyLayersReport};
use crate::cli::table::Table;
use crate::compiler::{HeadVerification, LayerVerification, verify_head, verify_layer};
use crate::files::shown_input;
use crate::network::Model;
use crate::network::quanvolution::Layer;
use crate::qasm::{self, AnyProgram, HeadProgram, LayerProgram};
use rayon::prelude::*;
use std::process::ExitCode;

/// What came out for one program.
enum Outcome {
    Layer { layer: usize, file: String, verification: LayerVerification },
    Head { file: String, verification: HeadVerification },
}

impl Outcome {
    fn holds(&self) -> bool {
        match self {
            Outcome::Layer { verification, .. } => verification.holds(),
            Outcome::Head { verification, .. } => verification.holds(),
        }
    }

    /// The file and what is wrong.
    fn failure(&self) -> String {
        match self {
            Outcome::Layer { file, verification, .. } => format!("{file}: {}", verification.failure()),
            Outcome::Head { file, verification } => format!("{file}: {}", verification.failure()),
        }
    }
}

/// Verifies programs of layers.
pub fn run(cli: &Cli, model: &Model, layers: &[&Layer]) -> Result<ExitCode, Failure> {
    if cli.comparison.sample.is_some() {
        return Err("--sample is for residual blocks, the weights are of quanvolutions".into());
    }
    in_range(cli, "layer", layers.len())?;
    let listed = list_layers(&cli.programs, layers.len())?;
    let files = &listed.files;
    let programs = match &cli.contract[..] {
        [] => read_programs(files)?,
        originals => rewritten(cli, files, &read_programs(originals)?, qasm::read_any_foreign)?,
    };
    listed.check(programs.iter().map(AnyProgram::part))?;
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
            let outcome = match program {
                AnyProgram::Layer(program) => verified(cli, program, layers, file),
                AnyProgram::Head(program) => verified_head(cli, program, model, file),
                AnyProgram::Block(_) => {
                    Err(format!("{file}: a program of a residual block, the weights are of quanvolutions"))
                }
                AnyProgram::Segment(_) => {
                    Err(format!("{file}: a program of an amplitude network, the weights are of quanvolutions"))
                }
            };
            progress.step();
            outcome
        })
        .collect::<Result<Vec<_>, String>>();
    progress.finish();
    let outcomes = outcomes?;
    if cli.block.is_none() {
        each_layer_once(&outcomes)?;
    }
    let missing = (1..=layers.len())
        .find(|number| !outcomes.iter().any(|o| matches!(o, Outcome::Layer { layer, .. } if layer == number)));
    if let (Some(missing), None, true) = (missing, cli.block, cli.programs.iter().any(|given| given.is_dir())) {
        return Err(format!("layer {missing} has no program, though a folder is all of a network").into());
    }
    if let Some(missing) = missing.filter(|_| cli.complete) {
        let count = layers.len();
        return Err(Failure::Check(format!("--complete: no program of layer {missing}, the weights have {count}")));
    }
    let holds = outcomes.iter().all(Outcome::holds);
    show(cli, model.name(), &outcomes, holds)?;
    Ok(ExitCode::from(if holds { HOLDS } else { FAILED }))
}

/// Refuses two programs of one layer, one of which lies where another layer's should: only programs of fixed pixels are
/// parts of a layer.
fn each_layer_once(outcomes: &[Outcome]) -> Result<(), String> {
    let whole = |outcome: &Outcome| match outcome {
        Outcome::Layer { layer, file, verification } if !verification.fixed => Some((*layer, file.clone())),
        _ => None,
    };
    let whole: Vec<(usize, String)> = outcomes.iter().filter_map(whole).collect();
    for (i, (layer, file)) in whole.iter().enumerate() {
        if let Some((_, other)) = whole[..i].iter().find(|(before, _)| before == layer) {
            return Err(format!(
                "{other}, {file}: layer {layer}: more than one program was given, though one alone is the whole layer"
            ));
        }
    }
    Ok(())
}

fn verified(cli: &Cli, program: &LayerProgram, layers: &[&Layer], file: String) -> Result<Outcome, String> {
    let number = cli.block.map_or(program.contract.quanvolution, |k| k as usize);
    let count = layers.len();
    let layer =
        layers.get(number - 1).ok_or_else(|| format!("{file}: is of layer {number}, the weights have {count}"))?;
    let verification =
        verify_layer(program, layer, cli.comparison.tolerance).map_err(|error| format!("{file}: {error}"))?;
    Ok(Outcome::Layer { layer: number, file, verification })
}

fn verified_head(cli: &Cli, program: &HeadProgram, model: &Model, file: String) -> Result<Outcome, String> {
    let Some((head, pixels)) = head_of(model) else {
        return Err(format!("{file}: a program of a quantum head, that of the weights is dense"));
    };
    let verification = verify_head(program, head, pixels, cli.comparison.tolerance);
    let verification = verification.map_err(|error| format!("{file}: {error}"))?;
    Ok(Outcome::Head { file, verification })
}

fn show(cli: &Cli, network: &str, outcomes: &[Outcome], holds: bool) -> Result<(), String> {
    let (mut layers, mut heads) = (vec![], vec![]);
    for o in outcomes {
        let holds = o.holds();
        match o {
            Outcome::Layer { layer, file, verification } => {
                layers.push(VerifiedLayer { layer: *layer, program: file, holds, verification });
            }
            Outcome::Head { file, verification } => heads.push(VerifiedHead { program: file, holds, verification }),
        }
    }
    if cli.common.tells() {
        let tables = [table(&layers), head_table(&heads)];
        print(&tables.into_iter().flatten().collect::<Vec<_>>().join("\n"))?;
    }
    let failed: Vec<String> = outcomes.iter().filter(|o| !o.holds()).map(Outcome::failure).collect();
    let (tolerance, error) = (cli.comparison.tolerance, Problem::of(&failed));
    cli.common.report(COMMAND, VerifyLayersReport { network, holds, tolerance, layers, heads, error })?;
    failed.iter().for_each(|line| _ = fail(FAILED, line));
    Ok(())
}

fn table(layers: &[VerifiedLayer<'_>]) -> Option<String> {
    let points = layers.iter().map(|o| o.verification.points).max()?;
    let at = match points {
        1 => "max error".to_owned(),
        n if layers.iter().all(|o| o.verification.points == n) => format!("max over {n} points"),
        n => format!("max over up to {n} points"),
    };
    let heads = ["layer", "patches", &at, "bound for every input", "allowed", "computes its layer", "program"];
    let mut table = Table::new(&heads, true);
    for o in layers {
        let v = o.verification;
        table.row(vec![
            o.layer.to_string(),
            v.patches.to_string(),
            format!("{:.1e}", v.max_error),
            if v.fixed { "-".into() } else { format!("{:.1e}", v.bound) },
            format!("{:.1e}", v.allowed),
            match (o.holds, v.fixed) {
                (false, _) => "NO",
                (true, true) => "these inputs only",
                (true, false) => "yes",
            }
            .into(),
            o.program.to_owned(),
        ]);
    }
    Some(table.render())
}

fn head_table(heads: &[VerifiedHead<'_>]) -> Option<String> {
    let mut table = Table::new(&["head", "infidelity", "max error", "allowed", "computes its head", "program"], true);
    for o in heads {
        let v = o.verification;
        table.row(vec![
            "quantum".into(),
            format!("{:.1e}", v.infidelity),
            format!("{:.1e}", v.max_error),
            format!("{:.1e}", v.allowed),
            if o.holds { "this image only" } else { "NO" }.into(),
            o.program.to_owned(),
        ]);
    }
    (!heads.is_empty()).then(|| table.render())
}
