"""Do the tests find faults that were once there? Takes one piece of a mend after the other out of
the product again, each in a copy of the checkout, and runs the tests near it: the short share
first, and the long tests where that finds nothing.

`packaging/test.sh --replanted [FAULTS]` asks that many of the last pieces and keeps the result in
docs/evidence/replanted.json; it goes on where it stopped. A mend is a commit that changed a few
lines of the product together with tests, a piece one stretch of its lines. One that can no longer
be taken out by itself, changes no code, or without which modules or tests cannot be loaded is left
out: any test finds it.
"""

from __future__ import annotations

import ast
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import count, islice
from pathlib import Path
from queue import SimpleQueue
from threading import Lock

from tests.counts import Counts, Evidence
from tests.mutants import CHECKOUT

COPIES = CHECKOUT / ".replanted"
PROCESSES = 2
MOST_LINES = 120  # of the product that a mend changed; what is larger is a feature
LONGEST_S = 600  # for the tests near one fault; later is found, as a test that hangs
SHARES = {"short": "not long and not full", "long": "long and not full"}
NOTHING_RUN = 5  # pytest's exit code
FAILED = 1


@dataclass(frozen=True)
class Piece:
    """One stretch of lines that a commit changed: its `patch`, the `module` and the `tests` that
    the commit changed. `name` is the commit and the stretch's number in it."""

    name: str
    subject: str
    module: str
    tests: tuple[str, ...]
    patch: str


def list_pieces() -> Iterator[Piece]:
    """The pieces of all commits of a few changed lines of the product that came with tests, the
    newest commit first."""
    log = _git("log", "--no-merges", "--no-renames", "--numstat", "--format=%x00%h %s")
    for commit in log.split("\0")[1:]:
        head, *numbers = filter(None, commit.splitlines())
        hash_, _, subject = head.partition(" ")
        changed = {name: (added, gone) for added, gone, name in (n.split("\t") for n in numbers)}
        code = [name for name in changed if Path(name).match("fieldcheck/**/*.py")]
        tests = tuple(name for name in changed if Path(name).match("tests/**/test_*.py"))
        lines = sum(int(count) for name in code for count in changed[name])
        if code and tests and lines <= MOST_LINES:
            number = count(1)
            for module in code:
                head, *hunks = _git("show", "--format=", "--no-renames", hash_, "--", module).split(
                    "\n@@ "
                )
                for hunk in hunks:
                    patch = f"{head}\n@@ {hunk.rstrip(chr(10))}\n"
                    yield Piece(f"{hash_}.{next(number)}", subject, module, tests, patch)


def list_tests_near(piece: Piece, checkout: Path) -> list[str]:
    """Files of tests that the mend changed and the one named like the module, as far as they are."""
    module = Path(piece.module)
    named = Path("tests", *module.parts[1:-1], f"test_{module.name}").as_posix()
    return [name for name in dict.fromkeys([*piece.tests, named]) if (checkout / name).exists()]


def take_out(piece: Piece, checkout: Path) -> bool:
    """Takes the piece out of the product in `checkout`; whether that could be done and changed
    more than words."""
    _git("checkout", "--quiet", "--force", "HEAD", cwd=checkout)
    module = checkout / piece.module
    if not module.exists():
        return False
    before = module.read_text("utf-8")
    applied = subprocess.run(
        ["git", "apply", "--reverse", "-"], cwd=checkout, input=piece.patch, text=True,
        capture_output=True, check=False,
    )  # fmt: skip
    if applied.returncode != 0 or not module.exists():
        return False
    return _differs(before, module.read_text("utf-8"))


def _differs(before: str, after: str) -> bool:
    """Whether both are code, of which something beside docstrings and comments is another."""
    trees = []
    for text in (before, after):
        try:
            tree = ast.parse(text)
        except SyntaxError:
            return False
        for node in ast.walk(tree):
            body = getattr(node, "body", None)
            if isinstance(body, list):
                node.body = [one for one in body if not _is_text(one)]  # type: ignore[attr-defined]
        trees.append(ast.dump(tree))
    return trees[0] != trees[1]


def _is_text(node: ast.stmt) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def find_share(piece: Piece, checkout: Path) -> str | None:
    """The share of tests that finds the piece gone: "short", "long" or "none"; None where it cannot
    be asked."""
    if not take_out(piece, checkout):
        return None
    files = list_tests_near(piece, checkout)
    if not files or _run_tests([*files, "--collect-only"], checkout) != 0:
        return None
    for share, marks in SHARES.items():
        code = _run_tests([*files, "-x", "-m", marks], checkout)
        if code == FAILED:
            return share
        if code not in (0, NOTHING_RUN):
            raise RuntimeError(f"pytest ended with {code} for {piece.name} {piece.subject}.")
    return "none"


def _run_tests(arguments: list[str], checkout: Path) -> int:
    command = [sys.executable, "-m", "pytest", "--quiet", "-p", "no:cacheprovider", "--tb=no"]
    try:
        return subprocess.run(
            [*command, *arguments], cwd=checkout, env={**os.environ, "PYTHONPATH": str(checkout)},
            capture_output=True, check=False, timeout=LONGEST_S,
        ).returncode  # fmt: skip
    except subprocess.TimeoutExpired:
        return FAILED


def _make_copy(number: int) -> Path:
    copy = COPIES / str(number) / "checkout"
    shutil.rmtree(copy.parent, ignore_errors=True)
    copy.parent.mkdir(parents=True)
    _git("clone", "--quiet", "--shared", ".", str(copy))
    (copy.parent / "shared").symlink_to(CHECKOUT.parent / "shared")
    return copy


def _git(*arguments: str, cwd: Path = CHECKOUT) -> str:
    return subprocess.run(
        ["git", *arguments], cwd=cwd, check=True, capture_output=True, text=True
    ).stdout


def ask(n: int) -> dict[str, str | None]:
    """By commit the share that finds it, of the last mends until `n` could be asked."""
    COPIES.mkdir(exist_ok=True)
    kept = COPIES / f"{_git('rev-parse', '--short', 'HEAD').strip()}.json"
    found: dict[str, str | None] = json.loads(kept.read_text("utf-8")) if kept.exists() else {}
    keeping = Lock()
    copies: SimpleQueue[Path] = SimpleQueue()
    for number in range(PROCESSES):
        copies.put(_make_copy(number))

    def ask_one(piece: Piece) -> None:
        if piece.name in found or _count_asked(found) >= n:
            return
        copy = copies.get()
        try:
            share = find_share(piece, copy)
        finally:
            copies.put(copy)
        with keeping:
            found[piece.name] = share
            kept.write_text(json.dumps(found), "utf-8")
        sys.stderr.write(f"{share or 'left out':9} {piece.name} {piece.subject}\n")

    with ThreadPoolExecutor(PROCESSES) as pool:
        for begun in _batches(list_pieces(), 8 * PROCESSES):
            list(pool.map(ask_one, begun))
            if _count_asked(found) >= n:
                break
    return found


def _batches(pieces: Iterable[Piece], size: int) -> Iterator[list[Piece]]:
    source = iter(pieces)
    while batch := list(islice(source, size)):
        yield batch


def _count_asked(found: dict[str, str | None]) -> int:
    return sum(share is not None for share in found.values())


def main(n: int) -> None:
    """Asks for the last `n` mends and keeps what was found."""
    record = Evidence("replanted", Counts(full=True))
    found = ask(n)
    asked = [piece for piece in list_pieces() if found.get(piece.name)][:n]
    counts = Counter(found[piece.name] for piece in asked)
    record(
        faults=record.counts(ci=0, full=len(asked)), found_by_short_share=counts["short"],
        found_by_all=counts["short"] + counts["long"],
        left_out=sum(share is None for share in found.values()), most_lines=MOST_LINES,
        rows=[[piece.name, piece.module, piece.subject, found[piece.name]] for piece in asked],
    )  # fmt: skip
    record.write(CHECKOUT)
    sys.stderr.write(
        f"{len(asked)} faults: the short share finds {counts['short']}, "
        f"all tests {counts['short'] + counts['long']}\n"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
