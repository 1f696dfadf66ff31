"""State of the Explore screen: which figures exist, what is missing and the next step; and its
items: frames and benchmark images read once for all its parts, their thumbnails and captions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from math import isnan
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage

from fieldcheck.analyses.names_and_numbers import get_facet_name, get_facet_value_name
from fieldcheck.domain.items import get_benchmark_path, get_names_by_row
from fieldcheck.domain.project_state import Changes
from fieldcheck.errors.files import PathRefused
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.i18n.numbers import format_number
from fieldcheck.ui.context import Context
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screens.explore.gallery_view import ORDERS, FrameImages
from fieldcheck.ui.widgets.images_and_zoom import decode_image
from fieldcheck.ui.widgets.thumbnail_grid import Tile

if TYPE_CHECKING:
    from fieldcheck.analyses import failures, item_columns
    from fieldcheck.domain import items as filtering
    from fieldcheck.domain.items import Items, SavedSlice
    from fieldcheck.domain.project_state import ProjectStatus
    from fieldcheck.footage import frame_pixels
    from fieldcheck.models import preprocess
    from fieldcheck.models import store as models_store
    from fieldcheck.models.embeddings import SimilarityIndex
    from fieldcheck.project.project import Project
    from fieldcheck.project.tables import models as models_table
    from fieldcheck.report.explore_data import ExploreData, GapProgress
else:
    frame_pixels = LazyModule("fieldcheck.footage.frame_pixels")
    preprocess = LazyModule("fieldcheck.models.preprocess")
    models_store = LazyModule("fieldcheck.models.store")
    models_table = LazyModule("fieldcheck.project.tables.models")
    filtering = LazyModule("fieldcheck.domain.items")
    item_columns = LazyModule("fieldcheck.analyses.item_columns")
    failures = LazyModule("fieldcheck.analyses.failures")

MODES = ("gap", "frames", "map", "look", "doubt", "charts", "fix")
VIEWS = ("grid", "confusion", "classes", "slices")  # of the frames
REVIEWS = ("look", "doubt")
READERS = (*REVIEWS, "fix")  # the parts that read for themselves what they show
OF_FRAMES = (
    *VIEWS,
    "frames",
    "map",
    "charts",
    "worst",
    "filter",
    "compare",
    "alike",
    "tag",
    "save",
    "delete_slice",
    "export",
)
OF_LOOKS = ("model_wrong", "label_wrong", "cannot_tell", "overlays")
Next = Literal["elsewhere", "unknown", "run", "report"]


class ExploreState:
    """`missing` is what was found on the last look, `found` the figures that are there, maybe of an
    earlier state of the project."""

    def __init__(self) -> None:
        self.here = self.open = False
        self.mode, self.view = "gap", "grid"
        self.missing: GapProgress | None = None
        self.explore_data: ExploreData | None = None
        # the state whose figures are being worked out, and whose are there
        self._wanted = self._shown = ""
        self._first = ""  # the state whose first figures are there

    @property
    def is_computing(self) -> bool:
        """Whether figures are being computed."""
        return bool(self._wanted)

    @property
    def has_first(self) -> bool:
        """Whether the first figures of what is being worked out are there."""
        return self.is_computing and self._first == self._wanted

    def set_first_figures(self, key: str) -> bool:
        """First figures of a state have come. False where those of another are waited for by now,
        or all of them are there."""
        if not self.here or key != self._wanted:
            return False
        self._first = key
        return True

    @property
    def n_open(self) -> int:
        """Disagreements that were not reviewed yet."""
        return self.explore_data.n_open if self.explore_data is not None and not self._wanted else 0

    @property
    def next_screen(self) -> str:
        """The screen on which the next thing is done, empty where it is done here."""
        gap_progress = self.missing
        if not self.open:
            return "project"
        if gap_progress is None:
            return ""
        steps = (
            ("capture", gap_progress.n_listed),
            ("pick", gap_progress.n_picked),
            ("label", gap_progress.n_labelled),
            ("project", gap_progress.model),
        )
        return next((screen for screen, there in steps if not there), "")

    @property
    def next_step(self) -> Next:
        """The primary action's next step."""
        if self.next_screen:
            return "elsewhere"
        if self.missing is None:
            return "unknown"
        if self.missing.n_answers:
            return "run"
        return "report"

    @property
    def can_run_model(self) -> bool:
        """Whether there is a model with answers still to give."""
        return self.missing is not None and bool(self.missing.model) and self.missing.n_answers > 0

    @property
    def has_no_comparison(self) -> bool:
        """Whether there are figures, and not one label among them met an answer."""
        explore_data = self.explore_data
        scored = (
            explore_data is not None
            and explore_data.chart is not None
            and explore_data.chart.field is not None
        )
        return (
            explore_data is not None
            and not scored
            and not explore_data.classes
            and not explore_data.worst
        )

    def reset(self) -> None:
        """Another project is open."""
        self.missing, self.explore_data, self._wanted, self._shown, self._first = (
            None,
            None,
            "",
            "",
            "",
        )

    def clear_results(self) -> None:
        """No project is open."""
        self.missing = self.explore_data = None

    def set_missing(self, gap_progress: GapProgress, runs: bool) -> bool:
        """Takes what is missing now; the model `runs` or not. Whether the figures of this state are
        to be worked out, as they are from now on."""
        self.missing = gap_progress
        if (
            not self.here
            or self.next_screen
            or gap_progress.key in (self._wanted, self._shown)
            or runs
        ):
            return False
        self._wanted = gap_progress.key
        return True

    def set_figures(self, key: str, explore_data: ExploreData) -> bool:
        """Figures of a state have come. False where those of another are waited for by now."""
        if key != self._wanted:
            return False
        self.explore_data, self._shown, self._wanted = explore_data, key, ""
        return True

    def mark_failed(self) -> None:
        """Mark the figures of this state as failed; computing them again would fail again."""
        self._shown, self._wanted = self._wanted, ""

    def mark_cancelled(self) -> None:
        """Mark the figures of this state as not computed. Those of an earlier state are dropped:
        nothing would tell that they are old."""
        self.mark_failed()
        self.explore_data = None

    @property
    def has_failed(self) -> bool:
        """Whether the figures of this state could not be worked out, and there are no others."""
        return self.explore_data is None and bool(self._shown)

    def can_review(self, standing: ProjectStatus | None) -> bool:
        """Whether labels can be reviewed: what that rests on is read when it is asked for."""
        return self.open and standing is not None and standing.n_frames + standing.n_benchmark > 0

    def can_show_part(self, n_items: int | None, first: bool) -> bool:
        """Whether the chosen part beside the gap can be shown: of `n_items` that are read, None
        before, or of their `first` page."""
        if self.mode in READERS:
            return self.open
        return (self.mode != "gap" and self.has_frames(n_items)) or (
            self.mode == "frames" and first
        )

    def has_frames(self, n_items: int | None) -> bool:
        """Whether there are frames to look at: before, there is nothing but the gap."""
        return self.open and bool(n_items)


# Pictures of frames and of the benchmark as Qt paints them, read off the main thread.


def read_thumbnails(project: Project, subjects: Sequence[str]) -> dict[str, QImage]:
    """Small pictures by subject, of those that are still there."""
    return {
        subject: decode_image(jpeg)
        for subject, jpeg in frame_pixels.load_thumbnails(project, subjects).items()
    }


def read_image(project: Project, subject: str) -> QImage | None:
    """The picture at its own size, None where it is gone."""
    try:
        return _convert_pixels(frame_pixels.load_pixels(project, subject))
    except (*frame_pixels.GONE, PathRefused):
        return None


def read_frame_images(
    project: Project, subject: str, similarity_index: SimilarityIndex | None
) -> FrameImages:
    """The frame, what the newest model gets of it, and the benchmark image most like it where there
    are vectors already."""
    other = similarity_index.find_nearest_benchmark(subject) if similarity_index else ""
    nearest = read_image(project, other) if other else None
    name = get_benchmark_path(other)
    try:
        rgb = frame_pixels.load_pixels(project, subject)
    except (*frame_pixels.GONE, PathRefused):
        return FrameImages(QImage(), None, QImage(), nearest or QImage(), name)
    model = project.read(models_table.get_newest_model)
    crop, model_input = None, QImage()
    if model is not None:
        seen = preprocess.make_model_input(rgb, models_store.get_card(model).input)
        (height, width), (left, top, right, bottom) = rgb.shape[:2], seen.crop
        crop = (left / width, top / height, right / width, bottom / height)
        model_input = _convert_pixels(seen.rgb)
    return FrameImages(_convert_pixels(rgb), crop, model_input, nearest or QImage(), name)


def _convert_pixels(rgb: NDArray[np.uint8]) -> QImage:
    height, width = rgb.shape[:2]
    image = QImage(rgb.tobytes(), width, height, 3 * width, QImage.Format.Format_RGB888)
    return image.convertToFormat(QImage.Format.Format_RGB32)


QUICK = 20_000  # rows that are read in less time than it takes to notice
WATCHED = frozenset(
    ("label", "pick", "tag", "slice", "second_look", "clip", "setting", "repeat", "mark")
)


class LazySubjectNames(Sequence[str]):
    """The names of some rows in some order, without a list of them: what a grid of 200,000 frames
    is given."""

    def __init__(self, subjects: Sequence[str], order: NDArray[np.int32]) -> None:
        self._subjects, self.order = subjects, order

    def __len__(self) -> int:
        return int(self.order.size)

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self._subjects[row] for row in self.order[index].tolist()]
        return self._subjects[int(self.order[index])]


class ItemStore:
    """`items` of the project that is open, None while there are none; `changed` is called when
    others have come. Of a long list the `first` page comes at once, the rest when it is read."""

    def __init__(self, context: Context, view: object, changed: Callable[[], None]) -> None:
        self._context, self._view, self._changed = context, view, changed
        self._failed = partial(context.messages.show_error, key="explore.items")
        self.items: Items | None = None
        self.first: tuple[str, ...] = ()
        self.slices: tuple[SavedSlice, ...] = ()
        self.row: dict[str, int] = {}
        self._frames: Any = None
        self._orders: dict[tuple[str, bool], NDArray[np.int32]] = {}
        self._fresh = False
        self._project: object = None
        self._standing: object = None

    def invalidate(self, changes: Changes) -> None:
        """Marks the items as stale where a change of the project concerns them."""
        if changes.act.startswith("project."):
            self.items, self.first, self._frames, self._fresh = None, (), None, False
        elif changes.kinds & WATCHED or self._context.current.status != self._standing:
            self._fresh = False

    def drop_items(self) -> None:
        """Discard the items after a change while hidden."""
        self.items, self.first, self._fresh = None, (), False

    def load_items(self) -> None:
        """Reads what is not fresh."""
        project = self._context.current.project
        if project is not self._project:
            self.items, self.first, self._frames, self._fresh = None, (), None, False
        if project is None or self._fresh:
            return
        self._project, self._fresh, self._standing = project, True, self._context.current.status
        kept = self._frames

        def read_items(project: Project) -> Any:
            items, frames = item_columns.load_items(project, kept)
            return (
                items,
                frames,
                failures.list_saved_slices(project),
                {name: index for index, name in enumerate(items.subjects)},
                compute_orders(items),
            )

        standing = self._context.current.status
        if standing is None or standing.n_frames + standing.n_benchmark <= QUICK:
            reading = self._context.current.query(self._view, read_items)
            reading.on_success(self._on_items_read).on_failure(self._failed)
        else:
            if self.items is None:
                reading = self._context.current.query(
                    self._view, lambda project: item_columns.load_first_page(project)
                )
                reading.on_success(self._on_first_page).on_failure(self._failed)
            job = self._context.runner.run_job(
                self._view, lambda: tr("Frames viewed"), lambda _progress: read_items(project)
            )
            job.on_success(self._on_items_read).on_failure(self._failed)

    def get_order(self, figure: str, falling: bool) -> NDArray[np.int32]:
        """All rows by a figure; by an empty one, in list order."""
        return self._orders[figure, falling]

    def _on_first_page(self, first: tuple[str, ...]) -> None:
        if self.items is None:
            self.first = first
            self._changed()

    def _on_items_read(self, value: Any) -> None:
        if self._context.current.project is not self._project:
            return
        self.items, self._frames, self.slices, self.row, self._orders = value
        self.first = ()
        self._changed()


def compute_orders(items: Items) -> dict[tuple[str, bool], NDArray[np.int32]]:
    """Every order that can be chosen, found while the rows are read: sorting 200,000 of them takes
    longer than painting a page."""
    orders = {("", False): np.arange(len(items), dtype=np.int32)}
    for code in ORDERS:
        if code:
            key = (code.removesuffix("-"), code.endswith("-"))
            orders[key] = filtering.sort_rows(items, *key)
    return orders


# Captions of a frame or benchmark image: on its tile, beside it, and for screen readers; and why
# there is no gap.

SHOWN_FACETS = (
    "class",
    "prediction",
    "location",
    "clip",
    "condition",
    "camera",
    "light",
    "stratum",
    "tag",
    "second_look",
)
"""Facets that stand beside a frame, in this order."""


def list_facet_values(items: Items, facet: str, row: int) -> tuple[str, ...]:
    """Facet values of a row, in words."""
    names = get_names_by_row(items.facets[facet], np.array([row], np.int32)).get(row, ())
    return tuple(get_facet_value_name(facet, name, items.clip_names) for name in names)


def get_figure(items: Items, name: str, row: int) -> float | None:
    """A row's figure, None where it has none."""
    value = float(items.figures[name][row])
    return None if isnan(value) else value


def build_tile(items: Items, row: int) -> Tile:
    """Label and answer in two lines; a frame without a label says where it is from, which no arrow
    joins to the answer."""
    subject = items.subjects[row]
    label, answer, sure = (
        list_facet_values(items, "class", row),
        list_facet_values(items, "prediction", row),
        get_figure(items, "confidence", row),
    )
    wrong = is_wrong(items, row)
    first = (
        ", ".join(label)
        or ", ".join(list_facet_values(items, "state", row))
        or get_source_name(items, row)
    )
    second, arrow = ", ".join(answer) or format_timestamp(items, row), bool(answer)
    return Tile(
        subject,
        f"{first} →" if label and arrow else first,
        f"→ {second}" if arrow and not label else second,
        describe_row(items, row),
        badge=tr("B") if get_benchmark_path(subject) else "",
        sign="▲" if wrong else "",
        mark=format_number(sure, 2) if answer and sure is not None else "",
        alarm=wrong,
    )


def is_wrong(items: Items, row: int) -> bool:
    """Whether the model is wrong on this row."""
    return get_facet_value_name("right", "wrong") in list_facet_values(items, "right", row)


def build_small_tile(items: Items, row: int, shared: bool) -> Tile:
    """Confidence, and where it is from where label and prediction are `shared` by all of them, else
    the prediction."""
    sure = get_figure(items, "confidence", row)
    location = ", ".join(list_facet_values(items, "location", row)) or get_source_name(items, row)
    predicted = ", ".join(list_facet_values(items, "prediction", row))
    first = format_number(sure, 2) if sure is not None else "–"
    second = location if shared else f"→ {predicted}"
    return Tile(items.subjects[row], first, second, describe_row(items, row))


def describe_row(items: Items, row: int) -> str:
    """Describe everything known of a row in one line."""
    return ". ".join(f"{name}: {text}" for name, text in list_facts(items, row))


def list_facts(items: Items, row: int) -> list[tuple[str, str]]:
    """Pairs of a name and what stands behind it."""
    subject, facts = items.subjects[row], []
    for facet in SHOWN_FACETS:
        values = list_facet_values(items, facet, row)
        if values:
            facts.append((get_facet_name(facet), ", ".join(values)))
        sure = get_figure(items, "confidence", row) if facet == "prediction" else None
        if values and sure is not None:
            facts.append((tr("Confidence"), format_number(sure, 2)))
    if format_timestamp(items, row):
        facts.append((tr("Time"), format_timestamp(items, row)))
    path = get_benchmark_path(subject)
    facts.append((tr("Benchmark image"), path) if path else (tr("Frame"), subject))
    return facts


def get_source_name(items: Items, row: int) -> str:
    """Camera, place or clip, whichever somebody named."""
    return next(
        (
            values[0]
            for facet in ("camera", "location", "clip")
            if (values := list_facet_values(items, facet, row))
        ),
        "",
    )


def format_timestamp(items: Items, row: int) -> str:
    """Local time at which a frame was taken; empty where nobody said when."""
    time_s = get_figure(items, "time", row)
    return (
        datetime.fromtimestamp(time_s).strftime("%Y-%m-%d %H:%M:%S") if time_s is not None else ""
    )


def format_hidden_predictions(n_left: int) -> str:
    """Say which frames' predictions are hidden."""
    if not n_left:
        return ""
    text = tr_plural(
        "{n} picked frame has no label yet; its prediction stays hidden.",
        "{n} picked frames have no label yet; their predictions stay hidden.",
        n_left,
    )
    return text.format(n=n_left)


def format_missing_predictions(gap_progress: GapProgress) -> str:
    """Say that labelled frames have no prediction yet."""
    text = tr_plural(
        "{n} frame is labelled but has no prediction yet: run the model.",
        "{n} frames are labelled but have no predictions yet: run the model.",
        gap_progress.n_labelled,
    )
    return text.format(n=gap_progress.n_labelled)


def format_missing_gap_reason(gap_progress: GapProgress | None) -> str:
    """Reason why there is no gap yet; None: a project."""
    if gap_progress is None:
        return tr("No project is open.")
    if not gap_progress.n_listed:
        return tr("No footage yet.")
    if not gap_progress.n_picked:
        return tr("No frames are picked yet.")
    if not gap_progress.n_labelled:
        text = tr_plural(
            "The {n} picked frame has no label yet.",
            "None of the {n} picked frames has a label yet.",
            gap_progress.n_picked,
        )
        return text.format(n=gap_progress.n_picked)
    return tr("No model yet, so there are no predictions to compare with the labels.")
