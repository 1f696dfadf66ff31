"""Presenter of the Label screen, and its keys: a key labels the shown frame; once the label is on
disk, the next frame comes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from fieldcheck.domain.label import Label
from fieldcheck.domain.project_state import Changes
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.labels.messages import format_label
from fieldcheck.sampling.messages import SKIPS, get_skip_reason
from fieldcheck.timestamp import parse_local_time
from fieldcheck.ui.context import Context
from fieldcheck.ui.current_project import BodyLoader, get_opening_message
from fieldcheck.ui.formatting import format_time_left, format_time_of_day
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen import Header, Screen, ScreenHeading
from fieldcheck.ui.screens import get_screen_name
from fieldcheck.ui.screens.label.canvas import FrameViewTracker
from fieldcheck.ui.screens.label.drawing import Drawing
from fieldcheck.ui.screens.label.filmstrip import FilmstripCell, ImagePrefetcher
from fieldcheck.ui.screens.label.label_actions import BlindMode, LabelActions, LabelWriter
from fieldcheck.ui.screens.label.round_result import RoundResultPresenter
from fieldcheck.ui.screens.label.state import KEYS, NOTHING_KEY, LabelDisplay, LabelState
from fieldcheck.ui.screens.label.view import LabelView
from fieldcheck.ui.shell.shortcuts import Actions
from fieldcheck.ui.widgets.images_and_zoom import decode_image

if TYPE_CHECKING:
    from fieldcheck.domain.label import BenchmarkItem
    from fieldcheck.footage import frame_pixels
    from fieldcheck.labels import label_session
    from fieldcheck.labels.label_session import FrameToLabel, LabelQueue
    from fieldcheck.project.project import Project
    from fieldcheck.ui.screens.label.state import ClassGuideDisplay
else:
    label_session = LazyModule("fieldcheck.labels.label_session")
    frame_pixels = LazyModule("fieldcheck.footage.frame_pixels")

# Which key does what on the Label screen.


class LabelKeys:
    """What the keys of the drawing tool, of the loupe and of the shadows do. `step_frame`
    browses."""

    def __init__(
        self,
        view: LabelDisplay,
        drawing: Drawing,
        frame_view_tracker: FrameViewTracker,
        step_frame: Callable[[int], None],
    ) -> None:
        self._view, self._drawing = view, drawing
        self._view_tracker, self._step_frame = frame_view_tracker, step_frame

    def call_tool(self, method: str, *arguments: float | str) -> bool:
        """Call a tool's method, where it has one; returns whether anything was done."""
        tool = self._drawing.tool
        return hasattr(tool, method) and bool(getattr(tool, method)(*arguments))

    def move_or_browse(self, dx: int, dy: int) -> None:
        """Moves an open loupe or the selected box; without either, sideways goes to the next
        frame."""
        if self._view.canvas.loupe_open:
            self._view.canvas.pan_loupe(dx, dy)
        elif not self.call_tool("move_selected", dx, dy) and dx:
            self._step_frame(dx)

    def show_loupe(self, enabled: bool) -> None:
        """Magnifies what is under the pointer, which is recorded."""
        self._view_tracker.record_loupe(enabled)
        self._view.canvas.show_loupe(enabled)

    def toggle_shadow_lift(self) -> None:
        """Brightens the shadows of the picture that is shown, or not; which is recorded."""
        self._view.canvas.set_shadows_lifted(not self._view.canvas.shadows_lifted)
        if self._view.canvas.shadows_lifted:
            self._view_tracker.record_shadow_lift()


def enable_classes(actions: Actions, n: int, nothing: bool) -> None:
    """The keys of the first `n` classes do something, and that for `nothing` where there is such an
    answer; the others stand grey in the key sheet."""
    for index in range(len(KEYS)):
        actions.set_enabled(
            f"label.class_{index + 1}", index < n or (nothing and index == NOTHING_KEY)
        )


class ClassGuidePresenter:
    """What the classes look like on the benchmark. The pictures are read class by class while the
    guide is open."""

    def __init__(self, guide: ClassGuideDisplay, state: LabelState, context: Context) -> None:
        self._guide, self._state, self._context = guide, state, context
        self._waiting: list[tuple[str, tuple[BenchmarkItem, ...]]] = []

    def toggle(self) -> None:
        """Opens the guide, or closes it."""
        if not self.close() and self._state.frames:
            reading = self._context.current.query(self._guide, label_session.choose_examples)
            reading.on_success(self._on_examples_chosen).on_failure(
                self._context.messages.show_error
            )

    def close(self) -> bool:
        """Closes the guide; whether it was open."""
        was_open = self._guide.isVisible()
        self._waiting = []
        self._guide.hide()
        return was_open

    def _on_examples_chosen(self, examples: dict[str, tuple[BenchmarkItem, ...]]) -> None:
        if not any(examples.values()):
            self._context.messages.show_toast(
                tr("No benchmark images yet. Add the benchmark on Project first.")
            )
            return
        state = self._state
        keyed = list(zip(KEYS, state.shortcuts.names, strict=False))
        self._guide.show_classes(keyed, state.loaded_work.classes)
        self._guide.open_guide()
        self._waiting = list(examples.items())
        self._read_next()

    def _read_next(self) -> None:
        if not self._waiting:
            return
        name, items = self._waiting.pop(0)
        reading = self._context.current.query(self._guide, partial(_read_examples, name, items))
        reading.on_success(partial(self._on_images_read, name, bool(items))).on_failure(
            self._context.messages.show_error
        )

    def _on_images_read(self, name: str, listed: bool, images: list[QImage]) -> None:
        self._guide.show_images(name, images, missing=listed and not images)
        self._read_next()


def _read_examples(name: str, items: Sequence[BenchmarkItem], project: Project) -> list[QImage]:
    read = [label_session.read_example(project, item, name) for item in items]
    return [decode_image(jpeg) for jpeg in read if jpeg is not None]


BOX_KEYS = (
    "accept", "insert", "delete", "duplicate", "next_box", "previous_box", "copy_previous",
    "extremes", "snap", "hidden", "cut_off",
    "copy_boxes", "paste_boxes",
)  # fmt: skip
POINT_KEYS = ("accept", "insert", "delete", "next_box", "previous_box")
NO_CLASS_COLOUR = 7
NEARLY_ALL = 0.9  # share of labels from which on finishing is the thing to do


class LabelPresenter:
    """Presenter of the Label screen. `label_actions` handles labels, `blind_mode` predictions,
    `drawing` boxes and points."""

    def __init__(
        self,
        view: LabelDisplay,
        context: Context,
        header: Header,
        pictures: ImagePrefetcher,
        frame_view_tracker: FrameViewTracker,
    ) -> None:
        self._view, self._context, self._header, self._pictures, self.view_tracker = (
            view,
            context,
            header,
            pictures,
            frame_view_tracker,
        )
        # The canvas has the image, or knows that it is broken, and not a placeholder.
        self._read = False
        # Thumbnails of frames that are not picked, None while they are read or where there is none.
        self._unpicked: dict[str, QImage | None] = {}
        self.state = LabelState()
        self._body = BodyLoader(context.current, view)
        storing = LabelWriter(self.state, context, view, frame_view_tracker, self._on_label_stored)
        self.drawing = Drawing(view, storing.store_draft)
        self.label_actions = LabelActions(
            self.state, view, self.drawing, storing, frame_view_tracker, context, self.load_frames
        )
        self.blind_mode = BlindMode(
            self.state, view, self.drawing, context, self.label_actions.store_decision
        )
        self.keys = LabelKeys(view, self.drawing, frame_view_tracker, self.step_frame)
        self.guide = ClassGuidePresenter(view.guide, self.state, context)
        self.round_result = RoundResultPresenter(self.state, view, context, self._show_round_result)

    # --- what the shell asks
    # ---------------------------------------------------------------------------------------------

    def enter(self) -> None:
        """Reads what there is to label and goes on where work stopped."""
        self.state.forget_own_edits()
        if (
            message := get_opening_message(self._context.current)
            if self._context.current.project is None
            else ""
        ):
            self._show_loading(message)
            return
        if self._context.current.project is None:
            self._show_nothing(
                tr("No project is open."), [("project.sample", tr("Open demo project"), "project")]
            )
            return
        if not self._body.enter():
            self._show_loading(tr("Reading the frames …"))
        self.load_frames(None)

    def leave(self) -> None:
        """Leaves the screen: what was drawn is stored with every stroke; reading ahead ends by
        itself."""
        self.flush_nudges()

    def refresh(self, changes: Changes) -> None:
        """A label that was undone or redone, here or elsewhere, is shown where it was."""
        anew, frame_id = self.state.check_reload(changes)
        if changes.act.startswith("project."):
            self.guide.close()
            self._body.reset()
            self.state.reset_for_project()
            self._view.show_state("")
            self.enter()
        elif anew and not (
            self.round_result.is_open and changes.act == "job"
        ):  # A job that has ended must not cover the result.
            self.load_frames(frame_id)
        else:
            self.round_result.refresh()

    def on_primary_action(self) -> None:
        """Show the result once labelling is finished; from the result, go to its next step."""
        if self.round_result.is_over and not self.round_result.is_open:
            self.round_result.open_result()
            return
        _, screen, action = (
            self.round_result.next_step if self.round_result.is_open else ("", "explore", "")
        )
        self.open_screen(action, screen)

    def show_result(self) -> None:
        """The result of the labels once more, or the frames again; before the last label, how many
        are left."""
        state = self.state
        if self.round_result.is_open:
            self.show_frame(state.index)
        elif self.round_result.is_over:
            self.round_result.open_result()
        elif state.repeating:
            self._view.show_note(tr("Press Esc to end relabelling first."))
        elif state.frames:
            n_left = state.round.n_left
            text = tr_plural(
                "Label {n} more frame first: the result follows.",
                "Label {n} more frames first: the result follows.",
                n_left,
            )
            self._view.show_note(text.format(n=n_left))

    def escape(self) -> bool:
        """Discard a pending box, else clear the selection, else leave blind repeats."""
        if self.round_result.is_open:
            self.show_frame(self.state.index)
            return True
        if self.guide.close():
            return True
        if self._view.canvas.magnified and not self.drawing.has_begun:
            self._view.canvas.show_whole()
            return True
        if self.drawing.clear_selection():
            return True
        if self.state.repeating:
            self.label_actions.leave_repeats()
            return True
        self._view.clear_class_search()
        return False

    # --- which frame is shown
    # --------------------------------------------------------------------------------------------

    def focus_class_search(self) -> None:
        """The field in which classes are found by typing gets the keys."""
        self._view.focus_class_search()

    def step_frame(self, steps: int) -> None:
        """The frame before or after, without labelling."""
        if self._view.canvas.loupe_open:
            self._view.canvas.pan_loupe(steps, 0)
        elif self.state.frames:
            self.show_frame(self.state.get_neighbour_index(steps))

    def open_frame(self, index: int) -> None:
        """The frame at a place; negative ones count from the end."""
        if self.state.frames:
            self.show_frame(index % len(self.state.frames))

    def show_next_unlabelled(self) -> None:
        """Show the next unlabelled frame."""
        index = self.state.find_next_unlabelled()
        if index is not None:
            self.show_frame(index)

    def load_frames(self, frame_id: str | None) -> None:
        """Reads what there is to label, and shows that frame."""
        question = (
            label_session.load_repeat_queue
            if self.state.repeating
            else label_session.load_label_queue
        )
        reading = self._body.query(question)
        reading.on_success(partial(self._on_frames_loaded, frame_id)).on_failure(
            self._on_load_failed
        )

    def _on_load_failed(self, error: BaseException) -> None:
        self._context.messages.show_error(error)
        if self._body.failed:
            self._view.show_failed(tr("The frames could not be read."))

    def _on_frames_loaded(self, frame_id: str | None, work: LabelQueue) -> None:
        lacking = self.state.load_work(work)
        if lacking == "frames":
            self._show_nothing(tr("No frames to label yet."), [("", tr("Pick frames"), "pick")])
            return
        if lacking == "kind":
            text = tr(
                "The model outputs several classes per frame (multi-label). Labelling is not "
                "supported for this task."
            )
            self._show_nothing(text, [("", get_screen_name("stress"), "stress")])
            return
        if lacking == "classes":
            self._show_nothing(
                tr("No class names yet: add a model or enter the classes."),
                [("", tr("Project"), "project")],
            )
            return
        self._show_classes()
        self.drawing.set_label_kind(work.kind, work.classes)
        self._enable_keys(work.kind)
        self.blind_mode.show_blind_state()
        self.show_frame(self.state.find_frame_index(frame_id))

    def show_frame(self, index: int) -> None:
        """The frame at place `index`, with everything that belongs to it."""
        state = self.state
        self.round_result.close_result()
        if index != state.index:
            self.flush_nudges()
            state.cancel_confirmation()
        state.index = index
        if state.shortcuts.apply_latest():  # between two frames, never under the finger
            self._show_classes()
        self.view_tracker.start_frame()
        self._pictures.prefetch_images(
            [frame.picture for frame in state.frames],
            index,
            {str(frame.picture): frame.sha256 for frame in state.frames},
        )
        self._show_image()
        frame = state.frame
        if not self.drawing.load_frame(
            frame.width,
            frame.height,
            state.get_boxes(),
            state.get_points(),
            state.loaded_work.classes,
        ):
            self._view.show_answer(
                state.get_class_index(),
                tr("Label: {answer}", answer=format_label(state.label) or "–"),
            )
        self.blind_mode.request_suggestion()
        self.show_strip()
        self._show_progress()

    def flush_nudges(self) -> None:
        """Store pending nudges."""
        self.drawing.flush_nudges()

    def _format_title(self) -> str:
        state = self.state
        return format_title(
            state.frame,
            state.index,
            len(state.frames),
            expert=state.for_expert,
            repeat=state.repeating,
        )

    def _show_image(self) -> None:
        state = self.state
        named = self._format_title()
        picture = self._pictures.get_image(state.frame.picture)
        self._read = picture is not None
        self._view.canvas.show_frame(
            state.index, picture, named, describe_frame(named, state.label)
        )

    def on_image_loaded(self, file: str) -> None:
        """A picture was read: the one that is waited for is shown, the others are in the strip."""
        if (
            self.state.frames
            and file == str(self.state.frame.picture)
            and self.view_tracker.shown_at is None
        ):
            self._show_image()
            self.drawing.draw_overlay()
            self._show_state()
        self.show_strip()

    def on_painted(self, number: int) -> None:
        """The frame is on the screen, with its picture: from now on it can be answered."""
        if (
            number != self.state.index
            or self.view_tracker.shown_at is not None
            or not self.state.frames
        ):
            return
        if self._read:  # An image that arrived later is painted next time.
            self.view_tracker.mark_shown()
            self.round_result.prepare_result()

    def _on_label_stored(self, label: Label, flash: str) -> None:
        """Show the next frame after a stored label."""
        if self.state.apply_label(label):
            self._show_classes()
        colour = (
            self.state.loaded_work.classes.index(label.class_name)
            if label.class_name
            else NO_CLASS_COLOUR
        )
        self._view.canvas.show_flash(flash, colour)
        self.show_frame(self.state.find_next_index())
        self.round_result.on_label_stored()

    # --- what it shows
    # ---------------------------------------------------------------------------------------------

    def _show_classes(self) -> None:
        """The classes that have a key."""
        work, classes = self.state.loaded_work, self.state.shortcuts
        keyed = list(zip(KEYS, classes.names, strict=False))
        self._view.show_work(keyed, kind=work.kind, classes=work.classes, many=classes.exceeds_keys)
        enable_classes(self._context.actions, len(keyed), nothing=work.kind != "class")

    def _enable_keys(self, kind: str) -> None:
        """The keys of this kind of label; of none while there is nothing to label, so that Tab goes
        on to the buttons."""
        for name in BOX_KEYS:
            self._context.actions.set_enabled(f"label.{name}", kind == "boxes")
        for name in POINT_KEYS:
            self._context.actions.set_enabled(f"label.{name}", kind in ("boxes", "points"))
        for name in ("same", "burst"):
            self._context.actions.set_enabled(
                f"label.{name}", kind == "class" and not self.state.repeating
            )

    def show_strip(self) -> None:
        """The frames around this one, as many as fit."""
        if not self.state.frames:
            return
        frames = self.state.list_strip_frames(self._view.strip.count_visible_cells())
        self._request_thumbnails([frame.frame_id for frame in frames if frame.picture is None])
        cells = [
            FilmstripCell(
                frame.index,
                self._unpicked.get(frame.frame_id)
                if frame.picture is None
                else self._pictures.get_thumbnail(frame.picture),
                frame.caption,
            )
            for frame in frames
        ]
        part = self.state.frame.part
        text = (
            tr_plural(
                "Part {part}: {n} frame",
                "Part {part}: {n} frames",
                len(frames),
                part=part,
                n=len(frames),
            )
            if part and not self.state.repeating
            else tr(
                "Frames {first} to {last}", first=frames[0].index + 1, last=frames[-1].index + 1
            )
        )
        self._view.show_cells(cells, self.state.index, text)

    def _request_thumbnails(self, frame_ids: list[str]) -> None:
        """Reads the frames of the part that are not picked, small, once each."""
        missing = [name for name in frame_ids if name not in self._unpicked]
        if not missing:
            return
        self._unpicked |= dict.fromkeys(missing)
        reading = self._context.current.query(
            self._view, lambda project: frame_pixels.load_thumbnails(project, missing)
        )
        reading.on_success(self._on_thumbnails_read).on_failure(self._context.messages.show_error)

    def _on_thumbnails_read(self, read: dict[str, bytes]) -> None:
        self._unpicked |= {name: QImage.fromData(data) for name, data in read.items()}
        self.show_strip()

    def _show_progress(self) -> None:
        """How many are labelled, and about how long the rest takes."""
        state = self.state
        total, n_left, seconds = (
            len(state.frames),
            state.round.n_left,
            state.estimate_seconds_left(),
        )
        done = total - n_left
        text = (
            tr("{done} of {all} relabelled") if state.repeating else tr("{done} of {all} labelled")
        )
        left_text = format_time_left(seconds) if seconds else ""
        self._view.show_progress(text.format(done=done, all=total), left_text, done, total)
        self._show_state()
        over = self.round_result.is_over
        self._header.show_head(
            ScreenHeading(
                get_screen_name("label"),
                self._format_title(),
                tr("Show result") if over else tr("Finish labelling"),
                picture_first=True,
                role="primary" if over or done >= NEARLY_ALL * total else "quiet",
                keys=tr("Z loupe · K class guide · ← → browse · ? all keys")
                if state.loaded_work.kind == "class"
                else tr("Wheel zoom · Tab next box · ? all keys"),
            )
        )

    def _show_state(self) -> None:
        """The line under the frame, as it is with this one."""
        state = self.state
        if self._pictures.is_broken(state.frame.picture):
            text = tr("The image of this frame cannot be read. Press X to skip the frame.")
        elif not state.round.n_left:
            text = format_finished(len(state.frames), state.round.n_unsure, state.repeating)
        elif state.repeating:
            text = tr("Relabelling: frames appear again without their labels. Press Esc to return.")
        else:
            text = format_skip_reasons() if state.last_skipped else self._format_hint()
        self._view.show_state(text)

    def _format_hint(self) -> str:
        """What is done here, as long as nothing was."""
        state = self.state
        if state.round.labels:
            return ""
        if state.loaded_work.kind == "class":
            return (
                tr("Press the number of the class: it labels the whole part.")
                if state.frame.part
                else tr("Press the number of the class. The next frame opens automatically.")
            )
        if state.loaded_work.kind == "boxes":
            return tr("Click two corners, press a class number, then Enter.")
        return tr("Click the defect, or press 0 if the frame is empty.")

    def _show_round_result(self) -> None:
        """Show the result and disable the label keys until a frame is visible again."""
        self.view_tracker.start_frame()
        button, _, _ = self.round_result.next_step
        self._header.show_head(
            ScreenHeading(
                get_screen_name("label"), tr("All frames of this round are labelled."), button
            )
        )

    def _show_loading(self, sentence: str) -> None:
        """Show loading and disable the label keys, so that no key labels the previous frame."""
        self.round_result.close_result()
        self._clear_frames()
        self._view.show_loading(sentence)
        self._header.show_head(ScreenHeading(get_screen_name("label"), picture_first=True))

    def _clear_frames(self) -> None:
        self.state.clear_work()
        self.drawing.set_label_kind("", ())
        self._enable_keys("")

    def _show_nothing(self, text: str, ways: Sequence[tuple[str, str, str]]) -> None:
        """`ways`: for each button the action it does on the screen it leads to, its text, and that
        screen."""
        self._clear_frames()
        self._view.show_empty(text, ways)
        self._header.show_head(ScreenHeading(get_screen_name("label"), text))

    def open_screen(self, action: str, screen: str) -> None:
        """Another screen, and an action there."""
        self._context.show_screen(screen)
        if action:
            self._context.actions.trigger_soon(action)


def build_screen(context: Context, header: Header) -> Screen:
    """The Label screen."""
    view = LabelView(context.theme, context.actions)
    pictures, frame_view_tracker = ImagePrefetcher(view), FrameViewTracker(view)
    presenter = LabelPresenter(view, context, header, pictures, frame_view_tracker)
    view.canvas.installEventFilter(frame_view_tracker)
    view.canvas.painted.connect(presenter.on_painted)
    view.canvas.corner_set.connect(presenter.label_actions.add_corner)
    view.canvas.handle_pulled.connect(presenter.label_actions.drag_handle)
    view.canvas.box_chosen.connect(presenter.label_actions.select_box)
    view.class_pressed.connect(presenter.label_actions.on_class_clicked)
    view.finder.chosen.connect(presenter.label_actions.apply_typed_class)
    view.strip.chosen.connect(presenter.open_frame)
    view.guide.closed.connect(presenter.guide.close)
    view.resized.connect(presenter.show_strip)
    view.way_chosen.connect(presenter.open_screen)
    result = view.result.result
    result.errors_opened.connect(lambda: presenter.open_screen("explore.worst", "explore"))
    result.frame_opened.connect(lambda _id: presenter.open_screen("explore.worst", "explore"))
    result.outlook_followed.connect(lambda: presenter.open_screen("", "capture"))
    view.placeholder.retry_requested.connect(presenter.enter)
    view.destroyed.connect(pictures.close)
    pictures.arrived.connect(presenter.on_image_loaded)
    return Screen(view, presenter, view.canvas, fixed_layout=True, place_header=view.place_header)


def format_title(
    frame: FrameToLabel, index: int, n: int, expert: bool = False, repeat: bool = False
) -> str:
    """`Frame 38 of 100 · 23:41:07 · Camera 2 · burst 1 of 3`; what nobody knows is left out."""
    parts = [tr("Frame {n} of {all}", n=index + 1, all=n)]
    if frame.taken_at:
        parts.append(format_time_of_day(parse_local_time(frame.taken_at)))
    if frame.camera:
        parts.append(frame.camera)
    if frame.part:
        parts.append(tr("part {part}", part=frame.part))
    elif frame.scene_size > 1:
        parts.append(tr("burst {n} of {all}", n=frame.scene_place, all=frame.scene_size))
    if expert:
        parts.append(tr("flagged for expert"))
    if repeat:
        parts.append(tr("relabelling"))
    return " · ".join(parts)


def describe_frame(named: str, label: Label | None) -> str:
    """The title with what was said, for a screen reader."""
    return tr("{title}, {answer}", title=named, answer=format_label(label) or tr("not labelled"))


def format_finished(n: int, n_unsure: int, repeated: bool = False) -> str:
    """Every frame has a label."""
    if repeated:
        return tr("{n} of {n} relabelled. Press Esc to return to the labels.", n=n)
    text = tr("{n} of {n} labelled.", n=n)
    if n_unsure:
        unsure = tr_plural(
            "{n} frame is unsure: decide it, or press Ctrl+Enter for the result.",
            "{n} frames are unsure: decide them, or press Ctrl+Enter for the result.",
            n_unsure,
        )
        return f"{text} {unsure.format(n=n_unsure)}"
    return " ".join(
        [text, tr("Ctrl+Enter shows the result."), tr("Press R to relabel some frames blind.")]
    )


def format_skip_reasons() -> str:
    """Reasons for which a frame that was just skipped cannot be used, each with its key."""
    whys = " · ".join(
        f"Alt+{index} {get_skip_reason(code)}" for index, code in enumerate(SKIPS[1:], 1)
    )
    return tr("Skipped. Optional reason: {reasons}", reasons=whys)
