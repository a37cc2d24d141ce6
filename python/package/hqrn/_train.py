"""`hqrn.train`: networks from labelled samples."""

import re
from dataclasses import dataclass
from pathlib import Path

from ._call import Option, workplace
from ._data import Labels, PathLike, Samples, rows
from ._errors import InputError
from ._network import Network
from ._reports import CommandReport

FAMILIES = {"residual": "train", "quanvolution": "train quanvolution", "amplitudes": "train amplitudes", "entanglement": "train entanglement"}


@dataclass(frozen=True, eq=False)
class Trained:
    """A trained network and what the training came to.

    Attributes:
        network: after the last epoch.
        report: what `hqrn-train` says; `data["epochs"]` has a row for each checkpoint.

    >>> import hqrn
    >>> trained = hqrn.train([[0.9, 0.1], [0.2, 0.8]] * 8, [0, 1] * 8, blocks=1, dim=2, epochs=3, every=1, quiet=True)
    >>> len(trained.report.data["epochs"])
    3
    """

    network: Network
    report: CommandReport


def train(
    X: Samples | None = None,
    y: Labels = None,
    *,
    test_X: Samples | None = None,
    test_y: Labels = None,
    family: str = "residual",
    output: PathLike | None = None,
    name: str | None = None,
    blocks: int | None = None,
    dim: int | None = None,
    alpha: float | None = None,
    activation: str | None = None,
    optimizer: str | None = None,
    rate: float | None = None,
    batch: int | None = None,
    epochs: int | None = None,
    every: int | None = None,
    seed: int = 0,
    threads: int | None = None,
    quiet: bool = False,
    **options: Option,
) -> Trained:
    """Trains a network by hqrn's own gradients, without torch.

    Args:
        X, y: samples, S x D, and their classes, from 0; or files, as `hqrn-train` takes them.
        test_X, test_y: samples to test on.
        family: residual, quanvolution, amplitudes, or entanglement (which makes its own states).
        output: folder for checkpoints, from which a training that was stopped goes on; none are kept if left out.
        name: of the network.
        blocks, dim: how many blocks of which width.
        alpha, activation: as in `Network.from_arrays`.
        optimizer, rate, batch, epochs, every: as `hqrn-train --help` has them.
        options: any other option of `hqrn-train --help` (or of the family's) by its name.

    >>> import hqrn
    >>> trained = hqrn.train([[0.9, 0.1], [0.2, 0.8]] * 8, [0, 1] * 8, blocks=1, dim=2, epochs=2, quiet=True)
    >>> trained.network
    Network 'network': 1 block of 2 x 2, 2 classes
    """
    if family not in FAMILIES:
        raise InputError(f"family: {family!r}, expected one of {', '.join(FAMILIES)}")
    with workplace() as place:
        folder = Path(output) if output is not None else place.path("trained")
        named: dict[str, Option] = {
            "output": folder,
            "name": name if name is not None or output is not None else "network",
            "blocks": blocks,
            "dim": dim,
            "alpha": alpha,
            "activation": activation,
            "optimizer": optimizer,
            "rate": rate,
            "batch": batch,
            "epochs": epochs,
            "every": every,
            "seed": seed,
            **options,
        }
        if family == "entanglement" and named["name"] == "network":
            named["name"] = None
        if X is not None:
            named.update(rows(place, X, y))
        if test_X is not None:
            named.update(rows(place, test_X, test_y, "test_data", "test_labels", names=("test_X", "test_y")))
        answer = place.call(FAMILIES[family], [], named, threads, quiet)
        network = Network.from_file(_last(folder))
        return Trained(network, CommandReport(answer.text, answer.report))


def _last(folder: Path) -> Path:
    """The network of the last epoch."""
    found = {}
    for path in folder.glob("epoch-*"):
        number = re.fullmatch(r"epoch-(\d+)\.(safetensors|json)", path.name)
        if number:
            found[int(number[1])] = path
    if found:
        return found[max(found)]
    whole = [path for path in (folder / "network.json", folder / "finetuned.json", folder / "greedy.json") if path.exists()]
    if not whole:
        raise InputError(f"{folder}: no network was left there")
    return whole[0]
