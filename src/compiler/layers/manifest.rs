//! `manifest.json` of a network of quanvolutions: which programs in a folder belong to which layer.

use crate::compiler::head::ManifestHead;
use crate::compiler::manifest::{MANIFEST, ManifestError, check_names};
use crate::files::read_file;
use serde::{Deserialize, Serialize};

/// The programs of a network, layer by layer. Holds nothing that differs between two runs with the same input and options.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LayerManifest {
    /// Always "hqrn-manifest".
    pub format: String,
    /// Always 2.
    pub version: u32,
    /// Name of the network.
    pub network: String,
    /// One entry a layer, in order.
    pub layers: Vec<ManifestLayer>,
    /// The program of a quantum head, where there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub head: Option<ManifestHead>,
}

/// The programs of one layer and what they cost.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct ManifestLayer {
    /// The layer's number, from 1.
    pub layer: usize,
    /// File names in the manifest's folder: one, or several where pixels are fixed.
    pub programs: Vec<String>,
    /// Patches of all programs together.
    pub patches: usize,
    /// How often an input occurs; 0 where pixels are fixed.
    pub degree: usize,
    /// The most qubits that one program uses.
    pub qubits: usize,
    /// Two-qubit gates of one patch, the dearest.
    pub cx: usize,
    /// The largest depth in two-qubit gates.
    pub cx_depth: usize,
    /// One-qubit gates of one patch in the mean.
    pub one_qubit_gates: f64,
}

impl LayerManifest {
    /// A manifest of version 2.
    pub fn new(network: String, layers: Vec<ManifestLayer>, head: Option<ManifestHead>) -> LayerManifest {
        LayerManifest { format: MANIFEST.name.to_owned(), version: 2, network, layers, head }
    }

    /// The manifest as indented JSON.
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("a manifest has only finite numbers") + "\n"
    }

    /// Reads a manifest and checks that it lists layers 1, 2, … in order, with plain file names.
    ///
    /// # Errors
    /// What is wrong, with its place.
    pub fn from_json(text: &[u8]) -> Result<LayerManifest, ManifestError> {
        let manifest: LayerManifest = read_file(text, MANIFEST)?;
        for (k, entry) in manifest.layers.iter().enumerate() {
            let place = format!("layers[{k}]");
            if entry.layer != k + 1 {
                let problem = format!("{}, expected {}", entry.layer, k + 1);
                return Err(ManifestError::Value { place: format!("{place}.layer"), problem });
            }
            check_names(&entry.programs, &place)?;
        }
        if let Some(head) = &manifest.head {
            check_names(std::slice::from_ref(&head.program), "head")?;
        }
        Ok(manifest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compiler::Manifest;

    #[test]
    fn round_trip_and_refusals() {
        let entry = ManifestLayer {
            layer: 1,
            programs: vec!["layer-01.qasm".into()],
            patches: 28,
            degree: 1,
            qubits: 112,
            cx: 9,
            cx_depth: 7,
            one_qubit_gates: 20.0,
        };
        let manifest = LayerManifest::new("n".into(), vec![entry], None);
        assert_eq!(LayerManifest::from_json(manifest.to_json().as_bytes()).unwrap(), manifest);
        let message = |from: &str, to: &str| {
            LayerManifest::from_json(manifest.to_json().replace(from, to).as_bytes()).unwrap_err().to_string()
        };
        assert_eq!(message("\"layer\": 1", "\"layer\": 2"), "layers[0].layer: 2, expected 1");
        assert_eq!(
            message("layer-01.qasm", "a/b.qasm"),
            "layers[0].programs[0]: 'a/b.qasm', expected a file name without folders"
        );
        let blocks = Manifest::from_json(manifest.to_json().as_bytes()).unwrap_err().to_string();
        assert_eq!(blocks, "hqrn-manifest: version 2, this hqrn reads 1");
    }
}
