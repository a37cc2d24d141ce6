//! Fronts as files have them: torch's shapes.

use crate::linalg::RealMatrix;
use crate::network::amplitude::{Conv, Front, Hidden, Stage};
use crate::network::rows::{matrix, rows};
use crate::network::validate::check_affine;
use crate::network::{Affine, NetworkError};
use serde::{Deserialize, Serialize};

/// What to do with any other front.
const ELSE: &str = "any other front runs where the network was trained: save what it makes as features and give them to an \
                    amplitude network without a front (--data features.npy --labels labels.npy)";

#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct FrontStageFile {
    /// What it is: conv or linear; what its weight is the shape of if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["conv", "linear"])))]
    kind: Option<String>,
    /// As torch.nn.Conv2d has it, out x in x 3 x 3, or as torch.nn.Linear has it, rows.
    weight: FrontWeight,
    /// One entry for each channel or row.
    bias: Vec<f64>,
    /// What is made of the sum; identity if left out.
    #[serde(default)]
    activation: Hidden,
    /// 2: the largest of every 2 x 2 behind the activation of a convolution.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("const" = 2)))]
    pool: Option<u32>,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(untagged, expecting = "expected rows of numbers, or out x in x 3 x 3 of them")]
enum FrontWeight {
    Linear(Vec<Vec<f64>>),
    Conv(Vec<Vec<Vec<Vec<f64>>>>),
}

/// The front of stages, before it is checked that they fit each other; `dim` is what must come out. Images whose size is not
/// said are square.
pub(super) fn read(
    stages: Vec<FrontStageFile>,
    image: Option<[usize; 3]>,
    scale: Option<f64>,
    dim: usize,
) -> Result<Option<Front>, NetworkError> {
    let given = [("image", image.is_some()), ("scale", scale.is_some())];
    if stages.is_empty() {
        return match given.iter().find(|(_, given)| *given) {
            Some((key, _)) => Err(NetworkError::value(format!("input.{key}"), "given without front")),
            None => Ok(None),
        };
    }
    let scale = scale.unwrap_or(1.0);
    if scale == 0.0 || !scale.is_finite() {
        return Err(NetworkError::value("input.scale", format!("{scale}, expected a finite number, not 0")));
    }
    let stages = stages.into_iter().enumerate().map(|(k, stage)| stage.read(&format!("front[{k}].")));
    let stages = stages.collect::<Result<Vec<_>, _>>()?;
    let image = match (image, &stages[0]) {
        (None, Stage::Conv(first)) => Some(square(&stages, first.inputs, dim)?),
        (Some(_), Stage::Linear { .. }) => {
            return Err(NetworkError::value("input.image", "given, but the front begins with a linear stage"));
        }
        (Some(sides), Stage::Conv(_)) if sides.iter().any(|side| !(1..=4096).contains(side)) => {
            return Err(NetworkError::value(
                "input.image",
                format!("{sides:?}, expected three numbers from 1 to 4096"),
            ));
        }
        (image, _) => image,
    };
    let front = Front { scale, image, stages };
    let features = front.features();
    let features = features.map_err(|(k, key, problem)| NetworkError::value(format!("front[{k}].{key}"), problem))?;
    if features != dim {
        let place = format!("front[{}].weight", front.stages.len() - 1);
        return Err(NetworkError::value(place, format!("{features} entries come out, expected {dim}, input.dim")));
    }
    Ok(Some(front))
}

/// Channels, height and width of square images of which as much is left behind the convolutions as what follows takes.
fn square(stages: &[Stage], channels: usize, dim: usize) -> Result<[usize; 3], NetworkError> {
    let (mut outputs, mut pools, mut left) = (1, 0, dim);
    for stage in stages {
        match stage {
            Stage::Conv(conv) => {
                outputs = conv.bias.len();
                pools += u32::from(conv.pool);
            }
            Stage::Linear { affine, .. } => {
                left = affine.weight.ncols();
                break;
            }
        }
    }
    let side = (left as f64 / outputs.max(1) as f64).sqrt().round() as usize;
    match side.checked_shl(pools).filter(|_| side * side * outputs == left && side > 0) {
        Some(side) => Ok([channels, side, side]),
        None => Err(NetworkError::value(
            "input.image",
            "missing, and what is left of an image behind the convolutions is no square: expected [channels, height, width]",
        )),
    }
}

/// Stages as a file has them.
pub(super) fn of(front: &Front) -> Vec<FrontStageFile> {
    front.stages.iter().map(FrontStageFile::of).collect()
}

impl FrontStageFile {
    fn of(stage: &Stage) -> FrontStageFile {
        match stage {
            Stage::Conv(conv) => FrontStageFile {
                kind: Some("conv".into()),
                weight: FrontWeight::Conv(
                    conv.weight
                        .chunks_exact(9 * conv.inputs)
                        .map(|of_output| {
                            let windows = of_output.chunks_exact(9);
                            windows.map(|window| window.chunks_exact(3).map(<[f64]>::to_vec).collect()).collect()
                        })
                        .collect(),
                ),
                bias: conv.bias.clone(),
                activation: conv.activation,
                pool: conv.pool.then_some(2),
            },
            Stage::Linear { affine, activation } => FrontStageFile {
                kind: Some("linear".into()),
                weight: FrontWeight::Linear(rows(&affine.weight)),
                bias: affine.bias.clone(),
                activation: *activation,
                pool: None,
            },
        }
    }

    fn read(self, place: &str) -> Result<Stage, NetworkError> {
        let wrong = |key: &str, problem: String| Err(NetworkError::value(format!("{place}{key}"), problem));
        match (self.kind.as_deref(), self.weight) {
            (Some("conv") | None, FrontWeight::Conv(weight)) => {
                let inputs = weight.first().map_or(0, Vec::len);
                if inputs == 0 {
                    return wrong("weight", "no entries, expected out x in x 3 x 3".into());
                }
                for (o, of_output) in weight.iter().enumerate() {
                    if of_output.len() != inputs {
                        let problem = format!("{} channels, expected {inputs}", of_output.len());
                        return wrong(&format!("weight[{o}]"), problem);
                    }
                    let odd = |window: &Vec<Vec<f64>>| window.len() != 3 || window.iter().any(|row| row.len() != 3);
                    if let Some(i) = of_output.iter().position(odd) {
                        let problem = format!("expected a window of 3 x 3; {ELSE}");
                        return wrong(&format!("weight[{o}][{i}]"), problem);
                    }
                }
                if self.bias.len() != weight.len() {
                    return wrong("bias", format!("{} entries, expected {}", self.bias.len(), weight.len()));
                }
                if let Some(pool) = self.pool.filter(|pool| *pool != 2) {
                    return wrong("pool", format!("{pool}, expected 2; {ELSE}"));
                }
                let weight: Vec<f64> = weight.into_iter().flatten().flatten().flatten().collect();
                let mut all = weight.iter().map(|v| ("weight", v)).chain(self.bias.iter().map(|v| ("bias", v)));
                if let Some((key, bad)) = all.find(|(_, v)| !v.is_finite()) {
                    return wrong(key, format!("{bad}, expected finite numbers"));
                }
                let (activation, pool) = (self.activation, self.pool.is_some());
                Ok(Stage::Conv(Conv { inputs, weight, bias: self.bias, activation, pool }))
            }
            (Some("linear") | None, FrontWeight::Linear(rows)) => {
                if self.pool.is_some() {
                    return wrong("pool", "given, but the stage is linear".into());
                }
                let weight: RealMatrix = matrix(&rows, &format!("{place}weight"))?;
                let affine = Affine { weight, bias: self.bias };
                check_affine(&affine, place)?;
                Ok(Stage::Linear { affine, activation: self.activation })
            }
            (Some("conv"), _) => wrong("weight", "rows, expected out x in x 3 x 3".into()),
            (Some("linear"), _) => wrong("weight", "four dimensions, expected rows".into()),
            (Some(kind), _) => wrong("kind", format!("'{kind}', expected conv or linear; {ELSE}")),
        }
    }
}
