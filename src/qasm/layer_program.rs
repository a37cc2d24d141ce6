//! A compiled layer of quanvolutions: a circuit with inputs and its contract, to and from text; and programs of any kind.

use super::ast::{self, Register};
use super::contract::{CONTRACT, version_of_line};
use super::program::{circuit_of, declared, read_tree, statements_of, template_of};
use super::program_error::contract_error;
use super::{Contract, HeadContract, HeadProgram, LayerContract, Position, Program, ProgramError, parse, print};
use crate::circuit::{Circuit, Template};
use crate::target::Target;

/// The patches of a layer together with what they compute.
#[derive(Clone, Debug)]
pub struct LayerProgram {
    /// Gates and measurements.
    pub template: Template,
    /// How to read its shots.
    pub contract: LayerContract,
}

/// A program of any kind.
#[derive(Clone, Debug)]
pub enum AnyProgram {
    /// Of a residual block.
    Block(Box<Program>),
    /// Of a layer of quanvolutions.
    Layer(Box<LayerProgram>),
    /// Of a quantum head behind them.
    Head(Box<HeadProgram>),
    /// Of a segment of an amplitude network: its contract says which.
    Segment(Box<Program>),
}

impl AnyProgram {
    /// The name of the network that it was compiled from.
    pub fn network(&self) -> &str {
        match self {
            AnyProgram::Block(program) => &program.contract.network,
            AnyProgram::Layer(program) => &program.contract.network,
            AnyProgram::Head(program) => &program.contract.network,
            AnyProgram::Segment(program) => &program.contract.network,
        }
    }

    /// The number of the block, layer or segment that it says it is of; a head has none.
    pub fn part(&self) -> Option<usize> {
        match self {
            AnyProgram::Block(program) | AnyProgram::Segment(program) => Some(program.contract.block),
            AnyProgram::Layer(program) => Some(program.contract.quanvolution),
            AnyProgram::Head(_) => None,
        }
    }

    /// Who it is written for.
    pub fn written_for(&self) -> &'static Target {
        match self {
            AnyProgram::Block(program) => program.contract.written_for(),
            AnyProgram::Layer(program) => program.contract.written_for(),
            AnyProgram::Head(program) => program.contract.written_for(),
            AnyProgram::Segment(program) => program.contract.written_for(),
        }
    }

    /// Its gates, those that take an input with angle zero.
    pub fn circuit(&self) -> &Circuit {
        match self {
            AnyProgram::Block(program) => &program.circuit,
            AnyProgram::Layer(program) => program.template.circuit(),
            AnyProgram::Head(program) => &program.circuit,
            AnyProgram::Segment(program) => &program.circuit,
        }
    }
}

/// The text of a layer.
pub fn write_layer(program: &LayerProgram) -> String {
    let at = Position::default();
    let LayerProgram { template, contract } = program;
    let circuit = template.circuit();
    print(&ast::Program {
        target: contract.written_for(),
        contract: Some((contract.to_json(), at)),
        note: Some(contract.note()),
        inputs: declared(template.inputs()),
        qubits: Register { name: "q".into(), size: circuit.qubit_count(), at },
        bits: Some(Register { name: "c".into(), size: circuit.bit_count(), at }),
        statements: statements_of(circuit, |node| template.turn(node)),
    })
}

/// Reads a program of any kind, told by its contract, and checks it (docs/method.md, sections 10 and 14).
///
/// # Errors
/// What is wrong, with line and column.
pub fn read_any(text: &str) -> Result<AnyProgram, ProgramError> {
    let tree = parse(text)?;
    let Some((json, at)) = &tree.contract else { return Err(ProgramError::NoContract) };
    if version_of_line(json, CONTRACT).map_err(|error| contract_error(*at, error))? == Contract::VERSION {
        return read_tree(tree).map(|program| AnyProgram::Block(Box::new(program)));
    }
    let bits = tree.bits.as_ref().map_or(0, |b| b.size);
    let kind = Kind::of(json);
    if kind.segment.is_some() {
        return read_tree(tree).map(|program| AnyProgram::Segment(Box::new(program)));
    }
    if kind.quantum_head.is_some() {
        let contract = HeadContract::from_json(json, bits).map_err(|error| contract_error(*at, error))?;
        let circuit = circuit_of(&tree)?;
        return Ok(AnyProgram::Head(Box::new(HeadProgram { circuit, contract })));
    }
    let inputs: Vec<String> = tree.inputs.iter().map(|input| input.name.clone()).collect();
    let contract = LayerContract::from_json(json, tree.qubits.size, bits, &inputs);
    let contract = contract.map_err(|error| contract_error(*at, error))?;
    let template = template_of(&tree)?;
    Ok(AnyProgram::Layer(Box::new(LayerProgram { template, contract })))
}

/// What a contract of version 2 is of: it says so by a key.
#[derive(Default, serde::Deserialize)]
struct Kind {
    quantum_head: Option<serde::de::IgnoredAny>,
    segment: Option<serde::de::IgnoredAny>,
}

impl Kind {
    fn of(json: &str) -> Kind {
        serde_json::from_str(json).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "OPENQASM 3.0;
include \"stdgates.inc\";
// hqrn: {\"version\":2,\"network\":\"r\",\"quanvolution\":1,\"degree\":1,\"patches\":[{\"qubits\":[0,1,2,3],\"inputs\":[\"x0\",\"x1\",\"x2\",\"x3\"],\"output\":[[0],[1],[2],[3]]}]}
// inputs: angles in radians, four a patch; y_j = mean over shots of (-1)^(sum of the bits output[j])
input float x0;
input float x1;
input float x2;
input float x3;
qubit[4] q;
bit[4] c;
ry(x0) q[0];
ry(x1) q[1];
rz(0.5) q[1];
rx(-x2) q[2];
p(x3) q[3];
c[0] = measure q[0];
c[1] = measure q[1];
c[2] = measure q[2];
c[3] = measure q[3];
";

    fn message(from: &str, to: &str) -> String {
        let text = TEXT.replace(from, to);
        assert_ne!(text, TEXT, "{from}");
        read_any(&text).unwrap_err().to_string()
    }

    #[test]
    fn texts_with_inputs_read_and_print_back() {
        let AnyProgram::Layer(program) = read_any(TEXT).unwrap() else { panic!() };
        assert_eq!(write_layer(&program), TEXT);
        assert_eq!(program.template.occurrences(), [1; 4]);
        let wide = TEXT.replace("float x1", "float[64] x1").replace("(-x2)", "( - x2 )");
        let AnyProgram::Layer(program) = read_any(&wide).unwrap() else { panic!() };
        assert_eq!(write_layer(&program), TEXT);
        for target in ["braket", "pennylane", "azure"] {
            let mut program = program.clone();
            program.contract.target = Some(target.into());
            let text = write_layer(&program);
            let AnyProgram::Layer(back) = read_any(&text).unwrap() else { panic!() };
            assert_eq!(write_layer(&back), text, "{target}");
        }
    }

    #[test]
    fn inputs_anywhere_else_are_refused_with_their_place() {
        for (from, to, expected) in [
            (
                "ry(x0) q[0]",
                "ry(2*x0) q[0]",
                "line 11, column 4: an expression: expected a decimal number or an input by itself",
            ),
            (
                "ry(x0) q[0]",
                "ry(x0/2) q[0]",
                "line 11, column 4: an expression: expected a decimal number or an input by itself",
            ),
            (
                "ry(x0) q[0]",
                "ry(x0 + x1) q[0]",
                "line 11, column 4: an expression: expected a decimal number or an input by itself",
            ),
            ("ry(x0) q[0]", "ry(x9) q[0]", "line 11, column 4: expected an angle as a decimal number, found 'x9'"),
            (
                "ry(x0) q[0]",
                "u3(x0, 0.0, 0.0) q[0]",
                "line 11, column 4: an input is one of several angles of gate 'u3'",
            ),
            ("ry(x0) q[0]", "crx(x0) q[0], q[1]", "line 11, column 1: unknown gate or statement 'crx'"),
            ("ry(x0) q[0]", "x0 q[0]", "line 11, column 1: unknown gate or statement 'x0'"),
            ("input float x1", "input float x0", "line 6, column 13: 'x0' is taken and can't name an input"),
            ("input float x1", "input float rx", "line 6, column 13: 'rx' is taken and can't name an input"),
            ("input float x1", "input int x1", "line 6, column 7: expected 'float': inputs are angles, found 'int'"),
            ("qubit[4] q", "qubit[4] x3", "line 9, column 10: 'x3' is taken and can't name a register"),
            ("bit[4] c;", "bit[4] c;\ninput float c;", "line 11, column 13: 'c' is taken and can't name an input"),
            (
                "c[3] = measure q[3];",
                "",
                "line 10, column 1: bit 3 of 'c' is never written: expected one measurement into every bit",
            ),
            (
                "\"version\":2",
                "\"version\":4",
                "line 3, column 10: the contract line is not valid: version 4, this hqrn reads 1 to 2",
            ),
            (
                "ry(x0) q[0];",
                "c[0] = measure q[0];\nry(x0) q[0];",
                "line 12, column 1: qubit 0 is measured already, nothing may follow",
            ),
        ] {
            assert_eq!(message(from, to), expected);
        }
        let contract = r#"{"version":1,"network":"n","block":1,"dim":1,"method":"exact","plus":{"gamma":1.0,"input":[],"output":[],"accept":{}},"minus":null}"#;
        let block = format!(
            "OPENQASM 3.0;\ninclude \"stdgates.inc\";\n// hqrn: {contract}\ninput float a;\nqubit[1] q;\nry(a) q[0];\n"
        );
        let message = read_any(&block).unwrap_err().to_string();
        assert_eq!(message, "line 6, column 1: an angle that is an input: programs of this kind have none");
        let message = super::super::read(TEXT).unwrap_err().to_string();
        assert_eq!(
            message,
            "line 3, column 10: a program of a network of another family, expected one of a residual block"
        );
    }
}
