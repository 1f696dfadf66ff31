"""One act of labelling as it was done: how long it took, with how many keys, and what the person could see."""

from __future__ import annotations

from dataclasses import dataclass

ANSWERS = ("class", "same", "burst", "boxes", "points", "nothing", "unsure", "skip")
"""Actions that say something about a frame; beside them there is `back`, which takes the newest one back."""


@dataclass(frozen=True, slots=True)
class LabelEvent:
    """`shown` and `at`: ISO 8601 UTC, when the frame stood on the screen and when it was answered; `seconds` between the two, None where
    nobody saw it (a whole burst answered at once). `n_keys`, `n_clicks` since the frame was shown; `loupe_ms` the loupe was open;
    `lifted`: shadows were lifted; `blind`: the model's answer was hidden; `undo_of` the event that `back` takes back, 0 for none.
    """

    frame_id: str
    action: str
    shown: str
    at: str
    seconds: float | None
    n_keys: int
    n_clicks: int = 0
    loupe_ms: int = 0
    lifted: bool = False
    blind: bool = True
    by: str = ""
    undo_of: int = 0
