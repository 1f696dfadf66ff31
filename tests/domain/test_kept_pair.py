from dataclasses import FrozenInstanceError

import pytest

from fieldcheck.domain.robustness import SavedComparison


def test_a_pair_cannot_be_changed():
    pair = SavedComparison("k", "s", "a", "b", (("dark", 1.0),), 0, (), (), 0.5, 0.5, "")
    with pytest.raises(FrozenInstanceError):
        pair.seed = 1
