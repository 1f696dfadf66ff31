import numpy as np
import pytest

from fieldcheck.monitoring.log_columns import (
    MOST_DISTINCT,
    find_distinct_texts,
    make_text_column,
    parse_decimals,
    split_csv_columns,
)


@pytest.mark.parametrize("ending", ["\n", "", "\r\n"])
def test_lines_of_equal_width_become_columns(ending):
    columns = split_csv_columns("a,Öl,\r\nbb,,3" + ending, 3)
    assert [list(one) for one in columns] == [["a", "bb"], ["Öl", ""], ["", "3"]]
    assert list(columns[0][1:]) == ["bb"]


@pytest.mark.parametrize(
    "text", ['a,"b"\n', "a,b\n\n", "a,b,c\na\n", "a\nb,c,d\n", "a,b\rc,d\n", "a,\0\n"]
)
def test_lines_that_need_more_than_a_split_are_left_to_others(text):
    assert split_csv_columns(text, 2) is None


def test_plain_decimals_are_read_to_the_last_digit():
    said = [repr(one) for one in np.random.default_rng(0).random(500).round(14).tolist()] + [
        "1",
        "0.0",
        "12.50",
        ".5",
    ]
    assert parse_decimals(make_text_column(said)).tolist() == [float(one) for one in said]


@pytest.mark.parametrize(
    "wrong", ["", "nan", "1e-3", "-0.5", "0.1.2", "0,5", ".", "0.1234567890123456", "٣.٥"]
)
def test_a_column_with_any_other_figure_is_left_to_others(wrong):
    assert parse_decimals(make_text_column(["0.5", wrong, "0.25"])) is None


def test_distinct_texts_are_told_apart_unless_there_are_very_many():
    said = ["ok", "no", "crack", "ok", "", "Öl", "no"]
    names, places = find_distinct_texts(make_text_column(said))
    assert [names[at] for at in places] == said
    assert len(names) == len(set(said))
    assert (
        find_distinct_texts(make_text_column([f"{at:03d}" for at in range(MOST_DISTINCT + 1)]))
        is None
    )
