//! Counts of a segment of an amplitude network: its scores, or the state of the next.

use super::{COMMAND, Cli, counts};
use crate::cli::inputs::{note_other_names, note_reading, read_bytes, read_programs, segments_of};
use crate::cli::printing::{Failure, note, print};
use crate::cli::reports::{ReadFile, SegmentCountsReport};
use crate::cli::table::Table;
use crate::compiler::verify_segment;
use crate::data::{Split, read_samples};
use crate::files::{read_json, shown_input, write_atomically};
use crate::network::amplitude::AmplitudeNetwork;
use crate::qasm::{AnyProgram, Program};
use crate::run::{CountsFile, Estimate, SegmentEstimate, estimate_segment};
use serde_json::json;

/// By how much two inputs may differ, as shares of the largest entry, that are the same.
const SAME: f64 = 1e-6;

/// Reads the counts of a segment.
pub fn run(cli: &Cli, network: &AmplitudeNetwork) -> Result<(), Failure> {
    let [file] = &cli.programs[..] else { return Err("expected the program of one segment".into()) };
    let shown = shown_input(file);
    let AnyProgram::Segment(program) = read_programs(&cli.programs)?.remove(0) else {
        let problem = "a program of another family, the weights are of an amplitude network";
        return Err(format!("{shown}: {problem}").into());
    };
    let segments = segments_of(cli.weights.as_ref(), network)?;
    let (number, count) = (program.contract.block, segments.len());
    let segment =
        segments.get(number - 1).ok_or_else(|| format!("{shown}: is of segment {number}, the weights have {count}"))?;
    // Scores and gamma of other weights would be numbers like any.
    let verification = verify_segment(&program, network, SAME).map_err(|error| format!("{shown}: {error}"))?;
    if !verification.holds() {
        return Err(format!("{shown}: {}: a program of other weights", verification.failure()).into());
    }
    let [counted] = &cli.counts[..] else {
        return Err(format!("1 program, but {} files of counts", cli.counts.len()).into());
    };
    let table = counts(cli, &program, counted)?;
    let input = input(cli, network, &program, number)?;
    if input.is_none() && !segment.normalises {
        let problem = "keeps the norm of what goes in: say what that was with --state FILE";
        return Err(format!("{shown}: segment {number} {problem}").into());
    }
    let found = estimate_segment(&program, &table.counts, network, segment, input.as_deref());
    if found.accepted == 0.0 {
        let shots = table.counts.shots();
        let problem =
            format!("none of {shots} shots counts: expected words whose bits are as accept in the contract has them");
        return Err(format!("{}: {problem}", shown_input(counted)).into());
    }
    if !cli.common.quiet {
        note_other_names([(file, program.contract.network.as_str())].into_iter(), &network.name);
    }
    if let Some(doubt) = found.doubt().filter(|_| !cli.common.quiet || cli.next.is_some()) {
        note(&doubt);
    }
    if let Some(path) = &cli.next {
        let next = found.next.as_ref().ok_or("--next: there is no segment behind the last")?;
        let values: Vec<f64> = next.iter().map(|e| e.value).collect();
        if values.iter().all(|v| *v == 0.0) {
            return Err("--next: the activation leaves 0 of every entry: nothing can be encoded of that, and what follows reads 0 whatever its shots say".into());
        }
        write_atomically(path, json!(values).to_string() + "\n").map_err(|error| error.to_string())?;
    }
    Ok(show(cli, number, &table, &found)?)
}

/// What went in: what the program prepares, which is what a file must say, too, or what the file says.
fn input(cli: &Cli, network: &AmplitudeNetwork, program: &Program, number: usize) -> Result<Option<Vec<f64>>, String> {
    let prepared = program.contract.segment.as_ref().and_then(|terms| terms.features.clone());
    let (place, given) = match (&cli.state[..], &cli.data, cli.image) {
        ([], Some(data), Some(row)) => {
            if number > 1 {
                return Err("--data is what goes into the first segment: --state FILE says what went into this".into());
            }
            let samples =
                read_samples(data, None, Some(network.entries()), Split::Test).map_err(|error| error.to_string())?;
            note_reading(data, &samples);
            let count = samples.inputs.len();
            let sample = samples.inputs.into_iter().nth(row as usize - 1);
            (shown_input(data), sample.ok_or_else(|| format!("--row {row}: {} has {count}", shown_input(data)))?)
        }
        ([], ..) => return Ok(prepared),
        ([path], ..) => {
            let shown = shown_input(path);
            let given: Vec<f64> = read_json(&read_bytes(path)?).map_err(|error| format!("{shown}: {error}"))?;
            (shown, given)
        }
        (files, ..) => return Err(format!("--state: {} files, a segment takes one", files.len())),
    };
    let wanted = network.entries_of(number);
    if given.len() != wanted {
        return Err(format!("{place}: {} entries, expected {wanted}", given.len()));
    }
    let given = network.input_of(number, &given).map_err(|problem| format!("{place}: {problem}"))?;
    let largest = given.iter().fold(0.0f64, |most, v| most.max(v.abs()));
    let other = prepared.as_ref().and_then(|own| (0..own.len()).find(|&i| (own[i] - given[i]).abs() > SAME * largest));
    match (prepared, other) {
        (Some(own), Some(i)) => {
            Err(format!("{place}: [{i}]: {}, but the program prepares an input with {} there", given[i], own[i]))
        }
        _ => Ok(Some(given)),
    }
}

fn show(cli: &Cli, number: usize, file: &CountsFile, found: &SegmentEstimate) -> Result<(), String> {
    let shots = file.counts.shots();
    let counts = ReadFile { written: file.written.to_string(), bit_0: file.order.name() };
    cli.common.report(COMMAND, SegmentCountsReport { segment: number, shots, counts, estimate: found })?;
    if !cli.common.tells() {
        return Ok(());
    }
    let behind = if found.scores.is_some() { "score" } else { "next" };
    let mut table = Table::new(&["n", "p+", "p-", "out", behind], false);
    let end = found.scores.as_ref().or(found.next.as_ref()).map_or(&[][..], Vec::as_slice);
    for n in 0..found.p.plus.len().max(found.out.len()).max(end.len()) {
        let cell = |list: &[Estimate]| list.get(n).map_or("·".into(), |e| format!("{:.4} ± {:.4}", e.value, e.error));
        let lists = [&found.p.plus, &found.p.minus, &found.out].map(|list| cell(list));
        table.row([n.to_string()].into_iter().chain(lists).chain([cell(end)]).collect());
    }
    let label = found.label.map_or(String::new(), |label| format!("label {label}\n"));
    let head = format!("segment {number}, {shots} shots, {}, bit 0 {}", file.written, file.order.name());
    let counted = format!("{:.1} % of them count", 100.0 * found.accepted);
    print(&format!("{head}, {counted}\n{}{label}", table.render()))
}
