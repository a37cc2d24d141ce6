//! `manifest.json` of an amplitude network: which program in a folder is of which segment.

use crate::compiler::manifest::{MANIFEST, ManifestError, check_names};
use crate::files::read_file;
use serde::{Deserialize, Serialize};

/// The programs of a network, segment by segment. Holds nothing that differs between two runs with the same input and options.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SegmentManifest {
    /// Always "hqrn-manifest".
    pub format: String,
    /// Always 2.
    pub version: u32,
    /// Name of the network.
    pub network: String,
    /// One entry a segment, in order.
    pub segments: Vec<ManifestSegment>,
}

/// The program of one segment and what it costs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ManifestSegment {
    /// The segment's number, from 1.
    pub segment: usize,
    /// The file's name in the manifest's folder.
    pub program: String,
    /// Entries that go in.
    pub inputs: usize,
    /// Entries that come out.
    pub labels: usize,
    /// Qubits.
    pub qubits: usize,
    /// Two-qubit gates.
    pub cx: usize,
    /// Depth in two-qubit gates.
    pub cx_depth: usize,
    /// One-qubit gates.
    pub one_qubit_gates: usize,
    /// What probabilities are multiplied with.
    pub gamma: f64,
}

impl SegmentManifest {
    /// A manifest of version 2.
    pub fn new(network: String, segments: Vec<ManifestSegment>) -> SegmentManifest {
        SegmentManifest { format: MANIFEST.name.to_owned(), version: 2, network, segments }
    }

    /// The manifest as indented JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a manifest has only finite numbers") + "\n"
    }

    /// Reads a manifest and checks that it lists segments 1, 2, … in order, with plain file names.
    ///
    /// # Errors
    /// What is wrong, with its place.
    pub fn from_json(text: &[u8]) -> Result<SegmentManifest, ManifestError> {
        let manifest: SegmentManifest = read_file(text, MANIFEST)?;
        for (k, entry) in manifest.segments.iter().enumerate() {
            let place = format!("segments[{k}]");
            if entry.segment != k + 1 {
                let problem = format!("{}, expected {}", entry.segment, k + 1);
                return Err(ManifestError::Value { place: format!("{place}.segment"), problem });
            }
            check_names(std::slice::from_ref(&entry.program), &place)?;
        }
        Ok(manifest)
    }
}
