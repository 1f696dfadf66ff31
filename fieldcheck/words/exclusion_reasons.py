"""Why a pick was taken out before labelling, from the code that it carries."""

from __future__ import annotations

from fieldcheck.words.language import text


def out_reason(code: str) -> str:
    """In words; that a person can be seen is no reason."""
    return {
        "other_product": text("not the product"),
        "camera_fault": text("camera fault"),
        "unusable": text("cannot be used"),
    }.get(code, code)
