"""Locks as a crash, another machine or a stranger left them: taken, or refused in one sentence with
the seconds of the wait told. Clocks that jump by years between two acts, and files from times that
cannot be: what was done last stays last, and nothing is a bug. A stranger's
`recordings/ID/NNN.idx`, whatever stands in it: the project opens within seconds, and it is taken in
or put aside."""

import json
import os
import platform
import shutil
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldcheck.corruptions.live_view import open_source
from fieldcheck.errors.files import FieldcheckError, VideoUnreadable
from fieldcheck.errors.projects import ProjectLocked
from fieldcheck.footage.clips_and_scene_cuts import list_sampling_lines
from fieldcheck.footage.finish_recording import (
    insert_recording,
    make_recording,
    open_with_recovery,
    recover_recordings,
)
from fieldcheck.footage.recording_container import find_index_fault
from fieldcheck.progress import NullProgress
from fieldcheck.project.backup import create_backup, list_backups
from fieldcheck.project.connection import open_for_writing
from fieldcheck.project.folder import open_project
from fieldcheck.project.recent_projects import load_recent
from fieldcheck.project.tables import recordings as recordings_table
from tests import makers
from tests.counts import rows
from tests.hostile import indexes
from tests.hostile.indexes import FIELDS, ID, KEYS
from tests.hostile.told import MOST_S, Unhindered, outcomes

COMMANDS = (("check",), ("label", "show"))
TEXTS = {
    "nothing": "", "deep": "[" * 100_000,
    "a heartbeat of 400 digits": '{"heartbeat": ' + "9" * 400 + "}",
    "a heartbeat of 5,000 digits": '{"heartbeat": ' + "9" * 5_000 + "}",
    "a heartbeat that is none": '{"heartbeat": "now", "machine": "elsewhere"}',
    "an endless heartbeat": '{"heartbeat": 1e999, "machine": "elsewhere"}',
    "sizes that are none": '{"closed": {"size": "x"}}',
    "sizes without end": '{"closed": {"size": ' + "9" * 20 + ', "mtime_ns": -1}, "machine": {}}',
    "a zero byte": "\0", "a machine that is none": '{"machine": 7, "process": "x"}', "null": "null",
    "a long name": json.dumps({
        "machine": "x" * 3_000, "process": 10**18, "since": "\x1b]0;x\x07", "heartbeat": 0,
    }),
}  # fmt: skip
NOW = {"seconds ago": -5.0, "in a minute": 60.0}
LONG_PAST = {"1970": 0.0, "before 1970": -1e18, "2099": 4_070_908_800.0, "the end of days": 4e18}


def left_by(path, heartbeat, machine="elsewhere", process=1):
    (path / "lock").write_text(
        json.dumps(
            {
                "machine": machine,
                "process": process,
                "since": "2026-11-01T00:00:00+00:00",
                "heartbeat": heartbeat,
            }
        )
    )


@pytest.mark.short_cases(2)
@pytest.mark.parametrize("kind", TEXTS)
def test_no_text_of_a_lock_is_a_bug_or_holds_anybody_up(terminal, copied, kind):
    path = copied()
    (path / "lock").write_text(TEXTS[kind])
    assert outcomes(terminal, path, COMMANDS) == {"check": 0, "label": 0}


@pytest.mark.full("hostile_locks")
def test_no_bytes_of_a_lock_are_a_bug(terminal, copied, counts, evidence):
    rng, n = np.random.default_rng(31), counts(ci=3, full=200)
    sound = json.dumps(
        {
            "machine": "elsewhere",
            "process": 7,
            "since": "",
            "heartbeat": 12.5,
            "closed": {"size": 9, "mtime_ns": 9},
        }
    ).encode()
    path = copied()
    for _ in range(n):
        data = bytearray(sound)
        for at in rng.integers(len(data), size=int(rng.integers(1, 12))).tolist():
            data[at] = int(rng.integers(256))
        (path / "lock").write_bytes(bytes(data))
        assert outcomes(terminal, path, COMMANDS) == {"check": 0, "label": 0}, bytes(data)
    evidence(changed=n)


@pytest.mark.parametrize("when", LONG_PAST)
def test_whoever_said_nothing_for_long_holds_nobody_up_whatever_its_clock_says(copied, when):
    path = copied()
    left_by(path, LONG_PAST[when])
    with Unhindered() as took, open_project(path, wait_s=MOST_S) as project:
        assert project.writable
    assert took.seconds < MOST_S


@pytest.mark.parametrize("when", NOW)
def test_who_is_alive_elsewhere_holds_it_and_a_dead_process_of_this_machine_does_not(copied, when):
    path = copied()
    left_by(path, time.time() + NOW[when])
    with pytest.raises(ProjectLocked) as refused:
        open_project(path, wait_s=0.2)
    assert refused.value.machine == "elsewhere"
    left_by(path, time.time() + NOW[when], platform.node(), process=4_000_000)
    with open_project(path, wait_s=0.2) as project:
        assert project.writable


def folder(path):
    (path / "inside").mkdir(parents=True)


def sparse(path):
    with path.open("wb") as file:
        file.truncate(10 << 30)


def device(path):
    path.symlink_to("/dev/zero")


@pytest.mark.parametrize(
    ("thing", "code"), [(folder, 1), (device, 1), (sparse, 0), (getattr(os, "mkfifo", folder), 1)]
)
def test_a_lock_that_is_no_file_is_one_sentence_a_large_one_unread(terminal, copied, thing, code):
    path = copied()
    (path / "lock").unlink(missing_ok=True)
    thing(path / "lock")
    found = outcomes(terminal, path, COMMANDS)
    assert found == {"check": code, "label": code}
    if code:
        assert "lock" in terminal.refusal("check", path)
    if (path / "lock").is_dir():
        shutil.rmtree(path / "lock")


def test_waiting_for_somebody_is_told_in_seconds(tmp_path, monkeypatch):
    told = makers.Reports()

    monkeypatch.setattr("fieldcheck.project.folder.WAIT_S", 1.2)
    path = tmp_path / "p.fieldcheck"
    with (
        makers.empty_project(path),
        pytest.raises(ProjectLocked),
        open_with_recovery(path, told, makers.NOW),
    ):
        pass
    assert {*told.seen} == {(0, 1, "seconds"), (1, 1, "seconds")}


HOUR, YEAR = 3600.0, 365.25 * 86_400
JUMPS = {
    "an hour back": -HOUR, "an hour on": HOUR, "ten years back": -10 * YEAR, "to 2099": 73 * YEAR,
    "to 1970": -56 * YEAR,
}  # fmt: skip
SECONDS = {
    "1970": 0, "before 1970": -86_400 * 365, "2099": 4_070_908_800,
    "the year 9999": 253_402_300_799, "the year 12000": 316_537_897_600,
}  # fmt: skip
DATES = (
    "2099:12:31 23:59:59", "1970:01:01 00:00:00", "0000:00:00 00:00:00", "9999:99:99 99:99:99",
    "2026:10:25 02:30:00", "x" * 19, "",
)  # fmt: skip


@pytest.fixture
def clock(monkeypatch):
    """`clock.jump(seconds)`: from now on every clock of the program is off by so much more."""

    class Clock:
        away = timedelta()

        def jump(self, seconds):
            self.away += timedelta(seconds=seconds)

    made, real = Clock(), datetime

    class Jumped(datetime):
        @classmethod
        def now(cls, tz=None):
            return real.now(tz) + made.away

    seconds = time.time
    monkeypatch.setattr(time, "time", lambda: seconds() + made.away.total_seconds())
    for name, module in list(sys.modules.items()):
        if name.startswith("fieldcheck") and getattr(module, "datetime", None) is real:
            monkeypatch.setattr(module, "datetime", Jumped)
    return made


@pytest.mark.long
@pytest.mark.parametrize(
    "jump", rows(["ten years back", "to 2099"], full=["an hour back", "an hour on", "to 1970"])
)
def test_acts_stay_in_the_order_in_which_they_were_done(terminal, copied, clock, jump):
    path = copied()
    frame = terminal.document("label", "show", path)["labels"][0]["frame_id"]
    for name in ("red", "green", "blue"):
        terminal.document("label", "set", path, frame, name)
        clock.jump(JUMPS[jump] / 3)

    def label():
        shown = terminal.document("label", "show", path)
        return next(one for one in shown["labels"] if one["frame_id"] == frame)["class"]

    assert label() == "blue"
    with open_project(path) as project:
        project.undo()
    assert label() == "green"
    clock.jump(-2 * JUMPS[jump])
    with open_project(path) as project:
        project.redo()
        actual = list_backups(path)[0].name
        assert actual == max(list_backups(path), key=lambda one: one.stat().st_mtime_ns).name
    assert label() == "blue"
    assert outcomes(terminal, path, (("check",), ("report", "--out", "{out}"),
        ("export", "--format", "csv", "--out", "{out}"))) == {
        "check": 0, "report": 0, "export": 0,
    }  # fmt: skip


def test_a_clock_that_went_ahead_makes_no_later_backup_the_older_one(tmp_path):
    """Also with more than are kept: what was made last goes last."""
    db = open_for_writing(tmp_path / "project.db", "NORMAL")
    years = [2099, *range(2026, 2038)]
    made = [create_backup(db, tmp_path, datetime(year, 1, 1, tzinfo=UTC)) for year in years]
    db.close()
    assert list_backups(tmp_path)[0] == made[-1]
    assert list_backups(tmp_path) == tuple(reversed(made))[:10]


@pytest.mark.long
@pytest.mark.parametrize(
    "when", rows(["before 1970", "the year 12000"], full=["1970", "2099", "the year 9999"])
)
def test_files_of_any_time_are_a_project_and_come_in(terminal, copied, when):
    path = copied()
    day = makers.picture_folder(path.parent / "day", ["red", "green", "blue"])
    for file in (*day.iterdir(), path / "project.db", path / "lock"):
        if file.exists():
            os.utime(file, (SECONDS[when], SECONDS[when]))
    assert load_recent(path, path.parent / "out").path == path
    assert terminal("import", path, day).code == 0
    shutil.rmtree(day)
    actual = outcomes(terminal, path, (("check",), ("label", "show"), ("report", "--out", "{out}")))
    assert actual == {"check": 0, "label": 0, "report": 0}


@pytest.mark.long
@pytest.mark.parametrize("date", rows(DATES[2:4], full=[*DATES[:2], *DATES[4:]]))
def test_a_camera_whose_date_is_none_gives_pictures_all_the_same(terminal, copied, date):
    from PIL import Image

    path = copied()
    day = path.parent / "day"
    day.mkdir()
    for number in range(3):
        picture = Image.fromarray(makers.picture("red", number))
        exif = picture.getexif()
        exif[306] = exif[36867] = date
        exif.get_ifd(0x8769)[36867] = date
        picture.save(day / f"{number}.jpg", exif=exif)
    assert terminal("import", path, day).code == 0
    shutil.rmtree(day)
    expected = {"check": 0, "report": 0}
    assert outcomes(terminal, path, (("check",), ("report", "--out", "{out}"))) == expected


SCALARS = (
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=30)
    | st.sampled_from(["jpeg", "zstd-rows", "h264", "bgr8", "mono12", "bayer_rg8", "../x", "\u202e",
    2**63, 2**31, 10**15, 0, -1, 1e308])
)  # fmt: skip
VALUES = (
    SCALARS
    | st.lists(SCALARS, max_size=3)
    | st.dictionaries(st.text(max_size=9), SCALARS, max_size=3)
)
HEADERS = st.tuples(st.just("header"), st.integers(0, 1), st.sampled_from(KEYS), VALUES)
NUMBERS = st.sampled_from(
    [0, 1, -1, 2**31, 2**32 - 1, 2**62, 2**63 - 1, 2**64 - 1, -(2**63)]
) | st.integers(-(2**63), 2**64 - 1)
RECORDS = st.tuples(st.just("record"), st.integers(0, 29), st.sampled_from(FIELDS), NUMBERS)


@pytest.fixture(scope="module")
def bases(tmp_path_factory):
    """A project in which a process died while it recorded, and one whose recording was closed."""
    folder = tmp_path_factory.mktemp("bases")
    made = indexes.made(folder / ID)
    for name in ("open", "closed", "rowless"):
        with makers.empty_project(folder / f"{name}.fieldcheck") as project:
            shutil.copytree(made, project.path / "recordings" / ID)
            if name != "rowless":
                project.write(
                    lambda db: insert_recording(db, make_recording(ID, indexes.ABOUT))
                ).result()
            if name == "closed":
                recover_recordings(project, NullProgress(), makers.NOW)
    return folder


def changed(project, changes):
    for kind, place, name, value in changes:
        idx = project / "recordings" / ID / f"{place if kind == 'header' else place % 2:03d}.idx"
        if kind == "header":
            indexes.with_header(idx, name, value)
        else:
            indexes.with_record(idx, place // 2, name, value)


def look(path):
    """Opens the project as every command does, lists, and plays what there is. How long it took."""
    with Unhindered() as took, open_with_recovery(path, NullProgress(), makers.NOW) as project:
        listed = project.read(list_sampling_lines)
        for recording in project.read(recordings_table.list_recordings):
            try:
                camera = open_source(project, recording.recording_id)
                camera.open()
                camera.read(0.05)
                camera.close()
            except FieldcheckError:
                continue
    assert len(listed) >= 0
    return took.seconds


@pytest.mark.long
@pytest.mark.parametrize(
    "name",
    [
        pytest.param(one, marks=pytest.mark.full(f"hostile_indexes_{one}"))
        for one in ("open", "closed", "rowless")
    ],
)
def test_a_project_opens_in_time_with_any_index(bases, tmp_path_factory, name, counts, evidence):
    n, took = counts(ci=12, full=300), []

    @settings(max_examples=n, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(st.lists(HEADERS | RECORDS, min_size=1, max_size=3))
    def every(changes):
        path = tmp_path_factory.mktemp("index") / "p.fieldcheck"
        shutil.copytree(bases / f"{name}.fieldcheck", path)
        changed(path, changes)
        took.extend((look(path), look(path)))
        assert max(took) < MOST_S
        shutil.rmtree(path)

    every()
    evidence(indexes=len(took) // 2, longest_s=round(max(took), 2))


@pytest.mark.parametrize(("changes", "problem"), [
    ([("header", 0, "first", 10**15), ("header", 1, "first", 10**15)], "header"),
    (
        [("header", 0, "delivery.width", 2**31), ("header", 1, "delivery.width", 2**31)],
        "header",
    ),
    ([("header", 0, "recording_id", "other")], "name"),
    ([("record", 8, "offset", 0)], "order"),
    ([("record", 8, "utc", -5)], "time"),
    ([("record", 8, "monotonic", 2**62)], "time"),
    ([("record", 8, "monotonic", -5)], "time"),
    ([("record", 8, "number", 2**64 - 1)], "number"),
])  # fmt: skip
def test_an_index_of_no_recorder_is_put_aside_and_said_once(bases, tmp_path, changes, problem):
    path = tmp_path / "p.fieldcheck"
    shutil.copytree(bases / "open.fieldcheck", path)
    changed(path, changes)
    with open_project(path) as project:
        assert find_index_fault(path / "recordings" / ID) == problem
        with pytest.raises(VideoUnreadable) as refused:
            recover_recordings(project, NullProgress(), makers.NOW)
        assert refused.value.problem == "index"
        assert (Path(refused.value.detail) / "000.frames").is_file()
        assert recover_recordings(project, NullProgress(), makers.NOW) == ()
        assert project.read(recordings_table.list_recordings) == ()


def test_the_command_says_it_in_one_sentence_and_does_its_work(bases, tmp_path, terminal):
    path = tmp_path / "p.fieldcheck"
    shutil.copytree(bases / "open.fieldcheck", path)
    changed(path, [("record", 8, "utc", -5)])
    benchmark = makers.benchmark_folder(tmp_path / "clean")
    outcome = terminal("benchmark", "set", path, benchmark, "--json")
    assert outcome.code == 0, outcome.err
    assert len(outcome.err.strip().splitlines()) == 1
    assert ID in outcome.err


def test_a_pipe_or_a_link_in_a_recording_is_not_opened(bases, tmp_path):
    path = tmp_path / "p.fieldcheck"
    shutil.copytree(bases / "open.fieldcheck", path)
    folder = path / "recordings" / ID
    (folder / "000.frames").rename(tmp_path / "elsewhere")
    (folder / "000.frames").symlink_to(tmp_path / "elsewhere")

    os.mkfifo(folder / "002.idx")
    os.mkfifo(folder / "002.frames")
    assert look(path) < MOST_S
