//! The reports of hqrn-job: of a plan, and of what came back.

use crate::job::plan::Plan;
use crate::job::{Control, Step, Surprise};
use crate::run::{Disagreement, Estimate};
use schemars::JsonSchema;
use serde::Serialize;

/// A plan, as its folder has it.
#[derive(Serialize, JsonSchema)]
pub struct PlanReport<'a> {
    pub plan: &'a Plan,
}

/// What came back of a job.
#[derive(Serialize, JsonSchema)]
pub struct CollectReport<'a> {
    pub network: &'a str,
    pub machine: &'a str,
    /// The day of the machine's figures, as its maker writes it.
    pub date: &'a str,
    /// Where the counts came from, by what the result says of itself.
    pub origin: Source,
    /// The backend that the result names.
    pub backend: Option<&'a str>,
    /// The step that labels are taken from.
    pub step: Step,
    /// Every step, each upon those before it.
    pub steps: &'a [CollectedStep],
    pub blocks: &'a [CollectedBlock],
    /// What the same refit makes of something else than what was measured.
    pub controls: &'a [Control],
    /// The label of every row that is reported, in their order.
    pub labels: &'a [usize],
}

/// Where counts came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Source {
    /// A machine: nothing says otherwise.
    Machine,
    /// A simulator, or the fake of a machine.
    Simulated,
    /// `hqrn-job rehearse`, which draws what was promised.
    Rehearsed,
}

/// What a step of mitigation came to.
#[derive(Serialize, JsonSchema)]
pub struct CollectedStep {
    pub step: Step,
    /// Labels that are not the network's own.
    pub changed: Disagreement,
    /// Labels that are wrong, where the true ones are known.
    pub wrong: Option<Disagreement>,
    /// Labels that are not those of the network to compare with, where one was given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub strayed: Option<Disagreement>,
    /// What was promised of the share changed: mean over draws and its error.
    pub promised: Option<Estimate>,
    /// Its standard deviation from job to job.
    pub spread: Option<f64>,
    /// `|W_rec - W| / |W|` of each block; `null` where W is zero.
    pub distances: Vec<Option<f64>>,
}

/// What came back of a block.
#[derive(Serialize, JsonSchema)]
pub struct CollectedBlock {
    /// Its number, from 1.
    pub block: usize,
    /// Executions of its circuit, those of all copies counted.
    pub executions: u64,
    /// What W_rec was multiplied with, readout errors out; `null` where W is zero.
    pub scale: Option<Estimate>,
    /// What it would be by the machine's figures.
    pub promised_scale: f64,
    /// How far the counts are from what the machine's figures promise.
    pub surprise: Surprise,
}
