"""What the Label screen does: a key labels the frame that is shown; when the label is on disk, the next frame comes."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

from fieldcheck.domain.changes import Changes
from fieldcheck.timestamp import timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.given import given
from fieldcheck.ui.late import Late
from fieldcheck.ui.screen import Header, Screen, ScreenHead
from fieldcheck.ui.screens.label.answering import Answering
from fieldcheck.ui.screens.label.boxing import Boxing
from fieldcheck.ui.screens.label.filmstrip import FilmstripCell
from fieldcheck.ui.screens.label.keys import KEYS, bind, enable_classes
from fieldcheck.ui.screens.label.looking import Looking
from fieldcheck.ui.screens.label.pictures import Pictures
from fieldcheck.ui.screens.label.pointing import Pointing, first_thing
from fieldcheck.ui.screens.label.recent import RecentClasses
from fieldcheck.ui.screens.label.round import Round, said_label
from fieldcheck.ui.screens.label.seeing import Seeing
from fieldcheck.ui.screens.label.telling import described, finished, title
from fieldcheck.ui.screens.label.view import LabelView
from fieldcheck.ui.shell.actions_table import screen_name
from fieldcheck.ui.widgets.key_button import KeyButton
from fieldcheck.ui.words import time_left
from fieldcheck.words.labels import said_of
from fieldcheck.words.language import text

if TYPE_CHECKING:
    from fieldcheck.domain.label import Label
    from fieldcheck.workflows.label import label_frames, label_work, repeat_labels
    from fieldcheck.workflows.label.label_frames import LabelDecision
    from fieldcheck.workflows.label.label_work import FrameToLabel, LabelWork
else:
    label_frames = Late("fieldcheck.workflows.label.label_frames")
    label_work = Late("fieldcheck.workflows.label.label_work")
    repeat_labels = Late("fieldcheck.workflows.label.repeat_labels")

GLOVES_TOO_FAST_MS = 300
PACE_OVER = 20  # labels that the time left is judged from
BOX_KEYS = (
    "accept", "insert", "delete", "duplicate", "next_box", "previous_box", "copy_previous", "extremes", "snap", "hidden", "cut_off",
    "copy_boxes", "paste_boxes",
)  # fmt: skip
POINT_KEYS = ("accept", "insert", "delete", "next_box", "previous_box")


class LabelPresenter:
    """Holds the round and the frame that is shown. `boxing` is there where boxes are drawn, `pointing` where points are set."""

    def __init__(self, view: LabelView, context: Context, header: Header, pictures: Pictures) -> None:
        self.view, self.context, self._header, self._pictures = view, context, header, pictures
        self.work: LabelWork | None = None
        self.round = Round((), {})
        self.recent = RecentClasses(())
        self._at = 0
        self._read = False  # what the canvas was given is the picture (or that it is broken), not a place held for it
        self._saving = False
        self._own: Counter[str] = Counter()
        self._paces: list[float] = []
        self.repeating = False
        self.boxing: Boxing | None = None
        self.pointing: Pointing | None = None
        self.looking = Looking(view)
        self.answers = Answering(self)
        self.seeing = Seeing(self)
        view.canvas.installEventFilter(self.looking)
        pictures.arrived.connect(self._arrived)
        view.canvas.painted.connect(self._painted)

    # --- what the shell asks ---------------------------------------------------------------------------------------------

    def enter(self) -> None:
        """Reads what there is to label and goes on where work stopped."""
        self._own.clear()
        if self.context.current.project is None:
            self._show_nothing(text("No project is open."), [("project.sample", text("Open the sample project"), "project")])
            return
        self.load(None)

    def leave(self) -> None:
        """What was drawn is stored with every stroke; reading ahead ends by itself."""
        self.flush()

    def refresh(self, changes: Changes) -> None:
        """A label that was undone or redone, here or elsewhere, is shown where it was."""
        kind = changes.act.partition(".")[0]
        own = set(changes.keys) <= set(self._own)
        self._own -= Counter(changes.keys)
        if changes.act in ("project.opened", "project.closed"):
            self.repeating = False
            self.enter()
        elif kind in ("label", "draft", "repeat", "mark") and not own:
            self.load(_frame_of(kind, changes.keys))
        elif kind in ("pick", "clip", "job", "classes"):
            self.load(self.here())

    def primary(self) -> None:
        """Labelling is finished: see where it fails."""
        self.context.go("explore")

    def escape(self) -> bool:
        """A box that was begun is dropped, a chosen one no longer is; blind repeats are left."""
        drawing = self.boxing or self.pointing
        if drawing is not None and drawing.drop():
            return True
        if self.repeating:
            self.answers.leave_repeats()
            return True
        self.view.clear_find()
        return False

    # --- which frame is shown --------------------------------------------------------------------------------------------

    def browse(self, by: int) -> None:
        """The frame before or after, without labelling."""
        if self.view.canvas.loupe_open:
            self.view.canvas.pan_loupe(by, 0)
        elif self.frames:
            self.show(min(max(0, self._at + by), len(self.frames) - 1))

    def go_to(self, at: int) -> None:
        """The frame at a place; negative ones count from the end."""
        if self.frames:
            self.show(at % len(self.frames))

    def next_unlabelled(self) -> None:
        """The next frame that nobody has said anything about."""
        if self.round.n_left:
            self.show(self.round.after(self._at) or 0)

    @property
    def frames(self) -> tuple[FrameToLabel, ...]:
        """Those of the round, in the order in which they are shown."""
        return self.work.frames if self.work is not None else ()

    @property
    def frame(self) -> FrameToLabel:
        """The one that is shown."""
        return self.frames[self._at]

    def here(self) -> str | None:
        """Its name; None without one."""
        return self.frame.frame_id if self.frames else None

    @property
    def by(self) -> str:
        """Who labels."""
        return self.context.preferences.now.name

    def load(self, frame_id: str | None) -> None:
        """Reads what there is to label, and shows that frame."""
        question = label_work.repeat_work if self.repeating else label_work.label_work
        self.context.current.ask(question, partial(self._loaded, frame_id), self.context.messages.error)

    def _loaded(self, frame_id: str | None, work: LabelWork) -> None:
        self.work = work
        self.round = Round([one.frame_id for one in work.frames], dict(work.labels))
        if not work.frames:
            self._show_nothing(text("Nothing to label yet."), [("", text("Pick frames"), "pick")])
            return
        if work.kind == "none":
            said = text("The model gives a frame several classes, and labels for that are not taken.")
            self._show_nothing(said, [("", screen_name("stress"), "stress")])
            return
        if not work.classes:
            self._show_nothing(text("No class has a name yet: choose a model, or name the classes."), [("", text("Project"), "project")])
            return
        if self.recent.classes != work.classes:
            self.recent = RecentClasses(work.classes, 9 if work.kind != "class" else len(KEYS))
        self.show_classes()
        self._bind_kind()
        place = self.round.place(frame_id) if frame_id else None
        self.show(self.round.first() if place is None else place)

    def show_classes(self) -> None:
        """The classes that have a key."""
        keyed = list(zip(KEYS, self.recent.keyed, strict=False))
        self.view.show_work(keyed, kind=given(self.work).kind, classes=given(self.work).classes, many=self.recent.many)
        enable_classes(self.context.actions, len(keyed), nothing=given(self.work).kind != "class")

    def _bind_kind(self) -> None:
        kind, first = given(self.work).kind, given(self.work).classes[0]
        self.boxing = (self.boxing or Boxing(self.view, first, self.answers.keep_stroke)) if kind == "boxes" else None
        thing = first_thing(given(self.work).classes)
        self.pointing = (self.pointing or Pointing(self.view, thing, self.answers.keep_stroke)) if kind == "points" else None
        self._enable_keys(kind)
        self.seeing.show()

    def _enable_keys(self, kind: str) -> None:
        """The keys of this kind of label; of none while there is nothing to label, so that Tab goes on to the buttons."""
        for name in BOX_KEYS:
            self.context.actions.enable(f"label.{name}", kind == "boxes")
        for name in POINT_KEYS:
            self.context.actions.enable(f"label.{name}", kind in ("boxes", "points"))
        for name in ("same", "burst"):
            self.context.actions.enable(f"label.{name}", kind == "class" and not self.repeating)

    def show(self, at: int) -> None:
        """The frame at place `at`, with everything that belongs to it."""
        if at != self._at:
            self.flush()
        self._at = at
        self.looking.begin()
        label, draft = self.round.labels.get(self.frame.frame_id), given(self.work).drafts.get(self.frame.frame_id)
        self._pictures.want([one.picture for one in self.frames], at, {str(one.picture): one.sha256 for one in self.frames})
        self._show_picture()
        if self.boxing is not None:
            boxes = draft.boxes if draft else label.boxes if label else ()
            self.boxing.load(self.frame.width, self.frame.height, boxes, given(self.work).classes)
        elif self.pointing is not None:
            points = draft.points if draft else label.points if label else ()
            self.pointing.load(self.frame.width, self.frame.height, points, given(self.work).classes)
        else:
            self.view.show_answer(self.recent.place(label.class_name) if label else -1)
        self.seeing.ask()
        self.show_strip()
        self.show_progress()

    def _show_picture(self) -> None:
        n, mark = len(self.frames), given(self.work).marks.get(self.frame.frame_id)
        named = title(self.frame, self._at, n, expert=mark is not None and mark.expert, repeat=self.repeating)
        said = described(named, self.round.labels.get(self.frame.frame_id))
        picture = self._pictures.picture(self.frame.picture)
        self._read = picture is not None
        self.view.canvas.show_frame(self._at, picture, named, said)

    def _arrived(self, file: str) -> None:
        """A picture was read: the one that is waited for is shown, the others are in the strip."""
        if self.frames and file == str(self.frame.picture) and self.looking.shown_at is None:
            self._show_picture()
            for drawing in (self.boxing, self.pointing):
                if drawing is not None:
                    drawing.draw()
            if self._pictures.is_broken(self.frame.picture):
                self.view.show_note(text("This frame's picture cannot be read any more; press X to skip it."))
        self.show_strip()

    def _painted(self, number: int) -> None:
        """The frame is on the screen, with its picture: from now on it can be answered."""
        if number != self._at or self.looking.shown_at is not None or not self.frames:
            return
        if self._read:  # a picture that came after the canvas was told is painted the next time
            self.looking.appeared()

    # --- storing ---------------------------------------------------------------------------------------------------------

    def say(self, said: LabelDecision, flash: str, action: str) -> None:
        """Stores an answer to the frame that is shown, unless it came before anybody could have seen it."""
        if not self.frames or self._saving:
            return
        seconds = self.looking.seconds
        if seconds is None or seconds * 1000 < self._too_fast_ms():
            self.view.show_note(text("Too fast, press again."))
            return
        self.flush()
        frame_id, by, now, blind = self.frame.frame_id, self.by, timestamp(), self.seeing.blind
        event = self.looking.event_of(frame_id, action, now, blind, by)
        self._saving = True
        self.own(frame_id)
        label = said_label(frame_id, said, by, now, seconds, blind)
        store = _store_repeat if self.repeating else _store_label
        self.context.current.act(
            lambda project: store(project, frame_id, said, by, now, seconds, blind, event), partial(self._stored, label, flash),
            self.not_stored,
        )  # fmt: skip

    def own(self, frame_id: str) -> None:
        """An act of this screen is about to change that frame: nothing is read anew when it is told of."""
        self._own[f"{self._round_number()}.{frame_id}" if self.repeating else frame_id] += 1

    def _round_number(self) -> int:
        return self.work.round if self.work is not None else 0

    def flush(self) -> None:
        """Nudges that were not stored yet are."""
        if self.boxing is not None:
            self.boxing.flush()

    def _stored(self, label: Label, flash: str, _changes: Changes) -> None:
        """It is on disk: the next frame comes."""
        self._saving = False
        self.context.messages.clear("label")
        self.round.labels[label.frame_id] = label
        given(self.work).drafts.pop(label.frame_id, None)
        self._paces = [*self._paces, min(60.0, label.seconds or 0.0)][-PACE_OVER:]
        if label.class_name and self.recent.used(label.class_name):
            self.show_classes()
        self.view.show_note(self.answers.after(label))
        self.view.canvas.flash(flash, given(self.work).classes.index(label.class_name) if label.class_name else 7)
        following = self.round.after(self._at)
        self.show(self._at if following is None else following)

    def not_stored(self, error: BaseException) -> None:
        """An act failed: the sentence says what is safe."""
        self._saving = False
        self._own.clear()
        self.context.messages.error(error, "label")

    def _too_fast_ms(self) -> int:
        now = self.context.preferences.now
        return max(now.too_fast_ms, GLOVES_TOO_FAST_MS) if now.gloves and now.too_fast_ms else now.too_fast_ms

    # --- what it shows ---------------------------------------------------------------------------------------------------

    def show_strip(self) -> None:
        """The frames around this one, as many as fit."""
        if not self.frames:
            return
        room, n = self.view.strip.room(), len(self.frames)
        first = min(max(0, self._at - room // 2), max(0, n - room))
        cells = []
        for place in range(first, min(n, first + room + 1)):
            frame = self.frames[place]
            said = said_of(self.round.labels.get(frame.frame_id))
            waiting = "… " if frame.frame_id in given(self.work).drafts else ""
            cells.append(FilmstripCell(place, self._pictures.thumb(frame.picture), f"✓ {said}" if said else f"{waiting}{place + 1}"))
        self.view.show_cells(cells, self._at, text("Frames {first} to {last}").format(first=first + 1, last=first + len(cells)))

    def show_progress(self) -> None:
        """How many are labelled, and about how long the rest takes."""
        total, left = len(self.frames), self.round.n_left
        done = total - left
        seconds = sum(self._paces) / len(self._paces) * left if self._paces and left else 0.0
        said = text("{done} of {all} again") if self.repeating else text("{done} of {all} labelled")
        self.view.show_progress(said.format(done=done, all=total), time_left(seconds) if seconds else "", done, total)
        if left == 0:
            self.view.show_note(finished(total, self.round.n_unsure, self.repeating))
        hint = {
            "class": text("Look, press a number key. The next frame opens by itself."),
            "boxes": text("Click two corners, press a number, Enter."),
            "points": text("Click the place, or press 0 where there is nothing."),
        }[given(self.work).kind]
        self._header.show_head(ScreenHead(screen_name("label"), hint, text("Finish labelling")))

    def _show_nothing(self, said: str, ways: list[tuple[str, str, str]]) -> None:
        """`ways`: for each button the action it does on the screen it leads to, its text, and that screen."""
        self.work, self.boxing, self.pointing = None, None, None
        self._enable_keys("")
        buttons = []
        for action, words, screen in ways:
            button = KeyButton(self.context.look, words, primary=True)
            button.clicked.connect(lambda _checked=False, action=action, screen=screen: self._lead(action, screen))
            buttons.append(button)
        self.view.show_empty(said, buttons)
        self._header.show_head(ScreenHead(screen_name("label"), said))

    def _lead(self, action: str, screen: str) -> None:
        self.context.go(screen)
        if action:
            self.context.actions.get(action).trigger()


def _frame_of(kind: str, keys: tuple[str, ...]) -> str | None:
    """The frame that an act was about: a repeat is named by its round and its frame."""
    first = next(iter(keys), None)
    return first.partition(".")[2] if first is not None and kind == "repeat" else first


def _store_label(project: Any, frame_id: str, said: LabelDecision, by: str, now: str, seconds: float, blind: bool, event: Any) -> Changes:
    return label_frames.set_label(project, frame_id, said, by, now, seconds, blind=blind, event=event)


def _store_repeat(
    project: Any, frame_id: str, said: LabelDecision, by: str, now: str, _seconds: float, _blind: bool, _event: Any
) -> Changes:
    return repeat_labels.set_repeat(project, frame_id, said, by, now)


def build(context: Context, header: Header) -> Screen:
    """The Label screen."""
    view = LabelView(context.look, context.actions)
    pictures = Pictures(view)
    presenter = LabelPresenter(view, context, header, pictures)
    bind(context.actions, presenter, view)
    view.class_pressed.connect(presenter.answers.class_clicked)
    view.finder.chosen.connect(presenter.answers.find)
    view.strip.chosen.connect(presenter.go_to)
    view.resized.connect(presenter.show_strip)
    view.canvas.corner_set.connect(presenter.answers.corner)
    view.canvas.handle_pulled.connect(presenter.answers.pull)
    view.canvas.box_chosen.connect(presenter.answers.choose_box)
    view.destroyed.connect(pictures.close)
    return Screen(view, presenter, view.canvas)
