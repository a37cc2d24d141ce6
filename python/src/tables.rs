//! What the circuits of a network do with states: for each block and sign a table of probabilities, with noise or without.

use crate::errors::bad_input;
use crate::network::{Network, array};
use crate::waiting::worked;
use hqrn::network::Network as Residual;
use hqrn::qasm::{self, Program};
use hqrn::run::{BlockTransitions, Inputs, SignTransitions};
use hqrn::simulator::noise::{MachineNoise, Noise, NoiseModel, Trajectories};
use hqrn::target::read_machine;
use numpy::PyArray2;
use pyo3::prelude::*;

/// `(gamma, p[n][m])` of a sign.
type Table<'py> = (f64, Bound<'py, PyArray2<f64>>);

/// Both signs of a block, and whether they are of the same shots.
type Tables<'py> = (Option<Table<'py>>, Option<Table<'py>>, bool);

/// The noise that is asked for: a machine's, a model's or none.
fn noise(model: Option<String>, machine: &[Vec<u8>], waits: bool) -> Result<Option<Box<dyn Noise>>, String> {
    if !machine.is_empty() {
        let files: Vec<&[u8]> = machine.iter().map(|file| &file[..]).collect();
        let machine = read_machine(&files).map_err(|error| format!("machine: {error}"))?;
        let figures = machine.figures.ok_or("machine: has no figures")?;
        return Ok(Some(Box::new(MachineNoise::new(figures, waits))));
    }
    let Some(model) = model else { return Ok(None) };
    let read = NoiseModel::preset(&model).map_or_else(|| NoiseModel::from_json(model.as_bytes()), Ok);
    Ok(Some(Box::new(read.map_err(|error| format!("noise: {error}"))?)))
}

fn simulated(
    network: &Residual,
    programs: &[Program],
    noise: Option<&dyn Noise>,
    trajectories: &Trajectories,
) -> Result<Vec<BlockTransitions>, String> {
    let of = |(k, block)| {
        let own: Vec<&Program> = programs.iter().filter(|program| program.contract.block == k + 1).collect();
        if own.is_empty() {
            return Err(format!("block {}: there is no program of it", k + 1));
        }
        let made = match noise {
            None => BlockTransitions::of_programs(&own, block, Inputs::Diagonal),
            Some(noise) => BlockTransitions::of_noisy_programs(&own, block, noise, trajectories, false),
        };
        made.map_err(|error| format!("block {}: {error}", k + 1))
    };
    network.blocks.iter().enumerate().map(of).collect()
}

/// The tables of all blocks of a network from the texts of its programs.
#[pyfunction]
#[pyo3(signature = (network, texts, noise_model=None, machine=vec![], waits=false, trajectories=100, seed=0, threads=None))]
// As many as there are choices, all by name.
#[allow(clippy::too_many_arguments)]
pub fn tables<'py>(
    py: Python<'py>,
    network: &Network,
    texts: Vec<String>,
    noise_model: Option<String>,
    machine: Vec<Vec<u8>>,
    waits: bool,
    trajectories: usize,
    seed: u64,
    threads: Option<usize>,
) -> PyResult<Vec<Tables<'py>>> {
    let network = network.residual(py)?;
    let found = worked(py, threads, move || {
        let programs: Result<Vec<Program>, _> = texts.iter().map(|text| qasm::read(text)).collect();
        let programs = programs.map_err(|error| error.to_string())?;
        let noise = noise(noise_model, &machine, waits)?;
        simulated(&network, &programs, noise.as_deref(), &Trajectories { count: trajectories, seed })
    })?;
    let sign = |table: Option<&SignTransitions>| -> PyResult<Option<Table<'py>>> {
        table.map(|table| Ok((table.gamma, array(py, &table.probabilities)?))).transpose()
    };
    let block = |block: &BlockTransitions| -> PyResult<Tables<'py>> {
        Ok((sign(block.signs.plus.as_ref())?, sign(block.signs.minus.as_ref())?, block.joint))
    };
    found.map_err(|message| bad_input(py, message))?.iter().map(block).collect()
}
