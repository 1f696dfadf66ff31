"""What the Label screen does: a key labels the frame that is shown; when the label is on disk, the next frame comes."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from fieldcheck.domain.changes import Changes
from fieldcheck.errors import NothingToUndo
from fieldcheck.ui.context import Context
from fieldcheck.ui.screen import Head, Header, Screen
from fieldcheck.ui.screens.label.boxing import Boxing
from fieldcheck.ui.screens.label.filmstrip import Cell
from fieldcheck.ui.screens.label.keys import KEYS, bind
from fieldcheck.ui.screens.label.pictures import Pictures
from fieldcheck.ui.screens.label.round import Round, said_label
from fieldcheck.ui.screens.label.telling import answer, described, finished, title
from fieldcheck.ui.screens.label.view import LabelView
from fieldcheck.ui.shell.table import screen_name
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.words import time_left
from fieldcheck.words.language import plural, text

if TYPE_CHECKING:
    from fieldcheck.domain.label import Label
    from fieldcheck.workflows.label_frames import Said
    from fieldcheck.workflows.label_work import LabelWork

GLOVES_TOO_FAST_MS = 300
PACE_OVER = 20  # labels that the time left is judged from
REASON = "unusable"


class LabelPresenter:
    """Holds the round and the frame that is shown. `boxing` is there where boxes are drawn instead of one class a frame."""

    def __init__(self, view: LabelView, context: Context, header: Header, pictures: Pictures) -> None:
        self._view, self._context, self._header, self._pictures = view, context, header, pictures
        self._work: LabelWork | None = None
        self._round = Round((), {})
        self._at = 0
        self._shown_at: float | None = None
        self._read = False  # what the canvas was given is the picture (or that it is broken), not a place held for it
        self._saving = False
        self._own: set[str] = set()
        self._paces: list[float] = []
        self._last_class = ""
        self.boxing: Boxing | None = None
        pictures.arrived.connect(self._arrived)
        view.canvas.painted.connect(self._painted)

    # --- what the shell asks ---------------------------------------------------------------------------------------------

    def enter(self) -> None:
        """Reads what there is to label and goes on where work stopped."""
        self._own.clear()
        if self._context.current.project is None:
            self._show_nothing(text("No project is open."), [("project.sample", text("Open the sample project"), "project")])
            return
        self._load(None)

    def leave(self) -> None:
        """Boxes that were drawn and not accepted yet are stored; reading ahead ends by itself."""
        self._keep_boxes()

    def refresh(self, changes: Changes) -> None:
        """A label that was undone or redone, here or elsewhere, is shown where it was."""
        if changes.act in ("project.opened", "project.closed"):
            self.enter()
        elif changes.act.startswith("label.") and not set(changes.keys) <= self._own:
            self._load(changes.keys[0] if changes.keys else None)
        elif changes.act.startswith("pick.") or changes.act == "job":
            self._load(self._here())
        self._own -= set(changes.keys)

    def primary(self) -> None:
        """Labelling is finished: see where it fails."""
        self._context.go("explore")

    def escape(self) -> bool:
        """A box that was begun is dropped."""
        if self.boxing is not None and self.boxing.drop():
            return True
        self._view.clear_find()
        return False

    # --- answers ---------------------------------------------------------------------------------------------------------

    def give_class(self, at: int) -> None:
        """The class at place `at` was pressed."""
        if self._work is None or not self._frames:
            return
        if self.boxing is not None:
            if at == len(KEYS[:10]) - 1:
                self._say_boxes(())
            elif at < len(self._work.classes):
                self.boxing.name(self._work.classes[at])
            return
        if at < len(self._work.classes):
            self.give_name(self._work.classes[at])

    def give_name(self, name: str) -> None:
        """The frame is of this class."""
        from fieldcheck.workflows.label_frames import Said

        self._last_class = name
        self._say(Said(name), name)

    def find(self, typed: str) -> None:
        """A class was typed: the first that begins with it, else the first that holds it."""
        if self._work is None or not typed.strip():
            return
        sought = typed.strip().lower()
        fitting = [name for name in self._work.classes if name.lower().startswith(sought)]
        fitting = fitting or [name for name in self._work.classes if sought in name.lower()]
        if not fitting:
            self._view.show_note(text("No class is called {typed}.").format(typed=typed))
            return
        self._view.clear_find()
        if self.boxing is not None:
            self.boxing.name(fitting[0])
        else:
            self.give_name(fitting[0])

    def same(self) -> None:
        """The same as the last label."""
        if self._last_class and self.boxing is None:
            self.give_name(self._last_class)

    def unsure(self) -> None:
        """A person cannot tell either."""
        from fieldcheck.workflows.label_frames import Said

        self._say(Said(unsure=True), text("Unsure"))

    def skip(self) -> None:
        """The frame cannot be used."""
        from fieldcheck.workflows.label_frames import Said

        self._say(Said(skip=REASON), text("Skipped"))

    def accept(self) -> None:
        """The boxes are right; without a box nothing is said, because nothing here has a key of its own."""
        if self.boxing is None:
            return
        if not self.boxing.boxes.all:
            self._view.show_note(text("No box yet. Press 0 if there is nothing here."))
            return
        self._say_boxes(tuple(self.boxing.boxes.all))

    def back(self) -> None:
        """Takes the last label back and shows its frame."""
        from fieldcheck.workflows.label_frames import take_back_label

        self._context.current.act(take_back_label, failed=self._not_back)

    def browse(self, by: int) -> None:
        """The frame before or after, without labelling."""
        self._show(min(max(0, self._at + by), len(self._frames) - 1))

    def go_to(self, at: int) -> None:
        """The frame at a place; negative ones count from the end."""
        if self._frames:
            self._show(at % len(self._frames))

    def next_unlabelled(self) -> None:
        """The next frame that nobody has said anything about."""
        if self._round.n_left:
            self._show(self._round.after(self._at) or 0)

    def corner(self, x: float, y: float) -> None:
        """A corner of a box was set on the frame."""
        if self.boxing is not None:
            self.boxing.press(x, y)

    def copy_previous(self) -> None:
        """The boxes of the labelled frame nearest in time in the same clip."""
        if self.boxing is None or self._work is None:
            return
        here = self._frames[self._at]
        alike = [one for one in self._frames if one.clip_id == here.clip_id and one is not here and self._boxes_of(one.frame_id)]
        if not alike:
            self._view.show_note(text("No labelled frame of this clip has boxes yet."))
            return
        nearest = min(alike, key=lambda one: abs(one.t_s - here.t_s))
        self.boxing.take(self._boxes_of(nearest.frame_id))

    # --- how it goes on --------------------------------------------------------------------------------------------------

    @property
    def _frames(self) -> tuple[Any, ...]:
        return self._work.frames if self._work is not None else ()

    def _here(self) -> str | None:
        return self._frames[self._at].frame_id if self._frames else None

    def _boxes_of(self, frame_id: str) -> tuple[Any, ...]:
        label = self._round.labels.get(frame_id)
        return label.boxes if label is not None else ()

    def _load(self, frame_id: str | None) -> None:
        from fieldcheck.workflows.label_work import label_work

        self._context.current.ask(label_work, partial(self._loaded, frame_id), self._context.messages.error)

    def _loaded(self, frame_id: str | None, work: LabelWork) -> None:
        self._work = work
        self._round = Round([one.frame_id for one in work.frames], dict(work.labels))
        if not work.frames:
            self._show_nothing(text("Nothing to label yet."), [("", text("Pick frames"), "pick")])
            return
        if not work.classes:
            self._show_nothing(text("No class has a name yet: choose a model, or name the classes."), [("", text("Project"), "project")])
            return
        detection = work.task == "detection"
        keyed = list(zip(KEYS[: 9 if detection else len(KEYS)], work.classes, strict=False))
        self._view.show_work(keyed, boxing=detection, many=len(work.classes) > len(keyed))
        self._bind_boxes(detection)
        place = self._round.place(frame_id) if frame_id else None
        self._show(self._round.first() if place is None else place)

    def _bind_boxes(self, detection: bool) -> None:
        self.boxing = (self.boxing or Boxing(self._view, self._work.classes[0])) if detection else None
        for name in ("accept", "insert", "delete", "duplicate", "next_box", "previous_box", "copy_previous"):
            self._context.actions.enable(f"label.{name}", detection)
        self._context.actions.enable("label.same", not detection)

    def _show(self, at: int) -> None:
        """The frame at place `at`, with everything that belongs to it."""
        if at != self._at:
            self._keep_boxes()
        self._at, self._shown_at = at, None
        frame = self._frames[at]
        label = self._round.labels.get(frame.frame_id)
        self._pictures.want([one.picture for one in self._frames], at)
        self._show_picture()
        if self.boxing is not None:
            self.boxing.load(frame.width, frame.height, label.boxes if label else (), self._work.classes)
        else:
            self._view.show_answer(self._work.classes.index(label.class_name) if label and label.class_name else -1)
        self.show_strip()
        self._show_progress()

    def _show_picture(self) -> None:
        frame, n = self._frames[self._at], len(self._frames)
        said = described(frame, self._at, n, self._round.labels.get(frame.frame_id))
        picture = self._pictures.picture(frame.picture)
        self._read = picture is not None
        self._view.canvas.show_frame(self._at, picture, title(frame, self._at, n), said)

    def _arrived(self, file: str) -> None:
        """A picture was read: the one that is waited for is shown, the others are in the strip."""
        if self._frames and file == str(self._frames[self._at].picture) and self._shown_at is None:
            self._show_picture()
            if self.boxing is not None:
                self.boxing.draw()
            if self._pictures.is_broken(self._frames[self._at].picture):
                self._view.show_note(text("This frame's picture cannot be read any more; press X to skip it."))
        self.show_strip()

    def _painted(self, number: int) -> None:
        """The frame is on the screen, with its picture: from now on it can be answered."""
        if number != self._at or self._shown_at is not None or not self._frames:
            return
        if self._read:  # a picture that came after the canvas was told is painted the next time
            self._shown_at = time.monotonic()

    def _say(self, said: Said, flash: str) -> None:
        """Stores an answer to the frame that is shown, unless it came before anybody could have seen it."""
        from fieldcheck.workflows.label_frames import set_label

        if not self._frames or self._saving:
            return
        seconds = self._seen_for()
        if seconds is None or seconds * 1000 < self._too_fast_ms():
            self._view.show_note(text("Too fast, press again."))
            return
        frame_id, by, now = self._frames[self._at].frame_id, self._context.preferences.now.name, datetime.now(UTC).isoformat()
        self._saving = True
        self._own.add(frame_id)
        label = said_label(frame_id, said, by, now, seconds)
        self._context.current.act(
            lambda project: set_label(project, frame_id, said, by, now, seconds), partial(self._stored, label, flash), self._not_stored
        )

    def _say_boxes(self, boxes: tuple[Any, ...]) -> None:
        from fieldcheck.workflows.label_frames import Said

        flash = plural("{n} box", "{n} boxes", len(boxes)).format(n=len(boxes)) if boxes else text("Nothing here")
        self._say(Said(boxes=boxes, nothing=not boxes), flash)

    def _keep_boxes(self) -> None:
        """Whoever turns to another frame, or leaves, loses no box: what was drawn becomes the label of the frame."""
        from fieldcheck.workflows.label_frames import Said, set_label

        if self.boxing is None or not self.boxing.boxes.changed or not self.boxing.boxes.all or self._saving:
            return
        frame_id, by, now = self._frames[self._at].frame_id, self._context.preferences.now.name, datetime.now(UTC).isoformat()
        said = Said(boxes=tuple(self.boxing.boxes.all))
        self.boxing.boxes.changed = False
        self._own.add(frame_id)
        self._round.labels[frame_id] = said_label(frame_id, said, by, now, None)
        self._context.current.act(lambda project: set_label(project, frame_id, said, by, now), failed=self._not_stored)

    def _stored(self, label: Label, flash: str, _changes: Changes) -> None:
        """It is on disk: the next frame comes."""
        self._saving = False
        self._context.messages.clear("label")
        self._round.labels[label.frame_id] = label
        if self.boxing is not None:
            self.boxing.boxes.changed = False
        self._paces = [*self._paces, min(60.0, label.seconds or 0.0)][-PACE_OVER:]
        self._view.show_note("")
        self._view.canvas.flash(flash, self._work.classes.index(label.class_name) if label.class_name else 7)
        following = self._round.after(self._at)
        self._show(self._at if following is None else following)

    def _not_stored(self, error: BaseException) -> None:
        self._saving = False
        self._own.clear()
        self._context.messages.error(error, "label")

    def _not_back(self, error: BaseException) -> None:
        if isinstance(error, NothingToUndo):
            self._view.show_note(text("The last act was no label; Ctrl+Z takes it back."))
        else:
            self._context.messages.error(error, "label")

    def _seen_for(self) -> float | None:
        return time.monotonic() - self._shown_at if self._shown_at is not None else None

    def _too_fast_ms(self) -> int:
        now = self._context.preferences.now
        return max(now.too_fast_ms, GLOVES_TOO_FAST_MS) if now.gloves and now.too_fast_ms else now.too_fast_ms

    # --- what it shows ---------------------------------------------------------------------------------------------------

    def show_strip(self) -> None:
        """The frames around this one, as many as fit."""
        if not self._frames:
            return
        room, n = self._view.strip.room(), len(self._frames)
        first = min(max(0, self._at - room // 2), max(0, n - room))
        cells = []
        for place in range(first, min(n, first + room + 1)):
            frame = self._frames[place]
            said = answer(self._round.labels.get(frame.frame_id))
            cells.append(Cell(place, self._pictures.thumb(frame.picture), f"✓ {said}" if said else str(place + 1)))
        self._view.show_cells(cells, self._at, text("Frames {first} to {last}").format(first=first + 1, last=first + len(cells)))

    def _show_progress(self) -> None:
        total, left = len(self._frames), self._round.n_left
        done = total - left
        seconds = sum(self._paces) / len(self._paces) * left if self._paces and left else 0.0
        said = text("{done} of {all} labelled").format(done=done, all=total)
        self._view.show_progress(said, time_left(seconds) if seconds else "", done, total)
        if left == 0:
            self._view.show_note(finished(total, self._round.n_unsure))
        hint = (
            text("Click two corners, press a number, Enter.")
            if self.boxing
            else text("Look, press a number key. The next frame opens by itself.")
        )
        self._header.show_head(Head(screen_name("label"), hint, text("Finish labelling")))

    def _show_nothing(self, said: str, ways: list[tuple[str, str, str]]) -> None:
        """`ways`: for each button the action it does on the screen it leads to, its text, and that screen."""
        self._work = None
        self._bind_boxes(False)
        buttons = []
        for action, words, screen in ways:
            button = KeyButton(self._context.look, words, primary=True)
            button.clicked.connect(lambda _checked=False, action=action, screen=screen: self._lead(action, screen))
            buttons.append(button)
        self._view.show_empty(said, buttons)
        self._header.show_head(Head(screen_name("label"), said))

    def _lead(self, action: str, screen: str) -> None:
        self._context.go(screen)
        if action:
            self._context.actions.get(action).trigger()


def build(context: Context, header: Header) -> Screen:
    """The Label screen."""
    view = LabelView(context.look, context.actions)
    pictures = Pictures(view)
    presenter = LabelPresenter(view, context, header, pictures)
    bind(context.actions, presenter, view)
    view.class_pressed.connect(presenter.give_class)
    view.class_chosen.connect(presenter.find)
    view.strip.chosen.connect(presenter.go_to)
    view.resized.connect(presenter.show_strip)
    view.canvas.corner_set.connect(presenter.corner)
    view.destroyed.connect(pictures.close)
    return Screen(view, presenter, view.canvas)
