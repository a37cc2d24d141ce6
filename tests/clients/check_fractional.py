"""Asks IBM's client whether a Heron with fractional gates takes routed programs as they are.

    python check_fractional.py PROGRAM [PROGRAM ...]

The machine is FakeTorino with rx and rzz beside its own gates. Every gate must be one of its instructions where it stands, as the
Sampler demands of what it is sent, and every rzz by an angle that it has. Exit code 1 if the client refuses a program.
"""

import sys

from qiskit import qasm3
from qiskit.circuit import Parameter
from qiskit.circuit.library import RXGate, RZZGate
from qiskit.primitives.containers.sampler_pub import SamplerPub
from qiskit_ibm_runtime.exceptions import IBMInputValueError
from qiskit_ibm_runtime.fake_provider import FakeTorino
from qiskit_ibm_runtime.utils.validations import validate_isa_circuits, validate_rzz_pubs


def fractional():
    """The target of a Heron with fractional gates."""
    target = FakeTorino().target
    angle = Parameter("t")
    for name, gate in (("rx", RXGate(angle)), ("rzz", RZZGate(angle))):
        if name not in target.operation_names:
            target.add_instruction(gate, {qubits: None for qubits in target["sx" if name == "rx" else "cz"]})
    return target


def refused(circuit):
    try:
        validate_rzz_pubs([SamplerPub.coerce(circuit)])
    except IBMInputValueError:
        return True
    return False


def main():
    target = fractional()
    for program in sys.argv[1:]:
        with open(program, encoding="utf-8") as file:
            circuit = qasm3.loads(file.read())
        validate_isa_circuits([circuit], target)
        validate_rzz_pubs([SamplerPub.coerce(circuit)])
        counts = circuit.count_ops()
        # An angle that it has not is seen.
        circuit.remove_final_measurements()
        circuit.rzz(-0.1, 0, 1)
        assert refused(circuit), f"{program}: an angle below 0 was not seen"
        print(f"{program}: a Heron with fractional gates takes {counts.get('rzz', 0)} rzz, {counts.get('cz', 0)} cz, {counts.get('rx', 0)} rx")


if __name__ == "__main__":
    main()
