"""The report: everything that is known of the gap, assembled once, and written as page, data and sheets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from fieldcheck.files import keepable
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.memoise import asking_once
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
from fieldcheck.workflows.models.changed_benchmark import changed_benchmark
from fieldcheck.workflows.models.claim import claim_of
from fieldcheck.workflows.models.models import card_of
from fieldcheck.workflows.models.quantise import quantised_of
from fieldcheck.workflows.report._failure_analysis import class_rows, confusion_of, label_noise, named_clips, slices_of
from fieldcheck.workflows.report._gap_part import gap_part
from fieldcheck.workflows.report._provenance import notes, provenance
from fieldcheck.workflows.report._report_rows import frame_rows, pictured, prediction_rows, shown_pairs, worst_frames
from fieldcheck.workflows.report._score_parts import benchmark_part, field_part, model_part, training_part, visits
from fieldcheck.workflows.report.change import Summary, with_change
from fieldcheck.workflows.report.shared_classes import compared_sides
from fieldcheck.workflows.report.stored_report import stored_report
from fieldcheck.workflows.stress.evaluation_sets import evaluation_sets
from fieldcheck.workflows.stress.match_field import matched_of
from fieldcheck.workflows.stress.ood import ood_results
from fieldcheck.workflows.stress.sweep_scores import newest_sweep


@dataclass(frozen=True, slots=True)
class Written:
    """A report and where it was written. `files` are absolute, the page first."""

    project: Path
    report: paper.Report
    folder: Path
    files: tuple[Path, ...]

    @property
    def page(self) -> Path:
        return self.files[0]


def write_report(project: Project, out: Path, lang: str, progress: Progress, now: str, earlier: Summary | None = None) -> Written:
    """Assembles the report of the newest model and writes its folder under `out`. What is missing is said in the report. `earlier`: the
    summary of the report that it is compared with, the project's last one where none is named.

    Raises DiskFull, ReadOnlyPlace, PathRefused (a folder's name that cannot be kept).
    """
    with language.spoken(lang):
        return write_assembled(project, current_report(project, lang, progress, now, earlier), out)


def write_assembled(project: Project, report: paper.Report, out: Path, made: Mapping[str, bytes] | None = None) -> Written:
    """Writes the folder of a report that is there already, and keeps its summary in the project. `made`: its files, where they are there
    too. Raises as `write_report`."""
    keepable(str(out.resolve()))
    files = tuple(path.resolve() for path in write_folder(report, out, made))
    folder = files[0].parent
    told = (folder / SUMMARY).read_text(encoding="utf-8")
    stored = reports_table.StoredReport(str(folder), report.created, report.language, told)
    if project.writable:
        project.write(lambda db: reports_table.put(db, stored)).result()
    return Written(project.path, report, folder, files)


def current_report(project: Project, lang: str, progress: Progress, now: str, earlier: Summary | None = None) -> paper.Report:
    """The report of the project as it stands, made at `now`; its figures are worked out once for as long as the project stands, whoever
    asks for them. `earlier` as in `write_report`. Raises Cancelled."""

    made = stored_report(project, lang, lambda: _assembled(project, lang, progress, now), progress, now)
    return with_change(project, made, earlier)


def assemble(project: Project, lang: str, progress: Progress, now: str, earlier: Summary | None = None) -> paper.Report:
    """The `Report` of the project as it stands. `lang` is the language that the caller speaks in; `earlier` as in `write_report`."""
    with asking_once():
        return with_change(project, _assembled(project, lang, progress, now), earlier)


def _assembled(project: Project, lang: str, progress: Progress, now: str) -> paper.Report:
    told = project.read(settings_table.all)
    models = project.read(models_table.all)
    model = models[-1] if models else None
    card = card_of(model) if model else None
    progress.check()
    sides = compared_sides(project, model)
    field, benchmark = sides.field_all, sides.benchmark_all
    progress.check()
    part = benchmark_part(sides.benchmark, card, claim_of(project, model).guess) if sides.benchmark and card else None
    shown = field_part(project, sides.field, card)
    gap = gap_part(part, sides.field, shown, told, card, named=part is not None or project.read(benchmarks_table.get) is not None)
    (training, ranges), facts = training_part(project, model, progress), section_facts(project)
    report = paper.Report(
        created=now,
        project=project.path.name.removesuffix(".fieldcheck"),
        site=str(told.get("site", "")),
        language=lang,
        visits=visits(project, field),
        model=model_part(model, card) if model and card else None,
        benchmark=part,
        field=shown,
        gap=gap,
        readiness=verdicts.readiness(gap.verdict, ()),
        provenance=provenance(project, field, model),
        per_class=class_rows(field, card),
        confusion=confusion_of(field, card),
        slices=slices_of(project, field) if model else None,
        clip_names=named_clips(project),
        sets=evaluation_sets(project, model, benchmark) if model else (),
        label_noise=label_noise(project) if model else (),
        stress=newest_sweep(project, model) if model else None,
        matched=matched_of(project),
        pairs=shown_pairs(project),
        probes=ood_results(project, model) if model else None,
        worst=worst_frames(project, field, card) if card else (),
        frame_rows=frame_rows(project, sides.field, card),
        prediction_rows=tuple(prediction_rows(model.name, card, field, benchmark)) if model and card else (),
        labels=tuple(field.labels.values()),
        notes=notes(project, told),
        changed=field.changed,
        changed_benchmark=changed_benchmark(project, model) if model else (),
        lighter=quantised_of(project, model),
        training=training,
        ranges=ranges,
        facts=facts,
        pictures=pictured(project, field, card, facts) if card else (),
        line=str(told.get("line", "")),
        by=str(told.get("who", "")),
    )
    return with_checklist(report)


def section_facts(project: Project) -> dict[str, object]:
    """Key of a section → its facts, None where this project has none."""
    asked = [section for section in SECTIONS if section.computed_by]
    return {one.key: import_module(f"fieldcheck.workflows.report.{one.computed_by}").facts_of(project) for one in asked}
