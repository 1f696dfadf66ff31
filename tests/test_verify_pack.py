import hashlib
import io
import json
import os
import shutil
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldcheck import verify_pack
from fieldcheck.evidence.signed_seal import hash_chained_lines
from fieldcheck.verify_pack import (
    LOG,
    MANIFEST,
    MOST_NAME,
    STATEMENT,
    PackFault,
    check_bytes,
    hash_chain_record,
    is_valid_signature,
    make_end_record,
    read_chain,
    to_canonical_json,
)
from tests.packs import held, made_of, raw_archive
from tests.programs import run_program, run_python

# RFC 8032, section 7.1: public key, message, signature.
VECTORS = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]  # fmt: skip


@pytest.fixture(scope="module")
def small(tmp_path_factory) -> bytes:
    """A pack of two files and two records."""
    log = hash_chained_lines([{"kind": "label", "key": "a"}, {"kind": "figure", "key": "/gap"}])
    folder = tmp_path_factory.mktemp("small")
    return made_of(folder / "a.fcpack", {"frames/ä.png": b"picture", LOG: log}).read_bytes()


def fault(data: bytes) -> PackFault:
    with pytest.raises(PackFault) as found:
        check_bytes(io.BytesIO(data))
    assert found.value.record
    assert found.value.what
    return found.value


@pytest.mark.parametrize(("public", "message", "signature"), VECTORS)
def test_signatures_of_the_standard_fit_and_no_other_message_does(public, message, signature):
    given = bytes.fromhex(public), bytes.fromhex(message), bytes.fromhex(signature)
    assert is_valid_signature(*given)
    assert not is_valid_signature(given[0], given[1] + b"x", given[2])
    assert not is_valid_signature(given[0], given[1], given[2][:-1] + bytes([given[2][-1] ^ 1]))
    assert not is_valid_signature(b"\xff" * 32, given[1], given[2])


def test_every_single_byte_of_a_small_pack_is_watched(small):
    assert len(check_bytes(io.BytesIO(small)).log) == 2
    for place in range(len(small)):
        fault(small[:place] + bytes([small[place] ^ 0x20]) + small[place + 1 :])


@pytest.mark.long
@settings(max_examples=30, deadline=None)
@given(place=st.floats(0, 1, exclude_max=True), mask=st.integers(1, 255))
def test_any_flip_anywhere_in_a_real_pack_is_found_and_named(made_pack, place, mask):
    data = bytearray(made_pack.read_bytes())
    data[int(place * len(data))] ^= mask
    fault(bytes(data))


@pytest.mark.parametrize("cut", [1, 22, 60, 400])
def test_bytes_cut_off_or_added_at_the_end_are_found(small, cut):
    assert fault(small[:-cut]).what in ("end", "header")
    assert fault(small + b"x" * cut).what == "end"
    assert fault(b"x" * cut + small).what == "not_pack"


def test_how_an_archive_is_none_of_ours_is_named():
    one = [(b"a", b"x")]
    assert fault(raw_archive(one * 2)).args == ("a", "duplicate")
    assert fault(raw_archive([(b"\xff", b"x")])).args == ("file 1", "name")
    assert fault(raw_archive(one, attributes=0xA)).args == ("a", "link")
    packed = fault(raw_archive(one, method=8))
    assert packed.args == fault(raw_archive(one, packed=1)).args == ("a", "compressed")
    assert fault(raw_archive(one)).args == (MANIFEST, "missing")
    whole = raw_archive(one)
    expected = ("archive", "header")
    assert fault(whole[:31] + b"gap" + whole[31:-22] + make_end_record(1, 47, 35)).args == expected
    long = raw_archive([(b"a" * (MOST_NAME + 1), b"x")])
    assert fault(long).args == ("archive", "end")


def resealed(pack: bytes, changed: dict[str, bytes | None], **about: object) -> bytes:
    """A pack by somebody who changes files or takes them out and leaves the manifest as it is, but
    for what `about` says."""
    with zipfile.ZipFile(io.BytesIO(pack)) as opened:
        files = {name: opened.read(name) for name in opened.namelist()} | changed
    files[MANIFEST] = to_canonical_json({**json.loads(files[MANIFEST]), **about})
    return raw_archive([(name.encode(), data) for name, data in files.items() if data is not None])


def test_what_a_manifest_does_not_fit_is_named(small):
    assert fault(resealed(small, {"extra": b""})).args == ("extra", "unknown")
    assert fault(resealed(small, {"frames/ä.png": None})).args == ("frames/ä.png", "missing")
    assert fault(resealed(small, {"frames/ä.png": b"paint"})).args == ("frames/ä.png", "content")
    assert fault(resealed(small, {}, schema="another")).args == (MANIFEST, "not_pack")
    assert fault(resealed(small, {}, chains={})).args == (MANIFEST, "chain")
    assert fault(resealed(small, {}, more=1)).args == (f"{STATEMENT}:1", "statement")


def test_a_statement_that_is_none_or_that_its_key_did_not_sign_is_named(small):
    with zipfile.ZipFile(io.BytesIO(small)) as opened:
        first = json.loads(opened.read(STATEMENT))
    unknown = to_canonical_json({**first, "signatures": [{"keyid": "k", "sig": ""}]}) + b"\n"
    assert fault(resealed(small, {STATEMENT: b"{}"})).args == (STATEMENT, "statement")
    assert fault(resealed(small, {STATEMENT: b"{}\n"})).args == (f"{STATEMENT}:1", "statement")
    assert fault(resealed(small, {STATEMENT: unknown})).args == (f"{STATEMENT}:1", "statement")
    actual = fault(resealed(small, {STATEMENT: (to_canonical_json(first) + b"\n") * 2})).args
    assert actual == (STATEMENT, "statement")


def test_its_door_says_of_each_pack_whether_it_fits(small, tmp_path, capsys):
    (tmp_path / "a").write_bytes(small)
    calls = ([], [str(tmp_path / "a")], [str(tmp_path / "a"), str(tmp_path / "none")])
    assert [verify_pack.main(paths) for paths in calls] == [2, 0, 1]
    usage = capsys.readouterr().out
    expected = [False, False, True]
    told = [line for line in usage.splitlines() if line.startswith(str(tmp_path))]
    assert ["does not fit" in line for line in told] == expected
    assert usage.startswith("Checks evidence packs (.fcpack)")
    assert "python3 -I verify_pack.py PACK.fcpack" in usage


def test_a_chain_names_the_first_record_that_does_not_fit():
    chained = hash_chained_lines([{"kind": "label", "key": str(n)} for n in range(5)])
    lines = chained.splitlines(keepends=True)
    lines[2] = lines[2].replace(b'"2"', b'"7"')
    with pytest.raises(PackFault) as found:
        read_chain(b"".join(lines), LOG)
    assert found.value.args == ("log.jsonl:3", "chain")
    with pytest.raises(PackFault, match=r"log.jsonl:2"):
        read_chain(b"".join(lines[:1] + lines[3:]), LOG)


def test_a_link_is_the_hash_of_the_one_before_and_the_record():
    actual = hash_chain_record("", {"b": 1, "a": "ü"})
    assert actual == hashlib.sha256('{"a":"ü","b":1}'.encode()).hexdigest()
    assert to_canonical_json({"a": [1.5, None, True]}) == b'{"a":[1.5,null,true]}'


@pytest.mark.parametrize("line", [b"[1]", b"{", b'{"a": 1}', b"[" * 5000, b"1" * 5000])
def test_a_record_that_is_no_record_is_named(line):
    with pytest.raises(PackFault, match=r"log.jsonl:1"):
        read_chain(line + b"\n", LOG)


def test_the_verifier_of_the_pack_fits_another_user_home_folder_locale_and_python(made_pack):
    """Of another user where the tests may become one. Without `site` no package can be imported
    there but the standard library's."""
    python = shutil.which("python3", path="/usr/bin:/bin") or sys.executable
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        folder.chmod(0o755)
        (folder / "verify_pack.py").write_bytes(held(made_pack)["verify_pack.py"])
        shutil.copy(made_pack, folder / "检查 ü.fcpack")
        alone = (
            "import sys, runpy; sys.exit(runpy.run_path('verify_pack.py')['main'](sys.argv[1:]))"
        )
        other = {"user": 65534, "group": 65534, "extra_groups": []} if os.geteuid() == 0 else {}
        ran = run_program(
            [python, "-S", "-c", alone, "检查 ü.fcpack"], cwd=folder,
            env={
                "HOME": "/nonexistent", "LC_ALL": "C", "TZ": "<+14>-14",
                "PYTHONIOENCODING": "cp1252:strict", "PYTHONUTF8": "1",
            },
            **other, text=False,
        )  # fmt: skip
    assert (ran.returncode, ran.stderr) == (0, b"")
    assert b".fcpack: fits: " in ran.stdout
    wanted = f"{len(check_bytes(io.BytesIO(made_pack.read_bytes())).log)} records".encode()
    assert wanted in ran.stdout


def test_it_stands_alone_within_three_hundred_lines_and_every_pack_carries_it(made_pack, tmp_path):
    source = Path(verify_pack.__file__).read_text("utf-8")
    assert held(made_pack)["verify_pack.py"] == source.encode()
    assert len(source.splitlines()) <= 300
    assert "fieldcheck." not in source.replace("fieldcheck.pack/1", "")
    bad = tmp_path / "bad.fcpack"
    bad.write_bytes(made_pack.read_bytes()[:-1] + b"x")
    (tmp_path / "verify_pack.py").write_text(source, "utf-8")
    ran = run_python("-I", "verify_pack.py", made_pack, bad, cwd=tmp_path)
    good, other = ran.stdout.splitlines()
    assert (ran.returncode, ran.stderr) == (1, "")
    assert "fits: " in good
    assert "signed by nobody" in good
    assert "does not fit: archive: end" in other
    assert json.loads(to_canonical_json({"n": 1})) == {"n": 1}
