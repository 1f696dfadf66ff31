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
        said += "; " + plural("{n} item fits no picked frame", "{n} items fit no picked frame", len(unmatched)).format(n=len(unmatched))
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
        "fail": text("Decided after {n} labels, on this footage: not within {points} pp of the benchmark."),
        "pass": text("Decided after {n} labels, on this footage: within {points} pp of the benchmark."),
    }[side]
    return (f"{said.format(n=n, points=points)} {text('Finish labelling to narrow the range.')}",)


def acted(act: str, n: int, undo_depth: int) -> str:
    """An act was done, taken back or done again."""
    what = {
        "label.set": text("Label set"),
        "label.import": text("Labels imported"),
        "pick.propose": text("Frames picked"),
    }.get(act) or act_words(act)
    frames = plural("{n} frame", "{n} frames", n).format(n=n)
    left = plural("{depth} act can be taken back", "{depth} acts can be taken back", undo_depth).format(depth=undo_depth)
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
    return plural("{n} box", "{n} boxes", len(label.boxes)).format(n=len(label.boxes)) if label.boxes else text("nothing")


def undo_line(act: str, n_frames: int, number: int | None, said: tuple[Label | None, Label | None] | None) -> str:
    """Summary of an act that was undone or done again: `frame 12: crack → ok`. `number`: of its only frame; `said` of it before and now."""
    if number is not None and said is not None:
        before, after = (said_of(label) or text("no label") for label in said)
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
        "{labelled} of {n} picture is labelled ({format}): {classes}",
        "{labelled} of {n} pictures are labelled ({format}): {classes}",
        n_pictures,
    )
    said = [first.format(labelled=n_labelled, n=n_pictures, format=format_name, classes=classes)]
    if part:
        said.append(text("Read was the part {part}.").format(part=plain(part)))
    if outlines:
        said.append(
            plural("{n} outline became the box around it.", "{n} outlines became the boxes around them.", outlines).format(n=outlines)
        )
    if linked:
        said.append(
            plural("{n} picture is a link, which was followed.", "{n} pictures are links, which were followed.", linked).format(n=linked)
        )
    said += [loss_line(kind, n) for kind, n in losses]
    silent = "not_annotated" if silent_is_unknown else "unlabelled"
    return (*said, *(_fault(silent if kind == "unlabelled" else kind, names) for kind, names in faults.items()))


def _fault(kind: str, names: tuple[str, ...]) -> str:
    n = len(names)
    told = {
        "absent_parts": text("{n} named and not there: {names}"),
        "not_annotated": plural(
            "{n} picture is not annotated and left out of every score: {names}",
            "{n} pictures are not annotated and left out of every score: {names}",
            n,
        ),
        "unlabelled": plural("{n} picture without a label: {names}", "{n} pictures without a label: {names}", n),
        "orphans": plural("{n} label file without a picture: {names}", "{n} label files without a picture: {names}", n),
        "missing": plural("{n} picture is named and not there: {names}", "{n} pictures are named and not there: {names}", n),
        "damaged": plural("{n} picture is damaged and left out: {names}", "{n} pictures are damaged and left out: {names}", n),
        "unfit": plural(
            "{n} image is left out because a box of it lies outside: {names}",
            "{n} images are left out because a box of theirs lies outside: {names}",
            n,
        ),
        "unlike": plural(
            "{n} mask is not as large as its picture and left out: {names}",
            "{n} masks are not as large as their picture and left out: {names}",
            n,
        ),
        "merged": plural(
            "{n} name stands for several classes, which became one: {names}",
            "{n} names stand for several classes, which became one: {names}",
            n,
        ),
    }[kind]
    return told.format(n=n, names=listed(names, MOST_NAMED))


def loss_line(kind: str, n: int) -> str:
    """One sentence for one kind of loss; `kind` as of `exchange.label_set.SetAside`."""
    said = {
        "masks": plural("{n} outline or mask is held as a point inside.", "{n} outlines or masks are held as points inside.", n),
        "specks": plural("{n} speck of a mask has no point.", "{n} specks of masks have no point.", n),
        "marked": plural(
            "{n} point is written as a small square around it; how far its thing reaches was not labelled.",
            "{n} points are written as small squares around them; how far their things reach was not labelled.", n,
        ),
        "unmarked": plural(
            "{n} point has no square of its own: too near to another one, or of a class that masks have no number for.",
            "{n} points have no square of their own: too near to other ones, or of classes that masks have no number for.", n,
        ),
        "not_judged": plural(
            "{n} mask has pixels that nobody judged; what a model marks there counts as false.",
            "{n} masks have pixels that nobody judged; what a model marks there counts as false.", n,
        ),
        "ignored": plural(
            "{n} region that is marked as not judged was passed over; what a model marks there counts as false.",
            "{n} regions that are marked as not judged were passed over; what a model marks there counts as false.", n,
        ),
        "outlines_unread": plural("{n} outline cannot be read; its box stands.", "{n} outlines cannot be read; their boxes stand.", n),
        "unmasked": plural(
            "{n} image of a defect has no mask; only its class is imported.",
            "{n} images of defects have no mask; only their classes are imported.", n,
        ),
        "object_parts": plural("{n} part of an object was not imported.", "{n} parts of objects were not imported.", n),
        "columns": plural("{n} column of the CSV file was not imported.", "{n} columns of the CSV file were not imported.", n),
        "keypoints": plural("{n} set of key points was passed over.", "{n} sets of key points were passed over.", n),
        "turned": plural(
            "{n} turned box is not held as it stands; an upright one around it is.",
            "{n} turned boxes are not held as they stand; upright ones around them are.", n,
        ),
        "shapes": plural(
            "{n} shape that is no box, outline or point was passed over.",
            "{n} shapes that are no box, outline or point were passed over.", n
        ),
        "attributes": plural("{n} attribute of an object was passed over.", "{n} attributes of objects were passed over.", n),
        "tags": plural("{n} tag of a whole picture was passed over.", "{n} tags of whole pictures were passed over.", n),
        "several_answers": plural(
            "{n} picture was labelled more than once; the last answer was taken.",
            "{n} pictures were labelled more than once; the last answers were taken.", n,
        ),
        "crowd": plural("{n} box lost its mark as a crowd.", "{n} boxes lost their mark as a crowd.", n),
        "occluded": plural("{n} box lost its mark as hidden in part.", "{n} boxes lost their mark as hidden in part.", n),
        "truncated": plural("{n} box lost its mark as cut off by the edge.", "{n} boxes lost their mark as cut off by the edge.", n),
        "pictures": plural("{n} picture is named and not written.", "{n} pictures are named and not written.", n),
    }.get(kind, plural("{n} label was passed over.", "{n} labels were passed over.", n))  # fmt: skip
    return said.format(n=n)


def counted(names: Sequence[str]) -> str:
    """Names of what is on a frame: `crack`, or `crack ×2, burr`, or that there is nothing."""
    if not names:
        return text("nothing here")
    each = {name: names.count(name) for name in dict.fromkeys(names)}
    return ", ".join(name if n == 1 else f"{name} ×{n}" for name, n in each.items())
