import logging
import os
import subprocess
import sys
import warnings

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck import logging_and_crash
from fieldcheck.logging_and_crash import redact_addresses
from tests.programs import run_python

LETTERS = st.text(
    st.characters(
        codec="ascii", exclude_characters="/@'\" \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f", min_codepoint=33
    ),
    min_size=3,
    max_size=20,
)


@pytest.mark.filterwarnings("default")
def test_every_logger_and_warning_writes_to_the_file_and_nothing_to_stderr(tmp_path, capfd):
    with logging_and_crash.log_to_file(tmp_path / "logs") as path:
        logging.getLogger("somebody.else").warning("a library speaks")
        warnings.warn("old call", DeprecationWarning, stacklevel=1)
    text = path.read_text("utf-8")
    assert "old call" in text
    assert "somebody.else: a library speaks" in text
    assert capfd.readouterr().err == ""


def test_no_address_in_the_log_carries_a_password(tmp_path):
    with logging_and_crash.log_to_file(tmp_path / "logs") as path:
        logging.getLogger("driver").error("no answer from %s", "rtsp://tech:s3cret@10.0.0.7/live")
    assert "no answer from rtsp://10.0.0.7/live" in path.read_text("utf-8")


def test_afterwards_logging_is_as_it_was(tmp_path):
    before = list(logging.getLogger().handlers), logging.getLogger().level
    with logging_and_crash.log_to_file(tmp_path):
        pass
    assert (list(logging.getLogger().handlers), logging.getLogger().level) == before


def test_old_logs_are_turned_over(tmp_path, monkeypatch):
    monkeypatch.setattr(logging_and_crash, "BYTES_A_FILE", 2000)
    with logging_and_crash.log_to_file(tmp_path):
        for number in range(200):
            logging.getLogger("x").info("line %d", number)
    assert len(os.listdir(tmp_path)) == 1 + logging_and_crash.OLDER_FILES
    assert all((tmp_path / name).stat().st_size <= 2000 for name in os.listdir(tmp_path))


def test_a_place_that_cannot_be_written_stops_nobody(tmp_path, capfd):
    (tmp_path / "file").write_text("")
    with logging_and_crash.log_to_file(tmp_path / "file" / "logs") as path:
        logging.getLogger("x").error("lost")
    assert path is None
    assert capfd.readouterr().err == ""


FULL_DISK = """
import logging, resource, sys
from pathlib import Path
from fieldcheck import logging_and_crash
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
with logging_and_crash.log_to_file(Path(sys.argv[1])):
    for number in range(1000):
        logging.getLogger("x").info("line %d", number)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="the size of a file is limited by the system")
def test_a_disk_that_fills_up_stops_nobody_and_says_nothing_on_stderr(tmp_path):
    got = run_python("-c", FULL_DISK, str(tmp_path), check=True, text=False)
    assert got.stderr == b""
    assert (tmp_path / logging_and_crash.NAME).stat().st_size <= 1000


WRITER = """
import logging, sys
from pathlib import Path
from fieldcheck import logging_and_crash
with logging_and_crash.log_to_file(Path(sys.argv[1])):
    for number in range(300):
        logging.getLogger(sys.argv[2]).info("line %d", number)
"""


def test_processes_that_write_at_the_same_time_keep_each_others_lines(tmp_path):
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path), f"w{at}"]) for at in range(3)
    ]
    assert [writer.wait(60) for writer in writers] == [0, 0, 0]
    text = (tmp_path / logging_and_crash.NAME).read_text("utf-8")
    assert [text.count(f" w{at}: line ") for at in range(3)] == [300, 300, 300]


def test_older_logs_stay_while_the_newest_cannot_be_turned_over(tmp_path, monkeypatch):
    """As on Windows, where another process writes to it."""

    def refuse(*_paths):
        raise PermissionError

    (tmp_path / f"{logging_and_crash.NAME}.1").write_text("older")
    monkeypatch.setattr(logging_and_crash, "BYTES_A_FILE", 2000)
    monkeypatch.setattr(logging_and_crash.RotatingFileHandler, "rotate", refuse)
    with logging_and_crash.log_to_file(tmp_path) as path:
        for number in range(200):
            logging.getLogger("x").info("line %d", number)
    assert path.read_text("utf-8").count("x: line ") == 200
    assert (tmp_path / f"{logging_and_crash.NAME}.2").read_text() == "older"


@pytest.mark.skipif(sys.platform == "win32", reason="modes of files")
def test_every_file_of_the_log_is_this_users_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(logging_and_crash, "BYTES_A_FILE", 2000)
    with logging_and_crash.log_to_file(tmp_path):
        for number in range(200):
            logging.getLogger("x").info("line %d", number)
    assert {(tmp_path / name).stat().st_mode & 0o777 for name in os.listdir(tmp_path)} == {0o600}


CRASHING = """
import ctypes
from fieldcheck import logging_and_crash
with logging_and_crash.log_to_user_folder():
    ctypes.string_at(0)
"""
STARTING = """
from fieldcheck import logging_and_crash
with logging_and_crash.log_to_user_folder():
    pass
"""


def test_a_crash_of_native_code_is_in_the_log_of_the_next_start_and_nowhere_else(tmp_path):
    home = str(tmp_path / "anna" / "app")
    environment = {**os.environ, "FIELDCHECK_HOME": home, "HOME": str(tmp_path / "anna")}
    environment.pop("PYTHONFAULTHANDLER", None)
    got = run_python("-c", CRASHING, env=environment, text=False)
    assert (got.returncode != 0, got.stderr) == (True, b"")
    for _ in range(2):
        subprocess.run([sys.executable, "-c", STARTING], check=True, env=environment)
    logs = tmp_path / "anna" / "app" / "logs"
    text = (logs / logging_and_crash.NAME).read_text("utf-8")
    assert text.count("an earlier process crashed") == 1
    assert "string_at" in text
    assert (logs / logging_and_crash.CRASH).read_bytes() == b""


def test_a_door_logs_under_this_users_home(tmp_path, monkeypatch, capfd):
    monkeypatch.setenv("FIELDCHECK_HOME", str(tmp_path))
    with logging_and_crash.log_to_user_folder():
        logging.getLogger("x").error("kept")
    text = (tmp_path / "logs" / logging_and_crash.NAME).read_text("utf-8")
    assert "x: kept" in text
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(("said", "shown"), [
    ("rtsp://admin:s3cret@10.0.0.7:554/h264", "rtsp://10.0.0.7:554/h264"),
    ("could not open 'http://tech:p@ss@cam/video' again",
     "could not open 'http://cam/video' again"),
    ("http://cam/video?user=tech&pwd=s3cret&fps=5", "http://cam/video?user=…&pwd=…&fps=…"),
    ("http://cam/v;loginPassword=s3cret", "http://cam/v;loginPassword=…"),
    ("a frame at C:/clips/7 @ noon, http://cam/video",
     "a frame at C:/clips/7 @ noon, http://cam/video"),
    ("http://cam/user=admin_password=s3cret_channel=1", "http://…"),
    ("http://tech:s3/cr@et@cam/video lost", "http://… lost"),
    ("http://cam/video#s3cret", "http://…"),
    ("http://cam:8080/video?p=…&… is lost.", "http://cam:8080/video?p=…&… is lost."),
    ("", ""),
])  # fmt: skip
def test_an_address_is_shown_without_name_and_password(said, shown):
    assert redact_addresses(said) == shown


@given(LETTERS, LETTERS)
def test_no_password_survives(user, password):
    actual = redact_addresses(f"read of rtsp://{user}:{password}@cam.example/video failed")
    assert actual == "read of rtsp://cam.example/video failed"


@pytest.mark.parametrize(("said", "shown"), [
    ("no frame in /srv/anna/clips/a.mp4", "no frame in ~/clips/a.mp4"),
    ("/media/anna/STICK and /run/media/anna/a.mp4", "/media/…/STICK and /run/media/…/a.mp4"),
    (r"'C:\\Users\\anna\\a.mp4', D:\Users\anna", r"'C:\\Users\\…\\a.mp4', D:\Users\…"),
    ("/media/annabel/STICK, anna said so", "/media/annabel/STICK, anna said so"),
])  # fmt: skip
def test_no_path_in_the_log_holds_the_name_of_its_user(monkeypatch, tmp_path, said, shown):
    monkeypatch.setenv("HOME", "/srv/anna")
    with logging_and_crash.log_to_file(tmp_path) as path:
        logging.getLogger("x").error("%s", said)
    assert path.read_text("utf-8").rstrip().endswith(f"x: {shown}")


@pytest.mark.parametrize("home", ["/", "~"])
def test_a_service_whose_home_is_the_root_or_nowhere_is_logged_as_well(monkeypatch, home):
    monkeypatch.setenv("HOME", home)
    expected = "no frame in /srv/a.mp4, ~/b.mp4"
    assert logging_and_crash.redact_user("no frame in /srv/a.mp4, ~/b.mp4") == expected


FULL = """
import resource
from fieldcheck import logging_and_crash
taken = next(1024 * int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmSize"))
resource.setrlimit(resource.RLIMIT_AS, (taken + (8 << 20),) * 2)
held = []
for n in [1 << bits for bits in range(20, 3, -1)]:  # made before: an int needs memory as well
    try:
        while True:
            held.append(bytearray(n))
    except MemoryError as error:
        last = error
text = logging_and_crash.format_traceback(last)
del held  # what prints needs memory of its own
print(text)
"""


@pytest.mark.skipif(
    not os.path.exists("/proc/self/status"), reason="the size of a process is read from /proc"
)
def test_where_not_a_byte_is_left_the_error_is_told_by_its_name():
    finished = run_python("-c", FULL)
    assert finished.returncode == 0, finished.stderr
    assert "MemoryError" in finished.stdout
