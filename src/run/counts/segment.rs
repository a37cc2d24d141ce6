//! What counts say of a segment of an amplitude network: what comes out of its map, scores or the next state, with error bars.

use super::estimate::{Estimate, sum_estimates};
use super::words::Counts;
use crate::linalg::RealMatrix;
use crate::network::amplitude::{AmplitudeNetwork, Reads, Segment};
use crate::network::largest;
use crate::qasm::{Program, Spelling};
use crate::signs::{Sign, Signs};

/// What counts say of a segment.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SegmentEstimate {
    /// p+ and p-, an entry for each that comes out.
    #[serde(flatten)]
    pub p: Signs<Vec<Estimate>>,
    /// Share of the shots that count.
    pub accepted: f64,
    /// `map · x`, or the probabilities of it among the shots that count.
    pub out: Vec<Estimate>,
    /// What the head makes of it behind the last segment, a score a class.
    pub scores: Option<Vec<Estimate>>,
    /// The class with the highest score.
    pub label: Option<usize>,
    /// The state that the next segment reads, behind all others.
    pub next: Option<Vec<Estimate>>,
    /// Distance from what the weights make of the input, and what shots explain of it, as shares of the length of `map · x`;
    /// where the input is known.
    pub distance: Option<[f64; 2]>,
}

/// Share of the length that must be missing before anything is said.
const FAR: f64 = 0.05;

impl SegmentEstimate {
    /// What is to be said where the shots alone do not explain the distance.
    pub fn doubt(&self) -> Option<String> {
        let [distance, expected] = self.distance?;
        (distance > FAR.max(5.0 * expected)).then(|| {
            format!(
                "what came out is {distance:.2} of its length away from what the weights say, shots explain \
                 {expected:.2}: heavy noise, or counts of another program, input or order of bits"
            )
        })
    }
}

/// Estimates of a segment of the network from the counts of its program. `input` is what went in, of any norm; a segment
/// that keeps the norm needs it.
///
/// # Panics
/// If the program is of no segment of the network, a word is shorter than its bits, or the input of another size.
pub fn estimate_segment(
    program: &Program,
    counts: &Counts,
    network: &AmplitudeNetwork,
    segment: &Segment,
    input: Option<&[f64]>,
) -> SegmentEstimate {
    let labels = program.contract.rows();
    let shots = counts.shots() as f64;
    let p = Sign::BOTH.map(|sign| {
        let Some(read) = &program.contract.signs[sign] else { return vec![Estimate::default(); labels] };
        let found = counts.spelt(&program.contract, read, labels);
        found.into_iter().map(|count| Estimate::of_share(count, shots)).collect()
    });
    let accepted: f64 = p.plus.iter().chain(&p.minus).map(|p| p.value).sum();
    let length = |x: &[f64]| x.iter().map(|v| v * v).sum::<f64>().sqrt();
    let out: Vec<Estimate> = match segment.reads {
        Reads::Amplitudes => {
            let scale = if segment.normalises { 1.0 } else { input.map_or(1.0, length) };
            let scaled = |e: Estimate| Estimate { value: scale * e.value, error: scale * e.error };
            sum_estimates(&[(program, counts)], labels).into_iter().map(scaled).collect()
        }
        Reads::Probabilities => {
            let of = |p: &Estimate| Estimate::of_share(p.value * shots, accepted * shots);
            p.plus.iter().map(|p| if accepted > 0.0 { of(p) } else { Estimate::default() }).collect()
        }
    };
    let out = match (program.contract.spelling(), network.read_by(segment)) {
        (Spelling::OneHot, Some(weight)) => {
            let scale = if segment.normalises { 1.0 } else { input.map_or(1.0, length) };
            read_by_head(weight, &p, scale * program.contract.gamma(), shots)
        }
        _ => out,
    };
    let values: Vec<f64> = out.iter().map(|e| e.value).collect();
    let last = segment.activation.is_none();
    let scores = last.then(|| {
        let errors = score_errors(network, segment, &out, accepted * shots);
        network.finish(&values).into_iter().zip(errors).map(|(value, error)| Estimate { value, error }).collect()
    });
    let label = scores
        .as_ref()
        .and_then(|scores: &Vec<Estimate>| largest(&scores.iter().map(|score| score.value).collect::<Vec<_>>()));
    let next = segment.activation.map(|f| {
        let moved = |e: &Estimate| Estimate { value: f.of(e.value), error: f.slope(f.of(e.value)).abs() * e.error };
        out.iter().map(moved).collect()
    });
    let distance = input.and_then(|x| segment.apply(x)).and_then(|wanted| {
        // By the weights no shot counts: all that was read is something else.
        if segment.reads == Reads::Probabilities && length(&wanted) == 0.0 {
            return Some([1.0, 0.0]);
        }
        let wanted = match segment.reads {
            Reads::Amplitudes => wanted,
            Reads::Probabilities => {
                let sum: f64 = wanted.iter().map(|z| z * z).sum();
                wanted.iter().map(|z| z * z / sum).collect()
            }
        };
        let off: Vec<f64> = values.iter().zip(&wanted).map(|(got, wanted)| got - wanted).collect();
        let errors: Vec<f64> = out.iter().map(|e| e.error).collect();
        (length(&wanted) > 0.0).then(|| [length(&off) / length(&wanted), length(&errors) / length(&wanted)])
    });
    SegmentEstimate { p, accepted, out, scores, label, next, distance }
}

/// What the head's weights make of the state `gamma (p+ - p-)`: a shot is worth a weight, with the sign it was read with.
fn read_by_head(weight: &RealMatrix, p: &Signs<Vec<Estimate>>, gamma: f64, shots: f64) -> Vec<Estimate> {
    let of_row = |row: Vec<f64>| {
        let (mut sum, mut square) = (0.0, 0.0);
        for ((w, plus), minus) in row.iter().zip(&p.plus).zip(&p.minus) {
            sum += gamma * w * shots * (plus.value - minus.value);
            square += gamma * gamma * w * w * shots * (plus.value + minus.value);
        }
        let most = gamma * row.iter().fold(0.0f64, |most, w| most.max(w.abs()));
        Estimate::of_worth(sum, square, shots, [-most, most])
    };
    weight.row_iter().map(|row| of_row(row.iter().copied().collect())).collect()
}

/// Of probabilities, which sum up to one, the errors are not apart: `Var (W p)_c = (Σ W² p - (Σ W p)²) / shots`.
fn score_errors(network: &AmplitudeNetwork, segment: &Segment, out: &[Estimate], counted: f64) -> Vec<f64> {
    if segment.reads == Reads::Amplitudes {
        return out.iter().map(|e| e.error).collect();
    }
    let of_row = |row: Vec<f64>| {
        let sum: f64 = row.iter().zip(out).map(|(w, e)| w * e.value * counted).sum();
        let square: f64 = row.iter().zip(out).map(|(w, e)| w * w * e.value * counted).sum();
        let ends = row.iter().fold([f64::INFINITY, f64::NEG_INFINITY], |[a, b], w| [a.min(*w), b.max(*w)]);
        Estimate::of_worth(sum, square, counted.max(1.0), ends).error
    };
    network.head.affine.weight.row_iter().map(|row| of_row(row.iter().copied().collect())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compiler::{Sample, SegmentMethod, SegmentOptions, compile_segment};
    use crate::network::read_model_bytes;
    use crate::qasm::{AnyProgram, read_any};
    use crate::random::rng;
    use crate::run::read_counts;
    use crate::simulator::{Multinomial, Readout, transition_probabilities};
    use crate::target::Dialect;

    fn network(reads: &str, activation: &str) -> AmplitudeNetwork {
        let text = format!(
            r#"{{"format":"hqrn-weights","version":2,"family":"amplitude","input":{{"dim":3}},
            "layers":[{{"mesh":[0.4,-1,2],"residual":1.5,"activation":"{activation}"}}],
            "head":{{"weight":[[1,2,-3],[0.5,-1,1],[2,0,1],[-1,1,1]],"bias":[0.1,0,-0.2,3],"reads":"{reads}"}}}}"#
        );
        read_model_bytes(text.as_bytes(), "n").unwrap().amplitude("test").unwrap()
    }

    /// Counts of a program that prepares its input.
    fn drawn(program: &Program, shots: u64, seed: u64) -> Counts {
        let bits = program.circuit.bit_count();
        let readout = Readout { input: vec![], output: (0..bits).collect(), accept: vec![] };
        let p = transition_probabilities(&program.circuit, &readout, &[0]).unwrap();
        let mut counts = vec![0.0; 1 << bits];
        Multinomial::default().draw(shots, p.as_slice(), &mut counts, &mut rng(seed));
        let table: serde_json::Map<String, serde_json::Value> = counts
            .iter()
            .enumerate()
            .filter(|(_, c)| **c > 0.0)
            .map(|(n, c)| (format!("{n:0bits$b}"), (*c as u64).into()))
            .collect();
        let json = serde_json::Value::from(table).to_string();
        read_counts(json.as_bytes(), bits, None, &Dialect::OPENQASM_3).unwrap().counts
    }

    #[test]
    fn estimates_are_within_their_errors() {
        let kinds = [("amplitudes", "identity"), ("probabilities", "identity"), ("amplitudes", "tanh")];
        let methods = [SegmentMethod::Exact, SegmentMethod::Layers, SegmentMethod::OneHot];
        for ((reads, activation), method) in kinds.into_iter().flat_map(|kind| methods.map(|method| (kind, method))) {
            let network = network(reads, activation);
            let options = SegmentOptions::default().with_method(method);
            let segments = network.segments().unwrap();
            let mut x = vec![3.0, -1.0, 0.5];
            for (k, segment) in segments.iter().enumerate() {
                let sample = Sample { features: x.clone(), row: None };
                let text = compile_segment(&network, k + 1, Some(&sample), &options).unwrap();
                let AnyProgram::Segment(program) = read_any(&text).unwrap() else { panic!() };
                let counts = drawn(&program, 100_000, 4 + k as u64);
                let found = estimate_segment(&program, &counts, &network, segment, Some(&x));
                let exact = segment.apply(&x).unwrap();
                let wanted: Vec<f64> = if found.next.is_some() {
                    segment.activated(&exact)
                } else if reads == "amplitudes" {
                    network.finish(&exact)
                } else {
                    let sum: f64 = exact.iter().map(|z| z * z).sum();
                    network.finish(&exact.iter().map(|z| z * z / sum).collect::<Vec<_>>())
                };
                let got = found.next.as_ref().or(found.scores.as_ref()).unwrap();
                assert_eq!(got.len(), wanted.len());
                for (got, wanted) in got.iter().zip(&wanted) {
                    assert!((got.value - wanted).abs() < 5.0 * got.error, "{got:?} {wanted}");
                    assert!(got.error > 1e-4 && got.error < 0.1, "{got:?}");
                }
                assert!(found.accepted > 0.2 && found.doubt().is_none(), "{found:?}");
                let reversed = estimate_segment(&program, &counts.reversed(), &network, segment, Some(&x));
                assert!(reversed.doubt().is_some(), "{reversed:?}");
                x = wanted;
            }
        }
    }
}
