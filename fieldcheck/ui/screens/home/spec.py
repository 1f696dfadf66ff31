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
        text("A project is one folder: model, labels, results, and the footage or the place where it lies."),
        (
            text("Open the sample to look around: it needs nothing but this computer."),
            text("For your own site: start a project, name the model, and name the benchmark that its score comes from."),
            text("A model that does not say how it is fed is asked about: change a field of its card and watch what the frames answer."),
            text("Write down site, light and limit; they stand in the report."),
        ),
        (text("The reference score is what somebody stated. Fieldcheck scores the benchmark again here and says whether both agree."),),
    )


def _actions() -> list[Entry]:
    screen = "project"
    return [
        Entry("project.sample", text("Open the sample project"), ("S",), screen),
        Entry("project.new", text("Start a new project"), ("N",), screen),
        Entry("project.open", text("Open a project folder"), ("O",), screen),
        Entry("project.open_pack", text("Open an evidence pack"), ("P",), screen),
        Entry("project.try", text("Try a model on a picture"), ("T",), screen),
        Entry("project.edit_site", text("Edit site and light"), ("E",), screen),
        Entry("project.edit_limits", text("Edit the limits"), ("L",), screen),
        Entry("project.confirm_ok", text("Say that the proposed classes are OK"), ("G",), screen),
        Entry("project.set_model", text("Choose the model"), ("M",), screen),
        Entry("project.edit_card", text("Edit the model card"), ("K",), screen),
        Entry("project.check_model", text("Examine the model"), ("D",), screen),
        Entry("project.set_benchmark", text("Choose the benchmark"), ("B",), screen),
        Entry("project.edit_claim", text("State the reference score of the benchmark"), ("C",), screen),
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
