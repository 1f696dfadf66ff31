"""The word at the top of a report."""

from __future__ import annotations

from fieldcheck.words.language import text


def readiness(code: str) -> str:
    """What the whole report comes to. Never "safe"; a code that is not known stands for itself."""
    return {
        "not_ready": text("Not ready"),
        "not_shown": text("Not shown to be ready"),
        "supervised_trial": text("Ready for a supervised trial"),
        "not_enough": text("Not enough frames"),
        "not_comparable": text("Not comparable"),
    }.get(code, code)
