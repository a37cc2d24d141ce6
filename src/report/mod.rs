//! Reports for people: self-contained HTML pages with SVG plots, no scripts and no requests.

mod axis;
mod charts;
mod page;
mod run;

pub use run::{Subject, run_page};
