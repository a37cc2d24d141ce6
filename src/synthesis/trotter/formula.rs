//! Product formulas as sweeps over the terms of a Hamiltonian.
//!
//! A forward sweep by α is `χ(α) = e^{-iαH_1} e^{-iαH_2} …`, a backward sweep its mirror image. Every splitting
//! `e^{a_1 A} e^{b_1 B} e^{a_2 A} …` of two operators becomes alternating sweeps with `α_1 = a_1`,
//! `α_1 + α_2 = b_1`, `α_2 + α_3 = a_2`, … and keeps its order for any number of terms (McLachlan, SIAM J. Sci.
//! Comput. 16, 151, 1995).

use std::fmt;

/// One sweep over all terms, each by `weight` times the time of the step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sweep {
    /// From the first term to the last, or back.
    pub forward: bool,
    /// α
    pub weight: f64,
}

/// A product formula: how one step of time t approximates `exp(-iHt)`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Formula {
    /// Orders 1 and 2, and Suzuki's five factors `S(pt)² S((1-4p)t) S(pt)²`, `p = 1/(4 - 4^{1/(k-1)})`, from each
    /// even order k - 2 to the next (Suzuki, J. Math. Phys. 32, 400, 1991).
    Suzuki(u8),
    /// The recursion as S32 prints it, `S(pt) S((1-2p)t) S(pt)` with the p of five factors: second order only,
    /// whatever order is asked of it.
    Paper(u8),
    /// Two-stage second order with the smallest error (McLachlan 1995).
    McLachlan,
    /// Four-stage fourth order (Omelyan, Mryglod and Folk, Comput. Phys. Commun. 146, 188, 2002).
    Omelyan,
    /// Six stages for order 4, ten for order 6 (Blanes and Moan, J. Comput. Appl. Math. 142, 313, 2002).
    BlanesMoan(u8),
}

impl Formula {
    /// What the search for the cheapest formula chooses from.
    pub const ALL: [Formula; 8] = [
        Formula::Suzuki(1),
        Formula::Suzuki(2),
        Formula::McLachlan,
        Formula::Suzuki(4),
        Formula::Omelyan,
        Formula::BlanesMoan(4),
        Formula::Suzuki(6),
        Formula::BlanesMoan(6),
    ];

    /// The order k: the error of one step of time t is O(t^{k+1}).
    pub fn order(self) -> u8 {
        match self {
            Formula::Suzuki(order) | Formula::BlanesMoan(order) => order,
            Formula::Paper(_) | Formula::McLachlan => 2,
            Formula::Omelyan => 4,
        }
    }

    /// Whether the formula is defined: Suzuki has orders 1, 2, 4, 6, 8, Blanes and Moan 4 and 6, the paper's
    /// recursion is offered for 4, 6, 8.
    pub fn exists(self) -> bool {
        match self {
            Formula::Suzuki(order) => matches!(order, 1 | 2 | 4 | 6 | 8),
            Formula::Paper(order) => matches!(order, 4 | 6 | 8),
            Formula::BlanesMoan(order) => matches!(order, 4 | 6),
            Formula::McLachlan | Formula::Omelyan => true,
        }
    }

    /// The sweeps of one step of time 1, first applied first; their weights sum to 1.
    ///
    /// # Panics
    /// If the formula does not exist.
    pub fn sweeps(self) -> Vec<Sweep> {
        assert!(self.exists(), "{self} does not exist");
        match self {
            Formula::Suzuki(1) => vec![Sweep { forward: true, weight: 1.0 }],
            Formula::Suzuki(order) => recursion(order, suzuki_factors),
            Formula::Paper(order) => recursion(order, paper_factors),
            Formula::McLachlan => {
                let a = 0.193_183_327_503_783_6;
                splitting(&[a, 1.0 - 2.0 * a, a], &[0.5, 0.5])
            }
            Formula::Omelyan => {
                let (xi, lambda, chi) = (0.178_617_895_844_809_1, -0.212_341_831_062_605_4, -0.066_264_582_669_818_5);
                let b = (1.0 - 2.0 * lambda) / 2.0;
                splitting(&[xi, chi, 1.0 - 2.0 * (chi + xi), chi, xi], &[b, lambda, lambda, b])
            }
            Formula::BlanesMoan(4) => palindrome(
                &[0.079_203_696_431_195_7, 0.353_172_906_049_774, -0.042_065_080_357_719_5],
                &[0.209_515_106_613_362, -0.143_851_773_179_818],
            ),
            Formula::BlanesMoan(_) => palindrome(
                &[
                    0.050_262_764_400_392_2,
                    0.413_514_300_428_344,
                    0.045_079_889_794_397_7,
                    -0.188_054_853_819_569,
                    0.541_960_678_450_780,
                ],
                &[0.148_816_447_901_042, -0.132_385_865_767_784, 0.067_307_604_692_185, 0.432_666_402_578_175],
            ),
        }
    }

    /// The formula of the next lower order and the factors `w` of `S_k(t) = Π S_{k-2}(w t)`, where it is recursive.
    pub(super) fn recursion(self) -> Option<(Formula, Vec<f64>)> {
        match self {
            Formula::Suzuki(order @ 4..) => Some((Formula::Suzuki(order - 2), suzuki_factors(order))),
            Formula::Paper(4) => Some((Formula::Suzuki(2), paper_factors(4))),
            Formula::Paper(order) => Some((Formula::Paper(order - 2), paper_factors(order))),
            _ => None,
        }
    }
}

impl fmt::Display for Formula {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Formula::Suzuki(order) => write!(f, "suzuki-{order}"),
            Formula::Paper(order) => write!(f, "paper-{order}"),
            Formula::McLachlan => write!(f, "mclachlan-2"),
            Formula::Omelyan => write!(f, "omelyan-4"),
            Formula::BlanesMoan(order) => write!(f, "blanes-moan-{order}"),
        }
    }
}

/// The p of Suzuki's five factors, from order k - 2 to order k.
fn suzuki_p(order: u8) -> f64 {
    1.0 / (4.0 - 4f64.powf(1.0 / f64::from(order - 1)))
}

fn suzuki_factors(order: u8) -> Vec<f64> {
    let p = suzuki_p(order);
    vec![p, p, 1.0 - 4.0 * p, p, p]
}

fn paper_factors(order: u8) -> Vec<f64> {
    let p = suzuki_p(order);
    vec![p, 1.0 - 2.0 * p, p]
}

/// Second-order steps, put together by the factors of every even order up to `order`.
fn recursion(order: u8, factors: fn(u8) -> Vec<f64>) -> Vec<Sweep> {
    let mut weights = vec![1.0];
    for order in (4..=order).step_by(2) {
        weights = factors(order).iter().flat_map(|f| weights.iter().map(move |w| f * w)).collect();
    }
    let halves = |w: f64| [true, false].map(|forward| Sweep { forward, weight: w / 2.0 });
    weights.into_iter().flat_map(halves).collect()
}

/// A symmetric splitting `a_1 b_1 a_2 … b_1 a_1` from the first coefficients of each kind; the middle ones are what
/// is missing to 1.
fn palindrome(a: &[f64], b: &[f64]) -> Vec<Sweep> {
    let mirrored =
        |half: &[f64], middle: Vec<f64>| [half, &middle, &half.iter().rev().copied().collect::<Vec<_>>()].concat();
    let (a_rest, b_rest) = (1.0 - 2.0 * a.iter().sum::<f64>(), 0.5 - b.iter().sum::<f64>());
    splitting(&mirrored(a, vec![a_rest]), &mirrored(b, vec![b_rest, b_rest]))
}

/// Alternating sweeps of the splitting `a_1 b_1 a_2 b_2 … a_{s+1}`.
fn splitting(a: &[f64], b: &[f64]) -> Vec<Sweep> {
    let mut weights = vec![a[0]];
    for (b, a) in b.iter().zip(&a[1..]) {
        weights.push(b - weights[weights.len() - 1]);
        weights.push(a - weights[weights.len() - 1]);
    }
    // The last weight belongs to a sweep of no length: the splitting is symmetric.
    weights.pop();
    weights.into_iter().enumerate().map(|(i, weight)| Sweep { forward: i % 2 == 0, weight }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sweeps_are_consistent_and_symmetric() {
        let all = Formula::ALL.into_iter().chain([Formula::Suzuki(8), Formula::Paper(4), Formula::Paper(8)]);
        for formula in all {
            let sweeps = formula.sweeps();
            assert!((sweeps.iter().map(|s| s.weight).sum::<f64>() - 1.0).abs() < 1e-14, "{formula}");
            if formula.order() > 1 {
                for (a, b) in sweeps.iter().zip(sweeps.iter().rev()) {
                    assert!(a.forward != b.forward && (a.weight - b.weight).abs() < 1e-13, "{formula}");
                }
            }
        }
        let count = |f: Formula| f.sweeps().len();
        assert_eq!([1, 2, 4, 6, 8].map(|k| count(Formula::Suzuki(k))), [1, 2, 10, 50, 250]);
        assert_eq!([4, 6].map(|k| count(Formula::Paper(k))), [6, 18]);
        assert_eq!([4, 6].map(|k| count(Formula::BlanesMoan(k))), [12, 20]);
        assert_eq!((count(Formula::McLachlan), count(Formula::Omelyan)), (4, 8));
        assert!(!Formula::Suzuki(3).exists() && !Formula::Paper(2).exists() && !Formula::BlanesMoan(8).exists());
    }
}
