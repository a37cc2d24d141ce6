"""The files of a job: what is sent, its number at the service, what came back.

job.json     what the service takes: {"program_id": "sampler", "backend": .., "params": {"pubs": [[program, values, shots], ..]}};
             values are rows in the order of the program's inputs, which is that of their names, as lists or as the array
             that Qiskit writes, or {"x0": [..], ..}, a number for each setting
job-id.json  {"id": .., "backend": .., "sha256": ..}, there as soon as the job was sent; sha256 is that of job.json
result.json  the service's answer as it came, with "backend" if it was not sent to the job's own; of a fake machine
             {"sha256": .., "fake": true, "backend": .., "seed": .., "pubs": [[{"0x1f": 12, ..}, ..], ..]}: for each program
             and each setting how often each word was read, bit i being worth 2^i
"""

import base64
import hashlib
import io
import json
import os
import zlib
from collections import Counter
from pathlib import Path


class Job:
    """A job file, read and checked."""

    def __init__(self, path):
        self.path = Path(path)
        if self.path.is_dir():
            self.path = self.path / "job.json"
        self.body = self.path.read_bytes()
        self.sha256 = hashlib.sha256(self.body).hexdigest()
        content = json.loads(self.body)
        if not isinstance(content, dict) or content.get("program_id") != "sampler":
            raise ValueError(f"{self.path}: expected a job of IBM's sampler, \"program_id\": \"sampler\"")
        self.backend = content.get("backend")
        params = content.get("params") or {}
        if not params.get("pubs"):
            raise ValueError(f"{self.path}: params.pubs: expected a list of programs")
        self.pubs = [Pub.of(pub, f"{self.path}: params.pubs[{i}]") for i, pub in enumerate(params["pubs"])]

    def beside(self, name):
        """A file of this job."""
        return self.path.with_name(name)

    def executions(self):
        """Circuit runs in all."""
        return sum(len(pub.rows) * pub.shots for pub in self.pubs)

    def sent(self):
        """The job's number at the service and who it was sent to; None if it was not sent."""
        return self.of_this_job("job-id.json")

    def body_for(self, backend):
        """What is sent to a backend: the file as it stands where none is named."""
        if backend in (None, self.backend):
            return self.body
        return json.dumps({**json.loads(self.body), "backend": backend}).encode()

    def told(self, answer, backend):
        """The service's answer, which does not say what gave it where that is not what the job says."""
        content = None if backend == self.backend else json.loads(answer)
        return json.dumps({**content, "backend": backend}).encode() if isinstance(content, dict) else answer

    def done(self):
        """Whether a result is there already."""
        path = self.beside("result.json")
        if not path.exists():
            return False
        # What the service wrote does not say of which job it is.
        if self.of_this_job("result.json", False) or self.of_this_job("job-id.json", False):
            return True
        raise ValueError(f"{path}: is of another job: move it away first")

    def of_this_job(self, name, strict=True):
        """A file that says by its digest that it is of this job; None if there is none."""
        path = self.beside(name)
        found = json.loads(path.read_text(encoding="utf-8")) if path.exists() else None
        if found is None or found.get("sha256") == self.sha256:
            return found
        if strict:
            raise ValueError(f"{path}: is of another job: move it away first")
        return None

    def write_tables(self, tables, backend, seed, name="result.json"):
        """Writes what a fake machine read."""
        told = {"sha256": self.sha256, "fake": True, "backend": backend, "seed": seed, "pubs": tables}
        write(self.beside(name), json.dumps(told).encode())


class Pub:
    """One program, the settings of its inputs, and how often each is run."""

    def __init__(self, text, rows, names, shots):
        self.text, self.rows, self.names, self.shots = text, rows, names, shots

    @classmethod
    def of(cls, pub, place):
        """From its place in the file."""
        if not isinstance(pub, list) or not 1 <= len(pub) <= 3 or not isinstance(pub[0], str):
            raise ValueError(f"{place}: expected [program, values, shots]")
        text, values, shots = [*pub, None, None][:3]
        if not isinstance(shots, int) or shots < 1:
            raise ValueError(f"{place}[2]: {shots}: expected a number of shots")
        names = None
        if isinstance(values, dict) and values.get("__type__") == "ndarray":
            values = array(values["__value__"]).tolist()
        elif isinstance(values, dict):
            names = sorted(values)
            columns = [values[name] if isinstance(values[name], list) else [values[name]] for name in names]
            if len({len(column) for column in columns}) > 1:
                raise ValueError(f"{place}[1]: expected as many values of each input")
            values = [list(row) for row in zip(*columns)]
        values = values or [[]]
        rows = values if isinstance(values[0], list) else [values]
        if any(len(row) != len(rows[0]) for row in rows):
            raise ValueError(f"{place}[1]: expected rows of one length")
        return cls(text, rows, names, shots)

    def settings(self, circuit):
        """For each setting the values of the circuit's parameters, by name."""
        own = [parameter.name for parameter in circuit.parameters]
        names = self.names or own
        if sorted(names) != sorted(own) or any(len(row) != len(names) for row in self.rows):
            raise ValueError(f"values of {len(self.rows[0])} inputs, the program has {', '.join(own) or 'none'}")
        return [dict(zip(names, map(float, row))) for row in self.rows]


def is_backend(name):
    """Whether a backend may be called so: figures have names for people."""
    return isinstance(name, str) and name.split() == [name]


def counted(words):
    """A table of how often each of these integers was there."""
    return {hex(word): count for word, count in sorted(Counter(words).items())}


def array(text):
    """An array as Qiskit writes it in JSON."""
    # A job is looked at without it.
    import numpy as np

    return np.load(io.BytesIO(zlib.decompress(base64.standard_b64decode(text))), allow_pickle=False)


def write(path, data):
    """Writes a file, whole or not at all."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    beside.write_bytes(data)
    os.replace(beside, path)
