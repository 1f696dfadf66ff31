from dataclasses import FrozenInstanceError

import pytest

from fieldcheck.analyses.report_data import Confusion, WorstFrame


def test_a_confusion_table_has_a_row_and_a_column_for_every_class():
    with pytest.raises(ValueError, match="2 x 2"):
        Confusion(("ok", "crack"), ((3, 1),), ((3.0, 1.0), (0.0, 2.0)))


def test_a_report_part_cannot_be_altered():
    worst = WorstFrame("a-000001", b"", ("crack",), ("ok",), 0.99)
    with pytest.raises(FrozenInstanceError):
        worst.confidence = 0.5


def test_a_picture_does_not_flood_the_log():
    assert len(repr(WorstFrame("a-000001", b"x" * 10_000, ("crack",), ("ok",), 0.99))) < 300
