//! A compiled program: a circuit and its contract, to and from text.

use super::ast::{self, Input, Register, Statement};
use super::contract::{CONTRACT, version_of_line};
use super::copies::check_copies;
use super::program_error::{ProgramError, contract_error};
use super::settings::check_settings;
use super::{Contract, Position, Prepared, parse, print};
use crate::circuit::{Circuit, Node, Operation, Template, Turn, bound, components};
use std::collections::{BTreeMap, BTreeSet};

/// A circuit together with what it computes.
#[derive(Clone, Debug)]
pub struct Program {
    /// Gates and measurements; those that take an input with angle zero, which is the basis state 0. Where `contract.columns` is
    /// there, X on the input qubits in front of it does what half a turn by the inputs does.
    pub circuit: Circuit,
    /// How to read its shots.
    pub contract: Contract,
    /// Which gates of the circuit take which input of `contract.columns`; none in a program without.
    turns: BTreeMap<Node, Turn>,
}

impl Program {
    /// A program without inputs.
    pub fn new(circuit: Circuit, contract: Contract) -> Program {
        Program { circuit, contract, turns: BTreeMap::new() }
    }

    /// A program whose inputs are those of `contract.columns`.
    pub fn with_inputs(template: Template, contract: Contract) -> Program {
        let (circuit, turns) = template.into_parts();
        Program { circuit, contract, turns }
    }

    /// The circuit with its inputs, where it has some.
    pub fn template(&self) -> Template {
        let names = self.contract.columns.as_ref().map_or_else(Vec::new, |columns| columns.angles.clone());
        Template::of_parts(self.circuit.clone(), names, self.turns.clone())
    }

    /// The circuit of copy t by itself, on the qubits and with the bits that it has; of one copy the circuit.
    ///
    /// # Panics
    /// If there are not so many copies.
    pub fn tile(&self, t: usize) -> Circuit {
        let contract = self.contract.tile(t);
        let bits = contract.signs.present().flat_map(|(_, read)| read.output.iter().chain(read.accept.keys()));
        let read: BTreeSet<usize> = bits.filter_map(|bit| self.circuit.writer_of(*bit)).collect();
        let parts = components(&self.circuit).into_iter().filter(|part| part.iter().any(|qubit| read.contains(qubit)));
        let own: BTreeSet<usize> = parts.flatten().collect();
        let mut circuit = Circuit::with_bits(self.circuit.qubit_count(), self.circuit.bit_count());
        for (_, operation) in self.circuit.operations().filter(|(_, o)| own.contains(&o.qubits.get(0))) {
            circuit.push(operation.gate, &operation.qubits.iter().collect::<Vec<_>>());
        }
        for (bit, qubit) in (0..self.circuit.bit_count()).filter_map(|bit| Some((bit, self.circuit.writer_of(bit)?))) {
            if own.contains(&qubit) {
                circuit.measure(qubit, bit).expect("measured once, as before");
            }
        }
        circuit
    }

    /// The program that prepares basis state m, its inputs turned to numbers; `None` where it has no inputs, or m is no state of
    /// the block.
    pub fn column(&self, m: usize) -> Option<Program> {
        let columns = self.contract.columns.as_ref().filter(|_| m < self.contract.dim)?;
        let circuit = bound(&self.circuit, &self.turns, &columns.setting(m));
        let contract = Contract { columns: None, prepared: Some(Prepared::Basis(m)), ..self.contract.clone() };
        Some(Program::new(circuit, contract))
    }
}

/// The program's text.
pub fn write(program: &Program) -> String {
    let at = Position::default();
    let Program { circuit, contract, turns } = program;
    let names = contract.columns.as_ref().map_or(&[][..], |columns| &columns.angles);
    let bits = Register { name: "c".into(), size: circuit.bit_count(), at };
    print(&ast::Program {
        target: contract.written_for(),
        contract: Some((contract.to_json(), at)),
        note: contract.start_note(),
        inputs: declared(names),
        qubits: Register { name: "q".into(), size: circuit.qubit_count(), at },
        bits: (bits.size > 0).then_some(bits),
        statements: statements_of(circuit, |node| turns.get(&node).copied()),
    })
}

/// Inputs of these names.
pub(super) fn declared(names: &[String]) -> Vec<Input> {
    names.iter().map(|name| Input { name: name.clone(), at: Position::default() }).collect()
}

/// Gates, those that `turn` names with their input, and measurements in the order of their bits.
pub(super) fn statements_of(circuit: &Circuit, turn: impl Fn(Node) -> Option<Turn>) -> Vec<Statement> {
    let at = Position::default();
    let gate = |(node, operation): (Node, Operation)| match turn(node) {
        Some(Turn { input, negated }) => {
            let qubit = operation.qubits.get(0) as u32;
            Statement::Turn { gate: operation.gate, input: input as u32, negated, qubit, at }
        }
        None => {
            let mut operands = [0; 3];
            operands.iter_mut().zip(operation.qubits.iter()).for_each(|(slot, q)| *slot = q as u32);
            Statement::Gate { gate: operation.gate, operands, at }
        }
    };
    let measured = (0..circuit.bit_count()).filter_map(|bit| {
        let qubit = circuit.writer_of(bit)?;
        Some(Statement::Measure { qubit: qubit as u32, bit: bit as u32, at })
    });
    circuit.operations().map(gate).chain(measured).collect()
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
    let program = match &contract.columns {
        None => Program::new(circuit_of(&tree)?, contract),
        Some(columns) => {
            let template = template_of(&tree)?;
            check_settings(&tree, &contract, columns)?;
            Program::with_inputs(template, contract)
        }
    };
    match check_copies(&program.circuit, &program.contract) {
        Some(message) => Err(ProgramError::Unkept { at: *at, message }),
        None => Ok(program),
    }
}

/// The circuit of a program without inputs, every bit of which is written.
pub(super) fn circuit_of(tree: &ast::Program) -> Result<Circuit, ProgramError> {
    let turn = |statement: &Statement| if let Statement::Turn { at, .. } = statement { Some(*at) } else { None };
    if let Some(at) = tree.statements.iter().find_map(turn) {
        let message = "an angle that is an input: programs of this kind have none".to_owned();
        return Err(ProgramError::Statement { at, message });
    }
    Ok(template_of(tree)?.into_parts().0)
}

/// The circuit of a program with inputs, every bit of which is written.
pub(super) fn template_of(tree: &ast::Program) -> Result<Template, ProgramError> {
    let inputs = tree.inputs.iter().map(|input| input.name.clone()).collect();
    let bits = tree.bits.as_ref().map_or(0, |b| b.size);
    let mut template = Template::new(Circuit::with_bits(tree.qubits.size, bits), inputs);
    for statement in &tree.statements {
        let (at, outcome) = match *statement {
            Statement::Gate { gate, operands, at } => {
                let operands = operands.map(|q| q as usize);
                (at, template.try_push(gate, &operands[..gate.arity()]))
            }
            Statement::Turn { gate, input, negated, qubit, at } => {
                (at, template.try_push_turn(gate, qubit as usize, Turn { input: input as usize, negated }))
            }
            Statement::Measure { qubit, bit, at } => (at, template.measure(qubit as usize, bit as usize)),
        };
        outcome.map_err(|error| ProgramError::Statement { at, message: error.to_string() })?;
    }
    check_written(tree, template.circuit())?;
    Ok(template)
}

/// Whether every bit is written.
fn check_written(tree: &ast::Program, circuit: &Circuit) -> Result<(), ProgramError> {
    let unwritten = (0..circuit.bit_count()).find(|&bit| circuit.writer_of(bit).is_none());
    let (Some(register), Some(bit)) = (&tree.bits, unwritten) else { return Ok(()) };
    let message = format!("bit {bit} of '{}' is never written: expected one measurement into every bit", register.name);
    Err(ProgramError::Statement { at: register.at, message })
}
