"""What a fleet keeps of a project: a row for each frame and model, the models with their benchmark,
and the drift state of every camera. Frames stay where they are."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from math import isnan
from types import MappingProxyType
from typing import Any

from fieldcheck.analyses.confident_errors import get_answer_confidence
from fieldcheck.analyses.report_data import FrameRow
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.recording import LIGHTS
from fieldcheck.domain.run import StoredModel
from fieldcheck.domain.shift import MonitoredShift
from fieldcheck.files import make_json_key
from fieldcheck.models.evaluate import get_named_classes
from fieldcheck.models.run import compute_benchmark_key
from fieldcheck.models.scored_sides import (
    FieldSide,
    get_scored_metric,
    load_benchmark_side,
    load_field_side,
)
from fieldcheck.models.store import get_card
from fieldcheck.monitoring.log_monitor import compute_followed_shifts
from fieldcheck.progress import Progress
from fieldcheck.project import migrations
from fieldcheck.project.project import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables.values import get_setting
from fieldcheck.report.csv_files import build_frame_rows

COLUMNS: Mapping[str, str] = MappingProxyType({
    "project_id": "VARCHAR", "site": "VARCHAR", "visit": "VARCHAR", "month": "VARCHAR",
    "camera": "VARCHAR", "location": "VARCHAR", "clip_id": "VARCHAR", "frame_id": "VARCHAR",
    "taken_at": "VARCHAR", "light": "VARCHAR", "model_sha256": "VARCHAR", "picked": "BOOLEAN",
    "stratum": "VARCHAR", "weight": "DOUBLE", "label": "VARCHAR", "label_state": "VARCHAR",
    "prediction": "VARCHAR", "confidence": "DOUBLE", "correct": "BOOLEAN", "row_hash": "VARCHAR",
})  # fmt: skip
"""Columns of the facts with their SQL types; `correct` is NULL where nothing was labelled or
answered, `weight` where a frame was not picked."""

UNDATED = "undated"
UNMEASURED = "not_measured"


@dataclass(frozen=True, slots=True)
class FleetModel:
    """A model of a project. `place` counts from 0 in the order in which models came;
    `benchmark_key` is empty where the benchmark was not run, `benchmark_correct` of `benchmark_n`
    pictures were answered correctly."""

    name: str
    sha256: str
    place: int
    newest: bool
    metric: str
    classes: tuple[str, ...]
    benchmark_key: str = ""
    benchmark_n: int = 0
    benchmark_correct: int = 0

    @property
    def class_list(self) -> str:
        """Key of what is scored: models of one class list and metric are put together."""
        return make_json_key([self.metric, sorted(self.classes)])


@dataclass(frozen=True, slots=True)
class FleetCamera:
    """Drift state of a camera. `state`: as of the newest shift, `not_measured` without one;
    `since`: its start; `cause`: code of what is suspected."""

    camera: str
    state: str
    since: str = ""
    cause: str = ""
    n_shifts: int = 0


@dataclass(frozen=True, slots=True)
class ProjectFacts:
    """Everything that a fleet keeps of one project; `rows` in the order of `COLUMNS`."""

    project_id: str
    project: str
    site: str
    models: tuple[FleetModel, ...]
    cameras: tuple[FleetCamera, ...]
    rows: tuple[tuple[Any, ...], ...] = field(repr=False, default=())


def read_project_facts(project: Project, name: str, site: str, progress: Progress) -> ProjectFacts:
    """Read the facts of an open project.

    Args:
        project: It is only read.
        name: How the project is called.
        site: Its site, in place of the one that the project names; empty for that one.
        progress: Counts models.

    Raises:
        Cancelled: Somebody asked to stop.
    """
    own_site = str(project.read(lambda db: get_setting(db, "site", "")) or "").strip()
    project_id = project.read(migrations.compute_project_id)
    stored = project.read(models_table.list_models)
    facts = ProjectFacts(project_id, name, site or own_site or name, (), ())
    models, rows, cameras = list[FleetModel](), list[tuple[Any, ...]](), set[str]()
    for place, model in enumerate(stored):
        progress.check()
        progress.report(place, len(stored), "models")
        side, card = load_field_side(project, model), get_card(model)
        models.append(_describe_model(project, model, card, place, place == len(stored) - 1))
        frame_rows = build_frame_rows(project, side, card)
        cameras |= {row.camera for row in frame_rows}
        rows += _iter_fact_rows(facts, model, card, side, frame_rows)
    shifts = compute_followed_shifts(project) if stored else ()
    return replace(
        facts,
        models=tuple(models),
        cameras=tuple(_describe_camera(camera, shifts) for camera in sorted(cameras)),
        rows=tuple(rows),
    )


def _describe_model(
    project: Project, model: StoredModel, card: Card, place: int, newest: bool
) -> FleetModel:
    known = FleetModel(
        model.name, model.sha256, place, newest, get_scored_metric(card), tuple(card.classes)
    )
    benchmark = load_benchmark_side(project, model)
    if benchmark is None:
        return known
    return replace(
        known,
        benchmark_key=compute_benchmark_key(benchmark.benchmark),
        benchmark_n=len(benchmark.items),
        benchmark_correct=int(benchmark.judgement.right.sum()),
    )


def _describe_camera(camera: str, shifts: Sequence[MonitoredShift]) -> FleetCamera:
    """A fault that the newest shift names of another camera says nothing about this one."""
    if not shifts:
        return FleetCamera(camera, UNMEASURED)
    newest = shifts[-1]
    own = [finding.check for finding in newest.health if finding.camera == camera]
    if newest.health and not own:
        return FleetCamera(camera, "healthy", newest.began, "", len(shifts))
    cause = own[0] if own else newest.cause
    return FleetCamera(camera, newest.state, newest.began, cause, len(shifts))


def _iter_fact_rows(
    facts: ProjectFacts,
    model: StoredModel,
    card: Card,
    side: FieldSide,
    frame_rows: Sequence[FrameRow],
) -> Iterator[tuple[Any, ...]]:
    """A row for each frame that the model answered or somebody picked."""
    for row in frame_rows:
        answer = side.answers.get(row.frame_id) or side.footage_answers.get(row.frame_id)
        if answer is None and not row.picked:
            continue
        prediction, confidence = _format_answer(card, answer)
        cells = (
            facts.project_id, facts.site, row.taken_at[:10] or UNDATED,
            row.taken_at[:7] or UNDATED, row.camera, row.location, row.clip_id, row.frame_id,
            row.taken_at, _get_light(row.conditions), model.sha256, row.picked, row.stratum,
            row.weight, row.label, row.label_state, prediction, confidence, row.right,
        )  # fmt: skip
        yield (*cells, compute_row_hash(cells))


def compute_row_hash(cells: Sequence[Any]) -> str:
    """Name of a row by its content: 16 hexadecimal digits."""
    return sha256(json.dumps(cells, ensure_ascii=False).encode()).hexdigest()[:16]


def _format_answer(card: Card, answer: Prediction | None) -> tuple[str, float | None]:
    if answer is None:
        return "", None
    names = dict.fromkeys(get_named_classes(answer.answer, card))
    confidence = get_answer_confidence(card, answer)
    return "|".join(names), None if isnan(confidence) else confidence


def _get_light(conditions: Sequence[str]) -> str:
    """The worst condition that was noted; empty where none was."""
    return next((light for light in LIGHTS if light in conditions), "")


def list_visits(rows: Sequence[Sequence[Any]]) -> dict[str, list[Sequence[Any]]]:
    """Rows by visit, which is the day."""
    visit = list(COLUMNS).index("visit")
    by_visit: dict[str, list[Sequence[Any]]] = {}
    for row in rows:
        by_visit.setdefault(str(row[visit]), []).append(row)
    return by_visit


def format_models(models: Sequence[FleetModel]) -> str:
    """Models as they are stored: JSON."""
    return json.dumps([asdict(model) for model in models], ensure_ascii=False)


def parse_models(text: str) -> tuple[FleetModel, ...]:
    """The models that `format_models` wrote. Raises ValueError, KeyError, TypeError for others."""
    return tuple(
        FleetModel(**{**document, "classes": tuple(document["classes"])})
        for document in json.loads(text)
    )


def parse_cameras(text: str) -> tuple[FleetCamera, ...]:
    """Cameras from JSON. Raises ValueError, TypeError for others."""
    return tuple(FleetCamera(**document) for document in json.loads(text))
