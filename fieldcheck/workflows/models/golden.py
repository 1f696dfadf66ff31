"""Golden sets: folders of labelled pictures that must stay right, whatever model comes next."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from fieldcheck.domain.benchmark import BenchmarkItem
from fieldcheck.errors import LabelsRefused, PathMissing
from fieldcheck.exchange.label_set import has_labels_for_task
from fieldcheck.exchange.parts import ANY_PART
from fieldcheck.exchange.read import read_labels
from fieldcheck.files import join_inside_data_set
from fieldcheck.plain_name import clean_name
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import settings as settings_table
from fieldcheck.workflows.models.models import find_model, get_card

KEY = "golden"


@dataclass(frozen=True, slots=True)
class GoldenSet:
    """A set by name. `root` is where it lies, `n` how many pictures it held when it was added; it may grow."""

    name: str
    root: str
    format: str
    n: int


def add_golden_set(project: Project, name: str, path: Path) -> GoldenSet:
    """Names a folder that must stay right, in place of an older one of that name, as one undoable act.

    Raises NoModel, LabelsRefused (`unknown_class`, `wrong_task` where the newest model could not be right on it);
    PathMissing where a picture is not there, too.
    """
    if not path.exists():
        raise PathMissing(path)
    found = read_labels(path, wish=ANY_PART)
    card = get_card(find_model(project))
    _check_golden_set(path, found.items, card.task, card.classes)
    for item in found.items:
        if not join_inside_data_set(found.root, item.path).is_file():
            raise PathMissing(found.root / item.path)
    golden = GoldenSet(clean_name(name), str(found.root.resolve()), found.format, len(found.items))
    others = [one for one in list_golden_sets(project) if one.name != golden.name]
    project.edit("golden.add", puts=[settings_table.make_setting_row(KEY, [asdict(one) for one in (*others, golden)])])
    return golden


def list_golden_sets(project: Project) -> tuple[GoldenSet, ...]:
    """Every golden set, oldest first."""
    found: list[dict[str, Any]] = project.read(lambda db: settings_table.get_setting(db, KEY, []))
    return tuple(GoldenSet(str(one["name"]), str(one["root"]), str(one["format"]), int(one["n"])) for one in found)


def read_golden_items(golden: GoldenSet) -> tuple[BenchmarkItem, ...]:
    """Golden set that the folder holds today. Raises PathMissing, LabelsRefused."""
    root = Path(golden.root)
    if not root.exists():
        raise PathMissing(root)
    return read_labels(root, golden.format, wish=ANY_PART).items


def _check_golden_set(path: Path, items: tuple[BenchmarkItem, ...], task: str, classes: tuple[str, ...]) -> None:
    if not has_labels_for_task(items, task):
        raise LabelsRefused(path, "wrong_task", task)
    named = {name for item in items for name in item.names}
    if unknown := sorted(named - set(classes)):
        raise LabelsRefused(path, "unknown_class", ", ".join(unknown[:5]))
