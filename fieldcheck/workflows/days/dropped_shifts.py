"""Copies of the shifts that retention drops: written before anything is dropped, and restored from there."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from fieldcheck.domain.run import StoredModel
from fieldcheck.domain.shift import ShiftStatistics
from fieldcheck.errors import PathMissing, PredictionLogRefused
from fieldcheck.files import join_inside, write_text
from fieldcheck.plain_json import InvalidDocument, parse_json
from fieldcheck.project.folder import Project
from fieldcheck.project.layout import BACKUPS
from fieldcheck.project.tables import model_facts as facts_table
from fieldcheck.workflows.days._kept_shifts import APART, KIND

KEPT = 20  # copies
NAME, ENDING = "shifts-", ".jsonl"
LONGEST = 1 << 26  # bytes of a line
TROUBLES = (ValueError, TypeError, KeyError, AttributeError)  # of a line that holds no shift


def copy_shifts(project: Project, model: StoredModel, begun: Collection[str]) -> str:
    """Writes these shifts of a model into a file of the project's `backups/` and returns its path in the project. The newest twenty are
    kept, by the number in their names, for clocks go wrong. Raises DiskFull, ReadOnlyPlace."""
    folder = join_inside(project.path, BACKUPS)
    created = {
        about: at
        for sha256, card, about, at in project.read(lambda db: facts_table.list_fact_subjects(db, KIND))
        if (sha256, card) == (model.sha256, model.card_sha256)
    }
    rows = project.read(lambda db: facts_table.list_facts_of_model(db, KIND, model.sha256, model.card_sha256))
    wanted = [(about, found) for about, found in rows if about.partition(APART)[0] in begun]
    head = {"model_sha256": model.sha256, "card_sha256": model.card_sha256}
    lines = [json.dumps({**head, "about": about, "found": found, "created": created.get(about, "")}) for about, found in wanted]
    number = max(map(_get_copy_number, folder.glob(f"{NAME}*{ENDING}")), default=0) + 1
    folder.mkdir(exist_ok=True)
    name = f"{NAME}{number:04d}{ENDING}"
    write_text(folder / name, "\n".join([*lines, ""]))
    for old in sorted(folder.glob(f"{NAME}*{ENDING}"), key=_get_copy_number)[:-KEPT]:
        with suppress(OSError):
            old.unlink()
    return f"{BACKUPS}/{name}"


def restore_shifts(project: Project, file: Path) -> int:
    """Puts the shifts of a copy back and returns how many; one that the project has stays as it is. Raises PathMissing,
    PredictionLogRefused `copy`; nothing is restored then."""
    rows = tuple(_iter_rows(file))
    if not rows:
        raise PredictionLogRefused(file, "copy")
    known = {(sha256, card, about) for sha256, card, about, _ in project.read(lambda db: facts_table.list_fact_subjects(db, KIND))}
    new = {
        (one["model_sha256"], one["card_sha256"], one["about"]): one
        for one in rows
        if (one["model_sha256"], one["card_sha256"], one["about"]) not in known
    }

    def put(db: Database) -> None:
        for (sha256, card, about), one in new.items():
            facts_table.put_fact(db, KIND, sha256, card, about, one["found"], one["created"])

    project.write(put).result()
    return len({about.partition(APART)[0] for _, _, about in new})


def _iter_rows(file: Path) -> Iterator[Mapping[str, Any]]:
    """Lines of a copy, each checked: a stranger may have written it."""
    if not file.is_file():
        raise PathMissing(file)
    try:
        with file.open(encoding="utf-8") as lines:
            for number, line in enumerate(iter(lambda: lines.readline(LONGEST), ""), 1):
                yield _parse_row(file, line, number)
    except UnicodeDecodeError as error:
        raise PredictionLogRefused(file, "copy") from error


def _parse_row(file: Path, line: str, number: int) -> Mapping[str, Any]:
    try:
        row = parse_json(line)
        shift, began = ShiftStatistics.from_json(row["found"]), row["about"].partition(APART)[0]
        texts = all(isinstance(row[name], str) for name in ("model_sha256", "card_sha256", "created"))
        if not texts or shift.began != began or datetime.fromisoformat(began).tzinfo is None or not _is_count_consistent(shift):
            raise ValueError(number)
    except (InvalidDocument, *TROUBLES) as error:
        raise PredictionLogRefused(file, "copy", f"{number}") from error
    return dict(row)


def _is_count_consistent(shift: ShiftStatistics) -> bool:
    """Whether the counts of a shift by class make up the whole, and each class has its confidence."""
    figures = [shift.n, *shift.counts.values()]
    counted = all(isinstance(one, int) and one >= 0 for one in figures) and sum(shift.counts.values()) == shift.n
    return counted and all(0 <= shift.confidence[name] <= 1 for name in shift.counts)


def _get_copy_number(path: Path) -> int:
    digits = path.name.removeprefix(NAME).removesuffix(ENDING)
    return int(digits) if digits.isdecimal() and len(digits) < 10 else 0
