"""What is said of a mistake is said in the words of Python: arguments by their names, what is missing with the line that installs it."""

import subprocess
import sys

import numpy as np
import pytest

import hqrn
from hqrn._wording import of_python

X = np.full((4, 4), 0.25)
LABELS = [0, 1, 2, 7]
LABEL = r"\[3\]: 7, expected a class from 0 to 2: the network has 3$"


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda net, _: hqrn.run(net, X, LABELS), "^y" + LABEL),
        (lambda net, _: hqrn.sweep([net], X, LABELS), "^y" + LABEL),
        (lambda net, _: hqrn.compress(net, X, LABELS, rank=1), "^y" + LABEL),
        (lambda net, _: hqrn.compress(net, X, test_X=X, test_y=LABELS, rank=1), "^test_y" + LABEL),
        (lambda net, line: hqrn.job.plan(net, X, LABELS, train_X=X, machine=line, output="plan"), "^y" + LABEL),
        (lambda net, line: hqrn.job.plan(net, X, train_X=X[:, :3], machine=line, output="plan"), "^train_X: samples have 3 entries"),
        (lambda net, _: hqrn.run(net, X[:, :3], [0] * 4), "^X: samples have 3 entries, the network takes 4$"),
        (lambda net, _: hqrn.train(X, LABELS, test_X=X[:, :3], test_y=LABELS, epochs=1), "^test_X: samples have 3 entries"),
        (lambda net, _: hqrn.train(X, epochs=1), "^X: no labels: name their file with y= or test_y=$"),
        (lambda net, _: hqrn.run(net, X, noise={"two_qubit": {"depolarising": 3}}), "^noise: two_qubit.depolarising: 3"),
        (lambda net, _: hqrn.compile(net, block=1, input=[0.5, 0.6, 0.0, 0.0]), "^input: the probabilities sum up to 1.1"),
        (lambda net, _: hqrn.compile(net, target="qiskit"), "^target='qiskit': expected one of portable, .*[^)]$"),
        (lambda net, _: hqrn.compile(net, phases="no"), "^phases='no': expected one of nonnegative, signs, complex"),
        (lambda net, _: hqrn.compile(net, block=7), "^block=7: the network has 2 blocks$"),
        (lambda net, _: hqrn.compile(net, wings=2), "^unexpected argument wings= found"),
        (lambda net, _: hqrn.compile(net, trotter_order=2), "^trotter_order= needs method='trotter'$"),
        (lambda net, _: hqrn.compile(net, wings=X), "^wings: ndarray, expected a number, a word or a list of them$"),
        (lambda net, _: hqrn.run(net, X, shots="many"), "^shots='many': expected a whole number from 1"),
        (lambda net, _: hqrn.run(net, X, waits=True), "not provided: machine=$"),
        (lambda net, _: hqrn.compress(net, X), "^expected one of rank=, max_error= and max_cx=$"),
        (lambda net, _: hqrn.counts(hqrn.compile(net, input=1, block=1).programs[0], {"01": 9}, net), "^counts: '01' has 2 bits"),
    ],
)  # fmt: skip
def test_mistakes_are_told_by_argument(iris, circuits, call, message):
    with pytest.raises(hqrn.InputError, match=message) as caught:
        call(iris, circuits / "boston-line.json")
    said = str(caught.value)
    assert "\n" not in said and "--" not in said and ".npy" not in said


def test_notes_speak_of_keywords(iris):
    with pytest.warns(hqrn.Note, match="^on virtual qubits: coupling=FILE puts the programs on those of a machine$"):
        hqrn.compile(iris, target="ibm")


@pytest.mark.parametrize(
    ("said", "command", "options", "told"),
    [
        ("--inputs quantum needs weights: block 1", "compile", {"inputs": "quantum"}, "inputs='quantum' needs weights: block 1"),
        ("--mitigate takes out: name some with --noise", "run", {}, "mitigate= takes out: name some with noise="),
        ("--complete: no program of block 2", "verify", {}, "complete: no program of block 2"),
        ("--data FILE --row 3", "job plan", {}, "X=FILE row=3"),
        ("--data FILE --row 3", "counts", {}, "data=FILE row=3"),
        ("expected WEIGHTS, see --help", "compile", {}, "expected WEIGHTS"),
        ("a/b--c.json: a--b", "run", {}, "a/b--c.json: a--b"),
    ],
)
def test_options_are_keywords(said, command, options, told):
    assert of_python(said, command, options) == told


MISSING = {
    "torch": ("hqrn.torch", "torch"),
    "qiskit": ("hqrn.compile([[1.0]]).qiskit()", "qiskit qiskit-qasm3-import"),
    "cirq": ("hqrn.compile([[1.0]]).cirq()", "cirq-core ply"),
}


@pytest.mark.parametrize("module", MISSING)
def test_what_is_missing_is_told_with_what_installs_it(module):
    use, packages = MISSING[module]
    script = f"""
import sys
sys.modules[{module!r}] = None
import hqrn
try:
    {use}
except ModuleNotFoundError as error:
    print(error.name.split(".")[0], error, sep="|")
"""
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True)
    name, said = done.stdout.strip().split("|")
    assert name == module and said.endswith(f"is not installed: pip install {packages}"), done.stderr


def test_torch_is_an_attribute_that_is_imported_where_it_is_used():
    pytest.importorskip("torch")
    script = "import sys, hqrn; print('torch' in sys.modules); print(hqrn.torch.ResidualNet.__name__, 'torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", script], capture_output=True, text=True)
    assert done.stdout == "False\nResidualNet True\n", done.stderr
    with pytest.raises(AttributeError, match="module 'hqrn' has no attribute 'tensorflow'"):
        hqrn.tensorflow
