"""State of the live view of corruptions, and what follows: source, frame, class, page. No Qt: the presenter shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from fieldcheck.ui.screens.stress.live_statistics import AnswerTally
from fieldcheck.ui.screens.stress.source_opening import SourceChoices, make_camera_choice, make_file_key

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from fieldcheck.ui.open_cameras import CameraSession
    from fieldcheck.workflows.footage.triage import ModelFile
    from fieldcheck.workflows.stress.live_stress import LiveResult, LiveStress
    from fieldcheck.workflows.stress.stress_found import StressFindings

MODERATE = 3.0
"""Where one begins: the article tips models there."""
MOST = 3


@dataclass(frozen=True, slots=True)
class RecipeSelection:
    """`steps` is done first, each at a severity of its own. No corruption stands twice among the three at most."""

    corruption: str
    severity: float = MODERATE
    steps: tuple[tuple[str, float], ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Every corruption, in the order in which they are done."""
        return (*(name for name, _ in self.steps), self.corruption)

    @property
    def is_full(self) -> bool:
        """Whether no other one can be put on top."""
        return len(self.names) >= MOST

    def with_corruption(self, name: str) -> RecipeSelection:
        """Another corruption in place of the chosen one, as severe as it; one that lies under is lifted out of there."""
        return replace(self, corruption=name, steps=tuple(step for step in self.steps if step[0] != name))

    def with_corruption_on_top(self, name: str) -> RecipeSelection:
        """Another one, moderate, after the chosen one, which lies under it from now on. As it is where that cannot be."""
        if self.is_full or name in self.names:
            return self
        return RecipeSelection(name, MODERATE, (*self.steps, (self.corruption, self.severity)))

    def with_step_removed(self, place: int) -> RecipeSelection:
        """Without the one at that place under the chosen one; as it is where there is none."""
        return replace(self, steps=tuple(step for at, step in enumerate(self.steps) if at != place))

    def with_severity(self, severity: float) -> RecipeSelection:
        """The chosen one at another severity, 0 to 5."""
        return replace(self, severity=severity)


PAGES = ("live", "sweep", "probes")
NEAR_S = 1.0  # of a run of changes not every frame is kept: the nearest one stands for it
SourcesChange = Literal["same", "listed", "open", "nothing"]


@dataclass(frozen=True, slots=True)
class FlipQuestion:
    """The question at which severity this frame, (H, W, 3) uint8 RGB, flips. Under several corruptions (`combined`) it is not asked."""

    rgb: NDArray[np.uint8]
    corruption: str
    model: ModelFile
    combined: bool


class StressState:
    """`is_shown`: the screen is shown. `opening` numbers each opening of a source, so that what comes late is told apart. `last` is the
    result that is shown, `held` whether its frame stays, `of_class` which answers are counted: 0 all, else one class.
    `uses_field_thresholds`: the model decides by the thresholds that the field's labels suggest."""

    def __init__(self) -> None:
        self.is_shown = self.held = self.difference = self.uses_field_thresholds = False
        self.page = "live"
        self.of_class = 0
        self.tally = AnswerTally()
        self.live: LiveStress | None = None
        self.last: LiveResult | None = None
        self.findings: StressFindings | None = None
        self.key = ""
        self.opening = 0
        self._offer, self._file = SourceChoices("", ()), ""
        self._still = False
        self._last_changed: LiveResult | None = None

    @property
    def is_live_shown(self) -> bool:
        """Whether the live pictures are what is shown."""
        return self.is_shown and self.page == "live"

    @property
    def classes(self) -> tuple[str, ...]:
        """Those of the model that answers; none without one."""
        return self.last.card.classes if self.last is not None and self.last.card is not None else ()

    def list_sources(self, cameras: Mapping[str, CameraSession]) -> tuple[tuple[str, str], ...]:
        """Key and name of all that can be looked at: what was offered, cameras that are open elsewhere, the file that was chosen."""
        own = ((make_file_key(self._file), self._file.replace("\\", "/").rsplit("/", 1)[-1]),) if self._file else ()
        known = {key for key, _ in self._offer.choices}
        seen = (make_camera_choice(source, one.name) for source, one in cameras.items())
        return (*self._offer.choices, *(one for one in seen if one[0] not in known), *own)

    def apply_sources(self, offer: SourceChoices, cameras: Mapping[str, CameraSession]) -> SourcesChange:
        """Takes the sources that were found. `same`: nothing is to be done. `listed`: it is to be shown; `open`: and the chosen one
        opened anew; `nothing`: there is nothing to look at."""
        if not self.is_live_shown or (offer == self._offer and self.live is not None):
            return "same"
        if offer.location != self._offer.location:
            self._file = self.key = ""
        same_model, self._offer = offer.model == self._offer.model, offer
        known = [key for key, _ in self.list_sources(cameras)]
        before, self.key = self.key, self.key if self.key in known else known[0] if known else ""
        if not self.key:
            return "nothing"
        return "open" if self.live is None or self.key != before or not same_model else "listed"

    def choose_file(self, path: str) -> None:
        """This file is looked at from now on, and stays in the list."""
        self._file, self.key = path, make_file_key(path)

    def start_live(self, number: int, live: LiveStress) -> bool:
        """A source was opened. False where nobody waits for it any more."""
        if not self.is_live_shown or not self.is_waiting_for(number):
            return False
        self.live = live
        return True

    def is_waiting_for(self, number: int) -> bool:
        """Whether that opening is the newest one, and the screen is shown."""
        return self.is_shown and number == self.opening

    def close_live(self) -> LiveStress | None:
        """Nothing is looked at any more. Returns what is to be stopped."""
        self.opening += 1
        live, self.live = self.live, None
        self.held, self.of_class, self.last, self._still = False, 0, None, False
        self.tally = AnswerTally()
        return live

    def apply_result(self, result: LiveResult, now: float) -> tuple[bool, bool]:
        """A result is shown at `now`, seconds of one monotonic clock. Whether it is the first one, and whether its recipe is another."""
        before, self.last = self.last, result
        self._still = before is not None and before.original is result.original
        self.tally.add_result(result, now)
        return before is None, before is None or before.recipe.number != result.recipe.number

    def toggle_hold(self, earlier: LiveResult | None = None) -> None:
        """Stays at this frame, or at that of an `earlier` result, or goes on with the newest."""
        if self.live is None:
            return
        self.held = earlier is not None or not self.held
        if earlier is not None:
            self.live.show_earlier(earlier)
        else:
            self.live.set_frozen(self.held)

    def make_flip_question(self, chosen: RecipeSelection) -> FlipQuestion | None:
        """Asked of a frame that stays, held or still: of one corruption alone, since there is no clean answer on top of another."""
        model = self.live.model if self.live is not None else None
        if not (self.held or self._still) or self.last is None or self.last.card is None or model is None:
            return None
        return FlipQuestion(self.last.original, chosen.corruption, model, bool(chosen.steps))

    def get_next_class(self) -> int:
        """The class after the counted one; after the last one all."""
        return (self.of_class + 1) % (len(self.classes) + 1)

    def format_sweep_result(self, chosen: RecipeSelection) -> str:
        """Sweep result of one corruption alone; empty where it was not there."""
        return self.findings.get_short_lines(chosen.corruption, chosen.severity) if self.findings is not None and not chosen.steps else ""

    def find_changed_near(self, moment: float) -> LiveResult | None:
        """The frame near that moment whose answer changed, on the clock of `take`; None where it is kept no more."""
        near = [(abs(then - moment), one) for then, one in self.tally.list_changed() if abs(then - moment) <= NEAR_S]
        if not near:
            return None
        self._last_changed = min(near, key=lambda pair: pair[0])[1]
        return self._last_changed

    def find_previous_changed(self) -> LiveResult | None:
        """The last frame whose answer changed; asked again, the one before it. None where there is no other."""
        kept = [one for _, one in self.tally.list_changed()]
        here = next((at for at, one in enumerate(kept) if one is self._last_changed), len(kept))
        if here == 0:
            return None
        self._last_changed = kept[here - 1]
        return self._last_changed
