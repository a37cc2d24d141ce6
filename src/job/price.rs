//! What a job takes: executions, seconds of the machine, money, by tables that say what day they are of.

use crate::files::{Format, read_file};
use serde::{Deserialize, Serialize};

/// How long a machine takes, by what its owner has published.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Timing {
    /// Seconds from the end of one execution to the start of the next, in which qubits fall to |0>.
    pub delay: f64,
    /// Seconds a job beside its executions.
    pub overhead: f64,
}

/// What one way to a machine costs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Price {
    /// Who sells it: "ibm", "braket" or "ionq".
    pub provider: String,
    /// The plan or the machine.
    pub name: String,
    /// For a second of the machine, in US dollars.
    #[serde(default)]
    pub second: f64,
    /// For a task, whatever is in it.
    #[serde(default)]
    pub task: f64,
    /// For an execution.
    #[serde(default)]
    pub execution: f64,
    /// Seconds of the machine that the plan has, where it is free up to there.
    #[serde(default)]
    pub free_seconds: Option<f64>,
}

/// Prices as they were on a day.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct PriceList {
    /// Always "hqrn-prices".
    pub format: String,
    /// Always 1.
    pub version: u32,
    /// The day, year first.
    pub date: String,
    /// How long machines take, by provider.
    pub timing: std::collections::BTreeMap<String, Timing>,
    /// The prices.
    pub prices: Vec<Price>,
}

/// What a job takes on a machine.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Effort {
    /// Times that a program runs: those of all copies of a circuit in it count as one.
    pub executions: u64,
    /// Tasks that are sent.
    pub tasks: u64,
    /// Seconds from the first gate to the last measurement's end, of one execution.
    pub length: f64,
}

/// What one way to a machine takes for a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Quote {
    /// The plan or the machine.
    pub name: String,
    /// US dollars.
    pub dollars: f64,
    /// Whether it fits what the plan has for free; absent where nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fits: Option<bool>,
}

/// Prices that cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct PriceError(String);

const FORMAT: Format = Format { name: "hqrn-prices", named: true, newest: 1 };

impl PriceList {
    /// The list that comes with hqrn.
    pub fn bundled() -> PriceList {
        PriceList::from_json(include_bytes!("../../circuits/prices.json")).expect("the bundled prices are valid")
    }

    /// Reads a list.
    ///
    /// # Errors
    /// What is wrong with it, with its place.
    pub fn from_json(text: &[u8]) -> Result<PriceList, PriceError> {
        let list: PriceList = read_file(text, &FORMAT).map_err(|error| PriceError(error.to_string()))?;
        let timing = list.timing.iter().flat_map(|(provider, timing)| {
            [
                (format!("timing.{provider}.delay"), timing.delay),
                (format!("timing.{provider}.overhead"), timing.overhead),
            ]
        });
        let prices = list.prices.iter().enumerate().flat_map(|(i, price)| {
            let free = price.free_seconds.unwrap_or(0.0);
            [("second", price.second), ("task", price.task), ("execution", price.execution), ("free_seconds", free)]
                .map(|(key, value)| (format!("prices[{i}].{key}"), value))
        });
        let nothing =
            |price: &Price| price.second + price.task + price.execution == 0.0 && price.free_seconds.is_none();
        if let Some(i) = list.prices.iter().position(nothing) {
            return Err(PriceError(format!(
                "prices[{i}]: costs nothing: expected second, task, execution or free_seconds"
            )));
        }
        match timing.chain(prices).find(|(_, value)| !(0.0..=1e9).contains(value)) {
            Some((place, value)) => Err(PriceError(format!("{place}: {value}, expected a number from 0 to 1e9"))),
            None => Ok(list),
        }
    }

    /// Seconds that a provider's machine is taken, where that has been published: an overhead, and for each execution its length and the delay
    /// before the next.
    pub fn seconds(&self, provider: &str, effort: &Effort) -> Option<f64> {
        let timing = self.timing.get(provider)?;
        Some(timing.overhead + effort.executions as f64 * (timing.delay + effort.length))
    }

    /// What every way to a provider's machines takes, of those whose price is known.
    pub fn quotes(&self, provider: &str, effort: &Effort) -> Vec<Quote> {
        let seconds = self.seconds(provider, effort);
        // What goes by the second says nothing where seconds are not known.
        let of = |price: &Price| {
            let timed = price.second > 0.0 || price.free_seconds.is_some();
            let seconds = if timed { seconds? } else { 0.0 };
            let dollars =
                price.second * seconds + price.task * effort.tasks as f64 + price.execution * effort.executions as f64;
            Some(Quote { name: price.name.clone(), dollars, fits: price.free_seconds.map(|free| seconds <= free) })
        };
        self.prices.iter().filter(|price| price.provider == provider).filter_map(of).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_job_costs_what_the_list_says() {
        let text = br#"{"format": "hqrn-prices", "version": 1, "date": "2026-11-01",
            "timing": {"ibm": {"delay": 0.00025, "overhead": 2}},
            "prices": [{"provider": "ibm", "name": "paid", "second": 1.5},
                       {"provider": "ibm", "name": "open", "free_seconds": 600},
                       {"provider": "braket", "name": "Garnet", "task": 0.3, "execution": 0.001}]}"#;
        let list = PriceList::from_json(text).unwrap();
        let effort = Effort { executions: 1_000_000, tasks: 4, length: 10e-6 };
        assert!((list.seconds("ibm", &effort).unwrap() - 262.0).abs() < 1e-9);
        assert_eq!(list.seconds("braket", &effort), None);
        let quotes = list.quotes("ibm", &effort);
        assert!((quotes[0].dollars - 393.0).abs() < 1e-9 && quotes[0].fits.is_none());
        assert_eq!((quotes[1].dollars, quotes[1].fits), (0.0, Some(true)));
        assert!((list.quotes("braket", &effort)[0].dollars - 1001.2).abs() < 1e-9);
        let wrong = String::from_utf8_lossy(text).replace("0.001}", "-1}");
        let message = PriceList::from_json(wrong.as_bytes()).unwrap_err().to_string();
        assert_eq!(message, "prices[2].execution: -1, expected a number from 0 to 1e9");
        assert!(!PriceList::bundled().prices.is_empty());
    }
}
