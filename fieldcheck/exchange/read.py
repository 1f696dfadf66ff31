"""Reads a labelled set, in whatever format of these it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal

from fieldcheck.domain.benchmark import LabelFormat
from fieldcheck.errors import LabelsRefused, PathMissing
from fieldcheck.exchange import coco, csv_labels, imagefolder, voc, yolo
from fieldcheck.exchange.label_set import LabelSet
from fieldcheck.exchange.untrusted import PICTURE_ENDINGS, refused
from fieldcheck.exchange.yolo_names import NAME_FILES

PEEK = 1 << 16
DESCEND = 4  # folders with nothing in them but one other folder


def read_labels(path: Path, label_format: LabelFormat | Literal["auto"] = "auto", size_of: yolo.SizeOf | None = None) -> LabelSet:
    """The labelled set at `path`, a folder or a file. `size_of` knows the size of frames by name, for YOLO text files without pictures.

    Raises PathMissing, and LabelsRefused with `unknown_format`, `several` (formats or files, in `detail`), `empty` or `malformed`.
    """
    if not path.exists():
        raise PathMissing(path)
    try:
        found_format, place = _found(path) if label_format == "auto" else (label_format, _inner(path, label_format))
        found = _read(found_format, place, size_of)
    except RecursionError as error:
        raise refused(path, path.name) from error
    except OSError as error:
        raise refused(path, error.strerror or path.name) from error
    if not found.items:
        raise LabelsRefused(path, "empty", found_format)
    return found


def _read(label_format: LabelFormat, place: Path, size_of: yolo.SizeOf | None) -> LabelSet:
    if label_format == "yolo":
        return yolo.read(place, size_of)
    if label_format in ("coco", "csv"):
        read, files = (coco.read, coco_files) if label_format == "coco" else (csv_labels.read, csv_files)
        return read(place if place.is_file() else _only(place, files(place)))
    if label_format == "voc":
        return voc.read(place)
    if not place.is_dir():
        raise refused(place, place.name)
    return imagefolder.read(place)


def _only(place: Path, files: list[Path]) -> Path:
    if not files:
        raise LabelsRefused(place, "empty")
    if len(files) > 1:
        raise LabelsRefused(place, "several", ", ".join(file.name for file in files[:5]))
    return files[0]


def _found(path: Path) -> tuple[LabelFormat, Path]:
    """The format and the folder or file that holds it: `path` itself, or the one folder inside it.

    A lone folder with pictures inside is a class only when nothing else is found in it.
    """
    lone_class: Path | None = None
    for place in _lone_folders(path):
        formats = formats_of(place)
        if len(formats) > 1:
            raise LabelsRefused(path, "several", ", ".join(formats))
        if formats and formats[0] != "imagefolder":
            return formats[0], place
        lone_class = place if formats else lone_class
    if lone_class is None:
        raise LabelsRefused(path, "unknown_format")
    return "imagefolder", lone_class


def _inner(path: Path, label_format: LabelFormat) -> Path:
    """Where in `path` the named format begins; `path` itself where it begins nowhere, so that its reader says what is missing."""
    return next((place for place in reversed(list(_lone_folders(path))) if label_format in formats_of(place)), path)


def _lone_folders(path: Path) -> Iterator[Path]:
    """`path`, then the folder inside it as long as there is exactly one visible one."""
    for _ in range(DESCEND):
        yield path
        if not path.is_dir():
            return
        inner = [entry for entry in path.iterdir() if entry.is_dir() and not entry.is_symlink() and not entry.name.startswith(".")]
        if len(inner) != 1:
            return
        path = inner[0]


def formats_of(place: Path) -> tuple[LabelFormat, ...]:
    """Every format that `place` could be read as. A folder of class folders only where it is nothing else."""
    if place.is_file():
        return _formats_of_file(place)
    found: list[LabelFormat] = [name for name, is_it in _SIGNS if is_it(place)]
    if not found and _is_imagefolder(place):
        return ("imagefolder",)
    return tuple(found)


def coco_files(folder: Path) -> list[Path]:
    """JSON files that begin like COCO annotations, in the folder or in its `annotations/`."""
    files = sorted([*folder.glob("*.json"), *folder.glob("annotations/*.json")])
    return [file for file in files if not file.is_symlink() and _begins_like_coco(file)]


def csv_files(folder: Path) -> list[Path]:
    """CSV files with the header of labels."""
    return [file for file in sorted(folder.glob("*.csv")) if not file.is_symlink() and csv_labels.looks_like(_peek(file).split("\n")[0])]


def _formats_of_file(file: Path) -> tuple[LabelFormat, ...]:
    by_ending: dict[str, LabelFormat] = {".json": "coco", ".csv": "csv", ".xml": "voc", ".yaml": "yolo", ".yml": "yolo"}
    found = by_ending.get(file.suffix.lower())
    return (found,) if found else ()


def _peek(file: Path) -> str:
    if not file.is_file():
        return ""
    with file.open("rb") as source:
        return source.read(PEEK).decode("utf-8-sig", errors="replace")


def _begins_like_coco(file: Path) -> bool:
    """Whether one of COCO's parts is named near the beginning or the end; a small file is looked through whole."""
    return any(f'"{part}"' in _peek(file) for part in coco.PARTS)


def _is_yolo(folder: Path) -> bool:
    if any((folder / name).is_file() for name in ("data.yaml", "data.yml", "dataset.yaml")):
        return True
    if any(True for _ in (folder / "labels").glob("**/*.txt")):
        return True
    named = any((folder / name).is_file() for name in NAME_FILES)
    return named and any(file.suffix == ".txt" and file.name not in NAME_FILES for file in folder.iterdir())


def _is_imagefolder(folder: Path) -> bool:
    """Class folders with pictures, and no picture that lies beside them."""
    loose = any(file.suffix.lower() in PICTURE_ENDINGS for file in folder.iterdir())
    return not loose and any(next(imagefolder.pictures(folder / name), None) for name in imagefolder.class_folders(folder))


_SIGNS: tuple[tuple[LabelFormat, Callable[[Path], bool]], ...] = (
    ("yolo", _is_yolo),
    ("voc", lambda folder: bool(voc.xml_files(folder))),
    ("coco", lambda folder: bool(coco_files(folder))),
    ("csv", lambda folder: bool(csv_files(folder))),
)
