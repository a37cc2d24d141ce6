"""Loads programs of columns in the client that each is for, binds their inputs, and compares p± with the weights.

    python check_columns.py PROGRAM WEIGHTS [PROGRAM WEIGHTS ...]

A program with copies is compared copy by copy. All exactly, from state vectors; nothing of hqrn is used but the contract line.
Clients that sort inputs by name must have them in the order of the contract. Exit code 1 if a client refuses a program or a
value is off.
"""

import math
import sys

import numpy as np
from check_layers import clients_of
from contract import TOLERANCE, accepted, contract_of, parts_of


def copies_of(contract):
    """The signs of each copy, those that the program has."""
    first = {sign: contract[sign] for sign in ("plus", "minus") if contract[sign]}
    others = [{sign: {**first[sign], **tile[sign]} for sign in first} for tile in contract.get("tiles", [])]
    return [first, *others]


def main():
    arguments = sys.argv[1:]
    if not arguments or len(arguments) % 2:
        sys.exit(__doc__)
    for program, weights in zip(arguments[::2], arguments[1::2]):
        with open(program, encoding="utf-8") as file:
            text = file.read()
        contract = contract_of(text)
        dim, names = contract["dim"], contract["columns"]["angles"]
        assert names == sorted(names), f"{program}: {names} are sorted otherwise"
        parts = parts_of(weights, contract["block"])
        # Clients that take no inputs are not asked.
        for client in (client for client in clients_of({"degree": 1, **contract})):
            worst = 0.0
            for m in sorted({0, 1 % dim, dim - 1}):
                inputs = {name: math.pi * (m >> i & 1) for i, name in enumerate(names)}
                probabilities = client(text, inputs)
                for signs in copies_of(contract):
                    for sign, read in signs.items():
                        off = accepted(read, probabilities, dim) - parts[sign][:, m] / read["gamma"]
                        worst = max(worst, np.abs(off).max())
            assert worst <= TOLERANCE, f"{program}: {client.__name__}: a probability is off by {worst:.2e}"
            print(f"{program} ({client.__name__.removeprefix('with_')}, columns): probabilities agree to {worst:.1e}")


if __name__ == "__main__":
    main()
