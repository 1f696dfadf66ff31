import base64
import json

from fieldcheck.evidence.signing import (
    get_signed_statement,
    make_envelope,
    make_key,
    make_statement,
)
from fieldcheck.verify_pack import PACK_PREDICATE, SEAL_PREDICATE

KEY = make_key(b"s" * 32)
SAID = make_statement(PACK_PREDICATE, {"project.db": "ab" * 32}, {"n_records": 3})


def test_a_statement_has_the_open_form():
    found = make_envelope(SAID, KEY)
    assert found["payloadType"] == "application/vnd.in-toto+json"
    said = json.loads(base64.b64decode(found["payload"]))
    assert said["_type"] == "https://in-toto.io/Statement/v1"
    assert said["subject"] == [{"name": "project.db", "digest": {"sha256": "ab" * 32}}]
    assert [one["keyid"] for one in found["signatures"]] == [KEY.key_id]


def read_back(found, key=KEY, kind=PACK_PREDICATE):
    return get_signed_statement(found, key.public.hex(), key.key_id, kind)


def test_it_is_read_back_under_its_own_key_and_kind_only():
    found = make_envelope(SAID, KEY)
    assert read_back(found) == SAID
    assert read_back(found, make_key(b"t" * 32)) is None
    assert read_back(found, kind=SEAL_PREDICATE) is None
    assert (
        get_signed_statement(found, KEY.public.hex(), make_key(b"t" * 32).key_id, PACK_PREDICATE)
        is None
    )
    assert read_back({**found, "payloadType": "text/plain"}) is None
    assert read_back({**found, "signatures": found["signatures"] * 2}) is None
    assert read_back(make_envelope(SAID, None)) is None
    assert get_signed_statement({}, "zz", "", PACK_PREDICATE) is None


def test_a_changed_statement_is_not_signed():
    found = make_envelope(SAID, KEY)
    other = make_envelope({**SAID, "predicate": {"n_records": 4}}, None)
    assert read_back({**found, "payload": other["payload"]}) is None
