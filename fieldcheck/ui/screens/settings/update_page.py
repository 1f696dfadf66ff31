"""The section of the settings that updates the program from a file, and switches back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QWidget

from fieldcheck.i18n.language import tr
from fieldcheck.progress import Progress
from fieldcheck.ui.context import Context
from fieldcheck.ui.job_widgets import JobStrip
from fieldcheck.ui.jobs import RUNNING, Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.combo_box import apply_mark_style
from fieldcheck.ui.widgets.file_dialogs import choose_file
from fieldcheck.ui.widgets.layouts import make_column, make_label, make_row

if TYPE_CHECKING:
    from fieldcheck import update
else:
    update = LazyModule("fieldcheck.update")

JOB = "update"


class UpdatePage(QWidget):
    """`file_chosen(path)`: an update file to install. `back_chosen`: the version before is to
    start."""

    file_chosen = Signal(Path)
    back_chosen = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.installed = make_label(bold=True, wrap=True)
        self.note = make_label(tone="quiet", wrap=True)
        self.for_me = apply_mark_style(theme, QCheckBox(tr("For this user only")))
        self.for_me.setObjectName("update_for_me")
        self.choose = KeyButton(theme, tr("Choose update…"))
        self.choose.setObjectName("choose_update")
        self.back = KeyButton(theme, tr("Switch back"))
        self.back.setObjectName("switch_back")
        self.strip = JobStrip(theme)
        buttons = make_row(theme, self.choose, self.back)
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
        text = tr("Fieldcheck {version}").format(version=version)
        if before:
            text = tr("Fieldcheck {version}. Version {before} is kept.").format(
                version=version, before=before
            )
        self.installed.setText(text)
        self.note.setText(about[kind])
        self.for_me.setVisible(kind == "system")
        self.choose.setVisible(kind != "python")
        self.back.setVisible(bool(before))

    def show_switched(self, version: str, before: str) -> None:
        """Another version starts from the next time on."""
        text = tr("Fieldcheck {version} starts from the next time on. Version {before} is kept.")
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

    def _show_switched(self, switched: update.SwitchedVersion) -> None:
        self._page.show_switched(switched.version, switched.before)


def _load_installed() -> tuple[update.Kind, str, str]:
    installation = update.find_installation()
    return installation.kind, installation.version, update.find_version_before(installation)
