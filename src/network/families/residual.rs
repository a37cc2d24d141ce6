//! Networks of residual blocks: an input map, blocks, a head.

use super::affine::AffineFile;
use super::answers::{Answers, Part, Written};
use crate::files::typed;
use crate::network::forms::BlockFile;
use crate::network::validate::check;
use crate::network::{Expect, FORMAT, FORMULA, FirstStates, Input, Network, NetworkError, run_classically};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(in crate::network) struct NetworkFile {
    /// Names the format.
    #[cfg_attr(feature = "schema", schemars(extend("const" = FORMAT.name)))]
    format: String,
    /// Version of the format.
    #[cfg_attr(feature = "schema", schemars(extend("minimum" = 1, "maximum" = FORMAT.newest)))]
    version: u32,
    /// What kind of network it is; from version 2 on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("const" = Network::FAMILY)))]
    family: Option<String>,
    /// The network's name; compiled programs carry it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// What every block computes, F being its activation normalised to sum 1: declares that the weights are of such a
    /// network.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schemars(extend("const" = FORMULA)))]
    formula: Option<String>,
    /// What an input looks like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    input: Option<InputFile>,
    /// The residual blocks, at least one, all of one dimension N.
    blocks: Vec<BlockFile>,
    /// Linear head: C x N weight, C bias.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    head: Option<AffineFile>,
    /// What the model that the weights are of makes of some inputs; the network must give the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expect: Option<Expect>,
}

#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
struct InputFile {
    /// Entries of an input.
    dim: usize,
    /// Projection from the input to the first state: N x dim weight, N bias.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    projection: Option<AffineFile>,
}

impl Answers for Network {
    fn name(&self) -> &str {
        &self.name
    }

    fn input_dim(&self) -> usize {
        self.input_dim()
    }

    fn classes(&self) -> Option<usize> {
        self.head.as_ref().map(|head| head.bias.len())
    }

    fn labels(&self, inputs: &[Vec<f64>]) -> Vec<usize> {
        run_classically(self, &FirstStates::of(self, inputs).states).labels
    }

    fn parts(&self) -> Vec<Part<'_>> {
        self.blocks.iter().map(Part::Block).collect()
    }

    fn parameters(&self) -> Vec<f64> {
        self.parameters()
    }

    fn set_parameters(&mut self, values: &[f64]) {
        self.set_parameters(values);
    }
}

impl Written for Network {
    const FAMILY: &'static str = "residual";

    fn read(text: &[u8], name: &str) -> Result<Network, NetworkError> {
        let file: NetworkFile = typed(text)?;
        if let Some(other) = file.formula.filter(|formula| formula != FORMULA) {
            return Err(NetworkError::value("formula", format!("'{}', hqrn knows '{FORMULA}'", other.escape_debug())));
        }
        let input = file.input.map(|input| {
            let projection = input.projection.map(|p| p.read("input.projection.")).transpose()?;
            Ok::<_, NetworkError>(Input { dim: input.dim, projection })
        });
        let blocks = file.blocks.into_iter().enumerate().map(|(k, b)| b.read(&format!("blocks[{k}].")));
        let network = Network {
            name: file.name.unwrap_or_else(|| name.to_owned()),
            input: input.transpose()?,
            blocks: blocks.collect::<Result<_, _>>()?,
            head: file.head.map(|head| head.read("head.")).transpose()?,
            expect: file.expect,
        };
        check(&network, false)?;
        Ok(network)
    }

    /// As version 1 has it.
    fn write(&self) -> String {
        let input = |i: &Input| InputFile { dim: i.dim, projection: i.projection.as_ref().map(AffineFile::of) };
        let file = NetworkFile {
            format: FORMAT.name.into(),
            version: 1,
            family: None,
            name: Some(self.name.clone()),
            formula: Some(FORMULA.into()),
            input: self.input.as_ref().map(input),
            blocks: self.blocks.iter().map(BlockFile::of_block).collect(),
            head: self.head.as_ref().map(AffineFile::of),
            expect: self.expect.clone(),
        };
        serde_json::to_string(&file).expect("a valid network has only finite numbers") + "\n"
    }
}
