import hashlib
import json
import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.projects import NotAProject
from fieldcheck.evidence.project_check import CheckResult, Problem, check_project
from fieldcheck.footage import recording_container
from fieldcheck.footage.image_folder import compute_copied_folder_sha256
from fieldcheck.footage.recording_index import HEADER_BYTES, decode_header, encode_header
from fieldcheck.imaging.codec import compute_pixels_sha256, encode_png
from fieldcheck.progress import Cancelled, NullProgress
from fieldcheck.project.folder import create_project, open_project
from fieldcheck.project.tables import frames, labels, models, recordings, values
from fieldcheck.project.tables import labels as draws
from fieldcheck.project.tables import labels as picks
from fieldcheck.project.tables import recordings as clips
from tests import makers
from tests.footage.made_recordings import webcam, write_recording
from tests.project.made import CARD, clip, draw, facts, label, listed, model, pick, recording

FILM, ONNX, PNG = "recordings/rec/rec.mp4", "models/net/net.onnx", "frames/rec-000000.png"
DAY = "recordings/pictures/day1"


@pytest.fixture
def sealed_path(tmp_path):
    """A closed project whose rows and files are true to each other."""
    path = tmp_path / "line.fieldcheck"
    rgb = np.random.default_rng(2).integers(0, 256, (6, 8, 3), np.uint8)
    with create_project(path) as project:
        for name, data in (
            (FILM, b"film"), (ONNX, b"onnx"), (PNG, encode_png(rgb)), (f"{DAY}/1.png", b"1"),
            (f"{DAY}/2.png", b"2"),
        ):  # fmt: skip
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            (path / name).write_bytes(data)
        (frame,) = listed(n=1)

        def store(db):
            recordings.put_recording(db, recording(sha256=hashlib.sha256(b"film").hexdigest()))
            sha256 = compute_copied_folder_sha256(path / DAY, NullProgress())
            recordings.put_recording(
                db, recording("pictures", kind="folder", path=DAY, sha256=sha256)
            )
            frames.insert_frames(
                db,
                [
                    type(frame)(
                        *(getattr(frame, n) for n in frame.__slots__[:7]),
                        compute_pixels_sha256(rgb),
                    )
                ],
                facts((frame,)),
            )
            draws.put_draw(db, draw(), ())
            models.put_model(
                db, type(model())("net", hashlib.sha256(b"onnx").hexdigest(), ONNX, CARD, "")
            )

        project.write(store).result()
        project.edit("pick.propose", [picks.make_pick_row(pick("rec-000000"))])
        project.edit("label.set", [labels.make_label_row(label("rec-000000"))])
    return path


def kinds(found):
    return [(problem.kind, problem.where) for problem in found.problems]


def test_a_sound_project_has_no_problems(sealed_path):
    found = check_project(sealed_path, False, NullProgress())
    assert found == CheckResult(())
    assert found.is_sound


def test_a_value_that_cannot_be_read_is_found_and_left_out_of_the_repaired_copy(sealed_path):
    with open_project(sealed_path) as project:
        project.write(
            lambda db: db.conn.execute(
                "INSERT OR REPLACE INTO setting (key, value) VALUES ('site', '[[[')"
            )
        ).result()
    found = check_project(sealed_path, False, NullProgress())
    assert [one.kind for one in found.problems] == ["database"]
    (copy,) = check_project(sealed_path, True, NullProgress()).repaired
    assert check_project(Path(copy), False, NullProgress()).is_sound


def test_every_file_that_changed_is_found(sealed_path):
    for name in (FILM, ONNX, f"{DAY}/2.png"):
        (sealed_path / name).write_bytes(b"else")
    (sealed_path / PNG).write_bytes(encode_png(np.zeros((6, 8, 3), np.uint8)))
    actual = kinds(check_project(sealed_path, False, NullProgress()))
    assert actual == [("changed_file", name) for name in (FILM, DAY, ONNX, PNG)]


def test_files_that_are_gone_or_unreadable_are_found(sealed_path):
    (sealed_path / FILM).unlink()
    (sealed_path / PNG).write_bytes(b"no picture")
    expected = [("missing_file", FILM), ("unreadable_file", PNG)]
    assert kinds(check_project(sealed_path, False, NullProgress())) == expected


def test_a_path_that_leads_out_of_the_project_is_not_followed(sealed_path, tmp_path):
    (tmp_path / "secret").write_text("secret")
    with open_project(sealed_path) as project:
        project.write(
            lambda db: recordings.put_recording(db, recording("out", path="../secret"))
        ).result()
    (problem,) = check_project(sealed_path, False, NullProgress()).problems
    assert problem.kind == "database"  # no version of ours writes such a row
    assert problem.what == "recording.path: outside"


def test_rows_that_speak_of_nothing_are_found(sealed_path):
    with open_project(sealed_path) as project:
        project.write(lambda db: values.put_row(db, labels.make_label_row(label("ghost")))).result()
    expected = [("loose_row", "label ghost")]
    assert kinds(check_project(sealed_path, False, NullProgress())) == expected


def test_files_without_a_row_are_found_and_put_aside(sealed_path):
    (sealed_path / "frames" / "ghost.png").write_text("x")
    (sealed_path / "recordings" / "ghost").mkdir()
    (sealed_path / "recordings" / "ghost" / "film.mp4").write_text("x")
    (sealed_path / "frames" / "rec-000015.png.part").write_text("half")
    found = check_project(sealed_path, False, NullProgress())
    assert sorted(kinds(found)) == [
        ("orphan_file", "frames/ghost.png"),
        ("orphan_file", "recordings/ghost"),
        ("unfinished_file", "frames/rec-000015.png.part"),
    ]
    assert found.repaired == ()
    mended = check_project(sealed_path, True, NullProgress())
    assert sorted(mended.repaired) == sorted(problem.where for problem in mended.problems)
    assert mended.is_resolved
    assert not found.is_resolved
    assert mended.backup.startswith("backups/project-")
    assert check_project(sealed_path, False, NullProgress()).is_sound
    assert len(list((sealed_path / "trash").rglob("ghost.png"))) == 1
    assert len(list((sealed_path / "trash").rglob("film.mp4"))) == 1


def test_a_file_that_was_moved_is_put_back_by_its_content(sealed_path):
    (sealed_path / FILM).rename(sealed_path / "recordings" / "film of monday.mp4")
    (sealed_path / DAY).rename(sealed_path / "recordings" / "day one")
    (sealed_path / "models" / "net").rename(sealed_path / "models" / "renamed")
    (sealed_path / PNG).rename(sealed_path / "frames" / "picture.png")
    found = check_project(sealed_path, True, NullProgress())
    assert {FILM, DAY, ONNX, PNG} <= set(found.repaired)
    assert check_project(sealed_path, False, NullProgress()).is_sound
    assert (sealed_path / FILM).read_bytes() == b"film"


def test_what_cannot_be_put_right_is_not_called_repaired(sealed_path):
    (sealed_path / FILM).unlink()
    found = check_project(sealed_path, True, NullProgress())
    assert kinds(found) == [("missing_file", FILM)]
    assert found.repaired == ()
    assert not found.is_sound
    assert not found.is_resolved


def test_files_of_an_import_that_is_under_way_are_no_orphans(sealed_path):
    with open_project(sealed_path):
        (sealed_path / "recordings" / "new").mkdir()
        (sealed_path / "recordings" / "new" / "film.mp4.part").write_text("half")
        assert check_project(sealed_path, False, NullProgress()).is_sound


@pytest.mark.short_cases(2)
@pytest.mark.parametrize("first", [0, 4096, 20 * 4096])
def test_a_damaged_database_is_found_left_alone_and_copied_without_the_damage(sealed_path, first):
    data = bytearray((sealed_path / "project.db").read_bytes())
    data[first : first + 4096] = os.urandom(4096)
    (sealed_path / "project.db").write_bytes(data)
    (found,) = check_project(sealed_path, False, NullProgress()).problems
    assert (found.kind, found.where) == ("database", "project.db")
    mended = check_project(sealed_path, True, NullProgress())
    assert (sealed_path / "project.db").read_bytes() == data
    copy = sealed_path.with_name("line-repaired.fieldcheck")
    assert mended.repaired == (str(copy),)
    assert mended.is_resolved
    assert check_project(copy, False, NullProgress()).is_sound
    with open_project(copy) as project:
        assert project.read(labels.list_labels) == (label("rec-000000"),)
        assert project.count_history() == (2, 0)
        project.undo()


def test_damage_that_changes_neither_size_nor_time_is_found(sealed_path):
    stat = (sealed_path / "project.db").stat()
    data = bytearray((sealed_path / "project.db").read_bytes())
    data[8192:12288] = os.urandom(4096)
    (sealed_path / "project.db").write_bytes(data)
    os.utime(sealed_path / "project.db", ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert kinds(check_project(sealed_path, False, NullProgress())) == [("database", "project.db")]


def test_what_is_no_project_is_not_checked(tmp_path):
    with pytest.raises(PathMissing):
        check_project(tmp_path / "none", False, NullProgress())
    with pytest.raises(NotAProject):
        check_project(tmp_path, False, NullProgress())


def test_a_check_can_be_stopped(sealed_path):
    with pytest.raises(Cancelled):
        check_project(sealed_path, False, makers.stopped())


def test_a_problem_is_plain_data():
    assert Problem("database", "project.db", "x") == Problem("database", "project.db", "x")


SECRET = "S3'cretQ"
OLD = f"http://user:{SECRET}@127.0.0.1:8080/v?p={SECRET}&a=1"
BARE = "http://127.0.0.1:8080/v?p=…&a=…"


@pytest.fixture
def told(tmp_path):
    """A project as an earlier version left it: the address stands in rows, in a backup, in an index
    and in a report."""
    path = tmp_path / "old.fieldcheck"
    create_project(path).close()
    folder = path / "recordings" / "abc"
    write_recording(folder, [webcam(index) for index in range(3)])
    idx = folder / "000.idx"
    about = {"source": OLD, "camera": OLD, "list_fps": 2.0}
    head = replace(decode_header(idx.read_bytes()), recording_id="abc", about=about)
    idx.write_bytes(encode_header(head) + idx.read_bytes()[HEADER_BYTES:])
    with open_project(path) as project:
        row = recording(
            "abc", kind="capture", source=OLD, camera=OLD, path="recordings/abc",
            sha256=recording_container.compute_recording_sha256(folder),
        )  # fmt: skip
        project.write(lambda db: recordings.put_recording(db, row)).result()
        project.edit("clip.tell", [clips.make_clip_row(replace(clip("abc"), camera=OLD))])
        project.create_backup()
    report = path / "reports" / "Fieldcheck_line_2026-01-01"
    report.mkdir()
    (report / "report.html").write_text(OLD.replace("&", "&amp;").replace("'", "&#39;"))
    (report / "summary.json").write_text(json.dumps({"source": OLD}))
    (report / "report.pdf").write_bytes(b"%PDF")
    return path


def files_with(path, word):
    return [
        one.name for one in path.rglob("*") if one.is_file() and word.encode() in one.read_bytes()
    ]


def test_a_repair_takes_a_password_out_of_everything_an_earlier_version_wrote(told):
    assert len(files_with(told, SECRET)) >= 3
    assert [one.kind for one in check_project(told, False, NullProgress()).problems] == ["secret"]
    mended = check_project(told, True, NullProgress())
    assert mended.is_resolved
    assert files_with(told, "cretQ") == []
    assert files_with(told, "user") == []
    assert check_project(told, False, NullProgress()).is_sound, (
        "the hash of the recording follows its index"
    )
    with open_project(told, write=False) as project:
        assert project.read(lambda db: recordings.get_recording(db, "abc")).source == BARE
    assert not list(told.rglob("*.pdf"))


def test_what_is_found_is_told_without_the_secret(told):
    assert SECRET not in repr(check_project(told, False, NullProgress()))


def test_an_address_without_secrets_is_left_as_it_is(tmp_path):
    path = tmp_path / "sound.fieldcheck"
    with create_project(path) as project:
        project.write(
            lambda db: recordings.put_recording(
                db, recording("abc", source="http://cam:80/v", camera=BARE, path="")
            )
        ).result()
    assert check_project(path, False, NullProgress()).is_sound
