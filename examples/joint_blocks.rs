//! Both signs of blocks from one circuit near the counting bound: CZ, steps and time.
//!
//! `cargo run --release --example joint_blocks -- weights.json [BLOCK..]`, or `-- N SEEDS` for random blocks.

use hqrn::circuit::Cost;
use hqrn::linalg::RealMatrix;
use hqrn::network::read;
use hqrn::random::rng;
use hqrn::synthesis::joint::{JointOptions, counting_bound, synthesise_joint};
use rand::RngExt;
use std::sync::Mutex;
use std::time::Instant;

fn show(name: &str, w: &RealMatrix, seed: u64) {
    let start = Instant::now();
    let verbose = std::env::var_os("VERBOSE").is_some();
    // CZ, steps and what was left of each circuit.
    let tried = Mutex::new(vec![]);
    let found = synthesise_joint(w, &JointOptions::default(), seed, &|attempt| {
        let mut tried = tried.lock().expect("nobody panics");
        let most = attempt.number.max(tried.len());
        tried.resize(most, (0, 0, 0.0));
        tried[attempt.number - 1] = (attempt.pairs, attempt.iterations, attempt.error);
        if verbose {
            eprintln!("{attempt:?} {:.1} s", start.elapsed().as_secs_f64());
        }
        true
    });
    let tried = tried.into_inner().expect("nobody panics");
    let steps: usize = tried.iter().map(|tried| tried.1).sum();
    let seconds = start.elapsed().as_secs_f64();
    match found {
        Some(joint) => {
            let cost = Cost::of(&joint.circuit);
            println!(
                "{name}: {} CZ (bound {}), depth {}, gamma {:.3}, attempt {} after {} steps, \
                 {steps} in all, {seconds:.2} s",
                cost.two_qubit_gates,
                counting_bound(w.nrows()),
                cost.two_qubit_depth,
                joint.gamma,
                joint.attempts,
                tried[joint.attempts - 1].1,
            );
        }
        None => println!("{name}: none after {} circuits, {steps} steps, {seconds:.2} s", tried.len()),
    }
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(first) = arguments.first() else {
        return Err("expected weights and blocks, or N and a number of seeds".into());
    };
    if let Ok(n) = first.parse::<usize>() {
        let seeds: u64 = arguments.get(1).map_or(Ok(5), |s| s.parse())?;
        for seed in 0..seeds {
            let mut rng = rng(seed);
            // Twelve uniform numbers are as good as a normal one here.
            let normal = |rng: &mut hqrn::random::Rng| (0..12).map(|_| rng.random_range(-0.5..0.5)).sum::<f64>();
            let w = RealMatrix::from_fn(n, n, |_, _| normal(&mut rng) / (n as f64).sqrt());
            show(&format!("random {n}, seed {seed}"), &w, seed);
        }
        return Ok(());
    }
    let network = read(std::path::Path::new(first))?;
    let blocks: Vec<usize> = match &arguments[1..] {
        [] => (1..=network.blocks.len()).collect(),
        given => given.iter().map(|k| k.parse()).collect::<Result<_, _>>()?,
    };
    for k in blocks {
        show(&format!("{}, block {k}", network.name), network.blocks[k - 1].weight(), 0);
    }
    Ok(())
}
