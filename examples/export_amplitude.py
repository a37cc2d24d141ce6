"""Amplitude networks in PyTorch, and what hqrn-compile reads of them.

    from export_amplitude import AmplitudeNet, export, export_linear, save_features

    model = AmplitudeNet(dim=64, depth=3, classes=10, connection="residual").fit(images, labels)
    export(model, "weights.json", name="digits")

`export_linear` takes a linear classifier of normalised inputs: an `nn.Linear`, or `coef_` and `intercept_` of scikit-learn's. What
comes before an amplitude network, a convolutional front for example, runs where it was trained: `save_features` writes
what it makes of samples, which every command takes as `--data features.npy --labels labels.npy`.
"""

import json
import math

import torch
from torch import nn


class AmplitudeNet(nn.Module):
    """psi_0 = x / |x|, psi_l = U psi_{l-1} + residual or dense sums, scores W psi_L + b.

    U is a product of rotations of neighbouring entries, the first angle leftmost: 2 dim - 3 of them.
    """

    def __init__(self, dim, depth, classes, connection="residual"):
        super().__init__()
        if connection not in ("residual", "dense", "none"):
            raise ValueError(f"connection {connection!r}: expected residual, dense or none")
        self.dim, self.connection = dim, connection
        planes = [*range(dim - 1), *range(dim - 3, -1, -1)]
        self.planes = planes
        self.meshes = nn.ParameterList(
            nn.Parameter(torch.empty(len(planes)).uniform_(-math.pi, math.pi)) for _ in range(depth)
        )
        sizes = {"residual": lambda _: 1, "dense": lambda l: l, "none": lambda _: 0}[connection]
        self.paths = nn.ParameterList(
            nn.Parameter(torch.full((sizes(l),), 1 / max(sizes(l), 1))) for l in range(1, depth + 1)
        )
        self.head = nn.Linear(dim, classes)

    def mesh(self, angles, states):
        """U of states, a row each: the last angle acts first."""
        columns = list(states.unbind(-1))
        for plane, angle in zip(reversed(self.planes), reversed(angles.unbind())):
            a, b = columns[plane], columns[plane + 1]
            columns[plane], columns[plane + 1] = (
                torch.cos(angle) * a - torch.sin(angle) * b,
                torch.sin(angle) * a + torch.cos(angle) * b,
            )
        return torch.stack(columns, -1)

    def forward(self, x):
        states = [x / torch.linalg.vector_norm(x, dim=-1, keepdim=True)]
        for angles, path in zip(self.meshes, self.paths):
            state = self.mesh(angles, states[-1])
            sources = states if self.connection == "dense" else states[-1:]
            for weight, source in zip(path, sources):
                state = state + weight * source
            states.append(state)
        return self.head(states[-1])

    def fit(self, inputs, labels, epochs=100, batch=16, rate=1e-2):
        """Trains by Adam on the cross-entropy."""
        optimiser = torch.optim.Adam(self.parameters(), lr=rate)
        for _ in range(epochs):
            for chosen in torch.randperm(len(inputs)).split(batch):
                optimiser.zero_grad()
                nn.functional.cross_entropy(self(inputs[chosen]), labels[chosen]).backward()
                optimiser.step()
        return self


def numbers(tensor):
    """A tensor as lists of 64-bit floats, in which 32-bit ones are exact."""
    return torch.as_tensor(tensor).detach().double().cpu().tolist()


def write(path, name, dim, layers, weight, bias):
    """Writes weights JSON."""
    network = {"format": "hqrn-weights", "version": 2, "family": "amplitude", "name": name, "input": {"dim": dim}}
    network |= {"layers": layers, "head": {"weight": numbers(weight), "bias": numbers(bias)}}
    with open(path, "w", encoding="utf-8") as file:
        json.dump(network, file)


def export(model, path, name="network"):
    """Writes an AmplitudeNet as weights JSON."""
    key = {"residual": "residual", "dense": "dense"}.get(model.connection)
    layers = []
    for angles, weights in zip(model.meshes, model.paths):
        sums = numbers(weights)
        path_of = {} if key is None else {key: sums[0] if key == "residual" else sums}
        layers.append({"mesh": numbers(angles), **path_of})
    write(path, name, model.dim, layers, model.head.weight, model.head.bias)


def export_linear(model, path, name="network"):
    """Writes a linear classifier of x / |x|: an nn.Linear, or whatever has coef_ and intercept_ of several classes."""
    if isinstance(model, nn.Linear):
        weight = model.weight
        bias = torch.zeros(weight.shape[0]) if model.bias is None else model.bias
    else:
        weight, bias = torch.as_tensor(model.coef_), torch.as_tensor(model.intercept_)
        if len(weight) == 1:
            # Of two classes scikit-learn has the score of the second alone.
            weight, bias = torch.cat([-weight / 2, weight / 2]), torch.cat([-bias / 2, bias / 2])
    write(path, name, weight.shape[1], [], weight, bias)


def save_features(front, inputs, path):
    """Writes what a front makes of inputs, a row each, as an NPY file."""
    import numpy

    with torch.no_grad():
        numpy.save(path, front(inputs).flatten(1).double().cpu().numpy())
