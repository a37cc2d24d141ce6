"""Noise of a machine, hqrn's against Qiskit Aer's: `check_machine.py COMMANDS WEIGHTS FOLDER`.

Block 1 of WEIGHTS, in one circuit for both signs, is compiled for FakeBoston by the files that come with its client, and what
hqrn-run says of each word, from every basis state, is held against Aer's model of the same backend. Of readout, Aer's model of
this backend takes the mean for either bit, where the file tells them apart: here both are misread as the file says.
"""

import json
import pathlib
import subprocess
import sys

import numpy as np
import qiskit_ibm_runtime.fake_provider as fake
from qiskit import QuantumCircuit, qasm3
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel

from contract import contract_of

commands, weights, folder = (pathlib.Path(argument) for argument in sys.argv[1:4])
boston = pathlib.Path(fake.__file__).parent / "backends" / "boston"

# The network with its first block alone, which a density matrix is run through.
network = json.loads(weights.read_text())
network["blocks"] = network["blocks"][:1]
network.pop("expect", None)
one = folder / "one-block.json"
one.write_text(json.dumps(network))
program = folder / "boston.qasm"
subprocess.run([commands / "hqrn-compile", one, "--machine", boston, "-o", program, "--quiet"], check=True)
text = program.read_text()
contract = contract_of(text)
circuit = qasm3.loads(text)

backend = fake.FakeBoston()
simulator = AerSimulator(method="density_matrix", noise_model=NoiseModel.from_backend(backend))
outputs, (accept,) = contract["plus"]["output"], contract["plus"]["accept"]
dim = contract["dim"]
# The qubit of each bit.
written = {circuit.find_bit(i.clbits[0]).index: circuit.find_bit(i.qubits[0]).index for i in circuit if i.name == "measure"}
read = [written[bit] for bit in [*outputs, int(accept)]]
circuits = []
for m in range(dim):
    # The input without noise: what hqrn-run starts from.
    start = QuantumCircuit(*circuit.qregs, *circuit.cregs)
    for place, qubit in enumerate(contract["plus"]["input"]):
        if m >> place & 1:
            start.unitary([[0, 1], [1, 0]], [qubit])
    whole = start.compose(circuit.remove_final_measurements(inplace=False))
    whole.save_probabilities(read)
    circuits.append(whole)
results = simulator.run(circuits, shots=1).result()

worst = 0.0
for m in range(dim):
    words = np.array(results.data(m)["probabilities"]).reshape([2] * len(read))
    for place, qubit in enumerate(read):
        told = {entry.name: entry.value for entry in backend.properties().qubits[qubit]}
        up, down = told["prob_meas1_prep0"], told["prob_meas0_prep1"]
        # Rows: what the qubit is; columns: what is read. The last axis is the first bit.
        confusion = [[1 - up, up], [down, 1 - down]]
        axis = len(read) - 1 - place
        words = np.moveaxis(np.tensordot(words, confusion, (axis, 0)), -1, axis)
    words = words.reshape(2, dim)
    state = folder / "state.json"
    zeros = np.zeros((dim, dim))
    rho = zeros.copy()
    rho[m, m] = 1
    state.write_text(json.dumps({"re": rho.tolist(), "im": zeros.tolist()}))
    run = [commands / "hqrn-run", one, "--circuits", program, "--state", state, "--shots", "inf", "--machine", boston]
    report = json.loads(subprocess.run([*run, "--json", "--quiet"], capture_output=True, check=True).stdout)
    step = report["blocks"][0]
    distance = (abs(words[0] - step["plus"]).sum() + abs(words[1] - step["minus"]).sum()) / 2
    worst = max(worst, distance)
assert worst <= 1e-6, worst
print(f"{program.name}: total variation distance from Aer's noise at most {worst:.1e} from {dim} basis states")
