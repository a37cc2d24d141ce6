//! `hqrn-job rehearse`: a result drawn from what the machine's figures promise.

use super::folder::{Folder, files_of, read_result};
use crate::cli::arguments::Common;
use crate::cli::outputs::spare_inputs;
use crate::cli::printing::{Failure, HOLDS, note};
use crate::files::write_atomically;
use crate::job::{expected_of, rehearsed};
use std::path::PathBuf;
use std::process::ExitCode;

#[derive(clap::Args, Debug)]
pub struct Args {
    /// Folder of the plan
    #[arg(value_name = "DIR")]
    plan: PathBuf,
    /// The result
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Seed of the counts; the same seed gives the same bytes
    #[arg(long, value_name = "S", default_value_t = 0)]
    seed: u64,
    #[command(flatten)]
    pub common: Common,
}

pub fn run(args: &Args) -> Result<ExitCode, Failure> {
    if args.common.json.is_some() {
        return Err("rehearse writes a result, and has no report".into());
    }
    // A rehearsal may take the place of another, and of nothing else.
    let is_rehearsal = |path: &PathBuf| read_result(path).is_ok_and(|found| found.get("rehearsed").is_some());
    if args.output.exists() && !is_rehearsal(&args.output) {
        return Err(format!("{}: is there already, and no rehearsal", args.output.display()).into());
    }
    spare_inputs(files_of(&args.plan).iter().filter(|path| !is_rehearsal(path)), [&args.output])?;
    let folder = Folder::read(&args.plan)?;
    let parts = expected_of(&folder.network, &folder.programs, &folder.machine, folder.plan.waits)
        .map_err(|error| error.to_string())?;
    let result = rehearsed(&folder.plan, folder.provider, &parts, args.seed);
    write_atomically(&args.output, result.to_string() + "\n")?;
    if !args.common.quiet {
        note("drawn from the machine's figures: no machine was asked");
    }
    Ok(ExitCode::from(HOLDS))
}
