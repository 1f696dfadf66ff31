"""Recent projects as seen from outside: progress and newest report of each. The result is cached
for the next start, so that an unchanged project need not be opened."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fieldcheck.domain.project_state import ProjectStatus, RecentProject
from fieldcheck.errors.files import FieldcheckError, PathMissing
from fieldcheck.errors.projects import NotAProject
from fieldcheck.files import write_text
from fieldcheck.paths import DATABASE
from fieldcheck.safe_json_yaml import parse_json, parse_json_file

if TYPE_CHECKING:
    from fieldcheck.project.project import Project

NAME = "recent.json"
FORMAT = 1
LATEST_S = 253_370_764_800.0  # the first of January 9999
State = list[list[int]]
"""Time of the last writing (ns) and size of each file of a database."""


def load_recent(path: Path, kept_in: Path, listed: Collection[str] = ()) -> RecentProject:
    """Recent project, as kept in the folder `kept_in` where the project's files are as they were
    then; else opens the project for reading, looks, and keeps that and what is known of the
    `listed` ones. Raises PathMissing, NotAProject and whatever `open_project` raises."""
    database = path / DATABASE
    if not database.exists():
        raise (
            NotAProject(path, "no_database")
            if path.is_dir()
            else PathMissing(_find_missing_folder(path))
        )
    changed, state = _read_file_state(database)
    fields = load_cached(kept_in, path, state)
    if fields is not None:
        return RecentProject(path, **fields)
    recent_project = read_recent(path, changed)
    store_cached(kept_in, recent_project, state, listed)
    return recent_project


def read_recent(path: Path, changed: datetime) -> RecentProject:
    """Open the project for reading, read the few rows that are shown and close it: damage in other
    parts of the file is looked for when somebody opens the project. Raises whatever `open_project`
    raises."""
    # The start of the window does not wait for the library of the database.
    from fieldcheck.project.folder import open_project
    from fieldcheck.project.tables.project_state import read_project_status

    with open_project(path, write=False, checked=False) as project:
        gap, readiness, verdict = _read_newest_report(project)
        return RecentProject(
            path,
            changed,
            project.read(read_project_status),
            _read_thumbnail(project),
            gap,
            readiness,
            verdict,
        )


def _read_thumbnail(project: Project) -> bytes:
    from fieldcheck.project.tables.labels import get_first_pick

    first = project.read(get_first_pick)
    return project.cache.get_thumbnails([first]).get(first, b"") if first else b""


def _read_newest_report(project: Project) -> tuple[float | None, str, str]:
    """Gap, readiness and the sentence of its verdict, of the report that was written last; a
    summary that cannot be read counts as none."""
    from fieldcheck.project.tables.project_state import get_newest_report

    report = project.read(get_newest_report)
    try:
        summary = parse_json(report.summary) if report is not None else None
        value, readiness, verdict = (
            (summary["gap"]["value"], str(summary["readiness"]), _join_verdict(summary))
            if summary
            else (None, "", "")
        )
    except (ValueError, KeyError, TypeError):
        return None, "", ""
    gap = float(value) if isinstance(value, int | float) and isfinite(value) else None
    return gap, readiness, verdict


def _join_verdict(summary: dict[str, Any]) -> str:
    """The word with its reason in the report's language; empty for a report without a reason."""
    words, reason = summary.get("readiness_words"), summary.get("readiness_reason")
    return f"{words}, {reason}" if words and reason else ""


def _find_missing_folder(path: Path) -> Path:
    """The topmost folder of a path that is missing: a drive that is not connected, a folder that
    was moved, or the project itself."""
    return next((parent for parent in reversed(path.parents) if not parent.is_dir()), path)


def load_cached(folder: Path, path: Path, state: State) -> dict[str, Any] | None:
    """The fields of a `RecentProject` but its path, as they were kept for just this state; None
    where they were not, or cannot be read."""
    try:
        kept = _load_cache(folder)[str(path)]
        if kept["state"] != state:
            return None
        gap = kept["gap"]
        return {
            "changed": datetime.fromisoformat(kept["changed"]),
            "standing": ProjectStatus(**kept["standing"]),
            "thumbnail": base64.b64decode(kept["thumbnail"], validate=True),
            "gap": None if gap is None else float(gap),
            "readiness": str(kept["readiness"]),
            "verdict": str(kept.get("verdict", "")),
        }
    except (ValueError, KeyError, TypeError):
        return None


def store_cached(
    folder: Path, recent_project: RecentProject, state: State, listed: Collection[str]
) -> None:
    """Cache what is known of the project; entries of projects that are no longer `listed` are
    dropped."""
    entry = {
        "state": state,
        "changed": recent_project.changed.isoformat(),
        "standing": asdict(recent_project.standing),
        "thumbnail": base64.b64encode(recent_project.thumbnail).decode(),
        "gap": recent_project.gap,
        "readiness": recent_project.readiness,
        "verdict": recent_project.verdict,
    }
    _save_cache(
        folder,
        {**_load_cache(folder), str(recent_project.path): entry},
        {*listed, str(recent_project.path)},
    )


def prune_cache(folder: Path, listed: Collection[str]) -> None:
    """Drop cached entries of all projects that are not `listed`."""
    kept = _load_cache(folder)
    if any(path not in listed for path in kept):
        _save_cache(folder, kept, listed)


def _read_file_state(database: Path) -> tuple[datetime, State]:
    """Return when the database or its WAL was last written, and the size of both. An empty WAL is
    ignored, since a reader leaves one."""
    waiting = database.with_name(database.name + "-wal")
    stats = [file.stat() for file in (database, waiting) if file.exists()]
    stats = [stats[0], *(info for info in stats[1:] if info.st_size)]
    # some file systems keep years that no date has
    latest = min(max(info.st_mtime for info in stats), LATEST_S)
    return datetime.fromtimestamp(max(0.0, latest)), [
        [info.st_mtime_ns, info.st_size] for info in stats
    ]


_PARSED: dict[Path, tuple[tuple[int, int], dict[str, Any]]] = {}
"""The entries of the one file that was read or written last, by its time and size."""


def _load_cache(folder: Path) -> dict[str, Any]:
    """All cached entries, read once for a file that stays as it is."""
    file = folder / NAME
    try:
        state = _read_cache_state(file)
        if file not in _PARSED or _PARSED[file][0] != state:
            _remember_cache(file, state, _parse_cache(file))
        return dict(_PARSED[file][1])
    except (OSError, ValueError):
        return {}


def _read_cache_state(file: Path) -> tuple[int, int]:
    info = file.stat()
    return info.st_mtime_ns, info.st_size


def _remember_cache(file: Path, state: tuple[int, int], projects: dict[str, Any]) -> None:
    _PARSED.clear()
    _PARSED[file] = (state, projects)


def _parse_cache(file: Path) -> dict[str, Any]:
    document = parse_json_file(file)
    projects = (
        document.get("projects")
        if isinstance(document, dict) and document.get("format") == FORMAT
        else None
    )
    return projects if isinstance(projects, dict) else {}


def _save_cache(folder: Path, projects: dict[str, Any], listed: Collection[str]) -> None:
    """Write the cache. Errors are ignored: the next start recomputes what is missing."""
    wanted = {path: entry for path, entry in projects.items() if path in listed}
    with suppress(OSError, FieldcheckError):
        file = folder / NAME
        write_text(file, json.dumps({"format": FORMAT, "projects": wanted}) + "\n", private=True)
        _remember_cache(file, _read_cache_state(file), wanted)
