"""Compiles trained networks to verified OpenQASM programs, and runs them as hardware would.

    import hqrn

    network = hqrn.Network.from_torch(model)          # or from_file, from_json, from_arrays
    compiled = hqrn.compile(network, target="ibm")    # programs, read back and compared with W
    print(compiled.report)                            # qubits, gates, gamma, error
    circuits = compiled.qiskit()                      # or braket, cirq, pennylane, pytket
    hqrn.run(compiled, X, y, shots=1e4)               # labels with finite shots and noise

There is a function for each command, with the command's options as keywords: `compile`, `verify`, `run`, `compress`, `counts`,
`train`, and `hqrn.job`. `hqrn.torch` has the network to train and a module that behaves as the hardware will; it needs torch, which
is imported where `hqrn.torch` is first used.

What is bad is an `InputError` of one line that names the place and what was expected; a check that failed is `CheckFailed`;
both are an `hqrn.Error`. Notes are warnings of the category `hqrn.Note`.
"""

import importlib as _importlib
import types as _types
import typing as _typing
from importlib.metadata import version as _version

from . import job
from ._compile import Compiled, Table, compile
from ._compress import Compressed, compress
from ._counts import CountsReport, counts
from ._errors import CheckFailed, Error, InputError, Note
from ._network import Block, Network
from ._programs import Contract, Program, Sign
from ._reports import (
    BlockReport,
    CommandReport,
    CompileReport,
    Point,
    Report,
    RunReport,
    VerifiedBlock,
    VerifyReport,
)
from ._run import run
from ._sweep import sweep
from ._train import Trained, train
from ._verify import verify

if _typing.TYPE_CHECKING:
    from . import torch as torch
else:

    def __getattr__(name: str) -> _types.ModuleType:
        """`hqrn.torch` where it is first used: torch takes seconds, and may be missing."""
        if name == "torch":
            return _importlib.import_module("hqrn.torch")
        raise AttributeError(f"module 'hqrn' has no attribute {name!r}")


__version__ = _version("hqrn")

__all__ = [
    "Block",
    "BlockReport",
    "CheckFailed",
    "CommandReport",
    "CompileReport",
    "Compiled",
    "Compressed",
    "Contract",
    "CountsReport",
    "Error",
    "InputError",
    "Network",
    "Note",
    "Point",
    "Program",
    "Report",
    "RunReport",
    "Sign",
    "Table",
    "Trained",
    "VerifiedBlock",
    "VerifyReport",
    "__version__",
    "compile",
    "compress",
    "counts",
    "job",
    "run",
    "sweep",
    "train",
    "verify",
]
