//! The options of `--method joint`.

use crate::cli::arguments::slack;
use crate::cli::edges::{edges, edges_file};
use crate::target::Edges;
use clap::Args;
use std::path::PathBuf;

/// Options of `--method joint`.
#[derive(Args, Clone, Debug)]
#[command(next_help_heading = "Options of --method joint")]
pub struct JointArgs {
    /// gamma over the least it can be: shots go with its square, gates hardly change, so that shots times gates are least near 1, where
    /// searches are long or fail [default: 1.5]
    #[arg(long, value_name = "S", value_parser = slack)]
    pub slack: Option<f64>,
    /// Which qubits the circuit joins: line, heavy-hex, square, all, or a coupling map as JSON, of which it takes a part; what
    /// neighbours on the machine needs no routing [default: line]
    #[arg(long, value_name = "EDGES")]
    edges: Option<String>,
    /// Also write the network with each block by the circuit that was found for it, exact as it is: a file that compiles at once, and
    /// that hqrn-job, hqrn-run and hqrn-compress take
    #[arg(long, value_name = "FILE.json")]
    pub network: Option<PathBuf>,
    /// End all searches after so many seconds: blocks without a circuit get the exact ones, and the same command goes on where the
    /// searches were
    #[arg(long, value_name = "SECONDS", value_parser = crate::cli::arguments::tolerance)]
    pub time_limit: Option<f64>,
    /// The folder that keeps circuits that were found and searches under way, also of runs that were killed [default: hqrn in the user's
    /// caches, which are $XDG_CACHE_HOME or ~/.cache, ~/Library/Caches on a Mac, %LOCALAPPDATA% on Windows]
    #[arg(long, value_name = "DIR")]
    pub cache: Option<PathBuf>,
    /// Keep no circuits and no searches, and look for none
    #[arg(long, conflicts_with = "cache")]
    pub no_cache: bool,
}

impl JointArgs {
    /// An error if any of these options is given, where the method is another.
    pub fn refuse_without_method(&self) -> Result<(), String> {
        let given = [
            ("slack", self.slack.is_some()),
            ("edges", self.edges.is_some()),
            ("network", self.network.is_some()),
            ("time-limit", self.time_limit.is_some()),
            ("cache", self.cache.is_some()),
            ("no-cache", self.no_cache),
        ];
        match given.iter().find(|(_, given)| *given) {
            Some((name, _)) => Err(format!("--{name} needs --method joint")),
            None => Ok(()),
        }
    }

    /// The coupling map that --edges names, where it names one.
    pub fn edges_file(&self) -> Option<PathBuf> {
        self.edges.as_deref().and_then(edges_file)
    }

    /// What --edges says.
    pub fn edges(&self) -> Result<Edges, String> {
        self.edges.as_deref().map_or(Ok(Edges::Line), edges)
    }
}
