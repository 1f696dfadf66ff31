"""Corruptions in words: name, severity, and what that is physically."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from math import isfinite, isinf

from fieldcheck.corruption.catalog import CATALOG, parameters
from fieldcheck.corruption.catalog import FAVOURITES as FAVOURITES  # for the window, which asks no engine
from fieldcheck.words.figures import number, percent
from fieldcheck.words.language import text, translated

STOPS = (0.0, 1.0, 3.0, 5.0)
"""The severities that have a name: off, mild, moderate, severe."""
REFERENCE_SIDE = 192  # pixels; lengths of the catalogue are of a frame whose shorter side has that many

LENGTHS = {"sigma", "length", "away"}  # parameters in pixels; any other that a sentence names without `_n` is a share of one


def corruption_name(name: str) -> str:
    """The corruption as it stands under its picture; a name that is not of the catalogue stands for itself."""
    return translated(CATALOG[name].name_text) if name in CATALOG else name


def family_name(name: str) -> str:
    """Name of a family of corruptions: all those that a picture does not tell apart from this one (methods 5.5)."""
    called = CATALOG[name].family_text if name in CATALOG else None
    return translated(called) if called else corruption_name(name)


def by_cause() -> tuple[tuple[str, tuple[str, ...]], ...]:
    """The whole catalogue as (what one calls the cause, names of the catalogue), in its order."""
    called = {
        "noise": text("Sensor noise"),
        "blur": text("Blur"),
        "light": text("Light"),
        "coding": text("Compression"),
        "weather": text("Weather"),
        "lens": text("Lens"),
        "geometry": text("Geometry"),
    }
    return tuple((said, tuple(name for name, entry in CATALOG.items() if entry.cause == cause)) for cause, said in called.items())


def steps_said(steps: Sequence[tuple[str, float]]) -> str:
    """Recipe in words: one corruption after the other."""
    return " + ".join(
        text("{name}, {severity}").format(name=corruption_name(name), severity=severity_name(severity)) for name, severity in steps
    )


def likeness(psnr: float, ssim: float) -> str:
    """How like its original a picture still is; nothing where it is the original."""
    if isinf(psnr):
        return ""
    return text("PSNR {psnr} dB, SSIM {ssim}").format(psnr=number(psnr, 1), ssim=number(ssim, 2))


def first_flip(severity: float | None) -> str:
    """At which severity one frame's answer is first seen to be another; None where no severity was seen to change it."""
    if severity is None:
        return text("No change of the prediction observed up to severe.")
    figure = number(severity, 1)
    if severity in STOPS:
        return text("Prediction first changes at {figure} ({stop}).").format(figure=figure, stop=severity_name(severity))
    below, above = next(pair for pair in pairwise(STOPS) if pair[0] < severity < pair[1])
    said = text("Prediction first changes at {figure} (between {below} and {above}).")
    return said.format(figure=figure, below=severity_name(below), above=severity_name(above))


def severity_name(severity: float) -> str:
    """`moderate`; between two stops the figure itself, on the scale from 0 to 5."""
    named = {0.0: text("off"), 1.0: text("mild"), 3.0: text("moderate"), 5.0: text("severe")}
    return named.get(severity) or text("severity {figure} of 5").format(figure=number(severity, 1))


def meaning(name: str, severity: float) -> str:
    """Meaning of a severity: what is done to the picture, in figures of the thing itself. Raises ValueError for an unknown name or
    severity."""
    values = parameters(name, severity)
    if severity == 0:
        return text("No corruption applied.")
    shares = {key: percent(value) for key, value in values.items() if key not in LENGTHS and isfinite(value)}
    lengths = {key: percent(value / REFERENCE_SIDE, 1) for key, value in values.items() if key in LENGTHS}
    plain = {f"{key}_n": number(value, int(value < 10 and value % 1 != 0)) for key, value in values.items()}
    plain |= {"more": percent(values["zoom"] - 1)} if "zoom" in values else {}
    return translated(CATALOG[name].sentence).format(**shares, **lengths, **plain)
