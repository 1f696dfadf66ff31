"""State of the Label screen without Qt: shown frame, labels, order of frames, blind mode; and the
display protocols of its view.

Also the order in which frames come, and what the presenters know of the view. State and decisions
without Qt and without a project: the presenter asks, stores and shows.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from fieldcheck.domain.label import Label, LabelDraft
from fieldcheck.domain.project_state import Changes
from fieldcheck.labels.messages import format_label

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PySide6.QtGui import QImage

    from fieldcheck.domain.label import Box, Point
    from fieldcheck.labels.label_session import FrameToLabel, LabelQueue, Suggestion
    from fieldcheck.settings import Settings
    from fieldcheck.ui.screens.label.canvas import DrawnBox
    from fieldcheck.ui.screens.label.filmstrip import FilmstripCell
    from fieldcheck.ui.widgets.result_view import ResultContent

# Display protocols of the Label screen: what presenters know of its view, so that each is tested
# without a window, and what is handed
# to it.


class CanvasDisplay(Protocol):
    """The frame."""

    @property
    def shadows_lifted(self) -> bool: ...
    @property
    def loupe_open(self) -> bool: ...
    @property
    def magnified(self) -> bool: ...
    def show_whole(self) -> None: ...
    def show_frame(self, number: int, image: QImage | None, title: str, described: str) -> None: ...
    def show_boxes(
        self,
        boxes: Sequence[DrawnBox],
        selected: int,
        corner: tuple[float, float] | None,
        points: Sequence[tuple[float, float]] = (),
    ) -> None: ...
    def set_shadows_lifted(self, enabled: bool) -> None: ...
    def pan_loupe(self, dx: int, dy: int) -> None: ...
    def show_loupe(self, enabled: bool) -> None: ...
    def get_luma(self) -> NDArray[np.uint8]: ...
    def show_flash(self, text: str, colour: int) -> None: ...


class StripDisplay(Protocol):
    """The frames around it."""

    def count_visible_cells(self) -> int: ...


class FinderDisplay(Protocol):
    """Classes found by typing."""

    def find_matching_classes(self, typed: str) -> list[str]: ...


class ClassGuideDisplay(Protocol):
    """What each class looks like."""

    def isVisible(self) -> bool: ...
    def hide(self) -> None: ...
    def show_classes(self, keyed: Sequence[tuple[str, str]], classes: Sequence[str]) -> None: ...
    def show_images(self, class_name: str, images: Sequence[QImage], missing: bool) -> None: ...
    def open_guide(self) -> None: ...


class LabelDisplay(Protocol):
    """Frame, strip and panel."""

    @property
    def guide(self) -> ClassGuideDisplay: ...

    @property
    def canvas(self) -> CanvasDisplay: ...
    @property
    def strip(self) -> StripDisplay: ...
    @property
    def finder(self) -> FinderDisplay: ...
    def show_loading(self, sentence: str) -> None: ...
    def show_failed(self, sentence: str) -> None: ...
    def show_empty(self, text: str, ways: Sequence[tuple[str, str, str]]) -> None: ...
    def show_work(
        self, keyed: Sequence[tuple[str, str]], kind: str, classes: Sequence[str], many: bool
    ) -> None: ...
    def show_result(self, result_content: ResultContent | None) -> None: ...
    def show_progress(self, text: str, remaining: str, n_done: int, total: int) -> None: ...
    def show_note(self, text: str, lasts: bool = False) -> None: ...
    def show_state(self, text: str) -> None: ...
    def show_answer(self, index: int, text: str) -> None: ...
    def show_boxes_list(self, boxes: Sequence[Box], selected: int) -> None: ...
    def show_cells(self, cells: Sequence[FilmstripCell], here: int, described: str) -> None: ...
    def show_blind(self, blind: bool, message: str) -> None: ...
    def focus_class_search(self) -> None: ...
    def clear_class_search(self) -> None: ...


# The order of frames: the next one without a label, then the unsure ones once more. Pure.


class LabelRound:
    """`frame_ids` in the order in which they are shown, `labels` what was said so far, by frame
    id."""

    def __init__(self, frame_ids: Sequence[str], labels: dict[str, Label]) -> None:
        self.frame_ids = tuple(frame_ids)
        self.labels = labels
        self._ids = frozenset(self.frame_ids)
        self._seen_again: set[str] = set()

    def find_first(self) -> int:
        """Index to continue at: the first frame without a label, else the last frame."""
        return self._find_unlabelled(0) if self.n_left else max(0, len(self.frame_ids) - 1)

    def find_next(self, index: int) -> int | None:
        """Index after the frame at `index` was labelled: the next unlabelled one, then each unsure
        one once; None when finished."""
        if self.n_left:
            return self._find_unlabelled(index + 1)
        for position, frame_id in enumerate(self.frame_ids):
            label = self.labels.get(frame_id)
            if label is not None and label.state == "unsure" and frame_id not in self._seen_again:
                self._seen_again.add(frame_id)
                return position
        return None

    @property
    def n_left(self) -> int:
        """Frames nobody has said anything about."""
        return len(self._ids - self.labels.keys())

    @property
    def n_unsure(self) -> int:
        """Number of frames labelled unsure."""
        return sum(
            label.state == "unsure" for label in self.labels.values() if label.frame_id in self._ids
        )

    def find_index(self, frame_id: str) -> int | None:
        """Where a frame stands; None for one that is not among them."""
        return self.frame_ids.index(frame_id) if frame_id in self._ids else None

    def _find_unlabelled(self, start: int) -> int:
        """The first frame without a label from `start` on, going round."""
        n = len(self.frame_ids)
        return next(
            index % n
            for index in range(start, start + n)
            if self.frame_ids[index % n] not in self.labels
        )


KEYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "0", "⇧1", "⇧2", "⇧3", "⇧4")
"""What stands on the class buttons, in the order of the classes."""
NOTHING_KEY = 9  # the place of the key 0
# labels that the time left is judged from, and what one counts at most
PACE_OVER, LONGEST_PACE_S = 20, 60.0
Lacking = Literal["", "frames", "kind", "classes"]
Turned = Literal["repeats", "ask", "turned"]
FEW = 14
OF_MANY = 9


@dataclass(frozen=True, slots=True)
class StripFrame:
    """One frame of the strip: its place from 0, its picture's file, what stands under it. A frame
    of the part that is not picked has no place (−1) and no file, only its id."""

    index: int
    picture: Path | None
    caption: str
    frame_id: str = ""


class LabelState:
    """`work` is None while there is nothing to label. `index`: the place of the frame that is
    shown. `saving`: an answer is on its way to the disk. `repeating`: labelled frames come once
    more. `blind` is on until it is switched off on purpose, twice asked; it comes on again with
    every start and every project. `suggestion`: what a model says of the frame, never while blind.
    """

    def __init__(self) -> None:
        self.work: LabelQueue | None = None
        self.round = LabelRound((), {})
        self.shortcuts = ShortcutClasses(())
        self.index = 0
        self.saving = self.repeating = False
        self.last_class = self.last_skipped = self.last_labelled = ""
        self.blind = True
        self.suggestion: Suggestion | None = None
        self._asked = False
        self._models: tuple[str, ...] = ()
        self._model = 0
        self._own: Counter[str] = Counter()
        self._paces: list[float] = []
        # Set by the newest label: no frame is left, not even an unsure one.
        self.round_ended = False

    # --- what there is to label
    # ------------------------------------------------------------------------------------------

    def forget_own_edits(self) -> None:
        """Called when the screen is shown: own edits in progress are no longer awaited."""
        self._own.clear()

    def load_work(self, work: LabelQueue) -> Lacking:
        """Applies newly read work. Returns what is missing before labelling can start; `kind`:
        predictions of that kind are not labelled."""
        self.work = work
        self.round = LabelRound([frame.frame_id for frame in work.frames], dict(work.labels))
        # an undo, or another screen, may have taken either back
        if not self._has_state(self.last_skipped, "skipped"):
            self.last_skipped = ""
        if not self._has_state(self.last_labelled, "done"):
            self.last_labelled = ""
        if not work.frames:
            return "frames"
        if work.kind == "none":
            return "kind"
        if not work.classes:
            return "classes"
        if self.shortcuts.classes != work.classes:
            self.shortcuts = ShortcutClasses(
                work.classes, NOTHING_KEY if work.kind != "class" else len(KEYS)
            )
        return ""

    def reset_for_project(self) -> None:
        """Resets the state for another project or none; blind mode is on again."""
        self.repeating, self.blind, self._asked, self.suggestion = False, True, False, None
        self.last_class = self.last_skipped = self.last_labelled = ""

    def clear_work(self) -> None:
        """Clears the work: there is nothing to label."""
        self.work = None

    def check_reload(self, changes: Changes) -> tuple[bool, str | None]:
        """Whether an act asks for everything to be read anew, and which frame is shown then (None:
        where work goes on). What this screen did itself is shown already."""
        kind = changes.act.partition(".")[0]
        own = set(changes.keys) <= set(self._own)
        self._own -= Counter(changes.keys)
        if kind in ("label", "draft", "repeat", "mark") and not own:
            return True, _get_frame_id(kind, changes.keys)
        return kind in ("pick", "clip", "job", "classes", "parts"), self.get_current_frame_id()

    @property
    def loaded_work(self) -> LabelQueue:
        """Loads the frames to label. Raises LookupError where there is nothing."""
        if self.work is None:
            raise LookupError("nothing to label")
        return self.work

    @property
    def frames(self) -> tuple[FrameToLabel, ...]:
        """Those of the round, in the order in which they are shown."""
        return self.work.frames if self.work is not None else ()

    # --- which frame is shown
    # --------------------------------------------------------------------------------------------

    @property
    def frame(self) -> FrameToLabel:
        """The one that is shown."""
        return self.frames[self.index]

    def get_current_frame_id(self) -> str | None:
        """Its name; None without one."""
        return self.frame.frame_id if self.frames else None

    def find_frame_index(self, frame_id: str | None) -> int:
        """Where a frame stands; without a name, or where it is not among them, where work goes
        on."""
        index = self.round.find_index(frame_id) if frame_id else None
        return self.round.find_first() if index is None else index

    def get_neighbour_index(self, steps: int) -> int:
        """The place of the frame before or after, as far as there are any."""
        return min(max(0, self.index + steps), len(self.frames) - 1)

    def find_next_unlabelled(self) -> int | None:
        """Index of the next frame without a label; None where there is none."""
        return (self.round.find_next(self.index) or 0) if self.round.n_left else None

    @property
    def label(self) -> Label | None:
        """Label of the shown frame."""
        return self.round.labels.get(self.frame.frame_id)

    def get_class_index(self) -> int:
        """The place in the model of the class that the shown frame has; −1 without one."""
        label, classes = self.label, self.loaded_work.classes
        return classes.index(label.class_name) if label and label.class_name in classes else -1

    @property
    def for_expert(self) -> bool:
        """Whether the frame is marked for an expert."""
        mark = self.loaded_work.marks.get(self.frame.frame_id)
        return mark is not None and mark.expert

    def get_boxes(self) -> tuple[Box, ...]:
        """Boxes on the shown frame: drawn and not yet accepted, else accepted."""
        draft, label = self.loaded_work.drafts.get(self.frame.frame_id), self.label
        return draft.boxes if draft else label.boxes if label else ()

    def get_points(self) -> tuple[Point, ...]:
        """Points on the shown frame: drawn and not yet accepted, else accepted."""
        draft, label = self.loaded_work.drafts.get(self.frame.frame_id), self.label
        return draft.points if draft else label.points if label else ()

    # --- what is said
    # ---------------------------------------------------------------------------------------------

    def is_empty_key(self, index: int) -> bool:
        """Whether the key at place `index` says that there is nothing to find."""
        return self.loaded_work.kind != "class" and index == NOTHING_KEY

    def get_class_at(self, index: int) -> str | None:
        """The class of the key at place `index`."""
        return self.shortcuts.names[index] if index < len(self.shortcuts.names) else None

    def is_too_fast(self, seconds: float | None, settings: Settings) -> bool:
        """Whether a label came before a person can have seen the frame, which has been shown for
        `seconds` (None: not yet)."""
        return seconds is None or seconds * 1000 < settings.min_view_ms

    def mark_own_edit(self, frame_id: str) -> None:
        """Notes that this screen changes that frame, so that the change does not trigger a
        reload."""
        number = self.work.round if self.work is not None else 0
        self._own[f"{number}.{frame_id}" if self.repeating else frame_id] += 1

    def list_frames_of_part(self, label: Label) -> tuple[str, ...]:
        """Frames that the label of a frame holds for: its own, and for a class or unsure those of
        the same part; a repeat is of one frame."""
        part = next((frame.part for frame in self.frames if frame.frame_id == label.frame_id), "")
        alone = self.repeating or label.state == "skipped"
        if alone or not part or (label.state == "done" and not label.class_name):
            return (label.frame_id,)
        of_part = [frame.frame_id for frame in self.frames if frame.part == part]
        return tuple(
            name
            for name in of_part
            if name == label.frame_id or not self._has_state(name, "skipped")
        )

    def _has_state(self, frame_id: str, state: str) -> bool:
        label = self.round.labels.get(frame_id)
        return label is not None and label.state == state

    def apply_label(self, label: Label) -> bool:
        """Apply a stored label; returns whether another class has a key now."""
        self.saving = False
        for frame_id in self.list_frames_of_part(label):
            self.round.labels[frame_id] = replace(label, frame_id=frame_id)
            self.loaded_work.drafts.pop(frame_id, None)
        self._paces = [*self._paces, min(LONGEST_PACE_S, label.seconds or 0.0)][-PACE_OVER:]
        self.last_class = label.class_name or self.last_class
        self.last_labelled = label.frame_id if label.state == "done" else ""
        self.last_skipped = (
            label.frame_id if label.state == "skipped" and not self.repeating else ""
        )
        return bool(label.class_name) and self.shortcuts.assign_key(label.class_name)

    def find_next_index(self) -> int:
        """The place of the frame that comes after the one that was just labelled; the same where
        all is said."""
        after = self.round.find_next(self.index)
        self.round_ended = after is None
        return self.index if after is None else after

    def on_store_failed(self) -> None:
        """An act failed."""
        self.saving = False
        self._own.clear()

    def make_draft(self, boxes: tuple[Box, ...], points: tuple[Point, ...]) -> LabelDraft | None:
        """The draft label of the shown frame after a stroke, to be stored before it is accepted.
        None during repeats, which keep no drafts."""
        name = self.get_current_frame_id()
        if self.repeating or name is None:
            return None
        draft = LabelDraft(name, boxes, points)
        self.loaded_work.drafts[name] = draft
        self.mark_own_edit(name)
        return draft

    def list_rest_of_burst(self) -> tuple[str, ...] | None:
        """Frames of the burst of the last label that wait for one; None without such a label."""
        frame_to_label = next(
            (frame for frame in self.frames if frame.frame_id == self.last_labelled), None
        )
        if frame_to_label is None or self.repeating:
            return None
        return tuple(
            frame.frame_id
            for frame in self.frames
            if frame.scene == frame_to_label.scene and frame.frame_id not in self.round.labels
        )

    def find_nearest_boxes(self) -> tuple[Box, ...]:
        """The boxes of the labelled frame nearest in time in the same clip; none where no frame of
        it has any."""
        here, labels = self.frame, self.round.labels
        of_clip = [
            frame for frame in self.frames if frame.clip_id == here.clip_id and frame is not here
        ]
        alike = [
            frame_to_label
            for frame_to_label in of_clip
            if frame_to_label.frame_id in labels and labels[frame_to_label.frame_id].boxes
        ]
        return (
            labels[
                min(alike, key=lambda frame_to_label: abs(frame_to_label.t_s - here.t_s)).frame_id
            ].boxes
            if alike
            else ()
        )

    # --- blind repeats, and what the model says
    # --------------------------------------------------------------------------

    def begin_repeats(self) -> None:
        """Starts a round of blind repeats."""
        self.repeating = self.blind = True

    def toggle_blind(self) -> Turned:
        """Turns blind mode off, after a confirmation, or on again; never during repeats."""
        if self.repeating:
            return "repeats"
        if self.blind and not self._asked:
            self._asked = True
            return "ask"
        self.blind, self._asked, self.suggestion = not self.blind, False, None
        return "turned"

    def cancel_confirmation(self) -> None:
        """Cancels a confirmation asked on the frame before."""
        self._asked = False

    def select_next_model(self) -> bool:
        """Selects the next model for suggestions. Returns whether there is one."""
        if self.blind or not self._models:
            return False
        self._model = (self._model + 1) % len(self._models)
        return True

    def start_suggestion(self) -> tuple[str, int] | None:
        """The frame to predict and the number of the model; None in blind mode. Clears the last
        suggestion."""
        self.suggestion = None
        name = self.get_current_frame_id()
        return (name, self._model) if not self.blind and name is not None else None

    def apply_suggestion(self, models: tuple[str, ...], suggestion: Suggestion | None) -> bool:
        """Applies a model's prediction. Returns whether to show it, since it may arrive too
        late."""
        self._models = models
        if self.blind or (
            suggestion is not None and suggestion.frame_id != self.get_current_frame_id()
        ):
            return False
        self.suggestion = suggestion
        return True

    # --- what is shown
    # ---------------------------------------------------------------------------------------------

    def list_strip_frames(self, capacity: int) -> tuple[StripFrame, ...]:
        """The frames around the shown one: `capacity` of them, and the one that is cut off; of a
        part its own frames alone, picked or not."""
        if self.frame.part_frames and not self.repeating:
            return self._list_part_strip(capacity)
        n = len(self.frames)
        first = min(max(0, self.index - capacity // 2), max(0, n - capacity))
        return tuple(
            self._make_strip_frame(index) for index in range(first, min(n, first + capacity + 1))
        )

    def _list_part_strip(self, capacity: int) -> tuple[StripFrame, ...]:
        indices = {frame.frame_id: index for index, frame in enumerate(self.frames)}
        shown = self.frame.part_frames
        first = min(
            max(0, shown.index(self.frame.frame_id) - capacity // 2), max(0, len(shown) - capacity)
        )
        return tuple(
            self._make_strip_frame(indices[frame_id])
            if frame_id in indices
            else StripFrame(-1, None, "–", frame_id)
            for frame_id in shown[first : first + capacity + 1]
        )

    def _make_strip_frame(self, index: int) -> StripFrame:
        frame = self.frames[index]
        text = format_label(self.round.labels.get(frame.frame_id))
        waiting = "… " if frame.frame_id in self.loaded_work.drafts else ""
        caption = f"✓ {text}" if text else f"{waiting}{index + 1}"
        return StripFrame(index, frame.picture, caption, frame.frame_id)

    def estimate_seconds_left(self) -> float:
        """Estimated seconds for the remaining labels at the recent pace; 0 where it is unknown."""
        return sum(self._paces) / len(self._paces) * self.round.n_left if self._paces else 0.0


def _get_frame_id(kind: str, keys: tuple[str, ...]) -> str | None:
    """The frame that an act was about: a repeat is named by its round and its frame."""
    first = next(iter(keys), None)
    return first.partition(".")[2] if first is not None and kind == "repeat" else first


class ShortcutClasses:
    """`classes` in the model's order; `most` keys at most. With more classes than keys the first
    nine have a digit. A class that is given by its name takes a key that nobody has, as long as
    there is one; where all nine are taken it takes the digit of the class that was used longest
    ago, but only between two frames, so that no digit changes its class under the finger."""

    def __init__(self, classes: Sequence[str], most: int = FEW) -> None:
        self.classes, self._most = tuple(classes), most
        self.exceeds_keys = len(self.classes) > most
        self.names = list(self.classes[: OF_MANY if self.exceeds_keys else most])
        # the newest last; those that nobody used yet go first, from the last digit on
        self._used = list(reversed(self.names))

    def use_class(self, name: str) -> None:
        """A class was given to a frame, a box or a point."""
        if name in self.classes:
            self._used = [*(other for other in self._used if other != name), name]

    def apply_latest(self) -> bool:
        """Another frame comes: the classes used last have the digits. Whether any changed."""
        if not self.exceeds_keys or self._most != OF_MANY:
            return False
        latest = self._used[-OF_MANY:]
        changed = False
        free = [name for name in self._used if name in self.names and name not in latest]
        for name in latest:
            if name not in self.names:
                self.names[self.names.index(free.pop(0))] = name
                changed = True
        return changed

    def assign_key(self, name: str) -> bool:
        """A class was given; whether it has a key since then."""
        if name in self.names or name not in self.classes or len(self.names) == self._most:
            return False
        self.names.append(name)
        return True
