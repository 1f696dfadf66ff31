"""The report: everything that is known of the gap, assembled once, and written as page, data and sheets."""

from __future__ import annotations

import hashlib
import os
import platform
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata
from math import isnan
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fieldcheck import __version__
from fieldcheck.domain.model_card import Card, card_to_json
from fieldcheck.domain.run import StoredModel
from fieldcheck.domain.sweep import Sweep
from fieldcheck.files import keepable
from fieldcheck.inference.preprocessing_record import preprocessing_record
from fieldcheck.measure.camera_interval import clip_correlation
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import draws as draws_table
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import history
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import recordings as recordings_table
from fieldcheck.project.tables import reports as reports_table
from fieldcheck.project.tables import settings as settings_table
from fieldcheck.report import report as paper
from fieldcheck.report.checklist_rules import with_checklist
from fieldcheck.report.write import SUMMARY, write_folder
from fieldcheck.scoring import gap as gaps
from fieldcheck.scoring import verdict as verdicts
from fieldcheck.scoring.classes import confusion, per_class
from fieldcheck.words import gap as gap_words
from fieldcheck.words import language
from fieldcheck.words.remedies import told_by
from fieldcheck.workflows.explore.items import all_items
from fieldcheck.workflows.label.label_frames import all_blind
from fieldcheck.workflows.label.label_review import SIDES, label_reviews
from fieldcheck.workflows.label.pace import pace
from fieldcheck.workflows.label.repeat_labels import repeated
from fieldcheck.workflows.models.claim import Guess, claim_of
from fieldcheck.workflows.models.judging import ClassJudgement
from fieldcheck.workflows.models.models import card_of
from fieldcheck.workflows.models.provider import computed_by, settled_parity
from fieldcheck.workflows.models.quantise import quantised_of
from fieldcheck.workflows.models.trained_range import field_ranges
from fieldcheck.workflows.models.training_info import training_of
from fieldcheck.workflows.report._report_rows import frame_rows, prediction_rows, shown_pairs, worst_frames
from fieldcheck.workflows.report._section_facts import section_facts
from fieldcheck.workflows.report.slicing import score_slices
from fieldcheck.workflows.report.two_sides import (
    BOOTSTRAP_SEED,
    BenchmarkSide,
    FieldSide,
    benchmark_metrics,
    benchmark_side,
    field_metrics,
    field_side,
    metric_of,
)
from fieldcheck.workflows.stress.evaluation_sets import evaluation_sets
from fieldcheck.workflows.stress.match_field import matched_of
from fieldcheck.workflows.stress.ood import ood_results
from fieldcheck.workflows.stress.sweep_scores import newest_seed, sweep_scores

LIBRARIES = ("numpy", "onnxruntime", "opencv-python-headless", "albumentations", "faster-coco-eval", "scipy")


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


def write_report(project: Project, out: Path, lang: str, progress: Progress, now: str) -> Written:
    """Assembles the report of the newest model and writes its folder under `out`. What is missing is said in the report.

    Raises DiskFull, ReadOnlyPlace, PathRefused (a folder's name that cannot be kept).
    """
    with language.spoken(lang):
        return write_assembled(project, assemble(project, lang, progress, now), out)


def write_assembled(project: Project, report: paper.Report, out: Path) -> Written:
    """Writes the folder of a report that is there already, and keeps its summary in the project. Raises as `write_report`."""
    keepable(str(out.resolve()))
    files = tuple(path.resolve() for path in write_folder(report, out))
    folder = files[0].parent
    told = (folder / SUMMARY).read_text(encoding="utf-8")
    stored = reports_table.StoredReport(str(folder), report.created, report.language, told)
    project.write(lambda db: reports_table.put(db, stored)).result()
    return Written(project.path, report, folder, files)


def assemble(project: Project, lang: str, progress: Progress, now: str) -> paper.Report:
    """The `Report` of the project as it stands. `lang` is the language that the caller speaks in."""
    told = project.read(settings_table.all)
    models = project.read(models_table.all)
    model = models[-1] if models else None
    card = card_of(model) if model else None
    progress.check()
    field = field_side(project, model)
    benchmark = benchmark_side(project, model) if model else None
    progress.check()
    part = _benchmark_part(benchmark, card, claim_of(project, model).guess) if benchmark and card else None
    shown = _field_part(project, field, card)
    gap = _gap_part(part, field, shown, told)
    training = training_of(project, model)
    report = paper.Report(
        created=now,
        project=project.path.name.removesuffix(".fieldcheck"),
        site=str(told.get("site", "")),
        language=lang,
        visits=_visits(field),
        model=_model_part(model, card) if model and card else None,
        benchmark=part,
        field=shown,
        gap=gap,
        readiness=verdicts.readiness(gap.verdict, ()),
        provenance=_provenance(project, field, model),
        per_class=_class_rows(field, card),
        confusion=_confusion(field, card),
        slices=_slices(project, field) if model else None,
        sets=evaluation_sets(project, model, benchmark) if model else (),
        label_noise=_label_noise(project) if model else (),
        stress=_stress_part(project, model) if model else None,
        matched=matched_of(project),
        pairs=shown_pairs(project),
        probes=ood_results(project, model) if model else None,
        worst=worst_frames(project, field, card) if card else (),
        frame_rows=frame_rows(project, field, card),
        prediction_rows=tuple(prediction_rows(model.name, card, field, benchmark)) if model and card else (),
        labels=tuple(field.labels.values()),
        notes=_notes(project, told),
        changed=field.changed,
        lighter=quantised_of(project, model),
        training=training,
        ranges=field_ranges(project, training, progress),
        facts=section_facts(project),
    )
    return with_checklist(report)


def _stress_part(project: Project, model: StoredModel) -> Sweep | None:
    """The last sweep of this model, if there is one."""
    seed = newest_seed(project, model)
    found = sweep_scores(project, model, seed) if seed is not None else None
    return found if found is not None and found.rows else None


def _notes(project: Project, told: Mapping[str, object]) -> tuple[str, ...]:
    """What the reader must know before the figures."""
    moved = project.read(lambda db: history.stands_after(db, "clip.", "label."))
    return (*(("rendered_sample",) if told.get("rendered_sample") else ()), *(("borders_changed",) if moved else ()))


def _model_part(model: StoredModel, card: Card) -> paper.Model:
    return paper.Model(model.name, model.sha256, card.task, card.classes, card_to_json(card), preprocessing_record(card))


def _benchmark_part(side: BenchmarkSide, card: Card, guess: Guess | None) -> paper.BenchmarkResult:
    claimed = side.benchmark.claimed
    return paper.BenchmarkResult(
        n=len(side.items),
        score=side.score,
        metric=metric_of(card),
        claimed=claimed,
        reproduced=gaps.reproduced(side.score, claimed),
        path=side.benchmark.root,
        format=side.benchmark.format,
        spot_of=len(side.benchmark.items) if side.spot else 0,
        guess=(guess.change, guess.score) if guess else None,
        metrics=tuple(paper.Metric(name, estimate) for name, estimate in benchmark_metrics(side, card).items()),
    )


def _field_part(project: Project, side: FieldSide, card: Card | None) -> paper.FieldResult:
    scores = side.scores
    every_draw = project.read(draws_table.all)
    labels = [side.labels[one.frame_id] for one in side.picks if one.frame_id in side.labels]
    first = side.draws[0] if side.draws else None
    listed = project.read(frames_table.count)
    return paper.FieldResult(
        footage=scores.footage,
        camera=scores.camera if scores.camera.measured else None,
        hard=None if scores.census else scores.hard,
        chosen=scores.chosen,
        design=first.design if first else None,
        seed=first.seed if first else None,
        n_frames_listed=len(side.listing),
        n_picked=scores.n_picked,
        n_labelled=scores.n_labelled,
        n_unsure=scores.n_unsure,
        n_skipped=scores.n_skipped,
        blind=all_blind(labels),
        census=scores.census,
        n_clips=scores.n_clips,
        n_cameras=len({side.lines[at].clip.camera for at in side.at.tolist()}),
        strata=tuple(paper.StratumRow(s.name, s.listed, s.picked, s.labelled, s.right, s.score) for s in scores.strata),
        n_draws=len(every_draw),
        seed_typed=any(draw.seed_typed for draw in side.draws),
        labels_existed=any(draw.labels_existed for draw in side.draws),
        taken_out=scores.n_out,
        n_frozen=listed - len(side.listing),
        n_nan=sum(side.answers[side.picks[at].frame_id].nan for at in side.at[_scored(side)].tolist()),
        if_unsure_wrong=scores.bounds.if_wrong if scores.bounds else None,
        if_unsure_right=scores.bounds.if_right if scores.bounds else None,
        metrics=tuple(paper.Metric(name, estimate) for name, estimate in field_metrics(side, card).items()) if card else (),
    )


def _gap_part(
    benchmark: paper.BenchmarkResult | None, side: FieldSide, shown: paper.FieldResult, told: Mapping[str, object]
) -> paper.ReportedGap:
    tolerance = float(str(told.get("tolerance", verdicts.TOLERANCE)))
    scores = side.scores
    score = benchmark.score if benchmark else gap_words.NO_BENCHMARK
    found = gaps.gap(score, scores.footage, scores.camera)
    chosen_only = bool(side.draws) and all(draw.design == "hard" and not draw.census for draw in side.draws)
    reproduced = benchmark.reproduced if benchmark else None
    decided = verdicts.verdict(found.estimate, tolerance, drawn=bool(side.draws), chosen_only=chosen_only, reproduced=reproduced)
    left = verdicts.frames_to_decide(
        score, found.field, tolerance, census=scores.census, clustering=_clustering(side) if found.basis == "camera" else None
    )
    said = gap_words.GapFacts(
        benchmark=benchmark.score if benchmark else None,
        field=found.field,
        footage=scores.footage,
        hard=shown.hard,
        chosen=scores.chosen,
        gap=found.estimate,
        basis=found.basis,
        verdict=decided,
        design=shown.design,
        census=scores.census,
        interim=scores.interim,
        strata=tuple((row.name, row.right, row.labelled) for row in shown.strata),
        n_listed=shown.n_frames_listed,
        n_picked=shown.n_picked,
        # With those that the model has not answered yet: the sentence says what is missing.
        n_labelled=sum(side.labels[one.frame_id].state == "done" for one in side.picks if one.frame_id in side.labels),
        n_cameras=shown.n_cameras,
        more_frames=left.frames,
        why_not=left.why,
    )
    return paper.ReportedGap(
        estimate=found.estimate,
        basis=found.basis,
        tolerance=tolerance,
        verdict=decided,
        sentence=_on_paper(said),
        counts=gap_words.counts(said),
        other=found.other,
        frames_to_decide=left.frames if decided == "not_enough" else None,
        why_not=left.why,
        tolerance_by=str(told.get("tolerance_by", "")),
    )


def _on_paper(said: gap_words.GapFacts) -> str:
    """The headline names no command: it stands in a report, whichever door asked for it."""
    with told_by("window"):
        return gap_words.headline(said)


def _clustering(side: FieldSide) -> verdicts.Clustering | None:
    weighed = [at for at in side.at.tolist() if side.scores.weight[at] > 0]
    clips = int(np.unique(side.sample.clip[weighed]).size)
    if clips < 2:
        return None
    found = clip_correlation(side.sample.right[weighed], side.scores.weight[weighed], side.sample.clip[weighed])
    return verdicts.Clustering(clips, found.value) if found.measurable else None


def _scored(side: FieldSide) -> NDArray[np.bool_]:
    """Which labelled picks the tables of classes count: those of the draw, or where nothing was drawn those that were chosen by hand."""
    drawn = side.scores.weight[side.at] > 0
    return drawn if drawn.any() else np.ones(side.at.size, np.bool_)


def _class_rows(side: FieldSide, card: Card | None) -> tuple[paper.ClassRow, ...]:
    if not isinstance(side.judgement, ClassJudgement) or card is None:
        return ()
    scored, weight = _scored(side), side.scores.weight[side.at]
    found = per_class(side.judgement.truth[scored], side.judgement.predicted[scored], len(card.classes), weight[scored])
    return tuple(
        paper.ClassRow(name, score.n, score.recall, score.precision, None if isnan(score.f1) else score.f1)
        for name, score in zip(card.classes, found, strict=True)
        if score.n
    )


def _label_noise(project: Project) -> tuple[paper.LookRow, ...]:
    """Of both sides, where anything disagrees."""
    rows = []
    for on in SIDES:
        found = label_reviews(project, on)
        if found.rows:
            counts = found.counts
            rows.append(
                paper.LookRow(
                    on, len(found.rows), found.n_looked, counts["model_wrong"], counts["label_wrong"], counts["cannot_tell"], found.before,
                    found.after, found.share,
                )
            )  # fmt: skip
    return tuple(rows)


def _slices(project: Project, side: FieldSide) -> tuple[paper.SliceRow, ...]:
    found = score_slices(project, side, all_items(project)[0])
    return tuple(
        paper.SliceRow(one.key, one.value, one.n, one.estimate, one.flag, one.p, one.q, one.behind, one.more, one.clips, one.within)
        for one in found
    )


def _confusion(side: FieldSide, card: Card | None) -> paper.Confusion | None:
    """Over the classes that occur, so that a table of a thousand classes stays readable."""
    if not isinstance(side.judgement, ClassJudgement) or card is None:
        return None
    scored = _scored(side)
    truth, predicted = side.judgement.truth[scored], side.judgement.predicted[scored]
    present = sorted({k for k in (*truth.tolist(), *predicted.tolist()) if k >= 0})
    grid = np.ix_(present, present)
    counts = confusion(truth, predicted, len(card.classes))[grid]
    weighted = confusion(truth, predicted, len(card.classes), side.scores.weight[side.at][scored])[grid]
    return paper.Confusion(
        tuple(card.classes[k] for k in present),
        tuple(tuple(int(cell) for cell in row) for row in counts.tolist()),
        tuple(tuple(row) for row in weighted.tolist()),
    )


def _visits(side: FieldSide) -> tuple[paper.Visit, ...]:
    if not side.listing:
        return ()
    recordings = {line.recording.recording_id: line.recording for line in side.listing}
    clips = {line.clip.clip_id: line.clip for line in side.listing}
    times = sorted(line.taken_at for line in side.listing if line.taken_at)
    light = Counter(name for at in side.at.tolist() for name in side.lines[at].conditions)
    return (
        paper.Visit(
            first_at=times[0] if times else "",
            last_at=times[-1] if times else "",
            cameras=tuple(sorted({clip.camera for clip in clips.values() if clip.camera})),
            locations=tuple(sorted({clip.location for clip in clips.values() if clip.location})),
            conditions=tuple(light.most_common()),
            seconds=sum(recording.seconds for recording in recordings.values()),
            n_clips=len(clips),
            n_frames_listed=len(side.listing),
            n_labelled=side.scores.n_labelled,
        ),
    )


def _provenance(project: Project, side: FieldSide, model: StoredModel | None) -> paper.Provenance:
    seconds = [label.seconds for label in side.labels.values() if label.seconds is not None]
    recordings = project.read(recordings_table.all)
    hashes = {recording.source: recording.sha256 for recording in recordings}
    if model is not None:
        hashes["model"] = model.sha256
        hashes["card"] = hashlib.sha256(model.card.encode()).hexdigest()
    return paper.Provenance(
        versions={"fieldcheck": __version__, "python": platform.python_version(), **{name: metadata.version(name) for name in LIBRARIES}},
        seeds={**{f"draw {draw.draw_id}": draw.seed for draw in side.draws}, "bootstrap": BOOTSTRAP_SEED},
        hashes=hashes,
        machine={"system": f"{platform.system()} {platform.release()}", "processor": platform.machine(), "cores": str(os.cpu_count())},
        seconds_per_label=float(np.median(seconds)) if seconds else None,
        labelled_by=tuple(sorted({label.by for label in side.labels.values() if label.by})),
        pace=pace(project),
        repeats=repeated(project),
        providers=computed_by(project, model),
        parity=settled_parity(project, model),
    )
