"""Trains an amplitude network behind a front in PyTorch, exports both, and has hqrn read, compile and run them: the same labels.

    python check_amplitude_export.py FOLDER_OF_THE_COMMANDS

Needs torch; run with an interpreter that has it.
"""

import gzip
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
from contract import contract_of  # noqa: E402
from export_amplitude import AmplitudeNet, export, export_linear, load, save_features, save_tensors  # noqa: E402


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


def prepared(commands, weights, data, row, folder):
    """What the program of a sample prepares: the sample behind the front."""
    program = folder / "row.qasm"
    run(commands / "hqrn-compile", weights, "-q", "--data", data, "--row", row, "-o", program)
    run(commands / "hqrn-verify", program, "--weights", weights)
    return torch.tensor(contract_of(program.read_text(encoding="utf-8"))["segment"]["features"], dtype=torch.float64)


def behind_fronts(commands, folder):
    """Fronts from torch to hqrn, as JSON and as tensors, and one that hqrn trained to torch: the same scores to 1e-5."""
    images = torch.rand(30, 1, 12, 12)
    flat, labels = folder / "images.npy", folder / "labels.npy"
    numpy.save(flat, images.double().flatten(1).numpy())
    numpy.save(labels, (torch.arange(30) % 3).numpy())
    front = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.LeakyReLU(), nn.MaxPool2d(2),
        nn.Conv2d(4, 3, 3, padding=1), nn.Tanh(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(27, 6),
    )
    model = AmplitudeNet(6, 2, 3)
    for file, save in [("front.json", export), ("front.safetensors", save_tensors)]:
        weights = folder / file
        if save is export:
            export(model, weights, front=front)
        else:
            save_tensors(model, weights, front=front)
        agree(commands, weights, flat, labels, model.double()(front.double()(images.double())))
        for row in (1, 30):
            features = prepared(commands, weights, flat, row, folder)
            wanted = front.double()(images.double())[row - 1]
            apart = (model.double()(features[None]) - model.double()(wanted[None])).abs().max()
            assert apart < 1e-5 and (features - wanted).abs().max() < 1e-5, (file, row, apart)
        model, front = model.float(), front.float()
        print(f"{file}: scores as in torch to 1e-5")
    trained = folder / "trained"
    digits = ROOT / "circuits/digits.csv.gz"
    run(commands / "hqrn-train", "amplitudes", "-q", "--data", digits, "--front", "cnn:2,3", "--dim", 5, "--epochs", 2, "-o", trained)
    weights = sorted(trained.glob("epoch-*.json"))[-1]
    model, front = load(weights)
    lines = gzip.decompress(digits.read_bytes()).decode().split()
    heads = lines[0].split(",")
    rows = [dict(zip(heads, line.split(","), strict=True)) for line in lines[1:]]
    rows = [[float(v) for k, v in row.items() if k not in ("split", "label")] for row in rows if row["split"] == "test"]
    scale = json.loads(weights.read_text(encoding="utf-8"))["input"]["scale"]
    wanted = front(scale * torch.tensor(rows[:40], dtype=torch.float64).reshape(-1, 1, 8, 8))
    for row in (1, 7, 40):
        features = prepared(commands, weights, digits, row, folder)
        apart = (model(features[None]) - model(wanted[row - 1][None])).abs().max()
        assert apart < 1e-5, (row, apart)
    print("trained by hqrn: scores as in torch to 1e-5")


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
        behind_fronts(commands, folder)


if __name__ == "__main__":
    main()
