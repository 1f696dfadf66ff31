"""The report: everything that is known of the gap, assembled once, and written as page, data and sheets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from pkgutil import resolve_name

from fieldcheck.files import require_utf8
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.memoise import memo_scope
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import reports as reports_table
from fieldcheck.project.tables import settings as settings_table
from fieldcheck.report import report as paper
from fieldcheck.report.checklist_rules import with_checklist
from fieldcheck.report.sections import SECTIONS
from fieldcheck.report.write import SUMMARY, write_folder
from fieldcheck.scoring import verdict as verdicts
from fieldcheck.words import language
from fieldcheck.workflows.models.changed_benchmark import list_changed_images
from fieldcheck.workflows.models.claim import get_claim
from fieldcheck.workflows.models.models import get_card
from fieldcheck.workflows.models.quantise import get_quantised_model
from fieldcheck.workflows.report._failure_analysis import (
    compute_class_rows,
    compute_confusion,
    compute_label_noise,
    compute_slices,
    get_clip_names,
)
from fieldcheck.workflows.report._gap_part import compute_gap_result
from fieldcheck.workflows.report._provenance import collect_provenance, list_notes
from fieldcheck.workflows.report._report_rows import (
    build_finding_frames,
    build_frame_rows,
    build_prediction_rows,
    find_worst_frames,
    load_reported_pairs,
)
from fieldcheck.workflows.report._score_parts import (
    build_benchmark_result,
    build_field_result,
    build_model_part,
    build_recording_summaries,
    load_training,
)
from fieldcheck.workflows.report.change import Summary, add_report_change
from fieldcheck.workflows.report.shared_classes import load_compared_sides
from fieldcheck.workflows.report.stored_report import get_stored_report
from fieldcheck.workflows.stress.evaluation_sets import list_evaluation_sets
from fieldcheck.workflows.stress.match_field import get_match
from fieldcheck.workflows.stress.ood import load_ood_results
from fieldcheck.workflows.stress.sweep_scores import load_newest_sweep


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


def write_report(project: Project, out: Path, lang: str, progress: Progress, now: str, earlier: Summary | None = None) -> WrittenReport:
    """Assembles the report of the newest model and writes its folder under `out`. What is missing is said in the report. `earlier`: the
    summary of the report that it is compared with, the project's last one where none is named.

    Raises DiskFull, ReadOnlyPlace, PathRefused (a folder's name that cannot be kept).
    """
    with language.use_language(lang):
        return write_built_report(project, load_current_report(project, lang, progress, now, earlier), out)


def write_built_report(project: Project, report: paper.Report, out: Path, made: Mapping[str, bytes] | None = None) -> WrittenReport:
    """Writes the folder of a report that is there already, and keeps its summary in the project. `made`: its files, where they are there
    too. Raises as `write_report`."""
    require_utf8(str(out.resolve()))
    files = tuple(path.resolve() for path in write_folder(report, out, made))
    folder = files[0].parent
    told = (folder / SUMMARY).read_text(encoding="utf-8")
    stored = reports_table.StoredReport(str(folder), report.created, report.language, told)
    if project.writable:
        project.write(lambda db: reports_table.put_report(db, stored)).result()
    return WrittenReport(project.path, report, folder, files)


def load_current_report(project: Project, lang: str, progress: Progress, now: str, earlier: Summary | None = None) -> paper.Report:
    """The report of the project as it stands, made at `now`; its figures are worked out once for as long as the project stands, whoever
    asks for them. `earlier` as in `write_report`. Raises Cancelled."""

    made = get_stored_report(project, lang, lambda: _build_report(project, lang, progress, now), progress, now)
    return add_report_change(project, made, earlier)


def build_report(project: Project, lang: str, progress: Progress, now: str, earlier: Summary | None = None) -> paper.Report:
    """The `Report` of the project as it stands. `lang` is the language that the caller speaks in; `earlier` as in `write_report`."""
    with memo_scope():
        return add_report_change(project, _build_report(project, lang, progress, now), earlier)


def _build_report(project: Project, lang: str, progress: Progress, now: str) -> paper.Report:
    told = project.read(settings_table.list_settings)
    models = project.read(models_table.list_models)
    model = models[-1] if models else None
    card = get_card(model) if model else None
    progress.check()
    sides = load_compared_sides(project, model)
    field, benchmark = sides.field_all, sides.benchmark_all
    progress.check()
    part = build_benchmark_result(sides.benchmark, card, get_claim(project, model).guess) if sides.benchmark and card else None
    shown = build_field_result(project, sides.field, card)
    gap = compute_gap_result(
        part, sides.field, shown, told, card, named=part is not None or project.read(benchmarks_table.get_benchmark) is not None
    )
    (training, ranges), facts = load_training(project, model, progress), compute_section_facts(project)
    report = paper.Report(
        created=now,
        project=project.path.name.removesuffix(".fieldcheck"),
        site=str(told.get("site", "")),
        language=lang,
        visits=build_recording_summaries(project, field),
        model=build_model_part(model, card) if model and card else None,
        benchmark=part,
        field=shown,
        gap=gap,
        readiness=verdicts.decide_readiness(gap.verdict, ()),
        provenance=collect_provenance(project, field, model),
        per_class=compute_class_rows(field, card),
        confusion=compute_confusion(field, card),
        slices=compute_slices(project, field) if model else None,
        clip_names=get_clip_names(project),
        sets=list_evaluation_sets(project, model, benchmark) if model else (),
        label_noise=compute_label_noise(project) if model else (),
        stress=load_newest_sweep(project, model) if model else None,
        field_match=get_match(project),
        pairs=load_reported_pairs(project),
        probes=load_ood_results(project, model) if model else None,
        worst=find_worst_frames(project, field, card) if card else (),
        frame_rows=build_frame_rows(project, sides.field, card),
        prediction_rows=tuple(build_prediction_rows(model.name, card, field, benchmark)) if model and card else (),
        labels=tuple(field.labels.values()),
        notes=list_notes(project, told),
        changed=field.changed,
        changed_benchmark=list_changed_images(project, model) if model else (),
        quantised=get_quantised_model(project, model),
        training=training,
        ranges=ranges,
        facts=facts,
        pictures=build_finding_frames(project, field, card, facts) if card else (),
        line=str(told.get("line", "")),
        author=str(told.get("who", "")),
    )
    return with_checklist(report)


def compute_section_facts(project: Project) -> dict[str, object]:
    """Key of a section → its facts, None where this project has none."""
    asked = [section for section in SECTIONS if section.computed_by]
    return {one.key: resolve_name(one.computed_by)(project) for one in asked}
