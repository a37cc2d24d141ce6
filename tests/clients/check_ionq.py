"""Takes a plan of hqrn-job for IonQ from its jobs to labels, by the code of IonQ's client for Qiskit.

    python check_ionq.py COMMANDS WEIGHTS MACHINE DATA

Every circuit of every job is built of Qiskit's gates and written by qiskit-ionq as it would send it: the job must be the same, field by
field. Qiskit's simulator then says what each circuit spells, rounded to whole shots, and hqrn-job collect makes labels of that: but for what is
rounded no label may change, and every block's scale must be 1. Exit code 1 if something is otherwise.
"""

import json
import sys
import tempfile
import warnings
from pathlib import Path

import numpy as np
from commands import run
from qiskit import QuantumCircuit
from qiskit.quantum_info import Statevector
from qiskit_ionq import IonQProvider
from qiskit_ionq.helpers import qiskit_to_ionq

# By IonQ's name and how many qubits control it.
GATES = {("x", 1): "cx", ("z", 1): "cz", ("si", 0): "sdg", ("ti", 0): "tdg", ("v", 0): "sx", ("vi", 0): "sxdg"}


def built(circuit, qubits):
    """A circuit of Qiskit's from one of a job."""
    found = QuantumCircuit(qubits, name=circuit["name"])
    for gate in circuit["circuit"]:
        controls = gate.get("controls", [])
        name = GATES.get((gate["gate"], len(controls)), gate["gate"])
        angles = [gate["rotation"]] if "rotation" in gate else []
        getattr(found, name)(*angles, *controls, *gate["targets"])
    return found


def whole(probabilities, shots):
    """Shares that are whole shots, nearest to these."""
    counts = np.floor(probabilities * shots).astype(int)
    most = np.argsort(counts - probabilities * shots)[: shots - counts.sum()]
    counts[most] += 1
    return {str(word): int(counts[word]) / shots for word in np.flatnonzero(counts)}


def main():
    commands, weights, machine, data = sys.argv[1:]
    job = Path(commands) / "hqrn-job"
    # The client asks IonQ how many qubits a machine has, and goes on where nobody answers.
    warnings.simplefilter("ignore")
    backend = IonQProvider("no token is needed to write a job").get_backend("ionq_qpu.forte-1")
    bad = False
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "plan"
        more = ["--provider", "ionq", "--even", "--executions", "8e4", "--draws", "2", "--step", "scaled", "--no-waits", "-q", "-o", folder]
        run(job, "plan", weights, "--machine", machine, "--data", data, *more)
        jobs = json.loads((folder / "job.json").read_text(encoding="utf-8"))["jobs"]
        answers = []
        for sent in jobs:
            width = sent["input"]["qubits"]
            circuits = [built(circuit, width) for circuit in sent["input"]["circuits"]]
            written = json.loads(qiskit_to_ionq(circuits, backend, {"shots": sent["shots"], "name": sent["name"]}))
            del written["metadata"]
            same = {**written, "backend": sent["backend"]} == sent
            bad |= not same
            print(f"{sent['name']}: {len(circuits)} circuits, {'as' if same else 'NOT as'} qiskit-ionq writes them")
            answers.append([whole(Statevector(circuit).probabilities(), sent["shots"]) for circuit in circuits])
        result = Path(place) / "result.json"
        result.write_text(json.dumps({"jobs": answers}), encoding="utf-8")
        report = json.loads(run(job, "collect", folder, result, "--json", "-q"))
    raw = report["steps"][0]["changed"]
    bad |= raw["changed"] > 0
    print(f"labels changed: {raw['changed']} of {raw['of']}")
    sys.exit(bad)


if __name__ == "__main__":
    main()
