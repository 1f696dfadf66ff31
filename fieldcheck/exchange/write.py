"""Labelled pictures in other people's formats, each as `exchange/read.py` reads it back."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import yaml

from fieldcheck.domain.benchmark import LabelFormat
from fieldcheck.domain.box import Box
from fieldcheck.errors import PathRefused
from fieldcheck.files import inside, telling_why, write_bytes, write_text

WITH_CLASSES: tuple[LabelFormat, ...] = ("imagefolder", "csv")
LONGEST_NAME = 255  # bytes that a folder's name may have on the file systems of Linux and Windows
WITH_BOXES: tuple[LabelFormat, ...] = ("coco", "yolo", "voc", "csv")


@dataclass(frozen=True, slots=True)
class LabelledPicture:
    """`name`: what the label file calls it; `file`: a name without folders for its picture; `size`: width and height in pixels. `picture`
    gives the bytes of the file, asked for only where the format holds pictures."""

    name: str
    file: str
    size: tuple[int, int]
    class_name: str
    boxes: tuple[Box, ...]
    picture: Callable[[], bytes]


def write_labels(out: Path, kind: LabelFormat, classes: Sequence[str], pictures: Sequence[LabelledPicture]) -> tuple[Path, ...]:
    """Writes them under `out` and returns the files, label files first. `csv` and `coco` are one file each, with the frames' own names and
    without pictures; the other formats hold the pictures. Raises DiskFull, ReadOnlyPlace, and PathRefused for a class that cannot be a
    folder's name and read back as the same class; then nothing is written."""
    writers = {"csv": _csv, "coco": _coco, "imagefolder": _imagefolder, "yolo": _yolo, "voc": _voc}
    return tuple(writers[kind](out, classes, pictures))


def _csv(out: Path, classes: Sequence[str], pictures: Sequence[LabelledPicture]) -> list[Path]:
    boxed = any(one.boxes for one in pictures) or not any(one.class_name for one in pictures)
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(("file", "class", "x", "y", "w", "h") if boxed else ("file", "class"))
    for one in pictures:
        if boxed:
            table.writerows((one.name, box.class_name, *map(repr, (box.x, box.y, box.w, box.h))) for box in one.boxes)
            if not one.boxes:
                table.writerow((one.name, "", "", "", "", ""))
        else:
            table.writerow((one.name, one.class_name))
    path = out / "labels.csv"
    write_text(path, text.getvalue())
    return [path]


def _coco(out: Path, classes: Sequence[str], pictures: Sequence[LabelledPicture]) -> list[Path]:
    images: list[dict[str, Any]] = []
    annotations: list[dict[str, Any]] = []
    index = {name: at for at, name in reversed(list(enumerate(classes, 1)))}
    for number, one in enumerate(pictures, 1):
        images.append({"id": number, "file_name": one.name, "width": one.size[0], "height": one.size[1]})
        for box in one.boxes:
            place = {"bbox": [box.x, box.y, box.w, box.h], "area": box.w * box.h, "iscrowd": int(box.crowd)}
            annotations.append({"id": len(annotations) + 1, "image_id": number, "category_id": index[box.class_name], **place})
    categories = [{"id": at, "name": name} for at, name in enumerate(classes, 1)]
    path = out / "labels.coco.json"
    found = {"images": images, "annotations": annotations, "categories": categories}
    write_text(path, json.dumps(found, ensure_ascii=False, indent=1) + "\n")
    return [path]


def _imagefolder(out: Path, classes: Sequence[str], pictures: Sequence[LabelledPicture]) -> list[Path]:
    places = [_class_folder(out, one.class_name) / one.file for one in pictures]
    return [_picture(place, one) for place, one in zip(places, pictures, strict=True)]


def _class_folder(out: Path, class_name: str) -> Path:
    if class_name.startswith(".") or "/" in class_name or "\\" in class_name or len(class_name.encode()) > LONGEST_NAME:
        raise PathRefused(class_name, "name")
    return inside(out, class_name)


def _yolo(out: Path, classes: Sequence[str], pictures: Sequence[LabelledPicture]) -> list[Path]:
    data = {"path": ".", "train": "images", "val": "images", "names": dict(enumerate(classes))}
    files = [out / "data.yaml"]
    _folder(files[0])
    write_text(files[0], yaml.safe_dump(data, sort_keys=False, allow_unicode=True))
    for one in pictures:
        width, height = one.size
        lines = []
        for box in one.boxes:
            shares = ((box.x + box.w / 2) / width, (box.y + box.h / 2) / height, box.w / width, box.h / height)
            lines.append(" ".join([str(classes.index(box.class_name)), *(f"{share:.8f}" for share in shares)]))
        label = out / "labels" / f"{Path(one.file).stem}.txt"
        _folder(label)
        write_text(label, "".join(f"{line}\n" for line in lines))
        files += [label, _picture(out / "images" / one.file, one)]
    return files


def _voc(out: Path, classes: Sequence[str], pictures: Sequence[LabelledPicture]) -> list[Path]:
    files = []
    for one in pictures:
        root = ElementTree.Element("annotation")
        for name, said in (("folder", "JPEGImages"), ("filename", one.file)):
            ElementTree.SubElement(root, name).text = said
        size = ElementTree.SubElement(root, "size")
        for name, pixels in (("width", one.size[0]), ("height", one.size[1]), ("depth", 3)):
            ElementTree.SubElement(size, name).text = str(pixels)
        for box in one.boxes:
            found = ElementTree.SubElement(root, "object")
            flags = (("truncated", box.truncated), ("difficult", box.crowd), ("occluded", box.occluded))
            for name, said in (("name", box.class_name), *((flag, str(int(on))) for flag, on in flags)):
                ElementTree.SubElement(found, name).text = said
            corners = ElementTree.SubElement(found, "bndbox")
            for name, figure in (("xmin", box.x), ("ymin", box.y), ("xmax", box.x + box.w), ("ymax", box.y + box.h)):
                ElementTree.SubElement(corners, name).text = f"{figure:.10g}"
        ElementTree.indent(root)
        path = out / "Annotations" / f"{Path(one.file).stem}.xml"
        _folder(path)
        write_text(path, ElementTree.tostring(root, encoding="unicode") + "\n")
        files += [path, _picture(out / "JPEGImages" / one.file, one)]
    return files


def _picture(path: Path, one: LabelledPicture) -> Path:
    _folder(path)
    write_bytes(path, one.picture())
    return path


def _folder(path: Path) -> None:
    with telling_why(path):
        path.parent.mkdir(parents=True, exist_ok=True)
