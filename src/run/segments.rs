//! Amplitude networks as hardware would run them: every segment of every sample measured with so many shots, told apart from
//! the reference's, or as probabilities (docs/method.md, section 15).

use super::Shots;
use super::digest::Digest;
use crate::circuit::Cost;
use crate::compiler::{SegmentError, SegmentOptions, Spelt, compile_segment, readout_of, spelt_amplitudes, with_input};
use crate::data::Samples;
use crate::linalg::{Complex, RealMatrix, spectral_norm};
use crate::network::amplitude::{AmplitudeNetwork, Hidden, Reads, Segment};
use crate::network::{Model, Outcome, largest};
use crate::qasm::{AnyProgram, Program, ProgramError, SegmentTerms, Spelling, read_any, write};
use crate::random::{Rng, stream};
use crate::run::Disturbance;
use crate::signs::Signs;
use crate::simulator::noise::{Trajectories, noisy_probabilities};
use crate::simulator::{Multinomial, Readout, SimulationError};
use rayon::prelude::*;

/// Why a segment cannot be run.
#[derive(Debug, thiserror::Error)]
pub enum SegmentRunError {
    /// It cannot be compiled.
    #[error(transparent)]
    Compile(#[from] SegmentError),
    /// Its text does not read back: a defect of this crate.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// Its program cannot be simulated.
    #[error(transparent)]
    Simulation(#[from] SimulationError),
    /// A program of one sample.
    #[error("prepares an input of its own: compile it without --data or --input")]
    Prepared,
}

/// The segments of a network, and how shots of each come about.
pub struct SegmentRuns<'a> {
    network: &'a AmplitudeNetwork,
    segments: Vec<Segment>,
    sources: Vec<Source>,
}

/// Where probabilities come from.
enum Source {
    /// The closed form: an amplitude is `(map ψ)/|map|`, and that of the reference alike for all labels.
    Weights { norm: f64 },
    /// What is accepted of a program's circuit, sign by sign: what is spelt, behind the state and behind the reference.
    Program { gamma: f64, labels: usize, spelling: Spelling, signs: Signs<Option<Vec<Spelt>>> },
    /// A circuit with noise, its input prepared in front of it.
    Noisy { program: Box<Program>, noise: Box<Disturbance>, seed: u64 },
}

/// What a segment of a sample read.
struct Read {
    /// `map ψ` as the shots say it, or the probabilities of it.
    values: Vec<f64>,
    /// Whether all shots were rejected.
    empty: bool,
}

/// What became of a sample.
struct Scored {
    scores: Vec<f64>,
    /// How often an activation left nothing of the state.
    dead: usize,
    /// How often all shots were rejected on the way.
    empty: usize,
}

impl<'a> SegmentRuns<'a> {
    /// From the weights where there are no programs and no noise; with noise and no programs from what is compiled here and
    /// now. Programs are one a segment, in order.
    ///
    /// # Errors
    /// If a segment cannot be compiled or simulated, with its number from 1.
    pub fn new(
        network: &'a AmplitudeNetwork,
        programs: Option<&[Program]>,
        noise: Option<&Disturbance>,
        seed: u64,
    ) -> Result<SegmentRuns<'a>, (usize, SegmentRunError)> {
        let segments = network.segments().map_err(|reason| (1, SegmentError::Segments(reason).into()))?;
        let source = |(k, segment): (usize, &Segment)| {
            let given = programs.map(|programs| programs[k].clone());
            let source = match (given, noise) {
                (None, None) => return Ok(Source::Weights { norm: spectral_norm(&segment.map) }),
                (Some(program), None) => Source::of(&program),
                (given, Some(noise)) => {
                    let program =
                        given.map_or_else(|| compiled(network, k + 1, &SegmentOptions::default().with_seed(seed)), Ok);
                    program.map(|program| Source::Noisy { program: Box::new(program), noise: Box::new(*noise), seed })
                }
            };
            source.map_err(|error| (k + 1, error))
        };
        let sources = segments.iter().enumerate().map(source).collect::<Result<_, _>>()?;
        Ok(SegmentRuns { network, segments, sources })
    }

    /// How many segments there are, each of which is run once a sample.
    pub fn segments(&self) -> usize {
        self.segments.len()
    }

    /// What probabilities of the last segment are multiplied with.
    pub fn gamma(&self) -> f64 {
        let last = self.segments.len() - 1;
        self.sources[last].gamma(&self.segments[last])
    }

    /// Runs samples with so many shots a segment. Sample i draws from a stream of its own, made of the seed and i: samples do
    /// not depend on threads or on each other. States of the outcome are the scores' softmax, a column a sample.
    ///
    /// # Errors
    /// If a noisy circuit is too large.
    ///
    /// # Panics
    /// If a sample has another number of entries than the network takes.
    pub fn run(&self, samples: &[Vec<f64>], shots: Shots, seed: u64) -> Result<Outcome, SimulationError> {
        let one = |(i, x): (usize, &Vec<f64>)| self.scored(x, shots, &mut stream(seed, i as u64));
        let all = samples.par_iter().enumerate().map(one).collect::<Result<Vec<_>, _>>()?;
        let [dead, empty] = [|one: &Scored| one.dead, |one: &Scored| one.empty].map(|of| all.iter().map(of).sum());
        Ok(Outcome { dead, empty, ..outcome_of(all.into_iter().map(|one| one.scores).collect()) })
    }

    /// What becomes of a sample.
    fn scored(&self, x: &[f64], shots: Shots, rng: &mut Rng) -> Result<Scored, SimulationError> {
        let (mut state, mut dead, mut empty) = (self.network.features(x), 0, 0);
        for (segment, source) in self.segments.iter().zip(&self.sources) {
            let largest = state.iter().fold(0.0f64, |most, v| most.max(v.abs()));
            let scaled: Vec<f64> = state.iter().map(|v| v / largest).collect();
            let length = scaled.iter().map(|v| v * v).sum::<f64>().sqrt();
            let psi: Vec<f64> = scaled.iter().map(|v| v / length).collect();
            // Nothing is encoded of a state that is 0, and what comes of it is known.
            let read = if largest == 0.0 {
                Read { values: vec![0.0; source.labels(segment).0], empty: false }
            } else {
                source.read(segment, &psi, shots, rng)?
            };
            let read = match (source.labels(segment).1, self.network.read_by(segment)) {
                (Spelling::OneHot, Some(weight)) => {
                    let state = RealMatrix::from_column_slice(read.values.len(), 1, &read.values);
                    Read { values: (weight * state).as_slice().to_vec(), ..read }
                }
                _ => read,
            };
            empty += usize::from(read.empty);
            let scale = match segment.reads {
                Reads::Amplitudes if !segment.normalises && largest > 0.0 => largest * length,
                _ => 1.0,
            };
            let values: Vec<f64> = read.values.iter().map(|v| scale * v).collect();
            state =
                if segment.activation.is_some() { segment.activated(&values) } else { self.network.finish(&values) };
            dead += usize::from(segment.activation.is_some() && state.iter().all(|v| *v == 0.0));
        }
        Ok(Scored { scores: state, dead, empty })
    }
}

fn compiled(network: &AmplitudeNetwork, number: usize, options: &SegmentOptions) -> Result<Program, SegmentRunError> {
    match read_any(&compile_segment(network, number, None, options)?)? {
        AnyProgram::Segment(program) => Ok(*program),
        _ => Err(ProgramError::NoContract.into()),
    }
}

/// Two-qubit gates of the programs of all segments together, behind their inputs.
///
/// # Errors
/// If a segment cannot be compiled, with its number from 1.
pub fn segment_cost(network: &AmplitudeNetwork, seed: u64) -> Result<usize, (usize, SegmentRunError)> {
    let count = network.segments().map_err(|reason| (1, SegmentError::Segments(reason).into()))?.len();
    let options = SegmentOptions::default().with_seed(seed);
    let cost = |number| {
        let program = compiled(network, number, &options).map_err(|error| (number, error))?;
        Ok(Cost::of(&program.circuit).two_qubit_gates)
    };
    (1..=count).map(cost).sum()
}

impl Source {
    fn of(program: &Program) -> Result<Source, SegmentRunError> {
        let terms = terms_of(program);
        if terms.features.is_some() {
            return Err(SegmentRunError::Prepared);
        }
        let signs = spelt_amplitudes(program)?;
        Ok(Source::Program { gamma: program.contract.gamma(), labels: terms.labels, spelling: terms.encoding, signs })
    }

    fn gamma(&self, segment: &Segment) -> f64 {
        match self {
            Source::Weights { norm } if segment.reads == Reads::Amplitudes => {
                norm * (segment.map.nrows() as f64).sqrt()
            }
            Source::Weights { norm } => norm * norm,
            Source::Program { gamma, .. } => *gamma,
            Source::Noisy { program, .. } => program.contract.gamma(),
        }
    }

    /// How many entries come out, and how they are spelt.
    fn labels(&self, segment: &Segment) -> (usize, Spelling) {
        match self {
            Source::Weights { .. } => (segment.map.nrows(), Spelling::Binary),
            Source::Program { labels, spelling, .. } => (*labels, *spelling),
            Source::Noisy { program, .. } => (program.contract.rows(), program.contract.spelling()),
        }
    }

    /// p+ of every label and then p-.
    fn probabilities(&self, segment: &Segment, psi: &[f64]) -> Result<Vec<f64>, SimulationError> {
        let (labels, spelling) = self.labels(segment);
        match self {
            Source::Weights { norm } => {
                let out = &segment.map * RealMatrix::from_column_slice(psi.len(), 1, psi);
                let a = |c: usize| if *norm > 0.0 { out[c] / norm } else { 0.0 };
                let even = 1.0 / (labels as f64).sqrt();
                Ok(match segment.reads {
                    Reads::Amplitudes => [even, -even]
                        .iter()
                        .flat_map(|u| (0..labels).map(move |c| (c, *u)))
                        .map(|(c, u)| (a(c) + u).powi(2) / 4.0)
                        .collect(),
                    Reads::Probabilities => (0..labels).map(|c| a(c).powi(2)).chain(vec![0.0; labels]).collect(),
                })
            }
            Source::Program { signs, .. } => {
                let mut p = vec![0.0; 2 * labels];
                for ((_, spelt), first) in signs.iter().zip([0, labels]) {
                    for spelt in spelt.iter().flatten().filter(|spelt| spelt.label < labels) {
                        let amplitude = spelt.of_state.iter().zip(psi).map(|(a, psi)| a * psi).sum::<Complex>();
                        p[first + spelt.label] += (amplitude + spelt.of_reference).norm_sqr();
                    }
                }
                Ok(p)
            }
            Source::Noisy { program, noise, seed } => {
                let circuit = with_input(program, psi);
                let trajectories = Trajectories { count: noise.trajectories, seed: *seed };
                let mut p = vec![0.0; 2 * labels];
                for ((_, read), first) in program.contract.signs.iter().zip([0, labels]) {
                    let Some(read) = read else { continue };
                    let readout = Readout { input: vec![], ..readout_of(read) };
                    let found = noisy_probabilities(&circuit, &readout, &[0], &noise.model, &trajectories)?;
                    (0..labels).for_each(|c| p[first + c] = found[(spelling.word(c) as usize, 0)]);
                }
                Ok(p)
            }
        }
    }

    fn read(&self, segment: &Segment, psi: &[f64], shots: Shots, rng: &mut Rng) -> Result<Read, SimulationError> {
        let (labels, _) = self.labels(segment);
        let mut p = self.probabilities(segment, psi)?;
        if let Shots::Finite(n) = shots {
            let mut counts = vec![0.0; p.len()];
            Multinomial::default().draw(n, &p, &mut counts, rng);
            p = counts.into_iter().map(|count| count / n as f64).collect();
        }
        let (plus, minus) = p.split_at(labels);
        let accepted: f64 = p.iter().sum();
        let values = match segment.reads {
            Reads::Amplitudes => {
                let gamma = self.gamma(segment);
                plus.iter().zip(minus).map(|(plus, minus)| gamma * (plus - minus)).collect()
            }
            // Of the shots that count.
            Reads::Probabilities => plus.iter().map(|p| if accepted > 0.0 { p / accepted } else { 0.0 }).collect(),
        };
        Ok(Read { values, empty: accepted == 0.0 })
    }
}

fn terms_of(program: &Program) -> &SegmentTerms {
    program.contract.segment.as_ref().expect("a program of a segment")
}

/// What the network itself makes of samples.
///
/// # Panics
/// If a sample has another number of entries than the network takes.
pub fn run_segments_classically(network: &AmplitudeNetwork, samples: &[Vec<f64>]) -> Outcome {
    let flow = network.flow(samples);
    let behind = network.layers.iter().zip(&flow.states[1..]).filter(|(layer, _)| layer.activation != Hidden::Identity);
    let nothing = |states: &RealMatrix| states.row_iter().filter(|row| row.iter().all(|v| *v == 0.0)).count();
    let dead = behind.map(|(_, states)| nothing(states)).sum();
    Outcome { dead, ..outcome_of(flow.scores.row_iter().map(|row| row.iter().copied().collect()).collect()) }
}

fn outcome_of(scores: Vec<Vec<f64>>) -> Outcome {
    let labels = scores.iter().map(|scores| largest(scores).expect("a head has a class")).collect();
    let softmax = |scores: &Vec<f64>| {
        let most = scores.iter().fold(f64::NEG_INFINITY, |most, z| most.max(*z));
        let weights: Vec<f64> = scores.iter().map(|z| (z - most).exp()).collect();
        let sum: f64 = weights.iter().sum();
        weights.into_iter().map(|w| w / sum).collect::<Vec<f64>>()
    };
    let columns: Vec<f64> = scores.iter().flat_map(softmax).collect();
    let states = RealMatrix::from_vec(columns.len() / scores.len().max(1), scores.len(), columns);
    Outcome { labels, states, dead: 0, dead_blocks: vec![], empty: 0 }
}

/// The keys of points of a network, one for each number of shots: digests of everything that determines them. `machine` is
/// the network as a faulty machine has it, or the network itself.
pub fn segment_keys(
    network: &AmplitudeNetwork,
    machine: &AmplitudeNetwork,
    programs: Option<&[Program]>,
    samples: &Samples,
    noise: Option<&Disturbance>,
    shots: &[Shots],
    seed: u64,
) -> Vec<String> {
    let mut digest = Digest::of(samples);
    [network, machine].iter().for_each(|one| digest.feed(Model::from((*one).clone()).to_json().as_bytes()));
    programs.into_iter().flatten().for_each(|program| digest.feed(write(program).as_bytes()));
    let noise = serde_json::to_string(&noise).expect("rates are finite numbers");
    digest.feed(format!("{noise} {seed} {}", env!("CARGO_PKG_VERSION")).as_bytes());
    shots.iter().map(|shots| digest.key(&shots.to_string())).collect()
}

#[cfg(test)]
mod tests;
