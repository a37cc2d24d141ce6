"""Whether programs have their qubits, pairs and gates on a machine, by the configuration that IBM's service has of it.

Programs of a plan are on the machine's own qubits: one register as wide as the machine, or $0, $1, .... No client is needed to
read that.
"""

import re

REGISTER = re.compile(r"^ *qubit(?:\[(\d+)\])? +(\w+) *;", re.MULTILINE)
QUBIT = r"(?:\w+\[\d+\]|\$\d+)"
STATEMENT = re.compile(rf"(\w+)(?: *\([^;]*?\))? +({QUBIT}(?: *, *{QUBIT})*) *;")
# What every machine has, and what is joined in both directions.
NO_GATES = {"barrier", "delay", "measure", "reset"}
SYMMETRIC = {"cz", "rzz"}


def misfit(text, configuration):
    """What a machine has not of what a program uses, in a line; None if it has all of it."""
    registers = REGISTER.findall(text)
    if len(registers) > 1:
        return f"{len(registers)} registers, expected one as wide as the machine"
    count, gates = configuration["n_qubits"], set(configuration["basis_gates"])
    joined = {tuple(pair) for pair in configuration["coupling_map"]}
    if registers and int(registers[0][0] or 1) > count:
        return f"a register of {registers[0][0]} qubits, it has {count}"
    for gate, operands in STATEMENT.findall(text):
        qubits = [int(number) for number in re.findall(r"(\d+)\]?(?: *,|$)", operands)]
        if max(qubits) >= count:
            return f"qubit {max(qubits)}, it has {count}, from 0"
        if gate in NO_GATES:
            continue
        if gate not in gates:
            return f"the gate {gate}, it has {', '.join(sorted(gates))}"
        pairs = {tuple(qubits), tuple(reversed(qubits))} if gate in SYMMETRIC else {tuple(qubits)}
        if len(qubits) > 1 and not pairs & joined:
            return f"{gate} of qubits {' and '.join(map(str, qubits))}, which it does not join"
    return None
