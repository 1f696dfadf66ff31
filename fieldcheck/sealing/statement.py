"""Statements in the open in-toto form (version 1), in DSSE envelopes that other people's programs check too."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from typing import Any

from fieldcheck.sealing.signing import SigningKey, sign_message
from fieldcheck.sealing.verify_pack import PAYLOAD_TYPE, STATEMENT_TYPE, encode_for_signing, is_valid_signature, to_canonical_json


def make_statement(predicate_type: str, subjects: Mapping[str, str], predicate: Mapping[str, Any]) -> dict[str, Any]:
    """Statement about files or records: `subjects` is name → SHA-256."""
    told = [{"name": name, "digest": {"sha256": digest}} for name, digest in subjects.items()]
    return {"_type": STATEMENT_TYPE, "subject": told, "predicateType": predicate_type, "predicate": dict(predicate)}


def make_envelope(said: Mapping[str, Any], key: SigningKey | None) -> dict[str, Any]:
    """The statement in its envelope, signed where there is a key; without one it holds no signature."""
    payload = to_canonical_json(said)
    signatures = []
    if key is not None:
        told = base64.b64encode(sign_message(key, encode_for_signing(PAYLOAD_TYPE, payload))).decode()
        signatures.append({"keyid": key.key_id, "sig": told})
    return {"payload": base64.b64encode(payload).decode(), "payloadType": PAYLOAD_TYPE, "signatures": signatures}


def get_signed_statement(found: Mapping[str, Any], public: str, key_id: str, predicate_type: str) -> dict[str, Any] | None:
    """The statement of this kind in an envelope that this public key (hexadecimal) of this id signed alone; None where there is none."""
    try:
        payload = base64.b64decode(found["payload"], validate=True)
        (one,) = found["signatures"]
        key, signature = bytes.fromhex(public), base64.b64decode(one["sig"], validate=True)
        named = found["payloadType"] == PAYLOAD_TYPE and one["keyid"] == key_id == hashlib.sha256(key).hexdigest()
        said = json.loads(payload)
    except (KeyError, TypeError, ValueError, RecursionError):
        return None
    known = named and isinstance(said, dict) and (said.get("_type"), said.get("predicateType")) == (STATEMENT_TYPE, predicate_type)
    return said if known and is_valid_signature(key, encode_for_signing(PAYLOAD_TYPE, payload), signature) else None
