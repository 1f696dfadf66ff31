"""Choosing files and folders without holding up the window: the dialog opens, and what was chosen is told later."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

Mode = QFileDialog.FileMode


def choose_files(parent: QWidget, title: str, kinds: str, then: Callable[[list[Path]], None]) -> QFileDialog:
    """One or more files; `kinds` as Qt writes filters. Nothing is called after a cancel."""
    dialog = _dialog(parent, title, Mode.ExistingFiles)
    dialog.setNameFilter(kinds)
    dialog.filesSelected.connect(lambda chosen: then([Path(one) for one in chosen]))
    dialog.open()
    return dialog


def choose_file(parent: QWidget, title: str, kinds: str, then: Callable[[Path], None]) -> QFileDialog:
    """One file."""
    dialog = _dialog(parent, title, Mode.ExistingFile)
    dialog.setNameFilter(kinds)
    dialog.fileSelected.connect(lambda chosen: then(Path(chosen)))
    dialog.open()
    return dialog


def choose_folder(parent: QWidget, title: str, then: Callable[[Path], None]) -> QFileDialog:
    """One folder that is there."""
    dialog = _dialog(parent, title, Mode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    dialog.fileSelected.connect(lambda chosen: then(Path(chosen)))
    dialog.open()
    return dialog


def _dialog(parent: QWidget, title: str, mode: Mode) -> QFileDialog:
    dialog = QFileDialog(parent, title)
    dialog.setFileMode(mode)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog
