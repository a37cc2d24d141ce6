//! Both signs side by side: input, routing, the target's gates, measurements, contract.

use super::options::CompileOptions;
use super::sign::SignCircuit;
use crate::circuit::{Circuit, Gate};
use crate::passes::{DropMeasuredPhases, DropRotations, Pass, Translate, TranslateError, simplify};
use crate::qasm::{Contract, Prepared, Program, SignContract};
use crate::routing::{RoutingError, route};
use crate::signs::{Sign, Signs};
use crate::synthesis::exact::prepare_probabilities;
use crate::target::Basis;

/// A circuit that a target cannot have.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum AssemblyError {
    /// It cannot be written in the target's gates.
    #[error(transparent)]
    Translate(#[from] TranslateError),
    /// The machine has no room for it.
    #[error(transparent)]
    Routing(#[from] RoutingError),
}

/// Puts the circuits of both signs side by side, measures everything and completes the contract. Where `joint`, there is
/// one circuit, and what its ancillas read is the sign.
pub(super) fn assemble(
    mut contract: Contract,
    signs: Signs<Option<&SignCircuit>>,
    joint: bool,
    options: &CompileOptions,
) -> Result<Program, AssemblyError> {
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
    let mut circuit = match &options.input {
        Some(input) => prepare(input, &registers, measured),
        None => Circuit::new(measured),
    };
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
    let mut last: Vec<usize> = (0..circuit.qubit_count()).collect();
    if let Some(coupling) = &options.coupling {
        let routed = route(&circuit, coupling, options.seed)?;
        (circuit, last) = (routed.circuit, routed.last);
        for (_, sign) in contract.signs.present_mut() {
            sign.input.iter_mut().for_each(|q| *q = routed.initial[*q]);
        }
        simplify(&mut circuit, options.drop_tolerance);
    }
    write_in(&mut circuit, options)?;
    let mut program = Circuit::with_bits(circuit.qubit_count(), measured);
    program.append(&circuit, &(0..circuit.qubit_count()).collect::<Vec<_>>());
    for (bit, &qubit) in last[..measured].iter().enumerate() {
        program.measure(qubit, bit).expect("every qubit is measured once, into a bit of its own");
    }
    DropMeasuredPhases.run(&mut program);
    Ok(Program { circuit: program, contract })
}

/// Translates a circuit to the gates of the target.
fn write_in(circuit: &mut Circuit, options: &CompileOptions) -> Result<(), TranslateError> {
    let basis = options.target.basis;
    let steps = [("cz", Basis::WITH_CZ), ("ecr", Basis::WITH_ECR)];
    if let Some((_, step)) = steps.iter().find(|(gate, _)| !basis.gates.contains(&"cx") && basis.gates.contains(gate)) {
        // CX becomes the other gate between one-qubit gates: they are merged into their neighbours before those are
        // spelt out.
        Translate { basis: *step }.run(circuit)?;
        simplify(circuit, options.drop_tolerance);
    }
    Translate { basis }.run(circuit)?;
    // A rotation by nothing may be left where a gate was spelt out.
    DropRotations { tolerance: options.drop_tolerance }.run(circuit);
    Ok(())
}

/// Sets the registers of all signs to an input. A mixture is prepared as `Σ √y_m |m>` in the first and copied by CX to
/// the second, or to a twin on qubits of its own, from `total` on, that nobody measures: without it, either is diagonal.
fn prepare(input: &Prepared, registers: &[Vec<usize>], total: usize) -> Circuit {
    match input {
        Prepared::Basis(m) => {
            let mut circuit = Circuit::new(total);
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
            let mut circuit = Circuit::new(twin.iter().fold(total, |most, q| most.max(q + 1)));
            let mut padded = y.clone();
            padded.resize(1 << first.len(), 0.0);
            circuit.append(&prepare_probabilities(&padded), first);
            first.iter().zip(&twin).for_each(|(from, to)| _ = circuit.push(Gate::Cx, &[*from, *to]));
            circuit
        }
    }
}
