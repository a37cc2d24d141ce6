//! Networks of any family: read, asked and written.

use crate::errors::bad_input;
use crate::waiting::worked;
use hqrn::linalg::RealMatrix;
use hqrn::network::{self, FirstStates, Model, read_model_bytes, run_classically, write_named_tensors, write_tensors};
use numpy::{PyArray1, PyArray2, PyArrayMethods, PyReadonlyArray2};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use std::sync::Arc;

/// Who asks for what residual networks alone have.
const ASKER: &str = "this";

/// A network of any family, checked.
#[pyclass(frozen, module = "hqrn._hqrn")]
pub struct Network {
    pub model: Arc<Model>,
}

/// The rows of an array, in whatever order it is in memory.
fn rows(array: &PyReadonlyArray2<'_, f64>) -> Vec<Vec<f64>> {
    array.as_array().rows().into_iter().map(|row| row.iter().copied().collect()).collect()
}

/// A matrix as an array.
pub fn array<'py>(py: Python<'py>, matrix: &RealMatrix) -> PyResult<Bound<'py, PyArray2<f64>>> {
    let values = matrix.transpose().as_slice().to_vec();
    PyArray1::from_vec(py, values).reshape([matrix.nrows(), matrix.ncols()])
}

/// The transpose of a matrix as an array: its columns are in a row already.
fn transposed<'py>(py: Python<'py>, matrix: &RealMatrix) -> PyResult<Bound<'py, PyArray2<f64>>> {
    PyArray1::from_vec(py, matrix.as_slice().to_vec()).reshape([matrix.ncols(), matrix.nrows()])
}

impl Network {
    /// The network as one of residual blocks.
    pub fn residual(&self, py: Python<'_>) -> PyResult<network::Network> {
        Model::clone(&self.model).residual(ASKER).map_err(|error| bad_input(py, error))
    }

    /// The inputs, if the network takes them.
    fn inputs(&self, py: Python<'_>, x: &PyReadonlyArray2<'_, f64>) -> PyResult<Vec<Vec<f64>>> {
        let inputs = rows(x);
        let wanted = self.model.input_dim();
        if let Some((i, row)) = inputs.iter().enumerate().find(|(_, row)| row.len() != wanted) {
            return Err(bad_input(py, format!("X[{i}]: {} entries, expected {wanted}", row.len())));
        }
        for (i, row) in inputs.iter().enumerate() {
            if let Some(problem) = self.model.input_problem(row) {
                return Err(bad_input(py, format!("X[{i}]: {problem}")));
            }
        }
        Ok(inputs)
    }
}

/// Scores of a network's samples, a column each; last states where there is no head.
fn scores(model: &Model, inputs: &[Vec<f64>]) -> Result<RealMatrix, hqrn::network::NetworkError> {
    match model.family() {
        "residual" => {
            let network = model.clone().residual(ASKER)?;
            let last = run_classically(&network, &FirstStates::of(&network, inputs).states).states;
            let Some(head) = &network.head else { return Ok(last) };
            let mut scores = &head.weight * last;
            for mut column in scores.column_iter_mut() {
                column.iter_mut().zip(&head.bias).for_each(|(score, bias)| *score += bias);
            }
            Ok(scores)
        }
        "amplitude" => Ok(model.clone().amplitude(ASKER)?.scores(inputs).transpose()),
        _ => {
            let images = RealMatrix::from_vec(inputs[0].len(), inputs.len(), inputs.concat());
            Ok(model.clone().quanvolution(ASKER)?.scores(&images))
        }
    }
}

#[pymethods]
impl Network {
    /// Reads and checks a weights file, JSON or safetensors.
    #[staticmethod]
    fn read(py: Python<'_>, data: &[u8], name: &str) -> PyResult<Network> {
        let model = read_model_bytes(data, name).map_err(|error| bad_input(py, error))?;
        Ok(Network { model: Arc::new(model) })
    }

    #[getter]
    fn name(&self) -> String {
        self.model.name().to_owned()
    }

    #[getter]
    fn family(&self) -> &'static str {
        self.model.family()
    }

    #[getter]
    fn input_dim(&self) -> usize {
        self.model.input_dim()
    }

    #[getter]
    fn classes(&self) -> Option<usize> {
        self.model.classes()
    }

    #[getter]
    fn parts(&self) -> usize {
        self.model.parts().len()
    }

    fn to_json(&self) -> String {
        self.model.to_json()
    }

    fn to_safetensors<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyBytes>> {
        let bytes = match self.model.family() {
            "residual" => write_tensors(&self.residual(py)?).map_err(|error| bad_input(py, error))?,
            _ => write_named_tensors(&self.model),
        };
        Ok(PyBytes::new(py, &bytes))
    }

    /// W of block k, from 0.
    fn weight<'py>(&self, py: Python<'py>, k: usize) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let network = self.residual(py)?;
        let blocks = network.blocks.len();
        let block = network.blocks.get(k);
        let block = block.ok_or_else(|| bad_input(py, format!("block {k}: the network has {blocks}")))?;
        array(py, &block.form().map())
    }

    /// Bias of block k, its alpha, and what its form and its activation are called.
    fn block(&self, py: Python<'_>, k: usize) -> PyResult<(Vec<f64>, f64, &'static str, String)> {
        let network = self.residual(py)?;
        let blocks = network.blocks.len();
        let block = network.blocks.get(k);
        let block = block.ok_or_else(|| bad_input(py, format!("block {k}: the network has {blocks}")))?;
        let activation = format!("{:?}", block.activation).to_lowercase();
        Ok((block.bias().to_vec(), block.alpha, block.form().name(), activation))
    }

    /// Scores, or last states where there is no head: S x C.
    fn predict<'py>(
        &self,
        py: Python<'py>,
        x: PyReadonlyArray2<'py, f64>,
        threads: Option<usize>,
    ) -> PyResult<Bound<'py, PyArray2<f64>>> {
        let (model, inputs) = (self.model.clone(), self.inputs(py, &x)?);
        let scores = worked(py, threads, move || scores(&model, &inputs))?;
        transposed(py, &scores.map_err(|error| bad_input(py, error))?)
    }

    /// All states of samples, S of them (depth + 1) x N.
    fn states<'py>(
        &self,
        py: Python<'py>,
        x: PyReadonlyArray2<'py, f64>,
    ) -> PyResult<Bound<'py, numpy::PyArray3<f64>>> {
        let (network, inputs) = (self.residual(py)?, self.inputs(py, &x)?);
        let shape = [inputs.len(), network.blocks.len() + 1, network.blocks[0].dim()];
        let states: Vec<f64> = py.detach(|| inputs.iter().flat_map(|x| network.forward(x).states.concat()).collect());
        PyArray1::from_vec(py, states).reshape(shape)
    }
}
