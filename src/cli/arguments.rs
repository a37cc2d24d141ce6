//! Options that several commands have, and how every command starts.

use super::printing::{Failure, HOLDS, fail, print};
use super::reports::{Sink, report_schema};
use super::session;
use crate::compiler::Check;
use crate::encoding::{GammaRule, Phases};
use crate::files::{keep_record, one_line, unless_closed};
use crate::lowering::Layout;
use crate::network::Network;
use clap::{Args, CommandFactory, Parser, ValueEnum};
use clap_complete::Shell;
use serde::Serialize;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// Options of every command.
#[derive(Args, Debug)]
pub struct Common {
    /// Print the report as JSON on standard output, or write it to a file and print the tables all the same
    #[arg(long, value_name = "FILE", num_args = 0..=1, require_equals = true)]
    pub json: Option<Option<PathBuf>>,
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
    /// Print the JSON Schema of reports and exit
    #[arg(long, exclusive = true)]
    pub report_schema: bool,
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

    /// Whether every block of a network can have it.
    pub fn check(self, network: &Network) -> Result<(), String> {
        let own = network.blocks.iter().position(|block| block.form().gamma().is_some());
        match (self, own) {
            (Gamma::Own, Some(k)) => Err(format!(
                "--gamma own: block {} is given by {}, which comes with one gamma for both signs",
                k + 1,
                network.blocks[k].form().name()
            )),
            _ => Ok(()),
        }
    }
}

/// How programs are compared with weights.
#[derive(Args, Debug)]
pub struct Comparison {
    /// Largest error that passes, as a share of the largest entry of |W|; what programs state comes on top
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

impl Common {
    /// Where the report goes, if one is asked for.
    fn sink(&self) -> Option<Sink<'_>> {
        let file = self.json.as_ref()?.as_deref().filter(|file| file.as_os_str() != "-");
        Some(file.map_or(Sink::Stdout, Sink::File))
    }

    /// Whether standard output is for people.
    pub fn tells(&self) -> bool {
        !self.quiet && self.sink() != Some(Sink::Stdout)
    }

    /// Whether anyone is told anything, people or machines.
    pub fn reports(&self) -> bool {
        !self.quiet || self.sink().is_some()
    }

    /// Whether the report takes standard output.
    pub fn takes_stdout(&self) -> bool {
        self.sink() == Some(Sink::Stdout)
    }

    /// The file of the report, if it goes to one.
    pub fn report_file(&self) -> Option<PathBuf> {
        match self.sink()? {
            Sink::File(path) => Some(path.to_owned()),
            Sink::Stdout => None,
        }
    }

    /// Gives machines the report that they asked for.
    pub fn report(&self, command: &str, told: impl Serialize) -> Result<(), String> {
        self.sink().map_or(Ok(()), |sink| sink.put(command, told))
    }

    /// Prints completions or the man page if asked to; true if that was all.
    fn print_about<C: CommandFactory>(&self) -> Result<bool, String> {
        let mut command = C::command();
        let mut out = vec![];
        if let Some(shell) = self.completions {
            let name = command.get_name().to_owned();
            clap_complete::generate(shell, &mut command, name, &mut out);
        } else if self.man {
            clap_mangen::Man::new(command).render(&mut out).expect("writing to memory does not fail");
        } else if self.report_schema {
            out.extend(report_schema().into_bytes());
        } else {
            return Ok(false);
        }
        print(&String::from_utf8_lossy(&out))?;
        Ok(true)
    }

    /// Sets the number of threads, once.
    fn start_threads(&self) {
        if let Some(threads) = self.threads.filter(|_| !session::is_active()) {
            // Fails only where the pool exists already, which it does not this early.
            let _ = rayon::ThreadPoolBuilder::new().num_threads(threads.into()).build_global();
        }
    }
}

/// What every `main` does: reads its arguments, its own name first, and does the work.
pub fn main_of<C: Parser>(
    args: impl IntoIterator<Item = OsString>,
    common: impl FnOnce(&C) -> &Common,
    run: impl FnOnce(&C) -> Result<ExitCode, Failure>,
) -> ExitCode {
    let given: Vec<OsString> = args.into_iter().collect();
    match parse::<C>(&given) {
        Ok(cli) => start::<C>(&given, common(&cli), || run(&cli)),
        Err(code) => code,
    }
}

/// Arguments as a command has them: help and version go to standard output, a mistake is one line.
fn parse<C: Parser>(args: &[OsString]) -> Result<C, ExitCode> {
    let args = with_negatives_joined(args.to_vec());
    C::try_parse_from(&args).map_err(|error| {
        if !error.use_stderr() {
            // As clap prints it, which knows whether a terminal takes colours; a session takes none.
            let printed = match session::is_active() {
                true => print(&error.render().to_string()),
                false => unless_closed(error.print()).map_err(|error| format!("standard output: {error}")),
            };
            return match printed {
                Ok(()) => ExitCode::from(HOLDS),
                Err(error) => end(C::command().get_name(), None, &args, &error.into()),
            };
        }
        let mut options = args.iter().take_while(|arg| *arg != "--").filter_map(|arg| arg.to_str());
        let sink = options.find_map(|arg| match arg.strip_prefix("--json")? {
            "" | "=-" => Some(Sink::Stdout),
            file => Some(Sink::File(Path::new(file.strip_prefix('=')?))),
        });
        end(C::command().get_name(), sink, &args, &Failure::Input(mistake(&error.render().to_string())))
    })
}

/// `--shots -5,100` as `--shots=-5,100`: clap takes `-5` for a value, but `-5,100` and `-1e-3` for options, and advises to
/// write `-- -5`, which would be the name of a file.
fn with_negatives_joined(args: Vec<OsString>) -> Vec<OsString> {
    let negative = |text: &str| {
        let rest = text.strip_prefix('-').filter(|rest| rest.starts_with(|c: char| c.is_ascii_digit() || c == '.'));
        rest.is_some_and(|rest| rest.chars().all(|c| c.is_ascii_digit() || "eE+-.,".contains(c)))
    };
    let end = args.iter().position(|arg| arg == "--").unwrap_or(args.len());
    let mut joined: Vec<OsString> = vec![];
    for (i, arg) in args.into_iter().enumerate() {
        let option = |before: &str| before.starts_with("--") && !before.contains('=');
        match joined.last_mut().filter(|before| i < end && before.to_str().is_some_and(option)) {
            Some(before) if arg.to_str().is_some_and(negative) => {
                before.push("=");
                before.push(arg);
            }
            _ => joined.push(arg),
        }
    }
    joined
}

/// What clap says of a mistake, on a line and without the usage, which --help has.
fn mistake(rendered: &str) -> String {
    let said = rendered.split("\n\nUsage:").next().and_then(|said| said.split("\n\nFor more").next());
    let joined = |text: &str| text.lines().map(str::trim).collect::<Vec<_>>().join(" ");
    let parts: Vec<String> = said.unwrap_or_default().split("\n\n").map(joined).collect();
    format!("{} (see --help)", one_line(parts.join("; ").trim_start_matches("error: ")))
}

/// Ends a command that did not do what it was asked, and tells people and machines why.
fn end(command: &str, sink: Option<Sink<'_>>, args: &[OsString], failure: &Failure) -> ExitCode {
    // A report that cannot be written either changes nothing of the failure.
    let _ = sink.map(|sink| sink.put_failure(command, args, failure));
    fail(failure.code(), failure.message())
}

/// About pages, threads, the work, and failures as exit codes.
fn start<C: CommandFactory>(
    args: &[OsString],
    common: &Common,
    run: impl FnOnce() -> Result<ExitCode, Failure>,
) -> ExitCode {
    let done = common.print_about::<C>().map_err(Failure::from).and_then(|all| {
        if all {
            return Ok(ExitCode::from(HOLDS));
        }
        // The record is the process's, which a session shares with others.
        if common.json.is_some() && !session::is_active() {
            keep_record();
        }
        common.start_threads();
        run()
    });
    done.unwrap_or_else(|failure| end(C::command().get_name(), common.sink(), args, &failure))
}

/// Parses a tolerance: a finite number, not negative.
pub fn tolerance(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && value >= 0.0 => Ok(value),
        _ => Err("expected a finite number, not negative, like 1e-9".into()),
    }
}

/// Parses gamma over the least that it can be.
pub fn slack(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|slack| (1.0..=100.0).contains(slack)).ok_or("expected a number from 1 to 100".into())
}

/// Parses a layout: `best`, `median`, or qubits.
pub fn layout(text: &str) -> Result<Layout, String> {
    match text {
        "best" => Ok(Layout::Best),
        "median" => Ok(Layout::Median),
        list => {
            let qubits = list.split(',').map(|q| q.trim().parse()).collect::<Result<Vec<usize>, _>>();
            qubits.map(Layout::Given).map_err(|_| "expected best, median or numbers of qubits, like 4,3,16,23".into())
        }
    }
}
