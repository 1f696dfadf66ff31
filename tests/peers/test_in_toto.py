"""Statements of a pack and its seal, as in-toto and securesystemslib read and verify them."""

from fieldcheck.evidence.signed_seal import create_seal, make_key
from fieldcheck.progress import NullProgress
from fieldcheck.report.evidence_pack import PackOptions, pack_project
from tests import makers
from tests.evidence.test_signed_seal import SEED, pem


def test_both_statements_are_in_totos_and_hold_for_their_key_only(ask_peer, labelled, tmp_path):
    (tmp_path / "key").write_text(pem(SEED))
    create_seal(labelled, tmp_path / "key", makers.NOW)
    pack = pack_project(
        labelled, tmp_path / "a.fcpack", PackOptions(key=tmp_path / "key"), NullProgress(),
        makers.NOW,
    ).pack  # fmt: skip
    own, other = make_key(SEED).public.hex(), make_key(SEED[::-1]).public.hex()
    of_pack, of_seal = ask_peer("in_toto", pack, own, other)
    for one in (of_pack, of_seal):
        assert one["type"] == "https://in-toto.io/Statement/v1"
        assert one["accepted"] == [True, False]
        assert one["subjects_fit"]
        assert one["is_in_toto"]
    assert of_pack["predicate"] == "urn:fieldcheck:pack:1"
    assert of_seal["predicate"] == "urn:fieldcheck:seal:1"
    assert of_pack["subjects"] > 20
