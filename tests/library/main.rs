//! What the library computes, over the hard cases: synthesis, phases, networks of all families, readers fed with nonsense.

#[path = "../support/mod.rs"]
mod support;

mod functions;
mod fuzz;
mod hard_matrices;
mod mutations;
mod oq3;
mod phases;
mod quanvolution;
mod rewritten;
mod trained_networks;
mod trotter;
