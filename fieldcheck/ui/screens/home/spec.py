"""Project: what a visit is about; how the screen registers itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen_spec import About, Badge, ScreenSpec
from fieldcheck.ui.shell.action_entry import Entry
from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.domain.project_status import ProjectStatus
    from fieldcheck.ui.screens.home import presenter
else:
    presenter = LazyModule("fieldcheck.ui.screens.home.presenter")


def _badge(standing: ProjectStatus | None, name: str) -> Badge:
    return Badge("not_yet", text("none open")) if standing is None else Badge("none", name)


def _about() -> About:
    return About(
        text("A project is one folder with model, labels and results. Footage is stored in it or linked."),
        (
            text("Open the demo project to explore Fieldcheck without a camera or a model."),
            text("For your own site, create a project, add the model, and choose the benchmark behind its reference score."),
            text("If a model does not define its preprocessing, edit its model card and watch the predictions."),
            text("Enter site, conditions and limits; they appear in the report."),
        ),
        (text("The reference score is the published score. Fieldcheck measures the benchmark again and reports whether the two agree."),),
    )


def _actions() -> list[Entry]:
    screen = "project"
    return [
        Entry("project.sample", text("Open demo project"), ("S",), screen),
        Entry("project.new", text("New project"), ("N",), screen),
        Entry("project.open", text("Open project folder"), ("O",), screen),
        Entry("project.open_pack", text("Open evidence pack"), ("P",), screen),
        Entry("project.try", text("Try model on an image"), ("T",), screen),
        Entry("project.edit_site", text("Edit site and conditions"), ("E",), screen),
        Entry("project.edit_limits", text("Edit limits"), ("L",), screen),
        Entry("project.confirm_ok", text("Confirm proposed OK classes"), ("G",), screen),
        Entry("project.set_model", text("Choose model"), ("M",), screen),
        Entry("project.edit_card", text("Edit model card"), ("K",), screen),
        Entry("project.check_model", text("Diagnose model"), ("D",), screen),
        Entry("project.set_benchmark", text("Choose benchmark"), ("B",), screen),
        Entry("project.edit_claim", text("Enter the benchmark's reference score"), ("C",), screen),
    ]


SPEC = ScreenSpec(
    id="project",
    icon="folder-open-outline",
    place=1,
    name=lambda: text("Project"),
    make=lambda context, header: presenter.build(context, header),
    badge=_badge,
    help=_about,
    actions=_actions,
    acts=("site", "limits", "classes"),
)
