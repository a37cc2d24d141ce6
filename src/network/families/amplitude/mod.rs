//! Quantum-inspired residual and dense networks (A. Chen, H. Yin, Z. Chen and S. Wu; docs/method.md, section 15): a sample as
//! amplitudes, meshes of plane rotations with weighted sums around them, a linear head.

mod activation;
mod answers;
mod file;
mod front;
mod layer;
mod mesh;
mod run;
mod segment;
mod shape;
mod valid;

pub use activation::Hidden;
#[cfg(feature = "schema")]
pub(in crate::network) use file::AmplitudeFile;
pub use front::{Conv, Front, FrontFlow, Stage};
pub use layer::{Map, MeshLayer, Paths};
pub use mesh::{Turns, angle_count, planes};
pub use run::{Slopes, States};
pub use segment::Segment;
pub use shape::{AmplitudeHead, AmplitudeNetwork, Reads, Slots};
