import ast
import re
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from fieldcheck.timestamp import get_timestamp, parse_local_time
from tests.source import nodes

PACKAGE = Path(__file__).parent.parent / "fieldcheck"
# Where a moment is not kept with a project but compared, named in a file's name, or told of a
# recording's frames in UTC.
OTHER_CLOCKS = {
    *("project/lock.py", "project/connection.py", "evidence/project_check.py", "project/folder.py",
      "project/project.py"),
    *("footage/live_camera.py", "footage/finish_recording.py", "timestamp.py"),
}  # fmt: skip


def test_it_is_this_moment_to_the_millisecond_with_its_offset():
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    said = get_timestamp()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}[+-]\d\d:\d\d", said)
    assert before <= datetime.fromisoformat(said) <= datetime.now(UTC)


@pytest.mark.skipif(
    not hasattr(time, "tzset"), reason="Windows takes its time zone from the system only"
)
def test_it_is_told_in_the_time_of_the_site(monkeypatch):
    monkeypatch.setenv("TZ", "IST-5:30")
    time.tzset()
    try:
        assert get_timestamp().endswith("+05:30")
        expected = "2026-11-25T11:22:00+05:30"
        assert parse_local_time("2026-11-25T05:52:00+00:00").isoformat() == expected
        assert parse_local_time("2026-11-25T05:52:00").isoformat() == "2026-11-25T05:52:00+05:30"
        expected = "2026-11-25T05:52:00-01:00"
        assert parse_local_time("2026-11-25T05:52:00", -3600).isoformat() == expected
        expected = "2026-11-25T04:52:00-01:00"
        assert parse_local_time("2026-11-25T05:52:00+00:00", -3600).isoformat() == expected
    finally:
        monkeypatch.undo()
        time.tzset()


def test_no_other_module_makes_a_timestamp_of_its_own():
    guilty = [
        path.relative_to(PACKAGE).as_posix()
        for path in PACKAGE.rglob("*.py")
        for node in nodes(path)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "isoformat"
        if "datetime.now(" in ast.unparse(node.func.value)
    ]
    assert set(guilty) <= OTHER_CLOCKS
