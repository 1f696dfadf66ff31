"""Paths: names inside a project folder; folders by each system's custom (XDG on Linux): settings,
logs, cache, the sample project and installed updates, which belong to no project; the version that
starts; and the resources that ship with the program."""

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

DEMO_PROJECT, FINISHED_DEMO = "sample.fieldcheck", "demo.fieldcheck"
"""The demo project that waits for its labels, and beside it the same at the end of its visit."""
PACK_ENDING = ".fcpack"
PRIVATE, OF_OTHERS = 0o600, 0o077  # modes of files

# A project folder: its databases and folders by name.
DATABASE = "project.db"
CACHE = "cache.db"
RECORDINGS, FRAMES, MODELS = "recordings", "frames", "models"
BENCHMARK, BACKUPS = "benchmark", "backups"
TRASH, REPORTS, EXPORTS = "trash", "reports", "exports"
# how the names of folders begin that no kill should leave behind
UNFINISHED_REPORT = ".fieldcheck-"
FOLDERS = (RECORDINGS, FRAMES, MODELS, BENCHMARK, REPORTS, BACKUPS)
"""Every folder that a project is made with."""


@dataclass(frozen=True, slots=True)
class AppPaths:
    """Five folders, none of them made yet. `sample` is the folder in which the sample project is
    made, `versions` holds the versions that came by `fieldcheck update`."""

    settings: Path
    logs: Path
    cache: Path
    sample: Path
    versions: Path


def get_app_paths() -> AppPaths:
    """The folders for this user on this machine; FIELDCHECK_HOME moves all five."""
    if chosen := os.environ.get("FIELDCHECK_HOME"):
        root = Path(chosen).expanduser().absolute()
        return AppPaths(
            root / "settings", root / "logs", root / "cache", root / "sample", root / "versions"
        )
    from platformdirs import PlatformDirs  # a bare checkout finds its resources without it

    name = "Fieldcheck" if sys.platform in ("darwin", "win32") else "fieldcheck"
    return get_platform_paths(PlatformDirs(name, appauthor=False, roaming=True))


def get_platform_paths(dirs: PlatformDirsABC) -> AppPaths:
    """The five folders of a system. On Linux logs stand in the state folder itself; only settings
    roam."""
    dirs_at_home = type(dirs)(dirs.appname, appauthor=False)
    logs = dirs.user_state_path if sys.platform == "linux" else dirs_at_home.user_log_path
    return AppPaths(
        dirs.user_config_path,
        logs,
        dirs_at_home.user_cache_path,
        dirs_at_home.user_data_path / "sample",
        dirs_at_home.user_data_path / "versions",
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


# Which of the installed versions starts. The program that was installed first stays where it is and
# passes its arguments on to the version that an update put beside it.

POINTER = "current.json"
PROGRAM = "fieldcheck.exe" if sys.platform == "win32" else "fieldcheck"
KEYS = ("current", "before", "first")  # of the pointer
# other builds and forks of the same import name
FORKS = {
    "albumentations": ("nrtk-albumentations",),
    "onnxruntime": ("onnxruntime-gpu", "onnxruntime-directml"),
}
MOST_POINTER_BYTES = 1 << 16
# words that only the very program that was called can answer
STAYS = (["update", "--back"], ["update", "--self-test"])


def parse_version(text: object) -> tuple[int, ...]:
    """The numbers of a version such as `0.2.0`, to be compared; empty where it is none."""
    numbers = text.split(".") if isinstance(text, str) else []
    fits = len(numbers) in (2, 3, 4) and all(
        number.isascii() and number.isdigit() and len(number) <= 6 for number in numbers
    )
    return tuple(map(int, numbers)) if fits else ()


def get_library_version(name: str) -> str:
    """Version of an installed library; of the build or fork that stands in its place, its name and
    version. Raises PackageNotFoundError where none is installed."""
    from importlib import metadata

    for there in (name, *FORKS.get(name, ())):
        with suppress(metadata.PackageNotFoundError):
            version = metadata.version(there)
            return version if there == name else f"{there} {version}"
    raise metadata.PackageNotFoundError(name)


def load_pointer(versions: Path) -> dict[str, str]:
    """`current` and `before`: the version that starts and the one that started before it, each
    empty for the program that was installed first, whose version is `first`. A pointer that cannot
    be read, or that others may write, counts as none."""
    import json  # no start of a checkout needs it

    path = versions / POINTER
    try:
        if not (_is_own(versions) and _is_own(path)) or path.stat().st_size > MOST_POINTER_BYTES:
            return {}
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return {}
    pointer = document if isinstance(document, dict) else {}
    values = {key: str(pointer.get(key)) for key in KEYS}
    return values if all(not value or parse_version(value) for value in values.values()) else {}


def find_newer_program(argv: Sequence[str], version: str) -> Path | None:
    """The program of the version that an update made the current one, where that is newer than
    `version`; None where this program itself has to run."""
    if list(argv[:2]) in STAYS:
        return None
    versions = get_app_paths().versions
    current = load_pointer(versions).get("current", "")
    program = versions / current / PROGRAM
    if parse_version(current) <= parse_version(version) or not program.is_file():
        return None
    is_itself = program.resolve() == Path(sys.executable).resolve()
    return program if os.access(program, os.X_OK) and not is_itself else None


def make_program_environment() -> dict[str, str]:
    """Variables for a child that is another frozen program: it must not take this one's libraries,
    nor hold itself for a part of it."""
    return {
        "PYINSTALLER_RESET_ENVIRONMENT": "1",
        "LD_LIBRARY_PATH": os.environ.get("LD_LIBRARY_PATH_ORIG", ""),
    }


def _is_own(path: Path) -> bool:
    """Whether only this user writes a file or folder; another one's program is never started."""
    if sys.platform == "win32":
        return True
    else:
        info = path.stat()
        return info.st_uid == os.geteuid() and not info.st_mode & 0o022


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
