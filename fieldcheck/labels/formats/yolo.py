"""YOLO labels: one text file per image, one line per box (`class cx cy w h`, fractions), class
names in `data.yaml` or `classes.txt`."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from fieldcheck.domain.label import BenchmarkItem, Box, Point
from fieldcheck.errors.imported_files import LabelsRefused
from fieldcheck.files import write_text
from fieldcheck.labels.formats.label_set import (
    NO_WISH,
    VALIDATION,
    Corner,
    LabelledImage,
    LabelSet,
    PartWish,
    SizeOf,
    SkippedItems,
    choose_part,
    compute_bounding_box,
    count_images,
    find_inner_point,
    find_part_folder,
    is_rotated,
    list_losses,
    make_parent_folder,
    read_image_size,
)
from fieldcheck.labels.formats.untrusted_files import (
    PICTURE_ENDINGS,
    format_untrusted,
    is_inside_set,
    make_box,
    make_refusal,
    parse_class_name,
    parse_number,
    read_text,
    resolve_relative_path,
)
from fieldcheck.safe_json_yaml import InvalidDocument, parse_yaml

# Class names and folders of a YOLO set: `data.yaml`, or a text file with one class a line.

NAME_FILES = ("classes.txt", "obj.names", "labels.txt", "_darknet.labels")
PARTS = ("val", "valid", "validation", "test", "train")
MAX_YAML = 1 << 20
MAX_CLASSES = 100_000
MAX_POINTS = 10_000


@dataclass(frozen=True, slots=True)
class DataFile:
    """`parts` are the folders, or lists of pictures (`.txt`), of the part that is read, relative to
    `root`; empty where none is named. `part` is what the file calls it, `absent` what it names
    before that and is not there. `key_points`: how many figures of key points follow a box in every
    line, 0 in sets without."""

    root: Path
    names: tuple[str, ...]
    parts: tuple[str, ...]
    part: str = ""
    absent: tuple[str, ...] = ()
    key_points: int = 0


def read_name_file(path: Path) -> tuple[str, ...]:
    """One class a line. Raises LabelsRefused."""
    lines = read_text(path, MAX_YAML).rstrip().split("\n")
    return tuple(
        parse_class_name(line, path, f"{path.name}:{index}")
        for index, line in enumerate(lines, start=1)
    )


def is_data_file(path: Path) -> bool:
    """Whether a YAML file names classes and where the data lie, as those of YOLO do and a program's
    settings do not."""
    try:
        document = _read_document(path)
    except LabelsRefused:
        return False
    return "names" in document and not {"path", *PARTS}.isdisjoint(document)


def read_data_file(path: Path, wish: PartWish = NO_WISH) -> DataFile:
    """YOLO's `data.yaml`, read. Raises LabelsRefused, also where a part has to be named."""
    document = _read_document(path)
    root = _find_root(path, document.get("path"))
    part, parts, absent = _find_parts(path, root, document, wish)
    return DataFile(
        root,
        _parse_names(path, document.get("names")),
        parts,
        part,
        absent,
        _count_key_points(path, document.get("kpt_shape")),
    )


def read_data_names(path: Path) -> tuple[str, ...]:
    """The class names alone. Raises LabelsRefused."""
    return _parse_names(path, _read_document(path).get("names"))


def _read_document(path: Path) -> dict[object, object]:
    try:
        document = parse_yaml(read_text(path, MAX_YAML))
    except InvalidDocument as error:
        raise make_refusal(path, path.name, "yaml") from error
    if not isinstance(document, dict):
        raise make_refusal(path, format_untrusted(document), "yaml")
    return document


def _count_key_points(path: Path, shape: object) -> int:
    """Figures a box has behind it in a set of poses: `kpt_shape: [17, 3]`, or `[17, 2]`."""
    if shape is None:
        return 0
    if (
        isinstance(shape, list)
        and len(shape) == 2
        and all(isinstance(choice, int) and 0 < choice < MAX_POINTS for choice in shape)
        and shape[1] in (2, 3)
    ):
        return int(shape[0]) * int(shape[1])
    raise make_refusal(path, f"kpt_shape: {format_untrusted(shape)}", "key_point_shape")


def _parse_names(path: Path, names: object) -> tuple[str, ...]:
    if names is None:
        return ()
    if (
        isinstance(names, dict)
        and len(names) <= MAX_CLASSES
        and set(names) == set(range(len(names)))
    ):
        names = [names[index] for index in range(len(names))]
    if not isinstance(names, list) or not 0 < len(names) <= MAX_CLASSES:
        raise make_refusal(path, f"names: {format_untrusted(names)}", "names")
    # YAML reads `no` as false and `1` as a number: class names all the same, but what stood there
    # is lost for the former.
    return tuple(
        parse_class_name(_name_to_text(name), path, f"names[{index}]")
        for index, name in enumerate(names)
    )


def _name_to_text(name: object) -> object:
    if not isinstance(name, (int, float)) or isinstance(name, bool):
        return name
    try:
        return str(name)
    except ValueError:
        return name  # more digits than Python writes out; no name


def _find_root(path: Path, written: object) -> Path:
    """The folder that the parts start from: `path:` where it lies inside the set, else the file's
    own (it names another machine's)."""
    if isinstance(written, str) and written.strip(" ./"):
        try:
            inner = path.parent / resolve_relative_path(path.parent, written, path)
        except LabelsRefused:
            return path.parent
        if inner.is_dir():
            return inner
    return path.parent


def _find_parts(
    path: Path, root: Path, document: dict[object, object], wish: PartWish
) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The part that is read, where it lies, and the parts that come before it, are named, and are
    not there."""
    there: dict[str, tuple[str, ...]] = {}
    absent: list[str] = []
    refusal: LabelsRefused | None = None
    for part in PARTS:
        listed = document.get(part)
        named = [listed] if isinstance(listed, str) else listed
        if (
            not isinstance(named, list)
            or not named
            or not all(isinstance(name, str) for name in named)
        ):
            continue
        try:
            folders = tuple(_find_part_folder(path, root, name) for name in named if name.strip())
        except LabelsRefused as error:  # of no consequence where another part is read
            refusal = refusal or error
            if part in VALIDATION or part == wish.name:
                raise
            continue
        if folders and all((root / folder).exists() for folder in folders):
            there[part] = folders
        elif folders and not there:
            absent.append(part)
    if refusal is not None and not there:
        raise refusal
    if not there and not wish.name:
        return "", (), tuple(absent)
    counts = {
        part: sum(_count_images(root / folder) for folder in folders)
        for part, folders in there.items()
    }
    chosen = choose_part(path, counts, wish, preferred=VALIDATION)
    return chosen, there[chosen], () if wish.name else tuple(absent)


def _count_images(path: Path) -> int:
    """How many images a folder holds, or a list names."""
    return (
        count_images(path)
        if path.is_dir()
        else sum(1 for line in read_text(path).splitlines() if line.strip())
    )


def _find_part_folder(path: Path, root: Path, text: str) -> str:
    """A folder of the set. Some exports write `../valid/images` and mean `valid/images`."""
    name = text.strip().replace("\\", "/")
    while name.startswith("../"):
        name = name[3:]
    return resolve_relative_path(root, name, path)


DATA_FILES = ("data.yaml", "data.yml", "dataset.yaml")
# shares may leave the picture by rounding; further out they are pixels, or another format
SLACK = 0.01
MAX_LINES = 1 << 26
MOST_NAMED = 5
SIDES = ("x", "y", "width", "height")


def read_yolo(path: Path, size_of: SizeOf | None = None, wish: PartWish = NO_WISH) -> LabelSet:
    """The set in a folder or named by a `data.yaml`. A picture without a text file has nothing on
    it. Raises LabelsRefused.

    Of a `data.yaml` that names several parts the validation part is read (else test): the one
    scores are quoted on. The training part is read only where it is named. Text files without a
    picture count too when `size_of` knows the (width, height) of the frame that their name means.
    """
    if path.is_file() and not is_data_file(path):
        read_data_names(path)  # which says where the file itself is no list of classes
        raise make_refusal(path, path.name, "no_data")
    data = read_data_file(path, wish) if path.is_file() else _find_data_file(path, wish)
    root = data.root if data else path
    classes = data.names if data and data.names else _find_names(root)
    labelled_images = _LabelledImages(root, classes, data.key_points if data else 0)
    folders, part = (
        (data.parts, data.part) if data and data.parts else _find_image_folders(root, wish)
    )
    for picture in _list_images(root, folders):
        labelled_images.add_image(picture)
    if not labelled_images.items and size_of is not None:
        labelled_images.add_frames(size_of)
    labelled_images.check_usable(path)
    aside = replace(
        labelled_images.make_skipped_items(not part),
        part=part,
        absent_parts=data.absent if data else (),
    )
    return LabelSet(
        "yolo",
        root,
        classes,
        tuple(labelled_images.items),
        tuple(_strip_images_folder(item.path) for item in labelled_images.items),
        aside,
    )


class _LabelledImages:
    """Pictures with their text files, looked up as people's computers spell them: `.TXT` and
    decomposed accents are the same name."""

    def __init__(self, root: Path, classes: tuple[str, ...], key_points: int) -> None:
        self._root, self._classes, self.key_points = root, classes, key_points
        self.items: list[BenchmarkItem] = []
        # by folder: file names by how they are compared
        self._texts: dict[str, dict[str, str]] = {}
        self._used: set[str] = set()
        self._unlabelled: list[str] = []
        self._missing: list[str] = []
        self.damaged: list[str] = []
        self._unfit: list[tuple[str, LabelsRefused]] = []
        self._outlines = self._poses = self._labelled = 0
        self._turned = self._upright = False

    def check_usable(self, path: Path) -> None:
        """Raises LabelsRefused for a set that cannot be used: every picture is damaged, the boxes
        of at least half lie outside, or they are turned. That is so where every line has four
        corners, and some those of a rectangle that does not stand upright (OBB)."""
        if self._turned and not self._upright:
            raise LabelsRefused(path, "turned_boxes", "YOLO OBB")
        if self._unfit and 2 * len(self._unfit) >= self._labelled:
            raise self._unfit[0][1]
        if self.damaged and not self.items:
            raise make_refusal(
                self._root / self.damaged[0], ", ".join(self.damaged[:MOST_NAMED]), "image"
            )

    def add_image(self, picture: str) -> None:
        """A picture of the set. Raises LabelsRefused for a text file that makes no sense."""
        if not (self._root / picture).exists():
            self._missing.append(picture)
            return
        file = self._find_text_file(picture)
        if file is None:
            self._unlabelled.append(picture)
            self.items.append(BenchmarkItem(picture))
            return
        self._used.add(file)
        lines = _read_lines(self._root, file)
        try:
            size = read_image_size(self._root / picture) if lines else (1, 1)
        except LabelsRefused:
            self.damaged.append(picture)
            return
        self._add_labels(picture, file, lines, size)

    def add_frames(self, size_of: SizeOf) -> None:
        """The text files without pictures whose names mean frames of a known size. Raises
        LabelsRefused as `add`."""
        folder = "labels" if (self._root / "labels").is_dir() else ""
        for file in _list_files(self._root, folder, frozenset({".txt"})):
            name = file.removeprefix(f"{folder}/").removesuffix(".txt")
            if file.rpartition("/")[2] not in NAME_FILES and (size := size_of(name)) is not None:
                self._used.add(file)
                self._add_labels(name, file, _read_lines(self._root, file), size)

    def _add_labels(
        self, picture: str, file: str, lines: list[list[str]], size: tuple[int, int]
    ) -> None:
        self._labelled += bool(lines)
        try:
            objects = _parse_objects(self._root, file, lines, self._classes, size, self.key_points)
        except LabelsRefused as error:
            if error.reason != "out_of_image":
                raise
            self._unfit.append((picture, error))
            return
        longer = sum(len(cells) > 5 for cells in lines)
        self._poses += longer if self.key_points else 0
        self._outlines += 0 if self.key_points else longer
        self._turned = self._turned or any(
            is_rotated(yolo_object.corners) for yolo_object in objects
        )
        self._upright = self._upright or any(
            len(yolo_object.corners) != 4 for yolo_object in objects
        )
        self.items.append(_make_item(picture, objects))

    def make_skipped_items(self, whole: bool) -> SkippedItems:
        """`whole`: no part is named, so that every text file below `labels/` should have a
        picture."""
        texts = {
            f"{folder}/{name}".lstrip("/")
            for folder, names in self._texts.items()
            for name in names.values()
        }
        if whole:
            texts |= {
                file.relative_to(self._root).as_posix()
                for file in (self._root / "labels").rglob("*")
                if file.suffix.lower() == ".txt"
            }
        orphans = sorted(
            file
            for file in texts - self._used
            if file.rpartition("/")[2] not in NAME_FILES and "labels/" in f"{file}/"
        )
        return SkippedItems(
            unlabelled=tuple(self._unlabelled),
            orphans=tuple(orphans),
            missing=tuple(self._missing),
            damaged=tuple(self.damaged),
            unfit=tuple(f"{picture} ({error.detail})" for picture, error in self._unfit),
            outlines=self._outlines,
            losses=list_losses({"keypoints": self._poses}),
        )

    def _find_text_file(self, picture: str) -> str | None:
        folder, _, name = _get_label_path(picture).rpartition("/")
        if folder not in self._texts:
            path = self._root / folder
            listed = sorted(entry.name for entry in os.scandir(path)) if path.is_dir() else []
            self._texts[folder] = {
                _normalize_name(name): name for name in listed if name.lower().endswith(".txt")
            }
        file_name = self._texts[folder].get(_normalize_name(name))
        return f"{folder}/{file_name}".lstrip("/") if file_name is not None else None


def _normalize_name(name: str) -> str:
    stem, dot, ending = unicodedata.normalize("NFC", name).rpartition(".")
    return f"{stem}{dot}{ending.lower()}"


def write_yolo(out: Path, classes: Sequence[str], pictures: Sequence[LabelledImage]) -> list[Path]:
    """`data.yaml`, text files and pictures. Without `path`, folders are looked for beside the file;
    a `.` would be that of the program."""
    import yaml

    data = {"train": "images", "val": "images", "names": dict(enumerate(classes))}
    files = [out / "data.yaml"]
    make_parent_folder(files[0])
    write_text(files[0], yaml.safe_dump(data, sort_keys=False, allow_unicode=True))
    for image in pictures:
        width, height = image.size
        lines = []
        for box in image.boxes:
            shares = (
                (box.x + box.w / 2) / width,
                (box.y + box.h / 2) / height,
                box.w / width,
                box.h / height,
            )
            lines.append(
                " ".join(
                    [str(classes.index(box.class_name)), *(f"{share:.8f}" for share in shares)]
                )
            )
        label = out / "labels" / f"{Path(image.file).stem}.txt"
        make_parent_folder(label)
        write_text(label, "".join(f"{line}\n" for line in lines))
        files += [label, image.save_image(out / "images" / image.file)]
    return files


def is_candidate_folder(folder: Path) -> bool:
    """Whether the folder holds a `data.yaml`, text files in `labels/`, or a file of class names
    with text files beside it."""
    if any((folder / name).is_file() for name in DATA_FILES):
        return True
    if any(file.suffix.lower() == ".txt" for file in (folder / "labels").rglob("*")):
        return True
    named = any((folder / name).is_file() for name in NAME_FILES)
    return named and any(
        file.suffix == ".txt" and file.name not in NAME_FILES for file in folder.iterdir()
    )


def _find_data_file(root: Path, wish: PartWish) -> DataFile | None:
    usual = [root / name for name in DATA_FILES if (root / name).is_file()]
    others = sorted(
        file for ending in ("*.yaml", "*.yml") for file in root.glob(ending) if file not in usual
    )
    paths = usual or [
        file for file in others[:MOST_NAMED] if is_inside_set(root, file) and is_data_file(file)
    ]
    return read_data_file(paths[0], wish) if paths else None


def _find_names(root: Path) -> tuple[str, ...]:
    """The classes of a folder without a data file: a list in it or above, or the data file of the
    set that it is a part of."""
    for folder in (root, root / "labels", root.parent):
        for name in NAME_FILES:
            if (folder / name).is_file():
                return read_name_file(folder / name)
    above = next(
        (root.parent / name for name in DATA_FILES if (root.parent / name).is_file()), None
    )
    if above is not None:
        return read_data_names(above)
    raise make_refusal(root, " / ".join(("data.yaml", *NAME_FILES)), "no_names")


def _find_image_folders(root: Path, wish: PartWish) -> tuple[tuple[str, ...], str]:
    """The folders of the pictures where no data file names them, and the part that they are where
    they lie in parts."""
    images = "images" if (root / "images").is_dir() else ""
    part = find_part_folder(root / images, wish)
    return (f"{images}/{part}".strip("/") if part else images,), part


def _list_images(root: Path, folders: Sequence[str]) -> tuple[str, ...]:
    images: dict[str, None] = {}
    for folder in folders:
        if folder.endswith(".txt"):
            lines = read_text(root / folder).split("\n")
            images.update(
                (resolve_relative_path(root, line, root / folder), None)
                for line in lines
                if line.strip()
            )
        else:
            images.update((picture, None) for picture in _list_files(root, folder, PICTURE_ENDINGS))
    return tuple(images)


def _list_files(root: Path, folder: str, endings: frozenset[str]) -> Iterator[str]:
    for file in sorted((root / folder).rglob("*")):
        if file.suffix.lower() in endings and not file.name.startswith(".") and not file.is_dir():
            yield resolve_relative_path(root, file.relative_to(root).as_posix(), root)


def _get_label_path(picture: str) -> str:
    """`images/a/0001.png` → `labels/a/0001.txt`; outside a folder called images the text file lies
    beside the picture."""
    stem = picture[: -len(Path(picture).suffix)] if Path(picture).suffix else picture
    before, images, after = ("/" + stem).rpartition("/images/")
    return (f"{before}/labels/{after}" if images else "/" + stem).lstrip("/") + ".txt"


def _strip_images_folder(picture: str) -> str:
    return ("/" + picture).rpartition("/images/")[2].lstrip("/")


def _read_lines(root: Path, file: str) -> list[list[str]]:
    path = root / resolve_relative_path(root, file, root)
    return [line.split() for line in read_text(path, MAX_LINES).split("\n") if line.strip()]


@dataclass(frozen=True, slots=True)
class _YoloObject:
    """A line: its box, and the corners in pixels where it is an outline."""

    box: Box
    corners: tuple[Corner, ...] = ()


def _make_item(picture: str, yolo_objects: Sequence[_YoloObject]) -> BenchmarkItem:
    points = tuple(
        Point(yolo_object.box.class_name, *find_inner_point(yolo_object.corners))
        for yolo_object in yolo_objects
        if yolo_object.corners
    )
    return BenchmarkItem(
        picture, boxes=tuple(yolo_object.box for yolo_object in yolo_objects), points=points
    )


def _parse_objects(
    root: Path,
    file: str,
    lines: list[list[str]],
    classes: tuple[str, ...],
    size: tuple[int, int],
    key_points: int,
) -> tuple[_YoloObject, ...]:
    return tuple(
        _parse_object(root / file, cells, classes, size, f"{file}:{index}", key_points)
        for index, cells in enumerate(lines, start=1)
    )


def _parse_object(
    path: Path,
    cells: list[str],
    classes: tuple[str, ...],
    size: tuple[int, int],
    where: str,
    key_points: int,
) -> _YoloObject:
    """One line: five figures are a box, an outline of three or more corners becomes the box around
    it. In a set of poses the box comes first and so many figures of key points behind it."""
    index = cells[0]
    if not index.isascii() or not index.isdigit() or len(index) > 6 or int(index) >= len(classes):
        raise make_refusal(
            path, f"{where}: {format_untrusted(index)} ({len(classes)})", "class_number"
        )
    if key_points and len(cells) not in (5, 5 + key_points):
        raise make_refusal(path, f"{where}: {len(cells) - 5} ≠ {key_points}", "key_points")
    shares = [parse_number(cell, path, where) for cell in (cells[1:5] if key_points else cells[1:])]
    if (
        beyond := next(
            (index for index, share in enumerate(shares) if not -SLACK <= share <= 1 + SLACK), None
        )
    ) is not None:
        side = SIDES[beyond] if len(shares) == 4 else "xy"[beyond % 2]
        raise make_refusal(path, f"{where}: {side} {shares[beyond]:g}", "out_of_image")
    name, corners = classes[int(index)], tuple[Corner, ...]()
    if len(shares) == 4:
        cx, cy, w, h = shares
        rect = ((cx - w / 2) * size[0], (cy - h / 2) * size[1], w * size[0], h * size[1])
    elif len(shares) >= 6 and len(shares) % 2 == 0:
        corners = tuple(
            (x * size[0], y * size[1]) for x, y in zip(shares[::2], shares[1::2], strict=True)
        )
        rect = compute_bounding_box(corners)
    else:
        raise make_refusal(path, f"{where}: {format_untrusted(' '.join(cells))}", "line")
    return _YoloObject(make_box(name, rect, path, where), corners)
