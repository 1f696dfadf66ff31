"""Texts about labels."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from fieldcheck.domain.label import Label
from fieldcheck.domain.repeat import Repeat
from fieldcheck.words import figures
from fieldcheck.words.acts import act_words
from fieldcheck.words.formatting import in_brackets, listed, plain
from fieldcheck.words.language import plural, text

MOST_NAMED = 3
FEW_CLASSES = 3


def labels_imported(n_labels: int, n_boxes: int, unmatched: Sequence[str]) -> str:
    """Labels came in from a file; `unmatched` are the names in it that fit no picked frame."""
    said = plural("{n} label imported", "{n} labels imported", n_labels).format(n=n_labels)
    if n_boxes:
        said += " " + plural("({n} box)", "({n} boxes)", n_boxes).format(n=n_boxes)
    if unmatched:
        said += "; " + plural("{n} item matches no picked frame", "{n} items match no picked frame", len(unmatched)).format(
            n=len(unmatched)
        )
        said += in_brackets(listed(unmatched, MOST_NAMED))
    return said + "."


def shown(n_picked: int, n_labelled: int, n_unsure: int, n_skipped: int, per_class: Mapping[str, int]) -> tuple[str, ...]:
    """The state of labelling."""
    said = [
        text("{labelled} of {picked} labelled, {unsure} unsure, {skipped} skipped.").format(
            labelled=n_labelled, picked=n_picked, unsure=n_unsure, skipped=n_skipped
        )
    ]
    said += [f"{name}: {n}" for name, n in per_class.items() if n]
    return (*said, *_without(per_class))


def _without(per_class: Mapping[str, int]) -> tuple[str, ...]:
    """How many classes have no label, of a few each by its name."""
    bare = [plain(name) for name, n in per_class.items() if not n]
    if len(bare) <= FEW_CLASSES:
        return tuple(f"{name} 0" for name in bare)
    return (plural("{n} class without a label", "{n} classes without a label", len(bare)).format(n=len(bare)),)


def decided_early(side: Literal["fail", "pass"] | None, n: int, tolerance: float) -> tuple[str, ...]:
    """An early verdict on this footage, and that the labels after it still narrow the range; nothing where nothing is decided."""
    if side is None:
        return ()
    points = figures.limit(tolerance)
    said = {
        "fail": text("Early verdict after {n} labels, this footage: not within {points} pp of the benchmark."),
        "pass": text("Early verdict after {n} labels, this footage: within {points} pp of the benchmark."),
    }[side]
    return (f"{said.format(n=n, points=points)} {text('Label more frames to narrow the interval.')}",)


def acted(act: str, n: int, undo_depth: int) -> str:
    """An act was done, taken back or done again."""
    what = {
        "label.set": text("Label set"),
        "label.import": text("Labels imported"),
        "pick.propose": text("Frames picked"),
    }.get(act) or act_words(act)
    frames = plural("{n} frame", "{n} frames", n).format(n=n)
    left = plural("{depth} action can be undone", "{depth} actions can be undone", undo_depth).format(depth=undo_depth)
    return f"{what}: {frames}; {left}."


def said_of(label: Label | Repeat | None) -> str:
    """Label of a frame in words; empty where nothing was."""
    if label is None:
        return ""
    if label.state != "done":
        return text("unsure") if label.state == "unsure" else text("skipped")
    if label.class_name:
        return label.class_name
    if label.points:
        return plural("{n} point", "{n} points", len(label.points)).format(n=len(label.points))
    return plural("{n} box", "{n} boxes", len(label.boxes)).format(n=len(label.boxes)) if label.boxes else text("empty frame")


def undo_line(act: str, n_frames: int, number: int | None, said: tuple[Label | None, Label | None] | None) -> str:
    """Summary of an act that was undone or done again: `frame 12: crack → ok`. `number`: of its only frame; `said` of it before and now."""
    if number is not None and said is not None:
        before, after = (said_of(label) or text("unlabelled") for label in said)
        return text("frame {number}: {before} → {after}").format(number=number, before=before, after=after)
    if number is not None:
        return text("{what}, frame {number}").format(what=act_words(act), number=number)
    if n_frames:
        frames = plural("{n} frame", "{n} frames", n_frames).format(n=n_frames)
        return text("{what}, {frames}").format(what=act_words(act), frames=frames)
    return act_words(act)


def receipt_lines(
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
    """Import receipt: what came in, class by class, then a line for each kind of thing that did not, or not as it stood."""
    classes = ", ".join([*(f"{plain(name)} {n}" for name, n in per_class.items() if n), *_without(per_class)])
    first = plural(
        "{labelled} of {n} image labelled ({format}): {classes}",
        "{labelled} of {n} images labelled ({format}): {classes}",
        n_pictures,
    )
    said = [first.format(labelled=n_labelled, n=n_pictures, format=format_name, classes=classes)]
    if part:
        said.append(text("Part imported: {part}.").format(part=plain(part)))
    if outlines:
        said.append(
            plural("{n} polygon converted to its bounding box.", "{n} polygons converted to their bounding boxes.", outlines).format(
                n=outlines
            )
        )
    if linked:
        said.append(
            plural("{n} image is a symbolic link and was followed.", "{n} images are symbolic links and were followed.", linked).format(
                n=linked
            )
        )
    said += [loss_line(kind, n) for kind, n in losses]
    silent = "not_annotated" if silent_is_unknown else "unlabelled"
    return (*said, *(_fault(silent if kind == "unlabelled" else kind, names) for kind, names in faults.items()))


def _fault(kind: str, names: tuple[str, ...]) -> str:
    n = len(names)
    told = {
        "absent_parts": text("Parts not found ({n}): {names}"),
        "not_annotated": plural(
            "{n} unlabelled image, not scored: {names}",
            "{n} unlabelled images, not scored: {names}",
            n,
        ),
        "unlabelled": plural("{n} unlabelled image: {names}", "{n} unlabelled images: {names}", n),
        "orphans": plural("{n} label file without an image: {names}", "{n} label files without an image: {names}", n),
        "missing": plural("{n} listed image not found: {names}", "{n} listed images not found: {names}", n),
        "damaged": plural("{n} damaged image skipped: {names}", "{n} damaged images skipped: {names}", n),
        "unfit": plural(
            "{n} image skipped because a box lies outside it: {names}",
            "{n} images skipped because boxes lie outside them: {names}",
            n,
        ),
        "unlike": plural(
            "{n} mask skipped: size differs from its image: {names}",
            "{n} masks skipped: size differs from their image: {names}",
            n,
        ),
        "merged": plural(
            "{n} name used by several classes, merged into one: {names}",
            "{n} names used by several classes, each merged into one: {names}",
            n,
        ),
    }[kind]
    return told.format(n=n, names=listed(names, MOST_NAMED))


def loss_line(kind: str, n: int) -> str:
    """One sentence for one kind of loss; `kind` as of `exchange.label_set.SetAside`."""
    said = {
        "masks": plural("{n} polygon or mask converted to an interior point.", "{n} polygons or masks converted to interior points.", n),
        "specks": plural("{n} tiny mask region without a point.", "{n} tiny mask regions without a point.", n),
        "marked": plural(
            "{n} point exported as a small square; the object's extent was not labelled.",
            "{n} points exported as small squares; the objects' extent was not labelled.", n,
        ),
        "unmarked": plural(
            "{n} point has no mask area: too close to another point, or no mask value for its class.",
            "{n} points have no mask area: too close to other points, or no mask value for their class.", n,
        ),
        "not_judged": plural(
            "{n} mask has unlabelled pixels; predictions on them count as false positives.",
            "{n} masks have unlabelled pixels; predictions on them count as false positives.", n,
        ),
        "ignored": plural(
            "{n} ignore region skipped; predictions inside count as false positives.",
            "{n} ignore regions skipped; predictions inside count as false positives.", n,
        ),
        "outlines_unread": plural(
            "{n} polygon unreadable; its bounding box is used.",
            "{n} polygons unreadable; their bounding boxes are used.", n,
        ),
        "unmasked": plural(
            "{n} image of a defect has no mask; only its class is imported.",
            "{n} images of defects have no mask; only their classes are imported.", n,
        ),
        "object_parts": plural("{n} part of an object was not imported.", "{n} parts of objects were not imported.", n),
        "columns": plural("{n} column of the CSV file was not imported.", "{n} columns of the CSV file were not imported.", n),
        "keypoints": plural("{n} keypoint set ignored.", "{n} keypoint sets ignored.", n),
        "turned": plural(
            "{n} rotated box converted to an axis-aligned box.",
            "{n} rotated boxes converted to axis-aligned boxes.", n,
        ),
        "shapes": plural(
            "{n} unsupported shape ignored.",
            "{n} unsupported shapes ignored.", n
        ),
        "attributes": plural("{n} object attribute ignored.", "{n} object attributes ignored.", n),
        "tags": plural("{n} image-level tag ignored.", "{n} image-level tags ignored.", n),
        "several_answers": plural(
            "{n} image has several labels; the last one is used.",
            "{n} images have several labels; the last one is used.", n,
        ),
        "crowd": plural("{n} box lost its “crowd” attribute.", "{n} boxes lost their “crowd” attribute.", n),
        "occluded": plural("{n} box lost its “occluded” attribute.", "{n} boxes lost their “occluded” attribute.", n),
        "truncated": plural("{n} box lost its “truncated” attribute.", "{n} boxes lost their “truncated” attribute.", n),
        "pictures": plural("{n} image listed but not exported.", "{n} images listed but not exported.", n),
    }.get(kind, plural("{n} label ignored.", "{n} labels ignored.", n))  # fmt: skip
    return said.format(n=n)


def counted(names: Sequence[str]) -> str:
    """Names of what is on a frame: `crack`, or `crack ×2, burr`, or that there is nothing."""
    if not names:
        return text("empty frame")
    each = {name: names.count(name) for name in dict.fromkeys(names)}
    return ", ".join(name if n == 1 else f"{name} ×{n}" for name, n in each.items())
