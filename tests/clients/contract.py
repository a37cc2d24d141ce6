"""What a compiled program promises, read from its contract line alone: p+ = W_P / gamma+, p- = W_N / gamma-."""

import json

import numpy as np

TOLERANCE = 1e-9


def contract_of(text):
    """The JSON after `// hqrn:`, on the first comment line after the include; in QIR that line is the first, in IonQ's JSON a key."""
    if text.startswith("{"):
        return json.loads(text)["hqrn"]
    line = next(line for line in text.splitlines() if line.startswith(("// hqrn:", "; hqrn:")))
    return json.loads(line.split("hqrn:", 1)[1])


I, X, Y, Z = np.eye(2), np.array([[0, 1], [1, 0]]), np.array([[0, -1j], [1j, 0]]), np.diag([1, -1])

# The Pauli strings of a two-qubit unitary's rotations, first to last; kron's second factor is qubit 0.
STRINGS = [np.kron(I, Z), np.kron(I, Y), np.kron(I, Z), np.kron(Z, I), np.kron(Y, I), np.kron(Z, I)]
STRINGS += [np.kron(X, X), np.kron(Y, Y), np.kron(Z, Z), *STRINGS]


def unitary_of(angles):
    """The product of exp(-i θ P / 2) over all angles, the first on the right."""
    u = np.eye(4)
    for angle, string in zip(angles, STRINGS, strict=True):
        u = (np.cos(angle / 2) * np.eye(4) - 1j * np.sin(angle / 2) * string) @ u
    return u


def circuit_parts(circuit, gamma):
    """gamma |U_nm|² of a circuit of Ry, Rz and CZ for both values of its last qubit, gate by gate with Kronecker products."""
    dim = circuit["dim"]
    qubits = max(dim - 1, 0).bit_length() + 1
    on = lambda qubit, gate: np.kron(np.eye(2 ** (qubits - 1 - qubit)), np.kron(gate, np.eye(2**qubit)))
    u = np.eye(2**qubits, dim, dtype=complex)
    for name, qubit, other in circuit["gates"]:
        if name == "cz":
            ones = on(qubit, np.diag([0, 1])) @ on(other, np.diag([0, 1]))
            u = u - 2 * ones @ u
        else:
            pauli = on(qubit, Y if name == "ry" else Z)
            u = np.cos(other / 2) * u - 1j * np.sin(other / 2) * pauli @ u
    p = gamma * np.abs(u) ** 2
    half = 2 ** (qubits - 1)
    return {"plus": p[:dim], "minus": p[half : half + dim]}


def block_of(path, block):
    """A block (from 1) of a weights file."""
    with open(path, encoding="utf-8") as file:
        return json.load(file)["blocks"][block - 1]


def parts_of(path, block):
    """W_P and W_N of a block (from 1) of a weights file, or what its factors, unitaries or circuit make of them."""
    block = block_of(path, block)
    if "circuit" in block:
        return circuit_parts(block["circuit"], block["gamma"])
    if "unitary" in block:
        return {sign: block["gamma"] * np.abs(unitary_of(block["unitary"][sign])) ** 2 for sign in ("plus", "minus")}
    if "weight" in block:
        weight = np.array(block["weight"], dtype=float)
        return {"plus": np.maximum(weight, 0), "minus": np.maximum(-weight, 0)}
    parts = {}
    for sign in ("plus", "minus"):
        a, b = (np.array(block["factors"][sign][side]) @ [1, 1j] for side in "ab")
        parts[sign] = np.abs(a @ b.conj().T) ** 2
    return parts


def basis_index(sign, m):
    """The basis state of the whole register in which the sign's input qubits hold m."""
    return sum((m >> i & 1) << qubit for i, qubit in enumerate(sign["input"]))


def accepted(sign, probabilities, dim):
    """p_n for n < dim from the probabilities of all outcomes, qubit i being bit i."""
    outcome = np.arange(len(probabilities))
    keep = np.ones(len(probabilities), dtype=bool)
    for bit, value in sign["accept"].items():
        keep &= (outcome >> int(bit) & 1) == value
    spelt = sum((outcome >> bit & 1) << i for i, bit in enumerate(sign["output"]))
    spelt = spelt + np.zeros_like(outcome)
    return np.bincount(spelt[keep], weights=probabilities[keep], minlength=dim)[:dim]


def check_values(name, contract, signs, simulate, inputs=None):
    """Compares p± for a few inputs; `simulate(index)` gives all outcome probabilities from a basis state."""
    dim = contract["dim"]
    worst = excess = 0.0
    prepared = contract.get("prepared")
    for m in [None] if prepared else inputs or sorted({0, 1 % dim, dim // 2, dim - 1}):
        # Both circuits sit side by side or are one, so one run starts both from the same m; a program that prepares
        # its input starts from |0>.
        indices = {tuple(contract[key]["input"]): basis_index(contract[key], m or 0) for key in signs if contract[key]}
        index = 0 if prepared else sum(indices.values())
        y = np.eye(dim)[prepared["basis"] if prepared and "basis" in prepared else m or 0]
        if prepared and "state" in prepared:
            y = np.array(prepared["state"])
        probabilities = simulate(index)
        if contract.get("method") == "joint":
            # Only the difference of both signs is promised.
            got = accepted(contract["plus"], probabilities, dim) - accepted(contract["minus"], probabilities, dim)
            off = np.abs(got - (signs["plus"] - signs["minus"]) @ y / contract["plus"]["gamma"]).max()
            worst, excess = max(worst, off), max(excess, off)
            continue
        for key, part in signs.items():
            if contract[key] is None:
                # The other half of a split program has it.
                assert contract.get("split") or not part.any(), f"{name}: no {key} circuit, but W has such entries"
                continue
            got = accepted(contract[key], probabilities, dim)
            promised = part @ y / contract[key]["gamma"]
            off = np.abs(got - promised)
            # A product formula states by how much its amplitudes may be off.
            stated = contract[key].get("error", 0.0)
            worst = max(worst, off.max())
            excess = max(excess, (off - 2 * stated * np.sqrt(promised) - stated**2).max())
    assert excess <= TOLERANCE, f"{name}: a probability is off by {worst:.2e}"
    return worst
