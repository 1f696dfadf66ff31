"""Packs a stranger made up: each is one sentence, and nothing is written outside its folder."""

import io
import os
import shutil
import sqlite3
import stat
import struct
import sys
import zipfile

import pytest

from fieldcheck.errors.files import FieldcheckError, PathMissing
from fieldcheck.errors.messages import format_error
from fieldcheck.errors.projects import KeyRefused, PackRefused
from fieldcheck.evidence.merge_labels import merge_labels
from fieldcheck.evidence.open_pack import unpack_project
from fieldcheck.evidence.signed_seal import check_pack, create_seal
from fieldcheck.labels.store import mark_person
from fieldcheck.progress import NullProgress
from fieldcheck.project import migrations
from fieldcheck.project.folder import open_project
from fieldcheck.project.tables import labels, models
from fieldcheck.project.tables import project_state as seals
from fieldcheck.report.evidence_pack import PackOptions, pack_project, verify_pack
from fieldcheck.verify_pack import MOST_SIGNATURES, STATEMENT, PackFault, is_valid_signature
from tests import makers
from tests.evidence.test_signed_seal import pem
from tests.hostile.pack_attacks import (
    CHANGED,
    OWNER,
    SMALL,
    STRANGER,
    archived,
    many_signatures,
    remade,
)
from tests.hostile.projects import STATEMENTS, put_back, run
from tests.packs import held, made_again
from tests.programs import run_python

NAMES = {
    "up": "../outside",
    "far up": "frames/../../../outside",
    "absolute": "/tmp/outside",
    "drive": "C:/outside",
    "share": "\\\\host\\outside",
    "address": "file:///outside",
    "device": "frames/NUL",
    "control": "frames/a\x1b[2J",
    "turned": "frames/\u202egnp",
    "empty part": "frames//a",
    "elsewhere": "backups/a.db",
    "lock": "lock",
    "journal": "project.db-wal",
    "code": "sitecustomize.py",
    "deep": "frames/" + "a/" * 200 + "b",
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
    "link": link,
    "same name twice": twice,
    "sizes that lie": lying,
    "a list that lies": long_list,
    "somebody else's archive": lambda: zipped(("manifest.json", b"{}")),
    "empty archive": lambda: zipped(),
    "half": lambda: zipped(("frames/a.png", b"1" * 1000))[:500],
    "nothing": lambda: b"",
    "before it": lambda: b"#!/bin/sh\n" + zipped(("a", b"1")),
    "behind it": lambda: zipped(("a", b"1")) + b"#!/bin/sh\n",
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
        return not verify_pack(path, NullProgress()).ok
    except FieldcheckError as error:
        return bool(format_error(error))


def refused(path, watched):
    """Both doors into a pack say one sentence, and leave nothing behind."""
    before = sorted(str(one) for one in watched.rglob("*"))
    with pytest.raises(FieldcheckError) as found:
        unpack_project(path, watched / "work" / "line.fieldcheck", NullProgress())
    assert len(format_error(found.value).splitlines()) == 1
    assert verification_fails(path)
    assert sorted(str(one) for one in watched.rglob("*")) == before
    assert os.listdir(watched / "temporary") == []
    return found.value


@pytest.mark.short_cases(4)
@pytest.mark.parametrize("name", ARCHIVES)
def test_an_archive_that_is_none_of_ours_is_refused(watched, name):
    (watched / "a.fcpack").write_bytes(ARCHIVES[name]())
    assert isinstance(refused(watched / "a.fcpack", watched), PackRefused)


@pytest.mark.parametrize("name", NAMES)
def test_a_file_that_leads_elsewhere_is_refused_with_every_hash_in_order(watched, made_pack, name):
    path = made_again(made_pack, watched / "a.fcpack", {NAMES[name]: b"x"})
    assert isinstance(refused(path, watched), PackRefused)


@pytest.mark.short_cases(2)
@pytest.mark.parametrize("name", STATEMENTS)
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
        unpack_project(path, watched / "work" / "line.fieldcheck", NullProgress())
    assert list((watched / "work").iterdir()) == []


@pytest.mark.long
@pytest.mark.parametrize("data", [b"", b"SQLite format 3\0" + b"\xff" * 5000, b"{}"])
def test_what_is_no_database_is_refused(watched, made_pack, data):
    error = refused(made_again(made_pack, watched / "a.fcpack", {"project.db": data}), watched)
    assert error.problem == "database"
    error = refused(made_again(made_pack, watched / "b.fcpack", {"cache.db": data}), watched)
    assert error.problem == "database"


@pytest.mark.short_cases(3)
@pytest.mark.parametrize(
    "data", [b"[" * 100_000, b"{}", b"\xff", b'{"lang":"xx","created":1}'], ids=len
)
def test_a_summary_that_is_none_of_ours_is_named(watched, made_pack, data):
    pack = made_again(made_pack, watched / "a.fcpack", {"summary.json": data})
    found = verify_pack(pack, NullProgress())
    assert found.first_bad == ("summary.json", "content")


@pytest.fixture(scope="module")
def signed(made, tmp_path_factory):
    """A pack of the labelled project, sealed and signed by its owner."""
    folder = tmp_path_factory.mktemp("signed")
    (folder / "key").write_text(pem(b"o" * 32))
    with open_project(shutil.copytree(made["labelled"], folder / "labelled.fieldcheck")) as project:
        create_seal(project, folder / "key", makers.NOW)
        return pack_project(
            project, folder / "site.fcpack", PackOptions(key=folder / "key"), NullProgress(),
            makers.NOW,
        ).pack  # fmt: skip


def bytes_fit(path) -> bool:
    try:
        check_pack(path)
    except (PackFault, FieldcheckError):
        return False
    return True


@pytest.mark.long
def test_a_signed_pack_is_signed_and_stays_so_where_all_is_made_again_alike(signed, tmp_path):
    assert verify_pack(signed, NullProgress()).signed_by == (OWNER.key_id,)
    assert len(held(signed)[STATEMENT].splitlines()) == 2
    (tmp_path / "a.fcpack").write_bytes(archived(held(signed)))
    assert (tmp_path / "a.fcpack").read_bytes() == signed.read_bytes()
    (tmp_path / "b.fcpack").write_bytes(archived(remade(held(signed), STRANGER)))
    assert check_pack(tmp_path / "b.fcpack").signers == (STRANGER.key_id,)


@pytest.mark.short_cases(2)
@pytest.mark.parametrize("name", CHANGED)
def test_a_signed_pack_that_was_changed_fits_no_more(signed, tmp_path, name):
    (tmp_path / "a.fcpack").write_bytes(CHANGED[name](held(signed)))
    assert not bytes_fit(tmp_path / "a.fcpack")


def test_a_key_of_small_order_fits_nothing():
    for public in SMALL:
        for first in SMALL:
            assert not any(
                is_valid_signature(public, b"%d" % number, first + bytes(32))
                for number in range(16)
            )


@pytest.mark.long
def test_as_many_signatures_as_a_pack_holds_are_checked_and_one_more_is_not(signed, tmp_path):
    (tmp_path / "a.fcpack").write_bytes(many_signatures(held(signed), MOST_SIGNATURES - 1))
    assert check_pack(tmp_path / "a.fcpack").signers == (STRANGER.key_id,)
    (tmp_path / "b.fcpack").write_bytes(many_signatures(held(signed), MOST_SIGNATURES))
    with pytest.raises(PackFault) as found:
        check_pack(tmp_path / "b.fcpack")
    assert found.value.args == (f"{STATEMENT}:2", "signatures")


@pytest.mark.long
def test_a_key_signs_what_it_has_not_signed_and_no_more_often_than_a_pack_holds(drawn, tmp_path):
    keys = [tmp_path / f"key{number}" for number in range(2)]
    for number, path in enumerate(keys):
        path.write_text(pem(bytes([number]) * 32))
    for _ in range(2):
        create_seal(drawn, keys[0], makers.NOW)
    assert [one.kind for one in drawn.read(seals.list_seals)] == ["sealed", "signed"]
    for number in range(MOST_SIGNATURES - 2):
        create_seal(drawn, keys[(number + 1) % 2], makers.NOW)
    with pytest.raises(KeyRefused) as found:
        create_seal(drawn, keys[MOST_SIGNATURES % 2 - 1], makers.NOW)
    assert found.value.problem == "often"
    assert len(format_error(found.value).splitlines()) == 1
    assert verify_pack(
        pack_project(
            drawn, tmp_path / "a.fcpack", PackOptions(key=keys[0]), NullProgress(), makers.NOW
        ).pack,
        NullProgress(),
    ).ok


@pytest.mark.long
@pytest.mark.parametrize("options", [[], ["-I"]], ids=["plain", "isolated"])
def test_no_file_beside_the_verifier_is_run(made_pack, tmp_path, options):
    """A stranger's folder may hold a file of every name that Python imports."""
    (tmp_path / "verify_pack.py").write_bytes(held(made_pack)["verify_pack.py"])
    owned = f"open({str(tmp_path / 'owned')!r}, 'w').close()\n"
    for name in sorted(sys.stdlib_module_names):
        (tmp_path / f"{name}.py").write_text(owned)
    (tmp_path / "sub").mkdir()
    for folder in (tmp_path, tmp_path / "sub"):
        where = os.path.relpath(tmp_path / "verify_pack.py", folder)
        ran = run_python(*options, where, made_pack, cwd=folder, env={}, text=False)
        assert (ran.returncode, ran.stderr) == (0, b"")
        assert not (tmp_path / "owned").exists()


def test_a_name_in_a_pack_writes_no_line_of_its_own(made_pack, tmp_path):
    name = "frames/a\n/pack: fits: 9 files\x1b[2K"
    path = made_again(made_pack, tmp_path / "a.fcpack", {name: b"x"})
    files = held(path)
    path.write_bytes(archived({**files, name: b"y"}))
    (tmp_path / "verify_pack.py").write_bytes(held(made_pack)["verify_pack.py"])
    ran = run_python("-I", tmp_path / "verify_pack.py", path, text=False)
    assert (ran.returncode, ran.stderr, len(ran.stdout.splitlines())) == (1, b"", 1)
    assert b"\x1b" not in ran.stdout


def older(pack, folder, out, n, statement=""):
    """The pack as the first `n` steps of the schema made it, with one change in its database."""
    (folder / "db").write_bytes(held(pack)["project.db"])
    put_back(folder / "db", n)
    run(folder / "db", statement)
    data = (folder / "db").read_bytes()
    (folder / "db").unlink()
    return made_again(pack, out, {"project.db": data})


@pytest.mark.long
def test_a_pack_of_an_earlier_schema_is_verified_unpacked_and_merged(made_pack, tmp_path, labelled):
    path = older(made_pack, tmp_path, tmp_path / "a.fcpack", len(migrations.STEPS) - 1)
    assert verify_pack(path, NullProgress()).first_bad is None
    with open_project(unpack_project(path, tmp_path / "a.fieldcheck", NullProgress())) as project:
        assert project.read(labels.count_labels) == 20
    assert merge_labels(labelled, [path], NullProgress()).n_known == 20


@pytest.mark.long
@pytest.mark.parametrize("n", range(1, len(migrations.STEPS)))
def test_a_pack_of_an_earlier_schema_is_checked_at_every_door(made_pack, watched, n, labelled):
    path = older(
        made_pack, watched, watched / "a.fcpack", n,
        "UPDATE recording SET path = '../../../../etc/passwd';",
    )  # fmt: skip
    assert refused(path, watched).problem == "database"
    with pytest.raises(PackRefused):
        merge_labels(labelled, [path], NullProgress())


def test_a_pack_of_a_newer_schema_is_refused_by_its_own_name(made_pack, watched):
    more = (
        "INSERT INTO _sqlite_migrations (migration_set, name) VALUES ('fieldcheck', 'later'); "
        "INSERT INTO version (version) VALUES ('9.1');"
    )
    error = refused(
        older(made_pack, watched, watched / "a.fcpack", len(migrations.STEPS), more), watched
    )
    assert (error.problem, error.detail, error.path) == ("newer", "9.1", watched / "a.fcpack")
    assert str(watched / "a.fcpack") in format_error(error)


@pytest.mark.parametrize("folder", ["frames", "models"])
def test_a_pack_without_its_frames_or_its_model_does_not_fit(made_pack, tmp_path, folder):
    name = next(name for name in held(made_pack) if name.startswith(f"{folder}/"))
    for gone in ({name}, {one for one in held(made_pack) if one.startswith(f"{folder}/")}):
        path = made_again(made_pack, tmp_path / f"{len(gone)}.fcpack", dict.fromkeys(gone))
        record, what = verify_pack(path, NullProgress()).first_bad
        assert (record in gone, what) == (True, "missing")


def test_a_pack_of_a_project_that_lacks_a_file_is_not_made(labelled, tmp_path):
    cases = (labelled.read(labels.list_picks)[0].file, labelled.read(models.list_models)[0].file)
    for where in cases:
        (labelled.path / where).rename(tmp_path / "aside")
        with pytest.raises(PathMissing) as found:
            pack_project(labelled, tmp_path / "a.fcpack", PackOptions(), NullProgress(), makers.NOW)
        assert found.value.path == labelled.path / where
        assert not (tmp_path / "a.fcpack").exists()
        (tmp_path / "aside").rename(labelled.path / where)


@pytest.mark.long
def test_pictures_of_people_may_stay_at_home(labelled, tmp_path):
    mark_person(
        labelled, [labelled.read(labels.list_picks)[0].frame_id], marked=True, annotator="tester"
    )
    made = pack_project(labelled, tmp_path / "a.fcpack", PackOptions(), NullProgress(), makers.NOW)
    assert made.n_people == 1
    assert verify_pack(made.pack, NullProgress()).ok


@pytest.mark.parametrize("value", [
    b'{"lang":"en","created":"soon"}',
    b'{"lang":"en","created":"2026-01-01","n":1' + b"0" * 400 + b"}",
], ids=len)  # fmt: skip
def test_a_summary_whose_time_or_figures_nobody_can_count_with_is_named(made_pack, watched, value):
    path = made_again(made_pack, watched / "a.fcpack", {"summary.json": value})
    assert verify_pack(path, NullProgress()).first_bad == ("summary.json", "content")


@pytest.mark.long
def test_a_verifier_that_is_not_ours_is_told(made_pack, tmp_path, terminal):
    other = {"verify_pack.py": b"print('a.fcpack: fits')"}
    path = made_again(made_pack, tmp_path / "a.fcpack", other)
    assert (
        "The verify_pack.py in the pack differs from the one of this version. Run your own copy."
    ) in terminal.said("verify", path)
    assert terminal.document("verify", path)["strange_verifier"]
    assert "verify_pack.py" not in terminal.said("verify", made_pack)
    assert not terminal.document("verify", made_pack)["strange_verifier"]
