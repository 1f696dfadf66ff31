import pytest

from fieldcheck.domain.filter import Filter
from fieldcheck.domain.saved_slice import SavedSlice


def test_a_slice_has_a_name():
    assert SavedSlice("night", Filter().only("light", "dark")).wanted.values("light") == ("dark",)
    with pytest.raises(ValueError, match="without a name"):
        SavedSlice("  ", Filter())
