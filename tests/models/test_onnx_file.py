import os
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldcheck.errors.files import PathMissing, PathRefused
from fieldcheck.errors.models import ModelRejected
from fieldcheck.models.onnx_file import check_whole, read_onnx
from tests.models import graphs


def problem_of(path):
    with pytest.raises(ModelRejected) as refused:
        read_onnx(path)
    return refused.value.problem


def test_a_whole_file_names_its_opset_and_needs_no_other(tmp_path):
    found = read_onnx(graphs.passing_on(tmp_path / "m.onnx", opset=15))
    assert (found.opset, found.ir_version, found.external) == (15, 10, ())


@pytest.mark.parametrize(
    "data",
    [
        b"hello, this is text", b"\x89PNG\r\n\x1a\n" + bytes(60), b"PK\x03\x04" + bytes(60),
        bytes(300), b"\n\n\n",
    ],
)  # fmt: skip
def test_another_kind_of_file_is_no_onnx(tmp_path, data):
    path = tmp_path / "m.onnx"
    path.write_bytes(data)
    assert problem_of(path) == "not_onnx"


def test_a_folder_is_no_onnx_and_nothing_is_missing(tmp_path):
    assert problem_of(tmp_path) == "not_onnx"
    with pytest.raises(PathMissing):
        read_onnx(tmp_path / "nothing.onnx")


def test_a_file_cut_anywhere_is_truncated(tmp_path):
    data = graphs.convolutions(tmp_path / "m.onnx").read_bytes()
    for length in [0, *range(4, len(data), 97), len(data) - 1]:
        (tmp_path / "cut.onnx").write_bytes(data[:length])
        with pytest.raises(ModelRejected) as refused:
            check_whole(tmp_path / "cut.onnx")
        assert refused.value.problem == "truncated", length


def test_weights_beside_the_model_are_found(tmp_path):
    path = graphs.with_outside_weights(tmp_path / "m.onnx", "w.bin", bytes(12))
    assert read_onnx(path).external == (tmp_path / "w.bin",)


@pytest.mark.parametrize(("data", "length"), [(None, 12), (bytes(8), 12)])
def test_weights_that_are_missing_or_short_are_named(tmp_path, data, length):
    path = graphs.with_outside_weights(tmp_path / "m.onnx", "w.bin", data, length)
    with pytest.raises(ModelRejected) as refused:
        read_onnx(path)
    assert (refused.value.problem, refused.value.detail) == ("external_data_missing", "w.bin")


@pytest.mark.parametrize(
    ("location", "problem"),
    [
        ("../w.bin", "outside"),
        ("/etc/hostname", "absolute"),
        ("C:\\w.bin", "absolute"),
        ("", "empty"),
    ],
)
def test_weights_outside_the_models_folder_are_refused(tmp_path, location, problem):
    folder = tmp_path / "inner"
    folder.mkdir()
    (tmp_path / "w.bin").write_bytes(bytes(12))
    with pytest.raises(PathRefused) as refused:
        read_onnx(graphs.with_outside_weights(folder / "m.onnx", location, None))
    assert refused.value.problem == problem


def test_weights_behind_a_link_are_refused(tmp_path):
    (tmp_path / "real.bin").write_bytes(bytes(12))
    os.symlink(tmp_path / "real.bin", tmp_path / "w.bin")
    with pytest.raises(PathRefused) as refused:
        read_onnx(graphs.with_outside_weights(tmp_path / "m.onnx", "w.bin", None))
    assert refused.value.problem == "link"


def test_a_place_in_another_encoding_is_refused(tmp_path):
    path = graphs.with_outside_weights(tmp_path / "m.onnx", "w.bin", bytes(12))
    path.write_bytes(path.read_bytes().replace(b"w.bin", b"\xff.bin"))
    with pytest.raises(PathRefused) as refused:
        read_onnx(path)
    assert refused.value.problem == "name"


def test_the_runtimes_word_for_weights_in_memory_opens_nothing(tmp_path):
    with pytest.raises(ModelRejected):
        read_onnx(graphs.with_outside_weights(tmp_path / "m.onnx", "*/_ORT_MEM_ADDR_/*", None))


@settings(
    max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_damaged_bytes_are_read_or_refused(tmp_path, data):
    whole = bytearray(graphs.passing_on(tmp_path / "m.onnx").read_bytes())
    for place in data.draw(st.lists(st.integers(0, len(whole) - 1), max_size=4)):
        whole[place] = data.draw(st.integers(0, 255))
    (tmp_path / "damaged.onnx").write_bytes(whole)
    with suppress(ModelRejected, PathRefused):
        assert read_onnx(tmp_path / "damaged.onnx").ir_version >= 0
