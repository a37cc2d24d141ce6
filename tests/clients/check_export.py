"""Trains PyTorch networks, exports them, compiles and verifies them; models that hqrn would read as another function are
told, and what cannot be exported is refused in a line.

    python check_export.py FOLDER_OF_THE_COMMANDS

Needs torch; run with an interpreter that has it.
"""

import csv
import gzip
import json
import pathlib
import subprocess
import sys
import tempfile

import torch
from torch import nn

ROOT = pathlib.Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "examples" / "export_pytorch.py"
sys.path.insert(0, str(ROOT / "examples"))
from export_pytorch import ResidualNet, export  # noqa: E402


def run(*command, expected=0):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert done.returncode == expected, f"{command[0]} exited {done.returncode}: {done.stdout}{done.stderr}"
    return done


class Plain(nn.Module):
    """A network whose tensors have the names of ResidualNet and which does something else with them."""

    def __init__(self, step, project=torch.relu, dim=6):
        super().__init__()
        self.input, self.head = nn.Linear(9, dim), nn.Linear(dim, 3)
        self.blocks = nn.ModuleList(nn.Linear(dim, dim) for _ in range(3))
        self.step, self.project = step, project

    def forward(self, x):
        y = self.project(self.input(x))
        for block in self.blocks:
            y = self.step(block, y)
        return self.head(y)


def normal(x):
    return ResidualNet.normalise(x)


def small_network(commands, folder):
    """Exported, compiled, verified, with no word about what was assumed."""
    torch.manual_seed(3)
    model = ResidualNet(inputs=6, dim=4, depth=2, classes=3)
    model.fit(torch.rand(16, 6), torch.randint(3, (16,)), epochs=20, batch=16)
    weights = folder / "weights.json"
    export(model, weights, name="small")
    network = json.loads(weights.read_text(encoding="utf-8"))
    for k, block in enumerate(network["blocks"]):
        # Exactly: single precision survives the way through text.
        assert torch.equal(torch.tensor(block["weight"]), model.blocks[k].weight.detach())
    done = run(commands / "hqrn-compile", weights, "-o", folder / "out")
    assert done.stderr == "" and len(network["expect"]["outputs"]) == 10, done.stderr
    run(commands / "hqrn-verify", folder / "out", "--weights", weights)
    # The script, which sees a state_dict alone: what is taken on trust is said, unless it is declared.
    torch.save(model.state_dict(), folder / "model.pt")
    for more, told in ([], True), (["--residual-net"], False):
        run(sys.executable, SCRIPT, folder / "model.pt", "-o", weights, "--name", "small", *more)
        done = run(commands / "hqrn-compile", weights, "-o", folder / "out")
        assert ("taken on trust" in done.stderr) == told and done.stderr.count("\n") == told, done.stderr
    return model


def other_functions(commands, folder):
    """Models that are no function of hqrn's form."""
    torch.manual_seed(4)
    steps = {
        "added": lambda block, y: y + torch.relu(block(y)),
        "around": lambda block, y: torch.relu(y + block(y)),
        "alone": lambda block, y: torch.relu(block(y)),
        "normalised": lambda block, y: y + normal(block(y)),
        "sine": lambda block, y: y + torch.sin(block(y)),
    }
    for name, step in steps.items():
        weights = folder / f"{name}.json"
        export(Plain(step, normal if name == "normalised" else torch.relu), weights, name=name)
        for command in (["hqrn-compile", weights, "-o", folder / "none"], ["hqrn-run", weights, "--data", folder / "none.csv"]):
            done = run(commands / command[0], *command[1:], expected=1)
            assert "this is not the function of your model: sample " in done.stderr, done.stderr
            assert done.stderr.count("\n") == 1 and "input is the first layer that" in done.stderr, done.stderr
            assert not (folder / "none").exists()


def refusals(folder, model):
    """Files that cannot be exported, each in a line of its own."""
    state = model.state_dict()

    def changed(**changes):
        return {key: value for key, value in {**state, **changes}.items() if value is not None}

    cases = {
        "whole": (model, "holds a whole model or other objects, expected a state_dict"),
        "list": ([1, 2], "holds no state_dict"),
        "nan": (changed(**{"blocks.0.weight": state["blocks.0.weight"] * float("nan")}), "blocks.0.weight: holds NaN"),
        "wide": (changed(**{"blocks.1.weight": torch.rand(5, 4), "blocks.1.bias": torch.rand(5)}), "blocks.1.weight: 5 rows, expected 4: all blocks have one width"),
        "narrow": (changed(**{"head.weight": torch.rand(3, 7)}), "head.weight: 7 columns, expected 4"),
        "convolution": (changed(**{"blocks.0.weight": torch.rand(4, 4, 3, 3)}), "blocks.0.weight: has 4 dimensions, a convolution"),
        "stranger": (changed(**{"norm.weight": torch.rand(4)}), "norm.weight: unknown tensor"),
        "gap": (changed(**{"blocks.0.weight": None, "blocks.0.bias": None}), "blocks.0.weight: missing"),
        "bias": (changed(**{"head.bias": torch.rand(2)}), "head.bias: shape [2], expected 3 entries"),
        "empty": ({}, "no blocks.K.weight: nothing to compile"),
    }
    for name, (content, said) in cases.items():
        file, out = folder / f"{name}.pt", folder / f"{name}.json"
        torch.save(content, file)
        refused = run(sys.executable, SCRIPT, file, "-o", out, expected=1)
        assert said in refused.stderr and refused.stderr.count("\n") == 1, (name, refused.stderr)
        assert not out.exists(), name
    for name, content in ("torn", b"PK\x03\x04"), ("text", b"no model"), ("nothing", b""):
        file = folder / f"{name}.pt"
        file.write_bytes(content)
        refused = run(sys.executable, SCRIPT, file, "-o", folder / f"{name}.json", expected=1)
        assert refused.stderr.count("\n") == 1 and refused.stderr.startswith("error: "), (name, refused.stderr)
    # A bias that is not there is zero.
    torch.save(changed(**{"blocks.0.bias": None, "head.bias": None}), folder / "unbiased.pt")
    run(sys.executable, SCRIPT, folder / "unbiased.pt", "-o", folder / "unbiased.json")
    network = json.loads((folder / "unbiased.json").read_text(encoding="utf-8"))
    assert network["blocks"][0]["bias"] == [0.0] * 4 and network["head"]["bias"] == [0.0] * 3


def digits(commands, folder):
    """ResidualNet as people write it learns the digits: ten blocks of 64, at most 5 % wrong."""
    with gzip.open(ROOT / "circuits" / "digits.csv.gz", "rt") as table:
        rows = list(csv.DictReader(table))

    def part(split):
        chosen = [row for row in rows if row["split"] == split]
        pixels = [key for key in rows[0] if key not in ("label", "split")]
        images = torch.tensor([[float(row[key]) for key in pixels] for row in chosen])
        return images, torch.tensor([int(row["label"]) for row in chosen])

    torch.manual_seed(0)
    model = ResidualNet(inputs=64, dim=64, depth=10, classes=10)
    model.fit(*part("train"), epochs=EPOCHS)
    images, labels = part("test")
    wrong = (model(images).argmax(dim=1) != labels).float().mean().item()
    assert wrong <= 0.05, f"{100 * wrong:.2f} % of the digits are wrong"
    export(model, folder / "digits.json", name="digits")
    data = ["--data", ROOT / "circuits" / "digits.csv.gz", "--shots", "inf", "--json"]
    report = json.loads(run(commands / "hqrn-run", folder / "digits.json", *data).stdout)
    assert abs(report["points"][0]["classical_error"] - wrong) < 1e-3, (report["points"][0]["classical_error"], wrong)
    return wrong


EPOCHS = 60


def main():
    commands = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        model = small_network(commands, folder)
        other_functions(commands, folder)
        refusals(folder, model)
        wrong = digits(commands, folder)
    print(f"export_pytorch.py: exported, compiled, verified; ResidualNet gets {100 * wrong:.2f} % of the digits wrong")


if __name__ == "__main__":
    main()
