//! How to compile: what a user may choose.

use crate::encoding::{GammaRule, Phases};
use crate::lowering::Layout;
use crate::network::{Amplitudes, Block, Form};
use crate::qasm::Prepared;
use crate::synthesis::joint::JointOptions;
use crate::synthesis::trotter::TrotterOptions;
use crate::target::{Coupling, Edges, Machine, Target};

/// How to compile; [`CompileOptions::default`] and the `with_` functions make one.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct CompileOptions {
    /// One gamma a sign or one for both.
    pub gamma: GammaRule,
    /// Which phases the entries of M± may have.
    pub phases: PhaseChoice,
    /// Seed of everything random; the same seed gives the same text.
    pub seed: u64,
    /// One program for each sign instead of one for both.
    pub split: bool,
    /// Rotations by at most this angle, in radians, are dropped.
    pub drop_tolerance: f64,
    /// How dilations become circuits.
    pub method: Method,
    /// The qubits that one circuit for both signs joins, where [`Method::Joint`] looks for it.
    pub edges: Edges,
    /// Who sets the input.
    pub input: InputRule,
    /// What programs are written for and routed on.
    pub machine: Machine,
    /// Which of the machine's qubits are taken, where its figures are known.
    pub layout: Layout,
    /// Copies of the circuits in one program.
    pub copies: Copies,
    /// How far the circuit of a sign may be from the exact one, in operator norm, where the target's gates have no angles; an equal share
    /// is left to each of its rotations. At least 1e-12 times their number.
    pub synthesis_error: f64,
}

/// How often a program has a block's circuits, side by side, and where. Nothing is moved where there are several.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Copies {
    /// Once, where the layout says, or routed.
    #[default]
    One,
    /// Qubit i of a program of one copy that is not routed lies on the machine's qubit `layout[i]`, for each copy.
    On(Vec<Vec<usize>>),
    /// So many, where most of each survives by the machine's figures: the best place, the best of what is left, and so on.
    Best(usize),
}

/// Who sets what a block's circuits start from.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum InputRule {
    /// Whoever runs the program, by gates in front of it.
    #[default]
    User,
    /// The program, which has this one alone.
    Prepared(Prepared),
    /// Angles that are inputs of the program, 0 or π for each bit of the basis state; where the target's text has no inputs, a
    /// program for each basis state.
    Columns,
}

/// How phases are chosen. They are free where the input is diagonal (docs/method.md, section 3); for general density
/// matrices they are part of what a block computes, and only [`Phases::Nonnegative`] is W.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhaseChoice {
    /// Those for which a sign needs the fewest shots times CX. Product formulas and a shared gamma are the paper's way:
    /// they keep to nonnegative entries.
    Cheapest,
    /// These, where a block leaves them open: unitaries, circuits and factors have phases of their own.
    Fixed(Phases),
    /// These in every block; one that has others of its own is refused.
    Demanded(Phases),
}

/// How dilations become circuits.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Method {
    /// Exactly, by structured decomposition.
    #[default]
    Exact,
    /// Exactly, both signs by one circuit near the counting bound, found by least squares; where that is found to be no cheaper,
    /// or not at all, as [`Method::Exact`].
    Joint(JointOptions),
    /// Approximately, by product formulas; the error is stated in the contract.
    Trotter(TrotterOptions),
}

impl Method {
    /// What the contract calls it.
    pub fn name(&self) -> &'static str {
        match self {
            Method::Exact => "exact",
            Method::Joint(_) => "joint",
            Method::Trotter(_) => "trotter",
        }
    }
}

impl Default for CompileOptions {
    fn default() -> Self {
        // 10,000 dropped rotations of 1e-14 move the unitary by 5e-11 at the very most.
        CompileOptions {
            gamma: GammaRule::Own,
            // What computes W whatever the input.
            phases: PhaseChoice::Fixed(Phases::Nonnegative),
            seed: 0,
            split: false,
            drop_tolerance: 1e-14,
            method: Method::Exact,
            edges: Edges::Line,
            input: InputRule::User,
            machine: Machine::default(),
            layout: Layout::Best,
            copies: Copies::One,
            synthesis_error: 1e-3,
        }
    }
}

impl CompileOptions {
    /// The same with another rule for gamma.
    #[must_use]
    pub fn with_gamma(self, gamma: GammaRule) -> Self {
        CompileOptions { gamma, ..self }
    }

    /// The same with other phases.
    #[must_use]
    pub fn with_phases(self, phases: PhaseChoice) -> Self {
        CompileOptions { phases, ..self }
    }

    /// The same with another seed.
    #[must_use]
    pub fn with_seed(self, seed: u64) -> Self {
        CompileOptions { seed, ..self }
    }

    /// The same with one program for each sign, or one for both.
    #[must_use]
    pub fn with_split(self, split: bool) -> Self {
        CompileOptions { split, ..self }
    }

    /// The same by another method.
    #[must_use]
    pub fn with_method(self, method: Method) -> Self {
        CompileOptions { method, ..self }
    }

    /// The same with other pairs of qubits that one circuit for both signs joins.
    #[must_use]
    pub fn with_edges(self, edges: Edges) -> Self {
        CompileOptions { edges, ..self }
    }

    /// The same for another target.
    #[must_use]
    pub fn with_target(self, target: &'static Target) -> Self {
        CompileOptions { machine: Machine { name: target.name.into(), target, ..self.machine }, ..self }
    }

    /// The same with an input that programs prepare themselves.
    #[must_use]
    pub fn with_input(self, input: Prepared) -> Self {
        CompileOptions { input: InputRule::Prepared(input), ..self }
    }

    /// The same with inputs of the program that choose its basis state.
    #[must_use]
    pub fn with_columns(self) -> Self {
        CompileOptions { input: InputRule::Columns, ..self }
    }

    /// The same with a copy of the circuits for each layout, in one program: qubit i of a program without layouts lies on the
    /// machine's qubit `layout[i]`. Nothing is moved, so that a machine must join all pairs that the circuits do. Without layouts there
    /// is one copy.
    #[must_use]
    pub fn with_layouts(self, layouts: Vec<Vec<usize>>) -> Self {
        let copies = if layouts.is_empty() { Copies::One } else { Copies::On(layouts) };
        CompileOptions { copies, ..self }
    }

    /// The same with so many copies of the circuits, where most of each survives by the machine's figures.
    #[must_use]
    pub fn with_copies(self, copies: usize) -> Self {
        CompileOptions { copies: Copies::Best(copies), ..self }
    }

    /// The same for a machine, on the qubits of a layout where its figures are known.
    #[must_use]
    pub fn with_machine(self, machine: Machine, layout: Layout) -> Self {
        CompileOptions { machine, layout, ..self }
    }

    /// The same with another error of circuits for a target whose gates have no angles.
    #[must_use]
    pub fn with_synthesis_error(self, synthesis_error: f64) -> Self {
        CompileOptions { synthesis_error, ..self }
    }

    /// The same on the qubits of a machine that joins these pairs.
    #[must_use]
    pub fn with_coupling(self, coupling: Coupling) -> Self {
        CompileOptions { machine: Machine { coupling: Some(coupling), ..self.machine }, ..self }
    }
}

/// An option that a block would ignore.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OptionError {
    /// Its phases are part of what it is given by.
    #[error("phases {wanted}, by --phases or a preset: it is given by {form}, whose phases are {own}")]
    Phases {
        /// What was asked for.
        wanted: &'static str,
        /// What the block is given by.
        form: &'static str,
        /// Which phases that has.
        own: &'static str,
    },
    /// It comes with its circuits, which are exact.
    #[error("trotter, by --method or a preset: it is given by {form}, which leaves nothing to approximate")]
    Method {
        /// What the block is given by.
        form: &'static str,
    },
}

impl CompileOptions {
    /// Whether a block can have what was asked for.
    ///
    /// # Errors
    /// The first option that it would ignore.
    pub fn check(&self, block: &Block) -> Result<(), OptionError> {
        let form = block.form();
        if let PhaseChoice::Demanded(wanted) = self.phases
            && let Some(own) = other_phases(form, wanted)
        {
            let wanted = wanted.name().unwrap_or("nonnegative");
            return Err(OptionError::Phases { wanted, form: form.name(), own });
        }
        if matches!(self.method, Method::Trotter(_)) && (form.is_unitary() || form.is_joint()) {
            return Err(OptionError::Method { form: form.name() });
        }
        Ok(())
    }
}

/// Which phases a form has, where they are its own and others than these.
fn other_phases(form: &Form, wanted: Phases) -> Option<&'static str> {
    if form.is_free() {
        return None;
    }
    if form.is_unitary() {
        return Some("what it computes with");
    }
    let own = match form.amplitudes() {
        Amplitudes::Scaled(signs) if signs.present().all(|(_, m)| m.iter().all(|z| z.im == 0.0)) => Phases::Signs,
        _ => Phases::Complex,
    };
    if own > wanted { own.name() } else { None }
}
