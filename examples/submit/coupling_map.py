"""Writes a machine's coupling map as hqrn-compile --coupling takes it.

    python coupling_map.py FakeTorino > torino.json
    python coupling_map.py ibm_torino > torino.json         a real machine, your account being saved
"""

import json
import sys

from machines import one_line, open_backend


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    machine = open_backend(sys.argv[1])
    pairs = sorted([a, b] for a, b in machine.coupling_map.get_edges())
    print(json.dumps({"name": machine.name, "n_qubits": machine.num_qubits, "coupling_map": pairs}))


if __name__ == "__main__":
    one_line(main)
