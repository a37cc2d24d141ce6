//! `hqrn-train entanglement`: the entanglement classifier, from nothing to a network and a report.

use super::COMMAND;
use crate::cli::arguments::Common;
use crate::cli::foot::foot;
use crate::cli::outputs::need_places;
use crate::cli::printing::{Failure, HOLDS, note, print};
use crate::cli::progress::Progress;
use crate::cli::reports::{Chosen, EntanglementReport, Sink};
use crate::cli::table::Table;
use crate::data::{StateRecord, write_array, write_labels, write_states};
use crate::entanglement::{Campaign, LabelledState, Outcome, Plan};
use crate::files::{in_folder, write_atomically};
use crate::linalg::Complex;
use crate::network::{Network, write_json};
use crate::report::entanglement_page;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

const EXAMPLES: &str = "Examples:
  hqrn-train entanglement --blocks 2 -o bell/      a small one, in ten seconds
  hqrn-train entanglement --finetune -o bell/      the paper's depth, then all blocks together
  hqrn-train entanglement --states-only -o bell/   only the states

The folder gets network.json, which hqrn-compile takes, training.json and test.json (states, which hqrn-run --data takes) and the \
same as .npy, report.html, report.json, and campaign.json, from which the same command goes on where it was killed. Class 1 is entangled. Exit codes: 0 trained, 2 bad input.";

/// What a training goes on from.
const STATE_NAME: &str = "campaign.json";

/// Train the entanglement classifier
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Folder for the network, the states and the report
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Blocks of two-qubit unitaries, M; all smaller numbers are trained on the way
    #[arg(long, value_name = "M", default_value_t = 15, value_parser = clap::value_parser!(u16).range(1..=100))]
    blocks: u16,
    /// Then train all blocks together, for each number of them
    #[arg(long)]
    finetune: bool,
    /// Random first parameters to try for a block
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    starts: u16,
    /// Evaluations of the loss that each may take
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u16).range(1..))]
    steps: u16,
    /// Classifiers to try behind each number of blocks
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u16).range(1..))]
    restarts: u16,
    /// Write the training and test states and stop
    #[arg(long)]
    states_only: bool,
    /// Seed of everything random; the same seed gives the same bytes
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    pub common: Common,
}

/// Trains, and leaves everything in the folder.
pub fn run(args: &Args) -> Result<ExitCode, Failure> {
    let mut plan = Plan::new(args.blocks.into(), args.finetune, args.seed);
    (plan.greedy.starts, plan.greedy.steps) = (args.starts.into(), args.steps.into());
    plan.restarts = args.restarts.into();
    let folder = &args.output;
    need_places(&args.common.report_file(), Some(folder))?;
    let mut campaign = resumed(&folder.join(STATE_NAME), plan)?;
    in_folder(folder, || campaign_in(args, &plan, &mut campaign))
}

fn campaign_in(args: &Args, plan: &Plan, campaign: &mut Campaign) -> Result<ExitCode, Failure> {
    let folder = &args.output;
    for (name, states) in [("training", campaign.training()), ("test", campaign.test())] {
        write_set(folder, name, states)?;
    }
    if args.states_only {
        return Ok(ExitCode::from(HOLDS));
    }
    if !campaign.done().is_empty() && !args.common.quiet {
        note(&format!("going on after stage {} of {}", campaign.done().len(), campaign.stages()));
    }
    let progress = Progress::new(campaign.stages(), "training", "stages", args.common.quiet);
    progress.start_at(campaign.done().len());
    while campaign.advance() {
        progress.step();
        write(&folder.join(STATE_NAME), campaign.to_json())?;
    }
    progress.finish();
    let (_, network) = campaign.chosen(args.finetune).or(campaign.chosen(false)).expect("all stages are done");
    let report = EntanglementReport {
        plan,
        outcomes: campaign.done().iter().map(|(outcome, _)| outcome).collect(),
        chosen: Chosen {
            greedy: campaign.chosen(false).map(|chosen| &chosen.0),
            finetuned: campaign.chosen(true).map(|chosen| &chosen.0),
        },
    };
    write(&folder.join("network.json"), write_json(network))?;
    Sink::File(&folder.join("report.json")).put(COMMAND, &report)?;
    write(
        &folder.join("report.html"),
        entanglement_page(campaign, &foot("hqrn-train entanglement", Some(plan.seed), [])),
    )?;
    args.common.report(COMMAND, &report)?;
    if args.common.tells() {
        print(&shown(campaign, network))?;
    }
    Ok(ExitCode::from(HOLDS))
}

/// The campaign in the folder, or a new one.
fn resumed(path: &Path, plan: Plan) -> Result<Campaign, String> {
    match std::fs::read(path) {
        Ok(text) => Campaign::from_json(&text, plan).map_err(|error| format!("{}: {error}", path.display())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Campaign::new(plan)),
        Err(error) => Err(format!("{}: {error}", path.display())),
    }
}

/// A set of states as JSON, and as an array with its labels.
fn write_set(folder: &Path, name: &str, states: &[LabelledState]) -> Result<(), String> {
    let label = |s: &LabelledState| usize::from(s.entangled);
    let records = states.iter().map(|s| StateRecord::new(&s.rho, Some(s.family.name()), Some(label(s)))).collect();
    write(&folder.join(format!("{name}.json")), write_states(records))?;
    let entries = states.iter().flat_map(|s| s.rho.transpose().iter().copied().collect::<Vec<Complex>>());
    write(&folder.join(format!("{name}.npy")), write_array(&[states.len() as u64, 4, 4], entries))?;
    let labels: Vec<usize> = states.iter().map(label).collect();
    write(&folder.join(format!("{name}-labels.npy")), write_labels(&labels))
}

fn write(path: &Path, content: impl AsRef<[u8]>) -> Result<(), String> {
    write_atomically(path, content).map_err(|error| error.to_string())
}

/// A row a stage, on the test states, and which were chosen.
fn shown(campaign: &Campaign, network: &Network) -> String {
    let mut table = Table::new(&Outcome::HEADS, false);
    campaign.done().iter().for_each(|(outcome, _)| table.row(outcome.row()));
    let percent = |share: f64| format!("{:.2} %", 100.0 * share);
    let mut out = table.render();
    for (way, chosen) in [("one by one", campaign.chosen(false)), ("together", campaign.chosen(true))] {
        let Some((outcome, _)) = chosen else { continue };
        out.push_str(&format!(
            "\nbest on the training states, trained {way}: {} blocks, accuracy {}, balanced {}",
            outcome.blocks,
            percent(outcome.test.accuracy),
            percent(outcome.test.balanced)
        ));
    }
    out + &format!("\nnetwork.json: {} blocks\n", network.blocks.len())
}
