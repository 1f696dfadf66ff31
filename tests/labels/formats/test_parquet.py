import sys

import pytest

from fieldcheck.errors.files import ExtraMissing
from fieldcheck.errors.messages import format_error
from fieldcheck.labels.formats import csv_parquet


def test_without_its_extra_one_sentence_says_what_to_install_and_nothing_is_written(
    tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ExtraMissing) as caught:
        csv_parquet.write_parquet(tmp_path / "out", (), [])
    assert "Nothing was written. Install the extra “parquet”" in format_error(caught.value)
    assert not (tmp_path / "out").exists()
