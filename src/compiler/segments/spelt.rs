//! The amplitudes of what the shots of a program of a segment may say, behind its state and behind its reference.

use crate::compiler::comparison::readout_of;
use crate::linalg::Complex;
use crate::qasm::{Program, Spelling};
use crate::signs::Signs;
use crate::simulator::{AcceptedOperator, Readout, SimulationError, sparse_amplitudes};
use std::f64::consts::FRAC_1_SQRT_2;

/// Amplitudes of a basis state that is accepted and spells a label.
#[derive(Clone, Debug)]
pub struct Spelt {
    /// What it spells.
    pub label: usize,
    /// From each entry of the state, dim of them.
    pub of_state: Vec<Complex>,
    /// From the reference; 0 where there is none.
    pub of_reference: Complex,
}

/// Of each sign, of a program that does not prepare its input. Where there is a reference, half of the state is its.
///
/// # Errors
/// If the circuit is too large to simulate.
///
/// # Panics
/// If the program is of no segment.
pub fn spelt_amplitudes(program: &Program) -> Result<Signs<Option<Vec<Spelt>>>, SimulationError> {
    let contract = &program.contract;
    let terms = contract.segment.as_ref().expect("a program of a segment");
    let share = if terms.sign.is_some() { FRAC_1_SQRT_2 } else { 1.0 };
    contract.signs.as_options().try_map_present(|read| {
        let mut readout = readout_of(read);
        let places = readout.input.len();
        readout.input.extend(terms.sign);
        if terms.encoding == Spelling::OneHot {
            return one_hot(program, &readout, contract.dim, share);
        }
        let reference = terms.reference.as_deref().unwrap_or(&[]);
        let operator = AcceptedOperator::of(&program.circuit, &readout)?;
        let spelt = operator.rows().map(|(label, row)| Spelt {
            label,
            of_state: row[..contract.dim].iter().map(|a| a * share).collect(),
            of_reference: reference.iter().enumerate().map(|(m, w)| row[(1 << places) + m] * (share * w)).sum(),
        });
        Ok(spelt.collect())
    })
}

/// A single one goes in, on the place of an entry or of the reference, and a single one comes out.
fn one_hot(program: &Program, readout: &Readout, dim: usize, share: f64) -> Result<Vec<Spelt>, SimulationError> {
    let inputs: Vec<u64> = (0..readout.input.len()).map(|m| Spelling::OneHot.word(m)).collect();
    let outcomes: Vec<u64> = (0..readout.output.len()).map(|c| Spelling::OneHot.word(c)).collect();
    let amplitudes = sparse_amplitudes(&program.circuit, readout, &inputs, &outcomes)? * Complex::from(share);
    let spelt = |label| Spelt {
        label,
        of_state: (0..dim).map(|m| amplitudes[(label, m)]).collect(),
        of_reference: if inputs.len() > dim { amplitudes[(label, dim)] } else { Complex::ZERO },
    };
    Ok((0..outcomes.len()).map(spelt).collect())
}
