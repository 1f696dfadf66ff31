"""Acceptance A1, A2 and A15: nothing is cut and nothing needs a scroll bar, on any screen, in any language, at both sizes; each control
has a name to be read out, each picture a description, and nothing needs a mouse.

With larger text or gloves a page may be larger than the window; still nothing is cut without its whole text at hand, and nothing lies over
another. Looks in which every two choices of language, text, gloves, window and theme meet are shared among the projects on a build
machine, each state in one of them; `--full` tries every one. `FIELDCHECK_SCREEN_PICTURES=FOLDER` keeps a picture of each.
"""

import os
import re
from itertools import chain, combinations, product
from pathlib import Path

import pytest

from fieldcheck.ui.theme import style_sheet
from fieldcheck.ui.theme.tokens import THEMES, Metrics
from tests.ui.access import kept_out
from tests.ui.faults import faults
from tests.ui.states import PROJECTS, SMALL, USUAL, arrive, copy_of, rest, states

LANGUAGES = ("en", "de", "xx")
EVERY = [
    pytest.param(spoken, project, marks=pytest.mark.full(f"layout_{spoken}_{project or 'none'}"))
    for spoken, project in product(LANGUAGES, PROJECTS)
]
PICTURES = os.environ.get("FIELDCHECK_SCREEN_PICTURES", "")
CHOICES = {"spoken": LANGUAGES, "percent": (100, 150, 175), "gloves": (False, True), "size": (SMALL, USUAL), "theme": tuple(THEMES)}
LOOKS = [dict(zip(CHOICES, values, strict=True)) for values in product(*CHOICES.values())]
STEPS = 2
"""Looks in which a build machine sees each project, half of its states in each."""


def lasting(window, settle, may_scroll=False):
    """Faults that stay: the live view's words change while it runs, and their lines are laid out one event later."""
    found = faults(window, may_scroll)
    for _ in range(2 if found else 0):
        rest(window, settle)
        again = {without_words(one) for one in faults(window, may_scroll)}
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
def test_every_control_is_whole_within_the_window_and_within_reach(
    window, still, settle, open_in_window, every_made, tmp_path, counts, evidence, spoken, project
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
            found += [f"{name} at {size.width()}: {fault}" for fault in (kept_out(window) if spoken == "en" else ())]
            if hasattr(window.shown_screen().presenter, "escape"):
                window.shown_screen().presenter.escape()
    evidence(layouts=seen, faults=len(found))
    assert not found, "\n".join(found)


def meetings(looked):
    """Every two choices that meet in a look."""
    return set(combinations(((name, str(value)) for name, value in looked.items()), 2))


def pairwise():
    """A few looks among which every two choices meet once at least."""
    left, few = set().union(*map(meetings, LOOKS)), []
    while left:
        few.append(max(LOOKS, key=lambda looked: len(meetings(looked) & left)))
        left -= meetings(few[-1])
    return few


def share_of(project):
    """The looks of one project, so that the projects see all of `pairwise` between them."""
    few, at = pairwise(), PROJECTS.index(project)
    return [few[(at + len(PROJECTS) * step) % len(few)] for step in range(STEPS)]


def quarter(every, at):
    """Of all states those that look number `at` shows: each of them in every language, text, gloves and window, the themes in turn."""
    screens = list(dict.fromkeys(screen for _, screen, _ in every))
    return [state for state in every if (screens.index(state[1]) + at // len(THEMES) + at) % len(THEMES) == 0]


def test_every_look_is_seen_and_every_state_in_all_but_the_themes():
    every = list(states("labelled"))
    shown = [[name for name, _, _ in quarter(every, at)] for at in range(len(LOOKS))]
    assert all(shown)
    of_one = [sorted(chain(*shown[at : at + len(THEMES)])) for at in range(0, len(LOOKS), len(THEMES))]
    assert of_one == [sorted(name for name, _, _ in every)] * (len(LOOKS) // len(THEMES))


def test_a_theme_has_colours_of_its_own_and_no_size():
    plain = {re.sub("#[0-9A-F]{6}", "#", style_sheet.sheet(tokens, Metrics(150, True))) for tokens in THEMES.values()}
    assert len(plain) == 1


def test_the_share_of_a_build_machine_holds_every_two_choices():
    shared = [looked for project in PROJECTS for looked in share_of(project)]
    assert set().union(*map(meetings, shared)) == set().union(*map(meetings, LOOKS))


@pytest.mark.parametrize(
    "project", [pytest.param(project, marks=pytest.mark.full(f"screen_looks_{project or 'none'}")) for project in PROJECTS]
)
def test_nothing_is_cut_or_covered_in_any_look(window, still, settle, open_in_window, every_made, tmp_path, project, counts, evidence):
    whole = counts(ci=1, full=len(LOOKS)) > 1
    window.preferences.change(too_fast_ms=0)
    if project:
        open_in_window(copy_of(project, every_made, tmp_path))
    found, seen = [], 0
    for step, looked in enumerate(LOOKS if whole else share_of(project)):
        named = "-".join(str(getattr(value, "width", lambda value=value: value)()) for value in looked.values())
        window.resize(looked["size"])
        window.preferences.change(language=looked["spoken"], theme=looked["theme"], size=looked["percent"], gloves=looked["gloves"])
        every = list(states(project))
        for name, screen, bring in quarter(every, step) if whole else every[step::STEPS]:
            window.go(screen)
            arrive(settle)
            bring(window)
            rest(window, settle)
            large = looked["percent"] > 100 or looked["gloves"]
            found += [f"{name} in {named}: {fault}" for fault in lasting(window, settle, large)]
            seen += 1
            if PICTURES:
                window.grab().save(str(Path(PICTURES) / f"{project or 'none'}-{name}-{named}.png"))
            if hasattr(window.shown_screen().presenter, "escape"):
                window.shown_screen().presenter.escape()
    evidence(screens=seen, faults=len(found))
    assert not found, "\n".join(found)
