"""Pages and files outside docs/ that pages link to, brought into the site: repository/ beside the book."""

import posixpath
import re
from pathlib import Path

from mkdocs.structure.files import File

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"(!?\[[^\]]*\]\()([^)\s#]*)(#[^)\s]*)?\)")
FENCE = re.compile(r"^(```.*?^```)", re.M | re.S)


def address(path):
    """Where a file of the repository is in the site."""
    return path.removeprefix("docs/") if path.startswith("docs/") else f"repository/{path}"


def links(text, path):
    """The files of the repository that a page links to."""
    for part in FENCE.split(text)[::2]:
        for _, target, _ in LINK.findall(part):
            if target and "://" not in target:
                yield posixpath.normpath(posixpath.join(posixpath.dirname(path), target))


def on_files(files, config):
    waiting = [f"docs/{file.src_uri}" for file in files.documentation_pages()]
    seen = set(waiting)
    while waiting:
        path = waiting.pop()
        for target in links((ROOT / path).read_text(encoding="utf-8"), path):
            if target in seen or not (ROOT / target).is_file():
                continue
            seen.add(target)
            if not target.startswith("docs/"):
                files.append(File.generated(config, address(target), abs_src_path=str(ROOT / target)))
            if target.endswith(".md"):
                waiting.append(target)
    return files


def on_page_markdown(markdown, page, config, files):
    here = page.file.src_uri
    path = here.removeprefix("repository/") if here.startswith("repository/") else f"docs/{here}"

    def moved(match):
        start, target, place = match.groups()
        if not target or "://" in target:
            return match.group()
        found = posixpath.normpath(posixpath.join(posixpath.dirname(path), target))
        if (ROOT / found).is_dir():
            # A folder is no page: what it is called stays.
            return match.group()[1:].split("](")[0]
        return f"{start}{posixpath.relpath(address(found), posixpath.dirname(here) or '.')}{place or ''})"

    parts = FENCE.split(markdown)
    parts[::2] = [LINK.sub(moved, part) for part in parts[::2]]
    return "".join(parts)
