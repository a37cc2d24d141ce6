"""What every submit script shares: the network's classical half, and how shots become the next state.

A block is `y' = alpha y + (1 - alpha) F(gamma+ p+ - gamma- p- + b)`. The machine gives p+ and p-; everything else is
here. Of the compiled programs nothing is used but their contract lines (`// hqrn: {...}`).
"""

import csv
import gzip
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

ACTIVATIONS = {
    "relu": lambda z: np.maximum(z, 0.0),
    "sigmoid": lambda z: 1.0 / (1.0 + np.exp(-z)),
    "softplus": lambda z: np.logaddexp(z, 0.0),
    "exp": np.exp,
    "square": np.square,
}


def share(values):
    """Values >= 0 as shares of their sum; equal shares if all are zero."""
    total = values.sum()
    return values / total if total > 0 else np.full(len(values), 1.0 / len(values))


@dataclass
class Block:
    """One residual block: W is on the machine, the rest is needed here."""

    weight: np.ndarray
    bias: np.ndarray
    alpha: float
    activation: str

    def step(self, state, product):
        """The next state from the product W y, exact or estimated."""
        h = share(ACTIVATIONS[self.activation](product + self.bias))
        return self.alpha * state + (1.0 - self.alpha) * h


def circuit_weight(circuit, gamma):
    """`W_nm = gamma (p(n, 0 | m) - p(n, 1 | m))` of a block that is given by a circuit, all inputs at once."""
    dim = circuit["dim"]
    half = 1 << (dim - 1).bit_length()
    states = np.eye(2 * half, dim, dtype=complex)
    basis = np.arange(2 * half)
    for gate, qubit, other in circuit["gates"]:
        bit = (basis >> qubit & 1)[:, None]
        if gate == "cz":
            states = np.where(bit & (basis >> other & 1)[:, None], -states, states)
        elif gate == "rz":
            states = states * np.exp(1j * other * (bit - 0.5))
        else:
            flipped = states[basis ^ (1 << qubit)]
            states = np.cos(other / 2) * states + np.sin(other / 2) * (2 * bit - 1) * flipped
    p = np.abs(states) ** 2
    return gamma * (p[:dim] - p[half : half + dim])


def weight_of(block):
    """W of a block of the weights JSON, from its factors or its circuit where it has them."""
    if "circuit" in block:
        return circuit_weight(block["circuit"], block["gamma"])
    if "weight" in block:
        return np.array(block["weight"], dtype=float)
    if "unitary" in block:
        raise ValueError("blocks given by unitaries take quantum states, these scripts start from probabilities")
    weight = 0.0
    for key, sign in (("plus", 1.0), ("minus", -1.0)):
        if key in block["factors"]:
            a, b = (np.array(block["factors"][key][side]) @ [1, 1j] for side in "ab")
            weight = weight + sign * np.abs(a @ b.conj().T) ** 2
    return weight


class Network:
    """A network in the weights JSON that hqrn-compile reads."""

    def __init__(self, path):
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        self.projection = (content.get("input") or {}).get("projection")
        self.head = content.get("head")
        self.blocks = [
            Block(
                weight,
                np.array(block.get("bias", np.zeros(len(weight))), dtype=float),
                block.get("alpha", 0.5),
                block.get("activation", "relu"),
            )
            for block, weight in ((block, weight_of(block)) for block in content["blocks"])
        ]

    def first_state(self, x):
        """The state that an input becomes."""
        y = np.maximum(x, 0.0)
        y = y / (y.sum() + 1e-20)
        if self.projection:
            z = np.array(self.projection["weight"]) @ y + np.array(self.projection["bias"])
            y = share(ACTIVATIONS[self.blocks[0].activation](z))
        return y

    def label(self, state):
        """The class of a last state; None without a head."""
        if not self.head:
            return None
        return int(np.argmax(np.array(self.head["weight"]) @ state + np.array(self.head["bias"])))

    def classical_label(self, x):
        """The label that infinitely many shots would give."""
        y = self.first_state(x)
        for block in self.blocks:
            y = block.step(y, block.weight @ y)
        return self.label(y)


@dataclass
class Program:
    """A compiled program: its text and its contract."""

    text: str
    contract: dict

    @classmethod
    def read(cls, path):
        """Reads a program that hqrn-compile wrote."""
        text = Path(path).read_text(encoding="utf-8")
        line = next((line for line in text.splitlines() if line.startswith("// hqrn:")), None)
        if line is None:
            raise ValueError(f"{path}: no '// hqrn:' line: not a program of hqrn-compile")
        return cls(text, json.loads(line.removeprefix("// hqrn:")))

    def signs(self):
        """+1 and -1 with their contracts, those that the program has."""
        both = ((1.0, self.contract["plus"]), (-1.0, self.contract["minus"]))
        return [(factor, sign) for factor, sign in both if sign]

    def flips(self, m):
        """The qubits to flip for basis state m; signs may share theirs."""
        return sorted({q for _, sign in self.signs() for i, q in enumerate(sign["input"]) if m >> i & 1})

    def product(self, counts):
        """`gamma+ p+ - gamma- p-` from a list of (bits, times), where bits[i] is the character of bit i."""
        total = np.zeros(self.contract["dim"])
        shots = sum(times for _, times in counts)
        for factor, sign in self.signs():
            for bits, times in counts:
                if all(bits[int(bit)] == str(value) for bit, value in sign["accept"].items()):
                    n = sum(1 << i for i, bit in enumerate(sign["output"]) if bits[bit] == "1")
                    if n < len(total):
                        total[n] += factor * sign["gamma"] * times / shots
        return total


def compiled(folder):
    """The programs of each block, in order, as the folder's manifest.json lists them."""
    folder = Path(folder)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    return [[Program.read(folder / name) for name in block["programs"]] for block in manifest["blocks"]]


def test_rows(path, limit):
    """Inputs and labels of a CSV with a column `label`; rows marked 'test' where there is a column `split`."""
    path = Path(path)
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row.get("split", "test") == "test"][:limit]
    labels = [int(row.pop("label")) for row in rows]
    return [np.array([float(v) for key, v in row.items() if key != "split"]) for row in rows], labels


def report(network, inputs, truths, states, as_json):
    """Prints what came out, next to what infinitely many shots would give."""
    got = [network.label(state) for state in states]
    exact = [network.classical_label(x) for x in inputs]
    if as_json:
        print(json.dumps({"labels": got, "exact": exact, "truths": truths, "states": [list(s) for s in states]}))
        return
    for i, (label, wanted, truth) in enumerate(zip(got, exact, truths)):
        print(f"input {i}: label {label}, with infinitely many shots {wanted}, true {truth}")
    same = sum(a == b for a, b in zip(got, exact))
    right = sum(a == b for a, b in zip(got, truths))
    print(f"{same} of {len(got)} labels as with infinitely many shots, {right} right")
