//! Every source gives the same points, and keys tell settings apart.

use super::*;
use crate::encoding::GammaRule;
use crate::network::read_bytes;

fn network() -> Network {
    let text = br#"{"format": "hqrn-weights", "version": 1, "name": "n",
        "blocks": [{"weight": [[2, -1, 0, 0], [1, 1, 0, -3], [0, 0, 1, 1], [0, 4, 0, 1]], "bias": [0, 0, 0.1, 0]}],
        "head": {"weight": [[1, 0, 0, 0.5], [0, 1, 0.5, 0]], "bias": [0, 0]}}"#;
    read_bytes(text, "n").unwrap()
}

fn samples() -> Samples {
    let inputs: Vec<Vec<f64>> = (0..200).map(|i| vec![f64::from(i), f64::from(200 - i), 50.0, 1.0]).collect();
    Samples { labels: Some((0..200).map(|i| usize::from(i < 90)).collect()), inputs, ..Samples::default() }
}

#[test]
fn every_source_gives_the_same_points() {
    let (samples, network) = (samples(), network());
    let checkpoint = Checkpoint { name: "n".into(), epoch: None, network: network.clone() };
    let shots = [Shots::Finite(1000), Shots::Infinite];
    let programs = Source::Programs(compile_all(&network, GammaRule::Own).unwrap());
    let silent = Disturbance { model: NoiseModel::default(), trajectories: 1, mitigate: true };
    let mut tallies = vec![];
    for (source, noise) in [
        (&Source::Weights(GammaRule::Own.into()), None),
        (&Source::Compiled(GammaRule::Own.into()), None),
        (&programs, None),
        (&programs, Some(silent)),
    ] {
        let sweep = Sweep::new(&samples, source, &shots, 4);
        let variant = Variant { checkpoint: &checkpoint, alpha: None, noise };
        let mut points = vec![];
        sweep.run(&variant, &[1], |_| (), |p| points.push(p)).unwrap();
        assert_eq!(points[0].tally.disagree, 0);
        assert_eq!(points[0].key, sweep.keys(&variant)[1]);
        assert_eq!(points[0].budget.cx.is_some(), !matches!(source, Source::Weights(_)));
        sweep.run(&variant, &[0], |_| (), |p| points.push(p)).unwrap();
        let tally = &points[1].tally;
        assert!(tally.disagree > 0 && tally.disagree < 60, "{}", tally.disagree);
        assert_eq!((points[1].budget.shots, points[1].budget.copies), (Some(2000), Some(4000)));
        tallies.push(tally.clone());
    }
    // The last one draws its shots over whole words, so its counts are others.
    assert_eq!(tallies[0].confusion, tallies[1].confusion);
    assert_eq!(tallies[1].confusion, tallies[2].confusion);
}

#[test]
fn keys_tell_settings_apart() {
    let samples = samples();
    let checkpoint = Checkpoint { name: "n".into(), epoch: None, network: network() };
    let (own, shared) = (Source::Weights(GammaRule::Own.into()), Source::Weights(GammaRule::Shared.into()));
    let shots = [Shots::Finite(10), Shots::Infinite];
    let mut seen = std::collections::BTreeSet::new();
    let noise = Disturbance { model: NoiseModel::default(), trajectories: 1, mitigate: false };
    for (source, seed, alpha, noise) in [
        (&own, 0, None, None),
        (&shared, 0, None, None),
        (&own, 1, None, None),
        (&own, 0, Some(0.25), None),
        (&own, 0, None, Some(noise)),
        (&own, 0, None, Some(Disturbance { mitigate: true, ..noise })),
    ] {
        let sweep = Sweep::new(&samples, source, &shots, seed);
        seen.extend(sweep.keys(&Variant { checkpoint: &checkpoint, alpha, noise }));
    }
    assert_eq!(seen.len(), 12);
}
