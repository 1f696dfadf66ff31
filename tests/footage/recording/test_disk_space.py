from pathlib import Path

import pytest

from fieldcheck.footage.recorder import DiskLimits, DiskSpaceMonitor, DiskUsageRegistry

MB = 1_000_000
LIMITS = DiskLimits(short_s=900, urgent_s=300, stop_bytes=1000 * MB, stop_s=120)


def room(free):
    return DiskSpaceMonitor(Path("."), LIMITS, lambda _: free)


def test_the_rate_is_that_of_the_last_thirty_seconds():
    measured = room(50_000 * MB)
    for second in range(60):
        measured.get_space_left(second, second * 8 * MB)
    for second in range(60, 100):
        last = measured.get_space_left(second, 480 * MB + (second - 60) * 2 * MB)
    assert last.bytes_per_s == pytest.approx(2 * MB, rel=0.05)


@pytest.mark.parametrize(
    ("free_mb", "seconds", "level"),
    [
        (20_000, 1880, "plenty"),
        (9_900, 870, "short"),
        (3_900, 270, "urgent"),
        (1_210, 1, "urgent"),
        (1_200, 0, "stop"),
        (400, 0, "stop"),
    ],
)
def test_what_is_left_is_told_in_seconds_until_it_stops_by_itself(free_mb, seconds, level):
    measured = room(free_mb * MB)
    measured.get_space_left(0, 0)
    left = measured.get_space_left(10, 100 * MB)
    assert (left.level, left.seconds) == (level, pytest.approx(seconds))


def test_a_fast_camera_stops_where_two_minutes_of_it_would_not_fit():
    measured = room(11_000 * MB)
    measured.get_space_left(0, 0)
    assert measured.get_space_left(10, 1000 * MB).level == "stop"


def test_before_anything_is_written_the_expected_rate_stands_in():
    assert room(50_000 * MB).get_space_left(0, 0).seconds is None
    assert room(7_000 * MB).get_space_left(0, 0, expected=10 * MB).seconds == pytest.approx(580)


def test_a_rate_of_nothing_leaves_all_the_time_there_is():
    measured = room(5_000 * MB)
    for second in range(100):
        left = measured.get_space_left(second, 7 * MB)
    assert (left.level, left.seconds) == ("plenty", None)


def test_the_room_of_a_folder_that_is_not_made_yet_is_that_of_its_disk(tmp_path):
    assert DiskSpaceMonitor(tmp_path / "a" / "b").get_space_left(0, 0).free_bytes > 0


def test_recordings_on_one_disk_reckon_with_each_other():
    together = DiskUsageRegistry()
    one, other = (
        DiskSpaceMonitor(Path("."), LIMITS, lambda _: 10_000 * MB, together) for _ in range(2)
    )
    for second in range(11):
        alone = one.get_space_left(float(second), second * 10 * MB)
    for second in range(11):
        both = other.get_space_left(float(second), second * 30 * MB)
    assert (alone.bytes_per_s, alone.seconds) == (10.0 * MB, pytest.approx((10_000 - 1200) / 10))
    assert (both.bytes_per_s, both.seconds) == (30.0 * MB, pytest.approx((10_000 - 4800) / 40))
    assert one.get_space_left(11.0, 110 * MB).seconds == pytest.approx((10_000 - 4800) / 40)
    other.close()
    assert one.get_space_left(12.0, 120 * MB).seconds == pytest.approx((10_000 - 1200) / 10)


def test_a_recording_that_is_only_thought_of_takes_nothing_from_the_others():
    together = DiskUsageRegistry()
    one, thought = (
        DiskSpaceMonitor(Path("."), LIMITS, lambda _: 10_000 * MB, together) for _ in range(2)
    )
    for second in range(11):
        one.get_space_left(float(second), second * 10 * MB)
    actual = thought.get_space_left(0.0, 0, expected=30.0 * MB).seconds
    assert actual == pytest.approx((10_000 - 4800) / 40)
    assert one.get_space_left(11.0, 110 * MB).seconds == pytest.approx((10_000 - 1200) / 10)
