"""File and folder dialogs that do not block the window, their file filters, and the file picker:
places on the left, the folder's entries on the right, keyboard first; and the removable drives."""

from __future__ import annotations

import ctypes
import re
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Literal

from PySide6.QtCore import (
    QDir,
    QItemSelectionModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSize,
    QStandardPaths,
    QStorageInfo,
    Qt,
    Signal,
)
from PySide6.QtGui import QIcon, QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QFileIconProvider,
    QFileSystemModel,
    QHeaderView,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from fieldcheck.domain.frame import VIDEO_ENDINGS, format_patterns
from fieldcheck.i18n.language import tr
from fieldcheck.paths import PACK_ENDING
from fieldcheck.progress import LatestValue
from fieldcheck.safe_text import shorten_middle
from fieldcheck.ui.formatting import format_timestamp
from fieldcheck.ui.jobs import LatestValuePoller
from fieldcheck.ui.qt_types import require_value
from fieldcheck.ui.theme import Theme, make_icon
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.combo_box import ComboBox
from fieldcheck.ui.widgets.layouts import make_column, make_label, make_plain_tip, make_row

LOOK_EVERY_S, SHOW_EVERY_MS, WAIT_S = 2.0, 250, 1.0
# Removable drives, polled while somebody looks: where a report is written to and files come from.

MOUNTED_BY_HAND = {"linux": ("/media/", "/run/media/"), "darwin": ("/Volumes/",)}
"""Folders in which a system mounts removable drives."""
WINDOWS_REMOVABLE = 2  # DRIVE_REMOVABLE of GetDriveTypeW


@dataclass(frozen=True, slots=True)
class Drive:
    """A drive that can be written and taken away. `free` in bytes."""

    name: str
    root: Path
    free: int


RemovableDrives = tuple[Drive, ...]


class DriveWatcher(QObject):
    """`drives_changed` carries the drives that are there, each time that others are."""

    drives_changed = Signal(object)

    def __init__(
        self, look_for: Callable[[], RemovableDrives] | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._look_for = look_for or list_removable_drives
        self._poll = LatestValuePoller(self._on_drives_listed, SHOW_EVERY_MS, self)
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None
        self._drives: RemovableDrives | None = None

    def start(self) -> None:
        """Look from now on, at once and then every two seconds; who looks already goes on."""
        if self._thread is not None:
            return
        self._drives, self._stop = None, threading.Event()
        slot: LatestValue[RemovableDrives] = LatestValue()
        self._thread = threading.Thread(
            target=_poll_drives, args=(slot, self._stop, self._look_for), name="drives", daemon=True
        )
        self._thread.start()
        self._poll.start(slot)

    def stop(self) -> None:
        """Look no more. A look that hangs is not waited for: its thread ends with the program."""
        self._poll.stop()
        self._stop.set()
        if self._thread is not None:
            self._thread.join(WAIT_S)
            self._thread = None

    def _on_drives_listed(self, drives: RemovableDrives) -> None:
        if drives != self._drives:
            self._drives = drives
            self.drives_changed.emit(drives)


def list_removable_drives() -> RemovableDrives:
    """Every drive that can be taken away and is not write-protected."""
    volumes = [
        volume
        for volume in QStorageInfo.mountedVolumes()
        if volume.isValid() and volume.isReady() and not volume.isReadOnly()
    ]
    return tuple(
        Drive(
            volume.name() or Path(volume.rootPath()).name or volume.rootPath(),
            Path(volume.rootPath()),
            volume.bytesAvailable(),
        )
        for volume in volumes
        if is_removable(volume.rootPath(), sys.platform)
    )


def is_removable(root: str, platform: str) -> bool:
    """Whether a drive at `root` is one that people plug in and pull out."""
    if platform == "win32":
        return bool(ctypes.windll.kernel32.GetDriveTypeW(root) == WINDOWS_REMOVABLE)  # type: ignore[attr-defined,unused-ignore]
    return root.startswith(MOUNTED_BY_HAND.get(platform, ()))


def _poll_drives(
    slot: LatestValue[RemovableDrives],
    stop: threading.Event,
    look_for: Callable[[], RemovableDrives],
) -> None:
    while not stop.is_set():
        slot.put_value(look_for())
        stop.wait(LOOK_EVERY_S)


Mode = Literal["file", "files", "folder"]
Index = QModelIndex | QPersistentModelIndex
SIZE, PLACES_WIDTH, GAP = QSize(880, 560), 200, 12
NAME, BYTES, CHANGED = 0, 1, 3  # columns of Qt's model of a folder
LONGEST_SHOWN = 32  # letters of a name on a button
WHOLE_FOLDERS = (".fieldcheck",)
"""Endings of folders that are chosen as a whole: nobody looks for a file in them."""


class FilePicker(QDialog):
    """Lets a person choose a file, several, or a folder. `chosen` carries a list of paths, once;
    nothing is emitted after a cancel.

    The list has the keys: arrows and letters find an entry, Enter opens a folder or chooses a file,
    Backspace goes to the parent folder, Ctrl+L to the path. `for_writing`: a folder can be made.
    """

    chosen = Signal(object)

    def __init__(
        self,
        theme: Theme,
        title: str,
        mode: Mode,
        kinds: str,
        folder: Path,
        parent: QWidget,
        for_writing: bool = False,
    ) -> None:
        super().__init__(parent)
        self._theme, self.mode, self._kinds = theme, mode, split_kinds(kinds)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        px = theme.metrics.scale_px
        around = parent.window().size() - QSize(px(2 * GAP), px(2 * GAP))
        self.resize((SIZE * (theme.metrics.percent / 100)).boundedTo(around))
        self._model = _FolderModel(self)
        self._model.setIconProvider(_Icons(theme))
        shown = QDir.Filter.AllDirs | QDir.Filter.NoDotAndDotDot
        self._model.setFilter(shown if mode == "folder" else shown | QDir.Filter.Files)
        self._model.setNameFilterDisables(False)
        self._model.directoryLoaded.connect(self._mark_first)
        self.places, self.path, self.list = self._build_places(), QLineEdit(), self._build_list()
        self.path.setAccessibleName(tr("Folder"))
        self.path.returnPressed.connect(self._follow_path)
        self._up = KeyButton(theme, tr("Parent folder"), tr("Backspace"))
        self._up.clicked.connect(self.open_parent)
        self._make = KeyButton(theme, tr("New folder"))
        self._make.clicked.connect(self._make_folder)
        self._make.setVisible(for_writing)
        self.choose = KeyButton(theme, "", f"{tr('Ctrl')}+{tr('Enter')}", primary=True)
        self.choose.clicked.connect(self.accept_selection)
        cancel = KeyButton(theme, tr("Cancel"), "Esc")
        cancel.clicked.connect(self.reject)
        self.kind = ComboBox(
            theme,
            tr("File type"),
            [(str(index), name) for index, (name, _) in enumerate(self._kinds)],
        )
        self.kind.setVisible(len(self._kinds) > 1)
        self.kind.setMinimumWidth(px(PLACES_WIDTH))
        self.kind.currentIndexChanged.connect(self._show_kind)
        foot = make_row(theme, self.kind, self._make)
        foot.addStretch()
        foot.addWidget(cancel)
        foot.addWidget(self.choose)
        where = make_row(theme, self._up, (self.path, 1))
        right = make_column(theme, where, (self.list, 1), gap=8)
        middle = make_row(theme, self.places, (right, 1), gap=GAP)
        heading = make_label(title, size="heading")
        whole = make_column(theme, heading, (middle, 1), foot, gap=GAP, parent=self)
        whole.setContentsMargins(px(GAP), px(GAP), px(GAP), px(GAP))
        self._show_kind(0)
        self._watch_drives()
        for key in ("Ctrl+Return", "Ctrl+Enter"):  # before the list takes it for its entry
            QShortcut(QKeySequence(key), self).activated.connect(self.accept_selection)
        self.open_folder(folder)
        self.list.setFocus()

    def _watch_drives(self) -> None:
        self._drives = DriveWatcher(parent=self)
        self._drives.drives_changed.connect(self.show_drives)
        self._drives.start()
        self.finished.connect(self._drives.stop)
        self.destroyed.connect(self._drives.stop)

    @property
    def folder(self) -> Path:
        """The folder whose entries are shown."""
        return Path(self._model.filePath(self.list.rootIndex()))

    def open_folder(self, folder: Path) -> None:
        """Shows the entries of another folder; the nearest one above it where it is not there."""
        there = next(
            ancestor for ancestor in (folder, *folder.absolute().parents) if ancestor.is_dir()
        )
        root = self._model.setRootPath(str(there))
        self.list.setRootIndex(root)
        self.list.clearSelection()
        self.list.setCurrentIndex(QModelIndex())
        self.path.setText(str(there))
        self._up.setEnabled(there.parent != there)
        self._show_choice()

    def open_parent(self) -> None:
        """Shows the folder above, with the one that it comes from as the current entry."""
        before = self.folder
        self.open_folder(before.parent)
        self.list.setCurrentIndex(self._model.index(str(before)))
        self.list.setFocus()

    def show_drives(self, drives: RemovableDrives) -> None:
        """Drives that are plugged in, above the folders of this computer."""
        self.places.clear()
        for drive in drives:
            self._add_place(drive.name, drive.root, "usb-stick")
        for name, kind, icon in (
            (tr("Downloads"), QStandardPaths.StandardLocation.DownloadLocation, "folder"),
            (tr("Documents"), QStandardPaths.StandardLocation.DocumentsLocation, "folder"),
            (tr("Desktop"), QStandardPaths.StandardLocation.DesktopLocation, "folder"),
            (tr("Home folder"), QStandardPaths.StandardLocation.HomeLocation, "folder-open"),
        ):
            folder = Path(QStandardPaths.writableLocation(kind))
            if folder.is_dir():
                self._add_place(name, folder, icon)

    def list_selected(self) -> list[Path]:
        """What would be chosen now: files, or the folder that is current or shown."""
        rows = self.list.selectionModel().selectedRows(NAME)
        paths = [Path(self._model.filePath(row)) for row in rows]
        if self.mode == "folder":
            return paths[:1] or [self.folder]
        return [path for path in paths if not path.is_dir()]

    def accept_selection(self) -> None:
        """Chooses what is selected and closes."""
        if paths := self.list_selected():
            self.done(QDialog.DialogCode.Accepted)
            self.chosen.emit(paths)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        has_control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if has_control and event.key() == Qt.Key.Key_L:
            self.path.setFocus()
            self.path.selectAll()
        elif event.key() == Qt.Key.Key_Backspace:
            self.open_parent()
        elif not enter:  # Enter belongs to what has the keys, not to a default button
            super().keyPressEvent(event)

    def _open_entry(self, index: Index) -> None:
        """Enter or a double click on an entry: into a folder, or this one is chosen."""
        path = Path(self._model.filePath(index))
        whole = self.mode == "folder" and path.suffix in WHOLE_FOLDERS
        if path.is_dir() and not whole:
            self.open_folder(path)
        else:
            self.accept_selection()

    def _follow_path(self) -> None:
        """The path that was typed: a folder is shown, a file chosen."""
        path = Path(self.path.text().strip()).expanduser()
        if path.is_file() and self.mode != "folder":
            self.done(QDialog.DialogCode.Accepted)
            self.chosen.emit([path])
            return
        self.open_folder(path)
        self.list.setFocus()

    def _make_folder(self) -> None:
        """A folder in the one that is shown, to be named in its row."""
        index = self._model.mkdir(self.list.rootIndex(), find_free_name(self.folder))
        if index.isValid():
            self.list.setCurrentIndex(index)
            self.list.edit(index)

    def _mark_first(self, folder: str) -> None:
        """The first entry of a folder that was just read has the keys; a folder is not chosen by
        that."""
        root = self.list.rootIndex()
        if Path(folder) != self.folder or self.list.currentIndex().parent() == root:
            return
        flags = QItemSelectionModel.SelectionFlag
        how = flags.NoUpdate if self.mode == "folder" else flags.ClearAndSelect | flags.Rows
        entries = [
            self._model.index(index, NAME, root) for index in range(self._model.rowCount(root))
        ]
        if entries:  # Qt sorts them a little later
            first = min(entries, key=self._rank_entry)
            self.list.selectionModel().setCurrentIndex(first, how)

    def _rank_entry(self, entry: QModelIndex) -> tuple[bool, str]:
        return not self._model.isDir(entry), self._model.fileName(entry).casefold()

    def _show_kind(self, index: int) -> None:
        self._model.setNameFilters([] if not self._kinds else list(self._kinds[max(0, index)][1]))

    def _show_choice(self) -> None:
        """The primary action names what it chooses."""
        paths = self.list_selected()
        if self.mode == "folder":
            name = paths[0].name or str(paths[0])
            self.choose.set_label(
                tr("Choose folder “{name}”", name=shorten_middle(name, LONGEST_SHOWN))
            )
        elif len(paths) > 1:
            self.choose.set_label(tr("Choose {n} files", n=len(paths)))
        else:
            text = (
                tr("Choose “{name}”", name=shorten_middle(paths[0].name, LONGEST_SHOWN))
                if paths
                else ""
            )
            self.choose.set_label(text or tr("Choose file"))
        self.choose.setEnabled(bool(paths))

    def _build_list(self) -> QTreeView:
        shown = QTreeView()
        shown.setModel(self._model)
        shown.setAccessibleName(tr("Entries of the folder"))
        shown.setRootIsDecorated(False)
        shown.setItemsExpandable(False)
        shown.setUniformRowHeights(True)
        shown.setAllColumnsShowFocus(True)
        shown.setItemDelegate(_TallRows(self._theme, shown))
        kinds = QAbstractItemView.SelectionMode
        many = self.mode == "files"
        shown.setSelectionMode(kinds.ExtendedSelection if many else kinds.SingleSelection)
        self._model.setReadOnly(self.mode != "folder")
        shown.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        shown.setSortingEnabled(True)
        shown.sortByColumn(NAME, Qt.SortOrder.AscendingOrder)
        for column in range(self._model.columnCount()):
            shown.setColumnHidden(column, column not in (NAME, BYTES, CHANGED))
        head = shown.header()
        head.setStretchLastSection(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        head.setSectionResizeMode(NAME, QHeaderView.ResizeMode.Stretch)
        shown.activated.connect(self._open_entry)
        shown.selectionModel().selectionChanged.connect(self._show_choice)
        return shown

    def _build_places(self) -> QListWidget:
        place_list = QListWidget()
        place_list.setAccessibleName(tr("Places"))
        place_list.setFixedWidth(self._theme.metrics.scale_px(PLACES_WIDTH))
        place_list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        place_list.itemActivated.connect(self._open_place)
        place_list.itemClicked.connect(self._open_place)
        return place_list

    def _add_place(self, name: str, folder: Path, icon: str) -> None:
        item = QListWidgetItem(QIcon(make_icon(icon, self._theme.tokens.text)), name)
        item.setData(Qt.ItemDataRole.UserRole, str(folder))
        item.setToolTip(make_plain_tip(str(folder)))
        item.setSizeHint(QSize(0, self._theme.metrics.target))
        self.places.addItem(item)

    def _open_place(self, item: QListWidgetItem) -> None:
        self.open_folder(Path(item.data(Qt.ItemDataRole.UserRole)))
        self.list.setFocus()


class _FolderModel(QFileSystemModel):
    """Qt's model of a folder with its dates and headings in the words of this program."""

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.DisplayRole and index.column() == CHANGED:
            changed = self.lastModified(self.index(self.filePath(index)))
            return format_timestamp(datetime.fromtimestamp(changed.toSecsSinceEpoch()))
        return super().data(index, role)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        headings = {NAME: tr("Name"), BYTES: tr("Size"), CHANGED: tr("Changed")}
        if role == Qt.ItemDataRole.DisplayRole and section in headings:
            return headings[section]
        return super().headerData(section, orientation, role)


class _TallRows(QStyledItemDelegate):
    """Rows that a finger in a glove finds."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._height = theme.metrics.target

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(super().sizeHint(option, index).width(), self._height)


class _Icons(QFileIconProvider):
    """Drawings of ours for folders and files: those of the system look different on each."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._folder = QIcon(make_icon("folder", theme.tokens.accent))
        self._file = QIcon(make_icon("image", theme.tokens.text2))

    def icon(self, info: object) -> QIcon:
        is_folder = getattr(info, "isDir", lambda: False)()
        return self._folder if is_folder else self._file


def split_kinds(kinds: str) -> list[tuple[str, tuple[str, ...]]]:
    """Name and patterns of each kind of `NAME (*.a *.b);;NAME (*)`."""
    entries = []
    for part in kinds.split(";;"):
        if match := re.fullmatch(r"(.*) \((.*)\)", part.strip()):
            entries.append((match[1], tuple(match[2].split())))
    return entries


def find_free_name(folder: Path) -> str:
    """A name for a new folder that nothing in `folder` has."""
    name, number = tr("New folder"), 2
    while (folder / name).exists():
        name, number = f"{tr('New folder')} {number}", number + 1
    return name


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


def choose_folder(
    parent: QWidget, title: str, then: Callable[[Path], None], for_writing: bool = False
) -> FilePicker:
    """One folder that is there; `for_writing`: or a new one."""
    return _open_picker(parent, title, "folder", "", lambda chosen: then(chosen[0]), for_writing)


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
    parent: QWidget,
    title: str,
    mode: Mode,
    kinds: str,
    then: Callable[[list[Path]], None],
    for_writing: bool = False,
) -> FilePicker:
    """Shows the picker. `then` is let go of before the picker is deleted: it mostly belongs to the
    parent, which may be dying itself."""
    kept = parent.window().property(THEME)
    theme = kept if isinstance(kept, Theme) else Theme()
    start = get_start_folder(parent)
    picker = FilePicker(theme, title, mode, kinds, start, parent, for_writing)
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
