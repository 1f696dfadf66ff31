"""A command without memory: one sentence, no word of a broken model, the project as it was."""

import shutil
from collections import Counter
from pathlib import Path

import pytest

from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels, project_state

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
