"""Networks: read, made of arrays or of a model of torch, asked, written."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Union

import numpy as np
from numpy.typing import ArrayLike

from . import _arrays, _foreign, _hqrn
from ._arrays import Floats
from ._errors import InputError

FORMULA = "alpha y + (1 - alpha) F(W y + b)"
ACTIVATIONS = ("relu", "sigmoid", "softplus", "exp", "square")

Front = Callable[[Any], ArrayLike]
"""What stays classical before a network: any function of samples that gives its inputs, S x input_dim."""


@dataclass(frozen=True, eq=False)
class Block:
    """A residual block, y' = alpha y + (1 - alpha) F(W y + b) with F = f / sum f.

    Attributes:
        weight: W, N x N, `weight[out][in]`.
        bias: b, N entries.
        alpha: share of the old state in the new, from 0 to 1.
        activation: f, one of relu, sigmoid, softplus, exp, square.
        form: how the file gives W: "a weight", "factors", "a circuit", ...

    >>> import hqrn
    >>> hqrn.Network.from_arrays([[[2.0, 0.0], [0.0, 1.0]]]).blocks[0].bias
    array([0., 0.])
    """

    weight: Floats
    bias: Floats
    alpha: float
    activation: str
    form: str


class Network:
    """A network that hqrn compiles: an input map, residual blocks and a linear head; or one of the other families of weights files,
    quanvolutions and amplitude networks. It never changes.

    >>> import hqrn
    >>> network = hqrn.Network.from_arrays([[[2.0, 1.0], [0.0, -1.0]]], name="two")
    >>> network
    Network 'two': 1 block of 2 x 2
    >>> network.predict([[0.5, 0.5]])
    array([[0.75, 0.25]])
    """

    def __init__(self, core: _hqrn.Network, front: Front | None = None) -> None:
        self._core = core
        self.front = front

    # -- making ---------------------------------------------------------------------------------------------------------

    @staticmethod
    def from_file(path: "str | os.PathLike[str]", front: Front | None = None) -> "Network":
        """Reads weights JSON or safetensors, as the commands do. What is wrong is an InputError with the path and the place.

        >>> import hqrn
        >>> path = hqrn.Network.from_arrays([[[1.0]]], name="one").save("one.json")
        >>> hqrn.Network.from_file(path).name
        'one'
        """
        try:
            data = Path(path).read_bytes()
        except OSError as error:
            raise InputError(f"{os.fspath(path)}: {error.strerror}") from None
        try:
            return Network(_hqrn.Network.read(data, Path(path).stem), front)
        except InputError as error:
            raise InputError(f"{os.fspath(path)}: {error}") from None

    @staticmethod
    def from_json(weights: "str | Mapping[str, Any]", name: str = "network") -> "Network":
        """Reads weights JSON from a text or as it was parsed; `name` is for networks that do not name themselves.

        >>> import hqrn
        >>> hqrn.Network.from_json('[[9, 4], [-4, 9]]').input_dim
        2
        """
        text = weights if isinstance(weights, str) else json.dumps(weights)
        return Network(_hqrn.Network.read(text.encode(), name))

    @staticmethod
    def from_arrays(
        weights: Sequence[ArrayLike],
        biases: Sequence[ArrayLike] | None = None,
        *,
        alpha: float = 0.5,
        activation: str = "relu",
        input: tuple[ArrayLike, ArrayLike] | None = None,
        head: tuple[ArrayLike, ArrayLike] | None = None,
        name: str = "network",
        front: Front | None = None,
    ) -> "Network":
        """Makes a network of arrays.

        Args:
            weights: W of each block, N x N, `weight[out][in]` as in `torch.nn.Linear`.
            biases: b of each block, N entries; zero if left out.
            alpha: share of the old state in the new.
            activation: relu, sigmoid, softplus, exp or square.
            input: weight (N x D) and bias (N) of the projection of inputs of D entries to the first state.
            head: weight (C x N) and bias (C): from the last state to a score for each class.
            name: what compiled programs carry.
            front: what stays classical before the network: a function of samples that gives its inputs.

        >>> import hqrn
        >>> hqrn.Network.from_arrays([[[2.0, 0.0], [1.0, 1.0]]], [[0.0, 0.5]], head=([[1.0, -1.0]] * 2, [0.0, 1.0]))
        Network 'network': 1 block of 2 x 2, 2 classes
        """
        for given_name, listed in [("weights", weights), ("biases", [] if biases is None else biases)]:
            if not hasattr(listed, "__len__") or not hasattr(listed, "__getitem__"):
                raise InputError(f"{given_name}: {type(listed).__name__}, expected a list, one a block")
        if not len(weights):
            raise InputError("weights: no blocks, expected at least one")
        share = float(_arrays.numbers(alpha, "alpha", 0))
        blocks = []
        for k, given in enumerate(weights):
            weight = _arrays.numbers(given, f"blocks[{k}].weight", 2)
            rows, columns = weight.shape
            if rows != columns:
                raise InputError(f"blocks[{k}].weight: {rows} x {columns}, expected a square matrix: all blocks have one width")
            if biases is not None and len(biases) != len(weights):
                raise InputError(f"biases: {len(biases)}, expected {len(weights)}, one a block")
            bias = np.zeros(rows) if biases is None else _arrays.numbers(biases[k], f"blocks[{k}].bias", 1)
            blocks.append({"weight": weight.tolist(), "bias": bias.tolist(), "alpha": share, "activation": activation})
        network: dict[str, Any] = {"format": "hqrn-weights", "version": 1, "name": name, "formula": FORMULA, "blocks": blocks}
        if input is not None:
            projection = _affine(input, "input")
            network["input"] = {"dim": len(projection["weight"][0]), "projection": projection}
        if head is not None:
            network["head"] = _affine(head, "head")
        made = Network.from_json(network, name)
        return made if front is None else made.with_front(front)

    @staticmethod
    def from_torch(
        model: Any,
        *,
        name: str = "network",
        alpha: float | None = None,
        activation: str = "relu",
        front: Front | None = None,
    ) -> "Network":
        """Takes a model of torch, or its state dict, with the names of `hqrn.torch.ResidualNet`: `blocks.K.weight`, `blocks.K.bias`,
        and `input` and `head` where there are some.

        Of a model ten samples are compared, so that one which has these names but computes something else is refused. A layer
        that is none of such a network is named, with why not and what can be done: keep it classical by `front`, or let
        `hqrn.torch.distil` train a ResidualNet that imitates the model.

        Args:
            model: an `nn.Module` or a mapping from names to tensors.
            alpha: the model's own `alpha` if left out, or 0.5.
            activation: f of all blocks.

        >>> import hqrn, numpy as np
        >>> state = {"blocks.0.weight": np.eye(2), "blocks.0.bias": np.zeros(2)}
        >>> hqrn.Network.from_torch(state).predict([[1.0, 3.0]])
        array([[0.25, 0.75]])
        """
        network = _foreign.weights(model, name, alpha, activation, FORMULA)
        made = Network.from_json(network, name)
        return made if front is None else made.with_front(front)

    def with_front(self, front: Front) -> "Network":
        """The same network behind a classical function of samples, which gives inputs, S x input_dim.

        >>> import hqrn
        >>> network = hqrn.Network.from_arrays([[[2.0, 0.0], [0.0, 1.0]]]).with_front(lambda words: [[len(w), 1] for w in words])
        >>> network.predict(["abc"]).shape
        (1, 2)
        """
        return Network(self._core, front)

    # -- asking ---------------------------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """What compiled programs carry."""
        return self._core.name

    @property
    def family(self) -> str:
        """"residual", "quanvolution" or "amplitude"."""
        return self._core.family

    @property
    def input_dim(self) -> int:
        """Entries of an input."""
        return self._core.input_dim

    @property
    def classes(self) -> int | None:
        """Classes that the head names; None without a head."""
        return self._core.classes

    @property
    def blocks(self) -> tuple[Block, ...]:
        """The residual blocks, first to last."""
        if self.family != "residual":
            raise InputError(f"blocks: a network of the family {self.family} has none")
        made = []
        for k in range(self._core.parts):
            bias, alpha, form, activation = self._core.block(k)
            made.append(Block(self._core.weight(k), np.array(bias), alpha, activation, form))
        return tuple(made)

    @property
    def head(self) -> tuple[Floats, Floats] | None:
        """Weight (C x N) and bias (C) of the head; None without one."""
        head = self.to_dict().get("head")
        return None if head is None else (np.array(head["weight"]), np.array(head["bias"]))

    @property
    def projection(self) -> tuple[Floats, Floats] | None:
        """Weight (N x D) and bias (N) of the projection of inputs; None without one."""
        found = (self.to_dict().get("input") or {}).get("projection")
        return None if found is None else (np.array(found["weight"]), np.array(found["bias"]))

    def inputs(self, X: Any) -> Floats:
        """Samples as the network takes them, S x input_dim: behind the front, if there is one."""
        return _arrays.samples(X if self.front is None else self.front(X))

    def predict(self, X: Any, *, threads: int | None = None) -> Floats:
        """What the network makes of samples, exactly: a score for each class, S x C, or without a head the probabilities of the
        last state, S x N.

        Args:
            X: samples, S x input_dim, of any real dtype and order in memory.

        >>> import hqrn
        >>> hqrn.Network.from_arrays([[[1.0, 0.0], [0.0, 3.0]]]).predict([[1, 1], [1, 0]])
        array([[0.375, 0.625],
               [1.   , 0.   ]])
        """
        inputs = self.inputs(X)
        if len(inputs) == 0:
            return np.zeros((0, self.classes or self.input_dim))
        return self._core.predict(inputs, threads)

    def labels(self, X: Any) -> "np.ndarray[Any, np.dtype[np.int64]]":
        """The class with the largest score of each sample, S entries.

        >>> import hqrn
        >>> hqrn.Network.from_arrays([[[1.0, 0.0], [0.0, 3.0]]]).labels([[1, 1], [1, 0]])
        array([1, 0])
        """
        return np.asarray(np.argmax(self.predict(X), axis=1), dtype=np.int64)

    def states(self, X: Any) -> Floats:
        """The states of samples before the first block and behind each, S x (blocks + 1) x N probabilities.

        >>> import hqrn
        >>> hqrn.Network.from_arrays([[[1.0, 0.0], [0.0, 3.0]]]).states([[2, 2]])
        array([[[0.5  , 0.5  ],
                [0.375, 0.625]]])
        """
        return self._core.states(self.inputs(X))

    # -- writing --------------------------------------------------------------------------------------------------------

    def to_json(self) -> str:
        """The network as weights JSON; numbers read back the same.

        >>> import hqrn
        >>> network = hqrn.Network.from_arrays([[[1.0]]])
        >>> hqrn.Network.from_json(network.to_json()) == network
        True
        """
        return self._core.to_json()

    def to_dict(self) -> dict[str, Any]:
        """Weights JSON as it is parsed."""
        parsed: dict[str, Any] = json.loads(self.to_json())
        return parsed

    def save(self, path: "str | os.PathLike[str]") -> Path:
        """Writes the network, as safetensors where the name ends so, otherwise as JSON, whole or not at all.

        >>> import hqrn
        >>> hqrn.Network.from_arrays([[[1.0]]]).save("one.safetensors").name
        'one.safetensors'
        """
        path = Path(path)
        data = self._core.to_safetensors() if path.suffix == ".safetensors" else self.to_json().encode()
        write_whole(path, data)
        return path

    def __repr__(self) -> str:
        parts = self._core.parts
        if self.family == "residual":
            dim = len(self._core.weight(0))
            what = f"{parts} block{'s' if parts > 1 else ''} of {dim} x {dim}"
        else:
            what = f"{self.family}, {parts} part{'s' if parts > 1 else ''}"
        classes = "" if self.classes is None else f", {self.classes} classes"
        return f"Network {self.name!r}: {what}{classes}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Network) and self.front is other.front and self.to_json() == other.to_json()

    def __hash__(self) -> int:
        return hash(self.to_json())

    def __reduce__(self) -> tuple[Any, ...]:
        return (_unpickled, (self.to_json(), self.name, self.front))


NetworkLike = Union[Network, str, "os.PathLike[str]", ArrayLike]
"""A network, the path of its weights, or the matrix of a single block."""


def network_of(given: NetworkLike, front: Front | None = None) -> Network:
    """The network that somebody means."""
    if isinstance(given, Network):
        return given if front is None else given.with_front(front)
    if isinstance(given, (str, os.PathLike)):
        return Network.from_file(given, front)
    return Network.from_arrays([_arrays.numbers(given, "network", 2)], name="matrix", front=front)


def write_whole(path: Path, data: bytes) -> None:
    """Writes a file whole or not at all."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(data)
        os.replace(beside, path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise InputError(f"{path}: {error.strerror}") from None


def _affine(given: tuple[ArrayLike, ArrayLike], name: str) -> dict[str, Any]:
    if not isinstance(given, (tuple, list)) or len(given) != 2:
        raise InputError(f"{name}: {type(given).__name__}, expected a pair: weight and bias")
    weight = _arrays.numbers(given[0], f"{name}.weight", 2)
    bias = _arrays.numbers(given[1], f"{name}.bias", 1)
    return {"weight": weight.tolist(), "bias": bias.tolist()}


def _unpickled(text: str, name: str, front: Front | None) -> Network:
    return Network(_hqrn.Network.read(text.encode(), name), front)
