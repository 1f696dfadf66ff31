"""Criteria of a project, sealed with the list of its frames before the first label; what changes later is added to the chain.

It is watched where acts are applied, undone and redone, in their transaction, so no door and no script comes past it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection
from itertools import pairwise
from typing import Any

from sqlite_utils import Database

from fieldcheck.domain.inspection import proposed_ok
from fieldcheck.domain.seal import SealChange, Sealed, SealRecord
from fieldcheck.project.tables import benchmarks, draws, labels, models, picks, seals, settings
from fieldcheck.project.tables.values import from_json
from fieldcheck.scoring.verdict import TOLERANCE
from fieldcheck.sealing.verify_pack import canonical
from fieldcheck.timestamp import timestamp

CRITERIA = ("classes", "ok_classes", "rate_limits", "tolerance")
ADMIN = "admin_pin"  # the setting that holds the salted hash of the PIN


def state(db: Database) -> dict[str, Any]:
    """Criteria and list, as they are sealed: limits and who set them, classes and which are OK, draws with their seeds, and hashes."""
    told = settings.all(db)
    classes = _classes(db, told)
    ok = told.get("ok_classes")
    return {
        "classes": classes,
        "ok_classes": [name for name in classes if name in ok] if isinstance(ok, list) else list(proposed_ok(tuple(classes))),
        "rate_limits": told.get("rate_limits", {}),
        "tolerance": told.get("tolerance", TOLERANCE),
        "tolerance_by": told.get("tolerance_by", ""),
        "draws": [_draw(db, draw.draw_id) | _design(draw) for draw in draws.current(db)],
        "picks_sha256": _sha256([[one.frame_id, one.draw_id, one.stratum, one.taken_out, one.place] for one in picks.all(db)]),
    }


def _design(draw: Any) -> dict[str, Any]:
    return {"design": draw.design, "seed": draw.seed, "seed_typed": draw.seed_typed, "count": draw.count, "census": draw.census}


def _draw(db: Database, draw_id: int) -> dict[str, Any]:
    """Number of a draw, and the hash of its list: every listed frame, its stratum and how hard it looks."""
    listed = [[one.frame_id, one.stratum, repr(one.hardness)] for one in draws.members(db, draw_id)]
    return {"draw_id": draw_id, "list_sha256": _sha256(listed)}


def _classes(db: Database, told: dict[str, Any]) -> list[str]:
    """The first model decides, as everywhere; without one what was told, then the benchmark."""
    found = models.all(db)
    if found:
        card = from_json(found[0].card, "model.card")
        return [str(name) for name in card.get("classes", ())] if isinstance(card, dict) else []
    benchmark = benchmarks.get(db)
    return [str(name) for name in told.get("classes") or (benchmark.classes if benchmark else ())]


def _sha256(value: object) -> str:
    return hashlib.sha256(canonical(value)).hexdigest()


def before_labels(db: Database, times: Collection[str]) -> None:
    """Seals, where an act is about to write the first labels and nothing is sealed yet. `times`: when those were given."""
    if times and not seals.begun(db):
        seal(db, min(times) or timestamp())


def seal(db: Database, now: str) -> None:
    """The first link. One that stands stays as it is."""
    if not seals.begun(db):
        seals.add(db, "sealed", {**state(db), "n_labels": labels.count(db)}, now)


def after_act(db: Database, act: str, kinds: Collection[str]) -> None:
    """Adds a link where an act changed what is sealed."""
    if not {"setting", "pick"} & set(kinds) or not seals.begun(db):
        return
    note_changes(db, act, timestamp())


def note_changes(db: Database, act: str, now: str) -> None:
    """Adds a link where what is sealed is no longer as the chain says."""
    last, present = newest_state(seals.all(db)), state(db)
    parts = sorted(key for key in present if present[key] != last.get(key))
    if parts:
        seals.add(db, "changed", {**present, "act": act, "n_labels": labels.count(db), "parts": parts}, now)


def newest_state(records: Collection[SealRecord]) -> dict[str, Any]:
    """Newest state that the chain tells, empty before anything was sealed."""
    told = [one.body for one in records if one.kind in ("sealed", "changed")]
    return {key: value for key, value in told[-1].items() if key not in ("act", "n_labels", "parts")} if told else {}


def sealed(db: Database) -> Sealed | None:
    """State of the seal; None before the first label."""
    records = seals.all(db)
    told = [one for one in records if one.kind in ("sealed", "changed")]
    if not told:
        return None
    signed = [one for one in records if one.kind == "signed"]
    changes = [change for before, after in pairwise(told) for change in _changes(before, after)]
    return Sealed(
        told[0].at, int(told[0].body["n_labels"]), tuple(dict.fromkeys(str(one.body["key_id"]) for one in signed)),
        int(signed[0].body["n_labels"]) if signed else None, tuple(changes),
        sum("picks_sha256" in one.body["parts"] for one in told[1:]), settings.get(db, ADMIN) is not None,
    )  # fmt: skip


def _changes(before: SealRecord, after: SealRecord) -> list[SealChange]:
    by = str(after.body.get("tolerance_by", ""))
    parts = [part for part in CRITERIA if before.body.get(part) != after.body.get(part)]
    return [
        SealChange(part, _text(before.body.get(part)), _text(after.body.get(part)), after.at, by if part == "tolerance" else "")
        for part in parts
    ]


def _text(value: object) -> str:
    return canonical(value).decode()
