"""The network that hqrn compiles, as a module of torch."""

import json
import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from ._arrays import Floats
from ._data import PathLike
from ._errors import InputError
from ._network import Front, Network, NetworkLike, network_of, write_whole

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "relu": torch.relu,
    "sigmoid": torch.sigmoid,
    "softplus": nn.functional.softplus,
    "exp": lambda z: torch.exp(z - z.max(dim=-1, keepdim=True).values),
    "square": torch.square,
}


def normalise(z: Tensor, activation: str = "relu") -> Tensor:
    """F(z) = f(z) / sum f(z) over the last axis, f being the activation; uniform where all f vanish, the maximally mixed state.

    Args:
        z: ... x N.
        activation: relu, sigmoid, softplus, exp or square.

    >>> import torch, hqrn.torch
    >>> hqrn.torch.normalise(torch.tensor([[1.0, 3.0, -2.0]]))
    tensor([[0.2500, 0.7500, 0.0000]])
    """
    f = ACTIVATIONS[activation](z)
    total = f.sum(dim=-1, keepdim=True)
    return torch.where(total > 0, f / total.clamp_min(1e-30), torch.full_like(f, 1 / f.shape[-1]))


def first_state(x: Tensor) -> Tensor:
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
        y = first_state(x)
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
                    layer.weight.copy_(tensor(values[0]))
                    layer.bias.copy_(tensor(values[1]))
        return model


def tensor(values: Floats) -> Tensor:
    """An array as a tensor of double precision."""
    # A copy of its own, which may be written to.
    return torch.from_dlpack(np.array(values, dtype=np.float64, order="C"))
