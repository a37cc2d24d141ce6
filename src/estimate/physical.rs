//! Logical counts to physical qubits and time, by parallel synthesis and sequential Pauli measurements (arXiv:2211.07629).

use super::code::{Patch, QubitModel};
use super::counts::LogicalCounts;
use super::distillation::Factory;
use super::factories::factories;
use serde::Serialize;

/// T states of a rotation at error ε: `0.53 log2(1/ε) + 4.86` on average, by fallback circuits and mixtures (Kliuchnikov et al.,
/// arXiv:2203.10064).
const T_SLOPE: f64 = 0.53;
const T_OFFSET: f64 = 4.86;

/// What a program takes on an error-corrected machine.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct PhysicalEstimate {
    /// Physical qubits in all.
    pub physical_qubits: u64,
    /// Nanoseconds of a shot.
    pub runtime: u64,
    /// Logical qubits with those that the layout adds.
    pub logical_qubits: u64,
    /// Logical cycles that the program needs.
    pub logical_depth: u64,
    /// Logical cycles that a shot takes: more where factories need the time.
    pub cycles: u64,
    /// T states of a shot.
    pub t_states: u64,
    /// T states that stand for a rotation; 0 where there is none.
    pub ts_per_rotation: u64,
    /// Distance of the code that holds the program.
    pub code_distance: u64,
    /// Factories side by side.
    pub factories: u64,
    /// Physical qubits of all factories.
    pub factory_qubits: u64,
    /// What a factory is; none where no T states are needed.
    pub factory: Option<Factory>,
}

/// Counts that have no estimate.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum EstimateError {
    /// An error that is no probability.
    #[error("error budget {0}: expected a number above 0 and below 1")]
    Budget(f64),
    /// Errors that no code of the model gets down to.
    #[error("it takes a code distance of {0}, more than 50: allow a larger error")]
    Distance(u64),
    /// Nothing that takes time: no measurement, no rotation, no T gate.
    #[error("nothing to estimate: the program has no measurement, no T gate and no rotation")]
    Nothing,
}

/// T states of each of so many rotations, where the error of all of them together is at most `error`.
pub fn ts_per_rotation(rotations: u64, error: f64) -> u64 {
    if rotations == 0 {
        return 0;
    }
    (T_SLOPE * (rotations as f64 / error).log2() + T_OFFSET).ceil() as u64
}

/// The error budget in its parts: a share for logical errors, as much for T states, as much for rotations, where there are such.
struct Budget {
    logical: f64,
    states: f64,
    rotations: f64,
}

impl LogicalCounts {
    /// Whether the program takes T states.
    fn takes_states(&self) -> bool {
        self.t_count + self.ccz_count + self.ccix_count + self.rotation_count > 0
    }

    fn budget(&self, error: f64) -> Budget {
        match (self.takes_states(), self.rotation_count > 0) {
            (_, true) => Budget { logical: error / 3.0, states: error / 3.0, rotations: error / 3.0 },
            (true, false) => Budget { logical: error / 2.0, states: error / 2.0, rotations: 0.0 },
            (false, false) => Budget { logical: error, states: 0.0, rotations: 0.0 },
        }
    }

    /// T states of each rotation, where a shot may fail with probability `error`.
    pub fn ts_per_rotation(&self, error: f64) -> u64 {
        ts_per_rotation(self.rotation_count, self.budget(error).rotations)
    }

    /// T states of a shot: one for a T gate, four for a Toffoli gate, and those of rotations.
    pub fn t_states(&self, error: f64) -> u64 {
        4 * (self.ccz_count + self.ccix_count) + self.t_count + self.ts_per_rotation(error) * self.rotation_count
    }

    /// Logical qubits of the layout: two rows and a border.
    fn laid_out(&self) -> u64 {
        2 * self.num_qubits + ((8 * self.num_qubits) as f64).sqrt().ceil() as u64 + 1
    }

    fn depth(&self, ts_per_rotation: u64) -> u64 {
        self.measurement_count
            + self.rotation_count
            + self.t_count
            + 3 * (self.ccz_count + self.ccix_count)
            + ts_per_rotation * self.rotation_depth
    }

    /// What a shot takes if it may fail with probability `error`, 0 < `error` < 1.
    ///
    /// # Errors
    /// A budget that is no probability; a program that does nothing; errors below what distance 50 reaches.
    pub fn estimate(&self, error: f64, model: &QubitModel) -> Result<PhysicalEstimate, EstimateError> {
        if !(error > 0.0 && error < 1.0) {
            return Err(EstimateError::Budget(error));
        }
        let budget = self.budget(error);
        let (per_rotation, states) = (self.ts_per_rotation(error), self.t_states(error));
        let (depth, width) = (self.depth(per_rotation), self.laid_out());
        if depth == 0 {
            return Err(EstimateError::Nothing);
        }
        let mut cycles = depth;
        loop {
            let patch =
                Patch::smallest(model, budget.logical / (width * cycles) as f64).map_err(EstimateError::Distance)?;
            // So many cycles does a patch of this distance last.
            let most = (budget.logical / (width as f64 * patch.error)).floor() as u64;
            let made = match states {
                0 => Some((None, cycles)),
                _ => made_in(&factories(model, budget.states / states as f64, &patch), &patch, cycles, most)
                    .map(|(factory, cycles)| (Some(factory), cycles)),
            };
            let Some((factory, taken)) = made else {
                cycles = most.max(cycles) + 1;
                continue;
            };
            let runs = |factory: &Factory| taken * patch.cycle_time / factory.runtime * factory.states;
            let count = factory.as_ref().map_or(0, |factory| states.div_ceil(runs(factory)));
            let factory_qubits = factory.as_ref().map_or(0, |factory| count * factory.physical_qubits);
            return Ok(PhysicalEstimate {
                physical_qubits: width * patch.qubits + factory_qubits,
                runtime: taken * patch.cycle_time,
                logical_qubits: width,
                logical_depth: depth,
                cycles: taken,
                t_states: states,
                ts_per_rotation: per_rotation,
                code_distance: patch.distance,
                factories: count,
                factory_qubits,
                factory,
            });
        }
    }
}

/// The factory of the least volume a state that ends within so many cycles, or else within `most`, and the cycles that it takes.
fn made_in(found: &[Factory], patch: &Patch, cycles: u64, most: u64) -> Option<(Factory, u64)> {
    let by_volume = |a: &&Factory, b: &&Factory| a.volume().total_cmp(&b.volume());
    let in_time = found.iter().filter(|factory| factory.runtime <= cycles * patch.cycle_time);
    if let Some(factory) = in_time.min_by(by_volume) {
        return Some((factory.clone(), cycles));
    }
    let needed = |factory: &Factory| factory.runtime.div_ceil(patch.cycle_time);
    let later = found.iter().filter(|factory| needed(factory) <= most);
    let factory = later.min_by(|a, b| by_volume(a, b).then(needed(a).cmp(&needed(b))))?;
    Some((factory.clone(), needed(factory)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Logical counts, error, model; then physical qubits, nanoseconds, T states, distance, factories, logical depth, cycles, qubits and
    /// nanoseconds of a factory: figures of the QDK 1.33.1.
    type Row = ([u64; 6], f64, &'static str, [u64; 9]);

    const QDK: [Row; 20] = [
        (
            [6, 0, 6737, 119, 0, 6],
            0.001,
            "qubit_gate_ns_e3",
            [3789000, 53310000, 121266, 15, 210, 8885, 8885, 18000, 92000],
        ),
        (
            [8, 0, 2413, 1044, 0, 2],
            0.001,
            "qubit_gate_ns_e3",
            [587250, 120978000, 41021, 15, 32, 20163, 20163, 18000, 92000],
        ),
        (
            [6, 0, 66497, 4250, 0, 4],
            0.001,
            "qubit_gate_ns_e3",
            [4809640, 1030206800, 1329940, 17, 144, 151501, 151501, 33320, 111200],
        ),
        (
            [1, 0, 28781, 7951, 0, 0],
            0.001,
            "qubit_gate_ns_e3",
            [795468, 1259264800, 546839, 17, 44, 179850, 185186, 18000, 100800],
        ),
        (
            [22, 0, 43, 28, 8392, 11],
            1e-06,
            "qubit_gate_ns_e3",
            [695502, 237268000, 34428, 23, 19, 25790, 25790, 33320, 128800],
        ),
        (
            [14, 17, 69, 17, 36984, 3],
            1e-06,
            "qubit_gate_ns_e3",
            [742040, 1024705200, 149333, 23, 21, 111381, 111381, 33320, 137600],
        ),
        ([239, 0, 1, 1, 1054, 156], 0.3, "qubit_gate_ns_e3", [169686, 14634400, 4223, 11, 11, 3326, 3326, 3920, 36400]),
        (
            [8, 17, 8552, 6381, 0, 7],
            1e-09,
            "qubit_gate_ns_e4",
            [331250, 1161750000, 248025, 15, 20, 193625, 193625, 16000, 92000],
        ),
        (
            [2, 17, 7737, 7319, 0, 0],
            0.3,
            "qubit_gate_ns_e4",
            [13450, 220440000, 108335, 5, 13, 110220, 110220, 1000, 26000],
        ),
        (
            [50, 0, 8378, 1393, 0, 45],
            0.3,
            "qubit_gate_ns_e4",
            [51858, 78190000, 117292, 7, 40, 27925, 27925, 1000, 26000],
        ),
        (
            [2, 0, 666, 564, 0, 1],
            1e-09,
            "qubit_gate_us_e3",
            [450522, 257499000000, 17982, 27, 15, 15895, 15895, 29160, 210600000],
        ),
        (
            [22, 0, 9126, 2798, 6, 17],
            0.001,
            "qubit_gate_us_e3",
            [450262, 607155000000, 164292, 17, 36, 59525, 59525, 11560, 132600000],
        ),
        ([14, 0, 0, 0, 0, 14], 0.001, "qubit_gate_ns_e3", [6480, 50400, 0, 9, 0, 14, 14, 0, 0]),
        ([1, 0, 0, 0, 6, 0], 1e-09, "qubit_gate_ns_e3", [804972, 235200, 24, 21, 24, 18, 28, 33320, 128800]),
        ([1, 27, 0, 0, 0, 0], 0.001, "qubit_gate_ns_e4", [14300, 56000, 27, 5, 14, 27, 28, 1000, 26000]),
        ([2, 1, 0, 0, 0, 2], 1e-06, "qubit_gate_ns_e4", [1882, 28000, 1, 7, 1, 3, 10, 1000, 26000]),
        ([50, 1, 0, 0, 0, 33], 0.001, "qubit_gate_ns_e3", [31282, 149600, 1, 11, 1, 34, 34, 2000, 26000]),
        ([1, 1, 5, 4, 0, 0], 0.3, "qubit_gate_ns_e3", [144, 45600, 41, 3, 2, 38, 38, 18, 1200]),
        ([1, 0, 0, 0, 0, 1], 1e-09, "qubit_gate_ns_e4", [972, 3600, 0, 9, 0, 1, 1, 0, 0]),
        ([6, 1, 1, 1, 0, 6], 1e-09, "qubit_gate_ns_e4", [137320, 132000, 23, 11, 23, 30, 30, 5760, 72800]),
    ];

    #[test]
    fn figures_are_the_qdks() {
        for (
            [num_qubits, t_count, rotation_count, rotation_depth, ccz_count, measurement_count],
            error,
            model,
            expected,
        ) in QDK
        {
            let counts = LogicalCounts {
                num_qubits,
                t_count,
                rotation_count,
                rotation_depth,
                ccz_count,
                ccix_count: 0,
                measurement_count,
            };
            let e = counts.estimate(error, &QubitModel::named(model).unwrap()).unwrap();
            let (qubits, runtime) = e.factory.as_ref().map_or((0, 0), |f| (f.physical_qubits, f.runtime));
            let depths = [e.logical_depth, e.cycles, qubits, runtime];
            let got = [e.physical_qubits, e.runtime, e.t_states, e.code_distance, e.factories];
            assert_eq!([&got[..], &depths[..]].concat(), expected, "{counts:?}");
        }
    }

    #[test]
    fn what_has_no_estimate_is_refused() {
        let model = QubitModel::ALL[0];
        let counts = LogicalCounts { num_qubits: 3, measurement_count: 1, ..LogicalCounts::default() };
        let message = |counts: &LogicalCounts, error: f64| counts.estimate(error, &model).unwrap_err().to_string();
        assert_eq!(message(&counts, 0.0), "error budget 0: expected a number above 0 and below 1");
        assert_eq!(message(&counts, f64::NAN), "error budget NaN: expected a number above 0 and below 1");
        assert_eq!(message(&counts, 1e-40), "it takes a code distance of 79, more than 50: allow a larger error");
        let nothing = LogicalCounts { measurement_count: 0, ..counts };
        assert_eq!(message(&nothing, 0.1), EstimateError::Nothing.to_string());
    }
}
