"""Loads programs of other targets in the client each is for, and compares p± with the weights.

    python check_targets.py PROGRAM WEIGHTS [PROGRAM WEIGHTS ...]

braket: Amazon Braket's LocalSimulator; braket-iqm and braket-rigetti: the same, verbatim boxes and all, behind its check that a
device has all gates; pennylane: from_qasm3 on default.qubit; qasm2 and quantinuum: pytket, whose state vectors are small: halves of
split programs; qir: pyqir, what it reads followed gate by gate, and shots of the QDK's simulator. All exactly, from state vectors, but
for shots, within 5 standard deviations. Nothing of hqrn is used but the contract line. Exit code 1 if a client refuses a program or a
probability is off.
"""

import sys
import time

import numpy as np
import pennylane
import pyqir
from braket.circuits import Circuit
from braket.devices import LocalSimulator
from braket.emulation.passes.circuit_passes import GateValidator
from braket.ir.openqasm import Program
from contract import check_values, contract_of, parts_of
from pytket.circuit import OpType
from pytket.predicates import GateSetPredicate
from pytket.qasm import circuit_from_qasm_str
from qdk.simulation import run_qir

SHOTS = 2000
# Matrices by QIR's names.
ONE_QUBIT = {
    "x__body": np.array([[0, 1], [1, 0]]),
    "h__body": np.array([[1, 1], [1, -1]]) / np.sqrt(2),
    "z__body": np.diag([1, -1]),
    "s__body": np.diag([1, 1j]),
    "s__adj": np.diag([1, -1j]),
    "t__body": np.diag([1, np.exp(0.25j * np.pi)]),
    "t__adj": np.diag([1, np.exp(-0.25j * np.pi)]),
}
PAULIS = {"rx__body": np.array([[0, 1], [1, 0]]), "ry__body": np.array([[0, -1j], [1j, 0]]), "rz__body": np.diag([1, -1])}


def flipped(text, index, element):
    """The text without measurements, with an X on every qubit whose bit of the basis state is 1, as its reader would do."""
    lines = [line for line in text.splitlines() if "measure" not in line]
    declared = max(i for i, line in enumerate(lines) if line.split("[")[0].split(" ")[0] in ("qubit", "bit", "qreg", "creg"))
    flips = [f"x {element(q)};" for q in range(index.bit_length()) if index >> q & 1]
    return "\n".join(lines[: declared + 1] + flips + lines[declared + 1 :]) + "\n"


def reversed_bits(probabilities):
    """From first qubit most significant to first qubit least significant."""
    n = int(np.log2(len(probabilities)))
    return np.asarray(probabilities).reshape((2,) * n).transpose(*reversed(range(n))).reshape(-1)


def with_braket(text, qubits):
    def simulate(index):
        source = flipped(text, index, lambda q: f"q[{q}]")
        # A result type takes the place of measurements.
        lines = [line for line in source.splitlines() if not line.startswith("bit[")]
        source = "\n".join([*lines, "#pragma braket result probability q"])
        values = LocalSimulator().run(Program(source=source), shots=0).result().values[0]
        return reversed_bits(values)

    return simulate


def with_verbatim(native, turn):
    """Braket's simulator for programs of boxes in these gates, one of which turns a qubit by an angle about X."""

    def client(text, qubits):
        # Braket's own parser keeps the box, and what a device lacks in it is refused.
        GateValidator(native_gates=native).validate(Circuit.from_ir(text))
        head, rest = text.split("box {\n")
        gates, measured = rest.split("}\n")
        # Qubits of a machine, in the order of their bits.
        order = [int(line.split("$")[1].rstrip(";")) for line in measured.splitlines()]
        head = "\n".join(line for line in head.splitlines() if not line.startswith("bit["))
        # In ascending order: of other orders the simulator makes the inverse.
        ascending = sorted(order)
        axes = [ascending.index(q) for q in reversed(order)]
        results = "#pragma braket result probability " + ", ".join(f"${q}" for q in ascending)

        def simulate(index):
            # Every qubit is turned, if by nothing: there are no others.
            turns = "".join(turn.format(angle=np.pi * (index >> q & 1), q=q) for q in order)
            source = f"{head}\nbox {{\n{turns}{gates}}}\n{results}"
            values = LocalSimulator().run(Program(source=source), shots=0).result().values[0]
            return np.asarray(values).reshape((2,) * len(order)).transpose(axes).reshape(-1)

        return simulate

    return client


def with_pennylane(text, qubits):
    device = pennylane.device("default.qubit", wires=[f"q{i}" for i in range(qubits)])

    def simulate(index):
        source = flipped(text, index, lambda q: f"q{q}")

        @pennylane.qnode(device)
        def circuit():
            pennylane.from_qasm3(source)()
            return pennylane.probs(wires=device.wires)

        return reversed_bits(circuit())

    return simulate


def with_pytket(text, qubits):
    def simulate(index):
        circuit = circuit_from_qasm_str(flipped(text, index, lambda q: f"q[{q}]"))
        return reversed_bits(np.abs(circuit.get_statevector()) ** 2)

    return simulate


def with_quantinuum(text, qubits):
    """The same for gates that Quantinuum's machines have, and no others."""
    gates = {OpType.PhasedX, OpType.Rz, OpType.ZZPhase, OpType.Measure}
    assert GateSetPredicate(gates).verify(circuit_from_qasm_str(text)), "a gate that is none of Quantinuum's"
    return with_pytket(text, qubits)


def calls_of(text):
    """Every call of a gate or measurement in QIR: its name, its angles, its qubits and results."""
    module = pyqir.Module.from_ir(pyqir.Context(), text)
    assert module.verify() is None, module.verify()
    entry = next(filter(pyqir.is_entry_point, module.functions))
    calls = []
    for call in (call for block in entry.basic_blocks for call in block.instructions if isinstance(call, pyqir.Call)):
        if call.callee.name.startswith("__quantum__qis__"):
            angles = [value.value for value in call.args if isinstance(value, pyqir.FloatConstant)]
            places = [pyqir.ptr_id(value) for value in call.args if not isinstance(value, pyqir.FloatConstant)]
            calls.append((call.callee.name.removeprefix("__quantum__qis__"), angles, places))
    return calls, pyqir.required_num_qubits(entry), pyqir.required_num_results(entry)


def followed(calls, state):
    """What gates make of a state, an axis a qubit."""
    for name, angles, places in calls:
        if name in ("cx__body", "cz__body"):
            # The half of the state in which the first qubit is 1.
            half = tuple(1 if axis == places[0] else slice(None) for axis in range(state.ndim))
            axis = places[1] - (places[0] < places[1])
            gate = ONE_QUBIT["x__body" if name == "cx__body" else "z__body"]
            state = state.copy()
            state[half] = np.moveaxis(np.tensordot(gate, state[half], (1, axis)), 0, axis)
        elif name != "mz__body":
            turned = PAULIS.get(name)
            half_angle = angles[0] / 2 if angles else 0.0
            gate = ONE_QUBIT[name] if turned is None else np.cos(half_angle) * np.eye(2) - 1j * np.sin(half_angle) * turned
            state = np.moveaxis(np.tensordot(gate, state, (1, places[0])), 0, places[0])
    return state


def with_qir(text, qubits):
    calls, width, results = calls_of(text)
    assert [places for name, _, places in calls if name == "mz__body"] == [[q, q] for q in range(results)] and width == results
    flip = "  call void @__quantum__qis__x__body(%Qubit* inttoptr (i64 {q} to %Qubit*))\n"
    start = "  call void @__quantum__rt__initialize(i8* null)\n"
    declared = "declare void @__quantum__qis__x__body(%Qubit*)\n"

    def simulate(index):
        state = np.zeros((2,) * width, dtype=complex)
        state[tuple(index >> q & 1 for q in range(width))] = 1
        # Qubit 0 is the first axis, and bit 0 the lowest.
        exact = np.abs(followed(calls, state).transpose(*reversed(range(width))).reshape(-1)) ** 2
        flips = "".join(flip.format(q=q) for q in range(width) if index >> q & 1)
        source = text.replace(start, start + flips)
        source = source if declared in source else source.replace("}\n", "}\n" + declared, 1)
        counts = np.zeros(2**width)
        for shot in run_qir(source, shots=SHOTS, seed=7, type="cpu"):
            counts[sum((str(bit) == "One") << q for q, bit in enumerate(shot))] += 1
        off = np.abs(counts / SHOTS - exact) - 5 * np.sqrt(exact * (1 - exact) / SHOTS) - 5 / SHOTS
        assert off.max() <= 0, f"the QDK's simulator is off by {off.max():.1e} beyond 5 standard deviations"
        return exact

    return simulate


CLIENTS = {
    "braket": with_braket,
    "braket-iqm": with_verbatim(["PRx", "CZ"], "prx({angle}, 0.0) ${q};\n"),
    "braket-rigetti": with_verbatim(["Rx", "Rz", "CZ"], "rx({angle}) ${q};\n"),
    "pennylane": with_pennylane,
    "qasm2": with_pytket,
    "qir": with_qir,
    "quantinuum": with_quantinuum,
}


def main():
    arguments = sys.argv[1:]
    if not arguments or len(arguments) % 2:
        sys.exit(__doc__)
    for program, weights in zip(arguments[::2], arguments[1::2]):
        with open(program, encoding="utf-8") as file:
            text = file.read()
        contract = contract_of(text)
        target = contract["target"]
        parts = parts_of(weights, contract["block"])
        circuits = (contract["plus"], contract["minus"])
        qubits = len({q for c in circuits if c for q in [*c["input"], *map(int, c["accept"])]})
        start = time.perf_counter()
        # One input of a large program: the clients take seconds to read it, and each input is a text of its own.
        inputs = [contract["dim"] // 3] if contract["dim"] > 8 else None
        worst = check_values(program, contract, parts, CLIENTS[target](text, qubits), inputs)
        print(f"{program} ({target}): p± agree to {worst:.1e}, {time.perf_counter() - start:.1f} s")


if __name__ == "__main__":
    main()
