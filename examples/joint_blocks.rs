//! Both signs of blocks from one circuit near the counting bound: gates, steps and time.
//!
//! `cargo run --release --example joint_blocks -- [--slack S] [--edges line|heavy-hex|square|all] [--gate cz|rzz]
//! [--verbose] weights.json [BLOCK..]`, or `N SEEDS` in place of weights, for random blocks of normal entries.
//! `--slacks 3,2,1.5,1.2` in place of `--slack`: a table of what each takes, from the angles of the one before and from random
//! ones; shots go with the square of gamma, those of slack 1 being one. SEEDS is a number, or
//! `6..20`.

use hqrn::circuit::Cost;
use hqrn::linalg::RealMatrix;
use hqrn::network::read;
use hqrn::random::{Rng, rng};
use hqrn::synthesis::joint::{
    Attempt, Entangler, Ground, Joint, JointOptions, NoJoint, Unwatched, continue_joint, counting_bound,
    synthesise_joint,
};
use hqrn::target::Edges;
use rand::RngExt;
use std::sync::Mutex;
use std::time::Instant;

/// How blocks are tried.
struct Trial {
    options: JointOptions,
    edges: Edges,
    joins: Entangler,
    verbose: bool,
    slacks: Vec<f64>,
}

impl Trial {
    /// Tries a block and prints a line; the gates of its circuit, if there is one.
    fn show(&self, name: &str, w: &RealMatrix, seed: u64) -> Option<usize> {
        let start = Instant::now();
        // Gates, steps and what was left of each circuit.
        let tried = Mutex::new(vec![]);
        let watch = |attempt: &Attempt| {
            let mut tried = tried.lock().expect("nobody panics");
            let most = attempt.number.max(tried.len());
            tried.resize(most, (0, 0, 0.0));
            tried[attempt.number - 1] = (attempt.pairs, attempt.iterations, attempt.error);
            if self.verbose {
                eprintln!("{attempt:?} {:.1} s", start.elapsed().as_secs_f64());
            }
            true
        };
        let qubits = w.nrows().next_power_of_two().trailing_zeros() as usize + 1;
        let order = self.edges.order(qubits).expect("named edges have room");
        let ground = Ground { joins: self.joins, order: &order };
        if !self.slacks.is_empty() {
            self.table(name, w, ground, seed);
            return None;
        }
        let found = synthesise_joint(w, &self.options, ground, seed, &watch);
        let tried = tried.into_inner().expect("nobody panics");
        let steps: usize = tried.iter().map(|tried| tried.1).sum();
        let seconds = start.elapsed().as_secs_f64();
        let bound = counting_bound(w.nrows(), self.joins);
        match found {
            Ok(joint) => {
                let cost = Cost::of(&joint.circuit);
                let (gates, depth) = (cost.two_qubit_gates, cost.two_qubit_depth);
                println!(
                    "{name}: {gates} {} (bound {bound}), depth {depth}, gamma {:.3}, circuit {} after {} steps, {steps} in \
                     all, {seconds:.2} s",
                    self.joins.name(),
                    joint.gamma,
                    joint.attempts,
                    joint.iterations,
                );
                Some(gates)
            }
            Err(_) => {
                println!("{name}: none after {} circuits, {steps} steps, {seconds:.2} s", tried.len());
                None
            }
        }
    }
}

impl Trial {
    /// Gates against shots: a row for each way to each slack.
    fn table(&self, name: &str, w: &RealMatrix, ground: Ground<'_>, seed: u64) {
        println!("{name}, at least {} {} by counting", counting_bound(w.nrows(), self.joins), self.joins.name());
        println!("slack  from             gates  depth    gamma  steps      s  shots  shots x gates");
        let mut wider: Option<Joint> = None;
        for &slack in &self.slacks {
            let options = self.options.with_slack(slack);
            let shots = slack * slack;
            let row = |from: &str, search: &dyn Fn() -> Result<Joint, NoJoint>| {
                let start = Instant::now();
                let found = search();
                let seconds = start.elapsed().as_secs_f64();
                match &found {
                    Ok(Joint { circuit, gamma, iterations, pairs, .. }) => println!(
                        "{slack:5}  {from:15} {pairs:6} {:6} {gamma:8.3} {iterations:6} {seconds:6.1} {shots:6.2} {:14.0}",
                        Cost::of(circuit).two_qubit_depth,
                        shots * *pairs as f64
                    ),
                    Err(none) => println!("{slack:5}  {from:15} {none:?} after {seconds:.1} s"),
                }
                found.ok()
            };
            let continued = wider
                .as_ref()
                .and_then(|from| row("the row before", &|| continue_joint(w, from, &options, ground, &Unwatched)));
            let anew = row("random angles", &|| synthesise_joint(w, &options, ground, seed, &Unwatched));
            wider = anew.into_iter().chain(continued).min_by_key(|joint| joint.pairs).or(wider);
        }
    }
}

/// Twelve uniform numbers are as good as a normal one here.
fn normal(rng: &mut Rng) -> f64 {
    (0..12).map(|_| rng.random_range(-0.5..0.5)).sum()
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut trial = Trial {
        options: JointOptions::default(),
        edges: Edges::Line,
        joins: Entangler::Cz,
        verbose: false,
        slacks: vec![],
    };
    let mut arguments = vec![];
    let mut given = std::env::args().skip(1);
    while let Some(argument) = given.next() {
        let mut value = || given.next().ok_or(format!("{argument}: a value is missing"));
        match argument.as_str() {
            "--slack" => trial.options = trial.options.with_slack(value()?.parse()?),
            "--slacks" => {
                trial.slacks = value()?.split(',').map(str::parse).collect::<Result<_, _>>()?;
            }
            "--edges" => {
                trial.edges = match value()?.as_str() {
                    "line" => Edges::Line,
                    "heavy-hex" => Edges::HeavyHex,
                    "square" => Edges::Square,
                    "all" => Edges::All,
                    other => return Err(format!("--edges {other}: expected line, heavy-hex, square or all").into()),
                }
            }
            "--gate" => {
                trial.joins = match value()?.as_str() {
                    "cz" => Entangler::Cz,
                    "rzz" => Entangler::Rzz,
                    other => return Err(format!("--gate {other}: expected cz or rzz").into()),
                }
            }
            "--verbose" => trial.verbose = true,
            _ => arguments.push(argument),
        }
    }
    let Some(first) = arguments.first() else {
        return Err("expected weights and blocks, or N and a number of seeds".into());
    };
    let mut found = vec![];
    if let Ok(n) = first.parse::<usize>() {
        let seeds = arguments.get(1).map_or("5", |s| s.as_str());
        let (first, end) = seeds.split_once("..").unwrap_or(("0", seeds));
        for seed in first.parse::<u64>()?..end.parse()? {
            let mut rng = rng(seed);
            let w = RealMatrix::from_fn(n, n, |_, _| normal(&mut rng) / (n as f64).sqrt());
            found.extend(trial.show(&format!("random {n}, seed {seed}"), &w, seed));
        }
    } else {
        let network = read(std::path::Path::new(first))?;
        let blocks: Vec<usize> = match &arguments[1..] {
            [] => (1..=network.blocks.len()).collect(),
            given => given.iter().map(|k| k.parse()).collect::<Result<_, _>>()?,
        };
        for k in blocks {
            found.extend(trial.show(&format!("{}, block {k}", network.name), network.blocks[k - 1].weight(), 0));
        }
    }
    found.sort_unstable();
    if let (Some(median), Some(most)) = (found.get(found.len() / 2), found.last()) {
        println!("{} found, median {median}, most {most}", found.len());
    }
    Ok(())
}
