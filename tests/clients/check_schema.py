"""Reports for machines keep to their schema: `check_schema.py COMMANDS`, with jsonschema as the validator."""

import json
import pathlib
import subprocess
import sys
import tempfile

import jsonschema

commands = pathlib.Path(sys.argv[1]).resolve()
schema = json.loads(subprocess.run([commands / "hqrn-verify", "--report-schema"], capture_output=True, check=True).stdout)
validator = jsonschema.Draft202012Validator(schema)


def names(report):
    """The forms of reports that this one has."""
    forms = (form["$ref"].rsplit("/")[-1] if "$ref" in form else form.get("description", "?") for form in schema["anyOf"])
    of = [{**schema, "anyOf": [form]} for form in schema["anyOf"]]
    return [name for name, only in zip(forms, of) if jsonschema.Draft202012Validator(only).is_valid(report)]


folder = pathlib.Path(tempfile.mkdtemp())
(folder / "counts.json").write_text('{"000000": 40, "100000": 60}')
zeros = [[0] * 4 for _ in range(4)]
(folder / "rho.json").write_text(json.dumps({"re": [[1, 0, 0, 0]] + zeros[1:], "im": zeros}))
iris = ["--data", "iris.csv"]
cases = [
    ["hqrn-compile", "four.json", "-o", folder / "b.qasm"],
    ["hqrn-compile", "four.json", "-o", folder / "t.qasm", "--method", "trotter"],
    ["hqrn-compile", "iris.json", *iris, "-o", folder / "out"],
    ["hqrn-verify", "four.qasm", "--weights", "four.json"],
    ["hqrn-run", "iris.json", *iris, "--shots", "10,inf", "--noise", "trapped-ion", "--limit", "3"],
    ["hqrn-run", "four.json", "--state", folder / "rho.json", "--shots", "inf"],
    ["hqrn-counts", "four.qasm", "--weights", "four.json", "--counts", folder / "counts.json"],
    ["hqrn-counts", folder / "p.qasm", "--weights", "four.json", "--counts", folder / "counts.json"],
    ["hqrn-compress", "iris.json", *iris, "--rank", "1", "--evaluations", "20", "-o", folder / "small.json"],
    ["hqrn-compress", "iris.json", *iris, "--pareto", folder / "p.html", "--evaluations", "5"],
    ["hqrn-train", *iris, "--blocks", "1", "--dim", "4", "--epochs", "1", "-o", folder / "trained"],
    ["hqrn-train", "entanglement", "--blocks", "1", "--starts", "1", "--steps", "2", "--restarts", "1", "-o", folder / "bell"],
    ["hqrn-train", "amplitudes", *iris, "--epochs", "1", "--rivals", "-o", folder / "meshes"],
    ["hqrn-train", "amplitudes", *iris, "--epochs", "1", "--ablation", "--seeds", "2", "-o", folder / "ablation"],
    ["hqrn-train", "amplitudes", *iris, "--epochs", "1", "--seeds", "2", "-o", folder / "attacks",
     "--attack", "form=1,noise=gauss-asym,size=0.1,mode=test/drift"],
    ["hqrn-run", "none.json", *iris],
    ["hqrn-verify", "--bogus"],
]
prepared = ["hqrn-compile", "four.json", "--input", "basis:1", "-o", folder / "p.qasm", "-q"]
subprocess.run([commands / prepared[0], *prepared[1:]], cwd="circuits", check=True)
for case in cases:
    done = subprocess.run([commands / case[0], *case[1:], "--json"], cwd="circuits", capture_output=True, text=True)
    report = json.loads(done.stdout)
    problem = jsonschema.exceptions.best_match(validator.iter_errors(report))
    assert problem is None, (case, problem.json_path, problem.message[:300])
    assert len(names(report)) == 1, (case, names(report))
    assert ("error" in report) == (done.returncode != 0), (case, done.stderr)
# A validator that takes everything would have taken these.
for changed in ({"format": "other"}, {"version": 2}, {"inputs": [{"path": 3}]}, {"error": "none"}):
    assert not validator.is_valid({**report, **changed}), changed
print(f"reports: {len(cases)} of {len(cases)} keep to the schema")
