from datetime import datetime, timedelta

import pytest

from fieldcheck.i18n import language
from fieldcheck.ui import formatting


@pytest.mark.parametrize(("seconds", "said"), [
    (0.2, "about 5 s left"),
    (42, "about 45 s left"),
    (61, "about 1:15 min left"),
    (290, "about 5:00 min left"),
    (301, "about 6 min left"),
])  # fmt: skip
def test_the_time_left_is_rounded_to_what_can_be_known(seconds, said):
    assert formatting.format_time_left(seconds) == said


@pytest.mark.parametrize(
    ("n_bytes", "said"), [(38e9, "38 GB"), (1.44e9, "1.4 GB"), (6.2e6, "6 MB"), (10, "1 MB")]
)
def test_a_size_is_said_in_the_unit_that_fits(n_bytes, said):
    assert formatting.format_size(n_bytes) == said


def test_decimals_are_written_as_the_language_does():
    with language.use_language("de"):
        assert formatting.format_size(1.44e9) == "1,4 GB"


def test_today_is_called_today():
    now = datetime.now().replace(hour=14, minute=32)
    assert formatting.format_timestamp(now) == "today 14:32"
    assert formatting.format_timestamp(now - timedelta(days=400)).endswith("14:32")
    assert formatting.format_time_of_day(datetime(2026, 3, 1, 14, 32, 7)) == "14:32:07"


@pytest.mark.parametrize(("n", "said"), [(1, "1 frame"), (100, "100 frames")])
def test_frames_are_counted(n, said):
    assert formatting.format_frame_count(n) == said
