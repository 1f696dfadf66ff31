"""The Label screen in every look: languages, themes, sizes of text and window, gloves, and classes
of any number and writing.

A share in which every two choices meet runs on a build machine, all of them under `--full`.
`FIELDCHECK_LABEL_PICTURES=FOLDER` keeps a picture of each, to be looked at.
"""

import itertools
import os
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRect
from PySide6.QtWidgets import QApplication, QWidget

from fieldcheck.domain.label import Box
from fieldcheck.ui.colours_and_high_contrast import THEMES
from fieldcheck.ui.screens.label.class_panel import ClassButton
from fieldcheck.ui.widgets.text_lines import FixedLinesLabel
from tests.ui.faults import faults
from tests.ui.screens.label.conftest import seen
from tests.ui.states import SMALL, USUAL, rest

PICTURES = os.environ.get("FIELDCHECK_LABEL_PICTURES", "")
LONG = "scratch across the sealing face, deeper than the varnish {:02d}"  # sixty characters
WRITINGS = (
    "⚠️ broken 🔩 bolt", "表面裂纹（密封面）", "ثقب في سطح الختم", "Öffnung fehlt", "OK",
    LONG.format(1),
)  # fmt: skip
CLASSES = {
    2: ("OK", "Crack"),
    15: tuple(f"{WRITINGS[at % len(WRITINGS)]} {at}" if at else "OK" for at in range(15)),
    60: tuple(LONG.format(at) if at % 3 else f"{WRITINGS[at % 5]} {at}" for at in range(60)),
}
CHOICES = {
    "spoken": ("en", "de", "xx"),
    "theme": tuple(THEMES),
    "percent": (100, 150, 175),
    "gloves": (False, True),
    "n": tuple(CLASSES),
    "kind": ("class", "boxes"),
    "size": (USUAL, SMALL),
}
EVERY = [dict(zip(CHOICES, values, strict=True)) for values in itertools.product(*CHOICES.values())]


def meetings(looked):
    """Every two choices that meet in a look."""
    return set(itertools.combinations(((name, str(value)) for name, value in looked.items()), 2))


def pairwise():
    """A few looks among which every two choices meet once at least."""
    left, few = set().union(*map(meetings, EVERY)), []
    while left:
        few.append(max(EVERY, key=lambda looked: len(meetings(looked) & left)))
        left -= meetings(few[-1])
    return few


def test_the_share_of_a_build_machine_holds_every_two_choices():
    assert set().union(*map(meetings, pairwise())) == set().union(*map(meetings, EVERY))
    assert len(pairwise()) <= 24


@pytest.mark.long
@pytest.mark.full("label_looks")
def test_nothing_is_cut_or_overlaps(window, still, label_screen, settle, qtbot, counts, evidence):
    looks = EVERY if counts(ci=1, full=len(EVERY)) > 1 else pairwise()
    found, work = [], label_screen.presenter.state.loaded_work
    for looked in looks:
        window.resize(looked["size"])
        gloves = looked["gloves"]
        window.preferences.update(
            language=looked["spoken"], theme=looked["theme"], size=looked["percent"], gloves=gloves
        )
        settle()
        presenter, classes = window.get_shown_screen().presenter, CLASSES[looked["n"]]
        changed = replace(work, classes=classes, kind=looked["kind"], labels={}, drafts={})
        presenter._on_frames_loaded(None, changed)
        seen(qtbot, window)
        if looked["kind"] == "boxes":
            boxes = (Box(classes[-1], 4, 4, 20, 12), Box(classes[0], 30, 20, 20, 12))
            presenter.drawing.boxing.replace_boxes(boxes)
            presenter._view.show_note(LONG * 4)
        rest(window, settle)
        named = "-".join(
            str(getattr(value, "width", lambda value=value: value)()) for value in looked.values()
        )
        found += [
            f"{named}: {fault}"
            for fault in (*faults(window), *of_label(window.get_shown_screen().view, window))
        ]
        if PICTURES:
            window.grab().save(str(Path(PICTURES) / f"{named}.png"))
    evidence(looks=len(looks), faults=len(found))
    assert not found, "\n".join(found)


def of_label(view, window):
    """What is wrong with the Label screen beside what can be wrong with any."""
    QApplication.processEvents()
    canvas, steady = view.canvas, (view.canvas, view._note, view.strip, view.unsure, view.skip)
    for part in steady:
        if part.visibleRegion().boundingRect() != part.rect():
            yield f"{part.accessibleName() or type(part).__name__} is not seen whole"
    if not QRect(canvas.rect()).contains(
        canvas.get_image_rect().toAlignedRect().adjusted(1, 1, -1, -1)
    ):
        yield "the frame leaves its canvas"
    if canvas.get_image_rect().height() < 0.25 * view.height():
        yield f"the frame is {canvas.get_image_rect().height():.0f} px of {view.height()} high"
    parts = [part for part in (*steady, view._panel, view._scroll) if part.isVisible()]
    for one, other in itertools.combinations(parts, 2):
        if not (one.isAncestorOf(other) or other.isAncestorOf(one)) and inside(
            one, window
        ).intersects(inside(other, window)):
            yield f"{type(one).__name__} lies over {type(other).__name__}"
    for part in view.findChildren(QWidget):
        if part.isVisible() and cut(part) and not part.toolTip():
            yield (
                f"{type(part).__name__} “{part.accessibleName() or part.text()}” is cut and "
                "has no tooltip"
            )


def cut(part):
    """Whether its words are shown with a part left out."""
    if isinstance(part, FixedLinesLabel):
        return any("…" in line for line in part.get_shown_lines()) and "…" not in part.text()
    return isinstance(part, ClassButton)


def inside(widget, window):
    return QRect(widget.mapTo(window, QPoint(0, 0)), widget.size())
