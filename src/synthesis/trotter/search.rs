//! The cheapest formula and number of steps whose measured error is small enough.

use super::formula::Formula;
use super::plan::Plan;

/// Circuits with more Pauli rotations than this are not built; each is a CX or more.
pub const MAX_ROTATIONS: usize = 2_000_000;

/// What a search found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Choice {
    pub(super) formula: Formula,
    pub(super) steps: usize,
    pub(super) error: f64,
    pub(super) rotations: usize,
}

/// Errors below this are rounding and do not tell choices apart.
const ROUNDING: f64 = 1e-12;

/// The choice with the fewest rotations among those whose measured error is at most `at_most`; of equals the one with
/// the smaller error, then the shorter formula. If there is none within [`MAX_ROTATIONS`], the most accurate that was measured.
pub(super) fn cheapest(plan: &Plan, formulas: &[Formula], at_most: f64) -> Result<Choice, Option<Choice>> {
    let mut best: Option<Choice> = None;
    let mut closest: Option<Choice> = None;
    let mut by_length = formulas.to_vec();
    by_length.sort_by_key(|f| (f.sweeps().len(), *f));
    for formula in by_length {
        let limit = best.map_or(MAX_ROTATIONS, |b| b.rotations);
        let affordable = |steps: usize| plan.rotations(formula, steps) <= limit;
        if !affordable(1) {
            continue;
        }
        let mut most = 1;
        while affordable(2 * most) && most < MAX_ROTATIONS {
            most *= 2;
        }
        most = (most..2 * most).rev().find(|&r| affordable(r)).unwrap_or(most);
        let mut measure = |steps: usize| {
            let error = plan.error(formula, steps);
            let choice = Choice { formula, steps, error, rotations: plan.rotations(formula, steps) };
            if closest.is_none_or(|c| error < c.error) {
                closest = Some(choice);
            }
            choice
        };
        if let Some(found) = fewest_steps(formula, at_most, most, &mut measure)
            && best.is_none_or(|b| (found.rotations, found.error.max(ROUNDING)) < (b.rotations, b.error.max(ROUNDING)))
        {
            best = Some(found);
        }
    }
    best.ok_or(closest)
}

/// Probes after which the search for the number of steps only halves its interval.
const GUESSES: usize = 6;

/// The smallest number of steps, up to `most`, that passes while one step fewer does not.
fn fewest_steps(
    formula: Formula,
    at_most: f64,
    most: usize,
    measure: &mut impl FnMut(usize) -> Choice,
) -> Option<Choice> {
    let mut fails = 0;
    let mut passes: Option<Choice> = None;
    let mut steps = 1;
    for probe in 0.. {
        let choice = measure(steps);
        if choice.error <= at_most {
            passes = Some(choice);
        } else {
            fails = steps;
        }
        let limit = passes.map_or(most, |p| p.steps - 1);
        if fails >= limit {
            break;
        }
        // The error falls like steps^-order; near its saturation at 2 that underestimates, and doubling takes over.
        let ratio = (choice.error / at_most).powf(1.0 / f64::from(formula.order()));
        let guess = (steps as f64 * ratio).ceil() as usize;
        steps = match passes {
            Some(_) if probe >= GUESSES => fails + (limit - fails).div_ceil(2),
            None if choice.error > 0.5 => guess.max(2 * steps),
            _ => guess,
        }
        .clamp(fails + 1, limit);
    }
    passes
}
