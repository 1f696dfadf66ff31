"""A report as it lies on the desk before it is written: its pages, what it says in short, and the room that it needs."""

from __future__ import annotations

from dataclasses import dataclass, field

from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.report import code_names as named
from fieldcheck.report.summary_page import opening, ranges
from fieldcheck.words import language
from fieldcheck.workflows.report.report_pages import Preview, needed_bytes, preview


@dataclass(frozen=True, slots=True)
class Short:
    """Page 1 in short, in the report's language. `sign` is the shape beside the verdict: octagon, triangle, tick, ring or unequal.

    `ranges` names both intervals, where there are two.
    """

    verdict: str
    sign: str
    headline: tuple[str, ...]
    ranges: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportDraft:
    """`needed` bytes are what the files take, without the list of their sums."""

    preview: Preview = field(repr=False)
    short: Short
    needed: int


def draft(project: Project, lang: str, progress: Progress, now: str) -> ReportDraft:
    """The report as it stands, in the language `lang`. Nothing is written to the project. Raises as `preview`."""
    made = preview(project, lang, progress, now)
    progress.check()
    with language.spoken(lang):
        page, named_ranges = opening(made.report), tuple(ranges(made.report))
    short = Short(page.verdict, named.sign_of(made.report.readiness), page.headline, named_ranges)
    return ReportDraft(made, short, needed_bytes(made.report))
