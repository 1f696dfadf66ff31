from dataclasses import replace

from fieldcheck.project.tables import seals
from fieldcheck.workflows.evidence.seal_project import seal_of, seal_project, wrong_signature
from tests import makers
from tests.sealing.test_signing import SEED, pem


def test_a_seal_is_made_once_and_signed_by_whoever_has_a_key(drawn, tmp_path):
    (tmp_path / "key").write_text(pem(SEED))
    assert seal_of(drawn) is None
    first = seal_project(drawn, None, makers.NOW)
    assert (first.at, first.n_labels_before, first.signed_by, first.signed_labels) == (makers.NOW, 0, (), None)
    signed = seal_project(drawn, tmp_path / "key", makers.LATER)
    assert (signed.at, len(signed.signed_by), signed.signed_labels) == (makers.NOW, 1, 0)
    assert [one.kind for one in drawn.read(seals.all)] == ["sealed", "signed"]


def test_a_signature_of_another_chain_is_found(drawn, tmp_path):
    (tmp_path / "key").write_text(pem(SEED))
    seal_project(drawn, tmp_path / "key", makers.NOW)
    sealed, signed = drawn.read(seals.all)
    assert wrong_signature((sealed, signed)) is None
    assert wrong_signature((signed,)) == 1
    assert wrong_signature((sealed, sealed, signed)) is None
    other = type(sealed)("sealed", sealed.at, sealed.body, "00" * 32)
    assert wrong_signature((other, signed)) == 2
    for name in ("key_id", "public"):
        assert wrong_signature((sealed, replace(signed, body={**signed.body, name: "00" * 32}))) == 2
