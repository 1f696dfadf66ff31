"""Class names and folders of a YOLO set: `data.yaml`, or a text file with one class a line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fieldcheck.errors import LabelsRefused
from fieldcheck.exchange.parts import NO_WISH, VALIDATION, PartWish, choose_part, count_images
from fieldcheck.exchange.untrusted import format_untrusted, make_refusal, parse_class_name, read_text, resolve_relative_path
from fieldcheck.plain_json import InvalidDocument
from fieldcheck.plain_yaml import parse_yaml

NAME_FILES = ("classes.txt", "obj.names", "labels.txt", "_darknet.labels")
PARTS = ("val", "valid", "validation", "test", "train")
MAX_YAML = 1 << 20
MAX_CLASSES = 100_000
MAX_POINTS = 10_000


@dataclass(frozen=True, slots=True)
class DataFile:
    """`parts` are the folders, or lists of pictures (`.txt`), of the part that is read, relative to `root`; empty where none is named.
    `part` is what the file calls it, `absent` what it names before that and is not there. `key_points`: how many figures of key points
    follow a box in every line, 0 in sets without."""

    root: Path
    names: tuple[str, ...]
    parts: tuple[str, ...]
    part: str = ""
    absent: tuple[str, ...] = ()
    key_points: int = 0


def read_name_file(path: Path) -> tuple[str, ...]:
    """One class a line. Raises LabelsRefused."""
    lines = read_text(path, MAX_YAML).rstrip().split("\n")
    return tuple(parse_class_name(line, path, f"{path.name}:{at}") for at, line in enumerate(lines, start=1))


def is_data_file(path: Path) -> bool:
    """Whether a YAML file names classes and where the data lie, as those of YOLO do and a program's settings do not."""
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
        root, _parse_names(path, document.get("names")), parts, part, absent, _count_key_points(path, document.get("kpt_shape"))
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


def _count_key_points(path: Path, said: object) -> int:
    """Figures a box has behind it in a set of poses: `kpt_shape: [17, 3]`, or `[17, 2]`."""
    if said is None:
        return 0
    if (
        isinstance(said, list)
        and len(said) == 2
        and all(isinstance(one, int) and 0 < one < MAX_POINTS for one in said)
        and said[1] in (2, 3)
    ):
        return int(said[0]) * int(said[1])
    raise make_refusal(path, f"kpt_shape: {format_untrusted(said)}", "key_point_shape")


def _parse_names(path: Path, said: object) -> tuple[str, ...]:
    if said is None:
        return ()
    if isinstance(said, dict) and len(said) <= MAX_CLASSES and set(said) == set(range(len(said))):
        said = [said[at] for at in range(len(said))]
    if not isinstance(said, list) or not 0 < len(said) <= MAX_CLASSES:
        raise make_refusal(path, f"names: {format_untrusted(said)}", "names")
    # YAML reads `no` as false and `1` as a number: class names all the same, but what stood there is lost for the former.
    return tuple(parse_class_name(_name_to_text(name), path, f"names[{at}]") for at, name in enumerate(said))


def _name_to_text(name: object) -> object:
    if not isinstance(name, (int, float)) or isinstance(name, bool):
        return name
    try:
        return str(name)
    except ValueError:
        return name  # more digits than Python writes out; no name


def _find_root(path: Path, said: object) -> Path:
    """The folder that the parts start from: `path:` where it lies inside the set, else the file's own (it names another machine's)."""
    if isinstance(said, str) and said.strip(" ./"):
        try:
            inner = path.parent / resolve_relative_path(path.parent, said, path)
        except LabelsRefused:
            return path.parent
        if inner.is_dir():
            return inner
    return path.parent


def _find_parts(path: Path, root: Path, document: dict[object, object], wish: PartWish) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The part that is read, where it lies, and the parts that come before it, are named, and are not there."""
    there: dict[str, tuple[str, ...]] = {}
    absent: list[str] = []
    refusal: LabelsRefused | None = None
    for part in PARTS:
        said = document.get(part)
        named = [said] if isinstance(said, str) else said
        if not isinstance(named, list) or not named or not all(isinstance(one, str) for one in named):
            continue
        try:
            found = tuple(_find_part_folder(path, root, one) for one in named if one.strip())
        except LabelsRefused as error:  # of no consequence where another part is read
            refusal = refusal or error
            if part in VALIDATION or part == wish.name:
                raise
            continue
        if found and all((root / one).exists() for one in found):
            there[part] = found
        elif found and not there:
            absent.append(part)
    if refusal is not None and not there:
        raise refusal
    if not there and not wish.name:
        return "", (), tuple(absent)
    counts = {part: sum(_count_images(root / one) for one in found) for part, found in there.items()}
    chosen = choose_part(path, counts, wish, preferred=VALIDATION)
    return chosen, there[chosen], () if wish.name else tuple(absent)


def _count_images(place: Path) -> int:
    """How many images a folder holds, or a list names."""
    return count_images(place) if place.is_dir() else sum(1 for line in read_text(place).splitlines() if line.strip())


def _find_part_folder(path: Path, root: Path, said: str) -> str:
    """A folder of the set. Some exports write `../valid/images` and mean `valid/images`."""
    name = said.strip().replace("\\", "/")
    while name.startswith("../"):
        name = name[3:]
    return resolve_relative_path(root, name, path)
