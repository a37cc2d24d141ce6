"""CPU time and CX of compiling a whole network: hqrn against Qiskit's qs_decomposition on the same U(M).

    cargo build --release
    python benches/against_qiskit.py WEIGHTS.json

hqrn compiles AND verifies (reads its text back and simulates it); Qiskit decomposes the Halmos dilations U(M) of both
signs of every block and does nothing more. Both run on one thread, in this order, in this process's run; CPU time is
user + system. Needs the packages of tests/clients/requirements.txt.
"""

import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

# Before NumPy is loaded: its threads would count as CPU time without being of use at this size.
for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np  # noqa: E402
import qiskit  # noqa: E402
from qiskit.synthesis import qs_decomposition  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[1]


def cpu_seconds(who):
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def dilation(part):
    """U(M) of docs/method.md, section 4, with phi = 0 and the sign's own gamma; `part` has no negative entries."""
    root = np.sqrt(part)
    left, sigma, right = np.linalg.svd(root / np.linalg.norm(root, 2))
    sigma = np.minimum(sigma, 1.0)
    sine = np.sqrt(1.0 - sigma**2)
    zero = np.zeros_like(root)
    middle = np.block([[np.diag(sigma), np.diag(sine)], [np.diag(sine), -np.diag(sigma)]])
    outer = np.block([[left, zero], [zero, right.T]])
    return outer @ middle @ np.block([[right, zero], [zero, left.T]])


def main():
    weights = sys.argv[1]
    with open(weights, encoding="utf-8") as file:
        blocks = [np.array(block["weight"], dtype=float) for block in json.load(file)["blocks"]]
    parts = [part for w in blocks for part in (np.maximum(w, 0), np.maximum(-w, 0)) if part.any()]

    before = cpu_seconds(resource.RUSAGE_CHILDREN)
    with tempfile.TemporaryDirectory() as out:
        command = [ROOT / "target/release/hqrn-compile", weights, "-o", out, "--json", "--threads", "1", "--phases", "nonnegative"]
        report = json.loads(subprocess.run(command, check=True, capture_output=True).stdout)
    ours = cpu_seconds(resource.RUSAGE_CHILDREN) - before
    our_cx = sum(block["summary"]["cx"] for block in report["blocks"])
    error = max(block["verification"]["max_error"] for block in report["blocks"])

    unitaries = [dilation(part) for part in parts]
    before = cpu_seconds(resource.RUSAGE_SELF)
    circuits = [qs_decomposition(u) for u in unitaries]
    theirs = cpu_seconds(resource.RUSAGE_SELF) - before
    their_cx = sum(circuit.count_ops().get("cx", 0) for circuit in circuits)

    print(f"{weights}: {len(blocks)} blocks, {len(parts)} signs")
    print(f"{'':28}{'CPU s':>8}{'CX a sign':>12}")
    print(f"{'hqrn, compiled and verified':28}{ours:8.2f}{our_cx / len(parts):12.0f}   max |W_rec - W| {error:.1e}")
    print(f"{'Qiskit ' + qiskit.__version__ + ' qs_decomposition':28}{theirs:8.2f}{their_cx / len(parts):12.0f}")
    print(f"{'ratio':28}{ours / theirs:8.2f}{our_cx / their_cx:12.2f}")


if __name__ == "__main__":
    main()
