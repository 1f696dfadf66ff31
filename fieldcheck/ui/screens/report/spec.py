"""Report: the folder that is handed over; how the screen registers itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen_spec import About, Badge, ScreenSpec, not_yet, ready
from fieldcheck.ui.shell.action_entry import Entry
from fieldcheck.words.language import plural, text

if TYPE_CHECKING:
    from fieldcheck.domain.project_status import ProjectStatus
    from fieldcheck.ui.screens.report import presenter
else:
    presenter = LazyModule("fieldcheck.ui.screens.report.presenter")


def _badge(standing: ProjectStatus | None, _name: str) -> Badge:
    if standing is None:
        return not_yet()
    if standing.n_reports:
        return Badge("done", plural("{n} report", "{n} reports", standing.n_reports).format(n=standing.n_reports))
    return ready() if standing.n_labelled else not_yet()


def _about() -> About:
    return About(
        text("One folder that does not require Fieldcheck: pages as PDF and HTML, all values as CSV and JSON."),
        (
            text("Check page 1. Missing items are listed there; the report can still be exported."),
            text("Choose a destination: the project folder, a USB stick or any folder."),
            text("Press Ctrl+Enter to export. Every exported file is read back and verified."),
        ),
        (text("Page 1 shows the verdict, both scores with their 95% CI, the weakest slices and recommended actions."),),
    )


def _actions() -> list[Entry]:
    screen = "report"
    return [
        Entry("report.next_page", text("Next page"), ("PgDown",), screen),
        Entry("report.previous_page", text("Previous page"), ("PgUp",), screen),
        Entry("report.whole", text("Fit page"), ("W",), screen),
        Entry("report.width", text("Fit width"), ("F",), screen),
        Entry("report.form", text("Report sections and notes"), ("S",), screen),
        Entry("report.pack", text("Seal and evidence packs"), ("K",), screen),
        Entry("report.folder", text("Choose folder"), ("O",), screen),
    ]


SPEC = ScreenSpec(
    id="report",
    icon="file-document-check-outline",
    place=9,
    name=lambda: text("Report"),
    make=lambda context, header: presenter.build(context, header),
    badge=_badge,
    requires=("explore",),
    help=_about,
    actions=_actions,
    visit=lambda: (2, text("one folder for the USB stick")),
)
