"""Disks to be filled or pulled out: real file systems in a file, for tests that may mount one."""

import os
import struct
import subprocess
from contextlib import suppress
from pathlib import Path

import pytest

# ext4's EXT4_IOC_SHUTDOWN: from then on the disk answers as one that was pulled out
SHUT_DOWN = 0x8004587D
WITHOUT_FLUSH = 2


def plug_in(folder: Path, mb: int) -> Path:
    """A stick of so many megabytes, mounted at `folder / "stick"`. The file behind it takes no more
    room than is written to it."""
    image, mount_point = folder / "stick.img", folder / "stick"
    with image.open("wb") as file:
        file.truncate(mb << 20)
    mount_point.mkdir()
    for command in (
        ["mkfs.ext4", "-q", "-O", "^has_journal", "-m", "0", image],
        ["mount", "-o", "loop", image, mount_point],
    ):
        try:
            completed = subprocess.run(command, capture_output=True, text=True, check=False)
        except FileNotFoundError:
            pytest.skip("not run: nothing here makes or mounts a disk")
        if completed.returncode != 0:
            pytest.skip(f"not run: a disk cannot be mounted here ({completed.stderr.strip()})")
    return mount_point


def pull_out(mount_point: Path) -> None:
    """From now on every read and write fails with "Input/output error", of open files too."""
    fcntl = pytest.importorskip("fcntl")
    handle = os.open(mount_point, os.O_RDONLY)
    try:
        fcntl.ioctl(handle, SHUT_DOWN, struct.pack("I", WITHOUT_FLUSH))
    finally:
        os.close(handle)


def put_away(mount_point: Path) -> None:
    subprocess.run(["umount", "-l", mount_point], check=True)


def fill(disk: Path) -> None:
    """Takes every byte that is left,
    also those that the file system had reserved and gives back once
    it has written."""
    for name, piece in (("filler", 1 << 16), ("crumbs", 512), ("rest", 512)):
        with (disk / name).open("wb", buffering=0) as filler, suppress(OSError):
            while filler.write(bytes(piece)):
                continue
        os.sync()
    with pytest.raises(OSError, match="No space left"):
        (disk / "more").write_bytes(bytes(1 << 16))
    (disk / "more").unlink()


def leave(disk: Path, n_bytes: int) -> None:
    """Fills the disk up to so many bytes."""
    filler = disk / "filler"
    filler.unlink(missing_ok=True)
    n_free = os.statvfs(disk).f_bavail * os.statvfs(disk).f_frsize
    filler.write_bytes(bytes(max(0, n_free - n_bytes)))
