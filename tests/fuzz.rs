//! Nothing a file can hold makes a reader panic: 10,000 random inputs of each kind.

mod support;

use hqrn::compiler::{Check, CompileOptions, Manifest, compile_and_measure, reconstruct};
use hqrn::network::{read_bytes, write_json};
use hqrn::qasm;
use proptest::prelude::*;
use std::fs;
use support::circuits;

/// A change to a text: where, how, and with what.
fn mutated(text: &[u8], changes: &[(usize, u8, u8)]) -> Vec<u8> {
    let mut out = text.to_vec();
    for &(place, kind, byte) in changes {
        if out.is_empty() {
            break;
        }
        let at = place % out.len();
        match kind % 6 {
            0 => out[at] = byte,
            1 => _ = out.remove(at),
            2 => out.insert(at, byte),
            3 => out.truncate(at),
            4 => {
                // Exchanging characters of the text itself stays nearer to valid programs.
                let other = (place / 7) % out.len();
                out.swap(at, other);
            }
            _ => {
                let piece: Vec<u8> = out[at..].iter().copied().take(byte as usize).collect();
                let to = (place / 3) % out.len();
                out.splice(to..to, piece);
            }
        }
    }
    out
}

fn changes() -> impl Strategy<Value = Vec<(usize, u8, u8)>> {
    prop::collection::vec((any::<usize>(), any::<u8>(), any::<u8>()), 1..4)
}

fn arbitrary_json() -> impl Strategy<Value = String> {
    let key = prop::sample::select(vec![
        "format",
        "version",
        "name",
        "input",
        "dim",
        "projection",
        "blocks",
        "weight",
        "bias",
        "alpha",
        "activation",
        "head",
        "other",
    ]);
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|b| b.to_string()),
        any::<f64>().prop_map(|x| format!("{x:e}")),
        (-3i64..70).prop_map(|x| x.to_string()),
        prop::sample::select(vec!["\"hqrn-weights\"", "\"relu\"", "\"exp\"", "\"é\\u0000\"", "1e999", "NaN"])
            .prop_map(str::to_owned),
    ];
    leaf.prop_recursive(5, 64, 6, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(|items| format!("[{}]", items.join(","))),
            prop::collection::vec((key.clone(), inner), 0..6).prop_map(|pairs| {
                let pairs: Vec<String> = pairs.into_iter().map(|(k, v)| format!("\"{k}\":{v}")).collect();
                format!("{{{}}}", pairs.join(","))
            }),
        ]
    })
}

/// Every reader on one input; a program that reads is simulated as well.
fn read_everything(bytes: &[u8]) {
    if let Ok(network) = read_bytes(bytes, "fuzz") {
        assert_eq!(read_bytes(write_json(&network).as_bytes(), "fuzz").unwrap(), network);
        if network.blocks[0].dim() <= 8 {
            _ = compile_and_measure(&network, 1, &CompileOptions::default(), Some(&Check::all(1e-9)));
        }
    }
    _ = Manifest::from_json(bytes);
    if let Ok(program) = std::str::from_utf8(bytes).map_err(drop).and_then(|text| qasm::read(text).map_err(drop)) {
        _ = reconstruct(&program);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10_000))]

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
