//! The page of a plan, and of what came back of it.

use super::found::Found;
use super::show::about;
use crate::job::plan::{Plan, PlannedBlock};
use crate::job::{Promise, Rung, Step};
use crate::lowering::Survival;
use crate::report::{Chip, Foot, JobBlock, JobPage, JobStep, Pair};
use crate::target::Machine;

/// What the page shows: promises, and beside them what came back, if it has.
pub fn page_of(network: &str, plan: &Plan, machine: &Machine, found: Option<&Found<'_>>) -> JobPage {
    let rung = |step: Step| found.and_then(|found| found.ladder.rungs.iter().find(|rung| rung.step == step));
    let promise = |step: Step| plan.promises.iter().find(|promise| promise.step == step);
    let steps = Step::ALL.into_iter().filter(|step| promise(*step).is_some() || rung(*step).is_some());
    let steps = steps.map(|at| step(at, promise(at), found, rung(at))).collect();
    let pairs = machine.figures.iter().flat_map(|figures| &figures.pairs);
    let mut joined: Vec<(usize, usize, f64)> =
        pairs.map(|((a, b), pair)| (*a.min(b), *a.max(b), pair.gate.error)).collect();
    joined.sort_by_key(|pair| (pair.0, pair.1));
    joined.dedup_by_key(|pair| (pair.0, pair.1));
    let tiles = plan.blocks[0].tiles.iter().map(|tile| tile.qubits.clone()).collect();
    let controls = found.into_iter().flat_map(|found| found.controls).map(|control| {
        let share = 100.0 * control.changed.share();
        format!("Control: the same refit to {} leaves {share:.1} % of labels changed.", control.instead)
    });
    let how = found.map_or_else(|| ", planned".into(), |found| found.origin.mark());
    let note = found.and_then(|found| found.origin.note());
    // As the plan keeps them, which is what came back is checked against.
    let held = [&plan.network, &plan.machine].into_iter().chain(&plan.data).map(|held| {
        let name = std::path::Path::new(&held.file).file_name().map(|name| name.to_string_lossy().into_owned());
        (name.unwrap_or_else(|| held.file.clone()), Some(held.sha256.clone()))
    });
    let inputs = held.chain(found.map(|found| found.result.clone()));
    JobPage {
        title: format!("{network} on {}{how}", plan.machine_name),
        about: about(plan, network).lines().map(str::to_owned).chain(note).chain(controls).collect(),
        rows: found.map(|found| found.ground.own().len()),
        chip: Chip { pairs: joined, tiles },
        steps,
        blocks: (plan.blocks.iter().enumerate()).map(|(k, block)| of_block(k, block, plan, found)).collect(),
        step: found.map_or(plan.step, |found| found.step).name().into(),
        foot: Foot {
            command: format!("hqrn-job {}", if found.is_some() { "collect" } else { "plan" }),
            seed: Some(plan.seed),
            machines: vec![(plan.machine_name.clone(), plan.machine_date.clone())],
            inputs: inputs.collect(),
        },
    }
}

fn step(step: Step, promise: Option<&Promise>, found: Option<&Found<'_>>, rung: Option<&Rung>) -> JobStep {
    let back = found.zip(rung);
    let wrong = back.map(|(found, rung)| found.ground.wrong(&rung.labels).map(|wrong| wrong.share()));
    let strayed = back.map(|(found, rung)| found.ground.strayed(&rung.labels).map(|strayed| strayed.share()));
    let distances = rung.map(|rung| &rung.distances).or(promise.map(|promise| &promise.distances));
    JobStep {
        name: step.name().into(),
        promised: promise.map(|p| (p.changed.value, p.changed.error)),
        spread: promise.map(|p| p.spread),
        unlimited: promise.map(|p| p.unlimited),
        collected: back.map(|(found, rung)| found.ground.changed(&rung.labels).share()),
        wrong: wrong.unwrap_or_else(|| Some(promise?.wrong?.value)),
        strayed: strayed.unwrap_or_else(|| Some(promise?.strayed?.value)),
        distance: distances.and_then(|distances| distances.iter().flatten().copied().reduce(f64::max)),
    }
}

fn of_block(k: usize, block: &PlannedBlock, plan: &Plan, found: Option<&Found<'_>>) -> JobBlock {
    let runs = |block: &PlannedBlock| block.runs.iter().sum::<u64>() as f64;
    let scaled = plan.promises.iter().find(|promise| promise.step == Step::Scaled);
    let lost = |of: fn(&Survival) -> f64| block.survival.as_ref().map(|survival| 1.0 - of(survival));
    let scaled_rung =
        found.and_then(|found| found.ladder.rungs.iter().find(|rung| rung.step == Step::Scaled).zip(Some(found)));
    JobBlock {
        weights: scaled_rung.map(|(rung, found)| Pair {
            wanted: found.ground.network().blocks[k].weight().clone(),
            found: rung.network.blocks[k].weight().clone(),
        }),
        share: runs(block) / plan.blocks.iter().map(runs).sum::<f64>(),
        gates: lost(|survival| survival.gates),
        waits: lost(|survival| survival.waits),
        reading: lost(|survival| survival.reading),
        left: scaled.and_then(|promise| promise.unlimited_distances[k]),
        with_shots: scaled.and_then(|promise| promise.distances[k]),
        promised: block.promised_scale(),
        collected: found.and_then(|found| found.ladder.scales[k]).map(|scale| scale.value),
        sigma: found.map(|found| found.surprises[k].sigma),
    }
}
