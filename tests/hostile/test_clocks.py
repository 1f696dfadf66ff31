"""Clocks that jump by years between two acts, and files from times that cannot be: what was done
last stays last, and nothing is a bug."""

import os
import shutil
import sys
import time
from datetime import UTC, datetime, timedelta

import pytest

from fieldcheck.project.connection import create_backup, list_backups, open_for_writing
from fieldcheck.project.folder import open_project
from fieldcheck.project.recent_projects import load_recent
from tests import makers
from tests.hostile.told import outcomes

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


@pytest.mark.parametrize("jump", JUMPS)
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


@pytest.mark.parametrize("when", SECONDS)
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


@pytest.mark.parametrize("date", DATES)
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
