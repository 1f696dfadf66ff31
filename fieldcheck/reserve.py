"""Disk space that is kept back, for labels and the report: a file that takes up the room and is given back where it is needed."""

from __future__ import annotations

import errno
import os
from pathlib import Path

from fieldcheck.files import map_os_errors

RESERVE = "reserve.part"  # an ending that the next opening sweeps away, should this process be killed
PIECE = 1 << 20


class DiskReserve:
    """A file that takes up room nobody else can have, until it is let go: then that room is there for labels and the report."""

    def __init__(self, folder: Path, n_bytes: int) -> None:
        self._path, self._n_bytes = folder / RESERVE, n_bytes

    def reserve_space(self) -> None:
        """Takes the room. Raises DiskFull, ReadOnlyPlace; then nothing is left of it."""
        try:
            with map_os_errors(self._path):
                self.release()  # what another process left, or a link, which is not written through
                with self._path.open("xb") as file:
                    _fill_file(file.fileno(), self._n_bytes)
        except BaseException:
            self.release()
            raise

    def release(self) -> None:
        """Gives it back. May be called twice."""
        self._path.unlink(missing_ok=True)


def _fill_file(handle: int, n_bytes: int) -> None:
    """Room that is really taken, not promised: where the system has no call for that, zeros are written."""
    if hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(handle, 0, n_bytes)
        except OSError as error:
            if error.errno not in (errno.EOPNOTSUPP, errno.EINVAL):
                raise
        else:
            return
    for at in range(0, n_bytes, PIECE):
        os.write(handle, bytes(min(PIECE, n_bytes - at)))
