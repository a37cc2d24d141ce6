"""Loads compiled programs in Qiskit and Cirq and checks that Qiskit's simulation gives the promised p±.

    python check_programs.py PROGRAM WEIGHTS [PROGRAM WEIGHTS ...]

Nothing of hqrn is used but the contract line: p+ must be W_P / gamma+ and p- must be W_N / gamma-.
Exit code 1 if a client refuses a program or a probability is off.
"""

import sys
import time
import warnings

import cirq
import numpy as np
from cirq.contrib.qasm_import import circuit_from_qasm
from contract import check_values, contract_of, weight_of
from qiskit import qasm2, qasm3
from qiskit.quantum_info import Statevector


def check(program, weights):
    """Checks one program in every client."""
    with open(program, encoding="utf-8") as file:
        text = file.read()
    contract = contract_of(text)
    weight = weight_of(weights, contract["block"])

    target = contract.get("target", "portable")
    start = time.perf_counter()
    loaded = qasm2.loads(text) if target == "qasm2" else qasm3.loads(text)
    if target == "ibm":
        strange = set(loaded.count_ops()) - {"rz", "sx", "x", "cz", "id", "measure"}
        assert not strange, f"{program}: {strange} are no gates of a Heron"
    if target in ("portable", "azure"):
        # Qiskit's other reader, in Rust.
        counts = qasm3.loads_experimental(text).count_ops()
        assert counts == loaded.count_ops(), f"{program}: loads_experimental reads {counts}"
    measured = {loaded.find_bit(i.qubits[0]).index: loaded.find_bit(i.clbits[0]).index for i in loaded if i.name == "measure"}
    assert measured == {i: i for i in range(loaded.num_qubits)}, f"{program}: qubit i is not measured into bit i"
    loaded.remove_final_measurements()
    seconds = time.perf_counter() - start

    def with_qiskit(index):
        return Statevector.from_int(index, 2**loaded.num_qubits).evolve(loaded).probabilities()

    worst = check_values(program, contract, weight, with_qiskit)
    print(f"{program} ({target}): Qiskit loads it in {seconds:.1f} s, p± agree to {worst:.1e}")

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

        worst = check_values(program, contract, weight, with_cirq)
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
