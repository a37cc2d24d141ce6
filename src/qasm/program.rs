//! A compiled program: a circuit and its contract, to and from text.

use super::ast::{self, Register, Statement};
use super::contract::{CONTRACT, version_of_line};
use super::{Contract, ContractError, ParseError, Position, parse, print};
use crate::circuit::{Circuit, Operation};

/// A circuit together with what it computes.
#[derive(Clone, Debug)]
pub struct Program {
    /// Gates and measurements.
    pub circuit: Circuit,
    /// How to read its shots.
    pub contract: Contract,
}

/// A text that is no compiled program.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ProgramError {
    /// Not portable OpenQASM 3.
    #[error(transparent)]
    Parse(#[from] ParseError),
    /// No `// hqrn:` line.
    #[error(
        "line 3, column 1: no '// hqrn:' line: this is not a compiled hqrn program; one that a client has rewritten needs --contract"
    )]
    NoContract,
    /// A program of another kind.
    #[error("{at}: a program of a network of another family, expected one of a residual block")]
    NoBlock {
        /// Where the contract stands.
        at: Position,
    },
    /// A contract that does not hold for this program.
    #[error("{at}: {error}")]
    Contract {
        /// Where the contract, or the wrong byte of it, stands.
        at: Position,
        /// What is wrong.
        error: ContractError,
    },
    /// A statement that breaks the rules of compiled programs (docs/method.md, section 10).
    #[error("{at}: {message}")]
    Statement {
        /// Where.
        at: Position,
        /// Which rule.
        message: String,
    },
}

/// The program's text.
pub fn write(program: &Program) -> String {
    let at = Position::default();
    let Program { circuit, contract } = program;
    let gates = circuit.operations().map(|(_, operation)| gate_statement(&operation));
    let bits = Register { name: "c".into(), size: circuit.bit_count(), at };
    print(&ast::Program {
        target: contract.written_for(),
        contract: Some((contract.to_json(), at)),
        note: contract.start_note(),
        inputs: vec![],
        qubits: Register { name: "q".into(), size: circuit.qubit_count(), at },
        bits: (bits.size > 0).then_some(bits),
        statements: gates.chain(statements_of(circuit)).collect(),
    })
}

/// A gate whose angles are numbers.
pub(super) fn gate_statement(operation: &Operation) -> Statement {
    let mut operands = [0; 3];
    operands.iter_mut().zip(operation.qubits.iter()).for_each(|(slot, q)| *slot = q as u32);
    Statement::Gate { gate: operation.gate, operands, at: Position::default() }
}

/// The measurements of a circuit, in the order of their bits.
pub(super) fn statements_of(circuit: &Circuit) -> impl Iterator<Item = Statement> + '_ {
    (0..circuit.bit_count()).filter_map(|bit| {
        let qubit = circuit.writer_of(bit)?;
        Some(Statement::Measure { qubit: qubit as u32, bit: bit as u32, at: Position::default() })
    })
}

/// Reads a program and checks it (docs/method.md, section 10): a valid contract, every bit written exactly once,
/// nothing after a measurement.
///
/// # Errors
/// What is wrong, with line and column.
pub fn read(text: &str) -> Result<Program, ProgramError> {
    let tree = parse(text)?;
    if let Some((json, at)) = &tree.contract
        && version_of_line(json, CONTRACT).is_ok_and(|version| version != Contract::VERSION)
    {
        return Err(ProgramError::NoBlock { at: *at });
    }
    read_tree(tree)
}

/// The same of what was parsed.
pub(super) fn read_tree(tree: ast::Program) -> Result<Program, ProgramError> {
    let Some((json, at)) = &tree.contract else { return Err(ProgramError::NoContract) };
    let bits = tree.bits.as_ref().map_or(0, |b| b.size);
    let contract = Contract::from_json(json, tree.qubits.size, bits).map_err(|error| contract_error(*at, error))?;
    let circuit = circuit_of(&tree)?;
    Ok(Program { circuit, contract })
}

/// The circuit of a program without inputs, every bit of which is written.
pub(super) fn circuit_of(tree: &ast::Program) -> Result<Circuit, ProgramError> {
    let mut circuit = Circuit::with_bits(tree.qubits.size, tree.bits.as_ref().map_or(0, |b| b.size));
    for statement in &tree.statements {
        let (at, outcome) = match *statement {
            Statement::Gate { gate, operands, at } => {
                let operands = operands.map(|q| q as usize);
                (at, circuit.try_push(gate, &operands[..gate.arity()]).map(drop))
            }
            Statement::Turn { at, .. } => {
                let message = "an angle that is an input: programs of this kind have none".to_owned();
                return Err(ProgramError::Statement { at, message });
            }
            Statement::Measure { qubit, bit, at } => (at, circuit.measure(qubit as usize, bit as usize)),
        };
        outcome.map_err(|error| ProgramError::Statement { at, message: error.to_string() })?;
    }
    check_written(tree, &circuit)?;
    Ok(circuit)
}

/// Whether every bit is written.
pub(super) fn check_written(tree: &ast::Program, circuit: &Circuit) -> Result<(), ProgramError> {
    let unwritten = (0..circuit.bit_count()).find(|&bit| circuit.writer_of(bit).is_none());
    let (Some(register), Some(bit)) = (&tree.bits, unwritten) else { return Ok(()) };
    let message = format!("bit {bit} of '{}' is never written: expected one measurement into every bit", register.name);
    Err(ProgramError::Statement { at: register.at, message })
}

/// An error of a contract that starts here.
pub(super) fn contract_error(at: Position, error: ContractError) -> ProgramError {
    let column = match &error {
        ContractError::Json { offset, .. } => at.column + offset,
        ContractError::Value { .. } => at.column,
    };
    ProgramError::Contract { at: Position { line: at.line, column }, error }
}
