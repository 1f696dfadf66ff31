"""Independence of the test: near-duplicates between training, benchmark and field, repeated looks
at the same labels, labels used for training; and the seal of the project. With both report
sections."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

import numpy as np
from sqlite_utils import Database

from fieldcheck.analyses import names_and_numbers
from fieldcheck.analyses.analysis import Analysis
from fieldcheck.analyses.blocks import Block, Cell, Paragraph, Section, Table
from fieldcheck.analyses.report_data import Report
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.label import BenchmarkItem
from fieldcheck.domain.project_state import SealState
from fieldcheck.errors.message_format import format_report_remedy
from fieldcheck.evidence import messages as words
from fieldcheck.evidence.signed_seal import get_seal_state
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.i18n.numbers import format_percent
from fieldcheck.labels.store import get_training_frames
from fieldcheck.models.messages import format_pair, get_leak_name, get_metric_name
from fieldcheck.models.near_duplicates import NearDuplicates, get_known_near_duplicates
from fieldcheck.models.run import compute_benchmark_key
from fieldcheck.models.scored_sides import (
    BenchmarkSide,
    FieldSide,
    get_scored_metric,
    load_benchmark_side,
    load_field_side,
)
from fieldcheck.models.store import get_card
from fieldcheck.project.project import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import runs as predictions_table
from fieldcheck.stats.wilson_interval import estimate_wilson

MOST_LEAKED = 0.02  # share of a set from which the first page says so
MOST_LOOKS = 3  # of models or cards at one draw


@dataclass(frozen=True, slots=True)
class DuplicatePair:
    """A picture and the one that is nearly the same, each by its name in its set."""

    picture: str
    twin: str


@dataclass(frozen=True, slots=True)
class LeakCount:
    """`n` of the `of` pictures of the first set have a near-duplicate in the second (`pairs`, the
    first few)."""

    between: str
    n: int
    of: int
    pairs: tuple[DuplicatePair, ...] = ()

    @property
    def share(self) -> float:
        return self.n / self.of if self.of else 0.0


@dataclass(frozen=True, slots=True)
class SourceScore:
    """Benchmark pictures of one source (the start of their file names, or their folder) and the
    score on them."""

    source: str
    score: Estimate


@dataclass(frozen=True, slots=True)
class Independence:
    """`leaks`: by pair of sets, None where near-duplicates were never looked for; `outdated`: they
    were looked for before benchmark or footage changed. `training`: pictures in the training
    folder, `unreadable` those that are no pictures, None where no folder is named. `with_leaks`,
    `without_leaks`, `leaked`: the benchmark's score over all, over what has no near-duplicate in
    field or training, and over the others. `looks`: models, or cards of one, that were scored on
    the labels; `exported` of `labelled` frames were given to training. `metric`: of the scores.
    """

    leaks: tuple[LeakCount, ...] | None
    outdated: bool
    training: int | None
    unreadable: int
    with_leaks: Estimate
    without_leaks: Estimate
    leaked: Estimate
    sources: tuple[SourceScore, ...]
    looks: tuple[str, ...]
    exported: int
    labelled: int
    metric: str = "accuracy"

    @property
    def is_worn_out(self) -> bool:
        """Whether so many models or cards were looked at that a fresh sample is due."""
        return len(self.looks) >= MOST_LOOKS


# Independence of the test on the page: leaks between training, benchmark and field, worn-out
# labels, and scores by source.

MOST_SHOWN_PAIRS = 8  # pairs of each kind


def list_independence_warnings(report: Report) -> list[str]:
    """Lines of the first page: more than 2 % leaked, a sample looked at too often, labels that
    training has seen."""
    result = INDEPENDENCE.get_result(report)
    if result is None:
        return []
    leaks = [row for row in result.leaks or () if row.share > MOST_LEAKED]
    return [
        *(_format_leak_count(row) for row in leaks),
        *_describe_label_reuse(result),
        *_describe_exported_labels(result),
    ]


def list_missing_search_notes(report: Report) -> list[str]:
    """Line for whoever sees the first page alone, where warnings of leaks may be missing: no
    search, or one before a change."""
    result = INDEPENDENCE.get_result(report)
    if result is None or report.benchmark is None:
        return []
    return [_describe_missing_search(result)] if result.leaks is None or result.outdated else []


def build_independence_section(result: Independence | None) -> Section:
    """All of it."""
    title = tr("Independence and data leakage")
    if result is None:
        sentence = tr(
            "Not measured. Requires a model and either a benchmark run or labelled frames."
        )
        return Section("independence", title, title, (Paragraph(sentence, quiet=True),))
    blocks: list[Block] = [*_build_leak_blocks(result)]
    blocks += [
        Paragraph(line)
        for line in (*_describe_label_reuse(result), *_describe_exported_labels(result))
    ]
    if not result.is_worn_out and result.looks:
        sentence = tr_plural(
            "{n} model was scored on these labels.",
            "{n} models or model cards were scored on these labels.",
            len(result.looks),
        )
        blocks.append(Paragraph(sentence.format(n=len(result.looks)), quiet=True))
    if result.sources:
        rows = tuple((source.source or tr("no name"), source.score) for source in result.sources)
        blocks.append(
            _build_score_table(
                tr("Benchmark score by source (folder, or start of the file name)"),
                rows,
                result.metric,
            )
        )
    return Section("independence", title, title, tuple(blocks))


def _build_leak_blocks(independence: Independence) -> list[Block]:
    if independence.leaks is None:
        return [Paragraph(_describe_missing_search(independence), quiet=True)]
    blocks: list[Block] = (
        [Paragraph(_describe_missing_search(independence))] if independence.outdated else []
    )
    blocks += [Paragraph(line, quiet=True) for line in _describe_training_leaks(independence)]
    heads = (
        Cell(tr("Near-duplicates"), head=True),
        *(Cell(text, figure=True) for text in ("n", tr("of"), tr("share"))),
    )
    rows = []
    for row in independence.leaks:
        figures = (str(row.n), str(row.of), format_percent(row.share, 1))
        rows.append(
            (
                Cell(get_leak_name(row.between), head=True),
                *(Cell(figure, figure=True) for figure in figures),
            )
        )
    blocks.append(
        Table(tr("The same image re-encoded, resized, or taken a moment later"), heads, tuple(rows))
    )
    for row in independence.leaks:
        if row.pairs:
            sentence = ", ".join(
                format_pair(pair.picture, pair.twin) for pair in row.pairs[:MOST_SHOWN_PAIRS]
            )
            blocks.append(
                Paragraph(
                    (
                        f"{get_leak_name(row.between)}: "
                        f"{sentence}{' …' if row.n > MOST_SHOWN_PAIRS else ''}"
                    ),
                    quiet=True,
                )
            )
    if independence.leaked.n:
        parts = (
            (tr("All images"), independence.with_leaks),
            (tr("Without near-duplicates in field and training"), independence.without_leaks),
            (tr("Near-duplicates alone"), independence.leaked),
        )
        blocks.append(
            _build_score_table(
                tr("Benchmark score with and without near-duplicates"), parts, independence.metric
            )
        )
    return blocks


def _describe_missing_search(independence: Independence) -> str:
    if independence.leaks is None:
        return tr(
            "Near-duplicates not searched yet{remedy}.", remedy=format_report_remedy("report")
        )
    return tr(
        "Benchmark or footage changed since the last near-duplicate search{remedy}.",
        remedy=format_report_remedy("report"),
    )


def _describe_training_leaks(independence: Independence) -> list[str]:
    if independence.training is None:
        return [
            tr("No training folder given: overlap between training data and benchmark is unknown.")
        ]
    if independence.training == 0:
        return [tr("The training folder is missing or contains no images.")]
    if not independence.unreadable:
        return []
    sentence = tr_plural(
        "{n} file in the training folder is not an image.",
        "{n} files in the training folder are not images.",
        independence.unreadable,
    )
    return [sentence.format(n=independence.unreadable)]


def _build_score_table(caption: str, rows: tuple[tuple[str, Estimate], ...], metric: str) -> Table:
    heads = (Cell(caption, head=True), Cell(get_metric_name(metric), figure=True))
    return Table(
        caption,
        heads,
        tuple(
            (
                Cell(name, head=True),
                Cell(names_and_numbers.format_benchmark_estimate(score), figure=True),
            )
            for name, score in rows
        ),
    )


def _format_leak_count(row: LeakCount) -> str:
    sentence = tr("{pair}: {n} of {of} ({share}) are near-duplicates; the score may be too high.")
    return sentence.format(
        pair=get_leak_name(row.between), n=row.n, of=row.of, share=format_percent(row.share, 1)
    )


def _describe_label_reuse(independence: Independence) -> list[str]:
    if not independence.is_worn_out:
        return []
    sentence = tr(
        "{n} models or model cards were scored on the same labels ({names}). Selecting among "
        "them biases the score; pick a new sample."
    )
    return [sentence.format(n=len(independence.looks), names=", ".join(independence.looks))]


def _describe_exported_labels(independence: Independence) -> list[str]:
    if not independence.exported:
        return []
    sentence = tr_plural(
        (
            "{n} of {of} labelled frames was exported for training; it is no longer a valid test "
            "for models trained since."
        ),
        (
            "{n} of {of} labelled frames were exported for training; they are no longer a valid "
            "test for models trained since."
        ),
        independence.exported,
    )
    return [sentence.format(n=independence.exported, of=independence.labelled)]


# Independence of a project's test: leaks, looks at the same labels, and labels that were given to
# training.

SHOWN = 20  # pairs
MOST_SOURCES = 12
NUMBER = re.compile(r"[\W_]*\d+\D*$")  # what tells pictures of one source apart


def compute_independence(project: Project) -> Independence | None:
    """None before a model, and where there is neither a benchmark nor a label."""
    model = project.read(models_table.get_newest_model)
    if model is None:
        return None
    benchmark, field = load_benchmark_side(project, model), load_field_side(project, model)
    labelled = [field.picks[index].frame_id for index in field.labelled.tolist()]
    if benchmark is None and not labelled:
        return None
    pairs = get_known_near_duplicates(project)
    scores = (
        _compute_scores(benchmark, pairs)
        if benchmark
        else (Estimate.not_measured("no_benchmark"),) * 3
    )
    return Independence(
        _count_leaks(pairs, benchmark) if pairs else None,
        pairs is not None and benchmark is not None and _is_outdated(pairs, benchmark, field),
        pairs.n_training if pairs else None,
        pairs.n_unreadable if pairs else 0,
        *scores,
        _compute_source_scores(benchmark) if benchmark else (),
        project.read(lambda db: _find_models_with_answers(db, labelled)),
        len(get_training_frames(project) & set(labelled)),
        len(labelled),
        get_scored_metric(get_card(model)),
    )


def get_source(item: BenchmarkItem) -> str:
    """Source of a benchmark picture: its folders but that of its class, and the start of its file
    name up to the number; empty where neither tells."""
    path = PurePosixPath(item.path)
    folders = [name for name in path.parts[:-1] if name != item.class_name]
    return "/".join([*folders, NUMBER.sub("", path.stem)]).strip("/")


def _count_leaks(pairs: NearDuplicates, benchmark: BenchmarkSide | None) -> tuple[LeakCount, ...]:
    n = len(benchmark.benchmark.items) if benchmark else 0
    rows = [
        _build_leak_count("benchmark_within", pairs.within, n),
        _build_leak_count("benchmark_field", pairs.in_field, n),
    ]
    if pairs.n_training is not None:
        rows += [
            _build_leak_count("benchmark_training", pairs.in_training, n),
            _build_leak_count("field_training", pairs.field_in_training, pairs.listed),
        ]
    return tuple(rows)


def _build_leak_count(between: str, pairs: Mapping[str, str], of: int) -> LeakCount:
    return LeakCount(
        between,
        len(pairs),
        of,
        tuple(DuplicatePair(*pair) for pair in sorted(pairs.items())[:SHOWN]),
    )


def _is_outdated(pairs: NearDuplicates, benchmark: BenchmarkSide, field: FieldSide) -> bool:
    return pairs.benchmark != compute_benchmark_key(benchmark.benchmark) or pairs.listed != len(
        field.listing
    )


def _compute_scores(
    side: BenchmarkSide, pairs: NearDuplicates | None
) -> tuple[Estimate, Estimate, Estimate]:
    """The benchmark's score as it stands, without what leaked, and of what leaked."""
    if pairs is None:
        return (
            side.score,
            Estimate.not_measured("not_searched"),
            Estimate.not_measured("not_searched"),
        )
    leaked = np.array(
        [item.path in pairs.in_field or item.path in pairs.in_training for item in side.items],
        dtype=np.bool_,
    )
    right = side.judgement.right
    alone, twins = (
        estimate_wilson(int(right[part].sum()), int(part.sum())) for part in (~leaked, leaked)
    )
    return side.score, alone, twins


def _compute_source_scores(side: BenchmarkSide) -> tuple[SourceScore, ...]:
    """The largest sources, where there are several and they are not as many as pictures."""
    groups: dict[str, list[bool]] = defaultdict(list)
    for item, right in zip(side.items, side.judgement.right.tolist(), strict=True):
        groups[get_source(item)].append(right)
    if not 1 < len(groups) <= len(side.items) / 2:
        return ()
    largest = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))[:MOST_SOURCES]
    return tuple(
        SourceScore(name, estimate_wilson(sum(rights), len(rights))) for name, rights in largest
    )


def _find_models_with_answers(db: Database, labelled: list[str]) -> tuple[str, ...]:
    """Every model, and every other card of one, whose answers to the labelled frames are stored:
    each saw its score."""
    names = {model.sha256: model.name for model in models_table.list_models(db)}
    models = predictions_table.list_models_asked(db, labelled)
    return tuple(names.get(sha256, sha256[:12]) for sha256, _ in models)


# Seal on the page: what was settled before the first label, who signed it, and every limit that
# changed afterwards.


def build_seal_section(result: SealState | None) -> Section:
    """State of the seal and its changes, a line each."""
    title, short = tr("Sealed before the first label"), tr("Seal")
    lines = [Paragraph(line) for line in words.list_seal_lines(result)]
    if result is not None and result.admin:
        sentence = tr(
            "The PIN prevents accidental changes to the limits. It is not a protection "
            "against manipulation."
        )
        lines.append(Paragraph(sentence, quiet=True))
    return Section("seal", short, title, tuple(lines))


def list_seal_warnings(report: Report) -> list[str]:
    """Sentences for the first page: criteria that changed after labelling began."""
    result = SEAL.get_result(report)
    return [] if result is None else words.list_seal_changes(result)


# Seal of a project, for its report.


def load_seal(project: Project) -> SealState | None:
    """None before the first label."""
    return get_seal_state(project)


SEAL: Analysis[SealState] = Analysis(
    key="seal", result=SealState, compute=load_seal, section=build_seal_section
)


INDEPENDENCE: Analysis[Independence] = Analysis(
    key="independence",
    result=Independence,
    compute=compute_independence,
    section=build_independence_section,
)
