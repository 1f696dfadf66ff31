"""Project: what a visit is about; how the screen registers itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldcheck.i18n.language import tr
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen import Badge, ScreenHelp, ScreenSpec
from fieldcheck.ui.shell.shortcuts import ActionSpec

if TYPE_CHECKING:
    from fieldcheck.domain.project_state import ProjectStatus
    from fieldcheck.ui.screens.home import presenter
else:
    presenter = LazyModule("fieldcheck.ui.screens.home.presenter")


def _make_badge(standing: ProjectStatus | None, name: str) -> Badge:
    return Badge("not_yet", tr("none open")) if standing is None else Badge("none", name)


def _make_help() -> ScreenHelp:
    return ScreenHelp(
        tr(
            "A project is one folder with model, labels and results. Footage is stored in it "
            "or linked."
        ),
        (
            tr("Open the demo project to explore Fieldcheck without a camera or a model."),
            tr(
                "For your own site, create a project, add the model, and choose the benchmark "
                "behind its reference score."
            ),
            tr(
                "If a model does not define its preprocessing, edit its model card and watch "
                "the predictions."
            ),
            tr("Enter site, conditions and limits; they appear in the report."),
        ),
        (
            tr(
                "The reference score is the published score. Fieldcheck measures the benchmark "
                "again and reports whether the two agree."
            ),
        ),
    )


def _list_actions() -> list[ActionSpec]:
    screen = "project"
    return [
        ActionSpec("project.sample", tr("Open demo project"), ("S",), screen),
        ActionSpec("project.new", tr("New project"), ("N",), screen),
        ActionSpec("project.open", tr("Open project folder"), ("O",), screen),
        ActionSpec("project.open_pack", tr("Open evidence pack"), ("P",), screen),
        ActionSpec("project.try", tr("Try model on an image"), ("T",), screen),
        ActionSpec("project.edit_site", tr("Edit site and conditions"), ("E",), screen),
        ActionSpec("project.edit_limits", tr("Edit limits"), ("L",), screen),
        ActionSpec("project.confirm_ok", tr("Confirm proposed OK classes"), ("G",), screen),
        ActionSpec("project.set_model", tr("Choose model"), ("M",), screen),
        ActionSpec("project.edit_card", tr("Edit model card"), ("K",), screen),
        ActionSpec("project.check_model", tr("Diagnose model"), ("D",), screen),
        ActionSpec("project.set_benchmark", tr("Choose benchmark"), ("B",), screen),
        ActionSpec(
            "project.edit_claim", tr("Enter the benchmark's reference score"), ("C",), screen
        ),
    ]


SPEC = ScreenSpec(
    id="project",
    icon="folder-open-outline",
    order=1,
    name=lambda: tr("Project"),
    make=lambda context, header: presenter.build_screen(context, header),
    badge=_make_badge,
    help=_make_help,
    actions=_list_actions,
    bind_actions=("site", "limits", "classes"),
)
