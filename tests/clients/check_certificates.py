"""Certificates, as somebody who has no hqrn checks them: those of a small network and of two full blocks are accepted, and of 10,000
that were tampered with, or whose programs were, none is, be the digests left as they are or made anew.

    check_certificates.py FOLDER_WITH_COMMANDS FOLDER WEIGHTS,PROGRAM,...  ...

FOLDER is where certificates go, which are of programs, or folders of them, each with its weights.
"""

import hashlib
import json
import math
import random
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

CHECKER = Path(__file__).parents[2] / "examples" / "check_certificate.py"
sys.path.insert(0, str(CHECKER.parent))

import check_certificate  # noqa: E402

TAMPERED, MADE_ANEW = 10_000, 2_000
TARGETS = "portable ibm ibm-ecr ibm-fractional azure ionq quantinuum iqm rigetti braket braket-iqm braket-rigetti pennylane qasm2".split()


def certify(commands, certificate, weights, programs):
    command = [f"{commands}/hqrn-verify", *programs, "--weights", weights, "--certify", certificate, "--quiet"]
    return subprocess.run(command, capture_output=True, text=True)


def checked(certificate, weights, programs):
    run = subprocess.run([sys.executable, CHECKER, certificate, weights, *programs], capture_output=True, text=True)
    assert run.returncode == 0 or len(run.stderr.splitlines()) == 1 and len(run.stderr) < 320, run.stderr
    return run.returncode, run.stdout + run.stderr


def every_target(commands, folder):
    """What is written for every client, with inputs or a program a column, has a certificate that is accepted."""
    weights = Path("circuits/iris.json")
    for target in TARGETS:
        programs = folder / target
        run = [f"{commands}/hqrn-compile", weights, "--inputs", "columns", "--target", target, "-o", programs, "--quiet"]
        subprocess.run(run, check=True)
        certificate = folder / f"{target}.json"
        run = certify(commands, certificate, weights, [programs])
        assert run.returncode == 0, run.stderr
        files = {path.name: path.read_bytes() for path in programs.glob("*.qasm")}
        said = check_certificate.check(certificate.read_bytes(), weights.read_bytes(), files)
        assert said.startswith("holds for 2 of 2 blocks"), said
    print(f"certificates of {weights} for {len(TARGETS)} targets hold")


def digest(data):
    return hashlib.sha256(data).hexdigest()


def sealed(told):
    """A certificate with a digest that is right."""
    body = json.dumps({key: value for key, value in told.items() if key != "digest"})[:-1].encode()
    return body + b',\n"digest": "' + digest(body).encode() + b'"\n}\n'


def told_in_a_line(folder, certificate, weights, program):
    """Whatever is wrong is a line with its place, also where the digests are right."""
    told, network, text = (path.read_bytes() for path in (certificate, weights, program))
    put = {name: folder / f"wrong-{name}" for name in ("certificate", "weights")}
    wrong = folder / "wrong" / program.name
    wrong.parent.mkdir()

    def refused(code, problem, claim=lambda told: None, whole=lambda data: data, network=network, text=text):
        """Of a certificate with another claim, or of other bytes; of other weights; of another program. Digests are made anew."""
        changed = json.loads(told)
        changed["weights"]["sha256"], changed["blocks"][0]["programs"][0]["sha256"] = digest(network), digest(text)
        claim(changed)
        body = whole(sealed(changed)).rpartition(b',\n"digest": "')[0]
        put["certificate"].write_bytes(body + b',\n"digest": "' + digest(body).encode() + b'"\n}\n')
        put["weights"].write_bytes(network)
        wrong.write_bytes(text)
        found, said = checked(put["certificate"], put["weights"], [wrong])
        assert found == code and said.startswith(f"error: {problem}"), said

    def block(key, value):
        return lambda told: told["blocks"][0].update({key: value})

    def column(k, value):
        return lambda told: told["blocks"][0]["columns"][0].__setitem__(k, value)

    flag, binary = "true or false where something else belongs", bytes(range(256)) * 9
    rows = [
        (1, "the certificate: of the network four, the weights are those of iris", lambda told: told.update(network="four")),
        (1, "the certificate: of the network " + "x" * 60, lambda told: told.update(network="x" * 100_000)),
        (2, f"the certificate: {flag}", lambda told: told.update(version=True)),
        (2, f"the certificate: {flag}: \"block\"", block("block", True)),
        (2, f"the certificate: {flag}", column(2, True)),
        (2, f"the certificate: {flag}", lambda told: told["blocks"][0]["programs"][0]["contract"].update(version=True)),
        (1, "block 1: column 0: off by -1.0e-09 at least, which no distance is", column(1, -1e-9)),
        (2, "the certificate: NaN is not a number", column(1, math.nan)),
        (2, "block 1: something else where a number belongs", block("bound", "1")),
        (2, "the certificate: keys that no certificate has, or too few: block dim", block("proved", "by all")),
        (2, "the certificate: keys that no certificate has, or too few: format", lambda told: told.pop("network")),
        (2, "the certificate: not as hqrn writes it", lambda told: told.update(blocks=[7])),
        (1, "the certificate: other blocks than there are", block("block", 0)),
        (1, "the certificate: of other programs: one is there twice", lambda told: told["blocks"].append(told["blocks"][0])),
    ]
    for code, problem, claim in rows:
        refused(code, problem, claim)
    name = (b'"network":', b'"network": "four", "network":', 1)
    refused(2, "the certificate: a key is there twice: format, version, network", whole=lambda data: data.replace(*name))
    refused(2, "the weights: a key is there twice: format", network=network.replace(b'"name":', b'"name": "x", "name":', 1))
    refused(2, f"the weights: {flag}", network=b"[[true, 0], [0, 1]]")
    refused(2, "block 1: rows of several lengths", network=b"[[1, 2], [3]]")
    refused(2, "the weights: Expecting", network=network[:-9])
    refused(2, "the weights: no text in UTF-8", network=binary)
    refused(2, f"{program.name}: no text in UTF-8", text=binary)
    refused(2, f"{program.name}: no program of a residual block", text=text + b"// hqrn:{}\n")
    refused(2, f"{program.name}: a key is there twice", text=text.replace(*name))
    refused(2, f"{program.name}: line 2 is not understood", text=b"OPENQASM 3.0;\nhqrn\n" + text)
    assert checked(certificate, weights, [program, wrong])[0] == 2
    print("certificates with right digests and something wrong are refused in a line with its place")


def changed_program(rng, text, smallest=1e-12):
    """A program that computes another W: something in it is off by at least `smallest`, as a part of itself or in radians."""
    lines = text.splitlines()
    gates = [i for i, line in enumerate(lines) if re.match(r"(u3|r[xyz]|cx|x)\b", line)]
    # First angles alone, as others of a u3 may be phases that no measurement sees, and not at quarter turns, where W may be at rest.
    angles = {i: float(re.split("[(,)]", lines[i])[1]) for i in gates if "(" in lines[i]}
    turned = [i for i, angle in angles.items() if abs(math.sin(2 * angle)) > 1e-6]
    contract = next(i for i, line in enumerate(lines) if line.startswith("// hqrn:"))
    by = smallest ** rng.uniform(0.1, 1)
    what = rng.choice(["angle", "angle", "gate", "accept", "gamma", "exchange"])
    if what == "angle":
        i = rng.choice(turned)
        lines[i] = re.sub(r"\([-.0-9e]+", f"({angles[i] + rng.choice([-1, 1]) * by!r}", lines[i], count=1)
    elif what == "gate":
        del lines[rng.choice(gates)]
    elif what == "accept":
        bits = re.findall(r'"accept":\{"\d+":[01]', lines[contract])
        bit = rng.choice(bits)
        lines[contract] = lines[contract].replace(bit, bit[:-1] + "10"[int(bit[-1])])
    elif what == "gamma":
        gamma = rng.choice(re.findall(r'"gamma":[.0-9]+', lines[contract]))
        moved = float(gamma[8:]) * (1 + rng.choice([-1, 1]) * by)
        lines[contract] = lines[contract].replace(gamma, f'"gamma":{moved!r}')
    else:
        lines[contract] = re.sub(r'"output":\[(\d+),(\d+)', r'"output":[\2,\1', lines[contract], count=1)
    return "\n".join(lines) + "\n"


def changed_claim(rng, told):
    """Makes a certificate claim what is not so."""
    block = told["blocks"][0]
    columns = block["columns"]
    column = rng.choice(columns)
    block_claims, claims = ["bound", "column", "order", "criterion", "largest", "dim", "block"], ["weights", "contract", "version", "network"]
    what = rng.choice(["most", "least", "negative", "flag", *block_claims, *claims])
    if what == "most":
        column[2] = 10 ** rng.uniform(-30, -17)
    elif what == "least":
        column[1] = 10 ** rng.uniform(-13, 1)
    elif what == "negative":
        column[1] = -(10 ** rng.uniform(-30, 1))
    elif what == "flag":
        column[rng.choice([0, 1, 2])] = rng.choice([True, False])
    elif what == "network":
        told["network"] += rng.choice("abc")
    elif what == "bound":
        block["bound"] = min(column[2] for column in columns) * rng.random()
    elif what == "column":
        columns.remove(column)
    elif what == "order":
        column[0] += rng.choice([-1, 1])
    elif what == "criterion":
        block["criterion"] = rng.choice(["map of density matrices", "state", "basis", None])
    elif what in ("largest", "dim", "block"):
        block[what] += rng.randint(1, 9)
    elif what == "weights":
        told["weights"]["sha256"] = digest(str(rng.random()).encode())
    elif what == "contract":
        block["programs"][0]["contract"]["plus"]["gamma"] += rng.random()
    else:
        told["version"] = 2


def tampered(rng, text, program, anew):
    """A certificate and a program, one of which is not what it was."""
    if anew:
        told = json.loads(text)
        if rng.random() < 0.5:
            changed_claim(rng, told)
        else:
            program = changed_program(rng, program)
            entry = told["blocks"][0]["programs"][0]
            entry["sha256"] = digest(program.encode())
            entry["contract"] = json.loads(re.search("// hqrn:(.*)", program)[1])
        return sealed(told), program
    where = rng.randrange(len(text))
    flipped = bytes([text[where] ^ 1 << rng.randrange(8)])
    changes = [text[:where], text[:where] + flipped + text[where + 1 :], text[:where] + text[where + rng.randint(1, 9) :]]
    what = rng.randrange(len(changes) + 1)
    return (changes[what], program) if what < len(changes) else (text, changed_program(rng, program))


def tamper(text, weights, name, program):
    """How many of the tampered are refused, and what for."""
    rng, reasons = random.Random(25), Counter()
    for i in range(TAMPERED):
        certificate, changed = tampered(rng, text, program, i < MADE_ANEW)
        assert (certificate, changed) != (text, program)
        try:
            said = check_certificate.check(certificate, weights, {name: changed.encode()})
        except Exception as error:  # the command says all of them in one line
            reasons[re.sub("[0-9.e+-]+", "*", str(error.args[0]))] += 1
        else:
            raise AssertionError(f"tampered certificate {i}: {said}\n{certificate.decode()}\n{changed}")
    return reasons


def main(commands, folder, *networks):
    folder = Path(folder)
    for i, given in enumerate(networks):
        weights, *programs = given.split(",")
        certificate = folder / f"{i}.json"
        run = certify(commands, certificate, weights, programs)
        assert run.returncode == 0, run.stderr
        code, said = checked(certificate, weights, programs)
        assert code == 0, said
        print(f"certificate of {weights}: {said.strip()}")

    every_target(commands, folder)
    weights, program = "circuits/iris.json", folder / "iris.qasm"
    subprocess.run([f"{commands}/hqrn-compile", weights, "--block", "1", "-o", program, "--quiet"], check=True)
    certificate = folder / "iris.json"
    assert certify(commands, certificate, weights, [program]).returncode == 0
    assert checked(certificate, weights, [program])[0] == 0
    # Of other files, or none at all.
    assert checked(folder / "0.json", weights, [program])[0] == 1
    assert checked(certificate, "circuits/four.json", [program])[0] == 1
    assert checked(program, weights, [program])[0] == 1
    assert checked(certificate, folder / "none.json", [program])[0] == 2
    told_in_a_line(folder, certificate, Path(weights), program)
    reasons = tamper(certificate.read_bytes(), Path(weights).read_bytes(), program.name, program.read_text())
    print(f"{sum(reasons.values())} of {TAMPERED} tampered certificates refused, for {len(reasons)} reasons")

    # No certificate comes of a program that was tampered with.
    rng = random.Random(26)
    for _ in range(10):
        changed = folder / "changed.qasm"
        changed.write_text(changed_program(rng, program.read_text(), smallest=1e-7))
        run = certify(commands, folder / "none.json", weights, [changed])
        assert run.returncode == 1 and len(run.stderr.splitlines()) == 1, run.stderr
        assert not (folder / "none.json").exists()


main(*sys.argv[1:])
