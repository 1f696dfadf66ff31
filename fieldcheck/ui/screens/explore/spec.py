"""Explore: where and why the model fails; how the screen registers itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen_spec import About, Badge, ScreenSpec, not_yet, ready
from fieldcheck.ui.shell.action_entry import Entry
from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.domain.project_status import ProjectStatus
    from fieldcheck.ui.screens.explore import presenter
else:
    presenter = LazyModule("fieldcheck.ui.screens.explore.presenter")


def _badge(standing: ProjectStatus | None, _name: str) -> Badge:
    if standing is None:
        return not_yet()
    if standing.n_labelled == 0 or standing.n_models == 0:
        return Badge("not_yet", text("needs labels") if standing.n_labelled == 0 else text("needs a model"))
    if standing.n_answers < standing.n_benchmark + standing.n_picked:
        return ready()
    return Badge("done", text("gap measured")) if standing.n_left == 0 else Badge("ready", text("so far"))


def _about() -> About:
    return About(
        text("The model answers on the benchmark and on the labelled frames, through the same code, and both scores stand side by side."),
        (
            text(
                "Run the model; stopped, it goes on from there. W shows the wrong frames, the most confident "
                "first; filter, sort and tag them."
            ),
            text("Enter on a slice, a class or a cell opens its frames; N finds frames like one, Space the nearest benchmark picture."),
            text(
                "Label review: M where the model was wrong, L where your label was, C where nobody can tell. The next one opens by itself."
            ),
            text(
                "Suspected label errors stand in groups of pictures that look alike, the worst group first; E "
                "writes what is shown into a folder."
            ),
        ),
        (
            text("A confident error costs most on the line: nobody would have looked twice."),
            text("A slice is called a blind spot only when it is 20 pp below the rest and that is demonstrated."),
            text("Label review can only raise the score, since it takes only disagreements: the headline stays with the first labels."),
        ),
    )


def _actions() -> list[Entry]:
    screen = "explore"
    return [
        Entry("explore.run", text("Run the model"), ("R",), screen),
        Entry("explore.gap", text("The gap and where it comes from"), ("1",), screen),
        Entry("explore.frames", text("Frames and benchmark pictures, filtered and sorted"), ("2",), screen),
        Entry("explore.map", text("The map of field and benchmark"), ("3",), screen),
        Entry("explore.look", text("Label review: what label and model disagree on"), ("4",), screen),
        Entry("explore.doubt", text("Suspected label errors"), ("5",), screen),
        Entry("explore.charts", text("Charts: confidence, entropy, severity, precision and recall, over time"), ("6",), screen),
        Entry("explore.worst", text("Wrong frames, the most confident first"), ("W",), screen),
        Entry("explore.filter", text("Filter the frames"), ("F",), screen),
        Entry("explore.compare", text("Compare with the nearest benchmark picture"), ("Space",), screen),
        Entry("explore.alike", text("Frames like this one"), ("N",), screen),
        Entry("explore.tag", text("Tag the frames that are selected"), ("T",), screen),
        Entry("explore.save", text("Save the filter as a slice"), ("S",), screen),
        Entry("explore.delete_slice", text("Delete the saved slice that is shown"), ("Shift+S",), screen),
        Entry("explore.export", text("Export these frames"), ("E",), screen),
        Entry("explore.export_people", text("Export these frames, those with a marked person too"), ("Shift+E",), screen),
        Entry("explore.model_wrong", text("The model was wrong"), ("M",), screen),
        Entry("explore.label_wrong", text("My label was wrong"), ("L",), screen),
        Entry("explore.cannot_tell", text("Nobody can tell"), ("C",), screen),
        Entry("explore.overlays", text("Show or hide boxes, points and masks"), ("H",), screen),
    ]


SPEC = ScreenSpec(
    id="explore",
    icon="view-grid-outline",
    place=5,
    name=lambda: text("Explore"),
    make=lambda context, header: presenter.build(context, header),
    badge=_badge,
    requires=("label",),
    help=_about,
    actions=_actions,
    acts=("tag", "slice", "second_look"),
    visit=lambda: (3, text("what it got wrong, and where")),
)
