import base64
import json

from fieldcheck.sealing.signing import key_of
from fieldcheck.sealing.statement import PACK_PREDICATE, envelope, statement, statement_in

KEY = key_of(b"s" * 32)
SAID = statement(PACK_PREDICATE, {"project.db": "ab" * 32}, {"n_records": 3})


def test_a_statement_has_the_open_form():
    found = envelope(SAID, KEY)
    assert found["payloadType"] == "application/vnd.in-toto+json"
    said = json.loads(base64.b64decode(found["payload"]))
    assert said["_type"] == "https://in-toto.io/Statement/v1"
    assert said["subject"] == [{"name": "project.db", "digest": {"sha256": "ab" * 32}}]
    assert [one["keyid"] for one in found["signatures"]] == [KEY.key_id]


def test_it_is_read_back_under_its_own_key_only():
    assert statement_in(envelope(SAID, KEY), KEY.public.hex()) == SAID
    assert statement_in(envelope(SAID, KEY), key_of(b"t" * 32).public.hex()) is None
    assert statement_in(envelope(SAID, None), KEY.public.hex()) is None
    assert statement_in({}, "zz") is None


def test_a_changed_statement_is_not_signed():
    found = envelope(SAID, KEY)
    other = envelope({**SAID, "predicate": {"n_records": 4}}, None)
    assert statement_in({**found, "payload": other["payload"]}, KEY.public.hex()) is None
