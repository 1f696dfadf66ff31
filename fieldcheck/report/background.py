"""Background of the verdict: the benchmark, the checklist, how everything was made, all classes, and the words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from fieldcheck.domain.estimate import FEW_FRAMES
from fieldcheck.report import checklist, class_sides, labelling, number_format
from fieldcheck.report import code_names as named
from fieldcheck.report.blocks import Block, Cell, Heading, Pairs, Paragraph, Section, Table
from fieldcheck.report.findings import what_was_tested
from fieldcheck.report.report import BenchmarkResult, ClassRow, FieldResult, Metric, Model, Provenance, Report
from fieldcheck.scoring.verdict import frames_for_width
from fieldcheck.words.claims import guessed
from fieldcheck.words.figures import percent
from fieldcheck.words.footage import stratum_name
from fieldcheck.words.language import plural, text
from fieldcheck.words.providers import parity_said, provider_name
from fieldcheck.words.remedies import on_paper
from fieldcheck.words.scores import without_spread

FIVE_POINTS = 0.05


def benchmark(report: Report) -> Section:
    """Measured beside claimed, and both sides' scores in one table."""
    title = text("Benchmark")
    if report.benchmark is None:
        return Section("benchmark", title, title, (Paragraph(text("No benchmark set; the field score cannot be compared.")),))
    part = report.benchmark
    guess: list[Block] = [Paragraph(guessed(*part.guess))] if part.guess else []
    blocks: list[Block] = [Paragraph(_reproduced(part)), *guess, *_spot(part), _sides(report, part), *_without_spread(report, part)]
    return Section("benchmark", title, title, tuple(blocks))


def ready(report: Report) -> Section:
    """The readiness checklist."""
    title = text("Checklist")
    names = (text("Requirement"), text("Status"), text("Value"), text("How to measure"))
    heads = (Cell(names[0], head=True), Cell(names[1]), Cell(names[2], figure=True), Cell(names[3]))
    rows = []
    for row in report.checklist:
        shape, word = named.check_state(row.state)
        open_still = row.state in ("not_measured", "too_few")
        few = row.state == "too_few" and row.rule in checklist.OF_LABELS and report.field.footage.n < FEW_FRAMES
        cells = (Cell(f"{shape} {word}"), Cell("" if few else checklist.figure(row), figure=True))
        rows.append((Cell(checklist.demand(row.rule), head=True), *cells, Cell(checklist.measured_by(row.rule) if open_still else "")))
    if not rows:
        return Section("checklist", title, title, (Paragraph(text("No checklist item was evaluated.")),))
    return Section("checklist", title, title, (Table(text("Before autonomous use"), heads, tuple(rows)),))


def made(report: Report) -> Section:
    """Sampling, labels, intervals, model, program and computer."""
    title = text("Provenance")
    blocks: list[Block] = [Heading(text("Test scope"))]
    blocks += [Pairs(what_was_tested(visit)) for visit in report.visits] or [Paragraph(text("No footage yet."))]
    blocks += [Heading(text("Frames and labels")), Pairs(_sampling(report))]
    if report.model is None:
        blocks.append(Paragraph(text("No model in this project yet.")))
    else:
        blocks += [Heading(text("Model and preprocessing")), Pairs(_model(report.model))]
    blocks += [Heading(text("Software and hardware")), Pairs(_program(report.provenance))]
    if report.provenance.parity is not None:
        blocks.append(Paragraph(parity_said(report.provenance.parity)))
    return Section("made", title, title, tuple(blocks))


def appendix(report: Report) -> Section:
    """Every class that occurs, and the glossary."""
    title = text("Appendix")
    occurring = [row for row in report.per_class if row.n or row.precision.n]
    blocks: list[Block] = [Heading(text("All classes"))]
    if occurring:
        blocks += [_class_table(occurring), Paragraph(text("Classes without labels and without predictions are omitted."), quiet=True)]
    blocks += class_sides.blocks(report)
    if len(blocks) == 1:
        scored = text("Per-class results for boxes require a benchmark run.")
        nothing = text("No labelled frame has a prediction yet.")
        blocks.append(Paragraph(scored if report.field.footage.measured else nothing))
    blocks += [Heading(text("Glossary")), Pairs(_glossary())]
    return Section("appendix", title, title, tuple(blocks))


def _spot(part: BenchmarkResult) -> list[Block]:
    """That not all of the benchmark was run, where it was not."""
    if not part.spot_of:
        return []
    said = text("Measured on a random spot check of {n} of {all} images. To measure all of them, run the full benchmark{remedy}.")
    return [Paragraph(said.format(n=part.n, all=part.spot_of, remedy=on_paper("run_benchmark")))]


def _reproduced(part: BenchmarkResult) -> str:
    if part.claimed is None:
        return text("No reference score stated for this benchmark; the score below was measured here.")
    claim = percent(part.claimed, 1)
    measured = number_format.benchmark_whole(part.held or part.claim_metric.estimate)
    if part.claim_metric.name != part.metric:
        claim = f"{claim}, {named.metric(part.claim_metric.name)}"
    if part.reproduced is None and part.claim_metric.estimate.without_spread:
        return text("Reference score: {claim}. Measured here: {score}, without a CI, so the two cannot be compared.").format(
            claim=claim, score=measured
        )
    if part.reproduced is None:
        return text("Reference score: {claim}. It was not measured here.").format(claim=claim)
    if part.reproduced:
        return text("Reference score: {claim}. Measured here: {score}. The two do not disagree.").format(claim=claim, score=measured)
    said = text(
        "Reference score: {claim}. Measured here: {score}. The two disagree: preprocessing may differ from "
        "where the reference was measured."
    )
    return said.format(claim=claim, score=measured)


def _sides(report: Report, part: BenchmarkResult) -> Table:
    field = report.field
    heads = (Cell(text("Score"), head=True), Cell(text("Benchmark"), figure=True), Cell(text("Field, this footage"), figure=True))
    rows = [
        (
            Cell(named.metric(part.metric), head=True),
            _figure(number_format.benchmark_whole(part.score)),
            _figure(number_format.whole(field.footage)),
        )
    ]
    on_field = {metric.name: metric for metric in field.metrics}
    for metric in part.metrics:
        rows.append(
            (
                Cell(named.metric(metric.name), head=True),
                _figure(number_format.benchmark_whole(metric.estimate)),
                _figure(_if_there(on_field.get(metric.name))),
            )
        )
    if field.hard is not None:
        rows.append((Cell(text("Accuracy on the hardest 20%"), head=True), _figure("–"), _figure(number_format.whole(field.hard))))
    if field.chosen is not None:
        rows.append((Cell(text("Accuracy on required frames"), head=True), _figure("–"), _figure(number_format.whole(field.chosen))))
    return Table(text("Same metric on both sides"), heads, tuple(rows))


def _without_spread(report: Report, part: BenchmarkResult) -> list[Block]:
    """Which scores of the table have no range, and why."""
    sides = ((text("Benchmark"), part.metrics), (text("Field, this footage"), report.field.metrics))
    return [
        Paragraph(without_spread(f"{side}, {named.metric(one.name)}", one.estimate), quiet=True)
        for side, metrics in sides
        for one in metrics
        if one.estimate.without_spread
    ]


def _if_there(metric: Metric | None) -> str:
    return "–" if metric is None else number_format.whole(metric.estimate)


def _figure(said: str) -> Cell:
    return Cell(said, figure=True)


def _sampling(report: Report) -> tuple[tuple[str, str], ...]:
    field = report.field
    rows = [(text("Sampling design"), _design(field))]
    for row in field.strata:
        counts = text("{picked} picked of {listed} sampled, {labelled} labelled, {right} correct")
        rows.append((stratum_name(row.name), counts.format(picked=row.picked, listed=row.listed, labelled=row.labelled, right=row.right)))
    if field.seed is not None:
        whose = text("{seed} (entered)") if field.seed_typed else text("{seed} (default)")
        rows.append((text("Random seed"), whose.format(seed=field.seed)))
    rows += [
        (text("Samples drawn"), _draws(field)),
        (text("Sampled"), _listed(field)),
        (text("Labels"), _labels(field)),
        (text("Blind"), {True: text("yes"), False: text("no"), None: text("unknown")}[field.blind]),
        (text("95% CI, this footage"), named.method(field.footage.method) if field.footage.measured else text("not measured")),
        (text("95% CI, other clips of this camera"), _camera_method(field)),
        (text("Labels for a 95% CI of ±5 pp"), _for_five_points(field)),
    ]
    rows += labelling.rows(report.provenance)
    return tuple(rows)


def _design(field: FieldResult) -> str:
    if field.design is None:
        return text("no frames picked yet")
    if field.census:
        return text("census: all sampled frames were picked because the footage is short")
    return named.design(field.design)


def _draws(field: FieldResult) -> str:
    said = str(field.n_draws)
    return said + "; " + text("the last one, drawn after labelling started") if field.labels_existed else said


def _listed(field: FieldResult) -> str:
    said = number_format.frames(field.n_frames_listed)
    if field.n_frozen:
        said += "; " + plural("{n} skipped: image feed frozen", "{n} skipped: image feed frozen", field.n_frozen).format(n=field.n_frozen)
    return said


def _labels(field: FieldResult) -> str:
    said = text("{labelled} of {picked} labelled, {unsure} unsure, {skipped} skipped, {out} excluded before labelling")
    return said.format(
        labelled=field.n_labelled, picked=field.n_picked, unsure=field.n_unsure, skipped=field.n_skipped, out=field.taken_out
    )


def _camera_method(field: FieldResult) -> str:
    if field.camera is None or not field.camera.measured:
        return text("none: requires at least 3 clips")
    said = text("{method}; effective sample size {n}")
    return said.format(method=named.method(field.camera.method), n=f"{field.camera.n_eff:.0f}")


def labels_for_five_points(field: FieldResult) -> int | None:
    """Labels for a range of ±5 points at today's score and design effect (methods 11.1); None below ten frames, which are no score."""
    score = field.camera if field.camera is not None and field.camera.measured else field.footage
    if not score.measured or not score.n_eff > 0 or score.n < FEW_FRAMES:
        return None
    return frames_for_width(score.value, FIVE_POINTS, max(1.0, score.n / score.n_eff))


def _for_five_points(field: FieldResult) -> str:
    n = labels_for_five_points(field)
    return text("not measured") if n is None else text("about {n} at the current score, from further similar clips").format(n=n)


def _model(model: Model) -> tuple[tuple[str, str], ...]:
    rows = [(text("Name"), model.name), ("SHA-256", model.sha256), (text("Task"), model.task), (text("Classes"), _names(model.classes))]
    return (*rows, *_flat(model.preprocessing_record))


def _names(classes: Sequence[str]) -> str:
    return ", ".join(classes)


def _program(provenance: Provenance) -> tuple[tuple[str, str], ...]:
    rows = [(name, version) for name, version in provenance.versions.items()]
    rows += list(provenance.machine.items())
    rows += [(text("Execution provider"), ", ".join(provider_name(code) for code in provenance.providers))] if provenance.providers else []
    rows += [(text("Random seed of {what}").format(what=name), str(seed)) for name, seed in provenance.seeds.items()]
    rows += [(text("SHA-256 of {what}").format(what=name), digest) for name, digest in provenance.hashes.items()]
    return tuple(rows) or ((text("Software"), text("unknown")),)


def _flat(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A receipt as it stands in the file: its own keys and values, which are nobody's prose."""
    return [(key, _value(value)) for key, value in values.items()]


def _value(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_value(found)}" for key, found in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        sizes = all(isinstance(found, int) for found in value)
        return (" × " if sizes else ", ").join(_value(found) for found in value)
    return str(value)


def _class_table(rows: Sequence[ClassRow]) -> Table:
    heads = (Cell(text("Class"), head=True), *(Cell(said, figure=True) for said in ("n", text("recall"), text("precision"), "F1")))
    body = tuple(
        (
            Cell(row.name, head=True),
            _figure(str(row.n)),
            _figure(number_format.whole(row.recall)),
            _figure(number_format.whole(row.precision)),
            _figure("–" if row.f1 is None or row.n < FEW_FRAMES else number_format.decimal(row.f1, 2)),
        )
        for row in rows
    )
    return Table(
        text(
            "Recall: share of the labelled objects of a class that the model found. Precision: share of the "
            "predictions of that class that are correct."
        ),
        heads,
        body,
    )


def _glossary() -> tuple[tuple[str, str], ...]:
    return (
        (text("Benchmark"), text("The labelled images on which the model's reference score was measured.")),
        (text("Field"), text("The frames recorded on site.")),
        (text("Gap"), text("Benchmark score minus field score, in percentage points (pp). Positive: the field is worse.")),
        (text("Percentage point (pp)"), text("The difference between two percentages: from 61% to 64% is 3 pp.")),
        (text("95% CI"), text("95% confidence interval (CI): computed so that about 95 of 100 such intervals contain the true value.")),
        (text("This footage"), text("All sampled frames of this project's recordings.")),
        (text("This camera"), text("Expected on other, similar clips from the same cameras.")),
        (
            text("Clip"),
            text(
                "A continuous part of one recording with one camera, location and set-up. Frames within a clip are "
                "similar; clips are treated as independent."
            ),
        ),
        (
            text("Hardest 20%"),
            text("The 20% of frames that looked hardest before labelling: uncertain model, unusual or poor image."),
        ),
        (text("Blind"), text("Labels given without seeing the model's prediction.")),
        (
            text("Blind spot"),
            text(
                "A slice whose score is demonstrated to be at least 20 pp below the rest: chance and correlated clips"
                " are unlikely to explain the difference (95% level)."
            ),
        ),
    )
