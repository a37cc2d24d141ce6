"""Samples, machines and noise as the commands read them: paths stay what they are, arrays and dictionaries become files."""

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Union

import numpy as np
from numpy.typing import ArrayLike

from . import _arrays
from ._call import Option, Workplace
from ._errors import InputError
from ._network import Network

PathLike = Union[str, "os.PathLike[str]"]

Samples = Union[PathLike, ArrayLike]
"""Samples: an array, S x D, or the path of a file as the commands read it, CSV, IDX or NPY."""

Labels = Union[PathLike, ArrayLike, None]
"""A class for each sample, from 0: an array of S whole numbers, or the path of a file."""

Machine = Union[PathLike, Sequence[PathLike], None]
"""A machine with its figures: a file or folder as `hqrn-compile --machine` takes it, or the two files that IBM has of each."""

Noise = Union[PathLike, Mapping[str, Any], None]
"""A noise model: "superconducting", "trapped-ion", a JSON file, or what that would hold."""


def is_path(given: object) -> bool:
    """Whether it names a file."""
    return isinstance(given, (str, os.PathLike))


def rows(
    place: Workplace,
    X: Samples,
    y: Labels,
    data: str = "data",
    labels: str = "labels",
    network: Network | None = None,
    names: tuple[str, str] = ("X", "y"),
) -> dict[str, Option]:
    """The options that name samples and labels, which are arguments of these names. A network says what is before it and what its own
    labels are, where none are given."""
    if isinstance(X, (str, os.PathLike)):
        if network is not None and network.front is not None:
            raise InputError(f"{names[0]}: a path, but the network has a front: give the samples themselves")
        given: dict[str, Option] = {data: _there(X)}
        if y is not None:
            given[labels] = _labels(place, y, None, labels, network, names[1])
        return given
    if network is not None and network.front is not None:
        values = network.inputs(X)
    else:
        array = _arrays.array_of(X, names[0])
        values = array if array.dtype.kind == "c" else _arrays.samples(array, names[0])
    if len(values) == 0:
        raise InputError(f"{names[0]}: no samples, expected at least one")
    given = {data: place.array(f"{data}.npy", values, names[0])}
    if y is not None:
        given[labels] = _labels(place, y, len(values), labels, network, names[1])
    elif network is not None and network.classes is not None and values.dtype.kind != "c":
        own = np.argmax(Network(network._core).predict(values), axis=1)
        given[labels] = place.array(f"{labels}.npy", own.astype(np.int64), names[1])
    return given


def _labels(place: Workplace, y: Labels, count: int | None, option: str, network: Network | None, name: str) -> Path:
    if isinstance(y, (str, os.PathLike)):
        return _there(y)
    array: Any = y
    classes = None if network is None else network.classes
    values = _arrays.labels(array, len(array) if count is None else count, name, classes)
    return place.array(f"{option}.npy", values, name)


def machine_option(machine: Machine) -> Option:
    """What `--machine` takes."""
    if machine is None:
        return None
    if isinstance(machine, (str, os.PathLike)):
        return os.fspath(machine)
    return ",".join(os.fspath(path) for path in machine)


def machine_bytes(machine: Machine) -> list[bytes]:
    """What is in a machine's files."""
    if machine is None:
        return []
    paths: list[Path]
    if isinstance(machine, (str, os.PathLike)):
        whole = Path(machine)
        paths = [whole] if whole.exists() else [Path(part) for part in os.fspath(machine).split(",")]
        if whole.is_dir():
            paths = [*sorted(whole.glob("props_*.json")), *sorted(whole.glob("conf_*.json"))]
    else:
        paths = [Path(path) for path in machine]
    return [_there(path).read_bytes() for path in paths]


def noise_option(place: Workplace, noise: Noise) -> Option:
    """What `--noise` takes."""
    if noise is None or isinstance(noise, (str, os.PathLike)):
        return noise
    return place.text("noise.json", json.dumps(dict(noise)), "noise")


def weights_file(place: Workplace, network: Network) -> Path:
    """A network as a file that a command reads, called by its name."""
    safe = "".join(c if c.isalnum() or c in "-_." else "_" for c in network.name) or "network"
    return place.text(f"weights/{safe}.json", network.to_json(), "network")


def _there(path: PathLike) -> Path:
    if not Path(path).exists():
        raise InputError(f"{os.fspath(path)}: No such file or directory")
    return Path(path)
