//! What a machine's file says, before it is looked over: nonsense is refused, what is broken left out.

use super::MachineFileError;
use crate::files::one_line;
use crate::target::{
    Coupling, Figures, GateFigures, Machine, PairFigures, QubitFigures, ReadoutRates, Target, figures::forgets,
};
use std::collections::{BTreeMap, BTreeSet};

/// How many of what is left out are named.
const NAMED: usize = 8;

/// A machine as its file has it.
pub(super) struct Draft {
    pub name: String,
    pub date: String,
    pub target: &'static Target,
    /// How many qubits a register has.
    pub register: usize,
    pub qubits: BTreeMap<usize, DraftQubit>,
    pub pairs: Vec<DraftPair>,
    /// Whether every qubit is joined with every other, so that there is no map of pairs.
    pub all_joined: bool,
}

/// A number with its place in the file.
#[derive(Clone, Debug)]
pub(super) struct Told {
    pub value: f64,
    pub place: String,
}

/// Times in seconds.
#[derive(Clone, Debug, Default)]
pub(super) struct DraftQubit {
    pub t1: Option<Told>,
    pub t2: Option<Told>,
    pub one_for_zero: Option<Told>,
    pub zero_for_one: Option<Told>,
    pub readout_length: Option<Told>,
    pub gate: DraftGate,
}

#[derive(Clone, Debug, Default)]
pub(super) struct DraftGate {
    pub error: Option<Told>,
    pub length: Option<Told>,
    /// Whether the file itself says that it does not work.
    pub broken: bool,
}

#[derive(Clone, Debug)]
pub(super) struct DraftPair {
    pub qubits: (usize, usize),
    pub name: String,
    pub gate: DraftGate,
    pub place: String,
}

/// Gates that act the same on either qubit.
const EVEN: [&str; 12] =
    ["cz", "rzz", "zz", "ms", "xx", "yy", "xy", "iswap", "cphaseshift", "cp", "swap", "partial_iswap"];

/// What was left out, by why.
#[derive(Default)]
struct Left(BTreeMap<&'static str, Vec<String>>);

impl Left {
    fn add(&mut self, why: &'static str, what: String) {
        self.0.entry(why).or_default().push(what);
    }

    fn remarks(self) -> Vec<String> {
        let one = |(why, what): (&'static str, Vec<String>)| {
            let more = what.len().saturating_sub(NAMED);
            let named = what[..what.len() - more].join(", ");
            if more > 0 { format!("{why}: {named} and {more} more") } else { format!("{why}: {named}") }
        };
        self.0.into_iter().map(one).collect()
    }
}

impl Draft {
    /// The machine.
    ///
    /// # Errors
    /// A number that cannot be, a qubit that is not there, a pair that is told twice, nothing that works.
    pub(super) fn finish(self, file: usize) -> Result<Machine, MachineFileError> {
        let mut left = Left::default();
        let mut qubits = vec![None; self.register];
        for (&number, draft) in &self.qubits {
            qubits[number] = draft.checked(number, &mut left).map_err(|error| MachineFileError { file, ..error })?;
        }
        let pairs = self.checked_pairs(&qubits, &mut left).map_err(|error| MachineFileError { file, ..error })?;
        let fault = |problem: String| MachineFileError { file, place: "the file".into(), problem };
        if pairs.is_empty() {
            let told = self.pairs.len();
            return Err(fault(format!("no two qubits that a working gate joins: {told} pairs are told, all left out")));
        }
        let coupling = if self.all_joined {
            None
        } else {
            let joined: Vec<(usize, usize)> = pairs.keys().copied().collect();
            Some(Coupling::new(Some(self.register), &joined).map_err(|error| fault(error.to_string()))?)
        };
        let (name, date) = (one_line(&self.name), one_line(&self.date));
        let mut remarks = left.remarks();
        if !begins_with_day(&date) {
            remarks.insert(0, format!("its date, '{date}', is no day: expected one like 2026-04-17"));
        }
        let figures = Figures { date, qubits, pairs, remarks };
        let calibration = Some(figures.mean());
        Ok(Machine { name: name.into(), target: self.target, coupling, calibration, figures: Some(figures) })
    }

    fn checked_pairs(
        &self,
        qubits: &[Option<QubitFigures>],
        left: &mut Left,
    ) -> Result<BTreeMap<(usize, usize), PairFigures>, MachineFileError> {
        let mut pairs = BTreeMap::new();
        let mut told = BTreeSet::new();
        let mut broken = BTreeSet::new();
        for pair in &self.pairs {
            let (a, b) = pair.qubits;
            let refuse = |problem: String| Err(MachineFileError { file: 0, place: pair.place.clone(), problem });
            if a == b {
                return refuse(format!("qubit {a} is joined to itself"));
            }
            if let Some(q) = [a, b].into_iter().find(|q| *q >= self.register) {
                return refuse(format!("qubit {q} does not exist: expected 0 to {}", self.register.max(1) - 1));
            }
            if !told.insert((a, b)) {
                return refuse(format!("the pair {a}-{b} is told twice"));
            }
            let even = EVEN.contains(&&*pair.name);
            let shown = format!("{a}-{b}");
            let length = length(&pair.gate.length)?;
            let error = probability(&pair.gate.error)?;
            match error.filter(|error| !pair.gate.broken && !forgets(*error, 2)) {
                _ if [a, b].iter().any(|q| qubits[*q].is_none()) => left.add("pairs of a qubit left out", shown),
                None if error.is_none() && !pair.gate.broken => left.add("pairs without an error of their gate", shown),
                None => {
                    left.add("pairs marked as broken", shown);
                    broken.insert((a, b));
                    if even {
                        broken.insert((b, a));
                    }
                }
                Some(error) => {
                    let figures = PairFigures { name: pair.name.clone(), gate: GateFigures { error, length } };
                    if even {
                        pairs.entry((b, a)).or_insert_with(|| figures.clone());
                    }
                    pairs.insert((a, b), figures);
                }
            }
        }
        pairs.retain(|pair, _| !broken.contains(pair));
        Ok(pairs)
    }
}

/// Whether a date begins with a day, year first.
fn begins_with_day(date: &str) -> bool {
    let parts: Vec<Option<u32>> = date.get(..10).unwrap_or_default().split('-').map(|part| part.parse().ok()).collect();
    matches!(parts[..], [Some(1990..=2200), Some(1..=12), Some(1..=31)])
}

/// Of any qubit, in seconds: beyond that the unit is another.
const COHERENCE: std::ops::RangeInclusive<f64> = 1e-9..=1e6;

/// The longest gate or readout, in seconds; those of ions take some 1e-3.
const LONGEST: f64 = 0.1;

impl DraftQubit {
    fn checked(&self, number: usize, left: &mut Left) -> Result<Option<QubitFigures>, MachineFileError> {
        let shown = number.to_string();
        let (t1, mut t2) = (coherence(&self.t1)?, coherence(&self.t2)?);
        let one_for_zero = probability(&self.one_for_zero)?;
        let zero_for_one = probability(&self.zero_for_one)?;
        let readout_length = length(&self.readout_length)?;
        let gate =
            GateFigures { error: probability(&self.gate.error)?.unwrap_or(0.0), length: length(&self.gate.length)? };
        if self.gate.error.is_none() && !self.gate.broken {
            left.add("qubits without an error of their gates", shown);
            return Ok(None);
        }
        let (Some(one_for_zero), Some(zero_for_one)) = (one_for_zero, zero_for_one) else {
            left.add("qubits without errors of readout", shown);
            return Ok(None);
        };
        if self.gate.broken || forgets(gate.error, 1) {
            left.add("qubits marked as broken", shown);
            return Ok(None);
        }
        if one_for_zero + zero_for_one >= 1.0 {
            left.add("qubits whose readout tells nothing", shown);
            return Ok(None);
        }
        if let (Some(t1), Some(told)) = (t1, t2)
            && told > 2.0 * t1
        {
            left.add("T2 beyond 2 T1, which is taken instead, of qubits", shown.clone());
            t2 = Some(2.0 * t1);
        }
        if t1.is_none() && t2.is_none() {
            left.add("no T1 and T2, so taken as without end, of qubits", shown);
        }
        let readout = ReadoutRates { one_for_zero, zero_for_one };
        Ok(Some(QubitFigures { t1, t2, readout, readout_length, gate }))
    }
}

/// A number that is told, if it can be.
fn told(number: &Option<Told>, can_be: impl Fn(f64) -> bool, expected: &str) -> Result<Option<f64>, MachineFileError> {
    match number {
        Some(Told { value, place }) if !can_be(*value) => {
            let problem = format!("{value}, expected {expected}");
            Err(MachineFileError { file: 0, place: place.clone(), problem })
        }
        other => Ok(other.as_ref().map(|told| told.value)),
    }
}

fn probability(number: &Option<Told>) -> Result<Option<f64>, MachineFileError> {
    told(number, |value| (0.0..=1.0).contains(&value), "a number from 0 to 1")
}

fn coherence(number: &Option<Told>) -> Result<Option<f64>, MachineFileError> {
    told(number, |value| COHERENCE.contains(&value), "seconds, from 1e-9 to 1e6")
}

fn length(number: &Option<Told>) -> Result<Option<f64>, MachineFileError> {
    told(number, |value| (0.0..=LONGEST).contains(&value), "seconds, from 0 to 0.1")
}
