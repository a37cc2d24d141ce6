//! Weights JSON, version 1, and its two shorthands (SPEC 5).

use super::validate::matrix;
use super::{ANGLES, Activation, Affine, Block, Factor, Factors, Form, Input, Network, NetworkError, Unitaries};
use crate::linalg::{Complex, Matrix};
use schemars::JsonSchema;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

/// What `"format"` must say.
const FORMAT: &str = "hqrn-weights";

// Only for the schema: files are told apart by their first byte and keys, since an untagged enum would lose the
// place of an error.
#[derive(JsonSchema)]
#[serde(untagged)]
#[schemars(title = "hqrn weights, version 1")]
#[allow(dead_code)]
enum WeightsFile {
    /// A whole network.
    Network(NetworkFile),
    /// Shorthand: one block.
    Block(BlockFile),
    /// Shorthand: the weight matrix of one block with zero bias, alpha 0.5, relu.
    Matrix(Vec<Vec<f64>>),
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct NetworkFile {
    /// Names the format.
    #[schemars(extend("const" = FORMAT))]
    format: String,
    /// Version of the format.
    #[schemars(extend("const" = 1))]
    version: u32,
    /// The network's name; compiled programs carry it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    /// What an input looks like.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    input: Option<InputFile>,
    /// The residual blocks, at least one, all of one dimension N.
    blocks: Vec<BlockFile>,
    /// Linear head: C x N weight, C bias.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    head: Option<AffineFile>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct InputFile {
    /// Entries of an input.
    dim: usize,
    /// Projection from the input to the first state: N x dim weight, N bias.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    projection: Option<AffineFile>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct AffineFile {
    /// Rows, weight[out][in], as in torch.nn.Linear.weight.
    weight: Vec<Vec<f64>>,
    /// One entry a row of the weight.
    bias: Vec<f64>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct BlockFile {
    /// Rows, weight[out][in], as in torch.nn.Linear.weight.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    weight: Option<Vec<Vec<f64>>>,
    /// In place of a weight: factors of low rank.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    factors: Option<FactorsFile>,
    /// In place of a weight: two-qubit unitaries, for states that need not be diagonal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    unitary: Option<UnitaryFile>,
    /// What scales the difference of the unitaries' probabilities; only and always beside them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(extend("exclusiveMinimum" = 0))]
    gamma: Option<f64>,
    /// One entry a row of the weight; zero if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bias: Option<Vec<f64>>,
    /// Share of the old state in the new, strictly between 0 and 1.
    #[serde(default = "half")]
    #[schemars(extend("exclusiveMinimum" = 0, "exclusiveMaximum" = 1))]
    alpha: f64,
    /// The nonlinearity.
    #[serde(default)]
    activation: Activation,
}

/// W = |A+ B+†|² - |A- B-†|² elementwise; a sign without entries is left out.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct FactorsFile {
    /// Of the positive part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    plus: Option<FactorFile>,
    /// Of the negative part.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    minus: Option<FactorFile>,
}

/// Angles in radians of the rotations exp(-i θ P / 2), first to last: P is Z, Y, Z on qubit 0, Z, Y, Z on qubit 1, XX, YY,
/// ZZ, and once more Z, Y, Z on qubit 0 and on qubit 1.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct UnitaryFile {
    /// Of U+.
    #[schemars(extend("minItems" = ANGLES, "maxItems" = ANGLES))]
    plus: Vec<f64>,
    /// Of U-.
    #[schemars(extend("minItems" = ANGLES, "maxItems" = ANGLES))]
    minus: Vec<f64>,
}

/// Complex numbers are pairs [re, im].
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct FactorFile {
    /// A: N rows of r entries.
    a: Vec<Vec<[f64; 2]>>,
    /// B: N rows of r entries.
    b: Vec<Vec<[f64; 2]>>,
}

impl BlockFile {
    /// The shorthand: W alone.
    fn of_weight(rows: Vec<Vec<f64>>) -> BlockFile {
        BlockFile {
            weight: Some(rows),
            factors: None,
            unitary: None,
            gamma: None,
            bias: None,
            alpha: half(),
            activation: Activation::default(),
        }
    }
}

fn half() -> f64 {
    0.5
}

/// The JSON Schema of weights files, as the repository has it in `circuits/weights.schema.json`.
pub fn weights_schema() -> String {
    let schema = schemars::schema_for!(WeightsFile);
    serde_json::to_string_pretty(&schema).expect("a schema is plain JSON") + "\n"
}

/// Reads JSON text; `name` is for networks that do not name themselves. Not yet checked across fields. Also tells
/// whether the text was one of the shorthands.
pub(super) fn parse(text: &[u8], name: &str) -> Result<(Network, bool), NetworkError> {
    #[derive(Deserialize)]
    struct Keys {
        blocks: Option<IgnoredAny>,
        weight: Option<IgnoredAny>,
        factors: Option<IgnoredAny>,
        unitary: Option<IgnoredAny>,
    }
    let first = text.iter().find(|b| !b.is_ascii_whitespace());
    if first == Some(&b'[') {
        let rows: Vec<Vec<f64>> = typed(text)?;
        return Ok((single(block_of(BlockFile::of_weight(rows), "")?, name), true));
    }
    let keys: Option<Keys> = serde_json::from_slice(text).ok();
    if keys.is_some_and(|k| (k.weight.is_some() || k.factors.is_some() || k.unitary.is_some()) && k.blocks.is_none()) {
        return Ok((single(block_of(typed(text)?, "")?, name), true));
    }
    let file: NetworkFile = typed(text)?;
    if file.format != FORMAT {
        return Err(NetworkError::value("format", format!("'{}', expected '{FORMAT}'", file.format)));
    }
    if file.version != 1 {
        return Err(NetworkError::value("version", format!("{}, expected 1", file.version)));
    }
    let input = file.input.map(|input| {
        let projection = input.projection.map(|p| affine(p, "input.projection.")).transpose()?;
        Ok::<_, NetworkError>(Input { dim: input.dim, projection })
    });
    let blocks = file.blocks.into_iter().enumerate().map(|(k, b)| block_of(b, &format!("blocks[{k}].")));
    let network = Network {
        name: file.name.unwrap_or_else(|| name.to_owned()),
        input: input.transpose()?,
        blocks: blocks.collect::<Result<_, _>>()?,
        head: file.head.map(|head| affine(head, "head.")).transpose()?,
    };
    Ok((network, false))
}

/// The network as weights JSON, numbers in the shortest form that reads back the same.
pub fn write_json(network: &Network) -> String {
    let rows = |affine: &Affine| affine.weight.row_iter().map(|row| row.iter().copied().collect()).collect();
    let linear = |affine: &Affine| AffineFile { weight: rows(affine), bias: affine.bias.clone() };
    let file = NetworkFile {
        format: FORMAT.into(),
        version: 1,
        name: Some(network.name.clone()),
        input: network.input.as_ref().map(|i| InputFile { dim: i.dim, projection: i.projection.as_ref().map(linear) }),
        blocks: network
            .blocks
            .iter()
            .map(|b| BlockFile {
                weight: (b.form == Form::Weight).then(|| rows(&b.affine)),
                factors: b.factors().map(|f| FactorsFile {
                    plus: f.plus.as_ref().map(factor_file),
                    minus: f.minus.as_ref().map(factor_file),
                }),
                unitary: b.unitaries().map(|u| UnitaryFile { plus: u.plus.into(), minus: u.minus.into() }),
                gamma: b.unitaries().map(|u| u.gamma),
                bias: Some(b.affine.bias.clone()),
                alpha: b.alpha,
                activation: b.activation,
            })
            .collect(),
        head: network.head.as_ref().map(linear),
    };
    serde_json::to_string(&file).expect("a valid network has only finite numbers") + "\n"
}

fn typed<'a, T: Deserialize<'a>>(text: &'a [u8]) -> Result<T, NetworkError> {
    let mut source = serde_json::Deserializer::from_slice(text);
    let value = serde_path_to_error::deserialize(&mut source).map_err(|error| {
        let path = error.path().to_string();
        let place = if path == "." { "the file".to_owned() } else { path };
        NetworkError::Json { place, message: error.into_inner().to_string() }
    })?;
    source
        .end()
        .map_err(|error| NetworkError::Json { place: "after the network".into(), message: error.to_string() })?;
    Ok(value)
}

fn single(block: Block, name: &str) -> Network {
    Network { name: name.to_owned(), input: None, blocks: vec![block], head: None }
}

fn affine(file: AffineFile, place: &str) -> Result<Affine, NetworkError> {
    Ok(Affine { weight: matrix(&file.weight, &format!("{place}weight"))?, bias: file.bias })
}

fn factor_file(factor: &Factor) -> FactorFile {
    let rows = |m: &Matrix| m.row_iter().map(|row| row.iter().map(|z| [z.re, z.im]).collect()).collect();
    FactorFile { a: rows(&factor.left), b: rows(&factor.right) }
}

fn factor(file: &FactorFile, place: &str) -> Result<Factor, NetworkError> {
    let side = |rows: &[Vec<[f64; 2]>], name: &str| {
        let part = |i: usize| rows.iter().map(|row| row.iter().map(|z| z[i]).collect()).collect::<Vec<Vec<f64>>>();
        let place = format!("{place}.{name}");
        Ok::<_, NetworkError>(matrix(&part(0), &place)?.zip_map(&matrix(&part(1), &place)?, Complex::new))
    };
    let (left, right) = (side(&file.a, "a")?, side(&file.b, "b")?);
    if left.shape() != right.shape() {
        let (a, b) = (left.shape(), right.shape());
        let problem = format!("a is {} x {}, b is {} x {}: expected the same", a.0, a.1, b.0, b.1);
        return Err(NetworkError::value(place, problem));
    }
    Ok(Factor { left, right })
}

fn factors(given: &FactorsFile, place: &str) -> Result<Factors, NetworkError> {
    let sign = |file: &Option<FactorFile>, name: &str| {
        file.as_ref().map(|file| factor(file, &format!("{place}.{name}"))).transpose()
    };
    let factors = Factors { plus: sign(&given.plus, "plus")?, minus: sign(&given.minus, "minus")? };
    let sides: Vec<usize> = factors.signs().map(|f| f.left.nrows()).collect();
    if sides.is_empty() || sides[0] != sides[sides.len() - 1] {
        let problem = format!("{} signs of {sides:?} rows: expected at least one, all of N rows", sides.len());
        return Err(NetworkError::value(place, problem));
    }
    Ok(factors)
}

fn unitaries(given: &UnitaryFile, gamma: Option<f64>, place: &str) -> Result<Unitaries, NetworkError> {
    let angles = |values: &[f64], name: &str| {
        let problem = || format!("{} angles, expected {ANGLES}", values.len());
        values.try_into().map_err(|_| NetworkError::value(format!("{place}unitary.{name}"), problem()))
    };
    let (plus, minus) = (angles(&given.plus, "plus")?, angles(&given.minus, "minus")?);
    match gamma {
        Some(gamma) if gamma > 0.0 => Ok(Unitaries { plus, minus, gamma }),
        Some(gamma) => Err(NetworkError::value(format!("{place}gamma"), format!("{gamma}, expected a number above 0"))),
        None => Err(NetworkError::value(format!("{place}gamma"), "missing: unitaries need it")),
    }
}

fn block_of(file: BlockFile, place: &str) -> Result<Block, NetworkError> {
    let (weight, form) = match (&file.weight, &file.factors, &file.unitary) {
        (Some(rows), None, None) => (matrix(rows, &format!("{place}weight"))?, Form::Weight),
        (None, Some(given), None) => {
            let factors = factors(given, &format!("{place}factors"))?;
            (factors.weight(), Form::Factors(factors))
        }
        (None, None, Some(given)) => {
            let unitaries = unitaries(given, file.gamma, place)?;
            (unitaries.weight(), Form::Unitaries(unitaries))
        }
        (weight, factors, unitary) => {
            let given = [("weight", weight.is_some()), ("factors", factors.is_some()), ("unitary", unitary.is_some())];
            let there: Vec<&str> = given.iter().filter(|(_, there)| *there).map(|(name, _)| *name).collect();
            let problem = if there.is_empty() { "missing".to_owned() } else { there.join(" and ") };
            let problem = format!("{problem}: expected one of weight, factors and unitary");
            return Err(NetworkError::value(format!("{place}weight"), problem));
        }
    };
    if file.gamma.is_some() && file.unitary.is_none() {
        return Err(NetworkError::value(format!("{place}gamma"), "given without unitary: gamma of weights is found"));
    }
    let bias = file.bias.unwrap_or_else(|| vec![0.0; weight.nrows()]);
    Ok(Block { affine: Affine { weight, bias }, form, alpha: file.alpha, activation: file.activation })
}
