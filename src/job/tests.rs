use super::*;
use crate::compiler::{CompileOptions, compile_block, readout_of};
use crate::linalg::RealMatrix;
use crate::network::{Affine, Network, random_circuit, read_bytes};
use crate::qasm;
use crate::random::stream;
use crate::simulator::noise::{NoiseModel, ReadoutError, Trajectories, noisy_words};
use rand::RngExt;

const NETWORK: &[u8] = br#"{"format": "hqrn-weights", "version": 1, "name": "n",
    "blocks": [{"weight": [[4, -2, 0, 1], [0, 3, 1, -1], [-5, 1, 2, 0], [1, 0, 0, 2]], "bias": [0, 0.1, 0.2, 0], "alpha": 0.3},
               {"weight": [[3, -1, 0, 1], [0, 2, 1, -1], [-2, 1, 2, 0], [1, 0, 0, 2]], "bias": [0, 0, 0.1, 0], "alpha": 0.4}]}"#;

/// Two blocks that circuits for both signs compute, and a head.
fn network() -> Network {
    let mut network = read_bytes(NETWORK, "n").unwrap();
    for (k, block) in network.blocks.iter_mut().enumerate() {
        block.set_form(random_circuit(4, 12, 3.0, &mut crate::random::rng(3 + k as u64)));
    }
    let weight = RealMatrix::from_row_slice(3, 4, &[2.0, 0.0, -1.0, 0.3, 0.0, 2.0, 0.5, -1.0, -1.0, 0.4, 2.0, 0.0]);
    network.head = Some(Affine { weight, bias: vec![0.0, 0.1, -0.1] });
    network
}

fn inputs(seed: u64, count: usize) -> Vec<Vec<f64>> {
    let mut rng = stream(seed, 0);
    (0..count).map(|_| (0..4).map(|_| rng.random_range(0.0..1.0f64).powi(2)).collect()).collect()
}

fn noise() -> NoiseModel {
    let mut noise = NoiseModel::default();
    noise.two_qubit.depolarising = 0.02;
    noise.readout = ReadoutError { one_for_zero: 0.02, zero_for_one: 0.06 };
    noise
}

/// The network's circuits with this noise, in as many copies.
fn expected(network: &Network, noise: &NoiseModel, copies: usize) -> Vec<Expected> {
    let columns: Vec<usize> = (0..4).collect();
    let of = |(k, block)| {
        let text = &compile_block(network, k + 1, &CompileOptions::default()).unwrap()[0].text;
        let program = qasm::read(text).unwrap();
        let reading = Reading::of(&program.contract.signs, 4).unwrap();
        let mut readout = readout_of(program.contract.signs.plus.as_ref().unwrap());
        (readout.output, readout.accept) = (reading.bits().to_vec(), vec![]);
        let some = Trajectories { count: 1, seed: 0 };
        let words = noisy_words(&program.circuit, &readout, &columns, noise, &some).unwrap();
        let errors = vec![noise.readout; reading.bits().len()];
        Expected { tiles: vec![ExpectedTile::new(block, reading, errors, words); copies] }
    };
    network.blocks.iter().enumerate().map(of).collect()
}

#[test]
fn each_step_brings_the_network_nearer() {
    let network = network();
    let (training, reported) = (inputs(1, 300), inputs(2, 400));
    let ground = Ground::new(&network, &training, &reported, None);
    let exact = |noise: &NoiseModel| -> Ladder {
        let expected = expected(&network, noise, 1);
        let survivals: Vec<Vec<f64>> = expected.iter().map(Expected::survivals).collect();
        let measured: Vec<Measured> = expected.iter().map(Expected::exact).collect();
        ground.climb(&measured, &survivals, Some(5))
    };
    let quiet = exact(&NoiseModel::default());
    for rung in &quiet.rungs[..4] {
        assert_eq!(rung.labels, ground.own(), "{:?}", rung.step);
        assert!(rung.distances.iter().flatten().all(|d| *d < 1e-12), "{:?}", rung.step);
    }
    let noisy = exact(&noise());
    let changed: Vec<usize> = noisy.rungs.iter().map(|rung| ground.changed(&rung.labels).changed).collect();
    let distance = |i: usize| noisy.rungs[i].distances[0].unwrap();
    assert!(
        distance(0) > distance(1) && distance(1) > 3.0 * distance(2),
        "{} {} {}",
        distance(0),
        distance(1),
        distance(2)
    );
    assert!(changed[0] > changed[2] && changed[2] >= changed[4], "{changed:?}");
    // Depolarising noise alone shrinks all of W alike.
    let survival = expected(&network, &noise(), 1)[0].tiles[0].survival;
    assert!((noisy.scales[0].unwrap().value * survival - 1.0).abs() < 1e-9, "{:?} {survival}", noisy.scales);
}

#[test]
fn promises_are_kept() {
    let network = network();
    let (training, reported) = (inputs(1, 100), inputs(2, 150));
    let labels: Vec<usize> = vec![0; reported.len()];
    let ground = Ground::new(&network, &training, &reported, Some(&labels));
    let expected = expected(&network, &noise(), 2);
    let promised = |shots: u64| {
        let shots = vec![vec![shots; 4]; 2];
        promises(&ground, &expected, &shots, 6, false, 9, || ())
    };
    let (few, many) = (promised(50), promised(20_000));
    assert_eq!(few, promised(50));
    for (few, many) in few.iter().zip(&many).skip(2) {
        assert!(few.changed.value > many.changed.value && few.distances[0] > many.distances[0]);
    }
    assert!(many[2].wrong.is_some() && many[2].changed.value < 0.05, "{:?}", many[2]);
    // Counts drawn from what was promised are no surprise, those of another machine are.
    let shots = vec![3_000; 4];
    let found = expected[0].drawn(&shots, &mut stream(4, 0));
    assert!(surprise(&expected[0], &found).sigma.abs() < 4.0);
    assert!(surprise(&expected[1], &found).sigma > 10.0);
}

#[cfg(feature = "data")]
mod results {
    use super::*;
    use crate::job::plan::{Held, PlannedBlock, PlannedTile};
    use serde_json::{Value, json};

    fn block() -> (PlannedBlock, BlockReading) {
        let program = Held { file: "block-01.qasm".into(), sha256: String::new() };
        let tiles = vec![PlannedTile { qubits: vec![0, 1, 2], survival: 1.0 }];
        let network = network();
        let reading = expected(&network, &noise(), 1)[0].tiles[0].reading.clone();
        let tile = (reading, vec![ReadoutError::default(); 3]);
        let planned = PlannedBlock { program, two_qubit_gates: 12, tiles, survival: None, runs: vec![1, 2, 1, 1] };
        (planned, BlockReading { bits: 3, tiles: vec![tile] })
    }

    fn read(result: &Value) -> Result<RealMatrix, String> {
        let (planned, reading) = block();
        let found = collected(result, Provider::Ibm, &[planned], &[reading], 3).map_err(|error| error.to_string())?;
        Ok(found[0].tiles[0].counts.clone())
    }

    #[test]
    fn all_ways_to_write_words_say_the_same() {
        let words = [[0, 1, 1], [7, 7, 7], [2, 2, 5], [4, 4, 4], [0, 3, 6]];
        let mut counts = RealMatrix::zeros(8, 4);
        for (run, m) in words.iter().zip([0, 1, 1, 2, 3]) {
            run.iter().for_each(|word| counts[(*word, m)] += 1.0);
        }
        let hex = |word: &usize| format!("0x{word:x}");
        let table = |run: &[usize; 3]| {
            let mut all = serde_json::Map::new();
            for word in run {
                let old = all.get(&hex(word)).and_then(Value::as_u64).unwrap_or(0);
                all.insert(hex(word), json!(old + 1));
            }
            Value::Object(all)
        };
        let short = json!({"pubs": [words.iter().map(table).collect::<Vec<_>>()]});
        assert_eq!(read(&short), Ok(counts.clone()));
        let flat: Vec<String> = words.iter().flatten().map(hex).collect();
        let rest = json!({"results": [{"data": {"c": {"samples": flat, "num_bits": 3}}}]});
        assert_eq!(read(&rest), Ok(counts.clone()));
        // What qiskit-ibm-runtime 0.51 wrote of these words.
        let array = "eJyb7BfqGxDJyFDGUK2eklqcXKRupaBeU2qorqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RqmOgrGOgqGmjoKtQrkAS4GRkZ2dnYmJlYWFhYGZjYAH/UcDQ==";
        let typed = json!({"__type__": "PrimitiveResult", "__value__": {"pub_results": [{"__type__": "SamplerPubResult",
            "__value__": {"data": {"__type__": "DataBin", "__value__": {"field_names": ["c"], "shape": [5], "fields": {"c":
            {"__type__": "BitArray", "__value__": {"array": {"__type__": "ndarray", "__value__": array}, "num_bits": 3}}}}},
            "metadata": {}}}], "metadata": {"version": 2}}});
        assert_eq!(read(&typed), Ok(counts));
    }

    #[test]
    fn results_of_other_plans_are_told() {
        let run = json!({"0x0": 3});
        let runs = |count: usize| json!({"pubs": [vec![run.clone(); count]]});
        assert!(read(&runs(5)).is_ok());
        let short = json!({"pubs": [[{"0x0": 2}, run, run, run, run]]});
        let wide = json!({"pubs": [[{"0x8": 3}, run, run, run, run]]});
        for (result, expected) in [
            (runs(4), "block 1: 4 runs, the plan has 5: of another plan, or not all of it"),
            (short, "block 1, run 1: 2 shots, the plan has 3: of another plan, or not all of it"),
            (wide, "pubs[0][0]: 0x8, expected a word of 3 bits like 0x3"),
            (
                json!({"pubs": []}),
                "of 1 blocks, those of [1] have not come back: nothing was collected, give the whole result",
            ),
            (json!({"pubs": [[], []]}), "pubs: of 2 programs, the plan has 1"),
            (json!({"pubs": [[1]]}), "pubs[0][0]: expected counts like {\"0x3\": 12}"),
            (json!([]), "expected a result of IBM's Sampler, or {\"pubs\": [[{\"0x3\": 12}]]}"),
            (
                json!({"results": [{"data": {"c": {"samples": [], "num_bits": 4}}}]}),
                "results[0]: 4 bits, the program of the plan reads 3",
            ),
            (json!({"__type__": "Else"}), "no result of the Sampler, expected __type__ PrimitiveResult"),
        ] {
            assert_eq!(read(&result).unwrap_err(), expected);
        }
    }

    #[test]
    fn batches_of_either_provider_say_the_same() {
        let (mut planned, reading) = block();
        planned.runs = vec![4, 2, 4, 2];
        // Columns 0 and 2 run four times, then 1 and 3 twice.
        let words = [[0, 1, 1, 7], [2, 2, 2, 2], [5, 5, 0, 0], [3, 3, 6, 6]];
        let mut counts = RealMatrix::zeros(8, 4);
        for (m, run) in words.iter().enumerate() {
            run.iter().take(planned.runs[m] as usize).for_each(|word| counts[(*word, m)] += 1.0);
        }
        let share = |m: usize| 1.0 / planned.runs[m] as f64;
        let table = |m: usize, key: &dyn Fn(usize) -> String| {
            let mut all = serde_json::Map::new();
            for word in &words[m][..planned.runs[m] as usize] {
                let old = all.get(&key(*word)).and_then(Value::as_f64).unwrap_or(0.0);
                all.insert(key(*word), json!(old + share(m)));
            }
            Value::Object(all)
        };
        let first =
            |word: usize| -> String { (0..3).map(|bit| if word >> bit & 1 == 1 { '1' } else { '0' }).collect() };
        let braket = |columns: [usize; 2]| {
            let executables = columns.iter().enumerate();
            let executables: Vec<Value> = executables
                .map(|(i, m)| json!({"inputsIndex": i, "measurementProbabilities": table(*m, &first)}))
                .collect();
            json!({"programResults": [{"executableResults": executables}]})
        };
        let ionq = |columns: [usize; 2]| json!(columns.map(|m| table(m, &|word| word.to_string())));
        let read = |provider, result: &Value| {
            let found = collected(result, provider, std::slice::from_ref(&planned), std::slice::from_ref(&reading), 1);
            found.map(|found| found[0].tiles[0].counts.clone()).map_err(|error| error.to_string())
        };
        let tasks = json!({"tasks": [braket([0, 2]), braket([1, 3])]});
        assert_eq!(read(Provider::Braket, &tasks), Ok(counts.clone()));
        let jobs = json!({"jobs": [ionq([0, 2]), ionq([1, 3])]});
        assert_eq!(read(Provider::Ionq, &jobs), Ok(counts));
        let part = json!({"tasks": [braket([0, 2])]});
        assert!(read(Provider::Braket, &part).unwrap_err().starts_with("of 1 blocks, those of [1] have not come back"));
        let other = json!({"tasks": [braket([1, 3]), braket([1, 3])]});
        assert!(read(Provider::Braket, &other).is_ok(), "four of two shots are whole numbers, too");
        let odd = json!({"jobs": [[{"0": 0.3, "1": 0.7}, {"0": 1.0}], [{"0": 1.0}, {"0": 1.0}]]});
        let told = "jobs[0]: block 1, column 0: 1.200 shots of a word: of other shots than the plan's 4";
        assert_eq!(read(Provider::Ionq, &odd).unwrap_err(), told);
        let wide = json!({"jobs": [[{"9": 1.0}, {"0": 1.0}], [{"0": 1.0}, {"0": 1.0}]]});
        assert_eq!(
            read(Provider::Ionq, &wide).unwrap_err(),
            "jobs[0]: block 1, column 0: '9', expected a word of 3 bits"
        );
    }
}
