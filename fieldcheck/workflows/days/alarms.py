"""Alarms told once: what a program was already started for is kept, so that a monitor that runs every hour does not call every hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlite_utils import Database

from fieldcheck.domain.shift import list_waiting_alarms
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import model_facts as facts_table
from fieldcheck.workflows.days.monitor import compute_followed_shifts, load_notes, load_seen_cameras
from fieldcheck.workflows.models.models import find_model

TOLD = "alarm_told"  # of facts about a model
ALARM_KEY_SEPARATOR = "\n"
RISK = "risk"  # in the place of a camera's fault: the accuracy of the shift


@dataclass(frozen=True, slots=True)
class AlarmKey:
    """One alarm: the shift's start, and the fault of which camera it is; both empty where a chart alarms. `to`: who hears of it."""

    began: str
    camera: str = ""
    check: str = ""
    to: str = ""

    @property
    def storage_key(self) -> str:
        """Key as it is kept, one text."""
        return ALARM_KEY_SEPARATOR.join((self.began, self.camera, self.check, *([self.to] if self.to else [])))


def take_new_alarms(project: Project, model: str | None, now: str, risk: str = "", to: str = "") -> tuple[AlarmKey, ...]:
    """Alarms that wait for somebody to look and were not told before; from now on they were. An alarm in an earlier shift counts, also
    where the newest one is only being diagnosed. `risk`: start of the shift whose accuracy is at risk; `to`: who hears of it, a program if
    empty. Raises NoModel, ModelUnknown."""
    stored = find_model(project, model)
    waiting = list_waiting_alarms(compute_followed_shifts(project, model), load_notes(project, model), load_seen_cameras(project, model))
    rows = project.read(lambda db: facts_table.list_fact_subjects(db, TOLD))
    told = {about for sha256, _, about, _ in rows if sha256 == stored.sha256}
    keys = [AlarmKey(one.began, fault.camera, fault.check) for one in waiting for fault in one.health]
    keys += [AlarmKey(one.began) for one in waiting if not one.health]
    keys += [AlarmKey(risk, check=RISK)] if risk else []
    keys = [replace(one, to=to) for one in keys]
    new = tuple(one for one in keys if one.storage_key not in told)

    def keep(db: Database) -> None:
        for one in new:
            facts_table.put_fact(db, TOLD, stored.sha256, "", one.storage_key, {}, now)

    project.write(keep).result()
    return new


def reset_alarms(project: Project, keys: Sequence[AlarmKey], model: str | None) -> None:
    """Forgets that these alarms were told: nobody heard of them. Raises NoModel, ModelUnknown."""
    stored = find_model(project, model)

    def forget(db: Database) -> None:
        for one in keys:
            facts_table.remove_fact(db, TOLD, stored.sha256, "", one.storage_key)

    project.write(forget).result()
