"""Project: what a visit is about; how the screen registers itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldcheck.i18n.language import tr
from fieldcheck.ui.screen import ActionSpec, Badge, ScreenHelp, ScreenSpec

if TYPE_CHECKING:
    from fieldcheck.domain.project_state import ProjectStatus


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
        problems=(
            (
                tr("If the model is refused"),
                tr(
                    "Read which field of its model card is missing, and edit the card; the "
                    "prediction is shown at once."
                ),
            ),
            (
                tr("If the reference score does not match"),
                tr(
                    "Check classes and preprocessing in the model card, and which part of the "
                    "benchmark was published."
                ),
            ),
        ),
    )


def _list_actions() -> list[ActionSpec]:
    return [
        ActionSpec("project.sample", tr("Open demo project"), ("S",), lambda do: do.open_sample()),
        ActionSpec("project.new", tr("New project"), ("N",), lambda do: do.start_new_project()),
        ActionSpec(
            "project.open", tr("Open project folder"), ("O",), lambda do: do.prompt_for_project()
        ),
        ActionSpec(
            "project.open_pack", tr("Open evidence pack"), ("P",), lambda do: do.prompt_for_pack()
        ),
        ActionSpec(
            "project.try", tr("Try model on an image"), ("T",), lambda do: do.prompt_for_trial()
        ),
        ActionSpec(
            "project.edit_site",
            tr("Edit site and conditions"),
            ("E",),
            lambda do: do.overview_presenter.edit_site(),
        ),
        ActionSpec(
            "project.edit_acceptance",
            tr("Edit acceptance"),
            ("A",),
            lambda do: do.overview_presenter.edit_acceptance(),
        ),
        ActionSpec(
            "project.edit_parts",
            tr("Set which part each frame shows"),
            ("R",),
            lambda do: do.overview_presenter.edit_parts(),
        ),
        ActionSpec(
            "project.edit_limits",
            tr("Edit limits"),
            ("L",),
            lambda do: do.overview_presenter.edit_limits(),
        ),
        ActionSpec(
            "project.confirm_ok",
            tr("Confirm proposed OK classes"),
            ("G",),
            lambda do: do.overview_presenter.accept_ok_classes(),
        ),
        *_list_file_actions(),
    ]


def _list_file_actions() -> list[ActionSpec]:
    """Actions of the cards of model and benchmark."""
    return [
        ActionSpec(
            "project.set_model",
            tr("Choose model"),
            ("M",),
            lambda do: do.overview_presenter.prompt_for_model(),
        ),
        ActionSpec("project.edit_card", tr("Edit model card"), ("K",), lambda do: do.edit_card()),
        ActionSpec(
            "project.check_model",
            tr("Diagnose model"),
            ("D",),
            lambda do: do.overview_presenter.run_model_check(),
        ),
        ActionSpec(
            "project.set_benchmark",
            tr("Choose benchmark"),
            ("B",),
            lambda do: do.overview_presenter.prompt_for_benchmark(),
        ),
        ActionSpec(
            "project.edit_claim",
            tr("Enter the benchmark's reference score"),
            ("C",),
            lambda do: do.overview_presenter.edit_claim(),
        ),
    ]


SPEC = ScreenSpec(
    id="project",
    package=__name__,
    icon="folder-open",
    order=1,
    name=lambda: tr("Project"),
    badge=_make_badge,
    help=_make_help,
    actions=_list_actions,
    acts=("site", "limits", "classes", "acceptance", "parts"),
)
