//! The options that say who is to read the programs and on which machine they run.

use crate::cli::programs::read_coupling;
use crate::cli::terminal::Table;
use crate::target::Coupling;
use crate::target::{DIALECTS, Dialect};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

/// Who is to read the programs.
#[derive(Args, Debug)]
#[command(next_help_heading = "Target")]
pub struct TargetArgs {
    /// Who is to read the programs; list explains the targets and exits
    #[arg(long, value_name = "TARGET", default_value = "portable", value_parser = target)]
    target: Target,
    /// The two-qubit gate of the IBM machine, with --target ibm: cz on Heron, ecr on Eagle
    #[arg(long, value_enum)]
    ibm_basis: Option<IbmBasis>,
    /// Route for a machine: JSON with pairs of its qubits that can be joined, [[0, 1], ...], or its configuration
    #[arg(long, value_name = "FILE")]
    coupling: Option<PathBuf>,
}

/// What `--target` says.
#[derive(Clone, Copy, Debug)]
enum Target {
    List,
    Named(&'static Dialect),
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum IbmBasis {
    Cz,
    Ecr,
}

fn target(name: &str) -> Result<Target, String> {
    let unknown = || format!("expected list or one of {}", Dialect::names());
    if name == "list" { Ok(Target::List) } else { Dialect::named(name).map(Target::Named).ok_or_else(unknown) }
}

impl TargetArgs {
    /// The table of targets, if that is what was asked for.
    pub fn list(&self) -> Option<String> {
        let Target::List = self.target else { return None };
        let mut table = Table::new(&["target", "gates", "read by"], true);
        for d in &DIALECTS {
            table.row(vec![d.name.into(), d.basis.gates.len().to_string(), d.about.into()]);
        }
        Some(table.render())
    }

    /// How programs are written.
    pub fn dialect(&self) -> Result<&'static Dialect, String> {
        let named = if let Target::Named(dialect) = self.target { dialect } else { Dialect::portable() };
        let ibm = named.name.starts_with("ibm");
        match self.ibm_basis {
            None => Ok(named),
            Some(_) if !ibm => Err(format!("--ibm-basis goes with --target ibm, not with {}", named.name)),
            Some(IbmBasis::Cz) => Ok(Dialect::named("ibm").unwrap_or(named)),
            Some(IbmBasis::Ecr) => Ok(Dialect::named("ibm-ecr").unwrap_or(named)),
        }
    }

    /// The machine to route on, if there is one.
    pub fn coupling(&self) -> Result<Option<Coupling>, String> {
        self.coupling.as_deref().map(read_coupling).transpose()
    }
}
