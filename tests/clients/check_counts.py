"""Real clients run programs, write what they measured, and hqrn-counts reads it as it is.

    python check_counts.py COMMANDS WEIGHTS FOLDER

FOLDER has a program for each target, `TARGET.qasm`, which prepares an input that reads differently from either end. Every client of
this environment runs those of its targets and saves its results in each way that its users would; hqrn-counts is called
without --order, but where a target's clients differ. p± must be what the weights say, within 5 standard deviations. Exit code 1 if they are not.
"""

import collections
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

from contract import contract_of, parts_of

SHOTS = 4000


def qiskit_aer(text):
    from qiskit import qasm2, qasm3
    from qiskit_aer import AerSimulator
    from qiskit_aer.primitives import SamplerV2

    circuit = qasm2.loads(text, custom_instructions=qasm2.LEGACY_CUSTOM_INSTRUCTIONS) if "2.0" in text[:13] else qasm3.loads(text)
    result = AerSimulator().run(circuit, shots=SHOTS, seed_simulator=7).result()
    bits = next(iter(SamplerV2(seed=7).run([circuit], shots=SHOTS).result()[0].data.values()))
    yield "get_counts", result.get_counts(), "last"
    yield "to_dict", result.to_dict(), None
    yield "data", result.data(), None
    yield "int_outcomes", {str(key): count for key, count in result.get_counts().int_outcomes().items()}, "last"
    yield "get_bitstrings", bits.get_bitstrings(), "last"


def cirq(text):
    import cirq
    from cirq.contrib.qasm_import import circuit_from_qasm

    result = cirq.Simulator(seed=7).run(circuit_from_qasm(text), repetitions=SHOTS)
    keys = sorted(result.measurements, key=lambda key: int(key.rsplit("_", 1)[1]))
    histogram = result.multi_measurement_histogram(keys=keys)
    yield "to_json", json.loads(cirq.to_json(result)), None
    yield "histogram", {str(tuple(map(int, key))): count for key, count in histogram.items()}, None
    yield "big_endian", {cirq.big_endian_bits_to_int(key): count for key, count in histogram.items()}, "first"


def braket(text):
    from braket.default_simulator import StateVectorSimulator
    from braket.devices import LocalSimulator
    from braket.ir.openqasm import Program

    result = LocalSimulator().run(Program(source=text), shots=SHOTS).result()
    yield "measurement_counts", result.measurement_counts, None
    yield "measurements", result.measurements.tolist(), None
    yield "probabilities", {"measurementProbabilities": result.measurement_probabilities, "shots": SHOTS}, None
    yield "task_result", json.loads(StateVectorSimulator().run(Program(source=text), shots=SHOTS).json()), None


def pennylane(text):
    import pennylane

    lines = [line for line in text.splitlines() if "measure" not in line]
    qubits = sum(line.startswith("qubit ") for line in lines)
    device = pennylane.device("default.qubit", wires=[f"q{i}" for i in range(qubits)], seed=7)

    def run(of):
        @pennylane.set_shots(SHOTS)
        @pennylane.qnode(device)
        def circuit():
            pennylane.from_qasm3("\n".join(lines))()
            return of(wires=device.wires)

        return circuit()

    yield "counts", {str(key): int(count) for key, count in run(pennylane.counts).items()}, None
    yield "sample", run(pennylane.sample).astype(int).tolist(), None


def pytket(text):
    import numpy
    from pytket.backends.backendresult import BackendResult
    from pytket.qasm import circuit_from_qasm_str
    from pytket.utils.outcomearray import OutcomeArray

    circuit = circuit_from_qasm_str(text)
    unmeasured = circuit_from_qasm_str("\n".join(line for line in text.splitlines() if "measure" not in line))
    # pytket's own simulator has states only: its shots are drawn here, its results are its own.
    p = numpy.abs(unmeasured.get_statevector()) ** 2
    drawn = numpy.random.default_rng(7).choice(len(p), SHOTS, p=p / p.sum())
    n = unmeasured.n_qubits
    shots = [[int(k) >> (n - 1 - i) & 1 for i in range(n)] for k in drawn]
    result = BackendResult(shots=OutcomeArray.from_readouts(shots), c_bits=circuit.bits)
    yield "to_dict", result.to_dict(), None
    yield "get_counts", {str(key): int(count) for key, count in result.get_counts().items()}, None
    words = {"".join(map(str, key)): int(count) for key, count in result.get_counts().items()}
    yield "words", words, "first"


def qdk(text):
    from qdk import openqasm
    from qdk.simulation import run_qir

    shots = run_qir(text, shots=SHOTS, seed=7, type="cpu") if text.startswith(";") else openqasm.run(text, shots=SHOTS)
    yield "shots", [[str(bit) for bit in shot] for shot in shots], None
    yield "histogram", dict(collections.Counter(str(shot) for shot in shots)), None


# The module that tells whether the client is here, its targets.
CLIENTS = {
    qiskit_aer: ("qiskit_aer", ["portable", "ibm", "ionq", "qasm2"]),
    cirq: ("cirq", ["portable"]),
    braket: ("braket", ["braket"]),
    pennylane: ("pennylane", ["pennylane"]),
    pytket: ("pytket", ["qasm2"]),
    qdk: ("qdk", ["portable", "azure", "qir"]),
}


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    commands, weights, folder = map(Path, sys.argv[1:])
    failed = False
    for client, (module, targets) in CLIENTS.items():
        if not importlib.util.find_spec(module):
            continue
        for target in targets:
            program = folder / (f"{target}.ll" if target == "qir" else f"{target}.qasm")
            text = program.read_text(encoding="utf-8")
            contract = contract_of(text)
            y = [float(m == contract["prepared"]["basis"]) for m in range(contract["dim"])]
            parts = parts_of(weights, contract["block"])
            wanted = {sign: (parts[sign] @ y / contract[sign]["gamma"]).tolist() for sign in ("plus", "minus")}
            for way, saved, order in client(text):
                file = folder / f"{client.__name__}-{target}-{way}.json"
                file.write_text(json.dumps(saved, default=dict), encoding="utf-8")
                # Only what nobody else says is said here.
                asked = ["--order", order] if order and (target == "qasm2" or way in ("int_outcomes", "big_endian")) else []
                run = [commands / "hqrn-counts", program, "--counts", file, "--weights", weights, "--json", *asked]
                done = subprocess.run(run, capture_output=True, text=True)
                place = f"{client.__name__}, {target}, {way}"
                if done.returncode:
                    print(f"{place}: {done.stderr.strip()}")
                    failed = True
                    continue
                report = json.loads(done.stdout)
                worst = max(
                    abs(found["value"] - p) / max((p * (1 - p) / SHOTS) ** 0.5, 1 / SHOTS)
                    for sign in wanted
                    for found, p in zip(report["estimate"][sign], wanted[sign])
                )
                print(f"{place}: {report['counts'][0]['written']}, p± within {worst:.1f} standard deviations")
                failed |= worst > 5 or report["shots"] != [SHOTS]
    sys.exit(failed)


if __name__ == "__main__":
    main()
