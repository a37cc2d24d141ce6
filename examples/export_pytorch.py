"""Exports a trained PyTorch network to weights that hqrn-compile reads.

    python export_pytorch.py model.pt -o weights.json [--name NAME] [--alpha 0.5] [--activation relu]

`model.pt` holds a state_dict with the names of `ResidualNet` below: `blocks.K.weight` and `blocks.K.bias` (K from 0),
and where the network has them `input.weight`, `input.bias`, `head.weight`, `head.bias`. A bias that is not there is zero.

From Python: `export(model, "weights.json", name="digits")`. With the model itself, not its state_dict alone, ten samples go
along with what the model makes of them, and hqrn refuses the file if it reads another function from it.
"""

import argparse
import json
import math
import pickle
import re
import sys

try:
    import torch
    from torch import nn
except ModuleNotFoundError as error:
    if __name__ != "__main__":
        raise
    print(f"error: {error.name} is not installed: pip install torch", file=sys.stderr)
    raise SystemExit(2) from None

FORMULA = "alpha y + (1 - alpha) F(W y + b)"
SAMPLES = 10


class ResidualNet(nn.Module):
    """The network that hqrn compiles: y <- alpha y + (1 - alpha) F(W y + b), F = relu, then normalised to sum 1.

    It starts as hqrn-train starts: blocks near y' = y, a large head, biases zero. From PyTorch's own start ten normalised
    layers forget their input, and nothing is learned for a long time.
    """

    def __init__(self, inputs, dim, depth, classes, alpha=0.5):
        super().__init__()
        self.alpha = alpha
        self.input = nn.Linear(inputs, dim) if inputs != dim else None
        self.blocks = nn.ModuleList(nn.Linear(dim, dim) for _ in range(depth))
        self.head = nn.Linear(dim, classes)
        with torch.no_grad():
            bounds = [(block, 1 / math.sqrt(dim)) for block in self.blocks] + [(self.head, math.sqrt(dim) / 2)]
            if self.input is not None:
                bounds.append((self.input, 1 / math.sqrt(inputs)))
            for layer, bound in bounds:
                layer.weight.uniform_(-bound, bound)
                layer.bias.zero_()
            for block in self.blocks:
                block.weight += torch.eye(dim)

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

    def fit(self, x, labels, epochs=300, batch=128, rate=3e-3, weight_decay=1e-4, seed=0):
        """Trains as hqrn-train does: RMSProp on the cross-entropy, a penalty on squares, batches in random order."""
        optimizer = torch.optim.RMSprop(self.parameters(), lr=rate, weight_decay=weight_decay)
        order = torch.Generator().manual_seed(seed)
        for _ in range(epochs):
            for rows in torch.randperm(len(x), generator=order).split(batch):
                optimizer.zero_grad()
                nn.functional.cross_entropy(self(x[rows]), labels[rows]).backward()
                optimizer.step()
        dead = self.dead_layer(x)
        if dead is not None:
            print(f"note: all units of {dead} are dead for more than half of the samples", file=sys.stderr)
        return self

    @torch.no_grad()
    def dead_layer(self, x):
        """The first layer all of whose units are dead for more than half of the samples, by name."""
        y = torch.relu(x)
        y = y / (y.sum(dim=-1, keepdim=True) + 1e-20)
        layers = [] if self.input is None else [("input", self.input, 0.0)]
        layers += [(f"blocks.{k}", block, self.alpha) for k, block in enumerate(self.blocks)]
        for name, layer, alpha in layers:
            z = layer(y)
            if (z <= 0).all(dim=-1).float().mean() > 0.5:
                return name
            y = self.normalise(z) if alpha == 0.0 else alpha * y + (1 - alpha) * self.normalise(z)
        return None


def network_of(state, name, alpha, activation):
    """The weights JSON of a state_dict, as a dictionary."""
    known = re.compile(r"(input|head|blocks\.\d+)\.(weight|bias)")
    strangers = [key for key in state if not known.fullmatch(key)]
    if strangers:
        raise ValueError(f"{strangers[0]}: unknown tensor, expected input, blocks.K or head, each .weight or .bias")
    depth = len({key.split(".")[1] for key in state if key.startswith("blocks.")})
    if depth == 0:
        raise ValueError("no blocks.K.weight: nothing to compile")

    def affine(part, rows=None, columns=None):
        if f"{part}.weight" not in state:
            raise ValueError(f"{part}.weight: missing")
        weight = state[f"{part}.weight"]
        if weight.dim() > 2:
            raise ValueError(
                f"{part}.weight: has {weight.dim()} dimensions, a convolution: expected a linear layer; "
                "flatten the images and use nn.Linear"
            )
        if weight.dim() < 2 or 0 in weight.shape:
            raise ValueError(f"{part}.weight: shape {list(weight.shape)}, expected rows and columns")
        for what, found, wanted in (("rows", weight.shape[0], rows), ("columns", weight.shape[1], columns)):
            if wanted not in (None, found):
                raise ValueError(
                    f"{part}.weight: {found} {what}, expected {wanted}: all blocks have one width; "
                    "use an input layer to come to it and a head to leave it"
                )
        bias = state.get(f"{part}.bias", torch.zeros(weight.shape[0]))
        if list(bias.shape) != [weight.shape[0]]:
            raise ValueError(f"{part}.bias: shape {list(bias.shape)}, expected {weight.shape[0]} entries")
        # float64 holds float32 exactly, and json writes the shortest digits that read back the same.
        values = {"weight": weight.detach().cpu().double(), "bias": bias.detach().cpu().double()}
        for what, tensor in values.items():
            if not torch.isfinite(tensor).all():
                raise ValueError(f"{part}.{what}: holds NaN or infinity")
        return {what: tensor.tolist() for what, tensor in values.items()}

    dim = len(affine("blocks.0")["weight"])
    blocks = [{**affine(f"blocks.{k}", dim, dim), "alpha": alpha, "activation": activation} for k in range(depth)]
    network = {"format": "hqrn-weights", "version": 1, "name": name, "formula": FORMULA, "blocks": blocks}
    if any(key.startswith("input.") for key in state):
        projection = affine("input", rows=dim)
        network["input"] = {"dim": len(projection["weight"][0]), "projection": projection}
    if any(key.startswith("head.") for key in state):
        network["head"] = affine("head", columns=dim)
    return network


def samples_of(model, network):
    """Ten inputs, and what the model makes of them."""
    entries = network["input"]["dim"] if "input" in network else len(network["blocks"][0]["weight"])
    training = model.training
    with torch.no_grad():
        model.eval()
        kind = next(model.parameters())
        inputs = torch.rand(SAMPLES, entries, generator=torch.Generator().manual_seed(0))
        outputs = model(inputs.to(kind)).cpu().double()
        model.train(training)
    return {"inputs": inputs.double().tolist(), "outputs": outputs.tolist()}


def export(model, path, name="network", alpha=None, activation="relu", residual=None):
    """Writes a model as weights JSON, or a state_dict, of whose function nothing is known but what `residual` declares:
    that it is the one of `ResidualNet`."""
    module = model if isinstance(model, nn.Module) else None
    state = model.state_dict() if module is not None else model
    if alpha is None:
        alpha = getattr(module, "alpha", 0.5)
    network = network_of(state, name, alpha, activation)
    if module is not None:
        network["expect"] = samples_of(module, network)
    if not (isinstance(module, ResidualNet) if residual is None else residual):
        # Whether blocks do what hqrn takes them to do is seen from the samples, or not known.
        del network["formula"]
    with open(path, "w", encoding="utf-8") as file:
        json.dump(network, file, allow_nan=False)
        file.write("\n")


def read_state(path):
    """The state_dict in a file."""
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, AttributeError) as error:
        raise ValueError(
            "holds a whole model or other objects, expected a state_dict: write it with torch.save(model.state_dict(), ...)"
        ) from error
    if not isinstance(state, dict) or not all(isinstance(value, torch.Tensor) for value in state.values()):
        raise ValueError("holds no state_dict: write it with torch.save(model.state_dict(), ...)")
    return state


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", help="file that torch.save wrote from a state_dict")
    parser.add_argument("-o", "--output", required=True, help="weights JSON to write")
    parser.add_argument("--name", default="network", help="name that compiled programs carry")
    parser.add_argument("--alpha", type=float, default=0.5, help="share of the old state in the new")
    parser.add_argument("--residual-net", action="store_true", help="declare that the model is a ResidualNet")
    parser.add_argument("--activation", default="relu", choices=["relu", "sigmoid", "softplus", "exp", "square"])
    arguments = parser.parse_args()
    try:
        state, told = read_state(arguments.model), arguments.residual_net
        export(state, arguments.output, arguments.name, arguments.alpha, arguments.activation, told)
    except (OSError, EOFError, RuntimeError, KeyError, ValueError) as error:
        said = " ".join(str(error).split()) or type(error).__name__
        sys.exit(f"error: {arguments.model}: {said}")


if __name__ == "__main__":
    main()
