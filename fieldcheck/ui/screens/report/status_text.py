"""Report status: what is missing, and what was written, in sentences."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fieldcheck.words.language import tr, tr_plural

if TYPE_CHECKING:
    from fieldcheck.workflows.explore.explore import GapProgress


def list_missing(missing: GapProgress) -> tuple[str, ...]:
    """A sentence for each thing without which there is no gap, in the order in which it is done. The report says the same."""
    said = []
    if not missing.n_listed:
        said.append(tr("No footage imported."))
    elif not missing.n_picked:
        said.append(tr("No frames picked."))
    elif missing.n_left:
        left = tr_plural("{n} of {all} frames is not labelled.", "{n} of {all} frames are not labelled.", missing.n_left)
        said.append(left.format(n=missing.n_left, all=missing.n_picked))
    if not missing.model:
        said.append(tr("No model added."))
    if not missing.has_benchmark:
        said.append(tr("No benchmark set."))
    if missing.model and missing.n_answers:
        said.append(tr_plural("{n} prediction is missing.", "{n} predictions are missing.", missing.n_answers).format(n=missing.n_answers))
    return tuple(said)


def format_export_time(time: str) -> str:
    """Time of writing, short."""
    return tr("✓ Exported {time}").format(time=time)


def format_exported(folder: Path) -> str:
    """The report is there, and is what it should be. The folder by its name: its path may be longer than a window is wide."""
    return tr("Exported to {folder}. All files verified.").format(folder=folder.name)
