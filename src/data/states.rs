//! Sets of density matrices, with labels and the families they come from: JSON, or NPY arrays of shape [S, N, N].

use super::{Samples, density, npy};
use crate::files::{Format, read_file};
use crate::linalg::{Complex, Matrix, coordinates};
use serde::{Deserialize, Serialize};

const FORMAT: Format = Format { name: "hqrn-states", named: true, newest: 1 };

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct StatesFile {
    format: String,
    version: u32,
    states: Vec<StateRecord>,
}

/// A density matrix with what is known of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct StateRecord {
    /// The name of the family it comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub family: Option<String>,
    /// Its class.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<usize>,
    /// Real parts, row by row.
    pub re: Vec<Vec<f64>>,
    /// Imaginary parts; all zero if left out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub im: Option<Vec<Vec<f64>>>,
}

impl StateRecord {
    /// A record of a density matrix.
    pub fn new(rho: &Matrix, family: Option<&str>, label: Option<usize>) -> StateRecord {
        let part = |f: fn(&Complex) -> f64| rho.row_iter().map(|row| row.iter().map(f).collect()).collect();
        StateRecord { family: family.map(str::to_owned), label, re: part(|z| z.re), im: Some(part(|z| z.im)) }
    }
}

/// States as JSON: `{"format": "hqrn-states", "version": 1, "states": [{"family", "label", "re", "im"}, ...]}`.
pub fn write_states(states: Vec<StateRecord>) -> String {
    let file = StatesFile { format: FORMAT.name.into(), version: 1, states };
    serde_json::to_string(&file).expect("states are finite numbers") + "\n"
}

/// Reads what [`write_states`] writes.
pub(super) fn from_json(bytes: &[u8]) -> Result<Samples, String> {
    let file: StatesFile = read_file(bytes, &FORMAT).map_err(|error| format!("no set of states: {error}"))?;
    let mut samples = Samples { density: true, ..Samples::default() };
    let (mut labels, mut families) = (vec![], vec![]);
    for (i, state) in file.states.into_iter().enumerate() {
        let wrong = |problem: String| format!("state {i}: {problem}");
        let rho = density::from_parts(&state.re, state.im.as_deref()).map_err(wrong)?;
        samples.inputs.push(flat(rho).map_err(wrong)?);
        labels.extend(state.label);
        families.extend(state.family);
    }
    for (name, count) in [("label", labels.len()), ("family", families.len())] {
        if count > 0 && count < samples.inputs.len() {
            return Err(format!("{count} of {} states have a {name}: expected all or none", samples.inputs.len()));
        }
    }
    samples.labels = (!labels.is_empty()).then_some(labels);
    samples.families = (!families.is_empty()).then_some(families);
    Ok(samples)
}

/// The states of a complex array of shape [S, N, N]; `None` for any other, which may be images.
pub(super) fn from_npy(bytes: &[u8]) -> Result<Option<Samples>, String> {
    let array = npy::read_array(bytes)?;
    let [_, rows, columns] = array.shape[..] else { return Ok(None) };
    if !array.complex {
        return Ok(None);
    }
    let state = |(i, values): (usize, &[Complex])| {
        flat(Matrix::from_row_slice(rows, columns, values)).map_err(|problem| format!("state {i}: {problem}"))
    };
    let inputs = array.values.chunks_exact((rows * columns).max(1)).enumerate().map(state).collect::<Result<_, _>>()?;
    Ok(Some(Samples { inputs, density: true, ..Samples::default() }))
}

/// The coordinates of a matrix that is a density matrix.
fn flat(rho: Matrix) -> Result<Vec<f64>, String> {
    let side = rho.nrows();
    density::check(rho, side).map(|rho| coordinates(&rho))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Split, read_samples, read_samples_or_states};

    #[test]
    fn states_survive_files() {
        let folder = tempfile::tempdir().unwrap();
        let rho = Matrix::from_row_slice(2, 2, &[0.5, 0.0, 0.0, 0.5].map(Complex::from))
            + Matrix::from_row_slice(
                2,
                2,
                &[Complex::ZERO, Complex::new(0.1, -0.2), Complex::new(0.1, 0.2), Complex::ZERO],
            );
        let record = StateRecord::new(&rho, Some("bell"), Some(1));
        let json = folder.path().join("states.json");
        std::fs::write(&json, write_states(vec![record.clone(), record])).unwrap();
        let samples = read_samples_or_states(&json, None, Some(2), Split::Test).unwrap();
        assert_eq!(samples.inputs, vec![coordinates(&rho); 2]);
        assert_eq!((samples.labels, samples.density), (Some(vec![1, 1]), true));
        assert_eq!(samples.families, Some(vec!["bell".to_owned(); 2]));

        let array = folder.path().join("states.npy");
        std::fs::write(
            &array,
            npy::write_array(&[2, 2, 2], rho.transpose().iter().chain(rho.transpose().iter()).copied()),
        )
        .unwrap();
        let samples = read_samples_or_states(&array, None, Some(2), Split::Test).unwrap();
        assert_eq!((samples.inputs, samples.labels, samples.density), (vec![coordinates(&rho); 2], None, true));
    }

    #[test]
    fn what_is_no_set_of_states_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("states.json");
        let message = |text: &str| {
            std::fs::write(&path, text).unwrap();
            read_samples_or_states(&path, None, Some(2), Split::Test).unwrap_err().problem
        };
        let file = |states: &str| format!(r#"{{"format":"hqrn-states","version":1,"states":[{states}]}}"#);
        let good = r#"{"label":1,"re":[[1,0],[0,0]]}"#;
        assert_eq!(message(&file("")), "no samples");
        assert_eq!(
            message(&file(&format!("{good},{}", good.replace("[1,0]", "[2,0]")))),
            "state 1: its trace is 2, expected 1"
        );
        assert_eq!(
            message(&file(&format!("{good},{}", good.replace("\"label\":1,", "")))),
            "1 of 2 states have a label: expected all or none"
        );
        assert_eq!(message(&file(r#"{"re":[[1]]}"#)), "states of 1 x 1, the network takes 2 x 2");
        std::fs::write(&path, file(good)).unwrap();
        assert!(read_samples(&path, None, None, Split::Test).unwrap_err().problem.starts_with("density matrices"));
        assert!(message("{\"format\":").contains("format: EOF while parsing"));
        assert_eq!(
            message(&file(good).replace("hqrn-states", "x")),
            "no set of states: format: 'x', expected 'hqrn-states'"
        );
    }
}
