"""Why a frame was picked, taken out before labelling or skipped while labelling, from the codes that are stored."""

from __future__ import annotations

from fieldcheck.words.language import text


def reason(code: str) -> str:
    """A pick's reason in words: one or two grounds."""
    return ", ".join(_ground(part) for part in code.split("+") if part)


def _ground(code: str) -> str:
    return {
        "spread": text("spread in time"),
        "census": text("all frames picked"),
        "must": text("required"),
        "reserve": text("replacement for an excluded frame"),
        "added": text("added after picking"),
        "doubt": text("high model uncertainty"),
        "flicker": text("prediction changes between adjacent frames"),
        "sensitive": text("prediction unstable under slight noise"),
        "novel": text("far from the benchmark"),
        "blur": text("blurred"),
        "noise": text("noisy"),
        "clipped": text("over-exposed or black"),
        "low_contrast": text("little contrast"),
        "dark": text("dark"),
        "backlight": text("backlit"),
    }.get(code, code)


def out_reason(code: str) -> str:
    """In words; that a person can be seen is no reason."""
    return {
        "other_product": text("not the product"),
        "camera_fault": text("camera fault"),
        "unusable": text("unusable"),
    }.get(code, code)


SKIPS = ("unusable", "black", "other_product", "blurred", "other")
"""The first is what stands where nobody said more; the others have the keys Alt+1 to Alt+4."""


def skip_reason(code: str) -> str:
    """A reason in words; one that a person typed stays as it is."""
    return {
        "unusable": text("unusable"),
        "black": text("black image"),
        "other_product": text("not the product"),
        "blurred": text("too blurred"),
        "other": text("another reason"),
    }.get(code, code)
