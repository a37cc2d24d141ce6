"""Reports: what the commands say, typed, as a table to print and as HTML in a notebook."""

import html
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any, TypeVar

_R = TypeVar("_R", bound="Report")


@dataclass(frozen=True)
class Report:
    """What every report has: the table that the command prints, and everything of it as JSON has it
    (`circuits/report.schema.json`).

    >>> import hqrn
    >>> report = hqrn.compile([[9.0, 4.0], [-4.0, 9.0]]).report
    >>> str(report).split()[:2], report.data["format"]
    (['block', 'qubits'], 'hqrn-report')
    """

    text: str = field(repr=False)
    data: Mapping[str, Any] = field(repr=False)

    def __str__(self) -> str:
        return self.text.rstrip("\n")

    def _repr_html_(self) -> str:
        """The table for a notebook."""
        return table_html(self.text)


def table_html(text: str) -> str:
    """Tables of the commands, a line of ─ below their titles, as HTML; what is no table stays as it is."""
    lines = text.rstrip("\n").split("\n")
    parts: list[str] = []
    i = 0
    while i < len(lines):
        if i + 1 < len(lines) and lines[i].strip() and set(lines[i + 1].strip()) == {"─"}:
            titles = _cells(lines[i])
            rows = []
            i += 2
            while i < len(lines) and lines[i].strip():
                rows.append(_cells(lines[i]))
                i += 1
            head = "".join(f"<th>{html.escape(cell)}</th>" for cell in titles)
            body = "".join(
                "<tr>" + "".join(f'<td style="text-align: right">{html.escape(cell)}</td>' for cell in row) + "</tr>" for row in rows
            )
            parts.append(f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")
        else:
            if lines[i].strip():
                parts.append(f"<pre>{html.escape(lines[i])}</pre>")
            i += 1
    return "\n".join(parts)


def _cells(line: str) -> list[str]:
    return re.split(r"\s{2,}", line.strip())


def pick(kind: type[_R], text: str, data: Mapping[str, Any], **made: Any) -> _R:
    """A report of a kind: its fields by name from the JSON, but for those that are made of it."""
    names = [f.name for f in fields(kind) if f.name not in ("text", "data") and f.name not in made]
    return kind(text=text, data=data, **{name: data.get(name) for name in names}, **made)


@dataclass(frozen=True)
class BlockReport:
    """A block of a compiled network.

    Attributes:
        block: its number, from 1.
        qubits: of its programs together.
        two_qubit_gates: CX, or what the target has.
        depth: of two-qubit gates.
        one_qubit_gates: all others.
        gamma_plus, gamma_minus: what probabilities are multiplied with; shots grow with them.
        max_error: max |W_rec - W| of the text read back and simulated; None where that was not asked for.

    >>> import hqrn
    >>> block = hqrn.compile([[9.0, 4.0], [-4.0, 9.0]]).report.blocks[0]
    >>> block.block, block.qubits, block.max_error < 1e-12
    (1, 4, True)
    """

    block: int
    qubits: int
    two_qubit_gates: int
    depth: int
    one_qubit_gates: int
    gamma_plus: float | None
    gamma_minus: float | None
    max_error: float | None

    @staticmethod
    def of(data: Mapping[str, Any]) -> "BlockReport":
        """From the JSON of a block."""
        summary, verification = data["summary"], data.get("verification")
        return BlockReport(
            block=summary["block"],
            qubits=summary["qubits"],
            two_qubit_gates=summary["cx"],
            depth=summary["cx_depth"],
            one_qubit_gates=summary["one_qubit_gates"],
            gamma_plus=summary.get("gamma_plus"),
            gamma_minus=summary.get("gamma_minus"),
            max_error=verification["max_error"] if verification else None,
        )


@dataclass(frozen=True)
class CompileReport(Report):
    """What `hqrn.compile` says.

    >>> import hqrn
    >>> report = hqrn.compile([[9.0, 4.0], [-4.0, 9.0]]).report
    >>> report.verified, report.blocks[0].qubits
    (True, 4)
    >>> report._repr_html_().startswith("<table>")
    True
    """

    network: str
    verified: bool
    tolerance: float | None
    blocks: tuple[BlockReport, ...]


@dataclass(frozen=True)
class VerifiedBlock:
    """A block of which programs were verified: its number from 1, whether they hold, the largest error of W and what is allowed.

    >>> import hqrn
    >>> block = hqrn.verify(hqrn.compile([[9.0, 4.0], [-4.0, 9.0]])).blocks[0]
    >>> block.holds, block.max_error < block.allowed
    (True, True)
    """

    block: int
    holds: bool
    max_error: float
    allowed: float


@dataclass(frozen=True)
class VerifyReport(Report):
    """What `hqrn.verify` says of programs that compute their weights.

    >>> import hqrn
    >>> compiled = hqrn.compile([[9.0, 4.0], [-4.0, 9.0]])
    >>> hqrn.verify(compiled, compiled.network).holds
    True
    """

    network: str
    holds: bool
    tolerance: float
    blocks: tuple[VerifiedBlock, ...]


@dataclass(frozen=True)
class Point:
    """A network run with so many shots.

    Attributes:
        shots: for p+ and again for p- of every block; None where they are infinitely many.
        samples: how many were run.
        error: share of wrong labels; None without labels, as what follows.
        classical_error: the same of the network itself.
        disagreement: share of labels that are not the network's own.
        distance: mean of sum_n |y_n - y'_n| / 2 of the last states.
        alpha: the residual weight, where it is not the network's own.
        data: all of it.

    >>> import hqrn
    >>> hqrn.run([[2.0, 1.0], [0.0, 1.0]], [[0.9, 0.1]], shots=100).points[0].samples
    1
    """

    shots: float | None
    samples: int
    error: float | None
    classical_error: float | None
    disagreement: float | None
    distance: float
    alpha: float | None
    data: Mapping[str, Any] = field(repr=False)

    @staticmethod
    def of(data: Mapping[str, Any]) -> "Point":
        """From the JSON of a point."""
        shots = data["shots"]
        return Point(
            shots=None if shots in (None, "inf") else float(shots),
            samples=data["tally"]["samples"],
            error=data.get("error"),
            classical_error=data.get("classical_error"),
            disagreement=data.get("disagreement"),
            distance=data["distance"],
            alpha=data.get("alpha"),
            data=data,
        )


@dataclass(frozen=True)
class RunReport(Report):
    """What `hqrn.run` says, a point for each number of shots and each setting.

    >>> import hqrn
    >>> network = hqrn.Network.from_arrays([[[2.0, 1.0], [0.0, -1.0]]], head=([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0]))
    >>> report = hqrn.run(network, [[0.9, 0.1], [0.2, 0.8]], [0, 1], shots=[1000, float("inf")])
    >>> [point.shots for point in report.points]
    [1000.0, None]
    """

    network: str
    points: tuple[Point, ...]


@dataclass(frozen=True)
class CommandReport(Report):
    """What a command says for which there is no type of its own: `data` has all of it.

    >>> import hqrn
    >>> issubclass(hqrn.CommandReport, hqrn.Report)
    True
    """
