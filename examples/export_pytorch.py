"""Exports a trained PyTorch network to weights that hqrn-compile reads.

    python export_pytorch.py model.pt -o weights.json [--name NAME] [--alpha 0.5] [--activation relu]

`model.pt` holds a state_dict with the names of `ResidualNet` below: `blocks.K.weight` and `blocks.K.bias` (K from 0),
and where the network has them `input.weight`, `input.bias`, `head.weight`, `head.bias`.

From Python: `export(model.state_dict(), "weights.json", name="digits")`.
"""

import argparse
import json
import re
import sys

import torch
from torch import nn


class ResidualNet(nn.Module):
    """The network that hqrn compiles: y <- alpha y + (1 - alpha) F(W y + b), F = relu, then normalised to sum 1."""

    def __init__(self, inputs, dim, depth, classes, alpha=0.5):
        super().__init__()
        self.alpha = alpha
        self.input = nn.Linear(inputs, dim) if inputs != dim else None
        self.blocks = nn.ModuleList(nn.Linear(dim, dim) for _ in range(depth))
        self.head = nn.Linear(dim, classes)

    @staticmethod
    def normalise(z):
        f = torch.relu(z)
        total = f.sum(dim=-1, keepdim=True)
        # A layer that is dead altogether becomes uniform: the maximally mixed state.
        return torch.where(total > 0, f / total.clamp_min(1e-30), torch.full_like(f, 1 / f.shape[-1]))

    def forward(self, x):
        y = torch.relu(x)
        y = y / (y.sum(dim=-1, keepdim=True) + 1e-20)
        if self.input is not None:
            y = self.normalise(self.input(y))
        for block in self.blocks:
            y = self.alpha * y + (1 - self.alpha) * self.normalise(block(y))
        return self.head(y)


def network_of(state, name, alpha, activation):
    """The weights JSON of a state_dict, as a dictionary."""
    known = re.compile(r"(input|head|blocks\.\d+)\.(weight|bias)")
    strangers = [key for key in state if not known.fullmatch(key)]
    if strangers:
        raise ValueError(f"{strangers[0]}: unknown tensor, expected input, blocks.K or head, each .weight or .bias")
    depth = len({key.split(".")[1] for key in state if key.startswith("blocks.")})
    if depth == 0:
        raise ValueError("no blocks.K.weight: nothing to compile")

    def affine(part):
        # float64 holds float32 exactly, and json writes the shortest digits that read back the same.
        values = {what: state[f"{part}.{what}"].detach().cpu().double() for what in ("weight", "bias")}
        for what, tensor in values.items():
            if not torch.isfinite(tensor).all():
                raise ValueError(f"{part}.{what}: holds NaN or infinity")
        return {what: tensor.tolist() for what, tensor in values.items()}

    blocks = [{**affine(f"blocks.{k}"), "alpha": alpha, "activation": activation} for k in range(depth)]
    network = {"format": "hqrn-weights", "version": 1, "name": name, "blocks": blocks}
    if "input.weight" in state:
        projection = affine("input")
        network["input"] = {"dim": len(projection["weight"][0]), "projection": projection}
    if "head.weight" in state:
        network["head"] = affine("head")
    return network


def export(state, path, name="network", alpha=0.5, activation="relu"):
    """Writes a state_dict as weights JSON."""
    network = network_of(state, name, alpha, activation)
    with open(path, "w", encoding="utf-8") as file:
        json.dump(network, file, allow_nan=False)
        file.write("\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", help="file that torch.save wrote from a state_dict")
    parser.add_argument("-o", "--output", required=True, help="weights JSON to write")
    parser.add_argument("--name", default="network", help="name that compiled programs carry")
    parser.add_argument("--alpha", type=float, default=0.5, help="share of the old state in the new")
    parser.add_argument("--activation", default="relu", choices=["relu", "sigmoid", "softplus", "exp", "square"])
    arguments = parser.parse_args()
    try:
        state = torch.load(arguments.model, map_location="cpu")
        export(state, arguments.output, arguments.name, arguments.alpha, arguments.activation)
    except (OSError, KeyError, ValueError) as error:
        sys.exit(f"error: {arguments.model}: {error}")


if __name__ == "__main__":
    main()
