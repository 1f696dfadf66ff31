"""A command that finds no memory: one sentence that says so, no word of a broken model, and the project as it was."""

import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import integrity, labels

CHECKOUT = Path(__file__).parent.parent.parent
ABORTED = -6  # a library of C++ that finds no memory in a thread of its own ends the program
COMMANDS = {
    "import": lambda at, material: ("import", at, material / "night.avi"),
    "run": lambda at, material: ("run", at, "--on", "all"),
    "report": lambda at, material: ("report", at),
    "stress": lambda at, material: ("stress", at, "--corruption", "motion", "--severity", "mild"),
    "pack": lambda at, material: ("pack", at, at.parent / "site.fcpack"),
}


@pytest.mark.full("out_of_memory")
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="the size of a process is read from /proc")
def test_a_command_without_memory_is_one_sentence_and_loses_nothing(made, material, tmp_path, counts, evidence):
    ends, sizes = Counter(), (0, 24, 64, 128, 256, 512)[:: counts(ci=6, full=1)]
    for name in list(COMMANDS)[: counts(ci=2, full=len(COMMANDS))]:
        for mb in sizes:
            at = shutil.copytree(made["labelled"], tmp_path / f"{name}-{mb}.fieldcheck")
            words = (sys.executable, "-m", "tests.faults.in_little_memory", str(mb), *COMMANDS[name](at, material))
            done = subprocess.run(list(map(str, words)), capture_output=True, text=True, cwd=CHECKOUT, check=False)
            assert "Traceback" not in done.stderr
            assert done.returncode in (0, 1, ABORTED), (name, mb, done.stderr)
            if done.returncode == 1:
                assert "memory" in done.stderr, (name, mb, done.stderr)
                assert "export it again" not in done.stderr
            ends[str(done.returncode)] += 1
            with open_project(at, wait_s=5) as project:
                assert project.read(integrity.thorough) == ()
                assert len(project.read(labels.all)) == 20
    evidence(commands=ends.total(), ended=dict(ends), labels_lost=0, unopenable=0)
