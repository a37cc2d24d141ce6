"""Estimates of hqrn-compile against the resource estimator of the QDK: the logical counts of each program against what the QDK counts
in its text, and everything that follows from counts, with rotations as gates and with angles looked up, to the digit.

    check_estimates.py HQRN-COMPILE FOLDER WEIGHTS...

FOLDER is where programs and estimates go. The first block of each network is compiled.
"""

import json
import subprocess
import sys
import warnings
from pathlib import Path

# The QDK has another estimator in the making, and says so.
warnings.filterwarnings("ignore")

from qdk.estimator import LogicalCounts  # noqa: E402
from qdk.openqasm import estimate  # noqa: E402

SETTINGS = [(1e-3, "qubit_gate_ns_e3"), (1e-2, "qubit_gate_ns_e4"), (0.1, "qubit_gate_us_e3")]


def ours(physical):
    factory = physical["factory"] or {"physical_qubits": 0, "runtime": 0, "error": 0, "units": [], "distances": []}
    names = ("physical_qubits", "runtime", "logical_qubits", "logical_depth", "cycles", "t_states", "code_distance", "factories")
    return [physical[name] for name in (*names, "factory_qubits")] + list(map(factory.get, factory))[:2]


def theirs(result):
    counts, factory = result["physicalCounts"], result["tfactory"] or {}
    parts = counts["breakdown"]
    names = ("algorithmicLogicalQubits", "algorithmicLogicalDepth", "logicalDepth", "numTstates")
    return (
        [counts["physicalQubits"], counts["runtime"]]
        + [parts[name] for name in names]
        + [result["logicalQubit"]["codeDistance"], parts["numTfactories"], parts["physicalQubitsForTfactories"]]
        + [factory.get("physicalQubits", 0), factory.get("runtime", 0)]
    )


def check(command, weights, folder, method):
    text, told = folder / "program.qasm", folder / "estimate.json"
    return sum(compare(command, weights, text, told, method, *setting) for setting in SETTINGS)


def compare(command, weights, text, told, method, error, model):
    options = ["--error-budget", str(error), "--qubit-model", model, "--method", method]
    run = [command, weights, "--block", "1", "-o", text, f"--estimate={told}", "--quiet", *options]
    subprocess.run(run, check=True)
    (program,) = json.loads(told.read_text())["blocks"][0]["programs"]
    # The text is the same for all settings, and the QDK takes its time to read it.
    if (error, model) == SETTINGS[0]:
        counted = estimate(text.read_text())["logicalCounts"]
        assert counted == program["logical"], (counted, program["logical"])
    compared = 0
    for part in (program, program["qrom"]):
        if part is not None:
            result = LogicalCounts(part["logical"]).estimate({"errorBudget": error, "qubitParams": {"name": model}})
            assert ours(part["physical"]) == theirs(result), (part, theirs(result))
            compared += 1
    return compared


def main():
    command, folder, *networks = sys.argv[1:]
    for weights in networks:
        methods = ["exact", "trotter"] if "four" in weights else ["exact"]
        for method in methods:
            done = check(command, weights, Path(folder), method)
            print(f"{Path(weights).name}, {method}: {done} estimates as the QDK has them")


main()
