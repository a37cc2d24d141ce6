"""Clients read a program, rewrite it and write it out again; hqrn-verify says whether it still computes its weights.

    python check_rewritten.py COMMANDS WEIGHTS FOLDER

FOLDER has programs of the first block of WEIGHTS for each client's target, `plain-TARGET.qasm`, and the same with an input that is
prepared, `prepared-TARGET.qasm`. Qiskit transpiles both at
levels 0 to 3 for three bases, on virtual qubits and for a machine; Cirq, pytket and Braket where they are installed read and write them.
One gate less must be noticed each time. Exit code 1 if a verdict is wrong.
"""

import importlib.util
import re
import subprocess
import sys
from pathlib import Path


def verdict(commands, weights, original, text, file, layout=None):
    file.write_text(text, encoding="utf-8")
    command = [commands / "hqrn-verify", file, "--weights", weights, "--block", "1", "--contract", original, "--quiet", "--tolerance", "1e-7"]
    if layout:
        command += ["--layout", ",".join(map(str, layout))]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode, done.stderr.strip()


def without_one_gate(text):
    """The text without its last gate on two qubits, which all programs need."""
    lines = text.splitlines()
    gates = [i for i, line in enumerate(lines) if re.match(r"\s*(cx|cz|ecr|cnot)\b.*,", line)]
    return "\n".join(lines[: gates[-1]] + lines[gates[-1] + 1 :]) + "\n"


def of_qiskit(original, prepared):
    from qiskit import qasm3, transpile
    from qiskit.transpiler import CouplingMap

    line = CouplingMap.from_line(9)
    for source in (original, prepared):
        circuit = qasm3.loads(source.read_text())
        for basis in (["rz", "sx", "x", "cx"], ["rz", "sx", "x", "cz"], ["u", "ecr"]):
            for level in range(4):
                for machine in (None, line):
                    made = transpile(circuit, basis_gates=basis, coupling_map=machine, optimization_level=level, seed_transpiler=1)
                    layout = made.layout.initial_index_layout(filter_ancillas=True) if made.layout else None
                    name = f"qiskit-{source.stem}-{basis[-1]}-{level}-{'line' if machine else 'virtual'}"
                    yield name, source, qasm3.dumps(made), layout


def of_cirq(original, prepared):
    import cirq
    from cirq.contrib.qasm_import import circuit_from_qasm

    for source in (original, prepared):
        circuit = circuit_from_qasm(source.read_text())
        made = cirq.optimize_for_target_gateset(circuit, gateset=cirq.CZTargetGateset())
        # Cirq keeps only qubits that have gates.
        qubits = sorted(made.all_qubits(), key=lambda q: int(q.name.rsplit("_", 1)[1]))
        text = made.to_qasm(precision=16, qubit_order=qubits)
        yield f"cirq-{source.stem}", source, text, None


def of_pytket(original, prepared):
    from pytket import OpType
    from pytket.passes import AutoRebase, FullPeepholeOptimise, SequencePass
    from pytket.qasm import circuit_from_qasm_str, circuit_to_qasm_str

    for source in (original, prepared):
        circuit = circuit_from_qasm_str(source.read_text())
        SequencePass([FullPeepholeOptimise(allow_swaps=False), AutoRebase({OpType.CX, OpType.Rz, OpType.SX})]).apply(circuit)
        yield f"pytket-{source.stem}", source, circuit_to_qasm_str(circuit), None


def of_braket(original, prepared):
    from braket.circuits import Circuit
    from braket.circuits.serialization import IRType

    for source in (original, prepared):
        circuit = Circuit.from_ir(source.read_text())
        yield f"braket-{source.stem}", source, circuit.to_ir(IRType.OPENQASM).source, None


# The module that tells whether the client is here, what it does, the target that it reads.
CLIENTS = [("qiskit", of_qiskit, "portable"), ("cirq", of_cirq, "portable"), ("pytket", of_pytket, "qasm2"), ("braket", of_braket, "braket")]


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    commands, weights, folder = map(Path, sys.argv[1:])
    failed, right = False, 0
    for module, rewrite, target in CLIENTS:
        if not importlib.util.find_spec(module):
            continue
        for name, source, text, layout in rewrite(*(folder / f"{kind}-{target}.qasm" for kind in ("plain", "prepared"))):
            file = folder / f"{name}.qasm"
            code, message = verdict(commands, weights, source, text, file, layout)
            broken, said = verdict(commands, weights, source, without_one_gate(text), folder / "broken.qasm", layout)
            if (code, broken) != (0, 1):
                print(f"{name}: {code} {message}; with one gate less {broken} {said}")
                failed = True
            right += (code, broken) == (0, 1)
    print(f"{right} rewritten programs compute their weights, and do not with one gate less")
    sys.exit(failed)


if __name__ == "__main__":
    main()
