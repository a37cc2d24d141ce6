"""Runs a compiled network on Qiskit backends image by image: block by block, all inputs of a block in one job.

What the state of an image is does not matter where states are diagonal: run_job.py measures each block once, for all images.

    hqrn-compile net.json -o out/                           for aer, or for a machine that Qiskit routes for
    python run_qiskit.py out/ --weights net.json --data data.csv --limit 10 --shots 10000

    hqrn-compile net.json -o out/ --target ibm --coupling torino.json
    python run_qiskit.py out/ --weights net.json --data data.csv --limit 2 --backend FakeTorino

--backend is aer, a fake machine of qiskit-ibm-runtime (FakeTorino, FakeSherbrooke, ...), or the name of a real one, for
which your account must be saved (QiskitRuntimeService.save_account).

A block's input is a mixture of basis states. It is prepared by a circuit (Σ √y_m |m>, copied by CX) where qubits are
virtual. Programs that are routed already (hqrn-compile --coupling) take basis states drawn for each shot instead, which
is the same mixture and needs no gates but x.
"""

import argparse
import warnings

from machines import imports, one_line, open_backend, open_sampler, say

with imports():
    import numpy as np
    from hybrid import Network, compiled, report, test_rows
    from qiskit import QuantumCircuit, qasm3, transpile
    from qiskit.circuit.library import StatePreparation
    from qiskit.transpiler import generate_preset_pass_manager
    from qiskit_aer import AerSimulator


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="what hqrn-compile -o wrote: programs and manifest.json")
    parser.add_argument("--weights", required=True, help="the weights JSON that was compiled")
    parser.add_argument("--data", required=True, help="CSV with columns label and split, gzipped or not")
    parser.add_argument("--limit", type=int, default=5, help="run the first N test rows (default 5)")
    parser.add_argument("--shots", type=int, default=10_000, help="shots a block and input (default 10000)")
    parser.add_argument("--backend", default="aer", help="aer, FakeTorino, ..., or the name of a real machine")
    parser.add_argument("--seed", type=int, default=0, help="seed of simulators and of drawn basis states")
    parser.add_argument("--json", action="store_true", help="print labels and states as JSON")
    return parser.parse_args()


def load(program):
    """The program as a circuit."""
    if program.contract.get("target") in ("ibm-ecr", "ibm-fractional"):
        # The fast reader knows no gate definitions.
        return qasm3.loads(program.text)
    with warnings.catch_warnings():
        # Qiskit's fast reader says of itself that it is experimental.
        warnings.simplefilter("ignore")
        return qasm3.loads_experimental(program.text)


def mixture(program, circuit, state):
    """The circuit behind a preparation of the mixture `sum_m y_m |m><m|` on the registers of both signs."""
    registers = []
    for _, sign in program.signs():
        # One circuit may compute both signs.
        if sign["input"] not in registers:
            registers.append(sign["input"])
    width = circuit.num_qubits
    if len(registers) == 1:
        # Copied to qubits that nobody measures, the register is as mixed as it should be.
        registers.append(list(range(width, width + len(registers[0]))))
    padded = np.zeros(2 ** len(registers[0]))
    padded[: len(state)] = state
    whole = QuantumCircuit(max(width, registers[-1][-1] + 1), circuit.num_clbits)
    whole.append(StatePreparation(np.sqrt(padded / padded.sum())), registers[0])
    for a, b in zip(*registers):
        whole.cx(a, b)
    whole = transpile(whole, basis_gates=["u", "cx"], optimization_level=1)
    return whole.compose(circuit, range(width), range(circuit.num_clbits))


def drawn(program, circuit, state, shots, rng):
    """(circuit, shots) for each basis state that is drawn at least once."""
    out = []
    for m, times in enumerate(rng.multinomial(shots, state / state.sum())):
        if times:
            whole = circuit.copy_empty_like()
            for qubit in program.flips(m):
                whole.x(qubit)
            out.append((whole.compose(circuit), int(times)))
    return out


def run_jobs(backend, jobs, seed):
    """Counts for a list of (circuit, shots): (bits, times) with bit i at index i."""
    if isinstance(backend, AerSimulator):
        result = backend.run([circuit for circuit, _ in jobs], shots=jobs[0][1]).result()
        tables = [result.get_counts(i) for i in range(len(jobs))]
    else:
        # A job has one number of shots.
        groups = {}
        for i, (_, shots) in enumerate(jobs):
            groups.setdefault(shots, []).append(i)
        sampler = open_sampler(backend, seed)
        sent = [(members, sampler.run([jobs[i][0] for i in members], shots=n)) for n, members in groups.items()]
        tables = [None] * len(jobs)
        for k, (members, job) in enumerate(sent):
            for i, pub in zip(members, job.result()):
                tables[i] = next(iter(pub.data.values())).get_counts()
            say(f"  {k + 1} of {len(sent)} jobs, {sum(table is not None for table in tables)} of {len(jobs)} circuits")
    return [[(word[::-1], times) for word, times in table.items()] for table in tables]


def run_block(program, states, backend, shots, rng, seed):
    """W y for each state, estimated; a split program gives its own sign's part."""
    circuit = load(program)
    physical = program.contract.get("physical", False)
    if physical:
        groups = [drawn(program, circuit, state, shots, rng) for state in states]
    else:
        wholes = [mixture(program, circuit, state) for state in states]
        if not isinstance(backend, AerSimulator):
            wholes = generate_preset_pass_manager(backend=backend, optimization_level=3).run(wholes)
        groups = [[(whole, shots)] for whole in wholes]
    counts = iter(run_jobs(backend, [job for group in groups for job in group], seed))
    return [program.product([pair for _ in group for pair in next(counts)]) for group in groups]


def main():
    args = arguments()
    network = Network(args.weights)
    inputs, truths = test_rows(args.data, args.limit)
    backend = open_backend(args.backend, args.seed)
    rng = np.random.default_rng(args.seed)
    states = [network.first_state(x) for x in inputs]
    for k, (block, programs) in enumerate(zip(network.blocks, compiled(args.folder), strict=True)):
        products = sum(
            np.array(run_block(program, states, backend, args.shots, rng, args.seed)) for program in programs
        )
        states = [block.step(y, product) for y, product in zip(states, products)]
        say(f"block {k + 1} of {len(network.blocks)} done")
    report(network, inputs, truths, states, args.json)


if __name__ == "__main__":
    one_line(main)
