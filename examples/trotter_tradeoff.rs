//! Error against CX of product formulas: every order of ours, Qiskit's, and exact synthesis, as an SVG.
//!
//!     cargo run --release --example trotter_tradeoff -- benches/trotter.svg
//!
//! Both panels show W_P of block 3 of circuits/digits.json, 16x16 its upper left corner. Qiskit's points are those that
//! benches/trotter_against_qiskit.py stored in benches/trotter_qiskit.json.

use hqrn::circuit::{Circuit, Cost};
use hqrn::encoding::{Contraction, Dilation};
use hqrn::network::read;
use hqrn::passes::simplify;
use hqrn::random::rng;
use hqrn::synthesis::exact::synthesise_dilation;
use hqrn::synthesis::trotter::{Formula, Target, TrotterOptions, synthesise_trotter};
use plotters::coord::Shift;
use plotters::prelude::*;
use rayon::prelude::*;
use std::error::Error;
use std::path::Path;

/// What is drawn, with the numbers of steps and the colour.
const FORMULAS: [(Formula, &[usize], RGBColor); 7] = [
    (Formula::Suzuki(1), &[1, 2, 4, 8, 16, 32, 64], RGBColor(120, 120, 120)),
    (Formula::Suzuki(2), &[1, 2, 4, 8, 16, 32], RGBColor(0, 114, 178)),
    (Formula::McLachlan, &[1, 2, 4, 8, 16], RGBColor(86, 180, 233)),
    (Formula::Suzuki(4), &[1, 2, 4, 8], RGBColor(213, 94, 0)),
    (Formula::Omelyan, &[1, 2, 4, 8], RGBColor(230, 159, 0)),
    (Formula::BlanesMoan(4), &[1, 2, 4, 8], RGBColor(0, 158, 115)),
    (Formula::Suzuki(6), &[1, 2], RGBColor(204, 121, 167)),
];

type Points = Vec<(f64, f64)>;

fn cx(mut circuit: Circuit) -> f64 {
    simplify(&mut circuit, 1e-14);
    Cost::of(&circuit).two_qubit_gates as f64
}

/// CX and error of one formula for each number of steps.
fn ours(dilation: &Dilation, formula: Formula, steps: &[usize]) -> Result<Points, Box<dyn Error + Send + Sync>> {
    let point = |&steps: &usize| {
        let options = TrotterOptions::default().with_target(Target::Steps { formula, steps });
        let trotter = synthesise_trotter(dilation, &options, &mut rng(0))?;
        Ok((cx(trotter.circuit), trotter.report.error))
    };
    steps.par_iter().map(point).collect()
}

/// Qiskit's points for one order.
fn theirs(stored: &serde_json::Value, side: usize, order: u64) -> Points {
    let curves = stored["curves"].as_array().into_iter().flatten();
    let points = curves.filter(|c| c["side"] == side).flat_map(|c| c["points"].as_array().into_iter().flatten());
    points.filter(|p| p["order"] == order).filter_map(|p| Some((p["cx"].as_f64()?, p["error"].as_f64()?))).collect()
}

fn colour(order: u64) -> RGBColor {
    let same = |f: &&(Formula, &[usize], RGBColor)| f.0 == Formula::Suzuki(order as u8);
    FORMULAS.iter().find(same).map_or(BLACK, |f| f.2)
}

fn panel(
    area: &DrawingArea<SVGBackend, Shift>,
    side: usize,
    stored: &serde_json::Value,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let network = read(Path::new(env!("CARGO_MANIFEST_DIR")).join("circuits/digits.json"))?;
    let weight = network.blocks[2].weight().view((0, 0), (side, side)).map(|w| w.max(0.0));
    let dilation = Contraction::encode(&weight, 0.0)?.dilation().clone();
    let exact = cx(synthesise_dilation(&dilation, &mut rng(0)));
    let widest = if side > 16 { 5e6 } else { 2e5 };
    let mut chart = ChartBuilder::on(area)
        .caption(format!("W_P of {side}x{side}, {} qubits", side.ilog2() + 1), ("sans-serif", 20))
        .margin(12)
        .x_label_area_size(44)
        .y_label_area_size(60)
        .build_cartesian_2d((exact / 40.0..widest).log_scale(), (1e-10..4.0).log_scale())?;
    chart
        .configure_mesh()
        .disable_mesh()
        .x_desc("CX gates of one sign")
        .y_desc("spectral error, measured")
        .x_label_formatter(&|x| power_of_ten(*x))
        .y_label_formatter(&|y| power_of_ten(*y))
        .label_style(("sans-serif", 14))
        .draw()?;
    line(
        &mut chart,
        vec![(exact, 1e-10), (exact, 4.0)],
        BLACK.stroke_width(2),
        &format!("exact synthesis: {exact} CX"),
    )?;
    for (formula, steps, colour) in FORMULAS {
        let points = ours(&dilation, formula, steps)?;
        chart.draw_series(points.iter().map(|p| Circle::new(*p, 3, colour.filled())))?;
        line(&mut chart, points, colour.stroke_width(2), &format!("hqrn {formula}"))?;
    }
    for order in [1, 2, 4, 6] {
        let points = theirs(stored, side, order);
        let colour = colour(order);
        chart.draw_series(points.iter().map(|p| Cross::new(*p, 4, colour.stroke_width(2))))?;
        let drawn = chart.draw_series(LineSeries::new(points, colour.mix(0.6).stroke_width(1)))?;
        drawn
            .label(format!("Qiskit, order {order}"))
            .legend(move |(x, y)| Cross::new((x + 9, y), 4, colour.stroke_width(2)));
    }
    chart.configure_series_labels().position(SeriesLabelPosition::LowerLeft).label_font(("sans-serif", 13)).draw()?;
    Ok(())
}

type LogChart<'a, 'b> = ChartContext<
    'a,
    SVGBackend<'b>,
    Cartesian2d<plotters::coord::combinators::LogCoord<f64>, plotters::coord::combinators::LogCoord<f64>>,
>;

fn line(
    chart: &mut LogChart,
    points: Points,
    style: ShapeStyle,
    name: &str,
) -> Result<(), Box<dyn Error + Send + Sync>> {
    let drawn = chart.draw_series(LineSeries::new(points, style))?.label(name);
    drawn.legend(move |(x, y)| PathElement::new(vec![(x, y), (x + 18, y)], style));
    Ok(())
}

/// 1e-3 or 1e5; plotters also labels what lies between, which would be too much.
fn power_of_ten(value: f64) -> String {
    format!("1e{:.0}", value.log10())
}

fn main() -> Result<(), Box<dyn Error + Send + Sync>> {
    let Some(out) = std::env::args().nth(1) else { return Err("expected the name of the SVG file to write".into()) };
    let stored = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/trotter_qiskit.json");
    let stored = serde_json::from_slice(&std::fs::read(stored)?)?;
    let root = SVGBackend::new(&out, (1240, 620)).into_drawing_area();
    root.fill(&WHITE)?;
    let (left, right) = root.split_horizontally(620);
    panel(&left, 16, &stored)?;
    panel(&right, 64, &stored)?;
    root.present()?;
    Ok(())
}
