#!/usr/bin/env python3
"""Product formulas side by side: hqrn's and Qiskit's PauliEvolutionGate, on the same dilations.

    cargo build --release && tests/clients/run
    target/clients-venv/bin/python benches/trotter_against_qiskit.py [benches/trotter_qiskit.json]

The contraction is that of W_P, block 3 of circuits/digits.json: its upper left corner for the smaller sizes. Qiskit gets
log U(M) as Pauli strings in lexicographic order, its own orders 1, 2, 4, 6 and optimisation level 1. Up to 16x16 its
circuits are built in full; at 64x64 its CX are one second-order step's, measured, times the number of such steps. Its
error is that of the product of exponentials it writes, which at 16x16 is checked against the circuit. With a file name,
Qiskit's points are written there for examples/trotter_tradeoff.rs to plot.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import numpy as np
import qiskit
from qiskit import QuantumCircuit, transpile
from qiskit.circuit.library import PauliEvolutionGate
from qiskit.quantum_info import Operator, SparsePauliOp
from qiskit.synthesis import SuzukiTrotter
from scipy.linalg import schur

ROOT = pathlib.Path(__file__).resolve().parent.parent
WEIGHT = np.array(json.loads((ROOT / "circuits/digits.json").read_text())["blocks"][2]["weight"])
FULL = 16  # sizes up to this are built in full
SWEEPS = {1: 1, 2: 2, 4: 10, 6: 50}  # over all strings, in one step of each order


def dilation(weight):
    root = np.sqrt(np.maximum(weight, 0))
    v, s, w = np.linalg.svd(root / np.linalg.norm(root, 2))
    s = np.minimum(s, 1)
    c = np.sqrt((1 - s) * (1 + s))
    m = (v * s) @ w
    return np.block([[m, (v * c) @ v.T], [(w.T * c) @ w, -m.T]])


def strings(u):
    """log U as real coefficients of Pauli strings; eigenvalues -1 are paired, so that only odd strings occur."""
    t, z = schur(u, output="real")
    log, minus, i = np.zeros_like(u), [], 0
    while i < len(u):
        if i + 1 < len(u) and abs(t[i + 1, i]) > 1e-9:
            log[i + 1, i] = np.arctan2(t[i + 1, i], t[i, i])
            log[i, i + 1] = -log[i + 1, i]
            i += 2
        else:
            minus += [i] if t[i, i] < 0 else []
            i += 1
    for a, b in zip(minus[::2], minus[1::2]):
        log[b, a], log[a, b] = np.pi, -np.pi
    op = SparsePauliOp.from_operator(1j * z @ log @ z.T).simplify(1e-12)
    return SparsePauliOp(op.paulis, op.coeffs.real)


class Product:
    """What Qiskit's product formulas make of exp(-iH), by real rotations."""

    def __init__(self, op):
        side = 2**op.num_qubits
        index = np.arange(side)
        self.side, self.terms = side, []
        weights = 1 << np.arange(op.num_qubits)
        for x, z, c in zip(op.paulis.x @ weights, op.paulis.z @ weights, op.coeffs.real):
            y = bin(x & z).count("1")
            signs = np.array([(-1) ** bin(z & j).count("1") for j in index ^ x]) * (-1) ** (y // 2)
            self.terms.append((index ^ x, c * signs))

    def second(self, t, m):
        for flipped, a in self.terms + self.terms[::-1]:
            m = np.cos(t / 2 * a)[:, None] * m + np.sin(t / 2 * a)[:, None] * m[flipped]
        return m

    def step(self, order, t, m):
        if order == 1:
            for flipped, a in self.terms:
                m = np.cos(t * a)[:, None] * m + np.sin(t * a)[:, None] * m[flipped]
            return m
        if order == 2:
            return self.second(t, m)
        p = 1 / (4 - 4 ** (1 / (order - 1)))
        for factor in (p, p, 1 - 4 * p, p, p):
            m = self.step(order - 2, factor * t, m)
        return m

    def error(self, u, order, reps):
        step = self.step(order, 1 / reps, np.eye(self.side))
        return np.linalg.norm(np.linalg.matrix_power(step, reps) - u, 2)


def fewest(error_of, order, error, known):
    """The number of steps for an error, by the formula's power law, to a percent; at least as many as needed."""
    law = lambda reps, found: max(1, int(np.ceil(reps * (found / error) ** (1 / order))))
    reps = law(known["reps"], known["error"])
    if reps * SWEEPS[order] > 4000:
        return reps
    for _ in range(3):
        reps = law(reps, error_of(reps))
    while error_of(reps) > error:
        reps += 1 + reps // 100
    return reps


def build(op, order, reps):
    gate = PauliEvolutionGate(op, 1.0, synthesis=SuzukiTrotter(order=order, reps=reps))
    circuit = QuantumCircuit(op.num_qubits)
    circuit.append(gate, range(op.num_qubits))
    return transpile(circuit, basis_gates=["cx", "u"], optimization_level=1)


def cx_of(circuit):
    return circuit.count_ops().get("cx", 0)


def hqrn(weight, error):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, "w.json")
        file.write_text(json.dumps(np.maximum(weight, 0).tolist()))
        arguments = [file, "-o", file.with_suffix(".qasm"), "--json", "--method", "trotter", "--trotter-error", str(error)]
        done = subprocess.run([ROOT / "target/release/hqrn-compile", *arguments], check=True, capture_output=True)
        block = json.loads(done.stdout)["blocks"][0]
        return block["summary"]["cx"], block["trotter"][0]


def main():
    print(f"{'W':>7} {'error':>6} {'hqrn CX':>8}  {'formula, steps':<18} {'Qiskit CX':>10}  {'order, reps':<12} {'ratio':>6}")
    curves = []
    for n in (2, 4, 8, 16, 64):
        weight = WEIGHT[:n, :n]
        u = dilation(weight)
        op = strings(u)
        product = Product(op)
        full = n <= FULL
        if full:
            checked = np.linalg.norm(Operator(build(op, 4, 1)).data - u, 2)
            assert abs(checked - product.error(u, 4, 1)) < 1e-8
            cx = lambda order, reps: cx_of(build(op, order, reps))
        else:
            second, first = cx_of(build(op, 2, 1)), cx_of(build(op, 1, 1))
            cx = lambda order, reps: reps * (first if order == 1 else second * SWEEPS[order] // 2)
        points = []
        for order, most in ((1, 64), (2, 32), (4, 8), (6, 1)):
            for reps in (r for r in (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 64) if r <= most):
                points.append({"order": order, "reps": reps, "error": product.error(u, order, reps), "cx": None})
        for error in (1e-2, 1e-3):
            candidates = []
            for order in (4, 2, 6, 1):
                tried = min((p for p in points if p["order"] == order), key=lambda p: p["error"])
                reps = fewest(lambda r: product.error(u, order, r), order, error, tried)
                if reps * SWEEPS[order] <= min([4000] + [2 * c[0] for c in candidates]):
                    candidates.append((reps * SWEEPS[order], order, reps))
            _, order, reps = min(candidates)
            theirs = cx(order, reps)
            ours, report = hqrn(weight, error)
            formula = f"{report['formula']}, {report['steps']}"
            print(f"{n:>3}x{n:<3} {error:>6g} {ours:>8}  {formula:<18} {theirs:>10}  {f'{order}, {reps}':<12} {theirs / ours:>6.1f}", flush=True)
        if n in (16, 64):
            for p in points:
                p["cx"] = cx(p["order"], p["reps"])
            curves.append({"side": n, "points": points})
    if len(sys.argv) > 1:
        note = f"Qiskit {qiskit.__version__}, made by benches/trotter_against_qiskit.py"
        pathlib.Path(sys.argv[1]).write_text(json.dumps({"made": note, "curves": curves}, indent=1) + "\n")


if __name__ == "__main__":
    main()
