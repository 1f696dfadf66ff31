"""Why a frame was picked, from the codes that the draw stored (`doubt+blur`)."""

from __future__ import annotations

from fieldcheck.words.language import text


def reason(code: str) -> str:
    """A pick's reason in words: one or two grounds."""
    return ", ".join(_ground(part) for part in code.split("+") if part)


def _ground(code: str) -> str:
    return {
        "spread": text("spread in time"),
        "census": text("every frame is taken"),
        "must": text("asked for"),
        "reserve": text("in place of one that was taken out"),
        "added": text("added after the draw"),
        "doubt": text("the model is unsure"),
        "flicker": text("the answer jumps between neighbours"),
        "sensitive": text("a little noise changes the answer"),
        "novel": text("unlike the benchmark"),
        "blur": text("blurred"),
        "noise": text("noisy"),
        "clipped": text("burnt out or black"),
        "low_contrast": text("little contrast"),
        "dark": text("dark"),
        "backlight": text("light from behind"),
    }.get(code, code)
