//! Jobs: what a network's columns will cost and say on a machine, and what the counts that come back say.
//!
//! ```text
//!  network, machine ──▶ expected: words of every column ──▶ promises: labels changed, by draws of all counts
//!  counts ──▶ measured: W_rec with variances ──▶ ladder: raw, inverted, scaled, shifted, refitted ──▶ labels
//! ```
//!
//! For diagonal states a machine is a table that is measured once (docs/method.md, section 18): the N basis inputs of each
//! block answer every sample, and all else is classical.

#[cfg(feature = "data")]
mod batch_result;
mod batches;
#[cfg(feature = "data")]
mod budget;
mod control;
mod expected;
mod fit;
#[cfg(feature = "data")]
pub mod ibm;
mod ladder;
mod measured;
mod mitigation;
#[cfg(feature = "data")]
mod ndarray;
#[cfg(feature = "data")]
mod order;
#[cfg(feature = "data")]
mod placed;
pub mod plan;
mod price;
#[cfg(feature = "data")]
mod provider;
mod reading;
mod refit;
#[cfg(feature = "data")]
mod result;
mod runs;

pub use batches::{Batch, batches, batches_of};
pub use control::{Control, controls};
pub use expected::{Expected, ExpectedTile, Promise, promises};
pub use fit::{Surprise, surprise};
pub use ladder::{Ground, Ladder, Rung, Step};
pub use measured::{Estimated, Measured, Tile};
pub use mitigation::{distance, scale, scale_error, shifted};
#[cfg(feature = "data")]
pub use order::{Order, OrderError, Worked, work_out};
#[cfg(feature = "data")]
pub use placed::{PlacedError, expected_of};
pub use price::{Effort, Price, PriceError, PriceList, Quote, Timing};
#[cfg(feature = "data")]
pub use provider::Provider;
pub use reading::{MOST_BITS, Reading, TooManyBits};
pub use refit::refitted;
#[cfg(feature = "data")]
pub use result::{BlockReading, ResultError, collected, rehearsed};
pub use runs::dealt;

#[cfg(test)]
mod tests;
