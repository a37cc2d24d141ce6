//! Why a text is no compiled program.

use super::{ContractError, ParseError, Position};

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
    /// A text that does not do what its contract says: an input that does not choose its qubits, copies that gates join.
    #[error("{at}: {message}")]
    Unkept {
        /// Where.
        at: Position,
        /// What is wrong.
        message: String,
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

/// An error of a contract that starts here.
pub(super) fn contract_error(at: Position, error: ContractError) -> ProgramError {
    let column = match &error {
        ContractError::Json { offset, .. } => at.column + offset,
        ContractError::Value { .. } => at.column,
    };
    ProgramError::Contract { at: Position { line: at.line, column }, error }
}
