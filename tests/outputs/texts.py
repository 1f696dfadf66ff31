"""Files of the product as text that a difference can be read in."""

import ast
import hashlib
import json
import re
from pathlib import Path

INLINED = re.compile(r"data:image/[a-z+]+;base64,[A-Za-z0-9+/=]+")
LINE = 160
# the product's own code, which is meant to change
PROGRAMS = ("fieldcheck_transforms.py", "verify_pack.py", "run_bench.py")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def program(source: str) -> str:
    """A program that the product hands out, by the classes that files name."""
    return (
        "".join(
            f"class {node.name}\n"
            for node in ast.parse(source).body
            if isinstance(node, ast.ClassDef)
        )
        or "a program\n"
    )


def checked_sums(path: Path) -> str:
    """The list with each hash that is the file's own replaced by a word: most of the files hold the
    moment they were written."""
    lines = [line.split(maxsplit=1) for line in path.read_text("utf-8").splitlines()]
    return "".join(
        (f"{'right' if hashed == sha256((path.parent / name).read_bytes()) else hashed}  {name}\n")
        for hashed, name in lines
    )


def indented(text: str) -> str:
    """A JSON document in lines, values spelled as they were; what is short stands in one line."""
    document = json.loads(text)
    spaced = in_lines(document, "")
    again = {
        json.dumps(document, ensure_ascii=plain, **style)
        for plain in (True, False)
        for style in STYLES
    }
    return (
        f"{spaced}\n"
        if text.rstrip("\n") in again
        else f"{spaced}\nspelled otherwise: sha256 {sha256(text.encode())}\n"
    )


def in_lines(value: object, before: str) -> str:
    """A value as JSON, an item a line where it does not fit one."""
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or len(before) + len(line) <= LINE:
        return line
    deeper = f"{before} "
    if isinstance(value, dict):
        items = [
            f"{deeper}{json.dumps(key, ensure_ascii=False)}: {in_lines(one, deeper)}"
            for key, one in value.items()
        ]
        return "{\n" + ",\n".join(items) + f"\n{before}}}"
    return "[\n" + ",\n".join(f"{deeper}{in_lines(one, deeper)}" for one in value) + f"\n{before}]"


STYLES = [
    {"indent": indent, "separators": separators}
    for indent in (None, 1, 2, 4)
    for separators in (None, (",", ":"), (",", ": "))
]
