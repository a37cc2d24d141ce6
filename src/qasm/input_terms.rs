//! What the contract says of the basis state that goes in: fixed in the program, or chosen by angles (docs/method.md,
//! section 10).

use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::f64::consts::PI;

/// An input that is part of a program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Prepared {
    /// The basis state m.
    Basis(usize),
    /// The diagonal mixture of these probabilities, one for each basis state m < dim.
    State(Vec<f64>),
}

impl Prepared {
    /// The probabilities of the basis states m < dim.
    pub fn probabilities(&self, dim: usize) -> Vec<f64> {
        match self {
            Prepared::Basis(m) => (0..dim).map(|i| f64::from(u8::from(i == *m))).collect(),
            Prepared::State(y) => y.clone(),
        }
    }

    /// What is wrong with it for a block of dimension `dim`, if anything.
    pub fn problem(&self, dim: usize) -> Option<String> {
        match self {
            Prepared::Basis(m) if *m >= dim => Some(format!("basis state {m}: dim is {dim}")),
            Prepared::Basis(_) => None,
            Prepared::State(y) if y.len() != dim => Some(format!("{} probabilities: dim is {dim}", y.len())),
            Prepared::State(y) => {
                let sum: f64 = y.iter().sum();
                let negative = y.iter().position(|p| !(p.is_finite() && *p >= 0.0));
                let off =
                    || ((sum - 1.0).abs() > 1e-9).then(|| format!("the probabilities sum up to {sum}: expected 1"));
                negative.map(|i| format!("probability {i} is {}: expected a number not below 0", y[i])).or_else(off)
            }
        }
    }
}

/// Inputs of a program that choose its basis state m: bit i of m is 1 where input i is π, and 0 where it is 0. Each turns the
/// input qubits of that number, of both signs and of all tiles, before anything joins them to others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ColumnTerms {
    /// The names of the inputs, least significant bit first, in the order in which the program declares them.
    pub angles: Vec<String>,
}

impl ColumnTerms {
    /// So many inputs, `x0` and so on, whose order by name is that by number: clients sort them by name.
    pub fn of(inputs: usize) -> ColumnTerms {
        let digits = inputs.saturating_sub(1).to_string().len();
        ColumnTerms { angles: (0..inputs).map(|i| format!("x{i:0digits$}")).collect() }
    }

    /// The values of the inputs, in radians, that choose basis state m: 0 or π each.
    pub fn setting(&self, m: usize) -> Vec<f64> {
        (0..self.angles.len()).map(|i| if m >> i & 1 == 1 { PI } else { 0.0 }).collect()
    }

    /// What is wrong with it for a program whose signs have so many input qubits, if anything.
    pub(super) fn problem(&self, inputs: usize) -> Option<String> {
        let named = self.angles.len();
        if named != inputs {
            return Some(format!("{named} names, expected {inputs}, one for each input qubit of a sign"));
        }
        let twice = self.angles.iter().collect::<BTreeSet<_>>().len() != named;
        twice.then(|| "a name is listed twice".into())
    }

    /// How to choose the input, for whoever reads the file.
    pub(super) fn start_note(&self) -> String {
        format!(
            "input: for basis state m, pi for each of these whose bit of m is 1, 0 for the others: {}",
            self.angles.join(", ")
        )
    }
}
