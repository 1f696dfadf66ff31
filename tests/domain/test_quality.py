import numpy as np
import pytest

from fieldcheck.domain.frame import FrameFacts, Quality


def test_the_statistics_of_a_frame_cannot_be_written():
    facts = FrameFacts(
        "r-000001", Quality(118.0, 200.0, 0.0, 0.01, 6.5, 1.2, -3.0), 1, 2, np.zeros(16, np.float32)
    )
    with pytest.raises(ValueError, match="read-only"):
        facts.statistics[0] = 1
