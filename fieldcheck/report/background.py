"""Background of the verdict: the benchmark, the checklist, how everything was made, all classes,
and the words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import isnan
from typing import Any

from fieldcheck.analyses import label_noise, names_and_numbers, shared_classes
from fieldcheck.analyses.blocks import Block, Cell, Heading, Pairs, Paragraph, Section, Table
from fieldcheck.analyses.failures import get_failures
from fieldcheck.analyses.report_data import BenchmarkResult, FieldResult, Model, Provenance, Report
from fieldcheck.csv_json_xml import to_json_number, to_json_value
from fieldcheck.domain.estimate import FEW_FRAMES, Estimate, Phase
from fieldcheck.errors.message_format import format_report_remedy
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.i18n.numbers import format_percent
from fieldcheck.models.check_model import describe_guess
from fieldcheck.models.messages import describe_missing_interval, describe_parity, get_provider_name
from fieldcheck.report import verdict_and_checklist
from fieldcheck.report.findings import list_test_facts
from fieldcheck.sampling.messages import get_stratum_name
from fieldcheck.stats.confusion_matrix import ClassScore


def build_benchmark_section(report: Report) -> Section:
    """Measured beside claimed, and both sides' scores in one table."""
    title = tr("Benchmark")
    if report.benchmark is None:
        missing = (
            tr("The model has not been run on the benchmark; the field score cannot be compared.")
            if report.is_benchmark_set
            else tr("No benchmark set; the field score cannot be compared.")
        )
        return Section("benchmark", title, title, (Paragraph(missing),))
    part = report.benchmark
    guess: list[Block] = [Paragraph(describe_guess(*part.guess))] if part.guess else []
    blocks: list[Block] = [
        Paragraph(_describe_reproduction(part)),
        *guess,
        *_build_spot_check_note(part),
        _build_score_table(report, part),
        *_list_scores_without_spread(report, part),
    ]
    return Section("benchmark", title, title, tuple(blocks))


def build_readiness_section(report: Report) -> Section:
    """The readiness checklist, a table for each phase."""
    title = tr("Checklist")
    tables = [
        _build_phase_table(report, phase)
        for phase in verdict_and_checklist.PHASES
        if verdict_and_checklist.get_phase_rows(report, phase)
    ]
    if not tables:
        return Section(
            "checklist", title, title, (Paragraph(tr("No checklist item was evaluated.")),)
        )
    sentence = tr("No checklist item changes the verdict, which follows from the limits alone.")
    return Section("checklist", title, title, (Paragraph(sentence, quiet=True), *tables))


def _build_phase_table(report: Report, phase: Phase) -> Table:
    names = (tr("Requirement"), tr("Status"), tr("Value"), tr("How to measure"))
    heads = (Cell(names[0], head=True), Cell(names[1]), Cell(names[2], figure=True), Cell(names[3]))
    rows = []
    for row in verdict_and_checklist.get_phase_rows(report, phase):
        few = (
            row.state == "too_few"
            and verdict_and_checklist.RULES[row.rule].by_labels
            and report.field.footage.n < FEW_FRAMES
        )
        rows.append(
            (
                Cell(verdict_and_checklist.RULES[row.rule].demand(), head=True),
                Cell(" ".join(names_and_numbers.get_check_state_label(row.state))),
                Cell("" if few else verdict_and_checklist.format_check_figure(row), figure=True),
                Cell(verdict_and_checklist.describe_open_row(row)),
            )
        )
    return Table(verdict_and_checklist.get_phase_name(phase), heads, tuple(rows))


def build_methods_section(report: Report) -> Section:
    """Sampling, labels, intervals, model, program and computer."""
    title = tr("Provenance")
    blocks: list[Block] = [Heading(tr("Test scope"))]
    blocks += [Pairs(list_test_facts(visit)) for visit in report.visits] or [
        Paragraph(tr("No footage yet."))
    ]
    blocks += [Heading(tr("Frames and labels")), Pairs(list_sampling_rows(report))]
    if report.model is None:
        blocks.append(Paragraph(tr("No model in this project yet.")))
    else:
        blocks += [Heading(tr("Model and preprocessing")), Pairs(_list_model_rows(report.model))]
    blocks += [Heading(tr("Software and hardware")), Pairs(_list_program_rows(report.provenance))]
    if report.provenance.parity is not None:
        blocks.append(Paragraph(describe_parity(report.provenance.parity)))
    return Section("made", title, title, tuple(blocks))


def build_appendix_section(report: Report) -> Section:
    """Every class that occurs, and the glossary."""
    title = tr("Appendix")
    occurring = [row for row in get_failures(report).per_class if row.n or row.precision.n]
    blocks: list[Block] = [Heading(tr("All classes")), *list_class_tables(report, len(occurring))]
    blocks += shared_classes.build_class_side_blocks(report)
    if len(blocks) == 1:
        if shared_classes.CLASS_SIDES.get_result(report):
            lacking = tr(
                "One class is labelled: its recall and precision are those of all objects."
            )
        elif report.field.footage.measured:
            lacking = tr("Per-class results for boxes require a benchmark run.")
        else:
            lacking = tr("No frame has both a definite label and a prediction yet.")
        blocks.append(Paragraph(lacking))
    blocks += [Heading(tr("Glossary")), Pairs(_list_glossary())]
    return Section("appendix", title, title, tuple(blocks))


def list_class_tables(report: Report, most: int) -> Iterator[Block]:
    """Recall, precision and F1 of the classes that occur, of more than `most` the weakest; nothing
    where none does."""
    occurring = [row for row in get_failures(report).per_class if row.n or row.precision.n]
    if not occurring:
        return
    omitted = tr("Classes without labels and without predictions are omitted.")
    if len(occurring) > most:
        occurring = sorted(occurring, key=_get_recall)[:most]
        omitted = tr("The {n} classes with the lowest recall; report.html has all of them.", n=most)
    yield _build_class_table(occurring)
    yield Paragraph(omitted, quiet=True)


def _get_recall(row: ClassScore) -> float:
    return row.recall.value if row.recall.measured else 1.0


def _build_spot_check_note(part: BenchmarkResult) -> list[Block]:
    """That not all of the benchmark was run, where it was not."""
    if not part.spot_of:
        return []
    sentence = tr(
        "Measured on a random spot check of {n} of {all} images. To measure all of them, run "
        "the full benchmark{remedy}."
    )
    return [
        Paragraph(
            sentence.format(
                n=part.n, all=part.spot_of, remedy=format_report_remedy("run_benchmark")
            )
        )
    ]


def _describe_reproduction(part: BenchmarkResult) -> str:
    if part.claimed is None:
        return tr(
            "No reference score stated for this benchmark; the score below was measured here."
        )
    claim = format_percent(part.claimed, 1)
    measured = names_and_numbers.format_benchmark_estimate(part.held or part.claim_score)
    if part.claim_metric != part.metric:
        claim = f"{claim}, {names_and_numbers.get_metric_name(part.claim_metric)}"
    if part.reproduced is None and part.claim_score.without_spread:
        return tr(
            "Reference score: {claim}. Measured here: {score}, without a CI, so the two "
            "cannot be compared.",
            claim=claim,
            score=measured,
        )
    if part.reproduced is None:
        return tr("Reference score: {claim}. It was not measured here.", claim=claim)
    if part.reproduced:
        return tr(
            "Reference score: {claim}. Measured here: {score}. The two do not disagree.",
            claim=claim,
            score=measured,
        )
    sentence = tr(
        "Reference score: {claim}. Measured here: {score}. The two disagree: preprocessing "
        "may differ from "
        "where the reference was measured."
    )
    return sentence.format(claim=claim, score=measured)


def _build_score_table(report: Report, part: BenchmarkResult) -> Table:
    field, own = report.field, names_and_numbers.get_metric_name(part.metric)
    heads = (
        Cell(tr("Score"), head=True),
        Cell(tr("Benchmark"), figure=True),
        Cell(tr("Field, this footage"), figure=True),
    )
    rows = [
        (
            Cell(names_and_numbers.get_metric_name(part.metric), head=True),
            _build_figure_cell(names_and_numbers.format_benchmark_estimate(part.score)),
            _build_figure_cell(names_and_numbers.format_estimate(field.footage)),
        )
    ]
    for name, estimate in part.metrics.items():
        rows.append(
            (
                Cell(names_and_numbers.get_metric_name(name), head=True),
                _build_figure_cell(names_and_numbers.format_benchmark_estimate(estimate)),
                _build_figure_cell(_format_optional_estimate(field.metrics.get(name))),
            )
        )
    if field.hard is not None:
        rows.append(
            (
                Cell(tr("{metric}, hardest 20%", metric=own), head=True),
                _build_figure_cell("–"),
                _build_figure_cell(names_and_numbers.format_estimate(field.hard)),
            )
        )
    if field.chosen is not None:
        rows.append(
            (
                Cell(tr("{metric}, required frames", metric=own), head=True),
                _build_figure_cell("–"),
                _build_figure_cell(names_and_numbers.format_estimate(field.chosen)),
            )
        )
    return Table(tr("Same metric on both sides"), heads, tuple(rows))


def _list_scores_without_spread(report: Report, part: BenchmarkResult) -> list[Block]:
    """Which scores of the table have no range, and why."""
    sides = ((tr("Benchmark"), part.metrics), (tr("Field, this footage"), report.field.metrics))
    return [
        Paragraph(
            describe_missing_interval(
                f"{side}, {names_and_numbers.get_metric_name(name)}", estimate
            ),
            quiet=True,
        )
        for side, metrics in sides
        for name, estimate in metrics.items()
        if estimate.without_spread
    ]


def _format_optional_estimate(estimate: Estimate | None) -> str:
    return "–" if estimate is None else names_and_numbers.format_estimate(estimate)


def _build_figure_cell(text: str) -> Cell:
    return Cell(text, figure=True)


def list_sampling_rows(report: Report) -> tuple[tuple[str, str], ...]:
    """Sample, labels and intervals: name and value of each."""
    field = report.field
    rows = [(tr("Sampling design"), _describe_design(field))]
    for row in field.strata:
        counts = tr("{picked} picked of {listed} sampled, {labelled} labelled, {right} correct")
        rows.append(
            (
                get_stratum_name(row.name),
                counts.format(
                    picked=row.picked, listed=row.listed, labelled=row.labelled, right=row.right
                ),
            )
        )
    if field.seed is not None:
        whose = tr("{seed} (entered)") if field.seed_typed else tr("{seed} (default)")
        rows.append((tr("Random seed"), whose.format(seed=field.seed)))
    rows += [
        (tr("Samples drawn"), _describe_draws(field)),
        (tr("Sampled"), _describe_listed_frames(field)),
        (tr("Labels"), _describe_labels(field)),
        (tr("Blind"), {True: tr("yes"), False: tr("no"), None: tr("unknown")}[field.blind]),
        (
            tr("95% CI, this footage"),
            names_and_numbers.get_interval_method_name(field.footage.method)
            if field.footage.measured
            else tr("not measured"),
        ),
        (tr("95% CI, other clips of these cameras"), _describe_camera_method(field)),
        (tr("Labels for a 95% CI of ±5 pp"), _describe_labels_for_five_points(field)),
    ]
    rows += label_noise.list_labelling_rows(report.provenance)
    return tuple(rows)


def _describe_design(field: FieldResult) -> str:
    if field.design is None:
        return tr("no frames picked yet")
    if field.census:
        return tr("census: all sampled frames were picked because the footage is short")
    return names_and_numbers.get_design_name(field.design)


def _describe_draws(field: FieldResult) -> str:
    sentence = str(field.n_draws)
    return (
        sentence + "; " + tr("the last one, drawn after labelling started")
        if field.labels_existed
        else sentence
    )


def _describe_listed_frames(field: FieldResult) -> str:
    sentence = names_and_numbers.format_frame_count(field.n_frames_listed)
    if field.n_frozen:
        sentence += "; " + tr_plural(
            "{n} skipped: image feed frozen",
            "{n} skipped: image feed frozen",
            field.n_frozen,
            n=field.n_frozen,
        )
    return sentence


def _describe_labels(field: FieldResult) -> str:
    sentence = tr(
        "{labelled} of {picked} labelled, {unsure} unsure, {skipped} skipped, {out} excluded "
        "before labelling"
    )
    return sentence.format(
        labelled=field.n_labelled,
        picked=field.n_picked,
        unsure=field.n_unsure,
        skipped=field.n_skipped,
        out=field.taken_out,
    )


def _describe_camera_method(field: FieldResult) -> str:
    if field.camera is None or not field.camera.measured:
        return tr("none: requires at least 3 clips")
    sentence = tr("{method}; effective sample size {n}")
    return sentence.format(
        method=names_and_numbers.get_interval_method_name(field.camera.method),
        n=f"{field.camera.n_eff:.0f}",
    )


def _describe_labels_for_five_points(field: FieldResult) -> str:
    n = field.labels_for_five_points
    return (
        tr("not measured")
        if n is None
        else tr("about {n} at the current score, from further similar clips", n=n)
    )


def _list_model_rows(model: Model) -> tuple[tuple[str, str], ...]:
    rows = [
        (tr("Name"), model.name),
        ("SHA-256", model.sha256),
        (tr("Task"), model.task),
        (tr("Classes"), _format_class_names(model.classes)),
    ]
    return (*rows, *_flatten_receipt(model.preprocessing_record))


def _format_class_names(classes: Sequence[str]) -> str:
    return ", ".join(classes)


def _list_program_rows(provenance: Provenance) -> tuple[tuple[str, str], ...]:
    rows = [(name, version) for name, version in provenance.versions.items()]
    rows += list(provenance.machine.items())
    rows += (
        [
            (
                tr("Execution provider"),
                ", ".join(get_provider_name(code) for code in provenance.providers),
            )
        ]
        if provenance.providers
        else []
    )
    rows += [
        (tr("Random seed of {what}", what=name), str(seed))
        for name, seed in provenance.seeds.items()
    ]
    rows += [
        (tr("SHA-256 of {what}", what=name), digest) for name, digest in provenance.hashes.items()
    ]
    return tuple(rows) or ((tr("Software"), tr("unknown")),)


def _flatten_receipt(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A receipt as it stands in the file: its own keys and values, which are nobody's prose."""
    return [(key, _format_value(value)) for key, value in values.items()]


def _format_value(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_format_value(part)}" for key, part in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        sizes = all(isinstance(part, int) for part in value)
        return (" × " if sizes else ", ").join(_format_value(part) for part in value)
    return str(value)


def _build_class_table(rows: Sequence[ClassScore]) -> Table:
    heads = (
        Cell(tr("Class"), head=True),
        *(Cell(text, figure=True) for text in ("n", tr("recall"), tr("precision"), "F1")),
    )
    body = tuple(
        (
            Cell(row.name, head=True),
            _build_figure_cell(str(row.n)),
            _build_figure_cell(names_and_numbers.format_estimate(row.recall)),
            _build_figure_cell(names_and_numbers.format_estimate(row.precision)),
            _build_figure_cell(
                "–"
                if isnan(row.f1) or row.n < FEW_FRAMES
                else names_and_numbers.format_decimal(row.f1, 2)
            ),
        )
        for row in rows
    )
    return Table(
        tr(
            "Recall: share of the labelled objects of a class that the model found. "
            "Precision: share of the "
            "predictions of that class that are correct."
        ),
        heads,
        body,
    )


def _list_glossary() -> tuple[tuple[str, str], ...]:
    return (
        (
            tr("Benchmark"),
            tr("The labelled images on which the model's reference score was measured."),
        ),
        (tr("Field"), tr("The frames recorded on site.")),
        (
            tr("Gap"),
            tr(
                "Benchmark score minus field score, in percentage points (pp). Positive: the "
                "field is worse."
            ),
        ),
        (
            tr("Percentage point (pp)"),
            tr("The difference between two percentages: from 61% to 64% is 3 pp."),
        ),
        (
            tr("95% CI"),
            tr(
                "95% confidence interval (CI): computed so that about 95 of 100 such intervals "
                "contain the true value."
            ),
        ),
        (tr("This footage"), tr("All sampled frames of this project's recordings.")),
        (tr("These cameras"), tr("Expected on other, similar clips from the same cameras.")),
        (
            tr("Clip"),
            tr(
                "A continuous part of one recording with one camera, location and set-up. "
                "Frames within a clip are "
                "similar; clips are treated as independent."
            ),
        ),
        (
            tr("Hardest 20%"),
            tr(
                "The 20% of frames that looked hardest before labelling: uncertain model, "
                "unusual or poor image."
            ),
        ),
        (tr("Blind"), tr("Labels given without seeing the model's prediction.")),
        (
            tr("Blind spot"),
            tr(
                "A slice whose score is demonstrated to be at least 20 pp below the rest: "
                "chance and correlated clips "
                "are unlikely to explain the difference (95% level)."
            ),
        ),
    )


# Published parts of `summary.json`.


def export_benchmark(report: Report) -> dict[str, Any]:
    """The reference set."""
    return {
        "benchmark": None
        if report.benchmark is None
        else _export_benchmark_result(report.benchmark)
    }


def export_checklist(report: Report) -> dict[str, Any]:
    """The checklist."""
    return {"checklist": to_json_value(report.checklist)}


def _export_benchmark_result(benchmark: BenchmarkResult) -> dict[str, Any]:
    return {
        "n": benchmark.n,
        "score": benchmark.score.to_json(),
        "metric": benchmark.metric,
        "claimed": to_json_number(benchmark.claimed),
        "claimed_metric": benchmark.claim_metric,
        "claimed_score": (benchmark.held or benchmark.claim_score).to_json(),
        "reproduced": benchmark.reproduced,
        "spot_check_of": benchmark.spot_of or None,
        "guess": None
        if benchmark.guess is None
        else {"change": to_json_value(benchmark.guess[0]), "score": benchmark.guess[1].to_json()},
        "path": benchmark.path,
        "format": benchmark.format,
        "metrics": to_json_value(benchmark.metrics),
    }
