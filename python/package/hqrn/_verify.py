"""`hqrn.verify`: do programs compute their weights, also behind a transpiler?"""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Union

from ._call import Option, Workplace, workplace
from ._compile import Compiled
from ._data import Machine, PathLike, machine_option, weights_file
from ._errors import InputError
from ._network import Network, NetworkLike, network_of
from ._programs import Contract, Program
from ._reports import VerifiedBlock, VerifyReport, pick

Programs = Union[Compiled, str, "os.PathLike[str]", Any, Iterable[Any]]
"""A compiled network, the text or path of a program, a folder with a manifest, a `qiskit.QuantumCircuit`, or several of them."""

REWRITTEN = 1e-7
"""What a transpiler may be off, as a share of max |W|: it rounds less carefully than hqrn does."""


def verify(
    programs: Programs,
    network: NetworkLike | None = None,
    *,
    contract: "str | os.PathLike[str] | Sequence[str] | None" = None,
    layout: Sequence[int] | None = None,
    block: int | None = None,
    target: str | None = None,
    coupling: PathLike | None = None,
    machine: Machine = None,
    complete: bool = False,
    tolerance: float | None = None,
    sample: int | None = None,
    seed: int = 0,
    threads: int | None = None,
    quiet: bool = False,
    **options: Option,
) -> VerifyReport:
    """Simulates programs and compares what they compute with the weights.

    Args:
        programs: what `hqrn.compile` gave, texts or paths of programs, or circuits of Qiskit, also as a transpiler has left them.
        network: the weights; those that were compiled if left out.
        contract: the originals of rewritten programs; circuits that come from `.qiskit()` have theirs along.
        layout: where qubit 0, 1, ... of the original is in the rewritten program; circuits of Qiskit say it themselves.
        block: compare with this block, from 1, instead of the one that the program names.
        target, coupling, machine: refuse programs of another target, with other pairs, or that this machine cannot run.
        complete: refuse to go on unless there are programs of every block.
        tolerance: largest error that passes, as a share of max |W|: 1e-9, or 1e-7 of rewritten programs, if left out.
        sample: compare so many columns of W, chosen by the seed.
        options: any other option of `hqrn-verify --help` by its name.

    Raises:
        CheckFailed: a program does not compute its weights; the message says where and by how much.
        InputError: bad input.

    >>> import hqrn
    >>> compiled = hqrn.compile([[9.0, 4.0], [-4.0, 9.0]])
    >>> hqrn.verify(compiled.programs, compiled.network).blocks[0].max_error < 1e-12
    True
    """
    if network is None:
        if not isinstance(programs, Compiled):
            raise InputError("network: missing, expected the weights that the programs are to compute")
        network = programs.network
    net = network_of(network)
    named: dict[str, Option] = {
        "block": block,
        "target": target,
        "coupling": coupling,
        "machine": machine_option(machine),
        "complete": complete,
        "sample": sample,
        "seed": seed,
        **options,
    }
    items = _items(programs)
    with workplace() as place:
        weights = weights_file(place, net)
        if not any(_is_circuit(item) for item in items):
            files = [_file(place, item, i) for i, item in enumerate(items)]
            named.update({"layout": layout, "tolerance": tolerance})
            if contract is not None:
                named["tolerance"] = REWRITTEN if tolerance is None else tolerance
            return _run(place, files, {**named, "weights": weights}, _originals(place, contract), threads, quiet)
        reports = []
        for i, item in enumerate(items):
            if not _is_circuit(item):
                raise InputError("programs: circuits of Qiskit beside others, expected one kind")
            original = contract if contract is not None else (item.metadata or {}).get("hqrn")
            if original is None:
                raise InputError("programs: a circuit without its original: give its text by contract=")
            named.update({"layout": layout or _layout(item, original), "tolerance": REWRITTEN if tolerance is None else tolerance})
            files = [place.text(f"circuit-{i + 1}.qasm", _text(item))]
            reports.append(_run(place, files, {**named, "weights": weights}, _originals(place, original), threads, quiet))
        if len(reports) == 1:
            return reports[0]
        blocks = tuple(block for report in reports for block in report.blocks)
        text = "\n".join(report.text for report in reports)
        data = {"reports": [report.data for report in reports]}
        return VerifyReport(text, data, net.name, True, reports[0].tolerance, blocks)


def _run(
    place: Workplace,
    files: Sequence[Path],
    named: dict[str, Option],
    originals: Sequence[Path],
    threads: int | None,
    quiet: bool,
) -> VerifyReport:
    # The only option with values of which each is a word of its own.
    extra = {f"contract{'_' * i}": path for i, path in enumerate(originals)}
    answer = place.call("verify", files, {**named, **extra}, threads, quiet)
    blocks = []
    for part in answer.report.get("blocks", []):
        verification = part["verification"]
        blocks.append(VerifiedBlock(part["block"], part["holds"], verification["max_error"], verification["allowed"]))
    return pick(VerifyReport, answer.text, answer.report, blocks=tuple(blocks))


def _items(programs: Programs) -> list[Any]:
    if isinstance(programs, Compiled):
        return list(programs.programs)
    if isinstance(programs, (str, os.PathLike)) or _is_circuit(programs):
        return [programs]
    items = list(programs)
    if not items:
        raise InputError("programs: none, expected at least one")
    return items


def _file(place: Workplace, item: Any, i: int) -> Path:
    if isinstance(item, str) and "\n" in item:
        name = item.name if isinstance(item, Program) else f"program-{i + 1}.qasm"
        return place.text(f"programs/{name}", item)
    if isinstance(item, (str, os.PathLike)):
        if not Path(item).exists():
            raise InputError(f"{os.fspath(item)}: No such file or directory")
        return Path(item)
    raise InputError(f"programs[{i}]: {type(item).__name__}, expected a text, a path or a QuantumCircuit")


def _originals(place: Workplace, contract: Any) -> list[Path]:
    if contract is None:
        return []
    given = [contract] if isinstance(contract, (str, os.PathLike)) else list(contract)
    files = []
    for i, item in enumerate(given):
        if isinstance(item, str) and "\n" in item:
            files.append(place.text(f"original-{i + 1}.qasm", item))
        else:
            files.append(Path(item))
    return files


def _is_circuit(item: Any) -> bool:
    return any(kind.__name__ == "QuantumCircuit" for kind in type(item).__mro__)


def _text(circuit: Any) -> str:
    from qiskit import qasm3

    return str(qasm3.dumps(circuit))


def _layout(circuit: Any, original: Any) -> Option:
    """Where the transpiler has put the qubits; a program that prepares its input does not need it."""
    layout = getattr(circuit, "layout", None)
    if layout is None or not isinstance(original, str) or "prepared" in Contract.of(original).data:
        return None
    return list(map(int, layout.initial_index_layout(filter_ancillas=True)))
