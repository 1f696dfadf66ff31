"""The three pages of the screen as buttons with their keys."""

from __future__ import annotations

from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.words.language import text

PAGES = ("live", "sweep", "probes")


class Switch:
    """Says which page is shown; what a press does is the action's. The buttons stand in a line of the view."""

    def __init__(self, look: Look, actions: Actions) -> None:
        said = {"live": text("Live"), "sweep": text("Sweep"), "probes": text("Probes")}
        self.buttons: dict[str, KeyButton] = {}
        for page in PAGES:
            made = KeyButton(look, said[page], actions.key(f"stress.{page}")).triggers(actions.get(f"stress.{page}"))
            made.setCheckable(True)
            self.buttons[page] = made
        self.show_page("live")

    def show_page(self, page: str) -> None:
        """This one is shown."""
        for code, button in self.buttons.items():
            button.setChecked(code == page)
