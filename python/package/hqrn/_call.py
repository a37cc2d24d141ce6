"""How a function of the package runs the command of its name, within this process: options to arguments, data to files that the
command reads, its notes to warnings and what it refuses to exceptions."""

import json
import os
import re
import shlex
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import requires
from pathlib import Path
from typing import Any, Union

import numpy as np
from numpy.typing import NDArray

from . import _hqrn
from ._errors import CheckFailed, Error, InputError, Note
from ._wording import of_python

Option = Union[None, bool, int, float, str, "os.PathLike[str]", Sequence[Union[int, float, str]]]
"""What an option of a command may be: None or False leaves it out, True gives it without a value, a list gives several values."""

Threads = Union[int, None]
"""Threads to use; all cores by default. The result does not depend on it."""


# What a command prints in place of what it does.
ASIDE = {"help", "version", "man", "completions", "schema", "report_schema", "machine_schema"}


@dataclass(frozen=True)
class Answer:
    """What a command printed, and its report."""

    text: str
    report: Mapping[str, Any]


class Workplace:
    """A folder for what a command reads and writes, gone afterwards; messages do not speak of it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        # What was given as an argument, by the file that a command reads it from.
        self._called: dict[str, str] = {}

    def call_it(self, path: Path, argument: str) -> Path:
        """Has messages speak of the argument where the command speaks of the file."""
        self._called[str(path)] = argument
        return path

    def path(self, name: str) -> Path:
        """A file in it that is not there yet."""
        return self.folder / name

    def text(self, name: str, text: str, argument: str | None = None) -> Path:
        """A file with a text, which was given as an argument."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path if argument is None else self.call_it(path, argument)

    def array(self, name: str, array: NDArray[Any], argument: str) -> Path:
        """An array as NPY, which was given as an argument."""
        path = self.folder / name
        np.save(path, array)
        return self.call_it(path, argument)

    def call(
        self,
        command: str,
        positional: Sequence[str | os.PathLike[str]],
        options: Mapping[str, Option],
        threads: Threads = None,
        quiet: bool = False,
        reports: bool = True,
    ) -> Answer:
        """Runs `hqrn-COMMAND`, which may have a subcommand; notes become warnings unless `quiet`; not every subcommand `reports`."""
        if threads is not None and (not isinstance(threads, (int, np.integer)) or threads < 1):
            raise InputError(f"threads: {threads!r}, expected a whole number from 1")
        name, *subcommand = command.split()
        report = self.folder / "report.json"
        report.unlink(missing_ok=True)
        words = [os.fspath(word) for word in positional]
        refuse_options(words)
        args = [*subcommand, *arguments(options), *([f"--json={report}"] if reports else []), "--", *words]
        with _shown() as progress:
            code, text, said = _hqrn.call(name, args, threads, progress)
        errors = []
        for line in said.splitlines():
            is_note = line.startswith("note: ")
            line = self._without_folder(line.removeprefix("note: ").removeprefix("error: "))
            line = of_python(line, command, options)
            if not is_note:
                errors.append(line)
            elif not quiet:
                warnings.warn(line, Note, stacklevel=4)
        if code != 0:
            message = "\n".join(errors) or f"hqrn-{name}: exit code {code}"
            raise {1: CheckFailed, 2: InputError}.get(code, Error)(message)
        told = json.loads(report.read_text(encoding="utf-8")) if report.exists() else {}
        return Answer(self._without_folder(text), told)

    def _without_folder(self, text: str) -> str:
        for path, argument in self._called.items():
            text = text.replace(path, argument)
        return text.replace(f"{self.folder}{os.sep}", "").replace(str(self.folder), ".")


@contextmanager
def workplace() -> Iterator[Workplace]:
    """A workplace for one call."""
    folder = Path(tempfile.mkdtemp(prefix="hqrn-"))
    try:
        yield Workplace(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def needs(extra: str) -> Iterator[None]:
    """Whatever is imported within comes with an extra of this package, whose packages are named where it is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        of_extra = re.compile(rf"([^\s;<>=!~]+).*\bextra == ['\"]{extra}['\"]")
        found = [match[1] for match in map(of_extra.match, requires("hqrn") or []) if match]
        raise ModuleNotFoundError(f"{error.name} is not installed: pip install {shlex.join(found)}", name=error.name) from None


def refuse_options(words: Sequence[str]) -> None:
    """Standard input is not what a function reads."""
    if "-" in words:
        raise InputError("-: expected a file; a function does not read standard input")


def arguments(options: Mapping[str, Option]) -> list[str]:
    """Keywords as the command's options: `max_cx=5` as `--max-cx=5`."""
    args: list[str] = []
    for name, value in options.items():
        if name.strip("_") in ASIDE or (name, value) == ("target", "list"):
            raise InputError(f"{name}: prints and does nothing else; a function of Python has no such option")
        option = "--" + name.strip("_").replace("_", "-")
        if value is None or value is False:
            continue
        if value is True:
            args.append(option)
        elif isinstance(value, (str, os.PathLike)):
            args.append(f"{option}={os.fspath(value)}")
        elif isinstance(value, Sequence):
            args.append(f"{option}=" + ",".join(_number(item, name) for item in value))
        else:
            args.append(f"{option}={_number(value, name)}")
    return args


def _number(value: object, name: str) -> str:
    if isinstance(value, str):
        return value
    if isinstance(value, (float, np.floating)):
        return repr(float(value))
    if isinstance(value, (int, np.integer)):
        return str(int(value))
    raise InputError(f"{name}: {type(value).__name__}, expected a number, a word or a list of them")


@contextmanager
def _shown() -> Iterator[Callable[[str, str, int, int], None] | None]:
    """A bar by tqdm, where that is installed and somebody looks."""
    if not sys.stderr or not sys.stderr.isatty():
        yield None
        return
    try:
        from tqdm.auto import tqdm
    except ImportError:
        yield None
        return
    bars: dict[str, Any] = {}

    def show(what: str, unit: str, done: int, length: int) -> None:
        bar = bars.get(what)
        if bar is None:
            bar = bars[what] = tqdm(total=length, desc=what, unit=f" {unit}", leave=False, delay=1)
        bar.update(done - bar.n)

    try:
        yield show
    finally:
        for bar in bars.values():
            bar.close()
