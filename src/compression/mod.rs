//! Compression: a network to one that small circuits run exactly.
//!
//! ```text
//!  W ── fit ──▶ |A+ B+†|² - |A- B-†|², each factor N x r      by L-BFGS, block by block
//!           or  γ (p+ - p-) of one variational circuit
//!    ── search ─▶ one circuit with no entry of W further off than promised (synthesis::joint)
//!    ── finetune ──▶ all of it and the biases together         against the network's own outputs, by Adam
//!           or  for basis inputs that are measured once       with the noise that a budget of executions leaves
//! ```
//!
//! Only the difference of the two signs must be W, the phases of `A B†` are free (docs/method.md, section 6), and the
//! error counts where states are: three freedoms that let far smaller ranks do than those of W. Nothing here is exact;
//! what comes out is another network file, which compiles to 1e-9 like any other.

mod ansatz;
mod columns;
mod finetune;
mod fit;
mod judge;
mod outcome;
mod plan;
mod ranks;
mod states;
mod variation;
mod within;

pub use ansatz::Ansatz;
pub use columns::{ColumnLabels, ColumnState, ColumnTuning, rehearse_columns};
pub use finetune::Finetuning;
pub use fit::{Fit, FitError, FitOptions, Metric, fit_block};
pub use judge::{Judge, shot_noise};
pub use outcome::Compressed;
pub use plan::{COLUMN_SHOTS, CompressError, Goal, Plan, compress, costs, mean_costs, ranks_below};
pub use ranks::{Choice, choose_ranks};
pub use states::{block_states, labels_of, mixture, output_shares};
pub use variation::Variation;
