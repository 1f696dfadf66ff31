"""Names of undoable acts: what a person did, in a few words, as the entry of the act says it."""

from __future__ import annotations

from fieldcheck.project.acts import ACTS, BY_NAME
from fieldcheck.words.language import translated


def acts() -> dict[str, str]:
    """Every act there is, by the name under which the history keeps it."""
    return {one.name: translated(one.words) for one in ACTS}


def act_words(act: str) -> str:
    """One act; its own name where a later version knew it."""
    return translated(BY_NAME[act].words) if act in BY_NAME else act
