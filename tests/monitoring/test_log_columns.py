from datetime import datetime, timedelta

import numpy as np
import pytest

from fieldcheck.monitoring import log_columns

FORMS = (
    "2026-11-02T06:00:{:02d}+01:00", "2026-03-29 02:30:{:02d}.250-05:30",
    "2026-07-02T06:00:{:02d}.123456", "2026-11-02T06:00:{:02d}Z", "20261102T0600{:02d}+0100",
    "1969-11-02T06:00:{:02d}+00:00",
)  # fmt: skip


@pytest.mark.parametrize("form", FORMS)
def test_many_at_once_are_read_as_each_by_itself(form):
    said = [form.format(at) for at in range(60)]
    alone = [datetime.fromisoformat(one).astimezone() for one in said]
    times = log_columns.parse_times(said)
    assert [
        log_columns.EPOCH + timedelta(microseconds=at) for at in times.timestamps_us.tolist()
    ] == alone
    assert [
        log_columns.make_local_time(*one).isoformat()
        for one in zip(times.timestamps_us.tolist(), times.utc_offsets_s.tolist(), strict=True)
    ] == [one.isoformat() for one in alone]


def test_forms_may_be_mixed_and_seconds_are_taken_too():
    said = [form.format(7) for form in FORMS]
    actual = log_columns.parse_times(said).timestamps_us.tolist()
    assert actual == [int(log_columns.parse_times([one]).timestamps_us[0]) for one in said]
    expected = [1790000000_500000, 1793599200_000000]
    assert (
        log_columns.parse_times([1790000000.5, "2026-11-02T06:00Z"]).timestamps_us.tolist()
        == expected
    )


@pytest.mark.parametrize("wrong", [
    "2026-02-30T06:00:00+01:00", "2026-02-20T24:00:00+01:00", "2026-02-20T06:00:00+24:00",
    "2026-02-20T06-00:00+01:00", None, "0001-01-01T06:00:00+00:00", "1899-12-31",
    "9999-12-31T23:59:59-14:00", True,
])  # fmt: skip
def test_the_first_that_is_no_time_is_named(wrong):
    said = ["2026-11-02T06:00:00+01:00"] * 5
    with pytest.raises(log_columns.InvalidTimestamp) as refused:
        log_columns.parse_times([*said, wrong, *said, wrong])
    assert refused.value.place == 5


@pytest.mark.parametrize("ending", ["\n", "", "\r\n"])
def test_lines_of_equal_width_become_columns(ending):
    columns = log_columns.split_csv_columns("a,Öl,\r\nbb,,3" + ending, 3)
    assert [list(one) for one in columns] == [["a", "bb"], ["Öl", ""], ["", "3"]]
    assert list(columns[0][1:]) == ["bb"]


@pytest.mark.parametrize(
    "text", ['a,"b"\n', "a,b\n\n", "a,b,c\na\n", "a\nb,c,d\n", "a,b\rc,d\n", "a,\0\n"]
)
def test_lines_that_need_more_than_a_split_are_left_to_others(text):
    assert log_columns.split_csv_columns(text, 2) is None


def test_plain_decimals_are_read_to_the_last_digit():
    said = [repr(one) for one in np.random.default_rng(0).random(500).round(14).tolist()] + [
        "1",
        "0.0",
        "12.50",
        ".5",
    ]
    assert log_columns.parse_decimals(log_columns.make_text_column(said)).tolist() == [
        float(one) for one in said
    ]


@pytest.mark.parametrize(
    "wrong", ["", "nan", "1e-3", "-0.5", "0.1.2", "0,5", ".", "0.1234567890123456", "٣.٥"]
)
def test_a_column_with_any_other_figure_is_left_to_others(wrong):
    assert log_columns.parse_decimals(log_columns.make_text_column(["0.5", wrong, "0.25"])) is None


def test_distinct_texts_are_told_apart_unless_there_are_very_many():
    said = ["ok", "no", "crack", "ok", "", "Öl", "no"]
    names, places = log_columns.find_distinct_texts(log_columns.make_text_column(said))
    assert [names[at] for at in places] == said
    assert len(names) == len(set(said))
    texts = [f"{at:03d}" for at in range(log_columns.MOST_DISTINCT + 1)]
    assert log_columns.find_distinct_texts(log_columns.make_text_column(texts)) is None
