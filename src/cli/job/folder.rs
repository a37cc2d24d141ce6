//! The folder of a plan: everything that collecting needs, each file held by its digest.

use super::data::DataArgs;
use crate::cli::inputs::read_bytes;
use crate::cli::printing::note;
use crate::files::{digest, read_json};
use crate::job::Provider;
use crate::job::plan::{Held, JOB_NAME, PLAN_NAME, Plan};
use crate::network::{Network, read_bytes as read_weights};
use crate::qasm::{self, Program};
use crate::target::{Machine, read_machine};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The weights in the folder.
pub const NETWORK_NAME: &str = "network.json";

/// The machine's figures in the folder.
pub const MACHINE_NAME: &str = "machine.json";

/// What came back, unless it is elsewhere.
pub const RESULT_NAME: &str = "result.json";

/// Where a script keeps the number of a job that was sent.
const NUMBER_NAME: &str = "job-id.json";

/// All that a plan's folder holds or may get: nothing else is written there.
pub fn files_of(folder: &Path) -> Vec<PathBuf> {
    let there = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let own = [PLAN_NAME, JOB_NAME, NETWORK_NAME, MACHINE_NAME].map(|name| folder.join(name));
    there.filter(|path| path.is_file()).chain(own).collect()
}

/// What came back of a plan that is there, or was sent: a new plan in its place would take it for its own.
pub fn kept(folder: &Path) -> Option<PathBuf> {
    [RESULT_NAME, NUMBER_NAME].map(|name| folder.join(name)).into_iter().find(|path| path.exists())
}

/// A file by its name and what is in it.
pub fn held(file: &str, bytes: &[u8]) -> Held {
    Held { file: file.to_owned(), sha256: digest(bytes) }
}

/// A plan as it lies in its folder.
pub struct Folder {
    /// The plan.
    pub plan: Plan,
    /// The network.
    pub network: Network,
    /// The machine.
    pub machine: Machine,
    /// Who takes the job.
    pub provider: Provider,
    /// The program of each block.
    pub programs: Vec<Program>,
}

impl Folder {
    /// Reads a plan with all that it holds.
    pub fn read(folder: &Path) -> Result<Folder, String> {
        let path = folder.join(PLAN_NAME);
        let plan = Plan::from_json(&read_bytes(&path)?).map_err(|error| format!("{}: {error}", path.display()))?;
        if digest(Plan { seal: String::new(), ..plan.clone() }.to_json().as_bytes()) != plan.seal {
            return Err(format!("{}: is not as it was written: make the plan anew", path.display()));
        }
        contents(folder, &plan.job)?;
        let (place, bytes) = contents(folder, &plan.network)?;
        let network =
            read_weights(&bytes, &plan.network.file).map_err(|error| format!("{}: {error}", place.display()))?;
        let (place, bytes) = contents(folder, &plan.machine)?;
        let machine = read_machine(&[&bytes]).map_err(|error| format!("{}: {error}", place.display()))?;
        if network.blocks.len() != plan.blocks.len() {
            let (has, of) = (network.blocks.len(), plan.blocks.len());
            return Err(format!("{}: {of} blocks, the network has {has}", path.display()));
        }
        for (k, (block, planned)) in network.blocks.iter().zip(&plan.blocks).enumerate() {
            let (has, of) = (planned.runs.len(), block.dim());
            if has != of {
                return Err(format!("{}: blocks[{k}].runs: of {has} columns, the block has {of}", path.display()));
            }
        }
        let mut programs = vec![];
        for block in &plan.blocks {
            let (place, bytes) = contents(folder, &block.program)?;
            let text = String::from_utf8_lossy(&bytes);
            programs.push(qasm::read(&text).map_err(|error| format!("{}: {error}", place.display()))?);
        }
        let provider = Provider::named(&plan.provider)
            .ok_or_else(|| format!("{}: provider: '{}', which none is called", path.display(), plan.provider))?;
        Ok(Folder { plan, network, machine, provider, programs })
    }
}

/// A file that the plan holds, if it is still what it was.
fn contents(folder: &Path, held: &Held) -> Result<(PathBuf, Vec<u8>), String> {
    let path = folder.join(&held.file);
    let bytes = read_bytes(&path)?;
    if digest(&bytes) == held.sha256 {
        Ok((path, bytes))
    } else {
        Err(format!("{}: is not what was planned: its SHA-256 is another than the plan's", path.display()))
    }
}

/// Whether a file is what the plan was made of.
pub fn check_given(path: &Path, held: Option<&Held>) -> Result<(), String> {
    let found = digest(&read_bytes(path)?);
    let Some(held) = held.filter(|held| held.sha256 != found) else { return Ok(()) };
    let shown = path.display().to_string();
    Err(if shown == held.file {
        format!("{shown}: is not what was planned with, by its SHA-256: put back what it was, or make the plan anew")
    } else {
        let file = &held.file;
        format!(
            "{shown}: is not what was planned with, by its SHA-256: expected {file} as it was, or make the plan anew"
        )
    })
}

/// The files that a plan was made of in place of those that are not given: rows, their labels, the network to compare with; where one is not where
/// it was, but beside the plan, which may have been moved with it, that one. The last may be gone, which is noted unless `quiet`.
pub fn planned(given: &DataArgs, plan: &Plan, folder: &Path, quiet: bool) -> Result<DataArgs, String> {
    let mut data = given.clone();
    let path = |held: &Held| {
        let there = PathBuf::from(&held.file);
        let beside = there.file_name().map(|name| folder.join(name));
        beside.filter(|beside| !there.exists() && beside.exists()).unwrap_or(there)
    };
    let (train, reported) =
        if plan.data.len() > 1 { (plan.data.first(), plan.data.last()) } else { (None, plan.data.first()) };
    if data.data.is_none() {
        (data.train, data.data) = (train.map(path), reported.map(path));
        data.labels = plan.labels.as_ref().map(path);
        if let Some(file) = &data.labels {
            check_given(file, plan.labels.as_ref())?;
        }
    }
    if let Some(file) = &data.train {
        check_given(file, train)?;
    }
    if let Some(file) = &data.data {
        check_given(file, reported)?;
    }
    if let (None, Some(held)) = (&data.reference, &plan.reference) {
        let file = path(held);
        if file.exists() {
            check_given(&file, Some(held))?;
            data.reference = Some(file);
        } else if !quiet {
            note(&format!("{}: is gone: no labels are compared with its; --reference names it elsewhere", held.file));
        }
    }
    Ok(data)
}

/// A result's JSON.
pub fn read_result(path: &Path) -> Result<Value, String> {
    read_json(&read_bytes(path)?).map_err(|error| format!("{}: {error}", path.display()))
}
