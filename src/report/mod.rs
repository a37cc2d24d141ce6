//! Reports for people: self-contained HTML pages with SVG plots, no scripts and no requests.
//!
//! Numbers are handed over; all that is worked out here is where they stand on a page.

mod axis;
mod charts;
mod compression;
mod entanglement;
mod page;
mod quanvolution;
mod run;
mod simplex;

pub use compression::{ParetoPoint, pareto_page};
pub use entanglement::entanglement_page;
pub use quanvolution::{Curves, quanvolution_page};
pub use run::{Ran, Subject, run_page};
