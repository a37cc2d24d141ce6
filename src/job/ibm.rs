//! Jobs of IBM's Sampler: the body of the request, and its results.
//!
//! All programs of a job run equally often: a column that is to have k times as many shots is in its program's list k times.

use super::ndarray;
use serde_json::{Value, json};

/// The most executions that a job may have.
pub const MOST_EXECUTIONS: u64 = 10_000_000;

/// A program with inputs, and the values that they take one after the other.
#[derive(Clone, Copy, Debug)]
pub struct Pub<'a> {
    /// OpenQASM 3, in gates and on qubits of the machine.
    pub program: &'a str,
    /// A row of values for each run of `shots` executions, in the order in which the program declares its inputs.
    pub values: &'a [Vec<f64>],
}

/// The body of a request that runs these programs, each setting so often.
pub fn body(machine: &str, programs: &[Pub<'_>], shots: u64) -> Value {
    let pubs: Vec<Value> =
        programs.iter().map(|program| json!([program.program, ndarray::rows(program.values), shots])).collect();
    // Without support_qiskit results come back without types. Qubits are set to |0> in front of every execution, and nothing else is added to what was verified.
    let options = json!({"execution": {"init_qubits": true}, "dynamical_decoupling": {"enable": false},
        "twirling": {"enable_gates": false, "enable_measure": false}});
    json!({"program_id": "sampler", "backend": machine,
        "params": {"pubs": pubs, "version": 2, "support_qiskit": false, "options": options}})
}

/// What a setting's shots read: each word once, bit i of it at 1 << (i % 8) of byte i / 8, with its count.
pub type Words = Vec<(Vec<u8>, u64)>;

/// The settings of every program of a result, as `json.dump(job.result(), file, cls=RuntimeEncoder)` writes it; a program of which nothing came
/// back has none. `bits` is what the programs measure.
///
/// # Errors
/// What is wrong, with its place.
pub fn results(result: &Value, bits: &[usize]) -> Result<Vec<Vec<Words>>, String> {
    let inner = |value: &Value, kind: &str| -> Option<Value> {
        (value["__type__"] == kind).then(|| value["__value__"].clone())
    };
    let whole =
        inner(result, "PrimitiveResult").ok_or("no result of the Sampler, expected __type__ PrimitiveResult")?;
    let parts = whole["pub_results"].as_array().ok_or("pub_results: missing, expected a list")?;
    if parts.len() > bits.len() {
        return Err(format!("pub_results: of {} programs, the plan has {}", parts.len(), bits.len()));
    }
    let mut all = vec![];
    for (i, (part, bits)) in parts.iter().zip(bits).enumerate() {
        let wrong = |problem: &str| format!("pub_results[{i}]: {problem}");
        let kind = part["__type__"].as_str().filter(|kind| matches!(*kind, "PubResult" | "SamplerPubResult"));
        kind.ok_or_else(|| wrong("no result of a program"))?;
        let data = inner(&part["__value__"]["data"], "DataBin").ok_or_else(|| wrong("data: missing"))?;
        let fields = data["fields"].as_object().filter(|fields| fields.len() == 1);
        let register = fields.and_then(|fields| fields.values().next());
        let register = register.ok_or_else(|| wrong("data: expected one register of bits"))?;
        let array = inner(register, "BitArray").ok_or_else(|| wrong("data: no BitArray"))?;
        if array["num_bits"].as_u64() != Some(*bits as u64) {
            return Err(wrong(&format!("{} bits, the program of the plan reads {bits}", array["num_bits"])));
        }
        let (shape, bytes) = ndarray::bytes(&array["array"]).map_err(|problem| wrong(&problem))?;
        let [settings, shots, width] = shape[..] else {
            return Err(wrong(&format!("an array of shape {shape:?}, expected settings, shots, bytes")));
        };
        if width != bits.div_ceil(8) || bytes.len() != settings * shots * width {
            return Err(wrong(&format!("{width} bytes a shot, {bits} bits have {}", bits.div_ceil(8))));
        }
        all.push(bytes.chunks(shots * width).map(|setting| counted(setting, width)).collect());
    }
    all.resize(bits.len(), vec![]);
    Ok(all)
}

/// How often each word is there, the first byte of which holds the highest bits.
fn counted(shots: &[u8], width: usize) -> Words {
    let mut found = std::collections::BTreeMap::<Vec<u8>, u64>::new();
    for shot in shots.chunks(width) {
        *found.entry(shot.iter().rev().copied().collect()).or_default() += 1;
    }
    found.into_iter().collect()
}
