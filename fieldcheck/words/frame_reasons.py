"""Why a frame was picked, taken out before labelling or skipped while labelling, from the codes that are stored."""

from __future__ import annotations

from fieldcheck.words.language import tr


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
        "blur": tr("blurred"),
        "noise": tr("noisy"),
        "clipped": tr("over-exposed or black"),
        "low_contrast": tr("little contrast"),
        "dark": tr("dark"),
        "backlight": tr("backlit"),
    }.get(code, code)


def get_exclusion_reason(code: str) -> str:
    """In words; that a person can be seen is no reason."""
    return {
        "other_product": tr("not the product"),
        "camera_fault": tr("camera fault"),
        "unusable": tr("unusable"),
    }.get(code, code)


SKIPS = ("unusable", "black", "other_product", "blurred", "other")
"""The first is what stands where nobody said more; the others have the keys Alt+1 to Alt+4."""


def get_skip_reason(code: str) -> str:
    """A reason in words; one that a person typed stays as it is."""
    return {
        "unusable": tr("unusable"),
        "black": tr("black image"),
        "other_product": tr("not the product"),
        "blurred": tr("too blurred"),
        "other": tr("another reason"),
    }.get(code, code)
