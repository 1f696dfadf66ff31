"""Assembly of the report: figures computed once per project state, change since an earlier report,
and provenance; and its preview before it is written: its pages and how much room it takes."""

from __future__ import annotations

import logging
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np

from fieldcheck.analyses import decision
from fieldcheck.analyses import names_and_numbers as named
from fieldcheck.analyses import report_data as paper
from fieldcheck.analyses.confident_errors import build_finding_frames
from fieldcheck.analyses.domain_shift import compare_sets
from fieldcheck.analyses.failures import get_clip_names
from fieldcheck.analyses.gap import (
    build_benchmark_result,
    build_field_result,
    build_model_part,
    build_recording_summaries,
    compute_gap_result,
)
from fieldcheck.analyses.label_noise import measure_pace
from fieldcheck.analyses.report_data import Report
from fieldcheck.analyses.shared_classes import load_compared_sides
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors.files import DiskFull, PathMissing
from fieldcheck.errors.projects import ReportRefused
from fieldcheck.files import map_os_errors, require_utf8
from fieldcheck.i18n import language
from fieldcheck.labels.store import list_repeat_agreements
from fieldcheck.models.benchmark import list_changed_images
from fieldcheck.models.check_model import get_claim
from fieldcheck.models.providers import (
    get_library_versions,
    get_machine_kind,
    get_set_parity,
    list_used_providers,
)
from fieldcheck.models.scored_sides import BOOTSTRAP_SEED, FieldSide
from fieldcheck.models.store import get_card
from fieldcheck.paths import DATABASE
from fieldcheck.progress import Progress
from fieldcheck.project import undo
from fieldcheck.project.folder import open_project
from fieldcheck.project.limits import get_set_limits
from fieldcheck.project.memoise import memo_scope
from fieldcheck.project.project import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import project_state as reports_table
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.project.tables import values as settings_table
from fieldcheck.project.tables.project_state import compute_content_state
from fieldcheck.report import section
from fieldcheck.report.csv_files import build_frame_rows, build_prediction_rows
from fieldcheck.report.folder import SUMMARY, build_folder_contents, build_summary, write_folder
from fieldcheck.report.pdf import render_page_images
from fieldcheck.report.report_change import Summary, compare_summaries, is_unchanged
from fieldcheck.report.section import KEY, SECTIONS, load_report_form
from fieldcheck.report.summary_page import build_first_page, list_range_sentences
from fieldcheck.report.verdict_and_checklist import (
    describe_reason,
    get_verdict,
    load_exempted,
    with_checklist,
    with_verdict,
)
from fieldcheck.safe_json_yaml import MOST_BYTES, InvalidDocument, parse_json
from fieldcheck.stats import gap as verdicts

# Change since an earlier report, the project's last or a given one, compared by their summaries.

log = logging.getLogger(__name__)


MOST_COMPARED = 8  # reports that may say the same one after the other


def list_last_summaries(project: Project, most: int = 1) -> list[Summary]:
    """`summary.json` of the newest reports that measured a field score, the newest first, without
    those that cannot be read."""
    kept = project.read(lambda db: reports_table.list_last_summaries(db, most))
    return [summary for summary in map(_parse_summary, kept) if summary is not None]


def _parse_summary(text: str) -> Summary | None:
    try:
        summary = parse_json(text)
    except InvalidDocument:
        return None
    return summary if _is_summary(summary) else None


def load_summary(path: Path) -> Summary:
    """The summary of a report's folder, of its `summary.json`, or of a project's newest report.

    Raises PathMissing, ReportRefused (`none`, `unreadable`, `other`), and what opening a project
    raises.
    """
    if not path.exists():
        raise PathMissing(path)
    if path.is_dir() and (path / DATABASE).exists():
        with open_project(path, write=False) as other:
            summaries = list_last_summaries(other)
        if not summaries:
            raise ReportRefused(path, "none")
        return summaries[0]
    file = path / SUMMARY if path.is_dir() else path
    if not file.is_file():
        raise ReportRefused(path, "none")
    with map_os_errors(file), file.open("rb") as source:
        text = source.read(MOST_BYTES + 1)
    try:
        summary = parse_json(text)
    except InvalidDocument as error:
        raise ReportRefused(file, "unreadable", str(error)) from error
    if not _is_summary(summary):
        raise ReportRefused(file, "other")
    return cast(Summary, summary)


def add_report_change(project: Project, report: Report, earlier: Summary | None) -> Report:
    """Report with its change since an earlier one among its results: where none is named, since the
    project's last one that says something else, for one that is printed again, or in the other
    language, changes nothing."""
    now, named = build_summary(report), earlier is not None
    before = [earlier] if earlier is not None else list_last_summaries(project, MOST_COMPARED)
    change = compare_summaries(before[0], now, named=named) if before else None
    for summary in before[1:]:
        if change is None or not is_unchanged(change):
            break
        older = compare_summaries(summary, now, named=named)
        change = older if older is not None and not is_unchanged(older) else change
    return replace(report, results={**report.results, "change": change})


def _is_summary(document: Any) -> bool:
    return isinstance(document, dict) and all(
        key in document for key in ("schema", "created", "project", "model", "field", "gap")
    )


# Provenance of a report: versions, seeds, hashes, machine, and who labelled how fast.

# how reports gave the interval of the camera before method 2 (methods 2.4a)
METHOD_1 = "cluster_wilson"


def list_notes(project: Project, settings: Mapping[str, object]) -> tuple[str, ...]:
    """Notes that the reader must know before the figures, as codes."""
    moved = project.read(lambda db: undo.is_done_after(db, "clip.", "label."))
    older = project.read(lambda db: reports_table.has_report_by(db, METHOD_1))
    there = {
        "rendered_sample": settings.get("rendered_sample"),
        "borders_changed": moved,
        "intervals_recomputed": older,
    }
    return tuple(code for code, is_so in there.items() if is_so)


def add_report_history(project: Project, provenance: paper.Provenance) -> paper.Provenance:
    """Provenance with the number of this report, and the one before, as they are now."""
    last = project.read(reports_table.get_last_scores)
    return replace(
        provenance,
        revision=len(project.read(reports_table.list_reports)) + 1,
        last=None if last is None else paper.LastReport(*last),
    )


def collect_provenance(
    project: Project, side: FieldSide, model: StoredModel | None
) -> paper.Provenance:
    """Whatever repeats the figures. `hashes`: SHA-256 of every recording, the model and its
    card."""
    seconds = [label.seconds for label in side.labels.values() if label.seconds is not None]
    recordings = project.read(recordings_table.list_recordings)
    hashes = {recording.source: recording.sha256 for recording in recordings}
    if model is not None:
        hashes["model"] = model.sha256
        hashes["card"] = model.card_sha256
    provenance = paper.Provenance(
        versions=get_library_versions(),
        seeds={
            **{f"draw {draw.draw_id}": draw.seed for draw in side.draws},
            "bootstrap": BOOTSTRAP_SEED,
        },
        hashes=hashes,
        machine=get_machine_kind(),
        seconds_per_label=float(np.median(seconds)) if seconds else None,
        labelled_by=tuple(sorted({label.by for label in side.labels.values() if label.by})),
        pace=measure_pace(project),
        repeats=list_repeat_agreements(project),
        providers=list_used_providers(project, model),
        parity=get_set_parity(project, model),
    )
    return add_report_history(project, provenance)


# The report for the project's present state: its numbers are computed once and shared by all
# callers.

STATE = partial(compute_content_state, without=(KEY,))
"""Notes and sections left out change no figure, nor do reports that were written."""


def get_stored_report(
    project: Project, lang: str, work_out: Callable[[], Report], progress: Progress, now: str
) -> Report:
    """Report in the language `lang` with the form that is chosen, made at `now`, of what `work_out`
    gives. Raises Cancelled."""

    def build_once() -> Report:
        with memo_scope():
            return work_out()

    report = project.results.get_or_compute(
        ("report", lang), lambda: project.read(STATE), build_once, progress.check
    )
    form, provenance = load_report_form(project), add_report_history(project, report.provenance)
    return replace(
        report, created=now, provenance=provenance, results={**report.results, "form": form}
    )


@dataclass(frozen=True, slots=True)
class WrittenReport:
    """A report and where it was written. `files` are absolute, the page first."""

    project: Path
    report: paper.Report
    folder: Path
    files: tuple[Path, ...]

    @property
    def page(self) -> Path:
        return self.files[0]


def write_report(
    project: Project,
    out: Path,
    lang: str,
    progress: Progress,
    now: str,
    earlier: Summary | None = None,
) -> WrittenReport:
    """Assembles the report of the newest model and writes its folder under `out`. What is missing
    is said in the report. `earlier`: the summary of the report that it is compared with, the
    project's last one where none is named.

    Raises DiskFull, ReadOnlyPlace, PathRefused (a folder's name that cannot be kept).
    """
    with language.use_language(lang):
        return write_built_report(
            project, load_current_report(project, lang, progress, now, earlier), out
        )


def write_built_report(
    project: Project, report: paper.Report, out: Path, contents: Mapping[str, bytes] | None = None
) -> WrittenReport:
    """Writes the folder of a report that is there already, and keeps its summary in the project.
    `contents`: its files, where they are there too. Raises as `write_report`."""
    require_utf8(str(out.resolve()))
    files = tuple(path.resolve() for path in write_folder(report, out, contents))
    folder = files[0].parent
    summary_text = (folder / SUMMARY).read_text(encoding="utf-8")
    stored = reports_table.StoredReport(str(folder), report.created, report.language, summary_text)
    if project.writable:
        try:
            project.write(lambda db: reports_table.put_report(db, stored)).result()
        except DiskFull as error:
            # as for a project that can only be read: the report is there, often on another disk
            log.warning("the project keeps no summary of the report: %r", error)
    return WrittenReport(project.path, report, folder, files)


def load_current_report(
    project: Project, lang: str, progress: Progress, now: str, earlier: Summary | None = None
) -> paper.Report:
    """The report of the project as it stands, made at `now`; its figures are worked out once for as
    long as the project stands, whoever asks for them. `earlier` as in `write_report`. Raises
    Cancelled."""

    report = get_stored_report(
        project, lang, lambda: _build_report(project, lang, progress, now), progress, now
    )
    return add_report_change(project, report, earlier)


def build_report(
    project: Project, lang: str, progress: Progress, now: str, earlier: Summary | None = None
) -> paper.Report:
    """The `Report` of the project as it stands. `lang` is the language that the caller speaks in;
    `earlier` as in `write_report`."""
    with memo_scope():
        return add_report_change(project, _build_report(project, lang, progress, now), earlier)


def _build_report(project: Project, lang: str, progress: Progress, now: str) -> paper.Report:
    settings = project.read(settings_table.list_settings)
    model = project.read(models_table.get_newest_model)
    card = get_card(model) if model else None
    progress.check()
    sides = load_compared_sides(project, model)
    field, benchmark = sides.field_all, sides.benchmark_all
    progress.check()
    part = (
        build_benchmark_result(sides.benchmark, card, get_claim(project, model).guess)
        if sides.benchmark and card
        else None
    )
    shown = build_field_result(project, sides.field, card)
    named = part is not None or project.read(models_table.get_benchmark) is not None
    gap = compute_gap_result(part, sides.field, shown, settings, card, named=named)
    results = compute_results(project, progress)
    report = paper.Report(
        created=now,
        project=project.path.name.removesuffix(".fieldcheck"),
        site=str(settings.get("site", "")),
        language=lang,
        visits=build_recording_summaries(project, field),
        model=build_model_part(model, card) if model and card else None,
        benchmark=part,
        field=shown,
        gap=gap,
        readiness=verdicts.decide_readiness(gap.verdict, ()),
        provenance=collect_provenance(project, field, model),
        clip_names=get_clip_names(project),
        frame_rows=build_frame_rows(project, sides.field, card),
        prediction_rows=tuple(build_prediction_rows(model.name, card, field, benchmark))
        if model and card
        else (),
        labels=tuple(field.labels.values()),
        notes=list_notes(project, settings),
        changed=field.changed,
        changed_benchmark=list_changed_images(project, model) if model else (),
        results=results,
        pictures=build_finding_frames(project, field, card, decision.ANALYSIS.find_result(results))
        if card
        else (),
        line=str(settings.get("line", "")),
        author=str(settings.get("who", "")),
        is_benchmark_set=named,
    )
    return with_checklist(with_verdict(report, get_set_limits(project)), load_exempted(project))


def compute_results(project: Project, progress: Progress) -> dict[str, object]:
    """Computes every analysis; None where this project lacks what it requires. Raises Cancelled."""
    computed, results = [analysis for analysis in SECTIONS if analysis.is_computed], {}
    for analysis in computed:
        results[analysis.key] = analysis.compute_result(project, progress)
        progress.report(len(results), len(computed), "analyses")
    return results


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


def build_draft(
    project: Project, lang: str, progress: Progress, now: str, compared: bool = True
) -> ReportDraft:
    """The report as it stands, in the language `lang`, with benchmark and footage `compared` first,
    which takes longest where it was not done. Its pages are set once for as long as the project
    stands. Raises as `preview`."""
    if compared:
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
    preview = build_preview(project, lang, progress, now)
    progress.check()
    with language.use_language(lang):
        page, because = (
            build_first_page(preview.report),
            describe_reason(get_verdict(preview.report)),
        )
        named_ranges = tuple(list_range_sentences(preview.report.field, preview.report.gap))
    short = SummaryLine(
        page.verdict,
        named.get_readiness_sign(preview.report.readiness),
        page.headline,
        because,
        named_ranges,
    )
    return ReportDraft(
        preview,
        short,
        build_folder_contents(preview.report),
        section.get_section_names(preview.report, SECTIONS),
        state,
    )
