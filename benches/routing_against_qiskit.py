"""Routing on a heavy-hex machine, ours against Qiskit's optimization level 3 on the same circuit, in one run.

    python benches/routing_against_qiskit.py WEIGHTS BLOCK [WEIGHTS BLOCK ...]

For each block hqrn-compile writes the program once for all-to-all connectivity, which Qiskit routes (best of five seeds),
and once routed. Two-qubit gates are counted by Qiskit in both. Needs an environment with qiskit (tests/clients/run makes
one) and target/release/hqrn-compile.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from pathlib import Path

from qiskit import qasm3, transpile
from qiskit.transpiler import CouplingMap

ROOT = Path(__file__).parent.parent
COUPLING = ROOT / "circuits" / "heron-133.json"
BASIS = ["rz", "sx", "x", "cz"]


def compiled(weights, block, out, *more):
    """The program that hqrn-compile writes, and the CPU seconds it took, verification included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [ROOT / "target/release/hqrn-compile", weights, "--block", block, "-o", out, "-q", *more]
    subprocess.run(command, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return qasm3.loads_experimental(Path(out).read_text()), after.ru_utime - before.ru_utime


def joins(circuit):
    """Two-qubit gates, and their depth."""
    count = sum(n for name, n in circuit.count_ops().items() if name in ("cx", "cz"))
    return count, circuit.depth(lambda i: i.operation.num_qubits == 2)


def main():
    warnings.simplefilter("ignore")
    coupling = CouplingMap(json.loads(COUPLING.read_text()))
    print(f"{'':28} all to all   hqrn: CZ  depth  CPU s   Qiskit: CZ  depth  CPU s   ratio")
    with tempfile.TemporaryDirectory() as folder:
        for weights, block in zip(sys.argv[1::2], sys.argv[2::2]):
            plain, _ = compiled(weights, block, f"{folder}/plain.qasm")
            routed, seconds = compiled(weights, block, f"{folder}/routed.qasm", "--target", "ibm", "--coupling", COUPLING)
            plain.remove_final_measurements()
            start = time.process_time()
            tries = [
                transpile(plain, coupling_map=coupling, basis_gates=BASIS, optimization_level=3, seed_transpiler=seed)
                for seed in range(5)
            ]
            theirs = (time.process_time() - start) / len(tries)
            best = min(joins(t) for t in tries)
            ours = joins(routed)
            name = f"{Path(weights).stem}, block {block}"
            ratio = ours[0] / max(best[0], 1)
            print(
                f"{name:28} {joins(plain)[0]:10}   {ours[0]:8} {ours[1]:6} {seconds:6.2f}"
                f"   {best[0]:10} {best[1]:6} {theirs:6.2f}   {ratio:5.2f}"
            )


if __name__ == "__main__":
    main()
