from math import isnan, nan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldcheck.project.tables import values


@given(st.integers(0, 2**64 - 1))
def test_64_bits_survive_as_a_signed_number(bits):
    stored = values.to_signed(bits)
    assert -(2**63) <= stored < 2**63
    assert values.from_signed(stored) == bits


def test_nan_and_unknown_are_null():
    assert values.to_real(nan) is None
    assert values.to_real(None) is None
    assert values.to_real(np.float32(0.5)) == 0.5
    assert isnan(values.from_real(None))
    assert values.from_real(0.5) == 0.5


def test_a_flag_may_be_unknown():
    expected = [True, False, None]
    assert [values.from_flag(values.to_flag(one)) for one in (True, False, None)] == expected


def test_the_same_value_gives_the_same_text():
    assert (
        values.to_json({"b": 1, "a": "ü"})
        == values.to_json({"a": "ü", "b": 1})
        == '{"a":"ü","b":1}'
    )


def test_what_is_no_json_is_named():
    with pytest.raises(values.UnfitValue, match=r"clip\.conditions"):
        values.from_json("[", "clip.conditions")


def test_vectors_are_little_endian_float32():
    assert values.to_blob(np.array([1.0], ">f4")) == b"\x00\x00\x80\x3f"


def test_a_blob_must_fit_its_shape():
    blob = values.to_blob(np.arange(6, dtype=np.float32))
    np.testing.assert_array_equal(values.from_blob(blob, (2, 3), "x"), np.arange(6).reshape(2, 3))
    for shape in ((5,), (2, 4), (-1,), (-2, -3), (2**40, 2**40)):
        with pytest.raises(values.UnfitValue):
            values.from_blob(blob, shape, "x")


@pytest.mark.parametrize(
    "place",
    [
        "../x", "/etc/passwd", "a/../../x", r"\\\\server\\share\\m.onnx", "C:m.onnx",
        "http://127.0.0.1/m.onnx",
    ],
)  # fmt: skip
def test_a_strangers_row_names_no_file_outside_the_project(place):
    with pytest.raises(values.UnfitValue):
        values.from_place(place, "model.file")
    with pytest.raises(values.UnfitValue):
        values.from_id(place, "frame.frame_id")


def test_places_and_ids_of_ours_are_kept():
    expected = ["", "models/a/a.onnx"]
    assert [values.from_place(place, "") for place in ("", "models/a/a.onnx")] == expected
    assert values.from_id("rec-000015", "") == "rec-000015"
