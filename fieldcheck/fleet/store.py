"""Facts that a fleet keeps of a project (a row for each frame and model, the models with their
benchmark, the drift state of every camera), and the fleet folder: Parquet files by site and visit,
written by one process at a time and read by many. A project's record names its files and is
replaced last, so that a reader sees a project as it was or as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from hashlib import sha256
from math import isnan
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import quote

from fieldcheck import __version__
from fieldcheck.analyses.confident_errors import get_answer_confidence
from fieldcheck.analyses.report_data import FrameRow
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.recording import LIGHTS
from fieldcheck.domain.run import StoredModel
from fieldcheck.domain.shift import MonitoredShift
from fieldcheck.errors.files import ParquetUnreadable, PathMissing
from fieldcheck.errors.projects import FleetRefused, PathOccupied, ProjectNewer
from fieldcheck.evidence.open_pack import open_pack
from fieldcheck.files import (
    join_inside,
    make_json_key,
    map_os_errors,
    remove_path,
    sha256_file,
    write_text,
)
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
from fieldcheck.parquet import iter_row_blocks, open_engine, read_column_types, write_table
from fieldcheck.progress import Progress
from fieldcheck.project import lock as locks
from fieldcheck.project import migrations
from fieldcheck.project.folder import open_project
from fieldcheck.project.project import Project
from fieldcheck.project.tables import models as models_table
from fieldcheck.project.tables.values import get_setting
from fieldcheck.report.csv_files import build_frame_rows
from fieldcheck.safe_json_yaml import parse_json

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
    """A model of a project, of those of one file the last. `place` counts from 0 in the order in
    which models came; `benchmark_key` is empty where the benchmark was not run, `benchmark_correct`
    of `benchmark_n` pictures were answered correctly."""

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
    for place, model in _list_last_of_each_file(stored):
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


def _list_last_of_each_file(stored: Sequence[StoredModel]) -> list[tuple[int, StoredModel]]:
    """Models with their places, of each file the last alone: a row names its model by the file, so
    that a card that was corrected, or a model that was set again, would count its frames twice."""
    last = {model.sha256: place for place, model in enumerate(stored)}
    return [(place, stored[place]) for place in sorted(last.values())]


def _describe_model(
    project: Project, model: StoredModel, card: Card, place: int, newest: bool
) -> FleetModel:
    fleet_model = FleetModel(
        model.name, model.sha256, place, newest, get_scored_metric(card), tuple(card.classes)
    )
    benchmark = load_benchmark_side(project, model)
    if benchmark is None:
        return fleet_model
    return replace(
        fleet_model,
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


SCHEMA = "fieldcheck.fleet/1"
MARKER, FRAMES, PROJECTS = "fleet.json", "frames", "projects"
PURPOSE = "A fleet"
PACK = ".fcpack"
RECORD_COLUMNS = {
    "project_id": "VARCHAR", "project": "VARCHAR", "site": "VARCHAR", "given_site": "VARCHAR",
    "version": "VARCHAR", "models": "VARCHAR", "cameras": "VARCHAR", "files": "VARCHAR",
}  # fmt: skip
LONGEST_SITE = 60  # letters of a site in the name of its folder
TRIES = 3  # of a reader whose files a writer replaces
HALF_WRITTEN = re.compile(r".*\.part")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FactFile:
    """A Parquet file of a project: its path in the fleet, SHA-256 and rows."""

    path: str
    sha256: str
    n_rows: int


@dataclass(frozen=True, slots=True)
class FleetRecord:
    """A project in a fleet. `given_site`: the site that somebody gave it here, empty for its own;
    `version`: of the program that added it."""

    project_id: str
    project: str
    site: str
    given_site: str
    version: str
    models: tuple[FleetModel, ...]
    cameras: tuple[FleetCamera, ...]
    files: tuple[FactFile, ...]

    @property
    def counts_twice(self) -> bool:
        """Whether a file stands in it as two models, as earlier versions added them: its frames
        count twice until the project is added again."""
        return len({model.sha256 for model in self.models}) < len(self.models)


@dataclass(frozen=True, slots=True)
class AddedProject:
    """Result of adding a project: rows that it has in the fleet, those that are new and those that
    are gone since it was added before; files that were damaged or missing and are whole again;
    `changed`: anything else is other than before."""

    project_id: str
    project: str
    site: str
    n_rows: int
    n_added: int
    n_removed: int
    n_mended: int
    changed: bool


@contextmanager
def open_fleet(fleet: Path) -> Iterator[Path]:
    """Hold a fleet folder for writing, made where there is none; half-written files of a process
    that was killed are removed.

    Raises:
        ProjectLocked: Another process writes to it.
        PathOccupied: Other things lie there.
        FleetRefused: A newer version wrote it.
        ReadOnlyPlace, DiskFull: It cannot be written.
    """
    folder = fleet.absolute()
    if folder.is_dir() and not (folder / MARKER).exists() and any(folder.iterdir()):
        others = [path.name for path in folder.iterdir() if path.name != locks.NAME]
        if others:
            raise PathOccupied(folder)
    with map_os_errors(folder):
        for part in (folder, folder / FRAMES, folder / PROJECTS):
            part.mkdir(parents=True, exist_ok=True)
    lock = locks.acquire_lock(folder, 0)
    try:
        if not (folder / MARKER).exists():
            write_text(folder / MARKER, json.dumps({"schema": SCHEMA}) + "\n")
        check_fleet(folder)
        _remove_half_written(folder)
        yield folder
    finally:
        lock.release(folder / MARKER)


def check_fleet(fleet: Path) -> None:
    """Raise PathMissing or FleetRefused where a folder is no fleet of this version."""
    if not fleet.exists():
        raise PathMissing(fleet)
    marker = fleet / MARKER
    if not marker.is_file():
        raise FleetRefused(fleet, "no_fleet")
    try:
        schema = str(parse_json(marker.read_text(encoding="utf-8"))["schema"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise FleetRefused(fleet, "damaged", MARKER) from error
    if schema != SCHEMA:
        raise FleetRefused(fleet, "newer", schema)


def add_to_fleet(fleet: Path, source: Path, site: str, progress: Progress) -> AddedProject:
    """Add a project folder or a pack to a fleet that is held for writing; adding it again adds what
    is new since.

    Args:
        fleet: The folder of `open_fleet`.
        source: A project or a pack; it is not changed.
        site: Site of the project here; empty for the one it was given before, or names itself.
        progress: Counts models, then visits.

    Raises:
        FleetRefused: There is nothing in it to add.
        PathMissing, NotAProject, ProjectNewer, ProjectDamaged, PackRefused, Cancelled, DiskFull.
    """
    with _open_source(source, progress) as project:
        project_id = project.read(migrations.compute_project_id)
        before = next((record for record in list_records(fleet, project_id)), None)
        site_name = site or (before.given_site if before else "")
        name = source.name.removesuffix(PACK).removesuffix(".fieldcheck")
        facts = read_project_facts(project, name, site_name, progress)
    if not facts.rows:
        raise FleetRefused(source, "no_facts")
    return store_facts(fleet, facts, site_name, before, progress)


@contextmanager
def _open_source(source: Path, progress: Progress) -> Iterator[Project]:
    """A project or a pack, open for reading. Raises ProjectNewer for a later schema, of which
    columns may mean something else."""
    if source.is_file() and source.suffix == PACK:
        with open_pack(source, progress) as opened:
            yield opened.project
        return
    with open_project(source, write=False) as project:
        if project.read(migrations.schema_state) == "newer":
            version = project.read(migrations.get_newest_version)
            raise ProjectNewer(source, version, __version__)
        yield project


def store_facts(
    fleet: Path, facts: ProjectFacts, site_name: str, before: FleetRecord | None, progress: Progress
) -> AddedProject:
    """Write what a project has into a fleet that is held for writing, its record last.

    Args:
        fleet: The folder of `open_fleet`.
        facts: All rows of the project.
        given: The site that somebody gave it; empty for its own.
        before: Its record so far.
        progress: Counts visits.
    """
    path = fleet / PROJECTS / f"{facts.project_id}.parquet"
    n_mended = int(before is None and path.exists())
    old_hashes = _read_row_hashes(fleet, facts.project_id, before)
    visits, files = list_visits(facts.rows), list[FactFile]()
    with open_engine(PURPOSE) as engine:
        for done, (visit, rows) in enumerate(sorted(visits.items())):
            progress.check()
            progress.report(done, len(visits), "visits")
            file, is_mended = _write_visit(fleet, facts, visit, rows, before, engine)
            files.append(file)
            if is_mended:
                n_mended += 1
                old_hashes |= {str(row[-1]) for row in rows}
        record = FleetRecord(
            facts.project_id, facts.project, facts.site, site_name, __version__, facts.models,
            facts.cameras, tuple(files),
        )  # fmt: skip
        if record != before:
            write_table(engine, path, RECORD_COLUMNS, [_format_record(record)])
    _remove_unnamed(fleet, record)
    hashes = {str(row[-1]) for row in facts.rows}
    n_added, n_removed = len(hashes - old_hashes), len(old_hashes - hashes)
    changed = record != before if before is not None else bool(n_added or n_removed)
    return AddedProject(
        facts.project_id, facts.project, facts.site, len(facts.rows), n_added, n_removed, n_mended,
        changed,
    )  # fmt: skip


def _write_visit(
    fleet: Path,
    facts: ProjectFacts,
    visit: str,
    rows: Sequence[Sequence[Any]],
    before: FleetRecord | None,
    engine: Any,
) -> tuple[FactFile, bool]:
    """The file of one visit, which is written only where it is not there already, whole; and
    whether it was there, but not whole. Its name holds what is in it."""
    ordered = sorted(rows, key=lambda row: str(row[-1]))
    content = compute_row_hash([str(row[-1]) for row in ordered])
    folder = f"{FRAMES}/site={make_site_folder(facts.site)}/visit={visit}"
    path = f"{folder}/{facts.project_id}-{content}.parquet"
    earlier_file = (
        next((file for file in before.files if file.path == path), None) if before else None
    )
    if earlier_file is not None and _is_intact(fleet, earlier_file):
        return earlier_file, False
    with map_os_errors(fleet / folder):
        (fleet / folder).mkdir(parents=True, exist_ok=True)
    write_table(engine, fleet / path, COLUMNS, ordered)
    return FactFile(path, sha256_file(fleet / path), len(ordered)), earlier_file is not None


def make_site_folder(site: str) -> str:
    """Name of a site's folder: its letters as in an address, and where they are many, cut and told
    apart by their hash. The column of the files holds the whole name."""
    short = site[:LONGEST_SITE]
    name = quote(short, safe=" -_").replace(".", "%2E")
    if len(name) <= 2 * LONGEST_SITE and short == site:
        return name
    return f"{quote(site[:20], safe=' -_').replace('.', '%2E')}-{compute_row_hash([site])}"


def _is_intact(fleet: Path, file: FactFile) -> bool:
    path = join_inside(fleet, file.path)
    return path.is_file() and sha256_file(path) == file.sha256


def _read_row_hashes(fleet: Path, project_id: str, record: FleetRecord | None) -> set[str]:
    """Hashes of the rows that a project has in the fleet, also where its record is damaged; those
    of a damaged file are unknown."""
    paths = [join_inside(fleet, file.path) for file in record.files] if record else []
    if record is None and (fleet / PROJECTS / f"{project_id}.parquet").exists():
        paths = list((fleet / FRAMES).rglob(f"{project_id}-*.parquet"))
    hashes = set[str]()
    for path in paths:
        try:
            hashes |= {str(row[0]) for row in _read_rows(path)}
        except ParquetUnreadable:
            continue
    return hashes


def _read_rows(path: Path) -> Iterator[tuple[Any, ...]]:
    with open_engine(PURPOSE) as engine:
        for block in iter_row_blocks(engine, path, {"row_hash": "VARCHAR"}, 10_000):
            yield from block


def _format_record(record: FleetRecord) -> list[str]:
    return [
        record.project_id, record.project, record.site, record.given_site, record.version,
        format_models(record.models),
        json.dumps([asdict(camera) for camera in record.cameras], ensure_ascii=False),
        json.dumps([asdict(file) for file in record.files]),
    ]  # fmt: skip


def list_records(fleet: Path, project_id: str = "*") -> tuple[FleetRecord, ...]:
    """Projects of a fleet by id; a record that is damaged counts as none where one is asked for.

    Raises:
        FleetRefused: A record is damaged.
        ExtraMissing: DuckDB is not installed.
    """
    records = []
    with open_engine(PURPOSE) as engine:
        for path in sorted((fleet / PROJECTS).glob(f"{project_id}.parquet")):
            try:
                records.append(_read_record(engine, path))
            except (ParquetUnreadable, ValueError, KeyError, TypeError) as error:
                if project_id == "*":
                    where = path.relative_to(fleet).as_posix()
                    raise FleetRefused(fleet, "damaged", where) from error
    return tuple(records)


def _read_record(engine: Any, path: Path) -> FleetRecord:
    if list(read_column_types(engine, path)) != list(RECORD_COLUMNS):
        raise ParquetUnreadable(path)
    ((row,),) = iter_row_blocks(engine, path, RECORD_COLUMNS, 2)
    project_id, project, site, given_site, version, models, cameras, files = row
    return FleetRecord(
        project_id,
        project,
        site,
        given_site,
        version,
        parse_models(models),
        parse_cameras(cameras),
        tuple(FactFile(**document) for document in json.loads(files)),
    )


def read_fleet(fleet: Path, question: Callable[[Any, tuple[FleetRecord, ...], list[str]], T]) -> T:
    """Answer a question about all projects of a fleet, while another process may write to it.

    Args:
        fleet: The folder.
        question: Is given the engine, the records, and the paths of all their files.

    Raises:
        PathMissing, FleetRefused: It is no fleet, is empty, or a file of it is damaged.
        ExtraMissing: DuckDB is not installed.
    """
    folder = fleet.absolute()
    check_fleet(folder)
    for tries_left in reversed(range(TRIES)):
        records = list_records(folder)
        if not records:
            raise FleetRefused(folder, "empty")
        paths = [str(join_inside(folder, file.path)) for record in records for file in record.files]
        try:
            with open_engine(PURPOSE) as engine, _map_damage(folder, records, engine):
                return question(engine, records, paths)
        except FleetRefused:
            # a writer has replaced a file since its name was read
            if not tries_left or list_records(folder) == records:
                raise
    raise AssertionError("the last try returns or raises")


@contextmanager
def _map_damage(fleet: Path, records: Sequence[FleetRecord], engine: Any) -> Iterator[None]:
    """Name the file at fault where a question over all of them fails."""
    try:
        yield
    except ParquetUnreadable:
        for record in records:
            for file in record.files:
                path = join_inside(fleet, file.path)
                if not path.is_file() or sha256_file(path) != file.sha256:
                    raise FleetRefused(fleet, "damaged", file.path) from None
        raise


def _remove_half_written(fleet: Path) -> None:
    for path in [*(fleet / FRAMES).rglob("*"), *(fleet / PROJECTS).iterdir()]:
        if HALF_WRITTEN.fullmatch(path.name):
            remove_path(path)


def _remove_unnamed(fleet: Path, record: FleetRecord) -> None:
    """Remove files of a project that its record does not name any more, and folders that are empty
    then."""
    named = {file.path for file in record.files}
    for path in list((fleet / FRAMES).rglob(f"{record.project_id}-*.parquet")):
        if path.relative_to(fleet).as_posix() in named:
            continue
        remove_path(path)
        for folder in (path.parent, path.parent.parent):
            if not any(folder.iterdir()):
                folder.rmdir()
