"""Fix finder in words: what was tried, what is proven, and what to write into the card or to set at the camera."""

from __future__ import annotations

import json
from collections.abc import Iterator

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.fix import FixCandidate, FixFound, FixProof
from fieldcheck.imaging.picture_changes import CHANGES
from fieldcheck.measure.camera_interval import FEWEST_CLIPS
from fieldcheck.scoring.field import CHOSEN
from fieldcheck.words.figures import percent, points, points_interval
from fieldcheck.words.formatting import plain
from fieldcheck.words.language import plural, text, translated

CHANCE = 0.05


def fix_lines(found: FixFound) -> tuple[str, ...]:
    """The whole search on the terminal: a line for each candidate on half A, then what half B says of the best."""
    if found.state == "too_few_clips":
        least = plural(
            "Not enough clips: each half requires {least}, and the labelled frames come from {n} clip. Record "
            "more clips, or label frames from other clips.",
            "Not enough clips: each half requires {least}, and the labelled frames come from {n} clips. Record "
            "more clips, or label frames from other clips.",
            sum(found.clips),
        )
        return (least.format(least=FEWEST_CLIPS, n=sum(found.clips)),)
    head = text("{model}: preprocessing changes on half A ({n} labelled frames, {clips} clips), change in accuracy:")
    lines = [head.format(model=plain(found.model), n=found.frames[0], clips=found.clips[0])]
    lines += [f"  {fix_name(one.candidate)}: {_change(one.gain)}" for one in found.tried]
    if found.state == "nothing":
        lines.append(
            text("No change demonstrated to help: no gain on half A is confirmed on half B.")
            if found.proofs
            else text("No change demonstrated to help: no gain on half A.")
        )
    lines += [line for one in found.proofs for line in _proof(found, one)]
    if any(CHOSEN in one.gain.note for one in found.tried):
        lines.append(text("These frames were selected by hand; the result is valid for them only."))
    if found.state == "proven":
        lines.append(text("This change was selected on these frames: pick a new sample to score it."))
    return tuple(lines)


def fix_name(candidate: FixCandidate) -> str:
    """Name of a preprocessing change, a combination joined by a plus."""
    steps = [translated(CHANGES[step].name_text) for step in candidate.steps]
    cards = [text("model card: {entry}").format(entry=_entry(key, value)) for key, value in candidate.card]
    return " + ".join((*steps, *cards))


def _proof(found: FixFound, one: FixProof) -> Iterator[str]:
    """What half B says of one change, with limits at the level of all that were carried."""
    said = text("Demonstrated on half B: {name}: {change}; {level} CI, {clips} clips.")
    if not one.proven:
        said = text("Not demonstrated on half B: {name}: {change}; {level} CI, {clips} clips.")
    level = percent(1 - CHANCE / len(found.proofs), 1)
    yield said.format(name=fix_name(one.candidate), change=_change(one.change), level=level, clips=found.clips[1])
    if not one.proven:
        return
    if one.benchmark is not None:
        yield "  " + text("Benchmark score changes by {change}.").format(change=_change(one.benchmark))
    yield from ("  " + line for line in _remedy(one.candidate))


def _remedy(candidate: FixCandidate) -> Iterator[str]:
    if candidate.card:
        entries = ", ".join(_entry(key, value) for key, value in candidate.card)
        yield text("Add to the model card, under input: {entries}").format(entries=entries)
    for step in candidate.steps:
        said = text("Adjust camera or light, or preprocess every frame: {name}")
        yield said.format(name=translated(CHANGES[step].name_text))


def _entry(key: str, value: str | float) -> str:
    return f"{json.dumps(key)}: {json.dumps(value)}"


def _change(change: Estimate) -> str:
    said = text("{value} pp ({range}, n = {n})")
    return said.format(value=points(change.value, 1), range=points_interval(change, 1), n=change.n)
