"""Loads layers of quanvolutions in the client that each is for, binds their inputs, and compares <Z> with the weights.

    python check_layers.py PROGRAM WEIGHTS [PROGRAM WEIGHTS ...]

A program of a quantum head is of one image, whose pixels its contract states: its scores are compared.

braket: Amazon Braket's LocalSimulator; pennylane: from_qasm3 on default.qubit; qasm2: pytket; all others: Qiskit, and Cirq
where a portable text has no inputs. All exactly, from state vectors. Nothing of hqrn is used but the contract line. Exit code
1 if a client refuses a program or a value is off.
"""

import json
import re
import sys

import numpy as np
from contract import TOLERANCE, contract_of

PAULIS = {"rx": [[0, 1], [1, 0]], "ry": [[0, -1j], [1j, 0]], "rz": [[1, 0], [0, -1]]}


def on(qubit, gate):
    """A gate on one of four qubits, qubit 0 the least significant bit."""
    return np.kron(np.eye(2 ** (3 - qubit)), np.kron(gate, np.eye(2**qubit)))


def turned(state, axis, qubit, angle):
    """exp(-i angle P / 2)"""
    return np.cos(angle / 2) * state - 1j * np.sin(angle / 2) * on(qubit, np.array(PAULIS[axis])) @ state


def joined(state, control, target):
    """CX"""
    zero, one = np.diag([1, 0]), np.diag([0, 1])
    return on(control, zero) @ state + on(control, one) @ on(target, np.array(PAULIS["rx"])) @ state


def wanted(layer, angles):
    """<Z> of all four qubits of a patch, gate by gate."""
    state = np.eye(16, 1, dtype=complex)[:, 0]
    for depth, row in enumerate(layer["angles"]):
        if depth == 0 or layer.get("reupload"):
            for qubit, angle in enumerate(angles):
                state = turned(state, "ry", qubit, angle)
        for qubit, angle in enumerate(row):
            state = turned(state, "r" + layer.get("axis", "x"), qubit, angle)
        for control in range(3):
            state = joined(state, control, control + 1)
    p = np.abs(state) ** 2
    return np.array([sum(p[n] * (-1) ** (n >> qubit & 1) for n in range(16)) for qubit in range(4)])


def wanted_scores(head, pixels):
    """The scores of a quantum head: amplitudes, RY on every wire, the chain of CX, <Z> of one wire a class; wire 0 is the most
    significant."""
    wires = len(head["angles"])
    state = np.zeros(2**wires)
    state[: len(pixels)] = pixels / np.linalg.norm(pixels)
    gate = np.eye(1)
    for angle in head["angles"]:
        cos, sin = np.cos(angle / 2), np.sin(angle / 2)
        gate = np.kron(gate, np.array([[cos, -sin], [sin, cos]]))
    n = np.arange(2**wires)
    bit = lambda word, wire: word >> (wires - 1 - wire) & 1
    after = n
    for wire in range(wires - 1):
        after = after ^ bit(after, wire) << (wires - 2 - wire)
    p = (gate @ state) ** 2
    return np.array([(p * (-1.0) ** bit(after, wire)).sum() for wire in head["measured"]])


def parities(probabilities, output):
    """The mean of (-1)^(sum of these bits), bit i being qubit i of the probabilities."""
    n = np.arange(len(probabilities))
    return np.array([(probabilities * (-1.0) ** sum(n >> bit & 1 for bit in bits)).sum() for bits in output])


def reversed_bits(probabilities):
    """From first qubit most significant to first qubit least significant."""
    n = int(np.log2(len(probabilities)))
    return np.asarray(probabilities).reshape((2,) * n).transpose(*reversed(range(n))).reshape(-1)


def with_qiskit(text, inputs):
    """The probabilities of the bits, on those qubits alone that the program uses."""
    from qiskit import QuantumCircuit, qasm3
    from qiskit.quantum_info import Statevector

    loaded = qasm3.loads(text)
    loaded = loaded.assign_parameters({p: inputs[p.name] for p in loaded.parameters})
    qubit_of = {}
    for instruction in loaded:
        if instruction.operation.name == "measure":
            qubit_of[loaded.find_bit(instruction.clbits[0]).index] = loaded.find_bit(instruction.qubits[0]).index
    used = [qubit_of[bit] for bit in range(len(qubit_of))]
    used += sorted({loaded.find_bit(q).index for i in loaded for q in i.qubits} - set(used))
    small = QuantumCircuit(len(used))
    for instruction in loaded:
        if instruction.operation.name != "measure":
            small.append(instruction.operation, [used.index(loaded.find_bit(q).index) for q in instruction.qubits])
    p = Statevector(small).probabilities()
    return p.reshape(-1, 2 ** len(qubit_of)).sum(axis=0)


def with_cirq(text, inputs):
    import cirq
    from cirq.contrib.qasm_import import circuit_from_qasm

    circuit = cirq.drop_terminal_measurements(circuit_from_qasm(text))
    # Cirq knows qubits by their names; all of them have gates.
    order = sorted(circuit.all_qubits(), key=lambda q: int(re.search(r"\d+$", q.name)[0]))
    state = circuit.final_state_vector(qubit_order=order, dtype=np.complex128)
    return reversed_bits(np.abs(state) ** 2)


def with_braket(text, inputs):
    from braket.devices import LocalSimulator
    from braket.ir.openqasm import Program

    lines = [line for line in text.splitlines() if "measure" not in line and not line.startswith("bit[")]
    source = "\n".join([*lines, "#pragma braket result probability q"])
    return reversed_bits(LocalSimulator().run(Program(source=source, inputs=inputs), shots=0).result().values[0])


def with_pennylane(text, inputs):
    import pennylane

    source = "\n".join(line for line in text.splitlines() if "measure" not in line)
    wires = [f"q{i}" for i in range(len(re.findall(r"^qubit ", text, re.M)))]

    @pennylane.qnode(pennylane.device("default.qubit", wires=wires))
    def circuit():
        pennylane.from_qasm3(source)(**inputs)
        return pennylane.probs(wires=wires)

    return reversed_bits(circuit())


def with_pytket(text, inputs):
    from pytket.qasm import circuit_from_qasm_str

    source = "\n".join(line for line in text.splitlines() if "measure" not in line)
    return reversed_bits(np.abs(circuit_from_qasm_str(source).get_statevector()) ** 2)


def clients_of(contract):
    """The clients that load a program, by its target."""
    target = contract.get("target", "portable")
    others = {"braket": with_braket, "pennylane": with_pennylane, "qasm2": with_pytket}
    if target in others:
        return [others[target]]
    # Cirq has no inputs, and no gate definitions.
    return [with_qiskit] + ([with_cirq] if target == "portable" and not contract.get("degree") else [])


def check_head(program, text, contract, head):
    """The scores of the image that a program of a head prepares."""
    scores = wanted_scores(head, np.array(contract["features"]))
    for client in clients_of(contract):
        worst = np.abs(parities(client(text, {}), contract["output"]) - scores).max()
        assert worst <= TOLERANCE, f"{program}: {client.__name__}: a score is off by {worst:.2e}"
        print(f"{program} ({client.__name__.removeprefix('with_')}, head): scores agree to {worst:.1e}")


def main():
    arguments = sys.argv[1:]
    if not arguments or len(arguments) % 2:
        sys.exit(__doc__)
    rng = np.random.default_rng(2)
    for program, weights in zip(arguments[::2], arguments[1::2]):
        with open(program, encoding="utf-8") as file:
            text = file.read()
        with open(weights, encoding="utf-8") as file:
            network = json.load(file)
        contract = contract_of(text)
        if "quantum_head" in contract:
            check_head(program, text, contract, network["quantum_head"])
            continue
        layer = network["quanvolutions"][contract["quanvolution"] - 1]
        names = [name for patch in contract["patches"] for name in patch.get("inputs", [])]
        for client in clients_of(contract):
            worst = 0.0
            for _ in range(3 if names else 1):
                inputs = dict(zip(names, rng.uniform(-4, 4, len(names)).tolist()))
                probabilities = client(text, inputs)
                for patch in contract["patches"]:
                    angles = patch["angles"] if "angles" in patch else [inputs[name] for name in patch["inputs"]]
                    error = parities(probabilities, patch["output"]) - wanted(layer, angles)
                    worst = max(worst, np.abs(error).max())
            assert worst <= TOLERANCE, f"{program}: {client.__name__}: <Z> is off by {worst:.2e}"
            kind = "inputs" if names else "fixed"
            print(f"{program} ({client.__name__.removeprefix('with_')}, {kind}): <Z> agrees to {worst:.1e}")


if __name__ == "__main__":
    main()
