//! The gradient of the cross-entropy of a network of quanvolutions (docs/method.md, section 14).

mod guided;

pub use guided::{Blueprint, Gradients, Guided};

use super::gradient::{Gradient, Targets, cross_entropy};
use crate::linalg::RealMatrix;
use crate::network::quanvolution::{AT_ONCE, Flow, Quanvolution, Runner, Slopes};
use rayon::prelude::*;

/// The gradient over images, a column of pixels each, in the order of [`Quanvolution::parameters`].
///
/// # Panics
/// If there is no image, not a target for each, or an image has another number of pixels than the network takes.
pub fn quanvolution_gradient(
    network: &Quanvolution,
    images: &RealMatrix,
    targets: Targets<'_>,
    flow: Flow,
) -> Gradient {
    assert_eq!(targets.len(), images.ncols(), "a target for each image");
    let runner = Runner::new(network);
    let of_chunk = |start: usize| {
        let width = AT_ONCE.min(images.ncols() - start);
        let (mut scores, traces) = runner.forward(&images.columns(start, width).into_owned());
        let (loss, wrong) = cross_entropy(&mut scores, targets, start);
        (loss, wrong, runner.backward(&traces, &scores, flow))
    };
    let starts: Vec<usize> = (0..images.ncols()).step_by(AT_ONCE).collect();
    let parts: Vec<(f64, usize, Slopes)> = starts.into_par_iter().map(of_chunk).collect();
    let add = |(loss, wrong, mut sum): (f64, usize, Slopes), (l, w, part): (f64, usize, Slopes)| {
        sum.add(&part);
        (loss + l, wrong + w, sum)
    };
    let (loss, wrong, slopes) = parts.into_iter().reduce(add).expect("a batch has at least one image");
    Gradient { loss, wrong, values: runner.by_parameters(slopes) }
}

#[cfg(test)]
mod tests;
