"""Plant figures: defect rate, parts a day and prices as the plant entered them, and what a measured rate means with them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

MILLION = 1_000_000
Basis = Literal["footage", "cameras"]


@dataclass(frozen=True, slots=True)
class PlantFigures:
    """`defect_ppm`: defective of a million parts made; `cost_escape`, `cost_reject`: price of one escape and of one false reject in
    `currency` (ISO 4217). None or empty: not entered, and there is no default. `by`: who entered them, each once."""

    defect_ppm: float | None = None
    parts_per_day: float | None = None
    cost_escape: float | None = None
    cost_reject: float | None = None
    currency: str = ""
    by: tuple[str, ...] = ()

    @property
    def shares(self) -> tuple[float | None, float | None]:
        """Defective and good share of the parts made; None without a defect rate."""
        if self.defect_ppm is None:
            return None, None
        return self.defect_ppm / MILLION, (MILLION - self.defect_ppm) / MILLION


@dataclass(frozen=True, slots=True)
class CostInterval:
    """A rate of `n` frames times the plant's figures, with the rate's own 95 % limits; `basis`: what the limits hold for."""

    value: float
    lo: float
    hi: float
    n: int
    basis: Basis


@dataclass(frozen=True, slots=True)
class PlantConsequences:
    """Escapes and false rejects of a million parts made, and their cost a day in the currency of `figures`; None: a figure is not entered,
    is zero, or fewer than ten frames were labelled (methods 1.2c)."""

    figures: PlantFigures
    escaped_ppm: CostInterval | None
    rejected_ppm: CostInterval | None
    escape_cost: CostInterval | None
    reject_cost: CostInterval | None
