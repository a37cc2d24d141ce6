//! The options of hqrn-train quanvolution.

use crate::cli::arguments::{Common, tolerance};
use crate::cli::foot::foot;
use crate::network::quanvolution::{Axis, Read, wiring, wiring_names};
use crate::report::Foot;
use clap::ValueEnum;
use std::path::PathBuf;

const EXAMPLES: &str = "Examples:
  hqrn-train quanvolution --data circuits/digits.csv.gz -o quan/
  hqrn-train quanvolution --preset resqunn --data train-images-idx3-ubyte.gz -o resqunn/
  hqrn-train quanvolution --preset resqunn --gradient through --wiring O1+O2 \\
      --data train-images-idx3-ubyte.gz -o o/
  hqrn-train quanvolution --wiring '[[0],[],[1,2]]' --depths 4,2,1 --data digits.csv -o three/
  hqrn-train quanvolution --preset resqunn --head quantum --data train-images-idx3-ubyte.gz -o head/

Wirings: one, none, X+O1, O1+O2, X+O2, (X+O1)+O2, three, (O1+O2)+O3, ((X+O1)+O2)+O3, or a list of lists: for each layer the \
streams that are added to what it makes, 0 being the image. The folder gets a checkpoint every --every epochs, log.csv, \
report.html, and training.json, from which the same command goes on where it was killed. Beside every result stands that \
of a linear layer on the pixels. Exit codes: 0 trained, 1 the training diverged, 2 bad input.";

/// Train quanvolutions with residual wiring
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Labelled images, square: IDX, CSV (rows marked 'train' where there is a column 'split') or NPY, gzipped or not
    #[arg(long, value_name = "DATA")]
    pub data: PathBuf,
    /// Their labels, if they are in a file of their own
    #[arg(long, value_name = "FILE")]
    pub labels: Option<PathBuf>,
    /// Images to test on; rows marked 'test' of --data if left out
    #[arg(long, value_name = "DATA", conflicts_with = "per_class")]
    pub test_data: Option<PathBuf>,
    /// Their labels, if they are in a file of their own
    #[arg(long, value_name = "FILE", requires = "test_data")]
    pub test_labels: Option<PathBuf>,
    /// Choose so many images of every class of --data by the seed: four fifths to train on, the rest to test on
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(5..))]
    pub per_class: Option<u32>,
    /// Keep to the first classes [default: all; as many as wires are measured with a quantum head]
    #[arg(long, value_name = "C", value_parser = clap::value_parser!(u16).range(2..))]
    pub classes: Option<u16>,
    /// Folder for checkpoints and the report
    #[arg(short, long, value_name = "DIR")]
    pub output: PathBuf,
    /// Name of the network; the folder's if left out
    #[arg(long)]
    pub name: Option<String>,
    /// Defaults of a published setting
    #[arg(long, value_enum)]
    pub preset: Option<Preset>,
    /// Which streams are added to which [default: (X+O1)+O2; one in pennylane-demo]
    #[arg(long, value_name = "WIRING", value_parser = skips)]
    pub wiring: Option<Skips>,
    /// Rows of rotations and CX, layer by layer [default: 4,1,1,...]
    #[arg(long, value_name = "D,..", value_delimiter = ',', value_parser = clap::value_parser!(u16).range(1..=64))]
    pub depths: Vec<u16>,
    /// What the rotations turn about
    #[arg(long, value_enum, default_value_t = AxisArg::X)]
    pub axis: AxisArg,
    /// Encode the pixels anew before every row
    #[arg(long)]
    pub reupload: bool,
    /// One angle a qubit for all rows of a layer
    #[arg(long)]
    pub tied: bool,
    /// Which of the four <Z> become channels: mean, all, or one of 0 to 3 [default: all; mean in resqunn]
    #[arg(long, value_name = "R", value_parser = read)]
    pub read: Option<Read>,
    /// What a pixel from 0 to 1 is multiplied with to be an angle [default: 1; π in pennylane-demo]
    #[arg(long, value_name = "S", value_parser = finite)]
    pub scale: Option<f64>,
    /// What pixels are divided by [default: the largest there is]
    #[arg(long, value_name = "V", value_parser = above_zero)]
    pub divide: Option<f64>,
    /// What names the class
    #[arg(long, value_enum, default_value_t = HeadArg::Classical)]
    pub head: HeadArg,
    /// The wires of a quantum head that are measured, a class each
    #[arg(long, value_name = "W,..", value_delimiter = ',', default_value = "6,7,8,9")]
    pub measured: Vec<usize>,
    /// Where gradients go [default: through; cut in resqunn, frozen in pennylane-demo]
    #[arg(long, value_enum)]
    pub gradient: Option<GradientArg>,
    /// Step size of Adam [default: 0.01; 0.001 in pennylane-demo]
    #[arg(long, value_name = "R", value_parser = tolerance)]
    pub rate: Option<f64>,
    /// Images a step [default: 16; 4 in pennylane-demo]
    #[arg(long, value_name = "B", value_parser = clap::value_parser!(u32).range(1..))]
    pub batch: Option<u32>,
    /// Passes through the images
    #[arg(long, value_name = "E", default_value_t = 30, value_parser = clap::value_parser!(u32).range(1..))]
    pub epochs: u32,
    /// Write a checkpoint every so many epochs, and after the first and the last
    #[arg(long, value_name = "E", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub every: u32,
    /// Seed of everything random; the same seed gives the same bytes
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub seed: u64,
    #[command(flatten)]
    pub common: Common,
}

/// Published settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Preset {
    /// Kashif and Shafique 2025, Table 3: the mean is read, gradients are cut, 200 images a class
    Resqunn,
    /// PennyLane's quanvolution demo: one layer of random gates that stays as it is, four channels, angles up to π
    PennylaneDemo,
}

/// Axes of rotations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum AxisArg {
    /// RX, Eqs. 3 to 7
    X,
    /// RY, Fig. 2
    Y,
}

impl AxisArg {
    /// The axis as the library takes it.
    pub fn axis(self) -> Axis {
        match self {
            AxisArg::X => Axis::X,
            AxisArg::Y => Axis::Y,
        }
    }
}

/// Heads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum HeadArg {
    /// A linear layer
    Classical,
    /// A circuit of ten qubits that reads amplitudes
    Quantum,
}

/// Where gradients go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum GradientArg {
    /// Everywhere: the true gradient
    Through,
    /// Past layers by skips alone, as in the paper
    Cut,
    /// To the head alone
    Frozen,
}

/// For each layer the streams that are added to what it makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Skips(pub Vec<Vec<usize>>);

fn skips(text: &str) -> Result<Skips, String> {
    let lists = || serde_json::from_str::<Vec<Vec<usize>>>(text).ok().filter(|lists| !lists.is_empty());
    wiring(text).or_else(lists).map(Skips).ok_or_else(|| {
        let names: Vec<&str> = wiring_names().collect();
        format!("expected one of {}, or a list for each layer like [[0],[1]]", names.join(", "))
    })
}

fn read(text: &str) -> Result<Read, String> {
    match text {
        "mean" => Ok(Read::Mean),
        "all" => Ok(Read::All),
        _ => {
            text.parse().ok().filter(|q| *q < 4).map(Read::Qubit).ok_or("expected mean, all, or a qubit, 0 to 3".into())
        }
    }
}

fn finite(text: &str) -> Result<f64, String> {
    text.parse().ok().filter(|value: &f64| value.is_finite()).ok_or("expected a finite number".into())
}

fn above_zero(text: &str) -> Result<f64, String> {
    finite(text).ok().filter(|value| *value > 0.0).ok_or("expected a finite number above 0".into())
}

impl Args {
    /// All files that are read.
    pub fn inputs(&self) -> impl Iterator<Item = &PathBuf> {
        let given = [Some(&self.data), self.labels.as_ref(), self.test_data.as_ref(), self.test_labels.as_ref()];
        given.into_iter().flatten()
    }

    /// Who makes the page of what.
    pub fn foot(&self) -> Foot {
        foot("hqrn-train quanvolution", Some(self.seed), self.inputs().map(PathBuf::as_path))
    }
}
