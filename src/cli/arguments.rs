//! Options that several commands have, and how every command starts.

use super::printing::{BAD_INPUT, HOLDS, fail, print};
use crate::compiler::Check;
use crate::encoding::{GammaRule, Phases};
use crate::files::unless_closed;
use crate::network::Network;
use clap::{Args, CommandFactory, ValueEnum};
use clap_complete::Shell;
use std::process::ExitCode;

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

impl Common {
    /// Prints completions or the man page if asked to; true if that was all.
    fn print_about<C: CommandFactory>(&self) -> Result<bool, String> {
        let mut command = C::command();
        let mut out = vec![];
        if let Some(shell) = self.completions {
            let name = command.get_name().to_owned();
            clap_complete::generate(shell, &mut command, name, &mut out);
        } else if self.man {
            clap_mangen::Man::new(command).render(&mut out).expect("writing to memory does not fail");
        } else {
            return Ok(false);
        }
        print(&String::from_utf8_lossy(&out))?;
        Ok(true)
    }

    /// Sets the number of threads, once.
    fn start_threads(&self) {
        if let Some(threads) = self.threads {
            // Fails only where the pool exists already, which it does not this early.
            let _ = rayon::ThreadPoolBuilder::new().num_threads(threads.into()).build_global();
        }
    }
}

/// What every `main` does: about pages, threads, the work, and bad input as an exit code.
pub fn start<C: CommandFactory>(common: &Common, run: impl FnOnce() -> Result<ExitCode, String>) -> ExitCode {
    let done = common.print_about::<C>().and_then(|all| {
        if all {
            return Ok(ExitCode::from(HOLDS));
        }
        common.start_threads();
        run()
    });
    done.unwrap_or_else(|message| fail(BAD_INPUT, &message))
}

/// Shows what clap has to say of the arguments: help and version on standard output, a mistake on standard error.
pub fn refuse(error: &clap::Error) -> ExitCode {
    let shown = unless_closed(error.print());
    match shown {
        _ if error.use_stderr() => ExitCode::from(BAD_INPUT),
        Ok(()) => ExitCode::from(HOLDS),
        Err(error) => fail(BAD_INPUT, &format!("standard output: {error}")),
    }
}

/// Parses a tolerance: a finite number, not negative.
pub fn tolerance(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value.is_finite() && value >= 0.0 => Ok(value),
        _ => Err("expected a finite number, not negative, like 1e-9".into()),
    }
}
