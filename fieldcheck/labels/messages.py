"""Texts about labels and label review."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.label import Label, Repeat
from fieldcheck.domain.project_state import get_act_name
from fieldcheck.errors.message_format import format_in_brackets, format_names, to_one_line
from fieldcheck.i18n import numbers
from fieldcheck.i18n.language import tr, tr_plural, tr_points
from fieldcheck.i18n.numbers import format_interval, format_percent, format_rate_limits

# Sentences about label review: the score before and after, and how many labels were wrong.


def describe_review_progress(n: int, n_looked: int, n_left: int) -> str:
    """How far label reviews are, or why there are none yet."""
    if n_left:
        text = tr_plural(
            "{n} picked frame has no label yet.", "{n} picked frames have no label yet.", n_left
        )
        return text.format(n=n_left)
    if not n:
        return tr("No disagreements to review.")
    return tr_plural(
        "{done} of {n} disagreement reviewed.",
        "{done} of {n} disagreements reviewed.",
        n,
        done=n_looked,
        n=n,
    )


def describe_score_before(set_name: str, score: Estimate) -> str:
    """The score by the labels as they were first said, or filed."""
    if not score.measured:
        return tr("No score yet.")
    text = (
        tr("With original labels: {score}")
        if set_name == "field"
        else tr("With benchmark labels: {score}")
    )
    return text.format(score=format_score(score))


def describe_score_after(set_name: str, score: Estimate, n: int) -> str:
    """Score after label review; empty before the first."""
    if not n or not score.measured:
        return ""
    return tr("After label review, {n} reviewed: {score}", n=n, score=format_score(score))


def describe_wrong_share(wrong: int, n: int, share: Estimate) -> str:
    """Describe how many reviewed labels were wrong."""
    if not n:
        return ""
    text = tr_plural(
        "{wrong} of {n} reviewed label wrong", "{wrong} of {n} reviewed labels wrong", n
    )
    return text.format(wrong=wrong, n=n) + (
        f" ({format_rate_limits(share)})" if share.measured else ""
    )


def format_score(score: Estimate) -> str:
    """A score with its range and how many frames it rests on."""
    return f"{format_percent(score.value)} ({format_interval(score)}, n = {score.n})"


MOST_NAMED = 3
FEW_CLASSES = 3


def describe_label_import(n_labels: int, n_boxes: int, unmatched: Sequence[str]) -> str:
    """Labels came in from a file; `unmatched` are the names in it that fit no picked frame."""
    text = tr_plural("{n} label imported", "{n} labels imported", n_labels, n=n_labels)
    if n_boxes:
        text += " " + tr_plural("({n} box)", "({n} boxes)", n_boxes, n=n_boxes)
    if unmatched:
        text += "; " + tr_plural(
            "{n} item matches no picked frame",
            "{n} items match no picked frame",
            len(unmatched),
            n=len(unmatched),
        )
        text += format_in_brackets(format_names(unmatched, MOST_NAMED))
    return text + "."


def list_labelling_lines(
    n_picked: int, n_labelled: int, n_unsure: int, n_skipped: int, per_class: Mapping[str, int]
) -> tuple[str, ...]:
    """The state of labelling."""
    lines = [
        tr(
            "{labelled} of {picked} labelled, {unsure} unsure, {skipped} skipped.",
            labelled=n_labelled,
            picked=n_picked,
            unsure=n_unsure,
            skipped=n_skipped,
        )
    ]
    lines += [f"{name}: {n}" for name, n in per_class.items() if n]
    return (*lines, *_list_unlabelled_classes(per_class))


def _list_unlabelled_classes(per_class: Mapping[str, int]) -> tuple[str, ...]:
    """How many classes have no label, of a few each by its name."""
    bare = [to_one_line(name) for name, n in per_class.items() if not n]
    if len(bare) <= FEW_CLASSES:
        return tuple(f"{name} 0" for name in bare)
    return (
        tr_plural(
            "{n} class without a label", "{n} classes without a label", len(bare), n=len(bare)
        ),
    )


def list_early_verdict_lines(
    side: Literal["fail", "pass"] | None, n: int, tolerance: float
) -> tuple[str, ...]:
    """An early verdict on this footage, and that the labels after it still narrow the range;
    nothing where nothing is decided."""
    if side is None:
        return ()
    points = numbers.format_limit(tolerance)
    text = {
        "fail": tr_points(
            "Early verdict after {n} labels, this footage: not within {points} pp of the "
            "benchmark.",
            points,
        ),
        "pass": tr_points(
            "Early verdict after {n} labels, this footage: within {points} pp of the benchmark.",
            points,
        ),
    }[side]
    return (f"{text.format(n=n, points=points)} {tr('Label more frames to narrow the interval.')}",)


def describe_act(act: str, n: int, undo_depth: int) -> str:
    """Describe an act that was done, undone or redone."""
    act_name = {
        "label.set": tr("Label set"),
        "label.import": tr("Labels imported"),
        "pick.propose": tr("Frames picked"),
    }.get(act) or get_act_name(act)
    frames = tr_plural("{n} frame", "{n} frames", n, n=n)
    undo_line = tr_plural(
        "{depth} action can be undone",
        "{depth} actions can be undone",
        undo_depth,
        depth=undo_depth,
    )
    return f"{act_name}: {frames}; {undo_line}."


def format_label(label: Label | Repeat | None) -> str:
    """Label of a frame in words; empty where nothing was."""
    if label is None:
        return ""
    if label.state != "done":
        return tr("unsure") if label.state == "unsure" else tr("skipped")
    if label.class_name:
        return label.class_name
    if label.points:
        return tr_plural("{n} point", "{n} points", len(label.points), n=len(label.points))
    return (
        tr_plural("{n} box", "{n} boxes", len(label.boxes), n=len(label.boxes))
        if label.boxes
        else tr("empty frame")
    )


def describe_undo(
    act: str, n_frames: int, number: int | None, labels: tuple[Label | None, Label | None] | None
) -> str:
    """Summary of an act that was undone or done again: `frame 12: crack → ok`. `number`: of its
    only frame; `labels` of it before and now."""
    if number is not None and labels is not None:
        before, after = (format_label(label) or tr("unlabelled") for label in labels)
        return tr("frame {number}: {before} → {after}", number=number, before=before, after=after)
    if number is not None:
        return tr("{what}, frame {number}", what=get_act_name(act), number=number)
    if n_frames:
        frames = tr_plural("{n} frame", "{n} frames", n_frames, n=n_frames)
        return tr("{what}, {frames}", what=get_act_name(act), frames=frames)
    return get_act_name(act)


def list_import_lines(
    format_name: str,
    n_pictures: int,
    n_labelled: int,
    per_class: Mapping[str, int],
    part: str,
    outlines: int,
    faults: Mapping[str, tuple[str, ...]],
    linked: int = 0,
    losses: Iterable[tuple[str, int]] = (),
    silent_is_unknown: bool = False,
) -> tuple[str, ...]:
    """Import receipt: what came in, class by class, then a line for each kind of thing that did
    not, or not as it stood."""
    classes = ", ".join(
        [
            *(f"{to_one_line(name)} {n}" for name, n in per_class.items() if n),
            *_list_unlabelled_classes(per_class),
        ]
    )
    first = tr_plural(
        "{labelled} of {n} image labelled ({format}): {classes}",
        "{labelled} of {n} images labelled ({format}): {classes}",
        n_pictures,
    )
    lines = [first.format(labelled=n_labelled, n=n_pictures, format=format_name, classes=classes)]
    if part:
        lines.append(tr("Split imported: {part}.", part=to_one_line(part)))
    if outlines:
        lines.append(
            tr_plural(
                "{n} polygon converted to its bounding box.",
                "{n} polygons converted to their bounding boxes.",
                outlines,
                n=outlines,
            )
        )
    if linked:
        lines.append(
            tr_plural(
                "{n} image is a symbolic link and was followed.",
                "{n} images are symbolic links and were followed.",
                linked,
                n=linked,
            )
        )
    lines += [describe_loss(kind, n) for kind, n in losses]
    silent = "not_annotated" if silent_is_unknown else "unlabelled"
    return (
        *lines,
        *(
            _describe_fault(silent if kind == "unlabelled" else kind, names)
            for kind, names in faults.items()
        ),
    )


def _describe_fault(kind: str, names: tuple[str, ...]) -> str:
    n = len(names)
    text = {
        "absent_parts": tr("Splits not found ({n}): {names}"),
        "not_annotated": tr_plural(
            "{n} unlabelled image, not scored: {names}",
            "{n} unlabelled images, not scored: {names}",
            n,
        ),
        "unlabelled": tr_plural(
            "{n} unlabelled image: {names}", "{n} unlabelled images: {names}", n
        ),
        "orphans": tr_plural(
            "{n} label file without an image: {names}",
            "{n} label files without an image: {names}",
            n,
        ),
        "missing": tr_plural(
            "{n} listed image not found: {names}", "{n} listed images not found: {names}", n
        ),
        "damaged": tr_plural(
            "{n} damaged image skipped: {names}", "{n} damaged images skipped: {names}", n
        ),
        "unfit": tr_plural(
            "{n} image skipped because a box lies outside it: {names}",
            "{n} images skipped because boxes lie outside them: {names}",
            n,
        ),
        "unlike": tr_plural(
            "{n} mask skipped: size differs from its image: {names}",
            "{n} masks skipped: size differs from their image: {names}",
            n,
        ),
        "merged": tr_plural(
            "{n} name used by several classes, merged into one: {names}",
            "{n} names used by several classes, each merged into one: {names}",
            n,
        ),
    }[kind]
    return text.format(n=n, names=format_names(names, MOST_NAMED))


def describe_loss(kind: str, n: int) -> str:
    """One sentence for one kind of loss; `kind` as in `SkippedItems.losses`."""
    texts = _list_mask_losses(n) | _list_attribute_losses(n)
    return texts.get(kind, tr_plural("{n} label ignored.", "{n} labels ignored.", n)).format(n=n)


def _list_mask_losses(n: int) -> dict[str, str]:
    return {
        "masks": tr_plural(
            "{n} polygon or mask converted to an interior point.",
            "{n} polygons or masks converted to interior points.",
            n,
        ),
        "specks": tr_plural(
            "{n} tiny mask region without a point.", "{n} tiny mask regions without a point.", n
        ),
        "marked": tr_plural(
            "{n} point exported as a small square; the object's extent was not labelled.",
            "{n} points exported as small squares; the objects' extent was not labelled.",
            n,
        ),
        "unmarked": tr_plural(
            (
                "{n} point has no mask area: too close to another point, "
                "or no mask value for its class."
            ),
            (
                "{n} points have no mask area: too close to other points, "
                "or no mask value for their class."
            ),
            n,
        ),
        "not_judged": tr_plural(
            "{n} mask has unlabelled pixels; predictions on them count as false positives.",
            "{n} masks have unlabelled pixels; predictions on them count as false positives.",
            n,
        ),
        "ignored": tr_plural(
            "{n} ignore region skipped; predictions inside count as false positives.",
            "{n} ignore regions skipped; predictions inside count as false positives.",
            n,
        ),
        "outlines_unread": tr_plural(
            "{n} polygon unreadable; its bounding box is used.",
            "{n} polygons unreadable; their bounding boxes are used.",
            n,
        ),
        "unmasked": tr_plural(
            "{n} image of a defect has no mask; only its class is imported.",
            "{n} images of defects have no mask; only their classes are imported.",
            n,
        ),
    }


def _list_attribute_losses(n: int) -> dict[str, str]:
    return {
        "object_parts": tr_plural(
            "{n} part of an object was not imported.", "{n} parts of objects were not imported.", n
        ),
        "columns": tr_plural(
            "{n} column of the CSV file was not imported.",
            "{n} columns of the CSV file were not imported.",
            n,
        ),
        "keypoints": tr_plural("{n} keypoint set ignored.", "{n} keypoint sets ignored.", n),
        "turned": tr_plural(
            "{n} rotated box converted to an axis-aligned box.",
            "{n} rotated boxes converted to axis-aligned boxes.",
            n,
        ),
        "shapes": tr_plural("{n} unsupported shape ignored.", "{n} unsupported shapes ignored.", n),
        "attributes": tr_plural(
            "{n} object attribute ignored.", "{n} object attributes ignored.", n
        ),
        "tags": tr_plural("{n} image-level tag ignored.", "{n} image-level tags ignored.", n),
        "several_answers": tr_plural(
            "{n} image has several labels; the last one is used.",
            "{n} images have several labels; the last one is used.",
            n,
        ),
        "crowd": tr_plural(
            "{n} box lost its “crowd” attribute.", "{n} boxes lost their “crowd” attribute.", n
        ),
        "occluded": tr_plural(
            "{n} box lost its “occluded” attribute.",
            "{n} boxes lost their “occluded” attribute.",
            n,
        ),
        "truncated": tr_plural(
            "{n} box lost its “truncated” attribute.",
            "{n} boxes lost their “truncated” attribute.",
            n,
        ),
        "pictures": tr_plural(
            "{n} image listed but not exported.", "{n} images listed but not exported.", n
        ),
    }


def format_class_counts(names: Sequence[str]) -> str:
    """Names of what is on a frame: `crack`, or `crack ×2, burr`, or that there is nothing."""
    if not names:
        return tr("empty frame")
    each = {name: names.count(name) for name in dict.fromkeys(names)}
    return ", ".join(name if n == 1 else f"{name} ×{n}" for name, n in each.items())
