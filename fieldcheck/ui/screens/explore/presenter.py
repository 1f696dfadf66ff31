"""Presenter of the Explore screen: runs the model until all predictions exist, and shows the gap in
the report's sentences."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Protocol

from PySide6.QtGui import QImage

from fieldcheck.domain.items import Filter
from fieldcheck.domain.project_state import Changes
from fieldcheck.i18n import language
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.progress import Progress
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.current_project import BodyLoader, get_opening_message
from fieldcheck.ui.jobs import CANCELLED, DONE, Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen import Header, Screen, ScreenHeading
from fieldcheck.ui.screens import get_screen_name
from fieldcheck.ui.screens.explore import items as captions
from fieldcheck.ui.screens.explore.breakdown import BreakdownPresenter
from fieldcheck.ui.screens.explore.fix_panel import build_fix_part
from fieldcheck.ui.screens.explore.gallery import FrameGalleryPresenter
from fieldcheck.ui.screens.explore.gallery_view import make_preset
from fieldcheck.ui.screens.explore.items import (
    OF_FRAMES,
    OF_LOOKS,
    READERS,
    ExploreState,
    ItemStore,
)
from fieldcheck.ui.screens.explore.label_review import Kind, LabelReviewPresenter
from fieldcheck.ui.screens.explore.label_review_view import LabelReviewView
from fieldcheck.ui.screens.explore.similarity_map import SimilarityMapPresenter
from fieldcheck.ui.screens.explore.tables_and_charts import ChartsPart
from fieldcheck.ui.screens.explore.view import ExploreView
from fieldcheck.ui.widgets.images_and_zoom import decode_image
from fieldcheck.ui.widgets.result_view import ErrorPicture, ResultContent

if TYPE_CHECKING:
    from fieldcheck.analyses import flicker
    from fieldcheck.analyses.blocks import ImageBlock
    from fieldcheck.analyses.flicker import Flicker
    from fieldcheck.models.runs_mlflow import ScoredRun
    from fieldcheck.project.project import Project
    from fieldcheck.report import explore_data
    from fieldcheck.report.explore_data import ExploreData, GapProgress
else:
    flicker = LazyModule("fieldcheck.analyses.flicker")
    explore_data = LazyModule("fieldcheck.report.explore_data")

WORK, FIGURES, FLICKER = "explore.run", "explore.figures", "explore.flicker"
MOST_ERRORS = 3  # of the result
Figures = tuple["ExploreData", dict[str, QImage]]


class ExplorePart(Protocol):
    """Part of the Explore screen beside the gap."""

    def show(self) -> None: ...
    def on_project_changed(self) -> None: ...


class ExplorePresenter:
    """The gap of the project that is open. Model answers are shown of labelled frames only."""

    def __init__(
        self,
        context: Context,
        header: Header,
        view: ExploreView,
        shelf: ItemStore,
        frames: FrameGalleryPresenter,
    ) -> None:
        self._context, self._header, self._view = context, header, view
        self._failed = partial(context.messages.show_error, key=WORK)
        self.session = ExploreState()
        self._body = BodyLoader(context.current, view)
        self._figuring: Job | None = None
        self._images: dict[str, QImage] = {}
        self._first: Figures | None = None
        self._covered = True  # the figures that are there do not stand on the screen
        self.shelf, self.frames = shelf, frames
        self.fix = build_fix_part(context, view.fix)
        self.label_reviews: dict[str, LabelReviewPresenter] = {}
        self.parts: dict[str, ExplorePart] = {"frames": frames}
        self.breakdown = BreakdownPresenter(context, view.breakdown, shelf, frames)

    def add_part(self, mode: str, part: ExplorePart) -> None:
        """Add a part beside the gap."""
        self.parts[mode] = part
        if isinstance(part, LabelReviewPresenter):
            self.label_reviews[mode] = part

    def enter(self) -> None:
        self.session.here, self.session.open = True, self._context.current.project is not None
        if not self._body.enter():
            self.session.missing = None
            self.shelf.drop_items()
            for label_review_presenter in self.label_reviews.values():
                label_review_presenter.drop_rows()
        job = self._context.runner.find_running(WORK)
        if job is not None:
            self._view.show_job(job)
        self._context.actions.set_enabled("explore.run", self._can_run())
        self.shelf.load_items()
        self._load_missing()
        self._show_part()

    def leave(self) -> None:
        for label_review_presenter in self.label_reviews.values():
            label_review_presenter.report_answers()
        self.session.here = False

    def refresh(self, changes: Changes) -> None:
        if any(
            label_review_presenter.skip_own_change(changes)
            for label_review_presenter in self.label_reviews.values()
        ):
            return
        self.session.open = self._context.current.project is not None
        if changes.act.startswith("project."):
            self.session.view = "grid"
            self._view.show_view("grid")
            self._view.show_job(None)
            self._body.reset()
            self.session.reset()
            for part in self.parts.values():
                part.on_project_changed()
            self.switch_part("gap")
        self.shelf.invalidate(changes)
        self.shelf.load_items()
        self._load_missing()
        if self.session.mode in READERS:
            self._show_part()

    def switch_part(self, mode: str) -> None:
        """Another part of the screen."""
        for label_review_presenter in self.label_reviews.values():
            label_review_presenter.report_answers()
        self.session.mode = mode
        self._view.show_part(mode)
        self._show_part()
        self._update_view()

    def switch_view(self, view: str) -> None:
        """One of the four views of the frames."""
        self.session.view = view
        self._view.show_view(view)
        self.switch_part("frames")
        self.breakdown.show_view(view)

    def open_frames(self, wanted: Filter, order: str = "") -> None:
        """The frames that pass a filter, as a grid."""
        self.frames.set_filter(wanted, order)
        self.switch_view("grid")

    def open_frame(self, subject: str) -> None:
        """One frame in the grid, among those that it was chosen from."""
        self.open_frames(self.breakdown.wanted or make_preset("errors"), "confidence-")
        self._view.frames.select_subject(subject)

    def show_worst_frames(self) -> None:
        """Labelled frames that the model was wrong on, the surest first."""
        self.open_frames(make_preset("errors"), "confidence-")

    def open_error(self, subject: str) -> None:
        """One of the errors of the result among all of them."""
        self.show_worst_frames()
        self._view.frames.select_subject(subject)

    def follow_outlook(self) -> None:
        """Where what narrows the interval is done."""
        outlook = (
            self.session.explore_data.outlook if self.session.explore_data is not None else None
        )
        self._context.show_screen(
            "label" if outlook is not None and outlook.action == "label" else "capture"
        )

    def focus_filter(self) -> None:
        """The lists to filter by take the keys."""
        self.switch_view("grid")
        self.frames.focus_filter()

    def save_slice(self) -> None:
        """The field for the slice's name takes the keys, or what stands in it is saved."""
        self.switch_view("grid")
        self.frames.save_typed_slice()

    def store_answer(self, code: str) -> None:
        """One of the three answers of a label review."""
        if self.session.mode in self.label_reviews:
            self.label_reviews[self.session.mode].store_answer(code)

    def toggle_overlays(self) -> None:
        """The boxes over a frame are drawn, or no longer."""
        if self.session.mode in self.label_reviews:
            self.label_reviews[self.session.mode].toggle_overlays()

    def escape(self) -> bool:
        """Clear the filter first, then leave the part; False where there is nothing to leave."""
        if self.session.mode == "frames" and self.frames.clear_filter():
            return True
        if self.session.mode == "charts" and self._view.charts.close_chart():
            return True
        if self.session.mode == "gap":
            return False
        self.switch_part("gap")
        return True

    def on_primary_action(self) -> None:
        step = self.session.next_step
        if step == "elsewhere":
            self._context.show_screen(self.session.next_screen)
        elif step == "run":
            self.run_model()
        else:
            self._context.show_screen("report")

    def run_model(self) -> None:
        """Compute all missing predictions."""
        if not self._can_run():
            return

        def run_predictions(project: Project, progress: Progress) -> list[ScoredRun]:
            return explore_data.run_all(project, progress, get_timestamp())

        self._context.messages.clear_banner(WORK)
        job = self._context.current.run_job(
            self._context.messages, lambda: tr("Model run"), run_predictions, key=WORK
        )
        job.on_success(self._on_model_run).on_failure(self._failed)
        job.on_retry(self._view, self.run_model)
        self._view.show_job(job)
        self._update_view()

    def measure_flicker(self) -> None:
        """Answer a stretch of each clip frame by frame; its chart stands among the charts."""
        if not self._can_measure_flicker():
            return

        def run_measurement(project: Project, progress: Progress) -> Flicker:
            return flicker.run_flicker(project, None, flicker.SECONDS, progress, get_timestamp())

        self._context.messages.clear_banner(FLICKER)
        job = self._context.current.run_job(
            self._context.messages, lambda: tr("Flicker"), run_measurement, key=FLICKER
        )
        job.on_success(self._on_flicker_measured).on_failure(
            partial(self._context.messages.show_error, key=FLICKER)
        )
        job.on_retry(self._view, self.measure_flicker)
        self._view.show_job(job)
        self._update_view()

    def _on_flicker_measured(self, measured: Flicker) -> None:
        self._context.messages.show_toast(flicker.describe_flicker(measured.overall))
        self._load_missing()

    def _can_measure_flicker(self) -> bool:
        return (
            self._context.current.writable
            and self._context.runner.find_running(FLICKER) is None
            and self.session.missing is not None
            and bool(self.session.missing.model and self.session.missing.n_listed)
        )

    def _on_model_run(self, _scored: list[ScoredRun]) -> None:
        self._context.messages.show_toast(tr("All predictions are up to date."))

    def _load_missing(self) -> None:
        if self.session.open:
            reading = self._body.query(lambda project: explore_data.get_gap_progress(project))
            reading.on_success(self._on_missing_loaded).on_failure(self._on_load_failed)
        else:
            self.session.clear_results()
        # Otherwise the known figures stay until the result arrives.
        if self.session.missing is None:
            self._update_view()

    def retry(self) -> None:
        """Read and compute again what failed."""
        self.session.reset()
        self.enter()

    def _on_load_failed(self, error: BaseException) -> None:
        self._failed(error)
        if self.session.missing is None:
            self._view.show_failed(tr("The results could not be read."))

    def _on_missing_loaded(self, gap_progress: GapProgress) -> None:
        if self.session.set_missing(
            gap_progress, self._context.runner.find_running(WORK) is not None
        ):
            self._compute_figures(gap_progress.key)
        self._update_view()

    def _compute_figures(self, key: str) -> None:
        """Compute the figures of the current state; earlier requests are dropped."""
        lang = language.get_language()
        if self._figuring is not None:
            self._figuring.cancel()

        reading = self._context.current.query(self._view, partial(_read_first_figures, lang))
        reading.on_success(partial(self._on_first_figures, key))

        def run_computation(project: Project, progress: Progress) -> Figures:
            return _decode_error_images(
                explore_data.build_explore_data(project, lang, progress, get_timestamp())
            )

        job = self._figuring = self._context.current.run_job(
            self._view, lambda: tr("Gap computation"), run_computation, writes=False, key=FIGURES
        )
        job.on_success(lambda value: self._on_figures_computed(key, value))
        job.on_failure(self._on_figures_failed).on_end(partial(self._on_figuring_ended, job))

    def _on_first_figures(self, key: str, figures: Figures | None) -> None:
        """What the result of the round showed stands at once, until all of it is there."""
        if figures is not None and self.session.set_first_figures(key):
            self._first, self._covered = figures, True
            self._update_view()

    def _show_first_figures(self) -> None:
        if self._covered and self._first is not None:
            explore_data, images = self._first
            self._covered = False
            self._view.show_first_figures(build_content(explore_data, images))
            self._show_counts(explore_data)

    def _on_figures_computed(self, key: str, figures: Figures) -> None:
        explore_data, images = figures
        if self.session.set_figures(key, explore_data):
            self._images, self._covered = images, True
            self._update_view()

    def _on_figuring_ended(self, job: Job) -> None:
        """A person cancelled it, or it failed: it is begun anew where somebody asks for it."""
        if job is not self._figuring or job.state == DONE:
            return
        job.on_retry(self._view, self.retry)
        if job.state == CANCELLED and self.session.is_computing:
            self.session.mark_cancelled()
            self._update_view()

    def _on_figures_failed(self, error: BaseException) -> None:
        self.session.mark_failed()
        self._context.messages.show_error(error, FIGURES)
        self._update_view()

    def _show_figures(self, explore_data: ExploreData, missing: GapProgress) -> None:
        self._covered = False
        note = captions.format_hidden_predictions(missing.n_left)
        self._view.show_figures(explore_data, build_content(explore_data, self._images), note)
        self._show_counts(explore_data)

    def _show_counts(self, explore_data: ExploreData | None) -> None:
        data = explore_data
        n_wrong, n_open = (data.n_wrong, data.n_open) if data is not None else (None, None)
        self._view.show_counts({"frames": n_wrong, "look": n_open})

    def _update_view(self) -> None:
        """The header, what is missing, and what can be done now."""
        state = self.session
        if not state.here:
            return
        can = self._can_run()
        self._context.actions.set_enabled("explore.run", can)
        self._context.actions.set_enabled("explore.flicker", self._can_measure_flicker())
        title, hint = get_screen_name("explore"), self._describe_project()
        if state.next_step == "unknown":
            self._header.show_head(ScreenHeading(title, hint))
            self._show_loading(tr("Computing results …"))
            return
        primary = {
            "elsewhere": tr("Go to {screen}", screen=get_screen_name(state.next_screen))
            if state.next_screen
            else "",
            "run": tr("Run model"),
            "report": tr("Create report"),
        }
        there = state.explore_data is not None and not (self._covered and state.is_computing)
        is_loaded = state.next_step in ("elsewhere", "run") or there or state.has_first
        heading = ScreenHeading(
            title,
            hint,
            primary[state.next_step],
            is_loaded and (can or state.next_step != "run"),
            secondary="explore.look" if state.next_step == "report" else "",
            on_page=state.next_step == "elsewhere" and state.mode == "gap",
            picture_first=state.mode in self.label_reviews,
        )
        self._header.show_head(heading)
        if message := get_opening_message(self._context.current) if not state.open else "":
            self._header.show_head(ScreenHeading(title, hint))
            self._show_loading(message)
        elif state.next_step == "elsewhere":
            self._covered = True
            self._view.set_stale(False)
            self._show_counts(None)
            self._view.show_empty(
                captions.format_missing_gap_reason(state.missing),
                [f"go.{state.next_screen}", *(["explore.run"] if state.can_run_model else [])],
            )
        else:
            self._show_answers(heading)

    def _describe_project(self) -> str:
        """What the result rests on, or what the screen is for."""
        standing, outlook = self._context.current.status, None
        if self.session.explore_data is not None:
            outlook = self.session.explore_data.outlook
        if standing is None or outlook is None:
            return tr("Find where the model fails.")
        frames = tr_plural("{n} frame", "{n} frames", standing.n_labelled)
        clips = tr_plural("{n} clip", "{n} clips", outlook.clips, n=outlook.clips)
        return f"{frames.format(n=standing.n_labelled)}, {clips}"

    def _show_loading(self, sentence: str) -> None:
        """Hide figures that may be outdated until the state is known."""
        self._covered = True
        self._view.show_loading(sentence)

    def _show_part(self) -> None:
        """The part that is shown, anew. Nothing but the gap can be looked at before there are
        frames."""
        state = self.session
        first = bool(self.shelf.first) and not self.frames.awaits_errors
        n_items = len(self.shelf.items) if self.shelf.items is not None else None
        can, enable = state.has_frames(n_items), self._context.actions.set_enabled
        for code in OF_FRAMES:
            enable(f"explore.{code}", can)
        review = state.can_review(self._context.current.status)
        for code in READERS:
            enable(f"explore.{code}", review)
        for code in OF_LOOKS:
            enable(f"explore.{code}", review and state.mode in self.label_reviews)
        if state.mode != "frames":
            self.frames.offer_more(None)
        enable("explore.frames", can or first)
        enable("explore.worst", review)
        self._view.show_frames_loading(
            state.open and state.mode not in ("gap", *READERS) and n_items is None and not first
        )
        if state.mode != "fix":
            self.fix.hide()
        if state.can_show_part(n_items, first):
            self.parts[state.mode].show()
        if state.mode == "frames" and n_items is not None:
            self.breakdown.show_view(state.view)

    def on_items_loaded(self) -> None:
        """The shelf holds what there is now."""
        if self.session.here:
            self._show_part()

    def _show_answers(self, heading: ScreenHeading) -> None:
        """The figures, or what to do where there is nothing to compare yet."""
        state, explore_data, missing = self.session, self.session.explore_data, self.session.missing
        runs = self._context.runner.find_running(WORK) is not None
        unanswered = (
            missing is not None
            and missing.n_answers
            and (explore_data is None or state.has_no_comparison)
        )
        if state.has_first:
            self._show_first_figures()
            return
        if runs and unanswered:
            self._show_loading(tr("Running the model …"))
        elif state.has_failed and not state.is_computing:
            self._view.show_failed(tr("The results could not be computed."))
        elif explore_data is None or (state.is_computing and self._covered):
            self._show_loading(tr("Computing results …"))
        elif unanswered and missing is not None:
            self._covered = True
            self._view.show_empty(captions.format_missing_predictions(missing), ["explore.run"])
            self._header.show_head(replace(heading, on_page=state.mode == "gap"))
        elif self._covered and missing is not None:
            self._show_figures(explore_data, missing)
        self._view.set_stale(state.is_computing and not self._covered)

    def _can_run(self) -> bool:
        return (
            self._context.runner.find_running(WORK) is None
            and self._context.current.writable
            and self.session.can_run_model
        )


def _create_label_review(
    context: Context, view: LabelReviewView, kind: Kind, paused: Callable[[Changes], None]
) -> LabelReviewPresenter:
    """Labels that are looked at again, put together."""
    presenter = LabelReviewPresenter(context, view, kind, paused)
    view.still.painted.connect(presenter.on_painted)
    view.placeholder.retry_requested.connect(presenter.read_again)
    view.set_choice.currentIndexChanged.connect(
        lambda _index: presenter.switch_side(view.set_choice.chosen_code)
    )
    view.grid.images_requested.connect(presenter.load_thumbnails)
    view.grid.frame_chosen.connect(presenter.choose_frame)
    view.class_chosen.connect(presenter.store_class)
    return presenter


def _connect_drill_downs(view: ExploreView, presenter: ExplorePresenter) -> None:
    """Connect result, charts and tables to the frames behind them."""
    view.charts.frames_requested.connect(
        lambda names: presenter.open_frames(Filter().with_subjects(names))
    )
    view.result.chart.mark_clicked.connect(
        lambda set_name: presenter.open_frames(Filter().with_values("set", set_name))
    )
    breakdown = presenter.breakdown
    for signal, hear in (
        (view.result.frame_opened, presenter.open_error),
        (view.result.errors_opened, presenter.show_worst_frames),
        (view.result.outlook_followed, presenter.follow_outlook),
        (view.breakdown.cell_chosen, breakdown.show_cell),
        (view.breakdown.class_chosen, breakdown.show_class),
        (view.breakdown.slice_chosen, breakdown.show_slice),
        (view.breakdown.frames.frame_chosen, breakdown.choose_frame),
        (view.breakdown.frames.images_requested, breakdown.load_thumbnails),
        (view.breakdown.frames.frame_opened, presenter.open_frame),
    ):
        signal.connect(hear)


def build_screen(context: Context, header: Header) -> Screen:
    """The screen with its actions."""
    view = ExploreView(context.theme, context.actions)
    shelf = ItemStore(context, view, lambda: presenter.on_items_loaded())
    presenter = ExplorePresenter(
        context, header, view, shelf, FrameGalleryPresenter(context, view.frames, shelf)
    )
    for placeholder in (view.placeholder, view.charts.placeholder, view.breakdown.placeholder):
        placeholder.retry_requested.connect(presenter.retry)
    frames, bar = presenter.frames, view.frames.bar
    for signal, hear in (
        (view.frames.grid.images_requested, frames.load_thumbnails),
        (view.frames.grid.frame_chosen, frames.choose_frame),
        (bar.filter_added, frames.add_filter_value),
        (bar.filter_removed, frames.remove_filter_value),
        (bar.filter_replaced, frames.replace_filter_value),
        (bar.preset_chosen, frames.choose_preset),
        (bar.order_changed, frames.set_order),
        (bar.slice_named, frames.save_slice),
        (view.frames.side.tags_entered, frames.set_tags),
    ):
        signal.connect(hear)
    scatter = SimilarityMapPresenter(view.map, shelf, presenter.frames, presenter.open_frames)
    view.map.cloud.points_selected.connect(scatter.open_points)
    view.map.cloud.point_hovered.connect(scatter.hover_point)
    view.map.colouring_chosen.connect(scatter.show_colours)
    view.map.placeholder.retry_requested.connect(scatter.show)
    presenter.add_part("map", scatter)
    presenter.add_part(
        "look", _create_label_review(context, view.look_again, "look", presenter.refresh)
    )
    presenter.add_part(
        "doubt", _create_label_review(context, view.doubts, "doubt", presenter.refresh)
    )
    presenter.add_part("charts", ChartsPart(view.charts))
    presenter.add_part("fix", presenter.fix)
    _connect_drill_downs(view, presenter)
    return Screen(view, presenter, view, reaches_edges=True)


def _read_first_figures(lang: str, project: Project) -> Figures | None:
    first_figures = explore_data.load_first_figures(project, lang)
    return _decode_error_images(first_figures) if first_figures is not None else None


def _decode_error_images(explore_data: ExploreData) -> Figures:
    return explore_data, {
        confident_error.frame_id: decode_image(confident_error.jpeg)
        for confident_error in explore_data.worst
    }


def build_content(explore_data: ExploreData, images: Mapping[str, QImage]) -> ResultContent:
    """The result as its page shows it."""
    return ResultContent(
        verdict=explore_data.verdict or tr("Computing the verdict …"),
        sign=explore_data.sign,
        headline=" ".join(explore_data.headline),
        under=" ".join(explore_data.under),
        details=" ".join(explore_data.counts),
        change=explore_data.change,
        chart=explore_data.chart,
        reasons=explore_data.reasons,
        errors=tuple(
            _build_error_picture(error, images[error.frame_id])
            for error in explore_data.worst[:MOST_ERRORS]
        ),
        no_errors=explore_data.no_worst,
        n_wrong=explore_data.n_wrong,
        outlook=explore_data.outlook,
    )


def _build_error_picture(error: ImageBlock, image: QImage) -> ErrorPicture:
    (_, label), (_, prediction) = error.lines
    return ErrorPicture(
        error.frame_id, label, prediction, tuple(error.small.split(" · ")[:2]), image, error.alt
    )
