import json
import zipfile

import pytest

from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.projects import PackRefused
from fieldcheck.evidence.signed_seal import (
    check_pack,
    find_name_problem,
    hash_chained_lines,
    unpack_archive,
)
from fieldcheck.progress import NullProgress
from fieldcheck.verify_pack import MANIFEST, PackFault
from tests.packs import made_of


def test_what_was_packed_comes_out_the_same_and_other_programs_read_it(tmp_path):
    files = {"frames/ä 1.png": b"\0" * 3_000_000, "summary.json": b"{}"}
    path = made_of(tmp_path / "a.fcpack", files, {"project": "line"})
    (tmp_path / "out").mkdir()
    unpack_archive(path, tmp_path / "out", NullProgress())
    assert (tmp_path / "out" / "frames" / "ä 1.png").read_bytes() == b"\0" * 3_000_000
    with zipfile.ZipFile(path) as archive:
        assert archive.testzip() is None
        assert json.loads(archive.read(MANIFEST))["project"] == "line"


def test_the_same_files_make_the_same_bytes(tmp_path):
    files = {"frames/a.png": b"a", "summary.json": b"{}"}
    actual = made_of(tmp_path / "a", files).read_bytes()
    assert actual == made_of(tmp_path / "b", files).read_bytes()


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("/etc/passwd", "absolute"), ("C:\\a", "absolute"), ("\\\\host\\a", "absolute"),
        ("file://a", "absolute"), ("../a", "outside"),
        ("frames/../../a", "outside"), ("frames/./a", "name"), ("frames//a", "name"), ("frames/a.",
        "name"), ("frames/NUL.png", "name"),
        ("frames/a\n", "name"), ("frames/\u202ea", "name"), ("x" * 481, "name"), ("", "name"),
        ("frames/a b ü.png", ""),
    ],
)  # fmt: skip
def test_names_that_lead_elsewhere_or_that_some_computer_does_not_take(name, problem):
    assert find_name_problem(name) == problem


@pytest.mark.parametrize("names", [
    ("frames/a", "frames/A"),
    ("frames/a", "frames/a/b"),
    ("frames/a/b", "frames/a"),
    ("frames",),
    ("frames/é", "frames/e\u0301"),
])  # fmt: skip
def test_names_that_share_a_place_on_some_computer_are_refused(tmp_path, names):
    path = made_of(tmp_path / "a.fcpack", dict.fromkeys(names, b"x"))
    (tmp_path / "out").mkdir()
    with pytest.raises(PackFault) as found:
        unpack_archive(path, tmp_path / "out", NullProgress())
    assert found.value.what == "duplicate"
    assert list((tmp_path / "out").iterdir()) == []


def test_what_is_no_pack_is_said_to_be_none(tmp_path):
    (tmp_path / "a").write_bytes(b"no pack at all")
    with pytest.raises(PackRefused) as found:
        check_pack(tmp_path / "a")
    assert found.value.problem == "not_pack"
    with pytest.raises(PathMissing):
        check_pack(tmp_path / "none")


def test_records_are_chained_in_lines():
    first, second = hash_chained_lines([{"a": 1}, {"a": 1}]).splitlines()
    assert json.loads(first)["hash"] != json.loads(second)["hash"]


@pytest.mark.parametrize(("name", "problem"), [
    ("../a", "outside"),
    ("elsewhere/a", "unknown"),
    ("frames/json.py", "unknown"),
    ("models/a.PYD", "unknown"),
    ("json.py", "unknown"),
])  # fmt: skip
def test_a_file_outside_the_folders_of_a_pack_is_named_before_writing(tmp_path, name, problem):
    (tmp_path / "out").mkdir()
    with pytest.raises(PackFault) as found:
        unpack_archive(
            made_of(tmp_path / "a.fcpack", {"summary.json": b"{}", name: b"x"}),
            tmp_path / "out",
            NullProgress(),
        )
    assert found.value.args == (name, problem)
    assert list((tmp_path / "out").iterdir()) == []


def test_a_damaged_pack_and_a_file_that_is_gone_are_named(tmp_path):
    path = made_of(tmp_path / "a.fcpack", {"summary.json": b"{}"})
    path.write_bytes(path.read_bytes()[:-1])
    with pytest.raises(PackFault, match="end"):
        check_pack(path)
    with pytest.raises(PathMissing):
        made_of(tmp_path / "b.fcpack", {"frames/a.png": tmp_path / "none"})
