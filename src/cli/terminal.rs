//! What the commands share: exit codes, tables, progress, threads, completions and man pages.

use crate::compiler::{Check, Verification};
use crate::encoding::{GammaRule, Phases};
use crate::network::{self, Network, NetworkError};
use clap::{Args, CommandFactory, ValueEnum};
use clap_complete::Shell;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::{self, IsTerminal, Write};
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

/// Everything holds.
pub const HOLDS: u8 = 0;
/// A check failed.
pub const FAILED: u8 = 1;
/// The input is bad; nothing was written.
pub const BAD_INPUT: u8 = 2;

/// Options of every command.
#[derive(Args, Debug)]
pub struct Common {
    /// Print the report as JSON on standard output
    #[arg(long)]
    pub json: bool,
    /// Print errors only
    #[arg(short, long)]
    pub quiet: bool,
    /// Threads to use; all cores by default. The result does not depend on it
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub threads: Option<u16>,
    /// Print the completion script of a shell and exit
    #[arg(long, value_name = "SHELL", exclusive = true)]
    pub completions: Option<Shell>,
    /// Print the man page and exit
    #[arg(long, exclusive = true)]
    pub man: bool,
}

/// Which phases the entries of M have.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum PhaseArg {
    /// None, as in the paper
    Nonnegative,
    /// Plus and minus: nearly as few shots as any phases, and real circuits
    Signs,
    /// Any: the fewest shots
    Complex,
}

impl PhaseArg {
    /// The phases as the library takes them.
    pub fn phases(self) -> Phases {
        match self {
            PhaseArg::Nonnegative => Phases::Nonnegative,
            PhaseArg::Signs => Phases::Signs,
            PhaseArg::Complex => Phases::Complex,
        }
    }
}

/// How the normalisation gamma is chosen.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Gamma {
    /// Each sign its own: the fewest shots
    Own,
    /// One for both signs, as in the paper
    Shared,
}

impl Gamma {
    /// The rule as the library takes it.
    pub fn rule(self) -> GammaRule {
        match self {
            Gamma::Own => GammaRule::Own,
            Gamma::Shared => GammaRule::Shared,
        }
    }
}

/// How programs are compared with weights.
#[derive(Args, Debug)]
pub struct Comparison {
    /// Largest error that passes, as a share of the largest entry of |W|; what a trotter program states comes on top
    #[arg(long, value_name = "E", default_value = "1e-9", value_parser = tolerance)]
    pub tolerance: f64,
    /// Compare N columns of W, chosen at random by the seed, instead of all: for blocks too large to simulate whole
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub sample: Option<u32>,
    /// Seed of everything random; the same seed gives the same bytes
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub seed: u64,
}

impl Comparison {
    /// The comparison as the library takes it.
    pub fn check(&self) -> Check {
        Check { tolerance: self.tolerance, sample: self.sample.map(|n| n as usize), seed: self.seed }
    }
}

/// An error with two digits, and of how many columns where that is a sample.
pub fn shown_error(v: &Verification) -> String {
    if v.columns < v.of {
        format!("{:.1e} ({} of {} columns)", v.max_error, v.columns, v.of)
    } else {
        format!("{:.1e}", v.max_error)
    }
}

impl Common {
    /// Prints completions or the man page if asked to; true if that was all.
    pub fn print_about<C: CommandFactory>(&self) -> bool {
        let mut command = C::command();
        let mut out = vec![];
        if let Some(shell) = self.completions {
            let name = command.get_name().to_owned();
            clap_complete::generate(shell, &mut command, name, &mut out);
        } else if self.man {
            clap_mangen::Man::new(command).render(&mut out).expect("writing to memory does not fail");
        } else {
            return false;
        }
        print(&String::from_utf8_lossy(&out));
        true
    }

    /// Sets the number of threads, once.
    pub fn start_threads(&self) {
        if let Some(threads) = self.threads {
            // Fails only where the pool exists already, which it does not this early.
            let _ = rayon::ThreadPoolBuilder::new().num_threads(threads.into()).build_global();
        }
    }
}

/// What every `main` does: about pages, threads, the work, and bad input as an exit code.
pub fn start<C: CommandFactory>(common: &Common, run: impl FnOnce() -> Result<ExitCode, String>) -> ExitCode {
    if common.print_about::<C>() {
        return ExitCode::from(HOLDS);
    }
    common.start_threads();
    run().unwrap_or_else(|message| fail(BAD_INPUT, &message))
}

/// Shows what clap has to say of the arguments: help and version on standard output, a mistake on standard error.
pub fn refuse(error: &clap::Error) -> ExitCode {
    let _ = error.print();
    ExitCode::from(if error.use_stderr() { BAD_INPUT } else { HOLDS })
}

/// Reads the weights; an error names the file it is in.
pub fn read_weights(path: &Path) -> Result<Network, String> {
    network::read(path).map_err(|error| match error {
        NetworkError::Io { .. } => error.to_string(),
        _ if path.as_os_str() == "-" => format!("standard input: {error}"),
        _ => format!("{}: {error}", path.display()),
    })
}

/// Parses a tolerance: a finite number, not negative.
pub fn tolerance(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && value >= 0.0 => Ok(value),
        _ => Err("expected a finite number, not negative, like 1e-9".into()),
    }
}

/// Writes to standard output; a reader that has gone away is no error.
pub fn print(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

/// Reports an error on standard error and turns it into an exit code.
pub fn fail(code: u8, message: &str) -> ExitCode {
    let _ = writeln!(io::stderr(), "error: {message}");
    ExitCode::from(code)
}

/// A number as a person would write it: an exponent only where the plain form would be long.
pub fn number(value: f64) -> String {
    if value == 0.0 || (1e-4..1e6).contains(&value.abs()) { format!("{value}") } else { format!("{value:e}") }
}

/// A table with right-aligned columns, the last one left-aligned if it holds names, and a rule under its head.
pub struct Table {
    last_is_text: bool,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these column heads.
    pub fn new(heads: &[&str], last_is_text: bool) -> Table {
        Table { last_is_text, rows: vec![heads.iter().map(|h| (*h).to_owned()).collect()] }
    }

    /// Adds a row with one cell a column.
    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// The table as text.
    pub fn render(&self) -> String {
        let width = |i: usize| self.rows.iter().map(|r| r[i].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..self.rows[0].len()).map(width).collect();
        let mut out = String::new();
        for (i, row) in self.rows.iter().enumerate() {
            let cell = |(i, (cell, &w)): (usize, (&String, &usize))| {
                if self.last_is_text && i + 1 == row.len() { format!("{cell:<w$}") } else { format!("{cell:>w$}") }
            };
            let cells: Vec<String> = row.iter().zip(&widths).enumerate().map(cell).collect();
            out.push_str(cells.join("  ").trim_end());
            out.push('\n');
            if i == 0 {
                out.push_str(&"─".repeat(widths.iter().sum::<usize>() + 2 * (widths.len() - 1)));
                out.push('\n');
            }
        }
        out
    }
}

/// A progress bar on standard error, shown only where a person looks and only after a second.
pub struct Progress {
    bar: ProgressBar,
}

impl Progress {
    /// A bar of `length` of what `unit` says; `quiet` keeps it away.
    pub fn new(length: usize, what: &'static str, unit: &str, quiet: bool) -> Progress {
        let bar = ProgressBar::with_draw_target(Some(length as u64), ProgressDrawTarget::hidden());
        let template = format!("{{spinner}} {{msg}} {{bar:30}} {{pos}}/{{len}} {unit}, {{elapsed}}, {{eta}} left");
        let style = ProgressStyle::with_template(&template);
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        bar.set_message(what);
        if !quiet && io::stderr().is_terminal() {
            // A single large block takes no step for minutes, so the bar moves by itself.
            let late = bar.clone();
            std::thread::spawn(move || {
                std::thread::sleep(Duration::from_secs(1));
                if !late.is_finished() {
                    late.set_draw_target(ProgressDrawTarget::stderr());
                    late.enable_steady_tick(Duration::from_millis(120));
                }
            });
        }
        Progress { bar }
    }

    /// Counts what an earlier run has done.
    pub fn start_at(&self, done: usize) {
        self.bar.set_position(done as u64);
        self.bar.reset_eta();
    }

    /// One more done.
    pub fn step(&self) {
        self.bar.inc(1);
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
