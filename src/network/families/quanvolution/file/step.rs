//! Gates of a layer as files have them.

use crate::network::NetworkError;
use crate::network::families::quanvolution::gate::{Axis, Step};
use serde::{Deserialize, Serialize};
use serde_json::Number;

/// ["rx", qubit, angle], ["ry", qubit, angle] or ["rz", qubit, angle] with exp(-i angle P / 2), angles in radians,
/// ["cx", control, target] or ["cz", qubit, qubit].
#[derive(Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(in crate::network) struct StepFile(Kind, usize, Number);

#[derive(Clone, Copy, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[cfg_attr(feature = "schema", schemars(rename = "LayerGateFile"))]
#[serde(rename_all = "lowercase")]
enum Kind {
    Rx,
    Ry,
    Rz,
    Cx,
    Cz,
}

impl StepFile {
    pub fn of(step: &Step) -> StepFile {
        match *step {
            Step::Turn(axis, qubit, angle) => {
                let kind = match axis {
                    Axis::X => Kind::Rx,
                    Axis::Y => Kind::Ry,
                    Axis::Z => Kind::Rz,
                };
                StepFile(kind, qubit, Number::from_f64(angle).expect("a valid network has only finite numbers"))
            }
            Step::Cx(control, target) => StepFile(Kind::Cx, control, target.into()),
            Step::Cz(one, other) => StepFile(Kind::Cz, one, other.into()),
        }
    }

    /// The gate, its qubits not yet checked; `place` is its.
    pub fn read(self, place: &str) -> Result<Step, NetworkError> {
        let StepFile(kind, qubit, last) = self;
        let axis = match kind {
            Kind::Rx => Axis::X,
            Kind::Ry => Axis::Y,
            Kind::Rz => Axis::Z,
            Kind::Cx | Kind::Cz => {
                let problem =
                    || NetworkError::value(format!("{place}[2]"), format!("{last}, expected a qubit, 0 to 3"));
                let other = last.as_u64().and_then(|q| usize::try_from(q).ok()).ok_or_else(problem)?;
                return Ok(if matches!(kind, Kind::Cx) { Step::Cx(qubit, other) } else { Step::Cz(qubit, other) });
            }
        };
        Ok(Step::Turn(axis, qubit, last.as_f64().unwrap_or(f64::NAN)))
    }
}
