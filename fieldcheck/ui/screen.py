"""Screen interface: what the shell knows of a screen, and what a screen may ask of the shell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from PySide6.QtWidgets import QWidget

from fieldcheck.domain.changes import Changes


@dataclass(frozen=True, slots=True)
class ScreenHeading:
    """Header of a screen: its title, one sentence in the imperative, and its one primary action. `key` is drawn on its button where the
    action has a shorter one than that of every primary action."""

    title: str
    hint: str = ""
    primary: str = ""
    enabled: bool = True
    key: str = ""


class Header(Protocol):
    """The part of the shell that a screen speaks to."""

    def show_head(self, head: ScreenHeading) -> None:
        """From now on the header says this, while the screen is shown."""


class Presenter(Protocol):
    """Words and decisions of a screen. It has no widget; it tells its view what to show."""

    def enter(self) -> None:
        """The screen is shown now."""

    def leave(self) -> None:
        """Another screen is shown now, or the window closes: let go of threads and cameras."""

    def refresh(self, changes: Changes) -> None:
        """Something in the project is other than it was, or another project is open. Comes only while the screen is shown."""

    def on_primary_action(self) -> None:
        """The primary action was asked for."""


@dataclass(frozen=True, slots=True)
class Screen:
    """A screen as it was built. `focus` is the widget that keys go to when it is shown; `fixed_layout`: no banner may move what it
    shows."""

    view: QWidget
    presenter: Presenter
    focus: QWidget
    fixed_layout: bool = False
