//! Channels against closed forms and against Kraus sums, trajectories against channels.

use super::*;
use crate::circuit::Gate;
use crate::linalg::Complex;
use crate::linalg::random_unitary;
use crate::random::rng;
use crate::target::Damping;
use rand::RngExt;

const EXACTLY: Trajectories = Trajectories { count: 1, seed: 0 };

fn model(depolarising: f64, amplitude: f64, phase: f64) -> NoiseModel {
    let gate = |scale: f64| GateNoise {
        depolarising: scale * depolarising,
        amplitude_damping: scale * amplitude,
        phase_damping: scale * phase,
    };
    NoiseModel { one_qubit: gate(0.5), two_qubit: gate(1.0), readout: ReadoutError::default() }
}

fn measured(mut circuit: Circuit) -> (Circuit, Readout) {
    let n = circuit.qubit_count();
    (0..n).for_each(|q| circuit.measure(q, q).unwrap());
    (circuit, Readout { input: (0..n).collect(), output: (0..n).collect(), accept: vec![] })
}

#[test]
fn one_qubit_channels_in_closed_form() {
    // H, noise, H: the first noise acts on |+>, whose X is 1; the second on what H makes of it.
    let (p, g, l) = (0.03, 0.2, 0.07);
    let noise = NoiseModel {
        one_qubit: GateNoise { depolarising: p, amplitude_damping: g, phase_damping: l },
        ..NoiseModel::default()
    };
    let mut circuit = Circuit::with_bits(1, 1);
    circuit.push(Gate::H, &[0]);
    circuit.push(Gate::H, &[0]);
    let (circuit, readout) = measured(circuit);
    let got = noisy_words(&circuit, &readout, &[0, 1], &noise, &EXACTLY).unwrap();
    let x = (1.0 - p) * ((1.0 - g) * (1.0 - l)).sqrt();
    for (column, sign) in [(0, 1.0), (1, -1.0)] {
        let z = g + (1.0 - g) * (1.0 - p) * sign * x;
        assert!((got[(0, column)] - (1.0 + z) / 2.0).abs() < 1e-12, "{}", got[(0, column)]);
    }
}

#[test]
fn two_qubit_channels_in_closed_form() {
    // A Bell pair, depolarised: 00 and 11 keep (1 - p)/2 + p/4 each.
    let p = 0.12;
    let noise = NoiseModel {
        two_qubit: GateNoise { depolarising: p, ..GateNoise::default() },
        readout: ReadoutError { one_for_zero: 0.02, zero_for_one: 0.05 },
        ..NoiseModel::default()
    };
    let mut circuit = Circuit::with_bits(2, 2);
    circuit.push(Gate::H, &[0]);
    circuit.push(Gate::Cx, &[0, 1]);
    let (circuit, readout) = measured(circuit);
    let got = noisy_words(&circuit, &readout, &[0], &noise, &EXACTLY).unwrap();
    let (equal, different) = ((1.0 - p) / 2.0 + p / 4.0, p / 4.0);
    let zero_zero = 0.98 * 0.98 * equal + 2.0 * 0.98 * 0.05 * different + 0.05 * 0.05 * equal;
    assert!((got[(0, 0)] - zero_zero).abs() < 1e-12);
    let one_one = 0.02 * 0.02 * equal + 2.0 * 0.02 * 0.95 * different + 0.95 * 0.95 * equal;
    assert!((got[(3, 0)] - one_one).abs() < 1e-12);
    assert!((got.sum() - 1.0).abs() < 1e-12);
}

/// The same by Kraus operators on the full density matrix.
fn by_kraus(circuit: &Circuit, noise: &dyn Noise, rho: &Matrix) -> Matrix {
    let n = circuit.qubit_count();
    let one = |m: [[f64; 2]; 2]| Matrix::from_fn(2, 2, |i, j| Complex::from(m[i][j]));
    let lift = |m: &Matrix, qubits: &[usize]| {
        Matrix::from_fn(1 << n, 1 << n, |row, column| {
            let local = |s: usize| qubits.iter().enumerate().map(|(i, q)| (s >> q & 1) << i).sum::<usize>();
            let others = !qubits.iter().map(|q| 1 << q).sum::<usize>();
            if row & others == column & others { m[(local(row), local(column))] } else { Complex::ZERO }
        })
    };
    let channel = |rho: &Matrix, kraus: &[Matrix]| kraus.iter().map(|k| k * rho * k.adjoint()).sum::<Matrix>();
    let paulis = [
        one([[1.0, 0.0], [0.0, 1.0]]),
        one([[0.0, 1.0], [1.0, 0.0]]),
        one([[0.0, 1.0], [-1.0, 0.0]]),
        one([[1.0, 0.0], [0.0, -1.0]]),
    ];
    let mut rho = rho.clone();
    for step in noise.steps(circuit).unwrap() {
        rho = channel(&rho, &[lift(&step.gate.matrix(), &step.qubits)]);
        let mut mixed = rho.clone();
        for &q in &step.qubits {
            let quarter = Complex::from(0.5);
            mixed = channel(&mixed, &paulis.clone().map(|p| lift(&p, &[q]) * quarter));
        }
        rho = &rho * Complex::from(1.0 - step.depolarising) + mixed * Complex::from(step.depolarising);
        for (&q, own) in step.qubits.iter().zip(&step.damping) {
            let (g, l) = (own.relaxation, own.dephasing);
            for kraus in [
                [one([[1.0, 0.0], [0.0, (1.0 - g).sqrt()]]), one([[0.0, g.sqrt()], [0.0, 0.0]])],
                [one([[1.0, 0.0], [0.0, (1.0 - l).sqrt()]]), one([[0.0, 0.0], [0.0, l.sqrt()]])],
            ] {
                rho = channel(&rho, &kraus.map(|k| lift(&k, &[q])));
            }
        }
    }
    rho
}

fn random_circuit(n: usize, gates: usize, seed: u64) -> Circuit {
    let mut rng = rng(seed);
    let mut circuit = Circuit::with_bits(n, n);
    for _ in 0..gates {
        let first = rng.random_range(0..n);
        let second = (first + rng.random_range(1..n)) % n;
        match rng.random_range(0..4) {
            0 => circuit.push(Gate::Cx, &[first, second]),
            1 => circuit.push(Gate::Ch, &[first, second]),
            2 => circuit.push(Gate::U3(rng.random_range(0.0..3.0), 0.4, -1.1), &[first]),
            _ => circuit.push(Gate::Ry(rng.random_range(-3.0..3.0)), &[first]),
        };
    }
    if n > 2 {
        circuit.push(Gate::Ccx, &[0, 2, 1]);
    }
    circuit
}

#[test]
fn density_matrices_agree_with_kraus_sums() {
    for (n, seed) in [(2, 1), (3, 2), (4, 3)] {
        let (circuit, readout) = measured(random_circuit(n, 25, seed));
        let noise = model(0.05, 0.08, 0.03);
        let table = noisy_words(&circuit, &readout, &(0..1 << n).collect::<Vec<_>>(), &noise, &EXACTLY).unwrap();
        for m in 0..1 << n {
            let mut rho = Matrix::zeros(1 << n, 1 << n);
            rho[(m, m)] = Complex::ONE;
            let wanted = by_kraus(&circuit, &noise, &rho);
            (0..1 << n).for_each(|s| assert!((wanted[(s, s)].re - table[(s, m)]).abs() < 1e-12));
        }
        let u = random_unitary(1 << n, &mut rng(seed));
        let spectrum = Matrix::from_diagonal(&nalgebra::DVector::from_fn(1 << n, |i, _| {
            Complex::from(2.0 * (i + 1) as f64 / ((1 << n) * ((1 << n) + 1)) as f64)
        }));
        let rho = &u * spectrum * u.adjoint();
        let words = noisy_words_of_state(&circuit, &readout, &rho, &noise).unwrap();
        let wanted = by_kraus(&circuit, &noise, &rho);
        (0..1 << n).for_each(|s| assert!((wanted[(s, s)].re - words[s]).abs() < 1e-12, "{n} {s}"));
    }
}

#[test]
fn trajectories_agree_with_the_channel() {
    let (circuit, readout) = measured(random_circuit(3, 30, 9));
    let noise = model(0.06, 0.1, 0.08);
    let inputs: Vec<usize> = (0..8).collect();
    let exact = noisy_words(&circuit, &readout, &inputs, &noise, &EXACTLY).unwrap();
    let count = 4000;
    let reads = Reads::of_part(&circuit, &readout.of_words(), &[0, 1, 2]).unwrap();
    let steps = noise.steps(&circuit).unwrap();
    let starts = Start::of_states(&inputs);
    let sampled = trajectory::sampled(&reads, &steps, 3, &starts, &Trajectories { count, seed: 5 }, &all);
    for (s, e) in sampled.iter().zip(exact.iter()) {
        // A trajectory's probability lies in [0, 1], so its variance is at most p (1 - p).
        let deviation = (e * (1.0 - e) / count as f64).sqrt();
        assert!((s - e).abs() < 5.0 * deviation + 1e-12, "{s} {e} {deviation}");
    }
}

#[test]
fn at_rate_zero_nothing_changes() {
    let (circuit, mut readout) = measured(random_circuit(4, 40, 11));
    readout.output = vec![0, 3];
    readout.accept = vec![(2, true), (1, false)];
    let inputs: Vec<usize> = (0..16).collect();
    let ideal = super::super::transition_probabilities(&circuit, &readout, &inputs).unwrap();
    let accepted = readout.accepted_word();
    let words = noisy_words(&circuit, &readout, &inputs, &NoiseModel::default(), &EXACTLY).unwrap();
    assert_eq!(words.rows(accepted << 2, 4).into_owned(), ideal);
    // And by density matrices, which rates of zero alone would not use.
    let faint = model(1e-300, 0.0, 0.0);
    let words = noisy_words(&circuit, &readout, &inputs, &faint, &EXACTLY).unwrap();
    assert!((words.rows(accepted << 2, 4) - &ideal).amax() < 1e-13);
    let word_readout = readout.of_words();
    let reads = Reads::of_part(&circuit, &word_readout, &[0, 1, 2, 3]).unwrap();
    let steps = NoiseModel::default().steps(&circuit).unwrap();
    let sampled = trajectory::sampled(&reads, &steps, 4, &Start::of_states(&inputs), &EXACTLY, &all);
    assert!((sampled.rows(accepted << 2, 4) - &ideal).amax() < 1e-13);
}

/// Input qubits that must read 0 and fresh ones that spell n, each alone: what a matrix of equal entries compiles to.
fn scattered(inputs: usize, outputs: usize) -> (Circuit, Readout) {
    let n = inputs + outputs;
    let mut circuit = Circuit::with_bits(n, n);
    for q in 0..n {
        circuit.push(Gate::H, &[q]);
        circuit.measure(q, q).unwrap();
    }
    let accept = (0..inputs).map(|bit| (bit, false)).collect();
    (circuit, Readout { input: (0..inputs.min(8)).collect(), output: (inputs..n).collect(), accept })
}

#[test]
fn many_bits_are_read_part_by_part() {
    let mut noise = model(0.0, 0.0, 0.0);
    noise.readout = ReadoutError { one_for_zero: 0.02, zero_for_one: 0.05 };
    let zero: f64 = 0.5 * (0.98 + 0.05);
    for gates in [0.0, 0.01] {
        // Depolarising leaves the distribution of a qubit in |+> as it is.
        noise.one_qubit.depolarising = gates;
        for accept in [26, 70] {
            let (circuit, readout) = scattered(accept, 1);
            let p = noisy_probabilities(&circuit, &readout, &[0, 3], &noise, &EXACTLY).unwrap();
            assert_eq!(p.shape(), (2, 2));
            let wanted = zero.powi(accept as i32) * zero;
            assert!((p[(0, 1)] - wanted).abs() < 1e-12 * wanted, "{} {wanted}", p[(0, 1)]);
            let refused = noisy_words(&circuit, &readout, &[0, 3], &noise, &EXACTLY).unwrap_err();
            let expected =
                format!("2^{} outcomes for each of 2 inputs: at most 2^26 numbers are held at once", accept + 1);
            assert_eq!(refused.to_string(), expected);
        }
    }
    let (circuit, readout) = scattered(1, 70);
    let refused = super::super::transition_probabilities(&circuit, &readout, &[0]).unwrap_err();
    assert_eq!(refused, SimulationError::TooManyOutcomes { bits: 70, inputs: 1 });
}

#[test]
fn tables_of_parts_stay_small() {
    let (circuit, readout) = scattered(8, 8);
    let inputs: Vec<usize> = (0..256).collect();
    let noise =
        NoiseModel { readout: ReadoutError { one_for_zero: 0.02, zero_for_one: 0.05 }, ..model(0.01, 0.0, 0.0) };
    let largest = std::cell::Cell::new(0);
    let p = by_parts(&circuit, &readout, &inputs, |reads, part, starts| {
        let table = Noisy::new(&circuit, &noise, &EXACTLY).unwrap().accepted(reads, part, starts);
        largest.set(largest.get().max(table.len()));
        table
    });
    let p = p.unwrap();
    assert_eq!((p.len(), largest.get()), (256 * 256, 2));
    assert_eq!(p, noisy_probabilities(&circuit, &readout, &inputs, &noise, &EXACTLY).unwrap());
    assert!((p.column(17).sum() - (0.5f64 * (0.98 + 0.05)).powi(8)).abs() < 1e-15);
}

#[test]
fn what_is_accepted_is_a_slice_of_the_words() {
    let (circuit, mut readout) = measured(random_circuit(5, 40, 13));
    readout.output = vec![4, 1];
    readout.accept = vec![(2, true), (0, false), (3, false)];
    let inputs: Vec<usize> = (0..32).collect();
    let noise =
        NoiseModel { readout: ReadoutError { one_for_zero: 0.02, zero_for_one: 0.05 }, ..model(0.03, 0.02, 0.01) };
    let words = noisy_words(&circuit, &readout, &inputs, &noise, &EXACTLY).unwrap();
    let p = noisy_probabilities(&circuit, &readout, &inputs, &noise, &EXACTLY).unwrap();
    assert!((words.rows(readout.accepted_word() << 2, 4) - p).amax() < 1e-15);
}

#[test]
fn updates_are_counted_part_by_part() {
    let noise = model(0.1, 0.0, 0.0);
    let many = Trajectories { count: 30, seed: 0 };
    let chain = |qubits: usize| {
        let mut circuit = Circuit::with_bits(12, 12);
        for q in 1..qubits {
            circuit.push(Gate::Cx, &[q - 1, q]);
        }
        circuit
    };
    // Qubits without gates are parts of their own, and cost nothing.
    assert_eq!(noisy_updates(&chain(3), 8, &noise, &many), 2.0 * 8.0 * 64.0);
    assert_eq!(noisy_updates(&chain(3), 5, &noise, &many), 2.0 * 5.0 * 64.0);
    assert_eq!(noisy_updates(&chain(10), 16, &noise, &many), 9.0 * 16.0 * CHOICE * 30.0 * 1024.0);
    assert_eq!(noisy_updates(&chain(10), 16, &NoiseModel::default(), &many), 0.0);
    let mut two = chain(3);
    two.push(Gate::Cz, &[4, 5]);
    assert_eq!(noisy_updates(&two, 8, &noise, &many), 2.0 * 8.0 * 64.0 + 4.0 * 16.0);
}

/// Four qubits in a row, no two alike, and a circuit on them in the gates of such a machine.
fn four() -> (MachineNoise, MachineNoise, Circuit) {
    use crate::target::{Figures, GateFigures, PairFigures, QubitFigures, ReadoutRates};
    let qubit = |k: usize| {
        let k = k as f64;
        Some(QubitFigures {
            t1: Some(4e-6 + 1e-6 * k),
            t2: Some(3e-6 + 2e-6 * k),
            readout: ReadoutRates { one_for_zero: 0.01 * k, zero_for_one: 0.03 + 0.01 * k },
            readout_length: None,
            gate: GateFigures { error: 0.01 + 0.002 * k, length: Some(3e-8 + 1e-9 * k) },
        })
    };
    let pair = |k: usize| {
        let gate = GateFigures { error: 0.02 + 0.01 * k as f64, length: Some(1e-7 + 2e-8 * k as f64) };
        ((k, k + 1), PairFigures { name: "cz".into(), gate })
    };
    let figures =
        Figures { qubits: (0..4).map(qubit).collect(), pairs: (0..3).map(pair).collect(), ..Figures::default() };
    let mut rng = rng(17);
    let mut circuit = Circuit::with_bits(4, 4);
    for layer in 0..5 {
        for q in 0..4 {
            circuit.push(Gate::Rz(rng.random_range(-3.0..3.0)), &[q]);
            circuit.push(Gate::Sx, &[q]);
        }
        (layer % 2..3).step_by(2).for_each(|q| _ = circuit.push(Gate::Cz, &[q + 1, q]));
    }
    (MachineNoise::new(figures.clone(), false), MachineNoise::new(figures, true), circuit)
}

#[test]
fn machines_have_errors_where_they_occur() {
    let (still, waiting, circuit) = four();
    let (circuit, readout) = measured(circuit);
    for noise in [&still, &waiting] {
        let table = noisy_words(&circuit, &readout, &[0, 5], noise, &EXACTLY).unwrap();
        for (column, state) in [0, 5].into_iter().enumerate() {
            let mut rho = Matrix::zeros(16, 16);
            rho[(state, state)] = Complex::ONE;
            let wanted = by_kraus(&circuit, noise, &rho);
            let mut wanted: Vec<f64> = (0..16).map(|s| wanted[(s, s)].re).collect();
            let errors = reading_errors(&circuit, &readout, noise).unwrap();
            errors.iter().enumerate().for_each(|(bit, error)| error.apply(&mut wanted, bit));
            (0..16).for_each(|s| assert!((wanted[s] - table[(s, column)]).abs() < 1e-12));
        }
    }
    // Rz is exact, √X has the error of its qubit, CZ that of its pair whichever way round.
    let steps = still.steps(&circuit).unwrap();
    assert_eq!((steps[0].depolarising, steps[0].damping[0]), (0.0, Default::default()));
    let infidelity = |step: &Step| {
        let damped: f64 = step.damping.iter().map(|own| own.entanglement_fidelity()).product();
        let d = step.damping.len() as i32;
        let entanglement = (1.0 + (1.0 - step.depolarising) * (4f64.powi(d) * damped - 1.0)) / 4f64.powi(d);
        1.0 - (2f64.powi(d) * entanglement + 1.0) / (2f64.powi(d) + 1.0)
    };
    for step in steps.iter().filter(|step| step.gate != Gate::Id && step.gate.axis(0) != Some(crate::circuit::Axis::Z))
    {
        let wanted = match step.qubits[..] {
            [q] => 0.01 + 0.002 * q as f64,
            [a, b] => 0.02 + 0.01 * a.min(b) as f64,
            _ => unreachable!(),
        };
        assert!((infidelity(step) - wanted).abs() < 1e-12, "{step:?}");
    }
    let mut other = Circuit::with_bits(4, 4);
    other.push(Gate::Cz, &[0, 2]);
    let refused = still.steps(&other).unwrap_err().to_string();
    assert!(refused.starts_with("gate 'cz' on qubits [0, 2]: the machine has no working gate there"), "{refused}");
}

#[test]
fn waits_fill_the_time_before_reading() {
    let (_, waiting, _) = four();
    let mut circuit = Circuit::with_bits(4, 4);
    for (gate, qubits) in [(Gate::X, &[0][..]), (Gate::X, &[2]), (Gate::Cz, &[0, 1]), (Gate::Cz, &[1, 2])] {
        circuit.push(gate, qubits);
    }
    let steps = waiting.steps(&circuit).unwrap();
    let waits: Vec<(usize, Damping)> =
        steps.iter().filter(|s| s.gate == Gate::Id).map(|s| (s.qubits[0], s.damping[0])).collect();
    // Qubit 0 waits for the second CZ, 1.2e-7 s long; qubit 2 begins as late as it can, and 1 from |0>.
    assert_eq!(waits, [(0, waiting.figures().waiting(0, 1.2e-7))]);
}

#[test]
fn columns_that_begin_differently_share_the_rest() {
    let (still, waiting, block) = four();
    let uniform = model(0.02, 0.03, 0.01);
    let noises: [&dyn Noise; 3] = [&still, &waiting, &uniform];
    let column = |m: usize| {
        let mut circuit = Circuit::with_bits(4, 4);
        (0..4).filter(|q| m >> q & 1 == 1).for_each(|q| _ = circuit.push(Gate::X, &[q]));
        circuit.append(&block, &[0, 1, 2, 3]);
        (0..4).for_each(|q| circuit.measure(q, q).unwrap());
        circuit
    };
    let circuits: Vec<Circuit> = (0..16).map(column).collect();
    let readout = Readout { input: vec![], output: vec![2, 0, 1], accept: vec![(3, false)] };
    for noise in noises {
        let table = noisy_columns(&circuits, &readout, noise, &EXACTLY).unwrap();
        for (k, circuit) in circuits.iter().enumerate() {
            let wanted = noisy_words(circuit, &readout, &[0], noise, &EXACTLY).unwrap();
            assert!((table.column(k) - wanted.column(0)).amax() < 1e-13);
        }
    }
    let (before, rest) = step::leading(still.steps(&circuits[6]).unwrap());
    assert_eq!((before.len(), rest.iter().filter(|s| s.qubits.len() == 2).count()), (2 + 8, 8));
}
