"""Parts per million and cost a day: a measured rate times the plant's own figures, its interval carried through (methods 1.2c)."""

from __future__ import annotations

from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.domain.inspection import EscapeRates
from fieldcheck.domain.plant import MILLION, CostInterval, PlantConsequences, PlantFigures


def compute_plant_consequences(rates: EscapeRates, figures: PlantFigures) -> PlantConsequences | None:
    """Escapes and false rejects in ppm and cost a day by the plant's figures; None where none of those is entered.

    The interval is that of other clips of the cameras where there is one, since parts made tomorrow are not in this footage.
    """
    if figures == PlantFigures():
        return None
    defective, good = figures.shares
    parts = figures.parts_per_day if figures.currency else None
    passed, thrown = (rates.escape, rates.escape_cameras), (rates.false_reject, rates.false_reject_cameras)
    return PlantConsequences(
        figures,
        escaped_ppm=_scale_rate(*passed, defective, MILLION),
        rejected_ppm=_scale_rate(*thrown, good, MILLION),
        escape_cost=_scale_rate(*passed, defective, parts, figures.cost_escape),
        reject_cost=_scale_rate(*thrown, good, parts, figures.cost_reject),
    )


def _scale_rate(footage: Estimate, cameras: Estimate, *factors: float | None) -> CostInterval | None:
    """Rate and limits times all factors, which are taken as exact; None for one that is missing or zero, and for too few frames."""
    rate = cameras if cameras.measured else footage
    product = 1.0
    for factor in factors:
        product *= factor or 0.0
    if not product or not rate.measured or rate.n < FEW_FRAMES:
        return None
    return CostInterval(
        rate.value * product, rate.lo * product, rate.hi * product, rate.n, "cameras" if rate is cameras else "footage"
    )  # fmt: skip
