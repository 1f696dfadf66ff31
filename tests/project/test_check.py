import hashlib
import os
from pathlib import Path

import numpy as np
import pytest

from fieldcheck.errors import NotAProject, PathMissing
from fieldcheck.imaging.codec import encode_lossless, pixels_sha256
from fieldcheck.progress import Cancelled, Silent, StopFlag
from fieldcheck.project.check import Problem, ProjectCheck, check
from fieldcheck.project.content import folder_sha256_as_copied
from fieldcheck.project.folder import create, open_project
from fieldcheck.project.tables import draws, frames, labels, models, picks, recordings, rows
from tests.project.made import CARD, draw, facts, label, listed, model, pick, recording

FILM, ONNX, PNG = "recordings/rec/rec.mp4", "models/net/net.onnx", "frames/rec-000000.png"
DAY = "recordings/pictures/day1"


@pytest.fixture
def path(tmp_path):
    """A closed project whose rows and files are true to each other."""
    path = tmp_path / "line.fieldcheck"
    rgb = np.random.default_rng(2).integers(0, 256, (6, 8, 3), np.uint8)
    with create(path) as project:
        for name, data in ((FILM, b"film"), (ONNX, b"onnx"), (PNG, encode_lossless(rgb)), (f"{DAY}/1.png", b"1"), (f"{DAY}/2.png", b"2")):
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(data)
        (frame,) = listed(n=1)

        def store(db):
            recordings.put(db, recording(sha256=hashlib.sha256(b"film").hexdigest()))
            recordings.put(db, recording("pictures", kind="folder", path=DAY, sha256=folder_sha256_as_copied(path / DAY, Silent())))
            frames.insert(db, [type(frame)(*(getattr(frame, n) for n in frame.__slots__[:7]), pixels_sha256(rgb))], facts((frame,)))
            draws.put(db, draw(), ())
            models.put(db, type(model())("net", hashlib.sha256(b"onnx").hexdigest(), ONNX, CARD, ""))

        project.write(store).result()
        project.edit("pick.propose", [picks.row(pick("rec-000000"))])
        project.edit("label.set", [labels.row(label("rec-000000"))])
    return path


def kinds(found):
    return [(problem.kind, problem.where) for problem in found.problems]


def test_a_sound_project_has_no_problems(path):
    found = check(path, False, Silent())
    assert found == ProjectCheck(())
    assert found.ok


def test_a_value_that_cannot_be_read_is_found_and_left_out_of_the_repaired_copy(path):
    with open_project(path) as project:
        project.write(lambda db: db.conn.execute("INSERT OR REPLACE INTO setting (key, value) VALUES ('site', '[[[')")).result()
    found = check(path, False, Silent())
    assert [one.kind for one in found.problems] == ["database"]
    (copy,) = check(path, True, Silent()).repaired
    assert check(Path(copy), False, Silent()).ok


def test_every_file_that_changed_is_found(path):
    for name in (FILM, ONNX, f"{DAY}/2.png"):
        (path / name).write_bytes(b"else")
    (path / PNG).write_bytes(encode_lossless(np.zeros((6, 8, 3), np.uint8)))
    assert kinds(check(path, False, Silent())) == [("changed_file", name) for name in (FILM, DAY, ONNX, PNG)]


def test_files_that_are_gone_or_unreadable_are_found(path):
    (path / FILM).unlink()
    (path / PNG).write_bytes(b"no picture")
    assert kinds(check(path, False, Silent())) == [("missing_file", FILM), ("unreadable_file", PNG)]


def test_a_path_that_leads_out_of_the_project_is_not_followed(path, tmp_path):
    (tmp_path / "secret").write_text("secret")
    with open_project(path) as project:
        project.write(lambda db: recordings.put(db, recording("out", path="../secret"))).result()
    (problem,) = check(path, False, Silent()).problems
    assert problem.kind == "database"  # no version of ours writes such a row
    assert problem.what == "recording.path: outside"


def test_rows_that_speak_of_nothing_are_found(path):
    with open_project(path) as project:
        project.write(lambda db: rows.put(db, labels.row(label("ghost")))).result()
    assert kinds(check(path, False, Silent())) == [("loose_row", "label ghost")]


def test_files_without_a_row_are_found_and_put_aside(path):
    (path / "frames" / "ghost.png").write_text("x")
    (path / "recordings" / "ghost").mkdir()
    (path / "recordings" / "ghost" / "film.mp4").write_text("x")
    (path / "frames" / "rec-000015.png.part").write_text("half")
    found = check(path, False, Silent())
    assert sorted(kinds(found)) == [
        ("orphan_file", "frames/ghost.png"),
        ("orphan_file", "recordings/ghost"),
        ("unfinished_file", "frames/rec-000015.png.part"),
    ]
    assert found.repaired == ()
    mended = check(path, True, Silent())
    assert sorted(mended.repaired) == sorted(problem.where for problem in mended.problems)
    assert mended.settled
    assert not found.settled
    assert mended.backup.startswith("backups/project-")
    assert check(path, False, Silent()).ok
    assert len(list((path / "trash").rglob("ghost.png"))) == 1
    assert len(list((path / "trash").rglob("film.mp4"))) == 1


def test_a_file_that_was_moved_is_put_back_by_its_content(path):
    (path / FILM).rename(path / "recordings" / "film of monday.mp4")
    (path / DAY).rename(path / "recordings" / "day one")
    (path / "models" / "net").rename(path / "models" / "renamed")
    (path / PNG).rename(path / "frames" / "picture.png")
    found = check(path, True, Silent())
    assert {FILM, DAY, ONNX, PNG} <= set(found.repaired)
    assert check(path, False, Silent()).ok
    assert (path / FILM).read_bytes() == b"film"


def test_what_cannot_be_put_right_is_not_called_repaired(path):
    (path / FILM).unlink()
    found = check(path, True, Silent())
    assert kinds(found) == [("missing_file", FILM)]
    assert found.repaired == ()
    assert not found.ok
    assert not found.settled


def test_files_of_an_import_that_is_under_way_are_no_orphans(path):
    with open_project(path):
        (path / "recordings" / "new").mkdir()
        (path / "recordings" / "new" / "film.mp4.part").write_text("half")
        assert check(path, False, Silent()).ok


@pytest.mark.parametrize("first", [0, 4096, 20 * 4096])
def test_a_damaged_database_is_found_left_alone_and_copied_without_the_damage(path, first):
    data = bytearray((path / "project.db").read_bytes())
    data[first : first + 4096] = os.urandom(4096)
    (path / "project.db").write_bytes(data)
    (found,) = check(path, False, Silent()).problems
    assert (found.kind, found.where) == ("database", "project.db")
    mended = check(path, True, Silent())
    assert (path / "project.db").read_bytes() == data
    copy = path.with_name("line-repaired.fieldcheck")
    assert mended.repaired == (str(copy),)
    assert mended.settled
    assert check(copy, False, Silent()).ok
    with open_project(copy) as project:
        assert project.read(labels.all) == (label("rec-000000"),)
        assert project.depths() == (2, 0)
        project.undo()


def test_damage_that_changes_neither_size_nor_time_is_found(path):
    stat = (path / "project.db").stat()
    data = bytearray((path / "project.db").read_bytes())
    data[8192:12288] = os.urandom(4096)
    (path / "project.db").write_bytes(data)
    os.utime(path / "project.db", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert kinds(check(path, False, Silent())) == [("database", "project.db")]


def test_what_is_no_project_is_not_checked(tmp_path):
    with pytest.raises(PathMissing):
        check(tmp_path / "none", False, Silent())
    with pytest.raises(NotAProject):
        check(tmp_path, False, Silent())


def test_a_check_can_be_stopped(path):
    flag = StopFlag()
    flag.stop()
    with pytest.raises(Cancelled):
        check(path, False, Silent(flag))


def test_a_problem_is_plain_data():
    assert Problem("database", "project.db", "x") == Problem("database", "project.db", "x")
