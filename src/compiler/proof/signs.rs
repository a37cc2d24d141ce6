//! What a program gives for its signs, each circuit enclosed once.

use crate::compiler::comparison::readout_of;
use crate::qasm::{Program, SignContract};
use crate::signs::{Sign, Signs};
use crate::simulator::{EnclosedAmplitudes, Readout, SimulationError};

/// For each sign that a program has its γ and what is accepted in one copy, by a way to simulate what is read.
pub(super) fn each_sign(
    program: &Program,
    tile: usize,
    simulate: impl Fn(&Readout) -> Result<EnclosedAmplitudes, SimulationError>,
) -> Result<Vec<(Sign, f64, EnclosedAmplitudes)>, SimulationError> {
    let contract = program.contract.tile(tile);
    let Some(both) = contract.signs.as_options().both().filter(|_| contract.joint()) else {
        let one = |(sign, read): (Sign, &SignContract)| Ok((sign, read.gamma, simulate(&readout_of(read))?));
        return contract.signs.present().map(one).collect();
    };
    let Signs { plus, minus } = both.map(readout_of);
    // What both must read is read once; what tells them apart is spelt, above the rest.
    let (common, plus_alone): (Vec<_>, Vec<_>) = plus.accept.iter().partition(|of| minus.accept.contains(of));
    let minus_alone: Vec<_> = minus.accept.iter().filter(|of| !plus.accept.contains(of)).copied().collect();
    let spelt = plus.output.len();
    let mut output = plus.output;
    for (bit, _) in plus_alone.iter().chain(&minus_alone) {
        if !output[spelt..].contains(bit) {
            output.push(*bit);
        }
    }
    let place = |bit: usize| spelt + output[spelt..].iter().position(|b| *b == bit).expect("every bit was taken in");
    let places = Signs { plus: plus_alone, minus: minus_alone }
        .map(|of| of.into_iter().map(|(bit, value)| (place(bit), value)).collect::<Vec<_>>());
    let amplitudes = simulate(&Readout { input: plus.input, output: output.clone(), accept: common })?;
    let one = |(sign, read): (Sign, &Vec<(usize, bool)>)| (sign, both[sign].gamma, amplitudes.reading(read, spelt));
    Ok(places.iter().map(one).collect())
}
