from pathlib import Path

from fieldcheck.report.explore_data import GapProgress
from fieldcheck.ui.screens.report.presenter import format_export_time, format_exported, list_missing


def missing(**other):
    fields = {
        "n_listed": 400, "n_picked": 100, "n_labelled": 100, "n_left": 0, "model": "m",
        "has_benchmark": True, "n_answers": 0, "key": "",
    }  # fmt: skip
    return GapProgress(**(fields | other))


def test_nothing_is_said_where_nothing_is_missing():
    assert list_missing(missing()) == ()


def test_each_thing_that_is_missing_has_its_sentence():
    bare = missing(n_listed=0, n_picked=0, n_labelled=0, model="", has_benchmark=False)
    assert list_missing(bare) == ("No footage imported.", "No model added.", "No benchmark set.")
    assert list_missing(missing(n_picked=0, n_labelled=0)) == ("No frames picked.",)
    assert list_missing(missing(n_left=63)) == ("63 of 100 frames are not labelled.",)
    assert list_missing(missing(n_left=1)) == ("1 of 100 frames is not labelled.",)
    assert list_missing(missing(n_answers=7)) == ("7 predictions are missing.",)


def test_what_was_written_is_named_and_that_it_was_compared():
    expected = "Exported to Fieldcheck_Line-4. All files verified."
    assert format_exported(Path("/media/a/Fieldcheck_Line-4")) == expected
    assert format_export_time("14:32:07") == "✓ Exported 14:32:07"
