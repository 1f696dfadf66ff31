import numpy as np
import pytest
from faster_coco_eval.core import mask as reference
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldcheck.labels.formats.shapes import decode_brush_rle, decode_counts, decode_rle

MASKS = st.tuples(st.integers(1, 40), st.integers(1, 40), st.integers(0, 2**32 - 1)).map(
    lambda one: np.random.default_rng(one[2]).random((one[0], one[1])) < 0.3
)


@given(MASKS)
@settings(max_examples=40, deadline=None)
def test_packed_runs_are_read_as_those_who_made_them_read_them(mask):
    packed = reference.encode(np.asfortranarray(mask.astype(np.uint8)))
    assert (decode_rle(packed["counts"].decode(), list(mask.shape)) == mask).all()
    assert (
        decode_rle(list(decode_counts(packed["counts"].decode())), list(mask.shape)) == mask
    ).all()


@pytest.mark.parametrize(
    ("counts", "size"),
    [
        ([3, 4], [60, 90]), ([-1, 5], [2, 2]), ([2, True, 1], [2, 2]), (["4"], [2, 2]), ([float("inf")], [2, 2]), ([10**30], [2, 2]),
        ("zzzzzzzzzzzz", [2, 2]), ("é", [2, 2]), ("o", [2, 2]), ([4], [2]), ([4], [2, -2]), ([4], "22"), ([4], [10**6, 10**6]),
        (None, [2, 2]),
    ],
)  # fmt: skip
def test_runs_that_are_no_mask_are_refused(counts, size):
    with pytest.raises(ValueError):  # noqa: PT011
        decode_rle(counts, size)


def brush(mask):
    """As Label Studio packs it: four equal figures a pixel, in runs of one value and of up to
    sixteen."""
    values = np.repeat(mask.ravel().astype(np.uint8) * 255, 4)
    bits = f"{values.size:032b}{7:05b}" + "".join(f"{length - 1:04b}" for length in (4, 8, 12, 16))
    at = 0
    while at < values.size:
        end = at + 1
        while end < min(values.size, at + 16) and values[end] == values[at]:
            end += 1
        bits += f"100{end - at - 1:04b}{values[at]:08b}"
        at = end
    return [int(bits[at : at + 8].ljust(8, "0"), 2) for at in range(0, len(bits), 8)]


@given(MASKS)
@settings(max_examples=15, deadline=None)
def test_a_brush_is_read_as_it_was_painted(mask):
    assert (decode_brush_rle(brush(mask), mask.shape[1], mask.shape[0]) == mask).all()


@pytest.mark.parametrize(
    "data",
    [None, [], [1, 2, 3], [256] * 20, [0, 0, 0, 16] + [255] * 30, brush(np.ones((2, 2)))[:-1]],
)
def test_a_brush_that_ends_early_is_refused(data):
    with pytest.raises(ValueError):  # noqa: PT011
        decode_brush_rle(data, 2, 2)
