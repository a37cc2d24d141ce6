//! `hqrn-job plan`: qubits, copies and shots of a job, what it will say and cost, and the file to send.

use super::data::DataArgs;
use super::folder::{MACHINE_NAME, NETWORK_NAME, held, kept};
use super::page::page_of;
use super::show::{about, promised};
use super::{COMMAND, StepArg};
use crate::cli::arguments::Common;
use crate::cli::inputs::{machine_files, read_bytes, read_machine, read_weights};
use crate::cli::outputs::{need_places, spare_inputs};
use crate::cli::printing::{Failure, HOLDS, print};
use crate::cli::progress::Progress;
use crate::cli::reports::PlanReport;
use crate::files::{digest, in_folder, write_atomically};
use crate::job::plan::{Held, JOB_NAME, PLAN_NAME, Plan};
use crate::job::{Order, PriceList, Provider, Step, promises, work_out};
use crate::network::write_json;
use crate::report::job_page;
use crate::run::Shots;
use crate::target::write_machine;
use clap::ValueEnum;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

#[derive(clap::Args, Debug)]
pub struct Args {
    /// Weights as JSON or .safetensors; blocks that are circuits for both signs are what machines of today survive
    #[arg(value_name = "WEIGHTS")]
    weights: PathBuf,
    /// The machine's figures, as hqrn-compile takes them
    #[arg(long, value_name = "FILE")]
    machine: PathBuf,
    #[command(flatten)]
    data: DataArgs,
    /// Executions of circuits in all, those of all copies counted
    #[arg(long, value_name = "N", default_value = "6.4e5")]
    executions: Shots,
    /// Folder of the plan
    #[arg(short, long, value_name = "DIR")]
    output: PathBuf,
    /// Who takes the job
    #[arg(long, value_enum, default_value_t = ProviderArg::Ibm)]
    provider: ProviderArg,
    /// Copies of every circuit side by side, at most; each execution of a program counts for all of them
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=64))]
    tiles: u32,
    /// Which qubits a single copy takes: the best by the machine's figures, or those of a median machine, to see what the choice is worth
    #[arg(long, value_enum, default_value_t = LineArg::Best)]
    line: LineArg,
    /// Promise as if qubits that wait lost nothing, as fake machines have it
    #[arg(long)]
    no_waits: bool,
    /// The same shots for every column, in place of those that labels need
    #[arg(long)]
    even: bool,
    /// The step of mitigation that labels are taken from
    #[arg(long, value_enum, default_value_t = StepArg::Refitted)]
    step: StepArg,
    /// Draws of all counts behind what is promised
    #[arg(long, value_name = "N", default_value_t = 8, value_parser = clap::value_parser!(u32).range(2..))]
    draws: u32,
    /// Prices in place of those that come with hqrn
    #[arg(long, value_name = "FILE")]
    prices: Option<PathBuf>,
    /// Seed of everything random; the same seed gives the same bytes
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    /// Write a page with pictures
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    #[command(flatten)]
    pub common: Common,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum ProviderArg {
    /// One request to IBM's Sampler
    Ibm,
    /// Program sets of Amazon Braket, on qubits that its compiler chooses: what is promised is of the best by the machine's figures
    Braket,
    /// Jobs of many circuits of IonQ
    Ionq,
}

impl ProviderArg {
    fn provider(self) -> Provider {
        match self {
            ProviderArg::Ibm => Provider::Ibm,
            ProviderArg::Braket => Provider::Braket,
            ProviderArg::Ionq => Provider::Ionq,
        }
    }
}

/// Which of the machine's lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum LineArg {
    /// The best
    Best,
    /// The median of all
    Median,
}

pub fn run(args: &Args) -> Result<ExitCode, Failure> {
    let Shots::Finite(executions) = args.executions else {
        return Err("--executions inf: expected a number that a machine can run".into());
    };
    let figures = machine_files(&args.machine)?;
    let own = [PLAN_NAME, JOB_NAME, NETWORK_NAME, MACHINE_NAME].map(|name| args.output.join(name));
    let report = args.common.report_file();
    let written: Vec<&PathBuf> = own.iter().chain(&args.report).chain(&report).collect();
    let read = [&args.weights].into_iter().chain(&figures).chain(args.data.files()).chain(&args.prices);
    spare_inputs(read, written.iter().copied())?;
    need_places(written, Some(&args.output))?;
    if let Some(path) = kept(&args.output) {
        return Err(format!("{}: is of the plan that is there: give another folder with -o", path.display()).into());
    }
    let network = read_weights(COMMAND, &args.weights, args.common.quiet)?;
    if network.head.is_none() {
        return Err(
            format!("{}: has no head that names classes, which a job is judged by", args.weights.display()).into()
        );
    }
    let machine = read_machine(&args.machine, args.common.quiet)?;
    let Some(machine_text) = write_machine(&machine) else {
        return Err(
            format!("{}: a machine without figures: nothing can be promised of it", args.machine.display()).into()
        );
    };
    let prices = match &args.prices {
        Some(path) => {
            PriceList::from_json(&read_bytes(path)?).map_err(|error| format!("{}: {error}", path.display()))?
        }
        None => PriceList::bundled(),
    };
    let rows = args.data.read(&network, args.common.quiet)?;
    if let Some(k) = network.blocks.iter().position(|block| block.form().is_unitary()) {
        let shown = args.weights.display();
        return Err(format!("{shown}: block {} is of unitaries, which see more than columns", k + 1).into());
    }
    let order = Order {
        provider: args.provider.provider(),
        executions,
        tiles: args.tiles as usize,
        median: args.line == LineArg::Median,
        even: args.even,
        waits: !args.no_waits,
    };
    let ground = rows.ground(&network);
    let progress = Progress::new(args.draws as usize, "drawing counts", "jobs", args.common.quiet);
    let worked =
        work_out(&ground, &machine, &order, |text| digest(text.as_bytes())).map_err(|error| error.to_string())?;
    let refit = args.step.step() == Step::Refitted;
    let promises =
        promises(&ground, &worked.expected, &worked.shots(), args.draws, refit, args.seed, || progress.step());
    progress.finish();
    let network_text = write_json(&network);
    let job_text = worked.job.to_string() + "\n";
    let quotes = prices.quotes(order.provider.name(), &worked.effort);
    let (format, version) = Plan::FORMAT;
    let plan = Plan {
        format: format.into(),
        version,
        hqrn: env!("CARGO_PKG_VERSION").into(),
        network: held(NETWORK_NAME, network_text.as_bytes()),
        machine: held(MACHINE_NAME, machine_text.as_bytes()),
        machine_name: machine.name.clone().into_owned(),
        machine_date: machine.figures.as_ref().map_or_else(String::new, |figures| figures.date.clone()),
        provider: order.provider.name().into(),
        waits: order.waits,
        data: args.data.train.iter().chain(&args.data.data).map(|path| given(path)).collect::<Result<_, String>>()?,
        labels: args.data.labels.as_deref().map(given).transpose()?,
        reference: args.data.reference.as_deref().map(given).transpose()?,
        shots: worked.unit,
        blocks: worked.blocks.clone(),
        job: held(JOB_NAME, job_text.as_bytes()),
        seed: args.seed,
        draws: args.draws,
        step: args.step.step(),
        promises,
        effort: worked.effort,
        seconds: prices.seconds(order.provider.name(), &worked.effort),
        quotes,
        prices_date: prices.date.clone(),
        seal: String::new(),
    };
    let plan = Plan { seal: digest(plan.to_json().as_bytes()), ..plan };
    if let Some(what) = plan.not_a_number() {
        return Err(format!("{what}: no finite number: the weights, the machine or the prices are out of range").into());
    }
    in_folder(&args.output, || {
        let write = |name: &str, text: &str| write_atomically(&args.output.join(name), text);
        for (block, text) in plan.blocks.iter().zip(&worked.texts) {
            write(&block.program.file, text)?;
        }
        write(NETWORK_NAME, &network_text)?;
        write(MACHINE_NAME, &machine_text)?;
        write(JOB_NAME, &job_text)?;
        // Last: a folder with a plan has all that it holds.
        write(PLAN_NAME, &plan.to_json())
    })?;
    if let Some(path) = &args.report {
        write_atomically(path, job_page(&page_of(&network.name, &plan, &machine, None)))?;
    }
    args.common.report(COMMAND, PlanReport { plan: &plan })?;
    if args.common.tells() {
        print(&format!("{}\n{}", about(&plan, &network.name), promised(&plan.promises)))?;
    }
    Ok(ExitCode::from(HOLDS))
}

/// A file that stays where it is.
fn given(path: &Path) -> Result<Held, String> {
    Ok(held(&path.display().to_string(), &read_bytes(path)?))
}
