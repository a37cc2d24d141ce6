//! What other networks do with the same samples and the same recipe: the head alone, and classical ones.

use super::samples::Task;
use crate::cli::reports::Beside;
use crate::training::amplitude::{Contender, Kind};
use crate::training::{Optimiser, Trainable, epoch};
use rayon::prelude::*;

/// The head alone, and with `rivals` classical networks of the same size.
pub fn beside(task: &Task, rivals: bool) -> Vec<Beside> {
    let kinds = if rivals { &[Kind::Linear, Kind::Mlp, Kind::ResNet][..] } else { &[Kind::Linear] };
    kinds.par_iter().map(|kind| trained(task, *kind)).collect()
}

fn trained(task: &Task, kind: Kind) -> Beside {
    let mut network = Contender::start(kind, &task.plan, task.recipe.seed);
    let parameters = network.parameters().len();
    let mut optimiser = Optimiser::new(task.recipe.rule, parameters);
    let mut step = |number| _ = epoch(&mut network, &mut optimiser, number, &task.training_set, &task.recipe);
    (1..=task.recipe.epochs).for_each(&mut step);
    Beside {
        name: match (kind, &task.plan.front) {
            (Kind::Linear, None) => "linear head on the input",
            (Kind::Linear, Some(_)) => "linear head behind such a front",
            _ => kind.name(),
        },
        parameters,
        training_error: 1.0 - network.accuracy(&task.training_set, None),
        test_error: task.test_set.as_ref().map(|test| 1.0 - network.accuracy(test, None)),
    }
}
