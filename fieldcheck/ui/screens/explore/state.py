"""State of the Explore screen: which figures exist, what is missing and the next step. No Qt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from fieldcheck.domain.project_state import ProjectStatus
    from fieldcheck.report.explore_data import ExploreData, GapProgress

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
        self.found: ExploreData | None = None
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
        return self.found.n_open if self.found is not None and not self._wanted else 0

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
        explore_data = self.found
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
        self.missing, self.found, self._wanted, self._shown, self._first = None, None, "", "", ""

    def clear_results(self) -> None:
        """No project is open."""
        self.missing = self.found = None

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
        self.found, self._shown, self._wanted = explore_data, key, ""
        return True

    def mark_failed(self) -> None:
        """Mark the figures of this state as failed; computing them again would fail again."""
        self._shown, self._wanted = self._wanted, ""

    @property
    def has_failed(self) -> bool:
        """Whether the figures of this state could not be worked out, and there are no others."""
        return self.found is None and bool(self._shown)

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
