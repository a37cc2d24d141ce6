"""Real clients run amplitude networks with an input inside, and hqrn-counts makes scores of what they wrote.

    python check_amplitudes.py COMMANDS WEIGHTS FOLDER

FOLDER has a program for each target, `TARGET.qasm`, which prepares a sample, and folders `layers` and `one-hot` with one each. Every client of this environment runs those of its
targets; scores must be those of the network, evaluated here, within 4 standard deviations. Where Qiskit is, what it makes of the
programs by transpiling is verified with the contracts of the originals. Exit code 1 if anything is off.
"""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import check_counts
import numpy
from contract import contract_of

SHOTS = 5_000
# Those that take no time.
MANY = {"qiskit_aer": 100_000, "braket": 100_000}
BASES = [["u", "cx"], ["rz", "sx", "x", "cz"], ["rx", "ry", "rz", "cz"]]


def mesh(angles, n):
    """The product of rotations of neighbours, the first angle leftmost."""
    planes = [*range(n - 1), *range(n - 3, -1, -1)]
    u = numpy.eye(n)
    for plane, angle in zip(planes, angles, strict=True):
        turn = numpy.eye(n)
        c, s = numpy.cos(angle), numpy.sin(angle)
        turn[plane : plane + 2, plane : plane + 2] = [[c, -s], [s, c]]
        u = u @ turn
    return u


def scores(network, x):
    """What a network of residual layers without activations makes of x."""
    state = numpy.array(x) / numpy.linalg.norm(x) * network["input"].get("gain", 1)
    for layer in network["layers"]:
        state = mesh(layer["mesh"], len(x)) @ state + layer.get("residual", 0) * state
    return numpy.array(network["head"]["weight"]) @ state + network["head"]["bias"]


def rewritten(commands, weights, program, folder):
    """Verifies what Qiskit's transpiler makes of a program."""
    from qiskit import qasm3, transpile

    failed = False
    circuit = qasm3.loads(program.read_text(encoding="utf-8"))
    for level in range(4):
        for basis in BASES:
            back = folder / "back.qasm"
            made = transpile(circuit, basis_gates=basis, optimization_level=level, seed_transpiler=1)
            back.write_text(qasm3.dumps(made), encoding="utf-8")
            run = [commands / "hqrn-verify", back, "--weights", weights, "--contract", program]
            done = subprocess.run(run, capture_output=True, text=True)
            if done.returncode:
                print(f"transpiled at level {level} to {basis}: {done.stderr.strip()}")
                failed = True
    print("transpiled at 4 levels to 3 bases:", "not all verified" if failed else "all verified")
    return failed


def not_as_wanted(commands, weights, program, client, network):
    """Runs a program in a client: whether its scores are off."""
    text = program.read_text(encoding="utf-8")
    target = program.stem
    wanted = scores(network, contract_of(text)["segment"]["features"])
    # One way of saving is enough here.
    _, saved, order = next(iter(client(text)))
    file = program.parent / f"{client.__name__}-{target}.json"
    file.write_text(json.dumps(saved, default=dict), encoding="utf-8")
    asked = ["--order", order or "first"] if target == "qasm2" else []
    run = [commands / "hqrn-counts", program, "--counts", file, "--weights", weights, "--json", *asked]
    done = subprocess.run(run, capture_output=True, text=True)
    if done.returncode:
        print(f"{client.__name__}, {program.parent.name}/{target}: {done.stderr.strip()}")
        return True
    found = json.loads(done.stdout)["estimate"]
    worst = max(abs(s["value"] - z) / s["error"] for s, z in zip(found["scores"], wanted, strict=True))
    label = found["label"]
    print(f"{client.__name__}, {program.parent.name}/{target}: scores within {worst:.1f} standard deviations, label {label}")
    return worst > 4 or label != int(numpy.argmax(wanted))


def main():
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    commands, weights, folder = map(Path, sys.argv[1:])
    network = json.loads(weights.read_text(encoding="utf-8"))
    failed = False
    for client, (module, targets) in check_counts.CLIENTS.items():
        if not importlib.util.find_spec(module):
            continue
        check_counts.SHOTS = MANY.get(module, SHOTS)
        for target in targets:
            program = folder / (f"{target}.ll" if target == "qir" else f"{target}.qasm")
            failed |= not_as_wanted(commands, weights, program, client, network)
    if importlib.util.find_spec("qiskit_aer"):
        # The network as it is drawn, by the portable text alone.
        for kind in ["layers", "one-hot"]:
            failed |= not_as_wanted(commands, weights, folder / kind / "portable.qasm", check_counts.qiskit_aer, network)
        failed |= rewritten(commands, weights, folder / "portable.qasm", folder)
    sys.exit(failed)


if __name__ == "__main__":
    main()
