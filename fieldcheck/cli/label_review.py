"""Label review commands: what label and model disagree on, and what somebody said who looked again."""

from __future__ import annotations

from math import isnan
from pathlib import Path

import click

from fieldcheck.cli.command import Answer, LazyGroup, TerminalProgress, json_command
from fieldcheck.cli.values import existing_project
from fieldcheck.domain.label import LOOK_ANSWERS
from fieldcheck.labels import messages as words
from fieldcheck.labels.label_error_review import (
    SIDES,
    LabelReviewRows,
    list_label_reviews,
    require_answer,
    review_label,
)
from fieldcheck.labels.messages import describe_act
from fieldcheck.project.folder import open_project
from fieldcheck.timestamp import get_timestamp


@click.group("look", cls=LazyGroup)
def label_review_group() -> None:
    """Label review: frames on which label and prediction disagree."""


@label_review_group.command("show")
@existing_project
@click.option(
    "--on",
    type=click.Choice(SIDES),
    default="field",
    show_default=True,
    help="Labels to review: field or benchmark.",
)
@json_command("look_show")
def show_label_review_command(project: Path, on: str, bar: TerminalProgress) -> Answer:
    """List the label review, most confident errors first, with the score before and after review."""
    with open_project(project, write=False) as opened:
        found = list_label_reviews(opened, next(side for side in SIDES if side == on))
    lines = [
        words.describe_review_progress(len(found.rows), found.n_looked, found.n_left),
        words.describe_score_before(found.on, found.before),
        words.describe_score_after(found.on, found.after, found.n_looked),
        words.describe_wrong_share(found.counts["label_wrong"], found.n_looked, found.share),
    ]
    return Answer(
        {"project": str(project.resolve()), **make_label_review_document(found)},
        tuple(line for line in lines if line),
    )


def make_label_review_document(found: LabelReviewRows) -> dict[str, object]:
    """Reviewed labels as `look show --json` prints them."""
    return {
        "on": found.on,
        "n": len(found.rows),
        "n_looked": found.n_looked,
        "n_left": found.n_left,
        "counts": {answer: found.counts[answer] for answer in LOOK_ANSWERS},
        "before": found.before.to_json(),
        "after": found.after.to_json(),
        "share": found.share.to_json(),
        "rows": [
            {
                "item": row.subject,
                "truth": list(row.truth),
                "said": list(row.predicted),
                "confidence": None if isnan(row.confidence) else row.confidence,
                "answer": row.answer,
            }
            for row in found.rows
        ],
    }


@label_review_group.command("set")
@existing_project
@click.argument("item")
@click.argument("answer", type=click.Choice([one.replace("_", "-") for one in LOOK_ANSWERS]))
@click.option(
    "--class",
    "class_name",
    default="",
    help="Correct class if the label was wrong; default: the prediction.",
)
@click.option("--by", default="", help="Name of the reviewer.")
@json_command("look_set")
def set_label_review_command(
    project: Path, item: str, answer: str, class_name: str, by: str, bar: TerminalProgress
) -> Answer:
    """Save a label review decision. ITEM is a frame, or `benchmark:` and a path. The label is not
    changed."""
    with open_project(project) as opened:
        changes = review_label(
            opened, item, require_answer(answer.replace("-", "_")), by, get_timestamp(), class_name
        )
        undo_depth, redo_depth = opened.count_history()
    document = {"project": str(project.resolve()), "act": changes.act, "items": list(changes.keys)}
    return Answer(
        {**document, "undo_depth": undo_depth, "redo_depth": redo_depth},
        (describe_act(changes.act, len(changes.keys), undo_depth),),
    )


COMMANDS = (label_review_group,)
