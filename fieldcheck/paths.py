"""Folders by each system's custom (XDG on Linux): settings, logs, cache and the sample project,
which belong to no project; and the resources that ship with the program."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from platformdirs.api import PlatformDirsABC

PACK_ENDING = ".fcpack"
PRIVATE, OF_OTHERS = 0o600, 0o077  # modes of files


@dataclass(frozen=True, slots=True)
class AppPaths:
    """Four folders, none of them made yet. `sample` is the folder in which the sample project is
    made."""

    settings: Path
    logs: Path
    cache: Path
    sample: Path


def get_app_paths() -> AppPaths:
    """The folders for this user on this machine; FIELDCHECK_HOME moves all four."""
    if chosen := os.environ.get("FIELDCHECK_HOME"):
        root = Path(chosen).expanduser().absolute()
        return AppPaths(root / "settings", root / "logs", root / "cache", root / "sample")
    from platformdirs import PlatformDirs  # a bare checkout finds its resources without it

    name = "Fieldcheck" if sys.platform in ("darwin", "win32") else "fieldcheck"
    return get_platform_paths(PlatformDirs(name, appauthor=False, roaming=True))


def get_platform_paths(dirs: PlatformDirsABC) -> AppPaths:
    """The four folders of a system. On Linux logs stand in the state folder itself; only settings
    roam."""
    logs = dirs.user_state_path if sys.platform == "linux" else dirs.user_log_path
    dirs_at_home = type(dirs)(dirs.appname, appauthor=False)
    return AppPaths(
        dirs.user_config_path,
        logs,
        dirs_at_home.user_cache_path,
        dirs_at_home.user_data_path / "sample",
    )


def make_private(folder: Path) -> None:
    """Makes a folder where it is missing, with a mode that lets this user alone into it: logs name
    places, caches hold images. One that is open to others is closed, as far as it is this user's.
    Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    if folder.stat().st_mode & OF_OTHERS:
        with suppress(PermissionError):  # another user's: whoever made it decides
            folder.chmod(0o700)


def make_private_file(path: Path) -> None:
    """Makes an empty file where there is none, in a folder that is there, for this user alone.
    Raises OSError."""
    os.close(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, PRIVATE))
    if path.stat().st_mode & OF_OTHERS:
        with suppress(PermissionError):  # as above
            path.chmod(PRIVATE)


def get_demo_folder() -> Path:
    """The folder in which `fieldcheck demo` makes the sample project where none is named."""
    return get_app_paths().sample


def is_project_argument(argv: Sequence[str]) -> bool:
    """Whether a command line is the folder of a project, or a pack, and nothing else, as when it is
    dropped on the program."""
    return len(argv) == 1 and argv[0].rstrip("/\\").endswith((".fieldcheck", PACK_ENDING))


# The files that ship with the program: templates, fonts, the sample's footage, schemas.


def get_resource_path(relative: str) -> Path:
    """A shipped file or folder, by its path under `resources/`, with forward slashes.

    A wheel and a bundle carry the files inside the package; a checkout, and an editable install of
    one, beside it. Raises FileNotFoundError where neither has it: the installation is broken, which
    is a bug and no user's mistake.
    """
    tried = [root / relative for root in _get_roots()]
    for path in tried:
        if path.exists():
            return path
    raise FileNotFoundError(
        f"{relative} is in none of {', '.join(str(root) for root in _get_roots())}"
    )


def read_source(package: str, file: str) -> bytes:
    """Reads a module of ours that goes along with what is exported. A frozen program has to carry
    that file as data.

    Args:
        package: its package, with dots.
        file: its name, such as `verify_pack.py`.
    """
    from importlib.resources import files  # 8 ms that no start needs

    return files(package).joinpath(file).read_bytes()


def is_shipped(file: Path) -> bool:
    """Whether a file or folder came with the program."""
    return any(file.is_relative_to(root) for root in _get_roots())


def _get_roots() -> tuple[Path, Path]:
    package = Path(__file__).parent
    return package / "_resources", package.parent / "resources"
