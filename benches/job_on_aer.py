"""What a plan of hqrn-job comes to on a fake machine of IBM, by the noise model of Qiskit Aer in place of ours.

    hqrn-job plan circuits/digits-small.json --machine FOLDER --data circuits/digits.csv.gz --executions 6.4e5 -o plan/ --no-waits
    python benches/job_on_aer.py plan/ --fake FakeBoston --seeds 8 --hqrn target/release/hqrn-job

The runs of every column are drawn by Aer from NoiseModel.from_backend, readout errors included, once a seed; hqrn-job collect
reads them like any result. Printed: mean and standard error over seeds of what each step of mitigation comes to, beside what
the plan promised. Needs examples/submit/requirements-qiskit.txt.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from statistics import mean, stdev

from qiskit import qasm3
from qiskit_aer import AerSimulator
from qiskit_aer.noise import NoiseModel
from qiskit_ibm_runtime import fake_provider


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plan", help="folder of the plan")
    parser.add_argument("--fake", default="FakeBoston", help="class of the fake machine (default FakeBoston)")
    parser.add_argument("--seeds", type=int, default=8, help="jobs to draw (default 8)")
    parser.add_argument("--hqrn", default="hqrn-job", help="the command")
    parser.add_argument("--data", help="rows that are reported, where they are elsewhere now")
    return parser.parse_args()


def settings(program, block):
    """The circuit of each column, on the machine's own qubits."""
    circuit = qasm3.loads(program)
    names = sorted(circuit.parameters, key=lambda parameter: parameter.name)
    for m in range(len(block["runs"])):
        yield circuit.assign_parameters({x: 3.141592653589793 * (m >> i & 1) for i, x in enumerate(names)})


def drawn(simulator, circuits, block, shots, seed):
    """The words of every run of a block, as counts by hexadecimal word."""
    tables = []
    for m, circuit in enumerate(circuits):
        runs = block["runs"][m]
        job = simulator.run(circuit, shots=runs * shots, memory=True, seed_simulator=seed * 100_003 + m)
        memory = job.result().get_memory()
        words = [hex(int(word.replace(" ", ""), 2)) for word in memory]
        tables += [dict(Counter(words[i * shots : (i + 1) * shots])) for i in range(runs)]
    return tables


def main():
    args = arguments()
    folder = Path(args.plan)
    plan = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    backend = getattr(fake_provider, args.fake)()
    noise = NoiseModel.from_backend(backend)
    simulator = AerSimulator(method="density_matrix", noise_model=noise)
    blocks = [(block, list(settings((folder / block["program"]["file"]).read_text(encoding="utf-8"), block)))
              for block in plan["blocks"]]
    reports = []
    with tempfile.TemporaryDirectory() as place:
        for seed in range(1, args.seeds + 1):
            pubs = [drawn(simulator, circuits, block, plan["shots"], seed * 1000 + k)
                    for k, (block, circuits) in enumerate(blocks)]
            result = Path(place) / "result.json"
            result.write_text(json.dumps({"pubs": pubs}), encoding="utf-8")
            more = ["--data", args.data] if args.data else []
            done = subprocess.run([args.hqrn, "collect", str(folder), str(result), "--json", "-q", *more],
                                  capture_output=True, text=True, check=False)
            if done.returncode:
                sys.exit(done.stderr)
            reports.append(json.loads(done.stdout))
            print(f"job {seed} of {args.seeds} done", file=sys.stderr)
    spread = lambda values: f"{100 * mean(values):.2f} ± {100 * stdev(values) / len(values) ** 0.5:.2f} %"
    print(f"{plan['machine_name']} ({args.fake} in Aer), {plan['effort']['executions']} executions of programs, {len(reports)} jobs")
    for i, step in enumerate(reports[0]["steps"]):
        of = lambda key: [r["steps"][i][key]["changed"] / r["steps"][i][key]["of"] for r in reports]
        promised = step["promised"]
        text = f"{100 * promised['value']:.2f} ± {100 * promised['error']:.2f} %" if promised else "·"
        wrong = spread(of("wrong")) if step["wrong"] else "·"
        print(f"{step['step']:>9}  changed {spread(of('changed'))}  promised {text}  wrong {wrong}")
    scales = [mean(r["blocks"][k]["scale"]["value"] for r in reports) for k in range(len(blocks))]
    sigmas = [mean(r["blocks"][k]["surprise"]["sigma"] for r in reports) for k in range(len(blocks))]
    print("scales", " ".join(f"{s:.3f}" for s in scales))
    print("sigma ", " ".join(f"{s:+.1f}" for s in sigmas))


if __name__ == "__main__":
    main()
