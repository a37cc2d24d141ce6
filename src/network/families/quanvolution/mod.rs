//! Trainable quanvolutions with residual wiring (M. Kashif and M. Shafique, Scientific Reports, 2025; docs/method.md,
//! section 14): layers that measure patches of an image, skips between them, and a head.

mod ansatz;
mod answers;
mod file;
mod gate;
mod head;
mod lanes;
mod layer;
mod measured;
mod observable;
mod ready;
mod run;
mod shape;
mod stream;
mod table;
mod valid;
mod wiring;

pub use ansatz::{Ansatz, Rows};
#[cfg(feature = "schema")]
pub(in crate::network) use file::QuanvolutionFile;
#[cfg(test)]
pub(crate) use gate::random_steps;
pub use gate::{Axis, Step};
pub use head::{Head, QuantumHead};
pub use layer::{Layer, Read};
pub use run::Flow;
pub(crate) use run::{AT_ONCE, Runner, Slopes};
pub use shape::{Image, Quanvolution, Slots};
pub use stream::{Shape, Stream};
pub use table::Table;
pub use wiring::{wiring, wiring_name, wiring_names};
