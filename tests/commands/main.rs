//! The commands, as users and scripts meet them.

#[path = "../support/mod.rs"]
mod support;

mod amplitude;
mod amplitudes;
#[cfg(feature = "clifford-t")]
mod clifford_t;
mod command_line;
mod compress;
mod compress_refusals;
mod counts;
mod entanglement;
mod estimates;
mod families;
mod interruption;
mod job;
mod joint;
mod layer_counts;
mod layers;
mod machines;
mod outputs;
mod overwriting;
mod refusals;
mod reports;
mod run;
mod samples;
#[cfg(unix)]
mod streams;
mod targets;
mod train;
