//! How to compile layers: what a user may choose.

use crate::target::Machine;

/// How to compile layers; [`LayerOptions::default`] and the `with_` functions make one.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LayerOptions {
    /// What programs are written for.
    pub machine: Machine,
    /// Patches a program; without it as many as the machine holds, and one where it is not said which qubits it joins.
    pub tiles: Option<usize>,
    /// Whether the circuit is written gate by gate, the chain before the measurement included.
    pub keep_chain: bool,
    /// Seed of routing, where gates join qubits that are not neighbours.
    pub seed: u64,
    /// Rotations by at most this angle, in radians, are dropped.
    pub drop_tolerance: f64,
}

impl Default for LayerOptions {
    fn default() -> Self {
        LayerOptions { machine: Machine::default(), tiles: None, keep_chain: false, seed: 0, drop_tolerance: 1e-14 }
    }
}

impl LayerOptions {
    /// The same for another machine.
    #[must_use]
    pub fn with_machine(self, machine: Machine) -> Self {
        LayerOptions { machine, ..self }
    }

    /// The same with so many patches a program.
    #[must_use]
    pub fn with_tiles(self, tiles: usize) -> Self {
        LayerOptions { tiles: Some(tiles), ..self }
    }

    /// The same, gate by gate or not.
    #[must_use]
    pub fn with_keep_chain(self, keep_chain: bool) -> Self {
        LayerOptions { keep_chain, ..self }
    }
}
