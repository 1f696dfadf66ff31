"""Commands about labels: from files, one at a time, what stands, and back again; and the review of
those that the model disagrees with."""

from __future__ import annotations

from collections.abc import Callable
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import click

from fieldcheck.cli.command import Answer, LazyGroup, TerminalProgress, define_command, json_command
from fieldcheck.cli.limits import unlock_project
from fieldcheck.cli.values import existing_project
from fieldcheck.domain.label import LOOK_ANSWERS, SIDES, Label, TaskTool
from fieldcheck.domain.project_state import Changes
from fieldcheck.i18n.language import tr
from fieldcheck.labels import messages as words
from fieldcheck.labels.formats.registry import READABLE
from fieldcheck.labels.messages import describe_act, list_import_lines
from fieldcheck.models.messages import describe_excluded_people, list_left_out_frames
from fieldcheck.timestamp import get_timestamp

if TYPE_CHECKING:
    from fieldcheck.labels.label_error_review import LabelReviewRows
    from fieldcheck.project.project import Project


class _LabelFormat(click.Choice[str]):
    """A format's name; `auto` is none."""

    def __init__(self) -> None:
        super().__init__(("auto", *READABLE))

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        text = super().convert(value, param, ctx)
        return None if text == "auto" else text


LABEL_FORMAT = _LabelFormat()


@click.group("label", cls=LazyGroup)
def label_group() -> None:
    """Labels of the picked frames."""


@label_group.command("import")
@existing_project
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--format",
    "format_",
    type=LABEL_FORMAT,
    default="auto",
    show_default=True,
    help="Label format; auto detects it.",
)
@click.option(
    "--not-blind", is_flag=True, help="Labels were given with predictions visible (not blind)."
)
@click.option("--by", default="", help="Name of the annotator.")
@click.option("--part", default="", help="Split of a dataset, for example test.")
@click.option(
    "--strict",
    is_flag=True,
    help="Reject the file if anything is missing, damaged, unlabelled or merged.",
)
@json_command("label_import")
def import_labels_command(
    project: Path,
    path: Path,
    format_: str | None,
    not_blind: bool,
    by: str,
    part: str,
    strict: bool,
    bar: TerminalProgress,
) -> Answer:
    """Import labels from a file or folder."""
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
    from fieldcheck.labels import store

    blind = False if not_blind else None
    with opened_for_writing(project, bar, get_timestamp()) as opened:
        taken = store.import_labels(
            opened,
            path,
            format_,
            annotator=by,
            blind=blind,
            now=get_timestamp(),
            progress=bar,
            strict=strict,
            part=part,
        )
    document = {
        "project": str(project.resolve()),
        "n_frames": taken.n_frames,
        "n_labels": taken.n_labels,
        "n_boxes": taken.n_boxes,
        "classes": list(taken.classes),
        "unmatched": [{"item": item, "why": why} for item, why in taken.unmatched],
        "receipt": taken.receipt.to_json(),
    }
    return Answer(
        document,
        (
            words.describe_label_import(
                taken.n_labels, taken.n_boxes, [name for name, _ in taken.unmatched]
            ),
            *list_import_lines(*taken.receipt.as_tuple),
        ),
    )


@label_group.command("export")
@existing_project
@click.option(
    "--as", "tool", required=True, type=click.Choice(get_args(TaskTool)), help="Labelling tool."
)
@click.option(
    "--out",
    required=True,
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="Output folder; must be empty or not exist.",
)
@click.option(
    "--all", "every", is_flag=True, help="Export all picked frames, not only unlabelled ones."
)
@click.option(
    "--with-people",
    is_flag=True,
    help="Include frames with a person; they are excluded by default.",
)
@json_command("label_export")
def export_labels_command(
    project: Path, tool: TaskTool, out: Path, every: bool, with_people: bool, bar: TerminalProgress
) -> Answer:
    """Export picked frames as labelling tasks for another tool. Import the result with label
    import."""
    from fieldcheck.corruptions.training_recipe import describe_export
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing

    # the room of the report, for which no other command about labels should wait
    from fieldcheck.report.export import export_tasks

    with opened_for_writing(project, bar, get_timestamp()) as opened:
        written = export_tasks(opened, tool, out, bar, every, with_people)
    document = {
        "out": str(out.resolve()),
        "as": tool,
        "n": written.n,
        "files": list(written.files),
        "left_out": list(written.left_out),
        "people_left_out": written.n_people,
    }
    lines = [describe_export(written.format, written.n, str(out))]
    lines += [list_left_out_frames(written.left_out)] if written.left_out else []
    lines += [describe_excluded_people(written.n_people)] if written.n_people else []
    return Answer(document, tuple(lines))


@label_group.command("set")
@existing_project
@click.argument("frame")
@click.argument("class_name", metavar="[CLASS]", required=False)
@click.option("--unsure", is_flag=True, help="Label the frame as unsure.")
@click.option("--skip", metavar="REASON", default=None, help="Skip the frame, with a reason.")
@click.option("--nothing", is_flag=True, help="Label the frame as empty.")
@click.option("--by", default="", help="Name of the annotator.")
@json_command("label_set")
def set_label_command(
    project: Path,
    frame: str,
    class_name: str | None,
    unsure: bool,
    skip: str | None,
    nothing: bool,
    by: str,
    bar: TerminalProgress,
) -> Answer:
    """Label one picked frame."""
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
    from fieldcheck.labels import store

    if sum((class_name is not None, unsure, skip is not None, nothing)) != 1:
        raise click.UsageError(tr("Specify one of CLASS, --unsure, --skip or --nothing."))
    label_decision = store.LabelDecision(
        class_name or "", unsure=unsure, skip=skip or "", nothing=nothing
    )
    with opened_for_writing(project, bar, get_timestamp()) as opened:
        return _make_edit_answer(
            opened,
            store.set_label(opened, frame, label_decision, annotator=by, now=get_timestamp()),
        )


@label_group.command("show")
@existing_project
@json_command("label_show")
def show_labels_command(project: Path, bar: TerminalProgress) -> Answer:
    """Show labelling progress."""
    from fieldcheck.analyses.early_verdict import get_interim_verdict
    from fieldcheck.labels import store
    from fieldcheck.project.folder import open_project

    with open_project(project, write=False) as opened:
        shown, early = store.get_labelling_state(opened), get_interim_verdict(opened)
    document = {
        "project": str(project.resolve()),
        "n_picked": shown.n_picked,
        "n_labelled": shown.n_labelled,
        "n_unsure": shown.n_unsure,
        "n_skipped": shown.n_skipped,
        "n_left": shown.n_left,
        "blind": shown.blind,
        "per_class": shown.per_class,
        "undo_depth": shown.undo_depth,
        "redo_depth": shown.redo_depth,
        "early": {
            "decided": early.decided,
            "n": early.n,
            "tolerance": early.tolerance,
            "why": early.why,
        },
        "labels": [make_label_document(label) for label in shown.labels],
    }
    lines = words.list_labelling_lines(
        shown.n_picked, shown.n_labelled, shown.n_unsure, shown.n_skipped, shown.per_class
    )
    return Answer(
        document, (*lines, *words.list_early_verdict_lines(early.decided, early.n, early.tolerance))
    )


def make_label_document(label: Label) -> dict[str, object]:
    """A label as `label show --json` prints it."""
    return {
        "frame_id": label.frame_id,
        "state": label.state,
        "class": label.class_name,
        "boxes": [
            {"class": box.class_name, "x": box.x, "y": box.y, "w": box.w, "h": box.h}
            for box in label.boxes
        ],
        "points": [
            {"class": point.class_name, "x": point.x, "y": point.y} for point in label.points
        ],
        "by": label.by,
        "at": label.at,
        "seconds": label.seconds,
    }


@define_command("undo")
@existing_project
@click.option(
    "--count",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Number of actions to undo.",
)
@json_command("undo")
def undo_command(project: Path, count: int, bar: TerminalProgress) -> Answer:
    """Undo the latest actions."""
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing

    with opened_for_writing(project, bar, get_timestamp()) as opened:
        return _repeat_step(opened, opened.undo, count)


@define_command("redo")
@existing_project
@click.option(
    "--count",
    type=click.IntRange(1),
    default=1,
    show_default=True,
    help="Number of actions to redo.",
)
@json_command("redo")
def run_redo_command(project: Path, count: int, bar: TerminalProgress) -> Answer:
    """Redo undone actions."""
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing

    with opened_for_writing(project, bar, get_timestamp()) as opened:
        return _repeat_step(opened, opened.redo, count)


def _repeat_step(opened: Project, step: Callable[[], Changes], count: int) -> Answer:
    unlock_project(opened)
    undo_depth, redo_depth = opened.count_history()
    there = undo_depth if step == opened.undo else redo_depth
    changes = [step() for _ in range(max(1, min(count, there)))]
    keys = tuple(dict.fromkeys(key for change in changes for key in change.keys))
    return _make_edit_answer(opened, Changes(changes[-1].act, changes[-1].kinds, keys))


def _make_edit_answer(opened: Project, changes: Changes) -> Answer:
    undo_depth, redo_depth = opened.count_history()
    document = {
        "project": str(opened.path.resolve()),
        "act": changes.act,
        "frame_ids": list(changes.keys),
        "undo_depth": undo_depth,
        "redo_depth": redo_depth,
    }
    return Answer(document, (words.describe_act(changes.act, len(changes.keys), undo_depth),))


# Label review commands: what label and model disagree on, and what somebody said who looked again.


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
    from fieldcheck.labels.label_error_review import list_label_reviews
    from fieldcheck.project.folder import open_project

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
    from fieldcheck.labels.label_error_review import require_answer, review_label
    from fieldcheck.project.folder import open_project

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


COMMANDS = (label_group, undo_command, run_redo_command, label_review_group)
