"""`hqrn.sweep`: many networks run on the same samples, by any executor."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from ._data import Labels, Samples
from ._network import NetworkLike, network_of
from ._reports import RunReport
from ._run import run


def sweep(
    networks: Sequence[NetworkLike],
    X: Samples,
    y: Labels = None,
    *,
    executor: Executor | None = None,
    **options: Any,
) -> list[RunReport]:
    """Runs many networks, checkpoints or seeds, on the same samples: a report for each, in their order.

    The reports are the same whoever runs them: one process, a pool, or the workers of a cluster
    (`client.get_executor()` of Dask), of which one that is lost has its networks run by another.

    Args:
        networks: networks or paths of weights.
        X, y: samples and labels, as `hqrn.run` takes them.
        executor: any `concurrent.futures.Executor`; one network after the other if left out.
        options: of `hqrn.run`.

    >>> import hqrn
    >>> networks = [hqrn.Network.from_arrays([[[2.0, w], [0.0, 1.0]]]) for w in (0.5, 1.0)]
    >>> [round(report.points[0].distance, 3) for report in hqrn.sweep(networks, [[1.0, 3.0]], shots=float("inf"))]
    [0.0, 0.0]
    """
    given = [network_of(network) for network in networks]
    with _one_after_the_other(executor) as pool:
        futures = [pool.submit(run, network, X, y, **options) for network in given]
        return [future.result() for future in futures]


@contextmanager
def _one_after_the_other(executor: Executor | None) -> Iterator[Executor]:
    """The executor that is given, or a thread."""
    if executor is not None:
        yield executor
    else:
        with ThreadPoolExecutor(1) as own:
            yield own
