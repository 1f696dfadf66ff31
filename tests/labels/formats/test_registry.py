import io
import json
import tempfile
from collections import Counter
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from fieldcheck.domain.label import BenchmarkItem, Box, Point
from fieldcheck.errors.files import PathMissing, PathRefused
from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.errors.messages import format_error
from fieldcheck.labels.formats import registry
from fieldcheck.labels.formats.label_set import (
    LabelFormat,
    LabelledImage,
    LabelSet,
    PartWish,
    choose_part,
    count_images,
    drop_unlabelled,
    find_part_folder,
    has_labels_for_task,
    is_never_candidate,
    list_losses,
    make_parent_folder,
    read_image_size,
    select_label_kind,
)
from fieldcheck.labels.formats.registry import (
    BY_NAME,
    FORMATS,
    OTHER_FORMATS,
    READABLE,
    WRITABLE,
    count_export_losses,
    detect_other_format,
    has_labels,
    list_candidate_formats,
    list_label_patterns,
    list_writable_formats,
    make_single_file_reader,
    read_labels,
    write_labels,
)
from tests import makers

READ_ONLY = LabelFormat(
    "tally",
    frozenset({"class"}),
    reader=lambda place, _: LabelSet("tally", place, (), (), ()),
    endings=frozenset({".tally"}),
)
WRITE_ONLY = LabelFormat(
    "ledger",
    frozenset({"points"}),
    writer=lambda out, classes, pictures: [out / "ledger.txt"],
    endings=frozenset({".txt"}),
)


@pytest.fixture
def two_more(monkeypatch):
    """One that is only read and one that is only written, beside those of the product."""
    for room in (registry, registry):
        monkeypatch.setattr(room, "FORMATS", (*FORMATS, READ_ONLY, WRITE_ONLY))
    for room in (registry, registry):
        monkeypatch.setattr(room, "BY_NAME", {**BY_NAME, "tally": READ_ONLY, "ledger": WRITE_ONLY})


def test_every_format_is_named_once_and_those_of_one_ending_are_told_apart():
    endings = Counter(ending for one in FORMATS for ending in one.endings)
    assert len({one.name for one in FORMATS}) == len(FORMATS)
    assert all(
        one.is_candidate is not is_never_candidate
        for one in FORMATS
        if any(endings[ending] > 1 for ending in one.endings)
    )


def test_those_of_today_are_read_and_written_but_for_three():
    assert set(READABLE) - set(WRITABLE) == {"mvtec"}
    assert set(WRITABLE) - set(READABLE) == {"fiftyone", "parquet"}
    assert set(READABLE) | set(WRITABLE) == set(BY_NAME)


def test_a_dialog_offers_the_endings_of_whatever_is_read(two_more):
    assert list_label_patterns() == ("*.csv", "*.json", "*.tally", "*.xml", "*.yaml", "*.yml")


def test_labels_name_the_formats_that_can_carry_them():
    expected = ("csv", "cvat", "fiftyone", "imagefolder", "label-studio", "labelme", "parquet")
    assert list_writable_formats("class") == expected
    assert list_writable_formats("boxes") == (
        "coco", "csv", "cvat", "fiftyone", "label-studio", "labelme", "parquet", "voc", "yolo",
    )  # fmt: skip
    expected = ("coco", "csv", "cvat", "label-studio", "labelme", "masks", "parquet")
    assert list_writable_formats("points") == expected


def test_a_format_may_be_read_only(tmp_path, two_more):
    (tmp_path / "a.tally").write_text("")
    with pytest.raises(LabelsRefused) as caught:
        registry.read_labels(tmp_path / "a.tally")
    assert (caught.value.problem, caught.value.detail) == ("empty", "tally")
    with pytest.raises(ValueError, match="tally is read and not written"):
        registry.write_labels(tmp_path, "tally", (), ())
    assert "tally" not in list_writable_formats("class")


def test_a_format_may_be_write_only(tmp_path, two_more):
    assert registry.write_labels(tmp_path, "ledger", (), ()) == (tmp_path / "ledger.txt",)
    expected = ("coco", "csv", "cvat", "label-studio", "labelme", "ledger", "masks", "parquet")
    assert list_writable_formats("points") == expected
    (tmp_path / "a.txt").write_text("")
    for asked in ("auto", "ledger"):
        with pytest.raises(LabelsRefused) as caught:
            registry.read_labels(tmp_path / "a.txt", asked)
        assert caught.value.problem == "unknown_format"


def test_the_only_file_of_a_folder_is_read(tmp_path):
    def listed(folder):
        return sorted(folder.glob("*.tally"))

    reads = make_single_file_reader(lambda file: LabelSet("tally", file, (), (), ()), listed)
    with pytest.raises(LabelsRefused) as caught:
        reads(tmp_path, None)
    assert caught.value.problem == "empty"
    file = tmp_path / "a.tally"
    file.write_text("")
    assert reads(tmp_path, None).root == reads(file, None).root == file
    Path(tmp_path / "b.tally").write_text("")
    with pytest.raises(LabelsRefused) as caught:
        reads(tmp_path, None)
    assert (caught.value.problem, caught.value.detail) == ("several", "a.tally, b.tally")


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
    "yolo": {"data.yaml": "val: images\nnames: [car]", "images/1.png": None,
             "labels/1.txt": "0 0.5 0.5 0.5 0.5\n"},
    "voc": {"Annotations/1.xml": VOC, "JPEGImages/1.png": None},
    "csv": {"labels.csv": "file,class,x,y,w,h\n1.png,car,1,2,3,4\n", "1.png": None},
}  # fmt: skip


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


@pytest.mark.parametrize(("kind", "file"), [
    ("coco", "annotations/instances_default.json"),
    ("csv", "labels.csv"),
    ("voc", "Annotations/1.xml"),
    ("yolo", "data.yaml"),
])  # fmt: skip
def test_a_single_file_says_its_format_by_its_ending(tmp_path, kind, file):
    put(tmp_path, SETS[kind])
    assert read_labels(tmp_path / file).format == kind


def test_the_only_class_of_a_picture_folder_is_a_class(tmp_path):
    put(tmp_path, {"ok/1.png": None})
    assert read_labels(tmp_path).classes == ("ok",)


@pytest.mark.parametrize("files", [
    {}, {"readme.txt": "hello"}, {"1.png": None}, {"notes.json": "[]"},
    {"frames.csv": "frame_id,label\n1,2\n"},
])  # fmt: skip
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


@pytest.mark.long
@settings(max_examples=150, deadline=None)
@given(files, st.integers(0, 400), st.binary(max_size=60), st.booleans())
def test_torn_and_random_files_are_refused_or_read(tmp_path_factory, case, at, noise, tear):
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
    pictures = [labelled(tmp_path, "a.png", boxes=BOXES), labelled(tmp_path, "b.png")]
    (file,) = write_labels(tmp_path, kind, ("dent", "burr"), pictures)
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


@pytest.mark.long
@pytest.mark.parametrize("kind", BOTH_WAYS)
@given(
    classes=st.lists(words, min_size=4, max_size=4, unique=True),
    frames=st.lists(st.lists(boxes, max_size=3), min_size=1, max_size=3),
)
@settings(max_examples=25, deadline=None)
def test_any_classes_and_boxes_come_back_as_they_went_out(kind, classes, frames):
    pictures = [
        LabelledImage(
            f"{at}.png", f"{at}.png", (WIDTH, HEIGHT), "",
            tuple(_box(classes, *one) for one in found), lambda: PICTURE,
        )
        for at, found in enumerate(frames)
    ]  # fmt: skip
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
    "Prüfung 3.png": (Box("Kratzer groß", 0.25, 1.125, 20.5, 10.0625, occluded=True),
                      Box("划痕", 30.0, 8.0, 0.5, 0.5)),
    "检查.png": (Box("划痕", 0.0, 0.0, 64.0, 48.0, crowd=True, truncated=True),),
    "empty.png": (),
    "links_1.png": (Box("Kratzer groß", 60.0, 40.0, 4.0, 8.0),),
    "rechts_1.png": (Box("a, b: c", 1.0, 1.0, 2.0, 2.0),),
}  # fmt: skip


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
    rows = zip(found.names, found.items, strict=True)
    back = {name.replace("/", "_"): item.boxes for name, item in rows}
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
    rows = zip(found.names, found.items, strict=True)
    back = {name.rpartition("/")[2]: item.points for name, item in rows}
    assert back["b.png"] == ()
    wanted = [(one.class_name, pytest.approx(one.x), pytest.approx(one.y)) for one in points]
    assert [(one.class_name, one.x, one.y) for one in back["a.png"]] == wanted
    assert drop_unlabelled(found).items == found.items


@pytest.mark.parametrize(
    "kind", [kind for kind in list_writable_formats("class") if kind in READABLE]
)
def test_classes_come_back(tmp_path, kind):
    pictures = [labelled(tmp_path, "a.png", "Riss"), labelled(tmp_path, "b.png", "gut")]
    write_labels(tmp_path / kind, kind, ("Riss", "gut"), pictures)
    found = read_labels(tmp_path / kind)
    assert found.format == kind
    assert {
        name.rpartition("/")[2]: item.class_name
        for name, item in zip(found.names, found.items, strict=True)
    } == {"a.png": "Riss", "b.png": "gut"}


KITTI = "Car 0.00 0 -1.58 587.01 173.33 614.12 200.12 1.65 1.67 3.64 -0.65 1.71 46.70 -1.59\n"
FILES = {
    "Datumaro": ("a.json",
                 json.dumps({"info": {}, "categories": {"label": {"labels": []}}, "items": []})),
    "CreateML": ("a.json", json.dumps([{"image": "1.png", "annotations": []}])),
    "Label Studio JSON-MIN": ("a.json",
                              json.dumps([{"image": "1.png", "id": 1, "label": [], "annotator": 1,
                                           "annotation_id": 3}])),
    "COCO results": ("a.json", json.dumps([{"image_id": 1, "category_id": 1, "bbox": [1, 1, 2, 2],
                                            "score": 0.5}])),
    "Open Images": ("a.csv", "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax\n"),
    "TensorFlow CSV": ("a.csv", "filename,width,height,class,xmin,ymin,xmax,ymax\n"),
    "KITTI": ("label_2/000000.txt", KITTI),
    "MOT": ("gt/gt.txt", "1,1,10,20,30,40,1,1,1.0\n"),
    "TFRecord": ("train/cars.tfrecord", "x"),
}  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_it_is_refused_by_its_name_with_what_to_export_instead(tmp_path, name):
    file, text = FILES[name]
    (tmp_path / file).parent.mkdir(exist_ok=True)
    (tmp_path / file).write_text(text)
    for path in (tmp_path, tmp_path / file):
        with pytest.raises(LabelsRefused) as caught:
            read_labels(path)
        assert (caught.value.problem, caught.value.detail) == ("other_format", name)
        assert format_error(caught.value).endswith(
            f"has the unsupported format {name}. Nothing was imported. Export the labels as "
            f"{caught.value.reason}."
        )


def test_nothing_is_known_of_an_empty_folder_or_footage(tmp_path):
    (tmp_path / "1.png").write_bytes(b"x")
    (tmp_path / "notes.txt").write_text("Car park, 3 pm\n")
    assert detect_other_format(tmp_path) is None
    assert len({(one.name, one.endings) for one in OTHER_FORMATS}) >= 20


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


@pytest.mark.long
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


def test_a_format_that_is_neither_read_nor_written_is_none():
    with pytest.raises(ValueError, match="ledger"):
        LabelFormat("ledger", frozenset({"boxes"}))


def refusal(*arguments, **more):
    with pytest.raises(LabelsRefused) as caught:
        choose_part(*arguments, **more)
    return caught.value.problem, caught.value.detail


def test_one_part_that_is_not_for_training_is_read_by_itself(tmp_path):
    assert choose_part(tmp_path, {"test": 3}, PartWish()) == "test"


def test_training_alone_and_several_parts_are_asked_with_their_counts(tmp_path):
    assert refusal(tmp_path, {"train": 3}, PartWish()) == ("part", "train: 3")
    expected = ("part", "test: 1, train: 3, valid: 2")
    assert refusal(tmp_path, {"test": 1, "train": 3, "valid": 2}, PartWish()) == expected


def test_the_preferred_part_is_read_where_it_is_there_and_training_never(tmp_path):
    preferred = frozenset({"val"})
    actual = choose_part(tmp_path, {"train": 3, "test": 1, "valid": 2}, PartWish(), preferred)
    assert actual == "valid"
    assert choose_part(tmp_path, {"train": 3, "test": 1}, PartWish(), preferred) == "test"
    assert refusal(tmp_path, {"train": 3}, PartWish(), preferred)[0] == "part"


def test_a_named_part_is_read_under_any_of_its_names_or_refused(tmp_path):
    counts = {"Train": 3, "valid": 2}
    assert [
        choose_part(tmp_path, counts, PartWish(name)) for name in ("train", "val", "validation")
    ] == ["Train", "valid", "valid"]
    assert refusal(tmp_path, counts, PartWish("test")) == ("no_part", "Train: 3, valid: 2")


def test_labels_of_frames_may_come_from_the_only_part_whatever_it_is(tmp_path):
    assert choose_part(tmp_path, {"train": 3}, PartWish(takes_any=True)) == "train"
    assert refusal(tmp_path, {"train": 3, "test": 1}, PartWish(takes_any=True))[0] == "part"


def test_folders_are_parts_only_where_all_of_them_are(tmp_path):
    for name in ("train/a", "test/a"):
        (tmp_path / name).mkdir(parents=True)
        (tmp_path / name / "1.png").write_bytes(b"x")
    assert find_part_folder(tmp_path, PartWish("test")) == "test"
    assert count_images(tmp_path) == 2
    (tmp_path / "images").mkdir()
    assert find_part_folder(tmp_path, PartWish("test")) == ""
