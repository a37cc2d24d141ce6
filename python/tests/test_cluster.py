"""Other machines: what workers of a cluster give is what one process gives, also where a worker is killed."""

import importlib.util
import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import hqrn

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "cluster" / "sweep.py"


@pytest.fixture(scope="module")
def checkpoints(tmp_path_factory):
    """Five checkpoints of a training on iris."""
    folder = tmp_path_factory.mktemp("trained")
    data = EXAMPLE.parents[2] / "circuits" / "iris.csv"
    hqrn.train(data, blocks=4, dim=4, epochs=5, every=1, output=folder, quiet=True)
    return sorted(folder.glob("epoch-*.safetensors"))


def said(reports):
    """What reports say, but for what no two runs have the same."""
    return [report.data["points"] for report in reports]


def test_a_sweep_is_the_same_on_a_cluster_of_which_a_worker_dies(checkpoints, circuits):
    distributed = pytest.importorskip("distributed")
    options = {"shots": [100, 1000], "quiet": True}
    data = circuits / "iris.csv"
    wanted = said(hqrn.sweep(checkpoints, data, **options))
    network = hqrn.Network.from_file(checkpoints[-1])
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, distributed.Client(cluster) as client:
        assert said(hqrn.sweep(checkpoints, data, executor=client.get_executor(), **options)) == wanted
        compiled = hqrn.compile(network, executor=client.get_executor())
        assert compiled.programs == hqrn.compile(network).programs
        pids = list(client.run(os.getpid).values())
        with ThreadPoolExecutor(1) as beside:
            running = beside.submit(hqrn.sweep, checkpoints * 8, data, executor=client.get_executor(), **options)
            os.kill(pids[0], signal.SIGKILL)
            assert said(running.result(timeout=300)) == wanted * 8


def test_the_example_runs(checkpoints, circuits, tmp_path):
    if importlib.util.find_spec("distributed") is None:
        pytest.skip("no distributed")
    command = [sys.executable, "-W", "ignore", EXAMPLE, *checkpoints[-2:], "--data", circuits / "iris.csv", "--shots", "100,inf", "--compile", tmp_path / "out"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    assert "2 of 2 done" in done.stderr and "4 of 4 done" in done.stderr
    # Sweep, table, and what one circuit for both signs would take behind an empty line.
    assert len(done.stdout.splitlines()) == 1 + 4 + 6 + 2
    assert hqrn.verify(tmp_path / "out", checkpoints[-1], quiet=True).holds
