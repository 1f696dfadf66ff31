"""Label formats of other tools that are not read: known by their files, so that a refusal names them and what to export instead."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from fieldcheck.exchange.untrusted import peek_json_keys, peek_text
from fieldcheck.exchange.xml_file import get_root_name

MOST_ASKED = 50  # files that are opened to see what a folder holds
DEEPEST = 3  # folders that are entered for them
KITTI = re.compile(r"\S+ -?\d+(\.\d+)? -?\d ( ?-?\d+(\.\d+)?){12,13}\s*")
MOT = re.compile(r"\d+,-?\d+(,-?[\d.]+){4,8}\s*")


@dataclass(frozen=True, slots=True)
class OtherFormat:
    """`export_instead`: what its tools can export and is read; `endings` of the files that `is_match` is asked about, lower case with the
    dot."""

    name: str
    export_instead: str
    endings: frozenset[str]
    is_match: Callable[[Path], bool]


def detect_other_format(place: Path) -> OtherFormat | None:
    """The format that a file or a folder is in and that is not read here."""
    files = [place] if place.is_file() else list(_list_sample_files(place))
    for known in OTHER_FORMATS:
        if any(file.suffix.lower() in known.endings and known.is_match(file) for file in files):
            return known
    return None


def _list_sample_files(folder: Path) -> Iterator[Path]:
    """The first files of each folder below one, for a few folders down; those of no format that is known are left out."""
    wanted = frozenset[str]().union(*(known.endings for known in OTHER_FORMATS))
    folders = [folder]
    for _ in range(DEEPEST):
        inner: list[Path] = []
        for one in folders[:MOST_ASKED]:
            there = sorted(entry for entry in one.iterdir() if not entry.name.startswith(".") and not entry.is_symlink())
            inner += [entry for entry in there if entry.is_dir()]
            yield from [entry for entry in there if entry.suffix.lower() in wanted and entry.is_file()][:MOST_ASKED]
        folders = inner


def _make_json_check(start: str, *keys: str) -> Callable[[Path], bool]:
    """Whether a file begins like a JSON object, or a list of some, with all of these keys."""

    def is_in(file: Path) -> bool:
        begins, found = peek_json_keys(file)
        return begins == start and found.issuperset(keys)

    return is_in


def _make_csv_header_check(*columns: str) -> Callable[[Path], bool]:
    """Whether the first line of a CSV file names all of these columns."""

    def is_in(file: Path) -> bool:
        first = peek_text(file).partition("\n")[0].strip().lower()
        return set(columns) <= {cell.strip().strip('"') for cell in first.split(",")}

    return is_in


def _make_first_line_check(pattern: re.Pattern[str]) -> Callable[[Path], bool]:
    return lambda file: pattern.fullmatch(peek_text(file).partition("\n")[0]) is not None


def _make_folder_check(folder: str) -> Callable[[Path], bool]:
    return lambda file: file.parent.name.lower() == folder


def _is_via(file: Path) -> bool:
    start, keys = peek_json_keys(file)
    said = peek_text(file)
    return start == "{" and (any(key.startswith("_via_") for key in keys) or ('"regions"' in said and '"shape_attributes"' in said))


def _has_image_names(file: Path) -> bool:
    """Whether the first line of a file of JSON lines names an image."""
    return any(f'"{key}"' in peek_text(file).partition("\n")[0] for key in ("image", "images", "file_name", "image_path"))


def _always_true(_: Path) -> bool:
    return True


_JSON, _CSV, _TXT = frozenset({".json"}), frozenset({".csv"}), frozenset({".txt"})

OTHER_FORMATS = (
    OtherFormat("Datumaro", "COCO", _JSON, _make_json_check("{", "items", "categories")),
    OtherFormat("VGG Image Annotator", "COCO", _JSON, _is_via),
    OtherFormat("VGG Image Annotator", "COCO", _CSV, _make_csv_header_check("filename", "region_shape_attributes")),
    OtherFormat("CreateML", "COCO", _JSON, _make_json_check("[", "image", "annotations")),
    OtherFormat("Label Studio JSON-MIN", "Label Studio JSON", _JSON, _make_json_check("[", "annotation_id")),
    OtherFormat("COCO results", "COCO instances", _JSON, _make_json_check("[", "image_id", "category_id")),
    OtherFormat("Supervisely", "COCO", _JSON, _make_json_check("{", "objects", "size")),
    OtherFormat("Supervisely", "COCO", _JSON, _make_json_check("{", "classes", "tags")),
    OtherFormat("V7 Darwin", "COCO", _JSON, _make_json_check("{", "item", "annotations")),
    OtherFormat("Hasty", "COCO", _JSON, _make_json_check("{", "label_classes", "images")),
    OtherFormat("Cityscapes", "COCO", _JSON, _make_json_check("{", "imgHeight", "objects")),
    OtherFormat("BDD100K", "COCO", _JSON, _make_json_check("[", "name", "labels")),
    OtherFormat("Labelbox", "COCO", frozenset({".ndjson"}), _always_true),
    OtherFormat("JSON lines", "COCO", frozenset({".jsonl"}), _has_image_names),
    OtherFormat("SageMaker Ground Truth", "COCO", frozenset({".manifest"}), _always_true),
    OtherFormat("TFRecord", "COCO", frozenset({".tfrecord", ".tfrecords", ".record"}), _always_true),
    OtherFormat("Parquet", "COCO", frozenset({".parquet"}), _always_true),
    OtherFormat("KITTI tracklets", "CVAT for images 1.1", frozenset({".xml"}), lambda file: get_root_name(file) == "boost_serialization"),
    OtherFormat("YOLOv4 PyTorch", "YOLO", _TXT, lambda file: file.name == "_annotations.txt"),
    OtherFormat("CamVid", "CVAT for images 1.1", _TXT, lambda file: file.name == "label_colors.txt"),
    OtherFormat("DOTA", "COCO", _TXT, _make_folder_check("labeltxt")),
    OtherFormat("KITTI", "COCO", _TXT, _make_first_line_check(KITTI)),
    OtherFormat("MOT", "CVAT for images 1.1", _TXT, _make_first_line_check(MOT)),
    OtherFormat("WIDER FACE", "COCO", _TXT, lambda file: file.name.startswith("wider_face_")),
    OtherFormat("Open Images", "COCO", _CSV, _make_csv_header_check("imageid", "labelname")),
    OtherFormat("TensorFlow CSV", "COCO", _CSV, _make_csv_header_check("filename", "xmin", "xmax")),
    OtherFormat(
        "Roboflow multi-label",
        "CSV (file,class)",
        _CSV,
        lambda file: file.name == "_classes.csv" and _make_csv_header_check("filename")(file),
    ),
    OtherFormat("Roboflow masks", "COCO", _CSV, lambda file: file.name == "_classes.csv"),
)
