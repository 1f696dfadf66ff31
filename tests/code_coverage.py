"""Coverage of lines and branches, room by room, each by its own tests alone: `python -m
tests.code_coverage ROOM…`.

A room is a package under fieldcheck/, or `fieldcheck` for the modules that stand beside them. What
it finds goes into docs/evidence/coverage_of_code.json beside what stands there of other rooms;
which lines and branches no test ran is printed. coverage lies in .mutation/ (`packaging/test.sh
--mutation 1` makes it), where the processes that a test starts find it, too; one that is killed
tells nothing.
"""

import json
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.counts import code_hash, machine
from tests.mutants import CHECKOUT
from tests.mutation import LIBRARIES

KEPT = CHECKOUT / "docs" / "evidence" / "coverage_of_code.json"
SETTINGS = """[run]
branch = True
parallel = True
sigterm = True
patch = _exit
data_file = {folder}/data
source = {room}
"""
# What every Python that a test starts runs first. A program of the room that shuts our variables
# out (-I) is made to see them: it runs in
# the system's Python, which finds coverage by them.
START = """import subprocess
import coverage
coverage.process_startup()
begin = subprocess.Popen.__init__
def begun(child, command, *more, **named):
    if not isinstance(command, str) and any(str(word).startswith({room!r}) for word in command):
        command = [word for word in command if word != "-I"]
    begin(child, command, *more, **named)
subprocess.Popen.__init__ = begun
"""
SECONDS = 7200
# A test that looks at what is loaded would find what watches it.
UNWATCHED = "tests/ui/test_app.py::test_starting_the_window_loads_no_library_that_the_first_picture_does_not_need"


def of_room(room: str) -> dict[str, Any]:
    """Lines and branches of a room, how many of them its tests ran, and the share of both together.
    What a folder of tests found is kept under .mutation/ for the code that it ran, so that a count
    that was broken off goes on with the next folder."""
    package, tests = CHECKOUT / "fieldcheck" / room, (CHECKOUT / "tests" / room).rglob("test_*.py")
    if room == "fieldcheck":
        package = CHECKOUT / "fieldcheck"
        tests = (CHECKOUT / "tests").glob("test_*.py")
    parts = defaultdict[str, list[str]](list)
    for file in sorted(tests):
        if room != "fieldcheck" or (package / file.name.removeprefix("test_")).exists():
            parts[str(file.parent.relative_to(CHECKOUT)).replace(os.sep, "-")].append(str(file))
    folder = LIBRARIES / f"{room}-{code_hash(CHECKOUT)[:12]}"
    folder.mkdir(exist_ok=True)
    settings, report = folder / "settings", folder / "report.json"
    settings_text = SETTINGS.format(folder=folder, room=package)
    settings.write_text(
        settings_text + ("omit = */fieldcheck/*/*\n" if room == "fieldcheck" else "")
    )
    (folder / "sitecustomize.py").write_text(START.format(room=str(package)))
    paths = os.pathsep.join([str(folder), str(CHECKOUT), str(LIBRARIES)])
    plain = {**os.environ, "PYTHONPATH": paths, "OPENBLAS_NUM_THREADS": "1"}
    watched = {**plain, "COVERAGE_PROCESS_START": str(settings)}
    failed = [
        name
        for name, files in parts.items()
        if not _counted(folder / f"{name}.passed", files, watched)
    ]
    for step in (["combine", "-q", "--keep"], ["json", "-q", "-o", str(report)]):
        command = [sys.executable, "-m", "coverage", *step, f"--rcfile={settings}"]
        subprocess.run(command, env=plain, cwd=CHECKOUT, check=True)
    files = json.loads(report.read_text("utf-8"))
    sys.stdout.write("".join(_passed_over(files["files"])))
    totals = files["totals"]
    n_parts = totals["num_statements"] + totals["num_branches"]
    figures = {"lines": totals["num_statements"], "lines_run": totals["covered_lines"]}
    figures |= {"branches": totals["num_branches"], "branches_run": totals["covered_branches"]}
    figures["share"] = round(
        (totals["covered_lines"] + totals["covered_branches"]) / max(1, n_parts), 4
    )
    return {**figures, "tests": "some failed"} if failed else figures


def _counted(passed: Path, files: Sequence[str], watched: Mapping[str, str]) -> bool:
    """Whether the tests of one folder passed, in this run or in an earlier one over the same
    code."""
    if not passed.exists():
        command = [
            sys.executable, "-m", "pytest", "-q", "--no-header", "-p", "no:cacheprovider",
            f"--deselect={UNWATCHED}", *files,
        ]  # fmt: skip
        if subprocess.run(
            command, env=watched, cwd=CHECKOUT, timeout=SECONDS, check=False
        ).returncode:
            return False
        passed.touch()
    return True


def _passed_over(files: dict[str, Any]) -> list[str]:
    """A line a file of which no test ran all: its share in percent, the lines missed, and the
    branches as line→line (0: the end)."""
    rows = []
    for name, file in sorted(files.items()):
        lines = [str(line) for line in file["missing_lines"]]
        branches = [
            f"{start}→{max(end, 0)}"
            for start, end in file["missing_branches"]
            if start not in file["missing_lines"]
        ]
        if lines or branches:
            rows.append(
                f"{name} {file['summary']['percent_covered']:.1f} %: {' '.join(lines + branches)}\n"
            )
    return rows


def keep(room: str, figures: dict[str, Any]) -> None:
    """Put a room's figures beside the others, with the code that they are of."""
    document = json.loads(KEPT.read_text("utf-8"))
    now = datetime.now(UTC).isoformat(timespec="seconds")
    document["figures"]["rooms"][room] = {**figures, "date": now, "code": code_hash(CHECKOUT)}
    document |= {"date": now, "counts": [len(document["figures"]["rooms"])], "machine": machine()}
    KEPT.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    for name in sys.argv[1:]:
        keep(name, of_room(name))
