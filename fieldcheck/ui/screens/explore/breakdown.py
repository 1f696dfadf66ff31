"""Frames behind a cell of the confusion matrix, a class or a slice."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from fieldcheck.analyses.names_and_numbers import get_slice_value_name
from fieldcheck.domain.items import FACETS, Filter
from fieldcheck.i18n.language import tr
from fieldcheck.i18n.numbers import format_number
from fieldcheck.ui.context import Context
from fieldcheck.ui.screens.explore import items as captions
from fieldcheck.ui.screens.explore.breakdown_view import BreakdownView
from fieldcheck.ui.screens.explore.gallery import FrameGalleryPresenter
from fieldcheck.ui.screens.explore.gallery_view import SLICE
from fieldcheck.ui.screens.explore.items import ItemStore, read_thumbnails

if TYPE_CHECKING:
    from fieldcheck.ui.screens.explore.frame_pictures import FrameImages

NOTHING = "–"


class BreakdownPresenter:
    """`wanted`: the filter of the cell or the row that is looked at, None before any is."""

    def __init__(
        self, context: Context, view: BreakdownView, shelf: ItemStore, frames: FrameGalleryPresenter
    ) -> None:
        self._context, self._view, self._shelf, self._frames = context, view, shelf, frames
        self.wanted: Filter | None = None
        self._looked_at = ""

    def show_view(self, view: str) -> None:
        """The frames of what is looked at in this view, because items or view changed."""
        if view == "grid":
            self.wanted = None
            self._frames.offer_more(self._frames.wanted)
        else:
            self._frames.offer_more(None)
            self._view.choose_current(view)

    def show_cell(self, truth: str, answer: str) -> None:
        """The frames of a cell of the confusion matrix."""
        wanted = (
            Filter()
            .with_values("set", "field")
            .with_values("class", truth)
            .with_values("prediction", answer)
        )
        self._show(wanted, f"{truth} → {answer}", small=True)

    def show_class(self, name: str) -> None:
        """The labelled frames of a class."""
        wanted = Filter().with_values("set", "field").with_values("class", name)
        self._show(wanted, name)

    def show_slice(self, key: str, value: str) -> None:
        """The labelled frames of a slice."""
        saved = next((one.wanted for one in self._shelf.slices if one.name == value), None)
        wanted = saved if key == SLICE and saved is not None else Filter()
        if key in FACETS:
            wanted = wanted.with_values(key, value)
        items = self._shelf.items
        names = items.clip_names if items is not None else {}
        title = get_slice_value_name(key, value, names)
        self._show(wanted.with_values("set", "field"), title)

    def choose_frame(self, subject: str) -> None:
        """A frame of them is looked at."""
        self._looked_at = subject
        items, row = self._shelf.items, self._shelf.row.get(subject)
        if items is None or row is None:
            self._view.frames.show_frame(None, "", ("", "", ""))
            return
        self._frames.read_images(subject, partial(self._on_images_read, subject))

    def load_thumbnails(self, subjects: Sequence[str]) -> None:
        """Small pictures of the frames that came into view."""
        reading = self._context.current.query(
            self._view, lambda project: read_thumbnails(project, subjects)
        )
        reading.on_success(self._view.show_images)

    def _show(self, wanted: Filter, title: str, small: bool = False) -> None:
        items, self.wanted = self._shelf.items, wanted
        if items is None:
            return
        tiles = [
            captions.build_small_tile(items, row, shared=small)
            for row in self._frames.list_matching(wanted)
        ]
        self._view.frames.show_frames(title, tiles)
        self._frames.offer_more(wanted)
        if tiles:
            self.choose_frame(self._view.frames.grid.get_current_subject())

    def _on_images_read(self, subject: str, images: FrameImages) -> None:
        items, row = self._shelf.items, self._shelf.row.get(subject)
        if subject != self._looked_at or items is None or row is None:
            return
        sure = captions.get_figure(items, "confidence", row)
        facts = (
            ", ".join(captions.list_facet_values(items, "class", row)) or NOTHING,
            ", ".join(captions.list_facet_values(items, "prediction", row)) or NOTHING,
            format_number(sure, 2) if sure is not None else NOTHING,
        )
        clip = ", ".join(captions.list_facet_values(items, "clip", row))
        number = subject.rpartition("-")[2].lstrip("0") or "0"
        title = tr("Frame {n} · {clip}").format(n=number, clip=clip) if clip else subject
        self._view.frames.show_frame(images, title, facts, captions.is_wrong(items, row))
