import numpy as np
import pytest

from fieldcheck.domain.prediction import Prediction


@pytest.mark.parametrize(
    "answer", [np.zeros(3, np.float64), np.zeros((1, 2, 6), np.float32), np.float32(1)]
)
def test_only_rows_of_float32_are_an_answer(answer):
    with pytest.raises(ValueError, match="an answer is"):
        Prediction("r-000001", np.asarray(answer))


@pytest.mark.parametrize("answer", [np.zeros(3, np.float32), np.zeros((0, 6), np.float32)])
def test_an_answer_cannot_be_changed_afterwards(answer):
    assert not Prediction("r-000001", answer).answer.flags.writeable
