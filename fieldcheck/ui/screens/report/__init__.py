"""Report: the folder that is handed over; how the screen registers itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.ui.screen import (
    ActionSpec,
    Badge,
    ScreenHelp,
    ScreenSpec,
    make_pending_badge,
    make_ready_badge,
)

if TYPE_CHECKING:
    from fieldcheck.domain.project_state import ProjectStatus


def _make_badge(standing: ProjectStatus | None, _name: str) -> Badge:
    if standing is None:
        return make_pending_badge()
    if standing.n_reports:
        return Badge(
            "done", tr_plural("{n} report", "{n} reports", standing.n_reports, n=standing.n_reports)
        )
    return make_ready_badge() if standing.n_labelled else make_pending_badge()


def _make_help() -> ScreenHelp:
    return ScreenHelp(
        tr(
            "One folder that does not require Fieldcheck: pages as PDF and HTML, all values "
            "as CSV and JSON."
        ),
        (
            tr("Check page 1. Missing items are listed there; the report can still be exported."),
            tr("Choose a destination: the project folder, a USB stick or any folder."),
            tr("Press Ctrl+Enter to export. Every exported file is read back and verified."),
        ),
        (
            tr(
                "Page 1 shows the verdict, both scores with their 95% CI, the weakest slices and "
                "recommended actions."
            ),
        ),
        problems=(
            (
                tr("If something is listed as missing"),
                tr("Its line says what to do; the report can be exported without it."),
            ),
            (
                tr("If the drive is full"),
                tr("Choose another folder, or free up space; nothing saved before is lost."),
            ),
        ),
    )


def _list_actions() -> list[ActionSpec]:
    return [
        ActionSpec("report.next_page", tr("Next page"), ("PgDown",), lambda do: do.step_page(1)),
        ActionSpec(
            "report.previous_page", tr("Previous page"), ("PgUp",), lambda do: do.step_page(-1)
        ),
        ActionSpec("report.whole", tr("Fit page"), ("W",), lambda do: do.set_page_mode("whole")),
        ActionSpec("report.width", tr("Fit width"), ("F",), lambda do: do.set_page_mode("width")),
        ActionSpec(
            "report.form", tr("Report sections and notes"), ("S",), lambda do: do.toggle_form()
        ),
        ActionSpec(
            "report.pack", tr("Seal and evidence packs"), ("K",), lambda do: do.show_packs()
        ),
        ActionSpec("report.folder", tr("Choose folder"), ("O",), lambda do: do.prompt_for_folder()),
    ]


SPEC = ScreenSpec(
    id="report",
    package=__name__,
    icon="report",
    order=9,
    name=lambda: tr("Report"),
    badge=_make_badge,
    requires=("explore",),
    help=_make_help,
    actions=_list_actions,
    visit=lambda: (2, tr("one folder for the USB stick")),
)
