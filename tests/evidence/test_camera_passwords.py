import json
from dataclasses import replace

import pytest

from fieldcheck.evidence.project_check import check_project
from fieldcheck.footage import recording_container
from fieldcheck.footage.recording_index import HEADER_BYTES, decode_header, encode_header
from fieldcheck.progress import NullProgress
from fieldcheck.project.folder import create_project, open_project
from fieldcheck.project.tables import recordings
from fieldcheck.project.tables import recordings as clips
from tests.footage.made_recordings import webcam, write_recording
from tests.project.made import clip, recording

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
    head = replace(
        decode_header(idx.read_bytes()),
        recording_id="abc",
        about={"source": OLD, "camera": OLD, "list_fps": 2.0},
    )
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
