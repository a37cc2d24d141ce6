//! What may stand before an amplitude network: convolutions and linear maps that make its input of something larger. It runs
//! on the computer that prepares the input; samples are columns here.

mod conv;

pub use conv::Conv;

use super::activation::Hidden;
use crate::linalg::RealMatrix;
use crate::network::Affine;

/// Stages, first to last, behind entries that are multiplied with a scale.
#[derive(Clone, Debug, PartialEq)]
pub struct Front {
    /// What every entry of a sample is multiplied with before the first stage: 1/255 for pixels that were trained as shares.
    pub scale: f64,
    /// Channels, height and width of a sample where the first stage is a convolution: entries are in this order.
    pub image: Option<[usize; 3]>,
    /// The stages, at least one.
    pub stages: Vec<Stage>,
}

/// One stage.
#[derive(Clone, Debug, PartialEq)]
pub enum Stage {
    /// A convolution, an activation, a pooling.
    Conv(Conv),
    /// `f(W x + b)`.
    Linear {
        /// The map.
        affine: Affine,
        /// f.
        activation: Hidden,
    },
}

/// What a forward pass went through.
#[derive(Clone, Debug)]
pub struct FrontFlow {
    /// What comes out: features x samples.
    pub features: RealMatrix,
    /// Of each stage: what went in, and what its activation made of it.
    kept: Vec<[RealMatrix; 2]>,
}

impl Front {
    /// How many entries a sample has.
    pub fn entries(&self) -> usize {
        match (self.image, self.stages.first()) {
            (Some(image), _) => image.iter().product(),
            (None, Some(Stage::Linear { affine, .. })) => affine.weight.ncols(),
            (None, _) => 0,
        }
    }

    /// How many entries come out.
    ///
    /// # Errors
    /// The number of the first stage, from 0, that does not take what comes before it, the key that says so, and the problem.
    pub fn features(&self) -> Result<usize, (usize, &'static str, String)> {
        let (mut image, mut entries) = (self.image, self.entries());
        for (k, stage) in self.stages.iter().enumerate() {
            match (stage, image) {
                (Stage::Conv(_), None) => return Err((k, "kind", "conv: expected before any linear stage".into())),
                (Stage::Conv(conv), Some(before)) => {
                    let after = conv.image(before).map_err(|(key, problem)| (k, key, problem))?;
                    (image, entries) = (Some(after), after.iter().product());
                }
                (Stage::Linear { affine, .. }, _) => {
                    let (rows, columns) = affine.weight.shape();
                    if columns != entries {
                        return Err((k, "weight", format!("{columns} columns, expected {entries}")));
                    }
                    (image, entries) = (None, rows);
                }
            }
        }
        Ok(entries)
    }

    /// Channels, height and width in front of every stage; none where that is no image.
    fn images(&self) -> Vec<Option<[usize; 3]>> {
        let after = |image: &mut Option<[usize; 3]>, stage: &Stage| {
            let before = *image;
            *image = match (stage, before) {
                (Stage::Conv(conv), Some(before)) => conv.image(before).ok(),
                _ => None,
            };
            Some(before)
        };
        self.stages.iter().scan(self.image, after).collect()
    }

    /// What becomes of samples, a column each.
    ///
    /// # Panics
    /// If they have not as many entries as the front takes.
    pub fn forward(&self, samples: RealMatrix) -> FrontFlow {
        let (mut state, mut kept) = (samples, vec![]);
        state *= self.scale;
        for (stage, image) in self.stages.iter().zip(self.images()) {
            let (activated, next) = match stage {
                Stage::Conv(conv) => {
                    let before = image.expect("a convolution takes images");
                    let activated = conv.apply(&state, before);
                    let next = conv.pooled(&activated, before);
                    (activated, next)
                }
                Stage::Linear { affine, activation } => {
                    let mut out = &affine.weight * &state;
                    for mut column in out.column_iter_mut() {
                        column.iter_mut().zip(&affine.bias).for_each(|(z, b)| *z = activation.of(*z + b));
                    }
                    (out.clone(), out)
                }
            };
            kept.push([std::mem::replace(&mut state, next), activated]);
        }
        FrontFlow { features: state, kept }
    }

    /// From derivatives of a loss by what came out to those by the parameters, in their order.
    ///
    /// # Panics
    /// If they are of other samples.
    pub fn backward(&self, flow: &FrontFlow, by_features: RealMatrix) -> Vec<f64> {
        let images = self.images();
        let mut slopes = by_features;
        let mut parts: Vec<Vec<f64>> = vec![];
        for (k, (stage, [before, activated])) in self.stages.iter().zip(&flow.kept).enumerate().rev() {
            let (values, through) = match stage {
                Stage::Conv(conv) => {
                    let image = images[k].expect("a convolution takes images");
                    conv.back(before, activated, slopes, image, k > 0)
                }
                Stage::Linear { affine, activation } => {
                    slopes.zip_apply(activated, |slope, value| *slope *= activation.slope(value));
                    let mut values = (&slopes * before.transpose()).as_slice().to_vec();
                    values.extend(slopes.row_iter().map(|row| row.sum()));
                    let through = if k > 0 { affine.weight.tr_mul(&slopes) } else { RealMatrix::zeros(0, 0) };
                    (values, through)
                }
            };
            parts.push(values);
            slopes = through;
        }
        parts.into_iter().rev().flatten().collect()
    }

    /// What training moves: of each stage the weight, of a convolution as it stands in its tensor, of a linear map column by
    /// column, and the bias.
    pub fn parameters(&self) -> impl Iterator<Item = &f64> {
        self.stages.iter().flat_map(|stage| {
            let (weight, bias) = match stage {
                Stage::Conv(conv) => (&conv.weight[..], &conv.bias),
                Stage::Linear { affine, .. } => (affine.weight.as_slice(), &affine.bias),
            };
            weight.iter().chain(bias)
        })
    }

    /// Puts parameters back.
    ///
    /// # Panics
    /// If there are fewer than [`Front::parameters`] has.
    pub fn set_parameters(&mut self, mut values: &[f64]) {
        for stage in &mut self.stages {
            let (weight, bias) = match stage {
                Stage::Conv(conv) => (&mut conv.weight[..], &mut conv.bias),
                Stage::Linear { affine, .. } => (affine.weight.as_mut_slice(), &mut affine.bias),
            };
            for to in [weight, bias] {
                let (own, rest) = values.split_at(to.len());
                to.copy_from_slice(own);
                values = rest;
            }
        }
    }
}

#[cfg(test)]
mod tests;
