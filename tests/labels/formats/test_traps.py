"""Forty label folders with one trap each: the receipt is exact, or the set is refused. Nothing is
silently fewer.

Each was met in somebody's files, or is the sibling of one that was.
"""

import json
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PIL import Image

from fieldcheck.errors.imported_files import BenchmarkRefused
from fieldcheck.models.benchmark import read_benchmark_with_receipt

BOX = "0 0.5 0.5 0.2 0.2\n"
NAMES = {"data.yaml": "names: [car, bus]\nval: images\n"}
NFC, NFD = (unicodedata.normalize(form, "Prüfung") for form in ("NFC", "NFD"))


def xml(name: str = "", of_class: str = "car") -> str:
    corners = "<xmin>1</xmin><ymin>2</ymin><xmax>9</xmax><ymax>9</ymax>"
    return f"<annotation><filename>{name}</filename><object><name>{of_class}</name><bndbox>{corners}</bndbox></object></annotation>"


def coco(images, annotations, categories=((1, "car"), (2, "bus")), **more) -> str:
    return json.dumps({
        "images": [
            {"id": key, "file_name": name, "width": 40, "height": 30} for key, name in images
        ],
        "annotations": [
            {
                "id": at,
                "image_id": image,
                "category_id": category,
                "bbox": [1, 1, 5, 5],
                "iscrowd": 0,
            }
            for at, (image, category) in enumerate(annotations)
        ],
        "categories": [{"id": key, "name": name} for key, name in categories], **more,
    })  # fmt: skip


LABELME = json.dumps(
    {
        "shapes": [{"label": "car", "points": [[1, 1], [6, 6]], "shape_type": "rectangle"}],
        "imagePath": "1.png",
    }
)
CVAT_BOX = '<box label="car" xtl="1" ytl="1" xbr="6" ybr="6"/>'
LS_BOX = {
    "type": "rectanglelabels", "original_width": 40, "original_height": 30,
    "value": {"x": 10, "y": 10, "width": 5, "height": 5, "rectanglelabels": ["car"]},
}  # fmt: skip


def cvat(*images) -> str:
    rows = "".join(f'<image name="{name}">{said}</image>' for name, said in images)
    return "<annotations>" + rows + "</annotations>"


@dataclass(frozen=True)
class Trap:
    """`files`: text by path, None for a sound picture, bytes as they are. `faults`: names by kind;
    `problem`: refused with it."""

    name: str
    files: dict[str, str | bytes | None]
    pictures: int = 0
    labelled: int = 0
    per_class: dict[str, int] = field(default_factory=dict)
    faults: dict[str, tuple[str, ...]] = field(default_factory=dict)
    problem: str = ""
    at: str = ""
    images: str = ""
    part: str = ""
    wish: str = ""
    outlines: int = 0
    prepare: Callable[[Path], None] | None = None


def two(**more):
    return {"images/1.png": None, "images/2.png": None, **more}


CAR_2, CAR_1 = {"car": 2, "bus": 0}, {"car": 1, "bus": 0}
LABELS = {"labels/1.txt": BOX, "labels/2.txt": BOX}
YOLO = NAMES | two() | LABELS

TRAPS = [
    Trap("yolo as it should be", YOLO, 2, 2, CAR_2, part="val"),
    Trap("a list that names no picture",
         {**YOLO, "data.yaml": "names: [car]\nval: val.txt\n",
          "val.txt": "images/8.png\nimages/9.png\n"}, problem="no_pictures"),
    Trap("a list that names one picture too many",
         {**YOLO, "data.yaml": "names: [car, bus]\nval: val.txt\n",
          "val.txt": "images/1.png\nimages/2.png\nimages/9.png\n"}, 2, 2, CAR_2,
         {"missing": ("images/9.png",)}, part="val"),
    Trap("a list of another computer's paths",
         {**YOLO, "data.yaml": "names: [car]\nval: val.txt\n", "val.txt": "/home/a/images/1.png\n"},
         problem="malformed"),
    Trap("a list of a subset",
         {**YOLO, "data.yaml": "names: [car, bus]\nval: val.txt\n", "val.txt": "images/1.png\n"}, 1,
         1, CAR_1, {"orphans": ("labels/2.txt",)}, part="val"),
    Trap("labels in another folder",
         NAMES | two() | {"yolo_labels/1.txt": BOX, "yolo_labels/2.txt": BOX}, problem="no_labels"),
    Trap("labels beside an images folder", NAMES | two() | {"1.txt": BOX, "2.txt": BOX},
         problem="no_labels"),
    Trap("text files that end in .TXT", NAMES | two() | {"labels/1.TXT": BOX, "labels/2.Txt": BOX},
         2, 2, CAR_2, part="val"),
    Trap("labels with decomposed accents",
         NAMES | {f"images/{NFC}.png": None, f"labels/{NFD}.txt": BOX}, 1, 1, CAR_1, part="val"),
    Trap("pictures with decomposed accents",
         NAMES | {f"images/{NFD}.png": None, f"labels/{NFC}.txt": BOX}, 1, 1, CAR_1, part="val"),
    Trap("turned boxes", {**YOLO, "labels/1.txt": "0 0.2 0.2 0.6 0.2 0.6 0.6 0.2 0.6\n"}, 2, 2,
         CAR_2, part="val", outlines=1),
    Trap("turned boxes that do not stand upright (OBB)",
         {**YOLO, "labels/1.txt": "0 0.5 0.2 0.65 0.4 0.5 0.6 0.35 0.4\n",
          "labels/2.txt": "1 0.2 0.2 0.6 0.2 0.6 0.6 0.2 0.6\n"}, problem="turned_boxes"),
    Trap("outlines", {**YOLO, "labels/1.txt": "1 0.2 0.2 0.6 0.2 0.6 0.6\n"}, 2, 2,
         {"car": 1, "bus": 1}, part="val", outlines=1),
    Trap("key points of two figures",
         {**YOLO, "data.yaml": "names: [car, bus]\nval: images\nkpt_shape: [3, 2]\n",
          "labels/1.txt": "0 0.5 0.5 0.2 0.2 0.1 0.1 0.9 0.9 0 0\n"}, 2, 2, CAR_2, part="val"),
    Trap("key points of three figures",
         {**YOLO, "data.yaml": "names: [car, bus]\nval: images\nkpt_shape: [2, 3]\n",
          "labels/1.txt": "0 0.5 0.5 0.2 0.2 0.1 0.1 2 0.9 0.9 2\n"}, 2, 2, CAR_2, part="val"),
    Trap("another number of key points than is said",
         {**YOLO, "data.yaml": "names: [car, bus]\nval: images\nkpt_shape: [3, 2]\n",
          "labels/1.txt": "0 0.5 0.5 0.2 0.2 0.1 0.1\n"}, problem="malformed"),
    Trap("an odd number of figures", {**YOLO, "labels/1.txt": "0 0.5 0.5 0.2 0.2 0.1\n"},
         problem="malformed"),
    Trap("a class that has no name", {**YOLO, "labels/1.txt": "7 0.5 0.5 0.2 0.2\n"},
         problem="malformed"),
    Trap("pixels in place of shares", {**YOLO, "labels/1.txt": "0 20 15 8 8\n"},
         problem="malformed"),
    Trap("no validation part",
         {"data.yaml": "names: [car, bus]\nval: valid/images\ntrain: images\n", **two(), **LABELS},
         problem="part"),
    Trap("no validation part, and the training part is wanted",
         {"data.yaml": "names: [car, bus]\nval: valid/images\ntrain: images\n", **two(), **LABELS},
         2, 2, CAR_2, wish="train", part="train"),
    Trap("no validation part, and a test part",
         {"data.yaml": "names: [car, bus]\nval: valid/images\ntest: images\ntrain: none\n", **two(),
          **LABELS}, 2, 2, CAR_2, {"absent_parts": ("val",)}, part="test"),
    Trap("a part that is not there", YOLO, wish="test", problem="no_part"),
    Trap("a part of a set without any", {"1.png": None, "labels.csv": "file,class\n1.png,car\n"},
         wish="test", problem="no_part"),
    Trap("one box of three pictures outside its picture",
         {**YOLO, "images/3.png": None, "labels/3.txt": BOX + "0 0.5 0.5 1.017 0.2\n"}, 2, 2, CAR_2,
         {"unfit": ("images/3.png (labels/3.txt:2: width 1.017)",)}, part="val"),
    Trap("settings of a program that name classes",
         {**two(), **LABELS, "config.yaml": "names: [car, bus]\nlr: 0.1\n"}, at="config.yaml",
         problem="malformed"),
    Trap("YOLO pictures in two parts and no data file",
         {"classes.txt": "car\nbus\n", "images/train/1.png": None, "images/val/2.png": None,
          "labels/train/1.txt": BOX, "labels/val/2.txt": BOX}, problem="part"),
    Trap("YOLO pictures in two parts, and one is wanted",
         {"classes.txt": "car\nbus\n", "images/train/1.png": None, "images/val/2.png": None,
          "labels/train/1.txt": BOX, "labels/val/2.txt": BOX}, 1, 1, CAR_1, wish="val", part="val"),
    Trap("the folder of a YOLO part",
         {"data.yaml": "names: [car, bus]\nval: valid/images\n", "valid/images/1.png": None,
          "valid/labels/1.txt": BOX}, 1, 1, CAR_1, at="valid"),
    Trap("the training part alone", {"train/car/1.png": None, "train/bus/1.png": None},
         problem="part"),
    Trap("pictures without labels", NAMES | two() | {"labels/1.txt": BOX}, 2, 1, CAR_1,
         {"unlabelled": ("images/2.png",)}, part="val"),
    Trap("an empty text file says that nothing is there", {**YOLO, "labels/2.txt": ""}, 2, 2, CAR_1,
         part="val"),
    Trap("labels without pictures",
         {"classes.txt": "car\nbus\n", "images/1.png": None, **LABELS, "labels/sub/3.txt": BOX}, 1,
         1, CAR_1, {"orphans": ("labels/2.txt", "labels/sub/3.txt")}),
    Trap("a damaged picture", {**YOLO, "images/1.png": b"no picture"}, 1, 1, CAR_1,
         {"damaged": ("images/1.png",)}, part="val"),
    Trap("two damaged pictures at once",
         {**YOLO, "images/1.png": b"", "images/3.png": b"x", "labels/3.txt": BOX}, 1, 1, CAR_1,
         {"damaged": ("images/1.png", "images/3.png")}, part="val"),
    Trap("every picture damaged", {**YOLO, "images/1.png": b"", "images/2.png": b""},
         problem="malformed"),
    Trap("yolo pictures elsewhere",
         {"set/classes.txt": "car\nbus\n", "set/labels/1.txt": BOX, "set/labels/2.txt": BOX,
          "pool/a/1.png": None, "pool/a/2.png": None}, 2, 2, CAR_2, at="set", images="pool"),
    Trap("annotations in lower case",
         two(**{"annotations/1.xml": xml(), "annotations/2.xml": xml()}), 2, 2, {"car": 2}),
    Trap("annotations in capitals", two(**{"ANNOTATIONS/1.xml": xml(), "ANNOTATIONS/2.xml": xml()}),
         2, 2, {"car": 2}),
    Trap("a picture without XML", two(**{"Annotations/1.xml": xml()}), 1, 1, {"car": 1},
         {"unlabelled": ("images/2.png",)}),
    Trap("XML without a picture",
         two(**{"Annotations/1.xml": xml(), "Annotations/2.xml": xml(),
                "Annotations/3.xml": xml("3.png")}), 2, 2, {"car": 2}, {"missing": ("3.png",)}),
    Trap("capital column heads",
         {"1.png": None, "labels.csv": "File,Class,X,Y,W,H\n1.png,car,1,1,5,5\n"}, 1, 1,
         {"car": 1}),
    Trap("semicolons", {"1.png": None, "labels.csv": "file;class;x;y;w;h\n1.png;car;1,5;1;5;5\n"},
         1, 1, {"car": 1}),
    Trap("a capital semicolon file beside two folders",
         {"images/1.png": None, "annotation/1.png": None,
          "labels.csv": "File;Class\nimages/1.png;car\n"}, 1, 1, {"car": 1}),
    Trap("folders of another format and no labels",
         {"images/1.png": None, "annotation/readme.txt": "x"}, problem="no_labels"),
    Trap("masks without the names of their classes",
         {"images/1.png": None, "annotation/1.png": None}, problem="malformed"),
    Trap("a CSV that names a picture that is not there",
         {"1.png": None, "labels.csv": "file,class\n1.png,car\n2.png,car\n"}, 1, 1, {"car": 1},
         {"missing": ("2.png",)}),
    Trap("CSV pictures elsewhere",
         {"set/labels.csv": "file,class\n1.png,car\n2.png,bus\n", "pool/1.png": None,
          "pool/x/2.png": None}, 2, 2, {"bus": 1, "car": 1}, at="set/labels.csv", images="pool"),
    Trap("a name that fits two pictures elsewhere",
         {"set/labels.csv": "file,class\n1.png,car\n2.png,bus\n", "pool/1.png": None,
          "pool/x/2.png": None, "pool/y/2.png": None}, 1, 1, {"bus": 0, "car": 1},
         {"missing": ("2.png",)}, at="set/labels.csv", images="pool"),
    Trap("two ids of one name", {"1.png": None,
                                 "a.json": coco([(1, "1.png")], [(1, 1), (1, 2)],
                                                ((1, "car"), (2, "car")))}, 1, 1, {"car": 2},
         {"merged": ("car",)}),
    Trap("two pictures of one name",
         {"1.png": None, "a.json": coco([(1, "1.png"), (2, "1.png")], [(1, 1)])},
         problem="malformed"),
    Trap("a COCO picture that nobody annotated",
         {"1.png": None, "2.png": None, "a.json": coco([(1, "1.png"), (2, "2.png")], [(1, 1)])}, 2,
         1, CAR_1, {"unlabelled": ("2.png",)}),
    Trap("a COCO picture that is said to be empty",
         {"1.png": None, "2.png": None,
          "a.json": coco([(1, "1.png"), (2, "2.png")], [(1, 1)],
                         info={"images_without_annotation": "empty"})}, 2, 2, CAR_1),
    Trap(
        "COCO ids from 0 and with holes, Windows ends of lines and a mark",
        {"ü.png": None, "检查.png": None,
         "a.json": "\ufeff" + coco([(0, "ü.png"), (900, "检查.png")], [(0, 0), (900, 40)],
         ((0, "Riß"), (40, "划痕")))
         .replace(", ", ",\r\n")},
        2, 2, {"Riß": 1, "划痕": 1},
    ),
    Trap("a COCO class that is absent from the list",
         {"1.png": None, "a.json": coco([(1, "1.png")], [(1, 9)])}, problem="malformed"),
    Trap("a YOLO class that is absent from the list",
         {**YOLO, "labels/1.txt": "7 0.5 0.5 0.2 0.2\n"}, problem="malformed"),
    Trap("one name in two folders",
         NAMES | {"images/a/1.png": None, "images/b/1.png": None, "labels/a/1.txt": BOX,
                  "labels/b/1.txt": "\ufeff1 0.5 0.5 0.2 0.2\r\n"}, 2, 2, {"car": 1, "bus": 1},
         part="val"),
    Trap("a labelme picture without a file", {"1.png": None, "1.json": LABELME, "2.png": None}, 1,
         1, {"car": 1}, {"unlabelled": ("2.png",)}),
    Trap("a CVAT picture that nobody touched",
         {"1.png": None, "images/2.png": None,
          "annotations.xml": cvat(("1.png", CVAT_BOX), ("2.png", ""))}, 2, 1, {"car": 1},
         {"unlabelled": ("images/2.png",)}),
    Trap("a Label Studio task without an answer",
         {"1.png": None, "2.png": None,
          "export.json": json.dumps([{"data": {"image": "/data/upload/1/1a2b3c4d-1.png"},
                                      "annotations": [{"result": [LS_BOX]}]},
                                     {"data": {"image": "2.png"}}])}, 2, 1, {"car": 1},
         {"unlabelled": ("2.png",)}),
    Trap("COCO without an annotation", {"1.png": None, "a.json": coco([(1, "1.png")], [])},
         problem="no_labels"),
    Trap("an annotation of no picture",
         {"1.png": None, "a.json": coco([(1, "1.png")], [(1, 1), (5, 1)])}, problem="malformed"),
    Trap("COCO pictures elsewhere",
         {"set/a.json": coco([(1, "x/1.png")], [(1, 1)]), "pool/1.png": None}, 1, 1, CAR_1,
         at="set", images="pool"),
    Trap("a torn picture in a class folder",
         {"car/1.png": None, "car/2.png": b"x", "bus/1.png": None}, 2, 2, {"bus": 1, "car": 1},
         {"damaged": ("car/2.png",)}),
    Trap("a phone's picture in a class folder",
         {"car/1.png": None, "car/2.HEIC": b"x", "bus/1.png": None}, 2, 2, {"bus": 1, "car": 1},
         {"damaged": ("car/2.HEIC",)}),
    Trap("an empty class folder", {"car/1.png": None, "bus/readme.md": "x"}, 1, 1,
         {"bus": 0, "car": 1}),
    Trap("splits in place of classes", {"train/car/1.png": None, "val/car/1.png": None},
         problem="part"),
    Trap("splits in place of classes, and one is wanted",
         {"train/car/1.png": None, "valid/car/1.png": None}, 1, 1, {"car": 1}, wish="val",
         part="valid"),
]  # fmt: skip


@pytest.fixture
def laid(tmp_path):
    def lay(trap: Trap) -> tuple[Path, Path | None]:
        for name, said in trap.files.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if said is None:
                Image.new("RGB", (40, 30)).save(path)
            elif isinstance(said, bytes):
                path.write_bytes(said)
            else:
                path.write_text(said, encoding="utf-8")
        return tmp_path / trap.at, tmp_path / trap.images if trap.images else None

    return lay


def test_there_are_forty_traps():
    assert len({trap.name for trap in TRAPS}) == len(TRAPS) >= 40


@pytest.mark.short_cases(6)
@pytest.mark.parametrize("trap", TRAPS, ids=lambda trap: trap.name)
def test_the_receipt_is_exact_or_the_set_is_refused(laid, trap):
    path, images = laid(trap)
    if trap.problem:
        with pytest.raises(BenchmarkRefused) as refused:
            read_benchmark_with_receipt(path, None, None, images, strict=False, part=trap.wish)
        assert refused.value.problem == trap.problem
        return
    benchmark, receipt = read_benchmark_with_receipt(
        path, None, None, images, strict=False, part=trap.wish
    )
    assert receipt.n_pictures == trap.pictures
    assert (receipt.n_labelled, dict(receipt.per_class)) == (trap.labelled, trap.per_class)
    assert receipt.faults == trap.faults
    assert (receipt.skipped.part, receipt.skipped.outlines) == (trap.part, trap.outlines)
    # Where COCO and its like are silent nobody looked; a picture without a YOLO file shows nothing.
    actual = len(benchmark.items)
    assert actual == (trap.labelled if receipt.missing_means_unlabelled else trap.pictures)
    assert all((Path(benchmark.root) / item.path).is_file() for item in benchmark.items)


@pytest.mark.short_cases(6)
@pytest.mark.parametrize(
    "trap", [trap for trap in TRAPS if not trap.problem], ids=lambda trap: trap.name
)
def test_strict_refuses_whatever_is_not_as_it_should_be(laid, trap):
    path, images = laid(trap)
    if not trap.faults:
        read_benchmark_with_receipt(path, None, None, images, strict=True, part=trap.wish)
        return
    with pytest.raises(BenchmarkRefused) as refused:
        read_benchmark_with_receipt(path, None, None, images, strict=True, part=trap.wish)
    assert refused.value.problem == "strict"
    assert all(names[0] in refused.value.detail for names in trap.faults.values())


def test_the_box_of_a_pose_is_its_own_and_not_the_one_around_its_points(laid):
    trap = next(one for one in TRAPS if one.name == "key points of two figures")
    benchmark, _ = read_benchmark_with_receipt(laid(trap)[0], None, None, None, strict=False)
    box = benchmark.items[0].boxes[0]
    assert (box.x, box.y, box.w, box.h) == pytest.approx((16, 12, 8, 6))
