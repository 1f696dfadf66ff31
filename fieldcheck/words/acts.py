"""Names of undoable acts: what a person did, in a few words, as the entry of the act says it."""

from __future__ import annotations

from fieldcheck.project.acts import ACTS, BY_NAME
from fieldcheck.words.language import tr_msgid


def get_act_names() -> dict[str, str]:
    """Every act there is, by the name under which the history keeps it."""
    return {one.name: tr_msgid(one.caption) for one in ACTS}


def get_act_name(act: str) -> str:
    """One act; its own name where a later version knew it."""
    return tr_msgid(BY_NAME[act].caption) if act in BY_NAME else act
