"""Preferences: what a person has set for this computer, kept and told to whoever shows it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QStandardPaths, Signal

from fieldcheck import settings
from fieldcheck.errors import FieldcheckError, ReadOnlyPlace
from fieldcheck.settings import Settings

SIZES = (90, 100, 110, 125, 150, 175)
MOST_RECENT = 8


class Preferences(QObject):
    """The settings that hold now; each change is stored at once. `changed` carries the names of what changed.

    A place that cannot be written costs no work: the change holds until the program ends, and `save_failed` carries the error.
    """

    changed = Signal(frozenset)
    save_failed = Signal(object)

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folder = folder
        self.settings: Settings = settings.load_settings(folder)

    def update(self, **values: Any) -> None:
        """Set some of the fields of `Settings`."""
        before, self.settings = self.settings, replace(self.settings, **values)
        names = frozenset(name for name in values if getattr(before, name) != values[name])
        if not names:
            return
        try:
            settings.save_settings(self._folder, self.settings)
        except FieldcheckError as error:
            self.save_failed.emit(error)
        except OSError:
            self.save_failed.emit(ReadOnlyPlace(self._folder))
        self.changed.emit(names)

    def change_size(self, steps: int) -> None:
        """One interface size larger (`steps` 1) or smaller (−1), as far as there are sizes."""
        nearest = min(range(len(SIZES)), key=lambda at: abs(SIZES[at] - self.settings.size))
        self.update(size=SIZES[max(0, min(len(SIZES) - 1, nearest + steps))])

    def add_recent(self, project: Path) -> None:
        """Puts a project at the head of the recent ones."""
        others = [one for one in self.settings.recent if one != str(project)]
        self.update(recent=(str(project), *others)[:MOST_RECENT])

    def get_default_folder(self) -> Path:
        """Folder for a new project: beside the one that was open last, else where this person's documents lie."""
        for one in self.settings.recent:
            if Path(one).parent.is_dir() and Path(one).name != "sample.fieldcheck":
                return Path(one).parent
        documents = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DocumentsLocation)
        return Path(documents) if documents else Path.home()

    def remove_recent(self, project: str) -> None:
        """Takes a project off the recent ones; its folder is left alone."""
        self.update(recent=tuple(one for one in self.settings.recent if one != project))
