import io
import json
import tempfile
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from fieldcheck.domain.label import Box, Point
from fieldcheck.errors.files import PathRefused
from fieldcheck.labels.formats.label_set import LabelledImage, drop_unlabelled
from fieldcheck.labels.formats.registry import (
    BY_NAME,
    READABLE,
    count_export_losses,
    list_writable_formats,
    read_labels,
    write_labels,
)
from tests import makers

BOXES = (Box("dent", 4.0, 2.0, 20.0, 10.0), Box("burr", 30.0, 8.0, 16.0, 12.0, occluded=True))


def labelled(tmp_path, name, class_name="", boxes=()):
    source = makers.save_picture(tmp_path / "source" / name, "red")
    return LabelledImage(f"night/{name}", name, (64, 48), class_name, boxes, source.read_bytes)


BOTH_WAYS = [kind for kind in list_writable_formats("boxes") if kind in READABLE]


@pytest.mark.parametrize("kind", [kind for kind in BOTH_WAYS if kind not in ("csv", "coco")])
def test_boxes_come_back_as_they_went_out(tmp_path, kind):
    pictures = [labelled(tmp_path, "a.png", boxes=BOXES), labelled(tmp_path, "b.png")]
    files = write_labels(tmp_path / kind, kind, ("dent", "burr"), pictures)
    assert all(file.is_file() for file in files)
    found = read_labels(tmp_path / kind, kind)
    boxes = {item.path.rpartition("/")[2]: item.boxes for item in found.items}
    assert set(boxes) == {"a.png", "b.png"}
    assert boxes["b.png"] == ()
    for back, box in zip(boxes["a.png"], BOXES, strict=True):
        assert back.class_name == box.class_name
        actual = (back.x, back.y, back.w, back.h)
        assert actual == pytest.approx((box.x, box.y, box.w, box.h), abs=1e-4)


def test_coco_carries_its_pictures_and_says_what_the_project_calls_them(tmp_path):
    pictures = [labelled(tmp_path, "a.png", boxes=BOXES), labelled(tmp_path, "b.png")]
    file, *saved = write_labels(tmp_path / "out", "coco", ("dent", "burr"), pictures)
    found = read_labels(tmp_path / "out")
    assert [item.path for item in found.items] == ["images/default/a.png", "images/default/b.png"]
    assert found.names == ("a.png", "b.png")
    expected = [("dent", 4.0, 20.0), ("burr", 30.0, 16.0)]
    assert [(box.class_name, box.x, box.w) for box in found.items[0].boxes] == expected
    assert found.items[1].boxes == ()
    assert [path.read_bytes() for path in saved] == [one.picture() for one in pictures]
    expected = ["night/a.png", "night/b.png"]
    assert [one["source"] for one in json.loads(file.read_text("utf-8"))["images"]] == expected


@pytest.mark.parametrize("kind", ["csv"])
def test_one_file_holds_names_and_boxes(tmp_path, kind):
    (file,) = write_labels(
        tmp_path,
        kind,
        ("dent", "burr"),
        [labelled(tmp_path, "a.png", boxes=BOXES), labelled(tmp_path, "b.png")],
    )
    found = read_labels(file, kind)
    assert found.names == ("night/a.png", "night/b.png")
    expected = [("dent", 4.0, 20.0), ("burr", 30.0, 16.0)]
    assert [(box.class_name, box.x, box.w) for box in found.items[0].boxes] == expected
    assert found.items[1].boxes == ()


def test_classes_become_folders_or_a_column(tmp_path):
    pictures = [labelled(tmp_path, "a.png", "crack"), labelled(tmp_path, "b.png", "ok")]
    write_labels(tmp_path / "folders", "imagefolder", ("crack", "ok"), pictures)
    actual = [(item.path, item.class_name) for item in read_labels(tmp_path / "folders").items]
    assert actual == [("crack/a.png", "crack"), ("ok/b.png", "ok")]
    (file,) = write_labels(tmp_path, "csv", ("crack", "ok"), pictures)
    assert file.read_text() == "file,class\nnight/a.png,crack\nnight/b.png,ok\n"


@pytest.mark.parametrize("name", ["a/b", "a\\b", "..", ".hidden", "/etc", "C:a", "x" * 300])
def test_a_class_that_is_no_folders_name_is_refused_before_anything_is_written(tmp_path, name):
    pictures = [labelled(tmp_path, "a.png", "ok"), labelled(tmp_path, "b.png", name)]
    with pytest.raises(PathRefused):
        write_labels(tmp_path / "folders", "imagefolder", ("ok", name), pictures)
    assert not (tmp_path / "folders").exists()


WIDTH, HEIGHT = 3840, 2160
letters = st.characters(exclude_categories=("C", "Z"))
words = st.text(letters, min_size=1, max_size=8) | st.sampled_from(
    ["no", "1", "1e3", "~", "null", "=1+1", "a: b", "#x", "<i>", "&lt;", "0x10"]
)
shares = st.floats(0, 1)
boxes = st.tuples(st.integers(0, 3), shares, shares, shares, shares)


def whole_picture():
    data = io.BytesIO()
    Image.new("L", (WIDTH, HEIGHT)).save(data, "PNG")
    return data.getvalue()


PICTURE = whole_picture()


@pytest.mark.parametrize("kind", BOTH_WAYS)
@given(
    classes=st.lists(words, min_size=4, max_size=4, unique=True),
    frames=st.lists(st.lists(boxes, max_size=3), min_size=1, max_size=3),
)
@settings(max_examples=25, deadline=None)
def test_any_classes_and_boxes_come_back_as_they_went_out(kind, classes, frames):
    pictures = [
        LabelledImage(
            f"{at}.png",
            f"{at}.png",
            (WIDTH, HEIGHT),
            "",
            tuple(_box(classes, *one) for one in found),
            lambda: PICTURE,
        )
        for at, found in enumerate(frames)
    ]
    with tempfile.TemporaryDirectory() as folder:
        write_labels(Path(folder), kind, classes, pictures)
        back = read_labels(Path(folder), kind)
    got = {item.path.rpartition("/")[2]: item.boxes for item in back.items}
    for one in pictures:
        assert [box.class_name for box in got[one.file]] == [box.class_name for box in one.boxes]
        for box, was in zip(got[one.file], one.boxes, strict=True):
            actual = (box.x, box.y, box.w, box.h)
            assert actual == pytest.approx((was.x, was.y, was.w, was.h), abs=1e-4)


def _box(classes, k, x, y, w, h):
    return Box(classes[k], x * WIDTH, y * HEIGHT, w * (1 - x) * WIDTH, h * (1 - y) * HEIGHT)


# file → what stands on it: names in two scripts, half pixels, a picture with nothing on it, and one
# name twice
TRAPS = {
    "Prüfung 3.png": (
        Box("Kratzer groß", 0.25, 1.125, 20.5, 10.0625, occluded=True),
        Box("划痕", 30.0, 8.0, 0.5, 0.5),
    ),
    "检查.png": (Box("划痕", 0.0, 0.0, 64.0, 48.0, crowd=True, truncated=True),),
    "empty.png": (),
    "links_1.png": (Box("Kratzer groß", 60.0, 40.0, 4.0, 8.0),),
    "rechts_1.png": (Box("a, b: c", 1.0, 1.0, 2.0, 2.0),),
}


@pytest.mark.parametrize("kind", BOTH_WAYS)
def test_nothing_is_lost_that_a_format_can_hold_and_the_rest_is_counted(tmp_path, kind):
    data = makers.save_picture(tmp_path / "red.png", "red").read_bytes()
    pictures = [
        LabelledImage(file.replace("_", "/"), file, (64, 48), "", boxes, lambda: data)
        for file, boxes in TRAPS.items()
    ]
    write_labels(tmp_path / kind, kind, ("Kratzer groß", "划痕", "a, b: c"), pictures)
    found = read_labels(tmp_path / kind)
    assert (found.format, found.skipped.unlabelled, found.skipped.losses) == (kind, (), ())
    back = {
        name.replace("/", "_"): item.boxes
        for name, item in zip(found.names, found.items, strict=True)
    }
    assert set(back) == set(TRAPS)
    kept = BY_NAME[kind].kept_flags
    for file, boxes in TRAPS.items():
        for one, was in zip(back[file], boxes, strict=True):
            actual = (one.x, one.y, one.w, one.h)
            assert actual == pytest.approx((was.x, was.y, was.w, was.h), abs=1e-5)
            assert (one.class_name, *(getattr(one, flag) for flag in FLAGS)) == (
                was.class_name, *(getattr(was, flag) and flag in kept for flag in FLAGS)
            )  # fmt: skip
    lost = dict(count_export_losses(kind, ("Kratzer groß", "划痕", "a, b: c"), pictures))
    assert lost.pop("pictures", 0) == (0 if BY_NAME[kind].with_pictures else len(TRAPS))
    assert lost == {flag: 1 for flag in FLAGS if flag not in kept}


FLAGS = ("crowd", "occluded", "truncated")
POINTED = [
    kind for kind in list_writable_formats("points") if kind in READABLE and kind != "masks"
]  # which have whole pixels: test_masks.py


@pytest.mark.parametrize("kind", POINTED)
def test_points_come_back_and_so_does_a_frame_that_shows_nothing(tmp_path, kind):
    points = (Point("riss", 3.25, 4.5), Point("划痕", 63.875, 0.125))
    pictures = [replace(labelled(tmp_path, "a.png"), points=points), labelled(tmp_path, "b.png")]
    write_labels(tmp_path / kind, kind, ("riss", "划痕"), pictures)
    found = read_labels(tmp_path / kind)
    back = {
        name.rpartition("/")[2]: item.points
        for name, item in zip(found.names, found.items, strict=True)
    }
    assert back["b.png"] == ()
    assert [(one.class_name, one.x, one.y) for one in back["a.png"]] == [
        (one.class_name, pytest.approx(one.x), pytest.approx(one.y)) for one in points
    ]
    assert drop_unlabelled(found).items == found.items


@pytest.mark.parametrize(
    "kind", [kind for kind in list_writable_formats("class") if kind in READABLE]
)
def test_classes_come_back(tmp_path, kind):
    write_labels(
        tmp_path / kind,
        kind,
        ("Riss", "gut"),
        [labelled(tmp_path, "a.png", "Riss"), labelled(tmp_path, "b.png", "gut")],
    )
    found = read_labels(tmp_path / kind)
    assert found.format == kind
    assert {
        name.rpartition("/")[2]: item.class_name
        for name, item in zip(found.names, found.items, strict=True)
    } == {"a.png": "Riss", "b.png": "gut"}
