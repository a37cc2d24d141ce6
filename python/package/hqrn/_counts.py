"""`hqrn.counts`: what came back of a client, with error bars."""

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Union

import numpy as np
from numpy.typing import ArrayLike

from . import _arrays
from ._arrays import Floats
from ._call import Option, workplace
from ._data import PathLike, is_path, weights_file
from ._errors import InputError
from ._network import NetworkLike, network_of
from ._reports import Report, pick
from ._verify import Programs, _file, _items

CountsLike = Union[Mapping[str, int], Sequence[Any], PathLike]
"""Counts as a client returns them: words of bits with how often they came, a list of such tables, lists of shots, or a file."""


@dataclass(frozen=True)
class CountsReport(Report):
    """What counts say of a block; every number with its standard error.

    Attributes:
        block: the block's number, from 1; None of layers and segments.
        product: W y, N x 2: values and errors; None where columns were measured.
        h: F(W y + b), N x 2.
        next: the next state, N x 2.
        weight: W_rec, N x N x 2, where the counts are of all columns.

    >>> import hqrn
    >>> compiled = hqrn.compile([[4.0, 1.0], [0.0, 1.0]], target="qasm2", inputs="columns")
    >>> counts = [{"00": 8, "10": 2}, {"00": 2, "01": 2, "10": 6}]
    >>> hqrn.counts(compiled, counts, compiled.network, order="last", quiet=True).weight.shape
    (2, 2, 2)
    """

    block: int | None
    product: Floats | None
    h: Floats | None
    next: Floats | None
    weight: Floats | None


def counts(
    programs: Programs,
    counts: CountsLike,
    network: NetworkLike,
    *,
    state: ArrayLike | PathLike | None = None,
    order: str | None = None,
    seed: int = 0,
    threads: int | None = None,
    quiet: bool = False,
    **options: Option,
) -> CountsReport:
    """Reads p+ and p-, W y, h and the next state from counts.

    Args:
        programs: the program that ran; both halves of a split one; those of all patches of a layer.
        counts: what came back; a list of as many where there are several programs, or a program is of columns.
        network: the weights, of which bias, activation and alpha are taken.
        state: N probabilities that went in; not needed where the program prepares them.
        order: which end of a word is bit 0, last (Qiskit) or first (Braket, PennyLane, pytket); by default what the clients of the
            program's target write.
        options: any other option of `hqrn-counts --help` by its name.

    >>> import hqrn
    >>> program = hqrn.compile([[16.0, 1.0], [-4.0, 1.0]], input=1).programs[0]
    >>> report = hqrn.counts(program, {"0000": 60, "0010": 4}, [[16.0, 1.0], [-4.0, 1.0]])
    >>> report.product.shape
    (2, 2)
    """
    with workplace() as place:
        files = [_file(place, item, i) for i, item in enumerate(_items(programs))]
        named: dict[str, Option] = {"order": order, "seed": seed, **options}
        tables: list[Any] = [counts]
        if len(files) > 1 and not isinstance(counts, (str, os.PathLike)):
            tables = list(counts)
        if len(tables) not in (1, len(files)):
            raise InputError(f"counts: {len(tables)} tables, expected {len(files)}, one a program")
        for i, table in enumerate(tables):
            name = f"counts{'_' * i}"
            called = "counts" if len(tables) == 1 else f"counts[{i}]"
            named[name] = table if is_path(table) else place.text(f"counts-{i + 1}.json", json.dumps(_plain(table)), called)
        named["weights"] = weights_file(place, network_of(network))
        if state is not None:
            if is_path(state):
                named["state"] = str(state)
            else:
                values = _arrays.numbers(state, "state", 1)  # type: ignore[arg-type]
                named["state"] = place.text("state.json", json.dumps(values.tolist()), "state")
        answer = place.call("counts", files, named, threads, quiet)
        told = answer.report
        estimate = told.get("estimate") or told.get("state") or {}
        numbers = {key: _pairs(estimate.get(key)) for key in ("product", "h", "next")}
        return pick(CountsReport, answer.text, told, weight=_pairs(told.get("weight")), **numbers)


def _pairs(values: Any) -> Floats | None:
    """Estimates as numbers: a value and its error last."""
    if not isinstance(values, list) or not values:
        return None
    if isinstance(values[0], dict):
        return np.array([[value["value"], value["error"]] for value in values])
    rows = [_pairs(row) for row in values]
    return None if any(row is None for row in rows) else np.array(rows)


def _plain(value: Any) -> Any:
    """What json writes: clients have whole numbers of numpy, and tables of classes of their own."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, (list, tuple)):
        return [_plain(item) for item in value]
    return value.item() if isinstance(value, np.generic) else value
