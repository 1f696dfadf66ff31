import sys

import pytest

from fieldcheck.errors import ExtraMissing
from fieldcheck.exchange import parquet
from fieldcheck.words.sentences import format_error


def test_without_its_extra_one_sentence_says_what_to_install_and_nothing_is_written(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(ExtraMissing) as caught:
        parquet.write_parquet(tmp_path / "out", (), [])
    assert "Nothing was written. Install the extra “parquet”" in format_error(caught.value)
    assert not (tmp_path / "out").exists()
