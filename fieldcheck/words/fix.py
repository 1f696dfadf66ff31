"""Fix finder in words: what was tried, what is proven, and what to write into the card or to set at the camera."""

from __future__ import annotations

import json
from collections.abc import Iterator

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.fix import FixCandidate, FixProof, FixResult
from fieldcheck.imaging.picture_changes import CHANGES
from fieldcheck.measure.camera_interval import FEWEST_CLIPS
from fieldcheck.scoring.field import CHOSEN
from fieldcheck.words.figures import format_percent, format_points, format_points_interval
from fieldcheck.words.formatting import to_one_line
from fieldcheck.words.language import tr, tr_msgid, tr_plural

CHANCE = 0.05


def list_fix_lines(found: FixResult) -> tuple[str, ...]:
    """The whole search on the terminal: a line for each candidate on half A, then what half B says of the best."""
    if found.state == "too_few_clips":
        least = tr_plural(
            "Not enough clips: each half requires {least}, and the labelled frames come from {n} clip. Record "
            "more clips, or label frames from other clips.",
            "Not enough clips: each half requires {least}, and the labelled frames come from {n} clips. Record "
            "more clips, or label frames from other clips.",
            sum(found.clips),
        )
        return (least.format(least=FEWEST_CLIPS, n=sum(found.clips)),)
    head = tr("{model}: preprocessing changes on half A ({n} labelled frames, {clips} clips), change in accuracy:")
    lines = [head.format(model=to_one_line(found.model), n=found.frames[0], clips=found.clips[0])]
    lines += [f"  {get_fix_name(one.candidate)}: {_format_change(one.gain)}" for one in found.tried]
    if found.state == "nothing":
        lines.append(
            tr("No change demonstrated to help: no gain on half A is confirmed on half B.")
            if found.proofs
            else tr("No change demonstrated to help: no gain on half A.")
        )
    lines += [line for one in found.proofs for line in _list_proof_lines(found, one)]
    if any(CHOSEN in one.gain.note for one in found.tried):
        lines.append(tr("These frames were selected by hand; the result is valid for them only."))
    if found.state == "proven":
        lines.append(tr("This change was selected on these frames: pick a new sample to score it."))
    return tuple(lines)


def get_fix_name(candidate: FixCandidate) -> str:
    """Name of a preprocessing change, a combination joined by a plus."""
    steps = [tr_msgid(CHANGES[step].name_text) for step in candidate.steps]
    cards = [tr("model card: {entry}").format(entry=_format_card_entry(key, value)) for key, value in candidate.card]
    return " + ".join((*steps, *cards))


def _list_proof_lines(found: FixResult, one: FixProof) -> Iterator[str]:
    """What half B says of one change, with limits at the level of all that were carried."""
    said = tr("Demonstrated on half B: {name}: {change}; {level} CI, {clips} clips.")
    if not one.is_proven:
        said = tr("Not demonstrated on half B: {name}: {change}; {level} CI, {clips} clips.")
    level = format_percent(1 - CHANCE / len(found.proofs), 1)
    yield said.format(name=get_fix_name(one.candidate), change=_format_change(one.change), level=level, clips=found.clips[1])
    if not one.is_proven:
        return
    if one.benchmark is not None:
        yield "  " + tr("Benchmark score changes by {change}.").format(change=_format_change(one.benchmark))
    yield from ("  " + line for line in _list_remedy_lines(one.candidate))


def _list_remedy_lines(candidate: FixCandidate) -> Iterator[str]:
    if candidate.card:
        entries = ", ".join(_format_card_entry(key, value) for key, value in candidate.card)
        yield tr("Add to the model card, under input: {entries}").format(entries=entries)
    for step in candidate.steps:
        said = tr("Adjust camera or light, or preprocess every frame: {name}")
        yield said.format(name=tr_msgid(CHANGES[step].name_text))


def _format_card_entry(key: str, value: str | float) -> str:
    return f"{json.dumps(key)}: {json.dumps(value)}"


def _format_change(change: Estimate) -> str:
    said = tr("{value} pp ({range}, n = {n})")
    return said.format(value=format_points(change.value, 1), range=format_points_interval(change, 1), n=change.n)
