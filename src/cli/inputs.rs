//! What commands are given to read: weights, compiled programs, coupling maps. Errors name the file.

use super::figures;
use super::printing::{Failure, note};
use crate::compiler::{VerifyError, group_by_block};
use crate::data::Samples;
use crate::files::{digest, read_input, shown_input, without_mark};
use crate::network::amplitude::{AmplitudeNetwork, Segment};
use crate::network::quanvolution::{Layer, QuantumHead};
use crate::network::{self, DeadLayer, FirstStates, Model, Network, NetworkError, Part, dead_layer};
use crate::qasm::{self, AnyProgram, Program, ProgramError};
use crate::simulator::noise::NoiseModel;
use crate::target::{self, Coupling, Machine, MachineFileError};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// More classes than that are not listed in a note.
const SHOWN_CLASSES: usize = 5;

/// Reads the weights for a command that takes residual networks; an error names the file it is in, and so does a note on
/// what had to be assumed.
pub fn read_weights(command: &str, path: &Path, quiet: bool) -> Result<Network, Failure> {
    Ok(residual(command, path, read_model(path, quiet)?)?)
}

/// The residual network that a file has, for a command that takes no other.
pub fn residual(command: &str, path: &Path, model: Model) -> Result<Network, String> {
    model.residual(command).map_err(|error| format!("{}: {error}", shown_input(path)))
}

/// Reads the weights of a network of any family, in the same way. A network that is not the function of the model it was
/// exported from is a check that failed.
pub fn read_model(path: &Path, quiet: bool) -> Result<Model, Failure> {
    let read = network::read_noted(path).map_err(|error| match error {
        NetworkError::Io { .. } => Failure::Input(error.to_string()),
        NetworkError::Function { .. } => Failure::Check(format!("{}: {error}", shown_input(path))),
        _ => Failure::Input(format!("{}: {error}", shown_input(path))),
    });
    let (model, notes) = read?;
    for text in notes.iter().filter(|_| !quiet) {
        note(&format!("{}: {text}", shown_input(path)));
    }
    Ok(model)
}

/// The layers of a network, numbered from 1, where it has some.
pub fn layers_of(model: &Model) -> Option<Vec<&Layer>> {
    let layer = |part| if let Part::Layer(layer) = part { Some(layer) } else { None };
    let layers: Vec<&Layer> = model.parts().into_iter().filter_map(layer).collect();
    (!layers.is_empty()).then_some(layers)
}

/// The amplitude network that it is, if it is one.
pub fn amplitudes_of(model: &Model) -> Option<&AmplitudeNetwork> {
    model.parts().into_iter().find_map(|part| if let Part::Segment(network, _) = part { Some(network) } else { None })
}

/// The segments of an amplitude network that a file has.
pub fn segments_of(path: Option<&PathBuf>, network: &AmplitudeNetwork) -> Result<Vec<Segment>, String> {
    let place = path.map_or(String::new(), |path| format!("{}: ", shown_input(path)));
    network.segments().map_err(|reason| format!("{place}{reason}"))
}

/// The quantum head of a network, where it has one, and how many pixels it reads.
pub fn head_of(model: &Model) -> Option<(&QuantumHead, usize)> {
    let head = |part| if let Part::Head(head, pixels) = part { Some((head, pixels)) } else { None };
    model.parts().into_iter().find_map(head)
}

/// Reads programs of residual blocks; an error names the file it is in.
pub fn read_blocks(files: &[PathBuf]) -> Result<Vec<Program>, String> {
    read_all(files, qasm::read)
}

/// The same for whoever is asked whether programs do what they say: one that does not by its text alone is a check that failed.
/// Beside each program the digest of its file, as it was read.
pub fn read_blocks_to_check(files: &[PathBuf]) -> Result<(Vec<Program>, Vec<String>), Failure> {
    let read = |file: &PathBuf| {
        let named = |error: &dyn std::fmt::Display| format!("{}: {error}", shown_input(file));
        let bytes = read_input(file).map_err(|error| named(&error))?;
        let digest = digest(&bytes);
        let text = text_of(&bytes).map_err(|error| named(&error))?;
        let program = qasm::read(&text).map_err(|error| match error {
            ProgramError::Unkept { .. } => Failure::Check(named(&error)),
            _ => Failure::Input(named(&error)),
        })?;
        Ok((program, digest))
    };
    let read: Vec<(Program, String)> = files.par_iter().map(read).collect::<Result<_, Failure>>()?;
    Ok(read.into_iter().unzip())
}

/// Reads programs of any kind in the same way.
pub fn read_programs(files: &[PathBuf]) -> Result<Vec<AnyProgram>, String> {
    read_all(files, qasm::read_any)
}

fn read_all<T: Send>(
    files: &[PathBuf],
    as_what: impl Fn(&str) -> Result<T, ProgramError> + Sync,
) -> Result<Vec<T>, String> {
    let read = |file: &PathBuf| {
        let text = read_text(file).map_err(|error| format!("{}: {error}", shown_input(file)))?;
        as_what(&text).map_err(|error| format!("{}: {error}", shown_input(file)))
    };
    files.par_iter().map(read).collect()
}

/// Programs by block, as [`group_by_block`] sorts them; an error names the files.
pub fn group_files(files: &[PathBuf], programs: &[Program]) -> Result<BTreeMap<usize, Vec<usize>>, String> {
    group_by_block(programs).map_err(|error| match &error {
        VerifyError::Parts { programs, .. } => {
            let names: Vec<String> = programs.iter().map(|&i| shown_input(&files[i])).collect();
            format!("{}: {error}", names.join(", "))
        }
        _ => error.to_string(),
    })
}

/// Reads a coupling map; an error names the file.
pub fn read_coupling(path: &Path) -> Result<Coupling, String> {
    Coupling::from_json(&read_bytes(path)?).map_err(|error| format!("{}: {error}", shown_input(path)))
}

/// The files of a machine: one, two with a comma between, or those of a folder as IBM's clients keep them, `props_*.json`
/// and `conf_*.json`.
pub fn machine_files(given: &Path) -> Result<Vec<PathBuf>, String> {
    if !given.is_dir() {
        let text = given.to_str().filter(|text| text.contains(',') && !given.exists());
        let each = |text: &str| text.split(',').map(PathBuf::from).collect();
        return Ok(text.map_or_else(|| vec![given.to_owned()], each));
    }
    let shown = shown_input(given);
    let entries = std::fs::read_dir(given).map_err(|error| format!("{shown}: {error}"))?;
    let mut files: Vec<PathBuf> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|end| end == "json"))
        .filter(|path| {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            ["props", "conf"].iter().any(|start| name.starts_with(start))
        })
        .collect();
    files.sort();
    if files.is_empty() {
        return Err(format!("{shown}: no props_*.json and conf_*.json in it"));
    }
    Ok(files)
}

/// Reads a machine with its figures; what of them was left out is noted unless `quiet`.
pub fn read_machine(given: &Path, quiet: bool) -> Result<Machine, String> {
    let files = machine_files(given)?;
    let texts = files.iter().map(|path| read_bytes(path)).collect::<Result<Vec<_>, _>>()?;
    let texts: Vec<&[u8]> = texts.iter().map(|text| &text[..]).collect();
    let named = |error: MachineFileError| {
        let path = files.get(error.file).map_or(given, PathBuf::as_path);
        format!("{}: {error}", shown_input(path))
    };
    let machine = target::read_machine(&texts).map_err(named)?;
    figures::enter(&machine);
    if let (Some(own), false) = (&machine.figures, quiet) {
        note(&format!("{}: figures of {}", machine.name, own.date));
        own.remarks.iter().for_each(|remark| note(&format!("{}: {remark}", machine.name)));
    }
    Ok(machine)
}

/// A noise model: a preset by its name, or a file.
pub fn read_noise(name: &str) -> Result<NoiseModel, String> {
    if let Some(preset) = NoiseModel::preset(name) {
        return Ok(preset);
    }
    let presets: Vec<&str> = NoiseModel::presets().collect();
    if name != "-" && !Path::new(name).exists() {
        return Err(format!("--noise {name}: neither a file nor one of {}", presets.join(", ")));
    }
    let text = read_bytes(Path::new(name))?;
    NoiseModel::from_json(&text).map_err(|error| format!("{name}: {error}"))
}

/// Reads any file or standard input; an error names it.
pub fn read_bytes(path: &Path) -> Result<Vec<u8>, String> {
    read_input(path).map_err(|error| format!("{}: {error}", shown_input(path)))
}

/// Says so where programs were compiled from a network of another name than the weights beside them, whose name it is.
pub fn note_other_names<'a>(programs: impl Iterator<Item = (&'a PathBuf, &'a str)>, name: &str) {
    for (file, from) in programs {
        if from != name {
            note(&format!("{} was compiled from '{from}', the weights are of '{name}'", shown_input(file)));
        }
    }
}

/// Says what is to be known of samples that were read.
pub fn note_samples(path: &Path, samples: &Samples) {
    note_reading(path, samples);
    if let Some(text) = samples.clipped() {
        note(&format!("{}: {text}", shown_input(path)));
    }
}

/// The same for networks that take negative entries as they are.
pub fn note_reading(path: &Path, samples: &Samples) {
    for text in &samples.notes {
        note(&format!("{}: {text}", shown_input(path)));
    }
}

/// Says which of so many classes no sample to train on has: a slip in the labels, or a head that learns nothing of them.
pub fn note_untaught(path: &Path, training: &Samples, classes: usize) {
    let mut taught = vec![false; classes];
    training.labels.iter().flatten().for_each(|&label| taught[label] = true);
    let missing: Vec<String> = (0..classes).filter(|&class| !taught[class]).map(|class| class.to_string()).collect();
    let few = missing.len().min(SHOWN_CLASSES);
    let more = if missing.len() > few { format!(" and {} more", missing.len() - few) } else { String::new() };
    if !missing.is_empty() {
        let (path, missing) = (shown_input(path), missing[..few].join(", "));
        note(&format!("{path}: of {classes} classes, counted from 0, no training row has {missing}{more}"));
    }
}

/// Says so where a layer has lost more than half of the samples.
pub fn note_dead(shown: &str, network: &Network, samples: &Samples) {
    let inputs = &samples.inputs;
    let first = if samples.density { FirstStates::given(inputs) } else { FirstStates::of(network, inputs) };
    let Some(DeadLayer { block, samples: dead }) = dead_layer(network, &first) else { return };
    let layer = block.map_or("the input layer".into(), |k| format!("block {}", k + 1));
    let all = inputs.len();
    note(&format!(
        "{shown}: all units of {layer} are dead for {dead} of {all} samples, which look the same from there on"
    ));
}

/// Reads text without a byte order mark; an error does not name the file.
pub fn read_text(path: &Path) -> Result<String, String> {
    text_of(&read_input(path).map_err(|error| error.to_string())?)
}

/// The same of bytes that were read.
fn text_of(bytes: &[u8]) -> Result<String, String> {
    let bytes = without_mark(bytes)?.to_owned();
    String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        let line = valid.iter().filter(|b| **b == b'\n').count() + 1;
        let column = valid.iter().rev().take_while(|b| **b != b'\n').count() + 1;
        format!("line {line}, column {column}: not UTF-8 text")
    })
}
