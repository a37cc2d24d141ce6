//! Of which machines and days figures were read: every report says so.

use super::session;
use crate::target::Machine;
use schemars::JsonSchema;
use serde::Serialize;
use std::sync::Mutex;

static READ: Mutex<Vec<FiguresRecord>> = Mutex::new(Vec::new());

/// Figures that were read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
pub struct FiguresRecord {
    /// What the machine is called.
    pub machine: String,
    /// When its figures were reported, as its maker writes it.
    pub date: String,
    /// What of them was left out or taken otherwise.
    pub remarks: Vec<String>,
}

/// Puts a machine on record, if it has figures; not in a session, as the record is the process's.
pub fn enter(machine: &Machine) {
    if session::is_active() {
        return;
    }
    if let (Some(figures), Ok(mut read)) = (&machine.figures, READ.lock()) {
        read.push(FiguresRecord {
            machine: machine.name.to_string(),
            date: figures.date.clone(),
            remarks: figures.remarks.clone(),
        });
    }
}

/// All of them, each once, in order of their names.
pub fn entered() -> Vec<FiguresRecord> {
    let mut read = READ.lock().map_or_else(|_| vec![], |read| read.clone());
    read.sort();
    read.dedup();
    read
}
