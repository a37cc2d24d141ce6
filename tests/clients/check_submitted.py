"""What examples/submit/run_layers.py made of images, held against what hqrn says of the same counts and of the network.

    python check_submitted.py COMMANDS PROGRAMS WEIGHTS DATA FOLDER < REPORT

FOLDER has the counts that the script saved, REPORT is its --json. hqrn-counts reads each layer's counts, and what it makes of
them goes into the next: pixels and labels must be the script's, which has arithmetic of its own. The pixels behind the first
layer must be those of the network within what shots explain: chi squared of all images together within 5 standard
deviations of its mean. Exit code 1 if they are not.
"""

import json
import subprocess
import sys
from pathlib import Path

from contract import contract_of


def said(*arguments):
    """The report of a command."""
    done = subprocess.run([*map(str, arguments), "--json"], capture_output=True, text=True)
    if done.returncode or "away from what the weights say" in done.stderr:
        sys.exit(f"{arguments[0].name}: {done.stderr.strip()}")
    return json.loads(done.stdout)


def main():
    if len(sys.argv) != 6:
        sys.exit(__doc__)
    commands, programs, weights, data, folder = map(Path, sys.argv[1:])
    script = json.load(sys.stdin)
    layers = json.loads(weights.read_text(encoding="utf-8"))["quanvolutions"]
    worst, chi, values = 0.0, 0.0, 0
    for image, (label, state) in enumerate(zip(script["labels"], script["states"]), 1):
        before = []
        of_image = ["--data", data, "--image", image]
        for k in range(1, len(layers) + 1):
            saved, after = folder / f"image-{image}-layer-{k}.json", folder / f"image-{image}-after-{k}.json"
            counts = [commands / "hqrn-counts", programs / f"layer-{k:02}.qasm", "--counts", saved, "--weights", weights]
            state_in = ["--state", *before] if before else []
            found = said(*counts, *of_image, *state_in, "--next", after)
            before.append(after)
            if k == 1:
                # What the network itself makes of the image is what a program of fixed pixels of the second layer has.
                fixed = folder / f"image-{image}-fixed.qasm"
                said(
                    commands / "hqrn-compile", weights, "--layer", 2, "--inputs", "fixed", *of_image, "--tiles", 1024, "-o", fixed
                )
                exact = exact_pixels(contract_of(fixed.read_text(encoding="utf-8")), layers[1], found["stream"])
                for pixel, wanted in zip(found["stream"]["pixels"], exact):
                    if pixel["error"] > 0:
                        chi += ((pixel["value"] - wanted) / pixel["error"]) ** 2
                        values += 1
        pixels = [pixel["value"] for pixel in found["stream"]["pixels"]]
        worst = max(worst, max(abs(a - b) for a, b in zip(pixels, state, strict=True)))
        assert found["label"] == label, f"image {image}: label {found['label']}, the script says {label}"
    off = (chi - values) / (2 * values) ** 0.5
    assert worst < 1e-9, f"pixels of the script and of hqrn-counts differ by {worst:.1e}"
    assert values and abs(off) < 5, f"chi squared {chi:.0f} of {values} pixels"
    print(f"{len(script['labels'])} images: hqrn-counts and the script agree to {worst:.1e};", end=" ")
    print(f"pixels behind layer 1 are the network's, chi squared {chi:.0f} of {values}")


def exact_pixels(contract, layer, stream):
    """The pixels that programs of fixed pixels have, channel by channel and row by row."""
    height, width = stream["height"], stream["width"]
    columns = (width + 1) // 2
    per_channel = (height + 1) // 2 * columns
    pixels = [0.0] * (stream["channels"] * height * width)
    for patch in contract["patches"]:
        channel, at = divmod(patch["patch"], per_channel)
        for q, angle in enumerate(patch["angles"]):
            row, column = 2 * (at // columns) + q // 2, 2 * (at % columns) + q % 2
            if row < height and column < width:
                pixels[(channel * height + row) * width + column] = angle / layer.get("scale", 1.0)
    return pixels


if __name__ == "__main__":
    main()
