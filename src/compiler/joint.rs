//! One circuit for both signs of a block, where that is asked for, found, and cheaper than one for each.

use super::options::{CompileOptions, Method};
use super::sign::SignCircuit;
use crate::circuit::{Circuit, Cost, GateKind};
use crate::network::{Block, JointCircuit, Variational};
use crate::signs::Signs;
use crate::synthesis::joint::{
    Entangler, Ground, Joint, JointOptions, NoJoint, Watch, counting_bound, fewest_pairs, is_fit, joint_key,
    synthesise_joint,
};
use crate::target::{EdgesError, Target};

/// What came of a search for one circuit.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct JointReport {
    /// Whether there is one, or why not.
    pub outcome: JointOutcome,
    /// gamma over the least that it can be.
    pub slack: f64,
    /// The gate that joins two qubits.
    pub gate: &'static str,
    /// The fewest gates whose angles are as many as the equations.
    pub bound: usize,
    /// Circuits that were tried up to the one that was taken; 0 where none was.
    pub attempts: usize,
    /// Steps that its search took.
    pub iterations: usize,
}

/// How a search for one circuit ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum JointOutcome {
    /// With a circuit.
    Found,
    /// Not begun, or its circuit not taken: those of each sign have no more gates.
    NoFewer,
    /// Not begun: the block comes with circuits of its own.
    Given,
    /// Not begun: W is zero, too large, or of numbers without full precision.
    Unfit,
    /// No start ended at W.
    Failed,
    /// By whoever watched, before it was done.
    Stopped,
}

/// A circuit for both signs that was found.
pub(super) struct Found {
    /// As it is written.
    pub signs: Signs<SignCircuit>,
    /// As a form of the block, where it has no other gates than forms have.
    pub form: Option<Variational>,
}

/// The circuit, if one is found with fewer gates than these have, or where they have no room, and how the search ended; nothing where none
/// was asked for.
pub(super) fn joint(
    block: &Block,
    others: &Signs<Option<SignCircuit>>,
    options: &CompileOptions,
    has_room: impl Fn() -> bool,
    watch: &dyn Watch,
) -> Option<(Option<Found>, JointReport)> {
    let Method::Joint(joint) = &options.method else { return None };
    let form = block.form();
    let joins = entangler(options.machine.target);
    let pairs = |circuit: &Circuit| Cost::of(circuit).two_qubit_gates;
    let theirs: usize = others.present().map(|(_, sign)| pairs(&sign.parts.circuit)).sum();
    let ended = |outcome, found: Option<&Joint>| JointReport {
        outcome,
        slack: joint.slack,
        gate: joins.name(),
        bound: counting_bound(block.dim(), joins),
        attempts: found.map_or(0, |found| found.attempts),
        iterations: found.map_or(0, |found| found.iterations),
    };
    let before = if !form.is_free() {
        Some(JointOutcome::Given)
    } else if theirs <= fewest_pairs(block.dim(), joins) && has_room() {
        Some(JointOutcome::NoFewer)
    } else {
        None
    };
    if let Some(outcome) = before {
        return Some((None, ended(outcome, None)));
    }
    // Edges that have no place for the block are told before.
    let Ok(order) = order(block, options) else { return Some((None, ended(JointOutcome::Unfit, None))) };
    let ground = Ground { joins, order: &order };
    let found = match synthesise_joint(&block.square_weight(), joint, ground, options.seed, watch) {
        Ok(found) => found,
        Err(none) => {
            let outcome = match none {
                NoJoint::Unfit => JointOutcome::Unfit,
                NoJoint::Failed => JointOutcome::Failed,
                NoJoint::Stopped => JointOutcome::Stopped,
            };
            return Some((None, ended(outcome, None)));
        }
    };
    let report = ended(JointOutcome::Found, Some(&found));
    let sign = found.circuit.qubit_count() - 1;
    // A form has as many rows as columns.
    let square = block.weight().is_square();
    let form = square.then(|| Variational::of_circuit(&found.circuit, block.dim(), found.gamma)).flatten();
    let given = JointCircuit { output: (0..sign).collect(), sign, gamma: found.gamma, circuit: found.circuit };
    let signs = SignCircuit::of_circuit(given, options);
    if pairs(&signs.plus.parts.circuit) < theirs || !has_room() {
        Some((Some(Found { signs, form }), report))
    } else {
        Some((None, JointReport { outcome: JointOutcome::NoFewer, ..report }))
    }
}

/// The pairs that a block's circuit joins in turn.
///
/// # Errors
/// If the edges that are asked for have no place for it.
pub(super) fn order(block: &Block, options: &CompileOptions) -> Result<Vec<(usize, usize)>, EdgesError> {
    options.edges.order(block.dim().next_power_of_two().trailing_zeros() as usize + 1)
}

/// What joins two qubits of a circuit for both signs: what has the most angles of the gates that a target has.
pub fn entangler(target: &Target) -> Entangler {
    if target.basis.has(GateKind::Rzz) { Entangler::Rzz } else { Entangler::Cz }
}

/// What a search for one circuit of a block comes to depends on, in bytes; nothing where none is asked for, or none is begun.
pub fn search_key(block: &Block, options: &CompileOptions) -> Option<Vec<u8>> {
    let Method::Joint(joint) = &options.method else { return None };
    let order = order(block, options).ok().filter(|_| block.form().is_free())?;
    let ground = Ground { joins: entangler(options.machine.target), order: &order };
    Some(joint_key(&block.square_weight(), joint, ground, options.seed))
}

/// Whether a search for one circuit of a block makes sense: it is given by its entries alone, and they are such that there can be one
/// with this slack.
pub fn has_joint(block: &Block, options: &JointOptions) -> bool {
    block.form().is_free() && is_fit(&block.square_weight(), options)
}
