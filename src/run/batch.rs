//! Many states through all blocks at once, by sampled circuits; states are as in [`run_classically`].
//!
//! [`run_classically`]: crate::network::run_classically

use super::Shots;
use super::transitions::{BlockTransitions, SignTransitions};
use crate::linalg::RealMatrix;
use crate::network::{Network, Outcome, run_batch, seen};
use crate::random::Rng;
use crate::signs::Signs;
use crate::simulator::Multinomial;

/// The quantum network: `W y` is `gamma+ p+ - gamma- p-`, each p± estimated from as many shots (Alg. 1).
///
/// Sample i draws from a stream of its own, made of the seed and i: samples do not depend on threads or on each other.
///
/// # Panics
/// If there is not one table of transitions for each block, or dimensions differ.
pub fn run_quantum(
    network: &Network,
    transitions: &[BlockTransitions],
    first: &RealMatrix,
    shots: Shots,
    seed: u64,
) -> Outcome {
    assert_eq!(transitions.len(), network.blocks.len(), "one table a block");
    run_batch(network, first, seed, |block, y, streams| {
        let rows = network.blocks[block].weight().nrows();
        let mut product = RealMatrix::zeros(rows, y.ncols());
        let mut empty = 0;
        let tables = &transitions[block];
        let read = tables.signs.as_options();
        let mut found = read.map_present(|table| (table, seen(&table.probabilities, y)));
        match (shots, found.as_mut().map(Option::as_mut).both().filter(|_| tables.joint)) {
            (Shots::Finite(n), Some(both)) => empty += estimate_jointly(both, n, y, streams),
            (Shots::Finite(n), None) => {
                empty += found.present_mut().map(|(_, (table, p))| estimate(table, n, y, p, streams)).sum::<usize>();
            }
            (Shots::Infinite, _) => {}
        }
        for (sign, (table, p)) in found.present() {
            let scale = sign.factor() * table.gamma;
            // A column of p has as many entries as the bits can spell, which may be more than W has rows.
            let columns = product.as_mut_slice().chunks_exact_mut(rows).zip(p.as_slice().chunks_exact(p.nrows()));
            columns.for_each(|(z, p)| z.iter_mut().zip(p).for_each(|(z, p)| *z += scale * p));
        }
        (product, empty)
    })
}

/// Replaces the probabilities in every column by what `n` shots say of them; returns how many columns saw no shot
/// accepted.
fn estimate(table: &SignTransitions, n: u64, y: &RealMatrix, p: &mut RealMatrix, streams: &mut [Rng]) -> usize {
    let shots = n as f64;
    let mut empty = 0;
    let mut multinomial = Multinomial::default();
    let outputs = p.nrows();
    let columns = p.as_mut_slice().chunks_exact_mut(outputs).zip(streams);
    if let Some(mitigated) = &table.mitigated {
        let words = seen(&mitigated.words, y);
        let mut counts = vec![0.0; words.nrows()];
        for (word, (p, rng)) in words.as_slice().chunks_exact(words.nrows()).zip(columns) {
            multinomial.draw(n, word, &mut counts, rng);
            counts.iter_mut().for_each(|c| *c /= shots);
            p.copy_from_slice(mitigated.undo(&mut counts));
        }
        return empty;
    }
    let mut counts = vec![0.0; outputs];
    for (p, rng) in columns {
        empty += usize::from(multinomial.draw(n, p, &mut counts, rng) == 0);
        p.iter_mut().zip(&counts).for_each(|(p, c)| *p = c / shots);
    }
    empty
}

/// The same for two signs that are read from the same `n` shots.
fn estimate_jointly(
    found: Signs<&mut (&SignTransitions, RealMatrix)>,
    n: u64,
    y: &RealMatrix,
    streams: &mut [Rng],
) -> usize {
    let mut multinomial = Multinomial::default();
    let tables = found.as_ref().map(|found| found.0.mitigated.as_ref());
    let Signs { plus: (_, plus), minus: (_, minus) } = found;
    let (outputs, shots) = (plus.nrows(), n as f64);
    let columns = plus.as_mut_slice().chunks_exact_mut(outputs).zip(minus.as_mut_slice().chunks_exact_mut(outputs));
    if let Some(Signs { plus: of_plus, minus: of_minus }) = tables.both() {
        // Both tables have the same words, of which they accept different ones.
        let words = seen(&of_plus.words, y);
        let mut counts = vec![0.0; words.nrows()];
        for (((plus, minus), word), rng) in columns.zip(words.as_slice().chunks_exact(words.nrows())).zip(streams) {
            multinomial.draw(n, word, &mut counts, rng);
            counts.iter_mut().for_each(|c| *c /= shots);
            plus.copy_from_slice(of_plus.undo(&mut counts.clone()));
            minus.copy_from_slice(of_minus.undo(&mut counts));
        }
        return 0;
    }
    let mut empty = 0;
    let mut counts = vec![0.0; 2 * outputs];
    for ((plus, minus), rng) in columns.zip(streams) {
        let both = [&*plus, &*minus].concat();
        empty += usize::from(multinomial.draw(n, &both, &mut counts, rng) == 0);
        plus.iter_mut().chain(minus).zip(&counts).for_each(|(p, c)| *p = c / shots);
    }
    empty
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compiler::{CompileOptions, compile_block};
    use crate::encoding::GammaRule;
    use crate::network::{FirstStates, random_circuit, read_bytes, run_classically};
    use crate::qasm;
    use crate::random::stream;
    use crate::run::Inputs;
    use crate::simulator::noise::{NoiseModel, ReadoutError, Trajectories};

    const NETWORK: &[u8] = br#"{"format": "hqrn-weights", "version": 1, "name": "n",
        "input": {"dim": 2, "projection": {"weight": [[1, 2], [0, 1], [3, -1]], "bias": [0, 0.1, 0]}},
        "blocks": [{"weight": [[4, -2, 0], [0, 3, 1], [-5, 1, 2]], "bias": [0, 0.1, 0.2], "alpha": 0.3},
                   {"weight": [[-4, -2, -1], [0, -3, -1], [-5, -1, -2]], "bias": [0, 0, 0], "activation": "exp"}],
        "head": {"weight": [[1, 0, 0], [0, 1, 0]], "bias": [0, 0.01]}}"#;

    fn inputs() -> Vec<Vec<f64>> {
        (0..150).map(|i| vec![f64::from(i), f64::from(150 - i)]).collect()
    }

    #[test]
    fn exact_probabilities_give_the_classical_network() {
        let network = read_bytes(NETWORK, "n").unwrap();
        let inputs = inputs();
        let first = FirstStates::of(&network, &inputs);
        let tables: Vec<BlockTransitions> = network
            .blocks
            .iter()
            .map(|b| BlockTransitions::of_weights(b, GammaRule::Shared, Inputs::Diagonal).unwrap())
            .collect();
        let classical = run_classically(&network, &first.states);
        let quantum = run_quantum(&network, &tables, &first.states, Shots::Infinite, 0);
        assert_eq!(classical.labels, quantum.labels);
        assert!((&classical.states - &quantum.states).amax() < 1e-14);
        for (i, x) in inputs.iter().enumerate() {
            let forward = network.forward(x);
            assert_eq!(forward.label, Some(classical.labels[i]));
            let last = &forward.states[2];
            assert!((0..3).all(|n| (last[n] - classical.states[(n, i)]).abs() < 1e-14));
        }
    }

    #[test]
    fn errors_shrink_with_the_square_root_of_shots() {
        let network = read_bytes(NETWORK, "n").unwrap();
        let first = FirstStates::of(&network, &inputs());
        let tables: Vec<BlockTransitions> = network
            .blocks
            .iter()
            .map(|b| BlockTransitions::of_weights(b, GammaRule::Own, Inputs::Diagonal).unwrap())
            .collect();
        let exact = run_classically(&network, &first.states).states;
        let error = |shots, seed| {
            let run = run_quantum(&network, &tables, &first.states, Shots::Finite(shots), seed);
            assert!(run.states.column_iter().all(|y| (y.sum() - 1.0).abs() < 1e-12 && y.min() >= 0.0));
            (run.states - &exact).norm()
        };
        let ratio = error(1_000, 1) / error(100_000, 1);
        assert!((6.0..16.0).contains(&ratio), "{ratio}");
        assert_eq!(error(1_000, 1), error(1_000, 1));
        assert_ne!(error(1_000, 1), error(1_000, 2));
    }

    #[test]
    fn signs_of_one_circuit_share_their_shots() {
        let mut network = read_bytes(NETWORK, "n").unwrap();
        network.blocks.truncate(1);
        let block = &mut network.blocks[0];
        block.set_form(random_circuit(3, 5, 2.0, &mut crate::random::rng(3)));
        let options = CompileOptions::default();
        let program = qasm::read(&compile_block(&network, 1, &options).unwrap()[0].text).unwrap();
        let block = &network.blocks[0];
        let readout = ReadoutError { one_for_zero: 0.02, zero_for_one: 0.05 };
        let noise = NoiseModel { readout, ..NoiseModel::default() };
        let some = Trajectories { count: 10, seed: 0 };
        let of_noisy = |mitigate| BlockTransitions::of_noisy_programs(&[&program], block, &noise, &some, mitigate);
        let tables = [
            BlockTransitions::of_weights(block, GammaRule::Own, Inputs::Diagonal).unwrap(),
            BlockTransitions::of_programs(&[&program], block, Inputs::Diagonal).unwrap(),
            of_noisy(true).unwrap(),
            of_noisy(false).unwrap(),
        ];
        let y = RealMatrix::from_element(3, 400, 1.0 / 3.0);
        let n = 500;
        let exact = tables[0].signs.as_options().both().unwrap().map(|table| &table.probabilities * &y);
        for (k, table) in tables.iter().enumerate() {
            assert!(table.joint);
            let mut found = table.signs.as_options().both().unwrap().map(|table| (table, &table.probabilities * &y));
            if k < 3 {
                found.iter().for_each(|(sign, (_, p))| assert!((p - &exact[sign]).amax() < 1e-12));
            }
            let mut streams: Vec<Rng> = (0..400).map(|i| stream(7, i)).collect();
            assert_eq!(estimate_jointly(found.as_mut(), n, &y, &mut streams), 0);
            // All shots count, for one sign or the other.
            let sums = found.plus.1.row_sum() + found.minus.1.row_sum();
            assert!(sums.iter().all(|sum| (sum - 1.0).abs() < 1e-9), "{k}: {sums}");
            for (sign, (_, found)) in found.iter().filter(|_| k < 3) {
                let off = (found - &exact[sign]).column_mean().amax();
                assert!(off < 5.0 / f64::from(400 * n as u32).sqrt(), "{k}: {off}");
            }
        }
    }

    #[test]
    fn a_sample_does_not_depend_on_the_others() {
        let network = read_bytes(NETWORK, "n").unwrap();
        let first = FirstStates::of(&network, &inputs()).states;
        let tables: Vec<BlockTransitions> = network
            .blocks
            .iter()
            .map(|b| BlockTransitions::of_weights(b, GammaRule::Own, Inputs::Diagonal).unwrap())
            .collect();
        let run = |states: &RealMatrix| run_quantum(&network, &tables, states, Shots::Finite(500), 7).states;
        let (whole, part) = (run(&first), run(&first.columns(0, 70).into_owned()));
        assert!((whole.columns(0, 70) - part).amax() < 1e-12);
    }
}
