"""Pascal VOC: one XML file a picture.

VOC counts pixels from 1 and takes `xmax`, `ymax` as the last pixel inside. Most tools that write
the format today count from 0, and a file does not say which it does. The figures are therefore kept
as they stand: x = xmin, w = xmax − xmin. Against a set that really counts from 1 a box is one pixel
low and right and one pixel small, which no overlap of the sizes that matter here notices.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

from fieldcheck.csv_json_xml import format_xml
from fieldcheck.domain.label import BenchmarkItem, Box
from fieldcheck.files import write_text
from fieldcheck.labels.formats.label_set import (
    LabelledImage,
    LabelSet,
    SkippedItems,
    list_images,
    list_losses,
    make_parent_folder,
)
from fieldcheck.labels.formats.untrusted_files import (
    PICTURE_ENDINGS,
    format_untrusted,
    get_root_name,
    make_box,
    make_refusal,
    make_unsupported_error,
    parse_class_name,
    parse_number,
    read_xml,
    resolve_relative_path,
)

MAX_XML = 32 << 20
MOST_ASKED = 3  # files that are opened to see whether a folder holds this format
LIST = "ImageSets/Main/default.txt"
LABEL_MAP = "labelmap.txt"
PICTURE_FOLDERS = ("annotations", "images", "jpegimages")
FLAGS = ("difficult", "occluded", "truncated")
CORNERS = ("xmin", "ymin", "xmax", "ymax")


def read_voc(path: Path) -> LabelSet:
    """The set in a folder (with `Annotations/`, or of XML files), or one XML file. Raises
    LabelsRefused.

    Objects marked `difficult` are neither hits nor misses when VOC scores, so they become crowd
    boxes.
    """
    root = path if path.is_dir() else path.parent
    files = list_xml_files(root, deep=True) if path.is_dir() else [path]
    beside = _list_images_by_stem(root)
    items: dict[str, BenchmarkItem] = {}
    names, losses = [], Counter[str]()
    for file in files:
        document, boxes = _read_annotation(file, losses)
        item = BenchmarkItem(_find_image(root, file, document, beside), boxes=boxes)
        if item.path in items:
            raise make_refusal(file, item.path, "image_twice")
        items[item.path] = item
        names.append(
            item.path.partition("/")[2]
            if item.path.partition("/")[0].lower() in PICTURE_FOLDERS
            else item.path
        )
    classes = sorted({box.class_name for item in items.values() for box in item.boxes})
    pictures = {picture for alike in beside.values() for picture in alike}
    unlabelled = sorted(pictures - set(items)) if path.is_dir() else ()
    return LabelSet(
        "voc",
        root,
        tuple(classes),
        tuple(items.values()),
        tuple(names),
        SkippedItems(unlabelled=tuple(unlabelled), losses=list_losses(losses)),
    )


def write_voc(out: Path, classes: Sequence[str], pictures: Sequence[LabelledImage]) -> list[Path]:
    """An XML file for each picture in `Annotations/`, pictures in `JPEGImages/`, the list of them
    by which readers find a part, and that of the classes where they are not those of Pascal VOC."""
    files = []
    for image in pictures:
        root = ElementTree.Element("annotation")
        for name, text in (("folder", "JPEGImages"), ("filename", image.file)):
            ElementTree.SubElement(root, name).text = text
        size = ElementTree.SubElement(root, "size")
        for name, pixels in (("width", image.size[0]), ("height", image.size[1]), ("depth", 3)):
            ElementTree.SubElement(size, name).text = str(pixels)
        for marked in image.boxes:
            item = ElementTree.SubElement(root, "object")
            flags = (
                ("truncated", marked.truncated),
                ("difficult", marked.crowd),
                ("occluded", marked.occluded),
            )
            for name, text in (
                ("name", marked.class_name),
                *((flag, str(int(is_set))) for flag, is_set in flags),
            ):
                ElementTree.SubElement(item, name).text = text
            corners = ElementTree.SubElement(item, "bndbox")
            for name, pixel in (
                ("xmin", marked.x),
                ("ymin", marked.y),
                ("xmax", marked.x + marked.w),
                ("ymax", marked.y + marked.h),
            ):
                ElementTree.SubElement(corners, name).text = f"{pixel:.10g}"
        path = out / "Annotations" / f"{Path(image.file).stem}.xml"
        make_parent_folder(path)
        write_text(path, format_xml(root))
        files += [path, image.save_image(out / "JPEGImages" / image.file)]
    listed = make_parent_folder(out / LIST)
    write_text(listed, "".join(f"{Path(image.file).stem}\n" for image in pictures))
    if any(":" in name for name in classes):  # no label map can hold it
        return [*files, listed]
    write_text(
        out / LABEL_MAP,
        "# label:color_rgb:parts:actions\n" + "".join(f"{name}:::\n" for name in classes),
    )
    return [*files, listed, out / LABEL_MAP]


def is_candidate_folder(folder: Path) -> bool:
    """Whether the folder, or its `Annotations/`, holds XML files."""
    return any(is_candidate(file) for file in list_xml_files(folder)[:MOST_ASKED])


def is_candidate(file: Path) -> bool:
    """Whether a file begins like the annotation of a picture."""
    return get_root_name(file) == "annotation"


def list_xml_files(root: Path, deep: bool = False) -> list[Path]:
    """The annotation files of a set, in name order; those of sub-folders where there is an
    `Annotations/`, or where they are wanted too."""
    folder = _get_annotations_folder(root)
    listed = folder.rglob if deep or folder != root else folder.glob
    paths = sorted(file for file in listed("*.xml") if not file.name.startswith("."))
    return [
        root / resolve_relative_path(root, file.relative_to(root).as_posix(), root)
        for file in paths
    ]


def _get_annotations_folder(root: Path) -> Path:
    return next((root / name for name in _find_folders(root, "annotations")), root)


def _find_folders(root: Path, name: str) -> list[str]:
    """Return the folders of that name, ignoring case."""
    return (
        sorted(
            entry.name
            for entry in os.scandir(root)
            if entry.name.lower() == name and entry.is_dir()
        )
        if root.is_dir()
        else []
    )


def _read_annotation(file: Path, losses: Counter[str]) -> tuple[str, tuple[Box, ...]]:
    tree = read_xml(file, MAX_XML)
    if tree.tag != "annotation":
        raise make_refusal(file, format_untrusted(tree.tag), "root")
    boxes = tuple(
        _read_box(file, element, f"object {index}")
        for index, element in enumerate(tree.iterfind("object"), start=1)
    )
    for element in tree.iterfind("object"):
        _count_losses(element, losses)
    return (tree.findtext("filename") or "").strip(), boxes


def _read_box(file: Path, element: ElementTree.Element, where: str) -> Box:
    name = parse_class_name(element.findtext("name"), file, where)
    corners = element.find("bndbox")
    if corners is None and element.find("polygon/pt") is not None:
        raise make_unsupported_error(file, "LabelMe XML", "Pascal VOC")
    if corners is None:
        raise make_refusal(file, f"{where}: bndbox", "entry")
    x1, y1, x2, y2 = (
        parse_number((corners.findtext(corner) or "").strip(), file, f"{where}: {corner}")
        for corner in CORNERS
    )
    crowd, occluded, truncated = ((element.findtext(flag) or "").strip() == "1" for flag in FLAGS)
    return replace(
        make_box(name, (x1, y1, x2 - x1, y2 - y1), file, where, crowd),
        occluded=occluded,
        truncated=truncated,
    )


def _count_losses(element: ElementTree.Element, losses: Counter[str]) -> None:
    """What an object says beside its box: parts of its own, a pose, and attributes, as which CVAT
    writes the angle of a turned box."""
    attributes = {
        element.findtext("name") or "": (element.findtext("value") or "").strip()
        for element in element.iterfind("attributes/attribute")
    }
    losses["object_parts"] += len(element.findall("part"))
    losses["turned"] += attributes.get("rotation", "0").strip("0.") != ""
    losses["attributes"] += len(set(attributes) - {"rotation", *FLAGS}) + len(
        element.findall("actions")
    )
    losses["attributes"] += (element.findtext("pose") or "").strip().lower() not in (
        "",
        "unspecified",
    )


def _list_images_by_stem(root: Path) -> Mapping[str, Sequence[str]]:
    """Pictures beside the annotations or in the folders that sets of this format use: paths
    relative to `root` by name without ending, and with the folders that lie between. Of one name in
    several of these folders the last counts."""
    images: dict[str, str] = {}
    for folder in (
        "",
        *(name for folder_names in PICTURE_FOLDERS for name in _find_folders(root, folder_names)),
    ):
        inside = (
            list_images(root / folder)
            if folder or _get_annotations_folder(root) == root
            else _list_image_files(root)
        )
        for name in inside:
            images[name] = f"{folder}/{name}" if folder else name
    by_stem = defaultdict[str, list[str]](list)
    for name, path in images.items():
        by_stem[os.path.splitext(name)[0]].append(path)
    return by_stem


def _list_image_files(root: Path) -> Iterator[str]:
    """Pictures in the folder itself."""
    return (
        (
            entry.name
            for entry in os.scandir(root)
            if os.path.splitext(entry.name)[1].lower() in PICTURE_ENDINGS
        )
        if root.is_dir()
        else iter(())
    )


def _find_image(root: Path, file: Path, text: str, beside: Mapping[str, Sequence[str]]) -> str:
    """The picture called like the annotation where it is there, else the one it names, else that
    name alone.

    In this order, because files are renamed in pairs and the name inside is forgotten. Where
    several pictures differ only in their ending the name inside decides; raises LabelsRefused where
    it is that of none.
    """
    stem = (
        file.relative_to(_get_annotations_folder(root)).with_suffix("").as_posix()
        if file.is_relative_to(_get_annotations_folder(root))
        else file.stem
    )
    alike = beside.get(stem) or beside.get(os.path.splitext(text)[0]) or (text or stem,)
    if len(alike) > 1:
        named = text.replace("\\", "/").rpartition("/")[2]
        names = {path.rpartition("/")[2]: path for path in alike}
        if named not in names:
            raise make_refusal(file, format_untrusted(", ".join(sorted(names))), "endings")
        alike = (names[named],)
    return resolve_relative_path(root, alike[0], file)
