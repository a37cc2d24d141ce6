//! Reports for people: self-contained HTML pages with SVG plots, no scripts and no requests.
//!
//! Numbers are handed over; all that is worked out here is where they stand on a page.

mod axis;
mod charts;
mod chip;
mod circuit;
mod compression;
mod condition;
mod contest;
mod entanglement;
mod foot;
mod heat;
mod job;
mod markup;
mod names;
mod page;
mod ran;
mod run;
mod run_tables;
mod simplex;
mod style;
mod table;
mod training;

pub use charts::{Curve, curves_picture};
pub use chip::Chip;
pub use circuit::circuit_picture;
pub use compression::{ParetoPoint, pareto_page};
pub use contest::{AblationPage, AttackPage, AttackPoint, ablation_page, attack_page};
pub use entanglement::entanglement_page;
pub use foot::Foot;
pub use heat::{Pair, heat_picture};
pub use job::{JobBlock, JobPage, JobStep, job_page};
pub use ran::{Ran, Subject};
pub use run::run_page;
pub use style::picture;
pub use training::{ClassTable, Curves, IN_PASSING, training_page};
