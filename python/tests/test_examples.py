"""Scripts of examples/ where what they need is not installed: one line that says what to do, and exit code 2."""

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
# What each is run without, and what it says of that.
NEEDS = {
    "flowers.py": ("torch", "torch"),
    "export_pytorch.py": ("torch", "torch"),
    "export_amplitude.py": ("torch", "torch"),
    "finetune.py": ("torch", "torch"),
    "submit/run_qiskit.py": ("qiskit", "-r {}/requirements-qiskit.txt"),
    "submit/run_layers.py": ("qiskit", "-r {}/requirements-qiskit.txt"),
    "submit/coupling_map.py": ("qiskit_ibm_runtime", "-r {}/requirements-qiskit.txt"),
    "submit/run_braket.py": ("braket", "-r {}/requirements-braket.txt"),
}


def run_without(module, script, *arguments):
    """Runs a script as Python does, but that a module is not there."""
    blocked = f"""
import runpy, sys
sys.modules[{module!r}] = None
sys.argv = sys.argv[1:]
sys.path.insert(0, {str(script.parent)!r})
runpy.run_path(sys.argv[0], run_name="__main__")
"""
    return subprocess.run([sys.executable, "-c", blocked, script, *arguments], capture_output=True, text=True)


@pytest.mark.parametrize("script", NEEDS)
def test_what_is_not_installed_is_one_line(script):
    module, packages = NEEDS[script]
    path = EXAMPLES / script
    done = run_without(module, path, *(["FakeTorino"] if "coupling" in script else []))
    name, said = done.stderr.split(" is not installed: ")
    assert done.returncode == 2 and name.split(".")[0] == f"error: {module}", done.stderr
    assert said == f"pip install {packages.format(path.parent)}\n"


def test_an_importer_is_told_by_an_exception():
    script = f"""
import sys
sys.path.insert(0, {str(EXAMPLES)!r})
sys.modules["torch"] = None
try:
    import export_pytorch
except ModuleNotFoundError as error:
    print(error.name)
"""
    assert subprocess.run([sys.executable, "-c", script], capture_output=True, text=True).stdout == "torch\n"
