"""Operator and admin: a PIN that guards the limits, kept as a salted scrypt hash.

It keeps honest people honest: whoever can write the database can take the PIN out of it, and only the chain of the seal tells.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from typing import Any

from sqlite_utils import Database

from fieldcheck.project.criteria import ADMIN
from fieldcheck.project.tables import labels, seals, settings

ADMIN_ACTS = ("limits.set", "classes.set")
"""Acts that only an admin does where there is a PIN, and takes back, and does again."""
COST = {"n": 1 << 14, "r": 8, "p": 1}  # of scrypt: 16 MB and about 50 ms


def has_pin(db: Database) -> bool:
    """Whether the project has a PIN."""
    return settings.get_setting(db, ADMIN) is not None


def set_pin(db: Database, pin: str, now: str) -> None:
    """This PIN from now on; empty: none. The chain notes that it was set or taken away, and never which."""
    salt = os.urandom(16)
    if pin:
        settings.store_setting(db, ADMIN, {"salt": salt.hex(), "hash": _hash_pin(pin, salt).hex()})
    else:
        settings.drop_setting(db, ADMIN)
    seals.add_seal(db, "admin", {"set": bool(pin), "n_labels": labels.count_labels(db)}, now)


def is_pin(db: Database, pin: str) -> bool:
    """Whether this is the PIN; False where there is none."""
    kept: Any = settings.get_setting(db, ADMIN)
    try:
        return hmac.compare_digest(_hash_pin(pin, bytes.fromhex(kept["salt"])), bytes.fromhex(kept["hash"]))
    except (TypeError, KeyError, ValueError):
        return False


def _hash_pin(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, dklen=32, **COST)
