"""File and folder dialogs that do not block the window, and their file filters."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, SignalInstance
from PySide6.QtWidgets import QFileDialog, QWidget

from fieldcheck.domain.frame import VIDEO_ENDINGS, format_patterns
from fieldcheck.i18n.language import tr
from fieldcheck.paths import PACK_ENDING
from fieldcheck.ui.qt_types import require_value

Mode = QFileDialog.FileMode
LAST_FOLDER = "lastFolder"
"""Property of the window: the folder of the file that was chosen last."""


def choose_files(
    parent: QWidget, title: str, kinds: str, then: Callable[[list[Path]], None]
) -> QFileDialog:
    """One or more files; `kinds` as Qt writes filters. Nothing is called after a cancel."""
    dialog = _make_dialog(parent, title, Mode.ExistingFiles)
    dialog.setNameFilter(kinds)
    return _open_dialog(
        dialog, dialog.filesSelected, lambda chosen: then([Path(path) for path in chosen])
    )


def choose_file(
    parent: QWidget, title: str, kinds: str, then: Callable[[Path], None]
) -> QFileDialog:
    """One file."""
    dialog = _make_dialog(parent, title, Mode.ExistingFile)
    dialog.setNameFilter(kinds)
    return _open_dialog(dialog, dialog.fileSelected, lambda chosen: then(Path(chosen)))


def choose_folder(parent: QWidget, title: str, then: Callable[[Path], None]) -> QFileDialog:
    """One folder that is there."""
    dialog = _make_dialog(parent, title, Mode.Directory)
    dialog.setOption(QFileDialog.Option.ShowDirsOnly)
    return _open_dialog(dialog, dialog.fileSelected, lambda chosen: then(Path(chosen)))


def choose_pack(parent: QWidget, title: str, then: Callable[[Path], None]) -> QFileDialog:
    """One evidence pack that is there."""
    return choose_file(parent, title, f"{tr('Evidence packs')} (*{PACK_ENDING})", then)


def get_start_folder(parent: QWidget) -> str:
    """Folder in which a dialog begins: that of the last file, which the window keeps; empty where
    there was none."""
    folder = str(parent.window().property(LAST_FOLDER) or "")
    return folder if Path(folder).is_dir() else ""


def _store_folder(dialog: QFileDialog, what: str | list[str]) -> None:
    first = Path(what if isinstance(what, str) else what[0])
    require_value(dialog.parentWidget()).window().setProperty(LAST_FOLDER, str(first.parent))


def _make_dialog(parent: QWidget, title: str, mode: Mode) -> QFileDialog:
    dialog = QFileDialog(parent, title, get_start_folder(parent))
    dialog.setFileMode(mode)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog


def _open_dialog(
    dialog: QFileDialog, chosen: SignalInstance, then: Callable[[Any], None]
) -> QFileDialog:
    """Shows the dialog. `then` is let go of before the dialog is deleted: it mostly belongs to the
    parent, which may be dying itself."""
    waiting = [then]
    chosen.connect(partial(_store_folder, dialog))
    chosen.connect(lambda what: [call(what) for call in waiting])
    dialog.finished.connect(lambda _result: waiting.clear(), Qt.ConnectionType.QueuedConnection)
    dialog.open()
    return dialog


# Filters of file dialogs: which files are shown at first, and all files for who knows better.


def make_video_filter() -> str:
    """Videos, as Qt writes filters."""
    return add_all_files(tr("Videos"), format_patterns(VIDEO_ENDINGS))


def add_all_files(name: str, shown: str) -> str:
    """Files of the patterns `shown` under that name, and all files behind them."""
    return f"{name} ({shown});;{tr('All files')} (*)"
