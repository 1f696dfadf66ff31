"""Conditions: what the field did to the picture."""

from __future__ import annotations

CONDITIONS = ("normal", "dark", "glare", "backlight", "flicker", "dirty_lens", "vibration", "dust", "colour_cast")
LIGHTS = (*CONDITIONS[1:], CONDITIONS[0])
"""In the order in which a person is asked, and of their keys 1 to 9: troubles first, normal light last."""


def parse_conditions(text: str) -> tuple[str, ...]:
    """`"dark, glare"` → `("dark", "glare")`, each once, in the order of `CONDITIONS`. ValueError names one that is unknown."""
    asked = {name.strip() for name in text.split(",") if name.strip()}
    for name in sorted(asked - set(CONDITIONS)):
        raise ValueError(name)
    return tuple(name for name in CONDITIONS if name in asked)
