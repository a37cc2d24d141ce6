"""CPU time of running a network: hqrn-run against vectorised NumPy, and its simulator against Qiskit Aer.

    cargo build --release
    python benches/run_against_peers.py WEIGHTS.json T10K-IMAGES

First: 10,000 images through all blocks and both signs at 1e4 shots. hqrn-run is timed at one number of shots and at
five, and a point is a quarter of the difference: that leaves out reading, projecting and the classical network, and
keeps labels and comparison. NumPy gets the first states ready made, multiplies all images at once by |M|^2 and draws
with Generator.multinomial.

Second: all basis inputs of the 20 compiled 7-qubit circuits. hqrn-verify reads, simulates and compares all of them;
Aer's unitary method, its fastest way, gets each sign's circuit loaded and only multiplies gates.

Everything runs on one thread, in one run; CPU time is user + system. Needs benches/requirements.txt.
"""

import gzip
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np  # noqa: E402
import qiskit  # noqa: E402
import qiskit_aer  # noqa: E402
from qiskit import qasm3, transpile  # noqa: E402

RELEASE = pathlib.Path(__file__).resolve().parents[1] / "target/release"


def cpu_seconds(who):
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def timed(work, who=resource.RUSAGE_SELF):
    before = cpu_seconds(who)
    result = work()
    return cpu_seconds(who) - before, result


def command(*words):
    return lambda: subprocess.run([*map(str, words)], check=True, capture_output=True).stdout


def normalised(z):
    f = np.maximum(z, 0.0)
    total = f.sum(axis=1, keepdims=True)
    return np.where(total > 0, f / np.maximum(total, 1e-300), 1.0 / f.shape[1])


def numpy_run(network, images, shots, rng):
    """Seconds for the blocks alone, and the labels."""
    x = images / (images.sum(axis=1, keepdims=True) + 1e-20)
    projection = network["input"]["projection"]
    first = normalised(x @ np.array(projection["weight"]).T + projection["bias"])
    tables = []
    for block in network["blocks"]:
        w = np.array(block["weight"])
        signs = []
        for sign in (1.0, -1.0):
            part = np.maximum(sign * w, 0.0)
            gamma = np.linalg.norm(np.sqrt(part), 2) ** 2
            signs.append((sign * gamma, (part / gamma).T))
        tables.append((signs, np.array(block["bias"]), block.get("alpha", 0.5)))

    def blocks():
        y = first
        for signs, bias, alpha in tables:
            z = np.tile(bias, (len(y), 1))
            for gamma, table in signs:
                p = y @ table
                rejected = np.maximum(1.0 - p.sum(axis=1, keepdims=True), 0.0)
                counts = rng.multinomial(shots, np.hstack([p, rejected]))[:, :-1]
                z += gamma * counts / shots
            y = alpha * y + (1.0 - alpha) * normalised(z)
        return y

    seconds, y = timed(blocks)
    head = network["head"]
    return seconds, (y @ np.array(head["weight"]).T + head["bias"]).argmax(axis=1)


def halves(folder):
    """The circuit of each sign, without measurements."""
    for path in sorted(pathlib.Path(folder).glob("*.qasm")):
        circuit = qasm3.loads(path.read_text(encoding="utf-8"))
        circuit.remove_final_measurements()
        yield circuit


def main():
    weights, data = sys.argv[1:3]
    with open(weights, encoding="utf-8") as file:
        network = json.load(file)
    with gzip.open(data) as file:
        raw = file.read()
    images = np.frombuffer(raw, dtype=np.uint8, offset=16).reshape(-1, 784).astype(float)

    run = (RELEASE / "hqrn-run", weights, "--data", data, "--json", "--threads", "1", "--shots")
    once, report = timed(command(*run, "10000"), resource.RUSAGE_CHILDREN)
    five, _ = timed(command(*run, "10000,10001,10002,10003,10004"), resource.RUSAGE_CHILDREN)
    ours = (five - once) / 4
    point = json.loads(report)["points"][0]
    seconds, labels = numpy_run(network, images, 10_000, np.random.default_rng(0))
    _, again = numpy_run(network, images, 10_000, np.random.default_rng(1))
    print(f"{weights}, {len(images)} images, 1e4 shots, {len(network['blocks'])} blocks, both signs")
    changed = 100 * (labels != again).mean()
    print(f"  hqrn-run, a point           {ours:6.2f} CPU s   disagreement {100 * point['disagreement']:.2f} %")
    print(f"  NumPy {np.__version__}, blocks alone   {seconds:6.2f}           two seeds differ on {changed:.2f} %")
    print(f"  ratio                       {ours / seconds:6.2f}")
    print(f"  hqrn-run, whole command     {once:6.2f}")

    with tempfile.TemporaryDirectory() as out:
        subprocess.run([RELEASE / "hqrn-compile", weights, "-o", out, "--split", "-q"], check=True)
        ours, _ = timed(command(RELEASE / "hqrn-verify", out, "--weights", weights, "--threads", "1"), resource.RUSAGE_CHILDREN)
        circuits = list(halves(out))
    simulator = qiskit_aer.AerSimulator(method="unitary", max_parallel_threads=1)
    for circuit in circuits:
        circuit.save_unitary()
    circuits = transpile(circuits, simulator, optimization_level=0)
    theirs, _ = timed(lambda: [simulator.run(circuit).result() for circuit in circuits])
    cx = [circuit.count_ops().get("cx", 0) for circuit in circuits]
    print(f"{len(circuits)} circuits of 7 qubits, all basis inputs, {sum(cx) / len(cx):.0f} CX a sign")
    print(f"  hqrn-verify, whole command  {ours:6.2f} CPU s   {ours / len(circuits):.3f} a sign")
    print(f"  Qiskit Aer {qiskit_aer.__version__}, unitary   {theirs:6.2f}           {theirs / len(circuits):.3f} a sign")
    print(f"  ratio                       {ours / theirs:6.2f}   (Qiskit {qiskit.__version__})")


if __name__ == "__main__":
    main()
