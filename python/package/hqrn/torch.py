"""Networks for torch: the one to train, and one that behaves as the hardware will. Needs torch (`pip install hqrn[torch]`).

    model = hqrn.torch.ResidualNet(64, 10, classes=10)
    ... train it as any module ...
    noisy = hqrn.torch.Compiled(model, machine="boston.json", shots=10_000)
    ... train that on, and it learns to live with the noise ...
    hqrn.compile(noisy.network(), machine="boston.json")
"""

import copy
import json
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from . import _hqrn
from ._arrays import Floats, of_tensor, samples
from ._call import Option
from ._compile import compile
from ._counts import counts as read_counts
from ._data import Machine, Noise, PathLike
from ._errors import InputError
from ._network import Front, Network, NetworkLike, network_of, write_whole
from ._programs import Program

__all__ = ["Compiled", "Distilled", "ResidualNet", "distil", "normalise"]

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "softplus": nn.functional.softplus,
    "exp": lambda z: torch.exp(z - z.max(dim=-1, keepdim=True).values),
    "square": torch.square,
}

Backend = Callable[[int, Sequence[Program], int], Sequence[Any]]
"""Who runs programs: `backend(block, programs, shots)` gives the counts of each program, as its client returns them. The programs are
OpenQASM 2, one for each basis state of the block."""


def normalise(z: Tensor, activation: str = "relu") -> Tensor:
    """F(z) = f(z) / sum f(z) over the last axis; uniform where all f vanish, the maximally mixed state.

    >>> import torch, hqrn.torch
    >>> hqrn.torch.normalise(torch.tensor([[1.0, 3.0, -2.0]]))
    tensor([[0.2500, 0.7500, 0.0000]])
    """
    f = ACTIVATIONS[activation](z)
    total = f.sum(dim=-1, keepdim=True)
    return torch.where(total > 0, f / total.clamp_min(1e-30), torch.full_like(f, 1 / f.shape[-1]))


def _first(x: Tensor) -> Tensor:
    """The input as a state: negative entries are none."""
    y = torch.relu(x)
    return y / (y.sum(dim=-1, keepdim=True) + 1e-20)


class ResidualNet(nn.Module):
    """The network that hqrn compiles: y <- alpha y + (1 - alpha) F(W y + b), F = f normalised to sum 1, and a linear head.

    It starts with blocks near y' = y, a large head and biases zero: from torch's own start ten normalised layers forget their input,
    and nothing is learned for a long time. Adam or RMSprop with a rate of 3e-3 trains it.

    Args:
        dim: width N of all blocks.
        depth: how many.
        inputs: entries of an input; where they are not N, a projection comes first.
        classes: of the head; None for none, then the last state comes out.
        alpha: share of the old state in the new.
        activation: relu, sigmoid, softplus, exp or square.

    >>> import torch, hqrn.torch
    >>> hqrn.torch.ResidualNet(4, 2, classes=3)(torch.rand(5, 4)).shape
    torch.Size([5, 3])
    """

    def __init__(
        self,
        dim: int,
        depth: int,
        *,
        inputs: int | None = None,
        classes: int | None = None,
        alpha: float = 0.5,
        activation: str = "relu",
    ) -> None:
        super().__init__()
        if activation not in ACTIVATIONS:
            raise InputError(f"activation: {activation!r}, expected one of {', '.join(ACTIVATIONS)}")
        if dim < 1 or depth < 1:
            raise InputError(f"dim, depth: {dim}, {depth}, expected at least 1 of each")
        inputs = dim if inputs is None else inputs
        self.alpha = alpha
        self.activation = activation
        self.config = {"dim": dim, "depth": depth, "inputs": inputs, "classes": classes, "alpha": alpha, "activation": activation}
        self.input = nn.Linear(inputs, dim) if inputs != dim else None
        self.blocks = nn.ModuleList(nn.Linear(dim, dim) for _ in range(depth))
        self.head = nn.Linear(dim, classes) if classes is not None else None
        with torch.no_grad():
            bounds = [(block, 1 / math.sqrt(dim)) for block in self.blocks]
            if self.head is not None:
                bounds.append((self.head, math.sqrt(dim) / 2))
            if self.input is not None:
                bounds.append((self.input, 1 / math.sqrt(inputs)))
            for layer, bound in bounds:
                layer.weight.uniform_(-bound, bound)
                layer.bias.zero_()
            for block in self.blocks:
                block.weight += torch.eye(dim)

    def forward(self, x: Tensor) -> Tensor:
        """Scores of samples, S x classes; last states, S x N, without a head.

        Args:
            x: S x inputs; negative entries count as 0, and each sample is divided by its sum.
        """
        y = _first(x)
        if self.input is not None:
            y = normalise(self.input(y), self.activation)
        for block in self.blocks:
            y = self.alpha * y + (1 - self.alpha) * normalise(block(y), self.activation)
        return self.head(y) if self.head is not None else y

    def network(self, name: str = "network", front: Front | None = None) -> Network:
        """The network as hqrn takes it.

        >>> import hqrn.torch
        >>> hqrn.torch.ResidualNet(4, 2).network("two")
        Network 'two': 2 blocks of 4 x 4
        """
        return Network.from_torch(self, name=name, activation=self.activation, front=front)

    def save_pretrained(self, folder: PathLike) -> Path:
        """Writes `model.safetensors`, which hqrn-compile reads, and `config.json` to a folder.

        >>> import hqrn.torch
        >>> sorted(path.name for path in hqrn.torch.ResidualNet(4, 2).save_pretrained("net").iterdir())
        ['config.json', 'model.safetensors']
        """
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        self.network(folder.name).save(folder / "model.safetensors")
        write_whole(folder / "config.json", (json.dumps(self.config, indent=2) + "\n").encode())
        return folder

    @classmethod
    def from_pretrained(cls, folder: PathLike) -> "ResidualNet":
        """Reads what `save_pretrained` wrote, or any folder with a `model.safetensors` of this form.

        >>> import hqrn.torch
        >>> folder = hqrn.torch.ResidualNet(4, 2, classes=2).save_pretrained("net2")
        >>> hqrn.torch.ResidualNet.from_pretrained(folder).config["classes"]
        2
        """
        return cls.from_network(Network.from_file(Path(folder) / "model.safetensors"))

    @classmethod
    def from_network(cls, network: NetworkLike) -> "ResidualNet":
        """The module of a network whose blocks have one alpha and one activation.

        >>> import hqrn.torch
        >>> hqrn.torch.ResidualNet.from_network([[2.0, 1.0], [0.0, 1.0]]).config["dim"]
        2
        """
        net = network_of(network)
        blocks = net.blocks
        first = blocks[0]
        for k, block in enumerate(blocks):
            if (block.alpha, block.activation) != (first.alpha, first.activation):
                raise InputError(f"blocks[{k}]: alpha or activation is another than that of blocks[0], expected one of all")
        model = cls(
            len(first.bias), len(blocks), inputs=net.input_dim, classes=net.classes, alpha=first.alpha, activation=first.activation
        )
        if net.projection is not None and model.input is None:
            model.input = nn.Linear(net.input_dim, len(first.bias))
        layers = [(model.input, net.projection), (model.head, net.head)]
        layers += [(layer, (block.weight, block.bias)) for layer, block in zip(model.blocks, blocks, strict=True)]
        with torch.no_grad():
            for layer, values in layers:
                if layer is not None and values is not None:
                    layer.weight.copy_(_tensor(values[0]))
                    layer.bias.copy_(_tensor(values[1]))
        return model


class Compiled(nn.Module):
    """A network as its circuits compute it: exactly, with finite shots, with the noise of a model or a machine, or as a backend has
    measured it. Gradients flow through the map that the circuits have in the mean, straight through for shots, so that a network
    can be finetuned against the noise by an ordinary loop. Numbers are of double precision.

    A parameter W moves the circuits' map by as much as it moves; what noise adds stays that of the last compilation, `refresh`
    compiles again. With `weights=False` only biases and head are trained: the programs stay those that were compiled.

    Args:
        network: a ResidualNet, a Network, the path of weights.
        shots: for p+ and again for p- of every block and sample; None for infinitely many.
        noise: a noise model as `hqrn.run` takes it; or
        machine: a machine with its figures, which the network is compiled for; or
        backend: who runs the columns of every block, once, with `backend_shots` each; what comes back is W from then on.
        waits: with machine: qubits that wait for others relax.
        weights: whether W is trained, too.
        seed: of compilation and shots; the same seed draws the same shots.
        options: of `hqrn.compile`.

    >>> import torch, hqrn, hqrn.torch
    >>> network = hqrn.Network.from_arrays([[[2.0, 1.0], [0.0, -1.0]]])
    >>> hqrn.torch.Compiled(network)(torch.tensor([[0.5, 0.5]])).tolist()
    [[0.75, 0.25]]
    """

    def __init__(
        self,
        network: "NetworkLike | ResidualNet",
        *,
        shots: int | None = None,
        noise: Noise = None,
        machine: Machine = None,
        backend: Backend | None = None,
        backend_shots: int = 10_000,
        waits: bool = False,
        weights: bool = True,
        seed: int = 0,
        **options: Option,
    ) -> None:
        super().__init__()
        net = network.network() if isinstance(network, ResidualNet) else network_of(network)
        self.shots, self.seed = shots, seed
        self._noise, self._machine, self._backend, self._waits = noise, machine, backend, waits
        self._backend_shots, self._options, self._draws = backend_shots, options, 0
        self._network = net
        self._joint: list[bool] = []
        blocks = net.blocks
        self.weights = nn.ParameterList(nn.Parameter(_tensor(block.weight), requires_grad=weights) for block in blocks)
        self.biases = nn.ParameterList(nn.Parameter(_tensor(block.bias)) for block in blocks)
        self._start = [weight.detach().clone() for weight in self.weights]
        self.input = _linear(net.projection)
        self.head = _linear(net.head)
        self._signs: list[list[tuple[float, Tensor]]] = []
        self._moved: list[Tensor] = []
        self.refresh()

    def network(self, name: str | None = None) -> Network:
        """The network with the parameters as they are now."""
        made = self._network.to_dict()
        made.pop("expect", None)
        made["name"] = name or self._network.name
        for k, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True)):
            block = made["blocks"][k]
            block["bias"] = _list(bias)
            if not torch.equal(weight.detach(), self._start[k].to(weight)):
                kept = {key: block[key] for key in ("bias", "alpha", "activation") if key in block}
                made["blocks"][k] = {"weight": _list(weight), **kept}
        if self.input is not None:
            made["input"]["projection"] = {"weight": _list(self.input.weight), "bias": _list(self.input.bias)}
        if self.head is not None:
            made["head"] = {"weight": _list(self.head.weight), "bias": _list(self.head.bias)}
        front = self._network.front
        return Network.from_json(made) if front is None else Network.from_json(made).with_front(front)

    def refresh(self) -> "Compiled":
        """Compiles the network as it is now, simulates its circuits with their noise or has the backend run them."""
        network = self.network()
        self._joint, self._signs, self._moved = [], [], []
        self._start = [weight.detach().clone() for weight in self.weights]
        if self._backend is not None:
            for weight, block in zip(self._measured(network), network.blocks, strict=True):
                # Its shots are in it already.
                self._signs.append([])
                self._joint.append(False)
                self._moved.append(_tensor(weight - block.weight))
        else:
            compiled = compile(
                network, machine=self._machine, seed=self.seed, verify=self._noise is None and self._machine is None, quiet=True,
                **self._options,  # type: ignore[arg-type]
            )  # fmt: skip
            tables = compiled.tables(noise=self._noise, machine=self._machine, waits=self._waits, seed=self.seed)
            for table, block in zip(tables, network.blocks, strict=True):
                rows = block.weight.shape[0]
                signs = [(1.0, table.plus), (-1.0, table.minus)]
                self._signs.append([(sign * p[0], _tensor(p[1][:rows])) for sign, p in signs if p is not None])
                self._joint.append(table.joint)
                self._moved.append(_tensor(table.weight[:rows] - block.weight))
        self._network = network
        return self

    def forward(self, x: Tensor) -> Tensor:
        """Scores of samples, S x classes; last states, S x N, without a head.

        Args:
            x: S x input_dim, as the network takes them.
        """
        kind = self.biases[0]
        activation, alphas = self._activations, self._alphas
        y = _first(x.to(kind))
        if self.input is not None:
            y = normalise(self.input(y), activation[0])
        for k, bias in enumerate(self.biases):
            mean = y @ (self.weights[k] + self._moved[k].to(kind)).T
            z = mean if self.shots is None or not self._signs[k] else mean + self._shot_noise(k, y.detach())
            y = alphas[k] * y + (1 - alphas[k]) * normalise(z + bias, activation[k])
        return self.head(y) if self.head is not None else y

    @property
    def _activations(self) -> list[str]:
        return [block.activation for block in self._network.blocks]

    @property
    def _alphas(self) -> list[float]:
        return [block.alpha for block in self._network.blocks]

    def _shot_noise(self, k: int, y: Tensor) -> Tensor:
        """What finite shots add to W y: counts of the circuits minus their mean."""
        shots = self.shots or 0
        exact = [y @ p.to(y).T for _, p in self._signs[k]]
        # Of one circuit both signs are outcomes of the same shots; of two, each has its own.
        stacked = torch.cat(exact, dim=-1 if self._joint[k] else 0)
        self._draws += 1
        seed = (self.seed + 0x9E3779B97F4A7C15 * self._draws) % 2**64
        values = np.maximum(_array(stacked), 0.0)
        # Rounding may leave a sum just above one.
        values /= np.maximum(values.sum(axis=1, keepdims=True), 1.0)
        sampled = _tensor(_hqrn.sample(values, shots, seed) / shots).to(y)
        drawn = sampled.chunk(len(exact), dim=-1 if self._joint[k] else 0)
        noise = torch.zeros_like(exact[0])
        for (gamma, _), mean, seen in zip(self._signs[k], exact, drawn, strict=True):
            noise = noise + gamma * (seen - mean)
        return noise

    def _measured(self, network: Network) -> list[Floats]:
        """W of every block as the backend says it."""
        options: dict[str, Any] = {**self._options, "target": "qasm2", "inputs": "columns"}
        compiled = compile(network, seed=self.seed, quiet=True, **options)
        weights = []
        for k in range(len(network.blocks)):
            programs = [program for program in compiled.programs if program.contract.block == k + 1]
            came = list(self._backend(k + 1, programs, self._backend_shots)) if self._backend else []
            report = read_counts(programs, came, network, order="last", quiet=True)
            if report.weight is None:
                raise InputError(f"block {k + 1}: counts of the backend are not those of its columns")
            weights.append(report.weight[:, :, 0])
        return weights


@dataclass(frozen=True, eq=False)
class Distilled:
    """A ResidualNet that imitates another model.

    Attributes:
        model: the trained module, on what the front gives.
        front: samples as the model takes them: each entry and its complement, scaled to 0 to 1 by what the samples span.
        agreement: share of held-out samples whose label is the teacher's.
        network: for hqrn, with its front.
    """

    model: ResidualNet
    front: Front
    agreement: float
    network: Network


def distil(
    teacher: Callable[[Tensor], Any],
    X: Any,
    *,
    dim: int,
    depth: int,
    epochs: int = 300,
    rate: float = 3e-3,
    batch: int = 128,
    held_out: float = 0.2,
    seed: int = 0,
    name: str = "distilled",
) -> Distilled:
    """Trains a ResidualNet of chosen width and depth to imitate any model, and says how far it does on samples that were held out.

    Args:
        teacher: any callable that gives scores (logits) of samples, S x classes.
        X: samples, S x D, of any sign.
        dim, depth: of the blocks.
        held_out: share of the samples that agreement is measured on.

    >>> import torch, hqrn.torch
    >>> X = torch.rand(60, 2)
    >>> found = hqrn.torch.distil(lambda x: torch.stack([x[:, 0], x[:, 1]], dim=1), X, dim=4, depth=1, epochs=5)
    >>> 0.0 <= found.agreement <= 1.0
    True
    """
    values = samples(X)
    low, high = values.min(axis=0), values.max(axis=0)
    span = np.where(high > low, high - low, 1.0)

    def front(rows: Any) -> Floats:
        scaled = np.clip((samples(rows) - low) / span, 0.0, 1.0)
        return np.concatenate([scaled, 1.0 - scaled], axis=1)

    with torch.no_grad():
        given = _tensor(values).to(torch.get_default_dtype())
        scores = torch.as_tensor(teacher(given)).detach().to(given)
    if scores.ndim != 2 or len(scores) != len(values):
        raise InputError(f"teacher: gives shape {tuple(scores.shape)}, expected {len(values)} x classes")
    inputs = _tensor(front(values)).to(given)
    order = torch.Generator().manual_seed(seed)
    shuffled = torch.randperm(len(values), generator=order)
    kept = max(1, int(len(values) * held_out))
    if kept >= len(values):
        raise InputError(f"X: {len(values)} samples, expected more than are held out")
    test, train = shuffled[:kept], shuffled[kept:]
    state = torch.random.get_rng_state()
    torch.manual_seed(seed)
    model = ResidualNet(dim, depth, inputs=inputs.shape[1], classes=scores.shape[1])
    torch.random.set_rng_state(state)
    wanted = torch.softmax(scores, dim=1)
    optimizer = torch.optim.Adam(model.parameters(), lr=rate)
    best, least = copy.deepcopy(model.state_dict()), math.inf
    for _ in range(epochs):
        total = 0.0
        for rows in train[torch.randperm(len(train), generator=order)].split(batch):
            optimizer.zero_grad()
            loss = nn.functional.kl_div(torch.log_softmax(model(inputs[rows]), dim=1), wanted[rows], reduction="batchmean")
            loss.backward()
            optimizer.step()
            total += float(loss) * len(rows)
        if total < least:
            best, least = copy.deepcopy(model.state_dict()), total
    model.load_state_dict(best)
    with torch.no_grad():
        agree = model(inputs[test]).argmax(dim=1) == scores[test].argmax(dim=1)
    return Distilled(model, front, float(agree.double().mean()), model.network(name, front))


def _tensor(values: Floats) -> Tensor:
    # A copy of its own, which may be written to.
    return torch.from_dlpack(np.array(values, dtype=np.float64, order="C"))


def _array(values: Tensor) -> Floats:
    return of_tensor(values.double())


def _list(values: Tensor) -> Any:
    return values.detach().cpu().double().tolist()


def _linear(values: tuple[Floats, Floats] | None) -> Any:
    if values is None:
        return None
    layer = nn.Linear(values[0].shape[1], values[0].shape[0], dtype=torch.float64)
    with torch.no_grad():
        layer.weight.copy_(_tensor(values[0]))
        layer.bias.copy_(_tensor(values[1]))
    return layer
