//! Six kinds of noise: three densities, symmetric about 0 or about their own size.

use crate::random::Rng;
use rand::RngExt;
use rand_distr::{Distribution, StandardNormal};

/// The density of what is added, of standard deviation 1 about its mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Normal.
    Gauss,
    /// Uniform in ±√3.
    Uniform,
    /// Entry by entry one or the other, with even chances.
    Mixed,
}

/// A kind of noise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Noise {
    /// Its density.
    pub shape: Shape,
    /// Whether its mean is its standard deviation instead of 0.
    pub asymmetric: bool,
}

impl Noise {
    /// All kinds, by name.
    pub const ALL: [(&'static str, Noise); 6] = [
        ("gauss-sym", Noise { shape: Shape::Gauss, asymmetric: false }),
        ("gauss-asym", Noise { shape: Shape::Gauss, asymmetric: true }),
        ("uniform-sym", Noise { shape: Shape::Uniform, asymmetric: false }),
        ("uniform-asym", Noise { shape: Shape::Uniform, asymmetric: true }),
        ("mixed-sym", Noise { shape: Shape::Mixed, asymmetric: false }),
        ("mixed-asym", Noise { shape: Shape::Mixed, asymmetric: true }),
    ];

    /// The kind of a name in [`Noise::ALL`].
    pub fn named(name: &str) -> Option<Noise> {
        Noise::ALL.iter().find(|(known, _)| *known == name).map(|(_, noise)| *noise)
    }

    /// All names, for who asks for one that is none.
    pub fn names() -> String {
        Noise::ALL.map(|(name, _)| name).join(", ")
    }

    /// Its name in [`Noise::ALL`].
    pub fn name(self) -> &'static str {
        Noise::ALL.iter().find(|(_, noise)| *noise == self).map_or("", |(name, _)| name)
    }

    /// Noise of a size, its standard deviation, on so many entries, of which a share is hit that is itself uniform in (0, 1);
    /// others get 0.
    pub fn draw(self, size: f64, count: usize, rng: &mut Rng) -> Vec<f64> {
        let share: f64 = rng.random();
        (0..count).map(|_| self.entry(size, rng, share)).collect()
    }

    fn entry(self, size: f64, rng: &mut Rng, share: f64) -> f64 {
        let hit = rng.random::<f64>() < share;
        let gauss = match self.shape {
            Shape::Gauss => true,
            Shape::Uniform => false,
            Shape::Mixed => rng.random(),
        };
        let root = 3f64.sqrt();
        let spread: f64 = if gauss { StandardNormal.sample(rng) } else { rng.random_range(-root..root) };
        if hit { size * (spread + f64::from(u8::from(self.asymmetric))) } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::stream;

    #[test]
    fn means_and_deviations_are_the_size_and_shares_are_even() {
        for (name, noise) in Noise::ALL {
            assert_eq!(noise.name(), name);
            let (mut hits, mut sum, mut squares, mut largest) = (0.0, 0.0, 0.0, 0.0f64);
            for number in 0..2000 {
                for v in noise.draw(0.5, 50, &mut stream(3, number)) {
                    hits += f64::from(u8::from(v != 0.0));
                    sum += v;
                    squares += v * v;
                    largest = largest.max(v.abs());
                }
            }
            let mean = sum / hits;
            let wanted = if noise.asymmetric { 0.5 } else { 0.0 };
            assert!((hits / 1e5 - 0.5).abs() < 0.03, "{name}: {hits}");
            assert!((mean - wanted).abs() < 0.01, "{name}: {mean}");
            let deviation = (squares / hits - mean * mean).sqrt();
            assert!((deviation - 0.5).abs() < 0.01, "{name}: {deviation}");
            let bounded = largest <= wanted + 0.5 * 3f64.sqrt();
            assert_eq!(bounded, noise.shape == Shape::Uniform, "{name}: {largest}");
        }
    }
}
