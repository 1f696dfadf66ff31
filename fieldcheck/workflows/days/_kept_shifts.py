"""Shifts of a model as the project keeps them: figures by start and source, joined when they are read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlite_utils import Database

from fieldcheck.domain.run import StoredModel
from fieldcheck.domain.shift import ShiftStatistics, combine_shifts
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import model_facts as facts_table

KIND = "shift"  # of facts about a model
APART = "\n"  # between a shift's start and its source


def store_shifts(project: Project, model: StoredModel, found: Sequence[ShiftStatistics], source: str, now: str) -> None:
    """Keeps what one source gave of these shifts; what it gave before is replaced."""

    def keep(db: Database) -> None:
        for one in found:
            about = one.began + (APART + source if source else "")
            facts_table.replace_fact(db, KIND, model.sha256, model.card_sha256, about, one.to_json(), now)

    project.write(keep).result()


def load_shifts(project: Project, model: StoredModel) -> dict[str, ShiftStatistics]:
    """Shifts by their start, oldest first: another model, or another card, has others."""
    rows = project.read(lambda db: facts_table.list_facts_of_model(db, KIND, model.sha256, model.card_sha256))
    parts: dict[str, dict[str, ShiftStatistics]] = {}
    for about, found in rows:
        began, _, source = about.partition(APART)
        parts.setdefault(began, {})[source] = ShiftStatistics.from_json(found)
    return {began: combine_shifts(list(parts[began].values())) for began in sorted(parts, key=datetime.fromisoformat)}


def delete_shifts(project: Project, model: StoredModel, begun: Sequence[str]) -> None:
    """Forgets these shifts, whatever source they came from."""

    def forget(db: Database) -> None:
        for began in begun:
            facts_table.remove_fact(db, KIND, model.sha256, model.card_sha256, began)

    project.write(forget).result()
