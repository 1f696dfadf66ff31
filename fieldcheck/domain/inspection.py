"""Inspection of parts: which classes mean OK, and how often a defect is passed as OK or a good part rejected."""

from __future__ import annotations

from dataclasses import dataclass

from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.plant import PlantConsequences

OK_NAMES = frozenset({"ok", "okay", "good", "pass", "gut", "io", "i.o.", "in_ordnung", "normal", "no_defect", "defect_free"})
"""Names by which a class of good parts is proposed until somebody has said which classes are OK."""


@dataclass(frozen=True, slots=True)
class EscapeRates:
    """Escape rate (defects passed as OK) and false-reject rate (good parts called defective), weighted like the headline (methods 1.2b).

    `ok_classes`; `told`: somebody said so, else proposed from the names. `escape`, `false_reject` describe this footage; `escape_cameras`,
    `false_reject_cameras` other clips of the cameras. `escaped` of `defects` and `rejected` of `good` labelled frames; `escape_below`: rate
    that is excluded with 95 % confidence where none escaped, None otherwise; `parts_to_show`: defective parts, all to be caught, that show
    an escape rate of at most 1 %, 2 % and 5 %; `plant`: ppm and cost a day, None unless the plant's own figures are entered.
    """

    ok_classes: tuple[str, ...]
    told: bool
    escape: Estimate
    escape_cameras: Estimate
    escaped: int
    defects: int
    false_reject: Estimate
    false_reject_cameras: Estimate
    rejected: int
    good: int
    escape_below: float | None
    parts_to_show: tuple[int, ...]
    plant: PlantConsequences | None = None


def guess_ok_classes(classes: tuple[str, ...]) -> tuple[str, ...]:
    """The classes whose names say that a part is good; none where the names do not tell, or all of them would."""
    found = tuple(name for name in classes if name.strip().lower().replace(" ", "_").replace("-", "_") in OK_NAMES)
    return found if len(found) < len(classes) else ()
