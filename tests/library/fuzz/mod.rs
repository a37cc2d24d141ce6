//! Nothing a file can hold makes a reader panic, and every error is one line: random inputs, and valid files of every
//! format with a few bytes changed. `PROPTEST_CASES` asks for more cases than the default.

mod variation;

use self::variation::{arbitrary_json, cases, changes, fuzz, fuzz_file, mutated};
use crate::support::circuits;
use flate2::Compression;
use flate2::write::GzEncoder;
use hqrn::compiler::{
    Check, CompileOptions, Manifest, ManifestBlock, Sample, SegmentMethod, SegmentOptions, compile_and_check_segment,
    compile_and_measure, compile_block, compile_segment, reconstruct, verify_segment,
};
use hqrn::data::{
    Split, StateRecord, read_samples_or_states, read_state, read_test_rows, write_array, write_labels, write_states,
};
use hqrn::entanglement::{Campaign, Plan, Sizes};
use hqrn::linalg::{Complex, Matrix};
use hqrn::network::{Activation, Network, read_bytes, read_model_bytes, write_json};
use hqrn::qasm::{self, AnyProgram};
use hqrn::run::{read_counts, read_counts_of_many};
use hqrn::simulator::noise::NoiseModel;
use hqrn::target::{Coupling, Dialect, TARGETS, read_machine, write_machine};
use hqrn::training::{Architecture, Recipe, Rule, TrainingState};
use proptest::prelude::*;
use std::fs;
use std::io::Write;
use std::path::Path;

/// A network; what is read is written, read again, and compiled.
fn weights(bytes: &[u8]) -> Result<(), String> {
    let network = read_bytes(bytes, "fuzz").map_err(|error| error.to_string())?;
    assert_eq!(read_bytes(write_json(&network).as_bytes(), "fuzz").unwrap(), network);
    if network.blocks[0].dim() <= 8 {
        let compiled = compile_and_measure(&network, 1, &CompileOptions::default(), Some(&Check::all(1e-9)));
        compiled.map_err(|error| error.to_string())?;
    }
    Ok(())
}

/// A network of any family; what is read is written, read again, and run.
fn model(bytes: &[u8]) -> Result<(), String> {
    let model = read_model_bytes(bytes, "fuzz").map_err(|error| error.to_string())?;
    assert_eq!(read_model_bytes(model.to_json().as_bytes(), "fuzz").unwrap(), model);
    if model.input_dim() <= 64 {
        assert!(model.labels(&[vec![0.5; model.input_dim()]]).iter().all(|label| Some(*label) < model.classes()));
    }
    if let Ok(network) = model.amplitude("fuzz")
        && network.dim <= 8
    {
        _ = compile_and_check_segment(&network, 1, None, &SegmentOptions::default(), Some(1e-9));
    }
    Ok(())
}

/// A program; what is read is simulated as well.
fn program(bytes: &[u8]) -> Result<(), String> {
    let text = std::str::from_utf8(bytes).map_err(|error| error.to_string())?;
    let program = qasm::read(text).map_err(|error| error.to_string())?;
    reconstruct(&program).map(drop).map_err(|error| error.to_string())
}

/// Every reader on one input.
fn read_everything(bytes: &[u8]) {
    _ = weights(bytes);
    _ = model(bytes);
    _ = program(bytes);
    _ = Manifest::from_json(bytes);
    _ = Coupling::from_json(bytes);
    _ = NoiseModel::from_json(bytes);
    _ = read_machine(&[bytes]);
    _ = read_counts(bytes, 3, None, &Dialect::OPENQASM_3);
    _ = read_counts_of_many(bytes, |_| 3, None, &Dialect::OPENQASM_3);
}

proptest! {
    #![proptest_config(cases(3_000))]

    #[test]
    fn random_bytes(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        read_everything(&bytes);
    }

    #[test]
    fn random_json(text in arbitrary_json()) {
        read_everything(text.as_bytes());
    }

    #[test]
    fn mutated_programs(changes in changes()) {
        read_everything(&mutated(&fs::read(circuits("four.qasm")).unwrap(), &changes));
    }

    #[test]
    fn mutated_weights(changes in changes()) {
        read_everything(&mutated(&fs::read(circuits("four.json")).unwrap(), &changes));
    }

    #[test]
    fn mutated_safetensors(changes in changes()) {
        let header = br#"{"__metadata__":{"alpha":"0.5","activation":"relu"},"blocks.0.bias":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},"blocks.0.weight":{"dtype":"F32","shape":[2,2],"data_offsets":[8,24]}}      "#;
        let mut file = (header.len() as u64).to_le_bytes().to_vec();
        file.extend_from_slice(header);
        file.extend((0..6).flat_map(|k| (k as f32 - 2.0).to_le_bytes()));
        prop_assert!(read_bytes(&file, "fuzz").is_ok());
        read_everything(&mutated(&file, &changes));
    }
}

fn bytes(texts: &[&str]) -> Vec<Vec<u8>> {
    texts.iter().map(|text| text.as_bytes().to_vec()).collect()
}

#[test]
fn weights_of_every_form() {
    let factor = r#"{"a":[[[1,0]],[[0.5,-1]]],"b":[[[1,0]],[[0,0.25]]]}"#;
    let angles = format!("[{}]", ["0.25"; 15].join(","));
    let forms = [
        format!(r#"{{"factors":{{"plus":{factor},"minus":{factor}}}}}"#),
        format!(r#"{{"unitary":{{"plus":{angles},"minus":{angles}}},"gamma":1.5}}"#),
        r#"{"circuit":{"dim":3,"gates":[["ry",0,0.5],["rz",1,-1e-3],["cz",0,2],["ry",2,3]]},"gamma":2.5}"#.to_owned(),
        r#"{"weight":[[1,-2],[0.5,3]],"bias":[0,1],"alpha":0.25,"activation":"exp"}"#.to_owned(),
    ];
    let whole = |block| format!(r#"{{"format":"hqrn-weights","version":1,"name":"n","blocks":[{block}]}}"#);
    let valid: Vec<Vec<u8>> =
        forms.iter().flat_map(|form| [form.clone(), whole(form)]).map(String::into_bytes).collect();
    fuzz(&valid, weights);
}

#[test]
fn networks_of_every_family() {
    let residual = r#"{"format":"hqrn-weights","version":2,"family":"residual","input":{"dim":2},"blocks":[{"weight":[[1,-2],[0.5,3]]}],"head":{"weight":[[1,0]],"bias":[0]}}"#;
    let layers = r#"{"angles":[[0.5,1,-2,3],[0,1e-3,2,3]],"axis":"y","read":"all","scale":0.5,"reupload":true,"skip":[0]},{"angles":[[1,2,3,4]],"read":2,"skip":[1]},{"gates":[["rx",0,0.5],["cx",0,2],["cz",1,3]],"skip":[1]}"#;
    let whole = |head: &str| {
        format!(
            r#"{{"format":"hqrn-weights","version":2,"family":"quanvolution","name":"q","image":{{"height":3,"width":2,"divide":16,"scale":2}},"quanvolutions":[{layers}],{head}}}"#
        )
    };
    let row = format!("[{}]", ["0.25"; 24].join(","));
    let classical = whole(&format!(r#""head":{{"weight":[{row},{row}],"bias":[0,1]}}"#));
    let quantum = whole(r#""quantum_head":{"angles":[1,2,3,4,5],"measured":[4,0]}"#);
    fuzz(&bytes(&[residual, &classical, &quantum, AMPLITUDE, DENSE, FRONT]), model);
}

const AMPLITUDE: &str = r#"{"format":"hqrn-weights","version":2,"family":"amplitude","input":{"dim":3,"gain":2},"layers":[{"mesh":[0.5,-1,2],"residual":1.5,"activation":"tanh"},{"matrix":[[1,2,3],[0,1,0],[-1,0,1e-3]],"residual":-1}],"head":{"weight":[[1,2,-3],[0.5,1,1]],"bias":[0,1]}}"#;

const FRONT: &str = r#"{"format":"hqrn-weights","version":2,"family":"amplitude","front":[{"kind":"conv","weight":[[[[1,0.5,-1],[0,1,2],[1,-3,0]]]],"bias":[0.5],"activation":"leaky-relu","pool":2},{"kind":"linear","weight":[[1,2],[3,-4]],"bias":[0,1]}],"input":{"dim":2,"image":[1,2,4],"scale":0.5},"layers":[{"mesh":[0.1]}],"head":{"weight":[[1,2]],"bias":[0]}}"#;

const DENSE: &str = r#"{"format":"hqrn-weights","version":2,"family":"amplitude","name":"d","input":{"dim":2},"layers":[{"mesh":[0.1],"dense":[1]},{"mesh":[0.2],"dense":[0.5,-0.5]}],"head":{"weight":[[1,2]],"bias":[0],"reads":"probabilities"}}"#;

#[test]
fn segments_and_their_contracts() {
    let network = read_model_bytes(AMPLITUDE.as_bytes(), "n").unwrap().amplitude("fuzz").unwrap();
    let sample = Sample { features: vec![0.5, -1.0, 2.0], row: Some(2) };
    let verified = |text: &[u8]| {
        let text = std::str::from_utf8(text).map_err(|error| error.to_string())?;
        match qasm::read_any(text).map_err(|error| error.to_string())? {
            AnyProgram::Segment(program) => {
                verify_segment(&program, &network, 1e-9).map(drop).map_err(|error| error.to_string())
            }
            _ => Err("another program".to_owned()),
        }
    };
    // Of the layers the second is a matrix, of which one-hot takes none.
    for (number, sample, method) in
        [(2, None, SegmentMethod::Exact), (2, Some(&sample), SegmentMethod::Layers), (1, None, SegmentMethod::OneHot)]
    {
        let options = SegmentOptions::default().with_method(method);
        let text = compile_segment(&network, number, sample, &options).unwrap();
        fuzz(&bytes(&[&text]), verified);
        let start = text.find("// hqrn: ").unwrap() + "// hqrn: ".len();
        let end = start + text[start..].find('\n').unwrap();
        fuzz(&bytes(&[&text[start..end]]), |contract| {
            verified(&[&text.as_bytes()[..start], contract, &text.as_bytes()[end..]].concat())
        });
    }
}

#[test]
fn programs_of_every_target_and_their_contracts() {
    let network = read_bytes(b"[[1, -2], [0.5, 3]]", "fuzz").unwrap();
    let compiled = |target| {
        let options = CompileOptions::default().with_target(target);
        compile_block(&network, 1, &options).unwrap().remove(0).text.into_bytes()
    };
    let mut programs: Vec<Vec<u8>> = TARGETS.iter().map(compiled).collect();
    // Inputs that choose columns, and a second copy.
    let options = CompileOptions::default().with_columns().with_layouts(vec![vec![0, 1, 2, 3], vec![7, 6, 5, 4]]);
    programs.push(compile_block(&network, 1, &options).unwrap().remove(0).text.into_bytes());
    fuzz(&programs, program);
    // A program is long and its contract short: that alone is changed.
    for text in programs.iter().map(|bytes| std::str::from_utf8(bytes).unwrap()) {
        // A comment in OpenQASM and QIR, a key in IonQ's JSON.
        let marks = ["// hqrn: ", "; hqrn: ", "\"hqrn\": "];
        let start = marks.iter().find_map(|mark| Some(text.find(mark)? + mark.len())).unwrap();
        let end = start + text[start..].find('\n').unwrap();
        let end = start + text[start..end].trim_end_matches(',').len();
        fuzz(&bytes(&[&text[start..end]]), |contract| {
            program(&[&text.as_bytes()[..start], contract, &text.as_bytes()[end..]].concat())
        });
    }
}

#[test]
fn programs_that_came_back() {
    let text = compile_block(&read_bytes(b"[[9, 4], [-4, 9]]", "n").unwrap(), 1, &CompileOptions::default()).unwrap();
    let original = qasm::read(&text[0].text).unwrap();
    let valid = bytes(&[
        "OPENQASM 3; /* x */ gate g(t) a, b { rz(t/2) b; cx a, b; } qubit[4] q; bit[4] c; barrier q; g(-pi*0.5) q[0], q[1]; c = measure q;",
        "OPENQASM 2.0;\ninclude \"qelib1.inc\";\nqreg a[2]; qreg b[2]; creg m[4]; u3(pi/2, .5e-1, 3) a; CX a, b; measure a[0] -> m[0]; measure a[1] -> m[1]; measure b[0] -> m[2]; measure b[1] -> m[3];",
        "OPENQASM 3.0;\nbit[4] c;\nsx $0; ecr $0, $3; cp(sqrt(2)**2) $1, $2; c[0] = measure $0; c[1] = measure $1; c[2] = measure $2; c[3] = measure $3;",
    ]);
    fuzz(&valid, |text| {
        let text = std::str::from_utf8(text).map_err(|_| "not UTF-8".to_owned())?;
        qasm::read_foreign(text, &original, Some(&[0, 1, 2, 3])).map(drop).map_err(|error| error.to_string())
    });
}

#[test]
fn counts_couplings_and_noise() {
    let valid = bytes(&[
        r#"{"counts": {"0 01": 5, "110": 2, "001": 1}}"#,
        r#"{"000": 9007199254740989, "111": 3}"#,
        r#"["010", "111"]"#,
        r#"{"results": [{"data": {"counts": {"0x1": 5, "0x6": 2}}}]}"#,
        r#"{"[1, 0, 0]": 5, "[Zero, One, One]": 2}"#,
        r#"{"measurementProbabilities": {"100": 0.75, "011": 0.25}, "taskMetadata": {"shots": 4}, "measuredQubits": [2, 0, 1]}"#,
        r#"{"bits": [["c",[0]],["c",[1]],["c",[2]]], "counts": [{"outcome": {"width": 3, "array": [[96]]}, "count": 5}]}"#,
        r#"{"cirq_type": "ResultDict", "records": {"c": {"packed_digits": "f8", "binary": true, "shape": [2, 1, 3]}}}"#,
    ]);
    fuzz(&valid, |text| read_counts(text, 3, None, &Dialect::OPENQASM_3).map(drop).map_err(|error| error.to_string()));
    let valid = bytes(&[
        r#"[{"000": 3, "110": 4}, {"011": 5}]"#,
        r#"{"results": [{"data": {"counts": {"0x1": 5}}}, {"data": {"counts": {"0x6": 2}}}]}"#,
    ]);
    fuzz(&valid, |text| {
        let read = read_counts_of_many(text, |_| 3, None, &Dialect::OPENQASM_3);
        read.map(drop).map_err(|error| error.to_string())
    });
    let valid =
        bytes(&["[[0, 1], [2, 1]]", r#"{"backend_name": "x", "n_qubits": 5, "coupling_map": [[0, 1], [1, 2]]}"#]);
    fuzz(&valid, |text| Coupling::from_json(text).map(drop).map_err(|error| error.to_string()));
    let valid = bytes(&[
        r#"{"format": "hqrn-machine", "version": 1, "name": "m", "date": "d", "target": "ibm", "register": 3, "qubits": [
            {"qubit": 0, "t1": 2e-4, "t2": 1e-4, "one_for_zero": 0.01, "zero_for_one": 0.02, "error": 1e-4, "length": 3e-8},
            {"qubit": 2, "one_for_zero": 0.01, "zero_for_one": 0.02, "error": 1e-4}],
            "pairs": [{"qubits": [0, 2], "gate": "cz", "error": 1e-3, "length": 7e-8}]}"#,
        r#"{"backend_name": "b", "qubits": [[{"name": "T1", "unit": "us", "value": 9}, {"name": "readout_error", "value": 0.1}],
            [{"name": "T2", "unit": "ns", "value": 9}, {"name": "readout_error", "value": 0.1}]], "gates": [
            {"gate": "sx", "qubits": [0], "parameters": [{"name": "gate_error", "value": 0.1}]},
            {"gate": "sx", "qubits": [1], "parameters": [{"name": "gate_error", "value": 0.1}]},
            {"gate": "ecr", "qubits": [0, 1], "parameters": [{"name": "gate_error", "unit": "", "value": 0.1}]}]}"#,
        r#"{"service": {}, "paradigm": {"qubitCount": 2, "connectivity": {"fullyConnected": true}}, "provider": {"fidelity": {
            "1Q": {"mean": 0.9}, "2Q": {"mean": 0.9}, "spam": {"mean": 0.9}}, "timing": {"T1": 1, "1Q": 1e-4, "2Q": 6e-4}}}"#,
    ]);
    fuzz(&valid, |text| read_machine(&[text]).map(|machine| drop(write_machine(&machine))).map_err(|e| e.to_string()));
    let presets = NoiseModel::presets().map(|name| NoiseModel::preset(name).unwrap());
    let valid: Vec<Vec<u8>> = presets.map(|model| serde_json::to_vec(&model).unwrap()).collect();
    fuzz(&valid, |text| NoiseModel::from_json(text).map(drop).map_err(|error| error.to_string()));
}

#[test]
fn tables() {
    let valid = bytes(&[
        "label,split,a,b\n3,train,1,2.5\n4,test,0,-1e-3\n5,test,7,8\n",
        "a,b\n1,2\n3,4\n",
        "\"a\",\"split\",\"b\"\n1,\"test\",\"2\"\n1,test,3\n",
    ]);
    fuzz_file("t.csv", &valid, |path| {
        read_test_rows(path, None, Some(2))?;
        read_samples_or_states(path, None, Some(2), Split::Test).map(drop)
    });
    let mut packer = GzEncoder::new(vec![], Compression::fast());
    packer.write_all(&valid[0]).unwrap();
    let gzipped = [packer.finish().unwrap()];
    fuzz_file("t.csv.gz", &gzipped, |path| read_samples_or_states(path, None, Some(2), Split::Test).map(drop));
}

#[test]
fn image_sets_and_arrays() {
    let idx = |magic: u32, sides: &[u32], content: u8| -> Vec<u8> {
        let header = [&[magic], sides].concat().into_iter().flat_map(u32::to_be_bytes);
        header.chain((0..content).map(|i| i % 3)).collect()
    };
    let (images, labels) = (idx(0x0803, &[4, 2, 3], 24), idx(0x0801, &[4], 4));
    let folder = tempfile::tempdir().unwrap();
    let inputs = folder.path().join("images");
    fs::write(&inputs, &images).unwrap();
    fuzz_file("x-images-idx3-ubyte", &[images], |path| read_samples_or_states(path, None, None, Split::Test).map(drop));
    let of_images = |path: &Path| read_samples_or_states(&inputs, Some(path), None, Split::Test).map(drop);
    fuzz_file("labels", &[labels, write_labels(&[1, 0, 2, 1]), b"label\n1\n0\n2\n1\n".to_vec()], of_images);
    let half = [0.5, 0.0, 0.0, 0.5].map(Complex::from);
    let states = write_array(&[2, 2, 2], half.into_iter().chain(half));
    let real = write_array(&[2, 3], (0..6).map(|x| Complex::from(f64::from(x))));
    fuzz_file("x.npy", &[states, real], |path| read_samples_or_states(path, None, None, Split::Test).map(drop));
}

#[test]
fn density_matrices() {
    let rho = Matrix::from_diagonal_element(2, 2, Complex::from(0.5));
    let records = vec![StateRecord::new(&rho, Some("bell"), Some(1)), StateRecord::new(&rho, Some("ghz"), Some(0))];
    let valid = [write_states(records).into_bytes()];
    fuzz_file("s.json", &valid, |path| read_samples_or_states(path, None, Some(2), Split::Test).map(drop));
    let json = bytes(&[r#"{"re": [[0.5, 0], [0, 0.5]], "im": [[0, -0.25], [0.25, 0]]}"#, "[[1, 0], [0, 0]]"]);
    let array = write_array(&[2, 2], [1.0, 0.0, 0.0, 0.0].into_iter().map(Complex::from));
    fuzz_file("rho", &[json, vec![array]].concat(), |path| read_state(path, 2).map(drop));
}

#[test]
fn manifests() {
    let entry = ManifestBlock {
        block: 1,
        programs: vec!["block-01.qasm".into()],
        qubits: 6,
        cx: 14,
        cx_depth: 7,
        one_qubit_gates: 30,
        gamma: hqrn::signs::Signs { plus: Some(1.25), minus: None },
        proved: Some(1e-12),
    };
    let valid = [Manifest::new("n".into(), 4, vec![entry]).to_json().into_bytes()];
    fuzz(&valid, |text| Manifest::from_json(text).map(drop).map_err(|error| error.to_string()));
}

#[test]
fn states_of_trainings() {
    let shape = Architecture { inputs: 3, dim: 2, blocks: 1, classes: 2, alpha: 0.5, activation: Activation::Relu };
    let recipe =
        Recipe { rule: Rule::Adam, rate: 0.01, weight_decay: 0.0, batch: 5, epochs: 2, fraction: 1.0, seed: 3 };
    let valid = [TrainingState::<Network>::new("n", &shape, &recipe).to_json(&shape, &recipe).into_bytes()];
    fuzz(&valid, |text| {
        TrainingState::<Network>::from_json(text, "n", &shape, &recipe).map(drop).map_err(|error| error.to_string())
    });

    let few = Sizes { werner: 4, separable: 4, adversarial: 4 };
    let mut plan = Plan { classical: 1, restarts: 1, training: few, test: few, ..Plan::new(1, false, 1) };
    (plan.greedy.starts, plan.greedy.steps, plan.classifier.epochs) = (1, 3, 2);
    let mut campaign = Campaign::new(plan);
    while campaign.advance() {}
    fuzz(&[campaign.to_json().into_bytes()], |text| {
        Campaign::from_json(text, plan).map(drop).map_err(|error| error.to_string())
    });
}
