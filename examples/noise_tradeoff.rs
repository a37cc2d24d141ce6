//! Disagreement against the error rate of two-qubit gates, at infinitely many shots: one block of a digits network on
//! noisy circuits, and all ten, as an SVG.
//!
//!     cargo run --release --example noise_tradeoff -- benches/noise.svg
//!
//! The circuits are those that hqrn-compile writes for circuits/digits.json; after every two-qubit gate its qubits are
//! depolarised. Takes two to three minutes on two cores.

use hqrn::circuit::Cost;
use hqrn::data::{Split, read_samples};
use hqrn::encoding::GammaRule;
use hqrn::network::{FirstStates, read, run_classically};
use hqrn::qasm::Program;
use hqrn::run::{BlockTransitions, Inputs, Shots, compile_all, run_quantum};
use hqrn::simulator::noise::{GateNoise, NoiseModel, Trajectories};
use plotters::prelude::*;
use std::error::Error;
use std::path::Path;

const RATES: [f64; 9] = [1e-6, 1e-5, 3e-5, 1e-4, 3e-4, 1e-3, 3e-3, 1e-2, 3e-2];

/// A name, the blocks that are noisy, and the colour.
const LINES: [(&str, std::ops::Range<usize>, RGBColor); 4] = [
    ("block 3 alone", 2..3, RGBColor(0, 158, 115)),
    ("block 6 alone", 5..6, RGBColor(230, 159, 0)),
    ("block 10 alone", 9..10, RGBColor(86, 180, 233)),
    ("all ten blocks", 0..10, RGBColor(0, 114, 178)),
];

fn main() -> Result<(), Box<dyn Error>> {
    let Some(out) = std::env::args().nth(1) else { return Err("expected the name of the SVG file to write".into()) };
    let circuits = Path::new(env!("CARGO_MANIFEST_DIR")).join("circuits");
    let network = read(circuits.join("digits.json"))?;
    let samples = read_samples(&circuits.join("digits.csv.gz"), None, Some(network.input_dim()), Split::Test)?;
    let first = FirstStates::of(&network, &samples.inputs).states;
    let classical = run_classically(&network, &first).labels;
    let programs = compile_all(&network, GammaRule::Own)?;
    let ideal: Vec<BlockTransitions> = network
        .blocks
        .iter()
        .map(|b| BlockTransitions::of_weights(b, GammaRule::Own, Inputs::Diagonal))
        .collect::<Result<_, _>>()?;
    let mut curves = vec![vec![]; LINES.len()];
    for rate in RATES {
        let noise =
            NoiseModel { two_qubit: GateNoise { depolarising: rate, ..GateNoise::default() }, ..NoiseModel::default() };
        let noisy = |(block, programs): (_, &Vec<Program>)| {
            let programs: Vec<&Program> = programs.iter().collect();
            let trajectories = Trajectories { count: 1, seed: 0 };
            BlockTransitions::of_noisy_programs(&programs, block, &noise, &trajectories, false)
        };
        let noisy: Vec<BlockTransitions> = network.blocks.iter().zip(&programs).map(noisy).collect::<Result<_, _>>()?;
        for (curve, (name, blocks, _)) in curves.iter_mut().zip(&LINES) {
            let tables: Vec<BlockTransitions> =
                (0..ideal.len()).map(|k| if blocks.contains(&k) { &noisy[k] } else { &ideal[k] }.clone()).collect();
            let labels = run_quantum(&network, &tables, &first, Shots::Infinite, 0).labels;
            let changed = labels.iter().zip(&classical).filter(|(a, b)| a != b).count();
            let share = 100.0 * changed as f64 / labels.len() as f64;
            println!("{name}, rate {rate:.0e}: {share:.2} % of labels change");
            curve.push((rate, share));
        }
    }
    let cx = |blocks: &std::ops::Range<usize>| -> usize {
        programs[blocks.clone()].iter().flatten().map(|p| Cost::of(&p.circuit).two_qubit_gates).sum()
    };
    let root = SVGBackend::new(&out, (760, 500)).into_drawing_area();
    root.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&root)
        .caption("Digits, infinitely many shots, depolarised two-qubit gates", ("sans-serif", 20))
        .margin(14)
        .x_label_area_size(48)
        .y_label_area_size(60)
        .build_cartesian_2d((RATES[0]..RATES[RATES.len() - 1]).log_scale(), 0.0..100.0)?;
    chart
        .configure_mesh()
        .disable_mesh()
        .x_desc("depolarising rate of a two-qubit gate")
        .y_desc("labels that change, %")
        .x_label_formatter(&|x| format!("1e{:.0}", x.log10()))
        .label_style(("sans-serif", 14))
        .draw()?;
    for ((name, blocks, colour), points) in LINES.iter().zip(curves) {
        chart.draw_series(points.iter().map(|p| Circle::new(*p, 3, colour.filled())))?;
        let style = colour.stroke_width(2);
        let drawn = chart.draw_series(LineSeries::new(points, style))?;
        drawn
            .label(format!("{name}, {} CX", cx(blocks)))
            .legend(move |(x, y)| PathElement::new(vec![(x, y), (x + 18, y)], style));
    }
    chart.configure_series_labels().position(SeriesLabelPosition::UpperLeft).label_font(("sans-serif", 14)).draw()?;
    root.present()?;
    Ok(())
}
