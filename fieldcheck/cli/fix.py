"""The command `fix`: looks for a change of preprocessing or camera settings that helps, and prints
the result."""

from __future__ import annotations

import json
from collections.abc import Iterator
from math import ceil
from pathlib import Path
from typing import Any

import click
import numpy as np

from fieldcheck.cli.command import Answer, TerminalProgress, define_command, json_command
from fieldcheck.cli.values import SEED, existing_project
from fieldcheck.corruptions.fix_finder import (
    FEWEST_SEARCHED,
    FixCandidate,
    FixResult,
    FixTrial,
    find_fix,
)
from fieldcheck.domain.estimate import Estimate
from fieldcheck.errors.message_format import to_one_line
from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
from fieldcheck.i18n.language import tr, tr_msgid, tr_plural
from fieldcheck.i18n.numbers import format_points, format_points_interval
from fieldcheck.imaging.colour import CHANGES
from fieldcheck.stats.weighted_field_score import CHOSEN
from fieldcheck.timestamp import get_timestamp

# Fix finder in words: what was tried, what is demonstrated, and what to write into the card or to
# set at the camera.

# Of ten searches with about a hundred labels, how many demonstrate a gain of ten and of twenty
# points, where clips are alike and where they differ (ICC 0 and .3), by clips' worth (methods 17).
CLIPS_WORTH = (4.5, 8.0, 12.0, 20.0)
FOUND_TEN = ((0.0, 0.2, 1.5, 3.0), (0.2, 0.3, 0.6, 1.7))
FOUND_TWENTY = ((2.3, 6.2, 8.0, 8.8), (0.8, 2.4, 3.8, 5.9))


def list_fix_lines(found: FixResult) -> tuple[str, ...]:
    """The whole search on the terminal: its power, a line for each candidate, then what is
    demonstrated."""
    if found.state == "too_few_clips":
        least = tr_plural(
            "Not enough clips: the search requires {least}, and the labelled frames come from {n} "
            "clip. Record more clips, or label frames from other clips.",
            "Not enough clips: the search requires {least}, and the labelled frames come from {n} "
            "clips. Record more clips, or label frames from other clips.",
            found.clips,
        )
        return (least.format(least=FEWEST_SEARCHED, n=found.clips),)
    head = tr(
        "{model}: preprocessing changes on {n} labelled frames from {clips} clips, change in "
        "accuracy for these cameras:"
    )
    lines = [
        *_list_power(found.clips),
        head.format(model=to_one_line(found.model), n=found.frames, clips=found.clips),
    ]
    lines += [
        f"  {get_fix_name(one.candidate)}: {_format_change(one.verdict.change)}"
        for one in found.tried
    ]
    if found.state == "nothing":
        none = tr("No change demonstrated to help among {n} tried together.")
        lines.append(none.format(n=len(found.tried)))
    lines += [line for one in found.demonstrated for line in _list_trial_lines(found, one)]
    if any(CHOSEN in one.verdict.change.note for one in found.tried):
        lines.append(tr("These frames were selected by hand; the result is valid for them only."))
    if found.state == "proven":
        lines.append(tr("This change was selected on these frames: pick a new sample to score it."))
    return tuple(lines)


def _list_power(clips: int) -> tuple[str, ...]:
    """How often a search with as many clips finds a gain."""
    ten, twenty = (
        [float(np.interp(clips, CLIPS_WORTH, of)) for of in table]
        for table in (FOUND_TEN, FOUND_TWENTY)
    )
    said = tr(
        "With {clips} clips of equal length and about 100 labels, a gain of 20 pp is found in "
        "about "
        "{low} to {high} of 10 searches, one of 10 pp in {few} or fewer. More clips find more."
    )
    figures = {"low": round(min(twenty)), "high": round(max(twenty)), "few": ceil(max(ten))}
    return (said.format(clips=clips, **figures),)


def get_fix_name(candidate: FixCandidate) -> str:
    """Name of a preprocessing change, a combination joined by a plus."""
    steps = [tr_msgid(CHANGES[step].name_text) for step in candidate.steps]
    cards = [
        tr("model card: {entry}").format(entry=_format_card_entry(key, value))
        for key, value in candidate.card
    ]
    return " + ".join((*steps, *cards))


def _list_trial_lines(found: FixResult, one: FixTrial) -> Iterator[str]:
    """A demonstrated change, what it costs, and how to make it."""
    said = tr(
        "Demonstrated for these cameras: {name}: {change}. Chosen as the best of {n}: expect less."
    )
    yield said.format(
        name=get_fix_name(one.candidate),
        change=_format_change(one.verdict.change),
        n=len(found.tried),
    )
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


@define_command("fix")
@existing_project
@click.option(
    "--model", default=None, metavar="NAME", help="Model name; default: the newest model."
)
@click.option(
    "--seed", type=SEED, default=0, show_default=True, help="Random seed for the benchmark images."
)
@json_command("fix")
def find_fix_command(project: Path, model: str | None, seed: int, bar: TerminalProgress) -> Answer:
    """Search for preprocessing changes that help on the labelled clips, all of them tested
    together."""
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
        "n": None,
        "n_clips": None,
        "halves_reason": "no_halves",
        "frames": found.frames,
        "clips": found.clips,
        "tried": [
            {
                **_make_candidate_document(one.candidate),
                "gain": one.verdict.change.to_json(),
                "p": one.verdict.p,
                "demonstrated": one.is_demonstrated,
                "carried": None,
            }
            for one in found.tried
        ],
        "proofs": [
            {
                **_make_candidate_document(one.candidate),
                "change": one.verdict.change.to_json(),
                "proven": True,
                "benchmark": None if one.benchmark is None else one.benchmark.to_json(),
            }
            for one in found.demonstrated
        ],
    }


def _make_candidate_document(candidate: FixCandidate) -> dict[str, Any]:
    return {"name": candidate.name, "steps": list(candidate.steps), "card": dict(candidate.card)}


COMMANDS = (find_fix_command,)
