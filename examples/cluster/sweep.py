"""Runs checkpoints of a training on a cluster, and compiles the last of them there.

    python sweep.py CHECKPOINT... --data DATA [--labels LABELS] [--shots 1e3,1e4,inf] [--limit N]
                    [--workers 2 | --scheduler ADDRESS] [--compile FOLDER]

Needs dask and distributed. With --scheduler it is a cluster that runs already, started by dask-jobqueue on Slurm or by `dask
scheduler` and `dask worker`; otherwise workers on this machine. Every worker needs hqrn and sees the data under the same path. The
numbers are the same as those of one process, and a worker that is lost has its pieces done by another. The dashboard of Dask shows how
far it is, and so does a line for each checkpoint that is done.

Any other `concurrent.futures.Executor` does in place of Dask's.
"""

import argparse
import sys
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any

import hqrn


class Telling(Executor):
    """Another executor, with a line for each piece that is done."""

    def __init__(self, inner: Executor) -> None:
        self.inner, self.started, self.done = inner, 0, 0

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> "Future[Any]":
        """As the other executor."""
        self.started += 1
        future = self.inner.submit(fn, *args, **kwargs)
        future.add_done_callback(self.tell)
        return future

    def tell(self, _: "Future[Any]") -> None:
        """One more."""
        self.done += 1
        print(f"{self.done} of {self.started} done", file=sys.stderr, flush=True)


def sweep(
    checkpoints: list[Path], data: Path, labels: Path | None, shots: list[float], limit: int | None, executor: Executor
) -> list[hqrn.RunReport]:
    """A report for each checkpoint."""
    return hqrn.sweep(checkpoints, data.resolve(), labels and labels.resolve(), shots=shots, limit=limit, quiet=True, executor=executor)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("checkpoints", nargs="+", type=Path, help="weights, first to last")
    parser.add_argument("--data", required=True, type=Path, help="labelled samples, as hqrn-run takes them")
    parser.add_argument("--labels", type=Path, help="their labels, if they are in a file of their own")
    parser.add_argument("--shots", default="1e3,1e4,inf", help="separated by commas")
    parser.add_argument("--limit", type=int, help="the first samples only")
    parser.add_argument("--workers", type=int, default=2, help="on this machine")
    parser.add_argument("--scheduler", help="address of a cluster that runs")
    parser.add_argument("--compile", type=Path, help="folder for the programs of the last checkpoint")
    arguments = parser.parse_args()

    from distributed import Client, LocalCluster

    shots = [float(number) for number in arguments.shots.split(",")]
    # Every worker is a process: hqrn takes all cores that it is given.
    cluster = None if arguments.scheduler else LocalCluster(n_workers=arguments.workers, threads_per_worker=1)
    try:
        with Client(arguments.scheduler or cluster) as client:
            executor = Telling(client.get_executor())
            reports = sweep(arguments.checkpoints, arguments.data, arguments.labels, shots, arguments.limit, executor)
            print("checkpoint      shots   error  disagree")
            for report in reports:
                for point in report.points:
                    error, disagree = point.error or 0.0, point.disagreement or 0.0
                    print(f"{report.data['points'][0]['checkpoint']:14}  {point.shots or float('inf'):5.0e}  {error:6.2%}  {disagree:8.2%}")
            if arguments.compile:
                last = hqrn.Network.from_file(arguments.checkpoints[-1])
                compiled = hqrn.compile(last, executor=Telling(client.get_executor()))
                print(compiled.report)
                compiled.save(arguments.compile)
    finally:
        if cluster is not None:
            cluster.close()


if __name__ == "__main__":
    main()
