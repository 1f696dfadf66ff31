"""A command without memory: one sentence, no word of a broken model, the project as it was."""

import os
import shutil
from collections import Counter
from pathlib import Path

import pytest

from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels, project_state
from tests.programs import run_python

# what ends the program itself: a library of C++, or the system's loader, that finds no memory for a
# thread of its own
ABORTED = (-6, 127)
COMMANDS = {
    "import": lambda at, material: ("import", at, material / "night.avi"),
    "run": lambda at, material: ("run", at, "--on", "all"),
    "report": lambda at, material: ("report", at),
    "stress": lambda at, material: ("stress", at, "--corruption", "motion", "--severity", "mild"),
    "pack": lambda at, material: ("pack", at, at.parent / "site.fcpack"),
}


@pytest.mark.full("out_of_memory")
@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="the size of a process is read from /proc"
)
def test_a_command_without_memory_is_one_sentence_and_loses_nothing(
    made, material, tmp_path, forking, counts, evidence
):
    ends, sizes = Counter(), (0, 24, 64, 128, 256, 512)[:: counts(ci=6, full=1)]
    for name in list(COMMANDS)[: counts(ci=2, full=len(COMMANDS))]:
        for mb in sizes:
            at = shutil.copytree(made["labelled"], tmp_path / f"{name}-{mb}.fieldcheck")
            forking.start(tmp_path / "said", COMMANDS[name](at, material), mb)
            code, said = forking.ended(), (tmp_path / "said").read_text("utf-8")
            assert "Traceback" not in said
            assert code in (0, 1, *ABORTED), (name, mb, said)
            if code == 1:
                assert "memory" in said, (name, mb, said)
                assert "export it again" not in said
            ends[str(code)] += 1
            with open_project(at, wait_s=5) as project:
                assert project.read(project_state.check_thorough) == ()
                assert len(project.read(labels.list_labels)) == 20
    evidence(commands=ends.total(), ended=dict(ends), labels_lost=0, unopenable=0)


STARTING = """
import resource, sys
from fieldcheck.cli.main import main
main(["report", "nowhere.fieldcheck"])  # all that it loads is loaded
lines = open("/proc/self/status").read().splitlines()
taken = next(1024 * int(line.split()[1]) for line in lines if line.startswith("VmSize"))
resource.setrlimit(resource.RLIMIT_AS, (taken + (1 << 20), -1))
for left in (0, 1 << 10, 1 << 12, 1 << 16):
    held, size, spare = [], 1 << 20, bytearray(left)
    while size > 256:
        try:
            held.append(bytearray(size))
        except MemoryError:
            size //= 2
    del spare
    code = main(["report", "nowhere.fieldcheck"])
    held.clear()
    print("code", code, flush=True)
"""


@pytest.mark.long
@pytest.mark.skipif(
    not Path("/proc/self/status").exists(), reason="the size of a process is read from /proc"
)
def test_a_command_that_cannot_even_open_its_log_is_one_sentence(tmp_path):
    done = run_python("-c", STARTING, env={**os.environ, "FIELDCHECK_HOME": str(tmp_path)})
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("code 1") == 4
    assert "Traceback" not in done.stderr
    assert "Logging error" not in done.stderr
    assert "Out of memory" in done.stderr
