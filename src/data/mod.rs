//! Labelled inputs, and what they are read from: tables (CSV), image sets (IDX) and arrays (NPY), gzipped or not.
//!
//! What is in a file is told by its first bytes, never by its name. What a network makes of samples is in
//! [`run`](mod@crate::run).

#[cfg(feature = "data")]
mod density;
#[cfg(feature = "data")]
mod head;
#[cfg(feature = "data")]
mod idx;
#[cfg(feature = "data")]
mod npy;
#[cfg(feature = "data")]
mod read;
#[cfg(feature = "data")]
mod states;
#[cfg(feature = "data")]
mod table;
#[cfg(feature = "data")]
mod unpack;

#[cfg(feature = "data")]
pub use self::{
    density::read_state,
    npy::{write_array, write_labels},
    read::{read_samples, read_samples_or_states, read_test_rows},
    states::{StateRecord, write_states},
    table::Split,
    unpack::SamplesError,
};

/// Inputs of a network with their labels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Samples {
    /// One input a sample, not normalised; all of one length.
    pub inputs: Vec<Vec<f64>>,
    /// The class of each sample, where the file says it.
    pub labels: Option<Vec<usize>>,
    /// Where each sample comes from, where the file says it.
    pub families: Option<Vec<String>>,
    /// Whether inputs are the N² coordinates of density matrices ([`crate::linalg::coordinates`]).
    pub density: bool,
    /// What whoever gave the file should hear about it, a line each.
    pub notes: Vec<String>,
}

impl Samples {
    /// What the input map (S25) leaves out of them, if it does: it takes negative entries for zero, and without any that is
    /// positive the state is zero.
    pub fn clipped(&self) -> Option<String> {
        if self.density {
            return None;
        }
        let negative = self.inputs.iter().flatten().filter(|v| **v < 0.0).count();
        let all: usize = self.inputs.iter().map(Vec::len).sum();
        let empty = self.inputs.iter().filter(|x| x.iter().all(|v| *v <= 0.0)).count();
        let share = 100.0 * negative as f64 / all as f64;
        let said = [
            (negative > 0)
                .then(|| format!("{share:.1} % of the entries are negative, which the input map takes for 0")),
            (empty > 0).then(|| format!("{empty} samples have no positive entry and become the zero state")),
        ];
        let said: Vec<String> = said.into_iter().flatten().collect();
        (!said.is_empty()).then(|| said.join("; "))
    }

    /// These samples, in this order.
    ///
    /// # Panics
    /// If there are not as many.
    pub fn picked(&self, indices: &[usize]) -> Samples {
        Samples {
            inputs: indices.iter().map(|&i| self.inputs[i].clone()).collect(),
            labels: self.labels.as_ref().map(|labels| indices.iter().map(|&i| labels[i]).collect()),
            families: self.families.as_ref().map(|names| indices.iter().map(|&i| names[i].clone()).collect()),
            density: self.density,
            notes: vec![],
        }
    }

    /// Keeps the first samples only.
    pub fn truncate(&mut self, count: usize) {
        self.inputs.truncate(count);
        self.labels.iter_mut().for_each(|labels| labels.truncate(count));
        self.families.iter_mut().for_each(|families| families.truncate(count));
    }
}
