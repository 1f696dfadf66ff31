"""A program to be killed: acts, undoes and redoes without end, and says so after each one."""

import random
import sys
from pathlib import Path

from sqlite_utils import Database

from fieldcheck.errors.projects import NothingToUndo
from fieldcheck.project.folder import open_project
from fieldcheck.project.project import Project
from fieldcheck.project.tables import frames, labels, recordings
from tests.project.made import facts, label, listed, recording


def main(path: Path, seed: int, n_acts: int = 1_000_000) -> None:
    """Print a line for all acknowledged: `set FRAME SEED`, `undo`, `redo`, `frames RECORDING`."""
    dice = random.Random(seed)
    with open_project(path) as project:
        _say("open")
        for number in range(n_acts):
            _say(_act(project, dice, seed, number))


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _act(project: Project, dice: random.Random, seed: int, number: int) -> str:
    kind = dice.choices(["set", "undo", "redo", "frames"], [6, 2, 1, 1])[0]
    try:
        if kind == "set":
            frame = f"f{dice.randrange(50)}"
            project.edit("label.set", [labels.make_label_row(label(frame, f"{seed}-{number}"))])
            return f"set {frame} {seed}-{number}"
        if kind == "undo":
            project.undo()
        elif kind == "redo":
            project.redo()
        else:
            _import(project, f"r{seed}-{number}")
            return f"frames r{seed}-{number}"
    except NothingToUndo:
        return "nothing"
    return kind


def _import(project: Project, name: str) -> None:
    shown = listed(name, 20)

    def store(db: Database) -> None:
        recordings.put_recording(db, recording(name))
        frames.insert_frames(db, shown, facts(shown))

    project.write(store).result()


if __name__ == "__main__":
    main(Path(sys.argv[1]), *map(int, sys.argv[2:]))
