//! As many samples of every class, some of them to train on and the rest to test on.

use crate::data::Samples;
use crate::random::stream;
use rand::seq::SliceRandom;

/// Samples to train on and samples to test on.
#[derive(Clone, Debug, PartialEq)]
pub struct Chosen {
    /// Four fifths of each class, rounded down.
    pub training: Samples,
    /// The rest.
    pub test: Samples,
}

/// Chooses `count` samples of each of the first `classes` classes by the seed, and of each class four fifths to train on.
///
/// # Errors
/// The first class that has fewer, with how many it has.
///
/// # Panics
/// If there are no labels.
pub fn choose(samples: &Samples, classes: usize, count: usize, seed: u64) -> Result<Chosen, (usize, usize)> {
    let labels = samples.labels.as_ref().expect("a class needs labels");
    let (mut training, mut test) = (vec![], vec![]);
    for class in 0..classes {
        let mut of_class: Vec<usize> = (0..labels.len()).filter(|&i| labels[i] == class).collect();
        if of_class.len() < count {
            return Err((class, of_class.len()));
        }
        of_class.shuffle(&mut stream(seed, class as u64));
        training.extend(&of_class[..count * 4 / 5]);
        test.extend(&of_class[count * 4 / 5..count]);
    }
    Ok(Chosen { training: samples.picked(&training), test: samples.picked(&test) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_are_equal_and_halves_disjoint() {
        let labels: Vec<usize> = (0..200).map(|i| (i * i) % 7 % 4).collect();
        let samples = Samples {
            inputs: (0..200).map(|i| vec![f64::from(i)]).collect(),
            labels: Some(labels.clone()),
            ..Samples::default()
        };
        let chosen = choose(&samples, 3, 25, 4).unwrap();
        let numbers = |of: &Samples| of.inputs.iter().map(|x| x[0] as usize).collect::<Vec<_>>();
        let (training, test) = (numbers(&chosen.training), numbers(&chosen.test));
        assert_eq!((training.len(), test.len()), (60, 15));
        assert!(training.iter().all(|i| !test.contains(i)));
        for (of, numbers, each) in [(&chosen.training, &training, 20), (&chosen.test, &test, 5)] {
            let found = of.labels.as_ref().unwrap();
            assert!(numbers.iter().zip(found).all(|(&i, label)| labels[i] == *label));
            assert!((0..3).all(|class| found.iter().filter(|label| **label == class).count() == each));
        }
        assert_eq!(choose(&samples, 3, 25, 4).unwrap(), chosen);
        assert_ne!(choose(&samples, 3, 25, 5).unwrap(), chosen);
        let of_last = labels.iter().filter(|label| **label == 3).count();
        assert_eq!(choose(&samples, 4, of_last + 1, 0), Err((3, of_last)));
    }
}
