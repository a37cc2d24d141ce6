//! What the shots of a program say of real states: forms in the amplitudes of the state, from the circuit's own.
//!
//! With amplitudes A of what is accepted and spells c, rows r, behind input ψ (and R behind the reference alone),
//! `p_c(ψ) = Σ_r |A_r ψ + R_r|²` is a quadratic form, a linear one and a constant. Coefficients that agree say that
//! probabilities agree for every real state, superpositions included.

use super::spelt::{Spelt, spelt_amplitudes};
use crate::compiler::comparison::readout_of;
use crate::linalg::{Complex, RealMatrix};
use crate::qasm::{Program, Spelling};
use crate::simulator::{Readout, SimulationError, sparse_amplitudes, transition_probabilities};

/// `Σ_signs ± gamma p±_c(ψ) = ψ^T Q_c ψ + L_c ψ + constant_c`, and the same of `p+ + p-`, for each c that can be spelt.
pub(super) struct Forms {
    /// Q, dim x dim each.
    pub square: Vec<RealMatrix>,
    /// L: a row for each c, dim columns.
    pub linear: RealMatrix,
    /// The constants.
    pub constant: Vec<f64>,
    /// The diagonal of the form of all that is accepted, which is p+ + p- at each basis state where it has no linear part.
    pub accepted: Vec<f64>,
    /// The part of it that is the reference's.
    pub of_reference: f64,
    /// The gamma of both signs.
    pub gamma: f64,
}

impl Forms {
    /// Of a program that does not prepare its input.
    ///
    /// # Errors
    /// If the circuit is too large to simulate.
    pub fn of(program: &Program) -> Result<Forms, SimulationError> {
        let dim = program.contract.dim;
        let contract = &program.contract;
        let spelling = contract.spelling();
        let places = contract.signs.present().map(|(_, read)| spelling.capacity(read.output.len()));
        let spellable = places.max().unwrap_or(1);
        let mut forms = Forms {
            square: vec![RealMatrix::zeros(dim, dim); spellable],
            linear: RealMatrix::zeros(spellable, dim),
            constant: vec![0.0; spellable],
            accepted: vec![0.0; dim],
            of_reference: 0.0,
            gamma: contract.gamma(),
        };
        for (sign, spelt) in spelt_amplitudes(program)?.iter() {
            let gamma = contract.signs[sign].as_ref().map_or(0.0, |read| read.gamma);
            for Spelt { label, of_state, of_reference } in spelt.iter().flatten() {
                forms.add(*label, sign.factor() * gamma, of_state, *of_reference);
            }
        }
        Ok(forms)
    }

    fn add(&mut self, c: usize, factor: f64, of_state: &[Complex], of_reference: Complex) {
        for (m, a) in of_state.iter().enumerate() {
            self.linear[(c, m)] += 2.0 * factor * (a * of_reference.conj()).re;
            self.accepted[m] += a.norm_sqr() + of_reference.norm_sqr();
            for (k, b) in of_state.iter().enumerate() {
                self.square[c][(m, k)] += factor * (a * b.conj()).re;
            }
        }
        self.of_reference += of_reference.norm_sqr();
        self.constant[c] += factor * of_reference.norm_sqr();
    }
}

/// `Σ_signs ± gamma p±_c` of a program that prepares its input, for each c that can be spelt.
///
/// # Errors
/// If the circuit is too large to simulate.
pub(super) fn prepared(program: &Program) -> Result<Vec<f64>, SimulationError> {
    let spelling = program.contract.spelling();
    let mut sum: Vec<f64> = vec![];
    for (sign, read) in program.contract.signs.present() {
        let readout = Readout { input: vec![], ..readout_of(read) };
        let places = spelling.capacity(read.output.len());
        sum.resize(places, 0.0);
        let p: Vec<f64> = match spelling {
            Spelling::Binary => transition_probabilities(&program.circuit, &readout, &[0])?.as_slice().to_vec(),
            Spelling::OneHot => {
                let outcomes: Vec<u64> = (0..places).map(|c| spelling.word(c)).collect();
                sparse_amplitudes(&program.circuit, &readout, &[0], &outcomes)?.iter().map(|a| a.norm_sqr()).collect()
            }
        };
        sum.iter_mut().zip(&p).for_each(|(s, p)| *s += sign.factor() * read.gamma * p);
    }
    Ok(sum)
}
