"""Pieces of the home screen by themselves, and a context with nothing behind it but a real
window."""

import pytest


@pytest.fixture
def home(window):
    """The home screen's presenter in a real window."""
    window.show_screen("project")
    return window.get_shown_screen().presenter


@pytest.fixture
def view(window):
    """The home screen's widgets in a real window."""
    window.show_screen("project")
    return window.get_shown_screen().view


class Fake:
    """Keeps what it was told, by the name of the method: the newest call's arguments."""

    def __init__(self, **answers):
        self.told, self.all, self._answers = {}, [], answers

    def __getattr__(self, name):
        if name in self._answers:
            return self._answers[name]

        def keep(*args, **named):
            self.told[name] = (*args, *named.values())
            self.all.append((name, args))

        return keep


@pytest.fixture
def fake():
    return Fake


@pytest.fixture
def alone(window):
    """Takes the real home screen's presenter off, so that another one can be tried on the same
    window."""
    window.show_screen("help")
    return window.context
