"""The Evidence screen without a window: a real project, real jobs, and views that keep what they
were told."""

import shutil
from types import SimpleNamespace

import pytest
from PySide6.QtWidgets import QWidget

from fieldcheck.paths import get_app_paths
from fieldcheck.ui.context import Preferences
from fieldcheck.ui.current_project import CurrentProject
from fieldcheck.ui.errors import Messages
from fieldcheck.ui.jobs import JobRunner
from fieldcheck.ui.screens import list_actions
from fieldcheck.ui.shell.shortcuts import Actions


class Told:
    """A view that keeps the newest arguments of each method by its name."""

    def __init__(self):
        self.told = {}

    def __getattr__(self, name):
        return lambda *args, **named: self.told.__setitem__(name, (*args, *named.values()))


class Desk(SimpleNamespace):
    """What a screen is handed, without a window around it."""

    def open(self, path):
        with self.qtbot.waitSignal(self.current.opened):
            self.current.open(path, self.messages.show_error, self.messages.show_error)
        self.settle()
        return self.current.project

    def settle(self):
        self.qtbot.waitUntil(lambda: not self.runner.busy)

    @property
    def said(self):
        return [one.text for one in self.messages.history]


@pytest.fixture
def desk(qtbot, qapp):
    runner, room = JobRunner(), QWidget()
    actions = Actions(room, list_actions())
    made = Desk(
        qtbot=qtbot, runner=runner, current=CurrentProject(runner), messages=Messages(),
        session_values={}, went=[],
        preferences=Preferences(get_app_paths().settings), actions=actions, room=room,
    )  # fmt: skip
    made.show_screen = made.went.append
    yield made
    made.current.close()
    runner.shutdown()
    actions.remove_all()
    room.deleteLater()


@pytest.fixture
def told():
    return Told


@pytest.fixture
def project(desk, made, tmp_path):
    """`project("labelled")`: a copy of a made project, open at the desk."""
    return lambda name: desk.open(shutil.copytree(made[name], tmp_path / f"{name}.fieldcheck"))
