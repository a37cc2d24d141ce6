//! Machines from files: what every form says, and what is named.

use super::*;
use crate::target::{Figures, GateFigures, ReadoutRates};
use serde_json::json;

const OWN: &str = r#"{"format": "hqrn-machine", "version": 1, "name": "three", "date": "2026-04-17", "target": "ibm",
    "register": 5, "qubits": [
    {"qubit": 0, "t1": 2e-4, "t2": 1e-4, "one_for_zero": 0.01, "zero_for_one": 0.02, "error": 1e-4, "length": 3.2e-8},
    {"qubit": 1, "t1": 2e-4, "t2": 5e-4, "one_for_zero": 0.01, "zero_for_one": 0.03, "error": 2e-4, "length": 3.2e-8},
    {"qubit": 3, "one_for_zero": 0, "zero_for_one": 0, "readout_length": 2e-6, "error": 0, "length": 3.2e-8}],
    "pairs": [{"qubits": [0, 1], "gate": "cz", "error": 1e-3, "length": 6.8e-8},
              {"qubits": [1, 3], "gate": "cz", "error": 1, "length": 6.8e-8}]}"#;

fn figures(machine: &Machine) -> &Figures {
    machine.figures.as_ref().unwrap()
}

#[test]
fn our_form_is_read_and_written_back() {
    let machine = read_machine(&[OWN.as_bytes()]).unwrap();
    assert_eq!((&*machine.name, machine.target.name, &*figures(&machine).date), ("three", "ibm", "2026-04-17"));
    let map = machine.coupling.as_ref().unwrap();
    assert_eq!((map.width(), map.has(0, 1), map.has(1, 0), map.has(1, 3)), (5, true, true, false));
    let qubit = figures(&machine).qubit(1).unwrap();
    assert_eq!((qubit.t2, qubit.gate), (Some(4e-4), GateFigures { error: 2e-4, length: Some(3.2e-8) }));
    assert_eq!(qubit.readout, ReadoutRates { one_for_zero: 0.01, zero_for_one: 0.03 });
    assert_eq!(figures(&machine).qubit(2), None);
    assert_eq!(
        figures(&machine).remarks,
        [
            "T2 beyond 2 T1, which is taken instead, of qubits: 1",
            "no T1 and T2, so taken as without end, of qubits: 3",
            "pairs marked as broken: 1-3"
        ]
    );
    // What is written has no remarks left but those on what is not told.
    let again = read_machine(&[write_machine(&machine).unwrap().as_bytes()]).unwrap();
    assert_eq!(figures(&again).remarks.len(), 1);
    let same = |m: &Machine| (m.name.clone(), m.coupling.clone(), figures(m).qubits.clone(), figures(m).pairs.clone());
    assert_eq!(same(&again), same(&machine));
    assert_eq!(write_machine(&Machine::default()), None);
}

fn ibm() -> (Value, Value) {
    let property =
        |name: &str, unit: &str, value: f64| json!({"date": "d", "name": name, "unit": unit, "value": value});
    let qubit = |t1: f64| {
        json!([
            property("T1", "us", t1),
            property("T2", "us", 100.0),
            property("readout_error", "", 0.02),
            property("prob_meas0_prep1", "", 0.03),
            property("prob_meas1_prep0", "", 0.01),
            property("readout_length", "ns", 2200.0)
        ])
    };
    let gate = |name: &str, qubits: &[usize], error: f64, length: f64| {
        json!({"qubits": qubits, "gate": name, "name": "x",
               "parameters": [property("gate_error", "", error), property("gate_length", "ns", length)]})
    };
    let mut gates = vec![];
    for q in 0..3 {
        gates.extend([gate("rz", &[q], 0.0, 0.0), gate("sx", &[q], 1e-4, 32.0), gate("x", &[q], 1e-4, 32.0)]);
    }
    for (a, b) in [(0, 1), (1, 0), (1, 2), (2, 1)] {
        let error = if a + b == 1 { 2e-3 } else { 1.0 };
        gates.extend([gate("cz", &[a, b], error, 68.0), gate("rzz", &[a, b], 1e-3, 68.0)]);
    }
    let properties = json!({"backend_name": "ibm_x", "last_update_date": "2026-04-17T12:19:24+02:00",
        "qubits": [qubit(150.0), qubit(200.0), qubit(40.0)], "gates": gates, "general": []});
    let configuration = json!({"backend_name": "ibm_x", "n_qubits": 3, "basis_gates": ["cz", "id", "rz", "sx", "x"],
        "coupling_map": [[0, 1], [1, 0], [1, 2], [2, 1], [0, 2]]});
    (properties, configuration)
}

fn of(files: &[&Value]) -> Result<Machine, MachineFileError> {
    let texts: Vec<String> = files.iter().map(|value| value.to_string()).collect();
    read_machine(&texts.iter().map(|text| text.as_bytes()).collect::<Vec<_>>())
}

#[test]
fn ibm_machines_are_read_with_and_without_their_configuration() {
    let (properties, configuration) = ibm();
    let machine = of(&[&properties, &configuration]).unwrap();
    assert_eq!(of(&[&configuration, &properties]), Ok(machine.clone()));
    assert_eq!((&*machine.name, machine.target.name), ("ibm_x", "ibm"));
    let own = figures(&machine).qubit(2).unwrap();
    assert_eq!((own.t1, own.t2, own.readout_length), (Some(40e-6), Some(80e-6), Some(2.2e-6)));
    assert_eq!(own.readout, ReadoutRates { one_for_zero: 0.01, zero_for_one: 0.03 });
    let pair = figures(&machine).pair(1, 0).unwrap();
    assert_eq!((&*pair.name, pair.gate), ("cz", GateFigures { error: 2e-3, length: Some(6.8e-8) }));
    assert!(!machine.coupling.as_ref().unwrap().exists(2));
    let remarks = &figures(&machine).remarks;
    assert_eq!(remarks[1..], ["pairs marked as broken: 1-2, 2-1", "pairs without an error of their gate: 0-2"]);
    // 0-2 is the configuration's only.
    let alone = of(&[&properties]).unwrap();
    assert_eq!(figures(&alone).pairs, figures(&machine).pairs);
    assert_eq!(figures(&alone).remarks.len(), 2);
    // The means are of all three qubits, and p = e d/(d-1) less what relaxation does.
    let mean = machine.calibration.unwrap();
    assert!((mean.readout.zero_for_one - 0.03).abs() < 1e-15);
    assert!(mean.two_qubit.error < 2e-3 * 4.0 / 3.0 && mean.two_qubit.error > 1e-3, "{mean:?}");
}

#[test]
fn braket_devices_are_read() {
    let fidelity = |name: &str, value: f64| json!({"fidelityType": {"name": name}, "fidelity": value});
    let time = |value: f64| json!({"value": value, "standardError": null, "unit": "S"});
    let qubit = json!({"T1": time(4e-5), "T2": time(2e-5), "oneQubitFidelity": [
        fidelity("RANDOMIZED_BENCHMARKING", 0.9995), fidelity("SIMULTANEOUS_RANDOMIZED_BENCHMARKING", 0.999),
        fidelity("READOUT", 0.97)]});
    let pair = |value: f64| json!({"twoQubitGateFidelity": [{"gateName": "CZ", "fidelity": value}]});
    let device = json!({"braketSchemaHeader": {"name": "braket.device_schema.iqm.iqm_device_capabilities", "version": "1"},
        "service": {"updatedAt": "2026-05-01T00:00:00"},
        "paradigm": {"qubitCount": 3, "connectivity": {"fullyConnected": false,
            "connectivityGraph": {"1": ["2"], "2": ["1", "3"], "3": ["2"]}}},
        "standardized": {"oneQubitProperties": {"1": qubit, "2": qubit, "3": qubit},
                         "twoQubitProperties": {"1-2": pair(0.99), "3-2": pair(0.98)}}});
    let machine = of(&[&device]).unwrap();
    assert_eq!((&*machine.name, machine.target.name, figures(&machine).qubits.len()), ("iqm on Braket", "braket", 4));
    let own = figures(&machine).qubit(3).unwrap();
    assert!((own.gate.error - 1e-3).abs() < 1e-12 && (own.readout.zero_for_one - 0.03).abs() < 1e-12);
    assert!((figures(&machine).pair(2, 3).unwrap().gate.error - 0.02).abs() < 1e-12);
    assert_eq!((figures(&machine).remarks.len(), figures(&machine).tell_times()), (0, false));
    let ions = json!({"braketSchemaHeader": {"name": "braket.device_schema.ionq.ionq_device_capabilities", "version": "1"},
        "service": {"updatedAt": "2026-05-01T00:00:00"},
        "paradigm": {"qubitCount": 5, "connectivity": {"fullyConnected": true, "connectivityGraph": {}}},
        "provider": {"fidelity": {"1Q": {"mean": 0.9998}, "2Q": {"mean": 0.993}, "spam": {"mean": 0.996}},
                     "timing": {"T1": 100.0, "T2": 1.0, "1Q": 1.3e-4, "2Q": 9e-4, "readout": 1.5e-4}}});
    let machine = of(&[&ions]).unwrap();
    assert_eq!(
        (machine.coupling.is_none(), figures(&machine).pairs.len(), figures(&machine).tell_times()),
        (true, 20, true)
    );
    assert!((figures(&machine).pair(4, 0).unwrap().gate.error - 7e-3).abs() < 1e-12);
}

#[test]
fn what_cannot_be_is_named_with_its_place() {
    for (from, to, expected) in [
        ("\"error\": 2e-4", "\"error\": 2", "qubits[1].error: 2, expected a number from 0 to 1"),
        ("\"t1\": 2e-4", "\"t1\": 0", "qubits[0].t1: 0, expected seconds, from 1e-9 to 1e6"),
        ("\"length\": 6.8e-8", "\"length\": -1", "pairs[0].length: -1, expected seconds, from 0 to 0.1"),
        ("\"length\": 6.8e-8", "\"length\": 68", "pairs[0].length: 68, expected seconds, from 0 to 0.1"),
        ("\"gate\": \"cz\"", "\"gate\": \"x\"", "pairs[0].gate: x, expected a gate on two qubits such as cz or ecr"),
        (
            "\"zero_for_one\": 0.02",
            "\"zero_for_one\": -0.1",
            "qubits[0].zero_for_one: -0.1, expected a number from 0 to 1",
        ),
        ("\"zero_for_one\": 0.02", "\"zero_for_one\": NaN", "qubits[0].zero_for_one: 'NaN': JSON has no such number"),
        ("\"qubit\": 3", "\"qubit\": 5", "qubits[2].qubit: 5, but a register has 5 qubits"),
        ("\"qubit\": 3", "\"qubit\": 0", "qubits[2].qubit: qubit 0 is there twice"),
        ("[1, 3]", "[1, 1]", "pairs[1]: qubit 1 is joined to itself"),
        ("[1, 3]", "[0, 1]", "pairs[1]: the pair 0-1 is told twice"),
        ("[1, 3]", "[1, 9]", "pairs[1]: qubit 9 does not exist: expected 0 to 4"),
        (
            "\"error\": 1e-3",
            "\"error\": 0.8",
            "the file: no two qubits that a working gate joins: 2 pairs are told, all left out",
        ),
        ("\"target\": \"ibm\"", "\"target\": \"abacus\"", "target: 'abacus', expected one of portable"),
        ("\"version\": 1", "\"version\": 2", "hqrn-machine: version 2, this hqrn reads 1"),
        ("\"register\": 5", "\"registers\": 5", "registers: unknown field `registers`"),
        ("\"register\": 5", "\"register\": 99999999", "the file: a register of 99999999 qubits, expected 1 to 16384"),
    ] {
        assert!(OWN.contains(from), "{from}");
        let message = read_machine(&[OWN.replacen(from, to, 1).as_bytes()]).unwrap_err().to_string();
        assert!(message.starts_with(expected), "{to}: {message}");
    }
    let (properties, configuration) = ibm();
    let mut broken = properties.clone();
    broken["gates"][1]["parameters"][1]["unit"] = "weeks".into();
    let message = of(&[&broken]).unwrap_err().to_string();
    assert_eq!(message, "gates[1] (sx on [0]).gate_length: unit 'weeks', expected s, ms, us or ns");
    broken = properties.clone();
    broken["qubits"][2][0]["value"] = (-1.0).into();
    assert!(of(&[&broken]).unwrap_err().to_string().starts_with("qubits[2][0] (T1): "));
    let mut other = configuration.clone();
    other["backend_name"] = "ibm_y".into();
    let error = of(&[&properties, &other]).unwrap_err();
    assert_eq!((error.file, &*error.problem), (1, "the configuration of ibm_y, but the properties of ibm_x"));
    // A fake has the properties of the machine that it is of.
    for name in ["fake_x", "x", "ibm_x"] {
        other["backend_name"] = name.into();
        assert_eq!(of(&[&properties, &other]).unwrap().name, "ibm_x", "{name}");
    }
    other = configuration.clone();
    other["n_qubits"] = 4.into();
    assert!(of(&[&other, &properties]).unwrap_err().to_string().contains("4 qubits, but the properties have 3"));
    assert!(of(&[&configuration]).unwrap_err().to_string().contains("which has no figures"));
    assert!(of(&[&properties, &properties]).unwrap_err().to_string().contains("expected one file, or"));
    assert!(of(&[&json!([[0, 1]])]).unwrap_err().to_string().contains("none of the forms of a machine"));
}

#[cfg(feature = "schema")]
#[test]
fn the_schema_in_the_repository_is_current() {
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("circuits/machine.schema.json");
    let current = std::fs::read_to_string(&path).unwrap_or_default() == machine_schema();
    assert!(current, "write the output of `hqrn-compile --machine-schema` to circuits/machine.schema.json");
}
