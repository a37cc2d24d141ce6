//! The entanglement classifier (sec. IV of the paper; docs/method.md, section 12): labelled states, blocks of two-qubit
//! unitaries trained one after the other, a classifier of 4 x 4 blocks behind them, and all of it together.
//!
//! Nothing else knows of this task: the networks that come out are of the common kind, and compile and run like any other.

mod campaign;
mod classifier;
mod greedy;
mod scores;
mod separation;
mod states;

pub use campaign::{Campaign, CampaignError, Outcome, Plan};
pub use classifier::{Course, behind, finetune, train_classifier};
pub use greedy::{Greedy, advance, greedy_block};
pub use scores::Scores;
pub use separation::{CLOSE, Separation, separation};
pub use states::{Family, LabelledState, Sizes, concurrence, coordinates_of, draw_states, is_entangled};
