"""Trains quanvolutions in every wiring, with true, cut and frozen gradients and with the quantum head, and prints a table of
accuracies beside those of a linear layer: `python benches/resqunn.py IMAGES [SEEDS]`.

IMAGES is MNIST's train-images-idx3-ubyte.gz with its labels beside it. The settings are those of Kashif and Shafique 2025,
Table 3 (`--preset resqunn`).
"""

import collections
import json
import pathlib
import statistics
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).parent.parent
WIRINGS = ["none", "X+O1", "O1+O2", "X+O2", "(X+O1)+O2"]
images, seeds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 5


def train(wiring, seed, *options):
    """The report of a training."""
    with tempfile.TemporaryDirectory() as out:
        command = [ROOT / "target/release/hqrn-train", "quanvolution", "--preset", "resqunn", "--data", images]
        command += ["--wiring", wiring, "--seed", str(seed), "--every", "30", "-o", out, "-q", "--json", *options]
        return json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)


def right(errors):
    """Mean accuracy in percent, and the standard deviation over seeds."""
    values = [100 - 100 * error for error in errors]
    return f"{statistics.mean(values):.1f} ± {statistics.stdev(values) if len(values) > 1 else 0:.1f}"


linear = collections.defaultdict(list)
print("| test accuracy, % | " + " | ".join(WIRINGS) + " |")
print("| --- |" + " --- |" * len(WIRINGS))
for gradient in ("through", "cut", "frozen", "quantum head, cut"):
    options = ["--head", "quantum"] if "head" in gradient else ["--gradient", gradient]
    cells = []
    for wiring in WIRINGS:
        reports = [train(wiring, seed, *options) for seed in range(seeds)]
        cells.append(right([report["result"]["test"] for report in reports]))
        # The same images and the same start for every wiring: once is enough.
        if (gradient, wiring) == ("through", "none"):
            for report in reports:
                for line in report["baselines"]:
                    linear[line["side"]].append(line["test_error"])
    print(f"| {gradient} | " + " | ".join(cells) + " |", flush=True)
for side, errors in linear.items():
    print(f"\na linear layer on {side} x {side} pixels: {right(errors)}", end="")
print()
