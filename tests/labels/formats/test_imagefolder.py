import os

import pytest

from fieldcheck.domain.label import BenchmarkItem
from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.labels.formats import imagefolder


def put(root, *names):
    for name in names:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"")


def test_the_folder_is_the_class_and_names_leave_it_out(tmp_path):
    put(
        tmp_path, "ok/2.png", "ok/1.JPG", "crack/clip_03/7.png", "crack/notes.txt", ".git/x.png",
        "crack/.hidden.png",
    )  # fmt: skip
    (tmp_path / "dent").mkdir()
    found = imagefolder.read_imagefolder(tmp_path)
    crack = BenchmarkItem("crack/clip_03/7.png", "crack")
    assert found.items == (crack, BenchmarkItem("ok/1.JPG", "ok"), BenchmarkItem("ok/2.png", "ok"))
    assert found.names == ("clip_03/7.png", "1.JPG", "2.png")
    assert found.classes == ("crack", "dent", "ok")


def test_the_parts_of_a_training_set_are_not_taken_for_classes(tmp_path):
    put(tmp_path, "train/ok/1.png", "val/ok/2.png")
    with pytest.raises(LabelsRefused) as caught:
        imagefolder.read_imagefolder(tmp_path)
    assert (caught.value.problem, caught.value.detail) == ("several", "train, val")


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_a_picture_that_is_a_link_is_refused(tmp_path):
    put(tmp_path, "outside.png", "set/ok/1.png")
    (tmp_path / "set" / "ok" / "2.png").symlink_to(tmp_path / "outside.png")
    with pytest.raises(LabelsRefused):
        imagefolder.read_imagefolder(tmp_path / "set")
