"""First figures of Explore: what the result of a round showed, before the whole report is worked out."""

from __future__ import annotations

from fieldcheck.domain.verdict import Readiness
from fieldcheck.project.folder import Project
from fieldcheck.report import code_names as named
from fieldcheck.report.gallery import build_image_block
from fieldcheck.words import language
from fieldcheck.words.gap import get_readiness_name
from fieldcheck.workflows.explore.explore import ExploreData, make_confident_error
from fieldcheck.workflows.report.round_result import get_known_result


def load_first_figures(project: Project, lang: str) -> ExploreData | None:
    """Scores, gap and most confident errors as the result of a round showed them for just this state; None where it did not. What only a
    whole report tells, its verdict among it, is empty unless the gap alone decides it."""
    found = get_known_result(project, lang)
    if found is None or found.lacking:
        return None
    with language.use_language(lang):
        decided: Readiness | None = "not_ready" if found.verdict == "fail" else None
        return ExploreData(
            verdict=get_readiness_name(decided) if decided else "",
            readiness=decided or "not_enough",
            sign=named.get_readiness_sign(decided or "not_enough"),
            headline=found.headline,
            under=(),
            counts=(),
            classes=(),
            count_heads=(),
            count_rows=(),
            worst=tuple(make_confident_error(one, build_image_block(one, {})) for one in found.worst),
            no_worst="",
            n_open=found.n_open,
            chart=found.chart,
        )
