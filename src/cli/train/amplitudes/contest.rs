//! Comparisons over seeds: the ablation, and attacks; as tables, as JSON and as a page.

use super::attack::mode_name;
use super::command::Args;
use super::samples::Task;
use crate::cli::printing::{Failure, HOLDS, print};
use crate::cli::progress::Progress;
use crate::cli::reports::{AblationReport, AblationRow, AttackReport, AttackRow, AttackedRow};
use crate::cli::table::{Table, number};
use crate::cli::train::{ABLATION_PAGE, ATTACKS_PAGE, COMMAND};
use crate::files::{in_folder, write_atomically};
use crate::report::{AblationPage, AttackPage, AttackPoint, ablation_page, attack_page};
use crate::training::amplitude::{
    Assault, Attack, Connection, Contender, Contest, Course, Kind, Mode, Spread, ablation, assault,
};
use crate::training::{Trainable, TrainingSet};
use std::process::ExitCode;

const MESHES: [Kind; 3] =
    [Kind::Meshes(Connection::None), Kind::Meshes(Connection::Residual), Kind::Meshes(Connection::Dense)];

fn contest<'a>(args: &Args, task: &'a Task) -> Result<Contest<'a>, Failure> {
    let test: &TrainingSet = task.test_set.as_ref().ok_or_else(|| {
        let data = args.data.display();
        format!("{data}: no rows marked 'test': name samples to test on with --test-data")
    })?;
    let seeds = args.seeds.unwrap_or(10);
    Ok(Contest { plan: &task.plan, recipe: &task.recipe, seeds, training: &task.training_set, test })
}

/// What all have in common, in a line.
fn setting(contest: &Contest<'_>) -> String {
    let Contest { plan, recipe, seeds, training, test } = contest;
    let front = plan.front.as_ref().map_or(String::new(), |front| match &front.channels[..] {
        [] => format!(", a linear front to {}", plan.dim),
        channels => format!(", convolutions of {channels:?} channels and a linear map to {}", plan.dim),
    });
    format!(
        "{} training and {} test samples of {} entries{}, layers {}, gain {}, Adam {}, batch {}, epochs {}, seeds {seeds} from {}",
        training.len(),
        test.len(),
        plan.entries(),
        front,
        plan.layers,
        number(plan.gain),
        number(recipe.rate),
        recipe.batch,
        recipe.epochs,
        recipe.seed,
    )
}

fn percent(spread: Spread) -> String {
    format!("{:.2} ± {:.2}", 100.0 * spread.mean, 100.0 * spread.deviation)
}

/// Attacks bring about losses of any size.
fn shown_loss(loss: Option<f64>) -> String {
    loss.map_or("·".into(), |loss| if loss < 1e4 { format!("{loss:.4}") } else { format!("{loss:.2e}") })
}

fn put(args: &Args, page: &str) -> Result<(), Failure> {
    let folder = &args.output;
    let name = if args.ablation { ABLATION_PAGE } else { ATTACKS_PAGE };
    in_folder(folder, || write_atomically(&folder.join(name), page).map_err(Failure::from))
}

/// All connections, the head alone, and rivals where asked for.
pub fn run_ablation(args: &Args, task: &Task) -> Result<ExitCode, Failure> {
    let contest = contest(args, task)?;
    let rivals = if args.rivals { &[Kind::Mlp, Kind::ResNet][..] } else { &[] };
    let kinds = [&MESHES[..], &[Kind::Linear], rivals].concat();
    let progress = Progress::new(kinds.len() * contest.seeds as usize, "training", "networks", args.common.quiet);
    let courses = ablation(&contest, &kinds, &|| progress.step());
    progress.finish();
    let rows: Vec<AblationRow> =
        kinds.iter().zip(&courses).map(|(kind, courses)| ablation_row(&contest, *kind, courses)).collect();
    let setting = setting(&contest);
    put(
        args,
        &ablation_page(
            &AblationPage {
                setting: &setting,
                courses: rows.iter().map(|row| (row.name, &row.epochs[..])).collect(),
                table: (&HEADS, rows.iter().map(cells).collect()),
            },
            &args.foot("--ablation"),
        ),
    )?;
    let report = AblationReport {
        samples: [contest.training.len(), contest.test.len()],
        layers: task.plan.layers,
        reads: task.plan.reads,
        gain: task.plan.gain,
        epochs: task.recipe.epochs,
        seed: task.recipe.seed,
        seeds: contest.seeds,
        networks: &rows,
    };
    args.common.report(COMMAND, &report)?;
    if args.common.tells() {
        let mut table = Table::new(&HEADS, false);
        rows.iter().for_each(|row| table.row(cells(row)));
        print(&format!("{setting}\n\n{}", table.render()))?;
    }
    Ok(ExitCode::from(HOLDS))
}

const HEADS: [&str; 5] = ["network", "parameters", "last epoch, % right", "mean over epochs, % right", "loss"];

fn ablation_row(contest: &Contest<'_>, kind: Kind, courses: &[Course]) -> AblationRow {
    let over = |of: &dyn Fn(&Course) -> f64| {
        Spread::of(&courses.iter().map(of).collect::<Vec<_>>()).expect("a contest has a seed")
    };
    let losses: Option<Vec<f64>> = courses.iter().map(|course| course.loss).collect();
    let epochs = contest.recipe.epochs as usize;
    AblationRow {
        name: kind.name(),
        parameters: Contender::start(kind, contest.plan, 0).parameters().len(),
        last: over(&|course| course.accuracy[epochs - 1]),
        curve: over(&|course| course.accuracy.iter().sum::<f64>() / epochs as f64),
        loss: losses.and_then(|losses| Spread::of(&losses)).map(|loss| loss.mean),
        epochs: (0..epochs).map(|epoch| over(&|course| course.accuracy[epoch])).collect(),
    }
}

fn cells(row: &AblationRow) -> Vec<String> {
    let loss = shown_loss(row.loss);
    vec![row.name.into(), row.parameters.to_string(), percent(row.last), percent(row.curve), loss]
}

/// What sizes are compared with.
const SHARES: &str = "sizes in meshes are shares of π (form 1) or of 1, the largest sine (form 2), in classical networks of \
                      the largest first weight or of a first state";

/// All connections and rivals under every attack.
pub fn run_attacks(args: &Args, task: &Task) -> Result<ExitCode, Failure> {
    let contest = contest(args, task)?;
    let kinds = [
        Kind::Meshes(Connection::Residual),
        Kind::Meshes(Connection::Dense),
        Kind::Meshes(Connection::None),
        Kind::Mlp,
        Kind::ResNet,
    ];
    let attacks: Vec<Attack> = args.attack.iter().flat_map(|attacks| attacks.0.iter().copied()).collect();
    let trained = 1 + attacks.iter().filter(|attack| attack.mode != Mode::Test).count();
    let all = trained * kinds.len() * contest.seeds as usize;
    let progress = Progress::new(all, "training", "networks", args.common.quiet);
    let found = assault(&contest, &kinds, &attacks, &|| progress.step());
    progress.finish();
    let rows: Vec<AttackRow> = found.iter().map(|row| attack_row(&contest, &kinds, row)).collect();
    let setting = setting(&contest);
    let heads: Vec<&str> = ["form", "noise", "mode", "size", "in meshes", "in classical ones"]
        .into_iter()
        .chain(kinds.iter().map(|kind| kind.name()))
        .collect();
    let shown = |what: &dyn Fn(&AttackedRow) -> String| rows.iter().map(|row| attack_cells(row, what)).collect();
    let right: Vec<Vec<String>> = shown(&|network| percent(network.accuracy));
    let losses: Vec<Vec<String>> = shown(&|network| shown_loss(network.loss));
    put(
        args,
        &attack_page(
            &AttackPage {
                setting: &setting,
                shares: SHARES,
                networks: kinds.iter().map(|kind| kind.name()).collect(),
                accuracy: rows.iter().filter_map(point).collect(),
                heads: &heads,
                right: &right,
                losses: &losses,
            },
            &args.foot("--attack"),
        ),
    )?;
    let report = AttackReport {
        samples: [contest.training.len(), contest.test.len()],
        layers: task.plan.layers,
        reads: task.plan.reads,
        gain: task.plan.gain,
        epochs: task.recipe.epochs,
        seed: task.recipe.seed,
        seeds: contest.seeds,
        attacks: &rows,
    };
    args.common.report(COMMAND, &report)?;
    if args.common.tells() {
        let render = |rows: &[Vec<String>]| {
            let mut table = Table::new(&heads, false);
            rows.iter().for_each(|row| table.row(row.clone()));
            table.render()
        };
        let right = render(&right);
        let losses = render(&losses);
        print(&format!("{setting}\n{SHARES}\n\n% right after training\n{right}\nloss of the last epoch\n{losses}"))?;
    }
    Ok(ExitCode::from(HOLDS))
}

fn attack_row(contest: &Contest<'_>, kinds: &[Kind], row: &Assault) -> AttackRow {
    let networks = kinds.iter().zip(row.accuracy.iter().zip(&row.loss));
    AttackRow {
        form: row.attack.map(|attack| attack.form.number()),
        noise: row.attack.map(|attack| attack.noise.name()),
        mode: row.attack.map(|attack| mode_name(attack.mode)),
        size: row.attack.map(|attack| attack.size),
        shares: row.attack.map(|attack| attack.shares(contest.plan.dim, contest.plan.gain)),
        networks: networks
            .map(|(kind, (accuracy, loss))| AttackedRow { name: kind.name(), accuracy: *accuracy, loss: *loss })
            .collect(),
    }
}

/// What came of an attack; none of a quiet training.
fn point(row: &AttackRow) -> Option<AttackPoint> {
    Some(AttackPoint {
        kind: format!("form {}, {}", row.form?, row.noise?),
        mode: row.mode?,
        size: row.size?,
        right: row.networks.iter().map(|network| network.accuracy).collect(),
    })
}

fn attack_cells(row: &AttackRow, what: &dyn Fn(&AttackedRow) -> String) -> Vec<String> {
    let share = |k: usize| row.shares.map_or("·".into(), |shares| format!("{:.2} %", 100.0 * shares[k]));
    let word = |word: Option<&str>| word.unwrap_or("·").to_owned();
    let mut cells = vec![
        row.form.map_or("none".into(), |form| form.to_string()),
        word(row.noise),
        word(row.mode),
        row.size.map_or("·".into(), number),
        share(0),
        share(1),
    ];
    cells.extend(row.networks.iter().map(what));
    cells
}
