"""Acceptance A1 and A2: nothing is cut and nothing needs a scroll bar, on any screen, in any language, at both sizes."""

import re

import pytest

from tests.ui.faults import faults
from tests.ui.states import PROJECTS, SMALL, USUAL, arrive, copy_of, rest, states


def lasting(window, settle):
    """Faults that stay: the live view's words change while it runs, and their lines are laid out one event later."""
    found = faults(window)
    for _ in range(2 if found else 0):
        rest(window, settle)
        again = {without_words(one) for one in faults(window)}
        found = [one for one in found if without_words(one) in again]
    return found


def without_words(fault):
    """A fault without what a label says just now."""
    return re.sub(r"“.*?”|\d+", "", fault)


@pytest.mark.parametrize("project", PROJECTS)
@pytest.mark.parametrize("spoken", ["en", "de", "xx"])
def test_every_control_is_whole_and_within_the_window(window, settle, open_in_window, every_made, tmp_path, spoken, project):
    window.preferences.change(language=spoken, too_fast_ms=0)
    if project:
        open_in_window(copy_of(project, every_made, tmp_path))
    found = []
    for name, screen, bring in states(project):
        for size in (USUAL, SMALL):
            window.resize(size)
            window.go(screen)
            arrive(settle)
            bring(window)
            rest(window, settle)
            found += [f"{name} at {size.width()}: {fault}" for fault in lasting(window, settle)]
            if hasattr(window.shown_screen().presenter, "escape"):
                window.shown_screen().presenter.escape()
    assert not found, "\n".join(found)
