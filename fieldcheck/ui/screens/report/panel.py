"""Panel beside the report pages: page 1 in short, language, file name, removable drives, and
destinations of the report."""

from __future__ import annotations

import ctypes
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from PySide6.QtCore import QObject, QSize, QStorageInfo, Qt, Signal
from PySide6.QtGui import QIcon, QImage, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from fieldcheck.i18n.language import tr
from fieldcheck.progress import LatestValue
from fieldcheck.ui.formatting import format_size
from fieldcheck.ui.jobs import LatestValuePoller
from fieldcheck.ui.qt_types import get_box_layout
from fieldcheck.ui.theme import Theme, make_icon
from fieldcheck.ui.widgets.buttons import KeyButton, VerdictSign
from fieldcheck.ui.widgets.combo_box import ComboBox
from fieldcheck.ui.widgets.image_view import decode_image
from fieldcheck.ui.widgets.layouts import (
    clear_layout,
    make_card,
    make_column,
    make_label,
    make_plain_tip,
    make_row,
    make_rule,
    make_scroll_area,
)

# Removable drives that a report can be written to, polled while the screen is shown.

LOOK_EVERY_S, SHOW_EVERY_MS, WAIT_S = 2.0, 250, 1.0
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
        self._known: RemovableDrives | None = None

    def start(self) -> None:
        """Look from now on, at once and then every two seconds; who looks already goes on."""
        if self._thread is not None:
            return
        self._known, self._stop = None, threading.Event()
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
        if drives != self._known:
            self._known = drives
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
        return bool(ctypes.windll.kernel32.GetDriveTypeW(root) == WINDOWS_REMOVABLE)  # type: ignore[attr-defined]
    return root.startswith(MOUNTED_BY_HAND.get(platform, ()))


def _poll_drives(
    slot: LatestValue[RemovableDrives],
    stop: threading.Event,
    look_for: Callable[[], RemovableDrives],
) -> None:
    while not stop.is_set():
        slot.put_value(look_for())
        stop.wait(LOOK_EVERY_S)


# The places that a report can go to, with the room in each.

PROJECT, FOLDER, DRIVE = "project", "folder", "drive"
REPORTS = "reports"
SHORTEST = 3


@dataclass(frozen=True, slots=True)
class ExportTarget:
    """`key` is the same as long as it is the same place. `free` is None where nobody knows;
    `needed` None before the report is there."""

    key: str
    kind: str
    name: str
    folder: Path
    free: int | None
    needed: int | None

    @property
    def has_space(self) -> bool:
        """Whether the report fits, as far as that is known."""
        return self.free is None or self.needed is None or self.needed <= self.free

    @property
    def space_text(self) -> str:
        """Free and needed space in words."""
        if self.free is None:
            return ""
        if self.needed is None:
            return tr("{free} free").format(free=format_size(self.free))
        if not self.has_space:
            return tr("{free} free, too little for {needed}").format(
                free=format_size(self.free), needed=format_size(self.needed)
            )
        return tr("{free} free, needs {needed}").format(
            free=format_size(self.free), needed=format_size(self.needed)
        )


def list_targets(
    project: Path,
    free: int | None,
    chosen: tuple[Path, int | None] | None,
    drives: RemovableDrives,
    needed: int | None,
) -> tuple[ExportTarget, ...]:
    """The project's own folder first, then what was plugged in, then the folder that somebody
    chose."""
    export_targets = [
        ExportTarget(PROJECT, PROJECT, tr("Project folder"), project / REPORTS, free, needed)
    ]
    export_targets += [
        ExportTarget(f"{DRIVE}:{drive.root}", DRIVE, drive.name, drive.root, drive.free, needed)
        for drive in drives
    ]
    if chosen is not None:
        folder, bytes_free = chosen
        export_targets.append(
            ExportTarget(FOLDER, FOLDER, folder.name or str(folder), folder, bytes_free, needed)
        )
    return tuple(export_targets)


def shorten_name(name: str, most: int = 18) -> str:
    """A name that a button has room for."""
    return name if len(name) <= most else name[: max(SHORTEST, most - 1)].rstrip() + "…"


# The pages as pictures that a window can show. It is done beside the window, in the job that sets
# the pages.

SHARP = 2
"""Small pictures have this many pixels for one of the window, so that they are sharp on a fine
screen."""


@dataclass(frozen=True, slots=True)
class PageImage:
    """One page, and the same page `thumb_width` px wide for the list."""

    page: QImage = field(repr=False)
    thumb: QImage = field(repr=False)


@dataclass(frozen=True, slots=True)
class ErrorImage:
    """A frame that the model was surely wrong on, and what was said of it."""

    picture: QImage = field(repr=False)
    truth: str
    prediction: str


def build_error_images(
    frames: Iterable[tuple[bytes, str, str]], height: int
) -> tuple[ErrorImage, ...]:
    """From (JPEG, what the person said, what the model said); each picture is `height` px high.
    Safe in any thread."""
    images = []
    for jpeg, truth, prediction in frames:
        picture = decode_image(jpeg).scaledToHeight(
            height * SHARP, Qt.TransformationMode.SmoothTransformation
        )
        picture.setDevicePixelRatio(SHARP)
        images.append(ErrorImage(picture, truth, prediction))
    return tuple(images)


def build_page_images(images: tuple[bytes, ...], thumb_width: int) -> tuple[PageImage, ...]:
    """Every PNG decoded. Safe in any thread."""
    page_images = []
    for data in images:
        page = decode_image(data)
        thumb = page.scaledToWidth(thumb_width * SHARP, Qt.TransformationMode.SmoothTransformation)
        thumb.setDevicePixelRatio(SHARP)
        page_images.append(PageImage(page, thumb))
    return tuple(page_images)


ICONS = {"project": "folder", "drive": "usb-stick", "folder": "folder-open"}
WIDTH, NAMES, ITEM = 364, 104, 46
WORST_FROM = 580  # height of the panel from which on there is room for them
SHORT = 96  # pixels of the verdict and its warnings that are seen at least: the rest is scrolled
WORST_HEIGHT, NOTHING = 48, "–"
LONGEST_NAME = 60


class ReportPanel(QWidget):
    """Shows what it is told; says what was chosen."""

    language_chosen = Signal(str)
    name_given = Signal(str)
    target_chosen = Signal(str)
    open_wanted = Signal()

    def __init__(
        self, theme: Theme, choose_folder: KeyButton, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setFixedWidth(theme.metrics.scale_px(WIDTH))
        self.choose_folder = choose_folder
        frame = make_card(theme)
        get_box_layout(frame).setSpacing(theme.metrics.scale_px(6))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(frame)
        self._has_worst = self._lacks = False
        above = QWidget()
        inside = make_column(
            theme, self._build_summary_part(), self._build_worst_part(), gap=6, parent=above
        )
        inside.addStretch()
        self._above = make_scroll_area(above)
        self._above.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._above.setMinimumHeight(theme.metrics.scale_px(SHORT))
        get_box_layout(frame).addWidget(self._above, 3)
        for part in (make_rule(), self._build_field_part(), make_rule()):
            get_box_layout(frame).addWidget(part)
        get_box_layout(frame).addWidget(make_label(tr("Export destination"), bold=True))
        get_box_layout(frame).addWidget(self._build_target_part(), 1)
        get_box_layout(frame).addWidget(self.choose_folder)
        self.written = make_label(size="caption", tone="quiet", wrap=True)
        self.open_folder = KeyButton(theme, tr("Open folder"))
        self.open_folder.clicked.connect(self.open_wanted)
        line = make_row(theme, self.written)
        line.addWidget(self.open_folder, 0, Qt.AlignmentFlag.AlignRight)
        get_box_layout(frame).addLayout(line)
        self.show_written("", "")
        self.show_worst(())

    def show_summary(
        self, verdict: str, sign: str, headline: str, ranges: Sequence[str], missing: Sequence[str]
    ) -> None:
        """Verdict with its shape, the sentence, what its ranges are, and what the report has to say
        is missing."""
        self.verdict.setText(verdict)
        self.sign.show_kind(sign)
        self.headline.setText(headline)
        self.ranges.setText("\n".join(ranges))
        self.missing.setText("\n".join(f"▲ {text}" for text in missing))
        self._lacks = bool(missing)
        self._update_layout()
        self.sign.setVisible(bool(sign))
        for widget in (self.verdict, self.headline, self.ranges, self.missing):
            widget.setVisible(bool(widget.text()))

    def show_fields(self, language: str, name: str) -> None:
        """The code of the report's language (empty: the window's), and who labels."""
        self.language.select_code(language)
        if self.name.text() != name:
            self.name.setText(name)

    def show_targets(self, targets: Sequence[ExportTarget], chosen: str) -> None:
        """The places, one of them chosen by its key."""
        self.targets.blockSignals(True)
        self.targets.clear()
        for target in targets:
            item = QListWidgetItem(
                self._make_icon(target.kind), f"{target.name}\n{target.space_text}"
            )
            item.setData(Qt.ItemDataRole.UserRole, target.key)
            item.setToolTip(make_plain_tip(str(target.folder)))
            item.setData(
                Qt.ItemDataRole.AccessibleTextRole,
                f"{target.name}, {target.space_text}, {target.folder}",
            )
            item.setSizeHint(
                QSize(0, max(self._theme.metrics.scale_px(ITEM), self._theme.metrics.target))
            )
            self.targets.addItem(item)
            if target.key == chosen:
                self.targets.setCurrentItem(item)
        self.targets.blockSignals(False)

    def show_worst(self, frames: Sequence[ErrorImage]) -> None:
        """The first of the worst frames, as many as there is room for."""
        clear_layout(self._worst_row)
        number = self._theme.metrics.scale_px(WIDTH) - 2 * self._theme.metrics.scale_px(14)
        for frame in frames:
            width = frame.picture.deviceIndependentSize().toSize().width()
            if width > number:
                break
            number -= width + self._worst_row.spacing()
            shown = make_label()
            shown.setPixmap(QPixmap.fromImage(frame.picture))
            text = tr("Label: {truth}. Prediction: {prediction}.").format(
                truth=frame.truth or NOTHING, prediction=frame.prediction or NOTHING
            )
            shown.setToolTip(make_plain_tip(text))
            shown.setAccessibleName(text)
            self._worst_row.addWidget(shown)
        self._worst_row.addStretch()
        self._has_worst = bool(frames)
        self._update_layout()

    def show_written(self, text: str, about: str) -> None:
        """When something was written last; its folder can be opened then. `about` says it in
        full."""
        self.written.setText(text)
        self.written.setToolTip(make_plain_tip(about))
        self.written.setVisible(bool(text))
        self.open_folder.setVisible(bool(text))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._update_layout()

    def _update_layout(self) -> None:
        """The worst frames, which have a page of their own, go first where there is little room."""
        self._worst.setVisible(
            self._has_worst
            and not self._lacks
            and self.height() >= self._theme.metrics.scale_px(WORST_FROM)
        )

    def _build_worst_part(self) -> QWidget:
        self._worst = QWidget()
        self._worst_row = make_row(self._theme, gap=4)
        make_column(
            self._theme,
            make_label(tr("Most confident error"), size="caption", tone="quiet"),
            self._worst_row,
            gap=4,
            parent=self._worst,
        )
        return self._worst

    def _build_summary_part(self) -> QWidget:
        self.sign = VerdictSign(self._theme)
        self.verdict = make_label(size="title", wrap=True)
        self.verdict.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.headline = make_label(bold=True, wrap=True)
        self.ranges = make_label(size="caption", tone="quiet", wrap=True)
        self.missing = make_label(size="caption", tone="warn", wrap=True)
        part = QWidget()
        inside = make_column(
            self._theme, make_row(self._theme, self.sign, self.verdict), gap=4, parent=part
        )
        for widget in (self.headline, self.ranges, self.missing):
            inside.addWidget(widget)
        return part

    def _build_field_part(self) -> QWidget:
        choices = [("", tr("Same as interface")), ("en", "English"), ("de", "Deutsch")]
        self.language = ComboBox(self._theme, tr("Report language"), choices)
        self.language.activated.connect(
            lambda _at: self.language_chosen.emit(self.language.chosen_code)
        )
        self.name = QLineEdit(maxLength=LONGEST_NAME)
        self.name.setAccessibleName(tr("Annotator name"))
        self.name.editingFinished.connect(lambda: self.name_given.emit(self.name.text().strip()))
        part = QWidget()
        grid = QGridLayout(part)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(self._theme.metrics.scale_px(4))
        grid.setColumnStretch(1, 1)
        for index, (text, widget) in enumerate(
            ((tr("Language"), self.language), (tr("Annotator name"), self.name))
        ):
            named = make_label(text, wrap=True)
            named.setFixedWidth(self._theme.metrics.scale_px(NAMES))
            named.setMinimumHeight(named.heightForWidth(self._theme.metrics.scale_px(NAMES)))
            named.setBuddy(widget)
            widget.setMinimumWidth(0)
            grid.addWidget(named, index, 0)
            grid.addWidget(widget, index, 1)
        return part

    def _make_icon(self, kind: str) -> QIcon:
        """The kind of place, in the colour of the text beside it, chosen or not."""
        tokens, name = self._theme.tokens, ICONS[kind]
        made = QIcon(make_icon(name, tokens.text))
        made.addPixmap(make_icon(name, tokens.on_selection), QIcon.Mode.Selected)
        return made

    def _build_target_part(self) -> QListWidget:
        self.targets = QListWidget()
        self.targets.setAccessibleName(tr("Export folder"))
        self.targets.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.targets.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Ignored)
        self.targets.setMinimumHeight(
            max(self._theme.metrics.scale_px(ITEM), self._theme.metrics.target) + 8
        )
        self.targets.currentItemChanged.connect(self._on_target_changed)
        return self.targets

    def _on_target_changed(
        self, item: QListWidgetItem | None, _before: QListWidgetItem | None
    ) -> None:
        if item is not None:
            self.target_chosen.emit(item.data(Qt.ItemDataRole.UserRole))
