//! What choosing qubits by their figures is worth: 128 CZ on a line of seven, on every line of a machine.
//!
//!     cargo run --release --example placements -- props_boston.json,conf_boston.json ...

use hqrn::circuit::{Circuit, Gate};
use hqrn::lowering::{Layout, place, placements, tiles};
use hqrn::target::read_machine;
use std::error::Error;
use std::time::Instant;

/// Qubits of the line, and gates on it.
const QUBITS: usize = 7;
const GATES: usize = 128;

/// Gates on neighbours, in layers, each between rotations, and all qubits read.
fn brickwork() -> Circuit {
    let mut circuit = Circuit::with_bits(QUBITS, QUBITS);
    (0..QUBITS).for_each(|q| _ = circuit.push(Gate::Ry(0.3 + q as f64), &[q]));
    let places = (0..).flat_map(|layer| (layer % 2..QUBITS - 1).step_by(2)).take(GATES);
    for (k, q) in places.enumerate() {
        circuit.push(Gate::Cz, &[q, q + 1]);
        for side in [q, q + 1] {
            circuit.push(Gate::Rz(0.1 + k as f64), &[side]);
            circuit.push(Gate::Ry(0.2 + k as f64), &[side]);
        }
    }
    (0..QUBITS).for_each(|q| circuit.measure(q, q).expect("each is measured once"));
    circuit
}

fn main() -> Result<(), Box<dyn Error>> {
    let circuit = brickwork();
    let mut recovered = vec![];
    println!("machine          lines     ms   best  median    mean  recovered  tiles  the best line");
    for files in std::env::args().skip(1) {
        let texts = files.split(',').map(std::fs::read).collect::<Result<Vec<_>, _>>()?;
        let texts: Vec<&[u8]> = texts.iter().map(Vec::as_slice).collect();
        let machine = read_machine(&texts)?;
        let start = Instant::now();
        let placed = place(&circuit, &machine, &Layout::Best, 0, 0.0)?;
        let seconds = start.elapsed().as_secs_f64();
        let all = placements(&circuit, &machine)?;
        let survive: Vec<f64> = all.iter().map(|(_, survival)| survival.total()).collect();
        let mean = survive.iter().sum::<f64>() / survive.len() as f64;
        let share = (survive[0] - mean) / (1.0 - mean);
        recovered.push(share);
        println!(
            "{:15} {:6} {:6.1} {:6.3}  {:6.3}  {mean:6.3}  {:8.1}%  {:5}  {:?}{}",
            machine.name,
            all.len(),
            1e3 * seconds,
            survive[0],
            survive[survive.len() / 2],
            100.0 * share,
            tiles(&circuit, &machine, usize::MAX)?.len(),
            placed.layout,
            if placed.proved { "" } else { " (not proved)" }
        );
    }
    println!("mean: {:.1}% of the missing fidelity", 100.0 * recovered.iter().sum::<f64>() / recovered.len() as f64);
    Ok(())
}
