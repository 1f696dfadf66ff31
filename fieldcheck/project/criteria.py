"""Criteria of a project, sealed with its frames before the first label, the chain of later changes,
and the hash of the admin PIN.

It is watched where acts are applied, undone and redone, in their transaction, so no door and no
script comes past it.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Collection
from itertools import pairwise
from typing import Any, Final

from sqlite_utils import Database

from fieldcheck.domain.decimals import DECIMALS
from fieldcheck.domain.project_state import SealChange, SealRecord, SealState
from fieldcheck.domain.report import AcceptanceTerms, guess_ok_classes, parse_acceptance_terms
from fieldcheck.project.memoise import memoisable
from fieldcheck.project.tables import labels, models
from fieldcheck.project.tables import project_state as evidence
from fieldcheck.project.tables import values as settings
from fieldcheck.project.tables.values import from_json
from fieldcheck.stats.gap import DEFAULT_GAP_LIMIT
from fieldcheck.timestamp import get_timestamp
from fieldcheck.verify_pack import to_canonical_json

CRITERIA = (
    "classes",
    "ok_classes",
    "rate_limits",
    "tolerance",
    "latency_limit",
    "planned_sample",
    "part_rule",
)
# How the values of a drawn list enter its hash: 1 with every digit that is stored, 2 to nine
# decimals. A chain goes on by the rule of its last link; without the key that is 1.
LIST_RULE: Final = 2
ADMIN = "admin_pin"  # the setting that holds the salted hash of the PIN


@memoisable
def compute_state(db: Database) -> dict[str, Any]:
    """Criteria and list, as they are sealed: limits and who set them, classes and which are OK,
    draws with their seeds, and hashes."""
    stored_settings = settings.list_settings(db)
    classes = _get_classes(db, stored_settings)
    ok = stored_settings.get("ok_classes")
    planned = make_planned_sample(parse_acceptance_terms(stored_settings.get("acceptance")))
    rule = stored_settings.get("parts")
    list_rule = _get_list_rule(db)
    return {
        **({"list_rule": list_rule} if list_rule > 1 else {}),
        **({"planned_sample": planned} if planned is not None else {}),
        **({"part_rule": rule} if rule is not None else {}),
        "classes": classes,
        "ok_classes": [name for name in classes if name in ok]
        if isinstance(ok, list)
        else list(guess_ok_classes(tuple(classes))),
        "rate_limits": stored_settings.get("rate_limits", {}),
        "tolerance": stored_settings.get("tolerance", DEFAULT_GAP_LIMIT),
        "tolerance_by": stored_settings.get("tolerance_by", ""),
        # only where one is set, so that chains of before stay as they are
        **{key: stored_settings[key] for key in ("latency_limit",) if key in stored_settings},
        "draws": [
            _describe_draw(db, draw.draw_id, list_rule) | _describe_design(draw)
            for draw in labels.list_current_draws(db)
        ],
        "picks_sha256": _compute_sha256(
            [
                [pick.frame_id, pick.draw_id, pick.stratum, pick.taken_out, pick.place]
                for pick in labels.list_picks(db)
            ]
        ),
    }


def make_planned_sample(terms: AcceptanceTerms) -> dict[str, int | None] | None:
    """The planned sample as it is sealed; None where none was planned."""
    if terms.planned_parts is None and terms.planned_shifts is None:
        return None
    return {"parts": terms.planned_parts, "shifts": terms.planned_shifts}


def _describe_design(draw: Any) -> dict[str, Any]:
    return {
        "design": draw.design,
        "seed": draw.seed,
        "seed_typed": draw.seed_typed,
        "count": draw.count,
        "census": draw.census,
    }


def _get_list_rule(db: Database) -> int:
    """The rule of a chain's last link, or today's before the first; anything else than today's in a
    link, which may be made up, counts as 1."""
    newest = get_newest_state(evidence.list_seals(db))
    return 1 if newest and newest.get("list_rule") != LIST_RULE else LIST_RULE


def _describe_draw(db: Database, draw_id: int, list_rule: int) -> dict[str, Any]:
    """Describe a draw by its number and the hash of its list: every listed frame with its stratum
    and hardness."""
    text = repr if list_rule == 1 else _format_decimals
    listed = [
        [member.frame_id, member.stratum, text(member.hardness)]
        for member in labels.list_members(db, draw_id)
    ]
    return {"draw_id": draw_id, "list_sha256": _compute_sha256(listed)}


def _format_decimals(value: float | None) -> str:
    return "" if value is None else f"{value:.{DECIMALS}f}"


def _get_classes(db: Database, stored_settings: dict[str, Any]) -> list[str]:
    """Classes of the first model; without one those given at creation, else the benchmark's."""
    stored_models = models.list_models(db)
    if stored_models:
        card = from_json(stored_models[0].card, "model.card")
        return [str(name) for name in card.get("classes", ())] if isinstance(card, dict) else []
    benchmark = models.get_benchmark(db)
    return [
        str(name)
        for name in stored_settings.get("classes") or (benchmark.classes if benchmark else ())
    ]


def _compute_sha256(value: object) -> str:
    return hashlib.sha256(to_canonical_json(value)).hexdigest()


def add_seal_before_labels(db: Database, times: Collection[str]) -> None:
    """Seals, where an act is about to write the first labels and nothing is sealed yet. `times`:
    when those were given."""
    if times and not evidence.has_seals(db):
        add_first_seal(db, min(times) or get_timestamp())


def add_first_seal(db: Database, now: str) -> None:
    """Add the first link; an existing one is kept."""
    if not evidence.has_seals(db):
        evidence.add_seal(
            db, "sealed", {**compute_state(db), "n_labels": labels.count_labels(db)}, now
        )


def update_seal_after_edit(db: Database, act: str, kinds: Collection[str]) -> None:
    """Adds a link where an act changed what is sealed."""
    if not {"setting", "pick"} & set(kinds) or not evidence.has_seals(db):
        return
    record_changes(db, act, get_timestamp())


def record_changes(db: Database, act: str, now: str) -> None:
    """Add a link where the sealed settings differ from the newest link of the chain."""
    last, present = get_newest_state(evidence.list_seals(db)), compute_state(db)
    parts = sorted(key for key in present | last if present.get(key) != last.get(key))
    if parts:
        evidence.add_seal(
            db,
            "changed",
            {**present, "act": act, "n_labels": labels.count_labels(db), "parts": parts},
            now,
        )


def get_newest_state(records: Collection[SealRecord]) -> dict[str, Any]:
    """Return the newest state in the chain; empty before the first seal."""
    states = [record.body for record in records if record.kind in ("sealed", "changed")]
    return (
        {key: value for key, value in states[-1].items() if key not in ("act", "n_labels", "parts")}
        if states
        else {}
    )


@memoisable
def read_seal_state(db: Database) -> SealState | None:
    """State of the seal; None before the first label."""
    records = evidence.list_seals(db)
    seal_records = [record for record in records if record.kind in ("sealed", "changed")]
    if not seal_records:
        return None
    signed = [record for record in records if record.kind == "signed"]
    changes = [
        change
        for before, after in pairwise(seal_records)
        for change in _list_changes(before, after)
    ]
    return SealState(
        seal_records[0].at,
        int(seal_records[0].body["n_labels"]),
        tuple(dict.fromkeys(str(seal_record.body["key_id"]) for seal_record in signed)),
        int(signed[0].body["n_labels"]) if signed else None,
        tuple(changes),
        sum("picks_sha256" in seal_record.body["parts"] for seal_record in seal_records[1:]),
        settings.get_setting(db, ADMIN) is not None,
    )


def _list_changes(before: SealRecord, after: SealRecord) -> list[SealChange]:
    person = str(after.body.get("tolerance_by", ""))
    parts = [part for part in CRITERIA if before.body.get(part) != after.body.get(part)]
    return [
        SealChange(
            part,
            _format_value(before.body.get(part)),
            _format_value(after.body.get(part)),
            after.at,
            person if part == "tolerance" else "",
        )
        for part in parts
    ]


def _format_value(value: object) -> str:
    return to_canonical_json(value).decode()


# Operator and admin: a PIN that guards the limits, kept as a salted scrypt hash.

ADMIN_ACTS = ("limits.set", "classes.set", "parts.set")
"""Acts that require admin access where a PIN is set, also to undo and redo them."""
COST = {"n": 1 << 14, "r": 8, "p": 1}  # of scrypt: 16 MB and about 50 ms


@memoisable
def has_pin(db: Database) -> bool:
    """Whether the project has a PIN."""
    return settings.get_setting(db, ADMIN) is not None


def set_pin(db: Database, pin: str, now: str) -> None:
    """Set the PIN, or remove it with an empty text. The chain records that it changed, never the
    PIN itself."""
    salt = os.urandom(16)
    if pin:
        settings.store_setting(db, ADMIN, {"salt": salt.hex(), "hash": _hash_pin(pin, salt).hex()})
    else:
        settings.drop_setting(db, ADMIN)
    evidence.add_seal(db, "admin", {"set": bool(pin), "n_labels": labels.count_labels(db)}, now)


def is_pin(db: Database, pin: str) -> bool:
    """Whether this is the PIN; False where there is none."""
    kept: Any = settings.get_setting(db, ADMIN)
    try:
        return hmac.compare_digest(
            _hash_pin(pin, bytes.fromhex(kept["salt"])), bytes.fromhex(kept["hash"])
        )
    except (TypeError, KeyError, ValueError):
        return False


def _hash_pin(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, dklen=32, **COST)
