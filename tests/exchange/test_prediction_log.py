import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.errors import PathMissing, PredictionLogRefused
from fieldcheck.exchange.prediction_log import parquet_reader, read_prediction_log

GOOD = "time,prediction,confidence\n2026-11-02T06:00:00+01:00,ok,0.9\n"


def written(tmp_path, text):
    path = tmp_path / "device.log"
    path.write_text(text, encoding="utf-8")
    return path


def test_csv_and_json_lines_say_the_same(tmp_path):
    csv = written(tmp_path, 'Timestamp,Class,Score,Embedding,Path\r\n2026-11-02T06:00:00+01:00,Öl,0.9,"[1, 2.5]",a/1.png\r\n')
    (one,) = read_prediction_log(csv)
    row = {"timestamp": "2026-11-02T06:00:00+01:00", "class": "Öl", "score": 0.9, "embedding": [1, 2.5], "path": "a/1.png"}
    (other,) = read_prediction_log(written(tmp_path, "\ufeff" + json.dumps(row) + "\n\n"))
    assert one == other
    assert (one.prediction, one.confidence, one.embedding, one.picture) == ("Öl", 0.9, (1.0, 2.5), "a/1.png")
    assert one.at.isoformat().startswith("2026-11-02T")


def test_a_time_without_offset_is_local_and_seconds_are_taken_too(tmp_path):
    for said in ("2026-11-02T06:00:00", "2026-11-02 06:00:00"):
        (one,) = read_prediction_log(written(tmp_path, f"time,prediction,confidence\n{said},ok,0.9\n"))
        assert (one.at.hour, one.at.tzinfo is not None) == (6, True)
    for said in ("2026-11-02T05:00:00Z", "2026-11-02T06:00:00.250+01:00", "20261102T060000+01:00", "2026-11-02T06:00:00+0100"):
        (one,) = read_prediction_log(written(tmp_path, f"\ntime,prediction,confidence\n{said},ok,0.9\n"))
        assert int(one.at.timestamp()) == 1793595600
    (one,) = read_prediction_log(written(tmp_path, '{"time": 1790000000.5, "prediction": "ok", "confidence": 1}\n'))
    assert one.at.timestamp() == 1790000000.5


@pytest.mark.parametrize(
    ("text", "problem"),
    [
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
        ("PAR1 and what follows", "parquet" if parquet_reader() is None else "damaged"),
        ("time,prediction,confidence,entropy\n2026-11-02T06:00:00,ok,0.9,-1\n", "entropy"),
        ("{" + "[" * 100_000 + "\n", "text"),
    ],
)
def test_what_is_no_log_is_refused_with_its_line(tmp_path, text, problem):
    with pytest.raises(PredictionLogRefused) as refused:
        list(read_prediction_log(written(tmp_path, text)))
    assert refused.value.problem == problem


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
        assert all(0 <= one.confidence <= 1 for one in read_prediction_log(path))
