"""Why a frame was skipped while labelling, from the codes that labels carry."""

from __future__ import annotations

from fieldcheck.words.language import text

SKIPS = ("unusable", "black", "other_product", "blurred", "other")
"""The first is what stands where nobody said more; the others have the keys Alt+1 to Alt+4."""


def skip_reason(code: str) -> str:
    """A reason in words; one that a person typed stays as it is."""
    return {
        "unusable": text("cannot be used"),
        "black": text("black picture"),
        "other_product": text("not the product"),
        "blurred": text("too blurred"),
        "other": text("another reason"),
    }.get(code, code)
