"""`hqrn.run`: networks as hardware would run them."""

from collections.abc import Sequence
from typing import Union

from ._call import Option, workplace
from ._compile import Compiled
from ._data import Labels, Machine, Noise, Samples, machine_option, noise_option, rows, weights_file
from ._network import NetworkLike, network_of
from ._reports import Point, RunReport, pick

Shots = Union[int, float, Sequence[Union[int, float]]]


def run(
    network: NetworkLike | Compiled,
    X: Samples,
    y: Labels = None,
    *,
    shots: Shots = 10_000,
    noise: Noise = None,
    machine: Machine = None,
    waits: bool = False,
    mitigate: bool = False,
    trajectories: int | None = None,
    two_qubit_rate: Sequence[float] | float | None = None,
    alpha: Sequence[float] | float | None = None,
    phases: str | None = None,
    gamma: str | None = None,
    layout: str | Sequence[int] | None = None,
    limit: int | None = None,
    seed: int = 0,
    threads: int | None = None,
    quiet: bool = False,
    **options: Option,
) -> RunReport:
    """Runs samples through the circuits of a network with finite shots and noise, beside the network itself.

    Args:
        network: a network, whose circuits are made as needed, or a compiled one, whose programs are run.
        X: samples, S x input_dim, or complex density matrices, S x N x N; or a file of them.
        y: their labels, from 0; the network's own if left out, so that errors are disagreement.
        shots: for p+ and again for p- of every block; `float("inf")`; or several.
        noise: a model, superconducting, trapped-ion, a file, or what that would hold.
        machine: the noise of a machine by its figures.
        waits: with machine: qubits that wait for others relax.
        mitigate: take readout errors out again.
        trajectories: a basis state where a circuit has more than 8 qubits.
        two_qubit_rate: depolarising rates in place of the model's.
        alpha: residual weights in place of the network's own.
        phases, gamma, layout: how circuits are made, as `hqrn.compile` takes them.
        limit: the first samples only.
        seed: the same seed gives the same numbers.
        options: any other option of `hqrn-run --help` by its name.

    >>> import hqrn
    >>> network = hqrn.Network.from_arrays([[[2.0, 1.0], [0.0, -1.0]]], head=([[1.0, 0.0], [0.0, 1.0]], [0.0, 0.0]))
    >>> hqrn.run(network, [[0.9, 0.1], [0.2, 0.8]], shots=float("inf")).points[0].disagreement
    0.0
    """
    net = network.network if isinstance(network, Compiled) else network_of(network)
    with workplace() as place:
        named: dict[str, Option] = {
            "shots": shots,
            "noise": noise_option(place, noise),
            "machine": machine_option(machine),
            "waits": waits,
            "mitigate": mitigate,
            "trajectories": trajectories,
            "two_qubit_rate": two_qubit_rate,
            "alpha": alpha,
            "phases": phases,
            "gamma": gamma,
            "layout": layout,
            "limit": limit,
            "seed": seed,
            **rows(place, X, y, network=net),
            **options,
        }
        if isinstance(network, Compiled):
            named["circuits"] = network.save(place.path("circuits"))
        answer = place.call("run", [weights_file(place, net)], named, threads, quiet)
        points = tuple(Point.of(point) for point in answer.report["points"])
        return pick(RunReport, answer.text, answer.report, points=points)
