//! The circuit IR: a directed acyclic graph whose nodes are operations and whose edges are qubit wires.
//!
//! Qubit i is bit i of the basis index (little-endian). A measurement ends its wire, as programs want it
//! (docs/method.md, section 10): bit i of the classical register is written once, by a measurement at the end.
//!
//! petgraph is imported here alone. Which gates a machine has is not said here, nor what a circuit computes: that is for
//! [`target`](crate::target) and [`simulator`](crate::simulator).

mod components;
mod cost;
mod draw;
mod error;
mod gate;
mod gate_matrix;
mod gate_set;
mod gate_table;
mod graph;
mod one_qubit;
mod template;
mod validate;

pub use components::components;
pub use cost::{Cost, turned};
pub use draw::{DrawnGate, Mark, columns_of, draw, draw_template};
pub use error::CircuitError;
pub use gate::Rotation;
pub use gate_matrix::TwoByTwo;
pub use gate_set::GateSet;
pub use gate_table::{Axis, Gate, GateKind};
pub use graph::{Circuit, Node, Operation, Qubits};
pub use one_qubit::{angles_of, gate_of};
pub use template::{Template, Turn, bound, takes_input};
pub use validate::{Violation, validate};
