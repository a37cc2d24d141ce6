//! The whole training, stage by stage: for every number M of blocks of unitaries one more block, a classifier behind it,
//! and, if asked for, all of it together. A stage is seconds to a minute; between two a run may be killed.

use super::classifier::{Course, behind, finetune, train_classifier};
use super::greedy::{Greedy, advance, greedy_block};
use super::scores::Scores;
use super::states::{Family, LabelledState, Sizes, coordinates_of, draw_states};
use crate::files::{Format, read_file};
use crate::network::{Block, Network, read_bytes, write_json};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

/// What to train.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// The largest M.
    pub blocks: usize,
    /// 4 x 4 blocks behind them.
    pub classical: usize,
    /// How blocks of unitaries are trained.
    pub greedy: Greedy,
    /// How classifiers are trained.
    pub classifier: Course,
    /// Classifiers that are tried at each M; the one that does best on the training states stays.
    pub restarts: usize,
    /// How all blocks are trained together; nothing if they are not.
    pub finetune: Option<Course>,
    /// States to train on.
    pub training: Sizes,
    /// States to judge on.
    pub test: Sizes,
    /// Seed of states, first parameters and orders.
    pub seed: u64,
}

impl Plan {
    /// The paper's numbers, and the courses that served best.
    pub fn new(blocks: usize, tune: bool, seed: u64) -> Plan {
        Plan {
            blocks,
            classical: 10,
            greedy: Greedy { starts: 5, steps: 200, seed },
            classifier: Course { epochs: 400, rate: 5e-3 },
            restarts: 4,
            finetune: tune.then_some(Course { epochs: 600, rate: 3e-3 }),
            training: Sizes::TRAINING,
            test: Sizes::TEST,
            seed,
        }
    }
}

/// What one stage came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Outcome {
    /// M
    pub blocks: usize,
    /// Whether all blocks were trained together.
    pub finetuned: bool,
    /// Weighted cross-entropy on the training states, mean over the last epoch.
    pub loss: f64,
    /// On the training states.
    pub training: Scores,
    /// On the test states.
    pub test: Scores,
}

impl Outcome {
    /// What the cells of [`Outcome::row`] are.
    pub const HEADS: [&'static str; 9] =
        ["blocks", "trained", "loss", "accuracy", "balanced", "entangled", "werner", "separable", "adversarial"];

    /// The outcome as a row of a table, scores on the test states in percent.
    pub fn row(&self) -> Vec<String> {
        let percent = |share: f64| format!("{:.2} %", 100.0 * share);
        let way = if self.finetuned { "together" } else { "one by one" };
        let mut cells = vec![self.blocks.to_string(), way.into(), format!("{:.4}", self.loss)];
        cells.extend([self.test.accuracy, self.test.balanced, self.test.recall].map(percent));
        cells.extend(Family::ALL.map(|f| self.test.family(f).map_or("·".into(), percent)));
        cells
    }
}

/// A training under way.
#[derive(Clone, Debug)]
pub struct Campaign {
    plan: Plan,
    training: Vec<LabelledState>,
    test: Vec<LabelledState>,
    done: Vec<(Outcome, Network)>,
}

/// The highest merit on the training states; of equals the one with the lowest loss.
fn best<'a>(of: impl Iterator<Item = &'a (Outcome, Network)>) -> Option<&'a (Outcome, Network)> {
    let order =
        |a: &Outcome, b: &Outcome| a.training.merit().total_cmp(&b.training.merit()).then(b.loss.total_cmp(&a.loss));
    of.max_by(|a, b| order(&a.0, &b.0))
}

/// A file that is no state of this campaign.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CampaignError {
    /// Not such a file, or a damaged one.
    #[error("not the state of a training: {0}")]
    Damaged(String),
    /// Of a campaign with other settings.
    #[error("belongs to a training with other settings: choose another folder, or the same settings")]
    OtherPlan,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct CampaignFile {
    format: String,
    version: u32,
    plan: Plan,
    done: Vec<(Outcome, String)>,
}

const FORMAT: Format = Format { name: "hqrn-entanglement", named: true, newest: 1 };

impl Campaign {
    /// A campaign that has not begun.
    pub fn new(plan: Plan) -> Campaign {
        let (training, test) = (draw_states(plan.training, plan.seed, 0), draw_states(plan.test, plan.seed, 1));
        Campaign { plan, training, test, done: vec![] }
    }

    /// States to train on.
    pub fn training(&self) -> &[LabelledState] {
        &self.training
    }

    /// States to judge on.
    pub fn test(&self) -> &[LabelledState] {
        &self.test
    }

    /// What is done, in order, each with its network.
    pub fn done(&self) -> &[(Outcome, Network)] {
        &self.done
    }

    /// Stages in all.
    pub fn stages(&self) -> usize {
        self.plan.blocks + 1 + if self.plan.finetune.is_some() { self.plan.blocks } else { 0 }
    }

    /// Does the next stage; false if all are done. First M = 0, 1, ..., then M = 1, 2, ... finetuned.
    pub fn advance(&mut self) -> bool {
        let stage = self.done.len();
        if stage >= self.stages() {
            return false;
        }
        let (coordinates, entangled) = coordinates_of(&self.training);
        let tuned = stage > self.plan.blocks;
        let depth = if tuned { stage - self.plan.blocks } else { stage };
        // The greedy network of this depth, or of the one before, has the blocks that are there.
        let from = if tuned { depth } else { depth.saturating_sub(1) };
        let mut blocks: Vec<Block> = self.done.get(from).map_or(vec![], |(_, network)| network.blocks[..from].to_vec());
        let mut states = blocks.iter().fold(coordinates.clone(), |states, block| advance(block, &states));
        if depth > blocks.len() {
            let (block, _) = greedy_block(&states, &entangled, depth, &self.plan.greedy);
            states = advance(&block, &states);
            blocks.push(block);
        }
        let points = states.rows(0, 4).into_owned();
        let course = self.plan.finetune.filter(|_| tuned);
        let (asked, _) = coordinates_of(&self.test);
        let Plan { classical, classifier, restarts, seed, .. } = self.plan;
        let restart = |k: usize| {
            // A restart is what its own seed alone would find, so that it can be had again without the others.
            let seed = seed.wrapping_add(k as u64);
            let (found, loss) = train_classifier(&points, &entangled, classical, classifier, seed);
            let whole = behind(&blocks, &found);
            let (network, loss) = match course {
                Some(course) => finetune(&whole, &self.training, course, seed),
                None => (whole, loss),
            };
            let training = Scores::of_network(&network, &coordinates, &self.training);
            let test = Scores::of_network(&network, &asked, &self.test);
            (Outcome { blocks: depth, finetuned: tuned, loss, training, test }, network)
        };
        let found: Vec<(Outcome, Network)> = (0..restarts).into_par_iter().map(restart).collect();
        self.done.extend(best(found.iter()).cloned());
        true
    }

    /// The outcome that did best on the training states, of those that were finetuned or of those that were not; `None`
    /// if there is none.
    pub fn chosen(&self, finetuned: bool) -> Option<&(Outcome, Network)> {
        best(self.done.iter().filter(|(outcome, _)| outcome.finetuned == finetuned))
    }

    /// Everything as JSON, from which the campaign goes on.
    pub fn to_json(&self) -> String {
        let done = self.done.iter().map(|(outcome, network)| (outcome.clone(), write_json(network))).collect();
        let file = CampaignFile { format: FORMAT.name.into(), version: 1, plan: self.plan, done };
        serde_json::to_string(&file).expect("a campaign is plain JSON") + "\n"
    }

    /// Reads what [`Campaign::to_json`] wrote for the same plan.
    ///
    /// # Errors
    /// If the file is damaged or of another plan.
    pub fn from_json(text: &[u8], plan: Plan) -> Result<Campaign, CampaignError> {
        let damaged = |message: String| CampaignError::Damaged(message);
        let file: CampaignFile = read_file(text, &FORMAT).map_err(|error| damaged(error.to_string()))?;
        if file.plan != plan {
            return Err(CampaignError::OtherPlan);
        }
        let mut campaign = Campaign::new(plan);
        for (outcome, network) in file.done {
            let network = read_bytes(network.as_bytes(), "network").map_err(|error| damaged(error.to_string()))?;
            campaign.done.push((outcome, network));
        }
        Ok(campaign)
    }
}
