//! Both signs side by side: input, measurements, contract; then written for the machine.

use super::choose::Chooser;
use super::options::{CompileOptions, Copies, InputRule};
use super::sign::{SignCircuit, stated};
use crate::circuit::{Circuit, Gate};
use crate::lowering::{CliffordT, LoweringError, by_clifford_t, lower_copies, lower_to, tiles};
use crate::qasm::{Contract, Places, Prepared, Program, SignContract, TileTerms};
use crate::signs::{Sign, Signs};
use crate::synthesis::exact::prepare_probabilities;
use crate::target::{Machine, Target};

/// What came of a target whose gates have no angles.
#[derive(Clone, Copy, Debug, PartialEq, serde::Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct CliffordTReport {
    /// Rotations that were approximated.
    pub rotations: usize,
    /// T gates and their inverses.
    pub t_gates: usize,
    /// A bound, in operator norm, on what that gets wrong in the circuit of a sign, the larger of both signs.
    pub bound: f64,
}

/// A program, and what came of its target.
pub(super) struct Assembled {
    pub program: Program,
    pub clifford_t: Option<CliffordTReport>,
}

/// Puts the circuits of both signs side by side behind the input that the contract prepares, or that angles choose, measures
/// everything and completes the contract. Where `joint`, there is
/// one circuit, and what its ancillas read is the sign.
pub(super) fn assemble(
    mut contract: Contract,
    signs: Signs<Option<&SignCircuit>>,
    joint: bool,
    options: &CompileOptions,
) -> Result<Assembled, LoweringError> {
    let width = |sign: Option<&SignCircuit>| sign.map_or(0, |s| s.parts.circuit.qubit_count());
    let joint = joint && signs.both().is_some();
    let widths = signs.map(width);
    let first = Signs { plus: 0, minus: if joint { 0 } else { widths.plus } };
    let measured = first.zip(widths).map(|(first, width)| first + width);
    let measured = measured.plus.max(measured.minus);
    let registers: Vec<Vec<usize>> = signs
        .zip(first)
        .into_iter()
        .filter(|(sign, _)| !(joint && *sign == Sign::Minus))
        .filter_map(|(_, (circuit, first))| Some((first..first + circuit?.parts.output.len()).collect()))
        .collect();
    let mut circuit = match &contract.prepared {
        Some(input) => prepare(input, &registers, measured),
        None => Circuit::with_bits(measured, measured),
    };
    let chooser = Chooser::of(options.machine.target)
        .filter(|_| options.input == InputRule::Columns && contract.prepared.is_none());
    if let Some(chooser) = chooser {
        chooser.begin(&mut circuit, &registers.concat());
    }
    for (sign, (placed, first)) in signs.zip(first) {
        let Some(SignCircuit { gamma, phases, parts, accept, error, .. }) = placed else { continue };
        if !(joint && sign == Sign::Minus) {
            let own = &parts.circuit;
            circuit.append(own, &(first..first + own.qubit_count()).collect::<Vec<_>>());
        }
        contract.signs[sign] = Some(SignContract {
            gamma: *gamma,
            input: (first..first + parts.output.len()).collect(),
            output: parts.output.iter().map(|q| first + q).collect(),
            accept: parts.ancillas.iter().map(|q| (first + q, *accept)).collect(),
            phases: phases.name().map(str::to_owned),
            error: *error,
        });
    }
    (0..measured).for_each(|q| circuit.measure(q, q).expect("every qubit is measured once, into a bit of its own"));
    let CompileOptions { layout, seed, drop_tolerance, copies, .. } = options;
    // Where gates have no angles, in all gates first.
    let discrete = options.machine.target.is_discrete();
    let machine =
        if discrete { &Machine { target: Target::portable(), ..options.machine.clone() } } else { &options.machine };
    let circuit = match layouts(&circuit, machine, copies)? {
        None => {
            let lowered = lower_to(&circuit, machine, layout, *seed, *drop_tolerance)?;
            for (_, sign) in contract.signs.present_mut() {
                sign.input.iter_mut().for_each(|q| *q = lowered.initial[*q]);
            }
            lowered.circuit
        }
        Some(layouts) => {
            // Refuses layouts of another size.
            let lowered = lower_copies(&circuit, &layouts, machine, *drop_tolerance)?;
            put_on(&layouts, measured, &mut contract);
            lowered
        }
    };
    let (circuit, clifford_t) = match discrete {
        true => approximated(&circuit, &mut contract, options.synthesis_error)?,
        false => (circuit, None),
    };
    let program = match chooser {
        Some(chooser) => Program::with_inputs(chooser.complete(&circuit, &mut contract), contract),
        None => Program::new(circuit, contract),
    };
    Ok(Assembled { program, clifford_t })
}

/// The circuit by Clifford and T gates; what that gets wrong comes on top of what the contract states.
fn approximated(
    circuit: &Circuit,
    contract: &mut Contract,
    error: f64,
) -> Result<(Circuit, Option<CliffordTReport>), LoweringError> {
    let CliffordT { circuit, errors, rotations } = by_clifford_t(circuit, error)?;
    let of_read = |read: &SignContract| {
        let qubits = read.output.iter().chain(read.accept.keys()).filter_map(|bit| circuit.writer_of(*bit));
        qubits.map(|qubit| errors[qubit]).fold(0.0, f64::max)
    };
    // What the first copy states goes for all.
    let tiles: Vec<Contract> = (0..contract.tile_count()).map(|tile| contract.tile(tile)).collect();
    let mut bound = 0.0f64;
    for (sign, read) in contract.signs.present_mut() {
        let own = tiles.iter().filter_map(|tile| tile.signs[sign].as_ref()).map(of_read).fold(0.0, f64::max);
        bound = bound.max(own);
        if own > 0.0 {
            read.error = Some(stated(read.error.unwrap_or(0.0) + own));
        }
    }
    let t_gates = circuit.operations().filter(|(_, o)| matches!(o.gate, Gate::T | Gate::Tdg)).count();
    Ok((circuit, Some(CliffordTReport { rotations, t_gates, bound })))
}

/// Where the copies of a circuit lie; `None` where one is to be routed.
fn layouts(circuit: &Circuit, machine: &Machine, copies: &Copies) -> Result<Option<Vec<Vec<usize>>>, LoweringError> {
    Ok(match copies {
        Copies::One => None,
        Copies::On(layouts) => Some(layouts.clone()),
        Copies::Best(wanted) => {
            let found = tiles(circuit, machine, *wanted)?;
            if found.len() < *wanted {
                return Err(LoweringError::Copies { wanted: *wanted, has: found.len() });
            }
            Some(found)
        }
    })
}

/// The contract of copies of a circuit with so many bits, whose own it was: the first is what its signs say.
fn put_on(layouts: &[Vec<usize>], bits: usize, contract: &mut Contract) {
    let own = contract.signs.clone();
    let places = |tile: usize, read: &SignContract| Places {
        input: read.input.iter().map(|q| layouts[tile][*q]).collect(),
        output: read.output.iter().map(|bit| tile * bits + bit).collect(),
        accept: read.accept.iter().map(|(bit, value)| (tile * bits + bit, *value)).collect(),
    };
    for (_, read) in contract.signs.present_mut() {
        read.input = places(0, read).input;
    }
    let tile = |tile: usize| TileTerms { signs: own.as_ref().map(|read| read.as_ref().map(|read| places(tile, read))) };
    contract.tiles = (1..layouts.len()).map(tile).collect();
}

/// Sets the registers of all signs to an input. A mixture is prepared as `Σ √y_m |m>` in the first and copied by CX to
/// the second, or to a twin on qubits of its own, from `total` on, that nobody measures: without it, either is diagonal.
/// There is a bit for each of the first `total` qubits.
fn prepare(input: &Prepared, registers: &[Vec<usize>], total: usize) -> Circuit {
    match input {
        Prepared::Basis(m) => {
            let mut circuit = Circuit::with_bits(total, total);
            for register in registers {
                for (_, &qubit) in register.iter().enumerate().filter(|(i, _)| m >> i & 1 == 1) {
                    circuit.push(Gate::X, &[qubit]);
                }
            }
            circuit
        }
        Prepared::State(y) => {
            let first = &registers[0];
            let twin = registers.get(1).cloned().unwrap_or_else(|| (total..total + first.len()).collect());
            let mut circuit = Circuit::with_bits(twin.iter().fold(total, |most, q| most.max(q + 1)), total);
            let mut padded = y.clone();
            padded.resize(1 << first.len(), 0.0);
            circuit.append(&prepare_probabilities(&padded), first);
            first.iter().zip(&twin).for_each(|(from, to)| _ = circuit.push(Gate::Cx, &[*from, *to]));
            circuit
        }
    }
}
