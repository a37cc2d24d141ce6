"""Gates on two qubits that a block takes, target by target: exact circuits of both signs, and one circuit for both.

    cargo build --release
    python3 benches/gates_by_target.py [FOLDER_WITH_COMMANDS]

W is random, of 4x4, 16x16 and 64x64 Gaussian entries, and "trained" block 5 of the digits, 64x64 of rank 16. Every program is read back from its text and verified; counts and angles are
those of the text. In brackets, by how much these gates turn in all, in radians, where they turn by any angle.
"""

import json
import pathlib
import random
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
ENDINGS = {"ionq-native": "json", "qir": "ll"}
TARGETS = ["portable", "qir", "ionq", "ibm", "ibm-ecr", "iqm", "rigetti", "ibm-fractional", "ionq-native", "quantinuum"]
TURN = {"ibm-fractional", "ionq-native", "quantinuum"}
SIZES = [4, 16, 64]


def compiled(commands, weights, target, *more):
    """The report of the only block of a network."""
    with tempfile.TemporaryDirectory() as out:
        file = pathlib.Path(out) / f"block.{ENDINGS.get(target, 'qasm')}"
        command = [commands / "hqrn-compile", weights, "-o", file, "--target", target, "--json", "--quiet", *more]
        return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)["blocks"][0]


def main():
    commands = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "target/release"
    source = random.Random(1)
    with tempfile.TemporaryDirectory() as folder:
        networks = []
        for size in SIZES:
            path = pathlib.Path(folder) / f"{size}.json"
            path.write_text(json.dumps([[source.gauss(0, 1) for _ in range(size)] for _ in range(size)]), encoding="utf-8")
            networks.append(path)
        # The search for one circuit of 64x64 takes minutes for each gate that joins qubits.
        real = ["--phases", "nonnegative"]
        ways = [(f"{path.stem}x{path.stem}", path, real) for path in networks]
        ways.append(("trained", ROOT / "circuits/digits.json", ["--block", "5", *real]))
        ways += [(f"joint {path.stem}x{path.stem}", path, ["--method", "joint"]) for path in networks[:2]]
        heads = [head for head, _, _ in ways]
        print(f"{'target':<16}" + "".join(f"{head:>15}" for head in heads) + f"{'1q, 64x64':>12}")
        for target in TARGETS:
            reports = [compiled(commands, path, target, *way) for _, path, way in ways]
            cells = [
                f"{report['summary']['cx']:,}" + (f" ({report['turned']:,.0f})" if target in TURN else "") for report in reports
            ]
            one_qubit = reports[len(SIZES) - 1]["summary"]["one_qubit_gates"]
            print(f"{target:<16}" + "".join(f"{cell:>15}" for cell in cells) + f"{one_qubit:>12,}", flush=True)


if __name__ == "__main__":
    main()
