"""Pages of the settings that tell something: keys, privacy, about; and the one that updates the
program from a file, and switches back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QAction, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QCheckBox,
    QHeaderView,
    QLineEdit,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from fieldcheck import __version__
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.progress import Progress
from fieldcheck.ui.context import HELP_PAGE, Context
from fieldcheck.ui.job_widgets import JobStrip
from fieldcheck.ui.jobs import RUNNING, Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen import GLOBAL, ActionSpec
from fieldcheck.ui.screens import get_screen_name
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.combo_box import apply_mark_style
from fieldcheck.ui.widgets.file_dialogs import choose_file
from fieldcheck.ui.widgets.layouts import make_column, make_label, make_plain_tip, make_row

if TYPE_CHECKING:
    from fieldcheck import update
else:
    update = LazyModule("fieldcheck.update")

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


class RowsModel(QAbstractTableModel):
    """Rows of text under headings, for looking at."""

    def __init__(
        self, headings: tuple[str, ...], rows: list[tuple[str, ...]], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._headings, self._rows = headings, rows

    def show_rows(self, rows: list[tuple[str, ...]]) -> None:
        """Other rows; the same ones are not measured again."""
        if rows == self._rows:
            return
        self.beginResetModel()
        self._rows = rows
        self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._headings)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            text = self._rows[index.row()][index.column()]
            return make_plain_tip(text) if role == Qt.ItemDataRole.ToolTipRole else text
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._headings[section]
        return None


def filter_rows(rows: list[tuple[str, ...]], typed: str) -> list[tuple[str, ...]]:
    """The rows in which every typed word occurs, in any column."""
    words = typed.lower().split()
    return [row for row in rows if all(word in " ".join(row).lower() for word in words)]


def get_headings() -> tuple[str, ...]:
    """Headings of the columns of `build_key_rows`."""
    return tr("Key"), tr("Function"), tr("Location")


def build_key_rows(entries: tuple[ActionSpec, ...]) -> list[tuple[str, ...]]:
    """Key, action and screen of every entry that has a key."""
    everywhere = tr("All screens")
    where = {
        entry.screen: everywhere if entry.screen == GLOBAL else get_screen_name(entry.screen)
        for entry in entries
    }
    return [(entry.shown_key, entry.text, where[entry.screen]) for entry in entries if entry.keys]


class KeysPage(QWidget):
    """Every key there is, found by typing."""

    def __init__(self, theme: Theme, entries: tuple[ActionSpec, ...]) -> None:
        super().__init__()
        self.field = QLineEdit(
            placeholderText=tr("Type a key or an action"), clearButtonEnabled=True
        )
        self.field.setObjectName("find_key")
        self.field.setAccessibleName(tr("Search shortcuts"))
        self._all = build_key_rows(entries)
        self.rows = RowsModel(get_headings(), self._all, self)
        self.list = _make_table(theme, self.rows, stretched=1)
        self.list.setAccessibleName(tr("Shortcuts"))
        self._count = make_label(tone="quiet")
        self.field.textChanged.connect(self._filter_rows)
        _stack_widgets(self, theme, self.field, self.list, self._count)
        self._filter_rows("")

    def _filter_rows(self, typed: str) -> None:
        self.rows.show_rows(filter_rows(self._all, typed))
        n = self.rows.rowCount()
        self._count.setText(tr_plural("{n} key", "{n} keys", n, n=n))


class PrivacyPage(QWidget):
    """Privacy: what happens to the pictures, in plain sentences."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        texts = [
            tr(
                "Fieldcheck uses the network only for cameras that you connect or search for, and "
                "for a cluster that you name on the command line. No other network access "
                "exists, so there is nothing to switch off."
            ),
            tr(
                "Fieldcheck has no telemetry: no usage statistics, no crash reports, no "
                "update check."
            ),
            tr("Footage, labels and reports stay on this computer unless you export or copy them."),
            tr(
                "Frames with a marked person are never in reports, and in exports and packs "
                "only if you include them."
            ),
            tr(
                "The project stores the time taken per label, because the report describes how "
                "the labels were made."
            ),
            tr(
                "Diagnostics contain version numbers and the log file path, but no names, "
                "images or labels."
            ),
        ]
        _stack_widgets(self, theme, *[make_label(note, wrap=True) for note in texts]).addStretch()


class AboutPage(QWidget):
    """Version, licence, the parts that ship with it and theirs, and the text that helps to find a
    fault."""

    def __init__(self, theme: Theme, diagnostics: QAction, key: str) -> None:
        super().__init__()
        self.copy = KeyButton(theme, tr("Copy diagnostics"), key).bind_action(diagnostics)
        self.copy.setObjectName("copy_diagnostics")
        named = make_label(tr("Fieldcheck {version}", version=__version__), bold=True)
        top = make_row(theme, named)
        top.addStretch()
        top.addWidget(self.copy)
        self._rows = RowsModel((tr("Component"), tr("Version"), tr("Licence")), [], self)
        self.list = _make_table(theme, self._rows, stretched=2)
        self.list.setAccessibleName(tr("Third-party licences"))
        licence = make_label(
            tr(
                "Apache License 2.0. Fieldcheck includes these components under their own licences:"
            ),
            wrap=True,
        )
        make_column(theme, top, licence, (self.list, 1), parent=self)

    def show_parts(self, parts: list[tuple[str, ...]]) -> None:
        """Name, version and licence of each."""
        self._rows.show_rows(parts)
        self.list.resizeColumnsToContents()


def _stack_widgets(page: QWidget, theme: Theme, *widgets: QWidget) -> QVBoxLayout:
    inside = make_column(theme, parent=page)
    for widget in widgets:
        inside.addWidget(widget, 1 if isinstance(widget, QTableView) else 0)
    return inside


class RowsTable(QTableView):
    """Table of rows to look at; the column `stretched` takes what is left of the width. The others
    are as wide as their words, which is measured once it is shown: each step of putting a page
    together would measure all rows again."""

    def __init__(self, stretched: int) -> None:
        super().__init__()
        self._stretched = stretched

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        mode, header = QHeaderView.ResizeMode, self.horizontalHeader()
        for index in range(header.count()):
            header.setSectionResizeMode(
                index, mode.Stretch if index == self._stretched else mode.ResizeToContents
            )


def _make_table(theme: Theme, model: RowsModel, stretched: int) -> QTableView:
    """A list of rows to look at, not measured yet."""
    table = RowsTable(stretched)
    table.setProperty("roomy", True)
    table.setModel(model)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.setTabKeyNavigation(False)
    table.setShowGrid(False)
    table.setWordWrap(False)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(theme.metrics.scale_px(30))
    header = table.horizontalHeader()
    header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    header.setHighlightSections(False)
    return table


# Update from a file.

JOB = "update"


class UpdatePage(QWidget):
    """`file_chosen(path)`: an update file to install. `back_chosen`: the version before is to
    start. `help_requested`: the page about updates is wanted."""

    file_chosen = Signal(Path)
    back_chosen = Signal()
    help_requested = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.installed = make_label(bold=True, wrap=True)
        self.note = make_label(tone="quiet", wrap=True)
        self.for_me = apply_mark_style(theme, QCheckBox(tr("For this user only")))
        self.for_me.setObjectName("update_for_me")
        self.choose = KeyButton(theme, tr("Choose update…"))
        self.choose.setObjectName("choose_update")
        self.back = KeyButton(theme, tr("Switch back"))
        self.back.setObjectName("switch_back")
        self.strip = JobStrip(theme)
        self.help = KeyButton(theme, tr("Help with updates"), role="link")
        self.help.setObjectName("update_help")
        self.help.clicked.connect(lambda _checked=False: self.help_requested.emit())
        buttons = make_row(theme, self.choose, self.back, self.help)
        buttons.addStretch()
        make_column(
            theme, self.installed, self.note, self.for_me, buttons, self.strip, parent=self
        ).addStretch()
        self.choose.clicked.connect(lambda _checked=False: self._choose_file())
        self.back.clicked.connect(lambda _checked=False: self.back_chosen.emit())
        for widget in (self.for_me, self.choose, self.back, self.strip):
            widget.hide()

    def show_installed(self, kind: update.Kind, version: str, before: str) -> None:
        """What is installed, how this installation is updated, and what is kept; `before` is empty
        where nothing is."""
        about = {
            "own": tr(
                "Signatures and hashes of an update file (.fcupdate) are checked first. The new "
                "version then tests itself and opens copies of your recent projects. Projects "
                "are not changed."
            ),
            "system": tr(
                "Installed for all users: the package manager updates it. An update for this user "
                "only is installed beside it."
            ),
            "python": tr("Installed with pip or started from a checkout: update it with pip."),
        }
        text = tr("Fieldcheck {version}", version=version)
        if before:
            text = tr(
                "Fieldcheck {version}. Version {before} is kept.", version=version, before=before
            )
        self.installed.setText(text)
        self.note.setText(about[kind])
        self.for_me.setVisible(kind == "system")
        self.choose.setVisible(kind != "python")
        self.back.setVisible(bool(before))

    def show_switched(self, version: str, before: str) -> None:
        """Another version starts from the next time on."""
        text = tr("Fieldcheck {version} is used from the next start. Version {before} is kept.")
        self.installed.setText(text.format(version=version, before=before))
        self.back.show()

    def show_running(self, job: Job | None) -> None:
        """The update that is under way; nothing else is begun meanwhile."""
        self.strip.show_job(job)
        is_running = job is not None and job.state == RUNNING
        for button in (self.choose, self.back):
            button.setEnabled(not is_running)

    def _choose_file(self) -> None:
        kinds = f"{tr('Fieldcheck updates')} (*.fcupdate)"
        choose_file(self, tr("Choose update"), kinds, self.file_chosen.emit)


class UpdatePresenter:
    """Installs the chosen file off the main thread, and finds a running update again."""

    def __init__(self, page: UpdatePage, context: Context) -> None:
        self._page, self._context = page, context
        page.file_chosen.connect(self.install_file)
        page.back_chosen.connect(self.switch_back)
        page.help_requested.connect(self.show_help)
        context.runner.run_in_order(page, _load_installed).on_success(
            lambda installed: page.show_installed(*installed)
        )
        page.show_running(context.runner.find_running(JOB))

    def install_file(self, path: Path) -> None:
        """Check and install an update file, and switch to it."""
        recent = self._context.preferences.settings.recent
        for_me = self._page.for_me.isChecked()

        def install(progress: Progress) -> update.SwitchedVersion:
            tried = update.list_projects_to_try(recent)
            installation = update.find_installation()
            return update.install_update(path, installation, tried, progress, for_me)

        job = self._context.runner.run_job(
            self._page, lambda: tr("Update"), install, key=JOB, writes=True, resumes=False
        )
        job.on_success(self._show_switched).on_failure(self._context.messages.show_error)
        job.on_end(lambda: self._page.show_running(None))
        self._page.show_running(job)

    def switch_back(self) -> None:
        """Have the version before start again."""
        switching = self._context.runner.run_in_order(
            self._page, lambda: update.switch_back(update.find_installation())
        )
        switching.on_success(self._show_switched).on_failure(self._context.messages.show_error)

    def show_help(self) -> None:
        """Open the help at its page about updates."""
        self._context.session_values[HELP_PAGE] = "update"
        self._context.show_screen("help")

    def _show_switched(self, switched: update.SwitchedVersion) -> None:
        self._page.show_switched(switched.version, switched.before)


def _load_installed() -> tuple[update.Kind, str, str]:
    installation = update.find_installation()
    return installation.kind, installation.version, update.find_version_before(installation)
