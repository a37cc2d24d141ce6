//! What a linear layer on the pixels does, trained by the same recipe: what any quanvolution has to be better than.

use super::images::{Images, error_of};
use crate::cli::reports::Baseline;
use crate::data::Samples;
use crate::linalg::RealMatrix;
use crate::network::Affine;
use crate::network::quanvolution::{Head, Image, Quanvolution};
use crate::training::{Gradients, Guided, Optimiser, Recipe, Trainable, TrainingSet, epoch};
use rayon::prelude::*;

/// What tables call it.
pub fn shown(line: &Baseline) -> String {
    format!("linear layer, {0} x {0} pixels", line.side)
}

/// On the pixels themselves, and on means over as many as one and two layers see.
pub fn baselines(images: &Images, image: Image, recipe: &Recipe) -> Vec<Baseline> {
    let widths = [1, 2, 4].into_iter().filter(|width| images.side.is_multiple_of(*width));
    widths.collect::<Vec<_>>().into_par_iter().map(|width| baseline(images, image, recipe, width)).collect()
}

fn baseline(images: &Images, image: Image, recipe: &Recipe, width: usize) -> Baseline {
    let side = images.side / width;
    let averaged = |samples: &Samples| {
        let mean = |pixels: &Vec<f64>| means(pixels, images.side, width);
        Samples { inputs: samples.inputs.iter().map(mean).collect(), ..samples.clone() }
    };
    let training = averaged(&images.training);
    let head = Affine { weight: RealMatrix::zeros(images.classes, side * side), bias: vec![0.0; images.classes] };
    let image = Image { height: side, width: side, ..image };
    let network = Quanvolution { name: String::new(), image, layers: vec![], head: Head::Classical(head) };
    let mut guided = Guided::start(network, Gradients::Through, false, recipe.seed);
    let mut optimiser = Optimiser::new(recipe.rule, guided.parameters().len());
    let set = TrainingSet::of_images(&training);
    (1..=recipe.epochs).for_each(|number| _ = epoch(&mut guided, &mut optimiser, number, &set, recipe));
    Baseline {
        side,
        features: side * side,
        training_error: error_of(&guided.network, &training),
        test_error: images.test.as_ref().map(|test| error_of(&guided.network, &averaged(test))),
    }
}

/// Means over squares of pixels.
fn means(pixels: &[f64], side: usize, width: usize) -> Vec<f64> {
    let small = side / width;
    let mean = |at: usize| {
        let (row, column) = (at / small * width, at % small * width);
        let square = (0..width * width).map(|k| pixels[(row + k / width) * side + column + k % width]);
        square.sum::<f64>() / (width * width) as f64
    };
    (0..small * small).map(mean).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn means_are_over_squares() {
        let pixels: Vec<f64> = (0..16).map(f64::from).collect();
        assert_eq!(means(&pixels, 4, 1), pixels);
        assert_eq!(means(&pixels, 4, 2), [2.5, 4.5, 10.5, 12.5]);
        assert_eq!(means(&pixels, 4, 4), [7.5]);
    }
}
