import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from fieldcheck.domain.label import Box, Point
from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.labels import LabelsRefused
from fieldcheck.labels.formats.label_set import LabelledImage
from fieldcheck.labels.formats.registry import (
    BY_NAME,
    READABLE,
    has_labels,
    list_candidate_formats,
    read_labels,
    write_labels,
)

COCO = json.dumps(
    {
        "images": [{"id": 1, "file_name": "1.png"}],
        "annotations": [{"image_id": 1, "category_id": 1, "bbox": [1, 2, 3, 4]}],
        "categories": [{"id": 1, "name": "car"}],
    }
)
VOC = (
    "<annotation><filename>1.png</filename><object><name>car</name>"
    "<bndbox><xmin>1</xmin><ymin>2</ymin><xmax>4</xmax><ymax>6</ymax></bndbox></object></annotation>"
)
SETS = {
    "imagefolder": {"car/1.png": None, "bus/2.png": None},
    "coco": {"annotations/instances_default.json": COCO, "images/1.png": None},
    "yolo": {
        "data.yaml": "val: images\nnames: [car]",
        "images/1.png": None,
        "labels/1.txt": "0 0.5 0.5 0.5 0.5\n",
    },
    "voc": {"Annotations/1.xml": VOC, "JPEGImages/1.png": None},
    "csv": {"labels.csv": "file,class,x,y,w,h\n1.png,car,1,2,3,4\n", "1.png": None},
}


def put(root, files):
    for name, said in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        if said is None:
            Image.new("RGB", (20, 10)).save(root / name)
        else:
            (root / name).write_text(said, encoding="utf-8")
    return root


@pytest.mark.parametrize("kind", SETS)
@pytest.mark.parametrize("around", ["", "export", "a/b"])
def test_each_format_is_found_out_also_inside_a_lone_folder(tmp_path, kind, around):
    put(tmp_path / around, SETS[kind])
    found = read_labels(tmp_path)
    assert found.format == kind
    assert "car" in found.classes
    assert all((found.root / item.path).is_file() for item in found.items)
    assert read_labels(tmp_path, kind) == found


@pytest.mark.parametrize(
    ("kind", "file"),
    [
        ("coco", "annotations/instances_default.json"),
        ("csv", "labels.csv"),
        ("voc", "Annotations/1.xml"),
        ("yolo", "data.yaml"),
    ],
)
def test_a_single_file_says_its_format_by_its_ending(tmp_path, kind, file):
    put(tmp_path, SETS[kind])
    assert read_labels(tmp_path / file).format == kind


def test_the_only_class_of_a_picture_folder_is_a_class(tmp_path):
    put(tmp_path, {"ok/1.png": None})
    assert read_labels(tmp_path).classes == ("ok",)


@pytest.mark.parametrize(
    "files",
    [
        {}, {"readme.txt": "hello"}, {"1.png": None}, {"notes.json": "[]"},
        {"frames.csv": "frame_id,label\n1,2\n"},
    ],
)  # fmt: skip
def test_what_is_no_labelled_set_is_of_unknown_format(tmp_path, files):
    put(tmp_path, files)
    with pytest.raises(LabelsRefused) as caught:
        read_labels(tmp_path)
    assert (caught.value.problem, caught.value.path) == ("unknown_format", tmp_path)


def test_a_set_in_two_formats_asks_for_one(tmp_path):
    put(tmp_path, SETS["coco"] | SETS["voc"])
    with pytest.raises(LabelsRefused) as caught:
        read_labels(tmp_path)
    assert (caught.value.problem, caught.value.detail) == ("several", "voc, coco")
    assert read_labels(tmp_path, "voc").format == "voc"


def test_two_files_of_one_format_ask_for_one(tmp_path):
    put(tmp_path, {"a.json": COCO, "b.json": COCO})
    with pytest.raises(LabelsRefused) as caught:
        read_labels(tmp_path)
    assert (caught.value.problem, caught.value.detail) == ("several", "a.json, b.json")


@pytest.mark.parametrize("kind", SETS)
def test_a_format_that_is_asked_for_and_not_there_is_refused(tmp_path, kind):
    put(tmp_path, {"readme.txt": "hello"})
    with pytest.raises(LabelsRefused):
        read_labels(tmp_path, kind)
    with pytest.raises(LabelsRefused):
        read_labels(tmp_path / "readme.txt", kind)


def test_a_path_that_is_not_there_is_missing(tmp_path):
    with pytest.raises(PathMissing):
        read_labels(tmp_path / "nowhere")


files = st.sampled_from(
    [
        ("coco", "annotations/instances_default.json"),
        ("csv", "labels.csv"),
        ("voc", "Annotations/1.xml"),
        ("yolo", "data.yaml"),
        ("yolo", "labels/1.txt"),
        ("yolo", "images/1.png"),
    ]
)


@settings(max_examples=150, deadline=None)
@given(files, st.integers(0, 400), st.binary(max_size=60), st.booleans())
def test_torn_and_random_files_are_refused_or_read_and_nothing_else(
    tmp_path_factory, case, at, noise, tear
):
    kind, file = case
    root = put(tmp_path_factory.mktemp("fuzz"), SETS[kind])
    whole = (root / file).read_bytes()
    at = min(at, len(whole))
    (root / file).write_bytes(whole[:at] + noise + (b"" if tear else whole[at + len(noise) :]))
    for label_format in ("auto", kind):
        with suppress(LabelsRefused):
            assert read_labels(root, label_format).items


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["a.json", "a.csv", "a.xml", "a.yaml"]), st.binary(max_size=300))
def test_random_bytes_are_refused(tmp_path_factory, name, noise):
    path = tmp_path_factory.mktemp("fuzz") / name
    path.write_bytes(noise)
    with pytest.raises(LabelsRefused):
        read_labels(path)


@pytest.mark.parametrize(
    "kind",
    [
        kind
        for kind in READABLE
        if BY_NAME[kind].writer is not None and not BY_NAME[kind].is_fallback
    ],
)
def test_labels_of_every_format_are_told_from_footage_by_folder_and_by_file(tmp_path, kind):
    """As whatever is dropped on the window is told."""
    held = BY_NAME[kind]
    boxes, points = (
        ((Box("car", 1, 1, 2, 2),), ())
        if "boxes" in held.label_kinds
        else ((), (Point("car", 2.0, 2.0),))
    )
    put(tmp_path, {"1.png": None})
    pictures = [
        LabelledImage(
            "1.png", "1.png", (20, 10), "", boxes, (tmp_path / "1.png").read_bytes, points
        )
    ]
    files = write_labels(tmp_path / "set", kind, ("car",), pictures)
    assert has_labels(tmp_path / "set")
    alone = [file for file in files if file.suffix in held.endings]
    assert bool(alone) == bool(held.endings)
    for file in alone:
        assert has_labels(file)
        assert held in list_candidate_formats(file)


def test_footage_in_folders_is_not_taken_for_labels(tmp_path):
    for name in ("morning", "evening"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.png").write_bytes(b"picture")
    assert not has_labels(tmp_path)
    (tmp_path / "labels.csv").write_text("file,class\nmorning/a.png,ok\n")
    assert has_labels(tmp_path / "labels.csv")
    assert not has_labels(tmp_path / "morning" / "a.png")
