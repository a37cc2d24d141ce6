//! What counts of all basis states of a block say: W, and W y of a state.

use super::{COMMAND, Cli, asked_order, state};
use crate::cli::inputs::read_bytes;
use crate::cli::printing::{Failure, note, print};
use crate::cli::reports::{ColumnCountsReport, ReadFile};
use crate::cli::table::Table;
use crate::files::{shown_input, write_atomically};
use crate::network::Block;
use crate::qasm::{Prepared, Program};
use crate::run::{
    ColumnsEstimate, Counts, CountsError, CountsFile, Estimate, estimate_columns, pooled, read_counts_of_many,
};
use serde_json::json;
use std::collections::BTreeMap;
use std::path::Path;

/// A table of counts and the program that it is of.
type Found<'a> = (&'a Program, CountsFile);

/// Whether the programs of a block are of its columns: with inputs that choose one, or several that prepare one each.
pub fn are_columns(programs: &[Program]) -> bool {
    let prepared = |program: &Program| match program.contract.prepared {
        Some(Prepared::Basis(m)) => Some(m),
        _ => None,
    };
    programs.iter().any(|program| program.contract.columns.is_some())
        || (programs.iter().all(|program| prepared(program).is_some())
            && programs.windows(2).any(|pair| prepared(&pair[0]) != prepared(&pair[1])))
}

/// Reads the counts of a block's columns.
pub fn run(cli: &Cli, number: usize, block: &Block, programs: &[Program]) -> Result<(), Failure> {
    let columns = columns(cli, number, block, programs)?;
    let y = match &cli.state[..] {
        [] => None,
        [path] => Some(state(path, block.dim())?),
        files => return Err(format!("--state: {} files, a block takes one", files.len()).into()),
    };
    let estimate = |turn: fn(&Counts) -> Counts| -> Result<ColumnsEstimate, String> {
        let pool = |(program, file): &Found<'_>| pooled(program, &turn(&file.counts));
        let all: Vec<Vec<Counts>> = columns
            .iter()
            .map(|found| found.iter().map(pool).collect())
            .collect::<Result<_, CountsError>>()
            .map_err(|error| error.to_string())?;
        let parts: Vec<Vec<(&Program, &Counts)>> = columns
            .iter()
            .zip(&all)
            .map(|(found, all)| found.iter().zip(all).map(|((program, _), counts)| (*program, counts)).collect())
            .collect();
        Ok(estimate_columns(&parts, block, y.as_deref(), cli.seed))
    };
    let found = estimate(Counts::clone)?;
    if let Some(doubt) =
        doubt(&found, || estimate(Counts::reversed)).filter(|_| !cli.common.quiet || cli.next.is_some())
    {
        note(&doubt);
    }
    if let Some(path) = &cli.next {
        let Some(state) = &found.state else { return Err("--next needs the state that went in: --state FILE".into()) };
        let values: Vec<f64> = state.next.iter().map(|e| e.value).collect();
        write_atomically(path, json!(values).to_string() + "\n").map_err(|error| error.to_string())?;
    }
    Ok(show(cli, number, &columns, &found)?)
}

/// What is to be said where W_rec is another matrix than W.
fn doubt(found: &ColumnsEstimate, reversed: impl FnOnce() -> Result<ColumnsEstimate, String>) -> Option<String> {
    let [distance, expected] = found.distance.filter(|_| found.is_far())?;
    let fits = reversed().is_ok_and(|other| !other.is_far());
    let why = if fits {
        "with the other --order it fits"
    } else {
        "heavy noise, or counts of another program, order of columns or order of bits"
    };
    Some(format!("W_rec is {distance:.2} |W| away from the weights, shots explain {expected:.2}: {why}"))
}

/// The tables of each column: of the program, or of both halves of a split one.
fn columns<'a>(
    cli: &Cli,
    number: usize,
    block: &Block,
    programs: &'a [Program],
) -> Result<Vec<Vec<Found<'a>>>, String> {
    let dim = block.dim();
    let chosen = programs.iter().any(|program| program.contract.columns.is_some());
    if chosen && programs.iter().any(|program| program.contract.columns.is_none()) {
        return Err("expected programs with inputs that choose a column, or without, not both".into());
    }
    for (i, file) in cli.counts.iter().enumerate() {
        if cli.counts[..i].contains(file) {
            return Err(format!("{}: given twice", shown_input(file)));
        }
    }
    let mut columns: BTreeMap<usize, Vec<Found<'a>>> = BTreeMap::new();
    if chosen {
        if cli.counts.len() != programs.len() {
            return Err(format!("{} programs, but {} files of counts", programs.len(), cli.counts.len()));
        }
        for (program, path) in programs.iter().zip(&cli.counts) {
            let tables = tables(cli, path, |_| program)?;
            if tables.len() != dim {
                let (shown, found) = (shown_input(path), tables.len());
                return Err(format!(
                    "{shown}: {found} tables of counts, expected {dim}, one for each column in their order"
                ));
            }
            tables.into_iter().enumerate().for_each(|(m, table)| columns.entry(m).or_default().push((program, table)));
        }
    } else {
        let mut all = vec![];
        for path in &cli.counts {
            let before = all.len();
            // The next table is of the next program.
            all.extend(tables(cli, path, |i| programs.get(before + i).unwrap_or(&programs[programs.len() - 1]))?);
        }
        if all.len() != programs.len() {
            return Err(format!("{} programs, but {} tables of counts", programs.len(), all.len()));
        }
        for (program, table) in programs.iter().zip(all) {
            if let Some(Prepared::Basis(m)) = program.contract.prepared {
                columns.entry(m).or_default().push((program, table));
            }
        }
    }
    if let Some(m) = (0..dim).find(|m| !columns.contains_key(m)) {
        return Err(format!("block {number}: no program of column {m}, of {dim}"));
    }
    Ok(columns.into_values().collect())
}

/// The tables of a file, the i-th of which is of `program(i)`.
fn tables<'a>(cli: &Cli, path: &Path, program: impl Fn(usize) -> &'a Program) -> Result<Vec<CountsFile>, String> {
    let bits = |i: usize| program(i).circuit.bit_count();
    let dialect = &program(0).contract.written_for().dialect;
    let found = read_counts_of_many(&read_bytes(path)?, bits, asked_order(cli), dialect);
    found.map_err(|error| format!("{}: {error}", shown_input(path)))
}

fn show(cli: &Cli, number: usize, columns: &[Vec<Found<'_>>], found: &ColumnsEstimate) -> Result<(), String> {
    let shots_of = |(program, file): &Found<'_>| file.counts.shots() * program.contract.tile_count() as u64;
    let shots: Vec<Vec<u64>> = columns.iter().map(|column| column.iter().map(shots_of).collect()).collect();
    let mut counts: Vec<ReadFile> = vec![];
    for (_, file) in columns.iter().flatten() {
        let read = ReadFile { written: file.written.to_string(), bit_0: file.order.name() };
        if !counts.contains(&read) {
            counts.push(read);
        }
    }
    let (rows, width) = found.weight.shape();
    let entry = |n: usize, m: usize| Estimate { value: found.weight[(n, m)], error: found.error[(n, m)] };
    let weight: Vec<Vec<Estimate>> = (0..rows).map(|n| (0..width).map(|m| entry(n, m)).collect()).collect();
    let read: Vec<String> = counts.iter().map(|read| format!("{}, bit 0 {}", read.written, read.bit_0)).collect();
    let (distance, state) = (found.distance, found.state.as_ref());
    cli.common.report(COMMAND, ColumnCountsReport { block: number, shots: &shots, counts, weight, distance, state })?;
    if !cli.common.tells() {
        return Ok(());
    }
    let total: u64 = shots.iter().flatten().sum();
    let far = distance.map_or(String::new(), |[distance, expected]| {
        format!("|W_rec - W| is {distance:.4} |W|, shots explain {expected:.4}\n")
    });
    let head = format!("block {number}, {} columns, {total} shots, {}\n{far}", columns.len(), read.join(" and "));
    let Some(state) = state else { return print(&head) };
    let mut table = Table::new(&["n", "(W y)_n", "h", "next y"], false);
    for n in 0..state.next.len() {
        let shown = |list: &[Estimate]| list.get(n).map_or("·".into(), |e| format!("{:.4} ± {:.4}", e.value, e.error));
        let lists = [&state.product, &state.h, &state.next].map(|list| shown(list));
        table.row([n.to_string()].into_iter().chain(lists).collect());
    }
    print(&format!("{head}{}", table.render()))
}
