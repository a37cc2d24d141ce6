//! Rows that might have been: square images, each pixel a little brighter or darker, some of them moved by a part of a pixel.
//!
//! A network has outputs for these as for any input, and what follows it learns more of it than from the rows alone.

use crate::random::Rng;
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};

/// Brightness is multiplied by `exp(u g)`, g normal for each pixel, u for each image uniform up to this.
const BRIGHTNESS: f64 = 0.3;

/// The share of images that are moved.
const MOVED: f64 = 0.6;

/// How square images vary.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Variation {
    side: usize,
    shift: f64,
}

impl Variation {
    /// Of images of `entries` pixels, moved by up to `shift` pixels each way; `None` if they are no squares, or the shift is
    /// not from 0 to 1.
    pub fn new(entries: usize, shift: f64) -> Option<Variation> {
        let side = entries.isqrt();
        (side * side == entries && (0.0..=1.0).contains(&shift)).then_some(Variation { side, shift })
    }

    /// The most that images are moved, in pixels.
    pub fn shift(&self) -> f64 {
        self.shift
    }

    /// Varies an image in place; its sum is 1 afterwards. One of which nothing is left stays as it is.
    ///
    /// # Panics
    /// If it has another number of pixels.
    pub fn vary(&self, image: &mut [f64], rng: &mut Rng) {
        let most: f64 = rng.random_range(0.0..BRIGHTNESS);
        let mut varied: Vec<f64> = image
            .iter()
            .map(|pixel| {
                let normal: f64 = StandardNormal.sample(rng);
                pixel * (most * normal).exp()
            })
            .collect();
        if rng.random_range(0.0..1.0) < MOVED {
            let mut by = || self.shift * rng.random_range(-1.0..1.0);
            varied = self.moved(&varied, by(), by());
        }
        let sum: f64 = varied.iter().sum();
        if sum > 0.0 {
            image.iter_mut().zip(varied).for_each(|(pixel, varied)| *pixel = varied / sum);
        }
    }

    /// An image moved by so much, at most a pixel, down and to the right; between pixels linearly, nothing beyond the edges.
    fn moved(&self, image: &[f64], down: f64, right: f64) -> Vec<f64> {
        assert_eq!(image.len(), self.side * self.side, "an image of another size");
        let along_columns = self.moved_along(image, down, self.side, 1);
        self.moved_along(&along_columns, right, 1, self.side)
    }

    /// The same along one axis, whose pixels are `step` apart and whose lines are `apart`.
    fn moved_along(&self, image: &[f64], by: f64, step: usize, apart: usize) -> Vec<f64> {
        let mut moved = vec![0.0; image.len()];
        for line in 0..self.side {
            for at in 0..self.side {
                let pixel = image[line * apart + at * step];
                // What leaves its place goes to the neighbour on that side.
                moved[line * apart + at * step] += (1.0 - by.abs()) * pixel;
                let next = if by > 0.0 { Some(at + 1) } else { at.checked_sub(1) };
                if let Some(next) = next.filter(|next| *next < self.side) {
                    moved[line * apart + next * step] += by.abs() * pixel;
                }
            }
        }
        moved
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::rng;

    #[test]
    fn images_move_by_parts_of_pixels() {
        let images = Variation::new(9, 1.0).unwrap();
        let mut dot = vec![0.0; 9];
        dot[4] = 1.0;
        let down = images.moved(&dot, 1.0, 0.0);
        assert_eq!(down.iter().position(|pixel| *pixel == 1.0), Some(7));
        let left = images.moved(&dot, 0.0, -0.25);
        assert_eq!((left[3], left[4]), (0.25, 0.75));
        let both = images.moved(&dot, -0.5, 0.5);
        assert_eq!((both[1], both[2], both[4], both[5]), (0.25, 0.25, 0.25, 0.25));
        // What leaves the image is gone.
        assert!(images.moved(&down, 1.0, 0.0).iter().all(|pixel| *pixel == 0.0));
    }

    #[test]
    fn what_varies_is_a_state_again() {
        let images = Variation::new(16, 0.6).unwrap();
        let mut rng = rng(1);
        let row: Vec<f64> = (0..16).map(|k| f64::from(k) / 120.0).collect();
        let mut sum = vec![0.0; 16];
        for _ in 0..400 {
            let mut image = row.clone();
            images.vary(&mut image, &mut rng);
            assert!((image.iter().sum::<f64>() - 1.0).abs() < 1e-12 && image.iter().all(|pixel| *pixel >= 0.0));
            assert_ne!(image, row);
            sum.iter_mut().zip(image).for_each(|(sum, pixel)| *sum += pixel / 400.0);
        }
        // In the mean images stay where they are, but for what leaves them.
        assert!(sum.iter().zip(&row).all(|(mean, pixel)| (mean - pixel).abs() < 0.03), "{sum:?}");
        let mut dark = vec![0.0; 16];
        images.vary(&mut dark, &mut rng);
        assert_eq!(dark, vec![0.0; 16]);
    }

    #[test]
    fn only_squares_and_parts_of_pixels_vary() {
        assert_eq!(Variation::new(64, 0.6).map(|images| images.shift()), Some(0.6));
        assert!(Variation::new(63, 0.6).is_none() && Variation::new(64, 1.1).is_none());
        assert!(Variation::new(64, f64::NAN).is_none() && Variation::new(64, -0.1).is_none());
    }
}
