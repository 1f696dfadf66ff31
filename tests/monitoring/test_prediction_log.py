import json
import os
import tracemalloc
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.errors.files import PathMissing, PathRefused
from fieldcheck.errors.imported_files import PredictionLogRefused
from fieldcheck.files import is_share
from fieldcheck.monitoring import log_columns
from fieldcheck.monitoring.prediction_log import (
    ROWS,
    find_image_file,
    get_image_folder,
    get_relative_image_path,
    read_prediction_log,
)

GOOD = "time,prediction,confidence\n2026-11-02T06:00:00+01:00,ok,0.9\n"


def results(path):
    return [block[at] for block in read_prediction_log(path) for at in range(len(block))]


def written(tmp_path, text):
    path = tmp_path / "device.log"
    path.write_text(text, encoding="utf-8")
    return path


def test_csv_and_json_lines_say_the_same(tmp_path):
    sentence = (
        'Timestamp,Class,Score,Embedding,Path\r\n2026-11-02T06:00:00+01:00,Öl,0.9,"[1, '
        '2.5]",a/1.png\r\n'
    )
    csv = written(tmp_path, (sentence))
    (one,) = results(csv)
    row = {
        "timestamp": "2026-11-02T06:00:00+01:00", "class": "Öl", "score": 0.9,
        "embedding": [1, 2.5], "path": "a/1.png",
    }  # fmt: skip
    (other,) = results(written(tmp_path, "\ufeff" + json.dumps(row) + "\n\n"))
    assert one == other
    assert (one.prediction, one.confidence) == ("Öl", 0.9)
    assert (one.embedding, one.picture) == ((1.0, 2.5), "a/1.png")
    assert one.at.isoformat().startswith("2026-11-02T")


def test_a_time_without_offset_is_local_and_seconds_are_taken_too(tmp_path):
    for said in ("2026-11-02T06:00:00", "2026-11-02 06:00:00"):
        (one,) = results(written(tmp_path, f"time,prediction,confidence\n{said},ok,0.9\n"))
        assert (one.at.hour, one.at.tzinfo is not None) == (6, True)
    for said in (
        "2026-11-02T05:00:00Z", "2026-11-02T06:00:00.250+01:00", "20261102T060000+01:00",
        "2026-11-02T06:00:00+0100",
    ):  # fmt: skip
        (one,) = results(written(tmp_path, f"\ntime,prediction,confidence\n{said},ok,0.9\n"))
        assert int(one.at.timestamp()) == 1793595600
    sentence = '{"time": 1790000000.5, "prediction": "ok", "confidence": 1}\n'
    (one,) = results(written(tmp_path, sentence))
    assert one.at.timestamp() == 1790000000.5


def test_quoted_rows_short_rows_and_line_ends_of_either_kind_give_what_plain_ones_do(tmp_path):
    plain = "time,prediction,confidence,picture\n" + "".join(
        f"2026-11-02T06:00:{at:02d}Z,ok,0.9,p{at}\n" for at in range(60)
    )
    whole = results(written(tmp_path, plain))
    assert [one.picture for one in whole] == [f"p{at}" for at in range(60)]
    assert results(written(tmp_path, plain.replace("\n", "\r\n"))) == whole
    assert results(written(tmp_path, plain.replace(",ok,", ',"ok",') + "\n\n")) == whole
    actual = results(written(tmp_path, plain.replace(",p59", "")))
    assert actual == [*whole[:-1], replace(whole[-1], picture="")]
    *_, last = results(written(tmp_path, plain.replace(",p59", ',"two\nlines, and\nmore"')))
    assert last.picture == "two\nlines, and\nmore"


def test_a_log_longer_than_a_block_is_read_to_its_end_and_a_refusal_names_the_row(tmp_path):
    rows = [f"2026-11-02T06:00:00Z,{'ab'[at % 2] * 300},0.{at:04d}" for at in range(ROWS + 10)]
    path = written(tmp_path, "\n".join(["time,prediction,confidence", *rows]))
    found = list(read_prediction_log(path))
    assert sum(map(len, found)) == ROWS + 10
    assert {name for block in found for name in block.names} == {"a" * 200, "b" * 200}
    rows[ROWS + 5] = "2026-02-30T06:00:00Z,ok,0.5"
    with pytest.raises(PredictionLogRefused) as refused:
        list(
            read_prediction_log(written(tmp_path, "\n".join(["time,prediction,confidence", *rows])))
        )
    assert refused.value.detail == f"2026-02-30T06:00:00Z ({ROWS + 6})"


def test_entropies_may_lack_and_true_is_no_confidence(tmp_path):
    found = results(
        written(tmp_path, "time,prediction,confidence,entropy\n2026-11-02T06:00Z,ok,1,0.25\n")
    )
    assert found[0].entropy == 0.25
    row = '{"time": 1790000000, "prediction": ["ok"], "confidence": %s, "entropy": null}\n'
    (one,) = results(written(tmp_path, row % "0.5"))
    assert (one.prediction, one.entropy) == ("['ok']", None)
    with pytest.raises(PredictionLogRefused):
        results(written(tmp_path, row % "true"))


@pytest.mark.parametrize(("text", "problem"), [
    ("", "rows"),
    ("time,prediction,confidence\n", "rows"),
    ("when,what\n1,2\n", "columns"),
    (GOOD + "yesterday,ok,0.9\n", "time"),
    (GOOD + "2026-11-02T06:00:00,ok,1.7\n", "confidence"),
    (GOOD + "2026-11-02T06:00:00,ok,nan\n", "confidence"),
    (GOOD + "2026-11-02T06:00:00,ok\n", "confidence"),
    ('{"time": 1, "prediction": "ok", "confidence": 0.5, "embedding": ["x"]}\n', "embedding"),
    ('{"time": 1e300, "prediction": "ok", "confidence": 0.5}\n', "time"),
    ('{"time": 1\n', "text"),
    ("PAR1 and what follows", "damaged"),
    ("time,prediction,confidence,entropy\n2026-11-02T06:00:00,ok,0.9,-1\n", "entropy"),
    ("{" + "[" * 100_000 + "\n", "text"),
])  # fmt: skip
def test_what_is_no_log_is_refused_with_its_line(tmp_path, text, problem):
    with pytest.raises(PredictionLogRefused) as refused:
        list(read_prediction_log(written(tmp_path, text)))
    assert refused.value.problem == problem


@pytest.mark.parametrize("begun", ["{", GOOD, "time,prediction,confidence"])
def test_a_line_without_an_end_is_refused_before_it_is_held_whole(tmp_path, begun):
    """A hole of half a gigabyte, which takes no room on a disk."""
    path = written(tmp_path, begun)
    with path.open("r+b") as file:
        file.truncate(1 << 29)
    tracemalloc.start()
    with pytest.raises(PredictionLogRefused) as refused:
        results(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert refused.value.problem == "text"
    assert peak < 64e6


def test_a_file_that_is_not_there_or_no_text(tmp_path):
    with pytest.raises(PathMissing):
        list(read_prediction_log(tmp_path / "gone.csv"))
    (tmp_path / "x.csv").write_bytes(b"\xff\xfe\x00time")
    with pytest.raises(PredictionLogRefused):
        list(read_prediction_log(tmp_path / "x.csv"))


@given(st.text(max_size=200))
def test_any_text_is_read_or_refused(tmp_path_factory, text):
    path = tmp_path_factory.mktemp("log") / "any.csv"
    path.write_text(text, encoding="utf-8", errors="replace")
    with suppress(PredictionLogRefused):
        assert all(0 <= one.confidence <= 1 for one in results(path))


DAY = "2026-11-02T06:00:{:02d}Z"


def lines(separator, *rows):
    return (
        "\n".join(separator.join(row) for row in (("time", "prediction", "confidence"), *rows))
        + "\n"
    )


@pytest.mark.parametrize("separator", [";", "\t"])
def test_other_separators_and_their_decimal_commas_are_read(tmp_path, separator):
    found = results(
        written(
            tmp_path,
            lines(separator, (DAY.format(1), "ok", "0,97"), (DAY.format(2), "crack", "0.5")),
        )
    )
    assert [(one.prediction, one.confidence) for one in found] == [("ok", 0.97), ("crack", 0.5)]


def test_a_quoted_decimal_comma_is_read(tmp_path):
    (one,) = results(written(tmp_path, lines(",", (DAY.format(1), "ok", '"0,97"'))))
    assert one.confidence == 0.97


REFUSED = {
    "decimal comma": (
        lines(",", (DAY.format(1), "ok", "0.9"), (DAY.format(2), "ok", "0", "97")), "fields",
        "2: 4 ≠ 3",
    ),
    "every decimal comma": (
        lines(",", (DAY.format(1), "ok", "0", "97"), (DAY.format(2), "ok", "0", "97")), "fields",
        "1: 4 ≠ 3",
    ),
    "quote to the end": (
        lines(
            ",", (DAY.format(1), "ok", "0.9"), (DAY.format(2), '"ok', "0.9"),
            (DAY.format(3), "ok", "0.9"),
        ),
        "quote", "2",
    ),
    "quote to the next": (
        lines(
            ",", (DAY.format(1), '"ok', "0.9"), (DAY.format(2), 'ok"', "0.9"),
            (DAY.format(3), "ok", "1"),
        ),
        "quote", "1",
    ),
    "every quote": (lines(",", *((DAY.format(at), '"ok', "0.9") for at in range(8))), "quote", "1"),
    "quote in the header": (
        'time,"prediction,confidence\n' + DAY.format(1) + ",ok,0.9\n", "quote", "0",
    ),
    "no prediction": (
        "time,confidence,prediction\n" + DAY.format(1) + ",0.9,ok\n" + DAY.format(2) + ",0.9\n",
        "prediction", "2",
    ),
    "null": ('{"time": 1, "prediction": null, "confidence": 0.5}\n', "prediction", "1"),
    "true": ('{"time": true, "prediction": "ok", "confidence": 0.5}\n', "time", "True (1)"),
    "underscores": (lines(",", (DAY.format(1), "ok", "0.9_7")), "confidence", "0.9_7 (1)"),
    "thousands": (lines(";", (DAY.format(1), "ok", "1.000,5")), "confidence", "1.000,5 (1)"),
    "true in a vector": (
        '{"time": 1, "prediction": "ok", "confidence": 0.5, "embedding": [true, 1]}\n', "embedding",
        "1",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_what_would_be_read_wrongly_is_refused_with_its_row(tmp_path, name):
    text, problem, detail = REFUSED[name]
    with pytest.raises(PredictionLogRefused) as refused:
        results(written(tmp_path, text))
    assert (refused.value.problem, refused.value.detail) == (problem, detail)


@pytest.mark.parametrize(
    ("at", "columns"),
    [(1, "time,picture,prediction,confidence"), (3, "time,prediction,confidence,picture")],
)
def test_a_quote_that_swallowed_a_row_into_a_name_is_refused(tmp_path, at, columns):
    rows = [[DAY.format(n), "ok", "0.9"] for n in (1, 2, 3)]
    for n, row in enumerate(rows):
        row.insert(at, ('"p0', 'p1"', "p2")[n])
    with pytest.raises(PredictionLogRefused) as refused:
        results(written(tmp_path, "\n".join([columns, *map(",".join, rows)]) + "\n"))
    assert (refused.value.problem, refused.value.detail) == ("quote", "1")


def test_a_row_that_ends_in_separators_is_none_with_more_fields(tmp_path):
    (one,) = results(written(tmp_path, GOOD.rstrip() + ",,\n"))
    assert one.confidence == 0.9


def test_lines_before_the_first_object_may_be_empty(tmp_path):
    sentence = '\n\n{"time": 1, "prediction": " ok ", "confidence": 0.5}\n'
    actual = len(results(written(tmp_path, sentence)))
    assert actual == 1


@pytest.fixture
def folder(tmp_path):
    made = tmp_path / "log"
    (made / "p").mkdir(parents=True)
    (made / "p" / "1.png").write_bytes(b"x")
    return made


def test_a_path_below_the_folder_is_kept_whether_it_is_written_whole_or_not(folder):
    stored = get_image_folder(folder)
    assert stored == f"{folder}{os.sep}"
    for named in ("p/1.png", "./p/1.png", "p\\1.png", f"{folder}/p/1.png", "p//1.png"):
        assert get_relative_image_path(stored, named) == "p/1.png"
        expected = (folder / "p" / "1.png", "")
        assert find_image_file(stored, get_relative_image_path(stored, named)) == expected
    assert get_relative_image_path(stored, "  ") == ""


@pytest.mark.parametrize(("named", "left"), [
    ("/etc/passwd", "…/passwd"),
    ("../key.pem", "…/key.pem"),
    ("p/../../key.pem", "…/key.pem"),
    ("\\\\server\\share\\a.png", "…/a.png"),
    ("C:\\Users\\ana\\a.png", "…/a.png"),
    ("https://example.org/a.png", "…/a.png"),
    ("file:///etc/passwd", "…/passwd"),
    ("…/a.png", "…/a.png"),
    ("a/" * 600 + "b.png", "…/b.png"),
    ("a\ud800.png", "…/a�.png"),
    ("a\0b", "…/a�b"),
])  # fmt: skip
def test_of_a_path_elsewhere_only_the_name_is_left_and_no_file_is_meant(folder, named, left):
    stored = get_image_folder(folder)
    assert get_relative_image_path(stored, named) == left
    with pytest.raises(PathRefused):
        find_image_file(stored, left)


def test_a_path_that_climbs_out_of_the_folder_by_its_whole_name_is_elsewhere(folder):
    assert get_relative_image_path(get_image_folder(folder), f"{folder}/../key.pem") == "…/key.pem"


@pytest.mark.parametrize(
    "folder", ["", "relative", "\\\\server\\share\\", "//server/share/", "…/log"]
)
def test_a_folder_of_another_computer_holds_nothing(folder):
    with pytest.raises(PathRefused):
        find_image_file(folder, "p/1.png")


def test_a_frame_of_a_video_is_its_file_and_its_second_unless_a_file_is_called_so(folder):
    stored = get_image_folder(folder)
    assert find_image_file(stored, "a.mp4#t=12.5") == (folder / "a.mp4", "12.5")
    (folder / "b#t=1").write_bytes(b"x")
    assert find_image_file(stored, "b#t=1") == (folder / "b#t=1", "")


@pytest.mark.skipif(os.name == "nt", reason="needs links and pipes")
def test_links_are_followed_below_the_folder_only_and_a_pipe_is_refused(folder, tmp_path):
    (tmp_path / "key.pem").write_text("secret")
    (folder / "in.png").symlink_to(folder / "p" / "1.png")
    (folder / "out.png").symlink_to(tmp_path / "key.pem")
    (folder / "up").symlink_to(tmp_path)
    os.mkfifo(folder / "pipe.png")
    stored = get_image_folder(folder)
    assert find_image_file(stored, "in.png") == (folder / "in.png", "")
    for named in ("out.png", "up/key.pem", "pipe.png"):
        with pytest.raises(PathRefused):
            find_image_file(stored, named)


def test_below_the_root_of_a_disk_everything_lies_so_it_is_no_folder():
    assert get_image_folder(Path("/")) == ""


def test_a_share_is_told_by_how_windows_writes_it():
    assert [
        is_share(one) for one in ("\\\\server\\share", "//server/share/a", "C:\\a", "/a/b", "a")
    ] == [True, True, False, False, False]


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
