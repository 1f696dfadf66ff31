"""The command `compare`: two models on the same labelled frames, or a ranking of more."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from fieldcheck.cli.command import Answer, TerminalProgress, define_command, json_command
from fieldcheck.cli.values import METRIC, existing_project
from fieldcheck.domain.estimate import P_BY_FRAME
from fieldcheck.i18n.language import tr
from fieldcheck.models import messages as words
from fieldcheck.models.messages import get_metric_name
from fieldcheck.timestamp import get_timestamp

if TYPE_CHECKING:
    from fieldcheck.analyses.releases_and_ranking import Ranking
    from fieldcheck.models.compare import ModelComparison
    from fieldcheck.project.project import Project

PAIR = 2  # models that are compared with each other; more are ranked


@define_command("compare")
@existing_project
@click.argument("models", nargs=-1, metavar="[MODEL_A MODEL_B...]")
@METRIC
@json_command("compare")
def compare_models_command(
    project: Path, models: tuple[str, ...], metric: str, bar: TerminalProgress
) -> Answer:
    """Compare models of the project on the same labelled frames: two with each other, three or
    more as a ranking; without names all of them."""
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
    from fieldcheck.project.tables.models import list_models

    if len(models) > 1 and len(set(models)) < len(models):
        again = next(name for name in models if models.count(name) > 1)
        raise click.UsageError(
            tr(
                "Both names refer to {model}. Name two different models: the old one, then "
                "the new one.",
                model=repr(again),
            )
        )
    with opened_for_writing(project, bar, get_timestamp()) as opened:
        names = models or tuple(model.name for model in opened.read(list_models))
        if len(names) < PAIR:
            raise click.UsageError(tr("A comparison requires two models. Name another model."))
        if len(names) == PAIR:
            return _compare_pair(opened, names, metric, bar)
        return _rank_models(opened, names, metric, bar)


def _rank_models(
    project: Project, names: Sequence[str], metric: str, bar: TerminalProgress
) -> Answer:
    from fieldcheck.analyses import releases_and_ranking

    if not releases_and_ranking.can_rank_by(project, names, metric):
        raise click.UsageError(
            tr(
                "Three or more models are ranked by correct frames: there is no test of all pairs "
                "together for {metric}. Omit --metric, or name two models.",
                metric=get_metric_name(metric),
            )
        )
    ranking = releases_and_ranking.rank_named_models(project, names, bar, get_timestamp())
    lines = releases_and_ranking.list_ranking_lines(ranking)
    if ranking.left:
        lines += (words.describe_left_frames(len(ranking.left), len(names)),)
    return Answer(
        {"project": str(project.path.resolve()), **make_ranking_document(ranking)},
        _dim_if_exported(lines, ranking.exported, ranking.n),
    )


def _dim_if_exported(lines: tuple[str, ...], exported: int, n: int) -> tuple[str, ...]:
    """Still told, but dimmed, after why it is no test."""
    if not exported:
        return lines
    dimmed = (click.style(line, dim=True) for line in lines)
    return words.describe_exported_frames(exported, n), *dimmed


def make_ranking_document(ranking: Ranking) -> dict[str, Any]:
    """Three and more models as `compare --json` prints them."""
    return {
        "metric": ranking.metric,
        "n": ranking.n,
        "clips": ranking.clips,
        "best_decided": ranking.is_best_decided,
        "models": [
            {
                "model": ranked.model,
                "score": ranked.score.to_json(),
                "first": ranked.first,
                "last": ranked.last,
                "camera": ranked.verdict.change.to_json(),
                "p_clips": ranked.verdict.p,
                "direction": ranked.verdict.direction,
            }
            for ranked in ranking.models
        ],
        "pairs": [
            {
                "a": pair.a,
                "b": pair.b,
                "camera": pair.verdict.change.to_json(),
                "p_clips": pair.verdict.p,
                "direction": pair.verdict.direction,
            }
            for pair in ranking.pairs
        ],
        "exported": ranking.exported,
        "left": list(ranking.left),
    }


def _compare_pair(
    project: Project, names: Sequence[str], metric: str, bar: TerminalProgress
) -> Answer:
    from fieldcheck.models.compare import compare_models

    a, b = names
    model_comparison = compare_models(project, a, b, bar, get_timestamp(), metric)
    table = model_comparison.table
    counts = (table.both_right, table.only_a, table.only_b, table.both_wrong)
    lines = words.list_comparison_lines(
        model_comparison.a,
        model_comparison.b,
        counts,
        model_comparison.cameras,
        table.change,
        model_comparison.metric,
        model_comparison.scores,
    )
    lines += (
        (words.describe_left_frames(len(model_comparison.left)),) if model_comparison.left else ()
    )
    lines += tuple(
        words.describe_recall_by_size(
            model_comparison.a, model_comparison.b, size.size, size.n, (size.a, size.b), size.change
        )
        for size in model_comparison.sizes
    )
    return Answer(
        {"project": str(project.path.resolve()), **make_compare_document(model_comparison)},
        _dim_if_exported(lines, model_comparison.exported, table.n),
    )


def make_compare_document(model_comparison: ModelComparison) -> dict[str, Any]:
    """Two models as `compare --json` prints them."""
    table = model_comparison.table
    return {
        "a": model_comparison.a,
        "b": model_comparison.b,
        "metric": model_comparison.metric,
        "score_a": model_comparison.scores[0].to_json(),
        "score_b": model_comparison.scores[1].to_json(),
        "n": table.n,
        "both_right": table.both_right,
        "only_a": table.only_a,
        "only_b": table.only_b,
        "both_wrong": table.both_wrong,
        **P_BY_FRAME,
        "change": table.change.to_json(),
        "camera": model_comparison.cameras.change.to_json(),
        "p_clips": model_comparison.cameras.p,
        "direction": model_comparison.cameras.direction,
        "flips": [asdict(flip) for flip in model_comparison.flips],
        "exported": model_comparison.exported,
        "left": list(model_comparison.left),
        "sizes": [
            {"size": size.size, "n": size.n}
            | {name: getattr(size, name).to_json() for name in ("a", "b", "change", "camera")}
            for size in model_comparison.sizes
        ],
    }


COMMANDS = (compare_models_command,)
