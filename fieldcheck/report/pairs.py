"""Pairs that somebody kept: a frame, and what a corruption makes of it and of the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from fieldcheck.domain.kept_pair import KeptPair
from fieldcheck.report.blocks import Block, Gallery, Heading, PictureBlock
from fieldcheck.words.corruptions import steps_said
from fieldcheck.words.figures import number
from fieldcheck.words.language import text


@dataclass(frozen=True, slots=True)
class ShownPair:
    """A pair with the files that it speaks of."""

    pair: KeptPair
    before: bytes = field(repr=False)
    after: bytes = field(repr=False)


def blocks(pairs: Sequence[ShownPair]) -> list[Block]:
    """A heading and a gallery, nothing without pairs."""
    if not pairs:
        return []
    pictures = tuple(picture for one in pairs for picture in _pictures(one))
    return [Heading(text("Before and after")), Gallery(pictures)]


def done(pair: KeptPair) -> str:
    """Corruptions that were applied to the frame, in words."""
    return steps_said(pair.steps)


def _pictures(one: ShownPair) -> tuple[PictureBlock, PictureBlock]:
    pair, model = one.pair, text("Model")
    before, after = _said(pair.said_before, pair.sure_before), _said(pair.said_after, pair.sure_after)
    return (
        PictureBlock(one.before, text("Original frame: {answer}").format(answer=before), ((model, before),), pair.source),
        PictureBlock(one.after, text("{done}: {answer}").format(done=done(pair), answer=after), ((model, after),), done(pair)),
    )


def _said(names: tuple[str, ...], sure: float) -> str:
    if not names:
        return text("nothing detected")
    return f"{', '.join(names)} {number(sure, 2)}" if len(names) == 1 and sure == sure else ", ".join(names)
