"""Pairs that somebody kept: a frame, and what a corruption makes of it and of the answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from fieldcheck.domain.kept_pair import SavedComparison
from fieldcheck.report.blocks import Block, Gallery, Heading, ImageBlock
from fieldcheck.words.corruptions import describe_steps
from fieldcheck.words.figures import format_number
from fieldcheck.words.language import tr


@dataclass(frozen=True, slots=True)
class ReportedPair:
    """A pair with the files that it speaks of."""

    pair: SavedComparison
    before: bytes = field(repr=False)
    after: bytes = field(repr=False)


def build_pair_blocks(pairs: Sequence[ReportedPair]) -> list[Block]:
    """A heading and a gallery, nothing without pairs."""
    if not pairs:
        return []
    pictures = tuple(picture for one in pairs for picture in _build_pair_images(one))
    return [Heading(tr("Before and after")), Gallery(pictures)]


def describe_pair_corruptions(pair: SavedComparison) -> str:
    """Corruptions that were applied to the frame, in words."""
    return describe_steps(pair.steps)


def _build_pair_images(one: ReportedPair) -> tuple[ImageBlock, ImageBlock]:
    pair, model = one.pair, tr("Model")
    before, after = _describe_answer(pair.said_before, pair.sure_before), _describe_answer(pair.said_after, pair.sure_after)
    return (
        ImageBlock(one.before, tr("Original frame: {answer}").format(answer=before), ((model, before),), pair.source),
        ImageBlock(
            one.after,
            tr("{done}: {answer}").format(done=describe_pair_corruptions(pair), answer=after),
            ((model, after),),
            describe_pair_corruptions(pair),
        ),
    )


def _describe_answer(names: tuple[str, ...], sure: float) -> str:
    if not names:
        return tr("nothing detected")
    return f"{', '.join(names)} {format_number(sure, 2)}" if len(names) == 1 and sure == sure else ", ".join(names)
