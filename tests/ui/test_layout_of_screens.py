"""Acceptance A1, A2 and A15: nothing is cut and nothing needs a scroll bar, on any screen, in any
language, at both sizes; each control has a name to be read out, each picture a description, and
nothing needs a mouse.

With larger text
    or gloves a page may be larger than the window; still no word of the program is cut,
and nothing lies over another. Looks in which every two choices of language,
text, gloves, window and theme meet are shared among the projects on a build machine, each state in
one of them; `--full` tries every one, and shows every project in every language. `FIELDCHECK_SCREEN_PICTURES=FOLDER` keeps a picture of each.
"""

import os
import re
import time
from itertools import chain, combinations, product
from pathlib import Path

import pytest

from fieldcheck.ui import theme as style_sheet
from fieldcheck.ui.colours_and_high_contrast import THEMES
from fieldcheck.ui.theme import Metrics
from tests.ui.access import kept_out
from tests.ui.faults import faults
from tests.ui.states import PROJECTS, SMALL, USUAL, arrive, copy_of, rest, states

LANGUAGES = ("en", "de", "xx")
EVERY = [
    pytest.param(spoken, project, marks=pytest.mark.full(f"layout_{spoken}_{project or 'none'}"))
    for spoken, project in product(LANGUAGES, PROJECTS)
]
PICTURES = os.environ.get("FIELDCHECK_SCREEN_PICTURES", "")
CHOICES = {
    "spoken": LANGUAGES,
    "percent": (100, 150, 175),
    "gloves": (False, True),
    "size": (SMALL, USUAL),
    "theme": tuple(THEMES),
}
LOOKS = [dict(zip(CHOICES, values, strict=True)) for values in product(*CHOICES.values())]
DRESSES = [
    {"percent": p, "gloves": g, "theme": t}
    for p, g, t in product(*(CHOICES[one] for one in ("percent", "gloves", "theme")))
]
"""What the window is built anew for in one language; every state is seen in both sizes before the
next one."""
WHOLE = [
    pytest.param(spoken, project, marks=pytest.mark.full(f"looks_{spoken}_{project or 'none'}"))
    for spoken, project in product(LANGUAGES, PROJECTS)
]
STEPS = 2
"""Looks in which an ordinary run sees each project, a quarter of its states in each: a screen that
has a state in one project has it in others too."""


def lasting(window, settle, may_scroll=False):
    """Faults that stay: the live view's words change while it runs, and their lines are laid out
    one event later."""
    found = faults(window, may_scroll)
    for _ in range(2 if found else 0):
        rest(window, settle)
        again = {without_words(one) for one in faults(window, may_scroll)}
        found = [one for one in found if without_words(one) in again]
    return found


def without_words(fault):
    """A fault without what a label says just now."""
    return re.sub(r"“.*?”|\d+", "", fault)


SEEN = {
    ("en", ""): USUAL,
    ("xx", "boxed"): USUAL,
    ("de", "drawn"): USUAL,
    ("de", "labelled"): SMALL,
}
"""What an ordinary run shows of every language with every project, and in which size: the longest
words in the smallest window with the project that has most screens."""


@pytest.fixture
def sizes(counts, project, spoken):
    """Of the window, for one project in one language; where an ordinary run does not show it, the
    test is skipped before it has a window."""
    is_seen = (spoken, project) in SEEN
    return (USUAL, SMALL) if counts(ci=int(is_seen), full=2) == 2 else (SEEN[spoken, project],)


@pytest.mark.short_cases(3)
@pytest.mark.parametrize(("spoken", "project"), EVERY)
def test_every_control_is_whole_within_the_window_and_within_reach(
    sizes, window, still, settle, open_in_window, every_made, tmp_path, evidence, spoken, project
):
    window.preferences.update(language=spoken, too_fast_ms=0)
    if project:
        open_in_window(copy_of(project, every_made, tmp_path))
    found, seen = [], 0
    for name, screen, bring in states(project):
        for size in sizes:
            window.resize(USUAL)  # where a window begins that is made small
            window.show_screen(screen)
            window.resize(size)
            arrive(settle)
            bring(window)
            rest(window, settle)
            seen += 1
            found += [f"{name} at {size.width()}: {fault}" for fault in lasting(window, settle)]
            found += [
                f"{name} at {size.width()}: {fault}"
                for fault in (
                    kept_out(window) if spoken == "en" or (spoken, project) in SEEN else ()
                )
            ]
            if hasattr(window.get_shown_screen().presenter, "escape"):
                window.get_shown_screen().presenter.escape()
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
    """Of all states those that dress number `at` shows: each of them in every language, text and
    gloves, the themes in turn."""
    screens = list(dict.fromkeys(screen for _, screen, _ in every))
    return [
        state
        for state in every
        if (screens.index(state[1]) + at // len(THEMES) + at) % len(THEMES) == 0
    ]


def test_every_look_is_seen_and_every_state_in_all_but_the_themes():
    every = list(states("labelled"))
    shown = [[name for name, _, _ in quarter(every, at)] for at in range(len(DRESSES))]
    assert all(shown)
    of_one = [
        sorted(chain(*shown[at : at + len(THEMES)])) for at in range(0, len(DRESSES), len(THEMES))
    ]
    assert of_one == [sorted(name for name, _, _ in every)] * (len(DRESSES) // len(THEMES))
    assert len(DRESSES) * len(CHOICES["spoken"]) * len(CHOICES["size"]) == len(LOOKS)


def test_a_theme_has_colours_of_its_own_and_no_size():
    plain = {
        re.sub("#[0-9A-F]{6}", "#", style_sheet.build_style_sheet(tokens, Metrics(150, True)))
        for tokens in THEMES.values()
    }
    assert len(plain) == 1


def test_the_share_of_a_build_machine_holds_every_two_choices():
    shared = [looked for project in PROJECTS for looked in share_of(project)]
    assert set().union(*map(meetings, shared)) == set().union(*map(meetings, LOOKS))


def seen_in(window, settle, project, looked, state, found):
    """Brings the window into a state in a look it has put on already, and adds what is cut or
    covered to `found`."""
    name, screen, bring = state
    window.show_screen(screen)
    window.resize(looked["size"])
    arrive(settle)
    bring(window)
    rest(window, settle)
    named = "-".join(
        str(getattr(value, "width", lambda value=value: value)()) for value in looked.values()
    )
    large = looked["percent"] > 100 or looked["gloves"]
    found += [f"{name} in {named}: {fault}" for fault in lasting(window, settle, large)]
    if PICTURES:
        window.grab().save(str(Path(PICTURES) / f"{project or 'none'}-{name}-{named}.png"))
    if hasattr(window.get_shown_screen().presenter, "escape"):
        window.get_shown_screen().presenter.escape()


def put_on(window, looked):
    """Language, theme, text and gloves of a look, which build the window anew; its size comes with
    each state."""
    language = looked["spoken"]
    window.preferences.update(
        language=language, theme=looked["theme"], size=looked["percent"], gloves=looked["gloves"]
    )


@pytest.mark.long
@pytest.mark.parametrize("project", PROJECTS)
def test_nothing_is_cut_or_covered_in_looks_where_every_two_choices_meet(
    window, still, settle, open_in_window, every_made, tmp_path, project
):
    window.preferences.update(too_fast_ms=0)
    if project:
        open_in_window(copy_of(project, every_made, tmp_path))
    found = []
    for step, looked in enumerate(share_of(project)):
        window.resize(looked["size"])
        put_on(window, looked)
        for state in list(states(project))[step :: 2 * STEPS]:
            seen_in(window, settle, project, looked, state, found)
    assert not found, "\n".join(found)


@pytest.fixture
def dresses(counts):
    """All of them under `--full`; else the test is skipped before it has a window."""
    return DRESSES[: counts(ci=0, full=len(DRESSES))]


@pytest.mark.parametrize(("spoken", "project"), WHOLE)
def test_nothing_is_cut_or_covered_in_any_look(
    dresses, window, still, settle, open_in_window, every_made, tmp_path, evidence, spoken, project
):
    window.preferences.update(too_fast_ms=0)
    if project:
        open_in_window(copy_of(project, every_made, tmp_path))
    found, seen, before = [], 0, time.process_time()
    for at, dress in enumerate(dresses):
        put_on(window, {"spoken": spoken, **dress})
        for state in quarter(list(states(project)), at):
            for size in CHOICES["size"]:
                looked = {"spoken": spoken, **dress, "size": size}
                seen_in(window, settle, project, looked, state, found)
                seen += 1
    processor_seconds = round(time.process_time() - before)
    looks = 2 * len(dresses)
    evidence(looks=looks, layouts=seen, processor_seconds=processor_seconds, faults=len(found))
    assert not found, "\n".join(found)
