"""Finetunes biases and head of a network against the noise of a machine and finite shots; its circuits stay as they are.

    python finetune.py circuits/digits-small.json circuits/digits.csv.gz circuits/boston-line.json -o tuned.json

Says how many labels of test rows are wrong on the machine before and after, in the mean over ten draws of all shots. Needs torch.
"""

import argparse
import csv
import gzip
import sys
from pathlib import Path
from typing import Any

try:
    import torch

    import hqrn
    import hqrn.torch
except ModuleNotFoundError as error:
    package = "./python in a clone of it" if error.name == "hqrn" else error.name
    print(f"error: {error.name} is not installed: pip install {package}", file=sys.stderr)
    raise SystemExit(2) from None


def rows(path: Path, split: str) -> tuple[Any, Any]:
    """Samples and labels of the rows of a table that are marked so."""
    with gzip.open(path, "rt") if path.suffix == ".gz" else open(path, encoding="utf-8") as file:
        chosen = [row for row in csv.DictReader(file) if row["split"] == split]
    names = [name for name in chosen[0] if name not in ("label", "split")]
    return torch.tensor([[float(row[name]) for name in names] for row in chosen]), torch.tensor([int(row["label"]) for row in chosen])


def wrong(module: Any, X: Any, y: Any, draws: int = 10) -> float:
    """The share of wrong labels, in the mean over draws of all shots."""
    with torch.no_grad():
        return sum(float((module(X).argmax(dim=1) != y).double().mean()) for _ in range(draws)) / draws


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("weights", type=Path)
    parser.add_argument("data", type=Path, help="a table with the columns label and split")
    parser.add_argument("machine", type=Path, help="its figures, as hqrn-compile takes them")
    parser.add_argument("-o", "--output", type=Path, help="the finetuned network")
    parser.add_argument("--shots", type=int, default=10_000, help="of every block and sample")
    parser.add_argument("--passes", type=int, default=2, help="through the training rows")
    parser.add_argument("--rate", type=float, default=3e-3)
    arguments = parser.parse_args()
    torch.manual_seed(0)
    (X, y), (test_X, test_y) = rows(arguments.data, "train"), rows(arguments.data, "test")
    network = hqrn.Network.from_file(arguments.weights)
    noisy = hqrn.torch.Compiled(network, machine=arguments.machine, shots=arguments.shots, weights=False)
    print(f"wrong labels: {wrong(hqrn.torch.Compiled(network), test_X, test_y, 1):.2%} exactly", flush=True)
    print(f"{wrong(noisy, test_X, test_y):.2%} on the machine with {arguments.shots} shots", flush=True)
    optimizer = torch.optim.Adam(noisy.parameters(), lr=arguments.rate)
    for _ in range(arguments.passes):
        for chosen in torch.randperm(len(X)).split(128):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(noisy(X[chosen]), y[chosen]).backward()
            optimizer.step()
    print(f"{wrong(noisy, test_X, test_y):.2%} there after {arguments.passes} passes through {len(X)} rows")
    if arguments.output:
        noisy.network().save(arguments.output)


if __name__ == "__main__":
    main()
