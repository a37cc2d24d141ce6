//! A program of a segment against the segment: for every real state, or for the one that it prepares.

use super::forms::{Forms, prepared};
use crate::linalg::RealMatrix;
use crate::network::amplitude::{AmplitudeNetwork, Reads, Segment};
use crate::qasm::{Program, Spelling};
use crate::simulator::SimulationError;

/// How far a program is from its segment.
#[derive(Clone, Debug, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct SegmentVerification {
    /// The largest error of a coefficient: an entry of F, or of K where the state itself comes out, or what must be none or be a product of two entries; of an entry of
    /// what comes out where the input is prepared. None where there is a problem with the contract.
    pub max_error: Option<f64>,
    /// The largest error that passes.
    pub allowed: f64,
    /// What is most wrong, like `F[1][2]`.
    pub name: String,
    /// What the program has.
    pub got: f64,
    /// What the segment has.
    pub expected: f64,
    /// The largest error of the share of shots that count, over the basis states; where the sign is told by a reference.
    pub share_error: Option<f64>,
    /// Whether the program prepares its input, and was compared for this input alone.
    pub prepared: bool,
    /// What is wrong with the contract: it is not this segment's.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problem: Option<String>,
}

/// The largest error of a share of shots that passes.
const SHARE: f64 = 1e-9;

impl SegmentVerification {
    /// Whether the program computes its segment.
    pub fn holds(&self) -> bool {
        // Not the other way round: a NaN must not pass.
        self.problem.is_none() && self.fits() && self.share_error.is_none_or(|error| error <= SHARE)
    }

    /// What is wrong, in a line.
    pub fn failure(&self) -> String {
        // Digits below what is allowed say nothing; where all count, all are shown.
        let scale = 1e12f64.max(1.0 / self.allowed.max(f64::MIN_POSITIVE));
        let shown = |value: f64| match (value * scale).round() {
            steps if steps.abs() < 1e17 => format!("{:.12}", steps / scale + 0.0),
            _ => format!("{value:e}"),
        };
        if let Some(problem) = &self.problem {
            return problem.clone();
        }
        if self.fits() {
            return format!("the share of shots that count is off by {:.1e}", self.share_error.unwrap_or(f64::NAN));
        }
        format!("{} = {}, expected {}", self.name, shown(self.got), shown(self.expected))
    }

    fn fits(&self) -> bool {
        self.max_error.is_some_and(|error| error <= self.allowed)
    }

    fn see(&mut self, name: impl FnOnce() -> String, got: f64, expected: f64) {
        let error = (got - expected).abs();
        // A NaN is the worst there is, and stays.
        let most = self.max_error.unwrap_or(-1.0);
        if error > most || (error.is_nan() && !most.is_nan()) {
            (self.max_error, self.got, self.expected) = (Some(error), got, expected);
            self.name = name();
        }
    }
}

/// Compares a program with the segment of the network that its contract names. `tolerance` is a share of the largest entry
/// of the segment's map, or of its square where probabilities are read.
///
/// With signs, `gamma (p+ - p-)` is compared as a form in the amplitudes of the state, in which all but the linear part must
/// vanish: what holds for the coefficients holds for every state.
///
/// # Errors
/// If the circuit is too large to simulate.
pub fn verify_segment(
    program: &Program,
    network: &AmplitudeNetwork,
    tolerance: f64,
) -> Result<SegmentVerification, SimulationError> {
    let mut out = SegmentVerification {
        max_error: None,
        allowed: tolerance,
        name: String::new(),
        got: 0.0,
        expected: 0.0,
        share_error: None,
        prepared: false,
        problem: None,
    };
    let contract = &program.contract;
    let segments = match network.segments() {
        Ok(segments) => segments,
        Err(reason) => return Ok(SegmentVerification { problem: Some(reason), ..out }),
    };
    let (Some(terms), Some(segment)) = (&contract.segment, contract.block.checked_sub(1).and_then(|k| segments.get(k)))
    else {
        let problem = format!("the program is of segment {}, the weights have {}", contract.block, segments.len());
        return Ok(SegmentVerification { problem: Some(problem), ..out });
    };
    out.problem = segment_differs(program, network, segment);
    if out.problem.is_some() {
        return Ok(out);
    }
    let (map, name) = match terms.encoding {
        Spelling::Binary => (&segment.map, 'F'),
        Spelling::OneHot => (&segment.states, 'K'),
    };
    let largest = map.amax();
    out.allowed *= match segment.reads {
        Reads::Amplitudes => largest,
        Reads::Probabilities => largest * largest,
    };
    match &terms.features {
        Some(features) => {
            out.prepared = true;
            let x = RealMatrix::from_column_slice(features.len(), 1, features);
            let wanted = map * (&x / x.amax()) / (&x / x.amax()).norm();
            for (c, got) in prepared(program)?.into_iter().enumerate() {
                let z = wanted.get(c).copied().unwrap_or(0.0);
                let expected = if segment.reads == Reads::Amplitudes { z } else { z * z };
                out.see(|| format!("z[{c}]"), got, expected);
            }
        }
        None => {
            let forms = Forms::of(program)?;
            match segment.reads {
                Reads::Amplitudes => compare_signed(&forms, map, name, &mut out),
                Reads::Probabilities => compare_squared(&forms, map, &mut out),
            }
        }
    }
    Ok(out)
}

/// What of a contract is not this segment's: sizes, or what is read.
fn segment_differs(program: &Program, network: &AmplitudeNetwork, segment: &Segment) -> Option<String> {
    let dim = network.dim;
    let Some(terms) = &program.contract.segment else { return Some("the program is of no segment".into()) };
    let labels = match terms.encoding {
        Spelling::Binary => segment.map.nrows(),
        Spelling::OneHot => dim,
    };
    let sizes = [("inputs", program.contract.dim, dim), ("labels", terms.labels, labels)];
    if let Some((what, got, wanted)) = sizes.into_iter().find(|(_, got, wanted)| got != wanted) {
        return Some(format!("the program has {got} {what}, the weights have {wanted}"));
    }
    match (terms.sign.is_some(), segment.reads) {
        (true, Reads::Probabilities) => Some("the program reads signs, the weights' head probabilities".into()),
        (false, Reads::Amplitudes) => Some("the program reads probabilities, the weights signs".into()),
        _ => None,
    }
}

fn compare_signed(forms: &Forms, map: &RealMatrix, name: char, out: &mut SegmentVerification) {
    let dim = map.ncols();
    for c in 0..forms.constant.len() {
        for m in 0..dim {
            out.see(|| format!("{name}[{c}][{m}]"), forms.linear[(c, m)], map.get((c, m)).copied().unwrap_or(0.0));
            // A constant is a form of its own in states of norm 1.
            for k in 0..dim {
                let constant = if k == m { forms.constant[c] } else { 0.0 };
                out.see(|| format!("Q[{c}][{m}][{k}]"), forms.square[c][(m, k)] + constant, 0.0);
            }
        }
    }
    // Labels amplitudes α F ψ ± β each: gamma is 1/(4αβ), the shots that count are 2 (α² |F ψ|² + C β²) of all.
    let (gamma, even) = (forms.gamma, forms.of_reference);
    if map.amax() > 0.0 && even > 0.0 {
        let share = |m: usize| even + (map.column(m) / gamma).norm_squared() * map.nrows() as f64 / (4.0 * even);
        let errors = forms.accepted.iter().enumerate().map(|(m, got)| (got - share(m)).abs());
        out.share_error = errors.reduce(|most, e| if e > most || e.is_nan() { e } else { most });
    }
}

fn compare_squared(forms: &Forms, map: &RealMatrix, out: &mut SegmentVerification) {
    let dim = map.ncols();
    for c in 0..forms.constant.len() {
        for m in 0..dim {
            for k in 0..dim {
                let entry = |m: usize| map.get((c, m)).copied().unwrap_or(0.0);
                out.see(|| format!("K[{c}][{m}] K[{c}][{k}]"), forms.square[c][(m, k)], entry(m) * entry(k));
            }
        }
    }
}
