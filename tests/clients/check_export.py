"""Trains a small PyTorch network for a moment, exports it, compiles it and verifies the programs.

    python check_export.py FOLDER_OF_THE_COMMANDS

Needs torch; run with an interpreter that has it.
"""

import json
import pathlib
import subprocess
import sys
import tempfile

import torch

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "examples"))
from export_pytorch import ResidualNet  # noqa: E402


def run(*command, expected=0):
    done = subprocess.run([str(part) for part in command], capture_output=True, text=True, check=False)
    assert done.returncode == expected, f"{command[0]} exited {done.returncode}: {done.stdout}{done.stderr}"
    return done


def main():
    commands = pathlib.Path(sys.argv[1])
    torch.manual_seed(3)
    model = ResidualNet(inputs=6, dim=4, depth=2, classes=3)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.01)
    for _ in range(20):
        loss = torch.nn.functional.cross_entropy(model(torch.rand(16, 6)), torch.randint(3, (16,)))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    with tempfile.TemporaryDirectory() as folder:
        folder = pathlib.Path(folder)
        torch.save(model.state_dict(), folder / "model.pt")
        script = ROOT / "examples" / "export_pytorch.py"
        weights = folder / "weights.json"
        run(sys.executable, script, folder / "model.pt", "-o", weights, "--name", "small")
        network = json.loads(weights.read_text(encoding="utf-8"))
        for k, block in enumerate(network["blocks"]):
            # Exactly: single precision survives the way through text.
            assert torch.equal(torch.tensor(block["weight"]), model.blocks[k].weight.detach())
        run(commands / "hqrn-compile", weights, "-o", folder / "out")
        run(commands / "hqrn-verify", folder / "out", "--weights", weights)

        state = model.state_dict()
        state["blocks.0.weight"][0, 0] = float("nan")
        torch.save(state, folder / "bad.pt")
        refused = run(sys.executable, script, folder / "bad.pt", "-o", folder / "bad.json", expected=1)
        assert "blocks.0.weight: holds NaN" in refused.stderr and not (folder / "bad.json").exists(), refused.stderr
    print("export_pytorch.py: exported, compiled, verified")


if __name__ == "__main__":
    main()
