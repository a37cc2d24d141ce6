"""Runs a compiled network on Amazon Braket: its LocalSimulator, or a device by its ARN.

    hqrn-compile net.json -o out/ --target braket
    python run_braket.py out/ --weights net.json --data data.csv --limit 3 --shots 1000

A block's input is a mixture of basis states: they are drawn for each shot, and set by x gates at the head of the program.
Braket's own reader takes 2 ms a gate, so the LocalSimulator is for small networks.
"""

import argparse

from machines import imports, one_line, say

with imports():
    import numpy as np
    from braket.devices import LocalSimulator
    from braket.ir.openqasm import Program as Source
    from hybrid import Network, compiled, report, test_rows


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="what hqrn-compile --target braket -o wrote")
    parser.add_argument("--weights", required=True, help="the weights JSON that was compiled")
    parser.add_argument("--data", required=True, help="CSV with columns label and split, gzipped or not")
    parser.add_argument("--limit", type=int, default=3, help="run the first N test rows (default 3)")
    parser.add_argument("--shots", type=int, default=1000, help="shots a block and input (default 1000)")
    parser.add_argument("--device", default="local", help="local, or the ARN of a device")
    parser.add_argument("--seed", type=int, default=0, help="seed of drawn basis states")
    parser.add_argument("--json", action="store_true", help="print labels and states as JSON")
    return parser.parse_args()


def with_input(program, m):
    """The program's text, started from basis state m."""
    lines = program.text.splitlines()
    # Gates come after the declarations, of which the bits' is the last.
    head = next(i for i, line in enumerate(lines) if line.startswith("bit[")) + 1
    flips = [f"x q[{qubit}];" for qubit in program.flips(m)]
    return "\n".join(lines[:head] + flips + lines[head:]) + "\n"


def run_block(program, state, device, shots, rng):
    """W y for one state, estimated."""
    if program.contract.get("target") != "braket":
        raise ValueError("these programs are not for Braket: compile them with --target braket")
    tables = []
    for m, times in enumerate(rng.multinomial(shots, state / state.sum())):
        if times:
            result = device.run(Source(source=with_input(program, m)), shots=int(times)).result()
            # The first character is the first measured qubit, and qubit i is measured into bit i.
            tables.extend(result.measurement_counts.items())
    return program.product(tables)


def main():
    args = arguments()
    if args.device == "local":
        device = LocalSimulator()
    else:
        from braket.aws import AwsDevice

        device = AwsDevice(args.device)
    network = Network(args.weights)
    inputs, truths = test_rows(args.data, args.limit)
    rng = np.random.default_rng(args.seed)
    states = [network.first_state(x) for x in inputs]
    for k, (block, programs) in enumerate(zip(network.blocks, compiled(args.folder), strict=True)):
        for i, y in enumerate(states):
            product = sum(run_block(program, y, device, args.shots, rng) for program in programs)
            states[i] = block.step(y, product)
        say(f"block {k + 1} of {len(network.blocks)} done")
    report(network, inputs, truths, states, args.json)


if __name__ == "__main__":
    one_line(main)
