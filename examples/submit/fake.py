"""Runs the circuits of a job as a machine of IBM's would, with the noise that Qiskit Aer derives from its calibration.

Parts of a circuit that no gate joins are simulated by themselves: thirteen copies of seven qubits are thirteen density
matrices of seven qubits, and their shots are put side by side. Each part stays on its own qubits of the machine, whose noise it
has. What a density matrix is too large for is sampled by trajectories.
"""

import numpy as np
from qiskit import QuantumCircuit
from qiskit_aer import AerSimulator

# A density matrix of so many qubits is as large as a state of twice as many.
LARGEST_DENSITY = 10


class FakeMachine:
    """A fake machine of qiskit-ibm-runtime."""

    def __init__(self, backend):
        # Circuits side by side use the cores better than gates do.
        self.simulator = AerSimulator.from_backend(backend, max_parallel_experiments=0)
        self.seed(0)

    def seed(self, *seeds):
        """Begins to draw anew, from these whole numbers."""
        self.rng = np.random.default_rng(seeds)

    def run(self, circuit, settings, shots):
        """The words of each setting of the circuit's parameters: lists of `shots` integers, bit i worth 2^i."""
        pieces = parts(circuit)
        # A setting that is there k times is simulated once, for k times the shots, with others that have about as many.
        places = {}
        for i, setting in enumerate(settings):
            places.setdefault(tuple(sorted(setting.items())), []).append(i)
        alike = {}
        for setting, where in places.items():
            alike.setdefault((len(where) - 1).bit_length(), []).append((dict(setting), where))
        words = [None] * len(settings)
        for power, group in sorted(alike.items()):
            tables = self.together(pieces, [setting for setting, _ in group], shots << power)
            for (_, where), found in zip(group, tables):
                for k, i in enumerate(where):
                    words[i] = found[k * shots : (k + 1) * shots]
        return words

    def together(self, pieces, settings, shots):
        """The same of settings that are all there once."""
        words = [[0] * shots for _ in settings]
        # What a run costs, Aer counts mostly by runs, so that a run has the circuits of all parts that it can.
        for method, wanted in (("density_matrix", True), ("statevector", False)):
            own = [piece for piece, qubits in pieces if (len(qubits) <= LARGEST_DENSITY) == wanted]
            bound = [(i, piece.assign_parameters(of_part(piece, one))) for piece in own for i, one in enumerate(settings)]
            if not bound:
                continue
            seed = int(self.rng.integers(2**31))
            circuits = [circuit for _, circuit in bound]
            result = self.simulator.run(circuits, method=method, shots=shots, memory=True, seed_simulator=seed).result()
            if not result.success:
                raise RuntimeError(f"Aer: {result.status}")
            for k, (i, _) in enumerate(bound):
                # Shots of independent parts, in any order, are shots of the whole.
                memory = [int(word.replace(" ", ""), 2) for word in result.get_memory(k)]
                self.rng.shuffle(memory)
                words[i] = [a | b for a, b in zip(words[i], memory, strict=True)]
        return words


def of_part(part, setting):
    """The values of the parameters that a part has."""
    return {name: value for name, value in setting.items() if part.has_parameter(name)}


def parts(circuit):
    """The pieces of a circuit that no gate joins and that are measured, each as wide as the whole, and their qubits."""
    index = {qubit: i for i, qubit in enumerate(circuit.qubits)}
    root = list(range(circuit.num_qubits))

    def find(q):
        while root[q] != q:
            root[q] = root[root[q]]
            q = root[q]
        return q

    for instruction in circuit.data:
        if instruction.operation.name == "barrier":
            continue
        first, *others = [index[qubit] for qubit in instruction.qubits]
        for other in others:
            root[find(other)] = find(first)
    pieces = {}
    for instruction in circuit.data:
        if instruction.operation.name == "barrier":
            continue
        own = find(index[instruction.qubits[0]])
        if own not in pieces:
            pieces[own] = (QuantumCircuit(circuit.qubits, circuit.clbits, *circuit.qregs, *circuit.cregs), set())
        piece, qubits = pieces[own]
        piece.append(instruction)
        qubits.update(index[qubit] for qubit in instruction.qubits)
    return [(piece, qubits) for piece, qubits in pieces.values() if "measure" in piece.count_ops()]
