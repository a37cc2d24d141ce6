//! Criterion benches of each station of the pipeline, on a generic 64x64 sign (7 qubits).

use criterion::{Criterion, criterion_group, criterion_main};
use hqrn::circuit::{Circuit, Cost, Gate};
use hqrn::compiler::{Check, CompileOptions, compile_and_measure};
use hqrn::encoding::{Contraction, Dilation};
use hqrn::linalg::random_unitary;
use hqrn::linalg::{Complex, Matrix, RealMatrix};
use hqrn::network::read_bytes;
use hqrn::passes::simplify;
use hqrn::qasm::{self, Contract, Program};
use hqrn::random::rng;
use hqrn::simulator::{Readout, transition_probabilities, unitary_of};
use hqrn::synthesis::exact::{synthesise_dilation, synthesise_unitary};
use hqrn::synthesis::trotter::{PauliSum, TrotterOptions, synthesise_trotter};
use rand::RngExt;
use std::hint::black_box;

fn stages(c: &mut Criterion) {
    let mut random = rng(1);
    let weight = RealMatrix::from_fn(64, 64, |_, _| random.random_range(-1.0..1.0));
    let positive = weight.map(|w| w.max(0.0));
    let contraction = Contraction::encode(&positive, 0.0).unwrap();
    let dilation = Dilation::of(contraction.matrix());
    let raw = synthesise_dilation(&dilation, &mut rng(2));
    let mut circuit = raw.clone();
    simplify(&mut circuit, 1e-14);
    let rows: Vec<Vec<f64>> = weight.row_iter().map(|r| r.iter().copied().collect()).collect();
    let network = read_bytes(serde_json::to_string(&rows).unwrap().as_bytes(), "bench").unwrap();
    let options = CompileOptions::default();
    let report = compile_and_measure(&network, 1, &options, None).unwrap();
    let text = report.programs[0].text.clone();
    let program = qasm::read(&text).unwrap();
    let mut measured = Circuit::with_bits(7, 7);
    measured.append(&circuit, &[0, 1, 2, 3, 4, 5, 6]);
    (0..7).for_each(|q| measured.measure(q, q).unwrap());
    let readout = Readout { input: (0..6).collect(), output: (0..6).collect(), accept: vec![(6, false)] };
    let inputs: Vec<usize> = (0..64).collect();

    let mut group = c.benchmark_group("sign of 64x64");
    group.sample_size(20);
    group.bench_function("encode", |b| b.iter(|| Contraction::encode(black_box(&positive), 0.0)));
    group.bench_function("dilate", |b| b.iter(|| Dilation::of(black_box(contraction.matrix()))));
    group.bench_function("synthesise", |b| b.iter(|| synthesise_dilation(black_box(&dilation), &mut rng(2))));
    group.bench_function("simplify", |b| {
        b.iter_batched_ref(|| raw.clone(), |circuit| simplify(circuit, 1e-14), criterion::BatchSize::LargeInput);
    });
    group.bench_function("cost", |b| b.iter(|| Cost::of(black_box(&circuit))));
    group.bench_function("simulate", |b| b.iter(|| transition_probabilities(black_box(&measured), &readout, &inputs)));
    group.finish();

    let mut group = c.benchmark_group("block of 64x64, both signs");
    group.sample_size(20);
    group.bench_function("write", |b| b.iter(|| qasm::write(black_box(&program))));
    group.bench_function("read", |b| b.iter(|| qasm::read(black_box(&text))));
    group.bench_function("compile and verify", |b| {
        b.iter(|| compile_and_measure(&network, 1, &options, Some(&Check::all(1e-9))))
    });
    group.finish();

    let mut group = c.benchmark_group("trotter, sign of 64x64");
    group.sample_size(10);
    let options = TrotterOptions::default();
    group.bench_function("synthesise to 1e-3", |b| {
        b.iter(|| synthesise_trotter(black_box(&dilation), &options, &mut rng(4)))
    });
    for qubits in [7, 9, 11] {
        let side = 1 << qubits;
        let generator = Matrix::from_fn(side, side, |i, j| {
            let entry = |i: usize, j: usize| ((i * 31 + j * 17) as f64).sin();
            Complex::new(entry(i, j) + entry(j, i), entry(i, j) - entry(j, i))
        });
        group.bench_function(format!("{qubits}-qubit matrix to Pauli strings"), |b| {
            b.iter(|| PauliSum::of_hermitian(black_box(&generator)))
        });
    }
    group.finish();

    let mut group = c.benchmark_group("unitary");
    group.sample_size(20);
    for k in [4usize, 6] {
        let u = random_unitary(1 << k, &mut random);
        group.bench_function(format!("synthesise {k} qubits"), |b| {
            b.iter(|| synthesise_unitary(black_box(&u), &mut rng(3)))
        });
        let circuit = synthesise_unitary(&u, &mut rng(3)).unwrap();
        group.bench_function(format!("simulate {k} qubits"), |b| b.iter(|| unitary_of(black_box(&circuit))));
    }
    group.finish();
}

/// A million gate lines, two fifths of them with three angles.
fn scale(c: &mut Criterion) {
    let mut circuit = Circuit::with_bits(8, 8);
    for i in 0..1_000_000usize {
        let angle = (i as f64).sin();
        match i % 5 {
            0 | 1 => circuit.push(Gate::U3(angle, 2.0 * angle, -angle), &[i % 8]),
            2 => circuit.push(Gate::Ry(angle), &[i % 8]),
            _ => circuit.push(Gate::Cx, &[i % 8, (i + 3) % 8]),
        };
    }
    (0..8).for_each(|q| circuit.measure(q, q).unwrap());
    let contract = r#"{"version":1,"network":"n","block":1,"dim":4,"method":"exact","plus":{"gamma":1.0,"input":[0,1],"output":[0,1],"accept":{}},"minus":null}"#;
    let program = Program::new(circuit, Contract::from_json(contract, 8, 8).unwrap());
    let text = qasm::write(&program);
    let mut group = c.benchmark_group("a million gate lines");
    group.sample_size(10);
    group.bench_function("write", |b| b.iter(|| qasm::write(black_box(&program))));
    group.bench_function("parse", |b| b.iter(|| qasm::parse(black_box(&text))));
    group.bench_function("read into a circuit", |b| b.iter(|| qasm::read(black_box(&text))));
    group.finish();
}

criterion_group!(benches, stages, scale);
criterion_main!(benches);
