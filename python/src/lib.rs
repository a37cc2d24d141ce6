//! The extension module `hqrn._hqrn`: commands, networks and tables of hqrn for the Python package around it.
//!
//! What is here is what needs Rust; signatures, documentation and everything that users see is in `package/hqrn`.

mod commands;
mod errors;
mod network;
mod sampling;
mod tables;
mod waiting;

/// The module.
#[pyo3::pymodule]
mod _hqrn {
    #[pymodule_export]
    use crate::commands::{call, main};
    #[pymodule_export]
    use crate::network::Network;
    #[pymodule_export]
    use crate::sampling::sample;
    #[pymodule_export]
    use crate::tables::tables;
}
