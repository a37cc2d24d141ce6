//! What counts say of a block: p±, W y, h and the next state, with error bars.

use super::words::Counts;
use crate::network::Block;
use crate::qasm::Program;
use crate::random::{Rng, stream};
use crate::signs::{Sign, Signs};
use crate::simulator::Multinomial;
use std::collections::BTreeMap;

/// A number with its standard deviation.
#[derive(Clone, Copy, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Estimate {
    /// The mean.
    pub value: f64,
    /// One standard deviation.
    pub error: f64,
}

impl Estimate {
    /// The share that so many are of all.
    pub(super) fn of_share(count: f64, all: f64) -> Estimate {
        Estimate::of_worth(count, count, all, [0.0, 1.0])
    }

    /// The mean of what shots are worth, given the sums of worth and its square, and the least and most it can be. In the error
    /// there is one shot more of either kind: where all shots agree, the next may not.
    pub(super) fn of_worth(sum: f64, square: f64, shots: f64, [least, most]: [f64; 2]) -> Estimate {
        let mean = (sum + least + most) / (shots + 2.0);
        let square = (square + least * least + most * most) / (shots + 2.0);
        Estimate { value: sum / shots, error: ((square - mean * mean).max(0.0) / shots).sqrt() }
    }
}

/// What counts say of a block.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct BlockEstimate {
    /// p+ and p-, an entry for each row of W.
    #[serde(flatten)]
    pub p: Signs<Vec<Estimate>>,
    /// (W y)_n, `gamma+ p+ - gamma- p-`
    pub product: Vec<Estimate>,
    /// h = F(W y + b)
    pub h: Vec<Estimate>,
    /// `α y + (1 - α) h`, if y was given.
    pub next: Option<Vec<Estimate>>,
}

/// Resamples of the counts behind the error bars of h.
const RESAMPLES: usize = 400;

/// Estimates of a block from the counts of its programs: one, or both halves of a split one. `y` is the state that went
/// in. Error bars of p± and W y are those of the shots; those of h and the next state come from resampled counts.
///
/// # Panics
/// If a word is shorter than its program's bits, or y has not the block's dimension.
pub fn estimate_block(parts: &[(&Program, &Counts)], block: &Block, y: Option<&[f64]>, seed: u64) -> BlockEstimate {
    let rows = block.weight().nrows();
    let mut rng = stream(seed, 0);
    let p = Sign::BOTH.map(|sign| sign_estimates(parts, sign, rows));
    let product = sum_estimates(parts, rows);
    let mut multinomial = Multinomial::default();
    let resample = || resampled(parts, rows, &mut multinomial, &mut rng);
    let (h, next) = behind(block, &product, y, resample);
    BlockEstimate { p, product, h, next }
}

/// h and the next state behind `W y`, of which `resample` draws what other shots could have said. `y` is the state that went in.
///
/// # Panics
/// If y has not the block's dimension.
pub(super) fn behind(
    block: &Block,
    product: &[Estimate],
    y: Option<&[f64]>,
    mut resample: impl FnMut() -> Vec<f64>,
) -> (Vec<Estimate>, Option<Vec<Estimate>>) {
    let rows = product.len();
    let z = |product: &[f64]| -> Vec<f64> { product.iter().zip(block.bias()).map(|(p, b)| p + b).collect() };
    let means: Vec<f64> = product.iter().map(|p| p.value).collect();
    let (h, _) = block.activation.normalised(&z(&means));
    let (mut first, mut second) = (vec![0.0; rows], vec![0.0; rows]);
    for _ in 0..RESAMPLES {
        let (h, _) = block.activation.normalised(&z(&resample()));
        for n in 0..rows {
            first[n] += h[n] / RESAMPLES as f64;
            second[n] += h[n] * h[n] / RESAMPLES as f64;
        }
    }
    let spread = |n: usize| (second[n] - first[n] * first[n]).max(0.0).sqrt();
    let h: Vec<Estimate> = h.iter().enumerate().map(|(n, h)| Estimate { value: *h, error: spread(n) }).collect();
    let next = y.map(|y| {
        assert_eq!(y.len(), block.dim(), "a state has the block's dimension");
        let share = 1.0 - block.alpha;
        let mixed = |(n, y): (usize, &f64)| {
            let h = h.get(n).copied().unwrap_or_default();
            Estimate { value: block.alpha * y + share * h.value, error: share * h.error }
        };
        y.iter().enumerate().map(mixed).collect()
    });
    (h, next)
}

/// `gamma+ p+ - gamma- p-` of counts drawn anew, as many, with the shares that were found.
pub(super) fn resampled(
    parts: &[(&Program, &Counts)],
    rows: usize,
    multinomial: &mut Multinomial,
    rng: &mut Rng,
) -> Vec<f64> {
    let mut resampled = vec![0.0; rows];
    for (program, counts) in parts {
        let shots = counts.shots() as f64;
        let p: Vec<f64> = counts.words().values().map(|c| *c as f64 / shots).collect();
        let mut drawn = vec![0.0; p.len()];
        multinomial.draw(counts.shots(), &p, &mut drawn, rng);
        for (word, count) in counts.words().keys().zip(&drawn) {
            for (sign, read) in program.contract.signs.present() {
                let gamma = sign.factor() * read.gamma;
                let n = program.contract.spelt(read, |bit| word[bit]).filter(|n| *n < rows);
                n.into_iter().for_each(|n| resampled[n] += gamma * count / shots);
            }
        }
    }
    resampled
}

/// W y, `gamma+ p+ - gamma- p-`, summed over both halves where there are two.
pub(super) fn sum_estimates(parts: &[(&Program, &Counts)], rows: usize) -> Vec<Estimate> {
    let mut product = vec![Estimate::default(); rows];
    for (program, counts) in parts {
        // A shot may count for both signs; its worth is what varies.
        let (mut sum, mut square) = (vec![0.0; rows], vec![0.0; rows]);
        for (word, count) in counts.words() {
            let mut worth = BTreeMap::<usize, f64>::new();
            for (sign, read) in program.contract.signs.present() {
                let gamma = sign.factor() * read.gamma;
                program
                    .contract
                    .spelt(read, |bit| word[bit])
                    .filter(|n| *n < rows)
                    .into_iter()
                    .for_each(|n| *worth.entry(n).or_default() += gamma);
            }
            for (n, worth) in worth {
                sum[n] += worth * *count as f64;
                square[n] += worth * worth * *count as f64;
            }
        }
        let Signs { plus, minus } = program.contract.signs.as_ref().map(|read| read.as_ref().map_or(0.0, |r| r.gamma));
        for n in 0..rows {
            let of_program = Estimate::of_worth(sum[n], square[n], counts.shots() as f64, [-minus, plus]);
            product[n].value += of_program.value;
            product[n].error = product[n].error.hypot(of_program.error);
        }
    }
    product
}

fn sign_estimates(parts: &[(&Program, &Counts)], sign: Sign, rows: usize) -> Vec<Estimate> {
    let mut found = vec![Estimate::default(); rows];
    for (program, counts) in parts {
        let Some(read) = &program.contract.signs[sign] else { continue };
        for (estimate, count) in found.iter_mut().zip(counts.spelt(&program.contract, read, rows)) {
            *estimate = Estimate::of_share(count, counts.shots() as f64);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compiler::{CompileOptions, compile_block};
    use crate::network::{random_circuit, read_bytes};
    use crate::qasm;
    use crate::random::rng;
    use crate::run::read_counts;
    use crate::simulator::{Readout, transition_probabilities};
    use crate::target::Dialect;

    #[test]
    fn estimates_and_their_errors_are_those_of_the_shots() {
        let text = br#"{"weight": [[2, -1, 0.5], [-3, 1, 1], [0.5, 2, -2]], "bias": [0.1, 0.3, 0], "alpha": 0.4}"#;
        let of_weight = read_bytes(text, "n").unwrap();
        let mut of_circuit = of_weight.clone();
        of_circuit.blocks[0].set_form(random_circuit(3, 5, 2.0, &mut rng(3)));
        for (network, split) in [(&of_weight, false), (&of_weight, true), (&of_circuit, false), (&of_circuit, true)] {
            let block = &network.blocks[0];
            let options = CompileOptions { split, ..CompileOptions::default() };
            let programs: Vec<Program> =
                compile_block(network, 1, &options).unwrap().iter().map(|c| qasm::read(&c.text).unwrap()).collect();
            let (m, shots, mut rng) = (1, 20_000, rng(4));
            let counts: Vec<Counts> = programs
                .iter()
                .map(|program| {
                    // Every word of every bit, from basis state m on both signs.
                    let bits = program.circuit.bit_count();
                    let circuits = if program.contract.joint() { 1 } else { 2 };
                    let inputs: Vec<&[usize]> =
                        program.contract.signs.present().take(circuits).map(|(_, sign)| &sign.input[..]).collect();
                    let (input, of_sign) = (inputs.concat(), inputs[0].len());
                    let start = (0..input.len()).map(|i| (m >> (i % of_sign) & 1) << i).sum();
                    let readout = Readout { input, output: (0..bits).collect(), accept: vec![] };
                    let p = transition_probabilities(&program.circuit, &readout, &[start]).unwrap();
                    let mut drawn = vec![0.0; 1 << bits];
                    Multinomial::default().draw(shots, p.as_slice(), &mut drawn, &mut rng);
                    let word = |n: usize| format!("{n:0bits$b}");
                    let table: serde_json::Map<String, serde_json::Value> = drawn
                        .iter()
                        .enumerate()
                        .filter(|(_, c)| **c > 0.0)
                        .map(|(n, c)| (word(n), (*c as u64).into()))
                        .collect();
                    let json = serde_json::Value::from(table).to_string();
                    read_counts(json.as_bytes(), bits, None, &Dialect::OPENQASM_3).unwrap().counts
                })
                .collect();
            let parts: Vec<(&Program, &Counts)> = programs.iter().zip(&counts).collect();
            let y = [0.0, 1.0, 0.0];
            let found = estimate_block(&parts, block, Some(&y), 0);
            let (exact, _) = block.apply(&y);
            for (n, exact) in exact.iter().enumerate() {
                let wanted = block.weight()[(n, m)];
                let estimate = found.product[n];
                assert!((estimate.value - wanted).abs() < 5.0 * estimate.error, "{estimate:?} {wanted}");
                // Shots of worth up to gamma, a few thousand of them.
                assert!(estimate.error > 0.0 && estimate.error < 0.15, "{estimate:?}");
                let next = found.next.as_ref().unwrap()[n];
                assert!((next.value - exact).abs() < 5.0 * next.error + 1e-9, "{next:?} {exact}");
                let p = if wanted > 0.0 { found.p.plus[n] } else { found.p.minus[n] };
                // With a shot more of either kind.
                let share = (p.value * shots as f64 + 1.0) / (shots as f64 + 2.0);
                let spread = (share * (1.0 - share) / shots as f64).sqrt();
                assert!(p.value > 0.0 && (p.error - spread).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn the_next_shot_may_differ() {
        for (count, wanted) in [(0.0, 0.0), (10.0, 1.0)] {
            let sure = Estimate::of_share(count, 10.0);
            assert!(sure.value == wanted && (sure.error - (11.0f64 / 144.0 / 10.0).sqrt()).abs() < 1e-12, "{sure:?}");
        }
    }
}
