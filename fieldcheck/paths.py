"""Where the program keeps what belongs to no project: settings, logs, cache and the sample project."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Places:
    """Four folders, none of them made yet. `sample` is the folder in which the sample project is made."""

    settings: Path
    logs: Path
    cache: Path
    sample: Path


def places() -> Places:
    """The folders for this user on this machine; FIELDCHECK_HOME moves all four."""
    return locate(os.environ, sys.platform, Path.home())


def sample_project() -> Path:
    """The folder in which `fieldcheck demo` makes the sample project where none is named."""
    return places().sample


def locate(environ: Mapping[str, str], platform: str, home: Path) -> Places:
    """Folders as in `places`, from a given environment. `platform` is what `sys.platform` says.

    Linux follows the XDG base directory rules, which tell to ignore a relative path; macOS and Windows their own customs.
    """
    if chosen := environ.get("FIELDCHECK_HOME"):
        return _under(Path(chosen).expanduser().absolute())
    if platform == "darwin":
        return _mac(home / "Library")
    if platform == "win32":
        return _windows(environ, home)
    return _xdg(environ, home)


def _under(root: Path) -> Places:
    return Places(settings=root / "settings", logs=root / "logs", cache=root / "cache", sample=root / "sample")


def _mac(library: Path) -> Places:
    support = library / "Application Support" / "Fieldcheck"
    return Places(
        settings=support, logs=library / "Logs" / "Fieldcheck", cache=library / "Caches" / "Fieldcheck", sample=support / "sample"
    )


def _windows(environ: Mapping[str, str], home: Path) -> Places:
    roaming = Path(environ.get("APPDATA") or home / "AppData" / "Roaming") / "Fieldcheck"
    local = Path(environ.get("LOCALAPPDATA") or home / "AppData" / "Local") / "Fieldcheck"
    return Places(settings=roaming, logs=local / "logs", cache=local / "cache", sample=local / "sample")


def _xdg(environ: Mapping[str, str], home: Path) -> Places:
    def base(variable: str, usual: str) -> Path:
        given = Path(environ.get(variable, ""))
        return (given if given.is_absolute() else home / usual) / "fieldcheck"

    return Places(
        settings=base("XDG_CONFIG_HOME", ".config"),
        logs=base("XDG_STATE_HOME", ".local/state"),
        cache=base("XDG_CACHE_HOME", ".cache"),
        sample=base("XDG_DATA_HOME", ".local/share") / "sample",
    )
