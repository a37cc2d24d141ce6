//! `hqrn-job collect`: what came back of a plan.

use super::data::DataArgs;
use super::folder::{Folder, RESULT_NAME, files_of, planned, read_result};
use super::found::Found;
use super::origin::Origin;
use super::page::page_of;
use super::show::{heads_of_steps, largest, percent};
use super::{COMMAND, StepArg};
use crate::cli::arguments::Common;
use crate::cli::foot::digest_of;
use crate::cli::outputs::{need_places, spare_inputs};
use crate::cli::printing::{Failure, HOLDS, note, print};
use crate::cli::reports::{CollectReport, CollectedBlock, CollectedStep};
use crate::cli::table::Table;
use crate::files::write_atomically;
use crate::job::{Expected, Step, Surprise, collected, controls, expected_of, surprise};
use crate::network::{Network, write_json};
use crate::report::job_page;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// More standard deviations than that, and a block is pointed at.
const SURPRISING: f64 = 3.0;

#[derive(clap::Args, Debug)]
pub struct Args {
    /// Folder of the plan
    #[arg(value_name = "DIR")]
    plan: PathBuf,
    /// What came back [default: result.json in the folder]
    #[arg(value_name = "RESULT")]
    result: Option<PathBuf>,
    #[command(flatten)]
    data: DataArgs,
    /// The step that labels and the network as measured are taken from [default: the plan's]
    #[arg(long, value_enum)]
    step: Option<StepArg>,
    /// Write the network as it was measured, W_rec in place of W, with the biases and head of the step
    #[arg(long, value_name = "FILE")]
    measured: Option<PathBuf>,
    /// Write a page with pictures
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    #[command(flatten)]
    pub common: Common,
}

pub fn run(args: &Args) -> Result<ExitCode, Failure> {
    let result = args.result.clone().unwrap_or_else(|| args.plan.join(RESULT_NAME));
    let held = files_of(&args.plan);
    let report = args.common.report_file();
    let written: Vec<&PathBuf> = args.measured.iter().chain(&args.report).chain(&report).collect();
    let read = [&result].into_iter().chain(&held).chain(args.data.files());
    spare_inputs(read, written.iter().copied())?;
    need_places(written.iter().copied(), None)?;
    let folder = Folder::read(&args.plan)?;
    let plan = &folder.plan;
    if result.as_os_str() != "-" && !result.exists() {
        return Err(no_result(&args.plan, &result).into());
    }
    let data = planned(&args.data, plan, &args.plan, args.common.quiet)?;
    spare_inputs(data.files(), written.iter().copied())?;
    let rows = data.read(&folder.network, args.common.quiet)?;
    let parts = expected_of(&folder.network, &folder.programs, &folder.machine, folder.plan.waits)
        .map_err(|error| error.to_string())?;
    let (readings, expected): (Vec<_>, Vec<Expected>) = parts.into_iter().unzip();
    let shown = result.display().to_string();
    let found = read_result(&result)?;
    // What a script has stored says which job it is of.
    if found.get("sha256").is_some_and(|sha256| *sha256 != plan.job.sha256) {
        return Err(format!("{shown}: is of another job than the plan's").into());
    }
    let origin = Origin::of(&found, &plan.machine_name).map_err(|problem| format!("{shown}: {problem}"))?;
    if found.get("sha256").is_none() && !args.common.quiet {
        note(&format!("{shown}: does not say which job it is of"));
    }
    let measured = collected(&found, folder.provider, &plan.blocks, &readings, plan.shots)
        .map_err(|error| format!("{shown}: {error}"))?;
    let ground = rows.ground(&folder.network);
    let step = args.step.map_or(plan.step, StepArg::step);
    let survivals: Vec<Vec<f64>> = expected.iter().map(Expected::survivals).collect();
    let ladder = ground.climb(&measured, &survivals, Some(plan.seed));
    if let Some(block) = ladder.unseen(&folder.network) {
        return Err(Failure::Check(format!(
            "{shown}: nothing of its W is to be seen in the counts of block {block}: too few, of another plan, or not in this order; nothing was written"
        )));
    }
    let surprises: Vec<Surprise> = expected.iter().zip(&measured).map(|(e, m)| surprise(e, m)).collect();
    let chosen = ladder.rungs.iter().find(|rung| rung.step == step).expect("every step was taken");
    let controls = controls(&ground, &ladder, plan.seed);
    let found = Found {
        controls: &controls,
        origin,
        ground: &ground,
        ladder: &ladder,
        expected: &expected,
        measured: &measured,
        surprises: &surprises,
        step,
        result: digest_of(&result),
    };
    if let Some(path) = &args.measured {
        let network = Network { name: measured_name(&folder, &found.origin), ..chosen.network.clone() };
        write_atomically(path, write_json(&network))?;
    }
    if let Some(path) = &args.report {
        write_atomically(path, job_page(&page_of(&folder.network.name, plan, &folder.machine, Some(&found))))?;
    }
    show(args, &folder, &found)?;
    Ok(ExitCode::from(HOLDS))
}

/// What to do where nothing came back yet.
fn no_result(plan: &Path, result: &Path) -> String {
    let (plan, result) = (plan.display(), result.display());
    format!(
        "{result}: no result is there yet: python examples/submit/run_job.py {plan} asks a machine, hqrn-job rehearse {plan} -o {result} draws one"
    )
}

/// What the network is called once it is a table of measurements.
fn measured_name(folder: &Folder, origin: &Origin) -> String {
    let day = folder.plan.machine_date.split('T').next().unwrap_or_default();
    format!("{} as {}, {day}", folder.network.name, origin.done())
}

fn show(args: &Args, folder: &Folder, found: &Found<'_>) -> Result<(), String> {
    let plan = &folder.plan;
    let promise = |step: Step| plan.promises.iter().find(|promise| promise.step == step);
    let steps: Vec<CollectedStep> = (found.ladder.rungs.iter())
        .map(|rung| CollectedStep {
            step: rung.step,
            changed: found.ground.changed(&rung.labels),
            wrong: found.ground.wrong(&rung.labels),
            strayed: found.ground.strayed(&rung.labels),
            promised: promise(rung.step).map(|promise| promise.changed),
            spread: promise(rung.step).map(|promise| promise.spread),
            distances: rung.distances.clone(),
        })
        .collect();
    let blocks: Vec<CollectedBlock> = (0..plan.blocks.len())
        .map(|k| CollectedBlock {
            block: k + 1,
            executions: found.measured[k].shots().iter().sum::<f64>() as u64,
            scale: found.ladder.scales[k],
            promised_scale: found.expected[k].promised_scale(),
            surprise: found.surprises[k],
        })
        .collect();
    let labels = &found.ladder.rungs.iter().find(|rung| rung.step == found.step).expect("a step that was taken").labels;
    args.common.report(
        COMMAND,
        CollectReport {
            network: &folder.network.name,
            machine: &plan.machine_name,
            date: &plan.machine_date,
            origin: found.origin.source,
            backend: found.origin.backend.as_deref(),
            step: found.step,
            steps: &steps,
            blocks: &blocks,
            controls: found.controls,
            labels,
        },
    )?;
    if !args.common.quiet {
        if let Some(told) = found.origin.note() {
            note(&told);
        }
        for block in blocks.iter().filter(|block| block.surprise.sigma.abs() > SURPRISING) {
            note(&format!(
                "block {} is {:.1} sigma off what the machine's figures promise",
                block.block, block.surprise.sigma
            ));
        }
    }
    if !args.common.tells() {
        return Ok(());
    }
    let wrong = steps.iter().any(|step| step.wrong.is_some());
    let strayed = steps.iter().any(|step| step.strayed.is_some());
    let mut table = Table::new(&heads_of_steps("promised", wrong, strayed), false);
    for step in &steps {
        let share = |part: &crate::run::Disagreement| {
            format!("{} of {} ({:.2} %)", part.changed, part.of, 100.0 * part.share())
        };
        let mut row = vec![step.step.name().to_owned(), share(&step.changed)];
        row.push(step.promised.as_ref().map_or("·".into(), percent));
        row.extend(step.wrong.as_ref().map(share));
        row.extend(step.strayed.as_ref().map(share));
        row.push(largest(&step.distances));
        table.row(row);
    }
    let mut second =
        Table::new(&["block", "executions", "scale", "promised", "chi-squared", "freedom", "sigma"], false);
    for block in &blocks {
        second.row(vec![
            block.block.to_string(),
            block.executions.to_string(),
            block.scale.map_or("·".into(), |scale| format!("{:.3} ± {:.3}", scale.value, scale.error)),
            format!("{:.3}", block.promised_scale),
            format!("{:.0}", block.surprise.chi_squared),
            block.surprise.freedom.to_string(),
            format!("{:+.1}", block.surprise.sigma),
        ]);
    }
    let controls = found.controls.iter().map(|control| {
        format!("refitted to {}: {:.1} % of labels changed\n", control.instead, 100.0 * control.changed.share())
    });
    print(&format!(
        "{} on {}, figures of {}{}\n{}{}\n{}",
        folder.network.name,
        plan.machine_name,
        plan.machine_date,
        found.origin.mark(),
        table.render(),
        controls.collect::<String>(),
        second.render()
    ))
}
