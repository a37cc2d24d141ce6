//! Where a result came from, by what it says of itself: a machine, the simulator of one, or what was promised.

use crate::cli::reports::Source;
use serde_json::Value;

/// More letters than that are no name.
const LONGEST: usize = 200;

/// Where counts came from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// From what kind of thing.
    pub source: Source,
    /// The backend that the result names.
    pub backend: Option<String>,
    /// The machine of the plan.
    planned: String,
}

impl Origin {
    /// What a result says: `rehearsed` of itself, `fake` and `backend` of what it ran on.
    pub fn of(result: &Value, planned: &str) -> Result<Origin, String> {
        if result.get("rehearsed").is_some_and(|seed| !seed.is_u64()) {
            return Err("rehearsed: expected the seed that it was drawn with".into());
        }
        let fake = match result.get("fake") {
            None => false,
            Some(Value::Bool(fake)) => *fake,
            Some(_) => return Err("fake: expected true or false".into()),
        };
        let backend = match result.get("backend") {
            None => None,
            Some(Value::String(name)) if is_name(name) => Some(name.clone()),
            Some(_) => return Err(format!("backend: expected a name of 1 to {LONGEST} letters on one line")),
        };
        // Scripts did not always say so, and Qiskit calls all of its fakes so.
        let called = backend.as_ref().is_some_and(|name| name.starts_with("Fake"));
        let source = match result.get("rehearsed") {
            Some(_) => Source::Rehearsed,
            None if fake || called => Source::Simulated,
            None => Source::Machine,
        };
        Ok(Origin { source, backend, planned: planned.to_owned() })
    }

    /// The backend, if it is none that the plan's machine is called.
    fn other(&self) -> Option<&str> {
        let words: Vec<&str> = self.planned.split_whitespace().collect();
        // Of an ARN the machine is a part.
        let called = |part: &str| words.iter().any(|word| word.eq_ignore_ascii_case(part));
        self.backend.as_deref().filter(|name| *name != self.planned && !name.split('/').any(called))
    }

    /// What was done, and on what.
    pub fn done(&self) -> String {
        match self.source {
            Source::Machine => format!("measured on {}", self.other().unwrap_or(&self.planned)),
            Source::Simulated => format!("simulated on {}", self.backend.as_deref().unwrap_or("a fake machine")),
            Source::Rehearsed => format!("rehearsed on {}", self.planned),
        }
    }

    /// The same behind a line that names the plan's machine: nothing where it was that one.
    pub fn mark(&self) -> String {
        match self.source {
            Source::Machine if self.other().is_none() => String::new(),
            Source::Rehearsed => ", rehearsed".into(),
            Source::Machine | Source::Simulated => format!(", {}", self.done()),
        }
    }

    /// What is to be known of counts that the plan's machine did not give.
    pub fn note(&self) -> Option<String> {
        match self.source {
            Source::Rehearsed => Some("a rehearsal, drawn from the machine's figures: no machine was asked".into()),
            Source::Simulated => Some(format!("{}: no machine was asked", self.done())),
            Source::Machine => self.other().map(|name| {
                format!("{name} gave these counts: promises and readout errors are of {}, as planned", self.planned)
            }),
        }
    }
}

/// Whether a text can stand in a line.
fn is_name(text: &str) -> bool {
    !text.trim().is_empty() && text.chars().count() <= LONGEST && !text.chars().any(char::is_control)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_result_says_where_it_came_from() {
        let of = |result: Value, planned: &str| Origin::of(&result, planned).unwrap();
        let boston = "a piece of ibm_boston";
        for (result, planned, source, mark) in [
            (json!({}), boston, Source::Machine, ""),
            (json!({"backend": "ibm_boston"}), boston, Source::Machine, ""),
            (json!({"backend": "ibm_bos"}), boston, Source::Machine, ", measured on ibm_bos"),
            (json!({"backend": "arn:aws:braket:eu::device/qpu/iqm/Garnet"}), "IQM on Braket", Source::Machine, ""),
            (json!({"backend": "FakeBoston"}), boston, Source::Simulated, ", simulated on FakeBoston"),
            (json!({"backend": "FakeBoston", "fake": false}), boston, Source::Simulated, ", simulated on FakeBoston"),
            (json!({"backend": "ibm_boston", "fake": true}), boston, Source::Simulated, ", simulated on ibm_boston"),
            (json!({"fake": true}), boston, Source::Simulated, ", simulated on a fake machine"),
            (json!({"rehearsed": 0, "backend": "x"}), boston, Source::Rehearsed, ", rehearsed"),
        ] {
            let origin = of(result, planned);
            assert_eq!((origin.source, origin.mark().as_str()), (source, mark));
            assert_eq!(origin.note().is_none(), mark.is_empty());
        }
        assert_eq!(of(json!({}), boston).done(), "measured on a piece of ibm_boston");
        for (result, problem) in [
            (json!({"fake": 1}), "fake: "),
            (json!({"fake": null}), "fake: "),
            (json!({"backend": ["x"]}), "backend: "),
            (json!({"backend": "a\nb"}), "backend: "),
            (json!({"backend": " "}), "backend: "),
            (json!({"backend": "x".repeat(201)}), "backend: "),
            (json!({"rehearsed": "yes"}), "rehearsed: "),
        ] {
            assert!(Origin::of(&result, boston).unwrap_err().starts_with(problem), "{result}");
        }
    }
}
