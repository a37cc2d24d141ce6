//! The options that say who is to read the programs and on which machine they run.

use crate::circuit::GateKind;
use crate::cli::arguments::layout;
use crate::cli::inputs::{machine_files, read_coupling, read_machine};
use crate::cli::printing::note;
use crate::cli::table::Table;
use crate::compiler::{CompileError, CompileOptions, JointOutcome, ReportError};
use crate::lowering::Layout;
use crate::target::{Language, Machine, TARGETS, Target};
use clap::{Args, ValueEnum};
use std::path::{Path, PathBuf};

/// Who is to read the programs.
#[derive(Args, Debug)]
#[command(next_help_heading = "Target")]
pub struct TargetArgs {
    /// Who is to read the programs; list explains the targets and exits
    #[arg(long, value_name = "TARGET", default_value = "portable", value_parser = target)]
    target: Choice,
    /// The two-qubit gate of the IBM machine, with --target ibm: cz on Heron, ecr on Eagle
    #[arg(long, value_enum)]
    ibm_basis: Option<IbmBasis>,
    /// Route for a machine: JSON with pairs of its qubits that can be joined, [[0, 1], ...], or its configuration
    #[arg(long, value_name = "FILE")]
    coupling: Option<PathBuf>,
    /// Compile for a machine with its figures: a file of hqrn's own form, Braket's device capabilities, or IBM's properties, with
    /// the configuration behind a comma (props.json,conf.json) or without it, or a folder with both (props_*.json, conf_*.json);
    /// its gates choose the target
    #[arg(long, value_name = "FILE", conflicts_with_all = ["target", "ibm_basis", "coupling"])]
    machine: Option<PathBuf>,
    /// With --target clifford-t: how far the circuit of a sign may be from the exact one, in operator norm, above 0 and below 1; each of
    /// its rotations gets an equal share
    #[arg(long, value_name = "E", value_parser = synthesis_error)]
    synthesis_error: Option<f64>,
    /// With --machine, which of its qubits: those of which most survives, by its figures, those in the middle of all that there are,
    /// or these, qubit i of the circuit on the i-th
    #[arg(long, value_name = "best|median|Q,Q,..", default_value = "best", requires = "machine", value_parser = layout)]
    layout: Layout,
}

/// What `--target` says.
#[derive(Clone, Copy, Debug)]
enum Choice {
    List,
    Named(&'static Target),
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum IbmBasis {
    Cz,
    Ecr,
}

fn target(name: &str) -> Result<Choice, String> {
    let unknown = || format!("expected list or one of {}", Target::names());
    if name == "list" { Ok(Choice::List) } else { Target::named(name).map(Choice::Named).ok_or_else(unknown) }
}

fn synthesis_error(text: &str) -> Result<f64, String> {
    let given = text.parse::<f64>().ok().filter(|error| *error > 0.0 && *error < 1.0);
    given.ok_or_else(|| "expected a number above 0 and below 1, like 1e-3".into())
}

impl TargetArgs {
    /// The table of targets, if that is what was asked for.
    pub fn list(&self) -> Option<String> {
        let Choice::List = self.target else { return None };
        let mut table = Table::new(&["target", "gates", "read by"], true);
        for t in Target::all() {
            table.row(vec![t.name.into(), t.basis.gates().count().to_string(), t.about.into()]);
        }
        Some(table.render())
    }

    /// Says what is missing for a machine to take the programs, where only half is said.
    pub fn note(&self) {
        if self.machine.is_some() {
            return;
        }
        let of_machine = self.target().is_ok_and(|target| target.joins.is_some());
        match (&self.coupling, of_machine) {
            (None, true) => note("on virtual qubits: --coupling FILE puts the programs on those of a machine"),
            (Some(_), false) => note(
                "routed for a machine, in gates that it may lack: an IBM machine takes --target ibm, --target list has others",
            ),
            _ => {}
        }
    }

    /// The files that say what the machine is like.
    pub fn files(&self) -> Result<Vec<PathBuf>, String> {
        let machine = self.machine.as_ref().map(|given| machine_files(given)).transpose()?.unwrap_or_default();
        Ok(self.coupling.iter().cloned().chain(machine).collect())
    }

    fn target(&self) -> Result<&'static Target, String> {
        let named = if let Choice::Named(target) = self.target { target } else { Target::portable() };
        let Some(basis) = self.ibm_basis else { return Ok(named) };
        let wanted = Some(match basis {
            IbmBasis::Cz => GateKind::Cz,
            IbmBasis::Ecr => GateKind::Ecr,
        });
        let of_ibm = named.name.starts_with("ibm");
        let found = TARGETS.iter().find(|target| of_ibm && target.name.starts_with("ibm") && target.joins == wanted);
        found.ok_or_else(|| format!("--ibm-basis goes with --target ibm, not with {}", named.name))
    }

    /// What names of programs end in, behind the point.
    pub fn ending(&self) -> Result<&'static str, String> {
        Ok(self.target()?.dialect.language.ending())
    }

    /// Whether a machine is described whose qubits are joined in pairs.
    pub fn is_of_machine(&self) -> bool {
        self.machine.is_some() || self.coupling.is_some()
    }

    /// What programs are written for; where there is a coupling map, the machine is called as its file. What the figures of a
    /// machine leave out is noted unless `quiet`.
    pub fn machine(&self, quiet: bool) -> Result<Machine, String> {
        if let Some(given) = &self.machine {
            let machine = read_machine(given, quiet)?;
            return match machine.target.dialect.language {
                Language::OpenQasm => Ok(machine),
                _ => Err(format!("--machine: {} is a target without pairs of qubits", machine.target.name)),
            };
        }
        let machine = Machine::from(self.target()?);
        let Some(path) = &self.coupling else { return Ok(machine) };
        if machine.target.dialect.language != Language::OpenQasm {
            return Err(format!(
                "--coupling is for targets that OpenQASM is written for, not for {}",
                machine.target.name
            ));
        }
        let coupling = Some(read_coupling(path)?);
        Ok(Machine { name: path.display().to_string().into(), coupling, ..machine })
    }

    /// Which of the machine's qubits are taken.
    pub fn layout(&self) -> Layout {
        self.layout.clone()
    }

    /// How far circuits for gates without angles may be from the exact ones; for other targets, which need none, the library's own.
    pub fn synthesis_error(&self) -> Result<f64, String> {
        let target = self.target()?;
        match self.synthesis_error {
            Some(_) if !target.is_discrete() || self.machine.is_some() => {
                Err("--synthesis-error goes with --target clifford-t, where rotations are approximated".into())
            }
            None if target.is_discrete() => Err(format!(
                "--target {} approximates every rotation: expected --synthesis-error E, how far a circuit may be off, like 1e-3",
                target.name
            )),
            given => Ok(given.unwrap_or(CompileOptions::default().synthesis_error)),
        }
    }

    /// Refuses a target whose gates have no angles for programs of these.
    pub fn refuse_discrete(&self, what: &str) -> Result<(), String> {
        match self.target()? {
            target if target.is_discrete() => {
                Err(format!("--target {} is for networks of residual blocks, these are {what}", target.name))
            }
            _ => self.synthesis_error().map(drop),
        }
    }

    /// Refuses a layout for programs of these, which choose their qubits by themselves.
    pub fn refuse_layout(&self, what: &str) -> Result<(), String> {
        match self.layout {
            Layout::Best => Ok(()),
            _ => Err(format!("--layout is for networks of residual blocks, these are {what}")),
        }
    }

    /// What to say of an error, with the file that it is about: the map where the machine has no room, or else the
    /// weights. `halves_fit` says whether the programs of a block fit where each has one sign.
    pub fn explain(&self, error: &ReportError, weights: &Path, halves_fit: impl FnOnce(usize) -> bool) -> String {
        match (self.coupling.as_ref().or(self.machine.as_ref()), error) {
            (Some(map), ReportError::Compile(CompileError::Lowering { block, source, searched }))
                if source.is_for_want_of_room() =>
            {
                let ended = match searched {
                    Some(JointOutcome::Failed) => "; no circuit for both signs was found",
                    Some(JointOutcome::Stopped) => "; time was up before a circuit for both signs was found",
                    _ => "",
                };
                let hint = match (halves_fit(*block), searched) {
                    (false, _) => "",
                    (true, None) => "; programs of one sign fit: --split",
                    (true, Some(_)) => "; without --method joint, programs of one sign fit: --split",
                };
                format!("{}: {error}{ended}{hint}", map.display())
            }
            _ => format!("{}: {error}", weights.display()),
        }
    }
}
