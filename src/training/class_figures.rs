//! How well scores tell each class from all others: precision, recall, F1, and the areas under both curves.

use crate::linalg::RealMatrix;

/// Figures of one class, one against the rest.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct ClassFigures {
    /// Samples of the class.
    pub samples: usize,
    /// Of what is labelled so, the share that is; none where nothing is labelled so.
    pub precision: Option<f64>,
    /// Of what is so, the share that is labelled so; none where nothing is.
    pub recall: Option<f64>,
    /// The harmonic mean of both; 0 where nothing of the class is labelled so.
    pub f1: Option<f64>,
    /// The mean precision over the samples of the class, ordered by the softmax of its score: the area under the curve of
    /// precision against recall.
    pub precision_recall_area: Option<f64>,
    /// The probability that a sample of the class has the greater softmax than one of the rest, half where they are equal: the
    /// area under the receiver operating characteristic; none where all samples are of the class.
    pub roc_area: Option<f64>,
}

/// Figures of every class, from scores, samples x classes. A label is the class of the greatest score, of equals the first.
///
/// # Panics
/// If there is not a label for each row.
pub fn class_figures(scores: &RealMatrix, labels: &[usize]) -> Vec<ClassFigures> {
    assert_eq!(scores.nrows(), labels.len(), "a label for each sample");
    let softmax: Vec<Vec<f64>> = scores
        .row_iter()
        .map(|row| {
            let most = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let sum: f64 = row.iter().map(|z| (z - most).exp()).sum();
            row.iter().map(|z| (z - most).exp() / sum).collect()
        })
        .collect();
    let found: Vec<Option<usize>> =
        scores.row_iter().map(|row| crate::network::largest(&row.iter().copied().collect::<Vec<_>>())).collect();
    let of_class = |class: usize| {
        let is: Vec<bool> = labels.iter().map(|label| *label == class).collect();
        let samples = is.iter().filter(|is| **is).count();
        let named = found.iter().filter(|found| **found == Some(class)).count();
        let right = found.iter().zip(&is).filter(|(found, is)| **found == Some(class) && **is).count();
        let share = |of: usize| (of > 0).then(|| right as f64 / of as f64);
        let values: Vec<f64> = softmax.iter().map(|p| p[class]).collect();
        let (area, roc) = areas(&values, &is);
        ClassFigures {
            samples,
            precision: share(named),
            recall: share(samples),
            f1: (samples + named > 0).then(|| 2.0 * right as f64 / (samples + named) as f64),
            precision_recall_area: area,
            roc_area: roc,
        }
    };
    (0..scores.ncols()).map(of_class).collect()
}

/// Both areas of values that should be great where something is so; equal values are one step of either curve.
fn areas(values: &[f64], is: &[bool]) -> (Option<f64>, Option<f64>) {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*b].total_cmp(&values[*a]));
    let all = is.iter().filter(|is| **is).count();
    let rest = is.len() - all;
    let (mut yes, mut no, mut precision, mut roc) = (0usize, 0usize, 0.0, 0.0);
    for step in order.chunk_by(|a, b| values[*a] == values[*b]) {
        let more = step.iter().filter(|i| is[**i]).count();
        let others = step.len() - more;
        roc += others as f64 * (yes as f64 + more as f64 / 2.0);
        (yes, no) = (yes + more, no + others);
        precision += more as f64 * yes as f64 / (yes + no) as f64;
    }
    let share = |sum: f64, of: usize| (of > 0).then(|| sum / of as f64);
    (share(precision, all), share(roc, all * rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use approx::assert_abs_diff_eq;

    #[test]
    fn figures_are_those_of_a_table() {
        // Scores of two classes; the first is the greater where the softmax of class 0 is above one half.
        let margins = [3.0, 2.0, 2.0, 1.0, -1.0, -2.0];
        let labels = [0, 0, 1, 1, 0, 1];
        let scores = RealMatrix::from_fn(6, 2, |i, j| if j == 0 { margins[i] } else { 0.0 });
        let [first, second] = class_figures(&scores, &labels)[..] else { panic!("two classes") };
        assert_eq!((first.samples, first.precision, first.recall), (3, Some(0.5), Some(2.0 / 3.0)));
        assert_abs_diff_eq!(first.f1.unwrap(), 4.0 / 7.0, epsilon = 1e-15);
        // Steps: 1 of 1, then one of each at once (2 of 3), then a wrong one, then 3 of 5.
        assert_abs_diff_eq!(first.precision_recall_area.unwrap(), (1.0 + 2.0 / 3.0 + 3.0 / 5.0) / 3.0, epsilon = 1e-15);
        assert_abs_diff_eq!(first.roc_area.unwrap(), (1.5 + 2.0 + 3.0) / 9.0, epsilon = 1e-15);
        assert_abs_diff_eq!(second.roc_area.unwrap(), first.roc_area.unwrap(), epsilon = 1e-15);
        assert_eq!((second.precision, second.recall), (Some(0.5), Some(1.0 / 3.0)));
    }

    #[test]
    fn classes_that_are_not_there_have_no_figures() {
        let figures = class_figures(&RealMatrix::from_fn(2, 2, |_, j| j as f64), &[1, 1]);
        assert_eq!(
            (figures[0].precision, figures[0].recall, figures[0].f1, figures[0].roc_area),
            (None, None, None, None)
        );
        assert_eq!((figures[1].precision, figures[1].f1, figures[1].roc_area), (Some(1.0), Some(1.0), None));
        assert!(class_figures(&RealMatrix::zeros(0, 3), &[]).len() == 3);
    }
}
