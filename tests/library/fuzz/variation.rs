//! How inputs vary: bytes changed in files that are valid, and JSON of no file at all.

use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use std::fs;
use std::path::Path;

/// Cases of a test: as many as the environment asks for, or `usual`.
pub fn cases(usual: u32) -> ProptestConfig {
    let asked = std::env::var("PROPTEST_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig { cases: asked.unwrap_or(usual), failure_persistence: None, ..ProptestConfig::default() }
}

/// Runs a reader on valid files, which it must take, and on changed ones, which it must take or refuse in one line.
pub fn fuzz(valid: &[Vec<u8>], read: impl Fn(&[u8]) -> Result<(), String>) {
    for file in valid {
        assert_eq!(read(file), Ok(()), "{}", String::from_utf8_lossy(file));
    }
    let mut runner = TestRunner::new_with_rng(cases(400), TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let found = runner.run(&(0..valid.len(), changes()), |(file, changes)| {
        let changed = mutated(&valid[file], &changes);
        let message = read(&changed).err().unwrap_or("fine".into());
        prop_assert!(message.lines().count() == 1, "{message:?} of {:?}", String::from_utf8_lossy(&changed));
        Ok(())
    });
    found.unwrap_or_else(|failure| panic!("{failure}"));
}

/// The same for readers of files, which get one of this name.
pub fn fuzz_file<E: ToString>(name: &str, valid: &[Vec<u8>], read: impl Fn(&Path) -> Result<(), E>) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fuzz(valid, |bytes| {
        fs::write(&path, bytes).unwrap();
        read(&path).map_err(|error| error.to_string())
    });
}

/// A change to a text: where, how, and with what.
pub fn mutated(text: &[u8], changes: &[(usize, u8, u8)]) -> Vec<u8> {
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

pub fn changes() -> impl Strategy<Value = Vec<(usize, u8, u8)>> {
    prop::collection::vec((any::<usize>(), any::<u8>(), any::<u8>()), 1..4)
}

pub fn arbitrary_json() -> impl Strategy<Value = String> {
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
