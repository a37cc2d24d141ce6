//! hqrn
pub mod circuit;
pub mod encoding;
pub mod hqrn;
pub mod linalg;
pub mod network;
pub mod passes;
pub mod qasm;
pub mod simulator;
pub mod synthesis;
