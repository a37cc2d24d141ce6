"""What commands say in the words of Python: their options as keywords, and nothing of a help that functions have elsewhere."""

import re
from collections.abc import Mapping

# Functions that take samples and labels as X and y, and what the options of their commands are called there.
OF_SAMPLES = {"run", "compress", "train", "job"}
SAMPLES = {"data": "X", "labels": "y", "test_data": "test_X", "test_labels": "test_y", "train": "train_X"}

INVALID = re.compile(r"^invalid value '(?P<value>.*?)' for '--(?P<name>[a-z0-9-]+)[^']*'(?P<rest>.*)")
# An option in quotes or with what it takes, or as a sentence has it with the word behind it, which may be its value.
NAME = r"(?<![\w/-])--(?P<{}>[a-z][a-z0-9-]*)"
WORD = r"(?P<word> [^\s,:;)](?:\S*?[^\s,:;)])??(?=[,:;)]*(?:\s|$)))"
OPTION = re.compile(rf"'{NAME.format('quoted')}[^']*'|{NAME.format('name')}(?: <[^>]*>|{WORD})?")


def of_python(line: str, command: str, options: Mapping[str, object]) -> str:
    """A message of a command that was called with these options."""
    line = line.replace(" (see --help)", "").replace(", see --help", "")

    def keyword(name: str) -> str:
        name = name.replace("-", "_")
        return SAMPLES.get(name, name) if command.split()[0] in OF_SAMPLES else name

    def written(found: re.Match[str]) -> str:
        option, word = found["quoted"] or found["name"], (found["word"] or "").strip()
        name, behind = keyword(option), found.string[found.end() :]
        given = str(options.get(option.replace("-", "_")))
        if word and (word.isupper() or word == given or not behind.startswith(" ")):
            return f"{name}={_shown(word)}"
        # A keyword with a colon behind it needs no other sign.
        return name + ("" if not word and behind.startswith(":") else "=") + (found["word"] or "")

    invalid = INVALID.match(line)
    if invalid:
        # Commands have a value of --target that lists all of them.
        rest = invalid["rest"].replace(f": '{invalid['value']}': ", ": ").replace("expected list or ", "expected ")
        rest = re.sub(r" \[possible values: ([^\]]*)\]", r": expected one of \1", rest)
        return f"{keyword(invalid['name'])}={_shown(invalid['value'])}{OPTION.sub(written, rest)}"
    return OPTION.sub(written, line)


def _shown(value: str) -> str:
    """A number, or what stands for a value, as it is, anything else in quotes."""
    return value if value.isupper() or re.fullmatch(r"[-+]?\d[-+\d.,e]*|inf", value) else repr(value)
