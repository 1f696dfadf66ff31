"""Images that a prediction log names: paths below the folder of the log, and no others."""

from __future__ import annotations

import os
import re
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

from fieldcheck.errors import PathRefused
from fieldcheck.exchange.untrusted import format_untrusted
from fieldcheck.files import ELSEWHERE, find_path_problem, is_share, join_inside_data_set, shorten_path

LONGEST_PATH = 1024  # letters of a path below the folder
MOMENT = re.compile(r"(.+)#t=(\d{1,9}(?:\.\d{1,6})?)", re.ASCII | re.DOTALL)  # of a frame of a video


def get_image_folder(folder: Path) -> str:
    """The folder as it is stored: absolute, with a separator at its end, by which a pack knows it for a path of this computer. Empty for
    the root of a disk on Linux and macOS, below which everything lies."""
    path = os.path.abspath(folder)
    return "" if path.startswith("/") and not path.strip("/") else path.rstrip(os.sep) + os.sep


def get_relative_image_path(folder: str, named: str) -> str:
    """Path of an image below `folder`, with `/`, from what a log says. Of one that lies elsewhere the name is left, as `…/NAME`."""
    path, text = PurePath(named), named.replace("\\", "/")
    if folder and path.is_relative_to(folder):
        text = path.relative_to(folder).as_posix()
    if not text.strip():
        return ""
    if find_path_problem(text) or len(text) > LONGEST_PATH or text.startswith(f"{ELSEWHERE}/") or not _is_encodable(text):
        return shorten_path(format_untrusted(PureWindowsPath(text).name))
    return PurePosixPath(text).as_posix()


def find_image_file(folder: str, picture: str) -> tuple[Path, str]:
    """The file of an image that was stored, and for a frame of a video its second, else nothing.

    Raises PathRefused as `join_inside_data_set`, and `outside` where the image lies elsewhere, or the folder is none of this computer.
    """
    if not folder or not Path(folder).is_absolute() or is_share(folder) or picture.startswith(f"{ELSEWHERE}/"):
        raise PathRefused(picture, "outside")
    file, moment = join_inside_data_set(Path(folder), picture), MOMENT.fullmatch(picture)
    if moment is None or os.path.lexists(file):
        return file, ""
    return join_inside_data_set(Path(folder), moment[1]), moment[2]


def _is_encodable(text: str) -> bool:
    try:
        return bool(text.encode())
    except UnicodeEncodeError:
        return False
