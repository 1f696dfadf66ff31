from fieldcheck.project.connection import open_for_writing
from fieldcheck.project.folder import create_project
from fieldcheck.project.tables import recordings, redact
from tests.project.made import recording


def test_a_text_is_replaced_in_every_row_and_gone_from_the_file(tmp_path):
    path = tmp_path / "one.fieldcheck"
    with create_project(path) as project:
        project.write(
            lambda db: recordings.put_recording(
                db, recording(source="http://cam/v?p=hunter2", camera="hunter2")
            )
        ).result()
        assert {"http://cam/v?p=hunter2", "hunter2"} <= project.read(redact.list_camera_texts)
    db = open_for_writing(path / "project.db", "FULL")
    redact.replace_texts(db, {"hunter2": "…"})
    assert recordings.get_recording(db, "rec").source == "http://cam/v?p=…"
    assert recordings.get_recording(db, "rec").camera == "…"
    db.close()
    assert b"hunter2" not in (path / "project.db").read_bytes()


def test_the_hash_of_a_recording_is_told_anew(tmp_path):
    with create_project(tmp_path / "one.fieldcheck") as project:
        project.write(lambda db: recordings.put_recording(db, recording())).result()
        project.write(lambda db: redact.set_sha256(db, "rec", "new")).result()
        assert project.read(lambda db: recordings.get_recording(db, "rec")).sha256 == "new"
