//! Networks of quanvolutions as files have them.

mod step;

use super::ansatz::{Ansatz, Rows};
use super::gate::{Axis, QUBITS};
use super::head::{Head, QuantumHead};
use super::layer::{Layer, Read};
use super::shape::{Image, Quanvolution};
use super::valid::check;
use crate::files::typed;
use crate::network::families::affine::AffineFile;
use crate::network::families::answers::Written;
use crate::network::{FORMAT, NetworkError};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use step::StepFile;

#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(in crate::network) struct QuanvolutionFile {
    /// Names the format.
    #[cfg_attr(feature = "schema", schemars(extend("const" = FORMAT.name)))]
    format: String,
    /// Version of the format.
    #[cfg_attr(feature = "schema", schemars(extend("minimum" = 2, "maximum" = FORMAT.newest)))]
    version: u32,
    /// What kind of network it is.
    #[cfg_attr(feature = "schema", schemars(extend("const" = Quanvolution::FAMILY)))]
    family: String,
    /// The network's name; compiled programs carry it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// What an input looks like.
    image: ImageFile,
    /// The layers, at least one.
    quanvolutions: Vec<LayerFile>,
    /// Linear head: C x pixels of the last stream, C bias.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    head: Option<AffineFile>,
    /// In place of a head: a circuit that reads the last stream as amplitudes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    quantum_head: Option<QuantumHeadFile>,
}

/// A pixel of stream 0 is scale · pixel / divide.
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct ImageFile {
    /// Rows of pixels.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = Image::MAX_SIDE)))]
    height: usize,
    /// Pixels of a row.
    #[cfg_attr(feature = "schema", schemars(range(min = 1, max = Image::MAX_SIDE)))]
    width: usize,
    /// What a pixel is divided by.
    #[serde(default = "white")]
    #[cfg_attr(feature = "schema", schemars(extend("exclusiveMinimum" = 0)))]
    divide: f64,
    /// What it is multiplied with then.
    #[serde(default = "one")]
    scale: f64,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct LayerFile {
    /// D rows of four angles in radians: a rotation of each qubit, and then CX from 0 to 1, 1 to 2 and 2 to 3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<[f64; QUBITS]>>", length(min = 1)))]
    angles: Option<Vec<Vec<f64>>>,
    /// What they turn about; x if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    axis: Option<Axis>,
    /// Whether pixels are encoded anew before every row of angles; not if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reupload: Option<bool>,
    /// In place of angles: any circuit on four qubits, first to last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    gates: Option<Vec<StepFile>>,
    /// Which `<Z>` of a patch become channels: their mean, all four, or that of one qubit.
    #[serde(default = "mean")]
    #[cfg_attr(feature = "schema", schemars(extend("enum" = ["mean", "all", 0, 1, 2, 3])))]
    read: Value,
    /// What a pixel is multiplied with to be an angle in radians.
    #[serde(default = "one")]
    scale: f64,
    /// Streams that are added to what the layer makes: 0 the image, k that behind layer k, counting from 1.
    #[serde(default)]
    skip: Vec<usize>,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct QuantumHeadFile {
    /// An angle in radians for each of q wires, 2^q being at least the pixels of the last stream; wire 0 has the most
    /// significant bit of a pixel's number.
    #[cfg_attr(feature = "schema", schemars(length(min = 1, max = QuantumHead::MAX_QUBITS)))]
    angles: Vec<f64>,
    /// The wires that are the scores of the classes.
    #[cfg_attr(feature = "schema", schemars(length(min = 1)))]
    measured: Vec<usize>,
}

fn white() -> f64 {
    255.0
}

fn one() -> f64 {
    1.0
}

fn mean() -> Value {
    json!("mean")
}

impl Written for Quanvolution {
    const FAMILY: &'static str = "quanvolution";

    fn read(text: &[u8], name: &str) -> Result<Quanvolution, NetworkError> {
        let file: QuanvolutionFile = typed(text)?;
        let head = match (file.head, file.quantum_head) {
            (Some(head), None) => Head::Classical(head.read("head.")?),
            (None, Some(QuantumHeadFile { angles, measured })) => Head::Quantum(QuantumHead { angles, measured }),
            (None, None) => return Err(NetworkError::value("head", "missing: expected head or quantum_head")),
            (Some(_), Some(_)) => {
                return Err(NetworkError::value("quantum_head", "given beside head: expected one of them"));
            }
        };
        let layers = file.quanvolutions.into_iter().enumerate();
        let ImageFile { height, width, divide, scale } = file.image;
        let network = Quanvolution {
            name: file.name.unwrap_or_else(|| name.to_owned()),
            image: Image { height, width, divide, scale },
            layers: layers.map(|(k, layer)| layer.read(&format!("quanvolutions[{k}]."))).collect::<Result<_, _>>()?,
            head,
        };
        check(&network)?;
        Ok(network)
    }

    fn write(&self) -> String {
        let Image { height, width, divide, scale } = self.image;
        let (head, quantum_head) = match &self.head {
            Head::Classical(affine) => (Some(AffineFile::of(affine)), None),
            Head::Quantum(QuantumHead { angles, measured }) => {
                (None, Some(QuantumHeadFile { angles: angles.clone(), measured: measured.clone() }))
            }
        };
        let file = QuanvolutionFile {
            format: FORMAT.name.into(),
            version: 2,
            family: Quanvolution::FAMILY.into(),
            name: Some(self.name.clone()),
            image: ImageFile { height, width, divide, scale },
            quanvolutions: self.layers.iter().map(LayerFile::of).collect(),
            head,
            quantum_head,
        };
        serde_json::to_string(&file).expect("a valid network has only finite numbers") + "\n"
    }
}

impl LayerFile {
    fn of(layer: &Layer) -> LayerFile {
        let read = match layer.read {
            Read::Mean => mean(),
            Read::All => json!("all"),
            Read::Qubit(qubit) => json!(qubit),
        };
        let rest = LayerFile {
            angles: None,
            axis: None,
            reupload: None,
            gates: None,
            read,
            scale: layer.scale,
            skip: layer.skip.clone(),
        };
        match &layer.ansatz {
            Ansatz::Rows(Rows { angles, axis, reupload }) => LayerFile {
                angles: Some(angles.iter().map(|row| row.to_vec()).collect()),
                axis: Some(*axis),
                reupload: Some(*reupload),
                ..rest
            },
            Ansatz::Gates(steps) => LayerFile { gates: Some(steps.iter().map(StepFile::of).collect()), ..rest },
        }
    }

    /// The layer, not yet checked beyond itself; `place` ends with a dot.
    fn read(self, place: &str) -> Result<Layer, NetworkError> {
        let wrong = |key: &str, problem: &str| Err(NetworkError::value(format!("{place}{key}"), problem));
        let ansatz = match (self.angles, self.gates) {
            (Some(angles), None) => Ansatz::Rows(Rows {
                angles: rows(angles, place)?,
                axis: self.axis.unwrap_or_default(),
                reupload: self.reupload.unwrap_or_default(),
            }),
            (None, Some(_)) if self.axis.is_some() => return wrong("axis", "given without angles: gates say it"),
            (None, Some(_)) if self.reupload.is_some() => return wrong("reupload", "given without angles"),
            (None, Some(gates)) => {
                let step = |(i, gate): (usize, StepFile)| gate.read(&format!("{place}gates[{i}]"));
                Ansatz::Gates(gates.into_iter().enumerate().map(step).collect::<Result<_, _>>()?)
            }
            (None, None) => return wrong("angles", "missing: expected angles or gates"),
            (Some(_), Some(_)) => return wrong("gates", "given beside angles: expected one of them"),
        };
        let qubit = self.read.as_u64().and_then(|qubit| usize::try_from(qubit).ok());
        let read = match (self.read.as_str(), qubit) {
            (Some("mean"), _) => Read::Mean,
            (Some("all"), _) => Read::All,
            (_, Some(qubit)) if qubit < QUBITS => Read::Qubit(qubit),
            _ => return wrong("read", &format!("expected \"mean\", \"all\" or a qubit, 0 to {}", QUBITS - 1)),
        };
        Ok(Layer { ansatz, read, scale: self.scale, skip: self.skip })
    }
}

fn rows(angles: Vec<Vec<f64>>, place: &str) -> Result<Vec<[f64; QUBITS]>, NetworkError> {
    let row = |(d, row): (usize, Vec<f64>)| {
        <[f64; QUBITS]>::try_from(row).map_err(|row| {
            let problem = format!("{} entries, expected {QUBITS}, one for each qubit", row.len());
            NetworkError::value(format!("{place}angles[{d}]"), problem)
        })
    };
    angles.into_iter().enumerate().map(row).collect()
}

#[cfg(test)]
mod tests;
