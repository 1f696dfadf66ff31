"""Pascal VOC: one XML file a picture.

VOC counts pixels from 1 and takes `xmax`, `ymax` as the last pixel inside. Most tools that write the format today count from 0, and
a file does not say which it does. The figures are therefore kept as they stand: x = xmin, w = xmax − xmin. Against a set that really
counts from 1 a box is one pixel low and right and one pixel small, which no overlap of the sizes that matter here notices.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

from fieldcheck.domain.benchmark import BenchmarkItem
from fieldcheck.domain.box import Box
from fieldcheck.exchange.imagefolder import pictures
from fieldcheck.exchange.label_set import LabelSet, SetAside, losses_of
from fieldcheck.exchange.labelled_picture import LabelledPicture, folder_for
from fieldcheck.exchange.untrusted import PICTURE_ENDINGS, box, class_name, figure, refused, relative_path, shown, unread
from fieldcheck.exchange.xml_file import read_xml, root_of
from fieldcheck.files import write_text
from fieldcheck.plain_xml import xml_document

MAX_XML = 32 << 20
MOST_ASKED = 3  # files that are opened to see whether a folder holds this format
LIST = "ImageSets/Main/default.txt"
LABEL_MAP = "labelmap.txt"
PICTURE_FOLDERS = ("annotations", "images", "jpegimages")
FLAGS = ("difficult", "occluded", "truncated")
CORNERS = ("xmin", "ymin", "xmax", "ymax")


def read(path: Path) -> LabelSet:
    """The set in a folder (with `Annotations/`, or of XML files), or one XML file. Raises LabelsRefused.

    Objects marked `difficult` are neither hits nor misses when VOC scores, so they become crowd boxes.
    """
    root = path if path.is_dir() else path.parent
    files = xml_files(root, deep=True) if path.is_dir() else [path]
    beside = _pictures_by_stem(root)
    found: dict[str, BenchmarkItem] = {}
    names, losses = [], Counter[str]()
    for file in files:
        said, boxes = _annotation(file, losses)
        item = BenchmarkItem(_picture_path(root, file, said, beside), boxes=boxes)
        if item.path in found:
            raise refused(file, item.path, "image_twice")
        found[item.path] = item
        names.append(item.path.partition("/")[2] if item.path.partition("/")[0].lower() in PICTURE_FOLDERS else item.path)
    classes = sorted({one.class_name for item in found.values() for one in item.boxes})
    unlabelled = sorted(set(beside.values()) - set(found)) if path.is_dir() else ()
    return LabelSet(
        "voc", root, tuple(classes), tuple(found.values()), tuple(names), SetAside(unlabelled=tuple(unlabelled), losses=losses_of(losses))
    )


def write(out: Path, classes: Sequence[str], pictures: Sequence[LabelledPicture]) -> list[Path]:
    """An XML file for each picture in `Annotations/`, pictures in `JPEGImages/`, the list of them by which readers find a part, and
    that of the classes where they are not those of Pascal VOC."""
    files = []
    for one in pictures:
        root = ElementTree.Element("annotation")
        for name, said in (("folder", "JPEGImages"), ("filename", one.file)):
            ElementTree.SubElement(root, name).text = said
        size = ElementTree.SubElement(root, "size")
        for name, pixels in (("width", one.size[0]), ("height", one.size[1]), ("depth", 3)):
            ElementTree.SubElement(size, name).text = str(pixels)
        for marked in one.boxes:
            item = ElementTree.SubElement(root, "object")
            flags = (("truncated", marked.truncated), ("difficult", marked.crowd), ("occluded", marked.occluded))
            for name, said in (("name", marked.class_name), *((flag, str(int(on))) for flag, on in flags)):
                ElementTree.SubElement(item, name).text = said
            corners = ElementTree.SubElement(item, "bndbox")
            for name, pixel in (("xmin", marked.x), ("ymin", marked.y), ("xmax", marked.x + marked.w), ("ymax", marked.y + marked.h)):
                ElementTree.SubElement(corners, name).text = f"{pixel:.10g}"
        path = out / "Annotations" / f"{Path(one.file).stem}.xml"
        folder_for(path)
        write_text(path, xml_document(root))
        files += [path, one.save(out / "JPEGImages" / one.file)]
    listed = folder_for(out / LIST)
    write_text(listed, "".join(f"{Path(one.file).stem}\n" for one in pictures))
    if any(":" in name for name in classes):  # no label map can hold it
        return [*files, listed]
    write_text(out / LABEL_MAP, "# label:color_rgb:parts:actions\n" + "".join(f"{name}:::\n" for name in classes))
    return [*files, listed, out / LABEL_MAP]


def stands_in(folder: Path) -> bool:
    """Whether the folder, or its `Annotations/`, holds XML files."""
    return any(begins(file) for file in xml_files(folder)[:MOST_ASKED])


def begins(file: Path) -> bool:
    """Whether a file begins like the annotation of a picture."""
    return root_of(file) == "annotation"


def xml_files(root: Path, deep: bool = False) -> list[Path]:
    """The annotation files of a set, in name order; those of sub-folders where there is an `Annotations/`, or where they are wanted too."""
    folder = _annotations(root)
    listed = folder.rglob if deep or folder != root else folder.glob
    found = sorted(file for file in listed("*.xml") if not file.name.startswith("."))
    return [root / relative_path(root, file.relative_to(root).as_posix(), root) for file in found]


def _annotations(root: Path) -> Path:
    return next((root / name for name in _folders_called(root, "annotations")), root)


def _folders_called(root: Path, name: str) -> list[str]:
    """The folders of that name, whatever of it is written large."""
    return sorted(entry.name for entry in os.scandir(root) if entry.name.lower() == name and entry.is_dir()) if root.is_dir() else []


def _annotation(file: Path, losses: Counter[str]) -> tuple[str, tuple[Box, ...]]:
    tree = read_xml(file, MAX_XML)
    if tree.tag != "annotation":
        raise refused(file, shown(tree.tag), "root")
    boxes = tuple(_box(file, found, f"object {at}") for at, found in enumerate(tree.iterfind("object"), start=1))
    for found in tree.iterfind("object"):
        _count_losses(found, losses)
    return (tree.findtext("filename") or "").strip(), boxes


def _box(file: Path, found: ElementTree.Element, where: str) -> Box:
    name = class_name(found.findtext("name"), file, where)
    corners = found.find("bndbox")
    if corners is None and found.find("polygon/pt") is not None:
        raise unread(file, "LabelMe XML", "Pascal VOC")
    if corners is None:
        raise refused(file, f"{where}: bndbox", "entry")
    x1, y1, x2, y2 = (figure((corners.findtext(corner) or "").strip(), file, f"{where}: {corner}") for corner in CORNERS)
    crowd, occluded, truncated = ((found.findtext(flag) or "").strip() == "1" for flag in FLAGS)
    return replace(box(name, (x1, y1, x2 - x1, y2 - y1), file, where, crowd), occluded=occluded, truncated=truncated)


def _count_losses(found: ElementTree.Element, losses: Counter[str]) -> None:
    """What an object says beside its box: parts of its own, a pose, and attributes, as which CVAT writes the angle of a turned box."""
    said = {one.findtext("name") or "": (one.findtext("value") or "").strip() for one in found.iterfind("attributes/attribute")}
    losses["object_parts"] += len(found.findall("part"))
    losses["turned"] += said.get("rotation", "0").strip("0.") != ""
    losses["attributes"] += len(set(said) - {"rotation", *FLAGS}) + len(found.findall("actions"))
    losses["attributes"] += (found.findtext("pose") or "").strip().lower() not in ("", "unspecified")


def _pictures_by_stem(root: Path) -> dict[str, str]:
    """Pictures beside the annotations or in the folders that sets of this format use: path relative to `root` by name without ending, and
    with the folders that lie between."""
    found: dict[str, str] = {}
    for folder in ("", *(name for known in PICTURE_FOLDERS for name in _folders_called(root, known))):
        inside = pictures(root / folder) if folder or _annotations(root) == root else _files(root)
        for name in inside:
            found[os.path.splitext(name)[0]] = f"{folder}/{name}" if folder else name
    return found


def _files(root: Path) -> Iterator[str]:
    """Pictures in the folder itself."""
    return (one.name for one in os.scandir(root) if os.path.splitext(one.name)[1].lower() in PICTURE_ENDINGS) if root.is_dir() else iter(())


def _picture_path(root: Path, file: Path, said: str, beside: dict[str, str]) -> str:
    """The picture called like the annotation where it is there, else the one it names, else that name alone.

    In this order, because files are renamed in pairs and the name inside is forgotten.
    """
    stem = file.relative_to(_annotations(root)).with_suffix("").as_posix() if file.is_relative_to(_annotations(root)) else file.stem
    path = beside.get(stem) or beside.get(os.path.splitext(said)[0]) or said or stem
    return relative_path(root, path, file)
