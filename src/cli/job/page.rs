//! The page of what came back.

use super::folder::Folder;
use super::found::Found;
use super::show::about;
use crate::job::Step;
use crate::report::{Chip, JobBlock, JobPage, JobStep};

/// What the page shows.
pub fn page_of(folder: &Folder, found: &Found<'_>) -> JobPage {
    let plan = &folder.plan;
    let promise = |step: Step| plan.promises.iter().find(|promise| promise.step == step);
    let steps = (found.ladder.rungs.iter())
        .map(|rung| JobStep {
            name: rung.step.name().into(),
            promised: promise(rung.step).map(|p| (p.changed.value, p.changed.error)),
            unlimited: promise(rung.step).map(|p| p.unlimited),
            collected: Some(found.ground.changed(&rung.labels).share()),
            wrong: found.ground.wrong(&rung.labels).map(|wrong| wrong.share()),
            distance: rung.distances.iter().flatten().copied().reduce(f64::max),
        })
        .collect();
    let shots: Vec<f64> = found.measured.iter().map(|measured| measured.shots().iter().sum()).collect();
    let all: f64 = shots.iter().sum();
    let blocks = (0..shots.len())
        .map(|k| JobBlock {
            share: shots[k] / all,
            promised: found.expected[k].promised_scale(),
            collected: found.ladder.scales[k].map(|scale| scale.value),
            sigma: Some(found.surprises[k].sigma),
        })
        .collect();
    let pairs = folder.machine.figures.iter().flat_map(|figures| &figures.pairs);
    let mut joined: Vec<(usize, usize, f64)> =
        pairs.map(|((a, b), pair)| (*a.min(b), *a.max(b), pair.gate.error)).collect();
    joined.sort_by_key(|pair| (pair.0, pair.1));
    joined.dedup_by_key(|pair| (pair.0, pair.1));
    let tiles = plan.blocks[0].tiles.iter().map(|tile| tile.qubits.clone()).collect();
    let controls = found.controls.iter().map(|control| {
        let share = 100.0 * control.changed.share();
        format!("Control: the same refit to {} leaves {share:.1} % of labels changed.", control.instead)
    });
    JobPage {
        title: format!(
            "{} on {}{}",
            folder.network.name,
            plan.machine_name,
            if found.rehearsed { ", rehearsed" } else { "" }
        ),
        about: about(plan, &folder.network.name).lines().map(str::to_owned).chain(controls).collect(),
        chip: Chip { pairs: joined, tiles },
        steps,
        blocks,
        foot: format!(
            "hqrn-job collect, hqrn {}; the plan's seed is {}; weights {}, machine {}",
            env!("CARGO_PKG_VERSION"),
            plan.seed,
            &plan.network.sha256[..12.min(plan.network.sha256.len())],
            &plan.machine.sha256[..12.min(plan.machine.sha256.len())]
        ),
    }
}
