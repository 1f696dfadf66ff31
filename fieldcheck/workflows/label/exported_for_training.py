"""Frames exported for training: from then on they test no model that was trained on them."""

from __future__ import annotations

from collections.abc import Iterable

from fieldcheck.project.folder import Project
from fieldcheck.project.tables import settings as settings_table

EXPORTED = "exported_frames"  # setting: frame ids whose labels left the project


def get_training_frames(project: Project) -> frozenset[str]:
    """Frames whose labels were ever exported."""
    return frozenset(project.read(lambda db: settings_table.get_setting(db, EXPORTED, ())))


def add_training_frames(project: Project, frame_ids: Iterable[str]) -> None:
    """Keeps which frames left; a person cannot take it back, whoever has the files keeps them."""
    every = sorted(get_training_frames(project) | set(frame_ids))
    project.write(lambda db: settings_table.store_setting(db, EXPORTED, every)).result()
