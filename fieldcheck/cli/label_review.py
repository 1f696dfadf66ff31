"""Label review commands: what label and model disagree on, and what somebody said who looked
again."""

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
    """List the label review, most confident errors first, with the score before and after
    review."""
    with open_project(project, write=False) as opened:
        label_review_rows = list_label_reviews(opened, next(side for side in SIDES if side == on))
    lines = [
        words.describe_review_progress(
            len(label_review_rows.rows), label_review_rows.n_looked, label_review_rows.n_left
        ),
        words.describe_score_before(label_review_rows.on, label_review_rows.before),
        words.describe_score_after(
            label_review_rows.on, label_review_rows.after, label_review_rows.n_looked
        ),
        words.describe_wrong_share(
            label_review_rows.counts["label_wrong"],
            label_review_rows.n_looked,
            label_review_rows.share,
        ),
    ]
    return Answer(
        {"project": str(project.resolve()), **make_label_review_document(label_review_rows)},
        tuple(line for line in lines if line),
    )


def make_label_review_document(label_review_rows: LabelReviewRows) -> dict[str, object]:
    """Reviewed labels as `look show --json` prints them."""
    return {
        "on": label_review_rows.on,
        "n": len(label_review_rows.rows),
        "n_looked": label_review_rows.n_looked,
        "n_left": label_review_rows.n_left,
        "counts": {answer: label_review_rows.counts[answer] for answer in LOOK_ANSWERS},
        "before": label_review_rows.before.to_json(),
        "after": label_review_rows.after.to_json(),
        "share": label_review_rows.share.to_json(),
        "rows": [
            {
                "item": row.subject,
                "truth": list(row.truth),
                "said": list(row.predicted),
                "confidence": None if isnan(row.confidence) else row.confidence,
                "answer": row.answer,
            }
            for row in label_review_rows.rows
        ],
    }


@label_review_group.command("set")
@existing_project
@click.argument("item")
@click.argument("answer", type=click.Choice([answer.replace("_", "-") for answer in LOOK_ANSWERS]))
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
