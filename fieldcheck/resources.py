"""The files that ship with the program: templates, fonts, the sample's footage, schemas."""

from __future__ import annotations

from pathlib import Path


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
