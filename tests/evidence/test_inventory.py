from fieldcheck.evidence.open_pack import find_unowned_files, list_owned_files
from fieldcheck.project.tables import frames, labels, recordings
from fieldcheck.project.undo import apply_edit
from tests.project.made import fill, pick, recording


def test_footage_models_and_saved_frames_belong_to_the_project(db):
    fill(db)
    recordings.put_recording(
        db, recording("pictures", kind="folder", path="recordings/pictures/day1")
    )
    recordings.put_recording(db, recording("begun", path="", closed=False))
    apply_edit(
        db,
        "pick.propose",
        [
            labels.make_pick_row(pick("rec-000000")),
            labels.make_pick_row(pick("rec-000015", file="")),
        ],
    )
    assert [(one.where, one.sha256, one.is_folder) for one in list_owned_files(db)] == [
        ("recordings/rec/rec.mp4", "rec-hash", False),
        ("recordings/pictures/day1", "pictures-hash", True),
        ("models/net/net.onnx", "net-hash", False),
        ("frames/rec-000000.png", "rec0-hash", False),
    ]


def test_what_no_row_speaks_of_is_found(db, tmp_path):
    fill(db)
    apply_edit(db, "pick.propose", [labels.make_pick_row(pick("rec-000000"))])
    for name in (
        *(
            "recordings/rec/rec.mp4",
            "recordings/rec/rec.mp4.part",
            "recordings/ghost/film.mp4",
            "models/net/net.onnx",
            "models/lone.onnx",
        ),
        *(
            "frames/rec-000000.png",
            "frames/rec-000015.png",
            "frames/other-000000.png",
            "frames/rec-000030.png.part",
        ),
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert list(find_unowned_files(tmp_path, list_owned_files(db), frames.list_frame_ids(db))) == [
        "recordings/ghost",
        "recordings/rec/rec.mp4.part",
        "models/lone.onnx",
        "frames/other-000000.png",
        "frames/rec-000030.png.part",
    ]


def test_a_project_without_folders_has_no_orphans(tmp_path):
    assert list(find_unowned_files(tmp_path, (), ())) == []
