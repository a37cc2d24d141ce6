//! Gradients against finite differences, bounds that hold, hard matrices.

use super::*;
use crate::random::rng;

fn random(rows: usize, columns: usize, seed: u64) -> RealMatrix {
    let mut rng = rng(seed);
    RealMatrix::from_fn(rows, columns, |_, _| rng.random_range(0.0..1.0))
}

#[test]
fn gradients_agree_with_differences() {
    let mut rng = rng(4);
    for (rows, columns, squarings, penalty) in
        [(4, 4, 3, 0.0), (3, 5, 4, 0.7), (6, 2, 7, 0.0), (1, 1, 3, 0.3), (5, 5, 0, 0.0)]
    {
        let root = random(rows, columns, 5);
        let support = Support::of(&root, gamma_bound(&root.component_mul(&root)));
        let angles: Vec<f64> = (0..rows * columns).map(|_| rng.random_range(0.0..6.0)).collect();
        let mut norm = Schatten::new(&support, squarings, penalty);
        let mut gradient = vec![0.0; angles.len()];
        let value = norm.evaluate(&angles, &mut gradient);
        let trial = Trial { support: &support, reached: 1.0, allowance: 0 };
        let share = |(r, a): (&f64, &f64)| (r * a.sin()).powi(2) / root.norm_squared();
        let sines: f64 = root.iter().zip(&angles).map(share).sum();
        let least = trial.with_angles(&angles).gamma.ln() + penalty * sines;
        let above = (rows.min(columns) as f64).ln() / f64::from((1 << squarings) + 1);
        assert!(value >= least - 1e-12 && value <= least + above + 1e-12);
        for i in 0..angles.len() {
            let mut at = |by: f64| {
                let mut moved = angles.clone();
                moved[i] += by;
                norm.evaluate(&moved, &mut vec![0.0; angles.len()])
            };
            let difference = (at(1e-5) - at(-1e-5)) / 2e-5;
            assert!((difference - gradient[i]).abs() < 1e-8, "{rows}x{columns}: {difference} {}", gradient[i]);
        }
    }
}

#[test]
fn dense_matrices_come_near_the_bound() {
    for (rows, columns) in [(8, 8), (16, 16), (32, 32), (12, 7), (7, 12)] {
        let root = random(rows, columns, 6);
        let bound = gamma_bound(&root.component_mul(&root));
        for (phases, factor) in [(Phases::Complex, 1.1), (Phases::Signs, 1.5)] {
            let Phased { entries, squared_norm: gamma, search, .. } = Moduli::new(root.clone()).with_phases(phases, 0);
            let m = entries.to_complex();
            assert!(
                (bound * (1.0 - 1e-12)..factor * bound).contains(&gamma),
                "{rows}x{columns} {phases:?}: {gamma} {bound}"
            );
            assert!(search.unwrap().evaluations > 10);
            assert!(m.iter().zip(root.iter()).all(|(z, r)| (z.norm() - r).abs() < 1e-15));
            assert!((phases == Phases::Signs) == matches!(entries, Dense::Real(_)));
            let again = Moduli::new(root.clone()).with_phases(phases, 0).entries;
            assert_eq!(again, entries, "the same seed gives the same phases");
        }
    }
}

#[test]
fn hard_matrices_are_never_worse_off() {
    let zero = RealMatrix::zeros(4, 4);
    let ones = RealMatrix::from_element(8, 8, 1.0);
    let single = RealMatrix::from_element(1, 1, 0.3);
    let identity = RealMatrix::identity(5, 5);
    let row = RealMatrix::from_fn(6, 6, |i, _| if i == 2 { 1.0 } else { 0.0 });
    let tiny = random(6, 6, 7) * 1e-150;
    let rank_one = random(6, 1, 8) * random(1, 6, 9);
    for root in [zero, ones, single, identity, row, tiny, rank_one] {
        let plain = spectral_norm(&root);
        for phases in [Phases::Nonnegative, Phases::Signs, Phases::Complex] {
            let Phased { entries, search, .. } = Moduli::new(root.clone()).with_phases(phases, 1);
            assert!(entries.spectral_norm().powi(2) <= plain * plain * (1.0 + 1e-12), "{phases:?}");
            assert_eq!(search.is_some(), phases != Phases::Nonnegative);
        }
    }
}

#[test]
fn no_phases_get_below_the_least_gamma() {
    // Rows (1, e) and (1, 0) overlap in one entry: no phase changes the norm.
    let root = RealMatrix::from_row_slice(2, 2, &[1.0, 0.2, 1.0, 0.0]);
    let norm = spectral_norm(&root);
    assert!((least_gamma(&root) - norm * norm).abs() < 1e-9, "{} {}", least_gamma(&root), norm * norm);
    let mut above = 0;
    for seed in 0..200 {
        // A few large entries, so that overlaps have one that outweighs the others.
        let (rows, columns) = ([2, 3, 5, 8][seed as usize % 4], [3, 4, 8][seed as usize % 3]);
        let root = random(rows, columns, seed).map(|x| x.powi(6));
        let (bound, least) = (gamma_bound(&root.component_mul(&root)), least_gamma(&root));
        assert!(least >= bound * (1.0 - 1e-12));
        above += usize::from(least > 1.01 * bound);
        let mut rng = rng(seed);
        let support = Support::of(&root, bound);
        let trial = Trial { support: &support, reached: 0.0, allowance: 400 };
        let (found, ..) = trial.complex(&mut rng);
        let mut whole = root.map(Complex::from);
        support.placed(&found.factors).for_each(|(place, factor)| whole[place] *= factor);
        assert!(svd(&whole).sigma[0].powi(2) >= least * (1.0 - 1e-9), "{rows}x{columns}, seed {seed}");
    }
    assert!(above > 20, "{above} of the bounds say more than gamma*");
}

#[test]
fn searches_say_when_they_ran_out_of_work() {
    for (rows, columns, phases) in [(12, 12, Phases::Signs), (9, 14, Phases::Complex), (16, 8, Phases::Signs)] {
        let moduli = Moduli::new(random(rows, columns, 8));
        let support = Support::of(&moduli.root, moduli.bound);
        // No gamma is low enough.
        let known = || Known { plain: moduli.plain, bound: 0.0, reached: 0.0 };
        let (m, n) = (support.rows, support.columns);
        let evaluation = (m * m * (2 * n + 4 * m)) as f64;
        let (whole, search_of_all) = search(&support, phases, 1, known(), 4000.0 * evaluation);
        let (part, search_of_some) = search(&support, phases, 1, known(), 40.0 * evaluation);
        assert!(!search_of_all.cut && search_of_some.cut, "{rows}x{columns}");
        let (some, all) = (search_of_some.evaluations, search_of_all.evaluations);
        assert!(some <= 40 && all > 40, "{rows}x{columns}: {some}, {all}");
        assert!(whole.gamma <= part.gamma && part.gamma <= moduli.plain);
    }
}
