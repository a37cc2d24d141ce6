//! The options of hqrn-compile.

use super::encoding::EncodingArgs;
use super::estimate_args::EstimateArgs;
use super::joint_args::JointArgs;
use super::layer_args::LayerArgs;
use super::target::TargetArgs;
use super::trotter::TrotterArgs;
use crate::cli::arguments::{Common, Comparison};
use clap::{Parser, ValueEnum};
use std::path::PathBuf;

const EXAMPLES: &str = "Examples:
  hqrn-compile circuits/four.json -o block.qasm
  hqrn-compile circuits/digits.json -o out/           every block, with a manifest
  hqrn-compile net.safetensors --block 3 -o b3.qasm   one block of several
  hqrn-compile circuits/four.json -o block.qasm --draw svg    and its picture, block.svg
  hqrn-compile --preset paper --trotter-error 1e-2 circuits/four.json -o four.qasm
  cat net.json | hqrn-compile - -o - > block.qasm
  hqrn-compile net.json -o out/ --method trotter --trotter-error 1e-2
  hqrn-compile net.json -o out/ --method joint        one exact circuit for both signs, on a line
  hqrn-compile net.json -o out/ --target ibm --coupling torino.json
  hqrn-compile net.json -o out/ --estimate=cost.json  what it takes once errors are corrected
  hqrn-compile circuits/digits-quanvolution.json -o out/   one program a layer, for every image
  hqrn-compile circuits/digits-quanvolution.json -o one/ --inputs fixed \\
      --data circuits/digits.csv.gz --image 1
  hqrn-compile circuits/iris-qrfnn.json -o head.qasm       an amplitude network: one program
  hqrn-compile circuits/iris-qrfnn.json -o flower.qasm --data circuits/iris.csv --row 1

Exit codes: 0 compiled and verified, 1 a check failed, 2 bad input. Nothing is written unless all checks hold.";

/// The command's name.
pub const COMMAND: &str = "hqrn-compile";

/// Compile trained weights to OpenQASM 3 circuits: those that compute W+ and W- of every residual block, or the layers of a
/// network of quanvolutions, or an amplitude network as a whole
#[derive(Parser, Debug)]
#[command(name = COMMAND, version, allow_negative_numbers = true, after_help = EXAMPLES)]
pub struct Cli {
    /// Weights as JSON or .safetensors; - reads standard input
    pub weights: Option<PathBuf>,
    /// A .qasm file (.json for ionq-native, .ll for qir) for one block, a folder for all, or - for standard output
    #[arg(short, long, value_name = "OUT")]
    pub output: Option<PathBuf>,
    /// Compile this block, layer or segment only, counting from 1
    #[arg(long, visible_aliases = ["layer", "segment"], value_name = "K", value_parser = clap::value_parser!(u32).range(1..))]
    pub block: Option<u32>,
    /// Write one program for each sign instead of one for both
    #[arg(long)]
    pub split: bool,
    /// How unitaries become gates [default: exact]
    #[arg(long, value_enum)]
    pub method: Option<Synthesis>,
    /// Amplitude networks: binary, or a qubit an amplitude, where each angle of a mesh is a pair of gates of its own
    #[arg(long = "encoding", value_enum, value_name = "ENCODING", conflicts_with = "method")]
    pub spelling: Option<StateEncoding>,
    /// Prepare an input in the program: basis:M, or a file with a JSON array of N probabilities, or, for an amplitude network, of
    /// as many numbers as it takes, of any sign
    #[arg(long, value_name = "INPUT", conflicts_with_all = ["data", "sample"])]
    pub input: Option<String>,
    /// Labelled inputs, CSV or IDX images, gzipped or not: report how many labels the programs change; with --inputs fixed,
    /// or for amplitude networks, where --image is from
    #[arg(long, value_name = "DATA", conflicts_with_all = ["no_verify", "sample"])]
    pub data: Option<PathBuf>,
    #[command(flatten)]
    pub comparison: Comparison,
    /// First compress the network to at most G CX a sign in the mean, on the states of --data if that is given: leaves
    /// small.json beside the programs; hqrn-compress has more to say on it
    #[arg(long, value_name = "G", value_parser = crate::cli::arguments::tolerance, conflicts_with = "block")]
    pub max_cx: Option<f64>,
    /// With --max-cx: by one variational circuit for both signs of a block in place of factors
    #[arg(long, requires = "max_cx")]
    pub variational: bool,
    /// Do not simulate what was written
    #[arg(long, conflicts_with = "sample")]
    pub no_verify: bool,
    /// Draw circuits: as text of up to 400 gates below the report, or as svg of up to 2000, light and dark, each beside its program under the
    /// same name
    #[arg(long, value_enum, value_name = "HOW", num_args = 0..=1, default_missing_value = "text")]
    pub draw: Option<Drawing>,
    /// Print the JSON Schema of weights files and exit
    #[arg(long, exclusive = true)]
    pub schema: bool,
    /// Print the JSON Schema of machine files and exit
    #[arg(long, exclusive = true)]
    pub machine_schema: bool,
    #[command(flatten)]
    pub common: Common,
    #[command(flatten)]
    pub encoding: EncodingArgs,
    #[command(flatten)]
    pub layers: LayerArgs,
    #[command(flatten)]
    pub target: TargetArgs,
    #[command(flatten)]
    pub trotter: TrotterArgs,
    #[command(flatten)]
    pub joint: JointArgs,
    #[command(flatten)]
    pub estimate: EstimateArgs,
}

/// How circuits are drawn.
#[derive(Clone, Copy, Debug, ValueEnum, PartialEq, Eq)]
pub enum Drawing {
    /// In letters, a line a qubit, with the report
    Text,
    /// A file beside the program: block.svg of block.qasm
    Svg,
}

/// How qubits hold a state of an amplitude network.
#[derive(Clone, Copy, Debug, ValueEnum, PartialEq, Eq)]
pub enum StateEncoding {
    /// Entry m in the basis state m: few qubits
    Binary,
    /// Entry m in a one on qubit m: the head's weights are left to the reader, at most 64 qubits
    OneHot,
}

/// How unitaries become gates.
#[derive(Clone, Copy, Debug, ValueEnum, PartialEq, Eq)]
pub enum Synthesis {
    /// Structured decompositions: exact, and by far the fewest gates
    Exact,
    /// Product formulas, as in the paper: the --trotter options choose the error
    Trotter,
    /// Both signs by one circuit on a line near the counting bound of N²/4 gates, found by least squares: exact, for trained blocks a
    /// fifth to a half of the gates and more shots; seconds up to 16 x 16, about half a minute a block of 64 x 64, 128 x 128 at most
    Joint,
    /// Amplitude networks: layer by layer, each with an ancilla of its own
    Layers,
}
