"""The Explore screen over a project folder, and its parts."""

import shutil

import pytest


@pytest.fixture
def folder(made, tmp_path):
    """A copy of one of the made projects, by name."""
    return lambda name: shutil.copytree(made[name], tmp_path / f"{name}.fieldcheck")


@pytest.fixture
def explore(window, open_in_window, settle, qtbot):
    """The Explore screen over a project folder."""

    def go(path=None):
        if path is not None:
            open_in_window(path)
        window.show_screen("explore")
        settle()
        qtbot.wait(30)
        settle()
        return window.get_shown_screen()

    return go


@pytest.fixture
def do(window, settle):
    """Triggers an action of the screen and waits until everything has come."""

    def trigger(code):
        window.context.actions.get_action(f"explore.{code}").trigger()
        settle()

    return trigger
