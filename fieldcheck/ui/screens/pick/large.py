"""One pick in the place of all of them: whole or pixel for pixel, the next and the one before by keys."""

from __future__ import annotations

from fieldcheck.ui.screens.pick.view import PickView


class Large:
    """Which frame it is, the grid under it knows."""

    def __init__(self, view: PickView) -> None:
        self._view = view
        view.large.stepped.connect(self.step)
        view.grid.opened.connect(lambda _frame: self.open())

    def open(self) -> None:
        """The frame that is looked at as large as there is room, or the others again."""
        self._view.show_large(not self._view.is_large)

    def pixels(self) -> None:
        """The frame pixel for pixel, or whole."""
        self._view.show_large(True, not (self._view.is_large and self._view.large.true_pixels))

    def step(self, by: int) -> None:
        """Another frame."""
        grid = self._view.grid
        row = grid.currentIndex().row() + by
        if 0 <= row < grid.tiles.rowCount():
            grid.setCurrentIndex(grid.tiles.index(row))

    def close(self) -> bool:
        """All of them again; whether there was one in their place."""
        was = self._view.is_large
        if was:
            self._view.show_large(False)
        return was
