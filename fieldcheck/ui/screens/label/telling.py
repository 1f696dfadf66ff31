"""What is said of a frame that is labelled: which one it is, and what its label says, short."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from fieldcheck.domain.label import Label
from fieldcheck.ui.words import clock
from fieldcheck.words.labels import said_of
from fieldcheck.words.language import plural, text

if TYPE_CHECKING:
    from fieldcheck.workflows.label.label_work import FrameToLabel


def title(frame: FrameToLabel, at: int, n: int, expert: bool = False, repeat: bool = False) -> str:
    """`Frame 38 of 100 · 23:41:07 · Camera 2 · burst 1 of 3`; what nobody knows is left out."""
    parts = [text("Frame {n} of {all}").format(n=at + 1, all=n)]
    if frame.taken_at:
        parts.append(clock(datetime.fromisoformat(frame.taken_at)))
    if frame.camera:
        parts.append(frame.camera)
    if frame.scene_size > 1:
        parts.append(text("burst {n} of {all}").format(n=frame.scene_place, all=frame.scene_size))
    if expert:
        parts.append(text("for the expert"))
    if repeat:
        parts.append(text("second time"))
    return " · ".join(parts)


def described(named: str, label: Label | None) -> str:
    """The title with what was said, for a screen reader."""
    return text("{title}, {answer}").format(title=named, answer=said_of(label) or text("not labelled"))


def finished(n: int, n_unsure: int, repeated: bool = False) -> str:
    """Every frame has a label."""
    if repeated:
        return text("All {n} were labelled a second time. Esc goes back to the labels.").format(n=n)
    said = text("{n} of {n} labelled.").format(n=n)
    if n_unsure:
        said += " " + plural("{n} is unsure.", "{n} are unsure.", n_unsure).format(n=n_unsure)
    return " ".join([said, text("Ctrl+Enter goes on."), text("R: some of them once more, blind.")])
