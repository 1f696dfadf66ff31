"""File and folder dialogs that do not block the window, and their file filters."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtWidgets import QWidget

from fieldcheck.domain.frame import VIDEO_ENDINGS, format_patterns
from fieldcheck.i18n.language import tr
from fieldcheck.paths import PACK_ENDING
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.qt_types import require_value
from fieldcheck.ui.theme import Theme

if TYPE_CHECKING:
    from fieldcheck.ui.widgets import file_picker
    from fieldcheck.ui.widgets.file_picker import FilePicker, Mode
else:
    # the first picture of the window does not wait for its classes
    file_picker = LazyModule("fieldcheck.ui.widgets.file_picker")

LAST_FOLDER, THEME = "lastFolder", "theme"
"""Properties of the window: the folder of the file that was chosen last, and its look."""


def choose_files(
    parent: QWidget, title: str, kinds: str, then: Callable[[list[Path]], None]
) -> FilePicker:
    """One or more files; `kinds` as Qt writes filters. Nothing is called after a cancel."""
    return _open_picker(parent, title, "files", kinds, then)


def choose_file(
    parent: QWidget, title: str, kinds: str, then: Callable[[Path], None]
) -> FilePicker:
    """One file."""
    return _open_picker(parent, title, "file", kinds, lambda chosen: then(chosen[0]))


def choose_folder(parent: QWidget, title: str, then: Callable[[Path], None]) -> FilePicker:
    """One folder that is there."""
    return _open_picker(parent, title, "folder", "", lambda chosen: then(chosen[0]))


def choose_pack(parent: QWidget, title: str, then: Callable[[Path], None]) -> FilePicker:
    """One evidence pack that is there."""
    return choose_file(parent, title, f"{tr('Evidence packs')} (*{PACK_ENDING})", then)


def get_start_folder(parent: QWidget) -> Path:
    """Folder in which a picker begins: that of the last file, which the window keeps; Downloads
    where there was none."""
    folder = str(parent.window().property(LAST_FOLDER) or "")
    if folder and Path(folder).is_dir():
        return Path(folder)
    downloads = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.DownloadLocation)
    return Path(downloads) if downloads and Path(downloads).is_dir() else Path.home()


def _store_folder(picker: FilePicker, paths: list[Path]) -> None:
    window = require_value(picker.parentWidget()).window()
    window.setProperty(LAST_FOLDER, str(paths[0].parent))


def _open_picker(
    parent: QWidget, title: str, mode: Mode, kinds: str, then: Callable[[list[Path]], None]
) -> FilePicker:
    """Shows the picker. `then` is let go of before the picker is deleted: it mostly belongs to the
    parent, which may be dying itself."""
    kept = parent.window().property(THEME)
    theme = kept if isinstance(kept, Theme) else Theme()
    picker = file_picker.FilePicker(theme, title, mode, kinds, get_start_folder(parent), parent)
    waiting = [then]
    picker.chosen.connect(partial(_store_folder, picker))
    picker.chosen.connect(lambda paths: [call(paths) for call in waiting])
    picker.finished.connect(lambda _result: waiting.clear(), Qt.ConnectionType.QueuedConnection)
    picker.open()
    return picker


# Filters of file dialogs: which files are shown at first, and all files for who knows better.


def make_video_filter() -> str:
    """Videos, as Qt writes filters."""
    return add_all_files(tr("Videos"), format_patterns(VIDEO_ENDINGS))


def add_all_files(name: str, shown: str) -> str:
    """Files of the patterns `shown` under that name, and all files behind them."""
    return f"{name} ({shown});;{tr('All files')} (*)"
