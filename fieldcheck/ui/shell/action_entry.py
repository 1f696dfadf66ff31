"""One row of the table of actions: what can be done, with which key, and on which screen."""

from __future__ import annotations

from dataclasses import dataclass

from fieldcheck.words.language import text

EVERYWHERE = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One action. `keys` are key sequences as Qt writes them in English; `hold`: it lasts while the key is down."""

    id: str
    text: str
    keys: tuple[str, ...] = ()
    screen: str = EVERYWHERE
    hold: bool = False
    repeats: bool = False

    @property
    def shown_key(self) -> str:
        """The first key as it stands on a button."""
        return _as_written(self.keys[0]) if self.keys else ""


def _as_written(key: str) -> str:
    """A key as it stands on this language's keyboards."""
    names = {
        "Ctrl": text("Ctrl"), "Shift": text("Shift"), "Return": text("Enter"), "PgDown": text("PgDn"), "PgUp": text("PgUp"),
        "Del": text("Del"), "Ins": text("Ins"), "Home": text("Home"), "End": text("End"), "Space": text("Space"), "Esc": text("Esc"),
        "Left": "←", "Right": "→", "Up": "↑", "Down": "↓", "Backspace": "⌫",
    }  # fmt: skip
    if key.endswith("++"):
        return f"{names['Ctrl']}++"
    return "+".join(names.get(part, part) for part in key.split("+"))
