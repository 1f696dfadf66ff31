"""The label formats, one entry each, and the functions that read and write a set in any of them.
Everything about formats follows this list.

A new one is a module of this room, an entry here and a test: `docs/extending.md`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType

from fieldcheck.domain.prediction import Labels
from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.labels.formats import (
    coco_fiftyone,
    csv_parquet,
    cvat,
    imagefolder,
    label_studio,
    labelme,
    mvtec_mask_folder,
    voc,
    yolo,
)
from fieldcheck.labels.formats.label_set import (
    NO_WISH,
    Flag,
    LabelFormat,
    LabelledImage,
    LabelSet,
    PartWish,
    Reader,
    SizeOf,
    drop_unlabelled,
    find_part_folder,
    list_losses,
    list_split_folders,
)
from fieldcheck.labels.formats.untrusted_files import (
    get_root_name,
    make_refusal,
    make_unsupported_error,
    peek_json_keys,
    peek_text,
)


def make_single_file_reader(
    read: Callable[[Path], LabelSet], files_in: Callable[[Path], list[Path]]
) -> Reader:
    """A reader of a file, or of the only file of its format in a folder. Raises LabelsRefused,
    `empty` or `several`."""

    def read_single_file(path: Path, size_of: SizeOf | None = None) -> LabelSet:
        if path.is_file():
            return read(path)
        files = files_in(path)
        if len(files) > 1:
            raise LabelsRefused(path, "several", ", ".join(file.name for file in files[:5]))
        if not files:
            raise LabelsRefused(path, "empty")
        return read(files[0])

    return read_single_file


ALL_FLAGS: frozenset[Flag] = frozenset({"crowd", "occluded", "truncated"})

FORMATS = (
    LabelFormat(
        "imagefolder",
        label_kinds=frozenset({"class"}),
        reader=lambda path, _: imagefolder.read_imagefolder(path),
        writer=imagefolder.write_imagefolder,
        is_candidate_folder=imagefolder.is_candidate_folder,
        is_fallback=True,
    ),
    LabelFormat(
        "mvtec",
        label_kinds=frozenset({"class", "boxes", "points"}),
        reader=lambda path, _: mvtec_mask_folder.read_mvtec(path),
        part_reader=lambda path, _, wish: mvtec_mask_folder.read_mvtec(path, wish),
        is_candidate_folder=mvtec_mask_folder.is_mvtec_folder,
        expected_files="test/DEFECT/NAME.png, ground_truth/DEFECT/NAME_mask.png",
    ),
    LabelFormat(
        "yolo",
        label_kinds=frozenset({"boxes"}),
        reader=yolo.read_yolo,
        part_reader=yolo.read_yolo,
        writer=yolo.write_yolo,
        is_candidate_folder=yolo.is_candidate_folder,
        endings=frozenset({".yaml", ".yml"}),
        expected_files="images/…/NAME.jpg → labels/…/NAME.txt, NAME.jpg → NAME.txt",
    ),
    LabelFormat(
        "voc",
        label_kinds=frozenset({"boxes"}),
        reader=lambda path, _: voc.read_voc(path),
        writer=voc.write_voc,
        is_candidate_folder=voc.is_candidate_folder,
        endings=frozenset({".xml"}),
        expected_files="Annotations/NAME.xml, NAME.xml",
        is_candidate=voc.is_candidate,
        kept_flags=ALL_FLAGS,
    ),
    LabelFormat(
        "coco",
        label_kinds=frozenset({"boxes", "points"}),
        reader=make_single_file_reader(coco_fiftyone.read_coco, coco_fiftyone.find_files),
        writer=coco_fiftyone.write_coco,
        is_candidate_folder=lambda folder: bool(coco_fiftyone.find_files(folder)),
        endings=frozenset({".json"}),
        expected_files="annotations[…].image_id",
        is_candidate=coco_fiftyone.is_candidate,
        missing_means_unlabelled=True,
        kept_flags=ALL_FLAGS,
    ),
    LabelFormat(
        "cvat",
        label_kinds=frozenset({"class", "boxes", "points"}),
        reader=make_single_file_reader(cvat.read_cvat, cvat.find_files),
        writer=cvat.write_cvat,
        is_candidate_folder=lambda folder: bool(cvat.find_files(folder)),
        endings=frozenset({".xml"}),
        expected_files="annotations.xml",
        is_candidate=cvat.is_candidate,
        missing_means_unlabelled=True,
        kept_flags=ALL_FLAGS,
    ),
    LabelFormat(
        "label-studio",
        label_kinds=frozenset({"class", "boxes", "points"}),
        reader=make_single_file_reader(label_studio.read_label_studio, label_studio.find_files),
        writer=label_studio.write_label_studio,
        is_candidate_folder=lambda folder: bool(label_studio.find_files(folder)),
        endings=frozenset({".json"}),
        expected_files="annotations[…].result",
        is_candidate=label_studio.is_candidate,
        missing_means_unlabelled=True,
        kept_flags=ALL_FLAGS,
    ),
    LabelFormat(
        "labelme",
        label_kinds=frozenset({"class", "boxes", "points"}),
        reader=lambda path, _: labelme.read_labelme(path),
        writer=labelme.write_labelme,
        is_candidate_folder=labelme.is_candidate_folder,
        endings=frozenset({".json"}),
        expected_files="NAME.json",
        is_candidate=labelme.is_candidate,
        missing_means_unlabelled=True,
        kept_flags=ALL_FLAGS,
    ),
    LabelFormat(
        "masks",
        label_kinds=frozenset({"points"}),
        reader=lambda path, _: mvtec_mask_folder.read_mask_folder(path),
        writer=mvtec_mask_folder.write_mask_folder,
        is_candidate_folder=mvtec_mask_folder.is_candidate_folder,
        expected_files="images/NAME.jpg → masks/NAME.png",
        missing_means_unlabelled=True,
        count_losses=mvtec_mask_folder.count_losses,
    ),
    LabelFormat(
        "csv",
        label_kinds=frozenset({"class", "boxes", "points"}),
        reader=make_single_file_reader(csv_parquet.read_csv, csv_parquet.find_files),
        writer=csv_parquet.write_csv,
        is_candidate_folder=lambda folder: bool(csv_parquet.find_files(folder)),
        endings=frozenset({".csv"}),
        kept_flags=ALL_FLAGS,
        with_pictures=False,
    ),
    LabelFormat(
        "fiftyone",
        label_kinds=frozenset({"class", "boxes"}),
        writer=coco_fiftyone.write_fiftyone,
        kept_flags=ALL_FLAGS,
    ),
    LabelFormat(
        "parquet",
        label_kinds=frozenset({"class", "boxes", "points"}),
        writer=csv_parquet.write_parquet,
        kept_flags=ALL_FLAGS,
        with_pictures=False,
    ),
)
"""In the order in which they are offered."""

BY_NAME = MappingProxyType({label_format.name: label_format for label_format in FORMATS})
READABLE = tuple(label_format.name for label_format in FORMATS if label_format.reader is not None)
WRITABLE = tuple(label_format.name for label_format in FORMATS if label_format.writer is not None)


def list_label_patterns() -> tuple[str, ...]:
    """Patterns of the single files that can be read, such as `*.csv`, in the order of the
    alphabet."""
    return tuple(
        sorted(
            {
                f"*{ending}"
                for label_format in FORMATS
                if label_format.reader is not None
                for ending in label_format.endings
            }
        )
    )


def list_writable_formats(kind: Labels) -> tuple[str, ...]:
    """The formats that labels of this kind can be written in, in the order of the alphabet."""
    return tuple(
        sorted(
            label_format.name
            for label_format in FORMATS
            if label_format.writer is not None and kind in label_format.label_kinds
        )
    )


# Label formats of other tools that are not read: known by their files, so that a refusal names them
# and what to export instead.

MOST_ASKED = 50  # files that are opened to see what a folder holds
DEEPEST = 3  # folders that are entered for them
KITTI = re.compile(r"\S+ -?\d+(\.\d+)? -?\d ( ?-?\d+(\.\d+)?){12,13}\s*")
MOT = re.compile(r"\d+,-?\d+(,-?[\d.]+){4,8}\s*")


@dataclass(frozen=True, slots=True)
class OtherFormat:
    """`export_instead`: what its tools can export and is read; `endings` of the files that
    `is_match` is asked about, lower case with the dot."""

    name: str
    export_instead: str
    endings: frozenset[str]
    is_match: Callable[[Path], bool]


def detect_other_format(path: Path) -> OtherFormat | None:
    """The format that a file or a folder is in and that is not read here."""
    files = [path] if path.is_file() else list(_list_sample_files(path))
    for other_format in OTHER_FORMATS:
        if any(
            file.suffix.lower() in other_format.endings and other_format.is_match(file)
            for file in files
        ):
            return other_format
    return None


def _list_sample_files(folder: Path) -> Iterator[Path]:
    """The first files of each folder below one, for a few folders down; those of no format that is
    known are left out."""
    wanted = frozenset[str]().union(*(other_format.endings for other_format in OTHER_FORMATS))
    folders = [folder]
    for _ in range(DEEPEST):
        inner: list[Path] = []
        for path in folders[:MOST_ASKED]:
            there = sorted(
                entry
                for entry in path.iterdir()
                if not entry.name.startswith(".") and not entry.is_symlink()
            )
            inner += [entry for entry in there if entry.is_dir()]
            yield from [
                entry for entry in there if entry.suffix.lower() in wanted and entry.is_file()
            ][:MOST_ASKED]
        folders = inner


def _make_json_check(start: str, *keys: str) -> Callable[[Path], bool]:
    """Whether a file begins like a JSON object, or a list of some, with all of these keys."""

    def is_in(file: Path) -> bool:
        begins, result = peek_json_keys(file)
        return begins == start and result.issuperset(keys)

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
    text = peek_text(file)
    return start == "{" and (
        any(key.startswith("_via_") for key in keys)
        or ('"regions"' in text and '"shape_attributes"' in text)
    )


def _has_image_names(file: Path) -> bool:
    """Whether the first line of a file of JSON lines names an image."""
    return any(
        f'"{key}"' in peek_text(file).partition("\n")[0]
        for key in ("image", "images", "file_name", "image_path")
    )


def _always_true(_: Path) -> bool:
    return True


_JSON, _CSV, _TXT = frozenset({".json"}), frozenset({".csv"}), frozenset({".txt"})

OTHER_FORMATS = (
    OtherFormat("Datumaro", "COCO", _JSON, _make_json_check("{", "items", "categories")),
    OtherFormat("VGG Image Annotator", "COCO", _JSON, _is_via),
    OtherFormat(
        "VGG Image Annotator",
        "COCO",
        _CSV,
        _make_csv_header_check("filename", "region_shape_attributes"),
    ),
    OtherFormat("CreateML", "COCO", _JSON, _make_json_check("[", "image", "annotations")),
    OtherFormat(
        "Label Studio JSON-MIN", "Label Studio JSON", _JSON, _make_json_check("[", "annotation_id")
    ),
    OtherFormat(
        "COCO results", "COCO instances", _JSON, _make_json_check("[", "image_id", "category_id")
    ),
    OtherFormat("Supervisely", "COCO", _JSON, _make_json_check("{", "objects", "size")),
    OtherFormat("Supervisely", "COCO", _JSON, _make_json_check("{", "classes", "tags")),
    OtherFormat("V7 Darwin", "COCO", _JSON, _make_json_check("{", "item", "annotations")),
    OtherFormat("Hasty", "COCO", _JSON, _make_json_check("{", "label_classes", "images")),
    OtherFormat("Cityscapes", "COCO", _JSON, _make_json_check("{", "imgHeight", "objects")),
    OtherFormat("BDD100K", "COCO", _JSON, _make_json_check("[", "name", "labels")),
    OtherFormat("Labelbox", "COCO", frozenset({".ndjson"}), _always_true),
    OtherFormat("JSON lines", "COCO", frozenset({".jsonl"}), _has_image_names),
    OtherFormat("SageMaker Ground Truth", "COCO", frozenset({".manifest"}), _always_true),
    OtherFormat(
        "TFRecord", "COCO", frozenset({".tfrecord", ".tfrecords", ".record"}), _always_true
    ),
    OtherFormat("Parquet", "COCO", frozenset({".parquet"}), _always_true),
    OtherFormat(
        "KITTI tracklets",
        "CVAT for images 1.1",
        frozenset({".xml"}),
        lambda file: get_root_name(file) == "boost_serialization",
    ),
    OtherFormat("YOLOv4 PyTorch", "YOLO", _TXT, lambda file: file.name == "_annotations.txt"),
    OtherFormat(
        "CamVid", "CVAT for images 1.1", _TXT, lambda file: file.name == "label_colors.txt"
    ),
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


# Read a labelled set in any of these formats.

DESCEND = 4  # folders with nothing in them but one other folder


def read_labels(
    path: Path, label_format: str = "auto", size_of: SizeOf | None = None, wish: PartWish = NO_WISH
) -> LabelSet:
    """The labelled set at `path`, a folder or a file. `size_of` knows the size of frames by name,
    for YOLO text files without pictures; `wish` names the part of a set in parts.

    Raises KeyError for a format that no entry has, PathMissing, and LabelsRefused with
    `unknown_format`, `other_format`, `several` (formats or files, in `detail`), `part`, `no_part`,
    `empty`, `no_labels` (pictures, and nothing that is said of any; `detail` is where labels were
    looked for) or `malformed`.
    """
    if not path.exists():
        raise PathMissing(path)
    try:
        inner, part = _find_part(path, wish)
        kind, folder = (
            _detect_format(inner)
            if label_format == "auto"
            else (BY_NAME[label_format], _find_format_root(inner, BY_NAME[label_format]))
        )
        if kind.reader is None:
            raise LabelsRefused(path, "unknown_format")
        label_set = (
            kind.part_reader(folder, size_of, NO_WISH if part else wish)
            if kind.part_reader
            else kind.reader(folder, size_of)
        )
    except RecursionError as error:
        raise make_refusal(path, path.name, "deep") from error
    except OSError as error:
        raise make_refusal(path, error.strerror or path.name, "unreadable") from error
    label_set = (
        replace(label_set, skipped=replace(label_set.skipped, part=part)) if part else label_set
    )
    if wish.name and not label_set.skipped.part:
        raise LabelsRefused(path, "no_part")
    if not label_set.items and not label_set.skipped.missing:
        raise LabelsRefused(path, "empty", kind.name)
    if (
        label_set.items
        and len(label_set.skipped.unlabelled) >= len(label_set.items)
        and not drop_unlabelled(label_set).items
    ):
        raise LabelsRefused(path, "no_labels", kind.expected_files)
    return label_set


def _find_part(path: Path, wish: PartWish) -> tuple[Path, str]:
    """Where the part to be read lies, and its name; `path` itself and nothing where no level above
    a format is one of parts."""
    above: list[Path] = []
    for folder in _iterate_single_folders(path):
        above.append(folder)
        splits = list_split_folders(folder)
        if not splits:
            continue
        if any(_is_unambiguous(path) for path in above):
            break
        if not any(_is_unambiguous(folder / name) for name in splits) and (
            other := detect_other_format(folder)
        ):
            raise make_unsupported_error(path, other.name, other.export_instead)
        if part := find_part_folder(folder, wish):
            return folder / part, part
    return path, ""


def _is_unambiguous(path: Path) -> bool:
    """Whether a format is recognised by more than the names of folders."""
    return any(
        not candidate_format.is_fallback for candidate_format in list_candidate_formats(path)
    )


def _detect_format(path: Path) -> tuple[LabelFormat, Path]:
    """The format and the folder or file that holds it: `path` itself, or the one folder inside it.

    A lone folder with pictures inside is a class only when nothing else is found in it.
    """
    weak: tuple[LabelFormat, Path] | None = None
    if path.is_file() and (other := detect_other_format(path)):
        raise make_unsupported_error(path, other.name, other.export_instead)
    for folder in _iterate_single_folders(path):
        formats = list_candidate_formats(folder)
        if len(formats) > 1:
            raise LabelsRefused(
                path, "several", ", ".join(label_format.name for label_format in formats)
            )
        if formats and not formats[0].is_fallback:
            return formats[0], folder
        weak = (formats[0], folder) if formats else weak
    if other := detect_other_format(path):
        raise make_unsupported_error(path, other.name, other.export_instead)
    if weak is None:
        raise LabelsRefused(path, "unknown_format")
    return weak


def _find_format_root(path: Path, label_format: LabelFormat) -> Path:
    """Where in `path` the named format begins; `path` itself where it begins nowhere, so that its
    reader says what is missing."""
    return next(
        (
            path
            for path in reversed(list(_iterate_single_folders(path)))
            if label_format in list_candidate_formats(path)
        ),
        path,
    )


def _iterate_single_folders(path: Path) -> Iterator[Path]:
    """`path`, then the folder inside it as long as there is exactly one visible one."""
    for _ in range(DESCEND):
        yield path
        if not path.is_dir():
            return
        inner = [
            entry
            for entry in path.iterdir()
            if entry.is_dir() and not entry.is_symlink() and not entry.name.startswith(".")
        ]
        if len(inner) != 1:
            return
        path = inner[0]


def has_labels(path: Path) -> bool:
    """Whether a file or folder is a labelled set by more than the names of its folders: footage may
    lie in folders, too."""
    return any(_is_unambiguous(path) for path in _iterate_single_folders(path))


def list_candidate_formats(path: Path) -> tuple[LabelFormat, ...]:
    """Every format that `path` could be read as. A folder of class folders only where it is
    nothing else; of formats with the same ending those that a file begins like, or the first, whose
    reader says what is missing."""
    if path.is_file():
        same = tuple(
            label_format
            for label_format in FORMATS
            if label_format.reader is not None and path.suffix.lower() in label_format.endings
        )
        return (
            (
                tuple(label_format for label_format in same if label_format.is_candidate(path))
                or same[:1]
            )
            if len(same) > 1
            else same
        )
    readable = [label_format for label_format in FORMATS if label_format.reader is not None]
    sure = [
        label_format
        for label_format in readable
        if not label_format.is_fallback and label_format.is_candidate_folder(path)
    ]
    return tuple(
        sure
        or [
            label_format
            for label_format in readable
            if label_format.is_fallback and label_format.is_candidate_folder(path)
        ]
    )


# Labelled pictures in other people's formats, each as `read_labels` reads it back.


def write_labels(
    out: Path, kind: str, classes: Sequence[str], pictures: Sequence[LabelledImage]
) -> tuple[Path, ...]:
    """Writes them under `out` in the format of this name and returns the files, label files first.

    `csv` and `parquet` are one file, with the frames' own names and without pictures; the other
    formats hold the pictures. Raises ValueError for a format that is not written, DiskFull,
    ReadOnlyPlace, and PathRefused or ExtraMissing as the format's own writer does.
    """
    writes = BY_NAME[kind].writer
    if writes is None:
        raise ValueError(f"{kind} is read and not written")
    return tuple(writes(out, classes, pictures))


def count_export_losses(
    kind: str, classes: Sequence[str], pictures: Sequence[LabelledImage]
) -> tuple[tuple[str, int], ...]:
    """Losses of an export: what the format cannot hold of these pictures, as pairs of a kind of
    loss and how many."""
    label_format = BY_NAME[kind]
    losses = label_format.count_losses(classes, pictures)
    for box in (box for image in pictures for box in image.boxes):
        losses.update(flag for flag in ALL_FLAGS - label_format.kept_flags if getattr(box, flag))
    return list_losses(
        losses | Counter(pictures=0 if label_format.with_pictures else len(pictures))
    )
