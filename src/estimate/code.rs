//! Physical qubits and the surface code: how large a patch is, how long its cycle takes, how often it fails.

/// Above this rate of physical errors the code makes things worse (arXiv:1208.0928).
const THRESHOLD: f64 = 0.01;
/// What the rate of logical errors starts from (arXiv:1208.0928, Eq. 11).
const PREFACTOR: f64 = 0.03;
/// The largest distance that is asked of the code, as in the QDK.
const MOST_DISTANCE: u64 = 50;

/// A model of physical qubits, by the QDK's names: gate times in nanoseconds (`ns`) or microseconds (`us`), Clifford gates
/// that fail at 1e-3 (`e3`) or 1e-4 (`e4`).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct QubitModel {
    /// The QDK's name of it.
    pub name: &'static str,
    /// Nanoseconds of a measurement.
    pub measurement_time: u64,
    /// Nanoseconds of a gate, on one qubit or two.
    pub gate_time: u64,
    /// How often a Clifford gate, a measurement or a wait fails.
    pub clifford_error: f64,
    /// How often a T gate fails.
    pub t_error: f64,
}

impl QubitModel {
    /// All models, the QDK's default one first.
    pub const ALL: [QubitModel; 4] = [
        QubitModel::superconducting("qubit_gate_ns_e3", 1e-3),
        QubitModel::superconducting("qubit_gate_ns_e4", 1e-4),
        QubitModel::ions("qubit_gate_us_e3", 1e-3),
        QubitModel::ions("qubit_gate_us_e4", 1e-4),
    ];

    const fn superconducting(name: &'static str, error: f64) -> QubitModel {
        QubitModel { name, measurement_time: 100, gate_time: 50, clifford_error: error, t_error: error }
    }

    const fn ions(name: &'static str, error: f64) -> QubitModel {
        QubitModel { name, measurement_time: 100_000, gate_time: 100_000, clifford_error: error, t_error: 1e-6 }
    }

    /// The model of that name.
    pub fn named(name: &str) -> Option<QubitModel> {
        QubitModel::ALL.into_iter().find(|model| model.name == name)
    }
}

/// One logical qubit of the surface code on such physical qubits.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Patch {
    /// The code distance, odd.
    pub distance: u64,
    /// Physical qubits.
    pub qubits: u64,
    /// Nanoseconds of a logical cycle.
    pub cycle_time: u64,
    /// How often it fails in a cycle.
    pub error: f64,
}

impl Patch {
    /// The patch of a distance.
    pub fn new(model: &QubitModel, distance: u64) -> Patch {
        let decay = (model.clifford_error / THRESHOLD).powi((distance as i32 + 1) / 2);
        Patch {
            distance,
            qubits: 2 * distance * distance,
            cycle_time: (4 * model.gate_time + 2 * model.measurement_time) * distance,
            error: PREFACTOR * decay,
        }
    }

    /// The smallest patch that fails at most so often in a cycle (arXiv:2211.07629, Eq. E2).
    ///
    /// # Errors
    /// The distance that it would have, where that is more than 50.
    pub fn smallest(model: &QubitModel, error: f64) -> Result<Patch, u64> {
        let steps = 2.0 * (PREFACTOR / error).ln() / (THRESHOLD / model.clifford_error).ln() - 1.0;
        let distance = steps.ceil() as u64 | 1;
        if distance > MOST_DISTANCE { Err(distance) } else { Ok(Patch::new(model, distance)) }
    }
}
