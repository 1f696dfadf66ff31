"""Rules of Windows that the product follows, asked of its own code: the lock by bytes far behind
the JSON, backslashes in a stranger's path, and a folder that cannot be put on disk."""

import errno
import importlib.util
import os
import sys
from pathlib import PureWindowsPath
from types import ModuleType, SimpleNamespace

import pytest

from fieldcheck import files
from fieldcheck.errors.files import PathRefused
from fieldcheck.errors.projects import ProjectLocked
from fieldcheck.monitoring.prediction_log import get_relative_image_path
from fieldcheck.project import lock


class Msvcrt(ModuleType):
    """`msvcrt.locking` as Windows has it: a byte of a file belongs to one handle until that is
    closed, and is lent a second time to nobody, its holder included."""

    LK_NBLCK = 2

    def __init__(self) -> None:
        super().__init__("msvcrt")
        self.holders: dict[tuple[int, int, int], int] = {}

    def locking(self, handle: int, mode: int, size: int) -> None:
        assert (mode, size) == (self.LK_NBLCK, 1)
        info = os.fstat(handle)
        byte = (info.st_dev, info.st_ino, os.lseek(handle, 0, os.SEEK_CUR))
        if byte in self.holders:
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        self.holders[byte] = handle

    def close(self, handle: int) -> None:
        """`os.close`, with which the system takes back what the handle holds."""
        os.close(handle)
        self.holders = {byte: holder for byte, holder in self.holders.items() if holder != handle}


@pytest.fixture
def windows_lock(monkeypatch):
    """The module of the lock as Windows loads it, and the bytes that are held."""
    msvcrt = Msvcrt()
    monkeypatch.setitem(sys.modules, "msvcrt", msvcrt)
    spec = importlib.util.spec_from_file_location("lock_of_windows", lock.__file__)
    module = importlib.util.module_from_spec(spec)
    monkeypatch.setitem(sys.modules, spec.name, module)
    with monkeypatch.context() as there:
        there.setattr(sys, "platform", "win32")
        spec.loader.exec_module(module)
    monkeypatch.setattr(module, "os", SimpleNamespace(**{**vars(os), "close": msvcrt.close}))
    return module, msvcrt


def test_a_lock_is_lent_once_and_free_once_it_is_released(windows_lock, tmp_path):
    locks, _ = windows_lock
    held = locks.acquire_lock(tmp_path, 0)
    with pytest.raises(ProjectLocked) as caught:
        locks.acquire_lock(tmp_path, 0.1)
    assert (caught.value.process, locks.is_held(tmp_path)) == (os.getpid(), True)
    held.release(None)
    assert not locks.is_held(tmp_path)
    locks.acquire_lock(tmp_path, 0).release(None)


def test_a_lock_that_waits_for_a_heartbeat_of_another_machine_asks_windows_once(
    windows_lock, tmp_path
):
    locks, _ = windows_lock
    (tmp_path / "lock").write_text('{"machine": "elsewhere", "process": 7, "heartbeat": 1000.0}')
    with pytest.raises(ProjectLocked) as caught:
        locks.acquire_lock(tmp_path, 0.2, now=lambda: 1010.0)
    assert (caught.value.machine, caught.value.process) == ("elsewhere", 7)
    locks.acquire_lock(tmp_path, 0, now=lambda: 1000.0 + locks.FRESH_S + 1).release(None)


def test_the_locked_byte_lies_behind_the_json_which_others_may_read(windows_lock, tmp_path):
    locks, msvcrt = windows_lock
    held = locks.acquire_lock(tmp_path, 0)
    (byte,) = msvcrt.holders
    assert byte[2] == locks.FAR > 4 * (tmp_path / "lock").stat().st_size
    held.release(None)


@pytest.fixture
def on_windows(monkeypatch):
    """`files` believes that it runs there; paths of the test stay those of this system."""
    monkeypatch.setattr(files, "os", SimpleNamespace(**{**vars(os), "name": "nt"}))


@pytest.mark.parametrize("join", [files.join_inside, files.join_inside_data_set])
def test_a_backslash_separates_folders(on_windows, tmp_path, join):
    assert join(tmp_path, "images\\train/1.png") == tmp_path / "images" / "train" / "1.png"
    for relative in ("..\\out.png", "images\\..\\..\\out.png"):
        with pytest.raises(PathRefused) as caught:
            join(tmp_path, relative)
        assert caught.value.problem == "outside"


@pytest.mark.parametrize(
    "relative", ["C:\\out.png", "C:out.png", "\\out.png", "\\\\server\\share\\out.png", "a:b"]
)
def test_a_drive_a_root_and_a_share_are_refused_everywhere(tmp_path, relative):
    with pytest.raises(PathRefused) as caught:
        files.join_inside(tmp_path, relative)
    assert caught.value.problem == "absolute"


def test_a_folder_that_windows_cannot_put_on_disk_is_not_opened(on_windows, tmp_path):
    files.sync_folder(tmp_path / "not there")


def test_an_image_of_a_windows_log_is_named_below_its_folder_or_by_its_last_part():
    assert get_relative_image_path("", "line 4\\night\\7.png") == "line 4/night/7.png"
    assert get_relative_image_path("", "D:\\logs\\7.png") == "…/7.png"
    assert get_relative_image_path("", "\\\\server\\logs\\7.png") == "…/7.png"


@pytest.mark.parametrize(
    ("path", "share"),
    [("\\\\server\\frames\\1.png", True), ("//server/frames/1.png", True), ("C:\\1.png", False)],
)
def test_a_share_of_another_computer_is_told_from_a_drive(path, share):
    assert files.is_share(path) is share
    assert files.shorten_path(path) == f"…/{PureWindowsPath(path).name}"
