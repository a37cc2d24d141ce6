"""Programs: OpenQASM texts with what is to be known of them, and as objects of the clients that read them."""

import json
from dataclasses import dataclass
from typing import Any

from ._call import needs
from ._errors import InputError

MARK = "// hqrn: "


@dataclass(frozen=True)
class Sign:
    """How W_P or W_N is read from a program.

    Attributes:
        gamma: what probabilities are multiplied with to be entries of W.
        input: qubits of the state that goes in, least significant first.
        output: qubits (and bits) that spell n, least significant first.
        accept: what other bits must read for a shot to count, by bit.

    >>> import hqrn
    >>> hqrn.compile([[9.0, 4.0], [-4.0, 9.0]]).programs[0].contract.minus
    Sign(gamma=4.0, input=(2,), output=(2,), accept={3: 0})
    """

    gamma: float
    input: tuple[int, ...]
    output: tuple[int, ...]
    accept: dict[int, int]


@dataclass(frozen=True)
class Contract:
    """What a program computes, as its third line says: gamma+ p+ - gamma- p- is W y.

    Attributes:
        network: the network's name.
        block: the block's number, from 1; None where the program is of a layer or a segment.
        dim: N.
        method: how it was made: exact, joint, trotter, ...
        target: the dialect it is written in.
        plus, minus: the two signs; None where W has no entry of that sign.
        data: all of it, as the line has it.

    >>> import hqrn
    >>> contract = hqrn.compile([[9.0, 4.0], [-4.0, 9.0]]).programs[0].contract
    >>> contract.block, contract.dim, contract.minus.gamma
    (1, 2, 4.0)
    """

    network: str
    block: int | None
    dim: int | None
    method: str | None
    target: str
    plus: Sign | None
    minus: Sign | None
    data: dict[str, Any]

    @staticmethod
    def of(text: str) -> "Contract":
        """Reads the contract of a program's text."""
        data = _data(text)
        if data is not None:
            return Contract(
                network=data.get("network", ""),
                block=data.get("block"),
                dim=data.get("dim"),
                method=data.get("method"),
                target=data.get("target", "portable"),
                plus=_sign(data.get("plus")),
                minus=_sign(data.get("minus")),
                data=data,
            )
        raise InputError(f"program: no contract, expected a line that begins with {MARK!r}")


def _data(text: str) -> dict[str, Any] | None:
    """The JSON of a contract; in IonQ's JSON it is a key, in QIR a comment of LLVM."""
    if text.startswith("{"):
        found: dict[str, Any] | None = json.loads(text).get("hqrn")
        return found
    for line in text.splitlines()[:10]:
        for mark in (MARK, "; hqrn: "):
            if line.startswith(mark):
                data: dict[str, Any] = json.loads(line[len(mark) :])
                return data
    return None


def _sign(data: Any) -> Sign | None:
    if not isinstance(data, dict) or "gamma" not in data:
        return None
    accept = {int(bit): int(value) for bit, value in data.get("accept", {}).items()}
    return Sign(float(data["gamma"]), tuple(data.get("input", ())), tuple(data.get("output", ())), accept)


class Program(str):
    """A program: its text, OpenQASM in the dialect of its target. It is a `str`, to be written, sent or printed.

    >>> import hqrn
    >>> program = hqrn.compile([[2.0, 1.0], [0.0, -1.0]]).programs[0]
    >>> program.splitlines()[0]
    'OPENQASM 3.0;'
    >>> program.name
    'block-01.qasm'
    """

    name: str

    def __new__(cls, text: str, name: str = "program.qasm") -> "Program":
        """A program of a text; the name is that of its file."""
        program = super().__new__(cls, text)
        program.name = name
        return program

    def __getnewargs__(self) -> tuple[str, str]:  # type: ignore[override]
        return (str(self), self.name)

    @property
    def contract(self) -> Contract:
        """What it computes, and how that is read from its bits."""
        return Contract.of(self)

    def qiskit(self) -> Any:
        """The program as a `qiskit.QuantumCircuit`, by Qiskit's own importer; `metadata["hqrn"]` keeps the text, by which
        `hqrn.verify` knows what a transpiled circuit is to compute. Needs qiskit and qiskit-qasm3-import."""
        with needs("qiskit"):
            from qiskit import QuantumCircuit, qasm3
        circuit = QuantumCircuit.from_qasm_str(str(self)) if self.contract.target == "qasm2" else qasm3.loads(str(self))
        circuit.name = self.name.removesuffix(".qasm")
        circuit.metadata = {"hqrn": str(self)}
        return circuit

    def braket(self) -> Any:
        """The program as a `braket.circuits.Circuit`, by Braket's own importer. It is to be of the target braket.
        Needs amazon-braket-sdk."""
        self._of("braket")
        with needs("braket"):
            from braket.circuits import Circuit

        return Circuit.from_ir(str(self))

    def cirq(self) -> Any:
        """The program as a `cirq.Circuit`, by Cirq's own importer. Needs cirq-core and ply."""
        with needs("cirq"):
            from cirq.contrib.qasm_import import circuit_from_qasm

        return circuit_from_qasm(str(self))

    def pennylane(self) -> Any:
        """The program as a quantum function of PennyLane, without its measurements: call it in a QNode on the wires `q0`, `q1`, ...,
        and return what is to be measured there. It is to be of the target pennylane. Needs pennylane and openqasm3."""
        self._of("pennylane")
        with needs("pennylane"):
            import pennylane

        lines = [line for line in self.splitlines() if "measure" not in line]
        return pennylane.from_qasm3("\n".join(lines) + "\n")

    def pytket(self) -> Any:
        """The program as a `pytket.circuit.Circuit`, by pytket's own importer. It is to be of the target qasm2. Needs pytket."""
        self._of("qasm2")
        with needs("pytket"):
            from pytket.qasm import circuit_from_qasm_str

        return circuit_from_qasm_str(str(self))

    def _of(self, target: str) -> None:
        found = self.contract.target
        if found != target:
            raise InputError(f"{self.name}: of the target {found}, expected {target}: compile with target={target!r}")
