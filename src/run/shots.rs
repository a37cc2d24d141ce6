//! How many shots estimate each distribution.

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use std::fmt;
use std::str::FromStr;

/// Ns, the shots for p+ and again for p- of every block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shots {
    /// This many.
    Finite(u64),
    /// The exact probabilities.
    Infinite,
}

/// More than that and counts would not be exact in 64-bit floats.
const MOST: f64 = 9e15;

/// A text that is no number of shots.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("'{0}': expected a whole number from 1 to 9e15, like 10000 or 1e4, or inf")]
pub struct ShotsError(String);

impl FromStr for Shots {
    type Err = ShotsError;

    fn from_str(text: &str) -> Result<Shots, ShotsError> {
        match text.parse::<f64>() {
            _ if text == "inf" => Ok(Shots::Infinite),
            Ok(n) if (1.0..=MOST).contains(&n) && n.fract() == 0.0 => Ok(Shots::Finite(n as u64)),
            _ => Err(ShotsError(text.to_owned())),
        }
    }
}

impl fmt::Display for Shots {
    /// `10000` as `1e4`, `2500` as it is, infinity as `inf`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Shots::Infinite => f.pad("inf"),
            Shots::Finite(n) => {
                let exponential = format!("{n:e}");
                let plain = n.to_string();
                f.pad(if exponential.len() < plain.len() { &exponential } else { &plain })
            }
        }
    }
}

impl Serialize for Shots {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match *self {
            Shots::Finite(n) => serializer.serialize_u64(n),
            Shots::Infinite => serializer.serialize_str("inf"),
        }
    }
}

#[cfg(feature = "schema")]
impl schemars::JsonSchema for Shots {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Shots".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({"oneOf": [{"type": "integer", "minimum": 1}, {"const": "inf"}]})
    }
}

impl<'de> Deserialize<'de> for Shots {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Shots, D::Error> {
        let value = serde_json::Value::deserialize(deserializer)?;
        let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_people_write_them() {
        for (text, shots, shown) in [
            ("1e4", Shots::Finite(10_000), "1e4"),
            ("2500", Shots::Finite(2500), "2500"),
            ("1", Shots::Finite(1), "1"),
            ("inf", Shots::Infinite, "inf"),
        ] {
            assert_eq!(text.parse(), Ok(shots));
            assert_eq!(shots.to_string(), shown);
            let json = serde_json::to_string(&shots).unwrap();
            assert_eq!(serde_json::from_str::<Shots>(&json).unwrap(), shots);
        }
        for text in ["0", "-1", "1.5", "1e16", "nan", "infinity", "", "many"] {
            assert!(text.parse::<Shots>().is_err(), "{text}");
        }
    }
}
