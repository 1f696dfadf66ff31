"""The scatter: where field and benchmark lie apart, and what lies in the part that somebody draws round."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.filter import Filter
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screens.explore.frames import FrameGalleryPresenter
from fieldcheck.ui.screens.explore.screen_data import ItemStore
from fieldcheck.words.language import tr, tr_plural

if TYPE_CHECKING:
    from fieldcheck.measure import filtering
    from fieldcheck.workflows.explore import similar
    from fieldcheck.workflows.explore.similar import ScatterLayout, SimilarityIndex
else:
    filtering = LazyModule("fieldcheck.measure.filtering")
    similar = LazyModule("fieldcheck.workflows.explore.similar")


class MapDisplay(Protocol):
    """All that the map's presenter knows of its view."""

    def show_points(self, points: NDArray[np.float32], n_frames: int, wrong: NDArray[np.bool_]) -> None: ...
    def show_legend(self, said: str, described: bool = True) -> None: ...


class SimilarityMapPresenter:
    """Vectors are made when the map is first looked at."""

    def __init__(self, view: MapDisplay, shelf: ItemStore, frames: FrameGalleryPresenter, open_frames: Callable[[Filter], None]) -> None:
        self._view, self._shelf, self._frames, self._open = view, shelf, frames, open_frames
        self._found: ScatterLayout | None = None

    def on_project_changed(self) -> None:
        """Another project is open."""
        self._found = None
        self._view.show_points(np.zeros((0, 2), np.float32), 0, np.zeros(0, np.bool_))
        self._view.show_legend("", described=False)

    def show(self) -> None:
        """The points as they are; the first time, once their vectors are there."""
        if self._found is None:
            self._view.show_legend(tr("Computing similarity …"), described=False)
            self._frames.with_embeddings(self._on_embeddings_ready)
        else:
            self._show_points()

    def open_points(self, places: NDArray[np.int64]) -> None:
        """Selected points, (k,) places that were drawn round, are shown as frames."""
        if self._found is not None:
            self._open(Filter().with_subjects(tuple(self._found.subjects[at] for at in places.tolist())))

    def _on_embeddings_ready(self, found: SimilarityIndex) -> None:
        self._found = similar.compute_scatter_layout(found)
        self._show_points()

    def _show_points(self) -> None:
        found, items = self._found, self._shelf.items
        if found is None or items is None:
            return

        wrong = filtering.find_rows_with_value(items, "right", ("wrong",))
        marked = np.array([wrong[self._shelf.row[name]] if name in self._shelf.row else False for name in found.subjects], np.bool_)
        self._view.show_points(found.points, found.n_frames, marked)
        self._view.show_legend(format_legend(found))


def format_legend(found: ScatterLayout) -> str:
    """Legend of the map: what the marks are and what likeness rests on."""
    frames = tr_plural("Circles: {n} field frame.", "Circles: {n} field frames.", found.n_frames).format(n=found.n_frames)
    n = len(found.subjects) - found.n_frames
    squares = tr_plural("Squares: {n} benchmark image.", "Squares: {n} benchmark images.", n).format(n=n)
    by = tr("Layout by model embeddings.") if found.of_model else tr("Layout by image statistics: this model has no embeddings.")
    return " ".join((frames, squares, tr("Triangles: wrong predictions."), by))
