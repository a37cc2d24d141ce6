"""Trains an amplitude network behind a front in PyTorch, exports both, and has hqrn read, compile and run them: the same labels.

    python check_amplitude_export.py FOLDER_OF_THE_COMMANDS

Needs torch; run with an interpreter that has it.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import numpy
import torch
from torch import nn

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "examples"))
from export_amplitude import AmplitudeNet, export, export_linear, save_features  # noqa: E402


def run(*command):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and not done.stderr, f"{command[0]} exited {done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout


def agree(commands, weights, features, labels, scores):
    """What hqrn-run says of a network against what torch says."""
    report = json.loads(run(commands / "hqrn-run", weights, "--data", features, "--labels", labels, "--shots", "inf", "--json"))
    tally = report["points"][0]["tally"]
    found, truth = scores.argmax(-1), torch.as_tensor(numpy.load(labels))
    for truly in range(scores.shape[1]):
        for said in range(scores.shape[1]):
            wanted = int(((truth == truly) & (found == said)).sum())
            assert tally["confusion"][truly][said] == wanted, (truly, said, tally["confusion"], wanted)
    assert tally["disagree"] == 0


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    commands = pathlib.Path(sys.argv[1])
    torch.manual_seed(5)
    rows = [line.split(",") for line in (ROOT / "circuits/iris.csv").read_text(encoding="utf-8").split()[1:]]
    x = torch.tensor([[float(v) for v in row[:4]] for row in rows])
    y = torch.tensor([int(row[4]) for row in rows])
    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        features, labels, weights = folder / "x.npy", folder / "y.npy", folder / "weights.json"
        numpy.save(labels, y.numpy())
        # The front's last activation is none, since amplitudes have signs.
        front = nn.Sequential(nn.Linear(4, 8), nn.Tanh(), nn.Linear(8, 5))
        for connection in ("residual", "dense", "none"):
            save_features(front, x, features)
            inputs = torch.as_tensor(numpy.load(features)).float()
            model = AmplitudeNet(5, 2, 3, connection).fit(inputs, y, epochs=10)
            export(model, weights, name=connection)
            run(commands / "hqrn-compile", weights, "-o", folder / "head.qasm")
            run(commands / "hqrn-verify", folder / "head.qasm", "--weights", weights)
            agree(commands, weights, features, labels, model.double()(inputs.double()))
            print(f"{connection}: exported, compiled, verified, labels as in torch")
        numpy.save(features, x.double().numpy())
        for bias in (True, False):
            model = nn.Linear(4, 3, bias=bias).double()
            export_linear(model, weights)
            normalised = x.double() / torch.linalg.vector_norm(x.double(), dim=-1, keepdim=True)
            agree(commands, weights, features, labels, model(normalised))
        print("linear classifiers: labels as in torch")


if __name__ == "__main__":
    main()
