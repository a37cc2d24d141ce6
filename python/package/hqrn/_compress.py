"""`hqrn.compress`: a network to a smaller one."""

from dataclasses import dataclass

from ._call import Option, workplace
from ._data import Labels, Machine, Samples, machine_option, rows, weights_file
from ._network import Network, NetworkLike, network_of
from ._reports import CommandReport


@dataclass(frozen=True, eq=False)
class Compressed:
    """A compressed network and what it costs, a table to print.

    >>> import hqrn
    >>> small = hqrn.compress([[2.0, 1.0], [1.0, 2.0]], rank=1)
    >>> small.network.blocks[0].form
    'factors'
    """

    network: Network
    report: CommandReport


def compress(
    network: NetworkLike,
    X: Samples | None = None,
    y: Labels = None,
    *,
    test_X: Samples | None = None,
    test_y: Labels = None,
    rank: int | None = None,
    max_error: float | None = None,
    max_cx: float | None = None,
    variational: bool = False,
    edges: str | None = None,
    finetune: bool = False,
    finetune_survival: float | None = None,
    finetune_machine: Machine = None,
    finetune_executions: float | None = None,
    stages: int | None = None,
    limit: int | None = None,
    seed: int = 0,
    threads: int | None = None,
    quiet: bool = False,
    **options: Option,
) -> Compressed:
    """Compresses a network: factors of low rank, or one variational circuit for both signs of a block.

    Args:
        network: what to compress.
        X, y: samples of the kind that will be run, S x input_dim, and their labels: errors count where they bring states.
        test_X, test_y: samples to judge on.
        rank: of every sign of every block; or
        max_error: the smallest rank, or circuit, with max |W' - W| at most so many times max |W|; or
        max_cx: at most so many CX a sign in the mean.
        variational: with max_cx or max_error: one circuit for both signs.
        edges: which qubits such a circuit joins: line, heavy-hex, square, all, or a coupling map.
        finetune: then move everything together towards the network's own outputs on X.
        finetune_survival, finetune_machine, finetune_executions: the noise and the shots to learn for.
        stages: of finetuning.
        limit: fit on the first samples only.
        options: any other option of `hqrn-compress --help` by its name.

    >>> import hqrn
    >>> hqrn.compress([[2.0, 1.0], [1.0, 2.0]], max_cx=1, variational=True).network.blocks[0].form
    'a circuit'
    """
    net = network_of(network)
    with workplace() as place:
        out = place.path("small.json")
        named: dict[str, Option] = {
            "output": out,
            "rank": rank,
            "max_error": max_error,
            "max_cx": max_cx,
            "variational": variational,
            "edges": edges,
            "finetune": finetune,
            "finetune_survival": finetune_survival,
            "finetune_machine": machine_option(finetune_machine),
            "finetune_executions": finetune_executions,
            "stages": stages,
            "limit": limit,
            "seed": seed,
            **options,
        }
        if X is not None:
            named.update(rows(place, X, y, network=net))
        if test_X is not None:
            named.update(rows(place, test_X, test_y, "test_data", "test_labels", net, ("test_X", "test_y")))
        answer = place.call("compress", [weights_file(place, net)], named, threads, quiet)
        return Compressed(Network.from_file(out, net.front), CommandReport(answer.text, answer.report))
