"""What recent projects came to when they were last looked into, kept for the next start: an unchanged one need not be opened."""

from __future__ import annotations

import base64
import json
from collections.abc import Collection
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fieldcheck.errors import FieldcheckError
from fieldcheck.files import write_text
from fieldcheck.project.tables.standing import Standing

if TYPE_CHECKING:
    from fieldcheck.workflows.project.recent_project import Recent

NAME = "recent.json"
FORMAT = 1
State = list[list[int]]
"""Time of the last writing (ns) and size of each file of a database."""


def known(folder: Path, path: Path, state: State) -> dict[str, Any] | None:
    """The fields of a `Recent` but its path, as they were kept for just this state; None where they were not, or cannot be read."""
    try:
        kept = _load(folder)[str(path)]
        if kept["state"] != state:
            return None
        gap = kept["gap"]
        return {
            "changed": datetime.fromisoformat(kept["changed"]),
            "standing": Standing(**kept["standing"]),
            "thumbnail": base64.b64decode(kept["thumbnail"], validate=True),
            "gap": None if gap is None else float(gap),
            "readiness": str(kept["readiness"]),
        }
    except (ValueError, KeyError, TypeError):
        return None


def keep(folder: Path, found: Recent, state: State, listed: Collection[str]) -> None:
    """From now on this is known of the project; what was kept of projects that are no longer `listed` is forgotten."""
    entry = {
        "state": state,
        "changed": found.changed.isoformat(),
        "standing": asdict(found.standing),
        "thumbnail": base64.b64encode(found.thumbnail).decode(),
        "gap": found.gap,
        "readiness": found.readiness,
    }
    _save(folder, {**_load(folder), str(found.path): entry}, {*listed, str(found.path)})


def keep_only(folder: Path, listed: Collection[str]) -> None:
    """Forgets every project that is not `listed`."""
    kept = _load(folder)
    if any(path not in listed for path in kept):
        _save(folder, kept, listed)


def _load(folder: Path) -> dict[str, Any]:
    try:
        found = json.loads((folder / NAME).read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    projects = found.get("projects") if isinstance(found, dict) and found.get("format") == FORMAT else None
    return projects if isinstance(projects, dict) else {}


def _save(folder: Path, projects: dict[str, Any], listed: Collection[str]) -> None:
    """What cannot be kept is looked up again next time: no reason to disturb anybody."""
    wanted = {path: entry for path, entry in projects.items() if path in listed}
    with suppress(OSError, FieldcheckError):
        folder.mkdir(parents=True, exist_ok=True)
        write_text(folder / NAME, json.dumps({"format": FORMAT, "projects": wanted}) + "\n")
