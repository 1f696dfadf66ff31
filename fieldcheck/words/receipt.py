"""The receipt of an import of labels, in words."""

from __future__ import annotations

from collections.abc import Mapping

from fieldcheck.words.formatting import listed, plain
from fieldcheck.words.language import plural, text

MOST_NAMED = 3


def receipt_lines(
    format_name: str,
    n_pictures: int,
    n_labelled: int,
    per_class: Mapping[str, int],
    part: str,
    outlines: int,
    faults: Mapping[str, tuple[str, ...]],
) -> tuple[str, ...]:
    """What came in, class by class, then a line for each kind of thing that did not, or not as it stood."""
    classes = ", ".join(f"{plain(name)} {n}" for name, n in per_class.items())
    first = text("{labelled} of {n} pictures are labelled ({format}): {classes}").format(
        labelled=n_labelled, n=n_pictures, format=format_name, classes=classes
    )
    said = [first]
    if part:
        said.append(text("Read was the part {part}.").format(part=plain(part)))
    if outlines:
        said.append(
            plural("{n} outline became the box around it.", "{n} outlines became the boxes around them.", outlines).format(n=outlines)
        )
    return (*said, *(_fault(kind, names) for kind, names in faults.items()))


def _fault(kind: str, names: tuple[str, ...]) -> str:
    told = {
        "absent_parts": text("{n} named and not there: {names}"),
        "unlabelled": text("{n} pictures without a label: {names}"),
        "orphans": text("{n} label files without a picture: {names}"),
        "missing": text("{n} pictures are named and not there: {names}"),
        "damaged": text("{n} pictures are damaged and left out: {names}"),
        "merged": text("{n} names stand for several classes, which became one: {names}"),
    }[kind]
    return told.format(n=len(names), names=listed(names, MOST_NAMED))
