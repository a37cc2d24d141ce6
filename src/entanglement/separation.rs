//! The loss of greedy training: how far apart the measured probabilities of the two classes are (S36-S38).

use crate::linalg::RealMatrix;
use rayon::prelude::*;

/// Below this distance two states of different class are as good as one.
pub const CLOSE: f64 = 1e-2;

/// d_min of S37, which the paper leaves open. At 0.1 the classes part as a whole; at 0.01, where pairs count as close, only
/// nearest neighbours do, and no classifier of a few blocks can follow the tangle that remains.
const REACH: f64 = 0.1;

/// β of S38.
const REPULSION: f64 = 5.0;

/// What each such pair costs.
const PENALTY: f64 = 100.0;

/// Samples that one thread takes at a time. Fixed, so that threads cannot change the order of a sum.
const AT_ONCE: usize = 64;

/// The loss and its derivatives.
#[derive(Clone, Debug, PartialEq)]
pub struct Separation {
    /// `L1 + 5 L2`: what has a slope.
    pub smooth: f64,
    /// Pairs of different class nearer than [`CLOSE`].
    pub close: usize,
    /// Derivatives of the smooth part, 4 x samples; where a nearest neighbour changes, those of one side.
    pub slopes: RealMatrix,
}

impl Separation {
    /// `L1 + 5 L2 + 100` for each close pair (S38).
    pub fn total(&self) -> f64 {
        self.smooth + PENALTY * self.close as f64
    }
}

/// A sample's neighbours.
struct Neighbours {
    /// Its part of L1.
    margin: f64,
    /// Its part of the sum in L2; each pair counts for both of its samples.
    repulsion: f64,
    close: usize,
    /// The derivative of its own L2 terms by its own place.
    own: [f64; 4],
    /// Nearest of the other class and of its own, with the slopes of L1 by their distances.
    nearest: [(usize, f64); 2],
}

/// The loss of points of the simplex, a column each.
///
/// # Panics
/// If there are not two samples of either class, or points have not 4 entries.
pub fn separation(p: &RealMatrix, entangled: &[bool]) -> Separation {
    assert!(p.nrows() == 4 && p.ncols() == entangled.len(), "a label for each point of the simplex");
    let split = |wanted: bool| -> Vec<(usize, [f64; 4])> {
        let of_class = (0..p.ncols()).filter(|&i| entangled[i] == wanted);
        of_class.map(|i| (i, std::array::from_fn(|n| p[(n, i)]))).collect()
    };
    let classes = [split(false), split(true)];
    assert!(classes.iter().all(|class| class.len() > 1), "two samples of either class");
    let pairs = (classes[0].len() * classes[1].len()) as f64;
    let found: Vec<Neighbours> = (0..p.ncols())
        .into_par_iter()
        .with_min_len(AT_ONCE)
        .map(|i| {
            let class = usize::from(entangled[i]);
            neighbours(i, std::array::from_fn(|n| p[(n, i)]), &classes[class], &classes[1 - class])
        })
        .collect();
    let count = p.ncols() as f64;
    let mut slopes = RealMatrix::zeros(4, p.ncols());
    let (mut margin, mut repulsion, mut close) = (0.0, 0.0, 0);
    for (i, n) in found.iter().enumerate() {
        margin += n.margin;
        repulsion += n.repulsion;
        close += n.close;
        (0..4).for_each(|k| slopes[(k, i)] += REPULSION / pairs * n.own[k]);
        for (j, slope) in n.nearest {
            let apart = p.column(i) - p.column(j);
            let distance = apart.norm();
            if distance > 0.0 {
                let pull = apart * (slope / (distance * count));
                let mut own = slopes.column_mut(i);
                own += &pull;
                let mut other = slopes.column_mut(j);
                other -= &pull;
            }
        }
    }
    // Pairs were met from both sides.
    Separation { smooth: margin / count + REPULSION * repulsion / (2.0 * pairs), close: close / 2, slopes }
}

fn neighbours(i: usize, at: [f64; 4], same: &[(usize, [f64; 4])], other: &[(usize, [f64; 4])]) -> Neighbours {
    let squared = |to: &[f64; 4]| (0..4).map(|n| (at[n] - to[n]).powi(2)).sum::<f64>();
    let nearest_same = same
        .iter()
        .filter(|(j, _)| *j != i)
        .map(|(j, to)| (*j, squared(to)))
        .fold((i, f64::INFINITY), |best, next| if next.1 < best.1 { next } else { best });
    let (mut nearest_other, mut repulsion, mut close) = ((i, f64::INFINITY), 0.0, 0);
    let mut own = [0.0; 4];
    for (j, to) in other {
        let square = squared(to);
        if square < nearest_other.1 {
            nearest_other = (*j, square);
        }
        // Farther pairs add less than rounding.
        if square < (40.0 * REACH).powi(2) {
            let distance = square.sqrt();
            let weight = (-distance / REACH).exp();
            repulsion += weight;
            close += usize::from(distance < CLOSE);
            if distance > 0.0 {
                (0..4).for_each(|n| own[n] -= weight / (REACH * distance) * (at[n] - to[n]));
            }
        }
    }
    let tanh = (nearest_other.1.sqrt() - nearest_same.1.sqrt()).tanh();
    let slope = 1.0 - tanh * tanh;
    Neighbours { margin: -tanh, repulsion, close, own, nearest: [(nearest_other.0, -slope), (nearest_same.0, slope)] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::rng;
    use approx::assert_abs_diff_eq;
    use rand::RngExt;

    fn points(count: usize, spread: f64) -> (RealMatrix, Vec<bool>) {
        let mut rng = rng(8);
        let mut p = RealMatrix::from_fn(4, count, |_, _| 0.25 + spread * rng.random_range(-1.0..1.0));
        p.column_iter_mut().for_each(|mut c| c /= c.sum());
        (p, (0..count).map(|i| i % 3 == 0).collect())
    }

    #[test]
    fn by_hand() {
        // Two separable points 0.4 apart, two entangled ones 0.2 apart; 0.006 between the nearest of either class.
        let p = RealMatrix::from_columns(&[
            nalgebra::DVector::from_vec(vec![0.5, 0.5, 0.0, 0.0]),
            nalgebra::DVector::from_vec(vec![0.9, 0.5, 0.0, 0.0]),
            nalgebra::DVector::from_vec(vec![0.5, 0.506, 0.0, 0.0]),
            nalgebra::DVector::from_vec(vec![0.5, 0.706, 0.0, 0.0]),
        ]);
        let found = separation(&p, &[false, false, true, true]);
        let far = (0.4f64.powi(2) + 0.006f64.powi(2)).sqrt();
        let farther = (0.4f64.powi(2) + 0.206f64.powi(2)).sqrt();
        let margins = [0.006 - 0.4, far - 0.4, 0.006 - 0.2, 0.206 - 0.2].map(f64::tanh);
        let repulsions = [0.006, far, 0.206, farther].map(|d| (-d / 0.1f64).exp());
        let expected = -margins.iter().sum::<f64>() / 4.0 + 5.0 * repulsions.iter().sum::<f64>() / 4.0;
        assert_abs_diff_eq!(found.smooth, expected, epsilon = 1e-12);
        assert_eq!(found.close, 1);
        assert_abs_diff_eq!(found.total(), expected + 100.0, epsilon = 1e-12);
    }

    #[test]
    fn slopes_agree_with_finite_differences() {
        let (p, entangled) = points(60, 0.05);
        let found = separation(&p, &entangled);
        for i in 0..p.ncols() {
            for n in 0..4 {
                let at = |step: f64| {
                    let mut moved = p.clone();
                    moved[(n, i)] += step;
                    separation(&moved, &entangled).smooth
                };
                let numeric = (at(1e-7) - at(-1e-7)) / 2e-7;
                assert_abs_diff_eq!(found.slopes[(n, i)], numeric, epsilon = 1e-6);
            }
        }
    }

    #[test]
    fn equal_points_have_no_direction() {
        let p = RealMatrix::from_element(4, 6, 0.25);
        let found = separation(&p, &[true, true, false, false, true, false]);
        assert!(found.slopes.amax() == 0.0 && found.close == 9 && (found.smooth - 5.0).abs() < 1e-12);
    }
}
