"""The notebook runs from top to bottom, as Python: cells share one namespace, pictures are drawn nowhere."""

import json
from pathlib import Path

import pytest

NOTEBOOK = Path(__file__).resolve().parents[2] / "examples" / "notebooks" / "quickstart.ipynb"


def test_the_notebook_runs(monkeypatch):
    pytest.importorskip("torch")
    pytest.importorskip("qiskit")
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    monkeypatch.chdir(NOTEBOOK.parent)
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    names = {"__name__": "__main__"}
    ran = 0
    for cell in cells:
        if cell["cell_type"] == "code":
            assert cell["outputs"] == [], "the repository has it without outputs"
            exec(compile("".join(cell["source"]), cell["id"], "exec"), names)
            ran += 1
    assert ran >= 8
    assert names["wrong_share"]() < names["before"]
