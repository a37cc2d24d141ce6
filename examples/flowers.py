"""Trains a residual network on iris flowers and writes flowers.json: python examples/flowers.py, from the repository's folder (docs/tutorial.md)."""

import csv
import sys

try:
    import torch
    from export_pytorch import ResidualNet, export
except ModuleNotFoundError as error:
    print(f"error: {error.name} is not installed: pip install torch", file=sys.stderr)
    raise SystemExit(2) from None

LENGTHS = ["sepal_length", "sepal_width", "petal_length", "petal_width"]


def part(split):
    """The lengths and the classes of the rows of a split."""
    with open("circuits/iris.csv", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["split"] == split]
    lengths = [[float(row[name]) for name in LENGTHS] for row in rows]
    return torch.tensor(lengths), torch.tensor([int(row["label"]) for row in rows])


torch.manual_seed(0)
model = ResidualNet(inputs=4, dim=8, depth=2, classes=3).fit(*part("train"), epochs=600, batch=20)
inputs, labels = part("test")
wrong = (model(inputs).argmax(dim=1) != labels).sum().item()
print(f"{wrong} of {len(labels)} test flowers wrong")
export(model, "flowers.json", name="flowers")
