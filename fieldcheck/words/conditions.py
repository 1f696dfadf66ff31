"""Conditions of a recording, in words."""

from __future__ import annotations

from fieldcheck.words.language import text


def condition(code: str) -> str:
    """A condition of `domain/condition.py`. A code that is not known stands for itself."""
    return {
        "normal": text("normal light"),
        "dark": text("dark"),
        "glare": text("glare"),
        "backlight": text("backlight"),
        "flicker": text("flicker"),
        "dirty_lens": text("dirty lens"),
        "vibration": text("vibration"),
        "dust": text("dust or steam"),
        "colour_cast": text("colour cast"),
    }.get(code, code)


def short_condition(code: str) -> str:
    """Condition in one word, for a chip that is small."""
    return {
        "normal": text("Normal"),
        "dark": text("Dark"),
        "glare": text("Glare"),
        "backlight": text("Backlight"),
        "flicker": text("Flicker"),
        "dirty_lens": text("Dirty lens"),
        "vibration": text("Vibration"),
        "dust": text("Dust"),
        "colour_cast": text("Colour cast"),
    }.get(code, code)
