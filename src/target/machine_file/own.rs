//! Our own form of a machine's file: what counts, and no more, with a schema.

use super::draft::{Draft, DraftGate, DraftPair, DraftQubit, Told};
use super::{MachineFileError, whole};
use crate::files::{Format, read_file};
use crate::target::{Figures, GateFigures, Machine, ReadoutRates, Target};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

const FORMAT: Format = Format { name: "hqrn-machine", named: true, newest: 1 };

/// The most qubits that a register may have.
const MOST: usize = 1 << 14;

/// A machine: its figures on one day.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(title = "hqrn machine, version 1", rename = "Machine"))]
#[serde(deny_unknown_fields)]
struct File {
    #[cfg_attr(feature = "schema", schemars(extend("const" = "hqrn-machine")))]
    format: String,
    #[cfg_attr(feature = "schema", schemars(extend("const" = 1)))]
    version: u32,
    /// What the machine is called.
    name: String,
    /// When the figures were reported.
    date: String,
    /// Who is to read the programs: a name of `hqrn-compile --target list`.
    target: String,
    /// How many qubits a register has; left out, as many as the highest number needs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    register: Option<usize>,
    /// Whether each qubit is joined with each other, so that programs are on virtual qubits.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    all_joined: bool,
    /// Qubits that are not here do not work.
    qubits: Vec<Qubit>,
    /// Pairs that are not here are not joined.
    pairs: Vec<Pair>,
}

/// A qubit; times in seconds.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct Qubit {
    /// Its number, from 0.
    qubit: usize,
    /// T1; left out, without end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    t1: Option<f64>,
    /// T2; left out, twice T1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    t2: Option<f64>,
    /// Pr[1 is read | the qubit is 0]
    one_for_zero: f64,
    /// Pr[0 is read | the qubit is 1]
    zero_for_one: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    readout_length: Option<f64>,
    /// 1 - average fidelity of a gate on it alone; turns about Z have none.
    error: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    length: Option<f64>,
}

/// Two qubits that a gate joins; where its operands are not alike, in this order.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct Pair {
    qubits: [usize; 2],
    /// The gate, such as cz or ecr.
    gate: String,
    /// 1 - its average fidelity.
    error: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    length: Option<f64>,
}

/// What joins two qubits of IBM's machines.
const IBM_GATES: [&str; 4] = ["cz", "ecr", "cx", "rzz"];

/// Reads a file of this form.
pub(super) fn read(text: &[u8]) -> Result<Machine, MachineFileError> {
    let file: File = read_file(text, &FORMAT).map_err(|error| MachineFileError::json(0, &error))?;
    let fault = |place: &str, problem: String| MachineFileError { file: 0, place: place.to_owned(), problem };
    let target = Target::named(&file.target)
        .ok_or_else(|| fault("target", format!("'{}', expected one of {}", file.target, Target::names())))?;
    let named = file.qubits.iter().map(|qubit| qubit.qubit.saturating_add(1)).max().unwrap_or(0);
    let register = file.register.unwrap_or(named);
    if register > MOST || register == 0 {
        return Err(whole(0, format!("a register of {register} qubits, expected 1 to {MOST}")));
    }
    // Makers of other machines have names of their own.
    let ibm = target.name.starts_with("ibm");
    if let Some((k, pair)) = file.pairs.iter().enumerate().find(|(_, pair)| ibm && !IBM_GATES.contains(&&*pair.gate)) {
        let problem = format!("{}, expected a gate on two qubits such as cz or ecr", pair.gate);
        return Err(fault(&format!("pairs[{k}].gate"), problem));
    }
    let mut qubits = BTreeMap::new();
    for (index, qubit) in file.qubits.iter().enumerate() {
        let place = |field: &str| format!("qubits[{index}].{field}");
        let told = |field: &str, value: f64| Some(Told { value, place: place(field) });
        let maybe = |field: &str, value: Option<f64>| value.and_then(|value| told(field, value));
        if qubit.qubit >= register {
            let problem = format!("{}, but a register has {register} qubits", qubit.qubit);
            return Err(fault(&place("qubit"), problem));
        }
        let draft = DraftQubit {
            t1: maybe("t1", qubit.t1),
            t2: maybe("t2", qubit.t2),
            one_for_zero: told("one_for_zero", qubit.one_for_zero),
            zero_for_one: told("zero_for_one", qubit.zero_for_one),
            readout_length: maybe("readout_length", qubit.readout_length),
            gate: DraftGate { error: told("error", qubit.error), length: maybe("length", qubit.length), broken: false },
        };
        if qubits.insert(qubit.qubit, draft).is_some() {
            return Err(fault(&place("qubit"), format!("qubit {} is there twice", qubit.qubit)));
        }
    }
    let pair = |(index, pair): (usize, &Pair)| {
        let place = format!("pairs[{index}]");
        let told = |field: &str, value: f64| Told { value, place: format!("{place}.{field}") };
        let length = pair.length.map(|length| told("length", length));
        let gate = DraftGate { error: Some(told("error", pair.error)), length, broken: false };
        DraftPair { qubits: pair.qubits.into(), name: pair.gate.to_lowercase(), gate, place }
    };
    let pairs = file.pairs.iter().enumerate().map(pair).collect();
    let File { name, date, all_joined, .. } = file;
    Draft { name, date, target, register, qubits, pairs, all_joined }.finish(0)
}

/// Writes a machine in this form; `None` if it has no figures. Pairs that are the same either way round are written once.
pub fn write_machine(machine: &Machine) -> Option<String> {
    let figures = machine.figures.as_ref()?;
    let qubits = figures.qubits.iter().enumerate().filter_map(|(number, qubit)| {
        let qubit = qubit.as_ref()?;
        let ReadoutRates { one_for_zero, zero_for_one } = qubit.readout;
        let GateFigures { error, length } = qubit.gate;
        let (t1, t2, readout_length) = (qubit.t1, qubit.t2, qubit.readout_length);
        Some(Qubit { qubit: number, t1, t2, one_for_zero, zero_for_one, readout_length, error, length })
    });
    let file = File {
        format: FORMAT.name.to_owned(),
        version: FORMAT.newest,
        name: machine.name.to_string(),
        date: figures.date.clone(),
        target: machine.target.name.to_owned(),
        register: Some(figures.qubits.len()),
        all_joined: machine.coupling.is_none(),
        qubits: qubits.collect(),
        pairs: pairs_once(figures),
    };
    Some(lines(&file))
}

fn pairs_once(figures: &Figures) -> Vec<Pair> {
    let pairs = figures.pairs.iter().filter(|(pair, own)| {
        let (a, b) = **pair;
        a < b || figures.pairs.get(&(b, a)) != Some(*own)
    });
    let pair = |(&(a, b), own): (&(usize, usize), &crate::target::PairFigures)| {
        let GateFigures { error, length } = own.gate;
        Pair { qubits: [a, b], gate: own.name.clone(), error, length }
    };
    pairs.map(pair).collect()
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("a machine is plain JSON")
}

/// JSON with a qubit and a pair a line, format and version first.
fn lines(file: &File) -> String {
    let list = |rows: Vec<String>| format!("[\n    {}\n  ]", rows.join(",\n    "));
    let mut entries = vec![
        ("format", json(&file.format)),
        ("version", json(&file.version)),
        ("name", json(&file.name)),
        ("date", json(&file.date)),
        ("target", json(&file.target)),
    ];
    entries.extend(file.register.map(|register| ("register", json(&register))));
    entries.extend(file.all_joined.then(|| ("all_joined", json(&true))));
    entries.push(("qubits", list(file.qubits.iter().map(json).collect())));
    entries.push(("pairs", list(file.pairs.iter().map(json).collect())));
    let entries: Vec<String> = entries.iter().map(|(key, value)| format!("  \"{key}\": {value}")).collect();
    format!("{{\n{}\n}}\n", entries.join(",\n"))
}

/// The JSON Schema of these files, as the repository has it in `circuits/machine.schema.json`.
#[cfg(feature = "schema")]
pub fn machine_schema() -> String {
    let settings = schemars::generate::SchemaSettings::draft2020_12();
    let schema = settings.into_generator().into_root_schema_for::<File>();
    serde_json::to_string_pretty(&schema).expect("a schema is plain JSON") + "\n"
}
