//! Whether the copies of a block's circuits in one program are apart: no gate leads from one to another.

use super::Contract;
use crate::circuit::{Circuit, components};
use std::collections::BTreeMap;

/// What two copies share, if they do: each must be what it is whatever the others do.
pub(super) fn check_copies(circuit: &Circuit, contract: &Contract) -> Option<String> {
    if contract.tile_count() == 1 {
        return None;
    }
    let mut copy_of = BTreeMap::new();
    for t in 0..contract.tile_count() {
        for (_, read) in contract.tile(t).signs.present() {
            let bits = read.output.iter().chain(read.accept.keys());
            let measured = bits.filter_map(|bit| circuit.writer_of(*bit));
            for qubit in read.input.iter().copied().chain(measured) {
                let first = *copy_of.entry(qubit).or_insert(t);
                if first != t {
                    return Some(format!("tiles {first} and {t} share qubit {qubit}"));
                }
            }
        }
    }
    components(circuit).into_iter().find_map(|part| {
        let mut copies = part.iter().filter_map(|qubit| Some((qubit, copy_of.get(qubit)?)));
        let (one, first) = copies.next()?;
        let (other, second) = copies.find(|(_, copy)| *copy != first)?;
        Some(format!("gates join qubit {one} of tile {first} to qubit {other} of tile {second}"))
    })
}
