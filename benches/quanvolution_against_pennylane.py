"""Times an epoch of quanvolutions in PennyLane beside `cargo run --release --example quanvolution_epochs`:

    python benches/quanvolution_against_pennylane.py [IMAGES]

The same network: (X+O1)+O2 with depths 4 and 1, RX rows on four qubits, the mean of the four <Z> read, a dense head, 28 x 28 images,
batches of 16, Adam, true gradients. All patches of a batch are one broadcast execution of default.qubit, differentiated by
backprop through autograd, PennyLane's own interface: the fastest way that needs nothing beside it. IMAGES (default 160) are
timed, and an epoch of 1,600 is as many times as long. Both are user plus system time; hqrn has one thread.
"""

import os
import pathlib
import resource
import subprocess
import sys
import time

import pennylane as qml
from pennylane import numpy as np

ROOT = pathlib.Path(__file__).parent.parent
IMAGES = int(sys.argv[1]) if len(sys.argv) > 1 else 160
SIDE, CLASSES, BATCH, EPOCH, EPOCHS = 28, 10, 16, 1600, 30
device = qml.device("default.qubit", wires=4)


@qml.qnode(device, interface="autograd", diff_method="backprop")
def circuit(pixels, angles):
    """<Z> of all qubits for a column of pixels a patch."""
    for qubit in range(4):
        qml.RY(pixels[qubit], wires=qubit)
    for row in angles:
        for qubit in range(4):
            qml.RX(row[qubit], wires=qubit)
        for qubit in range(3):
            qml.CNOT(wires=[qubit, qubit + 1])
    return [qml.expval(qml.PauliZ(qubit)) for qubit in range(4)]


def layer(images, angles):
    """Images x rows x columns to half of either."""
    count, side, _ = images.shape
    patches = np.transpose(np.reshape(images, (count, side // 2, 2, side // 2, 2)), (2, 4, 0, 1, 3))
    z = np.stack(circuit(np.reshape(patches, (4, -1)), angles))
    return np.reshape(np.mean(z, axis=0), (count, side // 2, side // 2))


def loss(first, second, weight, bias, images, labels):
    """Mean cross-entropy of (X+O1)+O2."""
    pad = lambda made: np.pad(made, ((0, 0), (SIDE // 4, SIDE // 4), (SIDE // 4, SIDE // 4)), "constant")
    once = images + pad(layer(images, first))
    scores = np.reshape(once + pad(layer(once, second)), (len(images), -1)) @ weight + bias
    top = np.max(scores, axis=1, keepdims=True)
    return np.mean(np.log(np.sum(np.exp(scores - top), axis=1)) + top[:, 0] - scores[np.arange(len(images)), labels])


random = np.random.default_rng(1)
images = np.array(random.uniform(0, 1, (IMAGES, SIDE, SIDE)), requires_grad=False)
labels = np.array(np.arange(IMAGES) % CLASSES, requires_grad=False)
values = [random.uniform(0, 2 * np.pi, (4, 4)), random.uniform(0, 2 * np.pi, (1, 4))]
values += [random.uniform(-1 / SIDE, 1 / SIDE, (SIDE * SIDE, CLASSES)), random.uniform(-1 / SIDE, 1 / SIDE, CLASSES)]
values = [np.array(value, requires_grad=True) for value in values]
adam = qml.AdamOptimizer(0.01)


def epoch(values):
    """A pass through the images."""
    for start in range(0, IMAGES, BATCH):
        batch = images[start : start + BATCH], labels[start : start + BATCH]
        *values, _, _ = adam.step(loss, *values, *batch)
    return values


values = epoch(values)
start = time.process_time()
values = epoch(values)
theirs = (time.process_time() - start) * EPOCH / IMAGES
print(f"PennyLane {qml.__version__}, default.qubit, backprop: {theirs:.1f} s an epoch of {EPOCH} images ({IMAGES} timed)")
subprocess.run(["cargo", "build", "--release", "--quiet", "--example", "quanvolution_epochs"], cwd=ROOT, check=True)
before = resource.getrusage(resource.RUSAGE_CHILDREN)
command = [ROOT / "target/release/examples/quanvolution_epochs", str(EPOCHS), str(EPOCH)]
subprocess.run(command, env={**os.environ, "RAYON_NUM_THREADS": "1"}, capture_output=True, check=True)
after = resource.getrusage(resource.RUSAGE_CHILDREN)
ours = (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime) / EPOCHS
print(f"hqrn: {ours:.4f} s; ratio {theirs / ours:.0f}")
