"""The grid of frames: filters, orders, tags, saved slices, frames alike, and the selection as files."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import inf
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from fieldcheck.domain.filter import FACETS, Filter
from fieldcheck.files import free_place
from fieldcheck.ui.context import Context
from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screens.explore import captions
from fieldcheck.ui.screens.explore.filter_bar import RANGES, SLICE, range_name
from fieldcheck.ui.screens.explore.pictures import small, whole
from fieldcheck.ui.screens.explore.screen_data import ScreenData, ScreenNames
from fieldcheck.ui.widgets.picture_grid import Tile
from fieldcheck.words.facets import facet_value
from fieldcheck.words.language import plural, text
from fieldcheck.words.scores import without_people

if TYPE_CHECKING:
    from fieldcheck.measure import filtering
    from fieldcheck.progress import Progress
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.explore import similar
    from fieldcheck.workflows.explore.similar import Likeness
    from fieldcheck.workflows.label import export_labels
else:
    filtering = LazyModule("fieldcheck.measure.filtering")
    similar = LazyModule("fieldcheck.workflows.explore.similar")
    export_labels = LazyModule("fieldcheck.workflows.label.export_labels")

VECTORS, EXPORT = "explore.vectors", "explore.export"
ALIKE = "alike"
KeysTo = Literal["filter", "name", "tags", "grid"]


class GridDisplay(Protocol):
    """Pictures of frames, some of which are selected."""

    def show_rows(self, frame_ids: Sequence[str], tile_at: Callable[[int], Tile]) -> None: ...
    def show_pictures(self, pictures: Mapping[str, QImage]) -> None: ...
    def current(self) -> str: ...
    def selected(self) -> list[str]: ...


class FilterDisplay(Protocol):
    """Filter and order of the frames, and the name of a slice."""

    def offer(self, codes: Sequence[str], values_of: Callable[[str], list[tuple[str, str]]]) -> None: ...
    def show_filter(self, wanted: Filter, order: str, n: int, clip_names: Mapping[str, str]) -> None: ...
    @property
    def typed_name(self) -> str: ...
    def clear_name(self) -> None: ...


class FrameDisplay(Protocol):
    """The frame that is looked at."""

    def show_facts(self, facts: Sequence[tuple[str, str]], tags: Sequence[str]) -> None: ...
    def show_picture(self, image: QImage | None, said: str) -> None: ...
    def compare_with(self, image: QImage | None, said: str) -> None: ...
    def say_under(self, said: str) -> None: ...


class FramesDisplay(Protocol):
    """All that the presenter knows of its view."""

    @property
    def grid(self) -> GridDisplay: ...
    @property
    def bar(self) -> FilterDisplay: ...
    @property
    def side(self) -> FrameDisplay: ...
    def show_job(self, job: Job | None) -> None: ...
    def show_note(self, said: str) -> None: ...
    def give_keys(self, to: KeysTo) -> None: ...
    def ask_folder(self, then: Callable[[Path], None]) -> None: ...


class Frames:
    """Presenter of the frame gallery. Filter and order stay while other screens are shown, and while frames, labels and tags change."""

    def __init__(self, context: Context, view: FramesDisplay, shelf: ScreenData) -> None:
        self._context, self._view, self._shelf = context, view, shelf
        self.wanted, self.order = Filter(), ""
        self._alike: tuple[str, ...] = ()
        self.rows: NDArray[np.int32] = np.empty(0, np.int32)
        self._looked_at = self._nearest = ""
        self._comparing = False
        self.likeness: Likeness | None = None

    def forget(self) -> None:
        """Another project is open."""
        self.wanted, self.order, self._alike, self.likeness, self._comparing = Filter(), "", (), None, False
        self._view.show_job(None)

    def show(self) -> None:
        """Everything anew: other rows have come, or something else is asked for."""
        items = self._shelf.items
        if items is None:
            first = self._shelf.first
            self._view.grid.show_rows(first, lambda at: Tile(first[at], "", "", first[at]))
            self._view.show_note(text("Loading more frames …") if first else "")
            return

        inside = filtering.passing(items, self.wanted)
        if self.order == ALIKE:
            order = np.array([self._shelf.row[name] for name in self._alike if name in self._shelf.row], np.int32)
        else:
            order = self._shelf.order(self.order.removesuffix("-"), self.order.endswith("-"))
        self.rows = filtering.among(order, inside)
        self._view.bar.offer(self._offered(), self._values_of)
        self._view.bar.show_filter(self.wanted, self.order, len(self.rows), items.clip_names)
        rows = self.rows
        self._view.grid.show_rows(ScreenNames(items.subjects, rows), lambda at: captions.tile(items, int(rows[at])))
        self._view.show_note(
            _note(items.n_left) if items.n_left else "" if len(rows) else text("No frame matches the filters. Remove a filter.")
        )
        self.choose(self._view.grid.current())

    def filter(self, wanted: Filter, order: str = "") -> None:
        """Another filter in place of the one before."""
        self.wanted, self.order = wanted, order
        self.show()

    def ask_filter(self) -> None:
        """The lists to filter by take the keys."""
        self._view.give_keys("filter")

    def save_named(self) -> None:
        """Saves under the name that stands in the field, which takes the keys where it is empty."""
        self.save(self._view.bar.typed_name)

    def exchange(self, code: str, before: str, value: str) -> None:
        """A value of a facet in place of the one before."""
        if code in FACETS and any(facet == code and before in values for facet, values in self.wanted.chosen):
            self.wanted = self.wanted.toggled(code, before)
        self.ask(code, value)

    def ask(self, code: str, value: str) -> None:
        """One more value of a facet, another range of a figure, or a saved slice."""
        if code == SLICE:
            saved = next((one for one in self._shelf.slices if one.name == value), None)
            self.wanted = saved.wanted if saved is not None else self.wanted
        elif code in FACETS:
            self.wanted = self.wanted.toggled(code, value)
        else:
            low, _, high = value.partition(":")
            self.wanted = self.wanted.within(code, float(low), float(high))
        self.show()

    def take(self, code: str, value: str) -> None:
        """A chip is taken away."""
        if code == "subjects":
            self.wanted, self.order = self.wanted.of(()), "" if self.order == ALIKE else self.order
        else:
            self.wanted = self.wanted.toggled(code, value) if code in FACETS else self.wanted.within(code, -inf, inf)
        self.show()

    def clear(self) -> bool:
        """Everything is shown again; False where it was."""
        if self._comparing:
            self.compare()
            return True
        if self.wanted.empty and not self.order:
            return False
        self.filter(Filter())
        return True

    def sort(self, code: str) -> None:
        """Another order."""
        self.order = code
        self.show()

    def save(self, name: str) -> None:
        """The filter becomes a slice that report and gate score."""
        if not name.strip():
            self._view.give_keys("name")
            return
        if self.wanted.empty:
            self._context.messages.toast(text("Set a filter first: a slice needs at least one filter."))
            return
        wanted = self.wanted
        self._act(lambda project: similar.save_slice(project, name, wanted), text("Slice “{name}” saved.").format(name=name.strip()))
        self._view.bar.clear_name()
        self._view.give_keys("grid")

    def delete_slice(self) -> None:
        """Takes away the saved slice whose filter is the one that is shown."""
        saved = next((one for one in self._shelf.slices if one.wanted == self.wanted), None)
        if saved is not None:
            self._act(lambda project: similar.delete_slice(project, saved.name), text("Slice “{name}” deleted.").format(name=saved.name))

    def tag(self) -> None:
        """The field for tags takes the keys."""
        self._view.give_keys("tags")

    def set_tags(self, written: str) -> None:
        """The tags of what is selected: those that the field names are put on, those it named before and no longer does come off."""
        subjects, items = self.selected(), self._shelf.items
        if not subjects or items is None:
            return
        names = [name.strip() for name in written.split(",") if name.strip()]
        before = captions.values(items, "tag", self._shelf.row[self._looked_at]) if self._looked_at in self._shelf.row else ()
        gone = [name for name in before if name not in names]
        n = len(subjects)
        told = plural("Tags of {n} frame are set.", "Tags of {n} frames are set.", n).format(n=n)
        self._act(lambda project: similar.set_tags(project, subjects, names, gone), told)
        self._view.give_keys("grid")

    def selected(self) -> list[str]:
        """Selected frames, at the least the frame that is looked at."""
        chosen = self._view.grid.selected()
        return chosen if len(chosen) > 1 else [self._looked_at] if self._looked_at else []

    def shown(self) -> list[str]:
        """The selection of several, else all that the filter lets through."""
        chosen = self._view.grid.selected()
        items = self._shelf.items
        return chosen if len(chosen) > 1 or items is None else [items.subjects[row] for row in self.rows.tolist()]

    def export(self, with_people: bool = False) -> None:
        """A folder of labelled pictures of what is shown, which `golden add` takes. Frames on which a person is marked only
        `with_people`."""
        subjects = self.shown()
        if subjects:
            self._view.ask_folder(lambda folder: self.export_to(folder, subjects, with_people))

    def export_to(self, folder: Path, subjects: Sequence[str], with_people: bool = False) -> None:
        """Exports the frames that are shown into this folder."""

        def work(project: Project, progress: Progress) -> Any:
            return export_labels.export_slice(project, subjects, free_place(folder, "slice"), progress, with_people)

        job = self._context.current.job(lambda: text("Export slice"), work, self._exported, lambda error: self._failed(error, EXPORT))
        if job is not None:
            job.setObjectName(EXPORT)
            job.resumes = False
            self._view.show_job(job)

    def alike(self) -> None:
        """The hundred frames and pictures most like the one that is looked at."""
        subject = self._looked_at
        if subject:
            self.with_vectors(lambda found: self._show_alike(subject, found))

    def compare(self) -> None:
        """The benchmark picture most like the frame under it, or no longer."""
        self._comparing = not self._comparing
        if self._comparing:
            self.with_vectors(lambda _found: self.choose(self._looked_at))
        else:
            self._view.side.compare_with(None, "")

    def nearest(self, subject: str, then: Callable[[QImage | None, str], None]) -> None:
        """`then(picture, caption)` of the benchmark picture most like a frame, where there are vectors already: none are made for it."""

        def question(project: Project) -> tuple[Likeness | None, str, QImage | None]:
            found = self.likeness or similar.likeness(project)
            other = found.nearest_benchmark(subject) if found is not None else ""
            return found, other, whole(project, other) if other else None

        def came(found: tuple[Likeness | None, str, QImage | None]) -> None:
            self.likeness, other, image = found
            then(image, text("Most similar in the benchmark: {path}").format(path=other.partition(":")[2]) if other else "")

        self._context.current.ask(question, came)

    def with_vectors(self, then: Callable[[Likeness], None]) -> None:
        """`then(likeness)` once every frame has its vector; what is missing is made first."""
        if self.likeness is not None:
            then(self.likeness)
            return

        def work(project: Project, progress: Progress) -> Any:
            return similar.make_vectors(project, progress) if project.writable else similar.likeness(project)

        def came(found: Likeness | None) -> None:
            self.likeness = found
            if found is not None:
                then(found)

        def failed(error: BaseException) -> None:
            self._failed(error, VECTORS)

        job = self._context.current.job(lambda: text("Embeddings of frames and benchmark"), work, came, failed, writes=False)
        if job is not None:
            job.setObjectName(VECTORS)
            self._view.show_job(job)

    def want(self, subjects: Sequence[str]) -> None:
        """Small pictures have come into view."""
        self._context.current.ask(lambda project: small(project, subjects), self._view.grid.show_pictures)

    def choose(self, subject: str) -> None:
        """Another frame is looked at."""
        self._looked_at = subject
        items, row = self._shelf.items, self._shelf.row.get(subject)
        if items is None or row is None:
            self._view.side.show_facts([], [])
            self._view.side.show_picture(None, "")
            return
        self._view.side.show_facts(captions.facts(items, row), captions.values(items, "tag", row))
        other = self.likeness.nearest_benchmark(subject) if self._comparing and self.likeness is not None else ""
        self._context.current.ask(
            lambda project: (subject, whole(project, subject), whole(project, other) if other else None), self._arrived
        )
        if self._comparing:
            self._nearest = text("Most similar in the benchmark: {path}").format(path=other.partition(":")[2]) if other else ""
            self._view.side.say_under(self._nearest)

    def _arrived(self, found: tuple[str, QImage | None, QImage | None]) -> None:
        subject, image, other = found
        items, row = self._shelf.items, self._shelf.row.get(subject)
        if subject != self._looked_at or items is None or row is None:
            return
        self._view.side.show_picture(image, captions.description(items, row) if image else text("The image of this frame is missing."))
        if self._comparing:
            self._view.side.compare_with(other, self._nearest or text("The benchmark has no image for comparison."))

    def _show_alike(self, subject: str, found: Likeness) -> None:
        self._alike = (subject, *found.like(subject))
        self.filter(Filter().of(self._alike), ALIKE)
        if not found.of_model:
            self._view.show_note(text("Similarity by image statistics: this model has no embeddings."))

    def _exported(self, written: Any) -> None:
        n = written.n
        told = plural("{n} image is in {folder}.", "{n} images are in {folder}.", n).format(n=n, folder=written.out)
        self._context.messages.toast(f"{told} {without_people(written.n_people)}" if written.n_people else told)

    def _act(self, work: Callable[[Project], Any], told: str) -> None:
        def done(_changes: Any) -> None:
            self._context.messages.toast(told)

        self._context.current.act(work, done, lambda error: self._failed(error, "explore.act"))

    def _failed(self, error: BaseException, key: str) -> None:
        self._context.messages.error(error, key)

    def _offered(self) -> list[str]:
        """Facets and figures of which there is something in this project."""
        items = self._shelf.items
        assert items is not None
        known = [figure for figure in RANGES if np.isfinite(items.figures[figure]).any()]
        return [*([SLICE] if self._shelf.slices else []), *(facet for facet in FACETS if items.facets[facet].names), *known]

    def _values_of(self, code: str) -> list[tuple[str, str]]:
        """What can be chosen of a facet beside the filter as it is, with counts; ranges of a figure; saved slices."""
        items = self._shelf.items
        assert items is not None
        if code == SLICE:
            return [(one.name, one.name) for one in self._shelf.slices]
        if code in FACETS:
            return [
                (name, f"{facet_value(code, name, items.clip_names)} ({n})")
                for name, n in filtering.counts(items, self.wanted, code).items()
                if n
            ]
        return [(f"{low}:{high}", range_name(code, low, high)) for low, high in RANGES[code]]


def _note(n_left: int) -> str:
    said_of = plural(
        "{n} picked frame has no label yet. Until it is labelled, predictions on unlabelled frames stay hidden.",
        "{n} picked frames have no label yet. Until they are labelled, predictions on unlabelled frames stay hidden.",
        n_left,
    )
    return said_of.format(n=n_left)
