"""Form of the report in the window: sections turned on and off and notes, each an undoable act of the project."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from fieldcheck.domain.report_form import ReportForm
from fieldcheck.ui.context import Context
from fieldcheck.ui.lazy_import import LazyModule

if TYPE_CHECKING:
    from fieldcheck.workflows.report import report_form
else:
    report_form = LazyModule("fieldcheck.workflows.report.report_form")


class FormDisplay(Protocol):
    """The page with sections and notes, as far as its presenter knows it."""

    @property
    def notes_text(self) -> str: ...
    def show_form(self, names: Mapping[str, str], left_out: Collection[str], notes: str, writable: bool) -> None: ...


class FormPresenter:
    """`names` come with the pages of the report; the form is read anew whenever the project is another."""

    def __init__(self, view: FormDisplay, context: Context) -> None:
        self._view, self._context = view, context
        self._names: Mapping[str, str] = {}
        self.form = ReportForm()

    def load_form(self) -> None:
        """Reads the form of the project that is open."""
        self._context.current.query(lambda project: report_form.load_report_form(project), self._set_form)

    def set_section_names(self, names: Mapping[str, str]) -> None:
        """Sections that there are, their names by key."""
        self._names = names
        self._show_form()

    def set_omitted_sections(self, keys: tuple[str, ...]) -> None:
        """These sections are off from now on."""
        self._store_form(replace(self.form, left_out=keys))

    def set_notes(self, notes: str) -> None:
        """These notes stand in the report from now on."""
        self._store_form(replace(self.form, notes=notes.strip()))

    def store_notes(self, then: Callable[[], None], otherwise: Callable[[BaseException], None]) -> None:
        """`then()`, once what was chosen is stored, notes that stand in the field too; `otherwise(why)` where that fails."""
        self._store_form(replace(self.form, notes=self._view.notes_text.strip()))

        def on_stored(form: ReportForm) -> None:
            self._set_form(form)
            then()

        self._context.current.query(lambda project: report_form.load_report_form(project), on_stored, otherwise)

    def _store_form(self, form: ReportForm) -> None:
        if form != self.form and self._context.current.writable:
            self.form = form
            self._context.current.run_edit(lambda project: report_form.set_report_form(project, form), failed=self._on_store_failed)

    def _on_store_failed(self, error: BaseException) -> None:
        self._context.messages.show_error(error, "report")
        self.load_form()

    def _set_form(self, form: ReportForm) -> None:
        self.form = form
        self._show_form()

    def _show_form(self) -> None:
        self._view.show_form(self._names, self.form.left_out, self.form.notes, self._context.current.writable)
