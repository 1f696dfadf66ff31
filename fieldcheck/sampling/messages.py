"""Texts about imported footage and picked frames: why a frame was picked, excluded or skipped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from fieldcheck.errors.message_format import format_in_brackets, format_names, to_one_line
from fieldcheck.i18n import numbers
from fieldcheck.i18n.language import tr, tr_plural, tr_points

if TYPE_CHECKING:
    from fieldcheck.domain.label import Draw
    from fieldcheck.domain.recording import Recording

# Reasons why a frame was picked, excluded before labelling or skipped, from the stored codes.


def get_pick_reason(code: str) -> str:
    """A pick's reason in words: one or two grounds."""
    return ", ".join(_get_ground_name(part) for part in code.split("+") if part)


def _get_ground_name(code: str) -> str:
    return {
        "spread": tr("spread in time"),
        "census": tr("all frames picked"),
        "must": tr("required"),
        "reserve": tr("replacement for an excluded frame"),
        "added": tr("added after picking"),
        "doubt": tr("high model uncertainty"),
        "flicker": tr("prediction changes between adjacent frames"),
        "sensitive": tr("prediction unstable under slight noise"),
        "novel": tr("far from the benchmark"),
        "differ": tr("the two models differ"),
        "blur": tr("blurred"),
        "noise": tr("noisy"),
        "clipped": tr("over-exposed or black"),
        "low_contrast": tr("little contrast"),
        "dark": tr("dark"),
        "backlight": tr("backlit"),
    }.get(code, code)


def get_exclusion_reason(code: str) -> str:
    """Return an exclusion reason as text; a visible person is not one."""
    return {
        "other_product": tr("not the product"),
        "camera_fault": tr("camera fault"),
        "unusable": tr("unusable"),
    }.get(code, code)


SKIPS = ("unusable", "black", "other_product", "blurred", "other")
"""The first is the default; the others have the keys Alt+1 to Alt+4."""


def get_skip_reason(code: str) -> str:
    """Return a skip reason as text; one that a person typed is returned unchanged."""
    return {
        "unusable": tr("unusable"),
        "black": tr("black image"),
        "other_product": tr("not the product"),
        "blurred": tr("too blurred"),
        "other": tr("another reason"),
    }.get(code, code)


MOST_GROUNDS = 3
MOST_FAILED, MOST_SKIPPED = 3, 3  # told one by one


def describe_import(recording: Recording, n_clips: int, n_listed: int, known: bool) -> str:
    """One recording after its import."""
    if known:
        return tr("{source} is already in the project; nothing added.", source=recording.source)
    text = "{source}: " + ", ".join(
        (
            tr_plural("{clips} clip", "{clips} clips", n_clips),
            tr_plural("{listed} frame sampled", "{listed} frames sampled", n_listed),
        )
    )
    text = text.format(source=recording.source, clips=n_clips, listed=n_listed)
    if recording.n_unreadable:
        text += "; " + tr_plural(
            "{n} unreadable", "{n} unreadable", recording.n_unreadable, n=recording.n_unreadable
        )
        text += format_in_brackets(
            format_names([skipped_file.file for skipped_file in recording.skipped], MOST_SKIPPED)
        )
    return text


def format_length(recorded_s: float, seconds: float, n_gaps: int) -> str:
    """How long a recording is: what was recorded, and with gaps also the time that it took."""
    text = numbers.format_minutes(round(recorded_s))
    if not n_gaps:
        return text
    took = tr("{n} s", n=round(seconds)) if seconds < 60 else numbers.format_minutes(round(seconds))
    with_gaps = tr_plural(
        "{recorded} ({took} with {n} gap)", "{recorded} ({took} with {n} gaps)", n_gaps
    )
    return with_gaps.format(recorded=text, took=took, n=n_gaps)


def describe_divided_folder(folder: object, n: int) -> str:
    """Describe a folder whose sub-folders are separate recordings."""
    text = tr("{folder} contains {n} subfolders with images; each is a separate recording.")
    return text.format(n=n, folder=to_one_line(folder))


def list_failed_imports(refusals: Sequence[str], n_new: int, n_known: int = 0) -> tuple[str, ...]:
    """Files that were not imported, the first few one by one, and what became of the others:
    `n_new` came in, `n_known` were there."""
    more = len(refusals) - MOST_FAILED
    rest = (
        (tr_plural("{n} more unreadable.", "{n} more unreadable.", more, n=more),)
        if more > 0
        else ()
    )
    new = (
        (tr_plural("{n} other imported.", "{n} others imported.", n_new, n=n_new),) if n_new else ()
    )
    known_line = tr_plural(
        "{n} other was already in the project.",
        "{n} others were already in the project.",
        n_known,
        n=n_known,
    )
    last = " ".join((*rest, *new, *((known_line,) if n_known else ())))
    return (*refusals[:MOST_FAILED], *((last,) if last else ()))


def list_left_out_recordings(recordings: Sequence[tuple[str, str]]) -> tuple[str, ...]:
    """List the recordings that a draw left out, one line each, with the reason."""
    return tuple(
        tr("{source} excluded from sampling. {why}", source=to_one_line(source), why=why)
        for source, why in recordings
    )


def list_draw_lines(draw: Draw, reasons: Sequence[str]) -> tuple[str, ...]:
    """A draw in words: how many, of what, why the hard ones, with which seed. `reasons` holds the
    code of each pick."""
    n_picks = len(reasons)
    if draw.census:
        return (
            tr_plural(
                "Census: only {n} frame sampled, so it is picked.",
                "Census: only {n} frames sampled, so all are picked.",
                n_picks,
                n=n_picks,
            ),
        )
    parts = [
        tr(
            "{name}: {picked} of {listed}",
            picked=stratum.picked,
            listed=stratum.listed,
            name=get_stratum_name(stratum.name),
        )
        for stratum in draw.strata
        if stratum.picked
    ]
    first = tr_plural(
        "{n} frame picked ({parts}).",
        "{n} frames picked ({parts}).",
        n_picks,
        n=n_picks,
        parts="; ".join(parts),
    )
    grounds = Counter(code for code in reasons if code not in ("spread", "must")).most_common(
        MOST_GROUNDS
    )
    why = "; ".join(f"{get_pick_reason(code)} ({n})" for code, n in grounds)
    because = (tr("Reasons for hard frames: {grounds}.", grounds=why),) if why else ()
    return (first, *because, tr("Random seed {seed}.", seed=draw.seed))


def describe_differing(n: int) -> str:
    """How many picked frames tell two models apart."""
    return tr_plural(
        "The two models differ on {n} picked frame. To compare them, it alone needs a label.",
        "The two models differ on {n} picked frames. To compare them, these alone need labels.",
        n,
        n=n,
    )


def describe_clip_plan(clips: int, wanted: int, half_width: float | None) -> str:
    """How many clips there are, and how wide the camera interval of a hundred labels over them will
    be."""
    text = tr("{n} of {wanted} clips", n=clips, wanted=wanted)
    if half_width is None:
        return f"{text}: {tr('at least three for a camera interval')}"
    points = numbers.format_points(half_width)
    return f"{text}: {tr_points('expected 95% CI ±{points} pp', points).format(points=points)}"


def get_stratum_name(name: str) -> str:
    """A kind of frame in the draw; that of a later draw carries its number behind an `@`."""
    kind, _, number = name.partition("@")
    text = {
        "hard": tr("Hardest 20%"),
        "rest": tr("The rest"),
        "even": tr("All frames"),
        "must": tr("Required before picking"),
        "extra": tr("Added after picking"),
        "chosen": tr("Hard only"),
    }.get(kind, kind)
    return tr("{name}, sample {number}", name=text, number=number) if number else text
