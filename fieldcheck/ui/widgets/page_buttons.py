"""The parts of a screen as buttons with their keys, of which one is shown."""

from __future__ import annotations

from collections.abc import Mapping

from fieldcheck.ui.shell.actions import Actions
from fieldcheck.ui.theme.theme import Look
from fieldcheck.ui.widgets.key_button import KeyButton


class PageButtons:
    """Says which part is shown; what a press does is the action's, `SCREEN.PART`. The buttons stand in a line of the view."""

    def __init__(self, look: Look, actions: Actions, screen: str, names: Mapping[str, str]) -> None:
        self.buttons: dict[str, KeyButton] = {}
        for part, said in names.items():
            action = f"{screen}.{part}"
            self.buttons[part] = KeyButton(look, said, actions.key(action)).triggers(actions.get(action))
            self.buttons[part].setCheckable(True)
        self.show_part(next(iter(names)))

    def show_part(self, part: str) -> None:
        """This one is shown."""
        for code, button in self.buttons.items():
            button.setChecked(code == part)
