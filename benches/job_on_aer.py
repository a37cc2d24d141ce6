"""What a plan of hqrn-job comes to on a fake machine of IBM, by the noise model of Qiskit Aer in place of ours.

    hqrn-job plan circuits/digits-small.json --machine FOLDER --data circuits/digits.csv.gz --executions 6.4e5 -o plan/ --no-waits
    python benches/job_on_aer.py plan/ --fake FakeBoston --seeds 8 --hqrn target/release/hqrn-job

Aer's density matrix with the gates of NoiseModel.from_backend says what every column of every block spells, the readout errors of the
same noise model are put on it qubit by qubit, and every run of every job is drawn from that; hqrn-job collect reads the counts like
any result. Printed: mean and standard error over seeds of what each step of mitigation comes to, beside what
the plan promised. Needs examples/submit/requirements-qiskit.txt.
"""

import argparse
import json
import math
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import mean, stdev

import numpy as np
from qiskit import qasm3
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel
from qiskit_ibm_runtime import fake_provider


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plans", nargs="+", help="folders of plans; programs that they share are simulated once")
    parser.add_argument("--fake", default="FakeBoston", help="class of the fake machine (default FakeBoston)")
    parser.add_argument("--seeds", type=int, default=8, help="jobs to draw (default 8)")
    parser.add_argument("--hqrn", default="hqrn-job", help="the command")
    parser.add_argument("--data", help="rows that are reported, where they are elsewhere now")
    parser.add_argument("--reference", help="weights of the network that the plans' was compressed from")
    return parser.parse_args()


def settings(program, block):
    """The circuit of each column, on the machine's own qubits, its probabilities kept in place of measurements."""
    circuit = qasm3.loads(program)
    measured = sorted(
        (circuit.find_bit(step.clbits[0]).index, circuit.find_bit(step.qubits[0]).index)
        for step in circuit.data
        if step.operation.name == "measure"
    )
    qubits = [qubit for _, qubit in measured]
    bare = circuit.remove_final_measurements(inplace=False)
    bare.save_probabilities(qubits, label="p")
    names = sorted(bare.parameters, key=lambda parameter: parameter.name)
    columns = range(len(block["runs"]))
    values = [{x: math.pi * (m >> i & 1) for i, x in enumerate(names)} for m in columns]
    return qubits, [bare.assign_parameters(value) for value in values]


def words(simulator, noise, qubits, circuits):
    """The probability of every word of every column, readout errors included."""
    result = simulator.run(circuits, shots=1).result()
    misread = {error[0][0]: np.array(error[1]) for error in
               ((qubits, readout.probabilities) for qubits, readout in noise._local_readout_errors.items())}
    all_columns = []
    for i in range(len(circuits)):
        p = np.asarray(result.data(i)["p"]).reshape([2] * len(qubits))
        for bit, qubit in enumerate(qubits):
            axis = len(qubits) - 1 - bit
            p = np.moveaxis(np.tensordot(misread[qubit].T, np.moveaxis(p, axis, 0), 1), 0, axis)
        all_columns.append(p.reshape(-1) / p.sum())
    return all_columns


def drawn(columns, block, shots, rng):
    """The counts of every run of a block, by hexadecimal word."""
    tables = []
    for p, runs in zip(columns, block["runs"]):
        for counts in rng.multinomial(shots, p, size=runs):
            tables.append({hex(word): int(counts[word]) for word in np.flatnonzero(counts)})
    return tables


def work_out(folder, args, simulator, noise, known):
    """Draws the jobs of a plan and prints what they come to."""
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    blocks = []
    for block in plan["blocks"]:
        text = (folder / block["program"]["file"]).read_text(encoding="utf-8")
        if text not in known:
            qubits, circuits = settings(text, block)
            known[text] = words(simulator, noise, qubits, circuits)
            print(f"{folder / block['program']['file']}: {len(circuits)} columns", file=sys.stderr)
        blocks.append((block, known[text]))
    reports = []
    with tempfile.TemporaryDirectory() as place:
        for seed in range(1, args.seeds + 1):
            rng = np.random.default_rng(seed)
            pubs = [drawn(columns, block, plan["shots"], rng) for block, columns in blocks]
            result = Path(place) / "result.json"
            result.write_text(json.dumps({"pubs": pubs}), encoding="utf-8")
            more = ["--data", args.data] if args.data else []
            more += ["--reference", args.reference] if args.reference else []
            done = subprocess.run([args.hqrn, "collect", str(folder), str(result), "--json", "-q", *more],
                                  capture_output=True, text=True, check=False)
            if done.returncode:
                sys.exit(done.stderr)
            reports.append(json.loads(done.stdout))
            print(f"{folder}: job {seed} of {args.seeds} done", file=sys.stderr)
    executions = plan["effort"]["executions"]
    print(f"{folder}: {plan['machine_name']} ({args.fake} in Aer), {executions} executions of programs, {len(reports)} jobs")
    for i, step in enumerate(reports[0]["steps"]):
        promised = step["promised"]
        text = f"{100 * promised['value']:.2f} ± {100 * promised['error']:.2f} %" if promised else "·"
        wrong = spread(reports, i, "wrong") if step["wrong"] else "·"
        strayed = f"  not the reference's {spread(reports, i, 'strayed')}" if step.get("strayed") else ""
        print(f"{step['step']:>9}  changed {spread(reports, i, 'changed')}  promised {text}  wrong {wrong}{strayed}")
    scales = [mean(r["blocks"][k]["scale"]["value"] for r in reports) for k in range(len(blocks))]
    sigmas = [mean(r["blocks"][k]["surprise"]["sigma"] for r in reports) for k in range(len(blocks))]
    print("scales", " ".join(f"{s:.3f}" for s in scales))
    print("sigma ", " ".join(f"{s:+.1f}" for s in sigmas), flush=True)


def spread(reports, step, key):
    """The mean share over jobs and its standard error, in percent."""
    shares = [r["steps"][step][key]["changed"] / r["steps"][step][key]["of"] for r in reports]
    return f"{100 * mean(shares):.2f} ± {100 * stdev(shares) / len(shares) ** 0.5:.2f} %"


def main():
    args = arguments()
    noise = NoiseModel.from_backend(getattr(fake_provider, args.fake)())
    simulator = AerSimulator(method="density_matrix", noise_model=noise)
    known = {}
    for folder in args.plans:
        work_out(Path(folder), args, simulator, noise, known)


if __name__ == "__main__":
    main()
