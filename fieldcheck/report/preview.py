"""Report preview, before it is written: its pages, how much room it takes, and how much there
is."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fieldcheck.analyses import names_and_numbers as named
from fieldcheck.analyses.domain_shift import compare_sets
from fieldcheck.analyses.report_data import Report
from fieldcheck.errors.files import PathMissing
from fieldcheck.i18n import language
from fieldcheck.progress import Progress
from fieldcheck.project.project import Project
from fieldcheck.project.tables.project_state import compute_content_state
from fieldcheck.report import section
from fieldcheck.report.assemble import load_current_report
from fieldcheck.report.folder import build_folder_contents
from fieldcheck.report.pdf import render_page_images
from fieldcheck.report.section import SECTIONS
from fieldcheck.report.summary_page import build_first_page, list_range_sentences

PAGE_PPI = 110.0  # A4 is then 910 x 1287 px, as wide as the preview on a common screen


@dataclass(frozen=True, slots=True)
class Preview:
    """A report and its printed pages as PNG. `write_built_report` writes this very report."""

    report: Report
    images: tuple[bytes, ...] = field(repr=False)


def build_preview(project: Project, lang: str, progress: Progress, now: str) -> Preview:
    """The report of the project as it stands, and what its pages look like on a screen. Nothing is
    written to the project.

    Raises Cancelled, and DiskFull for the temporary folder.
    """
    with language.use_language(lang):
        report = load_current_report(project, lang, progress, now)
    progress.check()
    return Preview(report, render_page_images(report, PAGE_PPI))


def get_free_bytes(target: Path) -> int:
    """Room where `target` is or would be made. Raises PathMissing where not even a folder above it
    exists."""
    standing = next(
        (folder for folder in (target, *target.absolute().parents) if folder.is_dir()), None
    )
    if standing is None:
        raise PathMissing(target)
    return shutil.disk_usage(standing).free


@dataclass(frozen=True, slots=True)
class SummaryLine:
    """Page 1 in short, in the report's language. `sign` is the shape beside the verdict: octagon,
    triangle, tick, ring or unequal.

    `reason` stands beside the verdict; `ranges` names both intervals, where there are two.
    """

    verdict: str
    sign: str
    headline: tuple[str, ...]
    reason: str
    ranges: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReportDraft:
    """`files` of the report as they are written, without the list of their sums. `sections`: names,
    in the language of the caller, of those that the report may be without. `state` of the project
    that it is made of."""

    preview: Preview = field(repr=False)
    short: SummaryLine
    files: Mapping[str, bytes] = field(repr=False)
    sections: Mapping[str, str] = field(default_factory=dict)
    state: str = ""

    @property
    def needed(self) -> int:
        """Bytes that the files take."""
        return sum(len(data) for data in self.files.values())


def build_draft(project: Project, lang: str, progress: Progress, now: str) -> ReportDraft:
    """The report as it stands, in the language `lang`, with benchmark and footage compared first.
    Its pages are set once for as long as the project stands. Raises as `preview`."""
    compare_sets(project, progress, now)
    name = ("pages", lang, language.get_language())
    return project.results.get_or_compute(
        name,
        lambda: project.read(compute_content_state),
        lambda: _build_draft(project, lang, progress, now),
        progress.check,
    )


def _build_draft(project: Project, lang: str, progress: Progress, now: str) -> ReportDraft:
    state = project.read(compute_content_state)
    made = build_preview(project, lang, progress, now)
    progress.check()
    with language.use_language(lang):
        page, named_ranges = (
            build_first_page(made.report),
            tuple(list_range_sentences(made.report.field, made.report.gap)),
        )
    short = SummaryLine(
        page.verdict,
        named.get_readiness_sign(made.report.readiness),
        page.headline,
        page.because,
        named_ranges,
    )
    return ReportDraft(
        made,
        short,
        build_folder_contents(made.report),
        section.get_section_names(made.report, SECTIONS),
        state,
    )
