import io

import numpy as np
import pytest

from fieldcheck.models.plugin_child import check_boxes, read_message, write_message


def test_a_message_comes_back_word_and_arrays():
    held = io.BytesIO()
    write_message(held, "ask", [np.arange(6).reshape(2, 3), np.zeros((0, 4), np.float32)])
    held.seek(0)
    word, (first, second) = read_message(held)
    assert (word, first.tolist(), second.shape) == ("ask", [[0, 1, 2], [3, 4, 5]], (0, 4))
    with pytest.raises(EOFError):
        read_message(held)


def test_a_length_beyond_all_measure_is_no_message():
    with pytest.raises(ValueError, match="more than"):
        read_message(io.BytesIO(b"\xff" * 64))


def test_boxes_scores_and_classes_are_taken_in_any_type_of_number():
    boxes, scores, classes = check_boxes(([[0, 1, 2, 3]], [1], [2]))
    assert (boxes.dtype, scores.dtype, classes.dtype) == (np.float32, np.float32, np.int64)
    assert check_boxes(((), (), ()))[0].shape == (0, 4)


@pytest.mark.parametrize(
    "found",
    [
        None,
        (),
        ([], [1], []),
        ([[1, 2, 3]], [1], [0]),
        ([[1, 2, 3, 4]], [1], [0.5]),
        ([["a"] * 4], [1], [0]),
    ],
)
def test_anything_else_is_refused(found):
    with pytest.raises(ValueError, match=r".*"):
        check_boxes(found)
