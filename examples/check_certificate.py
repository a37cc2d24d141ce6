"""Checks what `hqrn-verify --certify` wrote, with nothing of hqrn: python3 check_certificate.py CERTIFICATE WEIGHTS PROGRAM...
WEIGHTS is the network as JSON, PROGRAM files or folders of them. The programs are read and simulated anew, in whole numbers of 2^-70 with
a bound on all that is cut off, and compared with the weights (docs/certificates.md). Exit code 0: all that the certificate says is proved;
1: it is not, or is of other files; 2: what is given cannot be used. Needs Python 3.9 alone."""
import hashlib, json, math, re, sys
from fractions import Fraction
from pathlib import Path
STATE, COEF, FINE = 70, 59, 128  # bits behind the point: of amplitudes, of entries of gates, of sines and cosines
FIELD, WIDE = 136, 2 * STATE  # a whole number holds all columns, 136 bits apart: sums of products need 70 + 59 + 4; bits of probabilities, W
ONE, ROOT, QUARTER = 1 << FINE, math.isqrt(1 << 2 * FINE - 1), Fraction("1.5707963267948966192313216916397514420985846997")  # of a turn
EIGHTHS = [(ONE, 0), (ROOT, ROOT), (0, ONE), (-ROOT, ROOT), (-ONE, 0), (-ROOT, -ROOT), (0, -ONE), (ROOT, -ROOT)]
ALIASES = {"cnot": "cx", "v": "sx", "U": "u3", "ccnot": "ccx", "i": "id", "si": "sdg", "ti": "tdg", "p": "rz", "u1": "rz",
           "phaseshift": "rz", "Rz": "rz", "RZZ": "rzz", "U1q": "prx", "r": "prx"}
X, Z = (2, 0, 4), (0, 0, 4)  # gates on one qubit are u3(2 a, b, c) up to a phase, by a, b, c: whole numbers are eighths of a turn
FIXED = dict(x=X, y=(2, 2, 2), z=Z, h=(1, 0, 4), s=(0, 0, 2), sdg=(0, 0, -2), t=(0, 0, 1), tdg=(0, 0, -1), id=(0, 0, 0), sx=(1, -2, 2))
TURNED = dict(rx=lambda t: (t / 2, -2, 2), ry=lambda t: (t / 2, 0, 0), rz=lambda t: (0, 0, t), u3=lambda t, b, c: (t / 2, b, c),
              prx=lambda t, b: (t / 2, b - QUARTER, QUARTER - b))
MADE_OF = {"swap": "cx01 cx10 cx01", "cswap": "cx21 ccx012 cx21", "ecr": "s0 sx1 cx01 x0", "rzz": "cx01 rz1 cx01"}
GATES = {**dict.fromkeys(FIXED, (0, 1)), **dict.fromkeys(TURNED, (1, 1)), **dict.fromkeys(("cx", "cy", "cz", "ch"), (0, 2)),
         "swap": (0, 2), "ecr": (0, 2), "u3": (3, 1), "prx": (2, 1), "rzz": (1, 2), "ccx": (0, 3), "cswap": (0, 3)}  # angles, qubits
PAIR = "rz0 ry0 rz0 rz1 ry1 rz1 h0 h1 rzz01 h0 h1 sdg0 sdg1 h0 h1 rzz01 h0 h1 s0 s1 rzz01 rz0 ry0 rz0 rz1 ry1 rz1"
WORDS = re.compile("([a-z]+)([0-9]+)")  # gates with their qubits: cx01 is cx on the first two
HERMITIAN = [(i, i, 0) for i in range(4)] + [(i, j, part) for i in range(4) for j in range(i + 1, 4) for part in (0, 1)]
PASSED = re.compile(r"(?://.*|OPENQASM [23]\.0;|include \"(?:stdgates|qelib1|hqslib1)\.inc\";|(?:qubit|bit)\[[0-9]+\] [qc];|qubit q[0-9]+;"
                    r"|(?:qreg q|creg c)\[[0-9]+\];|input float (\w+);|#pragma braket verbatim|box {|}|gate (?:ecr a, b { s a; sx b; cx a, b; x"
                    r" a; }|rzz\(p0\) a, b { cx a, b; rz\(p0\) b; cx a, b; }|r\(p0, p1\) a { rz\(-p1\) a; rx\(p0\) a; rz\(p1\) a; }))?")
MEASURE = re.compile(r"c\[([0-9]+)\] = measure (?:q\[?|\$)([0-9]+)\]?;|measure q\[([0-9]+)\] -> c\[([0-9]+)\];")
GATE = re.compile(r"(\w+)(?:\(([-.\w, ]+)\))? ((?:q\[?|\$)[0-9]+\]?(?:, (?:q\[?|\$)[0-9]+\]?)*);", re.ASCII)
KEYS = "format version network weights blocks digest,file sha256,block dim criterion programs largest bound columns,file sha256 contract"
class Stop(Exception): """What is wrong, then the exit code."""
def need(holds, problem, code=1):
    if not holds: raise Stop(problem, code)
def number(text):
    """A decimal as it stands; zero for what is far below every unit here."""
    need(abs(float(text)) < 1e99, f"{text[:40]} is not a number to compute with", 2)
    return Fraction(text) if abs(float(text)) > 1e-99 else Fraction(0)
def units(x, bits=WIDE):
    """In units of 2^-bits, rounded down."""
    return need(isinstance(x, (int, Fraction)), "something else where a number belongs", 2) or math.floor(x * (1 << bits))
def loaded(text):
    """JSON without a key that stands twice, and with true and false only where contracts have them."""
    for said, flag in re.findall(r'("(?:[^"\\]|\\.)*")(\s*:\s*(?:true|false))?|true|false', text):
        need(said and (not flag or said in ('"physical"', '"split"')), f"true or false where something else belongs: {said}", 2)
    once = lambda pairs: need(len(dict(pairs)) == len(pairs), f"a key is there twice: {', '.join(dict(pairs))}", 2) or dict(pairs)
    return json.loads(text, parse_float=number, parse_constant=number, object_pairs_hook=once)
def circle(angle):
    """cos and sin, off by less than 2^34 units: 23 terms below 1/64, off by 8, then angles doubled at most 26 times."""
    if isinstance(angle, int): return EIGHTHS[angle % 8]
    need(abs(angle) < 1 << 20, "an angle beyond 2^20", 2)
    doublings = int(abs(angle)).bit_length() + 6
    x, cos, sin = units(angle, FINE) >> doublings, ONE, 0
    for k in range(23, 0, -1):
        cos, sin = ONE - (sin * x >> FINE) // k, (cos * x >> FINE) // k
    for _ in range(doublings):
        cos, sin = cos * cos - sin * sin >> FINE, cos * sin >> FINE - 1
    return cos, sin
def steps(name, angles, qubits):
    """A gate as gates on one qubit: its points, the qubit, qubits that must be 1."""
    if name in MADE_OF:
        return [step for gate, on in WORDS.findall(MADE_OF[name]) for step in steps(gate, angles, [qubits[int(i)] for i in on])]
    single = name.lstrip("c")
    return [(FIXED.get(single) or TURNED[single](*angles), qubits[-1], qubits[:-1])]
def simulate(gates, inputs, reads, names, angles):
    """How far each column is off in the 2-norm; for each (outputs, accept) and each n that these spell, states: (re, im) of columns."""
    need(len({*inputs}) == len(inputs) and (angles or max(names) >> len(inputs) == 0), "inputs that hold no basis state", 2)
    part, size = {q for outputs, accept in reads for q in [*inputs, *outputs, *accept]}, 0
    while len(part) > size:
        size = len(part)
        part.update(*(q for _, _, q in gates if not part.isdisjoint(q)))
    gates = [gate for gate in gates if not part.isdisjoint(gate[2])]
    off, ones = 0, sum(1 << FIELD * k for k in range(len(names)))  # rows: of a basis state a number of all real, one of all imaginary parts
    bias, kept = ones << FIELD - 1, ones * ((1 << FIELD - COEF) - 1)
    starts = [0 if angles else sum((m >> i & 1) << q for i, q in enumerate(inputs)) for m in names]
    rows = {start: (sum(1 << STATE + FIELD * k for k, of in enumerate(starts) if of == start), 0) for start in starts}
    last, early = {q: i for i, (_, _, qubits) in enumerate(gates) for q in qubits}, reads[0][1] if len(reads) == 1 else {}
    for i, (name, values, qubits) in enumerate(gates):
        turned = bool(values) and values[0] in angles  # by ±pi where the bit of m is 1: X, Y or Z up to a phase
        for step in [(FIXED[name[1:]], *qubits, [])] if turned else steps(name, values, qubits):
            old, (rows, more) = rows, applied({**rows}, *step, bias, kept)
            if turned:
                chosen = sum((1 << FIELD) - 1 << FIELD * k for k, m in enumerate(names) if m >> angles.index(values[0]) & 1)
                pick = lambda one, other: one + (other - one + bias & chosen) - (bias & chosen)
                rows = {key: tuple(map(pick, old.get(key, (0, 0)), rows.get(key, (0, 0)))) for key in {*old, *rows}}
            off += more
        for q in (q for q in qubits if q in early and last[q] == i):
            rows = {key: row for key, row in rows.items() if key >> q & 1 == early[q]}
        need(len(rows) <= 1 << 14 and off < 1 << STATE - 8, "too many basis states at once, or gates", 2)
    found = [[[] for _ in range(1 << len(outputs))] for outputs, _ in reads]
    for key, row in rows.items():
        row = [[((z + bias >> FIELD * k) & (1 << FIELD) - 1) - (1 << FIELD - 1) for k in range(len(names))] for z in row]
        for spelt, (outputs, accept) in zip(found, reads):
            if all(key >> q & 1 == value for q, value in accept.items()):
                spelt[sum((key >> q & 1) << i for i, q in enumerate(outputs))].append(row)
    return off, found
def applied(rows, points, qubit, controls, bias, kept):
    """Rows behind a gate, and what it adds to how far columns are off."""
    bit, must = 1 << qubit, sum(1 << c for c in controls)
    if points == X: return {key ^ bit if key & must == must else key: row for key, row in rows.items()}, 0
    if points == Z: return {key: (re, im) if ~key & (must | bit) else (-re, -im) for key, (re, im) in rows.items()}, 0
    (cos, sin), left, right = map(circle, points)
    times = lambda z, by: (z[0] * by[0] - z[1] * by[1] >> FINE, z[0] * by[1] + z[1] * by[0] >> FINE)
    entries = (cos, 0), times(right, (-sin, 0)), times(left, (sin, 0)), times(times(left, right), (cos, 0))
    entries = [(re >> FINE - COEF, im >> FINE - COEF) for re, im in entries]
    cut = lambda sums: ((sums + bias >> COEF) & kept) - (bias >> COEF) if sums else 0  # of each column, down
    for low in {key & ~bit for key in rows if key & must == must}:
        (ar, ai), (br, bi) = rows.pop(low, (0, 0)), rows.pop(low | bit, (0, 0))
        for key, (pr, pi), (qr, qi) in ((low, *entries[:2]), (low | bit, *entries[2:])):
            re, im = pr * ar - pi * ai + qr * br - qi * bi, pr * ai + pi * ar + qr * bi + qi * br
            if re or im: rows[key] = cut(re), cut(im)
    # Parts of entries are off by 1.01 units of 2^-59, a gate by less than 2.9 of them, and every part is cut once.
    return rows, (3 << STATE - COEF) + math.isqrt(2 * len(rows)) + 1
def added(total, spelt, off, by, pairs):
    """Columns of (middle, radius), and more times a number: for each of pairs sums of conj(a_i) a_j, probabilities where i = j.
    Amplitudes off by d in the 2-norm move such a sum by (|a_i| + |a_j|) d + d^2."""
    by, out = units(by), []
    for column, (i, j, part) in zip(total or [[(0, 0)] * len(spelt)] * len(pairs), pairs):
        out.append([])
        for (middle, radius), states in zip(column, spelt):
            norm = sum(math.isqrt(sum(re[k] ** 2 + im[k] ** 2 for re, im in states)) + 1 for k in (i, j))
            sums = sum(re[i] * im[j] - im[i] * re[j] if part else re[i] * re[j] + im[i] * im[j] for re, im in states)
            out[-1].append((middle + (by * sums >> WIDE), radius + ((abs(by) + 1) * (norm + off) * off >> WIDE) + 4))
    return out
def recovered(programs, names, tile=0):
    """gamma+ p+ - gamma- p- of one copy, the sum over programs: for basis states, or for HERMITIAN the map of density matrices."""
    total, pairs = [], names if names is HERMITIAN else [(k, k, 0) for k in range(len(names))]
    for contract, gates, bits, angles in programs:
        groups = {}  # signs of one circuit are read together
        for key in filter(contract.get, ("plus", "minus")):
            read = (contract["tiles"][tile - 1] if tile else contract)[key]
            inputs, outputs = [] if "prepared" in contract else read["input"], [bits[bit] for bit in read["output"]]
            accept = {bits[int(bit)]: value for bit, value in read["accept"].items()}
            groups.setdefault((*inputs, -1, *outputs), []).append((key, inputs, (outputs, accept)))
        for group in groups.values():
            into = [0] if "prepared" in contract else range(4) if names is HERMITIAN else names
            off, found = simulate(gates, group[0][1], [reads for _, _, reads in group], into, angles)
            for (key, _, _), spelt in zip(group, found):
                total = added(total, spelt, off, contract[key]["gamma"] * (1 if key == "plus" else -1), pairs)
    return total
def wanted(block, names):
    """Columns of W, or for HERMITIAN of the map of density matrices, as (middle, radius)."""
    if "weight" in block:
        need(len({len(row) for row in block["weight"]}) == 1, "rows of several lengths", 2)
        return [[(units(w), 1) for w in column] for column in zip(*block["weight"])]
    sign = lambda n, accept: {"gamma": block["gamma"], "input": range(n), "output": range(n), "accept": accept}
    if "circuit" in block:
        size, n = block["circuit"]["dim"], (block["circuit"]["dim"] - 1).bit_length()
        gates = [("cz", [], [q, a]) if name == "cz" else (name, [Fraction() + a], [q]) for name, q, a in block["circuit"]["gates"]]
        whole = {"plus": sign(n, {n: 0}), "minus": sign(n, {n: 1})}, gates, range(n + 1), []
        return [column[:size] for column in recovered([whole], range(size))]
    if "unitary" in block:
        angles = {key: iter(block["unitary"][key]) for key in ("plus", "minus")}
        gates = lambda key: [(of, [Fraction() + next(angles[key])] if of[0] == "r" else [], [*map(int, on)]) for of, on in WORDS.findall(PAIR)]
        return recovered([({"plus": None, "minus": None, key: sign(2, {})}, gates(key), range(2), []) for key in angles], names)
    total = []
    for key, sign in (("plus", 1), ("minus", -1)):
        if block["factors"].get(key):  # |A B^dagger|^2, exactly
            a, b = ([[(0 + re, 0 + im) for re, im in row] for row in block["factors"][key][side]] for side in "ab")
            dot = lambda x, y, s, t: sum(p[s] * q[0] + t * p[1 - s] * q[1] for p, q in zip(x, y)) ** 2
            total = [[(m + sign * units(dot(x, y, 0, 1) + dot(x, y, 1, -1)), r + 1) for (m, r), x in zip(column, a)]
                     for column, y in zip(total or [[(0, 0)] * len(a)] * len(b), b)]
    return total
def parsed(text):
    """Contract, gates as (name, angles, qubits), the qubit of each bit, names of inputs by the bits of m."""
    gates, bits, declared = [], {}, []
    contract, *more = [*map(loaded, re.findall("^// hqrn:(.*)", text, re.M)), {}]
    need(contract.get("version") == 1 and "dim" in contract and more == [{}], "no program of a residual block", 2)
    for place, line in enumerate(map(str.strip, text.split("\n")), 1):
        passed, measured, gate = PASSED.fullmatch(line), MEASURE.fullmatch(line), GATE.fullmatch(line)
        fits = passed or measured or gate
        if passed:
            declared += filter(None, passed.groups())
        elif measured:
            bit, qubit = int(measured[1] or measured[4]), int(measured[2] or measured[3])
            fits, bits[bit] = bit not in bits and qubit not in bits.values(), qubit
        elif gate:
            kind, qubits = ALIASES.get(gate[1], gate[1]), [int(q) for q in re.findall("[0-9]+", gate[3])]
            values = [v.lstrip("-") if v.lstrip("-") in declared else number(v) for v in re.split(", *", gate[2] or "") if v]
            gates.append((kind, values, qubits))
            fits = GATES.get(kind) == (len(values), len({*qubits})) and len(qubits) == len({*qubits} - {*bits.values()})
        need(fits, f"line {place} is not understood", 2)
    need(contract.get("columns", {"angles": []})["angles"] == declared, "other inputs than its contract has", 2)
    return contract, gates, bits, declared
def check_block(entry, programs, block):
    """Proves what a certificate says of a block; how far any entry is off at most, in units."""
    contracts = [contract for contract, *_ in programs]
    density = "unitary" in block and not any("prepared" in c or "columns" in c for c in contracts)
    whole, criterion = wanted(block, HERMITIAN if density else range(4)), "map of density matrices" if density else "basis map"
    dim, copies = 4 if density else max(len(whole), len(whole[0])), {1 + len(c.get("tiles", [])) for c in contracts}
    need(contracts == [program["contract"] for program in entry["programs"]] and entry["dim"] == dim and len(copies) == 1
         and all((c["block"], c["dim"]) == (entry["block"], dim) for c in contracts), "programs are of another, or not as told")
    whole = [[*column, *[(0, 0)] * (dim - len(column))] for column in [*whole, *[[]] * (dim - len(whole))]]
    states, bounds = [c.get("prepared") for c in contracts], {}
    if states[0] and "state" in states[0]:
        need(all(state == states[0] for state in states), "programs prepare different states")
        y, criterion, rows = [units(p) for p in states[0]["state"]], "state", zip(*whole)
        whole = [[(sum(p * m >> WIDE for p, (m, _) in zip(y, row)),
                   sum((abs(m) + (abs(p) + 1) * r >> WIDE) + 3 for p, (m, r) in zip(y, row))) for row in rows]]
    for state in {repr(state): state for state in states}.values():
        names = [state.get("basis", 0)] if state else HERMITIAN if density else range(dim)
        found = [recovered([p for p, s in zip(programs, states) if s == state], names, tile) for tile in range(*copies)]
        need(len(found[0][0]) >= dim, "outputs that do not spell its rows")
        for k, m in enumerate(range(16) if density else names):
            far = [(abs(a - b), r + s) for columns in found for (a, r), (b, s) in zip(columns[k], whole[m])]
            bounds[m] = max(d - r for d, r in far), max(d + r for d, r in far)
    largest = max(abs(w) for column in whole for w, _ in column)
    need((entry["criterion"], [m for m, *_ in entry["columns"]]) == (criterion, sorted(bounds))
         and abs(units(entry["largest"]) - largest) <= largest >> 40, "other columns, or another largest entry")
    for m, low, high in entry["columns"]:
        need(low >= 0, f"column {m}: off by {float(low):.1e} at least, which no distance is")
        need(units(low) <= max(bounds[m][0], 0) and bounds[m][1] <= units(high) <= units(entry["bound"]),
             f"column {m} is off by {bounds[m][1] / 2 ** WIDE:.1e}, which is not proved to be within what is told")
    return max(most for _, most in bounds.values())

def check(text, weights, files):
    """What is proved, in a line, of the bytes of a certificate, of weights, and of programs by name."""
    digest, place, programs, worst = lambda data: hashlib.sha256(data).hexdigest(), "the weights", {}, []
    try:
        network = loaded(weights.decode("utf-8-sig"))
        blocks = [{"weight": network}] if isinstance(network, list) else network.get("blocks", [network])
        place, (body, _, end) = "the certificate", text.rpartition(b',\n"digest": "')
        need(end == digest(body).encode() + b'"\n}\n', "not whole, or edited: its digest is of another text")
        told = loaded(text.decode())
        need((told["format"], told["version"]) == ("hqrn-certificate", 1), "expected an hqrn-certificate of version 1", 2)
        need(told["weights"]["sha256"] == digest(weights), "of other weights")
        file, entries = told["weights"]["file"], [program for block in told["blocks"] for program in block["programs"]]
        others = {" ".join(part) for part in (told, told["weights"], *told["blocks"], *entries)} - {*KEYS.split(",")}
        need(not others, f"keys that no certificate has, or too few: {', '.join(sorted(others))}", 2)
        name = (isinstance(network, dict) and network.get("name")) or ("network" if file == "-" else Path(file).stem)
        need(told["network"] == name, f"of the network {told['network']!s:.60}, the weights are those of {name!s:.60}")
        others = {(p["file"], p["sha256"]) for p in entries} ^ {(name, digest(data)) for name, data in files.items()}
        need(not others and len(entries) == len(files), f"of other programs: {', '.join(sorted(dict(others))) or 'one is there twice'}")
        need((of := [b["block"] for b in told["blocks"]]) == sorted({*of} & {*range(1, len(blocks) + 1)}) != [], "other blocks than there are")
        for place, data in files.items():
            programs[place] = parsed(data.decode("utf-8-sig"))
        for entry in told["blocks"]:
            place = f"block {entry['block']}"
            worst.append(check_block(entry, [programs[program["file"]] for program in entry["programs"]], blocks[entry["block"] - 1]))
    except Exception as error:  # what is not foreseen is no proof
        plain = "no text in UTF-8" if isinstance(error, UnicodeError) else error if isinstance(error, ValueError) else "not as hqrn writes it"
        raise Stop(f"{place}: {error.args[0] if isinstance(error, Stop) else plain}", error.args[1] if isinstance(error, Stop) else 2) from None
    return f"holds for {len(worst)} of {len(blocks)} blocks: |W_rec - W| is at most {max(worst) / 2 ** WIDE:.1e} in all"
if __name__ == "__main__":
    try:
        need(len(sys.argv) > 3, __doc__.split("\n")[0], 2)
        paths = [path for given in map(Path, sys.argv[3:]) for path in (sorted(given.glob("*.qasm")) if given.is_dir() else [given])]
        need(len({path.name for path in paths}) == len(paths), "two programs of one name, by which a certificate tells them apart", 2)
        print(check(Path(sys.argv[1]).read_bytes(), Path(sys.argv[2]).read_bytes(), {path.name: path.read_bytes() for path in paths}))
    except (Stop, OSError) as error:
        problem, code = error.args if isinstance(error, Stop) else (f"{error.filename}: {error.strerror}", 2)
        sys.exit(print("error:", "".join(c if c.isprintable() else " " for c in problem)[:300], file=sys.stderr) or code)
