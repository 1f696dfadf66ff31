"""Conditions of a recording, in words."""

from __future__ import annotations

from fieldcheck.words.language import tr


def get_condition_name(code: str) -> str:
    """A condition of `domain/condition.py`. A code that is not known stands for itself."""
    return {
        "normal": tr("normal light"),
        "dark": tr("dark"),
        "glare": tr("glare"),
        "backlight": tr("backlight"),
        "flicker": tr("flicker"),
        "dirty_lens": tr("dirty lens"),
        "vibration": tr("vibration"),
        "dust": tr("dust or steam"),
        "colour_cast": tr("colour cast"),
    }.get(code, code)


def get_short_condition_name(code: str) -> str:
    """Condition in one word, for a chip that is small."""
    return {
        "normal": tr("Normal"),
        "dark": tr("Dark"),
        "glare": tr("Glare"),
        "backlight": tr("Backlight"),
        "flicker": tr("Flicker"),
        "dirty_lens": tr("Dirty lens"),
        "vibration": tr("Vibration"),
        "dust": tr("Dust"),
        "colour_cast": tr("Colour cast"),
    }.get(code, code)
