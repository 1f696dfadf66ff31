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
    return Badge("done", text("gap measured")) if standing.n_left == 0 else Badge("ready", text("in progress"))


def _about() -> About:
    return About(
        text("The model is run on the benchmark and on the labelled frames with the same code. Both scores are shown side by side."),
        (
            text(
                "Run the model; a stopped run continues where it left off. Press W to show wrong frames, most "
                "confident first; then filter, sort and tag them."
            ),
            text(
                "Press Enter on a slice, class or cell to show its frames. Press N for similar frames and Space for "
                "the most similar benchmark image."
            ),
            text(
                "In label review press M if the model is wrong, L if the label is wrong, C if you can't tell. The "
                "next frame opens automatically."
            ),
            text("Suspected label errors are grouped by similar images, worst group first. Press E to export the current selection."),
        ),
        (
            text("Confident errors are the most costly on the line, because they are not double-checked."),
            text("A slice is called a blind spot only if it is demonstrably 20 pp below the rest."),
            text(
                "Label review can only raise the score, because only disagreements are reviewed. The main result uses the original labels."
            ),
        ),
    )


def _actions() -> list[Entry]:
    screen = "explore"
    return [
        Entry("explore.run", text("Run model"), ("R",), screen),
        Entry("explore.gap", text("Gap and its decomposition"), ("1",), screen),
        Entry("explore.frames", text("Field frames and benchmark images, filtered and sorted"), ("2",), screen),
        Entry("explore.map", text("Similarity map of field and benchmark"), ("3",), screen),
        Entry("explore.look", text("Review disagreements between label and prediction"), ("4",), screen),
        Entry("explore.doubt", text("Suspected label errors"), ("5",), screen),
        Entry("explore.charts", text("Charts: confidence, entropy, severity, precision and recall, over time"), ("6",), screen),
        Entry("explore.worst", text("Show wrong frames, most confident first"), ("W",), screen),
        Entry("explore.filter", text("Filter frames"), ("F",), screen),
        Entry("explore.compare", text("Compare with the most similar benchmark image"), ("Space",), screen),
        Entry("explore.alike", text("Show similar frames"), ("N",), screen),
        Entry("explore.tag", text("Tag selected frames"), ("T",), screen),
        Entry("explore.save", text("Save filter as slice"), ("S",), screen),
        Entry("explore.delete_slice", text("Delete selected slice"), ("Shift+S",), screen),
        Entry("explore.export", text("Export these frames"), ("E",), screen),
        Entry("explore.export_people", text("Export these frames, including frames with a person"), ("Shift+E",), screen),
        Entry("explore.model_wrong", text("Model wrong"), ("M",), screen),
        Entry("explore.label_wrong", text("Label wrong"), ("L",), screen),
        Entry("explore.cannot_tell", text("Can't tell"), ("C",), screen),
        Entry("explore.overlays", text("Show or hide overlays (boxes, points, masks)"), ("H",), screen),
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
    visit=lambda: (3, text("which errors, and where")),
)
