#!/usr/bin/env python3
"""One contraction, every compiler: CX, depth, one-qubit gates, CPU seconds and error, side by side in one run.

    cargo build --release
    python3 -m venv target/bench-venv && target/bench-venv/bin/pip install -r benches/requirements.txt
    target/bench-venv/bin/python benches/peers.py [64x64 256x256 trained ...]

hqrn gets W, not negative, and compiles it to verified text; its peers get the Halmos dilation U(M) of the same W and
return a circuit, which is then multiplied out outside the clock. One thread each; CPU time is user + system, start-up
of hqrn's process included and of the peers' imports not. hqrn's error is max |W_rec - W| / gamma, the others'
max |U' - U| up to a phase. "trained" is W_P of block 5 of circuits/digits.json, of rank 16.
"""

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

ROOT = pathlib.Path(__file__).resolve().parents[1]
# Peers that take longer than a few minutes at a size are left out there.
MOST_QUBITS = {"BQSKit QSD": 5, "BQSKit block-ZXZ": 3, "Cirq": 7, "PennyLane": 7}


def cpu():
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in usage)


def dilation(weight):
    root = np.sqrt(weight)
    v, s, w = np.linalg.svd(root / np.linalg.norm(root, 2))
    s = np.minimum(s, 1)
    c = np.sqrt((1 - s) * (1 + s))
    return np.block([[(v * s) @ w, (v * c) @ v.T], [(w.T * c) @ w, -((v * s) @ w).T]]).astype(complex)


def off(multiply, wanted):
    """The largest entry of the difference, the global phase being free; not where multiplying out takes minutes."""
    if len(wanted) > 128:
        return float("nan")
    got = multiply()
    phase = np.vdot(wanted, got)
    return np.abs(got * (abs(phase) / phase) - wanted).max()


def with_hqrn(weight, _):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "w.json")
        file.write_text(json.dumps(weight.tolist()))
        command = [ROOT / "target/release/hqrn-compile", file, "-o", file.with_suffix(".qasm"), "--json"]
        start = cpu()
        done = subprocess.run(command, check=True, capture_output=True)
        seconds = cpu() - start
    block = json.loads(done.stdout)["blocks"][0]
    s = block["summary"]
    return s["cx"], s["cx_depth"], s["one_qubit_gates"], seconds, block["verification"]["max_error"] / s["gamma_plus"]


def qiskit_counts(circuit):
    ones = sum(1 for i in circuit if i.operation.num_qubits == 1)
    return circuit.count_ops().get("cx", 0), circuit.depth(lambda i: i.operation.num_qubits == 2), ones


def with_qiskit(_, u):
    from qiskit import transpile
    from qiskit.quantum_info import Operator
    from qiskit.synthesis import qs_decomposition

    start = cpu()
    circuit = transpile(qs_decomposition(u), basis_gates=["cx", "u"], optimization_level=1)
    seconds = cpu() - start
    return *qiskit_counts(circuit), seconds, off(lambda: Operator(circuit).data, u)


def with_cirq(_, u):
    import cirq

    qubits = cirq.LineQubit.range(len(u).bit_length() - 1)
    start = cpu()
    circuit = cirq.Circuit(cirq.quantum_shannon_decomposition(qubits, u))
    circuit = cirq.merge_single_qubit_gates_to_phxz(circuit)
    seconds = cpu() - start
    two = [op for op in circuit.all_operations() if len(op.qubits) == 2]
    ones = sum(1 for op in circuit.all_operations() if len(op.qubits) == 1)
    only_two = cirq.Circuit(two, strategy=cirq.InsertStrategy.EARLIEST)
    return len(two), len(only_two), ones, seconds, off(lambda: circuit.unitary(qubits), u)


def with_pennylane(_, u):
    import pennylane as qml

    wires = range(len(u).bit_length() - 1)
    start = cpu()
    tape = qml.tape.QuantumScript([qml.QubitUnitary(u, wires=wires)])
    gates = {qml.CNOT, qml.RZ, qml.RY, qml.RX, qml.GlobalPhase}
    (tape,), _ = qml.transforms.decompose(tape, gate_set=gates)
    (tape,), _ = qml.transforms.single_qubit_fusion(tape)
    seconds = cpu() - start
    depth = dict.fromkeys(wires, 0)
    cx = ones = 0
    for op in tape.operations:
        if len(op.wires) == 2:
            cx += 1
            level = 1 + max(depth[w] for w in op.wires)
            depth.update((w, level) for w in op.wires)
        elif len(op.wires) == 1:
            ones += 1
    return cx, max(depth.values()), ones, seconds, off(lambda: qml.matrix(tape, wire_order=wires), u)


def with_bqskit(u, kind):
    from bqskit import Circuit, passes
    from bqskit.compiler import Compiler
    from bqskit.ir.gates import CNOTGate, VariableUnitaryGate

    qubits = len(u).bit_length() - 1
    circuit = Circuit(qubits)
    circuit.append_gate(VariableUnitaryGate(qubits), list(range(qubits)), np.concatenate([u.real.ravel(), u.imag.ravel()]))
    small = [passes.QuickPartitioner(2), passes.ForEachBlockPass([passes.QSearchSynthesisPass()]), passes.UnfoldPass()]
    start = cpu()
    with Compiler(num_workers=1) as compiler:
        done = compiler.compile(circuit, [kind(min_qudit_size=2), *small, passes.GroupSingleQuditGatePass()])
    seconds = cpu() - start
    two = [op for op in done if op.num_qudits == 2]
    assert all(op.gate == CNOTGate() for op in two)
    ones = sum(1 for op in done if op.num_qudits == 1)
    depth = dict.fromkeys(range(qubits), 0)
    for op in two:
        level = 1 + max(depth[q] for q in op.location)
        depth.update((q, level) for q in op.location)
    return len(two), max(depth.values()), ones, seconds, off(lambda: done.get_unitary().numpy, u)


def bqskit_qsd(_, u):
    from bqskit import passes

    return with_bqskit(u, passes.FullQSDPass)


def bqskit_zxz(_, u):
    from bqskit import passes

    return with_bqskit(u, passes.FullBlockZXZPass)


PEERS = {
    "hqrn": with_hqrn,
    "Qiskit": with_qiskit,
    "Cirq": with_cirq,
    "PennyLane": with_pennylane,
    "BQSKit QSD": bqskit_qsd,
    "BQSKit block-ZXZ": bqskit_zxz,
}


def weight_of(name):
    if name == "trained":
        network = json.loads((ROOT / "circuits/digits.json").read_text())
        return np.maximum(np.array(network["blocks"][4]["weight"]), 0)
    side = int(name.split("x")[0])
    return np.abs(np.random.default_rng(side).normal(size=(side, side)))


def main():
    # Imports are no part of anyone's time.
    for peer in list(PEERS.values())[1:]:
        peer(None, dilation(weight_of("4x4")))
    print(f"{'W':<8} {'compiler':<17} {'CX':>7} {'CX depth':>9} {'1q gates':>9} {'CPU s':>8} {'error':>8}")
    for name in sys.argv[1:] or ["4x4", "16x16", "64x64", "trained", "256x256"]:
        weight = weight_of(name)
        u = dilation(weight)
        qubits = len(u).bit_length() - 1
        for peer, run in PEERS.items():
            if qubits > MOST_QUBITS.get(peer, 9):
                continue
            cx, depth, ones, seconds, error = run(weight, u)
            print(f"{name:<8} {peer:<17} {cx:>7} {depth:>9} {ones:>9} {seconds:>8.2f} {error:>8.0e}", flush=True)


if __name__ == "__main__":
    main()
