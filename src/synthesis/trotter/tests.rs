//! The method as a whole: orders, bounds, circuits against dilations.

use super::*;
use crate::linalg::{Complex, Matrix, max_difference, svd};
use crate::linalg::{random_orthogonal, random_unitary};
use crate::random::rng;
use crate::simulator::unitary_of;
use rand::RngExt;

const GENERATORS: [Generator; 3] = [Generator::OffDiagonal, Generator::Logarithm, Generator::Factors];

fn steps(formula: Formula, steps: usize) -> TrotterOptions {
    TrotterOptions { target: Target::Steps { formula, steps }, ..TrotterOptions::default() }
}

/// A contraction like those of trained networks: not negative, norm 1.
fn positive_contraction(side: usize, rng: &mut Rng) -> Matrix {
    let m = Matrix::from_fn(side, side, |_, _| Complex::from(rng.random_range(0.0f64..1.0).powi(2)));
    &m / Complex::from(svd(&m).sigma[0])
}

fn corner(circuit: &Circuit, side: usize) -> Matrix {
    unitary_of(circuit).view((0, 0), (side, side)).into_owned()
}

#[test]
fn the_circuit_does_what_the_report_says() {
    let mut rng = rng(1);
    for qubits in 1..4 {
        let side = 1 << qubits;
        let complex = random_unitary(side, &mut rng) * Complex::from(0.8);
        let real = random_orthogonal(side, &mut rng).map(Complex::from) * Complex::from(0.9);
        let hard = [
            positive_contraction(side, &mut rng),
            complex,
            real,
            Matrix::zeros(side, side),
            Matrix::identity(side, side),
            Matrix::from_element(side, side, Complex::from(1.0 / side as f64)),
            Matrix::from_fn(side, side, |i, j| Complex::from(f64::from((i + 1) % side == j))),
        ];
        for m in hard {
            let dilation = Dilation::of(&m);
            for generator in GENERATORS {
                for grouping in [Grouping::Classes, Grouping::Strings] {
                    for cutoff in [0.0, 0.05] {
                        let options = TrotterOptions { generator, grouping, cutoff, ..steps(Formula::Suzuki(2), 3) };
                        let Trotterised { circuit, report } =
                            synthesise_trotter(&dilation, &options, &mut rng).unwrap();
                        let built = unitary_of(&circuit);
                        let block = max_difference(&corner(&circuit, side), &m);
                        assert!(block <= report.error + 1e-12, "{generator:?} {grouping:?}: {block:e} {report:?}");
                        if generator != Generator::Factors {
                            let error = svd(&(built - dilation.unitary())).sigma[0];
                            assert!(
                                (error - report.error).abs() < 1e-11,
                                "{generator:?} {grouping:?}: {error:e} {report:?}"
                            );
                        }
                        assert!(report.error <= report.bound.value, "{generator:?} {grouping:?} {report:?}");
                    }
                }
            }
        }
    }
}

/// The slope of log error against log steps.
fn slope(plan: &Plan, formula: Formula, steps: &[usize]) -> f64 {
    let points: Vec<(f64, f64)> = steps.iter().map(|&r| ((r as f64).ln(), plan.error(formula, r).ln())).collect();
    let n = points.len() as f64;
    let (x, y) = points.iter().fold((0.0, 0.0), |(a, b), p| (a + p.0 / n, b + p.1 / n));
    points.iter().map(|p| (p.0 - x) * (p.1 - y)).sum::<f64>() / points.iter().map(|p| (p.0 - x).powi(2)).sum::<f64>()
}

#[test]
fn every_formula_has_its_order() {
    let mut rng = rng(2);
    for qubits in [1, 2, 4, 6] {
        let side = 1 << qubits;
        let m = positive_contraction(side, &mut rng);
        let dilation = Dilation::of(&m);
        let mut of = |generator| Plan::new(&dilation, generator, Grouping::Classes, 0.0, &mut rng);
        // Halmos generators, and a Hermitian one with random eigenvectors.
        let (short, long) = (of(Generator::OffDiagonal), of(Generator::Logarithm));
        let hermitian = Plan::of_unitary(&random_unitary(2 * side, &mut rng), Grouping::Classes, &mut rng);
        for (name, plan) in [("off-diagonal", short), ("logarithm", long), ("hermitian", hermitian)] {
            for formula in Formula::ALL.into_iter().chain([Formula::Paper(4), Formula::Paper(6)]) {
                // Small enough to be asymptotic, large enough not to be rounding.
                let first = match (formula.order(), name) {
                    (1 | 2, _) => 24,
                    (4, "off-diagonal") => 4,
                    (4, _) => 12,
                    (_, "off-diagonal") => 2,
                    _ => 5,
                };
                let found = slope(&plan, formula, &[first, first * 3 / 2, 2 * first]);
                let wanted = -f64::from(formula.order());
                assert!((found - wanted).abs() < 0.3, "{qubits} {name} {formula}: {found:.2}, not {wanted}");
            }
        }
    }
}

#[test]
fn no_error_exceeds_its_bound() {
    let mut rng = rng(3);
    let mut kinds = std::collections::BTreeMap::new();
    for case in 0..500 {
        let side = 1 << rng.random_range(1..4);
        let m = match case % 4 {
            0 => positive_contraction(side, &mut rng),
            1 => random_unitary(side, &mut rng) * Complex::from(rng.random_range(0.1..1.0)),
            2 => random_orthogonal(side, &mut rng).map(Complex::from) * Complex::from(rng.random_range(0.01..1.0)),
            _ => positive_contraction(side, &mut rng) * Complex::from(0.05),
        };
        let formulas = [Formula::Suzuki(1), Formula::Suzuki(2), Formula::Suzuki(4), Formula::Suzuki(6)];
        let others = [Formula::Paper(4), Formula::McLachlan, Formula::Omelyan, Formula::BlanesMoan(4)];
        let formula = [formulas, others].concat()[rng.random_range(0..8)];
        let options = TrotterOptions {
            generator: GENERATORS[rng.random_range(0..3)],
            grouping: if rng.random_bool(0.8) { Grouping::Classes } else { Grouping::Strings },
            cutoff: if rng.random_bool(0.7) { 0.0 } else { rng.random_range(0.0..0.1) },
            ..steps(formula, 1 << rng.random_range(0..7))
        };
        let report = synthesise_trotter(&Dilation::of(&m), &options, &mut rng).unwrap().report;
        assert!(report.error <= report.bound.value, "{options:?} {report:?}");
        *kinds.entry(format!("{:?}", report.bound.kind)).or_insert(0) += 1;
    }
    assert!(kinds["Commutators"] > 10 && kinds["Series"] > 100, "{kinds:?}");
}

#[test]
fn bounds_are_near_the_error_where_steps_are_short() {
    let mut rng = rng(4);
    let dilation = Dilation::of(positive_contraction(16, &mut rng));
    for formula in Formula::ALL {
        let report = synthesise_trotter(&dilation, &steps(formula, 8), &mut rng).unwrap().report;
        assert!(report.bound.value < 4.0 * report.error + 1e-9, "{report:?}");
    }
}

#[test]
fn the_search_finds_the_fewest_rotations() {
    let mut rng = rng(5);
    let dilation = Dilation::of(positive_contraction(8, &mut rng));
    for at_most in [0.3, 1e-1, 1e-2, 1e-3, 1e-5, 1e-8] {
        let target = Target::Error { at_most, formulas: Formula::ALL.to_vec() };
        let options = TrotterOptions { target, ..TrotterOptions::default() };
        let found = synthesise_trotter(&dilation, &options, &mut rng).unwrap().report;
        assert!(found.error <= at_most);
        // Whatever else has fewer rotations misses.
        let plan = Plan::new(&dilation, options.generator, options.grouping, 0.0, &mut rng);
        for formula in Formula::ALL {
            let cheaper = (1..200).take_while(|&r| plan.rotations(formula, r) < found.rotations);
            for r in cheaper {
                assert!(plan.error(formula, r) > at_most, "{formula} with {r} steps is cheaper than {found:?}");
            }
        }
        for (formula, r) in [(Formula::Suzuki(1), 3), (Formula::Suzuki(4), 2), (Formula::McLachlan, 1)] {
            let evolution = plan.evolutions().next().unwrap();
            let scheduled = evolution.schedule(formula, r);
            let written: usize = scheduled.iter().map(|(i, _)| evolution.terms[*i].strings.len()).sum();
            assert_eq!(written, plan.rotations(formula, r));
        }
    }
}

#[test]
fn what_cannot_be_reached_is_said() {
    let mut rng = rng(6);
    let dilation = Dilation::of(positive_contraction(4, &mut rng));
    let target = Target::Error { at_most: 1e-9, formulas: vec![Formula::Suzuki(1)] };
    let refused = synthesise_trotter(&dilation, &TrotterOptions { target, ..TrotterOptions::default() }, &mut rng);
    let message = refused.unwrap_err().to_string();
    assert!(message.starts_with("no product formula reaches error 1e-9") && message.contains("suzuki-1"), "{message}");
    let refused = synthesise_trotter(&dilation, &steps(Formula::Suzuki(8), 10_000_000), &mut rng).unwrap_err();
    assert!(matches!(refused, TrotterError::TooLong { .. }));
}

#[test]
fn generators_near_the_identity_are_small() {
    let mut rng = rng(7);
    let dilation = Dilation::of(positive_contraction(16, &mut rng));
    let error = |generator| {
        let options = TrotterOptions { generator, ..steps(Formula::Suzuki(2), 4) };
        synthesise_trotter(&dilation, &options, &mut rng.clone()).unwrap().report.error
    };
    assert!(5.0 * error(Generator::OffDiagonal) < error(Generator::Factors));
    // Two exponentials of half the strings, and still nearer.
    assert!(error(Generator::Factors) < error(Generator::Logarithm));
}
