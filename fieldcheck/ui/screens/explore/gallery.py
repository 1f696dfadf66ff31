"""The grid of frames: filters, orders, tags, saved slices, frames alike, and the selection as
files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from fieldcheck.analyses.names_and_numbers import get_facet_name, get_facet_value_name
from fieldcheck.domain.items import FACETS, Filter
from fieldcheck.files import find_unused_path
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.i18n.numbers import format_number
from fieldcheck.models.messages import describe_excluded_people
from fieldcheck.ui.context import Context
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screens.explore import items as captions
from fieldcheck.ui.screens.explore.gallery_view import (
    PRESETS,
    RANGES,
    SLICE,
    FrameImages,
    FramesView,
    find_preset,
    format_range,
    make_preset,
)
from fieldcheck.ui.screens.explore.items import ItemStore, LazySubjectNames, read_thumbnails
from fieldcheck.ui.widgets.thumbnail_grid import Tile

if TYPE_CHECKING:
    from fieldcheck.domain import items as filtering
    from fieldcheck.domain.items import Items
    from fieldcheck.domain.project_state import Changes
    from fieldcheck.models import embeddings
    from fieldcheck.models.embeddings import SimilarityIndex
    from fieldcheck.progress import Progress
    from fieldcheck.project.project import Project
    from fieldcheck.report import export
    from fieldcheck.sampling import proposal
else:
    filtering = LazyModule("fieldcheck.domain.items")
    embeddings = LazyModule("fieldcheck.models.embeddings")
    export = LazyModule("fieldcheck.report.export")
    proposal = LazyModule("fieldcheck.sampling.proposal")

VECTORS, EXPORT, MORE = "explore.vectors", "explore.export", "explore.label_more"
MOST_MORE = 10  # frames that one press adds to those that are labelled
ALIKE = "alike"


class FrameGalleryPresenter:
    """Presenter of the frame gallery. Filter and order stay while other screens are shown, and
    while frames, labels and tags change."""

    def __init__(self, context: Context, view: FramesView, shelf: ItemStore) -> None:
        self._context, self._view, self._shelf = context, view, shelf
        self.wanted, self.order = Filter(), ""
        self._alike: tuple[str, ...] = ()
        self.rows: NDArray[np.int32] = np.empty(0, np.int32)
        self._looked_at = ""
        self._comparing = True
        # nobody chose what is shown yet: with errors among the frames it is those
        self._untouched = True
        self.likeness: SimilarityIndex | None = None
        self._more: tuple[str, ...] = ()  # frames without a label that are like those shown

    def on_project_changed(self) -> None:
        """Another project is open."""
        self.wanted, self.order, self._alike, self.likeness, self._comparing = (
            Filter(),
            "",
            (),
            None,
            True,
        )
        self._untouched = True
        self._view.show_job(None)

    def show(self) -> None:
        """Rebuild the grid, because items or filter changed."""
        items = self._shelf.items
        if items is None:
            first = self._shelf.first
            self._view.grid.show_rows(first, lambda index: Tile(first[index], "", "", first[index]))
            self._view.show_note(tr("Loading more frames …") if first else "")
            return

        self._open_on_errors(items)
        inside = filtering.find_matching_rows(items, self.wanted)
        if self.order == ALIKE:
            order = np.array(
                [self._shelf.row[name] for name in self._alike if name in self._shelf.row], np.int32
            )
        else:
            order = self._shelf.get_order(self.order.removesuffix("-"), self.order.endswith("-"))
        self.rows = filtering.filter_order(order, inside)
        self._view.bar.set_filter_options(self._list_filter_codes(), self._list_filter_values)
        self._view.bar.show_filter(self.wanted, self.order, len(self.rows), items.clip_names)
        self._show_presets(items)
        rows = self.rows
        self._view.grid.show_rows(
            LazySubjectNames(items.subjects, rows),
            lambda index: captions.build_tile(items, int(rows[index])),
        )
        self._view.show_note(
            _format_hidden_note(items.n_left)
            if items.n_left
            else ""
            if len(rows)
            else tr("No frame matches the filters. Remove a filter.")
        )
        self.offer_more(self.wanted)
        self.choose_frame(self._view.grid.get_current_subject())

    @property
    def awaits_errors(self) -> bool:
        """Whether it opens on the errors, should there be any: then no other frames are shown while
        they are read."""
        status = self._context.current.status
        return self._untouched and status is not None and status.n_labelled > 0

    def _open_on_errors(self, items: Items) -> None:
        """Until somebody chose, the errors are shown; all frames while there are none."""
        if not self._untouched or not self.wanted.is_empty or self.order:
            return
        errors = make_preset("errors")
        if filtering.find_matching_rows(items, errors).any():
            self.wanted, self.order, self._untouched = errors, "confidence-", False

    def _show_presets(self, items: Items) -> None:
        """The counts of the presets, and which of them is the filter."""
        counts = {
            code: int(filtering.find_matching_rows(items, make_preset(code)).sum())
            for code in PRESETS
        }
        self._view.bar.show_presets(counts, find_preset(self.wanted))

    def choose_preset(self, code: str) -> None:
        """Errors with the most confident first, what is correct, or everything."""
        self.set_filter(make_preset(code, self.wanted), "confidence-" if code == "errors" else "")

    def list_matching(self, wanted: Filter) -> list[int]:
        """Rows that pass a filter, the most confident first."""
        items = self._shelf.items
        if items is None:
            return []
        order = self._shelf.get_order("confidence", True)
        inside = filtering.find_matching_rows(items, wanted)
        return [int(row) for row in filtering.filter_order(order, inside)]

    def set_filter(self, wanted: Filter, order: str = "") -> None:
        """Another filter in place of the one before."""
        self.wanted, self.order, self._untouched = wanted, order, False
        self.show()

    def offer_more(self, wanted: Filter | None) -> None:
        """Whether further frames like those that are looked at can be labelled; None: no frames are
        looked at."""
        items, status = self._shelf.items, self._context.current.status
        self._more = ()
        if wanted is not None and items is not None and status is not None and status.n_picked:
            like = filtering.make_unlabelled_filter(wanted)
            if not like.is_empty:
                rows = np.flatnonzero(filtering.find_matching_rows(items, like))
                self._more = tuple(items.subjects[row] for row in rows.tolist())
        can = bool(self._more) and self._context.current.writable
        self._context.actions.set_enabled(MORE, can)
        self._view.bar.show_more(can)

    def label_more(self) -> None:
        """Draws a few further frames like those that are looked at, and goes on to label them. They
        stay out of the score."""
        candidates = self._more
        if not candidates:
            return

        def add_frames(project: Project, progress: Progress) -> Any:
            return proposal.add_extra(project, candidates, progress, count=MOST_MORE)

        job = self._context.current.run_job(
            self._context.messages, lambda: tr("Add further frames"), add_frames, key=MORE
        )
        job.on_success(partial(self._on_frames_added, len(candidates))).on_failure(
            lambda error: self._on_failed(error, MORE)
        )
        self._view.show_job(job)

    def _on_frames_added(self, n_like: int, changes: Changes) -> None:
        n = len(changes.keys)
        if not n:
            self._context.messages.show_toast(tr("All of these frames are picked already."))
            return
        message = tr_plural(
            "{n} frame drawn at random from {all}; not counted in the score.",
            "{n} frames drawn at random from {all}; not counted in the score.",
            n,
            n=n,
            all=format_number(n_like),
        )
        self._context.messages.show_toast(message, tr("Undo"), self._undo_last)
        self._context.show_screen("label")

    def _undo_last(self) -> None:
        self._context.current.undo(self._context.messages).on_failure(
            lambda error: self._on_failed(error, MORE)
        )

    def focus_filter(self) -> None:
        """Focus the filter lists."""
        self._view.focus_part("filter")

    def save_typed_slice(self) -> None:
        """Save the filter as a slice named in the field, or focus the field where it is empty."""
        self.save_slice(self._view.bar.slice_name)

    def replace_filter_value(self, code: str, before: str, value: str) -> None:
        """A value of a facet in place of the one before."""
        if code in FACETS and any(
            facet == code and before in values for facet, values in self.wanted.chosen
        ):
            self.wanted = self.wanted.with_toggled_value(code, before)
        self.add_filter_value(code, value)

    def add_filter_value(self, code: str, value: str) -> None:
        """One more value of a facet, another range of a figure, or a saved slice."""
        if code == SLICE:
            saved = next(
                (saved_slice for saved_slice in self._shelf.slices if saved_slice.name == value),
                None,
            )
            self.wanted = saved.wanted if saved is not None else self.wanted
        elif code in FACETS:
            self.wanted = self.wanted.with_toggled_value(code, value)
        else:
            low, _, high = value.partition(":")
            self.wanted = self.wanted.with_range(code, float(low), float(high))
        self.show()

    def remove_filter_value(self, code: str, value: str) -> None:
        """Remove a filter value."""
        if code == "subjects":
            self.wanted, self.order = (
                self.wanted.with_subjects(()),
                "" if self.order == ALIKE else self.order,
            )
        else:
            self.wanted = (
                self.wanted.with_toggled_value(code, value)
                if code in FACETS
                else self.wanted.with_range(code, -inf, inf)
            )
        self.show()

    def clear_filter(self) -> bool:
        """Clear the filter; False where there was none but the errors."""
        opens_on = ((Filter(), ""), (make_preset("errors"), "confidence-"))
        if (self.wanted, self.order) in opens_on:
            return False
        self.set_filter(Filter())
        return True

    def set_order(self, code: str) -> None:
        """Sort by this key."""
        self.order = code
        self.show()

    def save_slice(self, name: str) -> None:
        """The filter becomes a slice that report and gate score."""
        if not name.strip():
            self._view.focus_part("name")
            return
        if self.wanted.is_empty:
            self._context.messages.show_toast(
                tr("Set a filter first: a slice needs at least one filter.")
            )
            return
        wanted = self.wanted
        self._run_edit(
            lambda project: embeddings.save_slice(project, name, wanted),
            tr("Slice “{name}” saved.", name=name.strip()),
        )
        self._view.bar.clear_slice_name()
        self._view.focus_part("grid")

    def delete_slice(self) -> None:
        """Delete the saved slice that equals the current filter."""
        saved = next(
            (
                saved_slice
                for saved_slice in self._shelf.slices
                if saved_slice.wanted == self.wanted
            ),
            None,
        )
        if saved is not None:
            self._run_edit(
                lambda project: embeddings.delete_slice(project, saved.name),
                tr("Slice “{name}” deleted.", name=saved.name),
            )

    def focus_tags(self) -> None:
        """Focus the tags field."""
        self._view.focus_part("tags")

    def set_tags(self, written: str) -> None:
        """The tags of what is selected: those that the field names are put on, those it named
        before and no longer does come off."""
        subjects, items = self.get_selected_subjects(), self._shelf.items
        if not subjects or items is None:
            return
        names = [name.strip() for name in written.split(",") if name.strip()]
        before = (
            captions.list_facet_values(items, "tag", self._shelf.row[self._looked_at])
            if self._looked_at in self._shelf.row
            else ()
        )
        removed = [name for name in before if name not in names]
        n = len(subjects)
        message = tr_plural("Tags of {n} frame are set.", "Tags of {n} frames are set.", n, n=n)
        self._run_edit(
            lambda project: embeddings.set_tags(project, subjects, names, removed), message
        )
        self._view.focus_part("grid")

    def get_selected_subjects(self) -> list[str]:
        """Return the selected frames, at least the current one."""
        chosen = self._view.grid.get_selected_subjects()
        return chosen if len(chosen) > 1 else [self._looked_at] if self._looked_at else []

    def list_shown_subjects(self) -> list[str]:
        """The selection of several, else all that the filter lets through."""
        chosen = self._view.grid.get_selected_subjects()
        items = self._shelf.items
        return (
            chosen
            if len(chosen) > 1 or items is None
            else [items.subjects[row] for row in self.rows.tolist()]
        )

    def export_shown(self, with_people: bool = False) -> None:
        """A folder of labelled pictures of what is shown, which `golden add` takes. Frames on which
        a person is marked only `with_people`."""
        subjects = self.list_shown_subjects()
        if subjects:
            self._view.prompt_for_folder(
                lambda folder: self.export_to(folder, subjects, with_people)
            )

    def export_to(self, folder: Path, subjects: Sequence[str], with_people: bool = False) -> None:
        """Exports the frames that are shown into this folder."""

        def run_export(project: Project, progress: Progress) -> Any:
            return export.export_slice(
                project, subjects, find_unused_path(folder, "slice"), progress, with_people
            )

        job = self._context.current.run_job(
            self._context.messages,
            lambda: tr("Export slice"),
            run_export,
            key=EXPORT,
            resumes=False,
        )
        job.on_success(self._on_exported).on_failure(lambda error: self._on_failed(error, EXPORT))
        job.on_retry(self._view, partial(self.export_to, folder, subjects, with_people))
        self._view.show_job(job)

    def find_similar(self) -> None:
        """The hundred frames and pictures most like the one that is looked at."""
        subject = self._looked_at
        if subject:
            self.with_embeddings(
                lambda similarity_index: self._show_similar(subject, similarity_index)
            )

    def toggle_comparison(self) -> None:
        """The benchmark image most like the frame beside it, for which vectors are made where there
        are none, or no longer."""
        if self._comparing and self.likeness is None:
            self.with_embeddings(lambda _index: self.choose_frame(self._looked_at))
            return
        self._comparing = not self._comparing
        self.choose_frame(self._looked_at)

    def read_images(
        self, subject: str, then: Callable[[FrameImages], None], nearest: bool = True
    ) -> None:
        """`then(images)` of a frame; the benchmark image most like it only where there are vectors
        already: none are made for it."""

        def read(project: Project) -> tuple[SimilarityIndex | None, FrameImages]:
            likeness = self.likeness or (
                embeddings.load_similarity_index(project) if nearest else None
            )
            return likeness, captions.read_frame_images(
                project, subject, likeness if nearest else None
            )

        def on_read(value: tuple[SimilarityIndex | None, FrameImages]) -> None:
            self.likeness = value[0] or self.likeness
            then(value[1])

        self._context.current.query(self._view, read).on_success(on_read)

    def read_thumbnail(self, subject: str, then: Callable[[QImage | None], None]) -> None:
        """`then(image)` of the small picture of a frame or a benchmark image, None where it is
        gone."""
        reading = self._context.current.query(
            self._view, lambda project: read_thumbnails(project, (subject,)).get(subject)
        )
        reading.on_success(then)

    def with_embeddings(
        self, then: Callable[[SimilarityIndex], None], ended: Callable[[], None] | None = None
    ) -> None:
        """`then(likeness)` once every frame has its vector; what is missing is made first.
        `ended()`: that is over, however it ended."""
        if self.likeness is not None:
            then(self.likeness)
            return

        def compute_embeddings(project: Project, progress: Progress) -> Any:
            return (
                embeddings.compute_missing_vectors(project, progress)
                if project.writable
                else embeddings.load_similarity_index(project)
            )

        def on_embeddings_ready(similarity_index: SimilarityIndex | None) -> None:
            self.likeness = similarity_index
            if similarity_index is not None:
                then(similarity_index)

        def on_embeddings_failed(error: BaseException) -> None:
            self._on_failed(error, VECTORS)

        job = self._context.current.run_job(
            self._view,
            lambda: tr("Embeddings of frames and benchmark"),
            compute_embeddings,
            writes=False,
            key=VECTORS,
        )
        job.on_success(on_embeddings_ready).on_failure(on_embeddings_failed)
        if ended is not None:
            job.on_end(ended)
        self._view.show_job(job)

    def load_thumbnails(self, subjects: Sequence[str]) -> None:
        """Load the thumbnails that became visible."""
        reading = self._context.current.query(
            self._view, lambda project: read_thumbnails(project, subjects)
        )
        reading.on_success(self._view.grid.show_images)

    def choose_frame(self, subject: str) -> None:
        """Select a frame."""
        self._looked_at = subject
        items, row = self._shelf.items, self._shelf.row.get(subject)
        if items is None or row is None:
            self._view.side.show_facts([], [])
            self._view.side.show_images(None, "")
            return
        self._view.side.show_facts(
            captions.list_facts(items, row),
            captions.list_facet_values(items, "tag", row),
            get_facet_name("prediction") if captions.is_wrong(items, row) else "",
        )
        self.read_images(subject, partial(self._on_frame_loaded, subject), self._comparing)

    def _on_frame_loaded(self, subject: str, images: FrameImages) -> None:
        items, row = self._shelf.items, self._shelf.row.get(subject)
        if subject != self._looked_at or items is None or row is None:
            return
        self._view.side.show_images(
            images,
            captions.describe_row(items, row)
            if not images.frame.isNull()
            else tr("The image of this frame is missing."),
        )

    def _show_similar(self, subject: str, similarity_index: SimilarityIndex) -> None:
        self._alike = (subject, *similarity_index.find_similar(subject))
        self.set_filter(Filter().with_subjects(self._alike), ALIKE)
        if not similarity_index.of_model:
            self._view.show_note(
                tr("Similarity by image statistics: this model has no embeddings.")
            )

    def _on_exported(self, written: Any) -> None:
        n = written.n
        message = tr_plural(
            "{n} image is in {folder}.", "{n} images are in {folder}.", n, n=n, folder=written.out
        )
        self._context.messages.show_toast(
            f"{message} {describe_excluded_people(written.n_people)}"
            if written.n_people
            else message
        )

    def _run_edit(self, work: Callable[[Project], Any], message: str) -> None:
        def on_edit_done(_changes: Any) -> None:
            self._context.messages.show_toast(message)

        storing = self._context.current.run_edit(self._view, work)
        storing.on_success(on_edit_done).on_failure(
            lambda error: self._on_failed(error, "explore.act")
        )

    def _on_failed(self, error: BaseException, key: str) -> None:
        self._context.messages.show_error(error, key)

    def _list_filter_codes(self) -> list[str]:
        """Facets and figures of which there is something in this project."""
        items = self._shelf.items
        assert items is not None
        measured_figures = [figure for figure in RANGES if np.isfinite(items.figures[figure]).any()]
        return [
            *([SLICE] if self._shelf.slices else []),
            *(facet for facet in FACETS if items.facets[facet].names),
            *measured_figures,
        ]

    def _list_filter_values(self, code: str) -> list[tuple[str, str]]:
        """What can be chosen of a facet beside the filter as it is, with counts; ranges of a
        figure; saved slices."""
        items = self._shelf.items
        assert items is not None
        if code == SLICE:
            return [(saved_slice.name, saved_slice.name) for saved_slice in self._shelf.slices]
        if code in FACETS:
            return [
                (name, f"{get_facet_value_name(code, name, items.clip_names)} ({n})")
                for name, n in filtering.count_facet_values(items, self.wanted, code).items()
                if n
            ]
        return [(f"{low}:{high}", format_range(code, low, high)) for low, high in RANGES[code]]


def _format_hidden_note(n_left: int) -> str:
    said_of = tr_plural(
        (
            "{n} picked frame has no label yet. Until it is labelled, predictions on unlabelled "
            "frames stay hidden."
        ),
        (
            "{n} picked frames have no label yet. Until they are labelled, predictions on "
            "unlabelled frames stay hidden."
        ),
        n_left,
    )
    return said_of.format(n=n_left)
