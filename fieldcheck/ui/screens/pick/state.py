"""State of the Pick screen without Qt: drawn frames, selection and enabled actions; and the display
protocol of its view."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from fieldcheck.domain.label import DESIGNS, Design

if TYPE_CHECKING:
    from fieldcheck.footage.clips_and_scene_cuts import ClipPlan
    from fieldcheck.sampling.proposal import DrawnPicks, ProposedPick

# Display protocol of the Pick screen: a protocol, and what is handed to it.


@dataclass(frozen=True, slots=True)
class EnlargedFrame:
    """The frame that is looked at, in words: a title and pairs of a name with what stands behind
    it."""

    title: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class TimelineClip:
    """One clip: its name, what stands over it, its length, and the picks in it as (frame, seconds
    from its beginning, taken out). `joins`: the border before it lies within a recording, and can
    be moved."""

    clip_id: str
    caption: str
    seconds: float
    ticks: tuple[tuple[str, float, bool], ...]
    joins: bool = False


USUAL = 100  # frames of a draw
Shown = Literal["all", "in", "out"]
SHOWN: tuple[Shown, ...] = ("all", "in", "out")
NextStep = Literal["project", "capture", "draw", "label"]
Stage = Literal["closed", "unread", "no frames", "no picks", "picks"]


class PickState:
    """`picks`: the draws of the project that is open, None before they are read; `rows`: its picks
    by frame id. `current_frame_id`: the frame that is looked at. `pick_filter`: which picks are;
    `shows_all_frames`: every frame that can be drawn from is shown in place of the picks.
    `against`: a model; more of the frames are drawn on which it and the newest differ.
    `other_models`: those that may be it, newest first."""

    def __init__(self) -> None:
        self.is_shown = False
        self.picks: DrawnPicks | None = None
        self.plan: ClipPlan | None = None
        self.rows: dict[str, ProposedPick] = {}
        self.design: Design = "balanced"
        self.against = ""
        self.other_models: tuple[str, ...] = ()
        self.current_frame_id = ""
        self.open_scenes: set[int] = set()
        self.pick_filter: Shown = SHOWN[0]
        self.shows_all_frames = False
        self._begun = False

    # --- what there is
    # ---------------------------------------------------------------------------------------------

    def reset_for_project(self) -> None:
        """Another project is open, or none."""
        self._begun = self.shows_all_frames = False
        self.against, self.other_models = "", ()
        self.open_scenes.clear()

    def clear_picks(self) -> None:
        """No project is open."""
        self.picks, self.plan, self.rows = None, None, {}

    def set_picks(self, drawn_picks: DrawnPicks, plan: ClipPlan | None = None) -> None:
        """Takes the draw that stands now, and what the clips that there are lead to."""
        self.picks, self.plan, self.rows = (
            drawn_picks,
            plan,
            {row.frame_id: row for row in drawn_picks.rows},
        )

    def set_other_models(self, names: Sequence[str]) -> None:
        """Takes the models that the newest one can be compared with, newest first."""
        self.other_models = tuple(names)
        if self.against not in self.other_models:
            self.against = ""

    def restore_design(self) -> int | None:
        """The first look at a project goes on with the way of its newest draw. The number of frames
        to ask for then; else None."""
        if self._begun or self.picks is None:
            return None
        self._begun = True
        newest = self.picks.draws[-1] if self.picks.draws else None
        self.design = newest.design if newest is not None else "balanced"
        return newest.count if newest is not None else USUAL

    def get_stage(self, is_open: bool) -> Stage:
        """How far picking is; `is_open`: a project is."""
        if not is_open:
            return "closed"
        if self.picks is None:
            return "unread"
        return "picks" if self.picks.rows else "no picks" if self.picks.n_listed else "no frames"

    def get_next_step(self, is_open: bool) -> NextStep:
        """Where the primary action leads: to another screen by its name, or to a draw."""
        if not is_open:
            return "project"
        if self.rows:
            return "label"
        return "draw" if self.picks is not None and self.picks.n_listed else "capture"

    # --- how it is drawn and shown
    # ---------------------------------------------------------------------------------------

    def choose_design(self, design: str) -> None:
        """Another way of drawing."""
        self.design = next(item for item in DESIGNS if item == design)

    def select_next_design(self) -> None:
        """The way of drawing that comes after this one."""
        self.design = DESIGNS[(DESIGNS.index(self.design) + 1) % len(DESIGNS)]

    @property
    def can_choose_model(self) -> bool:
        """Whether a draw may prefer the frames on which two models differ."""
        return bool(self.other_models) and self.design == "balanced"

    @property
    def drawn_against(self) -> str:
        """The model that the next draw is made against, empty for none."""
        return self.against if self.can_choose_model else ""

    def select_next_model(self) -> None:
        """The model after the chosen one, and none after the last."""
        names = ("", *self.other_models)
        self.against = names[(names.index(self.against) + 1) % len(names)]

    @property
    def replaces(self) -> bool:
        """Whether a draw takes the place of the one that stands: as long as nothing is labelled."""
        return bool(self.rows) and self.picks is not None and self.picks.n_labels == 0

    @property
    def labelled(self) -> bool:
        """Whether any frame is labelled, so that what is asked for comes on top of the draw."""
        return self.picks is not None and self.picks.n_labels > 0

    def select_next_filter(self) -> Shown:
        """All picks, those that are in, those that are out."""
        self.pick_filter = SHOWN[(SHOWN.index(self.pick_filter) + 1) % len(SHOWN)]
        return self.pick_filter

    def toggle_burst(self) -> bool:
        """Opens the burst of the frame that is looked at, or closes it; whether there is one to
        open."""
        row = self.rows.get(self.current_frame_id)
        if row is None or self.shows_all_frames:
            return False
        self.open_scenes ^= {row.scene}
        return True

    # --- single picks
    # ---------------------------------------------------------------------------------------------

    def get_pick_number(self, frame_id: str) -> int:
        """The number of a pick in time order, from 1."""
        return list(self.rows).index(frame_id) + 1

    def list_picks(self, frame_ids: Sequence[str]) -> list[ProposedPick]:
        """Those of them that are picks."""
        return [self.rows[name] for name in frame_ids if name in self.rows]

    def list_included(self, frame_ids: Sequence[str]) -> list[str]:
        """Those of them that are in."""
        return [row.frame_id for row in self.list_picks(frame_ids) if not row.taken_out]

    def list_excluded(self, frame_ids: Sequence[str]) -> list[str]:
        """Those of them that were taken out."""
        return [row.frame_id for row in self.list_picks(frame_ids) if row.taken_out]

    def list_with_person(self, frame_ids: Sequence[str]) -> list[ProposedPick]:
        """Those of them that are marked for a person."""
        return [row for row in self.list_picks(frame_ids) if row.person]

    # --- what can be done
    # ---------------------------------------------------------------------------------------------

    def can_draw(self, writable: bool, busy: bool) -> bool:
        """Whether frames can be drawn; `writable`: this window may change the project, `busy`: work
        on the picks is under way."""
        return writable and not busy and self.picks is not None and self.picks.n_listed > 0

    def get_enabled_actions(self, writable: bool, busy: bool) -> dict[str, bool]:
        """Which actions do something now, by their names without `pick.`."""
        draw, picks = self.can_draw(writable, busy), bool(self.rows)
        sort, listed = (
            writable and picks and not self.shows_all_frames,
            self.picks is not None and self.picks.n_listed > 0,
        )
        groups = (
            (("draw",), draw),
            (("against",), draw and self.can_choose_model),
            (("label_file", "label_folder"), draw and picks),
            (("in_out", "in", "out", "unset", "person", "burst", "shown", "cut", "join"), sort),
            (("open", "pixels", "all"), picks or self.shows_all_frames),
            (("list", "must", "larger", "smaller"), listed),
        )
        return {name: enabled for names, enabled in groups for name in names}
