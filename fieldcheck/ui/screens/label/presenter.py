"""Presenter of the Label screen: a key labels the frame that is shown; when the label is on disk, the next frame comes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtGui import QImage

from fieldcheck.domain.changes import Changes
from fieldcheck.domain.label import Label
from fieldcheck.timestamp import local
from fieldcheck.ui.body import ScreenBody, opening_sentence
from fieldcheck.ui.context import Context
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screen import Header, Screen, ScreenHead
from fieldcheck.ui.screens.label.blind_mode import BlindMode
from fieldcheck.ui.screens.label.display import LabelDisplay
from fieldcheck.ui.screens.label.drawing import Drawing
from fieldcheck.ui.screens.label.filmstrip import FilmstripCell
from fieldcheck.ui.screens.label.frame_viewing import FrameViewing
from fieldcheck.ui.screens.label.keys import LabelKeys, enable_classes
from fieldcheck.ui.screens.label.label_actions import Deciding, LabelActions
from fieldcheck.ui.screens.label.pictures import Pictures
from fieldcheck.ui.screens.label.round_over import RoundOver
from fieldcheck.ui.screens.label.session import KEYS, LabelSession
from fieldcheck.ui.screens.label.store_label import LabelStoring
from fieldcheck.ui.screens.label.view import LabelView
from fieldcheck.ui.shell.actions_table import screen_name
from fieldcheck.ui.words import clock, time_left
from fieldcheck.words.frame_reasons import SKIPS, skip_reason
from fieldcheck.words.labels import said_of
from fieldcheck.words.language import plural, text

if TYPE_CHECKING:
    from fieldcheck.workflows.label import label_work
    from fieldcheck.workflows.label.label_work import FrameToLabel, LabelWork
else:
    label_work = LazyModule("fieldcheck.workflows.label.label_work")

BOX_KEYS = (
    "accept", "insert", "delete", "duplicate", "next_box", "previous_box", "copy_previous", "extremes", "snap", "hidden", "cut_off",
    "copy_boxes", "paste_boxes",
)  # fmt: skip
POINT_KEYS = ("accept", "insert", "delete", "next_box", "previous_box")
NO_CLASS_COLOUR = 7


class FramePictures(Protocol):
    """Pictures of frames, read ahead on other threads."""

    def want(self, files: Sequence[Path], at: int, sums: Mapping[str, str] | None = None) -> None: ...
    def picture(self, file: Path) -> QImage | None: ...
    def is_broken(self, file: Path) -> bool: ...
    def thumb(self, file: Path) -> QImage | None: ...


class LabelPresenter:
    """Shows the session. `answers` takes what a person says, `seeing` what the model says, `drawing` what is drawn on the frame,
    `deciding` what the labels come to."""

    def __init__(self, view: LabelDisplay, context: Context, header: Header, pictures: FramePictures, looking: FrameViewing) -> None:
        self._view, self._context, self._header, self._pictures, self.looking = view, context, header, pictures, looking
        self._read = False  # what the canvas was given is the picture (or that it is broken), not a place held for it
        self.session = LabelSession()
        self._body = ScreenBody(context.current)
        storing = LabelStoring(self.session, context, view, looking, self._stored)
        self.drawing = Drawing(view, storing.keep)
        self.answers = LabelActions(self.session, view, self.drawing, storing, looking, context, self.load)
        self.seeing = BlindMode(self.session, view, self.drawing, context, self.answers.say)
        self.deciding = Deciding(self.session, view, context)
        self.over = RoundOver(self.session, view, context, self._show_over)

    # --- what the shell asks ---------------------------------------------------------------------------------------------

    def enter(self) -> None:
        """Reads what there is to label and goes on where work stopped."""
        self.session.begin()
        if said := opening_sentence(self._context.current) if self._context.current.project is None else "":
            self._show_loading(said)
            return
        if self._context.current.project is None:
            self._show_nothing(text("No project is open."), [("project.sample", text("Open demo project"), "project")])
            return
        if not self._body.enter():
            self._show_loading(text("Reading the frames …"))
        self.load(None)

    def leave(self) -> None:
        """Leaves the screen: what was drawn is stored with every stroke; reading ahead ends by itself."""
        self.flush()

    def refresh(self, changes: Changes) -> None:
        """A label that was undone or redone, here or elsewhere, is shown where it was."""
        anew, frame_id = self.session.reads_anew(changes)
        if changes.act.startswith("project."):
            self._body.forget()
            self.session.another_project()
            self._view.show_state("")
            self.deciding.show()
            self.enter()
        elif anew and not (self.over.open and changes.act == "job"):  # a job that has ended covers no result
            self.load(frame_id)
        else:
            self.over.look_again()

    def primary(self) -> None:
        """Labelling is finished: the result, the next step that it names, or see where it fails."""
        if self.over.is_over and not self.over.open:
            self.over.open_result()
            return
        _, screen, action = self.over.step if self.over.open else ("", "explore", "")
        self.lead(action, screen)

    def show_result(self) -> None:
        """The result of the labels once more, or the frames again; before the last label, how many are left."""
        session = self.session
        if self.over.open:
            self.show(session.at)
        elif self.over.is_over:
            self.over.open_result()
        elif session.repeating:
            self._view.show_note(text("Press Esc to leave the repeats first."))
        elif session.frames:
            left = session.round.n_left
            said = plural("Label {n} more frame first: the result follows.", "Label {n} more frames first: the result follows.", left)
            self._view.show_note(said.format(n=left))

    def escape(self) -> bool:
        """A box that was begun is dropped, a chosen one no longer is; blind repeats are left."""
        if self.over.open:
            self.show(self.session.at)
            return True
        if self.drawing.drop():
            return True
        if self.session.repeating:
            self.answers.leave_repeats()
            return True
        self._view.clear_find()
        return False

    # --- which frame is shown --------------------------------------------------------------------------------------------

    def browse(self, by: int) -> None:
        """The frame before or after, without labelling."""
        if self._view.canvas.loupe_open:
            self._view.canvas.pan_loupe(by, 0)
        elif self.session.frames:
            self.show(self.session.beside(by))

    def go_to(self, at: int) -> None:
        """The frame at a place; negative ones count from the end."""
        if self.session.frames:
            self.show(at % len(self.session.frames))

    def next_unlabelled(self) -> None:
        """The next frame that nobody has said anything about."""
        at = self.session.next_unlabelled()
        if at is not None:
            self.show(at)

    def load(self, frame_id: str | None) -> None:
        """Reads what there is to label, and shows that frame."""
        question = label_work.repeat_work if self.session.repeating else label_work.label_work
        self._body.ask(question, partial(self._loaded, frame_id), self._not_read)

    def _not_read(self, error: BaseException) -> None:
        self._context.messages.error(error)
        if self._body.failed:
            self._view.show_failed(text("The frames could not be read."))

    def _loaded(self, frame_id: str | None, work: LabelWork) -> None:
        lacking = self.session.load(work)
        if lacking == "frames":
            self._show_nothing(text("No frames to label yet."), [("", text("Pick frames"), "pick")])
            return
        if lacking == "kind":
            said = text("The model outputs several classes per frame (multi-label). Labelling is not supported for this task.")
            self._show_nothing(said, [("", screen_name("stress"), "stress")])
            return
        if lacking == "classes":
            self._show_nothing(text("No class names yet: add a model or enter the classes."), [("", text("Project"), "project")])
            return
        self._show_classes()
        self.drawing.begin(work.kind, work.classes)
        self._enable_keys(work.kind)
        self.seeing.show()
        self.show(self.session.place_of(frame_id))

    def show(self, at: int) -> None:
        """The frame at place `at`, with everything that belongs to it."""
        session = self.session
        self.over.close()
        if at != session.at:
            self.flush()
            session.take_question_back()
        session.at = at
        self.looking.begin()
        self._pictures.want([one.picture for one in session.frames], at, {str(one.picture): one.sha256 for one in session.frames})
        self._show_picture()
        frame = session.frame
        if not self.drawing.load(frame.width, frame.height, session.boxes(), session.points(), session.loaded.classes):
            place = session.keyed.place(session.label.class_name) if session.label else -1
            self._view.show_answer(place, text("Label: {answer}").format(answer=said_of(session.label) or "–"))
        self.seeing.ask()
        self.show_strip()
        self._show_progress()

    def flush(self) -> None:
        """Nudges that were not stored yet are."""
        self.drawing.flush()

    def _show_picture(self) -> None:
        session = self.session
        named = title(session.frame, session.at, len(session.frames), expert=session.for_expert, repeat=session.repeating)
        picture = self._pictures.picture(session.frame.picture)
        self._read = picture is not None
        self._view.canvas.show_frame(session.at, picture, named, described(named, session.label))

    def arrived(self, file: str) -> None:
        """A picture was read: the one that is waited for is shown, the others are in the strip."""
        if self.session.frames and file == str(self.session.frame.picture) and self.looking.shown_at is None:
            self._show_picture()
            self.drawing.draw()
            self._show_state()
        self.show_strip()

    def painted(self, number: int) -> None:
        """The frame is on the screen, with its picture: from now on it can be answered."""
        if number != self.session.at or self.looking.shown_at is not None or not self.session.frames:
            return
        if self._read:  # a picture that came after the canvas was told is painted the next time
            self.looking.appeared()
            self.deciding.ask()
            self.over.prepare()

    def _stored(self, label: Label, flash: str) -> None:
        """It is on disk: the next frame comes."""
        if self.session.take(label):
            self._show_classes()
        colour = self.session.loaded.classes.index(label.class_name) if label.class_name else NO_CLASS_COLOUR
        self._view.canvas.flash(flash, colour)
        self.show(self.session.following())
        self.over.label_stored()

    # --- what it shows ---------------------------------------------------------------------------------------------------

    def _show_classes(self) -> None:
        """The classes that have a key."""
        work, classes = self.session.loaded, self.session.keyed
        keyed = list(zip(KEYS, classes.keyed, strict=False))
        self._view.show_work(keyed, kind=work.kind, classes=work.classes, many=classes.many)
        enable_classes(self._context.actions, len(keyed), nothing=work.kind != "class")

    def _enable_keys(self, kind: str) -> None:
        """The keys of this kind of label; of none while there is nothing to label, so that Tab goes on to the buttons."""
        for name in BOX_KEYS:
            self._context.actions.enable(f"label.{name}", kind == "boxes")
        for name in POINT_KEYS:
            self._context.actions.enable(f"label.{name}", kind in ("boxes", "points"))
        for name in ("same", "burst"):
            self._context.actions.enable(f"label.{name}", kind == "class" and not self.session.repeating)

    def show_strip(self) -> None:
        """The frames around this one, as many as fit."""
        if not self.session.frames:
            return
        frames = self.session.strip(self._view.strip.room())
        cells = [FilmstripCell(one.place, self._pictures.thumb(one.picture), one.caption) for one in frames]
        said = text("Frames {first} to {last}").format(first=frames[0].place + 1, last=frames[-1].place + 1)
        self._view.show_cells(cells, self.session.at, said)

    def _show_progress(self) -> None:
        """How many are labelled, and about how long the rest takes."""
        session = self.session
        total, left, seconds = len(session.frames), session.round.n_left, session.seconds_left()
        done = total - left
        said = text("{done} of {all} relabelled") if session.repeating else text("{done} of {all} labelled")
        self._view.show_progress(said.format(done=done, all=total), time_left(seconds) if seconds else "", done, total, self.over.is_over)
        self._show_state()
        hint = {
            "class": text("Press the number of the class. The next frame opens automatically."),
            "boxes": text("Click two corners, press a class number, then Enter."),
            "points": text("Click the defect, or press 0 if the frame is empty."),
        }[session.loaded.kind]
        primary = text("Show result") if self.over.is_over else text("Finish labelling")
        self._header.show_head(ScreenHead(screen_name("label"), hint, primary))

    def _show_state(self) -> None:
        """The line under the frame, as it is with this one."""
        session = self.session
        if self._pictures.is_broken(session.frame.picture):
            said = text("The image of this frame cannot be read. Press X to skip the frame.")
        elif not session.round.n_left:
            said = finished(len(session.frames), session.round.n_unsure, session.repeating)
        elif session.repeating:
            said = text("Relabelling: frames appear again without their labels. Press Esc to return.")
        else:
            said = after_skip() if session.last_skipped else ""
        self._view.show_state(said)

    def _show_over(self) -> None:
        """The result is shown: no key answers a frame until it is seen again."""
        self.looking.begin()
        button, _, _ = self.over.step
        self._header.show_head(ScreenHead(screen_name("label"), text("All frames of this round are labelled."), button))

    def _show_loading(self, sentence: str) -> None:
        """The frames are still to come: no key answers one that stood there before."""
        self.over.close()
        self._leave_frames()
        self._view.show_loading(sentence)
        self._header.show_head(ScreenHead(screen_name("label")))

    def _leave_frames(self) -> None:
        self.session.empty()
        self.drawing.begin("", ())
        self._enable_keys("")

    def _show_nothing(self, said: str, ways: Sequence[tuple[str, str, str]]) -> None:
        """`ways`: for each button the action it does on the screen it leads to, its text, and that screen."""
        self._leave_frames()
        self._view.show_empty(said, ways)
        self._header.show_head(ScreenHead(screen_name("label"), said))

    def lead(self, action: str, screen: str) -> None:
        """Another screen, and an action there."""
        self._context.go(screen)
        if action:
            self._context.actions.trigger_soon(action)


def build(context: Context, header: Header) -> Screen:
    """The Label screen."""
    view = LabelView(context.look, context.actions)
    pictures, looking = Pictures(view), FrameViewing(view)
    presenter = LabelPresenter(view, context, header, pictures, looking)
    LabelKeys(context.actions, view, presenter.answers, presenter.seeing, presenter.drawing, looking, presenter)
    view.canvas.installEventFilter(looking)
    view.canvas.painted.connect(presenter.painted)
    view.canvas.corner_set.connect(presenter.answers.corner)
    view.canvas.handle_pulled.connect(presenter.answers.pull)
    view.canvas.box_chosen.connect(presenter.answers.choose_box)
    view.class_pressed.connect(presenter.answers.class_clicked)
    view.finder.chosen.connect(presenter.answers.find)
    view.strip.chosen.connect(presenter.go_to)
    view.resized.connect(presenter.show_strip)
    view.way_chosen.connect(presenter.lead)
    view.placeholder.again.connect(presenter.enter)
    view.destroyed.connect(pictures.close)
    pictures.arrived.connect(presenter.arrived)
    return Screen(view, presenter, view.canvas, steady=True)


def title(frame: FrameToLabel, at: int, n: int, expert: bool = False, repeat: bool = False) -> str:
    """`Frame 38 of 100 · 23:41:07 · Camera 2 · burst 1 of 3`; what nobody knows is left out."""
    parts = [text("Frame {n} of {all}").format(n=at + 1, all=n)]
    if frame.taken_at:
        parts.append(clock(local(frame.taken_at)))
    if frame.camera:
        parts.append(frame.camera)
    if frame.scene_size > 1:
        parts.append(text("burst {n} of {all}").format(n=frame.scene_place, all=frame.scene_size))
    if expert:
        parts.append(text("flagged for expert"))
    if repeat:
        parts.append(text("relabelling"))
    return " · ".join(parts)


def described(named: str, label: Label | None) -> str:
    """The title with what was said, for a screen reader."""
    return text("{title}, {answer}").format(title=named, answer=said_of(label) or text("not labelled"))


def finished(n: int, n_unsure: int, repeated: bool = False) -> str:
    """Every frame has a label."""
    if repeated:
        return text("{n} of {n} relabelled. Press Esc to return to the labels.").format(n=n)
    said = text("{n} of {n} labelled.").format(n=n)
    if n_unsure:
        unsure = plural(
            "{n} frame is unsure: label it, or press Ctrl+Enter for the result.",
            "{n} frames are unsure: label them, or press Ctrl+Enter for the result.",
            n_unsure,
        )
        return f"{said} {unsure.format(n=n_unsure)}"
    return " ".join([said, text("Ctrl+Enter shows the result."), text("Press R to relabel some frames blind.")])


def after_skip() -> str:
    """Reasons for which a frame that was just skipped cannot be used, each with its key."""
    whys = " · ".join(f"Alt+{at} {skip_reason(code)}" for at, code in enumerate(SKIPS[1:], 1))
    return text("Skipped. Optional reason: {reasons}").format(reasons=whys)
