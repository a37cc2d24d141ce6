//! Epoch after epoch, whatever is trained, and the table of them.

use crate::cli::printing::{Failure, note};
use crate::cli::progress::Progress;
use crate::cli::table::Table;
use crate::report::IN_PASSING;
use crate::training::{EpochRecord, Pass, Recipe, Trained, TrainingSet, TrainingState};

/// How often to keep what there is, and whether to say how far it is.
pub struct Pace {
    /// In epochs.
    pub every: u32,
    /// Whether to say nothing.
    pub quiet: bool,
}

/// Trains up to the last epoch, and keeps what there is every so often.
pub fn epochs<N: Trained>(
    pace: &Pace,
    recipe: &Recipe,
    state: &mut TrainingState<N>,
    set: &TrainingSet,
    test_error: impl Fn(&N) -> Option<f64>,
    keep: impl Fn(&TrainingState<N>) -> Result<(), String>,
) -> Result<(), Failure> {
    if state.epoch > 0 && !pace.quiet {
        note(&format!("going on after epoch {}", state.epoch));
    }
    // What a finished training has left may have gone since.
    if state.epoch == recipe.epochs {
        return Ok(keep(state)?);
    }
    let progress = Progress::new(recipe.epochs as usize, "training", "epochs", pace.quiet);
    progress.start_at(state.epoch as usize);
    while state.epoch < recipe.epochs {
        let Pass { loss, error: training_error, norms } = state.advance(set, recipe);
        progress.step();
        let epoch = state.epoch;
        if !loss.is_finite() || !state.is_finite() {
            progress.finish();
            return Err(Failure::Check(format!("the training diverged in epoch {epoch}: try a smaller --rate")));
        }
        if epoch == 1 || epoch.is_multiple_of(pace.every) || epoch == recipe.epochs {
            let test_error = test_error(&state.network);
            state.records.push(EpochRecord { epoch, loss, training_error, test_error, norms });
            keep(state)?;
        }
    }
    progress.finish();
    Ok(())
}

/// At most so many rows of epochs: a page is enough, log.csv has them all.
pub fn epoch_table(records: &[EpochRecord], most: usize) -> String {
    let layers = (1..=records[0].norms.len()).map(|layer| format!("gradient of {layer}")).collect::<Vec<_>>();
    let heads = ["epoch", "loss", "training error", "test error"].into_iter().chain(layers.iter().map(String::as_str));
    let mut table = Table::new(&heads.collect::<Vec<_>>(), false);
    let percent = |share: f64| format!("{:.2} %", 100.0 * share);
    let (step, last) = (records.len().div_ceil(most), records.len() - 1);
    for (_, r) in records.iter().enumerate().filter(|(i, _)| (last - i).is_multiple_of(step)) {
        let test = r.test_error.map_or("·".into(), percent);
        let cells = [r.epoch.to_string(), format!("{:.4}", r.loss), percent(r.training_error), test];
        table.row(cells.into_iter().chain(r.norms.iter().map(|norm| format!("{norm:.1e}"))).collect());
    }
    table.render() + IN_PASSING + "\n"
}
