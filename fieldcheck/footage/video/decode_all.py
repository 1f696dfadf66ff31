"""Decoding of a whole video in the child process of a trial (`footage.video.index`), which may
crash or hang without affecting the program."""

from __future__ import annotations

import sys
from math import inf
from pathlib import Path

from fieldcheck.child_process import exit_after
from fieldcheck.errors.files import VideoUnreadable
from fieldcheck.footage.video.index import DONE, TIME
from fieldcheck.footage.video.reader import VideoReader, read_video_info


def main(path: Path) -> None:
    """Decode the whole file as the program would. Files that OpenCV refuses without crashing are
    refused again in the parent process."""
    try:
        read_video_info(path)
        with VideoReader(path, inf) as reader:
            for _ in reader.read_listed(0, 1 << 62):
                continue
    except VideoUnreadable:
        return


if __name__ == "__main__":
    exit_after(float(sys.argv[2]), TIME)
    main(Path(sys.argv[1]))
    print(DONE)  # noqa: T201 - the verdict is this process's only output
