"""A whole network as one job for a machine: what `hqrn-job` does.

For diagonal states the machine is a table that is measured once: the N basis inputs of every block answer every sample, and all
else is classical. `plan` writes a folder with the job and what is promised of it, a script of `examples/submit` submits it (or
`rehearse` draws a result from the promises), and `collect` reads what came back.
"""

import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ._arrays import labels as _labels
from ._arrays import samples as _samples
from ._call import Option, Workplace, workplace
from ._data import Labels, Machine, PathLike, Samples, is_path, machine_option, weights_file
from ._errors import InputError
from ._network import Network, NetworkLike, network_of
from ._reports import CommandReport

__all__ = ["Collected", "Plan", "collect", "plan", "rehearse"]

ROWS = {"data": "rows.npy", "labels": "labels.npy", "train": "training-rows.npy"}


@dataclass(frozen=True, eq=False)
class Plan:
    """A job that is planned.

    Attributes:
        folder: what it is in: the programs, `job.json` for the provider, `plan.json` with all that is promised.
        report: qubits, shots, time, prices and promises.

    >>> import hqrn.job
    >>> [field for field in hqrn.job.Plan.__dataclass_fields__]
    ['folder', 'report']
    """

    folder: Path
    report: CommandReport

    @property
    def promises(self) -> Mapping[str, Any]:
        """What is promised of each step of mitigation."""
        found: Mapping[str, Any] = self.report.data["plan"]["promises"]
        return found


@dataclass(frozen=True, eq=False)
class Collected:
    """What came back of a job.

    Attributes:
        network: the network as it was measured, W_rec in place of W, with biases and head of the step.
        labels: of every row that is reported.
        report: every step of mitigation, beside what was promised of it; `origin` says whether a machine gave the counts.

    >>> import hqrn.job
    >>> [field for field in hqrn.job.Collected.__dataclass_fields__]
    ['network', 'labels', 'report']
    """

    network: Network
    labels: list[int]
    report: CommandReport


def plan(
    network: NetworkLike,
    X: Samples,
    y: Labels = None,
    *,
    machine: Machine,
    output: PathLike,
    train_X: Samples | None = None,
    executions: float | None = None,
    provider: str | None = None,
    tiles: int | None = None,
    step: str | None = None,
    draws: int | None = None,
    seed: int = 0,
    threads: int | None = None,
    quiet: bool = False,
    **options: Option,
) -> Plan:
    """Chooses qubits, copies and shots, says what the job will cost and how many labels will hold, and writes it to a folder.

    Args:
        network: the network, with a head.
        X, y: rows to report, S x input_dim, and their labels; arrays are kept in the folder.
        machine: the machine's figures.
        output: folder of the plan.
        train_X: rows that decide on shots and refits; needed beside arrays.
        executions: of circuits in all, copies counted.
        provider: ibm, braket or ionq.
        tiles: copies of every circuit side by side, at most.
        step: raw, inverted, scaled, shifted or refitted: the mitigation that labels are taken from.
        options: any other option of `hqrn-job plan --help` by its name.

    >>> import json, hqrn, hqrn.job
    >>> qubits = [{"qubit": q, "t1": 3e-4, "t2": 3e-4, "one_for_zero": 0.01, "zero_for_one": 0.01, "error": 1e-4} for q in range(6)]
    >>> pairs = [{"qubits": [q, q + 1], "gate": "cz", "error": 2e-3} for q in range(5)]
    >>> machine = {"format": "hqrn-machine", "version": 1, "name": "line", "date": "2026-01-01", "target": "ibm"}
    >>> _ = open("line.json", "w").write(json.dumps({**machine, "qubits": qubits, "pairs": pairs}))
    >>> X, head = [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]], ([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0])
    >>> network = hqrn.Network.from_arrays([[[2.0, -0.5], [-0.5, 2.0]]], head=head)
    >>> plan = hqrn.job.plan(network, X, train_X=X * 5, machine="line.json", output="planned", executions=1e4, draws=2, quiet=True)
    >>> sorted(path.name for path in plan.folder.iterdir())[:2]
    ['block-01.qasm', 'job.json']
    """
    net = network_of(network)
    folder = Path(output)
    with workplace() as place, _rows(place, folder, net, X, y, train_X) as rows:
        named: dict[str, Option] = {
            "machine": machine_option(machine),
            "output": folder,
            "executions": executions,
            "provider": provider,
            "tiles": tiles,
            "step": step,
            "draws": draws,
            "seed": seed,
            **rows,
            **options,
        }
        answer = place.call("job plan", [weights_file(place, net)], named, threads, quiet)
        return Plan(folder, CommandReport(answer.text, answer.report))


def rehearse(plan: Plan | PathLike, output: PathLike | None = None, *, seed: int = 0, threads: int | None = None, quiet: bool = False) -> Path:
    """Draws a result from what was promised, in place of a machine; `result.json` in the plan's folder if it is not said where.

    >>> import json, hqrn, hqrn.job
    >>> qubits = [{"qubit": q, "t1": 3e-4, "t2": 3e-4, "one_for_zero": 0.01, "zero_for_one": 0.01, "error": 1e-4} for q in range(6)]
    >>> pairs = [{"qubits": [q, q + 1], "gate": "cz", "error": 2e-3} for q in range(5)]
    >>> machine = {"format": "hqrn-machine", "version": 1, "name": "line", "date": "2026-01-01", "target": "ibm"}
    >>> _ = open("line.json", "w").write(json.dumps({**machine, "qubits": qubits, "pairs": pairs}))
    >>> X, head = [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]], ([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0])
    >>> network = hqrn.Network.from_arrays([[[2.0, -0.5], [-0.5, 2.0]]], head=head)
    >>> plan = hqrn.job.plan(network, X, train_X=X * 5, machine="line.json", output="rehearsed", executions=1e4, draws=2, quiet=True)
    >>> hqrn.job.rehearse(plan, quiet=True).name
    'result.json'
    """
    folder = _folder(plan)
    result = Path(output) if output is not None else folder / "result.json"
    with workplace() as place:
        place.call("job rehearse", [folder], {"output": result, "seed": seed}, threads, quiet, reports=False)
    return result


def collect(
    plan: Plan | PathLike,
    result: PathLike | None = None,
    X: Samples | None = None,
    y: Labels = None,
    *,
    train_X: Samples | None = None,
    step: str | None = None,
    report: PathLike | None = None,
    threads: int | None = None,
    quiet: bool = False,
    **options: Option,
) -> Collected:
    """Reads what came back: W of every block, labels, and how far all of it is from what was promised.

    Args:
        plan: what `plan` gave, or its folder.
        result: the file that came back; `result.json` of the folder if left out.
        X, y, train_X: other rows than those of the plan.
        step: the step that labels and the network are taken from; the plan's if left out.
        report: write a page with pictures there.
        options: any other option of `hqrn-job collect --help` by its name.

    >>> import json, hqrn, hqrn.job
    >>> qubits = [{"qubit": q, "t1": 3e-4, "t2": 3e-4, "one_for_zero": 0.01, "zero_for_one": 0.01, "error": 1e-4} for q in range(6)]
    >>> pairs = [{"qubits": [q, q + 1], "gate": "cz", "error": 2e-3} for q in range(5)]
    >>> machine = {"format": "hqrn-machine", "version": 1, "name": "line", "date": "2026-01-01", "target": "ibm"}
    >>> _ = open("line.json", "w").write(json.dumps({**machine, "qubits": qubits, "pairs": pairs}))
    >>> X, head = [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]], ([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0])
    >>> network = hqrn.Network.from_arrays([[[2.0, -0.5], [-0.5, 2.0]]], head=head)
    >>> plan = hqrn.job.plan(network, X, train_X=X * 5, machine="line.json", output="collected", executions=1e4, draws=2, quiet=True)
    >>> _ = hqrn.job.rehearse(plan, quiet=True)
    >>> hqrn.job.collect(plan, quiet=True).labels
    [0, 1, 0]
    """
    folder = _folder(plan)
    if X is None and (y is not None or train_X is not None):
        raise InputError(f"{'train_X' if y is None else 'y'}: without X, expected rows X with it, or the plan's own rows and labels")
    with workplace() as place, _rows(place, place.folder, None, X, y, train_X) as rows:
        measured = place.path("measured.json")
        named: dict[str, Option] = {"step": step, "report": report, "measured": measured, **rows, **options}
        answer = place.call("job collect", [folder, *([] if result is None else [result])], named, threads, quiet)
        told = answer.report
        return Collected(Network.from_file(measured), list(told["labels"]), CommandReport(answer.text, told))


def _folder(plan: Plan | PathLike) -> Path:
    return plan.folder if isinstance(plan, Plan) else Path(plan)


@contextmanager
def _rows(
    place: Workplace, folder: Path, network: Network | None, X: Samples | None, y: Labels, train_X: Samples | None
) -> Iterator[dict[str, Option]]:
    """The options that name rows; arrays are kept in the folder, as whoever collects looks at them again, which is as it was if what they
    are for is refused."""
    given: dict[str, Option] = {}
    kept: dict[str, tuple[Any, str]] = {}

    def inputs(rows: Any, name: str) -> Any:
        return network.inputs(rows) if network is not None and network.front is not None else _samples(rows, name)

    if X is not None and not is_path(X) and train_X is None:
        raise InputError("train_X: missing, expected rows that decide on shots and refits beside those that are reported")
    for name, called, rows in (("data", "X", X), ("train", "train_X", train_X), ("labels", "y", y)):
        if isinstance(rows, (str, os.PathLike)):
            given[name] = rows
        elif rows is not None:
            array: Any = rows
            classes = None if network is None else network.classes
            kept[name] = (_labels(array, len(array), called, classes) if name == "labels" else inputs(array, called), called)
    # Nothing is written before all of it has been looked at.
    made = [each for each in (folder, *folder.parents) if not each.exists()]
    earlier: dict[Path, Path] = {}
    written: list[Path] = []
    try:
        if kept:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise InputError(f"output: {folder}: {error.strerror}, expected a folder, or none yet") from error
        for name, (array, called) in kept.items():
            path = folder / ROWS[name]
            if path.exists():
                earlier[path] = Path(shutil.move(path, place.path(f"earlier-{ROWS[name]}")))
            written.append(path)
            given[name] = place.call_it(Workplace(folder).array(ROWS[name], array, called), called)
        yield given
    except BaseException:
        for path in written:
            path.unlink(missing_ok=True)
        for path, put_aside in earlier.items():
            shutil.move(put_aside, path)
        for each in made:
            with suppress(OSError):
                each.rmdir()
        raise
