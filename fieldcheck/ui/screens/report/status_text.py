"""Report status: what is missing, and what was written, in sentences."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fieldcheck.words.language import plural, text

if TYPE_CHECKING:
    from fieldcheck.workflows.explore.explore import Missing


def lacking(missing: Missing) -> tuple[str, ...]:
    """A sentence for each thing without which there is no gap, in the order in which it is done. The report says the same."""
    said = []
    if not missing.n_listed:
        said.append(text("No footage imported."))
    elif not missing.n_picked:
        said.append(text("No frames picked."))
    elif missing.n_left:
        left = plural("{n} of {all} frames is not labelled.", "{n} of {all} frames are not labelled.", missing.n_left)
        said.append(left.format(n=missing.n_left, all=missing.n_picked))
    if not missing.model:
        said.append(text("No model added."))
    if not missing.has_benchmark:
        said.append(text("No benchmark set."))
    if missing.model and missing.n_answers:
        said.append(plural("{n} prediction is missing.", "{n} predictions are missing.", missing.n_answers).format(n=missing.n_answers))
    return tuple(said)


def written_at(time: str) -> str:
    """Time of writing, short."""
    return text("✓ Exported {time}").format(time=time)


def written(folder: Path) -> str:
    """The report is there, and is what it should be. The folder by its name: its path may be longer than a window is wide."""
    return text("Exported to {folder}. All files verified.").format(folder=folder.name)
