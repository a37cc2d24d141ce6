"""What scripts share that submit networks of quanvolutions: the image behind a layer from what its patches measured, and what
infinitely many shots would give.

The machine gives <Z> of the four qubits of every patch; everything else is here. Of the compiled programs nothing is used but
their contract lines (`// hqrn: {...}`).
"""

import json
from pathlib import Path

import numpy as np

PAULIS = {"rx": [[0, 1], [1, 0]], "ry": [[0, -1j], [1j, 0]], "rz": [[1, 0], [0, -1]]}
WORD = np.arange(16)
# (-1)^(bit q of the word), q = 0 to 3
SIGNS = np.array([1.0 - 2.0 * (WORD >> q & 1) for q in range(4)])


def turned(states, gate, qubit, angles):
    """exp(-i angle P / 2) on one qubit of every row of states, all by one angle or each by its own."""
    pauli = np.kron(np.eye(2 ** (3 - qubit)), np.kron(PAULIS[gate], np.eye(2**qubit)))
    half = np.reshape(angles, (-1, 1)) / 2
    return np.cos(half) * states - 1j * np.sin(half) * (states @ pauli.T)


def joined(states, gate, one, other):
    """CX or CZ, the first qubit being the control."""
    if gate == "cz":
        return states * (1 - 2 * (WORD >> one & WORD >> other & 1))
    return states[:, WORD ^ (WORD >> one & 1) << other]


def steps(layer):
    """The gates of a layer without the encoding, a list for each time that pixels are encoded."""
    if "gates" in layer:
        return [layer["gates"]]
    axis, chain = "r" + layer.get("axis", "x"), [["cx", q, q + 1] for q in range(3)]
    rows = [[[axis, q, angle] for q, angle in enumerate(row)] + chain for row in layer["angles"]]
    return rows if layer.get("reupload") else [sum(rows, [])]


def expectations(layer, angles):
    """<Z> of the four qubits of every patch, a row each, by state vectors."""
    states = np.zeros((len(angles), 16), dtype=complex)
    states[:, 0] = 1
    for gates in steps(layer):
        for qubit in range(4):
            states = turned(states, "ry", qubit, angles[:, qubit])
        for gate, qubit, last in gates:
            states = (joined if gate in ("cx", "cz") else turned)(states, gate, qubit, last)
    return np.abs(states) ** 2 @ SIGNS.T


def padded(stream, shape):
    """A stream, channels x rows x columns, with zeros around it; where the difference is odd, the larger half is behind."""
    before = [(large - small) // 2 for large, small in zip(shape[1:], stream.shape[1:])]
    around = [(b, large - small - b) for b, large, small in zip(before, shape[1:], stream.shape[1:])]
    return np.pad(stream, [(0, 0), *around])


class Quanvolutions:
    """A network of quanvolutions with a dense head, in the weights JSON that hqrn-compile reads."""

    def __init__(self, path):
        content = json.loads(Path(path).read_text(encoding="utf-8"))
        if content.get("family") != "quanvolution":
            raise ValueError(f"{path}: not a network of quanvolutions")
        if "head" not in content:
            raise ValueError(f"{path}: a quantum head, this script runs networks with a dense one")
        self.image, self.layers, self.head = content["image"], content["quanvolutions"], content["head"]

    def first(self, pixels):
        """Stream 0: the image as 1 x rows x columns."""
        shape = (1, self.image["height"], self.image["width"])
        return self.image.get("scale", 1.0) * np.reshape(pixels, shape) / self.image.get("divide", 255)

    def angles(self, k, stream):
        """The angles of the patches that layer k sees, a row each: channel by channel and row by row."""
        channels, height, width = stream.shape
        even = np.pad(stream, [(0, 0), (0, height % 2), (0, width % 2)])
        patches = even.reshape(channels, even.shape[1] // 2, 2, even.shape[2] // 2, 2).transpose(0, 1, 3, 2, 4)
        return self.layers[k].get("scale", 1.0) * patches.reshape(-1, 4)

    def behind(self, k, streams, z):
        """The stream behind layer k from the streams before it and <Z> of its patches, a row each."""
        layer, (channels, height, width) = self.layers[k], streams[k].shape
        read = layer.get("read", "mean")
        y = z.mean(axis=1, keepdims=True) if read == "mean" else z if read == "all" else z[:, [read]]
        rows, columns = (height + 1) // 2, (width + 1) // 2
        made = y.reshape(channels, rows, columns, -1).mean(axis=0).transpose(2, 0, 1)
        parts = [made, *(streams[j] for j in layer.get("skip", []))]
        shape = tuple(max(part.shape[axis] for part in parts) for axis in range(3))
        # One channel is added to all.
        return sum(np.broadcast_to(padded(part, shape), shape) for part in parts)

    def label(self, stream):
        """The class of a last stream."""
        return int(np.argmax(np.array(self.head["weight"]) @ stream.reshape(-1) + np.array(self.head["bias"])))

    def classical_label(self, pixels):
        """The label that infinitely many shots would give."""
        streams = [self.first(pixels)]
        for k, layer in enumerate(self.layers):
            streams.append(self.behind(k, streams, expectations(layer, self.angles(k, streams[k]))))
        return self.label(streams[-1])


def patch_means(contract, words, times):
    """<Z> of the four qubits of every patch of a program, from words of bits (rows, bit i in column i) and how often."""
    signs = 1.0 - 2.0 * words
    of = lambda bits: (times * signs[:, bits].prod(axis=1)).sum() / times.sum()
    return np.array([[of(bits) for bits in patch["output"]] for patch in contract["patches"]])


def values_of(contract, names, angles):
    """What to bind, a row for each run: runs take as many patches as the program has, the last may take zeros."""
    patches = contract["patches"]
    tiles = len(patches)
    runs = -(-len(angles) // tiles)
    filled = np.zeros((runs * tiles, 4))
    filled[: len(angles)] = angles
    place = {name: 4 * t + i for t, patch in enumerate(patches) for i, name in enumerate(patch["inputs"])}
    return filled.reshape(runs, 4 * tiles)[:, [place[name] for name in names]]
