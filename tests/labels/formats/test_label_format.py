import pytest

from fieldcheck.labels.formats.label_format import LabelFormat


def test_a_format_that_is_neither_read_nor_written_is_none():
    with pytest.raises(ValueError, match="ledger"):
        LabelFormat("ledger", frozenset({"boxes"}))
