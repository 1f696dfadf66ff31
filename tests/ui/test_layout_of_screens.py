"""Acceptance A1 and A2: nothing is cut and nothing needs a scroll bar, on any screen, in any language, at both sizes."""

import re
from itertools import product

import pytest

from tests.ui.faults import faults
from tests.ui.states import PROJECTS, SMALL, USUAL, arrive, copy_of, rest, states

LANGUAGES = ("en", "de", "xx")
EVERY = [
    pytest.param(spoken, project, marks=pytest.mark.full(f"layout_{spoken}_{project or 'none'}"))
    for spoken, project in product(LANGUAGES, PROJECTS)
]


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


def sizes_of(project, spoken, how_many):
    """Both sizes; or one of them in turn, so that each size meets every project and every language, and each pair of those is seen."""
    first = (PROJECTS.index(project) + LANGUAGES.index(spoken)) % 2
    return (USUAL, SMALL) if how_many == 2 else ((USUAL, SMALL)[first],)


def test_one_size_for_each_pair_leaves_no_pair_of_two_out():
    seen = [(p, s, size.width()) for p in PROJECTS for s in LANGUAGES for size in sizes_of(p, s, 1)]
    for one, two, n in ((0, 1, len(PROJECTS) * len(LANGUAGES)), (0, 2, 2 * len(PROJECTS)), (1, 2, 2 * len(LANGUAGES))):
        assert len({(row[one], row[two]) for row in seen}) == n


@pytest.mark.parametrize(("spoken", "project"), EVERY)
def test_every_control_is_whole_and_within_the_window(
    window, settle, open_in_window, every_made, tmp_path, counts, evidence, spoken, project
):
    sizes = sizes_of(project, spoken, counts(ci=1, full=2))
    window.preferences.change(language=spoken, too_fast_ms=0)
    if project:
        open_in_window(copy_of(project, every_made, tmp_path))
    found, seen = [], 0
    for name, screen, bring in states(project):
        for size in sizes:
            window.resize(USUAL)  # where a window begins that is made small
            window.go(screen)
            window.resize(size)
            arrive(settle)
            bring(window)
            rest(window, settle)
            seen += 1
            found += [f"{name} at {size.width()}: {fault}" for fault in lasting(window, settle)]
            if hasattr(window.shown_screen().presenter, "escape"):
                window.shown_screen().presenter.escape()
    evidence(layouts=seen, faults=len(found))
    assert not found, "\n".join(found)
