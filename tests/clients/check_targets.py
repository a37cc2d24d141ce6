"""Loads programs of other targets in the client each is for, and compares p± with the weights.

    python check_targets.py PROGRAM WEIGHTS [PROGRAM WEIGHTS ...]

braket: Amazon Braket's LocalSimulator; braket-iqm and braket-rigetti: the same, verbatim boxes and all, behind its check that a
device has all gates; pennylane: from_qasm3 on default.qubit; qasm2 and quantinuum: pytket, whose state vectors are small: halves of
split programs. All exactly, from state vectors. Nothing of hqrn is used but the contract line. Exit code 1 if a client refuses a
program or a probability is off.
"""

import sys
import time

import numpy as np
import pennylane
from braket.circuits import Circuit
from braket.devices import LocalSimulator
from braket.emulation.passes.circuit_passes import GateValidator
from braket.ir.openqasm import Program
from contract import check_values, contract_of, parts_of
from pytket.circuit import OpType
from pytket.predicates import GateSetPredicate
from pytket.qasm import circuit_from_qasm_str


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


CLIENTS = {
    "braket": with_braket,
    "braket-iqm": with_verbatim(["PRx", "CZ"], "prx({angle}, 0.0) ${q};\n"),
    "braket-rigetti": with_verbatim(["Rx", "Rz", "CZ"], "rx({angle}) ${q};\n"),
    "pennylane": with_pennylane,
    "qasm2": with_pytket,
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
