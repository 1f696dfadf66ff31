"""Presenter of the Pick screen: a draw is proposed, looked through blind, and labelled next."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtGui import QImage

from fieldcheck.domain.label import WHYS_OUT
from fieldcheck.domain.project_state import Changes
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.progress import Progress
from fieldcheck.sampling.messages import get_exclusion_reason
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.current_project import BodyLoader, get_opening_message
from fieldcheck.ui.jobs import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen import Header, Screen, ScreenHeading
from fieldcheck.ui.screens import get_screen_name
from fieldcheck.ui.screens.pick import captions
from fieldcheck.ui.screens.pick.captions import EXCLUSION_JOB as OUT
from fieldcheck.ui.screens.pick.captions import LABEL_IMPORT_JOB as LABELS
from fieldcheck.ui.screens.pick.captions import EnlargedView, FrameExclusion, LabelImport
from fieldcheck.ui.screens.pick.state import USUAL, PickState
from fieldcheck.ui.screens.pick.view import PickView
from fieldcheck.ui.widgets.images_and_zoom import decode_image

if TYPE_CHECKING:
    from fieldcheck.footage import clips_and_scene_cuts, frame_pixels
    from fieldcheck.footage.clips_and_scene_cuts import ClipPlan
    from fieldcheck.project.project import Project
    from fieldcheck.sampling import hardness, pick_frames, proposal
    from fieldcheck.sampling.pick_frames import PickResult
    from fieldcheck.sampling.proposal import DrawnPicks
else:
    clips_and_scene_cuts = LazyModule("fieldcheck.footage.clips_and_scene_cuts")
    frame_pixels = LazyModule("fieldcheck.footage.frame_pixels")
    hardness = LazyModule("fieldcheck.sampling.hardness")
    pick_frames = LazyModule("fieldcheck.sampling.pick_frames")
    proposal = LazyModule("fieldcheck.sampling.proposal")

WORK = "pick.draw"


class PickPresenter:
    """Presenter of the Pick screen. It receives nothing that derives from the model's
    predictions."""

    def __init__(self, context: Context, header: Header, view: PickView) -> None:
        self._context, self._header, self._view = context, header, view
        self._failed = partial(context.messages.show_error, key=WORK)
        self.state = PickState()
        self._body = BodyLoader(context.current, view)
        self._label_import = LabelImport(context, self._on_job_started)
        self._exclusion = FrameExclusion(context, self._on_job_started)
        self.enlarged = EnlargedView(view)

    def enter(self) -> None:
        self.state.is_shown = True
        if not self._body.enter():
            self.state.clear_picks()
        self._label_import.import_dropped()
        job = self._find_running_job()
        if job is not None:
            self._view.show_job(job)
        self._load_picks()

    def leave(self) -> None:
        self.state.is_shown = False

    def refresh(self, changes: Changes) -> None:
        if changes.act.startswith("project."):
            self._view.show_job(None)
            self.enlarged.close_enlarged()
            self.state.reset_for_project()
            self.state.clear_picks()
        self._load_picks()

    def on_primary_action(self) -> None:
        leads = self.state.get_next_step(self._context.current.project is not None)
        if self._context.current.project is not None and self.state.picks is None:
            return
        if leads == "draw":
            self.draw_frames()
        else:
            self._context.show_screen(leads)

    def draw_frames(self) -> None:
        """Draws frames, replacing the present picks as long as nothing is labelled."""
        if not self.state.can_draw(self._context.current.writable, self._busy):
            return
        count, design, replaced = self._view.wanted_count, self.state.design, self.state.replaces
        against = self.state.drawn_against

        def run_draw(project: Project, progress: Progress) -> PickResult:
            required = proposal.get_required_frames(project)
            now = get_timestamp()
            return pick_frames.pick_frames(
                project,
                count=count,
                seed=None,
                design=design,
                required=required,
                passes=hardness.HardnessPasses(against=against),
                progress=progress,
                now=now,
            )

        self._context.messages.clear_banner(WORK)

        def format_job_name() -> str:
            return tr_plural("Pick of {n} frame", "Pick of {n} frames", count, n=count)

        job = self._context.current.run_job(
            self._context.messages, format_job_name, run_draw, key=WORK
        )
        job.on_success(lambda picked: self._on_frames_drawn(picked, replaced)).on_failure(
            self._failed
        )
        job.on_retry(self._view, self.draw_frames)
        self._on_job_started(job)

    def select_all(self) -> None:
        """Selects every pick that is listed."""
        self._view.select_all()

    def resize_tiles(self, steps: int) -> None:
        """Larger (`steps` 1) or smaller (−1) pictures."""
        self._view.resize_tiles(steps)

    def choose_label_file(self) -> None:
        """Imports labels from a file that the person chooses."""
        self._view.request_label_file(self._label_import.import_labels)

    def choose_label_folder(self) -> None:
        """Imports labels from a folder."""
        self._view.request_label_folder(self._label_import.import_labels)

    def choose_design(self, design: str) -> None:
        """Selects a sampling design."""
        self.state.choose_design(design)
        self._update_view()

    def choose_model(self, name: str) -> None:
        """Selects the model that the newest one is compared with; empty for none."""
        self.state.against = name
        self._update_view()

    def select_next_model(self) -> None:
        """Selects the next model to compare with."""
        self.state.select_next_model()
        self._update_view()

    def next_design(self) -> None:
        """Selects the next sampling design."""
        self.state.select_next_design()
        self._update_view()

    def on_count_changed(self, _count: int) -> None:
        """Set the number of frames to draw."""
        self._update_view()

    def load_thumbnails(self, frame_ids: Sequence[str]) -> None:
        """Load the thumbnails that became visible."""
        reading = self._context.current.query(
            self._view, lambda project: _load_thumbnails(project, frame_ids)
        )
        reading.on_success(self._on_thumbnails_loaded)

    def select_in_grid(self, frame_id: str) -> None:
        """A tick of the timeline was clicked."""
        self._view.select_frame(frame_id)

    def select_frame(self, frame_id: str) -> None:
        """Another frame is looked at."""
        self.state.current_frame_id = frame_id
        self._view.show_current_frame(frame_id)
        row = self.state.rows.get(frame_id)
        if row is None:
            return
        self._view.show_frame_details(
            captions.build_enlarged_frame(row, self.state.get_pick_number(frame_id))
        )
        reading = self._context.current.query(
            self._view, lambda project: (frame_id, _load_image(project, frame_id))
        )
        reading.on_success(self._on_image_loaded)

    # --- single picks
    # ---------------------------------------------------------------------------------------------

    def toggle_excluded(self) -> None:
        """Excludes the selected picks, with a reason, or includes them again."""
        names = self._view.get_selected_frames()
        if self.state.list_picks(names) and not self.state.list_included(names):
            self._exclusion.include_frames(self.state.list_excluded(names))
        else:
            self.exclude_selected()

    def exclude_selected(self) -> None:
        """Asks for the reason, then excludes the selected picks."""
        names = self.state.list_included(self._view.get_selected_frames())
        if names and self._can_sort():
            self._view.request_exclusion_reason(
                [(code, get_exclusion_reason(code)) for code in WHYS_OUT],
                lambda why: self._exclusion.exclude_frames(names, why),
            )

    def include_selected(self) -> None:
        """Includes the selected picks again."""
        out = self.state.list_excluded(self._view.get_selected_frames())
        if out and self._can_sort():
            self._exclusion.include_frames(out)

    def reset_selected(self) -> None:
        """Resets the selected picks to how they were drawn: included, and without the person
        mark."""
        marked = self.state.list_with_person(self._view.get_selected_frames())
        if marked and self._can_sort():
            self._exclusion.mark_person(marked)
        self.include_selected()

    def toggle_person_mark(self) -> None:
        """Marks the selected picks as "person visible", or removes the mark."""
        chosen = self.state.list_picks(self._view.get_selected_frames())
        if chosen and self._can_sort():
            self._exclusion.mark_person(chosen)

    def escape(self) -> bool:
        """Closes the large picture; whether there was one."""
        return self.enlarged.close_enlarged()

    def move_border(self, clip_id: str, inside: str, seconds: float) -> None:
        """Moves a clip border that was dragged on the timeline."""
        if self._can_sort():
            self._exclusion.move_border(clip_id, inside, seconds)

    def toggle_burst(self) -> None:
        """Opens the burst of the frame that is looked at, or closes it."""
        if self.state.toggle_burst():
            self._show_rows()

    def show_next_filter(self) -> None:
        """Cycles the filter: all picks, included ones, excluded ones."""
        shown = self.state.select_next_filter()
        texts = {
            "all": tr("Showing all picks."),
            "in": tr("Showing included picks."),
            "out": tr("Showing excluded picks."),
        }
        self._context.messages.show_toast(texts[shown])
        self._show_rows()

    def toggle_list(self) -> None:
        """Switches between all frames that can be drawn and the picks."""
        self.state.shows_all_frames = not self.state.shows_all_frames
        self._show_rows()
        self._update_view()

    def require_selected(self) -> None:
        """Requires the selected frames: before the draw they are included in it, afterwards added
        to it."""
        if self.state.picks is not None and self._can_sort():
            self._exclusion.require_frames(
                self._view.get_selected_frames(), labelled=self.state.labelled
            )

    def cut_clip(self) -> None:
        """Starts a new clip at the current frame."""
        if self.state.current_frame_id and self._can_sort():
            self._exclusion.cut_clip(self.state.current_frame_id)

    def join_clip(self) -> None:
        """Joins the clip of the current frame with the one before."""
        row = self.state.rows.get(self.state.current_frame_id)
        if row is not None and self._can_sort():
            self._exclusion.join_clip(row.clip_id)

    def _can_sort(self) -> bool:
        return self._context.current.writable and not self._busy

    def _show_rows(self) -> None:
        state = self.state
        if state.shows_all_frames:
            reading = self._context.current.query(self._view, _load_whole_list)
            reading.on_success(self._on_list_loaded)
        elif state.picks is not None and state.picks.rows:
            self._view.show_picks(
                captions.build_tiles(state.picks.rows, state.open_scenes, state.pick_filter)
            )
            self.select_frame(self._view.get_current_frame())

    def _on_list_loaded(
        self, answer: tuple[tuple[str, ...], tuple[Any, ...], frozenset[str]]
    ) -> None:
        names, loaded, required = answer
        rows = self.state.rows
        if self.state.is_shown and self.state.shows_all_frames:
            self._view.show_list(
                names,
                lambda row: captions.make_list_tile(
                    loaded[row], row + 1, names[row] in required, names[row] in rows
                ),
            )

    @property
    def _busy(self) -> bool:
        return self._find_running_job() is not None

    def _find_running_job(self) -> Job | None:
        return next(
            (
                job
                for job in (self._context.runner.find_running(name) for name in (WORK, LABELS, OUT))
                if job is not None
            ),
            None,
        )

    def _on_job_started(self, job: Job) -> None:
        self._view.show_job(job)
        self._update_view()

    def _on_frames_drawn(self, picked: PickResult, replaced: bool) -> None:
        n = len(picked.picks)
        text = tr_plural("{n} frame picked.", "{n} frames picked.", n, n=n)
        if replaced:
            text = tr_plural(
                "{n} frame picked, replacing the previous picks.",
                "{n} frames picked, replacing the previous picks.",
                n,
                n=n,
            )
        self._context.messages.show_toast(text, tr("Undo"), self._undo_draw)
        if picked.left_out:
            self._context.messages.show_error(picked.left_out[0][1], WORK)

    def _undo_draw(self) -> None:
        undoing = self._context.current.undo(self._context.messages)
        undoing.on_success(
            lambda _changes: self._context.messages.show_toast(tr("Picks undone."))
        ).on_failure(self._failed)

    def _load_picks(self) -> None:
        if self._context.current.project is None:
            self.state.clear_picks()
        else:
            reading = self._body.query(_load_proposal)
            reading.on_success(self._on_picks_loaded).on_failure(self._on_load_failed)
        if self.state.picks is None:  # else what is known stands until the answer is there
            self._update_view()

    def _on_load_failed(self, error: BaseException) -> None:
        self._failed(error)
        if self.state.is_shown and self.state.picks is None:
            self._view.show_failed(tr("The sampled frames could not be read."))

    def _on_picks_loaded(self, loaded: tuple[DrawnPicks, ClipPlan, tuple[str, ...]]) -> None:
        drawn_picks, plan, names = loaded
        self.state.set_picks(drawn_picks, plan)
        self.state.set_other_models(names)
        if not self.state.is_shown:
            return
        count = self.state.restore_design()
        if count is not None:
            self._view.set_count(count)
        self._view.show_clips(
            captions.list_timeline_clips(drawn_picks), captions.describe_clips(drawn_picks)
        )
        self._show_rows()
        self._update_view()

    def _on_thumbnails_loaded(self, pictures: dict[str, QImage]) -> None:
        if self.state.is_shown:
            self._view.show_pictures(pictures)

    def _on_image_loaded(self, answer: tuple[str, QImage | None]) -> None:
        frame_id, image = answer
        row = self.state.rows.get(frame_id)
        if not self.state.is_shown or frame_id != self.state.current_frame_id or row is None:
            return
        text = captions.describe_frame(row, self.state.get_pick_number(frame_id))
        self._view.show_frame_image(
            image, text if image is not None else tr("The image of this frame is missing.")
        )

    def _update_view(self) -> None:
        """The header, the empty state, and what can be done now."""
        state, busy, writable = self.state, self._busy, self._context.current.writable
        if not state.is_shown:
            return
        can = state.get_enabled_actions(writable, busy)
        for name, enabled in can.items():
            self._context.actions.set_enabled(f"pick.{name}", enabled)
        self._view.enable_controls(labels_in=can["label_file"], moving=can["draw"])
        models = state.other_models if state.can_choose_model else ()
        self._view.show_models(models, state.against, can["against"])
        if state.picks is not None:
            # While a job is watched its words take the place of the note, so that both fit a low
            # window.
            hard_only = state.design == "hard"
            note = "" if busy else captions.format_draw_note(state.picks, state.plan, hard_only)
            self._view.show_clip_notice(*captions.format_clip_notice(state.picks))
            self._view.show_design(
                state.design,
                captions.format_draw_button(state.picks),
                captions.format_seed(state.picks),
                note,
            )
        self._show_stage(can["draw"], busy)

    def _show_stage(self, can_draw: bool, busy: bool) -> None:
        drawn_picks, stage = (
            self.state.picks,
            self.state.get_stage(self._context.current.project is not None),
        )
        title, hint = (
            get_screen_name("pick"),
            tr("Pick frames at random; judge them only when labelling."),
        )
        if message := get_opening_message(self._context.current) if stage == "closed" else "":
            self._view.show_loading(message)
            self._header.show_head(ScreenHeading(title, hint))
        elif stage == "unread":
            self._view.show_loading(tr("Loading sampled frames …"))
            self._header.show_head(ScreenHeading(title, hint))
        elif stage == "closed":
            self._view.show_empty(tr("No project is open."), ["go.project"], can_draw=False)
            self._header.show_head(ScreenHeading(title, hint, tr("Go to Project"), on_page=True))
        elif stage == "no frames":
            self._view.show_empty(
                tr("No frames yet. Import footage first."), ["go.capture"], can_draw=False
            )
            self._header.show_head(ScreenHeading(title, hint, tr("Go to Capture"), on_page=True))
        elif drawn_picks is not None and stage == "no picks":
            if not self.state.shows_all_frames:
                self._view.show_empty(captions.format_before_draw(drawn_picks), [], can_draw=True)
            n = min(self._view.wanted_count, drawn_picks.n_listed)
            self._header.show_head(
                ScreenHeading(
                    title, hint, tr_plural("Pick {n} frame", "Pick {n} frames", n, n=n), can_draw
                )
            )
        elif drawn_picks is not None:
            n = len(drawn_picks.inside)
            label = tr_plural("Label {n} frame", "Label {n} frames", n, n=n)
            self._header.show_head(
                ScreenHeading(title, captions.format_summary(drawn_picks), label, not busy)
            )


def build_screen(context: Context, header: Header) -> Screen:
    """The screen with its actions."""
    view = PickView(context.theme, context.actions)
    presenter = PickPresenter(context, header, view)
    view.placeholder.retry_requested.connect(presenter.enter)
    view.wanted.connect(presenter.load_thumbnails)
    view.chosen.connect(presenter.select_frame)
    view.design_chosen.connect(presenter.choose_design)
    view.model_chosen.connect(presenter.choose_model)
    view.count.valueChanged.connect(presenter.on_count_changed)
    view.large.stepped.connect(presenter.enlarged.step_frame)
    view.grid.frame_opened.connect(lambda _frame: presenter.enlarged.toggle_enlarged())
    view.timeline.chosen.connect(presenter.select_in_grid)
    view.timeline.moved.connect(presenter.move_border)
    return Screen(view, presenter, view)


def _load_proposal(project: Project) -> tuple[DrawnPicks, ClipPlan, tuple[str, ...]]:
    drawn_picks = proposal.load_proposal(project)
    plan = clips_and_scene_cuts.compute_clip_plan(project, len(drawn_picks.inside) or USUAL)
    return drawn_picks, plan, hardness.list_other_models(project)


def _load_whole_list(project: Project) -> tuple[tuple[str, ...], tuple[Any, ...], frozenset[str]]:
    return (
        *proposal.list_drawable_frames(project),
        frozenset(proposal.get_required_frames(project)),
    )


def _load_thumbnails(project: Project, frame_ids: Sequence[str]) -> dict[str, Any]:
    return {
        frame_id: decode_image(jpeg)
        for frame_id, jpeg in frame_pixels.load_thumbnails(project, frame_ids).items()
    }


def _load_image(project: Project, frame_id: str) -> QImage | None:
    try:
        return decode_image(frame_pixels.load_full_image(project, frame_id))
    except frame_pixels.GONE:
        return None
