#!/usr/bin/env python3
"""One block, both signs, on a heavy-hex machine: two-qubit gates, their depth, CPU seconds and error, side by side.

    cargo build --release
    python3 -m venv target/bench-venv && target/bench-venv/bin/pip install -r benches/requirements.txt
    target/bench-venv/bin/python benches/joint_against_peers.py [--limit SECONDS] [--commands FOLDER] [8x8 16x16 digits-7 ...]

hqrn gets W, of both signs, and writes one circuit for both, or an exact one for each, routed, read back and verified. Nobody else
knows that only `gamma (p(n, 0 | m) - p(n, 1 | m))` has to be W, with phases and what is left over free: circuits can be found for
a unitary that is given, so its peers get U(M) of each sign, the Halmos dilation, and their counts are of both. Qiskit decomposes and routes it
(optimisation level 3). BQSKit gets a line of neighbours, which needs no routing: LEAP, which grows a circuit, and its numerical
instantiation of the same brickwork that hqrn has, with the N columns of U(M) that count as its goal, its gates more by a tenth until it gets
there. Each sign has so many CPU seconds, after which a row says so. One thread each; errors are max |W_rec - W| / max |W|.
"""

import argparse
import json
import os
import pathlib
import resource
import signal
import subprocess
import sys
import tempfile
import time
import warnings

for variable in ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "RAYON_NUM_THREADS"):
    os.environ[variable] = "1"

import numpy as np  # noqa: E402

ROOT = pathlib.Path(__file__).resolve().parents[1]
COUPLING = ROOT / "circuits/heron-133.json"
# What BQSKit calls there, in infidelity.
NEAR = 1e-8
# BQSKit is not asked for what it cannot hold.
MOST = {"leap": 16, "brickwork": 16}


def cpu():
    """Seconds of this process and of those that it waited for."""
    return sum(u.ru_utime + u.ru_stime for u in map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)))


def cpu_of_session(leader):
    """CPU seconds of the processes that a leader of a session started."""
    ticks = 0
    for stat in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def weight_of(name):
    if "-" in name:
        network, block = name.rsplit("-", 1)
        blocks = json.loads((ROOT / f"circuits/{network}.json").read_text())["blocks"]
        return np.array(blocks[int(block) - 1]["weight"])
    side = int(name.split("x")[0])
    return np.random.default_rng(side).normal(size=(side, side))


def dilation(part):
    """U(M) of the part of one sign, and its gamma."""
    root = np.sqrt(part)
    gamma = np.linalg.norm(root, 2) ** 2
    v, s, w = np.linalg.svd(root / np.sqrt(gamma))
    s = np.minimum(s, 1)
    c = np.sqrt((1 - s) * (1 + s))
    return np.block([[(v * s) @ w, (v * c) @ v.T], [(w.T * c) @ w, -((v * s) @ w).T]]).astype(complex), gamma


def off(part, gamma, u):
    """How far what a circuit computes is from the part of W that it should."""
    side = len(part)
    return float(np.abs(gamma * np.abs(u[:side, :side]) ** 2 - part).max())


def with_hqrn(commands, name, *more):
    with tempfile.TemporaryDirectory() as folder:
        file, weight = pathlib.Path(folder, "w.json"), weight_of(name)
        file.write_text(json.dumps(weight.tolist()))
        target = ["--target", "ibm", "--coupling", COUPLING]
        command = [commands / "hqrn-compile", file, "-o", file.with_suffix(".qasm"), "--json", "-q", *target, *more]
        start = cpu()
        done = subprocess.run(command, check=True, capture_output=True)
        seconds = cpu() - start
    block = json.loads(done.stdout)["blocks"][0]
    s = block["summary"]
    return s["cx"], s["cx_depth"], seconds, block["verification"]["max_error"] / np.abs(weight).max()


def qiskit(part):
    from qiskit import transpile
    from qiskit.quantum_info import Operator
    from qiskit.synthesis import qs_decomposition
    from qiskit.transpiler import CouplingMap

    coupling = CouplingMap(json.loads(COUPLING.read_text()))
    u, gamma = dilation(part)
    start = cpu()
    plain = qs_decomposition(u)
    circuit = transpile(plain, coupling_map=coupling, basis_gates=["rz", "sx", "x", "cz"], optimization_level=3, seed_transpiler=0)
    seconds = cpu() - start
    two = circuit.count_ops().get("cz", 0), circuit.depth(lambda i: i.operation.num_qubits == 2)
    return *two, seconds, off(part, gamma, Operator(plain).data)


def line_of(qubits):
    return [(q, q + 1) for q in range(qubits - 1)]


def measured(circuit, part, gamma, seconds):
    qubits = circuit.num_qudits
    depth = dict.fromkeys(range(qubits), 0)
    two = [op for op in circuit if op.num_qudits == 2]
    for op in two:
        level = 1 + max(depth[q] for q in op.location)
        depth.update((q, level) for q in op.location)
    return len(two), max(depth.values()), seconds, off(part, gamma, circuit.get_unitary().numpy)


def leap(part):
    from bqskit import Circuit, MachineModel, passes
    from bqskit.compiler import Compiler
    from bqskit.qis import UnitaryMatrix

    u, gamma = dilation(part)
    qubits = len(u).bit_length() - 1
    start = cpu()
    with Compiler(num_workers=1) as compiler:
        model = passes.SetModelPass(MachineModel(qubits, line_of(qubits)))
        circuit = compiler.compile(Circuit.from_unitary(UnitaryMatrix(u)), [model, passes.LEAPSynthesisPass(success_threshold=NEAR)])
    return measured(circuit, part, gamma, cpu() - start)


def brickwork(part):
    from bqskit import Circuit
    from bqskit.ir.gates import CZGate, U3Gate
    from bqskit.qis import StateSystem, StateVector

    u, gamma = dilation(part)
    side, qubits = len(part), len(u).bit_length() - 1
    basis = np.eye(2 * side, dtype=complex)
    goal = StateSystem({StateVector(basis[m]): StateVector(u[:, m]) for m in range(side)})
    # Real numbers of an isometry, of which each gate brings four and each qubit at first three.
    gates = -(-(2 * side * 2 * side - side * side - 3 * qubits) // 4)
    start = cpu()
    while True:
        circuit = Circuit(qubits)
        for q in range(qubits):
            circuit.append_gate(U3Gate(), q)
        pairs = line_of(qubits)[::2] + line_of(qubits)[1::2]
        for k in range(gates):
            pair = pairs[k % len(pairs)]
            circuit.append_gate(CZGate(), pair)
            for q in pair:
                circuit.append_gate(U3Gate(), q)
        circuit.instantiate(goal, multistarts=4, seed=0)
        overlap = np.vdot(u[:, :side], circuit.get_unitary().numpy[:, :side])
        if 1 - abs(overlap) / side < NEAR:
            return measured(circuit, part, gamma, cpu() - start)
        gates += max(1, gates // 10)


PEERS = {"qiskit": qiskit, "leap": leap, "brickwork": brickwork}
NAMES = {"qiskit": "Qiskit, qs_decomposition", "leap": "BQSKit, LEAP", "brickwork": "BQSKit, instantiated"}


def of_both_signs(peer, name, limit):
    """A peer in a process of its own for each sign; nothing where time is up."""
    found = []
    for sign in ("+", "-"):
        command = [sys.executable, __file__, "--one", peer, sign, name]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, start_new_session=True)
        while process.poll() is None:
            time.sleep(0.2)
            if cpu_of_session(process.pid) > limit:
                os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                return None
        found.append(json.loads(process.stdout.read().splitlines()[-1]))
    gates, depths, seconds, errors = zip(*found)
    return sum(gates), max(depths), sum(seconds), max(errors) / np.abs(weight_of(name)).max()


def main():
    warnings.simplefilter("ignore")
    parser = argparse.ArgumentParser()
    parser.add_argument("--limit", type=float, default=300)
    parser.add_argument("--commands", type=pathlib.Path, default=ROOT / "target/release")
    parser.add_argument("--one", nargs=2)
    parser.add_argument("blocks", nargs="*", default=["8x8", "16x16", "digits-7"])
    given = parser.parse_args()
    if given.one:
        peer, sign = given.one
        weight = weight_of(given.blocks[0])
        print(json.dumps(PEERS[peer](np.maximum(weight if sign == "+" else -weight, 0))))
        return
    print(f"{'W':<10} {'compiler':<26} {'CZ, both signs':>14} {'depth':>7} {'CPU s':>8} {'error':>8}")

    def row(name, compiler, found):
        if found is None:
            print(f"{name:<10} {compiler:<26} {f'not within {given.limit:.0f} CPU s a sign':>30}", flush=True)
        else:
            gates, depth, seconds, error = found
            print(f"{name:<10} {compiler:<26} {gates:>14,} {depth:>7,} {seconds:>8.2f} {error:>8.0e}", flush=True)

    for name in given.blocks:
        row(name, "hqrn, --method joint", with_hqrn(given.commands, name, "--method", "joint", "--no-cache"))
        row(name, "hqrn, exact", with_hqrn(given.commands, name))
        for peer, compiler in NAMES.items():
            if len(weight_of(name)) <= MOST.get(peer, 64):
                row(name, compiler, of_both_signs(peer, name, given.limit))


if __name__ == "__main__":
    main()
