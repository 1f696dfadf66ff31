import errno
import hashlib
import itertools
import os
import signal
import subprocess
import sys
from pathlib import Path, PurePosixPath, PureWindowsPath

import pytest

from fieldcheck import files
from fieldcheck.errors.files import (
    DiskFull,
    FolderGone,
    NotStored,
    PathMissing,
    PathRefused,
    ReadOnlyPlace,
)
from fieldcheck.files import (
    RESERVE,
    DiskReserve,
    find_path_problem,
    find_unused_path,
    is_linked,
    join_inside_data_set,
    make_json_key,
)
from fieldcheck.progress import Cancelled, NullProgress
from tests import makers

MB = 1_000_000


def test_a_written_file_holds_the_bytes_and_leaves_no_part(tmp_path):
    path = tmp_path / "a.bin"
    files.write_bytes(path, b"\0\1\2")
    assert path.read_bytes() == b"\0\1\2"
    assert os.listdir(tmp_path) == ["a.bin"]


def test_text_is_utf8_with_its_own_line_ends(tmp_path):
    files.write_text(tmp_path / "a.txt", "Straße\r\n中\n")
    assert (tmp_path / "a.txt").read_bytes() == "Straße\r\n中\n".encode()


def test_an_error_while_writing_keeps_the_old_file(tmp_path):
    path = tmp_path / "a.txt"
    files.write_text(path, "old")

    def write_half():
        with files.open_atomic(path) as out:
            out.write(b"new")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_half()
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["a.txt"]


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(PathMissing) as caught:
        files.write_bytes(tmp_path / "none" / "a", b"")
    assert caught.value.path == tmp_path / "none"


@pytest.mark.parametrize(("number", "kind"), [
    (errno.ENOSPC, DiskFull),
    (errno.EROFS, ReadOnlyPlace),
    (errno.EACCES, ReadOnlyPlace),
    (errno.EIO, NotStored),
])  # fmt: skip
def test_what_the_system_says_about_a_place_is_an_error_with_its_path(tmp_path, number, kind):
    path = tmp_path / "a"
    with pytest.raises(kind) as caught, files.map_os_errors(path):
        raise OSError(number, os.strerror(number))
    assert caught.value.path == path


def test_an_error_of_a_disk_whose_folder_answers_no_more_is_a_disk_that_is_gone(tmp_path):
    with pytest.raises(FolderGone), files.map_os_errors(tmp_path / "none" / "a"):
        raise OSError(errno.EIO, os.strerror(errno.EIO))


@pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="only Linux has a device that is always full"
)
def test_a_full_disk_is_told_as_such():
    with (
        pytest.raises(DiskFull),
        files.map_os_errors(Path("/dev/full")),
        open("/dev/full", "wb", buffering=0) as out,
    ):
        out.write(b"x")


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_without_write_right_is_told_as_such(tmp_path):
    tmp_path.chmod(0o500)
    with pytest.raises(ReadOnlyPlace):
        files.write_bytes(tmp_path / "a", b"")
    tmp_path.chmod(0o700)


KILLED = """
import sys
from pathlib import Path
from fieldcheck import files
path, n = Path(sys.argv[1]), 0
while True:
    n += 1
    files.write_text(path, f"{n} " * 20000)
    if n == 1:
        print("ready", flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="SIGKILL")
def test_after_a_kill_in_the_middle_the_file_is_whole(tmp_path):
    path = tmp_path / "a.txt"
    for delay in (0.01, 0.03, 0.07):
        child = subprocess.Popen([sys.executable, "-c", KILLED, str(path)], stdout=subprocess.PIPE)
        assert child.stdout is not None
        child.stdout.readline()
        with pytest.raises(subprocess.TimeoutExpired):
            child.wait(delay)
        child.send_signal(signal.SIGKILL)
        child.communicate()
        words = path.read_text().split()
        assert len(words) == 20000
        assert len(set(words)) == 1


def test_the_hash_is_sha256_and_counts_bytes(tmp_path):
    data = bytes(range(256)) * 9000
    (tmp_path / "a").write_bytes(data)
    seen = []

    class Watching(NullProgress):
        def report(self, done, total, unit=""):
            seen.append((done, total, unit))

    assert files.sha256_file(tmp_path / "a", Watching()) == hashlib.sha256(data).hexdigest()
    assert seen[-1] == (len(data), len(data), "bytes")
    assert files.sha256_file(tmp_path / "a") == hashlib.sha256(data).hexdigest()


def test_hashing_can_be_stopped_and_needs_a_file(tmp_path):
    (tmp_path / "a").write_bytes(b"x")
    with pytest.raises(Cancelled):
        files.sha256_file(tmp_path / "a", makers.stopped())
    with pytest.raises(PathMissing):
        files.sha256_file(tmp_path / "b")


@pytest.mark.parametrize(
    "relative",
    ["a.png", "clip_03/0007.png", "./a.png", "Straße/中.png", "..a/b..png", "12:30:00.png"],
)
def test_a_path_inside_is_given_back_whether_it_exists_or_not(tmp_path, relative):
    assert files.join_inside(tmp_path, relative) == tmp_path / relative


REFUSED = [
    ("", "empty"),
    ("  ", "empty"),
    ("a\0b", "empty"),
    ("/etc/passwd", "absolute"),
    ("//server/share/a", "absolute"),
    (r"\\server\share\a", "absolute"),
    (r"\a", "absolute"),
    (r"C:\a", "absolute"),
    ("C:a", "absolute"),
    ("http://example.org/a", "absolute"),
    ("file:///etc/passwd", "absolute"),
    ("..", "outside"),
    ("a/../../b", "outside"),
    (r"a\..\..\b", "outside"),
    ("x" * 300, "name"),
    ("a/\ud800.png", "name"),
]


@pytest.mark.parametrize(("relative", "problem"), REFUSED)
def test_a_path_that_leads_elsewhere_is_refused(tmp_path, relative, problem):
    with pytest.raises(PathRefused) as caught:
        files.join_inside(tmp_path, relative)
    assert (caught.value.path, caught.value.problem) == (relative, problem)


def test_letters_of_a_path_are_judged_as_both_kinds_of_path_read_them():
    for letters in itertools.chain.from_iterable(
        itertools.product("a./:\\", repeat=n) for n in range(1, 6)
    ):
        relative = "".join(letters)
        kinds = PurePosixPath(relative), PureWindowsPath(relative)
        leads_away = any(path.is_absolute() or path.drive or path.root for path in kinds)
        climbs = any(".." in path.parts for path in kinds)
        problem = "absolute" if leads_away or "://" in relative else "outside" if climbs else ""
        assert find_path_problem(relative) == problem, relative


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_links_are_refused_even_when_they_lead_inside(tmp_path):
    (tmp_path / "real").mkdir()
    (tmp_path / "real" / "a").write_bytes(b"")
    (tmp_path / "link").symlink_to(tmp_path / "real")
    (tmp_path / "dangling").symlink_to(tmp_path / "nothing")
    for relative in ("link", "link/a", "dangling"):
        with pytest.raises(PathRefused) as caught:
            files.join_inside(tmp_path, relative)
        assert caught.value.problem == "link"


@pytest.mark.skipif(os.name == "nt", reason="no such files there")
def test_a_pipe_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(PathRefused) as caught:
        files.join_inside(tmp_path, "pipe")
    assert caught.value.problem == "device"


def test_only_a_name_that_everybody_can_hold_is_kept():
    assert files.require_utf8("Prüfstück_中.png") == "Prüfstück_中.png"
    with pytest.raises(PathRefused) as caught:
        files.require_utf8(b"Pr\xfcfst\xfcck.png".decode("utf-8", "surrogateescape"))
    assert caught.value.problem == "name"


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_a_link_in_the_way_is_not_written_through(tmp_path):
    (tmp_path / "elsewhere").write_bytes(b"mine")
    for name in ("a", "a.part"):
        (tmp_path / name).symlink_to(tmp_path / "elsewhere")
    files.write_bytes(tmp_path / "a", b"new")
    assert (tmp_path / "elsewhere").read_bytes() == b"mine"
    assert ((tmp_path / "a").read_bytes(), (tmp_path / "a").is_symlink()) == (b"new", False)


def test_what_a_crash_left_half_written_is_replaced(tmp_path):
    (tmp_path / "a.part").write_bytes(b"half, and longer than the whole")
    files.write_bytes(tmp_path / "a", b"whole")
    assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("a", b"whole")]


def test_what_closes_is_closed_however_a_block_is_left():
    class Held(files.Closeable):
        n = 0

        def close(self):
            self.n += 1

    held = Held()
    with held as same:
        assert same is held
    with pytest.raises(ZeroDivisionError), held:
        raise ZeroDivisionError
    assert held.n == 2


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_a_link_in_a_set_is_followed_as_far_as_the_set_goes(tmp_path):
    repository = tmp_path / "repository"
    folder = repository / "data"
    for path in (folder / "own.png", repository / "cache" / "ab" / "cd", tmp_path / "secret.png"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"a picture")
    (folder / "again.png").symlink_to("own.png")
    (folder / "cached.png").symlink_to("../cache/ab/cd")
    (folder / "secret.png").symlink_to(tmp_path / "secret.png")
    (folder / "up").symlink_to(tmp_path)
    (folder / "round.png").symlink_to("round.png")
    (folder / "gone.png").symlink_to("nothing.png")
    assert join_inside_data_set(folder, "again.png").read_bytes() == b"a picture"
    for name in (
        "cached.png", "secret.png", "up/secret.png", "round.png", "gone.png", "../cache/ab/cd",
    ):  # fmt: skip
        with pytest.raises(PathRefused):
            join_inside_data_set(folder, name)
    (repository / ".dvc").mkdir()
    assert join_inside_data_set(folder, "cached.png").read_bytes() == b"a picture"
    for name in ("secret.png", "up/secret.png"):
        with pytest.raises(PathRefused):
            join_inside_data_set(folder, name)
    actual = [is_linked(folder, name) for name in ("own.png", "again.png", "up/secret.png")]
    assert actual == [False, True, True]


def test_a_second_folder_or_file_of_a_name_takes_the_next_number(tmp_path):
    assert find_unused_path(tmp_path, "slice") == tmp_path / "slice"
    (tmp_path / "slice").mkdir()
    (tmp_path / "a.fcpack").symlink_to("nowhere")
    assert find_unused_path(tmp_path, "slice") == tmp_path / "slice_2"
    assert find_unused_path(tmp_path, "a", ".fcpack") == tmp_path / "a_2.fcpack"


def test_equal_values_have_one_key_on_every_machine():
    key = make_json_key(["a", 1, 0.5, None])
    assert key == make_json_key(("a", 1, 0.5, None)) == "1fe3d7264aaae0dd"
    assert make_json_key(["a", 1]) != make_json_key(["a", "1"])


def test_the_reserve_takes_up_its_room_and_gives_it_back(tmp_path):
    reserve = DiskReserve(tmp_path, 3 * MB + 5)
    reserve.reserve_space()
    found = (tmp_path / RESERVE).stat()
    assert found.st_size == 3 * MB + 5
    assert found.st_blocks * 512 >= 3 * MB
    reserve.release()
    reserve.release()
    assert list(tmp_path.iterdir()) == []


def test_a_reserve_for_which_there_is_no_room_leaves_nothing(tmp_path):
    with pytest.raises(PathMissing):
        DiskReserve(tmp_path / "gone", 10).reserve_space()


@pytest.mark.skipif(os.name == "nt", reason="links need a right there")
def test_the_reserve_is_not_written_through_a_link(tmp_path):
    (tmp_path / "elsewhere").write_bytes(b"mine")
    (tmp_path / RESERVE).symlink_to(tmp_path / "elsewhere")
    held = DiskReserve(tmp_path, 1 << 16)
    held.reserve_space()
    held.release()
    assert (tmp_path / "elsewhere").read_bytes() == b"mine"
