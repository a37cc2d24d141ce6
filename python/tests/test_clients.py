"""The clients' own objects: what they compute is what the network predicts, and what a transpiler makes of them is verified."""

import numpy as np
import pytest

import hqrn

TOLERANCE = 1e-9


def first_qubit_first(probabilities):
    """From the first qubit most significant to the first qubit least significant."""
    n = int(np.log2(len(probabilities)))
    return np.asarray(probabilities).reshape((2,) * n).transpose(*reversed(range(n))).reshape(-1)


def by_qiskit(program, prepared):
    from qiskit import QuantumCircuit
    from qiskit.quantum_info import Statevector

    circuit = program.qiskit()
    measured = circuit.remove_final_measurements(inplace=False)
    start = QuantumCircuit(measured.num_qubits)
    for qubit in prepared:
        start.x(qubit)
    return Statevector(start.compose(measured, range(measured.num_qubits))).probabilities()


def by_braket(program, prepared):
    from braket.circuits import Circuit
    from braket.devices import LocalSimulator

    circuit = Circuit()
    qubits = sorted({*program.contract.plus.input, *program.contract.minus.input, *outputs(program)})
    for qubit in range(max(qubits) + 1):
        circuit.x(qubit) if qubit in prepared else circuit.i(qubit)
    for instruction in program.braket().instructions:
        if instruction.operator.name != "Measure":
            circuit.add_instruction(instruction)
    circuit.probability()
    return first_qubit_first(LocalSimulator().run(circuit, shots=0).result().values[0])


def by_cirq(program, prepared):
    import cirq

    circuit = program.cirq()
    circuit = cirq.Circuit(op for op in circuit.all_operations() if not cirq.is_measurement(op))
    count = max([*program.contract.plus.input, *program.contract.minus.input, *outputs(program)]) + 1
    qubits = [cirq.NamedQubit(f"q_{i}") for i in range(count)]
    start = cirq.Circuit(cirq.X(qubits[i]) for i in prepared)
    state = cirq.Simulator(dtype=np.complex128).simulate(start + circuit, qubit_order=qubits).final_state_vector
    return first_qubit_first(np.abs(state) ** 2)


def by_pennylane(program, prepared):
    import pennylane

    count = max([*program.contract.plus.input, *program.contract.minus.input, *outputs(program)]) + 1
    device = pennylane.device("default.qubit", wires=[f"q{i}" for i in range(count)])

    @pennylane.qnode(device)
    def circuit():
        for qubit in prepared:
            pennylane.PauliX(f"q{qubit}")
        program.pennylane()()
        return pennylane.probs(wires=device.wires)

    return first_qubit_first(circuit())


def outputs(program):
    signs = [sign for sign in (program.contract.plus, program.contract.minus) if sign]
    return [bit for sign in signs for bit in (*sign.output, *sign.accept)]


def weight(program, simulate):
    """W as a client's probabilities say it, by the three steps of docs/guide/programs.md."""
    contract = program.contract
    made = np.zeros((contract.dim, contract.dim))
    for m in range(contract.dim):
        prepared = {sign.input[bit] for sign in (contract.plus, contract.minus) for bit in range(len(sign.input)) if m >> bit & 1}
        probabilities = simulate(program, sorted(prepared))
        for factor, sign in ((1, contract.plus), (-1, contract.minus)):
            for word, p in enumerate(probabilities):
                if all(word >> bit & 1 == value for bit, value in sign.accept.items()):
                    made[sum((word >> bit & 1) << i for i, bit in enumerate(sign.output)), m] += factor * sign.gamma * p
    return made


CLIENTS = {
    "qiskit": ("portable", by_qiskit),
    "cirq": ("portable", by_cirq),
    "braket": ("braket", by_braket),
    "pennylane": ("pennylane", by_pennylane),
}


@pytest.fixture(scope="module")
def learned(iris, flowers):
    """A network that torch has trained; that of the repository where there is no torch."""
    try:
        import torch

        import hqrn.torch
    except ImportError:
        return iris
    torch.manual_seed(0)
    model = hqrn.torch.ResidualNet(4, 2, classes=3, activation="softplus")
    X, y = (torch.from_dlpack(np.ascontiguousarray(values)) for values in flowers["train"])
    optimizer = torch.optim.Adam(model.parameters(), lr=3e-2)
    for _ in range(100):
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(model(X.float()), y).backward()
        optimizer.step()
    return model.network("learned")


@pytest.mark.parametrize("client", CLIENTS)
def test_probabilities_of_clients_are_those_that_are_predicted(learned, flowers, client):
    pytest.importorskip(client)
    target, simulate = CLIENTS[client]
    X = flowers["test"][0][:5]
    states = learned.states(X)[:, 0]
    for program, block in zip(hqrn.compile(learned, target=target).programs, learned.blocks):
        assert block.activation == "softplus"
        h = np.logaddexp(0, states @ weight(program, simulate).T + block.bias)
        states = block.alpha * states + (1 - block.alpha) * h / h.sum(axis=1, keepdims=True)
    head, bias = learned.head
    assert np.abs(states @ head.T + bias - learned.predict(X)).max() < TOLERANCE


def test_pytket_reads_its_programs(compiled):
    pytest.importorskip("pytket")
    circuits = compiled.pytket()
    assert [circuit.n_qubits for circuit in circuits] == [block.qubits for block in compiled.report.blocks]


def test_what_a_transpiler_makes_is_verified(iris, compiled):
    qiskit = pytest.importorskip("qiskit")
    line = qiskit.transpiler.CouplingMap.from_line(7)
    for basis in (["rz", "sx", "x", "cz"], ["u", "cx"]):
        made = qiskit.transpile(compiled.qiskit(), basis_gates=basis, coupling_map=line, optimization_level=2, seed_transpiler=1)
        assert [block.block for block in hqrn.verify(made, iris).blocks] == [1, 2]
    gates = [i for i, gate in enumerate(made[0].data) if gate.operation.num_qubits == 2]
    del made[0].data[gates[-1]]
    with pytest.raises(hqrn.CheckFailed):
        hqrn.verify(made[0], iris)
    made[0].metadata = {}
    with pytest.raises(hqrn.InputError, match="without its original"):
        hqrn.verify(made[0], iris)


def test_a_program_of_another_target_is_named(compiled):
    with pytest.raises(hqrn.InputError, match="of the target portable, expected braket"):
        compiled.programs[0].braket()
