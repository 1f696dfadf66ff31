"""Alarms told once: what a program was already started for is kept, so that a monitor that runs every hour does not call every hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlite_utils import Database

from fieldcheck.domain.shift import waiting_alarms
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import model_facts as facts_table
from fieldcheck.workflows.days.monitor import followed, notes, seen_cameras
from fieldcheck.workflows.models.models import find_model

TOLD = "alarm_told"  # of facts about a model
APART = "\n"
RISK = "risk"  # in the place of a camera's fault: the accuracy of the shift


@dataclass(frozen=True, slots=True)
class AlarmKey:
    """One alarm: the shift's start, and the fault of which camera it is; both empty where a chart alarms. `to`: who hears of it."""

    began: str
    camera: str = ""
    check: str = ""
    to: str = ""

    @property
    def about(self) -> str:
        """Key as it is kept, one text."""
        return APART.join((self.began, self.camera, self.check, *([self.to] if self.to else [])))


def tell_once(project: Project, model: str | None, now: str, risk: str = "", to: str = "") -> tuple[AlarmKey, ...]:
    """Alarms that wait for somebody to look and were not told before; from now on they were. An alarm in an earlier shift counts, also
    where the newest one is only being diagnosed. `risk`: start of the shift whose accuracy is at risk; `to`: who hears of it, a program if
    empty. Raises NoModel, ModelUnknown."""
    stored = find_model(project, model)
    waiting = waiting_alarms(followed(project, model), notes(project, model), seen_cameras(project, model))
    rows = project.read(lambda db: facts_table.subjects(db, TOLD))
    told = {about for sha256, _, about, _ in rows if sha256 == stored.sha256}
    keys = [AlarmKey(one.began, fault.camera, fault.check) for one in waiting for fault in one.health]
    keys += [AlarmKey(one.began) for one in waiting if not one.health]
    keys += [AlarmKey(risk, check=RISK)] if risk else []
    keys = [replace(one, to=to) for one in keys]
    new = tuple(one for one in keys if one.about not in told)

    def keep(db: Database) -> None:
        for one in new:
            facts_table.put(db, TOLD, stored.sha256, "", one.about, {}, now)

    project.write(keep).result()
    return new


def tell_again(project: Project, keys: Sequence[AlarmKey], model: str | None) -> None:
    """Forgets that these alarms were told: nobody heard of them. Raises NoModel, ModelUnknown."""
    stored = find_model(project, model)

    def forget(db: Database) -> None:
        for one in keys:
            facts_table.forget(db, TOLD, stored.sha256, "", one.about)

    project.write(forget).result()
