//! Contests: networks of several kinds trained by one recipe from several seeds, in quiet or under attack.

use super::attack::{Attack, Fault, Mode};
use super::contender::{Attacked, Contender, Kind, TESTS};
use super::plan::AmplitudePlan;
use crate::random::stream;
use crate::training::{Optimiser, Recipe, Trainable, TrainingSet, epoch};
use rayon::prelude::*;

/// Draws of the noise of an attack on test samples, for each trained network.
pub const DRAWS: u64 = 20;

/// What all have in common.
#[derive(Clone, Debug)]
pub struct Contest<'a> {
    /// The shape; its connection does not matter.
    pub plan: &'a AmplitudePlan,
    /// How to train; its seed is the first.
    pub recipe: &'a Recipe,
    /// How many seeds.
    pub seeds: u32,
    /// Samples to train on, as first states.
    pub training: &'a TrainingSet,
    /// Samples to test on.
    pub test: &'a TrainingSet,
}

/// What became of a training.
#[derive(Clone, Debug, PartialEq)]
pub struct Course {
    /// Share of right labels on test samples after every epoch.
    pub accuracy: Vec<f64>,
    /// Mean loss over the last epoch; none where that is no number.
    pub loss: Option<f64>,
}

/// Mean and standard deviation of something over seeds.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct Spread {
    /// The mean.
    pub mean: f64,
    /// The standard deviation, of a sample; 0 of a single one.
    pub deviation: f64,
}

impl Spread {
    /// Of values; none where there are none.
    pub fn of(values: &[f64]) -> Option<Spread> {
        let count = values.len() as f64;
        let mean = values.iter().sum::<f64>() / count;
        let square = values.iter().map(|v| (v - mean) * (v - mean)).sum::<f64>() / (count - 1.0).max(1.0);
        (!values.is_empty()).then(|| Spread { mean, deviation: square.sqrt() })
    }
}

/// What an attack did to all kinds.
#[derive(Clone, Debug, PartialEq)]
pub struct Assault {
    /// The attack; none is a quiet training.
    pub attack: Option<Attack>,
    /// For each kind the share of right labels at the end, over seeds.
    pub accuracy: Vec<Spread>,
    /// For each kind the mean loss over the last epoch, in the mean over seeds; none where that is no number or nothing was
    /// trained under attack.
    pub loss: Vec<Option<f64>>,
}

impl Contest<'_> {
    fn train(&self, kind: Kind, number: u32, attack: Option<&Attack>) -> (Contender, Course) {
        let recipe = Recipe { seed: self.seed(number), ..self.recipe.clone() };
        let start = Contender::start(kind, self.plan, recipe.seed);
        let mut optimiser = Optimiser::new(recipe.rule, start.parameters().len());
        let mut attacked = Attacked::new(start, attack, recipe.seed);
        let mut course = Course { accuracy: vec![], loss: None };
        for number in 1..=recipe.epochs {
            let pass = epoch(&mut attacked, &mut optimiser, number, self.training, &recipe);
            course.loss = Some(pass.loss).filter(|loss| loss.is_finite());
            course.accuracy.push(attacked.contender.accuracy(self.test, None));
        }
        (attacked.contender, course)
    }

    fn seed(&self, number: u32) -> u64 {
        self.recipe.seed.wrapping_add(number.into())
    }

    /// Every kind with every seed, in order.
    fn all<T: Send>(&self, kinds: &[Kind], of: impl Fn(Kind, u32) -> T + Sync) -> Vec<Vec<T>> {
        let pairs: Vec<(Kind, u32)> = kinds.iter().flat_map(|&kind| (0..self.seeds).map(move |n| (kind, n))).collect();
        let mut found = pairs.into_par_iter().map(|(kind, number)| of(kind, number)).collect::<Vec<T>>().into_iter();
        kinds.iter().map(|_| found.by_ref().take(self.seeds as usize).collect()).collect()
    }
}

/// For each kind, how every seed goes; `done` is told of each.
///
/// # Panics
/// If samples do not fit the plan.
pub fn ablation(contest: &Contest<'_>, kinds: &[Kind], done: &(dyn Fn() + Sync)) -> Vec<Vec<Course>> {
    contest.all(kinds, |kind, number| {
        let course = contest.train(kind, number, None).1;
        done();
        course
    })
}

/// What attacks do to all kinds, one after the other, the quiet training first. Every kind, seed and attack that is trained
/// tells `done`; those on trained networks come with the quiet training.
///
/// # Panics
/// If samples do not fit the plan.
pub fn assault(contest: &Contest<'_>, kinds: &[Kind], attacks: &[Attack], done: &(dyn Fn() + Sync)) -> Vec<Assault> {
    // Of each kind and seed: the end of every attack.
    let ends = contest.all(kinds, |kind, number| {
        let (quiet, course) = contest.train(kind, number, None);
        done();
        let under = |attack: &Attack| {
            if attack.mode == Mode::Test {
                return (on_trained(contest, &quiet, attack, contest.seed(number)), None);
            }
            let course = contest.train(kind, number, Some(attack)).1;
            done();
            end(&course)
        };
        let attacked: Vec<(f64, Option<f64>)> = attacks.par_iter().map(under).collect();
        [vec![end(&course)], attacked].concat()
    });
    let row = |k: usize, attack: Option<&Attack>| {
        let spread = |of: &Vec<Vec<(f64, Option<f64>)>>| {
            Spread::of(&of.iter().map(|end| end[k].0).collect::<Vec<_>>()).expect("a contest has a seed")
        };
        let loss = |of: &Vec<Vec<(f64, Option<f64>)>>| {
            let losses: Option<Vec<f64>> = of.iter().map(|end| end[k].1).collect();
            losses.and_then(|losses| Spread::of(&losses)).map(|spread| spread.mean).filter(|mean| mean.is_finite())
        };
        Assault {
            attack: attack.copied(),
            accuracy: ends.iter().map(spread).collect(),
            loss: ends.iter().map(loss).collect(),
        }
    };
    let rows = [None].into_iter().chain(attacks.iter().map(Some)).enumerate();
    rows.map(|(k, attack)| row(k, attack)).collect()
}

/// Accuracy and loss after the last epoch.
fn end(course: &Course) -> (f64, Option<f64>) {
    (course.accuracy.last().copied().unwrap_or(0.0), course.loss)
}

/// What an attack after training does to a network trained with a seed, in one of its draws.
pub fn test_fault(contender: &Contender, attack: &Attack, seed: u64, draw: u64) -> Option<Fault> {
    contender.fault(attack, &mut stream(seed, TESTS + draw))
}

/// The mean accuracy over draws of an attack.
fn on_trained(contest: &Contest<'_>, quiet: &Contender, attack: &Attack, seed: u64) -> f64 {
    let of_draw = |draw: u64| quiet.accuracy(contest.test, test_fault(quiet, attack, seed, draw).as_ref());
    (0..DRAWS).map(of_draw).sum::<f64>() / DRAWS as f64
}
