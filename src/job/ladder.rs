//! The steps from raw counts to labels, one upon the other: what each of them brings.

use super::measured::{Estimated, Measured};
use super::mitigation::{distance, scale, scale_error, shifted};
use super::refit::refitted;
use crate::compression::block_states;
use crate::linalg::RealMatrix;
use crate::network::{Block, FirstStates, Network, run_classically};
use crate::run::{Disagreement, Estimate};

/// How far measurements are put right; each has all before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub enum Step {
    /// Counts as they are.
    Raw,
    /// Readout errors taken out, qubit by qubit.
    Inverted,
    /// W multiplied with one number a block.
    Scaled,
    /// Biases shifted by what is missing of the mean training state.
    Shifted,
    /// Biases and head fitted to the network's own outputs on training rows.
    Refitted,
}

impl Step {
    /// All, in order.
    pub const ALL: [Step; 5] = [Step::Raw, Step::Inverted, Step::Scaled, Step::Shifted, Step::Refitted];

    /// As options and reports write it.
    pub fn name(self) -> &'static str {
        match self {
            Step::Raw => "raw",
            Step::Inverted => "inverted",
            Step::Scaled => "scaled",
            Step::Shifted => "shifted",
            Step::Refitted => "refitted",
        }
    }
}

/// What is known before anything is measured: the network, what it says itself of rows, and how its biases may move.
#[derive(Clone, Debug)]
pub struct Ground<'a> {
    /// The network whose programs run: what it says of a row itself is what is to be kept.
    network: &'a Network,
    /// Rows that decide: for means and refits.
    training: &'a [Vec<f64>],
    /// First states of the rows that are reported.
    first: RealMatrix,
    /// The network's own labels of them.
    own: Vec<usize>,
    /// The true ones, where they are known.
    truth: Option<&'a [usize]>,
    /// Those of another network, where one is compared with.
    reference: Option<Vec<usize>>,
    /// The mean state that enters each block.
    means: Vec<Vec<f64>>,
}

/// What a step of mitigation came to.
#[derive(Clone, Debug, PartialEq)]
pub struct Rung {
    /// Which.
    pub step: Step,
    /// The network as measured: W_rec in place of W.
    pub network: Network,
    /// Labels of the rows that are reported.
    pub labels: Vec<usize>,
    /// `|W_rec - W| / |W|` of each block.
    pub distances: Vec<Option<f64>>,
}

/// All steps, and what was fitted.
#[derive(Clone, Debug, PartialEq)]
pub struct Ladder {
    /// In their order.
    pub rungs: Vec<Rung>,
    /// What W of each block was multiplied with; `None` where nothing of it can be seen, or there is nothing to see.
    pub scales: Vec<Option<Estimate>>,
    /// W of each block with readout errors out, before any scale.
    pub inverted: Vec<Estimated>,
}

/// So many standard deviations of its scale, and W is seen in a block's counts.
const SEEN: f64 = 3.0;

impl Ladder {
    /// The first block, from 1, in whose counts nothing is to be seen of the W that it should have.
    pub fn unseen(&self, network: &Network) -> Option<usize> {
        let unseen = |(block, scale): (&Block, &Option<Estimate>)| {
            let nothing = block.weight().iter().all(|w| *w == 0.0);
            !nothing && scale.is_none_or(|scale| scale.value < SEEN * scale.error)
        };
        network.blocks.iter().zip(&self.scales).position(unseen).map(|k| k + 1)
    }
}

impl<'a> Ground<'a> {
    /// Of a network, training rows, and rows to report with their labels.
    ///
    /// # Panics
    /// If the network has no head, there are no rows of either kind, or sizes differ.
    pub fn new(
        network: &'a Network,
        training: &'a [Vec<f64>],
        reported: &[Vec<f64>],
        truth: Option<&'a [usize]>,
    ) -> Ground<'a> {
        let first = FirstStates::of(network, reported).states;
        let own = run_classically(network, &first).labels;
        let means = block_states(network, training)
            .iter()
            .take(network.blocks.len())
            .map(|states| states.column_mean().as_slice().to_vec())
            .collect();
        Ground { network, training, first, own, truth, reference: None, means }
    }

    /// With another network's labels of the rows that are reported to compare with: of the one that this was compressed from.
    ///
    /// # Panics
    /// If there is not one label a row.
    pub fn with_reference(self, labels: Vec<usize>) -> Ground<'a> {
        assert_eq!(labels.len(), self.own.len(), "a label for every row");
        Ground { reference: Some(labels), ..self }
    }

    /// The network.
    pub fn network(&self) -> &Network {
        self.network
    }

    /// The rows that decide.
    pub fn training(&self) -> &[Vec<f64>] {
        self.training
    }

    /// The network's own labels of the rows that are reported.
    pub fn own(&self) -> &[usize] {
        &self.own
    }

    /// Rows whose label is not the network's own.
    pub fn changed(&self, labels: &[usize]) -> Disagreement {
        differing(labels, &self.own)
    }

    /// Rows whose label is wrong, where that is known.
    pub fn wrong(&self, labels: &[usize]) -> Option<Disagreement> {
        self.truth.map(|truth| differing(labels, truth))
    }

    /// Rows whose label is not the reference's, where there is one.
    pub fn strayed(&self, labels: &[usize]) -> Option<Disagreement> {
        self.reference.as_ref().map(|reference| differing(labels, reference))
    }

    /// Labels of the rows that are reported, by a network of the same shape.
    pub fn labels(&self, network: &Network) -> Vec<usize> {
        run_classically(network, &self.first).labels
    }

    /// The mean state that enters each block, over training rows.
    pub fn means(&self) -> &[Vec<f64>] {
        &self.means
    }

    /// Every step of what was measured of each block, `survivals` being those that the machine's figures promise of every copy; the last step takes a second, and
    /// is left out unless it is asked for.
    ///
    /// # Panics
    /// If there is not one measurement a block.
    pub fn climb(&self, measured: &[Measured], survivals: &[Vec<f64>], refit: Option<u64>) -> Ladder {
        let blocks = &self.network.blocks;
        assert!(measured.len() == blocks.len() && survivals.len() == blocks.len(), "one measurement a block");
        let estimates = |inverted: bool| -> Vec<Estimated> {
            measured.iter().zip(survivals).map(|(found, survivals)| found.estimate(inverted, survivals)).collect()
        };
        let (raw, inverted) = (estimates(false), estimates(true));
        let mut scales = vec![];
        let mut scaled = vec![];
        for ((block, found), measured) in blocks.iter().zip(&inverted).zip(measured) {
            let shots = measured.shots();
            let value = scale(block.weight(), &found.weight, &shots);
            let error = || scale_error(block.weight(), found, &shots);
            scales.push(value.map(|value| Estimate { value, error: error() }));
            scaled.push(&found.weight * value.unwrap_or(1.0));
        }
        let weights = |list: &[Estimated]| -> Vec<RealMatrix> { list.iter().map(|e| e.weight.clone()).collect() };
        let mut rungs = vec![
            self.rung(Step::Raw, weights(&raw), None),
            self.rung(Step::Inverted, weights(&inverted), None),
            self.rung(Step::Scaled, scaled.clone(), None),
        ];
        let biases: Vec<Vec<f64>> = (blocks.iter().zip(&scaled).zip(&self.means))
            .map(|((block, found), mean)| shifted(block.bias(), block.weight(), found, mean))
            .collect();
        rungs.push(self.rung(Step::Shifted, scaled.clone(), Some(&biases)));
        if let Some(seed) = refit {
            let maps: Vec<&RealMatrix> = scaled.iter().collect();
            let start = &rungs[rungs.len() - 1].network;
            let network = refitted(start, self.network, &maps, self.training, seed);
            rungs.push(self.of_network(Step::Refitted, network));
        }
        Ladder { rungs, scales, inverted }
    }

    fn rung(&self, step: Step, weights: Vec<RealMatrix>, biases: Option<&[Vec<f64>]>) -> Rung {
        let mut network = self.network.clone();
        network.expect = None;
        for (k, (block, weight)) in network.blocks.iter_mut().zip(weights).enumerate() {
            block.set_form(weight);
            biases.into_iter().for_each(|biases| block.bias_mut().copy_from_slice(&biases[k]));
        }
        self.of_network(step, network)
    }

    fn of_network(&self, step: Step, network: Network) -> Rung {
        let labels = self.labels(&network);
        let pairs = self.network.blocks.iter().zip(&network.blocks);
        let distances = pairs.map(|(known, found)| distance(known.weight(), found.weight())).collect();
        Rung { step, network, labels, distances }
    }
}

fn differing(labels: &[usize], others: &[usize]) -> Disagreement {
    Disagreement { changed: labels.iter().zip(others).filter(|(a, b)| a != b).count(), of: labels.len() }
}
