//! The options of hqrn-run.

use crate::cli::arguments::{Common, Gamma, PhaseArg, layout, tolerance};
use crate::cli::foot::foot;
use crate::cli::inputs::machine_files;
use crate::compiler::{CompileOptions, PhaseChoice};
use crate::encoding::{EncodingRule, Phases};
use crate::lowering::Layout;
use crate::network::Network;
use crate::report::Foot;
use crate::run::Shots;
use crate::training::amplitude::Noise;
use clap::{Args, Parser, ValueEnum};
use std::path::PathBuf;

const EXAMPLES: &str = "Examples:
  hqrn-run circuits/digits.json --data circuits/digits.csv.gz --shots 10000
  hqrn-run net.json --data digits.csv --circuits out/     run what is in compiled files
  hqrn-run net.json --data t10k-images-idx3-ubyte.gz --shots 1e3,1e4,inf --report run.html
  hqrn-run epochs/*.safetensors --data images.npy --labels labels.npy --points points.jsonl
  hqrn-run net.json --data digits.csv --noise trapped-ion --two-qubit-rate 1e-4,1e-3 --shots inf
  hqrn-run net.json --data digits.csv --circuits out/ --machine boston.json --mitigate
  hqrn-run net.json --state rho.npy                       one density matrix, block by block
  hqrn-run bell/network.json --data bell/test.json        5,000 of them
  hqrn-run quan.json --data digits.csv --shots 100,1e3 --table   by the 81 settings of a layer

Exit codes: 0 done, 2 bad input.";

/// The command's name.
pub const COMMAND: &str = "hqrn-run";

/// Run networks as hardware would: circuits, finite shots, noise, labels, beside the classical network
#[derive(Parser, Debug)]
#[command(name = COMMAND, version, allow_negative_numbers = true, after_help = EXAMPLES)]
pub struct Cli {
    /// Weights as JSON or .safetensors; several are checkpoints of one network
    #[arg(required_unless_present_any = ["completions", "man", "report_schema"])]
    pub weights: Vec<PathBuf>,
    /// Labelled inputs: CSV, IDX images (labels beside them) or NPY, gzipped or not; or density matrices: complex NPY of
    /// shape [S, N, N], or JSON as hqrn-train entanglement writes it
    #[arg(long, value_name = "DATA", required_unless_present_any = ["state", "completions", "man", "report_schema"])]
    pub data: Option<PathBuf>,
    /// The labels, if they are in a file of their own: IDX, NPY, or CSV with a column 'label'
    #[arg(long, value_name = "FILE", requires = "data")]
    pub labels: Option<PathBuf>,
    /// Rows of a CSV with a column 'split'
    #[arg(long, value_enum, default_value_t = Rows::Test)]
    pub split: Rows,
    /// Run the first N samples only
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..))]
    pub limit: Option<u32>,
    /// Shots for p+ and again for p- of every block, or for a patch of quanvolutions, or inf; several separated by commas
    #[arg(long, value_name = "N,..", value_delimiter = ',', default_value = "1e4")]
    pub shots: Vec<Shots>,
    /// Compiled programs to run in place of the weights: a folder with a manifest, or .qasm files
    #[arg(long, value_name = "DIR", num_args = 1.., conflicts_with = "gamma")]
    pub circuits: Vec<PathBuf>,
    /// How the normalisation gamma is chosen [default: own]
    #[arg(long, value_enum)]
    pub gamma: Option<Gamma>,
    /// Which phases the entries of M have [default: nonnegative, where a block has none of its own]: with others, fewer
    /// shots, as hqrn-compile chooses them
    #[arg(long, value_enum, conflicts_with_all = ["circuits", "state"])]
    pub phases: Option<PhaseArg>,
    /// Residual weights α to run in place of the network's own
    #[arg(long, value_name = "A,..", value_delimiter = ',', value_parser = share)]
    pub alpha: Vec<f64>,
    /// Run this density matrix, .npy or .json, instead of samples
    #[arg(long, value_name = "FILE", conflicts_with_all = ["data", "points", "report", "csv", "alpha", "limit"])]
    pub state: Option<PathBuf>,
    /// Keep finished points in this file, and take from it those that are finished already
    #[arg(long, value_name = "FILE")]
    pub points: Option<PathBuf>,
    /// Write a page with plots
    #[arg(long, value_name = "FILE")]
    pub report: Option<PathBuf>,
    /// Write the numbers as a table; - prints it in place of the others
    #[arg(long, value_name = "FILE")]
    pub csv: Option<PathBuf>,
    /// Quanvolutions: measure the settings that say everything of a layer, once for all images, in place of their patches
    #[arg(long)]
    pub table: bool,
    /// Amplitude networks: turn the angles of one layer, chosen by the seed, too far before they are compiled: a machine's
    /// fault, noise of this standard deviation in radians as attacks of form 1 after training have it
    #[arg(long, value_name = "S,..", value_delimiter = ',', value_parser = tolerance, conflicts_with = "circuits")]
    pub over_rotation: Vec<f64>,
    /// With --over-rotation: which noise
    #[arg(long, value_name = "KIND", default_value = "gauss-sym", value_parser = noise_kind, requires = "over_rotation")]
    pub over_rotation_noise: Noise,
    /// Seed of everything random; the same seed gives the same numbers
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub seed: u64,
    #[command(flatten)]
    pub common: Common,
    #[command(flatten)]
    pub noise: NoiseArgs,
}

/// Rows of a table.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub enum Rows {
    /// Rows marked 'train'
    Train,
    /// Rows marked 'test'
    Test,
}

impl Cli {
    /// All files that are read.
    pub fn inputs(&self) -> Vec<PathBuf> {
        let mut files = self.weights.clone();
        for path in &self.circuits {
            match std::fs::read_dir(path) {
                Ok(entries) => files.extend(entries.flatten().map(|entry| entry.path())),
                Err(_) => files.push(path.clone()),
            }
        }
        let rest =
            [self.data.clone(), self.labels.clone(), self.state.clone(), self.noise.noise.as_ref().map(PathBuf::from)];
        files.extend(rest.into_iter().flatten());
        // A folder that cannot be read is named when its files are.
        files.extend(self.noise.machine.iter().flat_map(|given| machine_files(given).unwrap_or_default()));
        files
    }

    /// Who makes the page of what; the files of a folder in the order of their names.
    pub fn foot(&self) -> Foot {
        let mut inputs = self.inputs();
        inputs[self.weights.len()..].sort();
        foot(COMMAND, Some(self.seed), inputs.iter().map(PathBuf::as_path))
    }

    /// All files that are written.
    pub fn outputs(&self) -> [Option<PathBuf>; 4] {
        let csv = self.csv.clone().filter(|file| file.as_os_str() != "-");
        [self.points.clone(), self.report.clone(), csv, self.common.report_file()]
    }

    /// Whether the table goes to standard output as CSV.
    pub fn csv_to_stdout(&self) -> bool {
        self.csv.as_ref().is_some_and(|file| file.as_os_str() == "-")
    }

    /// How weights become contractions.
    pub fn encoding(&self) -> EncodingRule {
        let gamma = self.gamma.unwrap_or(Gamma::Own).rule();
        EncodingRule { gamma, phases: self.phases.map_or(Phases::Nonnegative, PhaseArg::phases), seed: self.seed }
    }

    /// Whether every block of a network can have what was asked for.
    pub fn check_encoding(&self, network: &Network) -> Result<(), String> {
        if let Some(phases) = self.phases {
            let options = CompileOptions::default().with_phases(PhaseChoice::Demanded(phases.phases()));
            for (k, block) in network.blocks.iter().enumerate() {
                options.check(block).map_err(|error| format!("block {}: {error}", k + 1))?;
            }
        }
        self.gamma.map_or(Ok(()), |gamma| gamma.check(network))
    }
}

/// Options of noise.
#[derive(Args, Debug)]
#[command(next_help_heading = "Noise")]
pub struct NoiseArgs {
    /// A noise model: superconducting, trapped-ion, or a JSON file
    #[arg(long, value_name = "MODEL")]
    pub noise: Option<String>,
    /// The noise of a machine by its figures, gate by gate and qubit by qubit: a file of it, as hqrn-compile --machine takes it.
    /// Programs are those compiled for it, or are compiled for it here
    #[arg(long, value_name = "FILE", conflicts_with_all = ["noise", "two_qubit_rate"])]
    pub machine: Option<PathBuf>,
    /// With --machine: qubits that wait for others relax, gates being as late as they can be; without it, only while gates last,
    /// as in Qiskit Aer's models
    #[arg(long, requires = "machine")]
    pub waits: bool,
    /// With --machine and without --circuits: which of its qubits, as hqrn-compile --layout takes them
    #[arg(long, value_name = "best|median|Q,Q,..", default_value = "best", value_parser = layout, requires = "machine", conflicts_with = "circuits")]
    pub layout: Layout,
    /// Depolarising rates of two-qubit gates to run in place of the model's
    #[arg(long, value_name = "P,..", value_delimiter = ',', value_parser = probability)]
    pub two_qubit_rate: Vec<f64>,
    /// Take readout errors out again, by inversion
    #[arg(long)]
    pub mitigate: bool,
    /// Trajectories a basis state where a circuit has more than 8 qubits
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u32).range(1..))]
    pub trajectories: u32,
}

/// Parses an α: strictly between 0 and 1.
fn share(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(value) if value > 0.0 && value < 1.0 => Ok(value),
        _ => Err("expected a number strictly between 0 and 1".into()),
    }
}

fn noise_kind(text: &str) -> Result<Noise, String> {
    Noise::named(text).ok_or_else(|| format!("expected one of {}", Noise::names()))
}

fn probability(text: &str) -> Result<f64, String> {
    tolerance(text).ok().filter(|p| *p <= 1.0).ok_or_else(|| "expected a number from 0 to 1".into())
}
