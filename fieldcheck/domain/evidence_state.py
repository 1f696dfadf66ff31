"""State of a project's evidence: seal, signature, PIN, stored runs, and frames on which two people differ."""

from __future__ import annotations

from dataclasses import dataclass

from fieldcheck.domain.seal import SealState


@dataclass(frozen=True, slots=True)
class EvidenceState:
    """`sealed`: None before anything was sealed; `guarded`: a PIN guards the limits, `unlocked`: it was given here; `n_runs` stored
    and `n_labels` given; `n_conflicts` frames on which two people differ, `n_open` of them that nobody has decided."""

    sealed: SealState | None
    guarded: bool
    unlocked: bool
    n_runs: int
    n_labels: int
    n_conflicts: int
    n_open: int

    @property
    def is_intact(self) -> bool:
        """Whether it was sealed before the first label and nothing is other than it was then."""
        return self.sealed is not None and not (self.sealed.n_labels_before or self.sealed.changes or self.sealed.n_redrawn)
