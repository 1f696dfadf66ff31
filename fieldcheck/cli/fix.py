"""The command `fix`: looks for a change of preprocessing or camera settings that helps, and prints
the result."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from fieldcheck.cli.command import Answer, TerminalProgress, json_command
from fieldcheck.cli.values import SEED, existing_project
from fieldcheck.corruptions.fix_finder import FixCandidate, FixProof, FixResult, find_fix
from fieldcheck.domain.estimate import Estimate
from fieldcheck.errors.message_format import to_one_line
from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
from fieldcheck.i18n.language import tr, tr_msgid, tr_plural
from fieldcheck.i18n.numbers import format_percent, format_points, format_points_interval
from fieldcheck.imaging.colour import CHANGES
from fieldcheck.stats.camera_interval import FEWEST_CLIPS
from fieldcheck.stats.weighted_field_score import CHOSEN
from fieldcheck.timestamp import get_timestamp

# Fix finder in words: what was tried, what is proven, and what to write into the card or to set at
# the camera.

CHANCE = 0.05


def list_fix_lines(found: FixResult) -> tuple[str, ...]:
    """The whole search on the terminal: a line for each candidate on half A, then what half B says
    of the best."""
    if found.state == "too_few_clips":
        least = tr_plural(
            "Not enough clips: each half requires {least}, and the labelled frames come from "
            "{n} clip. Record "
            "more clips, or label frames from other clips.",
            "Not enough clips: each half requires {least}, and the labelled frames come from "
            "{n} clips. Record "
            "more clips, or label frames from other clips.",
            sum(found.clips),
        )
        return (least.format(least=FEWEST_CLIPS, n=sum(found.clips)),)
    head = tr(
        "{model}: preprocessing changes on half A ({n} labelled frames, {clips} clips), "
        "change in accuracy:"
    )
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
    cards = [
        tr("model card: {entry}").format(entry=_format_card_entry(key, value))
        for key, value in candidate.card
    ]
    return " + ".join((*steps, *cards))


def _list_proof_lines(found: FixResult, one: FixProof) -> Iterator[str]:
    """What half B says of one change, with limits at the level of all that were carried."""
    said = tr("Demonstrated on half B: {name}: {change}; {level} CI, {clips} clips.")
    if not one.is_proven:
        said = tr("Not demonstrated on half B: {name}: {change}; {level} CI, {clips} clips.")
    level = format_percent(1 - CHANCE / len(found.proofs), 1)
    yield said.format(
        name=get_fix_name(one.candidate),
        change=_format_change(one.change),
        level=level,
        clips=found.clips[1],
    )
    if not one.is_proven:
        return
    if one.benchmark is not None:
        yield "  " + tr("Benchmark score changes by {change}.").format(
            change=_format_change(one.benchmark)
        )
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
    return said.format(
        value=format_points(change.value, 1), range=format_points_interval(change, 1), n=change.n
    )


@click.command("fix")
@existing_project
@click.option(
    "--model", default=None, metavar="NAME", help="Model name; default: the newest model."
)
@click.option(
    "--seed",
    type=SEED,
    default=0,
    show_default=True,
    help="Random seed for the halves and the benchmark images.",
)
@json_command("fix")
def find_fix_command(project: Path, model: str | None, seed: int, bar: TerminalProgress) -> Answer:
    """Search for preprocessing changes on one half of the labelled clips and test the best ones on
    the other half."""
    with opened_for_writing(project, bar, get_timestamp()) as opened:
        found = find_fix(opened, model, seed, bar, get_timestamp())
    return Answer(
        {"project": str(project.resolve()), **make_fix_document(found)}, list_fix_lines(found)
    )


def make_fix_document(found: FixResult) -> dict[str, Any]:
    """The search as `fix --json` prints it."""
    return {
        "model": found.model,
        "state": found.state,
        "seed": found.seed,
        "n": list(found.frames),
        "n_clips": list(found.clips),
        "tried": [
            {
                **_make_candidate_document(one.candidate),
                "gain": one.gain.to_json(),
                "carried": one.carried,
            }
            for one in found.tried
        ],
        "proofs": [
            {
                **_make_candidate_document(one.candidate),
                "change": one.change.to_json(),
                "proven": one.is_proven,
                "benchmark": None if one.benchmark is None else one.benchmark.to_json(),
            }
            for one in found.proofs
        ],
    }


def _make_candidate_document(candidate: FixCandidate) -> dict[str, Any]:
    return {"name": candidate.name, "steps": list(candidate.steps), "card": dict(candidate.card)}


COMMANDS = (find_fix_command,)
