"""The commands as console scripts: what `hqrn-compile` and the others do, on the standard streams of the process."""

import signal
import sys
from typing import NoReturn

from . import _hqrn


def _run(name: str) -> NoReturn:
    # Python would hear Ctrl-C and wait for Rust to return; whoever presses it wants the process to end.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(_hqrn.main(name, sys.argv[1:]))


def compile() -> NoReturn:
    """`hqrn-compile`."""
    _run("compile")


def compress() -> NoReturn:
    """`hqrn-compress`."""
    _run("compress")


def counts() -> NoReturn:
    """`hqrn-counts`."""
    _run("counts")


def job() -> NoReturn:
    """`hqrn-job`."""
    _run("job")


def run() -> NoReturn:
    """`hqrn-run`."""
    _run("run")


def train() -> NoReturn:
    """`hqrn-train`."""
    _run("train")


def verify() -> NoReturn:
    """`hqrn-verify`."""
    _run("verify")
