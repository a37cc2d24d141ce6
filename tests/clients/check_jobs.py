"""Runs examples/submit/run_job.py on a job of two programs of columns: on a fake machine, and against a service made up here.

    python check_jobs.py COMMANDS PROGRAM WEIGHTS MACHINE

The fake machine's counts, read by hqrn-counts, must be W within half of its length, which no wrong order of bits or columns
is. The service answers as IBM's REST interface does; it breaks off once while the job waits, and must see one job only. A job
that names no backend is sent where --backend says, if the machine there has what it uses. Exit code 1 if something is otherwise.
"""

import base64
import io
import json
import math
import os
import re
import subprocess
import sys
import tempfile
import threading
import zlib
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np
from contract import contract_of

SCRIPT = Path(__file__).parents[2] / "examples" / "submit" / "run_job.py"
SHOTS = 400


class Service(BaseHTTPRequestHandler):
    """Tokens, one job, its state and its samples, and what machines have."""

    sent, asked, machines = [], 0, {}

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/token":
            return self.answer({"access_token": "t", "expires_in": 3600})
        assert self.headers["Authorization"] == "Bearer t" and self.headers["Service-CRN"] == "crn"
        Service.sent.append(json.loads(body))
        return self.answer({"id": "j1"})

    def do_GET(self):
        if self.path.endswith("/results"):
            return self.answer({"results": [samples(pub) for pub in Service.sent[-1]["params"]["pubs"]]})
        if self.path.endswith("/configuration"):
            name = self.path.split("/")[-2]
            if name not in Service.machines:
                return self.answer({"errors": [{"message": f"no backend {name}"}]}, 404)
            return self.answer(Service.machines[name])
        Service.asked += 1
        if Service.asked == 1:
            return self.answer({"errors": [{"message": "try again later"}]}, 503)
        return self.answer({"status": "Completed"})

    def answer(self, content, code=200):
        self.send_response(code)
        self.end_headers()
        self.wfile.write(json.dumps(content).encode())

    def log_message(self, *_):
        pass


def packed(rows):
    """An array as Qiskit writes it in JSON."""
    file = io.BytesIO()
    np.save(file, rows)
    return {"__type__": "ndarray", "__value__": base64.standard_b64encode(zlib.compress(file.getvalue())).decode()}


def samples(pub):
    """Three of four shots read 1, in each setting."""
    rows = len(next(iter(pub[1].values())))
    return {"data": {"c": {"samples": [["0x1", "0x1", "0x1", "0x0"] * (pub[2] // 4)] * rows, "num_bits": 6}}}


def configuration(text):
    """What a machine has that has just what a program uses: its qubits, pairs and gates."""
    width = int(re.search(r"qubit\[(\d+)\]", text)[1])
    pairs = {(int(a), int(b)) for a, b in re.findall(r"cz q\[(\d+)\], q\[(\d+)\]", text)}
    return {"n_qubits": width, "coupling_map": [list(pair) for pair in sorted(pairs)], "basis_gates": ["cz", "id", "rz", "sx", "x"]}


def without(configuration, key, item):
    """The same machine without a pair or a gate."""
    return {**configuration, key: [one for one in configuration[key] if one != item]}


def run(folder, *options, code=0, said="", account=True):
    """Runs the script, whose last line says so."""
    environment = {**os.environ, "IBM_QUANTUM_API_KEY": "k", "IBM_QUANTUM_CRN": "crn"}
    if not account:
        environment = {**os.environ, "HOME": str(folder), "IBM_QUANTUM_API_KEY": ""}
    done = subprocess.run([sys.executable, SCRIPT, folder, *options], capture_output=True, text=True, env=environment)
    last = (done.stderr.strip().splitlines() or [""])[-1]
    assert done.returncode == code and said in last and "Traceback" not in done.stderr, done.stderr
    return done.stderr


def main():
    if len(sys.argv) != 5:
        sys.exit(__doc__)
    commands, program, weights, machine = sys.argv[1:]
    text = Path(program).read_text(encoding="utf-8")
    contract = contract_of(text)
    dim, names = contract["dim"], contract["columns"]["angles"]
    values = {name: [math.pi * (m >> i & 1) for m in range(dim)] for i, name in enumerate(names)}
    rows = np.array(list(values.values())).T
    params = {"pubs": [[text, values, SHOTS]], "version": 2, "options": {}}
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        job = {"program_id": "sampler", "backend": "ibm_none", "params": params}
        (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
        job["params"] = {**params, "pubs": [[text, rows.tolist(), SHOTS], [text, packed(rows), SHOTS]]}
        (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
        run(folder, "--dry-run", "--fake", machine, said="nothing was sent")
        job["params"] = params
        (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
        run(folder, "--fake", machine, said="written")
        first = (folder / "result.json").read_bytes()
        told = json.loads(first)
        assert (told["fake"], told["backend"]) == (True, machine), "a result says that no machine was asked"
        tables = told["pubs"][0]
        bits = len(contract["plus"]["output"]) + len(contract["plus"]["accept"])
        bits += len(contract["minus"]["output"]) + len(contract["minus"]["accept"])
        words = [{format(int(word, 16), f"0{bits}b"): n for word, n in table.items()} for table in tables]
        (folder / "counts.json").write_text(json.dumps(words), encoding="utf-8")
        counts = [Path(commands) / "hqrn-counts", program, "--counts", folder / "counts.json", "--weights", weights]
        report = json.loads(subprocess.run([*counts, "--json"], capture_output=True, text=True, check=True).stdout)
        distance, expected = report["distance"]
        assert expected < distance < 0.5, report["distance"]
        print(f"{program} on {machine}: |W_rec - W| is {distance:.2f} |W|, shots explain {expected:.2f}")

        (folder / "result.json").unlink()
        server = HTTPServer(("127.0.0.1", 0), Service)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        service = ["--url", address, "--token-url", f"{address}/token"]
        run(folder, *service, code=2, said="503: try again later")
        assert json.loads((folder / "job-id.json").read_text(encoding="utf-8"))["id"] == "j1"
        run(folder, *service, said="written")
        assert len(Service.sent) == 1 and Service.sent[0] == job, "the job as it stands in its file, once"
        wanted = {"results": [samples(pub) for pub in params["pubs"]]}
        assert json.loads((folder / "result.json").read_text(encoding="utf-8")) == wanted
        run(folder, *service, said="there already")
        job["backend"] = "ibm_other"
        (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
        run(folder, *service, code=2, said="is of another job")
        print("a job that was interrupted is sent once, and its samples are stored")

        (folder / "job-id.json").unlink()
        (folder / "result.json").unlink()
        job["backend"] = "a piece of a machine"
        (folder / "job.json").write_text(json.dumps(job), encoding="utf-8")
        for options in ([], ["--dry-run"], service):
            lines = run(folder, *options, code=2, said="is no backend's name: give one with --backend")
            assert lines.count("\n") == 1, lines
        run(folder, "--backend", machine, code=2, said="a fake machine goes with --fake")
        has = configuration(text)
        pair = has["coupling_map"][0]
        fewer = {**has, "n_qubits": has["n_qubits"] - 1}
        Service.machines = {
            "ibm_this": has,
            "ibm_narrow": fewer,
            "ibm_apart": without(has, "coupling_map", pair),
            "ibm_poor": without(has, "basis_gates", "sx"),
        }
        for name, wrong in (
            ("ibm_narrow", f"a register of {has['n_qubits']} qubits, it has {fewer['n_qubits']}"),
            ("ibm_apart", f"cz of qubits {pair[0]} and {pair[1]}, which it does not join"),
            ("ibm_poor", "the gate sx, it has cz, id, rz, x"),
        ):
            for options in (service, [*service, "--dry-run"]):
                run(folder, "--backend", name, *options, code=2, said=f"program 1: not for {name}: {wrong}")
        run(folder, "--backend", "ibm_none", *service, code=2, said="404: no backend ibm_none")
        run(folder, "--backend", "ibm_this", "--dry-run", *service, said="sound; for ibm_this; nothing was sent")
        run(folder, "--backend", "ibm_this", "--dry-run", said="for want of an account", account=False)
        assert len(Service.sent) == 1, "nothing was sent of what cannot run"
        Service.asked = 0
        run(folder, "--backend", "ibm_this", *service, code=2, said="503: try again later")
        run(folder, "--backend", "ibm_poor", *service, code=2, said="was sent to ibm_this before")
        run(folder, *service, said="written")
        assert len(Service.sent) == 2 and Service.sent[1] == {**job, "backend": "ibm_this"}, "the job, for who was named"
        assert json.loads((folder / "result.json").read_text(encoding="utf-8")) == {**wanted, "backend": "ibm_this"}
        print("a job for a piece of a machine is sent to the backend that was named, which has what it uses")


if __name__ == "__main__":
    main()
