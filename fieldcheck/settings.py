"""What the program remembers about a person between two starts; losing it costs nobody any work."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from fieldcheck.files import write_text

NAME = "settings.json"
BROKEN = "settings.broken.json"


@dataclass(frozen=True, slots=True)
class Settings:
    """`language`: `en`, `de`, or empty for the system's. `recent`: project folders, the last opened first."""

    language: str = ""
    recent: tuple[str, ...] = ()


def load(folder: Path) -> Settings:
    """The stored settings, with the usual value for each one that is missing, unknown or of another kind.

    A file that cannot be read as settings at all is kept beside as settings.broken.json, so that nothing typed by hand is lost.
    """
    path = folder / NAME
    try:
        found = json.loads(path.read_text("utf-8"))
    except OSError:
        return Settings()
    except ValueError:
        found = None
    if not isinstance(found, dict):
        with suppress(OSError):  # a read-only place keeps the broken file where it is
            path.replace(folder / BROKEN)
        return Settings()
    language, recent = found.get("language"), found.get("recent")
    return Settings(
        language=language if isinstance(language, str) else "",
        recent=tuple(item for item in recent if isinstance(item, str)) if isinstance(recent, list) else (),
    )


def save(folder: Path, settings: Settings) -> None:
    """Store the settings, whole or not at all. Raises DiskFull, ReadOnlyPlace."""
    with suppress(OSError):  # the write below says it better
        folder.mkdir(parents=True, exist_ok=True)
    write_text(folder / NAME, json.dumps(asdict(settings), indent=2, ensure_ascii=False) + "\n")
