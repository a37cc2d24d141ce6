"""Amplitude networks in PyTorch, and what hqrn-compile reads of them.

    from export_amplitude import AmplitudeNet, export, export_linear, save_features

    model = AmplitudeNet(dim=64, depth=3, classes=10, connection="residual").fit(images, labels)
    export(model, "weights.json", name="digits")

    export(model, "cnn.json", name="cnn", front=front)         # a front that hqrn runs itself
    save_tensors(model, "cnn.safetensors", name="cnn", front=front)

`front` is an `nn.Sequential` of `Conv2d` (3 x 3, padding 1), `LeakyReLU`, `ReLU` or `Tanh`, `MaxPool2d(2)`, `Flatten` and `Linear`.
`load` makes a model and its front of a file of weights, what hqrn-train left for example. `export_linear` takes a linear classifier of normalised inputs: an `nn.Linear`, or `coef_` and `intercept_` of scikit-learn's. What
else comes before an amplitude network runs where it was trained: `save_features` writes
what it makes of samples, which every command takes as `--data features.npy --labels labels.npy`.
"""

import json
import math
import sys

try:
    import torch
    from torch import nn
except ModuleNotFoundError as error:
    if __name__ != "__main__":
        raise
    print(f"error: {error.name} is not installed: pip install torch", file=sys.stderr)
    raise SystemExit(2) from None


class AmplitudeNet(nn.Module):
    """psi_0 = x / |x|, psi_l = U psi_{l-1} + residual or dense sums, scores W psi_L + b.

    U is a product of rotations of neighbouring entries, the first angle leftmost: 2 dim - 3 of them.
    """

    def __init__(self, dim, depth, classes, connection="residual"):
        super().__init__()
        if connection not in ("residual", "dense", "none"):
            raise ValueError(f"connection {connection!r}: expected residual, dense or none")
        self.dim, self.connection, self.gain = dim, connection, 1
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
        states = [self.gain * x / torch.linalg.vector_norm(x, dim=-1, keepdim=True)]
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


ACTIVATIONS = {nn.LeakyReLU: "leaky-relu", nn.ReLU: "relu", nn.Tanh: "tanh", nn.Identity: "identity"}


def stages(front):
    """The stages of an nn.Sequential as weights files have them."""
    found = []
    for module in front:
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            conv = isinstance(module, nn.Conv2d)
            if conv and (module.kernel_size, module.padding, module.stride) != ((3, 3), (1, 1), (1, 1)):
                raise ValueError(f"{module}: expected kernel 3, padding 1, stride 1; save_features takes any front")
            if conv and (module.dilation, module.groups, module.padding_mode) != ((1, 1), 1, "zeros"):
                raise ValueError(f"{module}: expected no dilation, one group, zeros around; save_features takes any front")
            bias = torch.zeros(module.weight.shape[0]) if module.bias is None else module.bias
            kind = "conv" if conv else "linear"
            found.append({"kind": kind, "weight": numbers(module.weight), "bias": numbers(bias), "activation": "identity"})
        elif type(module) in ACTIVATIONS and found and "pool" not in found[-1] and found[-1]["activation"] == "identity":
            if isinstance(module, nn.LeakyReLU) and module.negative_slope != 0.01:
                raise ValueError(f"{module}: expected a slope of 0.01")
            found[-1]["activation"] = ACTIVATIONS[type(module)]
        elif isinstance(module, nn.MaxPool2d) and found and found[-1]["kind"] == "conv" and "pool" not in found[-1]:
            if module.kernel_size not in (2, (2, 2)) or module.stride not in (2, (2, 2)) or module.padding:
                raise ValueError(f"{module}: expected MaxPool2d(2)")
            found[-1]["pool"] = 2
        elif not isinstance(module, nn.Flatten):
            raise ValueError(f"{module} in a front: save_features takes any front")
    return found


def network_of(name, dim, layers, weight, bias, front=None, image=None, scale=None):
    """A network as weights JSON has it; `image` is channels, height, width, `scale` what pixels of data are multiplied with."""
    network = {"format": "hqrn-weights", "version": 2, "family": "amplitude", "name": name, "input": {"dim": dim}}
    if front is not None:
        network["front"] = stages(front)
        network["input"] |= {key: value for key, value in [("image", image), ("scale", scale)] if value is not None}
    return network | {"layers": layers, "head": {"weight": numbers(weight), "bias": numbers(bias)}}


def write(path, *network, **front):
    """Writes weights JSON."""
    with open(path, "w", encoding="utf-8") as file:
        json.dump(network_of(*network, **front), file)


def export(model, path, name="network", **front):
    """Writes an AmplitudeNet as weights JSON, with the front before it, if one is given."""
    write(path, *parts(model, name), **front)


def save_tensors(model, path, name="network", **front):
    """The same as a safetensors file of 64-bit floats: a tensor for each list of numbers, called by the path to it."""
    header, data = {}, b""
    metadata = {}

    def put(key, value):
        nonlocal data
        if isinstance(value, dict):
            for inner, item in value.items():
                put(f"{key}.{inner}" if key else inner, item)
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            for i, item in enumerate(value):
                put(f"{key}.{i}", item)
        elif isinstance(value, float) and not key.startswith("input.") or isinstance(value, list) and key != "input.image":
            tensor = torch.tensor(value, dtype=torch.float64)
            raw = tensor.numpy().tobytes()
            header[key] = {"dtype": "F64", "shape": list(tensor.shape), "data_offsets": [len(data), len(data) + len(raw)]}
            data += raw
        elif key not in ("format", "version"):
            metadata[key] = value if isinstance(value, str) else json.dumps(value)

    network = network_of(*parts(model, name), **front)
    if not network["layers"]:
        del network["layers"]
    put("", network)
    head = json.dumps({"__metadata__": metadata} | header).encode()
    head += b" " * (-len(head) % 8)
    with open(path, "wb") as file:
        file.write(len(head).to_bytes(8, "little") + head + data)


def load(path):
    """An AmplitudeNet and its front, None where it has none, of weights JSON with meshes alone."""
    with open(path, encoding="utf-8") as file:
        network = json.load(file)
    layers, head = network.get("layers", []), network["head"]
    if head.get("reads", "amplitudes") != "amplitudes":
        raise ValueError(f"{path}: head.reads: {head['reads']}, expected amplitudes, which is all that AmplitudeNet reads")
    for k, layer in enumerate(layers):
        if layer.get("activation", "identity") != "identity" or "mesh" not in layer:
            raise ValueError(f"{path}: layers[{k}]: expected a mesh without activation, which is all that AmplitudeNet has")
    key = next((key for key in ("residual", "dense") if any(key in layer for layer in layers)), "none")
    model = AmplitudeNet(network["input"]["dim"], len(layers), len(head["bias"]), key).double()
    model.gain = network["input"].get("gain", 1)
    with torch.no_grad():
        for mesh, path_of, layer in zip(model.meshes, model.paths, layers):
            mesh.copy_(torch.tensor(layer["mesh"]))
            if key in layer:
                path_of.copy_(torch.tensor(layer[key]).reshape(-1))
            elif key != "none":
                path_of.zero_()
        model.head.weight.copy_(torch.tensor(head["weight"]))
        model.head.bias.copy_(torch.tensor(head["bias"]))
    if not network.get("front"):
        return model, None
    names = {name: kind for kind, name in ACTIVATIONS.items()}
    modules = []
    for stage in network["front"]:
        weight = torch.tensor(stage["weight"], dtype=torch.float64)
        conv = weight.dim() == 4
        if not conv and not any(isinstance(module, nn.Linear) for module in modules):
            modules.append(nn.Flatten())
        module = nn.Conv2d(*weight.shape[1::-1], 3, padding=1) if conv else nn.Linear(*weight.shape[::-1])
        module.weight = nn.Parameter(weight)
        module.bias = nn.Parameter(torch.tensor(stage["bias"], dtype=torch.float64))
        modules += [module, names[stage.get("activation", "identity")]()]
        if "pool" in stage:
            modules.append(nn.MaxPool2d(2))
    return model, nn.Sequential(*modules)


def parts(model, name):
    """What there is to write of an AmplitudeNet."""
    key = {"residual": "residual", "dense": "dense"}.get(model.connection)
    layers = []
    for angles, weights in zip(model.meshes, model.paths):
        sums = numbers(weights)
        path_of = {} if key is None else {key: sums[0] if key == "residual" else sums}
        layers.append({"mesh": numbers(angles), **path_of})
    return name, model.dim, layers, model.head.weight, model.head.bias


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
