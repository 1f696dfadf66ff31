"""Evidence screen: its parts in order, the view that shows one of them, and the presenter of their
actions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QListWidget, QListWidgetItem, QWidget

from fieldcheck.corruptions.training_recipe import (
    describe_export,
    describe_split,
    get_export_description,
    get_export_name,
)
from fieldcheck.domain.project_state import Changes
from fieldcheck.files import find_unused_path
from fieldcheck.i18n.language import tr
from fieldcheck.labels.formats.registry import WRITABLE
from fieldcheck.labels.messages import describe_loss
from fieldcheck.models.messages import describe_excluded_people, list_left_out_frames
from fieldcheck.ui.context import Context
from fieldcheck.ui.current_project import BodyLoader, get_opening_message
from fieldcheck.ui.job_widgets import JobStrip
from fieldcheck.ui.jobs import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.qt_types import get_box_layout, get_layout
from fieldcheck.ui.screen import Header, Screen, ScreenHeading
from fieldcheck.ui.screens import get_screen_name
from fieldcheck.ui.screens.evidence import annotators
from fieldcheck.ui.screens.evidence import packs as packs_presenter
from fieldcheck.ui.screens.evidence import runs as runs_presenter
from fieldcheck.ui.screens.evidence.annotators import AnnotatorsPage
from fieldcheck.ui.screens.evidence.fleet import FleetPage, FleetPresenter
from fieldcheck.ui.screens.evidence.packs import PacksPage
from fieldcheck.ui.screens.evidence.runs import RunsPage
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.theme import Theme
from fieldcheck.ui.widgets.buttons import KeyButton
from fieldcheck.ui.widgets.combo_box import apply_mark_style
from fieldcheck.ui.widgets.file_dialogs import choose_folder
from fieldcheck.ui.widgets.layouts import (
    FlowLayout,
    make_card,
    make_column,
    make_label,
    make_plain_tip,
    make_row,
    set_focus_target,
)
from fieldcheck.ui.widgets.pages import PageButtons, PageStack, Placeholder

if TYPE_CHECKING:
    from fieldcheck.progress import Progress
    from fieldcheck.project.project import Project
    from fieldcheck.report import export
else:
    export = LazyModule("fieldcheck.report.export")

# Page of the exports: a list of formats, and beside it what the chosen one holds and what comes
# along.

ABOUT = Qt.ItemDataRole.UserRole + 1  # what a format holds
SPLITS = Qt.ItemDataRole.UserRole + 2  # whether it can be written as two sets
SPLIT_BY, VALIDATION_SHARE, SPLIT_SEED = "clip", 0.2, 0
"""As `fieldcheck split` does without options."""


class ExportChoice(NamedTuple):
    """What is to be written: one format, and how. `split`: as a training and a validation set."""

    kind: str
    with_people: bool = False
    corrected: bool = False
    split: bool = False


class ExportsPage(QWidget):
    """`chosen` is the code of the format that is chosen, empty before there are any."""

    def __init__(self, theme: Theme, actions: Actions) -> None:
        super().__init__()
        self.strip = JobStrip(theme)
        self.formats = QListWidget()
        self.formats.setAccessibleName(tr("Export format"))
        self.formats.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.formats.setMinimumHeight(theme.metrics.scale_px(80))
        self.people, self.corrected = (
            apply_mark_style(theme, QCheckBox(tr("Include frames with a person"))),
            apply_mark_style(theme, QCheckBox(tr("Apply label review corrections"))),
        )
        text = tr("Split into training and validation set, by whole clips (20% for validation)")
        self.split = apply_mark_style(theme, QCheckBox(tr("Training and validation set")))
        self.split.setToolTip(make_plain_tip(text))
        self.split.setAccessibleDescription(text)
        self.split.toggled.connect(
            lambda _checked: self._show_description(self.formats.currentRow())
        )
        self.formats.currentRowChanged.connect(self._show_description)
        self.heading, self.about = make_label(size="heading", wrap=True), make_label(wrap=True)
        below = QWidget()
        flow = FlowLayout(theme.metrics.scale_px(12), below)
        flow.addWidget(
            KeyButton(
                theme, tr("Export to folder…"), actions.get_key_text("evidence.export")
            ).bind_action(actions.get_action("evidence.export"))
        )
        format_card, options_card = make_card(theme), make_card(theme)
        get_box_layout(format_card).addWidget(make_label(tr("Export format"), size="heading"))
        get_box_layout(format_card).addWidget(self.formats, 1)
        for part in (self.heading, self.about, self.split, self.people, self.corrected, below):
            get_box_layout(options_card).addWidget(part)
        get_box_layout(options_card).addStretch()
        make_column(
            theme,
            self.strip,
            (make_row(theme, (format_card, 1), (options_card, 1), gap=12), 1),
            parent=self,
        )

    @property
    def front(self) -> QWidget | None:
        """Widget that keys go to."""
        return self.formats

    def _show_description(self, index: int) -> None:
        item = self.formats.item(index)
        self.heading.setText(item.text() if item is not None else "")
        self.about.setText(str(item.data(ABOUT)) if item is not None else "")
        self.split.setEnabled(item is not None and bool(item.data(SPLITS)))
        self.corrected.setEnabled(not self.choice.split)

    def show_formats(self, formats: Sequence[tuple[str, str, str, bool]]) -> None:
        """Codes, names, what each holds, and whether it can be written as two sets; the one that
        was chosen stays."""
        before = self.chosen
        self.formats.clear()
        for code, text, about, splits in formats:
            item = QListWidgetItem(text, self.formats)
            item.setData(Qt.ItemDataRole.UserRole, code)
            item.setData(ABOUT, about)
            item.setData(SPLITS, splits)
        codes = [code for code, *_ in formats]
        self.formats.setCurrentRow(codes.index(before) if before in codes else 0)

    @property
    def chosen(self) -> str:
        """Code of the format that is chosen."""
        item = self.formats.currentItem()
        return str(item.data(Qt.ItemDataRole.UserRole)) if item is not None else ""

    @property
    def choice(self) -> ExportChoice:
        """The chosen format, and how it is to be written."""
        split = self.split.isEnabled() and self.split.isChecked()
        corrected = self.corrected.isChecked() and not split
        return ExportChoice(self.chosen, self.people.isChecked(), corrected, split)

    def show_job(self, job: Job | None) -> None:
        """An export under way."""
        self.strip.show_job(job)

    def prompt_for_folder(self, then: Callable[[Path, ExportChoice], None]) -> None:
        """Lets the person choose a folder for what is chosen."""
        choose_folder(
            self, tr("Export folder"), lambda folder: then(folder, self.choice), for_writing=True
        )


WORK = "evidence.export"


class ExportsDisplay(Protocol):
    """The part with the exports, as far as its presenter knows it."""

    def show_formats(self, formats: Sequence[tuple[str, str, str, bool]]) -> None: ...
    def show_job(self, job: Job | None) -> None: ...
    def prompt_for_folder(self, then: Callable[[Path, ExportChoice], None]) -> None: ...


class ExportsPresenter:
    """Exports each format into a new folder, so that nothing in the chosen folder changes.
    `changed()`: the formats are read."""

    def __init__(
        self, view: ExportsDisplay, context: Context, changed: Callable[[], None] = lambda: None
    ) -> None:
        self._view, self._context, self._changed = view, context, changed
        self.body = BodyLoader(context.current, view)
        self._failed = partial(context.messages.show_error, key=WORK)

    def load_data(self) -> None:
        """Reads what fits the labels of the project that is open."""
        self._view.show_job(self._context.runner.find_running(WORK))
        reading = self.body.query(lambda project: export.list_export_formats(project))
        reading.on_success(self._on_formats_loaded).on_failure(self._on_load_failed)

    def leave(self) -> None:
        """Jobs go on."""

    def on_project_changed(self) -> None:
        """Another project is open, or none: what fits it is read when the part is shown."""

    @property
    def enabled_actions(self) -> Mapping[str, bool]:
        """Actions of this part by the end of their names, each with whether it can be done now."""
        return {"export": self._context.current.writable}

    @property
    def main_action(self) -> tuple[str, str]:
        """Words of the main action, and the end of its name."""
        return tr("Export to folder"), "export"

    def export_labels(self, folder: Path, choice: ExportChoice) -> None:
        """Writes one format; frames on which a person is marked, and what label review corrected,
        only where it is asked for."""
        if (
            not choice.kind
            or self._context.runner.find_running(WORK) is not None
            or not self._context.current.writable
        ):
            return
        out = find_unused_path(folder, f"{self._context.current.name}_{choice.kind}")

        def run_export(project: Project, progress: Progress) -> list[str]:
            return _write_choice(project, out, choice, progress)

        self._context.messages.clear_banner(WORK)
        job = self._context.current.run_job(
            self._context.messages, lambda: tr("Export"), run_export, key=WORK, resumes=False
        )
        job.on_success(lambda lines: self._context.messages.show_toast(" ".join(lines)))
        job.on_failure(self._failed)
        job.on_retry(self._view, partial(self.export_labels, folder, choice))
        self._view.show_job(job)

    def _on_formats_loaded(self, kinds: tuple[str, ...]) -> None:
        self._view.show_formats(
            [
                (kind, get_export_name(kind), get_export_description(kind), kind in WRITABLE)
                for kind in kinds
            ]
        )
        self._changed()

    def _on_load_failed(self, error: BaseException) -> None:
        self._failed(error)
        self._changed()

    def prompt_for_folder(self) -> None:
        """Asks for a folder, and exports into it."""
        self._view.prompt_for_folder(self.export_labels)


def _write_choice(
    project: Project, out: Path, choice: ExportChoice, progress: Progress
) -> list[str]:
    """Writes what was chosen, and says in sentences what is in `out`."""
    if choice.split:
        split = export.split_labels(
            project, choice.kind, out, SPLIT_BY, VALIDATION_SHARE, SPLIT_SEED, progress,
            choice.with_people,
        )  # fmt: skip
        lines = [describe_split(split.n_train, split.n_validation, str(out))]
        if split.n_people:
            lines.append(describe_excluded_people(split.n_people, "people_split"))
        return lines
    request = export.ExportRequest(
        project, out, None, 0, progress, choice.kind, None, choice.corrected, choice.with_people
    )
    written = export.write_export(request)
    lines = [describe_export(written.format, written.n, str(written.out))]
    lines += [list_left_out_frames(written.left_out)] if written.left_out else []
    if written.n_people:
        lines.append(describe_excluded_people(written.n_people, "people_export"))
    return lines + [describe_loss(kind, n) for kind, n in written.losses]


# View of the Evidence screen: a line of buttons, one for each part, and the part that is shown.


class EvidenceView(QWidget):
    """`parts`: the page of each part, by its code."""

    def __init__(
        self,
        theme: Theme,
        actions: Actions,
        parts: Sequence[EvidencePart],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._theme, self._actions = theme, actions
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.placeholder = Placeholder(theme)
        self.parts = {part.code: part.make_page(theme, actions) for part in parts}
        self.buttons = PageButtons(
            theme, actions, "evidence", {part.code: part.name() for part in parts}
        )
        self.line = self.buttons.make_line(theme)
        self.pages = PageStack(self.placeholder, *self.parts.values())
        make_column(theme, self.line, (self.pages, 1), parent=self)

    def show_empty(self, text: str, actions: Sequence[str]) -> None:
        """No project: a sentence and the buttons of these actions."""
        self.placeholder.show_empty(
            text, [make_key_button(self._theme, self._actions, action) for action in actions]
        )
        self.line.hide()
        self._show_placeholder()

    def show_loading(self, part: str, sentence: str) -> None:
        """This part is being read; an empty one: which is not known before a project is open."""
        self.line.setVisible(bool(part))
        if part:
            self.buttons.show_part(part)
        self._show_placeholder()
        self.placeholder.show_loading(sentence)

    def show_failed(self, sentence: str) -> None:
        """The part could not be read."""
        self._show_placeholder()
        self.placeholder.show_failed(sentence)

    def _show_placeholder(self) -> None:
        set_focus_target(self, None)
        self.pages.show_page(self.placeholder)

    def show_part(self, part: str) -> None:
        """One of the parts; keys go to what it lists, its `front`."""
        self.line.show()
        self.buttons.show_part(part)
        page = self.parts[part]
        other = self.pages.current_page is not page
        self.pages.show_page(page)
        to: QWidget | None = getattr(page, "front", None)
        set_focus_target(self, to)
        if other and self.isVisible():  # The widget with the focus may be hidden now.
            (to or self).setFocus(Qt.FocusReason.OtherFocusReason)

    def set_compact(self, compact: bool) -> None:
        """In narrow windows."""
        for page in self.parts.values():
            if isinstance(page, PacksPage):
                page.set_compact(compact)

    def heightForWidth(self, width: int) -> int:
        """The least height, not the one that would be nicest: lists scroll in the room that there
        is."""
        return get_layout(self).totalMinimumHeightForWidth(width)


def make_key_button(theme: Theme, actions: Actions, name: str) -> KeyButton:
    """A button that says what its action says."""
    return KeyButton(
        theme, actions.get_action(name).text(), actions.get_key_text(name)
    ).bind_action(actions.get_action(name))


# Parts of the Evidence screen, in the order of their keys: a new one is named here, has its page,
# its presenter and its actions.


class PartPresenter(Protocol):
    """All that the screen knows of the presenter of a part: `body` is what it has read."""

    body: BodyLoader

    def load_data(self) -> None: ...
    def leave(self) -> None: ...
    def on_project_changed(self) -> None: ...
    @property
    def enabled_actions(self) -> Mapping[str, bool]: ...
    @property
    def main_action(self) -> tuple[str, str]: ...


@dataclass(frozen=True, slots=True)
class EvidencePart:
    """One part of the screen. `code`: end of its action's name; `hint`: sentence in the header.
    `make_page` builds its page; `make_presenter(page, context, changed)` builds its presenter and
    binds its actions. The presenter gives `enabled_actions` and `main_action` (text and end of its
    name)."""

    code: str
    name: Callable[[], str]
    hint: Callable[[], str]
    make_page: Callable[[Theme, Actions], QWidget]
    make_presenter: Callable[[Any, Context, Callable[[], None]], PartPresenter]


PARTS = (
    EvidencePart(
        "packs",
        lambda: tr("Overview"),
        lambda: tr("Seal, sign and pack the results."),
        PacksPage,
        packs_presenter.create_packs_presenter,
    ),
    EvidencePart(
        "runs",
        lambda: tr("Runs"),
        lambda: tr("Reproduce a run and compare every prediction."),
        RunsPage,
        runs_presenter.create_runs_presenter,
    ),
    EvidencePart(
        "people",
        lambda: tr("Annotators"),
        lambda: tr("Label independently, then resolve conflicts."),
        AnnotatorsPage,
        annotators.AnnotatorsPresenter,
    ),
    EvidencePart(
        "exports",
        lambda: tr("Export"),
        lambda: tr("Each export is written to a new folder."),
        ExportsPage,
        ExportsPresenter,
    ),
    EvidencePart(
        "fleet",
        lambda: tr("Fleet"),
        lambda: tr("Many sites in one table, worst first."),
        FleetPage,
        FleetPresenter,
    ),
)


PART = "evidence.part"
BY_CODE = {part.code: part for part in PARTS}


class EvidencePresenter:
    """Work of each part is done by its own presenter, in `parts` by its code; `part` is the one
    that is shown."""

    def __init__(self, view: EvidenceView, context: Context, header: Header) -> None:
        self._view, self._context, self._header = view, context, header
        self.parts: Mapping[str, PartPresenter] = {}
        self._here = False

    def enter(self) -> None:
        """The screen is shown now; another part where somebody came for it."""
        self._here = True
        for part_presenter in self.parts.values():
            part_presenter.body.enter()
        self._update_view()

    def leave(self) -> None:
        """Jobs go on."""
        self._here = False
        for part_presenter in self.parts.values():
            part_presenter.leave()

    def refresh(self, changes: Changes) -> None:
        """Something in the project is other than it was, or another is open."""
        if changes.act.startswith("project."):
            for part_presenter in self.parts.values():
                part_presenter.leave()
                part_presenter.body.reset()
                part_presenter.on_project_changed()
        self._update_view()

    def on_primary_action(self) -> None:
        """Main action of this part."""
        self._context.actions.get_action(
            f"evidence.{self.parts[self.part].main_action[1]}"
        ).trigger()

    def switch_part(self, part: str) -> None:
        """Another part."""
        if part != self.part:
            self._context.session_values[PART] = part
            self._update_view()

    @property
    def part(self) -> str:
        """Code of the part that is shown."""
        kept = self._context.session_values.get(PART, "")
        return kept if kept in BY_CODE else PARTS[0].code

    def _update_view(self) -> None:
        if not self._here:
            return
        if (
            message := get_opening_message(self._context.current)
            if self._context.current.project is None
            else ""
        ):
            self._view.show_loading("", message)
        elif self._context.current.project is None:
            message = tr(
                "No project is open. Open a project to see its seal, packs and runs. Packs "
                "can be verified without a project."
            )
            self._view.show_empty(message, ["evidence.verify"])
        else:
            self.parts[self.part].load_data()
            self._show_part()
        self.update_header()

    def on_part_changed(self) -> None:
        """A part was read, or other things can be done in it."""
        if self._here and self._context.current.project is not None:
            self._show_part()
        self.update_header()

    def _show_part(self) -> None:
        """The part, or what stands in its place until it is read."""
        body = self.parts[self.part].body
        if body.is_read:
            self._view.show_part(self.part)
        elif body.failed:
            self._view.show_failed(tr("The evidence could not be read."))
        else:
            self._view.show_loading(self.part, tr("Reading the evidence …"))

    def update_header(self) -> None:
        """The header, and what can be done in this part."""
        if not self._here:
            return
        there, enable = self._context.current.project is not None, self._context.actions.set_enabled
        for code, part_presenter in self.parts.items():
            enable(f"evidence.{code}", there)
            for name, can in part_presenter.enabled_actions.items():
                enable(
                    f"evidence.{name}",
                    there and can and code == self.part and part_presenter.body.is_read,
                )
        title = get_screen_name("evidence")
        if there and not self.parts[self.part].body.is_read:
            self._header.show_head(ScreenHeading(title, BY_CODE[self.part].hint()))
        elif there:
            text, act = self.parts[self.part].main_action
            self._header.show_head(
                ScreenHeading(
                    title,
                    BY_CODE[self.part].hint(),
                    text,
                    self.parts[self.part].enabled_actions[act],
                )
            )
        else:
            self._header.show_head(ScreenHeading(title, tr("Audit trail for the results.")))


def build_screen(context: Context, header: Header) -> Screen:
    """The screen with its parts and their actions."""
    view = EvidenceView(context.theme, context.actions, PARTS)
    presenter = EvidencePresenter(view, context, header)
    presenter.parts = {
        part.code: part.make_presenter(view.parts[part.code], context, presenter.on_part_changed)
        for part in PARTS
    }
    view.placeholder.retry_requested.connect(presenter.enter)
    return Screen(view, presenter, view, has_tabs=True)
