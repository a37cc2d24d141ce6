//! The options of hqrn-train amplitudes.

use super::attack::{Attacks, attacks};
use crate::cli::arguments::{Common, tolerance};
use crate::cli::foot::foot;
use crate::network::amplitude::Reads;
use crate::report::Foot;
use crate::training::amplitude::Connection;
use clap::ValueEnum;
use std::path::PathBuf;

const EXAMPLES: &str = "Examples:
  hqrn-train amplitudes --data circuits/iris.csv -o iris/
  hqrn-train amplitudes --connection dense --data circuits/digits.csv.gz -o digits/
  hqrn-train amplitudes --front cnn:8,16 --data train-images.gz --labels train-labels.gz -o cnn/
  hqrn-train amplitudes --ablation --rivals --seeds 10 --data circuits/iris.csv -o ablation/
  hqrn-train amplitudes --ablation --gain 8 --seeds 10 --data circuits/iris.csv -o control/
  hqrn-train amplitudes --attack form=1,noise=gauss-asym,size=0.1/1,mode=test/step/drift \\
      --seeds 10 --data circuits/iris.csv -o attacks/

Of a training the folder gets report.html, a checkpoint every --every epochs, log.csv, and training.json, from which the same \
command goes on where it was killed; of a comparison it gets ablation.html or attacks.html. Beside every result stands that of \
the head alone on the normalised input. Noises: gauss, uniform or mixed, each -sym or -asym; / stands between alternatives, \
which are all tried. Exit codes: 0 trained, 1 the training diverged, 2 bad input.";

/// Train meshes of rotations on amplitudes (QRFNN, QDFNN)
#[derive(clap::Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct Args {
    /// Labelled inputs: CSV (rows marked 'train' where there is a column 'split'), IDX images or NPY, gzipped or not
    #[arg(long, value_name = "DATA")]
    pub data: PathBuf,
    /// Their labels, if they are in a file of their own
    #[arg(long, value_name = "FILE")]
    pub labels: Option<PathBuf>,
    /// Inputs to test on; rows marked 'test' of --data if left out
    #[arg(long, value_name = "DATA")]
    pub test_data: Option<PathBuf>,
    /// Their labels, if they are in a file of their own
    #[arg(long, value_name = "FILE", requires = "test_data")]
    pub test_labels: Option<PathBuf>,
    /// Folder for checkpoints and the report
    #[arg(short, long, value_name = "DIR")]
    pub output: PathBuf,
    /// Name of the network; the folder's if left out
    #[arg(long)]
    pub name: Option<String>,
    /// What is added to the mesh of every layer
    #[arg(long, value_enum, default_value_t = ConnectionArg::Residual, conflicts_with_all = ["ablation", "attack"])]
    pub connection: ConnectionArg,
    /// Layers [default: 2 where inputs have at most 16 entries, otherwise 3]
    #[arg(long, value_name = "L", value_parser = clap::value_parser!(u16).range(1..=100))]
    pub layers: Option<u16>,
    /// What the head sees
    #[arg(long, value_enum, default_value_t = ReadsArg::Amplitudes)]
    pub reads: ReadsArg,
    /// What makes inputs of samples, trained with the rest: none, linear, or cnn:C,C.. with a convolution for each number of
    /// channels and a linear map behind
    #[arg(long, value_name = "FRONT", default_value = "none", value_parser = front)]
    pub front: FrontArg,
    /// Behind a front: entries of an input [default: 64, or as many as a sample has if these are fewer]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub dim: Option<u16>,
    /// Channels, height and width of a sample, for convolutions [default: one channel, square]
    #[arg(long, value_name = "C,H,W", value_parser = sides)]
    pub image: Option<Sides>,
    /// Only samples of the first K classes
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u16).range(2..))]
    pub classes: Option<u16>,
    /// What normalised inputs are multiplied with
    #[arg(long, value_name = "G", default_value_t = 1.0, value_parser = gain)]
    pub gain: f64,
    /// Step size of Adam [default: 0.01 where inputs have at most 16 entries, otherwise 0.003]
    #[arg(long, value_name = "R", value_parser = tolerance)]
    pub rate: Option<f64>,
    /// Samples a step [default: 16 where inputs have at most 16 entries, otherwise 50]
    #[arg(long, value_name = "B", value_parser = clap::value_parser!(u32).range(1..))]
    pub batch: Option<u32>,
    /// Passes through the samples [default: 100 where inputs have at most 16 entries, otherwise 40]
    #[arg(long, value_name = "E", value_parser = clap::value_parser!(u32).range(1..))]
    pub epochs: Option<u32>,
    /// Write a checkpoint every so many epochs, and after the first and the last
    #[arg(long, value_name = "E", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..))]
    pub every: u32,
    /// Compare all connections and the head alone, over --seeds
    #[arg(long, conflicts_with = "attack")]
    pub ablation: bool,
    /// Attack parameters: form=1|2,noise=KIND,size=S,mode=test|step|drift, as often as wanted
    #[arg(long, value_name = "ATTACK", value_parser = attacks)]
    pub attack: Vec<Attacks>,
    /// Seeds of an ablation or of attacks, counted from --seed [default: 10]
    #[arg(long, value_name = "K", value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub seeds: Option<u32>,
    /// Train classical networks of the same size beside it, MLP and ResNet; attacks always do
    #[arg(long)]
    pub rivals: bool,
    /// Seed of everything random; the same seed gives the same bytes
    #[arg(long, value_name = "S", default_value_t = 0)]
    pub seed: u64,
    #[command(flatten)]
    pub common: Common,
}

/// Connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ConnectionArg {
    /// A weight times the state before the layer (QRFNN)
    Residual,
    /// A weight times each state before it (QDFNN)
    Dense,
    /// Nothing
    None,
}

impl ConnectionArg {
    /// The connection as the library takes it.
    pub fn connection(self) -> Connection {
        match self {
            ConnectionArg::Residual => Connection::Residual,
            ConnectionArg::Dense => Connection::Dense,
            ConnectionArg::None => Connection::None,
        }
    }
}

/// Readings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ReadsArg {
    /// Amplitudes with their signs
    Amplitudes,
    /// Their squares over the sum of these
    Probabilities,
}

impl ReadsArg {
    /// The reading as the library takes it.
    pub fn reads(self) -> Reads {
        match self {
            ReadsArg::Amplitudes => Reads::Amplitudes,
            ReadsArg::Probabilities => Reads::Probabilities,
        }
    }
}

/// What stands before a network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FrontArg {
    /// Nothing.
    None,
    /// A linear map, behind as many convolutions as there are numbers of channels.
    Stages(Vec<usize>),
}

/// Channels, height and width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sides(pub [usize; 3]);

fn sides(text: &str) -> Result<Sides, String> {
    let numbers: Option<Vec<usize>> =
        text.split(',').map(|text| text.parse().ok().filter(|side| (1..=4096).contains(side))).collect();
    numbers.and_then(|numbers| numbers.try_into().ok()).map(Sides).ok_or("expected three numbers from 1 to 4096".into())
}

fn front(text: &str) -> Result<FrontArg, String> {
    let wrong = || "expected none, linear or cnn:C,C.. with channels from 1 to 1024, as in cnn:8,16".to_owned();
    match (text, text.strip_prefix("cnn:")) {
        ("none", _) => Ok(FrontArg::None),
        ("linear", _) => Ok(FrontArg::Stages(vec![])),
        (_, Some(channels)) => {
            let channel = |text: &str| text.parse().ok().filter(|c| (1..=1024usize).contains(c)).ok_or_else(wrong);
            channels.split(',').map(channel).collect::<Result<_, _>>().map(FrontArg::Stages)
        }
        _ => Err(wrong()),
    }
}

fn gain(text: &str) -> Result<f64, String> {
    let usable = |gain: &f64| gain.is_finite() && *gain != 0.0;
    text.parse().ok().filter(usable).ok_or("expected a finite number, not 0".into())
}

impl Args {
    /// All files that are read.
    pub fn inputs(&self) -> impl Iterator<Item = &PathBuf> {
        let given = [Some(&self.data), self.labels.as_ref(), self.test_data.as_ref(), self.test_labels.as_ref()];
        given.into_iter().flatten()
    }

    /// Who makes a page of what; `what` is the option that asks for another than a training.
    pub fn foot(&self, what: &str) -> Foot {
        let command = format!("hqrn-train amplitudes {what}");
        foot(command.trim_end(), Some(self.seed), self.inputs().map(PathBuf::as_path))
    }
}
