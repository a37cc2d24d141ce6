//! Blocks given by W itself.

use super::answers::{Amplitudes, Answers, Carrier, Definition, Written};
use super::search::{Demand, Search};
use crate::linalg::RealMatrix;
use crate::network::NetworkError;
use crate::network::rows::{matrix, rows};
use std::borrow::Cow;

impl Answers for RealMatrix {
    fn name(&self) -> &'static str {
        "weights"
    }

    fn weight(&self) -> Cow<'_, RealMatrix> {
        Cow::Borrowed(self)
    }

    fn definition(&self) -> Definition<'_> {
        Definition::Entries(self)
    }

    fn amplitudes(&self) -> Amplitudes {
        Amplitudes::Free
    }

    fn is_free(&self) -> bool {
        true
    }

    fn refusal(&self, _: Carrier) -> Option<String> {
        None
    }

    fn scale(&mut self, by: f64) {
        *self *= by;
    }

    fn parameters(&self) -> Vec<f64> {
        self.as_slice().to_vec()
    }

    fn set_parameters(&mut self, values: &[f64]) {
        self.as_mut_slice().copy_from_slice(values);
    }

    fn search(&self) -> Box<dyn Search + '_> {
        Box::new(self)
    }
}

impl Search for &RealMatrix {
    fn map(&self) -> &RealMatrix {
        self
    }

    fn variance(&self) -> Option<RealMatrix> {
        None
    }

    fn slopes(self: Box<Self>, demand: &Demand<'_>) -> (f64, Vec<f64>) {
        (0.0, demand.by_map.as_slice().to_vec())
    }
}

impl Written for RealMatrix {
    type Piece = Vec<Vec<f64>>;

    fn read(rows: &Vec<Vec<f64>>, _: Option<f64>, place: &str) -> Result<RealMatrix, NetworkError> {
        matrix(rows, &format!("{place}weight"))
    }

    fn piece(&self) -> Vec<Vec<f64>> {
        rows(self)
    }
}
