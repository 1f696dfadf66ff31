"""Seal of a project: what was settled before the first label, as a chain to which everything that changed later is added."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

SealKind = Literal["sealed", "changed", "signed", "admin"]


@dataclass(frozen=True, slots=True)
class SealRecord:
    """One link of the chain. `sealed`: the criteria and the list as they stood; `changed`: the same after a change, with which parts;
    `signed`: an envelope over the records so far; `admin`: a PIN was set or taken away. `sha256` is over the link before and this one."""

    kind: SealKind
    at: str
    body: Mapping[str, Any]
    sha256: str

    @property
    def link(self) -> dict[str, Any]:
        """Part of the link that is hashed."""
        return {"at": self.at, "body": dict(self.body), "kind": self.kind}


@dataclass(frozen=True, slots=True)
class SealChange:
    """One criterion that is not what it was when it was sealed: `part` (`tolerance`, `rate_limits`, `classes`, `ok_classes`), as JSON
    text before and after, when, and who decided it (empty: nobody said)."""

    part: str
    before: str
    after: str
    at: str
    by: str


@dataclass(frozen=True, slots=True)
class SealState:
    """State of the seal. `at`: when; `n_labels_before`: labels that stood already then, 0 where it came before the first key; `signed_by`:
    ids of keys; `signed_labels`: how many labels stood when the first of them signed; `changes` of the criteria since, oldest first;
    `n_redrawn`: how often the list of frames changed since; `admin`: whether a PIN guards the limits."""

    at: str
    n_labels_before: int
    signed_by: tuple[str, ...]
    signed_labels: int | None
    changes: tuple[SealChange, ...]
    n_redrawn: int
    admin: bool
