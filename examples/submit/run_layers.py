"""Runs a network of quanvolutions on Qiskit backends: layer by layer, all patches of all images in one job.

    hqrn-compile circuits/digits-quanvolution.json -o layers/
    python run_layers.py layers/ --weights circuits/digits-quanvolution.json --data circuits/digits.csv.gz --limit 10

    hqrn-compile net.json -o heron/ --target ibm --coupling torino.json
    python run_layers.py heron/ --weights net.json --data data.csv --limit 1 --backend FakeTorino

A layer is one program whose inputs are the pixels of a patch, or of as many as lie side by side; the job is that circuit with
a row of values for each run. --save writes the counts of each image and layer as hqrn-counts takes them.

--backend is aer, a fake machine of qiskit-ibm-runtime (FakeTorino, FakeSherbrooke, ...), or the name of a real one, for
which your account must be saved (QiskitRuntimeService.save_account).
"""

import argparse
import json
from pathlib import Path

from machines import imports, one_line, open_backend, say
from machines import open_sampler as machine_sampler

with imports():
    import numpy as np
    from hybrid import Program, report, test_rows
    from layers import Quanvolutions, patch_means, values_of
    from qiskit import qasm3
    from qiskit.transpiler import generate_preset_pass_manager


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", help="what hqrn-compile -o wrote: a program a layer and manifest.json")
    parser.add_argument("--weights", required=True, help="the weights JSON that was compiled")
    parser.add_argument("--data", required=True, help="CSV with columns label and split, gzipped or not")
    parser.add_argument("--limit", type=int, default=5, help="run the first N test rows (default 5)")
    parser.add_argument("--shots", type=int, default=1000, help="shots a patch (default 1000)")
    parser.add_argument("--backend", default="aer", help="aer, FakeTorino, ..., or the name of a real machine")
    parser.add_argument("--seed", type=int, default=0, help="seed of simulators")
    parser.add_argument("--save", metavar="DIR", help="write image-N-layer-K.json there, N and K from 1")
    parser.add_argument("--json", action="store_true", help="print labels and last streams as JSON")
    return parser.parse_args()


def open_sampler(name, seed):
    """A sampler, and the backend to transpile for; Aer takes programs as they are."""
    if name == "aer":
        from qiskit_aer.primitives import SamplerV2

        return SamplerV2(seed=seed), None
    backend = open_backend(name)
    return machine_sampler(backend, seed), backend


def programs(folder, layers):
    """The program of each layer, as the folder's manifest.json lists them."""
    manifest = json.loads((Path(folder) / "manifest.json").read_text(encoding="utf-8"))
    listed = [layer["programs"] for layer in manifest.get("layers", [])]
    if len(listed) != layers:
        raise ValueError(f"{folder}: programs of {len(listed)} layers, the weights have {layers}")
    found = [Program.read(Path(folder) / names[0]) for names in listed]
    if any("inputs" not in patch for program in found for patch in program.contract["patches"]):
        raise ValueError(f"{folder}: programs of one image: compile without --inputs fixed")
    return found


def run_layer(program, sampler, backend, angles, shots):
    """<Z> of the patches of every image, and the counts of every run of it, from the angles of its patches."""
    circuit = qasm3.loads(program.text)
    if backend and not program.contract.get("physical"):
        circuit = generate_preset_pass_manager(backend=backend, optimization_level=3).run(circuit)
    names = [parameter.name for parameter in circuit.parameters]
    values = np.array([values_of(program.contract, names, of_image) for of_image in angles])
    # One job: images x runs x inputs.
    result = sampler.run([(circuit, values)], shots=shots).result()[0]
    bits = next(iter(result.data.values()))
    means, counts = [], []
    for image in range(values.shape[0]):
        tables = [bits.get_counts((image, run)) for run in range(values.shape[1])]
        read = []
        for table in tables:
            # Bit 0 is the last character.
            words = np.array([[int(bit) for bit in reversed(word)] for word in table])
            read.append(patch_means(program.contract, words, np.array(list(table.values()))))
        means.append(np.concatenate(read)[: len(angles[image])])
        counts.append(tables)
    return means, counts


def main():
    args = arguments()
    network = Quanvolutions(args.weights)
    inputs, truths = test_rows(args.data, args.limit)
    sampler, backend = open_sampler(args.backend, args.seed)
    streams = [[network.first(x)] for x in inputs]
    for k, program in enumerate(programs(args.folder, len(network.layers))):
        angles = [network.angles(k, of_image[k]) for of_image in streams]
        means, counts = run_layer(program, sampler, backend, angles, args.shots)
        for image, (of_image, z) in enumerate(zip(streams, means)):
            of_image.append(network.behind(k, of_image, z))
            if args.save:
                path = Path(args.save) / f"image-{image + 1}-layer-{k + 1}.json"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(json.dumps(counts[image]), encoding="utf-8")
        say(f"layer {k + 1} of {len(network.layers)} done")
    report(network, inputs, truths, [of_image[-1].reshape(-1) for of_image in streams], args.json)


if __name__ == "__main__":
    one_line(main)
