"""Programs killed at any moment: nothing that was acknowledged is lost, and the project opens."""

import random
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from fieldcheck.project.folder import create_project, open_project
from fieldcheck.project.tables import frames, labels, project_state, recordings

CHECKOUT = Path(__file__).parent.parent.parent


@dataclass
class Expected:
    """What must stand after the acknowledged lines, kept as simply as can be: every state of the
    labels, and where we are."""

    states: list[dict[str, str]] = field(default_factory=lambda: [{}])
    at: int = 0
    recordings: list[str] = field(default_factory=list)

    def follow(self, line: str) -> None:
        kind, *rest = line.split()
        if kind == "set":
            self.states[self.at + 1 :] = [{**self.states[self.at], rest[0]: rest[1]}]
            self.at += 1
        elif kind in ("undo", "redo"):
            self.at += 1 if kind == "redo" else -1
        elif kind == "frames":
            self.recordings.append(rest[0])


def killed_after(path, seed, n_lines, more_s=0.0):
    """Let it say `n_lines` and go on a moment, kill it, and return all that it had said."""
    command = [sys.executable, "-m", "tests.project.label_on_and_on", str(path), str(seed)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT) as process:
        lines = [process.stdout.readline() for _ in range(n_lines + 1)]
        time.sleep(more_s)
        process.kill()
        lines += process.stdout.readlines()
    return [line.strip() for line in lines if line.endswith("\n")][1:]


def catch_up(project, expected):
    """The act under way may stand or not. Brings `expected` to what the project holds."""
    found = {one.frame_id: one.class_name for one in project.read(labels.list_labels)}
    done, undone = project.count_history()
    assert abs(done - expected.at) <= 1, "more than the one act under way differs"
    if done < len(expected.states) and found == expected.states[done]:  # nothing, an undo or a redo
        assert undone == len(expected.states) - 1 - done
    else:
        before = expected.states[expected.at]
        assert (done, undone) == (expected.at + 1, 0)
        assert len(found.items() - before.items()) == 1
        assert found.keys() >= before.keys()
        expected.states[done:] = [found]
    expected.at = done


@pytest.mark.full("kill_edits")
def test_nothing_acknowledged_is_lost_when_the_program_is_killed(tmp_path, counts, evidence):
    dice = random.Random(11)
    path = tmp_path / "line.fieldcheck"
    create_project(path).close()
    expected, n_said = Expected(), 0
    n_kills = counts(ci=10, full=50)
    for seed in range(n_kills):
        said = killed_after(path, seed, dice.randrange(40), dice.uniform(0, 0.02))
        n_said += len(said)
        for line in said:
            expected.follow(line)
        with open_project(path, wait_s=5) as project:
            assert project.read(project_state.check_thorough) == ()
            catch_up(project, expected)
            kept = {one.recording_id for one in project.read(recordings.list_recordings)}
            assert kept >= set(expected.recordings)
            assert project.read(frames.count_frames) == 20 * len(kept)
    evidence(kills=n_kills, acknowledged=n_said, lost=0)


def test_a_reader_can_look_at_once_after_the_kill(tmp_path):
    path = tmp_path / "line.fieldcheck"
    create_project(path).close()
    expected = Expected()
    for line in killed_after(path, 1, 15):
        expected.follow(line)
    with open_project(path, write=False) as project:
        catch_up(project, expected)
