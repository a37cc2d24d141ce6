"""Loads compiled programs in Qiskit and Cirq and checks that Qiskit's simulation gives the promised p±.

    python check_programs.py PROGRAM WEIGHTS [PROGRAM WEIGHTS ...]

Nothing of hqrn is used but the contract line: p+ must be W_P / gamma+ and p- must be W_N / gamma-.
Exit code 1 if a client refuses a program or a probability is off.
"""

import json
import sys
import time
import warnings
from pathlib import Path

import cirq
import numpy as np
from cirq.contrib.qasm_import import circuit_from_qasm
from contract import TOLERANCE, accepted, basis_index, block_of, check_values, contract_of, parts_of, unitary_of
from qiskit import QuantumCircuit, qasm2, qasm3
from qiskit.quantum_info import Statevector
from qiskit.transpiler import CouplingMap, Target
from qiskit_ionq import GPI2Gate, GPIGate, ZZGate
from qiskit_ionq.helpers import qiskit_circ_to_ionq_circ


BASES = {
    "ibm": ("rz", "sx", "x", "cz", "id"),
    "ibm-ecr": ("rz", "sx", "x", "ecr", "id"),
    "ibm-fractional": ("rz", "rx", "sx", "x", "cz", "rzz", "id"),
    # What IQM calls prx is r in Qiskit, and its client takes both for one.
    "iqm": ("r", "cz"),
    "rigetti": ("rz", "rx", "cz"),
}
# Gates that turn by some angles only.
ANGLES = {
    "ibm-fractional": ("rzz", lambda angle: 0 < angle <= np.pi / 2),
    "rigetti": ("rx", lambda angle: abs(angle - np.round(2 * angle / np.pi) * np.pi / 2) < 1e-12),
}
COUPLING = Path(__file__).parents[2] / "circuits" / "heron-133.json"


def on_used_qubits(program, loaded, contract, measured):
    """A routed program on the qubits that it uses, those that are measured first, in the order of their bits.

    Before that, Qiskit's own checks: every instruction is in the target, as a sampler demands.
    """
    pairs = json.loads(COUPLING.read_text())
    if contract["target"] == "ibm-ecr":
        # An Eagle has each pair in one direction only.
        pairs = [pair for pair in pairs if pair[0] < pair[1]]
    machine = Target.from_configuration([*BASES[contract["target"]], "measure"], loaded.num_qubits, CouplingMap(pairs))
    for instruction in loaded:
        places = tuple(loaded.find_bit(q).index for q in instruction.qubits)
        supported = machine.instruction_supported(instruction.operation.name, places)
        assert supported, f"{program}: {instruction.operation.name} on {places} is not in the target"
    by_bit = {bit: qubit for qubit, bit in measured.items()}
    used = [by_bit[bit] for bit in range(len(by_bit))]
    used += sorted({loaded.find_bit(q).index for i in loaded for q in i.qubits} - set(used))
    place = {qubit: i for i, qubit in enumerate(used)}
    small = QuantumCircuit(len(used))
    for instruction in loaded:
        if instruction.operation.name != "measure":
            small.append(instruction.operation, [place[loaded.find_bit(q).index] for q in instruction.qubits])
    moved = dict(contract)
    for key in ("plus", "minus"):
        if moved[key]:
            moved[key] = {**moved[key], "input": [place[q] for q in moved[key]["input"]]}
    return small, moved


def of_ionq(text):
    """A circuit of the gates that qiskit-ionq has for IonQ's machines; it must write the circuit as it was read."""
    read = json.loads(text)["job"]["input"]
    circuit = QuantumCircuit(read["qubits"], read["qubits"])
    for gate in read["circuit"]:
        if gate["gate"] == "zz":
            circuit.append(ZZGate(gate["angle"]), gate["targets"])
        else:
            circuit.append({"gpi": GPIGate, "gpi2": GPI2Gate}[gate["gate"]](gate["phase"]), [gate["target"]])
    assert qiskit_circ_to_ionq_circ(circuit, read["gateset"])[0] == read["circuit"], "qiskit-ionq writes it otherwise"
    circuit.measure(range(read["qubits"]), range(read["qubits"]))
    return circuit


def groups_of(circuit):
    """The qubits that gates join, group by group, each with its own small circuit.

    The circuits of both signs stand side by side: two states of 7 qubits are quicker to follow than one of 14.
    """
    group = {qubit: {qubit} for qubit in range(circuit.num_qubits)}
    gates = [(gate.operation, [circuit.find_bit(q).index for q in gate.qubits]) for gate in circuit]
    for _, places in gates:
        joined = set().union(*(group[place] for place in places))
        group.update(dict.fromkeys(joined, joined))
    found = {}
    for places in group.values():
        found.setdefault(min(places), (sorted(places), QuantumCircuit(len(places))))
    for operation, places in gates:
        qubits, small = found[min(group[places[0]])]
        small.append(operation, [qubits.index(place) for place in places])
    return list(found.values())


def probabilities_from(groups, qubits, index):
    """The probabilities of all outcomes from a basis state, as a product over groups."""
    outcome = np.arange(2**qubits)
    whole = np.ones(2**qubits)
    for places, circuit in groups:
        start = sum((index >> place & 1) << i for i, place in enumerate(places))
        ours = Statevector.from_int(start, 2 ** len(places)).evolve(circuit).probabilities()
        whole *= ours[sum((outcome >> place & 1) << i for i, place in enumerate(places))]
    return whole


def check_superpositions(program, contract, unitaries, loaded):
    """Two-qubit unitaries on states with off-diagonal terms, which see more of them than W does."""
    rng = np.random.default_rng(1)
    worst = 0.0
    # A split program has one of both.
    for sign, angles in ((sign, angles) for sign, angles in unitaries.items() if contract[sign]):
        for _ in range(5):
            state = rng.normal(size=4) + 1j * rng.normal(size=4)
            state /= np.linalg.norm(state)
            amplitudes = np.zeros(2**loaded.num_qubits, dtype=complex)
            for m in range(4):
                amplitudes[basis_index(contract[sign], m)] = state[m]
            whole = Statevector(amplitudes).evolve(loaded)
            got = accepted(contract[sign], whole.probabilities(), 4)
            worst = max(worst, np.abs(got - np.abs(unitary_of(angles) @ state) ** 2).max())
    assert worst <= TOLERANCE, f"{program}: a probability of a superposition is off by {worst:.2e}"
    return worst


def check(program, weights):
    """Checks one program in every client."""
    with open(program, encoding="utf-8") as file:
        text = file.read()
    contract = contract_of(text)
    parts = parts_of(weights, contract["block"])

    target = contract.get("target", "portable")
    start = time.perf_counter()
    if target == "qasm2":
        loaded = qasm2.loads(text)
    elif target == "ionq-native":
        loaded = of_ionq(text)
    elif contract.get("physical") and target == "ibm":
        # Long ones take minutes in Qiskit's other reader, which alone knows gate definitions.
        loaded = qasm3.loads_experimental(text)
    else:
        loaded = qasm3.loads(text)
    if target in BASES:
        strange = set(loaded.count_ops()) - {*BASES[target], "measure"}
        assert not strange, f"{program}: {strange} are no gates of an {target} machine"
    if target in ANGLES:
        name, has = ANGLES[target]
        angles = [float(i.params[0]) for i in loaded if i.name == name]
        assert all(map(has, angles)), f"{program}: {name} by an angle that an {target} machine has not"
    if target in ("portable", "azure"):
        # Qiskit's other reader, in Rust.
        counts = qasm3.loads_experimental(text).count_ops()
        assert counts == loaded.count_ops(), f"{program}: loads_experimental reads {counts}"
    measured = {loaded.find_bit(i.qubits[0]).index: loaded.find_bit(i.clbits[0]).index for i in loaded if i.name == "measure"}
    if contract.get("physical"):
        loaded, contract = on_used_qubits(program, loaded, contract, measured)
    else:
        assert measured == {i: i for i in range(loaded.num_qubits)}, f"{program}: qubit i is not measured into bit i"
        loaded.remove_final_measurements()
    seconds = time.perf_counter() - start

    groups = groups_of(loaded)

    def with_qiskit(index):
        return probabilities_from(groups, loaded.num_qubits, index)

    # A routed block of 64x64 has some 18,000 gates, which take Qiskit seconds for each input.
    inputs = [contract["dim"] // 2] if len(loaded.data) > 15_000 and contract.get("physical") else None
    worst = check_values(program, contract, parts, with_qiskit, inputs)
    print(f"{program} ({target}): Qiskit loads it in {seconds:.1f} s, p± agree to {worst:.1e}")
    unitaries = block_of(weights, contract["block"]).get("unitary")
    if unitaries:
        worst = check_superpositions(program, contract, unitaries, loaded)
        print(f"{program} ({target}): p± of superpositions agree to {worst:.1e}")

    if target not in ("portable", "azure"):
        return
    start = time.perf_counter()
    in_cirq = circuit_from_qasm(text)
    seconds = time.perf_counter() - start
    qubits = [cirq.NamedQubit(f"q_{i}") for i in range(loaded.num_qubits)]
    assert in_cirq.all_qubits() <= set(qubits), f"{program}: Cirq names other qubits"
    if len(qubits) <= 10:
        unitary = cirq.drop_terminal_measurements(in_cirq)
        # Cirq counts the first qubit as the most significant.
        final = cirq.Simulator(dtype=np.complex128, split_untangled_states=False)

        def with_cirq(index):
            state = final.simulate(unitary, qubit_order=qubits[::-1], initial_state=index).final_state_vector
            return np.abs(state) ** 2

        worst = check_values(program, contract, parts, with_cirq)
        print(f"{program}: Cirq loads it in {seconds:.1f} s, p± agree to {worst:.1e}")
    else:
        print(f"{program}: Cirq loads it in {seconds:.1f} s")


def main():
    # loads_experimental says of itself that it is experimental.
    warnings.simplefilter("ignore")
    arguments = sys.argv[1:]
    if not arguments or len(arguments) % 2:
        sys.exit(__doc__)
    for program, weights in zip(arguments[::2], arguments[1::2]):
        check(program, weights)


if __name__ == "__main__":
    main()
