//! Weights JSON, version 1, and its two shorthands (docs/method.md, section 9).

use super::validate::matrix;
use super::{
    ANGLES, Activation, Affine, Block, Factor, Factors, Form, Input, Network, NetworkError, Step, Unitaries,
    Variational,
};
use crate::linalg::{Complex, Matrix};
use schemars::JsonSchema;
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};
use serde_json::Number;

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
    /// In place of a weight: a variational circuit, which computes both signs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    circuit: Option<CircuitFile>,
    /// What scales the difference of the probabilities of unitaries or of a circuit; only and always beside them.
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

/// W_nm = gamma (p(n, 0 | m) - p(n, 1 | m)): m is set and n read on qubits 0, 1, …, least significant first, the sign on one
/// qubit more, which starts in |0>.
#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct CircuitFile {
    /// N, the dimension of the block.
    dim: usize,
    /// First to last: ["ry", qubit, angle], ["rz", qubit, angle] with exp(-i angle P / 2), angles in radians, or
    /// ["cz", qubit, qubit].
    gates: Vec<(GateFile, usize, Number)>,
}

#[derive(Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum GateFile {
    Ry,
    Rz,
    Cz,
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
            circuit: None,
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
        circuit: Option<IgnoredAny>,
    }
    let first = text.iter().find(|b| !b.is_ascii_whitespace());
    if first == Some(&b'[') {
        let rows: Vec<Vec<f64>> = typed(text)?;
        return Ok((single(block_of(BlockFile::of_weight(rows), "")?, name), true));
    }
    let keys: Option<Keys> = serde_json::from_slice(text).ok();
    let of_block = |k: &Keys| [&k.weight, &k.factors, &k.unitary, &k.circuit].into_iter().any(Option::is_some);
    if keys.is_some_and(|k| of_block(&k) && k.blocks.is_none()) {
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
                circuit: b.circuit().map(circuit_file),
                gamma: b.unitaries().map(|u| u.gamma).or(b.circuit().map(|c| c.gamma)),
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
    Ok(Unitaries {
        plus: angles(&given.plus, "plus")?,
        minus: angles(&given.minus, "minus")?,
        gamma: positive(gamma, place)?,
    })
}

/// The gamma that unitaries and circuits must have.
fn positive(gamma: Option<f64>, place: &str) -> Result<f64, NetworkError> {
    match gamma {
        Some(gamma) if gamma > 0.0 => Ok(gamma),
        Some(gamma) => Err(NetworkError::value(format!("{place}gamma"), format!("{gamma}, expected a number above 0"))),
        None => Err(NetworkError::value(format!("{place}gamma"), "missing: unitaries and circuits need it")),
    }
}

fn circuit_file(circuit: &Variational) -> CircuitFile {
    let number = |angle| Number::from_f64(angle).expect("a valid network has only finite numbers");
    let gate = |step: &Step| match *step {
        Step::Ry(qubit, angle) => (GateFile::Ry, qubit, number(angle)),
        Step::Rz(qubit, angle) => (GateFile::Rz, qubit, number(angle)),
        Step::Cz(a, b) => (GateFile::Cz, a, b.into()),
    };
    CircuitFile { dim: circuit.dim, gates: circuit.steps.iter().map(gate).collect() }
}

fn circuit(given: &CircuitFile, gamma: Option<f64>, place: &str) -> Result<Variational, NetworkError> {
    if !(1..=Variational::MAX_DIM).contains(&given.dim) {
        let problem = format!("{}, expected 1 to {}", given.dim, Variational::MAX_DIM);
        return Err(NetworkError::value(format!("{place}circuit.dim"), problem));
    }
    let mut circuit = Variational { dim: given.dim, steps: vec![], gamma: positive(gamma, place)? };
    let qubits = circuit.qubits();
    for (i, (gate, first, other)) in given.gates.iter().enumerate() {
        let wrong =
            |at: usize, problem: String| Err(NetworkError::value(format!("{place}circuit.gates[{i}][{at}]"), problem));
        let there = |qubit: usize| qubit < qubits;
        if !there(*first) {
            return wrong(1, format!("qubit {first}, expected 0 to {}", qubits - 1));
        }
        let angle = other.as_f64().unwrap_or(f64::NAN);
        circuit.steps.push(match gate {
            GateFile::Ry => Step::Ry(*first, angle),
            GateFile::Rz => Step::Rz(*first, angle),
            GateFile::Cz => match other.as_u64().and_then(|q| usize::try_from(q).ok()) {
                Some(second) if there(second) && second != *first => Step::Cz(*first, second),
                _ => return wrong(2, format!("{other}, expected another qubit, 0 to {}", qubits - 1)),
            },
        });
    }
    Ok(circuit)
}

fn block_of(file: BlockFile, place: &str) -> Result<Block, NetworkError> {
    let (weight, form) = match (&file.weight, &file.factors, &file.unitary, &file.circuit) {
        (Some(rows), None, None, None) => (matrix(rows, &format!("{place}weight"))?, Form::Weight),
        (None, Some(given), None, None) => {
            let factors = factors(given, &format!("{place}factors"))?;
            (factors.weight(), Form::Factors(factors))
        }
        (None, None, Some(given), None) => {
            let unitaries = unitaries(given, file.gamma, place)?;
            (unitaries.weight(), Form::Unitaries(unitaries))
        }
        (None, None, None, Some(given)) => {
            let circuit = circuit(given, file.gamma, place)?;
            (circuit.weight(), Form::Circuit(circuit))
        }
        (weight, factors, unitary, circuit) => {
            let given = [
                ("weight", weight.is_some()),
                ("factors", factors.is_some()),
                ("unitary", unitary.is_some()),
                ("circuit", circuit.is_some()),
            ];
            let there: Vec<&str> = given.iter().filter(|(_, there)| *there).map(|(name, _)| *name).collect();
            let problem = if there.is_empty() { "missing".to_owned() } else { there.join(" and ") };
            let problem = format!("{problem}: expected one of weight, factors, unitary and circuit");
            return Err(NetworkError::value(format!("{place}weight"), problem));
        }
    };
    if file.gamma.is_some() && file.unitary.is_none() && file.circuit.is_none() {
        let problem = "given without unitary or circuit: gamma of weights is found";
        return Err(NetworkError::value(format!("{place}gamma"), problem));
    }
    let bias = file.bias.unwrap_or_else(|| vec![0.0; weight.nrows()]);
    Ok(Block { affine: Affine { weight, bias }, form, alpha: file.alpha, activation: file.activation })
}
