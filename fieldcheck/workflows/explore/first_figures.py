"""First figures of Explore: what the result of a round showed, before the whole report is worked out."""

from __future__ import annotations

from fieldcheck.domain.verdict import Readiness
from fieldcheck.project.folder import Project
from fieldcheck.report import code_names as named
from fieldcheck.report.gallery import picture
from fieldcheck.words import language
from fieldcheck.words.gap import readiness
from fieldcheck.workflows.explore.explore import Explored, error_of
from fieldcheck.workflows.report.round_result import known_result


def first_figures(project: Project, lang: str) -> Explored | None:
    """Scores, gap and most confident errors as the result of a round showed them for just this state; None where it did not. What only a
    whole report tells, its verdict among it, is empty unless the gap alone decides it."""
    found = known_result(project, lang)
    if found is None or found.lacking:
        return None
    with language.spoken(lang):
        decided: Readiness | None = "not_ready" if found.verdict == "fail" else None
        return Explored(
            verdict=readiness(decided) if decided else "",
            readiness=decided or "not_enough",
            sign=named.sign_of(decided or "not_enough"),
            headline=found.headline,
            under=(),
            counts=(),
            classes=(),
            count_heads=(),
            count_rows=(),
            worst=tuple(error_of(one, picture(one, {})) for one in found.worst),
            no_worst="",
            n_open=found.n_open,
            chart=found.chart,
        )
