//! What the shots of a program say of real states: forms in the amplitudes of the state, from the circuit's own.
//!
//! With amplitudes A of what is accepted and spells c, rows r, behind input ψ (and R behind the reference alone),
//! `p_c(ψ) = Σ_r |A_r ψ + R_r|²` is a quadratic form, a linear one and a constant. Coefficients that agree say that
//! probabilities agree for every real state, superpositions included.

use crate::compiler::verify::readout_of;
use crate::linalg::{Complex, RealMatrix};
use crate::qasm::{Program, SegmentTerms};
use crate::simulator::{AcceptedOperator, Readout, SimulationError, transition_probabilities};

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
    pub fn of(program: &Program, terms: &SegmentTerms) -> Result<Forms, SimulationError> {
        let dim = program.contract.dim;
        let spellable =
            program.contract.signs.present().map(|(_, read)| 1usize << read.output.len()).max().unwrap_or(1);
        let mut forms = Forms {
            square: vec![RealMatrix::zeros(dim, dim); spellable],
            linear: RealMatrix::zeros(spellable, dim),
            constant: vec![0.0; spellable],
            accepted: vec![0.0; dim],
            of_reference: 0.0,
            gamma: program.contract.signs.present().next().map_or(0.0, |(_, read)| read.gamma),
        };
        for (sign, read) in program.contract.signs.present() {
            let mut readout = readout_of(read);
            let states = 1 << readout.input.len();
            readout.input.extend(terms.sign);
            let operator = AcceptedOperator::of(&program.circuit, &readout)?;
            let reference = terms.reference.as_deref().unwrap_or(&[]);
            // Half of the state is the reference's.
            let share = if terms.sign.is_some() { std::f64::consts::FRAC_1_SQRT_2 } else { 1.0 };
            for (c, row) in operator.rows() {
                let of_reference: Complex =
                    reference.iter().enumerate().map(|(m, w)| row[states + m] * (share * w)).sum();
                let of_state: Vec<Complex> = row[..dim].iter().map(|a| a * share).collect();
                forms.add(c, sign.factor() * read.gamma, &of_state, of_reference);
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
    let mut sum: Vec<f64> = vec![];
    for (sign, read) in program.contract.signs.present() {
        let readout = Readout { input: vec![], ..readout_of(read) };
        let p = transition_probabilities(&program.circuit, &readout, &[0])?;
        sum.resize(p.len(), 0.0);
        sum.iter_mut().zip(p.iter()).for_each(|(s, p)| *s += sign.factor() * read.gamma * p);
    }
    Ok(sum)
}
