"""The functions of the other commands, and the commands themselves as console scripts."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import hqrn

COMMANDS = ["compile", "compress", "counts", "job", "run", "train", "verify"]


@pytest.mark.parametrize("name", COMMANDS)
def test_console_scripts_are_the_commands(name):
    help_ = subprocess.run([f"hqrn-{name}", "--help"], capture_output=True, text=True)
    assert help_.returncode == 0 and f"hqrn-{name}" in help_.stdout
    wrong = subprocess.run([f"hqrn-{name}", "--nonsense"], capture_output=True, text=True)
    assert wrong.returncode == 2 and wrong.stderr.startswith("error: ") and wrong.stderr.count("\n") == 1


def test_exit_codes(circuits, compiled, tmp_path):
    folder = compiled.save(tmp_path / "out")
    verified = subprocess.run(["hqrn-verify", folder, "--weights", circuits / "iris.json"], capture_output=True)
    assert verified.returncode == 0
    failed = subprocess.run(["hqrn-verify", folder / "block-01.qasm", "--weights", circuits / "iris.json", "--block", "2"], capture_output=True)
    assert failed.returncode == 1


def test_ctrl_c_ends_a_command(circuits, tmp_path):
    command = ["hqrn-train", "--data", circuits / "digits.csv.gz", "-o", tmp_path / "out", "--epochs", "100000", "-q"]
    process = subprocess.Popen(command)
    while not (tmp_path / "out").exists() and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    assert process.wait(timeout=300) == -signal.SIGINT


def test_samples_are_run(iris, compiled, flowers):
    X, y = flowers["test"]
    report = hqrn.run(iris, X, y, shots=[100, float("inf")])
    assert [point.shots for point in report.points] == [100.0, None]
    assert report.points[1].disagreement == 0.0
    assert report.points[1].error == pytest.approx(np.mean(iris.labels(X) != y))
    own = hqrn.run(compiled, X, shots=float("inf"))
    assert own.points[0].error == 0.0 and own.points[0].samples == len(X)
    noisy = hqrn.run(iris, X, y, shots=1000, noise="superconducting", limit=5)
    assert noisy.points[0].samples == 5
    with pytest.raises(hqrn.InputError, match=r"y: shape \(3,\), expected"):
        hqrn.run(iris, X, [0, 1, 2])
    with pytest.raises(hqrn.InputError, match="y: dtype float64, expected whole numbers"):
        hqrn.run(iris, X, y + 0.5)


def test_a_network_is_compressed(iris, flowers):
    X, y = flowers["train"]
    small = hqrn.compress(iris, X, y, max_cx=5, variational=True, quiet=True)
    assert small.network.blocks[0].form == "a circuit"
    assert "CX" in str(small.report)


def test_a_network_is_trained(flowers, tmp_path):
    X, y = flowers["train"]
    trained = hqrn.train(X, y, blocks=2, dim=4, epochs=20, every=20, output=tmp_path / "iris", quiet=True)
    assert np.mean(trained.network.labels(X) == y) > 0.5
    assert hqrn.Network.from_file(tmp_path / "iris" / "epoch-020.safetensors") == trained.network
    amplitudes = hqrn.train(X, y, family="amplitudes", epochs=2, quiet=True)
    assert amplitudes.network.family == "amplitude"


def test_counts_come_back(circuits):
    four = hqrn.Network.from_file(circuits / "four.json")
    program = hqrn.compile(four, input=1).programs[0]
    for counts in ({"011001": 936, "011000": 64}, {"0x19": np.int64(936), "0x18": 64}):
        report = hqrn.counts(program, counts, four)
        assert report.block == 1
        assert report.product[:, 0] == pytest.approx([1.088, 15.912, 0, -4])
        assert report.next.shape == (4, 2)
    with pytest.raises(hqrn.InputError):
        hqrn.counts(program, {"0110": 936}, four)


def test_a_job_is_planned_rehearsed_and_collected(circuits, iris, flowers, tmp_path):
    X, y = flowers["test"]
    machine = circuits / "boston-line.json"
    plan = hqrn.job.plan(
        iris, X, y, train_X=flowers["train"][0], machine=machine, output=tmp_path / "plan", executions=1e5, draws=2, quiet=True
    )
    assert (plan.folder / "plan.json").exists() and plan.promises
    hqrn.job.rehearse(plan)
    collected = hqrn.job.collect(plan, quiet=True)
    assert len(collected.labels) == len(X)
    assert collected.network.blocks[0].weight.shape == (4, 4)
    with pytest.raises(hqrn.InputError, match="train_X: missing"):
        hqrn.job.plan(iris, X, y, machine=machine, output=tmp_path / "other")
    for more in ({"y": y}, {"train_X": X}):
        with pytest.raises(hqrn.InputError, match="without X"):
            hqrn.job.collect(plan, quiet=True, **more)


def test_a_refused_job_leaves_everything_as_it_was(circuits, iris, flowers, tmp_path):
    X, train_X = flowers["test"][0], flowers["train"][0]
    made = {"train_X": train_X, "machine": circuits / "boston-line.json", "executions": 1e5, "draws": 2, "quiet": True}
    with pytest.raises(hqrn.InputError):
        hqrn.job.plan(iris, X, output=tmp_path / "a" / "b", **{**made, "executions": -1.0})
    assert not (tmp_path / "a").exists()
    plan = hqrn.job.plan(iris, X, output=tmp_path / "plan", **made)
    before = {path.name: path.read_bytes() for path in plan.folder.iterdir()}
    with pytest.raises(hqrn.InputError):
        hqrn.job.plan(iris, X[:9], output=plan.folder, **{**made, "executions": -1.0})
    assert {path.name: path.read_bytes() for path in plan.folder.iterdir()} == before
    hqrn.job.rehearse(plan, quiet=True)
    with pytest.raises(hqrn.InputError):
        hqrn.job.plan(iris, X[:9], output=plan.folder, **made)
    assert len(hqrn.job.collect(plan, quiet=True).labels) == len(X)


@pytest.mark.parametrize("files", [("X",), ("y",), ("X", "train_X"), ("train_X", "y")])
def test_rows_of_a_job_are_files_or_arrays(circuits, iris, flowers, tmp_path, files):
    rows = {"X": flowers["test"][0], "train_X": flowers["train"][0], "y": flowers["test"][1]}
    for name in files:
        np.save(tmp_path / f"{name}.npy", rows[name])
    given = {name: tmp_path / f"{name}.npy" if name in files else array for name, array in rows.items()}
    machine = circuits / "boston-line.json"
    plan = hqrn.job.plan(iris, **given, machine=machine, output=tmp_path / "plan", executions=1e5, draws=2, quiet=True)
    hqrn.job.rehearse(plan, quiet=True)
    wrong = hqrn.job.collect(plan, quiet=True).report.data["steps"][-1]["wrong"]
    assert wrong["of"] == len(rows["y"])
    # Arrays go along with the folder.
    moved = plan.folder.rename(tmp_path / "moved")
    assert hqrn.job.collect(moved, quiet=True).report.data["steps"][-1]["wrong"] == wrong


def test_a_fork_does_no_harm(iris):
    wanted = hqrn.compile(iris, block=1).programs
    child = os.fork()
    if child == 0:
        os._exit(0 if hqrn.compile(iris, block=1).programs == wanted else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_keyboard_interrupt_does_no_harm(circuits, tmp_path):
    script = """
import sys, hqrn
try:
    print("started", flush=True)
    hqrn.train(sys.argv[1], epochs=1000000, every=1000000, output=sys.argv[2], quiet=True)
except KeyboardInterrupt:
    print(hqrn.compile([[1.0]]).report.verified)
"""
    command = [sys.executable, "-c", script, circuits / "digits.csv.gz", tmp_path / "out"]
    # What a shell starts in the background ignores interrupts, and so would its children.
    listen = {"preexec_fn": lambda: signal.signal(signal.SIGINT, signal.SIG_DFL)}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, **listen)
    assert process.stdout.readline() == "started\n"
    while not (tmp_path / "out").exists() and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=300)
    assert (out, process.returncode) == ("True\n", 0)


def test_progress_is_shown_by_tqdm(iris, monkeypatch):
    pytest.importorskip("tqdm")
    from hqrn import _call

    monkeypatch.setattr(sys, "stderr", type("Terminal", (), {"isatty": lambda self: True, "write": lambda self, text: None, "flush": lambda self: None})())
    with _call._shown() as show:
        assert show is not None
        show("compiling", "blocks", 1, 2)
        show("compiling", "blocks", 2, 2)


def test_reports_have_all_of_it(iris, flowers):
    data = hqrn.run(iris, *flowers["test"], shots=100).data
    assert data["format"] == "hqrn-report" and json.dumps(data)


def test_threads_side_by_side_do_not_meet(iris, circuits):
    four = hqrn.Network.from_file(circuits / "four.json")
    wanted = {network.name: hqrn.compile(network, quiet=True).programs for network in (iris, four)}

    def one(i):
        network = (iris, four)[i % 2]
        if i % 5 == 4:
            with pytest.raises(hqrn.InputError, match=f"--target nowhere-{i}|'nowhere-{i}'|nowhere-{i}"):
                hqrn.compile(network, target=f"nowhere-{i}")
            return True
        compiled = hqrn.compile(network, quiet=True)
        return compiled.programs == wanted[network.name] and compiled.report.network == network.name

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(one, range(40)))


def test_the_interpreter_is_free_meanwhile(circuits):
    ticks, done = 0, threading.Event()

    def train():
        hqrn.train(circuits / "digits.csv.gz", epochs=30, every=30, quiet=True)
        done.set()

    thread = threading.Thread(target=train)
    thread.start()
    while not done.wait(0.001):
        ticks += 1
    thread.join()
    assert ticks > 10
