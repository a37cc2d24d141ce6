//! `manifest.json`: which programs in a folder belong to which block of which network.

use crate::files::{Format, JsonError, read_file, version_of};
use crate::signs::Signs;
use serde::{Deserialize, Serialize};
use std::path::{Component, Path};

/// The manifest's file name.
pub const MANIFEST_NAME: &str = "manifest.json";

const FORMAT: Format = Format { name: "hqrn-manifest", named: true, newest: 1 };

/// Manifests of any kind: of version 1 are those of residual blocks, of version 2 those of quanvolutions.
pub(super) const MANIFEST: &Format = &Format { newest: 2, ..FORMAT };

/// The version of a manifest, which says of what it is.
///
/// # Errors
/// If it is no manifest, or of a later version.
pub fn manifest_version(text: &[u8]) -> Result<u32, ManifestError> {
    Ok(version_of(text, MANIFEST)?)
}

/// The programs of a network. Holds nothing that differs between two runs with the same input and options.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Always "hqrn-manifest".
    pub format: String,
    /// Always 1.
    pub version: u32,
    /// Name of the network.
    pub network: String,
    /// Dimension N of its blocks.
    pub dim: usize,
    /// One entry a block, in order.
    pub blocks: Vec<ManifestBlock>,
}

/// The programs of one block and what they cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema), schemars(with = "BlockEntry"))]
#[serde(from = "BlockEntry", into = "BlockEntry")]
pub struct ManifestBlock {
    /// The block's number, from 1.
    pub block: usize,
    /// File names in the manifest's folder: one, or both halves of a split program.
    pub programs: Vec<String>,
    /// Qubits of all programs together.
    pub qubits: usize,
    /// CX gates of all programs together.
    pub cx: usize,
    /// The largest CX depth.
    pub cx_depth: usize,
    /// One-qubit gates of all programs together.
    pub one_qubit_gates: usize,
    /// Normalisations of W_P and W_N, those that are there.
    pub gamma: Signs<Option<f64>>,
    /// The bound on `max |W_rec - W|` that is proved; none where nothing was verified, or no proof is known.
    pub proved: Option<f64>,
}

/// The same as it stands in the file, with a key for each sign.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename = "ManifestBlock", deny_unknown_fields)]
struct BlockEntry {
    block: usize,
    programs: Vec<String>,
    qubits: usize,
    cx: usize,
    cx_depth: usize,
    one_qubit_gates: usize,
    gamma_plus: Option<f64>,
    gamma_minus: Option<f64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    proved: Option<f64>,
}

impl From<BlockEntry> for ManifestBlock {
    fn from(entry: BlockEntry) -> ManifestBlock {
        let BlockEntry { block, programs, qubits, cx, cx_depth, one_qubit_gates, gamma_plus, gamma_minus, proved } =
            entry;
        let gamma = Signs { plus: gamma_plus, minus: gamma_minus };
        ManifestBlock { block, programs, qubits, cx, cx_depth, one_qubit_gates, gamma, proved }
    }
}

impl From<ManifestBlock> for BlockEntry {
    fn from(entry: ManifestBlock) -> BlockEntry {
        let ManifestBlock { block, programs, qubits, cx, cx_depth, one_qubit_gates, gamma, proved } = entry;
        let Signs { plus: gamma_plus, minus: gamma_minus } = gamma;
        BlockEntry { block, programs, qubits, cx, cx_depth, one_qubit_gates, gamma_plus, gamma_minus, proved }
    }
}

/// A manifest that cannot be used.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ManifestError {
    /// No JSON of the expected form.
    #[error(transparent)]
    Json(#[from] JsonError),
    /// A value that cannot be.
    #[error("{place}: {problem}")]
    Value {
        /// Path to the value.
        place: String,
        /// What is wrong.
        problem: String,
    },
}

impl Manifest {
    /// A manifest of version 1.
    pub fn new(network: String, dim: usize, blocks: Vec<ManifestBlock>) -> Manifest {
        Manifest { format: FORMAT.name.to_owned(), version: 1, network, dim, blocks }
    }

    /// The manifest as indented JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a manifest has only finite numbers") + "\n"
    }

    /// Reads a manifest and checks that it lists blocks 1, 2, … in order, with plain file names.
    ///
    /// # Errors
    /// What is wrong, with its place.
    pub fn from_json(text: &[u8]) -> Result<Manifest, ManifestError> {
        let manifest: Manifest = read_file(text, &FORMAT)?;
        let wrong = |place: String, problem: String| Err(ManifestError::Value { place, problem });
        for (k, entry) in manifest.blocks.iter().enumerate() {
            if entry.block != k + 1 {
                return wrong(format!("blocks[{k}].block"), format!("{}, expected {}", entry.block, k + 1));
            }
            check_names(&entry.programs, &format!("blocks[{k}]"))?;
        }
        Ok(manifest)
    }
}

/// Checks the file names of an entry at `place`.
pub(super) fn check_names(programs: &[String], place: &str) -> Result<(), ManifestError> {
    let wrong = |place: String, problem: String| Err(ManifestError::Value { place, problem });
    if programs.is_empty() {
        return wrong(format!("{place}.programs"), "empty, expected at least one file name".into());
    }
    for (i, name) in programs.iter().enumerate() {
        // A manifest from elsewhere must not make anyone read outside its folder.
        let mut parts = Path::new(name).components();
        if !matches!((parts.next(), parts.next()), (Some(Component::Normal(_)), None)) {
            let problem = format!("'{name}', expected a file name without folders");
            return wrong(format!("{place}.programs[{i}]"), problem);
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn round_trip_and_refusals() {
        let entry = ManifestBlock {
            block: 1,
            programs: vec!["block-01.qasm".into()],
            qubits: 6,
            cx: 14,
            cx_depth: 7,
            one_qubit_gates: 30,
            gamma: Signs { plus: Some(1.25), minus: None },
            proved: None,
        };
        let manifest = Manifest::new("n".into(), 4, vec![entry]);
        assert_eq!(Manifest::from_json(manifest.to_json().as_bytes()).unwrap(), manifest);
        assert!(manifest.to_json().contains("\"gamma_plus\": 1.25,\n      \"gamma_minus\": null\n"));
        let message = |from: &str, to: &str| {
            Manifest::from_json(manifest.to_json().replace(from, to).as_bytes()).unwrap_err().to_string()
        };
        assert_eq!(
            message("block-01.qasm", "../x.qasm"),
            "blocks[0].programs[0]: '../x.qasm', expected a file name without folders"
        );
        assert_eq!(message("\"block\": 1", "\"block\": 2"), "blocks[0].block: 2, expected 1");
        assert!(message("\"cx\"", "\"cz\"").contains("unknown field `cz`"));
        assert!(message("hqrn-manifest", "other").starts_with("format: 'other'"));
        let later = message("\"version\": 1", "\"version\": 2, \"new\": 3");
        assert_eq!(later, "hqrn-manifest: version 2, this hqrn reads 1");
    }
}
