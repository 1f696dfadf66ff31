"""Result of a round of labels: verdict on the gap, both scores, the most confident errors, or what is still missing for them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.plot import GapChart
from fieldcheck.domain.verdict import Verdict
from fieldcheck.project.folder import Project
from fieldcheck.project.memoise import memo_scope
from fieldcheck.project.tables import benchmarks as benchmarks_table
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables import settings as settings_table
from fieldcheck.project.tables.content_state import compute_content_state
from fieldcheck.report.gap_chart import build_gap_chart
from fieldcheck.report.report import WorstFrame
from fieldcheck.words import language
from fieldcheck.workflows.label.label_review import list_label_reviews
from fieldcheck.workflows.models.models import get_card
from fieldcheck.workflows.report._gap_part import compute_gap_result
from fieldcheck.workflows.report._report_rows import find_worst_frames
from fieldcheck.workflows.report._score_parts import build_benchmark_result, build_field_result
from fieldcheck.workflows.report.shared_classes import ComparedSides, load_compared_sides

MOST_SHOWN, NAME = 3, "round"
Lacking = Literal["", "model", "benchmark", "answers"]


@dataclass(frozen=True, slots=True)
class RoundResult:
    """Result of the labels, in figures of the report.

    - `lacking`: what the gap waits for, empty where it is measured; `n_waiting` pictures the model has still to answer.
    - `headline`: scores, gap and what is open, as sentences; `chart` of both scores; `tolerance`: the limit, a fraction.
    - `worst`: the most confident errors, one a burst; `n_open` disagreements nobody has looked at again.
    """

    lacking: Lacking
    n_waiting: int
    n_labelled: int
    verdict: Verdict | None
    tolerance: float
    headline: tuple[str, ...]
    chart: GapChart | None
    gap: Estimate
    worst: tuple[WorstFrame, ...]
    n_open: int


def compute_round_result(project: Project, lang: str) -> RoundResult:
    """Gap of the newest model as the report would state it, without the rest of the report; its sentences in the language `lang`. It is
    worked out once for as long as the project stands."""

    def build_result() -> RoundResult:
        with memo_scope(), language.use_language(lang):
            return _compute_result(project)

    return project.results.get_or_compute((NAME, lang), lambda: project.read(compute_content_state), build_result, lambda: None)


def get_known_result(project: Project, lang: str) -> RoundResult | None:
    """The result for the project as it stands, None where it was not worked out."""
    found = project.results.find_result((NAME, lang), project.read(compute_content_state))
    return found if isinstance(found, RoundResult) else None


def _compute_result(project: Project) -> RoundResult:
    models = project.read(models_table.list_models)
    model = models[-1] if models else None
    card = get_card(model) if model else None
    benchmark = project.read(benchmarks_table.get_benchmark)
    sides = load_compared_sides(project, model)
    waiting = _count_unanswered(sides) if model else 0
    lacking: Lacking = "model" if model is None else "benchmark" if benchmark is None else ""
    if model and benchmark and sides.benchmark_all is None:
        waiting += len(benchmark.items)
    part = build_benchmark_result(sides.benchmark, card, None) if sides.benchmark and card else None
    shown = build_field_result(project, sides.field, card)
    gap = compute_gap_result(part, sides.field, shown, project.read(settings_table.list_settings), card, named=benchmark is not None)
    return RoundResult(
        lacking=lacking or ("answers" if waiting else ""),
        n_waiting=waiting,
        n_labelled=sum(one.state == "done" for one in sides.field_all.labels.values()),
        verdict=gap.verdict if part else None,
        tolerance=gap.tolerance,
        headline=tuple(re.split(r"(?<=\.) (?=[A-ZÄÖÜ])", gap.sentence)),
        chart=build_gap_chart(part, shown, gap),
        gap=gap.estimate,
        worst=find_worst_frames(project, sides.field_all, card, MOST_SHOWN) if card else (),
        n_open=list_label_reviews(project, "field").n_open if model else 0,
    )


def _count_unanswered(sides: ComparedSides) -> int:
    """Labelled picks that the model has not answered."""
    side = sides.field_all
    return sum(label.state == "done" and name not in side.answers for name, label in side.labels.items())
