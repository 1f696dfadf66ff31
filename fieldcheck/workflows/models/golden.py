"""Golden sets: folders of labelled pictures that must stay right, whatever model comes next."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fieldcheck.domain.benchmark import BenchmarkItem
from fieldcheck.errors import LabelsRefused, PathMissing
from fieldcheck.exchange.label_set import fits
from fieldcheck.exchange.parts import ANY_PART
from fieldcheck.exchange.read import read_labels
from fieldcheck.files import inside_set
from fieldcheck.plain_name import plain_name
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import settings as settings_table
from fieldcheck.workflows.models.models import card_of, find_model

KEY = "golden"


@dataclass(frozen=True, slots=True)
class Golden:
    """A set by name. `root` is where it lies, `n` how many pictures it held when it was added; it may grow."""

    name: str
    root: str
    format: str
    n: int


def add_golden(project: Project, name: str, path: Path) -> Golden:
    """Names a folder that must stay right, in place of an older one of that name, as one undoable act.

    Raises NoModel, LabelsRefused (`unknown_class`, `wrong_task` where the newest model could not be right on it);
    PathMissing where a picture is not there, too.
    """
    if not path.exists():
        raise PathMissing(path)
    found = read_labels(path, wish=ANY_PART)
    card = card_of(find_model(project))
    _check(path, found.items, card.task, card.classes)
    for item in found.items:
        if not inside_set(found.root, item.path).is_file():
            raise PathMissing(found.root / item.path)
    golden = Golden(plain_name(name), str(found.root.resolve()), found.format, len(found.items))
    others = [one for one in all_golden(project) if one.name != golden.name]
    project.edit("golden.add", puts=[settings_table.row(KEY, [asdict(one) for one in (*others, golden)])])
    return golden


def all_golden(project: Project) -> tuple[Golden, ...]:
    """Every golden set, oldest first."""
    found: list[dict[str, Any]] = project.read(lambda db: settings_table.get(db, KEY, []))
    return tuple(Golden(str(one["name"]), str(one["root"]), str(one["format"]), int(one["n"])) for one in found)


def golden_items(golden: Golden) -> tuple[BenchmarkItem, ...]:
    """Golden set that the folder holds today. Raises PathMissing, LabelsRefused."""
    root = Path(golden.root)
    if not root.exists():
        raise PathMissing(root)
    return read_labels(root, golden.format, wish=ANY_PART).items


def _check(path: Path, items: tuple[BenchmarkItem, ...], task: str, classes: tuple[str, ...]) -> None:
    if not fits(items, task):
        raise LabelsRefused(path, "wrong_task", task)
    named = {name for item in items for name in item.names}
    if unknown := sorted(named - set(classes)):
        raise LabelsRefused(path, "unknown_class", ", ".join(unknown[:5]))
