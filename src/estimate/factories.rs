//! The search for factories: all kinds of units in up to three rounds, or four where nothing else does, and code distances that do
//! not fall from round to round. What is looked at, and in which order, is the QDK's, since what is found depends on it.

use super::code::{Patch, QubitModel};
use super::distillation::{Factory, KIND_COUNT, Unfit, Unit};

/// Rounds of distillation that are always tried.
const ROUNDS: usize = 3;
/// Rounds that are tried where those find nothing.
const MOST_ROUNDS: usize = 4;

/// Factories whose states fail at most so often, none of them with another that has fewer qubits a state and takes less time; those with
/// the most qubits first.
pub(super) fn factories(model: &QubitModel, error: f64, most: &Patch) -> Vec<Factory> {
    if error > model.t_error {
        return vec![Factory::trivial(most)];
    }
    let patches: Vec<Patch> = (1..=most.distance).step_by(2).map(|distance| Patch::new(model, distance)).collect();
    let mut search = Search { model, error, patches, found: vec![] };
    (1..=ROUNDS).for_each(|rounds| search.try_rounds(rounds));
    if search.found.is_empty() {
        (ROUNDS + 1..=MOST_ROUNDS).for_each(|rounds| search.try_rounds(rounds));
    }
    let Search { found, .. } = search;
    let mut best: Vec<Factory> =
        found.iter().filter(|one| !found.iter().any(|other| dominates(other, one))).cloned().collect();
    best.sort_by(|a, b| b.width().total_cmp(&a.width()).then(b.runtime.cmp(&a.runtime)));
    best
}

/// Whether a factory has no more qubits a state than another, takes no more time, and is better in one of the two.
fn dominates(a: &Factory, b: &Factory) -> bool {
    let (wide, long) = ((a.width(), b.width()), (a.runtime, b.runtime));
    (wide.0 < wide.1 && long.0 <= long.1) || (wide.0 <= wide.1 && long.0 < long.1)
}

struct Search<'a> {
    model: &'a QubitModel,
    error: f64,
    /// Patches of distances 1, 3, 5 and so on; a round is known by its place here.
    patches: Vec<Patch>,
    found: Vec<Factory>,
}

impl Search<'_> {
    fn unit(&self, round: usize, kind: usize, place: usize) -> Unit {
        if round == 0 && place == 0 {
            Unit::physical(kind, self.model)
        } else {
            Unit::logical(kind, &self.patches[place])
        }
    }

    fn try_rounds(&mut self, rounds: usize) {
        for number in 0..KIND_COUNT.pow(rounds as u32) {
            let digit = |round: usize| number / KIND_COUNT.pow((rounds - 1 - round) as u32) % KIND_COUNT;
            let kinds: Vec<usize> = (0..rounds).map(digit).collect();
            self.try_kinds(&kinds);
        }
    }

    /// The smallest distances whose Clifford gates are good enough, by place, none below the one before; `None` where the patches
    /// are all too small.
    fn least(&self, kinds: &[usize]) -> Option<Vec<usize>> {
        let t_error = self.model.t_error;
        let fit = |kind: usize| self.patches.iter().position(|patch| Unit::logical(kind, patch).is_fit_for(t_error));
        let mut least = vec![];
        for (round, kind) in kinds.iter().enumerate() {
            let bare = round == 0 && Unit::physical(*kind, self.model).is_fit_for(t_error);
            let own = match round {
                0 if bare => 0,
                0 => fit(*kind)?.max(1),
                _ => fit(*kind)?,
            };
            least.push(own.max(least.last().copied().unwrap_or(0)));
        }
        Some(least)
    }

    fn try_kinds(&mut self, kinds: &[usize]) {
        let most = vec![self.patches.len() - 1; kinds.len()];
        let Some(least) = self.least(kinds).filter(|least| least[kinds.len() - 1] < self.patches.len()) else { return };
        // Where the largest distances do not do, none does; where the smallest do, there is nothing to look for.
        if self.wants_more(kinds, &most) || !self.wants_more(kinds, &least) {
            return;
        }
        let mut places = self.first_enough(kinds, &least, &most);
        places.iter_mut().zip(&least).for_each(|(place, least)| *place = (*place).max(*least));
        let mut onward = branch(&mut places, &least, &most);
        while onward {
            onward = if self.wants_more(kinds, &places) {
                advance(&mut places, &least, &most)
            } else {
                branch(&mut places, &least, &most)
            };
        }
    }

    /// Round by round the smallest distance that does, with the largest ones behind it.
    fn first_enough(&mut self, kinds: &[usize], least: &[usize], most: &[usize]) -> Vec<usize> {
        let mut right = most.to_vec();
        let mut places = most.to_vec();
        for round in 0..kinds.len() {
            let mut left = if round == 0 { least[0] } else { places[round - 1] };
            while left + 1 < right[round] {
                places[round] = usize::midpoint(left, right[round]);
                if self.wants_more(kinds, &places) { left = places[round] + 1 } else { right[round] = places[round] }
            }
            if left + 1 == right[round] {
                places[round] = left;
                if !self.wants_more(kinds, &places) {
                    continue;
                }
            }
            places[round] = right[round];
        }
        places
    }

    /// Builds a factory and keeps it if it is good enough and none is better; whether larger distances could lead to one.
    fn wants_more(&mut self, kinds: &[usize], places: &[usize]) -> bool {
        let units: Vec<Unit> = kinds
            .iter()
            .zip(places)
            .enumerate()
            .map(|(round, (kind, place))| self.unit(round, *kind, *place))
            .collect();
        match Factory::build(&units, self.model.t_error) {
            Err(Unfit::NeverFails) => false,
            Err(Unfit::TooPoor) => true,
            Ok(factory) => {
                let good = factory.error <= self.error;
                let best = !self.found.iter().any(|other| dominates(other, &factory));
                if good && best {
                    self.found.push(factory);
                }
                best && !good
            }
        }
    }
}

/// The next places in lexicographic order that do not fall; false where there are none.
fn advance(places: &mut [usize], least: &[usize], most: &[usize]) -> bool {
    let mut round = places.len() - 1;
    places[round] += 1;
    while places[round] > most[round] {
        if round == 0 {
            return false;
        }
        round -= 1;
        places[round] += 1;
    }
    level(places, least, round);
    true
}

/// The next places of which no round-by-round comparison says that they are larger; false where there are none.
fn branch(places: &mut [usize], least: &[usize], most: &[usize]) -> bool {
    let may = |round: usize| places[round] > places[round - 1] + 1 && places[round - 1] != most[round - 1];
    let Some(round) = (1..places.len()).rev().find(|round| may(*round)) else { return false };
    places[round - 1] += 1;
    level(places, least, round - 1);
    true
}

/// Sets the places behind a round to as little as may be.
fn level(places: &mut [usize], least: &[usize], round: usize) {
    for later in round + 1..places.len() {
        places[later] = places[later - 1].max(least[later]);
    }
}
