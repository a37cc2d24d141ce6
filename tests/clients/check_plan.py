"""Takes a plan of hqrn-job from its request to labels, by the provider's own code.

    python check_plan.py COMMANDS WEIGHTS MACHINE DATA FAKE

The request must be what the schema of IBM's Sampler allows; examples/submit/run_job.py runs it on a fake machine, whose counts
hqrn-job collect reads. Labels must be as many as promised, within five standard deviations, and the counts of each block as
promised within five sigma; the network as measured says that it was simulated, and on what. Exit code 1 if something is otherwise.
"""

import json
import sys
import tempfile
from pathlib import Path

from commands import run
from ibm_quantum_schemas.sampler.version_0_1.params import ParamsModel

SCRIPT = Path(__file__).parents[2] / "examples" / "submit" / "run_job.py"


def main():
    commands, weights, machine, data, fake = sys.argv[1:]
    job = Path(commands) / "hqrn-job"
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "plan"
        more = ["--executions", "2e4", "--draws", "6", "--no-waits", "--step", "scaled", "-q", "-o", folder]
        run(job, "plan", weights, "--machine", machine, "--data", data, *more)
        request = json.loads((folder / "job.json").read_text(encoding="utf-8"))
        ParamsModel.model_validate(request["params"])
        said = run(sys.executable, "-W", "ignore", SCRIPT, folder, "--dry-run", "--fake", fake)
        assert not (folder / "result.json").exists(), said
        run(sys.executable, "-W", "ignore", SCRIPT, folder, "--fake", fake)
        measured = Path(place) / "measured.json"
        report = json.loads(run(job, "collect", folder, "--measured", measured, "--json", "-q"))
        assert (report["origin"], report["backend"]) == ("simulated", fake), report["backend"]
        assert f" as simulated on {fake}, " in json.loads(measured.read_text(encoding="utf-8"))["name"]
    bad = False
    for step in report["steps"][:4]:
        share = step["changed"]["changed"] / step["changed"]["of"]
        promised, spread = step["promised"]["value"], step["spread"] + 1 / step["changed"]["of"]
        off = abs(share - promised) / spread
        bad |= off > 5
        print(f"{step['step']}: {100 * share:.1f} % of labels changed, promised {100 * promised:.1f} %")
    for block in report["blocks"]:
        sigma = block["surprise"]["sigma"]
        bad |= abs(sigma) > 5
        print(f"block {block['block']}: {sigma:+.1f} sigma, scale {block['scale']['value']:.3f} of {block['promised_scale']:.3f}")
    sys.exit(bad)


if __name__ == "__main__":
    main()
