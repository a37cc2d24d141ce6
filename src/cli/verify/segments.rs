//! Programs of segments of an amplitude network: each is proven by itself.

use super::{COMMAND, Cli, fits, in_range, rewritten, written_as_wanted};
use crate::cli::inputs::{note_other_names, read_programs, segments_of};
use crate::cli::listed::list_segments;
use crate::cli::printing::{FAILED, Failure, HOLDS, fail, print};
use crate::cli::progress::Progress;
use crate::cli::reports::{Problem, VerifiedSegment, VerifySegmentsReport};
use crate::cli::table::Table;
use crate::compiler::{SegmentVerification, verify_segment};
use crate::files::shown_input;
use crate::network::amplitude::AmplitudeNetwork;
use crate::qasm::{self, AnyProgram, Program};
use rayon::prelude::*;
use std::path::PathBuf;
use std::process::ExitCode;

/// What came out for one program.
struct Outcome {
    segment: usize,
    file: String,
    verification: SegmentVerification,
}

/// Verifies programs of segments.
pub fn run(cli: &Cli, network: &AmplitudeNetwork) -> Result<ExitCode, Failure> {
    if cli.comparison.sample.is_some() {
        return Err("--sample is for residual blocks, the weights are of an amplitude network".into());
    }
    let count = segments_of(cli.weights.as_ref(), network)?.len();
    in_range(cli, "segment", count)?;
    let listed = list_segments(&cli.programs, count)?;
    let files = &listed.files;
    let read = match &cli.contract[..] {
        [] => read_programs(files)?,
        originals => rewritten(cli, files, &read_programs(originals)?, qasm::read_any_foreign)?,
    };
    listed.check(read.iter().map(AnyProgram::part))?;
    let pairs = || files.iter().zip(&read);
    written_as_wanted(cli, pairs().map(|(file, program)| (file, program.written_for())))?;
    if !cli.common.quiet {
        note_other_names(pairs().map(|(file, program)| (file, program.network())), &network.name);
    }
    let machines = pairs().map(|(file, program)| (file, program.written_for(), program.circuit()));
    if let Some(message) = fits(cli, machines)? {
        return Err(Failure::Check(message));
    }
    let programs = pairs().map(segment_of).collect::<Result<Vec<&Program>, String>>()?;
    let numbers: Vec<usize> = programs.iter().map(|p| cli.block.map_or(p.contract.block, |k| k as usize)).collect();
    if let Some((file, number)) = files.iter().zip(&numbers).find(|(_, number)| !(1..=count).contains(*number)) {
        return Err(format!("{}: is of segment {number}, the weights have {count}", shown_input(file)).into());
    }
    let missing = (1..=count).find(|number| !numbers.contains(number));
    if let Some(missing) = missing.filter(|_| cli.complete) {
        return Err(Failure::Check(format!("--complete: no program of segment {missing}, the weights have {count}")));
    }
    let progress = Progress::new(files.len(), "verifying", "programs", cli.common.quiet);
    let outcomes = files
        .par_iter()
        .zip(programs)
        .zip(numbers)
        .map(|((file, program), segment)| {
            let file = shown_input(file);
            let mut program = program.clone();
            program.contract.block = segment;
            let verification = verify_segment(&program, network, cli.comparison.tolerance);
            progress.step();
            Ok(Outcome { segment, verification: verification.map_err(|error| format!("{file}: {error}"))?, file })
        })
        .collect::<Result<Vec<_>, String>>();
    progress.finish();
    let outcomes = outcomes?;
    let holds = outcomes.iter().all(|o| o.verification.holds());
    show(cli, &network.name, &outcomes, holds)?;
    Ok(ExitCode::from(if holds { HOLDS } else { FAILED }))
}

/// The program, if it is of an amplitude network.
fn segment_of<'a>((file, program): (&PathBuf, &'a AnyProgram)) -> Result<&'a Program, String> {
    match program {
        AnyProgram::Segment(program) => Ok(program),
        AnyProgram::Block(_) => Err(format!(
            "{}: a program of a residual block, the weights are of an amplitude network",
            shown_input(file)
        )),
        AnyProgram::Layer(_) | AnyProgram::Head(_) => {
            Err(format!("{}: a program of quanvolutions, the weights are of an amplitude network", shown_input(file)))
        }
    }
}

fn show(cli: &Cli, network: &str, outcomes: &[Outcome], holds: bool) -> Result<(), String> {
    if cli.common.tells() {
        let mut table =
            Table::new(&["segment", "max error", "allowed", "share error", "computes its segment", "program"], true);
        for o in outcomes {
            let v = &o.verification;
            table.row(vec![
                o.segment.to_string(),
                v.max_error.map_or("-".into(), |error| format!("{error:.1e}")),
                format!("{:.1e}", v.allowed),
                v.share_error.map_or("-".into(), |error| format!("{error:.1e}")),
                match (v.holds(), v.prepared) {
                    (false, _) => "NO",
                    (true, true) => "this input only",
                    (true, false) => "yes",
                }
                .into(),
                o.file.clone(),
            ]);
        }
        print(&table.render())?;
    }
    let segments = outcomes.iter().map(|o| VerifiedSegment {
        segment: o.segment,
        program: &o.file,
        holds: o.verification.holds(),
        verification: &o.verification,
    });
    let segments = segments.collect();
    let failed = outcomes.iter().filter(|o| !o.verification.holds());
    let failed: Vec<String> = failed.map(|o| format!("{}: {}", o.file, o.verification.failure())).collect();
    let (tolerance, error) = (cli.comparison.tolerance, Problem::of(&failed));
    cli.common.report(COMMAND, VerifySegmentsReport { network, holds, tolerance, segments, error })?;
    failed.iter().for_each(|line| _ = fail(FAILED, line));
    Ok(())
}
