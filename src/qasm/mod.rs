//! Programs as text, OpenQASM but for a few targets, and the contract that says what they compute.
//!
//! [`print()`] and [`parse()`] go through one [`ast`]; the text is the portable subset that Qiskit, Cirq, QDK and
//! oq3 all load, or what another target's client wants: [`TARGETS`](crate::target::TARGETS) is the table.
//!
//! Programs that a client has rewritten are read by [`read_foreign`], with the contract of the original.
//!
//! What a program should compute is not asked here: [`compiler`](crate::compiler) compares.

pub mod ast;
mod contract;
mod copies;
mod cursor;
mod error;
mod foreign;
mod head_program;
mod input_terms;
mod ionq;
mod language;
mod layer_contract;
mod layer_program;
mod named_target;
mod parser;
mod printer;
mod program;
mod program_error;
mod qir;
mod segment_terms;
mod settings;
mod tile_terms;
mod verbatim;

pub use contract::{Contract, ContractError, SignContract};
pub use error::{ParseError, Position};
pub use foreign::{read_any_foreign, read_foreign};
pub use head_program::{HeadContract, HeadProgram, write_head};
pub use input_terms::{ColumnTerms, Prepared};
pub use language::{parse, print};
pub use layer_contract::{LayerContract, MAX_DEGREE, PATCH, PatchContract, Pixels};
pub use layer_program::{AnyProgram, LayerProgram, read_any, write_layer};
pub use program::{Program, read, write};
pub use program_error::ProgramError;
pub use segment_terms::{SegmentTerms, Spelling};
pub use tile_terms::{Places, TileTerms};
