//! hqrn
pub mod circuit;
pub mod encoding;
pub mod linalg;
pub mod simulator;
pub mod synthesis;
pub mod passes;
pub mod qasm;
