//! Braket's device capabilities, `device.properties.json()`: the standardized figures of each qubit and pair (IQM, Rigetti),
//! or the means of a machine that joins all its qubits (IonQ).

use super::draft::{Draft, DraftGate, DraftPair, DraftQubit, Told};
use super::{MachineFileError, unit, whole};
use crate::target::{Coupling, Machine, Target, maps};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The most qubits of a machine that joins all.
const MOST: usize = 1 << 10;

/// How gates are measured, the first that is told being taken: while all are at work, or one alone.
const BENCHMARKS: [&str; 2] = ["SIMULTANEOUS_RANDOMIZED_BENCHMARKING", "RANDOMIZED_BENCHMARKING"];

/// Reads a device.
pub(super) fn read(device: &Value) -> Result<Machine, MachineFileError> {
    let header = device.pointer("/braketSchemaHeader/name").and_then(Value::as_str).unwrap_or_default();
    let maker = ["iqm", "rigetti", "ionq", "aqt"].into_iter().find(|maker| header.contains(maker));
    let dates = ["/standardized/updatedAt", "/service/updatedAt"];
    let date = dates.iter().find_map(|place| device.pointer(place)?.as_str()).unwrap_or("not told").to_owned();
    let name = format!("{} on Braket", maker.unwrap_or("a machine"));
    let all = device.pointer("/paradigm/connectivity/fullyConnected").and_then(Value::as_bool) == Some(true);
    if all { of_means(device, name, date) } else { of_each(device, name, date) }
}

/// A machine of which each qubit and pair is told.
fn of_each(device: &Value, name: String, date: String) -> Result<Machine, MachineFileError> {
    let (_, joined) = maps::pairs(device).map_err(|error| whole(0, error.to_string()))?;
    let map = Coupling::new(None, &joined).map_err(|error| whole(0, error.to_string()))?;
    let ones = object(device, "/standardized/oneQubitProperties")?;
    let twos = object(device, "/standardized/twoQubitProperties")?;
    let mut qubits = BTreeMap::new();
    for (key, value) in ones {
        let place = format!("standardized.oneQubitProperties.{key}");
        let number = number(key, &place)?;
        let told = |name: &str| fidelity(value.get("oneQubitFidelity"), &format!("{place}.oneQubitFidelity"), name);
        let readout = told("READOUT")?;
        let gate = first(&BENCHMARKS, told)?;
        let draft = DraftQubit {
            t1: duration(value.get("T1"), &format!("{place}.T1"))?,
            t2: duration(value.get("T2"), &format!("{place}.T2"))?,
            one_for_zero: readout.clone(),
            zero_for_one: readout,
            readout_length: None,
            gate: DraftGate { error: gate, length: None, broken: false },
        };
        // What no pair names is no qubit that programs could use.
        if number < map.width() {
            qubits.insert(number, draft);
        }
    }
    let mut pairs = vec![];
    for a in 0..map.width() {
        for &b in map.neighbours(a).iter().filter(|b| a < **b) {
            let keys = [format!("{a}-{b}"), format!("{b}-{a}")];
            let found = keys.iter().find_map(|key| Some((key, twos.get(key)?)));
            let place = format!("standardized.twoQubitProperties.{}", found.map_or(&keys[0], |(key, _)| key));
            let best = found.map(|(_, value)| pair_gate(value, &place)).transpose()?.flatten();
            let (name, error) = best.map_or((String::new(), None), |(name, error)| (name, Some(error)));
            let gate = DraftGate { error, length: None, broken: false };
            for qubits in [(a, b), (b, a)] {
                pairs.push(DraftPair { qubits, name: name.clone(), gate: gate.clone(), place: place.clone() });
            }
        }
    }
    let target = Target::named("braket").expect("the table has Braket");
    Draft { name, date, target, register: map.width(), qubits, pairs, all_joined: false }.finish(0)
}

/// The gate of a pair that works best, and its error.
fn pair_gate(value: &Value, place: &str) -> Result<Option<(String, Told)>, MachineFileError> {
    let list = value.get("twoQubitGateFidelity").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let mut best: Option<(String, Told)> = None;
    for (index, entry) in list.iter().enumerate() {
        let place = format!("{place}.twoQubitGateFidelity[{index}]");
        let name = entry.get("gateName").and_then(Value::as_str).unwrap_or_default().to_lowercase();
        // A swap says nothing of gates that turn phases.
        if let (false, Some(error)) = (name.contains("swap") && list.len() > 1, infidelity(entry, &place)?)
            && best.as_ref().is_none_or(|(_, least)| error.value < least.value)
        {
            best = Some((name, error));
        }
    }
    Ok(best)
}

/// A machine of which means are told.
fn of_means(device: &Value, name: String, date: String) -> Result<Machine, MachineFileError> {
    let count = device.pointer("/paradigm/qubitCount").and_then(Value::as_u64);
    let register = count.filter(|count| (2..=MOST as u64).contains(count)).ok_or_else(|| {
        let problem = format!("expected a number of qubits from 2 to {MOST}");
        MachineFileError { file: 0, place: "paradigm.qubitCount".into(), problem }
    })? as usize;
    let mean = |place: &str| -> Result<Option<Told>, MachineFileError> {
        let Some(value) = device.pointer(&format!("/provider/fidelity/{place}/mean")) else { return Ok(None) };
        let place = format!("provider.fidelity.{place}.mean");
        let fidelity = value.as_f64().ok_or_else(|| not_a_number(&place, value))?;
        Ok(Some(Told { value: 1.0 - fidelity, place }))
    };
    let standard = |key: &str| device.pointer(&format!("/standardized/{key}"));
    let listed = |key: &str| -> Result<Option<Told>, MachineFileError> {
        let entry = standard(key).and_then(|list| list.get(0));
        entry.map(|entry| infidelity(entry, &format!("standardized.{key}[0]"))).transpose().map(Option::flatten)
    };
    let seconds = |key: &str, also: &str| -> Result<Option<Told>, MachineFileError> {
        let place = format!("provider.timing.{key}");
        match device.pointer(&format!("/provider/timing/{key}")) {
            Some(value) => {
                let value = value.as_f64().ok_or_else(|| not_a_number(&place, value))?;
                Ok(Some(Told { value, place }))
            }
            None => duration(standard(also), &format!("standardized.{also}")),
        }
    };
    let or = |first: Option<Told>, second: Result<Option<Told>, MachineFileError>| {
        first.map_or(second, |told| Ok(Some(told)))
    };
    let reading = or(mean("spam")?, listed("readoutFidelity"))?;
    let qubit = DraftQubit {
        t1: seconds("T1", "T1")?,
        t2: seconds("T2", "T2")?,
        one_for_zero: reading.clone(),
        zero_for_one: reading,
        readout_length: seconds("readout", "readoutDuration")?,
        gate: DraftGate {
            error: or(mean("1Q")?, listed("singleQubitFidelity"))?,
            length: seconds("1Q", "singleQubitGateDuration")?,
            broken: false,
        },
    };
    let gate = DraftGate {
        error: or(mean("2Q")?, listed("twoQubitGateFidelity"))?,
        length: seconds("2Q", "twoQubitGateDuration")?,
        broken: false,
    };
    let pair = |a: usize, b: usize| DraftPair {
        qubits: (a, b),
        name: "zz".into(),
        gate: gate.clone(),
        place: "provider.fidelity.2Q".into(),
    };
    let pairs = (0..register).flat_map(|a| (a + 1..register).map(move |b| (a, b))).map(|(a, b)| pair(a, b)).collect();
    let qubits = (0..register).map(|number| (number, qubit.clone())).collect();
    let target = Target::named("braket").expect("the table has Braket");
    Draft { name, date, target, register, qubits, pairs, all_joined: true }.finish(0)
}

fn object<'a>(device: &'a Value, place: &str) -> Result<&'a Map<String, Value>, MachineFileError> {
    let found = device.pointer(place).and_then(Value::as_object);
    found.ok_or_else(|| {
        let problem = "not there: without it nothing is known of single qubits and pairs".into();
        MachineFileError { file: 0, place: place[1..].replace('/', "."), problem }
    })
}

fn number(key: &str, place: &str) -> Result<usize, MachineFileError> {
    maps::qubit(&Value::from(key), &[]).ok_or_else(|| MachineFileError {
        file: 0,
        place: place.to_owned(),
        problem: "no qubit's number".into(),
    })
}

fn not_a_number(place: &str, value: &Value) -> MachineFileError {
    MachineFileError { file: 0, place: place.to_owned(), problem: format!("{value}, expected a number") }
}

/// The first of several names that is told.
fn first(
    names: &[&str],
    told: impl Fn(&str) -> Result<Option<Told>, MachineFileError>,
) -> Result<Option<Told>, MachineFileError> {
    for name in names {
        if let Some(found) = told(name)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// 1 - the fidelity of this name in a list.
fn fidelity(list: Option<&Value>, place: &str, name: &str) -> Result<Option<Told>, MachineFileError> {
    let list = list.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let is = |entry: &Value| entry.pointer("/fidelityType/name").and_then(Value::as_str) == Some(name);
    match list.iter().position(is) {
        Some(index) => infidelity(&list[index], &format!("{place}[{index}]")),
        None => Ok(None),
    }
}

/// 1 - the fidelity of an entry.
fn infidelity(entry: &Value, place: &str) -> Result<Option<Told>, MachineFileError> {
    match entry.get("fidelity") {
        None | Some(Value::Null) => Ok(None),
        Some(value) => {
            let place = format!("{place}.fidelity");
            let fidelity = value.as_f64().ok_or_else(|| not_a_number(&place, value))?;
            if !(0.0..=1.0).contains(&fidelity) {
                let problem = format!("{fidelity}, expected a number from 0 to 1");
                return Err(MachineFileError { file: 0, place, problem });
            }
            Ok(Some(Told { value: 1.0 - fidelity, place }))
        }
    }
}

/// A time with its unit, in seconds.
fn duration(entry: Option<&Value>, place: &str) -> Result<Option<Told>, MachineFileError> {
    let Some(entry) = entry.filter(|entry| !entry.is_null()) else { return Ok(None) };
    let value = entry.get("value").unwrap_or(&Value::Null);
    let value = value.as_f64().ok_or_else(|| not_a_number(&format!("{place}.value"), value))?;
    let named = entry.get("unit").and_then(Value::as_str).unwrap_or_default();
    let unit = unit(named).ok_or_else(|| {
        let problem = format!("'{named}', expected s, ms, us or ns");
        MachineFileError { file: 0, place: format!("{place}.unit"), problem }
    })?;
    Ok(Some(Told { value: value / unit, place: place.to_owned() }))
}
