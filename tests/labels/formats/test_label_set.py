from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from fieldcheck.domain.label import BenchmarkItem, Box, Point
from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.labels.formats.label_set import (
    LabelledImage,
    LabelSet,
    has_labels_for_task,
    list_losses,
    make_parent_folder,
    read_image_size,
    select_label_kind,
)


def test_every_item_has_a_name():
    with pytest.raises(ValueError, match="1 items with 0 names"):
        LabelSet("csv", Path(), ("a",), (BenchmarkItem("1.png", "a"),), ())


@pytest.mark.parametrize(("item", "classification", "detection"), [
    (BenchmarkItem("1.png", "a"), True, False),
    (BenchmarkItem("1.png", boxes=(Box("a", 0, 0, 1, 1),)), False, True),
    (BenchmarkItem("1.png"), False, True),
])  # fmt: skip
def test_labels_fit_the_task_whose_answers_look_like_them(item, classification, detection):
    assert has_labels_for_task([item], "classification") == classification
    assert has_labels_for_task([item], "detection") == detection


@pytest.mark.parametrize(("task", "of_class", "of_boxes"), [
    ("classification", True, False), ("anomaly", True, False), ("detection", False, True),
    ("instance", False, True), ("segmentation", False, False), ("multilabel", False, False),
])  # fmt: skip
def test_instances_are_labelled_in_boxes_no_file_holds_several_classes(task, of_class, of_boxes):
    named = BenchmarkItem("1.png", "a")
    boxed = BenchmarkItem("2.png", boxes=(Box("a", 0, 0, 1, 1),))
    assert has_labels_for_task([named], task) == of_class
    assert has_labels_for_task([boxed], task) == of_boxes
    assert not has_labels_for_task([named, boxed], task)


def test_points_fit_maps_of_classes_and_an_outline_both_these_and_boxes():
    points, boxes = (Point("a", 1, 1),), (Box("a", 0, 0, 2, 2),)
    masked = BenchmarkItem("1.png", points=points)
    outlined = BenchmarkItem("2.png", boxes=boxes, points=points)
    empty = BenchmarkItem("3.png")
    assert has_labels_for_task([masked, outlined, empty], "segmentation")
    assert not has_labels_for_task([masked, outlined], "detection")
    assert select_label_kind([outlined], "points") == (BenchmarkItem("2.png", points=points),)
    assert select_label_kind([outlined], "boxes") == (BenchmarkItem("2.png", boxes=boxes),)
    assert outlined.names == masked.names == ("a",)


def test_only_what_was_lost_is_told():
    assert list_losses({"turned": 2, "specks": 0, "masks": 1}) == (("masks", 1), ("turned", 2))


def test_a_picture_is_saved_as_its_own_bytes_in_a_folder_that_is_made(tmp_path):
    one = LabelledImage("night/a.png", "a.png", (2, 2), "ok", (), lambda: b"bytes")
    assert one.save_image(tmp_path / "ok" / "a.png").read_bytes() == b"bytes"


def test_a_folder_that_is_there_already_is_kept(tmp_path):
    expected = tmp_path / "labels" / "a.txt"
    assert make_parent_folder(make_parent_folder(tmp_path / "labels" / "a.txt")) == expected
    assert (tmp_path / "labels").is_dir()


@pytest.mark.parametrize(
    ("orientation", "size"), [(1, (40, 30)), (3, (40, 30)), (6, (30, 40)), (8, (30, 40))]
)
def test_the_size_is_that_of_the_picture_as_it_is_shown(tmp_path, orientation, size):
    exif = Image.Exif()
    exif[0x0112] = orientation
    Image.new("RGB", (40, 30)).save(tmp_path / "a.jpg", exif=exif)
    assert read_image_size(tmp_path / "a.jpg") == size


def test_a_header_that_promises_more_than_anyone_decodes_is_only_read(tmp_path):
    Image.new("1", (12_000, 10_000)).save(tmp_path / "a.png")
    assert read_image_size(tmp_path / "a.png") == (12_000, 10_000)


@settings(max_examples=60)
@given(
    st.binary(max_size=200),
    st.integers(0, 700),
    st.sampled_from(["png", "jpg", "bmp", "tif", "webp", "gif"]),
)
def test_torn_and_random_files_are_refused_or_have_a_size(tmp_path_factory, noise, keep, ending):
    path = tmp_path_factory.mktemp("fuzz") / f"a.{ending}"
    Image.new("RGB", (20, 10), "red").save(path)
    path.write_bytes(path.read_bytes()[:keep] + noise)
    with suppress(LabelsRefused):
        assert min(read_image_size(path)) > 0
