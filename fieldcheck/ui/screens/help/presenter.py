"""Opens the help at the page of the screen that one came from, and goes from page to page."""

from __future__ import annotations

from typing import Protocol

from fieldcheck.domain.changes import Changes
from fieldcheck.ui.context import Context
from fieldcheck.ui.screen import Header, Screen, ScreenHeading
from fieldcheck.ui.screens.help.blocks import HelpPage
from fieldcheck.ui.screens.help.pages import build_pages
from fieldcheck.ui.screens.help.view import HelpView
from fieldcheck.ui.shell.action_entry import ActionSpec
from fieldcheck.ui.shell.actions_table import get_screen_name, list_actions
from fieldcheck.words.language import tr

BEFORE, PAGE = "before", "help.page"


class HelpDisplay(Protocol):
    """All that the presenter knows of its view."""

    def show_list(self, pages: tuple[HelpPage, ...]) -> None: ...
    def show_page(self, at: int, page: HelpPage) -> None: ...


class HelpPresenter:
    """Knows all pages and which one is open. `kept` outlives the window's being built anew."""

    def __init__(self, view: HelpDisplay, entries: tuple[ActionSpec, ...], kept: dict[str, str], header: Header) -> None:
        self._view, self._kept, self._header = view, kept, header
        self._pages = build_pages(entries)
        self._names = [page.name for page in self._pages]
        view.show_list(self._pages)

    def enter(self) -> None:
        """The screen is shown now: the page of the screen that was left for it, once; later the page that was open."""
        self._header.show_head(ScreenHeading(get_screen_name("help"), tr("All help is available offline.")))
        self.show_page(self._kept.pop(BEFORE, "") or self._kept.get(PAGE, ""))

    def leave(self) -> None:
        """Nothing runs here."""

    def refresh(self, changes: Changes) -> None:
        """No project changes what is told here."""

    def on_primary_action(self) -> None:
        """There is none."""

    def show_page(self, name: str) -> None:
        """Another page; the first one for a name that has none."""
        at = self._names.index(name) if name in self._names else 0
        self._kept[PAGE] = self._names[at]
        self._view.show_page(at, self._pages[at])


def build_screen(context: Context, header: Header) -> Screen:
    """The screen, put together."""
    view = HelpView(context.theme)
    presenter = HelpPresenter(view, list_actions(), context.session_values, header)
    view.page_requested.connect(presenter.show_page)
    return Screen(view, presenter, view.list)
