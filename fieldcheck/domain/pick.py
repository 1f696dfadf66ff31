"""The frames chosen for labelling, and how they were chosen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Design = Literal["balanced", "even", "light", "hard"]
DESIGNS: tuple[Design, ...] = ("balanced", "even", "light", "hard")
LARGEST_SEED = 2**63 - 1
"""What a whole number of the database holds."""
WHYS_OUT = ("other_product", "camera_fault", "unusable")
"""Why a frame may be taken out. That a person can be seen is no reason: such frames are marked, and scored."""


@dataclass(frozen=True, slots=True)
class Stratum:
    """`listed` frames of which `picked` were drawn."""

    name: str
    listed: int
    picked: int


@dataclass(frozen=True, slots=True)
class Draw:
    """One act of choosing. `components` are the hardness parts used with their renormalised weights.

    `seed_typed`: a person gave the seed; `labels_existed`: some label stood when it was drawn.
    """

    draw_id: int
    design: Design
    seed: int
    seed_typed: bool
    count: int
    census: bool
    strata: tuple[Stratum, ...]
    components: tuple[tuple[str, float], ...]
    model_sha256: str
    created: str
    labels_existed: bool

    @property
    def n_listed(self) -> int:
        return sum(stratum.listed for stratum in self.strata)


@dataclass(frozen=True, slots=True)
class DrawnFrame:
    """The place of one listed frame in one draw: filled for every listed frame, picked or not. `hardness` is in [0, 1]."""

    draw_id: int
    frame_id: str
    stratum: str
    hardness: float


@dataclass(frozen=True, slots=True)
class Pick:
    """A frame to be labelled. `probability` is NaN where nothing was drawn; `weight` = listed/picked of its stratum.

    `place` is its position in the random order in which it is shown; `file` is its lossless picture, relative to the project;
    `reason` is a code such as `doubt+blur`; `taken_out` is empty or why it was taken out before labelling.
    """

    frame_id: str
    draw_id: int
    stratum: str
    probability: float
    weight: float
    reason: str
    place: int
    file: str
    taken_out: str = ""


@dataclass(frozen=True, slots=True)
class ReviewRequest:
    """`person`: somebody can be seen or recognised, so the frame is scored, never shown in a gallery, and
    exported only where that was asked for; `expert`: somebody who knows the parts better shall look at it."""

    frame_id: str
    person: bool = False
    expert: bool = False
    by: str = ""
