//! The syntax tree of a program: inputs, one qubit register, one bit register, gates, measurements at the end.

use super::Position;
use crate::circuit::Gate;
use crate::target::Target;

/// A program as it is written.
#[derive(Clone, Debug, PartialEq)]
pub struct Program {
    /// Who it is written for.
    pub target: &'static Target,
    /// The text after `// hqrn:` and where it starts; `None` if the program has no such line.
    pub contract: Option<(String, Position)>,
    /// What the contract means to people, a line; comments are not read back.
    pub note: Option<String>,
    /// `input float name;`, in order.
    pub inputs: Vec<Input>,
    /// `qubit[size] name;`
    pub qubits: Register,
    /// `bit[size] name;`
    pub bits: Option<Register>,
    /// Everything after the declarations, in order.
    pub statements: Vec<Statement>,
}

/// An angle that whoever runs the program gives it.
#[derive(Clone, Debug, PartialEq)]
pub struct Input {
    /// Its name.
    pub name: String,
    /// Where it is declared.
    pub at: Position,
}

/// A declared register.
#[derive(Clone, Debug, PartialEq)]
pub struct Register {
    /// Its name.
    pub name: String,
    /// How many qubits or bits it has.
    pub size: usize,
    /// Where it is declared.
    pub at: Position,
}

/// One line of the program's body.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Statement {
    /// A gate on qubits of the register; operands past the gate's arity are 0.
    Gate {
        /// Which gate, with its angles in radians.
        gate: Gate,
        /// Indices into the qubit register.
        operands: [u32; 3],
        /// Where the statement starts.
        at: Position,
    },
    /// A gate on one qubit whose only angle is an input.
    Turn {
        /// Which gate, its angle zero.
        gate: Gate,
        /// Index into the inputs.
        input: u32,
        /// Whether a minus stands before it.
        negated: bool,
        /// Index into the qubit register.
        qubit: u32,
        /// Where the statement starts.
        at: Position,
    },
    /// `bits[bit] = measure qubits[qubit];`
    Measure {
        /// Index into the qubit register.
        qubit: u32,
        /// Index into the bit register.
        bit: u32,
        /// Where the statement starts.
        at: Position,
    },
}
