import io

import numpy as np
import pytest

from fieldcheck.files import sha256_file
from fieldcheck.models.plugins import (
    check_boxes,
    get_plugin_versions,
    list_decoder_plugins,
    list_plugin_kinds,
    read_message,
    write_message,
)
from fieldcheck.ui.screens.home.model_card_page import list_options
from tests.models import plugged


def test_version_and_source_are_told_without_running_a_line_of_it(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    assert get_plugin_versions() == {}
    plugged.install(tmp_path, "odd", "raise SystemExit('imported')\n", "2.1.0")
    (one,) = list_decoder_plugins()
    assert (one.name, one.module) == ("odd", "fieldcheck_odd")
    assert (one.function, one.version) == ("decode", "2.1.0")
    assert one.sha256 == sha256_file(tmp_path / "fieldcheck_odd.py")
    before = get_plugin_versions()
    plugged.install(tmp_path, "odd", "raise SystemExit('imported again')\n", "2.1.0")
    assert before["plugin:odd"] != get_plugin_versions()["plugin:odd"] != "2.1.0 "


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


@pytest.mark.parametrize("found", [
    None, (), ([], [1], []), ([[1, 2, 3]], [1], [0]), ([[1, 2, 3, 4]], [1], [0.5]),
    ([["a"] * 4], [1], [0]),
])  # fmt: skip
def test_anything_else_is_refused(found):
    with pytest.raises(ValueError, match=r".*"):
        check_boxes(found)


def test_an_installed_plug_in_is_offered_for_boxes_alone(tmp_path, monkeypatch):
    monkeypatch.syspath_prepend(str(tmp_path))
    plugged.install(tmp_path, "odd", "def decode(outputs, size, n_classes): return (), (), ()\n")
    assert list_plugin_kinds("detection") == ("plugin:odd",)
    assert list_plugin_kinds("classification") == ()
    assert "plugin:odd" in dict(list_options("output.kind", "detection"))
    assert "plugin:odd" not in dict(list_options("output.kind", "segmentation"))
