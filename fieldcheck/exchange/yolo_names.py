"""Class names and folders of a YOLO set: `data.yaml`, or a text file with one class a line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from fieldcheck.errors import LabelsRefused
from fieldcheck.exchange.untrusted import class_name, read_text, refused, relative_path, shown
from fieldcheck.plain_json import NotPlain
from fieldcheck.plain_yaml import parse

NAME_FILES = ("classes.txt", "obj.names", "labels.txt")
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
    return tuple(class_name(line, path, f"{path.name}:{at}") for at, line in enumerate(lines, start=1))


def read_data_file(path: Path) -> DataFile:
    """YOLO's `data.yaml`, read. Raises LabelsRefused."""
    try:
        document = parse(read_text(path, MAX_YAML))
    except NotPlain as error:
        raise refused(path, f"{path.name}: {shown(str(error))}") from error
    if not isinstance(document, dict):
        raise refused(path, shown(document))
    root = _root(path, document.get("path"))
    part, parts, absent = _parts(path, root, document)
    return DataFile(root, _names(path, document.get("names")), parts, part, absent, _key_points(path, document.get("kpt_shape")))


def _key_points(path: Path, said: object) -> int:
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
    raise refused(path, f"kpt_shape: {shown(said)}")


def _names(path: Path, said: object) -> tuple[str, ...]:
    if said is None:
        return ()
    if isinstance(said, dict) and len(said) <= MAX_CLASSES and set(said) == set(range(len(said))):
        said = [said[at] for at in range(len(said))]
    if not isinstance(said, list) or not 0 < len(said) <= MAX_CLASSES:
        raise refused(path, f"names: {shown(said)}")
    # YAML reads `no` as false and `1` as a number: class names all the same, but what stood there is lost for the former.
    return tuple(class_name(_as_text(name), path, f"names[{at}]") for at, name in enumerate(said))


def _as_text(name: object) -> object:
    if not isinstance(name, (int, float)) or isinstance(name, bool):
        return name
    try:
        return str(name)
    except ValueError:
        return name  # more digits than Python writes out; no name


def _root(path: Path, said: object) -> Path:
    """The folder that the parts start from: `path:` where it lies inside the set, else the file's own (it names another machine's)."""
    if isinstance(said, str) and said.strip(" ./"):
        try:
            inner = path.parent / relative_path(path.parent, said, path)
        except LabelsRefused:
            return path.parent
        if inner.is_dir():
            return inner
    return path.parent


def _parts(path: Path, root: Path, document: dict[object, object]) -> tuple[str, tuple[str, ...], tuple[str, ...]]:
    """The part that is read, where it lies, and the parts that come before it, are named, and are not there."""
    absent: list[str] = []
    for part in PARTS:
        said = document.get(part)
        named = [said] if isinstance(said, str) else said
        if isinstance(named, list) and named and all(isinstance(one, str) for one in named):
            found = [_part(path, root, one) for one in named if one.strip()]
            if found and all((root / one).exists() for one in found):
                return part, tuple(found), tuple(absent)
            if found:
                absent.append(part)
    return "", (), tuple(absent)


def _part(path: Path, root: Path, said: str) -> str:
    """A folder of the set. Some exports write `../valid/images` and mean `valid/images`."""
    name = said.strip().replace("\\", "/")
    while name.startswith("../"):
        name = name[3:]
    return relative_path(root, name, path)
