"""One row of the table of actions: what can be done, with which key, and on which screen."""

from __future__ import annotations

from dataclasses import dataclass

from fieldcheck.words.language import tr

GLOBAL = ""


@dataclass(frozen=True, slots=True)
class ActionSpec:
    """One action. `keys` are key sequences as Qt writes them in English; `hold`: it lasts while the key is down."""

    id: str
    text: str
    keys: tuple[str, ...] = ()
    screen: str = GLOBAL
    hold: bool = False
    repeats: bool = False

    @property
    def shown_key(self) -> str:
        """The first key as it stands on a button."""
        return _format_key(self.keys[0]) if self.keys else ""


def _format_key(key: str) -> str:
    """A key as it stands on this language's keyboards."""
    names = {
        "Ctrl": tr("Ctrl"), "Shift": tr("Shift"), "Return": tr("Enter"), "PgDown": tr("PgDn"), "PgUp": tr("PgUp"),
        "Del": tr("Del"), "Ins": tr("Ins"), "Home": tr("Home"), "End": tr("End"), "Space": tr("Space"), "Esc": tr("Esc"),
        "Left": "←", "Right": "→", "Up": "↑", "Down": "↓", "Backspace": "⌫",
    }  # fmt: skip
    if key.endswith("++"):
        return f"{names['Ctrl']}++"
    return "+".join(names.get(part, part) for part in key.split("+"))
