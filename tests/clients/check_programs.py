"""Loads compiled programs in Qiskit and Cirq and checks that Qiskit's simulation gives the promised p±.

    python check_programs.py PROGRAM WEIGHTS [PROGRAM WEIGHTS ...]

Nothing of hqrn is used but the contract line: p+ must be W_P / gamma+ and p- must be W_N / gamma-.
Exit code 1 if a client refuses a program or a probability is off.
"""

import json
import sys
import time

import cirq
import numpy as np
from cirq.contrib.qasm_import import circuit_from_qasm
from qiskit import qasm3
from qiskit.quantum_info import Statevector

TOLERANCE = 1e-9


def contract_of(text):
    """The JSON after `// hqrn:`, on the first comment line after the include."""
    line = next(line for line in text.splitlines() if line.startswith("// hqrn:"))
    return json.loads(line.removeprefix("// hqrn:"))


def weight_of(path, block):
    """W of a block (from 1) of a weights file."""
    with open(path, encoding="utf-8") as file:
        network = json.load(file)
    return np.array(network["blocks"][block - 1]["weight"], dtype=float)


def basis_index(sign, m):
    """The basis state of the whole register in which the sign's input qubits hold m."""
    return sum((m >> i & 1) << qubit for i, qubit in enumerate(sign["input"]))


def accepted(sign, probabilities, dim):
    """p_n for n < dim from the probabilities of all outcomes, qubit i being bit i."""
    outcome = np.arange(len(probabilities))
    keep = np.ones(len(probabilities), dtype=bool)
    for bit, value in sign["accept"].items():
        keep &= (outcome >> int(bit) & 1) == value
    spelt = sum((outcome >> bit & 1) << i for i, bit in enumerate(sign["output"]))
    spelt = spelt + np.zeros_like(outcome)
    return np.bincount(spelt[keep], weights=probabilities[keep], minlength=dim)[:dim]


def check_values(name, contract, weight, simulate):
    """Compares p± for a few inputs; `simulate(index)` gives all outcome probabilities from a basis state."""
    signs = {"plus": np.maximum(weight, 0), "minus": np.maximum(-weight, 0)}
    dim = contract["dim"]
    worst = excess = 0.0
    for m in sorted({0, 1 % dim, dim // 2, dim - 1}):
        # Both circuits sit side by side, so one run starts both from the same m.
        index = sum(basis_index(contract[key], m) for key in signs if contract[key])
        probabilities = simulate(index)
        for key, part in signs.items():
            if contract[key] is None:
                assert not part.any(), f"{name}: no {key} circuit, but W has such entries"
                continue
            got = accepted(contract[key], probabilities, dim)
            promised = part[:, m] / contract[key]["gamma"]
            off = np.abs(got - promised)
            # A product formula states by how much its amplitudes may be off.
            stated = contract[key].get("error", 0.0)
            worst = max(worst, off.max())
            excess = max(excess, (off - 2 * stated * np.sqrt(promised) - stated**2).max())
    assert excess <= TOLERANCE, f"{name}: a probability is off by {worst:.2e}"
    return worst


def check(program, weights):
    """Checks one program in every client."""
    with open(program, encoding="utf-8") as file:
        text = file.read()
    contract = contract_of(text)
    weight = weight_of(weights, contract["block"])

    start = time.perf_counter()
    loaded = qasm3.loads(text)
    measured = {loaded.find_bit(i.qubits[0]).index: loaded.find_bit(i.clbits[0]).index for i in loaded if i.name == "measure"}
    assert measured == {i: i for i in range(loaded.num_qubits)}, f"{program}: qubit i is not measured into bit i"
    loaded.remove_final_measurements()
    seconds = time.perf_counter() - start

    def with_qiskit(index):
        return Statevector.from_int(index, 2**loaded.num_qubits).evolve(loaded).probabilities()

    worst = check_values(program, contract, weight, with_qiskit)
    print(f"{program}: Qiskit loads it in {seconds:.1f} s, p± agree to {worst:.1e}")

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

        worst = check_values(program, contract, weight, with_cirq)
        print(f"{program}: Cirq loads it in {seconds:.1f} s, p± agree to {worst:.1e}")
    else:
        print(f"{program}: Cirq loads it in {seconds:.1f} s")


def main():
    arguments = sys.argv[1:]
    if not arguments or len(arguments) % 2:
        sys.exit(__doc__)
    for program, weights in zip(arguments[::2], arguments[1::2]):
        check(program, weights)


if __name__ == "__main__":
    main()
