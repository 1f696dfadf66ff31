"""Packs that a stranger made up: each is refused in one sentence, and nothing is written outside a folder of its own."""

import io
import os
import sqlite3
import stat
import struct
import zipfile

import pytest

from fieldcheck.errors import FieldcheckError, PackRefused
from fieldcheck.progress import Silent
from fieldcheck.words.sentences import sentence
from fieldcheck.workflows.evidence.open_pack import unpack_project
from fieldcheck.workflows.evidence.verify import verify_pack
from tests.hostile.projects import STATEMENTS
from tests.packs import held, made_again

NAMES = {
    "up": "../outside", "far up": "frames/../../../outside", "absolute": "/tmp/outside", "drive": "C:/outside",
    "share": "\\\\host\\outside", "address": "file:///outside", "device": "frames/NUL", "control": "frames/a\x1b[2J",
    "turned": "frames/\u202egnp", "empty part": "frames//a", "elsewhere": "backups/a.db", "lock": "lock", "journal": "project.db-wal",
    "code": "sitecustomize.py", "deep": "frames/" + "a/" * 200 + "b",
}  # fmt: skip


def zipped(*files, method=zipfile.ZIP_STORED):
    """An archive by somebody else's library."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in files:
            archive.writestr(name, data)
    return out.getvalue()


def link():
    info = zipfile.ZipInfo("frames/a.png")
    info.external_attr, info.create_system = (stat.S_IFLNK | 0o777) << 16, 3
    return zipped((info, "/etc/passwd"))


def twice():
    with pytest.warns(UserWarning, match="Duplicate"):
        return zipped(("frames/a.png", b"1"), ("frames/a.png", b"2"))


def lying():
    """A file that says to be four gigabytes."""
    data = bytearray(zipped(("frames/a.png", b"1")))
    at = data.index(b"PK\1\2")
    data[at + 20 : at + 28] = struct.pack("<2L", 0xFFFFFFF0, 0xFFFFFFF0)
    return bytes(data)


def long_list():
    """An end that says to have sixty thousand files."""
    data = bytearray(zipped(("frames/a.png", b"1")))
    data[-14:-10] = struct.pack("<2H", 60_000, 60_000)
    return bytes(data)


ARCHIVES = {
    "bomb": lambda: zipped(("frames/a.png", b"\0" * 50_000_000), method=zipfile.ZIP_DEFLATED),
    "link": link, "same name twice": twice, "sizes that lie": lying, "a list that lies": long_list,
    "somebody else's archive": lambda: zipped(("manifest.json", b"{}")),
    "empty archive": lambda: zipped(), "half": lambda: zipped(("frames/a.png", b"1" * 1000))[:500], "nothing": lambda: b"",
    "before it": lambda: b"#!/bin/sh\n" + zipped(("a", b"1")), "behind it": lambda: zipped(("a", b"1")) + b"#!/bin/sh\n",
}  # fmt: skip


@pytest.fixture
def watched(tmp_path, monkeypatch):
    """A folder to work in, with everything around it that must stay as it is."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "temporary"))
    for name in ("temporary", "work", "outside"):
        (tmp_path / name).mkdir()
    return tmp_path


def verification_fails(path) -> bool:
    try:
        return not verify_pack(path, Silent()).ok
    except FieldcheckError as error:
        return bool(sentence(error))


def refused(path, watched):
    """Both doors into a pack say one sentence, and leave nothing behind."""
    before = sorted(str(one) for one in watched.rglob("*"))
    with pytest.raises(FieldcheckError) as found:
        unpack_project(path, watched / "work" / "line.fieldcheck", Silent())
    assert len(sentence(found.value).splitlines()) == 1
    assert verification_fails(path)
    assert sorted(str(one) for one in watched.rglob("*")) == before
    assert os.listdir(watched / "temporary") == []
    return found.value


@pytest.mark.parametrize("name", ARCHIVES)
def test_an_archive_that_is_none_of_ours_is_refused(watched, name):
    (watched / "a.fcpack").write_bytes(ARCHIVES[name]())
    assert isinstance(refused(watched / "a.fcpack", watched), PackRefused)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_leads_elsewhere_is_refused_with_every_hash_in_order(watched, made_pack, name):
    path = made_again(made_pack, watched / "a.fcpack", {NAMES[name]: b"x"})
    assert isinstance(refused(path, watched), PackRefused)


@pytest.mark.parametrize("name", [name for name in STATEMENTS if name not in ("benchmark elsewhere",)])
def test_a_database_that_could_act_by_itself_or_lead_elsewhere_is_refused(watched, made_pack, name):
    (watched / "temporary" / "db").write_bytes(held(made_pack)["project.db"])
    db = sqlite3.connect(watched / "temporary" / "db")
    db.executescript(STATEMENTS[name])
    db.close()
    data = (watched / "temporary" / "db").read_bytes()
    (watched / "temporary" / "db").unlink()
    path = made_again(made_pack, watched / "a.fcpack", {"project.db": data})
    assert verification_fails(path)
    with pytest.raises(FieldcheckError):
        unpack_project(path, watched / "work" / "line.fieldcheck", Silent())
    assert list((watched / "work").iterdir()) == []


@pytest.mark.parametrize("data", [b"", b"SQLite format 3\0" + b"\xff" * 5000, b"{}"])
def test_what_is_no_database_is_refused(watched, made_pack, data):
    assert refused(made_again(made_pack, watched / "a.fcpack", {"project.db": data}), watched).problem == "database"
    assert refused(made_again(made_pack, watched / "b.fcpack", {"cache.db": data}), watched).problem == "database"


@pytest.mark.parametrize("data", [b"[" * 100_000, b"{}", b"\xff", b'{"lang":"xx","created":1}'], ids=len)
def test_a_summary_that_is_none_of_ours_is_named(watched, made_pack, data):
    found = verify_pack(made_again(made_pack, watched / "a.fcpack", {"summary.json": data}), Silent())
    assert found.first_bad == ("summary.json", "content")
