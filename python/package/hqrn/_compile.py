"""`hqrn.compile`: networks to verified programs."""

import json
import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from . import _arrays, _hqrn
from ._arrays import Floats
from ._call import Option, workplace
from ._data import Machine, Noise, PathLike, Samples, is_path, machine_bytes, machine_option, rows, weights_file
from ._errors import InputError
from ._network import Network, NetworkLike, network_of, write_whole
from ._programs import Contract, Program
from ._reports import BlockReport, CompileReport, pick


@dataclass(frozen=True, eq=False)
class Table:
    """What the circuits of a block do with diagonal states.

    Attributes:
        plus, minus: (gamma, p) of each sign, p[n, m] the probability that a shot from basis state m counts and spells n;
            None where W has no entry of that sign.
        joint: whether both signs are read from the same shots.

    >>> import hqrn
    >>> table = hqrn.compile([[9.0, 4.0], [-4.0, 9.0]]).tables()[0]
    >>> table.minus[0], table.minus[1].shape, table.joint
    (4.0, (2, 2), False)
    """

    plus: tuple[float, Floats] | None
    minus: tuple[float, Floats] | None
    joint: bool

    @property
    def weight(self) -> Floats:
        """gamma+ p+ - gamma- p-, which is W where nothing disturbs the circuits."""
        signs = [(1.0, self.plus), (-1.0, self.minus)]
        parts = [sign * table[0] * table[1] for sign, table in signs if table is not None]
        total: Floats = np.sum(parts, axis=0)
        return total


@dataclass(frozen=True, eq=False)
class Compiled:
    """A compiled network.

    Attributes:
        network: what was compiled; with `max_cx` the smaller network.
        programs: the programs in the order of their blocks, OpenQASM texts with names and contracts.
        report: qubits, gates, gamma and error of each block, a table to print.
        options: what it was compiled with.

    >>> import hqrn
    >>> compiled = hqrn.compile([[9.0, 4.0], [-4.0, 9.0]])
    >>> [program.name for program in compiled.programs]
    ['block-01.qasm']
    >>> compiled.report.blocks[0].gamma_minus
    4.0
    """

    network: Network
    programs: tuple[Program, ...]
    report: CompileReport
    manifest: str | None = field(repr=False)
    options: Mapping[str, Any] = field(repr=False)

    @property
    def contract(self) -> tuple[Contract, ...]:
        """What each program computes, and how that is read from its bits."""
        return tuple(program.contract for program in self.programs)

    def on(self, target: str) -> "Compiled":
        """The same for another target: compiled anew where it is not of that already.

        >>> import hqrn
        >>> hqrn.compile([[1.0]]).on("braket").contract[0].target
        'braket'
        """
        if all(contract.target == target for contract in self.contract):
            return self
        kept = {name: value for name, value in self.options.items() if name not in ("target", "machine", "max_cx")}
        return compile(self.network, target=target, **kept)

    def qiskit(self) -> list[Any]:
        """A `qiskit.QuantumCircuit` for each program; see `Program.qiskit`."""
        return [program.qiskit() for program in self.programs]

    def braket(self) -> list[Any]:
        """A `braket.circuits.Circuit` for each program, compiled for Braket; see `Program.braket`."""
        return [program.braket() for program in self.on("braket").programs]

    def cirq(self) -> list[Any]:
        """A `cirq.Circuit` for each program; see `Program.cirq`."""
        return [program.cirq() for program in self.programs]

    def pennylane(self) -> list[Any]:
        """A quantum function of PennyLane for each program, compiled for it; see `Program.pennylane`."""
        return [program.pennylane() for program in self.on("pennylane").programs]

    def pytket(self) -> list[Any]:
        """A `pytket.circuit.Circuit` for each program, compiled to OpenQASM 2; see `Program.pytket`."""
        return [program.pytket() for program in self.on("qasm2").programs]

    def tables(
        self,
        *,
        noise: Noise = None,
        machine: Machine = None,
        waits: bool = False,
        trajectories: int = 100,
        seed: int = 0,
        threads: int | None = None,
    ) -> tuple[Table, ...]:
        """What the circuits of every block do with states, simulated: exactly, or with a noise model, or with the noise of a machine
        by its figures (programs are to be compiled for it).

        >>> import hqrn, numpy as np
        >>> compiled = hqrn.compile([[9.0, 4.0], [-4.0, 9.0]])
        >>> np.allclose(compiled.tables()[0].weight, [[9, 4], [-4, 9]], atol=1e-12)
        True
        """
        model: str | None = None
        if isinstance(noise, Mapping):
            model = json.dumps(dict(noise))
        elif noise is not None:
            model = Path(noise).read_text(encoding="utf-8") if Path(noise).exists() else os.fspath(noise)
        texts = [str(program) for program in self.programs]
        found = _hqrn.tables(self.network._core, texts, model, machine_bytes(machine), waits, trajectories, seed, threads)
        return tuple(Table(plus, minus, joint) for plus, minus, joint in found)

    def save(self, folder: PathLike) -> Path:
        """Writes the programs and their manifest to a folder, as `hqrn-compile -o FOLDER` does.

        >>> import hqrn
        >>> folder = hqrn.compile([[1.0, 2.0], [0.0, 1.0]]).save("out")
        >>> sorted(path.name for path in folder.iterdir())
        ['block-01.qasm', 'manifest.json']
        """
        folder = Path(folder)
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise InputError(f"{folder}: {error.strerror}") from None
        for program in self.programs:
            write_whole(folder / program.name, program.encode())
        if self.manifest is not None:
            write_whole(folder / "manifest.json", self.manifest.encode())
        return folder


ENDINGS = {"ionq-native": "json", "qir": "ll"}
"""What names of programs end in, where they are not OpenQASM."""


def compile(
    network: NetworkLike,
    *,
    target: str | None = None,
    machine: Machine = None,
    method: str | None = None,
    phases: str | None = None,
    gamma: str | None = None,
    inputs: str | None = None,
    input: int | ArrayLike | PathLike | None = None,
    block: int | None = None,
    split: bool = False,
    layout: str | Sequence[int] | None = None,
    coupling: PathLike | Sequence[Sequence[int]] | None = None,
    max_cx: float | None = None,
    data: Samples | None = None,
    tolerance: float | None = None,
    verify: bool = True,
    seed: int = 0,
    executor: Executor | None = None,
    threads: int | None = None,
    quiet: bool = False,
    **options: Option,
) -> Compiled:
    """Compiles a network to OpenQASM programs, which are read back from their text, simulated and compared with the weights.

    Args:
        network: a Network, the path of its weights, or the matrix W of a single block, N x N.
        target: who is to read the programs: portable, ibm, azure, ionq, qasm2, braket, pennylane, or a name that
            `hqrn-compile --target list` has; clifford-t asks for synthesis_error=1e-3, or the like.
        machine: a machine with its figures; circuits are put on its best qubits, and its gates choose the target.
        method: exact, joint (one circuit for both signs), trotter; layers of amplitude networks.
        phases: nonnegative, signs or complex; by default what takes the fewest shots times CX.
        gamma: own or shared.
        inputs: diagonal, columns (programs of which angles choose the basis state) or quantum; parameters or fixed of quanvolutions.
        input: what a single block's program prepares: a basis state m, or N probabilities.
        block: this block only, from 1.
        split: a program for each sign.
        layout: best, median or qubits of the machine.
        coupling: pairs of qubits that can be joined, or a file of them.
        max_cx: compress to so many CX a sign in the mean first; `data` are the samples that it is fitted to.
        data: labelled or bare samples as a file, or S x D numbers.
        tolerance: largest error that passes, as a share of max |W|; 1e-9 if left out.
        verify: False leaves verifying to `hqrn.verify`.
        seed: the same seed gives the same bytes.
        executor: any `concurrent.futures.Executor`, of Dask, Ray or processes: blocks are compiled by it, to the same programs.
        threads: all cores by default.
        quiet: without notes, which are warnings of the category `hqrn.Note`.
        options: any other option of `hqrn-compile --help` by its name, `trotter_error=1e-3` for `--trotter-error`.

    Raises:
        InputError: bad input.
        CheckFailed: a program does not compute its weights.

    >>> import hqrn
    >>> print(hqrn.compile([[16, 1], [-4, 1]], target="ibm").contract[0].target)
    ibm
    """
    if "output" in options:
        raise InputError("output: programs come back as a Compiled, whose .save(folder) writes them")
    net = network_of(network)
    named: dict[str, Option] = {
        "target": target,
        "machine": machine_option(machine),
        "method": method,
        "phases": phases,
        "gamma": gamma,
        "inputs": inputs,
        "split": split,
        "layout": layout,
        "max_cx": max_cx,
        "tolerance": tolerance,
        "no_verify": not verify,
        "seed": seed,
        **options,
    }
    given: dict[str, Any] = {
        "target": target, "machine": machine, "method": method, "phases": phases, "gamma": gamma, "inputs": inputs, "input": input,
        "block": block, "split": split, "layout": layout, "coupling": coupling, "max_cx": max_cx, "data": data, "tolerance": tolerance,
        "verify": verify, "seed": seed, "threads": threads, **options,
    }  # fmt: skip
    given = {name: value for name, value in given.items() if value is not None and value is not False}
    if executor is not None and block is None and net.family == "residual" and max_cx is None and data is None:
        return _by_executor(executor, net, {**given, "quiet": quiet})
    with workplace() as place:
        if input is not None:
            named["input"] = _input(place.text, input)
        if coupling is not None:
            if isinstance(coupling, (str, os.PathLike)):
                named["coupling"] = coupling
            else:
                named["coupling"] = place.text("coupling.json", json.dumps([list(map(int, pair)) for pair in coupling]), "coupling")
        if data is not None:
            named.update(rows(place, data, None, network=net if not is_path(data) else None, names=("data", "labels")))
            if max_cx is None or net.classes is None:
                named.pop("labels", None)
        out = place.path("out")
        if block is not None or (input is not None and net._core.parts == 1):
            out.mkdir()
            named["block"] = block
            destination = out / f"block-{block or 1:02}.{ENDINGS.get(target or '', 'qasm')}"
        else:
            destination = out
        answer = place.call("compile", [weights_file(place, net)], {**named, "output": destination}, threads, quiet)
        ending = "." + ENDINGS.get(target or "", "qasm")
        beside = {"manifest.json", "small.json"}
        names = [Path(file).name for file in answer.report.get("files", []) if str(file).endswith(ending)]
        names = [name for name in names if name not in beside]
        programs = tuple(Program((out / name).read_text(encoding="utf-8"), name) for name in names)
        manifest = out / "manifest.json"
        written = manifest.read_text(encoding="utf-8") if manifest.exists() else None
        small = out / "small.json"
        made = Network.from_file(small, net.front) if small.exists() else net
        return Compiled(made, programs, _report(answer.text, answer.report), written, given)


def _report(text: str, data: Mapping[str, Any]) -> CompileReport:
    return pick(CompileReport, text, data, blocks=tuple(BlockReport.of(block) for block in data.get("blocks", [])))


def _input(text: Callable[[str, str, str], Path], input: "int | ArrayLike | PathLike") -> Option:
    if isinstance(input, (str, os.PathLike)):
        return input
    if isinstance(input, (int, np.integer)):
        return f"basis:{int(input)}"
    return text("input.json", json.dumps(_arrays.numbers(input, "input", 1).tolist()), "input")


def _one_block(network: Network, block: int, given: Mapping[str, Any]) -> Compiled:
    return compile(network, block=block, **given)


def _by_executor(executor: Executor, network: Network, given: Mapping[str, Any]) -> Compiled:
    """Blocks are independent; whoever runs them, they are put together in their order."""
    core = Network(network._core)
    numbers = range(1, network._core.parts + 1)
    parts = [future.result() for future in [executor.submit(_one_block, core, k, dict(given)) for k in numbers]]
    first = parts[0]
    data = {**first.report.data, "blocks": [block for part in parts for block in part.report.data["blocks"]]}
    data["files"] = [program.name for part in parts for program in part.programs]
    head, *_ = [i for i, line in enumerate(first.report.text.split("\n")) if set(line.strip()) == {"─"}]
    lines = first.report.text.split("\n")[: head + 1]
    below = [line for part in parts for line in part.report.text.split("\n")[head + 1 :] if line.strip()]
    # What is said below the rows is of all blocks, and once is enough.
    rows = [line for line in below if line.split()[0].isdigit()]
    said = dict.fromkeys(line for line in below if line not in rows)
    lines += [*rows, *([""] if said else []), *said]
    summaries = [block["summary"] for block in data["blocks"]]
    dim = len(network._core.weight(0))
    manifest = {"format": "hqrn-manifest", "version": 1, "network": network.name, "dim": dim, "blocks": summaries}
    programs = tuple(program for part in parts for program in part.programs)
    kept = {name: value for name, value in given.items() if name != "quiet"}
    return Compiled(network, programs, _report("\n".join(lines) + "\n", data), json.dumps(manifest, indent=2) + "\n", kept)
