"""Corruptions in words: name, severity, and what that is physically."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import isfinite, isinf

from fieldcheck.corruption.catalog import CATALOG, get_parameters
from fieldcheck.corruption.catalog import FAVOURITES as FAVOURITES  # for the window, which asks no engine
from fieldcheck.words.figures import format_number, format_percent
from fieldcheck.words.language import tr, tr_msgid

STOPS = (0.0, 1.0, 3.0, 5.0)
"""The severities that have a name: off, mild, moderate, severe."""
REFERENCE_SIDE = 192  # pixels; lengths of the catalogue are of a frame whose shorter side has that many

LENGTHS = {"sigma", "length", "away"}  # parameters in pixels; any other that a sentence names without `_n` is a share of one


def get_corruption_name(name: str) -> str:
    """The corruption as it stands under its picture; a name that is not of the catalogue stands for itself."""
    return tr_msgid(CATALOG[name].name_text) if name in CATALOG else name


def get_family_name(name: str) -> str:
    """Name of a family of corruptions: all those that a picture does not tell apart from this one (methods 5.5)."""
    called = CATALOG[name].family_text if name in CATALOG else None
    return tr_msgid(called) if called else get_corruption_name(name)


def group_by_cause() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The whole catalogue as (what one calls the cause, names of the catalogue), in its order."""
    called = {
        "noise": tr("Sensor noise"),
        "blur": tr("Blur"),
        "light": tr("Light"),
        "coding": tr("Compression"),
        "weather": tr("Weather"),
        "lens": tr("Lens"),
        "geometry": tr("Geometry"),
    }
    return tuple((said, tuple(name for name, entry in CATALOG.items() if entry.cause == cause)) for cause, said in called.items())


def describe_steps(steps: Sequence[tuple[str, float]]) -> str:
    """Recipe in words: one corruption after the other."""
    return " + ".join(
        tr("{name}, {severity}").format(name=get_corruption_name(name), severity=get_severity_name(severity)) for name, severity in steps
    )


def describe_likeness(psnr: float, ssim: float) -> str:
    """How like its original a picture still is; nothing where it is the original."""
    if isinf(psnr):
        return ""
    return tr("PSNR {psnr} dB, SSIM {ssim}").format(psnr=format_number(psnr, 1), ssim=format_number(ssim, 2))


def describe_first_flip(severity: float | None) -> str:
    """At which severity one frame's answer is first seen to be another; None where no severity was seen to change it."""
    if severity is None:
        return tr("No change of the prediction observed up to severe.")
    figure = format_number(severity, 1)
    if severity in STOPS:
        return tr("Prediction first changes at {figure} ({stop}).").format(figure=figure, stop=get_severity_name(severity))
    below, above = next(pair for pair in pairwise(STOPS) if pair[0] < severity < pair[1])
    said = tr("Prediction first changes at {figure} (between {below} and {above}).")
    return said.format(figure=figure, below=get_severity_name(below), above=get_severity_name(above))


def get_severity_name(severity: float) -> str:
    """`moderate`; between two stops the figure itself, on the scale from 0 to 5."""
    named = {0.0: tr("off"), 1.0: tr("mild"), 3.0: tr("moderate"), 5.0: tr("severe")}
    return named.get(severity) or tr("severity {figure} of 5").format(figure=format_number(severity, 1))


def describe_severity(name: str, severity: float) -> str:
    """Meaning of a severity: what is done to the picture, in figures of the thing itself. Raises ValueError for an unknown name or
    severity."""
    values = get_parameters(name, severity)
    if severity == 0:
        return tr("No corruption applied.")
    shares = {key: format_percent(value) for key, value in values.items() if key not in LENGTHS and isfinite(value)}
    lengths = {key: format_percent(value / REFERENCE_SIDE, 1) for key, value in values.items() if key in LENGTHS}
    plain = {f"{key}_n": format_number(value, int(value < 10 and value % 1 != 0)) for key, value in values.items()}
    plain |= {"more": format_percent(values["zoom"] - 1)} if "zoom" in values else {}
    return tr_msgid(CATALOG[name].sentence).format(**shares, **lengths, **plain)
