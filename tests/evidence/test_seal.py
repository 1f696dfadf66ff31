from dataclasses import replace

from fieldcheck.evidence.seal import create_seal, find_wrong_signature, get_seal_state
from fieldcheck.project.tables import project_state as seals
from tests import makers
from tests.evidence.test_signing import SEED, pem


def test_a_seal_is_made_once_and_signed_by_whoever_has_a_key(drawn, tmp_path):
    (tmp_path / "key").write_text(pem(SEED))
    assert get_seal_state(drawn) is None
    first = create_seal(drawn, None, makers.NOW)
    assert (first.at, first.n_labels_before) == (makers.NOW, 0)
    assert (first.signed_by, first.signed_labels) == ((), None)
    signed = create_seal(drawn, tmp_path / "key", makers.LATER)
    assert (signed.at, len(signed.signed_by), signed.signed_labels) == (makers.NOW, 1, 0)
    assert [one.kind for one in drawn.read(seals.list_seals)] == ["sealed", "signed"]


def test_a_signature_of_another_chain_is_found(drawn, tmp_path):
    (tmp_path / "key").write_text(pem(SEED))
    create_seal(drawn, tmp_path / "key", makers.NOW)
    sealed, signed = drawn.read(seals.list_seals)
    assert find_wrong_signature((sealed, signed)) is None
    assert find_wrong_signature((signed,)) == 1
    assert find_wrong_signature((sealed, sealed, signed)) is None
    other = type(sealed)("sealed", sealed.at, sealed.body, "00" * 32)
    assert find_wrong_signature((other, signed)) == 2
    for name in ("key_id", "public"):
        records = (sealed, replace(signed, body={**signed.body, name: "00" * 32}))
        assert find_wrong_signature(records) == 2
