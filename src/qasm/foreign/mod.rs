//! Programs that came back from another client: what it wrote after transpiling, in OpenQASM 2 or 3.
//!
//! [`parse`](super::parse) reads what we write and refuses the rest. This reads the rest: angles as expressions, several
//! registers, qubits of a machine, gates that the text defines, measurements of whole registers. What the bits mean is in
//! the contract, which such a text has lost: it comes from the program as it was sent. What is not understood is
//! refused with its place; nothing is guessed.

mod expression;
mod gates;
mod statements;
mod stream;
mod tokens;

use super::{AnyProgram, HeadContract, HeadProgram, LayerContract, LayerProgram, Program, ProgramError};
use crate::circuit::{Circuit, Template};
use crate::signs::Sign;

/// Why some programs are not looked for in what a client made of them.
const WITH_INPUTS: &str = "the original has inputs, whose angles clients write as they like";

/// Reads a program that a client made from `original`, whose contract it keeps to. `layout[i]` is where qubit i of the
/// original is now; without it all are where they were. Of a program that prepares its input only bits count.
///
/// # Errors
/// What is not understood, a number of bits that is not the contract's, qubits that are not there, gates behind a
/// measurement.
pub fn read_foreign(text: &str, original: &Program, layout: Option<&[usize]>) -> Result<Program, ProgramError> {
    if original.contract.columns.is_some() {
        return Err(whole(WITH_INPUTS.into()));
    }
    let found = statements::read(text)?;
    let (bits, mut contract) = (original.circuit.bit_count(), original.contract.clone());
    let moved = found.qubits != original.circuit.qubit_count() || (found.physical && !contract.physical);
    let prepares = contract.prepares();
    if moved && layout.is_none() && !prepares {
        let (now, before) = (found.qubits, original.circuit.qubit_count());
        return Err(whole(format!("{now} qubits, {before} in the original: say where those are now with --layout")));
    }
    contract.physical = false;
    let place = |qubit: usize, what: &str| {
        let moved = layout.map_or(Some(qubit), |layout| layout.get(qubit).copied());
        let qubits = found.qubits;
        let missing = || whole(format!("--layout has no qubit below {qubits} for {what}"));
        moved.filter(|q| *q < qubits || prepares).ok_or_else(missing)
    };
    for (sign, read) in contract.signs.present_mut() {
        for qubit in &mut read.input {
            *qubit = place(*qubit, &format!("input qubit {qubit} of {}", Sign::name(sign)))?;
        }
    }
    for tile in &mut contract.tiles {
        for (sign, places) in tile.signs.present_mut() {
            for qubit in &mut places.input {
                *qubit = place(*qubit, &format!("input qubit {qubit} of {}", Sign::name(sign)))?;
            }
        }
    }
    if let Some(qubit) = contract.segment.as_mut().and_then(|segment| segment.sign.as_mut()) {
        *qubit = place(*qubit, &format!("the sign's qubit {qubit}"))?;
    }
    Ok(Program::new(circuit_of(&found, bits)?, contract))
}

/// The same of a program of any kind. Layers of fixed pixels and heads say by bits alone what they read, so that it does not
/// matter where their qubits are now.
///
/// # Errors
/// As [`read_foreign`], and an original that is a layer with inputs or a segment of an amplitude network.
pub fn read_any_foreign(
    text: &str,
    original: &AnyProgram,
    layout: Option<&[usize]>,
) -> Result<AnyProgram, ProgramError> {
    let bits = original.circuit().bit_count();
    let circuit = || circuit_of(&statements::read(text)?, bits);
    Ok(match original {
        AnyProgram::Block(program) => AnyProgram::Block(Box::new(read_foreign(text, program, layout)?)),
        AnyProgram::Segment(program) => AnyProgram::Segment(Box::new(read_foreign(text, program, layout)?)),
        AnyProgram::Layer(program) if !program.contract.is_fixed() => {
            return Err(whole(format!("{WITH_INPUTS}: expected fixed pixels")));
        }
        AnyProgram::Layer(program) => {
            let contract = LayerContract { physical: false, ..program.contract.clone() };
            let template = Template::new(circuit()?, vec![]);
            AnyProgram::Layer(Box::new(LayerProgram { template, contract }))
        }
        AnyProgram::Head(program) => {
            let contract = HeadContract { physical: false, ..program.contract.clone() };
            AnyProgram::Head(Box::new(HeadProgram { circuit: circuit()?, contract }))
        }
    })
}

/// What is wrong with a text as a whole.
fn whole(message: String) -> ProgramError {
    ProgramError::Statement { at: super::Position { line: 1, column: 1 }, message }
}

/// The gates and measurements of a text as those of a program that reads so many bits.
fn circuit_of(found: &statements::Reading, bits: usize) -> Result<Circuit, ProgramError> {
    let places = bit_places(&found.bits, bits)
        .ok_or_else(|| whole(format!("{} bits, the contract's program reads {bits}", found.bits.len())))?;
    let mut circuit = Circuit::with_bits(found.qubits.max(1), bits);
    let mut measured = found.measured.iter().peekable();
    for (i, (gate, qubits, at)) in found.gates.iter().enumerate() {
        while let Some((qubit, bit, at, _)) = measured.next_if(|(.., before)| *before <= i) {
            let done = circuit.measure(*qubit, places[*bit]);
            done.map_err(|error| ProgramError::Statement { at: *at, message: error.to_string() })?;
        }
        let pushed = circuit.try_push(*gate, &qubits[..gate.arity()]).map(drop);
        pushed.map_err(|error| ProgramError::Statement { at: *at, message: error.to_string() })?;
    }
    for (qubit, bit, at, _) in measured {
        let done = circuit.measure(*qubit, places[*bit]);
        done.map_err(|error| ProgramError::Statement { at: *at, message: error.to_string() })?;
    }
    match (0..bits).find(|&bit| circuit.writer_of(bit).is_none()) {
        Some(bit) => Err(whole(format!("bit {bit} is never written"))),
        None => Ok(circuit),
    }
}

/// Which bit of the contract each bit of a text is: in order, or by the number that ends the name of every one-bit register.
fn bit_places(names: &[String], bits: usize) -> Option<Vec<usize>> {
    if names.len() != bits {
        return None;
    }
    let number = |name: &String| {
        let digits = name.len() - name.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        name[name.len() - digits..].parse::<usize>().ok()
    };
    let numbers: Vec<usize> = names.iter().filter_map(number).collect();
    let mut sorted = numbers.clone();
    sorted.sort_unstable();
    Some(if sorted.into_iter().eq(0..bits) { numbers } else { (0..bits).collect() })
}

#[cfg(test)]
mod tests;
