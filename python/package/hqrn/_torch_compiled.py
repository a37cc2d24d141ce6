"""A network as its circuits compute it, as a module of torch: with shots, with noise, or as a backend measured it."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from . import _hqrn
from ._arrays import Floats, of_tensor
from ._call import Option
from ._compile import compile
from ._counts import counts as read_counts
from ._data import Machine, Noise
from ._errors import InputError
from ._network import Network, NetworkLike, network_of
from ._programs import Program
from ._torch_net import ResidualNet, first_state, normalise, tensor

Backend = Callable[[int, Sequence[Program], int], Sequence[Any]]
"""Who runs programs: `backend(block, programs, shots)` gives the counts of each program, as its client returns them. The programs are
OpenQASM 2, one for each basis state of the block."""


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
        self.weights = nn.ParameterList(nn.Parameter(tensor(block.weight), requires_grad=weights) for block in blocks)
        self.biases = nn.ParameterList(nn.Parameter(tensor(block.bias)) for block in blocks)
        self._start = [weight.detach().clone() for weight in self.weights]
        self.input = _linear(net.projection)
        self.head = _linear(net.head)
        # Of each block p of its signs, one below the other, and what they are multiplied with; none where W was measured.
        self._signs: list[tuple[Tensor, Tensor] | None] = []
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
                self._signs.append(None)
                self._joint.append(False)
                self._moved.append(tensor(weight - block.weight))
        else:
            compiled = compile(
                network, machine=self._machine, seed=self.seed, verify=self._noise is None and self._machine is None, quiet=True,
                **self._options,  # type: ignore[arg-type]
            )  # fmt: skip
            tables = compiled.tables(noise=self._noise, machine=self._machine, waits=self._waits, seed=self.seed)
            for table, block in zip(tables, network.blocks, strict=True):
                rows = block.weight.shape[0]
                signs = [(sign * p[0], p[1][:rows]) for sign, p in ((1.0, table.plus), (-1.0, table.minus)) if p is not None]
                # A simulation may leave -1e-18 for 0.
                stacked = np.maximum(np.concatenate([p for _, p in signs]), 0.0)
                self._signs.append((tensor(stacked), tensor(np.array([gamma for gamma, _ in signs]))))
                self._joint.append(table.joint)
                self._moved.append(tensor(table.weight[:rows] - block.weight))
        self._network = network
        return self

    def forward(self, x: Tensor) -> Tensor:
        """Scores of samples, S x classes; last states, S x N, without a head.

        Args:
            x: S x input_dim, as the network takes them.
        """
        kind = self.biases[0]
        activation, alphas = self._activations, self._alphas
        y = first_state(x.to(kind))
        if self.input is not None:
            y = normalise(self.input(y), activation[0])
        for k, bias in enumerate(self.biases):
            mean = y @ (self.weights[k] + self._moved[k].to(kind)).T
            z = mean + self._shot_noise(k, y.detach())
            y = alphas[k] * y + (1 - alphas[k]) * normalise(z + bias, activation[k])
        return self.head(y) if self.head is not None else y

    @property
    def _activations(self) -> list[str]:
        return [block.activation for block in self._network.blocks]

    @property
    def _alphas(self) -> list[float]:
        return [block.alpha for block in self._network.blocks]

    def _shot_noise(self, k: int, y: Tensor) -> Tensor | float:
        """What finite shots add to W y: counts of the circuits minus their mean."""
        found = self._signs[k]
        if self.shots is None or found is None:
            return 0.0
        table, gammas = found
        exact = y @ table.to(y).T
        # Of one circuit both signs are outcomes of the same shots; of two, each has its own.
        alone = exact if self._joint[k] else exact.reshape(len(y) * len(gammas), -1)
        self._draws += 1
        seed = (self.seed + 0x9E3779B97F4A7C15 * self._draws) % 2**64
        seen = tensor(_hqrn.sample(_array(alone), self.shots, seed)).to(y).reshape(exact.shape) / self.shots
        noise: Tensor = ((seen - exact).reshape(len(y), len(gammas), -1) * gammas.to(y)[:, None]).sum(dim=1)
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


def _array(values: Tensor) -> Floats:
    return of_tensor(values.double())


def _list(values: Tensor) -> Any:
    return values.detach().cpu().double().tolist()


def _linear(values: tuple[Floats, Floats] | None) -> Any:
    if values is None:
        return None
    layer = nn.Linear(values[0].shape[1], values[0].shape[0], dtype=torch.float64)
    with torch.no_grad():
        layer.weight.copy_(tensor(values[0]))
        layer.bias.copy_(tensor(values[1]))
    return layer
