"""Do the tests of stats/ and analyses/ bite? Changes one spot of a module, in memory, and runs the
tests that pass over its line.

`packaging/test.sh --mutation [MUTANTS]` draws that many of all that mutmut's operators make (0:
all) and keeps the result in docs/evidence/mutation.json; it goes on where it stopped. A mutant is
killed by a test that fails, or takes many times its time.
"""

import hashlib
import importlib
import json
import os
import resource
import sys
import time
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings

from tests.counts import Counts, Evidence
from tests.mutants import CHECKOUT, ROOMS, SEED, Mutant, drawn, modules, put_in

# mutmut and coverage, which the product's environment has no need of
LIBRARIES = CHECKOUT / ".mutation"
KEPT = LIBRARIES / "found.json"
# of processor time for one mutant: the tests are asked in the order of their time until it is spent
LONGEST_S = 2.0
SLOWEST = (  # each takes 5 to 25 s: not asked for a mutant
    "analyses/test_adversarial_validation.py::test_place_spectrum_and_time_are_told_apart_and_a_stamp_is_no_shift",
    "stats/test_bootstrap_draw.py::test_every_frame_has_its_probability_over_twenty_thousand_seeds",
    "analyses/test_adversarial_validation.py::test_planted_causes_are_named_and_equal_halves_have_none",
    "analyses/test_slices.py::test_healthy_reports_demonstrate_nothing",
)
MEMORY = 8 << 30  # bytes of address space a mutant may take


class Trial:
    """The plugin that takes the place of pytest's loop: a copy of the process for each mutant,
    which runs the tests over its line."""

    def __init__(self, n: int) -> None:
        self.n = n

    @pytest.hookimpl
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        session.config._tmp_path_factory.getbasetemp()  # type: ignore[attr-defined]
        phases = (Phase.explicit, Phase.generate)  # whether it fails, not with which example
        settings.register_profile(
            "mutation", settings.get_profile("untimed"), phases=phases, derandomize=True,
            database=None,
        )  # fmt: skip
        settings.load_profile("mutation")
        state = _hash_of([*modules(), *{item.path: 0 for item in session.items}])
        kept = json.loads(KEPT.read_text("utf-8")) if KEPT.exists() else {}
        if kept.get("state") != state:
            lines = {path.name: path.read_text("utf-8").count("\n") for path in modules()}
            before = kept.get("touched", {}) if kept.get("lines") == lines else {}
            files = {item.nodeid: _hash_of([item.path]) for item in session.items}
            touched = {
                name: test for name, test in before.items() if test["hash"] == files.get(name)
            }
            touched |= _in_a_copy(
                lambda: _touched(
                    [item for item in session.items if item.nodeid not in touched], files
                )
            )
            kept_killers = kept.get("killers", {}).items()
            killers = {key: name for key, name in kept_killers if name in touched}
            kept = {
                "state": state, "lines": lines, "touched": touched, "killers": killers, "told": {},
            }  # fmt: skip
            KEPT.write_text(json.dumps(kept), "utf-8")
        mutants, n_all = drawn(self.n)
        items = {item.nodeid: item for item in session.items}
        for index, mutant in enumerate(mutants):
            if mutant.key not in kept["told"]:
                killer = _in_a_copy(
                    lambda asked_mutant=mutant: _killer(
                        asked_mutant, items, kept["touched"], kept["killers"].get(asked_mutant.key)
                    )
                )
                kept["told"][mutant.key] = kept["killers"][mutant.key] = killer
                KEPT.write_text(json.dumps(kept), "utf-8")
                survived = "" if killer else f" SURVIVED {mutant.file}:{mutant.line} {mutant.text}"
                sys.stderr.write(f"{index + 1}/{len(mutants)}{survived}\n")
        _write(mutants, n_all, {mutant.key: kept["told"][mutant.key] for mutant in mutants})
        return True


def _in_a_copy(work: Any) -> Any:
    """What `work` returns, as JSON, in a copy of this process; "limits" where it dies of them."""
    reads, writes = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reads)
        try:
            answer = json.dumps(work())
            with os.fdopen(writes, "w") as out:
                out.write(answer)
            os._exit(0)
        finally:
            traceback.print_exc()
            os._exit(1)
    os.close(writes)
    with os.fdopen(reads) as answers:
        text = answers.read()
    _, status = os.waitpid(child, 0)
    if text:
        return json.loads(text)
    if os.WIFEXITED(status):
        raise RuntimeError("A copy of the process ended by itself; what it said stands above.")
    return "limits"


def _touched(items: Sequence[pytest.Item], files: dict[str, str]) -> dict[str, Any]:
    """Per passing test: hash of its file, processor seconds, and each module's lines it passes."""
    import coverage

    watch = coverage.Coverage(
        data_file=None, include=[str(path) for path in modules()], config_file=False
    )
    watch.start()
    tests_touched: dict[str, Any] = {}
    for item, following in zip(items, [*items[1:], None], strict=True):
        watch.switch_context(item.nodeid)
        began = time.process_time()
        if _passes(item, following):
            seconds = time.process_time() - began
            tests_touched[item.nodeid] = {
                "hash": files[item.nodeid],
                "seconds": seconds,
                "lines": {},
            }
    watch.stop()
    for path in modules():
        for line, tests in watch.get_data().contexts_by_lineno(str(path)).items():
            for name in tests_touched.keys() & set(tests):
                lines_of = tests_touched[name]["lines"].setdefault(
                    path.relative_to(CHECKOUT).as_posix(), []
                )
                lines_of.append(line)
    return tests_touched


def _passes(item: pytest.Item, following: pytest.Item | None) -> bool:
    from _pytest.runner import runtestprotocol

    return not any(report.failed for report in runtestprotocol(item, log=False, nextitem=following))


def _killer(
    mutant: Mutant, items: dict[str, pytest.Item], touched: dict[str, Any], first: str | None
) -> str | None:
    """The first test over the mutant's line that fails; "limits" as soon as the copy takes more
    time or memory than it may."""
    over = _over(mutant, touched, range(mutant.line, mutant.line + 1)) or _over(
        mutant, touched, range(mutant.begin, mutant.end + 1)
    )
    tests_asked, spent = [], 0.0
    for name in sorted(over, key=lambda name: (name != first, touched[name]["seconds"])):
        spent += touched[name]["seconds"]
        if not tests_asked or spent <= LONGEST_S:
            tests_asked.append(items[name])
    limit = int(time.process_time() + 5 + 5 * min(spent, LONGEST_S))
    resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    _forget()
    module = importlib.import_module(mutant.file.removesuffix(".py").replace("/", "."))
    put_in(module, mutant.source)
    pairs = zip(tests_asked, [*tests_asked[1:], None], strict=False)
    return next((item.nodeid for item, following in pairs if not _passes(item, following)), None)


def _over(mutant: Mutant, touched: dict[str, Any], lines: range) -> list[str]:
    return [
        name
        for name, test in touched.items()
        if not {*lines}.isdisjoint(test["lines"].get(mutant.file, ()))
    ]


def _forget() -> None:
    """Empty the caches of product and tests, which may hold what was true without the mutant."""
    for name, module in list(sys.modules.items()):
        if name.split(".")[0] in ("fieldcheck", "tests"):
            for value in list(vars(module).values()):
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


def _hash_of(paths: Sequence[Path]) -> str:
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in paths)).hexdigest()


def _write(mutants: Sequence[Mutant], n_all: int, killers: dict[str, str | None]) -> None:
    record = Evidence("mutation", Counts(full=True))
    rooms = tally([(mutant.file, killers[mutant.key]) for mutant in mutants])
    killed = sum(room["killed"] for room in rooms.values())
    survivors = [
        f"{mutant.file}:{mutant.line} {mutant.text}"
        for mutant in mutants
        if killers[mutant.key] is None
    ]
    record(
        mutants=record.counts(ci=0, full=len(mutants)), of=n_all, killed=killed, seed=SEED,
        rooms=rooms, survivors=survivors,
    )  # fmt: skip
    record.write(CHECKOUT)
    sys.stderr.write(
        f"{killed} of {len(mutants)} killed ({killed / max(1, len(mutants)):.1%}); {n_all} in all\n"
    )


def tally(killers: Sequence[tuple[str, str | None]]) -> dict[str, dict[str, int]]:
    """Mutants and killed ones a room, of (file, killer)."""
    rooms = {room: {"mutants": 0, "killed": 0} for room in ROOMS}
    for file, killer in killers:
        rooms[file.split("/")[1]]["mutants"] += 1
        rooms[file.split("/")[1]]["killed"] += killer is not None
    return rooms


def main(n: int, *arguments: str) -> int:
    """Ask about `n` mutants (0: all). `arguments` go to pytest."""
    sys.path.append(str(LIBRARIES))
    rooms = [f"tests/{room}" for room in ROOMS]
    slow = [f"--deselect=tests/{name}" for name in SLOWEST]
    return int(
        pytest.main(
            [
                "-q", "-p", "no:cacheprovider", "--tb=no", "--assert=plain", *rooms, *slow,
                *arguments,
            ],
            plugins=[Trial(n)],
        )
    )  # fmt: skip


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), *sys.argv[2:]))
