"""Do the tests find faults that were once there? Takes one mend after the other out of the product
again, each in a copy of the checkout, and runs the tests near it: the short share first, and the
long tests where that finds nothing.

`packaging/test.sh --replanted [FAULTS]` asks that many of the last mends and keeps the result in
docs/evidence/replanted.json; it goes on where it stopped. A mend is a commit that changed a few
lines of the product together with tests. One that can no longer be taken out by itself, or without
which modules or tests cannot be loaded, is left out: any test finds it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
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
class Mend:
    """A commit by its hash and subject, the `modules` of the product and the `tests` it changed."""

    commit: str
    subject: str
    modules: tuple[str, ...]
    tests: tuple[str, ...]


def list_mends() -> list[Mend]:
    """All commits of a few changed lines of the product that came with tests, the newest first."""
    mends = []
    log = _git("log", "--no-merges", "--no-renames", "--numstat", "--format=%x00%h %s")
    for commit in log.split("\0")[1:]:
        head, *numbers = filter(None, commit.splitlines())
        hash_, _, subject = head.partition(" ")
        changed = {name: (added, gone) for added, gone, name in (n.split("\t") for n in numbers)}
        modules = [name for name in changed if name.startswith("fieldcheck/")]
        code = [name for name in modules if name.endswith(".py")]
        tests = [name for name in changed if Path(name).match("tests/**/test_*.py")]
        lines = sum(int(count) for name in code for count in changed[name])
        if code and tests and lines <= MOST_LINES:
            mends.append(Mend(hash_, subject, tuple(modules), tuple(tests)))
    return mends


def list_tests_near(mend: Mend, checkout: Path) -> list[str]:
    """Files of tests that the mend changed and those named like its modules, as far as they are."""
    named = [
        str(Path("tests", *Path(module).parts[1:-1], f"test_{Path(module).name}"))
        for module in mend.modules
    ]
    return [name for name in dict.fromkeys([*mend.tests, *named]) if (checkout / name).exists()]


def take_out(mend: Mend, checkout: Path) -> bool:
    """Takes the mend out of the product in `checkout`; whether that could be done."""
    _git("checkout", "--quiet", "--force", "HEAD", cwd=checkout)
    patch = _git("show", "--format=", "--no-renames", mend.commit, "--", "fieldcheck")
    applied = subprocess.run(
        ["git", "apply", "--reverse", "-"], cwd=checkout, input=patch, text=True,
        capture_output=True, check=False,
    )  # fmt: skip
    return applied.returncode == 0


def find_share(mend: Mend, checkout: Path) -> str | None:
    """The share of tests that finds the mend gone: "short", "long" or "none"; None where it cannot
    be asked."""
    if not take_out(mend, checkout):
        return None
    files = list_tests_near(mend, checkout)
    if not files or _run_tests([*files, "--collect-only"], checkout) != 0:
        return None
    for share, marks in SHARES.items():
        code = _run_tests([*files, "-x", "-m", marks], checkout)
        if code == FAILED:
            return share
        if code not in (0, NOTHING_RUN):
            raise RuntimeError(f"pytest ended with {code} for {mend.commit} {mend.subject}.")
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

    def ask_one(mend: Mend) -> None:
        if mend.commit in found or _count_asked(found) >= n:
            return
        copy = copies.get()
        try:
            share = find_share(mend, copy)
        finally:
            copies.put(copy)
        with keeping:
            found[mend.commit] = share
            kept.write_text(json.dumps(found), "utf-8")
        sys.stderr.write(f"{share or 'left out':9} {mend.commit} {mend.subject}\n")

    with ThreadPoolExecutor(PROCESSES) as pool:
        list(pool.map(ask_one, list_mends()))
    return found


def _count_asked(found: dict[str, str | None]) -> int:
    return sum(share is not None for share in found.values())


def main(n: int) -> None:
    """Asks for the last `n` mends and keeps what was found."""
    record = Evidence("replanted", Counts(full=True))
    found = ask(n)
    asked = [mend for mend in list_mends() if found.get(mend.commit)][:n]
    counts = Counter(found[mend.commit] for mend in asked)
    record(
        faults=record.counts(ci=0, full=len(asked)), found_by_short_share=counts["short"],
        found_by_all=counts["short"] + counts["long"],
        left_out=sum(share is None for share in found.values()), most_lines=MOST_LINES,
        rows=[[mend.commit, mend.subject, found[mend.commit]] for mend in asked],
    )  # fmt: skip
    record.write(CHECKOUT)
    sys.stderr.write(
        f"{len(asked)} faults: the short share finds {counts['short']}, "
        f"all tests {counts['short'] + counts['long']}\n"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))
