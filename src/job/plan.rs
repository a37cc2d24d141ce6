//! The file of a plan: what runs where and how often, of which files, and what was promised.

use super::expected::{Promise, scale_of_copies};
use super::ladder::Step;
use super::price::{Effort, Quote};
use crate::files::{Format, read_file};
use crate::lowering::Survival;
use serde::{Deserialize, Serialize};

/// The plan's file in its folder.
pub const PLAN_NAME: &str = "plan.json";

/// What is sent.
pub const JOB_NAME: &str = "job.json";

const FORMAT: Format = Format { name: "hqrn-plan", named: true, newest: 1 };

/// A file that a plan was made of, or that it holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// Its name; in the plan's folder, but for data.
    pub file: String,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
}

/// One copy of a block's circuit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PlannedTile {
    /// The machine's qubits, in the order of the circuit's.
    pub qubits: Vec<usize>,
    /// What is left of W by the machine's figures, readout errors out.
    pub survival: f64,
}

/// A block of the network.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PlannedBlock {
    /// Its program.
    pub program: Held,
    /// Gates of two qubits in each copy.
    pub two_qubit_gates: usize,
    /// The copies.
    pub tiles: Vec<PlannedTile>,
    /// What is left behind gates, waits and readings by the machine's figures, where they tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub survival: Option<Survival>,
    /// How often each column is in the job.
    pub runs: Vec<u64>,
}

impl PlannedBlock {
    /// What W of all copies together has to be multiplied with, by the machine's figures.
    pub fn promised_scale(&self) -> f64 {
        scale_of_copies(self.tiles.iter().map(|tile| tile.survival))
    }
}

/// A plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Plan {
    /// Always "hqrn-plan".
    pub format: String,
    /// Always 1.
    pub version: u32,
    /// Version of the hqrn that made it.
    pub hqrn: String,
    /// The weights.
    pub network: Held,
    /// The machine's figures.
    pub machine: Held,
    /// What the machine is called.
    pub machine_name: String,
    /// The day of its figures, as its maker writes it.
    pub machine_date: String,
    /// Who takes the job: "ibm", "braket" or "ionq".
    pub provider: String,
    /// Whether what is promised has qubits relax that wait.
    pub waits: bool,
    /// Rows that decide, then those that are reported, if in another file.
    pub data: Vec<Held>,
    /// Labels of the rows that are reported, where they are in a file of their own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<Held>,
    /// The network whose labels are compared with, too, where one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<Held>,
    /// Executions of each run.
    pub shots: u64,
    /// The blocks, in order.
    pub blocks: Vec<PlannedBlock>,
    /// The request, or the requests.
    pub job: Held,
    /// Seed of the draws.
    pub seed: u64,
    /// Draws of all counts behind the promises.
    pub draws: u32,
    /// The step that labels are taken from.
    pub step: Step,
    /// What each step of mitigation will come to on the rows that are reported.
    pub promises: Vec<Promise>,
    /// What the machine does.
    pub effort: Effort,
    /// Seconds of the machine, where its owner has published how long it takes.
    pub seconds: Option<f64>,
    /// What it costs, and the day of these prices.
    pub quotes: Vec<Quote>,
    /// The day of the prices.
    pub prices_date: String,
    /// SHA-256 of the plan with nothing here: a plan that was changed is not the one whose job was sent.
    pub seal: String,
}

/// A file that is no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PlanError(String);

impl Plan {
    /// The format and its version, as the file says them.
    pub const FORMAT: (&str, u32) = (FORMAT.name, FORMAT.newest);

    /// Reads a plan.
    ///
    /// # Errors
    /// What is wrong with it, with its place.
    pub fn from_json(text: &[u8]) -> Result<Plan, PlanError> {
        let plan: Plan = read_file(text, &FORMAT).map_err(|error| PlanError(error.to_string()))?;
        let wrong = |place: String, problem: &str| Err(PlanError(format!("{place}: {problem}")));
        if plan.shots == 0 {
            return wrong("shots".into(), "0, expected a number from 1");
        }
        let runs = plan.blocks.iter().flat_map(|block| &block.runs);
        let all = runs.fold(0u64, |sum, runs| sum.saturating_add(runs.saturating_mul(plan.shots)));
        if all > 1 << 53 {
            return wrong("blocks".into(), "more than 2^53 executions");
        }
        for (k, block) in plan.blocks.iter().enumerate() {
            if block.runs.contains(&0) || block.runs.is_empty() {
                return wrong(format!("blocks[{k}].runs"), "expected a number from 1 for each column");
            }
            if block.tiles.is_empty() {
                return wrong(format!("blocks[{k}].tiles"), "none, expected one at least");
            }
        }
        Ok(plan)
    }

    /// The plan's text.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a plan is plain JSON") + "\n"
    }

    /// What of the plan is no finite number, which JSON cannot say.
    pub fn not_a_number(&self) -> Option<&'static str> {
        let tiles = self.blocks.iter().flat_map(|block| &block.tiles).map(|tile| tile.survival);
        let steps = self.promises.iter().flat_map(|p| [p.changed.value, p.changed.error, p.spread]);
        let far = self.promises.iter().flat_map(|p| p.distances.iter().chain(&p.unlimited_distances).flatten());
        let money = self.quotes.iter().map(|quote| quote.dollars).chain(self.seconds);
        if !tiles.chain(steps).chain(far.copied()).all(f64::is_finite) {
            return Some("what is promised");
        }
        (!money.chain([self.effort.length]).all(f64::is_finite)).then_some("what it costs")
    }
}

/// Columns in the order in which they run, a column that runs k times being there k times.
pub fn settings(runs: &[u64]) -> impl Iterator<Item = usize> + '_ {
    runs.iter().enumerate().flat_map(|(m, runs)| std::iter::repeat_n(m, *runs as usize))
}
