//! IBM's machines: the properties of a backend, and its configuration, as the service answers and as
//! `json.dumps(backend.properties().to_dict(), default=str)` writes.

use super::draft::{Draft, DraftGate, DraftPair, DraftQubit, Told};
use super::{MachineFileError, whole};
use crate::files::read_json;
use crate::target::{Coupling, Machine, Target};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

/// The most qubits that a machine may have.
const MOST: usize = 1 << 14;

#[derive(Deserialize)]
struct Properties {
    #[serde(default)]
    backend_name: Option<String>,
    #[serde(default)]
    last_update_date: Option<String>,
    qubits: Vec<Vec<Property>>,
    gates: Vec<Gate>,
}

#[derive(Deserialize)]
struct Property {
    name: String,
    #[serde(default)]
    unit: String,
    value: Option<f64>,
}

#[derive(Deserialize)]
struct Gate {
    qubits: Vec<usize>,
    gate: String,
    #[serde(default)]
    parameters: Vec<Property>,
}

#[derive(Deserialize)]
struct Configuration {
    #[serde(default)]
    backend_name: Option<String>,
    #[serde(alias = "num_qubits")]
    n_qubits: usize,
    basis_gates: Vec<String>,
    #[serde(default)]
    coupling_map: Option<Vec<(usize, usize)>>,
}

/// Gates that join two qubits and that programs can be written with, and the target that has them; the first that most
/// pairs have is taken.
const JOINING: [(&str, &str); 3] = [("cz", "ibm"), ("ecr", "ibm-ecr"), ("cx", "portable")];

/// Gates on one qubit by whose figures all are taken, the first that is told: machines calibrate one, and tell all the same.
const PULSES: [&str; 5] = ["sx", "x", "u2", "u3", "u"];

/// Reads a machine from its properties and, where there is one, its configuration; numbers are the places of the files.
pub(super) fn read(
    file: usize,
    properties: &[u8],
    configuration: Option<(usize, &[u8])>,
) -> Result<Machine, MachineFileError> {
    let told: Properties = read_json(properties).map_err(|error| MachineFileError::json(file, &error))?;
    let register = told.qubits.len();
    if register > MOST || register == 0 {
        return Err(whole(file, format!("{register} qubits, expected 1 to {MOST}")));
    }
    let (mut allowed, mut basis) = (None, None);
    if let Some((other, text)) = configuration {
        let has: Configuration = read_json(text).map_err(|error| MachineFileError::json(other, &error))?;
        if let (Some(its), Some(ours)) = (&has.backend_name, &told.backend_name)
            && machine(its) != machine(ours)
        {
            return Err(whole(other, format!("the configuration of {its}, but the properties of {ours}")));
        }
        if has.n_qubits != register {
            return Err(whole(other, format!("{} qubits, but the properties have {register}", has.n_qubits)));
        }
        let map = |pairs: Vec<(usize, usize)>| Coupling::new(Some(register), &pairs);
        allowed = has.coupling_map.map(map).transpose().map_err(|error| whole(other, error.to_string()))?;
        basis = Some(has.basis_gates);
    }
    let qubits = qubits(&told, file)?;
    let (target, pairs) = pairs(&told, file, basis.as_deref(), allowed.as_ref())?;
    let name = told.backend_name.unwrap_or_else(|| "an IBM machine".into());
    let date = told.last_update_date.unwrap_or_else(|| "not told".into());
    Draft { name, date, target, register, qubits, pairs, all_joined: false }.finish(file)
}

/// A backend's name without what says whether it is the machine or its fake, whose properties are the machine's own.
fn machine(backend: &str) -> &str {
    ["fake_", "ibm_"].iter().find_map(|kind| backend.strip_prefix(kind)).unwrap_or(backend)
}

fn qubits(told: &Properties, file: usize) -> Result<BTreeMap<usize, DraftQubit>, MachineFileError> {
    let mut qubits = BTreeMap::new();
    for (number, properties) in told.qubits.iter().enumerate() {
        let mut draft = DraftQubit::default();
        let mut either = None;
        for (i, property) in properties.iter().enumerate() {
            let place = || format!("qubits[{number}][{i}] ({})", property.name);
            let time = || seconds(property, place()).map_err(|e| MachineFileError { file, ..e });
            let plain = || property.value.map(|value| Told { value, place: place() });
            match &property.name[..] {
                "T1" => draft.t1 = time()?,
                "T2" => draft.t2 = time()?,
                "readout_length" => draft.readout_length = time()?,
                "prob_meas1_prep0" => draft.one_for_zero = plain(),
                "prob_meas0_prep1" => draft.zero_for_one = plain(),
                "readout_error" => either = plain(),
                "operational" if property.value == Some(0.0) => draft.gate.broken = true,
                _ => {}
            }
        }
        // Where the two are not told apart, their mean is what is told.
        draft.one_for_zero = draft.one_for_zero.or_else(|| either.clone());
        draft.zero_for_one = draft.zero_for_one.or(either);
        qubits.insert(number, draft);
    }
    for kind in PULSES {
        for (index, gate) in told.gates.iter().enumerate().filter(|(_, gate)| gate.gate == kind) {
            let Some(draft) = gate.qubits.first().and_then(|q| qubits.get_mut(q)) else {
                let problem = format!("qubits {:?}, expected 0 to {}", gate.qubits, told.qubits.len() - 1);
                return Err(MachineFileError { file, place: format!("gates[{index}] ({kind})"), problem });
            };
            if draft.gate.error.is_none() {
                let broken = draft.gate.broken;
                draft.gate = figures(index, gate).map_err(|e| MachineFileError { file, ..e })?;
                draft.gate.broken |= broken;
            }
        }
    }
    Ok(qubits)
}

type Pairs = (&'static Target, Vec<DraftPair>);

fn pairs(
    told: &Properties,
    file: usize,
    basis: Option<&[String]>,
    allowed: Option<&Coupling>,
) -> Result<Pairs, MachineFileError> {
    let joining = |name: &str| told.gates.iter().filter(|gate| gate.qubits.len() == 2 && gate.gate == name).count();
    let had = JOINING.iter().filter(|(name, _)| basis.is_none_or(|basis| basis.iter().any(|gate| gate == name)));
    // The first of those that most pairs have.
    let most = had.filter(|(name, _)| joining(name) > 0).rev().max_by_key(|(name, _)| joining(name));
    let Some(&(name, target)) = most else {
        let names: BTreeSet<&str> =
            told.gates.iter().filter(|gate| gate.qubits.len() == 2).map(|gate| &*gate.gate).collect();
        let names: Vec<&str> = names.into_iter().collect();
        let problem = format!("gates on two qubits: [{}], expected cz, ecr or cx among them", names.join(", "));
        return Err(whole(file, problem));
    };
    let target = Target::named(target).expect("targets of machines are in the table");
    let mut pairs = vec![];
    let mut has = BTreeSet::new();
    for (index, gate) in told.gates.iter().enumerate().filter(|(_, gate)| gate.gate == name) {
        let &[a, b] = &gate.qubits[..] else {
            let problem = format!("qubits {:?}, expected two", gate.qubits);
            return Err(MachineFileError { file, place: format!("gates[{index}] ({name})"), problem });
        };
        // What the configuration does not join cannot be joined, whatever is told of it.
        if allowed.is_some_and(|map| !map.has(a, b)) {
            continue;
        }
        has.insert((a, b));
        let draft = figures(index, gate).map_err(|e| MachineFileError { file, ..e })?;
        let place = format!("gates[{index}] ({name})");
        pairs.push(DraftPair { qubits: (a, b), name: name.to_owned(), gate: draft, place });
    }
    if let Some(map) = allowed {
        for a in 0..map.width() {
            for &b in map.neighbours(a).iter().filter(|b| map.has(a, **b) && !has.contains(&(a, **b))) {
                let place = format!("coupling_map ({a}-{b})");
                pairs.push(DraftPair { qubits: (a, b), name: name.to_owned(), gate: DraftGate::default(), place });
            }
        }
    }
    Ok((target, pairs))
}

fn figures(index: usize, gate: &Gate) -> Result<DraftGate, MachineFileError> {
    let mut draft = DraftGate::default();
    for property in &gate.parameters {
        let place = || format!("gates[{index}] ({} on {:?}).{}", gate.gate, gate.qubits, property.name);
        match &property.name[..] {
            "gate_error" => draft.error = property.value.map(|value| Told { value, place: place() }),
            "gate_length" => draft.length = seconds(property, place())?,
            "operational" if property.value == Some(0.0) => draft.broken = true,
            _ => {}
        }
    }
    Ok(draft)
}

/// A time in seconds.
fn seconds(property: &Property, place: String) -> Result<Option<Told>, MachineFileError> {
    let Some(value) = property.value else { return Ok(None) };
    match super::unit(&property.unit) {
        Some(unit) => Ok(Some(Told { value: value / unit, place })),
        None => {
            let problem = format!("unit '{}', expected s, ms, us or ns", property.unit);
            Err(MachineFileError { file: 0, place, problem })
        }
    }
}
