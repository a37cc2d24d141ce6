//! The figures of the documentation, as SVG that is legible on light and on dark paper.
//!
//!     cargo run --release --example figures -- docs/figures                    all of them: minutes
//!     cargo run --release --example figures -- docs/figures block circuit      some of them

use hqrn::circuit::Template;
use hqrn::data::{Split, read_samples};
use hqrn::job::{Ground, Order, Provider, Step, Worked, promises, work_out};
use hqrn::network::Network;
use hqrn::random::stream;
use hqrn::report::{Curve, Pair, circuit_picture, curves_picture, heat_picture, picture};
use hqrn::target::{Machine, read_machine};
use hqrn::{CompileOptions, PhaseChoice, compile, network};
use std::error::Error;
use std::fs;
use std::path::Path;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Executions of programs that are shown.
const EXECUTIONS: [f64; 5] = [6.4e4, 2e5, 6.4e5, 2e6, 6.4e6];
/// Jobs that each point is the mean of.
const DRAWS: u32 = 8;
const SEED: u64 = 0;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, names @ ..] = &arguments[..] else { return Err("expected the folder of the figures".into()) };
    let folder = Path::new(folder);
    let wanted = |name: &str| names.is_empty() || names.iter().any(|given| given == name);
    let keep = |name: &str, make: &dyn Fn() -> Outcome<String>| -> Outcome<()> {
        if wanted(name) {
            fs::write(folder.join(format!("{name}.svg")), make()?)?;
        }
        Ok(())
    };
    let circuits = Path::new(env!("CARGO_MANIFEST_DIR")).join("circuits");
    fs::create_dir_all(folder)?;

    let four = network::read_bytes(&fs::read(circuits.join("four.json"))?, "four")?;
    keep("circuit", &|| circuit(&four))?;
    keep("block", &|| Ok(block()))?;

    let digits = network::read_bytes(&fs::read(circuits.join("digits-small.json"))?, "digits-small")?;
    let machine = read_machine(&[&fs::read(circuits.join("boston-line.json"))?])?;
    let data = circuits.join("digits.csv.gz");
    let training = read_samples(&data, None, Some(digits.input_dim()), Split::Train)?;
    let test = read_samples(&data, None, Some(digits.input_dim()), Split::Test)?;
    let ground = Ground::new(&digits, &training.inputs, &test.inputs, test.labels.as_deref());
    keep("labels", &|| labels(&ground, &machine))?;
    keep("weights", &|| weights(&ground, &machine))
}

/// A program of one block.
fn circuit(network: &Network) -> Outcome<String> {
    // As the command chooses phases.
    let options = CompileOptions::default().with_phases(PhaseChoice::Cheapest);
    let blocks = compile(network, &options)?;
    let template = Template::new(blocks[0].read_back[0].circuit.clone(), vec![]);
    Ok(circuit_picture(&template, "four.qasm, both signs of a block of 4 x 4", 900.0))
}

/// A job as a fake machine takes it, on which waiting qubits lose nothing.
fn worked(ground: &Ground<'_>, machine: &Machine, executions: f64) -> Outcome<Worked> {
    let order = Order {
        provider: Provider::Ibm,
        executions: executions as u64,
        tiles: 1,
        median: false,
        even: false,
        waits: false,
    };
    // Nobody takes the job: its name does not matter.
    Ok(work_out(ground, machine, &order, |_| String::new())?)
}

/// Labels changed against executions, by step of mitigation.
fn labels(ground: &Ground<'_>, machine: &Machine) -> Outcome<String> {
    let steps = [Step::Raw, Step::Scaled, Step::Refitted];
    let mut curves = steps.map(|step| Curve { name: step.name().into(), points: vec![] });
    for executions in EXECUTIONS {
        let worked = worked(ground, machine, executions)?;
        let found = promises(ground, &worked.expected, &worked.shots(), DRAWS, true, SEED, || ());
        for (curve, step) in curves.iter_mut().zip(steps) {
            let promise = found.iter().find(|promise| promise.step == step).ok_or("every step is promised")?;
            let (changed, spread) = (100.0 * promise.changed.value, 100.0 * promise.spread);
            curve.points.push((executions, changed, ((changed - spread).max(0.0), changed + spread)));
        }
        eprintln!("{executions:.1e} executions: done");
    }
    Ok(curves_picture(
        "Labels changed, as promised for ibm_boston",
        "executions of programs",
        "labels changed, %",
        &curves,
    ))
}

/// W of the first block, and W as counts of a rehearsed job say it is.
fn weights(ground: &Ground<'_>, machine: &Machine) -> Outcome<String> {
    let worked = worked(ground, machine, 6.4e5)?;
    let mut rng = stream(SEED, 0);
    let measured: Vec<_> =
        worked.expected.iter().zip(worked.shots()).map(|(e, shots)| e.drawn(&shots, &mut rng)).collect();
    let survivals: Vec<_> = worked.expected.iter().map(|e| e.survivals()).collect();
    let ladder = ground.climb(&measured, &survivals, None);
    let scaled = ladder.rungs.iter().find(|rung| rung.step == Step::Scaled).ok_or("every step is taken")?;
    let of = |network: &Network| network.blocks[0].weight().clone();
    let pair = Pair { wanted: of(ground.network()), found: of(&scaled.network) };
    Ok(heat_picture("Block 1 of digits-small, 6.4e5 executions: blue below zero, orange above", &pair))
}

/// Words in the middle of x.
fn text(x: f64, y: f64, class: &str, words: &str) -> String {
    format!("<text class=\"{class}\" x=\"{x}\" y=\"{y}\" text-anchor=\"middle\">{words}</text>\n")
}

/// A box of some width below which the wire goes on, with a name and what that is.
fn boxed(class: &str, x: f64, wide: f64, name: &str, what: &str) -> String {
    let place = format!("x=\"{x}\" y=\"40\" width=\"{wide}\" height=\"52\" rx=\"6\"");
    let frame = ["paper".to_owned(), format!("{class} tint"), format!("mark {class}")];
    let frame: String = frame.iter().map(|class| format!("<rect class=\"{class}\" {place}/>\n")).collect();
    let middle = x + wide / 2.0;
    frame + &text(middle, 62.0, "strong", name) + &text(middle, 80.0, "small soft", what)
}

/// The form of a block: y' = α y + (1 - α) F(W y + b).
fn block() -> String {
    let residual = "x=\"304\" y=\"124\" width=\"72\" height=\"32\" rx=\"6\"";
    let drawing = [
        text(32.0, 71.0, "strong", "y"),
        "<path class=\"edge\" d=\"M44 66H700M66 66V140H620V78\"/>\n<path class=\"soft\" d=\"M704 66l-9 -4.5v9z\"/>\n".into(),
        text(184.0, 26.0, "small soft", "on a quantum computer"),
        boxed("c2", 96.0, 176.0, "W y", "measured, W of either sign"),
        text(444.0, 26.0, "small soft", "classically"),
        boxed("c1", 304.0, 72.0, "+ b", "bias"),
        boxed("c1", 408.0, 72.0, "F", "ReLU"),
        boxed("c1", 512.0, 72.0, "1 - α", "times"),
        "<circle class=\"paper\" cx=\"620\" cy=\"66\" r=\"12\"/><circle class=\"mark c1\" cx=\"620\" cy=\"66\" r=\"12\"/>\n".into(),
        "<path class=\"mark c1\" d=\"M608 66h24M620 54v24\"/>\n".into(),
        format!("<rect class=\"paper\" {residual}/><rect class=\"c1 tint\" {residual}/><rect class=\"mark c1\" {residual}/>\n"),
        text(340.0, 145.0, "strong", "α"),
        text(718.0, 71.0, "strong", "y&apos;"),
        text(372.0, 190.0, "small soft", "y: N probabilities. Blocks follow each other; behind the last one a linear head names the class."),
    ];
    picture(744.0, 208.0, "The form of a block: y' = α y + (1 - α) F(W y + b)", &drawing.concat())
}
