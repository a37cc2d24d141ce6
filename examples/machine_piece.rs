//! A piece of a machine as a small file: some of its qubits and those nearest to them, with all their figures.
//!
//!     cargo run --example machine_piece -- props_boston.json,conf_boston.json 4,3,16,23,22,21,20 30 > boston-line.json

use hqrn::target::{Coupling, read_machine, write_machine};
use std::collections::BTreeSet;
use std::error::Error;

/// The qubits and their neighbours, theirs and so on, breadth first, until there are so many.
fn around(map: &Coupling, qubits: &[usize], most: usize) -> BTreeSet<usize> {
    let mut all: BTreeSet<usize> = qubits.iter().copied().collect();
    let mut edge = qubits.to_vec();
    while !edge.is_empty() && all.len() < most {
        let mut next = vec![];
        for near in edge.iter().flat_map(|q| map.neighbours(*q)) {
            if all.len() < most && all.insert(*near) {
                next.push(*near);
            }
        }
        edge = next;
    }
    all
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [files, qubits, most] = &arguments[..] else { return Err("expected FILES QUBITS COUNT".into()) };
    let texts = files.split(',').map(std::fs::read).collect::<Result<Vec<_>, _>>()?;
    let texts: Vec<&[u8]> = texts.iter().map(Vec::as_slice).collect();
    let machine = read_machine(&texts)?;
    let map = machine.coupling.as_ref().ok_or("every qubit is joined with every other: any of them are a piece")?;
    let qubits = qubits.split(',').map(str::parse).collect::<Result<Vec<usize>, _>>()?;
    if let Some(qubit) = qubits.iter().find(|q| !map.exists(**q)) {
        return Err(format!("there is no working qubit {qubit}").into());
    }
    let mut piece = machine.piece(&around(map, &qubits, most.parse()?));
    piece.name = format!("a piece of {}", machine.name).into();
    print!("{}", write_machine(&piece).ok_or("a machine without figures")?);
    Ok(())
}
