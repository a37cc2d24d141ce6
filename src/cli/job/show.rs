//! Tables of plans and of what came back.

use crate::cli::table::{Table, thousands};
use crate::job::Promise;
use crate::job::plan::Plan;
use crate::run::Estimate;

/// A share as percent, with its error.
pub fn percent(share: &Estimate) -> String {
    format!("{:.2} ± {:.2} %", 100.0 * share.value, 100.0 * share.error)
}

/// The columns of a table of steps: `third` stands behind the labels changed; labels wrong and those that are not the reference's where they
/// are known.
pub fn heads_of_steps(third: &'static str, wrong: bool, strayed: bool) -> Vec<&'static str> {
    let mut heads = vec!["step", "labels changed", third];
    heads.extend(wrong.then_some("labels wrong"));
    heads.extend(strayed.then_some("not the reference's"));
    heads.push("largest error of W");
    heads
}

/// The largest of what is there.
pub fn largest(distances: &[Option<f64>]) -> String {
    let most = distances.iter().flatten().copied().fold(f64::NAN, f64::max);
    if most.is_nan() { "·".into() } else { format!("{:.1} %", 100.0 * most) }
}

/// What runs, where, and what it takes.
pub fn about(plan: &Plan, network: &str) -> String {
    let tiles = plan.blocks[0].tiles.len();
    let gates = plan.blocks.iter().map(|block| block.two_qubit_gates).max().unwrap_or(0);
    let qubits: usize = plan.blocks[0].tiles.iter().map(|tile| tile.qubits.len()).sum();
    let copies = if tiles == 1 { String::new() } else { format!(", {tiles} copies side by side") };
    let mut out = format!(
        "{network} on {}, figures of {}: {} blocks, at most {gates} two-qubit gates each, on {qubits} qubits{copies}\n",
        plan.machine_name,
        plan.machine_date,
        plan.blocks.len()
    );
    let effort = &plan.effort;
    let circuits = if tiles == 1 {
        String::new()
    } else {
        format!(", {} of circuits", thousands(effort.executions * tiles as u64))
    };
    let runs: u64 = plan.blocks.iter().flat_map(|block| &block.runs).sum();
    out += &format!(
        "{} executions of programs{circuits}: {} runs of {} shots, {:.1} µs each\n",
        thousands(effort.executions),
        thousands(runs),
        plan.shots,
        1e6 * effort.length
    );
    if let Some(seconds) = plan.seconds {
        out += &format!("{seconds:.1} s of the machine, by its owner's figures\n");
    }
    for quote in &plan.quotes {
        let fits = match quote.fits {
            Some(true) => ", fits what is free".to_owned(),
            Some(false) => ", does not fit what is free".to_owned(),
            None => format!(": ${:.2}", quote.dollars),
        };
        out += &format!("{}{fits} (prices of {})\n", quote.name, plan.prices_date);
    }
    out
}

/// What each step of mitigation will come to.
pub fn promised(promises: &[Promise]) -> String {
    let wrong = promises.iter().any(|promise| promise.wrong.is_some());
    let strayed = promises.iter().any(|promise| promise.strayed.is_some());
    let mut table = Table::new(&heads_of_steps("from job to job", wrong, strayed), false);
    for promise in promises {
        let mut row = vec![
            promise.step.name().to_owned(),
            percent(&promise.changed),
            format!("± {:.2} %", 100.0 * promise.spread),
        ];
        row.extend(promise.wrong.as_ref().map(percent));
        row.extend(promise.strayed.as_ref().map(percent));
        row.push(largest(&promise.distances));
        table.row(row);
    }
    table.render()
}
