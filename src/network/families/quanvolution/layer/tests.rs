//! Layers against state vectors, the closed form of depth 1, and numbers worked out elsewhere.

use super::*;
use crate::circuit::{Circuit, Gate};
use crate::linalg::RealMatrix;
use crate::network::Affine;
use crate::network::families::quanvolution::{Head, Image, Quanvolution, Shape, Step, Stream, random_steps};
use crate::random::rng;
use crate::simulator::unitary_of;
use rand::RngExt;

/// `3 sin(1.3 k + 0.4)`, row by row: angles that anyone can write down.
fn known_angles(depth: usize, offset: f64) -> Vec<[f64; QUBITS]> {
    let angle = |k: usize| 3.0 * (1.3 * k as f64 + 0.4 + offset).sin();
    (0..depth).map(|row| std::array::from_fn(|q| angle(QUBITS * row + q))).collect()
}

fn layer(angles: Vec<[f64; QUBITS]>, axis: Axis, reupload: bool) -> Layer {
    Layer::new(Ansatz::Rows(Rows { angles, axis, reupload }))
}

/// `<Z>` of all four qubits, by the state vector of a circuit written out gate by gate.
fn simulated(layer: &Layer, x: [f64; QUBITS]) -> [f64; QUBITS] {
    let mut circuit = Circuit::new(QUBITS);
    let encode = |circuit: &mut Circuit| (0..QUBITS).for_each(|q| _ = circuit.push(Gate::Ry(layer.scale * x[q]), &[q]));
    let turn = |circuit: &mut Circuit, axis, q: usize, angle| {
        let gate = match axis {
            Axis::X => Gate::Rx(angle),
            Axis::Y => Gate::Ry(angle),
            Axis::Z => Gate::Rz(angle),
        };
        circuit.push(gate, &[q]);
    };
    match &layer.ansatz {
        Ansatz::Rows(rows) => {
            for (d, row) in rows.angles.iter().enumerate() {
                if d == 0 || rows.reupload {
                    encode(&mut circuit);
                }
                row.iter().enumerate().for_each(|(q, &angle)| turn(&mut circuit, rows.axis, q, angle));
                (1..QUBITS).for_each(|q| _ = circuit.push(Gate::Cx, &[q - 1, q]));
            }
        }
        Ansatz::Gates(steps) => {
            encode(&mut circuit);
            for step in steps {
                match *step {
                    Step::Turn(axis, q, angle) => turn(&mut circuit, axis, q, angle),
                    Step::Cx(a, b) => _ = circuit.push(Gate::Cx, &[a, b]),
                    Step::Cz(a, b) => _ = circuit.push(Gate::Cz, &[a, b]),
                }
            }
        }
    }
    let state = unitary_of(&circuit);
    let sign = |n: usize, q: usize| if (n >> q) & 1 == 0 { 1.0 } else { -1.0 };
    std::array::from_fn(|q| (0..16).map(|n| sign(n, q) * state[(n, 0)].norm_sqr()).sum())
}

/// What a layer makes of one patch, a number a channel.
fn measured(layer: &Layer, x: [f64; QUBITS]) -> Vec<f64> {
    let network = Quanvolution {
        name: "patch".into(),
        image: Image { height: 2, width: 2, divide: 1.0, scale: 1.0 },
        layers: vec![layer.clone()],
        head: Head::Classical(Affine { weight: RealMatrix::zeros(1, layer.read.channels()), bias: vec![0.0] }),
    };
    network.streams(&x)[1].pixels.clone()
}

#[test]
fn layers_are_what_their_circuits_measure() {
    let mut rng = rng(5);
    let mut layers = vec![];
    for (axis, reupload) in
        [Axis::X, Axis::Y, Axis::Z].into_iter().flat_map(|axis| [false, true].map(|again| (axis, again)))
    {
        for depth in 1..=4 {
            let angles = (0..depth).map(|_| std::array::from_fn(|_| rng.random_range(-3.2..3.2))).collect();
            layers.push(layer(angles, axis, reupload));
        }
    }
    for _ in 0..20 {
        layers.push(Layer::new(Ansatz::Gates(random_steps(30, &mut rng))));
    }
    layers.push(Layer::new(Ansatz::Gates(vec![])));
    for layer in layers.into_iter().map(|layer| Layer { scale: 0.7, ..layer }) {
        for _ in 0..5 {
            let x = std::array::from_fn(|_| rng.random_range(-4.0..4.0));
            let z = simulated(&layer, x);
            let mean = z.iter().sum::<f64>() / 4.0;
            for (read, wanted) in [(Read::All, z.to_vec()), (Read::Mean, vec![mean]), (Read::Qubit(2), vec![z[2]])] {
                let got = measured(&Layer { read, ..layer.clone() }, x);
                assert_eq!(got.len(), read.channels());
                let close = got.iter().zip(&wanted).all(|(a, b)| (a - b).abs() < 1e-13);
                assert!(close, "{layer:?} {read:?}: {got:?} {wanted:?}");
            }
            let all = layer.expectations(&[[0.0; QUBITS], x.map(|x| 0.7 * x)])[1];
            assert!(all.iter().zip(&z).all(|(a, b)| (a - b).abs() < 1e-13), "{layer:?}: {all:?} {z:?}");
            if let Some(tables) = layer.tables() {
                assert!((tables[0].value(x.map(|x| 0.7 * x)) - mean).abs() < 1e-13);
            }
        }
    }
}

#[test]
fn one_row_is_a_product_of_cosines() {
    let (angles, x) = (known_angles(1, 0.0), [0.3, -1.1, 2.0, 0.7]);
    let got = measured(&Layer { read: Read::All, ..Layer::of_rows(angles.clone()) }, x);
    let mut product = 1.0;
    for q in 0..QUBITS {
        product *= angles[0][q].cos() * x[q].cos();
        assert!((got[q] - product).abs() < 1e-15, "{q}");
    }
}

#[test]
fn tables_of_generic_angles_have_few_numbers() {
    for (depth, wanted) in [(1, 4), (2, 14), (3, 16), (4, 32)] {
        let tables = Layer { read: Read::All, ..Layer::of_rows(known_angles(depth, 0.0)) }.tables().unwrap();
        let count = tables.iter().flat_map(|t| t.coefficients()).filter(|t| t.abs() > 1e-12).count();
        assert_eq!(count, wanted, "{depth}");
    }
}

/// Computed by state vectors and traces in another language.
#[test]
fn known_numbers() {
    let layer = Layer { read: Read::All, ..Layer::of_rows(known_angles(4, 0.0)) };
    let tables = layer.tables().unwrap();
    for (channel, at, wanted) in [
        (0, 54, 0.0791898314936634),
        (0, 63, -0.5556255813014754),
        (1, 18, -0.6740587352626265),
        (1, 45, 0.12587213958672017),
        (2, 6, 0.10434785563100857),
        (2, 33, -0.32886567636863273),
        (3, 2, 0.02613105946498624),
        (3, 29, -0.5368090718749216),
    ] {
        let got = tables[channel].coefficients()[at];
        assert!((got - wanted).abs() < 1e-14, "{channel} {at}: {got}");
    }
    let wanted = [0.5085977208882827, -0.3353689905440897, 0.14442876306590893, -0.4004890000695599];
    let got = measured(&layer, [0.3, -1.1, 2.0, 0.7]);
    assert!(got.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-14), "{got:?}");
}

#[test]
fn angles_of_zero_leave_a_chain() {
    for depth in 1..=3 {
        let layer = Layer { read: Read::All, ..Layer::of_rows(vec![[0.0; QUBITS]; depth]) };
        let x = [0.4, 1.0, -0.3, 2.5];
        let (got, wanted) = (measured(&layer, x), simulated(&layer, x));
        assert!(got.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-15), "{depth}");
        // An image of zeros is |0000>, which the chain leaves alone.
        assert_eq!(measured(&layer, [0.0; QUBITS]), [1.0; QUBITS]);
    }
}

#[test]
fn rounds_are_the_gates_behind_each_encoding() {
    for (axis, reupload) in [(Axis::X, false), (Axis::Y, true)] {
        let rounds = layer(known_angles(3, 0.0), axis, reupload).ansatz.rounds();
        assert_eq!(rounds.len(), if reupload { 3 } else { 1 });
        let steps = rounds.concat();
        assert_eq!(steps.len(), 21);
        assert_eq!(steps[7..11], [0, 1, 2, 3].map(|q| Step::Turn(axis, q, known_angles(3, 0.0)[1][q])));
        assert_eq!(steps[18..], [Step::Cx(0, 1), Step::Cx(1, 2), Step::Cx(2, 3)]);
    }
}

#[test]
fn patches_of_a_stream_go_channel_by_channel_and_row_by_row() {
    let shape = Shape { channels: 2, height: 3, width: 2 };
    let stream = Stream { shape, pixels: (0..12).map(f64::from).collect() };
    let patches = Layer { scale: 2.0, ..Layer::of_rows(vec![[0.0; QUBITS]]) }.patches(&stream);
    let wanted = [[0, 2, 4, 6], [8, 10, 0, 0], [12, 14, 16, 18], [20, 22, 0, 0]];
    assert_eq!(patches, wanted.map(|patch| patch.map(f64::from)));
}
