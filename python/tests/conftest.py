"""What tests share: the networks and data that come with the repository."""

import csv
import gzip
from pathlib import Path

import numpy as np
import pytest

import hqrn

CIRCUITS = Path(__file__).resolve().parents[2] / "circuits"


def table(name):
    """Features and labels of the rows of a table marked test."""
    path = CIRCUITS / name
    with gzip.open(path, "rt") if path.suffix == ".gz" else open(path, encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file)]
    features = [key for key in rows[0] if key not in ("label", "split")]
    parts = {}
    for split in ("train", "test"):
        chosen = [row for row in rows if row["split"] == split]
        X = np.array([[float(row[key]) for key in features] for row in chosen])
        parts[split] = X, np.array([int(row["label"]) for row in chosen])
    return parts


@pytest.fixture(scope="session")
def circuits():
    return CIRCUITS


@pytest.fixture(scope="session")
def iris():
    return hqrn.Network.from_file(CIRCUITS / "iris.json")


@pytest.fixture(scope="session")
def flowers():
    return table("iris.csv")


@pytest.fixture(scope="session")
def compiled(iris):
    return hqrn.compile(iris, quiet=True)


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path, monkeypatch):
    """What tests write does not meet."""
    monkeypatch.chdir(tmp_path)
