import base64
import json
import shutil
import subprocess
from dataclasses import replace

import pytest

from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.projects import KeyRefused
from fieldcheck.evidence.signed_seal import (
    create_seal,
    find_wrong_signature,
    get_seal_state,
    get_signed_statement,
    make_envelope,
    make_key,
    make_statement,
    read_key,
    sign_message,
)
from fieldcheck.project.tables import project_state as seals
from fieldcheck.verify_pack import PACK_PREDICATE, SEAL_PREDICATE, is_valid_signature
from tests import makers
from tests.test_verify_pack import VECTORS

SEED = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
needs_ssh = pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="OpenSSH makes the keys")
PKCS8 = "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n"


def pem(seed: bytes) -> str:
    return PKCS8.format(
        base64.b64encode(bytes.fromhex("302e020100300506032b657004220420") + seed).decode()
    )


def test_the_signature_of_the_standard_comes_out(tmp_path):
    (tmp_path / "key").write_text(pem(SEED))
    key = read_key(tmp_path / "key")
    assert key.public.hex() == VECTORS[1][0]
    assert sign_message(key, b"\x72").hex() == VECTORS[1][2]
    assert SEED.hex() not in repr(key)


@needs_ssh
def test_a_key_that_ssh_made_is_read(tmp_path):
    subprocess.run(
        ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", tmp_path / "key"], check=True
    )
    key = read_key(tmp_path / "key")
    public = base64.b64decode((tmp_path / "key.pub").read_text().split()[1])[-32:]
    assert key.public == public
    assert is_valid_signature(public, b"said", sign_message(key, b"said"))


@needs_ssh
@pytest.mark.parametrize(
    ("made", "problem"),
    [(("-t", "ed25519", "-N", "a secret"), "encrypted"), (("-t", "ecdsa", "-N", ""), "kind")],
    ids=["locked", "ecdsa"],
)
def test_keys_that_cannot_sign_here_are_refused(tmp_path, made, problem):
    subprocess.run(["ssh-keygen", "-q", *made, "-f", tmp_path / "key"], check=True)
    with pytest.raises(KeyRefused) as found:
        read_key(tmp_path / "key")
    assert found.value.problem == problem


@pytest.mark.parametrize("text", [
    "", "no key", PKCS8.format("%%%"),
    "-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEA\n",
])  # fmt: skip
def test_what_is_no_key_is_refused(tmp_path, text):
    (tmp_path / "key").write_text(text)
    with pytest.raises(KeyRefused) as found:
        read_key(tmp_path / "key")
    assert found.value.problem == "format"
    with pytest.raises(PathMissing):
        read_key(tmp_path / "none")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("-----BEGIN ENCRYPTED PRIVATE KEY-----\n", "encrypted"),
        (PKCS8.format("MAA="), "kind"),
        ("k" * 100_001, "format"),
    ],
    ids=["locked", "another output type", "large"],
)
def test_why_a_file_holds_no_key_for_this_is_told(tmp_path, text, problem):
    (tmp_path / "key").write_text(text)
    with pytest.raises(KeyRefused) as refused:
        read_key(tmp_path / "key")
    assert refused.value.problem == problem


def test_keys_are_named_by_their_public_half():
    assert make_key(SEED).key_id == make_key(SEED).key_id != make_key(SEED[::-1]).key_id


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
    public = KEY.public.hex()
    assert get_signed_statement(found, public, make_key(b"t" * 32).key_id, PACK_PREDICATE) is None
    assert read_back({**found, "payloadType": "text/plain"}) is None
    assert read_back({**found, "signatures": found["signatures"] * 2}) is None
    assert read_back(make_envelope(SAID, None)) is None
    assert get_signed_statement({}, "zz", "", PACK_PREDICATE) is None


def test_a_changed_statement_is_not_signed():
    found = make_envelope(SAID, KEY)
    other = make_envelope({**SAID, "predicate": {"n_records": 4}}, None)
    assert read_back({**found, "payload": other["payload"]}) is None


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
