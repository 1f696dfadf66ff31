"""Run as a program: labels in the real window without end and prints the frame and class of each
label that came back as stored.

`python -m tests.journeys.labelling_until_killed PROJECT label|undo20`
"""

import random
import sys
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from benchmarks.screen import let_work
from fieldcheck.ui.app import create_application
from tests import display
from tests.journeys.window import CTRL, Person, frame_on

KEYS = [Qt.Key.Key_1, Qt.Key.Key_2, Qt.Key.Key_3]


def main(project, what):
    server = display.start()
    create_application()
    person = Person()
    try:
        act(person, project, what)
    finally:  # also where a wait was in vain: a project that stays open keeps the process alive
        person.leaves()
    if server is not None:
        server.terminate()


def act(person, project, what):
    person.window.preferences.update(too_fast_ms=0)
    person.window.open_project(Path(project))
    person.wait_for(lambda: person.window.current.project is not None)
    person.press(Qt.Key.Key_4, CTRL)
    person.wait_for(lambda: frame_on(person) >= 0)
    if what == "undo20":
        undo_twenty(person)
    else:
        person.window.current.changed.connect(tell)
        label_on_and_on(person)


def tell(changes):
    """A label is acknowledged by what every screen hears after it is on disk."""
    if changes.act == "label.set" and changes.keys:
        say(changes.keys[0])


def say(line):
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def label_on_and_on(person):
    chance = random.Random()
    while True:
        QTest.keyClick(QApplication.focusWidget() or person.window, chance.choice(KEYS))
        if chance.random() < 0.1:
            QTest.keyClick(person.window, Qt.Key.Key_Home)
        let_work(2)


def undo_twenty(person):
    for _ in range(20):
        depth = person.window.current.undo_depth
        person.press(Qt.Key.Key_Z, CTRL)
        person.wait_for(lambda depth=depth: person.window.current.undo_depth == depth - 1)
    say("undone")


if __name__ == "__main__":
    main(*sys.argv[1:])
