"""The large picture of the Pick screen, in place of the grid."""

from __future__ import annotations

from fieldcheck.ui.screens.pick.display import PickDisplay


class EnlargedView:
    """Which frame it is, the grid under it knows."""

    def __init__(self, view: PickDisplay) -> None:
        self._view = view

    def toggle_enlarged(self) -> None:
        """The frame that is looked at as large as there is room, or the others again."""
        self._view.show_large(not self._view.is_large)

    def toggle_pixel_mode(self) -> None:
        """The frame pixel for pixel, or whole."""
        self._view.show_large(True, not (self._view.is_large and self._view.is_pixels))

    def step_frame(self, by: int) -> None:
        """Another frame."""
        self._view.step_frame(by)

    def close_enlarged(self) -> bool:
        """All of them again; whether there was one in their place."""
        was = self._view.is_large
        if was:
            self._view.show_large(False)
        return was
