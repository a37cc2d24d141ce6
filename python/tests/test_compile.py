"""Programs: what is compiled is what the command writes, and computes its weights."""

import subprocess
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest

import hqrn


def test_programs_are_those_of_the_command(circuits, tmp_path, compiled):
    subprocess.run(["hqrn-compile", circuits / "iris.json", "-o", tmp_path / "out", "-q"], check=True)
    saved = compiled.save(tmp_path / "saved")
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert sorted(path.name for path in saved.iterdir()) == names
    for name in names:
        assert (saved / name).read_bytes() == (tmp_path / "out" / name).read_bytes()


def test_reports_are_tables(compiled):
    assert [block.block for block in compiled.report.blocks] == [1, 2]
    assert str(compiled.report).splitlines()[0].split()[:3] == ["block", "qubits", "CX"]
    html = compiled.report._repr_html_()
    assert html.count("<tr>") == 3 and "max |W_rec - W|" in html


def test_tables_are_the_weights(iris, compiled):
    for table, block in zip(compiled.tables(), iris.blocks):
        assert np.allclose(table.weight, block.weight, atol=1e-9)
    noisy = compiled.tables(noise="superconducting")
    assert not np.allclose(noisy[0].weight, iris.blocks[0].weight, atol=1e-3)


def test_everything_is_an_option(circuits, iris):
    joint = hqrn.compile(iris, method="joint", slack=1.6, quiet=True)
    assert joint.contract[0].method == "joint"
    split = hqrn.compile(iris, block=1, split=True)
    assert [program.name for program in split.programs] == ["block-01.plus.qasm", "block-01.minus.qasm"]
    state = hqrn.compile(iris, block=2, input=[0.1, 0.2, 0.3, 0.4]).contract[0]
    assert state.data["prepared"]
    machine = hqrn.compile(iris, machine=circuits / "boston-line.json", quiet=True)
    assert machine.contract[0].target == "ibm"
    small = hqrn.compile(iris, max_cx=4)
    assert small.network.name == "iris-small" and small.network != iris
    trotter = hqrn.compile(iris, block=1, method="trotter", trotter_error=0.1)
    assert trotter.contract[0].method == "trotter"
    for target, ending in (("ionq-native", "json"), ("qir", "ll")):
        native = [*hqrn.compile(iris, target=target).programs, *hqrn.compile(iris, target=target, block=2).programs]
        assert [program.name for program in native] == [f"block-{k:02}.{ending}" for k in (1, 2, 2)]
        assert native[0].contract.target == target and hqrn.verify(native[1], iris).holds
    line = hqrn.compile(iris, target="ibm", coupling=[[i, i + 1] for i in range(8)], block=1, quiet=True)
    assert hqrn.verify(line).holds


def test_notes_are_warnings(iris):
    with pytest.warns(hqrn.Note, match="virtual qubits"):
        hqrn.compile(iris, target="ibm")


def test_bad_options_are_one_line(iris, tmp_path):
    for options in ({"target": "z80"}, {"phases": "no"}, {"wings": 2}, {"block": 7}, {"input": [0.5, 0.6, 0.0, 0.0], "block": 1}):
        with pytest.raises(hqrn.InputError) as caught:
            hqrn.compile(iris, **options)
        assert "\n" not in str(caught.value) and "/tmp" not in str(caught.value)
    with pytest.raises(hqrn.InputError, match="expected a square matrix"):
        hqrn.compile(np.ones((2, 3)))


def test_other_weights_are_noticed(iris, compiled):
    other = iris.to_dict()
    other.pop("expect", None)
    other["blocks"][1]["weight"][0][0] += 0.1
    with pytest.raises(hqrn.CheckFailed, match=r"block-02.qasm: W_rec\[0\]\[0\]"):
        hqrn.verify(compiled, hqrn.Network.from_json(other), quiet=True)


def test_texts_paths_and_folders_are_verified(iris, compiled, tmp_path):
    folder = compiled.save(tmp_path / "out")
    for programs in (compiled, compiled.programs, list(map(str, compiled.programs)), folder, folder / "block-01.qasm"):
        assert hqrn.verify(programs, iris).holds
    with pytest.raises(hqrn.InputError, match="No such file"):
        hqrn.verify("nowhere.qasm", iris)


@pytest.mark.parametrize("pool", [ThreadPoolExecutor, ProcessPoolExecutor])
def test_executors_give_the_same_programs(iris, compiled, pool):
    with pool(2) as executor:
        spread = hqrn.compile(iris, executor=executor)
    assert spread.programs == compiled.programs
    assert [program.name for program in spread.programs] == [program.name for program in compiled.programs]
    assert spread.manifest == compiled.manifest
    shown = [line for line in str(spread.report).splitlines() if line]
    assert len(spread.report.blocks) == 2 and len(shown) == 5
    assert len(set(shown)) == 5 and "--method joint" in shown[-1]


def test_threads_change_nothing(iris, compiled):
    assert hqrn.compile(iris, threads=1).programs == compiled.programs
