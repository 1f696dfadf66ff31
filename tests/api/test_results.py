from pathlib import Path

import pytest

from fieldcheck.api import results
from fieldcheck.api.results import ScriptPick, ScriptPicks, ScriptRun, ScriptRuns, plain_sentence
from fieldcheck.domain.estimate import Estimate
from fieldcheck.errors.files import PandasMissing
from fieldcheck.errors.models import ModelUnknown

RUN = ScriptRun(
    "r", "net", "field", 2, 2, 0, False, "accuracy",
    Estimate.from_limits(0.5, 0.1, 0.9, n=20, n_eff=20, method="wilson"),
)  # fmt: skip


class Frame:
    """As much of pandas as is called."""

    def __init__(self, rows):
        self.rows = rows


def test_an_estimate_is_four_columns_and_nothing_measured_is_none():
    run = ScriptRun(
        *[getattr(RUN, name) for name in RUN.__slots__[:-1]], Estimate.not_measured("no_labels")
    )
    first, second = ScriptRuns((RUN, run)).rows()
    expected = {"score": 0.5, "score_lo": 0.1, "score_hi": 0.9, "score_n": 20}
    assert {key: first[key] for key in first if key.startswith("score")} == expected
    assert second["score"] is second["score_lo"] is None
    assert second["score_n"] == 0


def test_rows_become_a_data_frame_where_pandas_is_there(monkeypatch):
    picks = ScriptPicks("even", 0, False, 9, (
        ScriptPick("f", "c", 0.5, "even", None, 0.1, 10.0, "even", Path("f.png")),
    ))  # fmt: skip
    monkeypatch.setattr(
        results, "import_module", lambda name: type("pandas", (), {"DataFrame": Frame})
    )
    assert picks.to_dataframe().rows == picks.rows()
    assert picks.rows()[0]["hardness"] is None


def test_without_pandas_one_sentence_says_what_to_do(monkeypatch):
    def gone(name):
        raise ImportError(name)

    monkeypatch.setattr(results, "import_module", gone)
    with pytest.raises(PandasMissing) as refused:
        ScriptRuns((RUN,)).to_dataframe()
    assert (
        "pandas is not installed. Nothing was changed. Install pandas, or use the method rows "
        "instead of to_dataframe."
    ) in plain_sentence(refused.value)


def test_a_sentence_is_the_one_of_the_terminal():
    expected = "Nothing was changed. Add a model (`fieldcheck model set`)."
    assert plain_sentence(ModelUnknown("m", ())).endswith(expected)
