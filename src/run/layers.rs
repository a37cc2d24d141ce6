//! Networks of quanvolutions as hardware would run them: every patch measured with so many shots, or the few settings that
//! say all of a layer (docs/method.md, section 14).
//!
//! What a patch's bits spell is a trigonometric polynomial in its four angles, with noise as without: noise on gates does
//! not depend on the angles. So a layer is simulated at the points that such polynomials are known from, once for all
//! patches of all images.

use super::Shots;
use super::digest::Digest;
use crate::circuit::Cost;
use crate::compiler::{Grid, LayerError, LayerOptions, PatchPart, Patches, Pieces, compile_layer};
use crate::data::Samples;
use crate::linalg::RealMatrix;
use crate::network::quanvolution::{Quanvolution, Stream};
use crate::network::{Model, Outcome};
use crate::qasm::{AnyProgram, LayerProgram, PATCH, ProgramError, read_any, write_layer};
use crate::random::{Rng, stream};
use crate::run::Disturbance;
use crate::simulator::noise::{NoiseModel, Trajectories, noisy_probabilities};
use crate::simulator::{Multinomial, SimulationError, mean_parity};
use rayon::prelude::*;

/// Why a layer cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum LayerRunError {
    /// It cannot be compiled.
    #[error(transparent)]
    Compile(#[from] LayerError),
    /// Its text does not read back: a defect of this crate.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// Its program cannot be simulated.
    #[error(transparent)]
    Simulation(#[from] SimulationError),
    /// A program of one image's patches.
    #[error("its pixels are fixed: expected inputs, for all patches of all images")]
    Fixed,
    /// A program whose patches are not apart.
    #[error("input '{0}' is no angle of the first patch, but of a gate that is joined to it")]
    Foreign(String),
}

/// Trigonometric polynomials in the four angles of a patch, known from their values at the points of a grid.
#[derive(Clone, Debug)]
struct Polynomials {
    sides: [usize; PATCH],
    /// How many there are.
    count: usize,
    /// Coefficient by coefficient, of all polynomials.
    coefficients: Vec<f64>,
}

impl Polynomials {
    /// From values, for each point those of all polynomials.
    fn through(grid: &Grid, values: &[Vec<f64>]) -> Polynomials {
        let count = values[0].len();
        let mut coefficients = vec![0.0; grid.len() * count];
        for which in 0..count {
            let of: Vec<f64> = values.iter().map(|all| all[which]).collect();
            for (at, coefficient) in grid.coefficients(&of).into_iter().enumerate() {
                coefficients[at * count + which] = coefficient;
            }
        }
        Polynomials { sides: grid.sides(), count, coefficients }
    }

    /// All of them at these angles.
    fn at(&self, angles: &[f64; PATCH]) -> Vec<f64> {
        let mut left = self.coefficients.clone();
        for (angle, &side) in angles.iter().zip(&self.sides).rev() {
            let wave = |k: usize| match (k, k.div_ceil(2) as f64 * angle) {
                (0, _) => 1.0,
                (k, x) if k % 2 == 1 => x.sin(),
                (_, x) => x.cos(),
            };
            let waves: Vec<f64> = (0..side).map(wave).collect();
            let mut sums = vec![0.0; left.len() / side];
            for (sum, parts) in sums.chunks_exact_mut(self.count).zip(left.chunks_exact(side * self.count)) {
                for (wave, part) in waves.iter().zip(parts.chunks_exact(self.count)) {
                    sum.iter_mut().zip(part).for_each(|(sum, part)| *sum += wave * part);
                }
            }
            left = sums;
        }
        left
    }
}

/// What the shots of a patch read, whatever its pixels.
#[derive(Clone, Debug)]
pub struct PatchTable {
    grid: Grid,
    /// Probabilities of all words of the bits that are read.
    words: Polynomials,
    /// For each of the four `<Z>` the bits of a word whose parity is its sign.
    masks: [usize; PATCH],
    /// Two-qubit gates of a patch.
    pub two_qubit_gates: usize,
}

impl PatchTable {
    /// Of the first patch of a program, which all others are like; with noise if there is any.
    ///
    /// # Errors
    /// A program of fixed pixels, or one that cannot be simulated.
    pub fn of(
        program: &LayerProgram,
        noise: Option<(&NoiseModel, &Trajectories)>,
    ) -> Result<PatchTable, LayerRunError> {
        let patch = &program.contract.patches[0];
        let names = patch.inputs().ok_or(LayerRunError::Fixed)?;
        let part = PatchPart::of(program, patch, &Pieces::of(program.template.circuit()))?;
        let own = part.places(names);
        if let Some(other) = part.foreign(&own) {
            return Err(LayerRunError::Foreign(other.to_owned()));
        }
        let occurrences = part.template.occurrences();
        let grid = Grid::new(own.map(|input| occurrences[input]));
        let readout = part.readout();
        let (silent, once) = (NoiseModel::default(), Trajectories { count: 1, seed: 0 });
        let (model, trajectories) = noise.unwrap_or((&silent, &once));
        let at = |point: &[f64; PATCH]| {
            let circuit = part.bind(&own, point, 0.0);
            let found = noisy_probabilities(&circuit, &readout, &[0], model, trajectories)?;
            Ok::<_, SimulationError>(found.as_slice().to_vec())
        };
        let values = grid.points().par_iter().map(at).collect::<Result<Vec<_>, _>>()?;
        let two_qubit_gates = Cost::of(part.template.circuit()).two_qubit_gates;
        Ok(PatchTable { words: Polynomials::through(&grid, &values), masks: part.masks(), grid, two_qubit_gates })
    }

    /// How many settings of the pixels say everything of the layer.
    pub fn settings(&self) -> usize {
        self.grid.len()
    }

    /// The four `<Z>` of words with these weights.
    fn means(&self, words: &[f64]) -> [f64; PATCH] {
        self.masks.map(|mask| mean_parity(words, mask))
    }

    /// What a patch measures, by so many shots.
    fn measured(&self, angles: &[f64; PATCH], shots: Shots, drawing: &mut Multinomial, rng: &mut Rng) -> [f64; PATCH] {
        let mut words = self.words.at(angles);
        if let Shots::Finite(n) = shots {
            // Rounding leaves some a little below zero.
            words.iter_mut().for_each(|p| *p = p.max(0.0));
            let mut counts = vec![0.0; words.len()];
            let seen = drawing.draw(n, &words, &mut counts, rng).max(1) as f64;
            counts.iter_mut().for_each(|count| *count /= seen);
            words = counts;
        }
        self.means(&words)
    }

    /// The same of all settings, by so many shots each, as polynomials.
    fn estimated(&self, shots: Shots, rng: &mut Rng) -> Polynomials {
        let mut drawing = Multinomial::default();
        let at = |point: &[f64; PATCH]| self.measured(point, shots, &mut drawing, rng).to_vec();
        let values: Vec<Vec<f64>> = self.grid.points().iter().map(at).collect();
        Polynomials::through(&self.grid, &values)
    }
}

/// The tables of a network's layers, from programs that are compiled here and now.
///
/// # Errors
/// If a layer cannot be compiled or simulated, with its number from 1.
pub fn layer_tables(
    network: &Quanvolution,
    noise: Option<&Disturbance>,
    seed: u64,
) -> Result<Vec<PatchTable>, (usize, LayerRunError)> {
    let table = |(k, layer)| {
        let texts = compile_layer(&network.name, k + 1, layer, Patches::Inputs, &LayerOptions::default())?;
        match read_any(&texts[0])? {
            AnyProgram::Layer(program) => program_table(&program, noise, seed),
            AnyProgram::Block(_) | AnyProgram::Head(_) | AnyProgram::Segment(_) => Err(LayerRunError::Fixed),
        }
    };
    network.layers.iter().enumerate().map(|(k, layer)| table((k, layer)).map_err(|error| (k + 1, error))).collect()
}

/// The table of a program, under some conditions.
///
/// # Errors
/// As [`PatchTable::of`].
pub fn program_table(
    program: &LayerProgram,
    noise: Option<&Disturbance>,
    seed: u64,
) -> Result<PatchTable, LayerRunError> {
    let trajectories = noise.map(|noise| Trajectories { count: noise.trajectories, seed });
    PatchTable::of(program, noise.map(|noise| &noise.model).zip(trajectories.as_ref()))
}

/// The keys of points of a network, one for each number of shots: digests of everything that determines them.
pub fn layer_keys(
    network: &Quanvolution,
    programs: Option<&[LayerProgram]>,
    samples: &Samples,
    noise: Option<&Disturbance>,
    measuring: Measuring,
    shots: &[Shots],
    seed: u64,
) -> Vec<String> {
    let mut digest = Digest::of(samples);
    digest.feed(Model::from(network.clone()).to_json().as_bytes());
    programs.into_iter().flatten().for_each(|program| digest.feed(write_layer(program).as_bytes()));
    let noise = serde_json::to_string(&noise).expect("rates are finite numbers");
    digest.feed(format!("{noise} {measuring:?} {seed} {}", env!("CARGO_PKG_VERSION")).as_bytes());
    shots.iter().map(|shots| digest.key(&shots.to_string())).collect()
}

/// How expectation values are estimated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Measuring {
    /// Every patch of every image by itself.
    Patches,
    /// The settings that say everything of a layer, once for all images: 81 where pixels are encoded once.
    Settings,
}

/// Runs images, of as many pixels as the network takes, with so many shots a patch or setting. Image i draws from a stream
/// of its own, made of the seed and i: images do not depend on threads or on each other.
///
/// # Panics
/// If there is not a table for each layer, or images are of another size.
pub fn run_layers(
    network: &Quanvolution,
    tables: &[PatchTable],
    images: &[Vec<f64>],
    shots: Shots,
    measuring: Measuring,
    seed: u64,
) -> Outcome {
    assert_eq!(tables.len(), network.layers.len(), "a table for each layer");
    let estimated: Vec<Polynomials> = match measuring {
        Measuring::Patches => vec![],
        Measuring::Settings => {
            let of = |(k, table): (usize, &PatchTable)| table.estimated(shots, &mut stream(seed, u64::MAX - k as u64));
            tables.iter().enumerate().map(of).collect()
        }
    };
    let last = |(i, image): (usize, &Vec<f64>)| -> Stream {
        let (mut rng, mut drawing) = (stream(seed, i as u64), Multinomial::default());
        let streams = network.streams_measured(image, |layer, angles| match measuring {
            Measuring::Patches => tables[layer].measured(angles, shots, &mut drawing, &mut rng),
            Measuring::Settings => {
                estimated[layer].at(angles).try_into().expect("a polynomial for each of the four qubits")
            }
        });
        streams.into_iter().next_back().expect("the image is a stream")
    };
    let lasts: Vec<Stream> = images.par_iter().enumerate().map(last).collect();
    outcome_of(network, lasts)
}

/// The same without any measurement: what the network itself makes of the images.
///
/// # Panics
/// If images are of another size.
pub fn run_layers_classically(network: &Quanvolution, images: &[Vec<f64>]) -> Outcome {
    outcome_of(network, network.last_streams(images))
}

fn outcome_of(network: &Quanvolution, lasts: Vec<Stream>) -> Outcome {
    let pixels: Vec<f64> = lasts.iter().flat_map(|stream| stream.pixels.iter().copied()).collect();
    let states = RealMatrix::from_vec(network.features(), lasts.len(), pixels);
    Outcome { labels: network.labels_of(&states), states, dead: 0, dead_blocks: vec![], empty: 0 }
}

#[cfg(test)]
mod tests;
