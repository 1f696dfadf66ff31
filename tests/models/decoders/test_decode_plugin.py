import json

import numpy as np
import pytest

from fieldcheck.domain.model_card import parse_card
from fieldcheck.errors.messages import format_error
from fieldcheck.errors.models import ModelRejected
from fieldcheck.models.card import read_card
from fieldcheck.models.decoders import plugin as decode_plugin
from fieldcheck.models.decoders.decoder import list_fitting_kinds
from fieldcheck.models.providers import ModelRunner
from fieldcheck.models.session import open_model
from tests.models import plugged

FRAME = np.full((64, 64, 3), 90, np.uint8)
BAD = {
    "raising": ("def decode(outputs, size, n_classes):\n    raise RuntimeError('no grid')\n",
                "plugin_raised", "RuntimeError: no grid"),
    "leaving": ("import os\ndef decode(outputs, size, n_classes):\n    os._exit(7)\n",
                "plugin_raised", "exit code 7"),
    "hanging": ("def decode(outputs, size, n_classes):\n    while True: pass\n", "plugin_time",
                "s"),
    "wrong": ("def decode(outputs, size, n_classes):\n    return 1, 2\n", "plugin_rubbish",
              "tuple"),
    "ragged": ("import numpy as np\ndef decode(o, s, n):\n    return np.ones((2, 4)), np.ones(3), "
               "np.ones(3, int)\n", "plugin_rubbish", "2×4"),
    "chatty": ("def decode(outputs, size, n_classes):\n    print('hello')\n    return (), (), ()\n",
               "plugin_printed", "hello"),
    "broken": ("this is no Python", "plugin_raised", "SyntaxError"),
}  # fmt: skip


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A folder on the path in which plug-ins are installed; their processes end with the test."""
    folder = tmp_path / "site"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    yield folder
    decode_plugin.terminate_all()


def with_example(place):
    plugged.install(place, "fastestdet", (plugged.EXAMPLE / "fieldcheck_fastestdet.py").read_text())


def test_the_example_reads_fastestdets_head(place, tmp_path):
    with_example(place)
    model = open_model(plugged.fastestdet(tmp_path / "net.onnx"))
    runner = ModelRunner(model, read_card(model, plugged.card("fastestdet")), batch_size=1)
    ((answer, nan),) = runner.predict([FRAME])
    x1, y1, x2, y2, score, of = answer[0]
    wanted = pytest.approx((64 * (0.375 - 0.25), 64 * (0.125 - 0.25), 64 * 0.625, 64 * 0.375))
    assert (x1, y1, x2, y2) == wanted
    assert (score, of, nan) == (pytest.approx(0.9**0.6 * 0.8**0.4), 1, False)


def test_it_is_offered_where_it_reads_an_output_and_not_where_it_does_not(place):
    with_example(place)
    one = parse_card({**plugged.card("fastestdet"), "output": {"kind": "yolo"}})
    fits = np.zeros((1, 5 + plugged.CLASSES, 4, 4), np.float32)
    assert "plugin:fastestdet" in list_fitting_kinds([fits], 1, one)
    unexpected = "plugin:fastestdet"
    assert unexpected not in list_fitting_kinds([np.zeros((1, 4, 4, 4), np.float32)], 1, one)


@pytest.mark.parametrize("name", BAD)
def test_what_a_plug_in_does_wrong_ends_in_one_sentence(place, tmp_path, monkeypatch, name):
    source, problem, seen = BAD[name]
    plugged.install(place, name, source)
    monkeypatch.setattr(decode_plugin, "SECONDS", 1.0 if problem == "plugin_time" else 60.0)
    model = open_model(plugged.fastestdet(tmp_path / "net.onnx", name))
    with pytest.raises(ModelRejected) as refused:
        read_card(model, plugged.card(name))
    assert refused.value.problem == problem
    assert seen in refused.value.detail
    assert format_error(refused.value).count(".") >= 1


def test_one_that_is_not_installed_is_named(place, tmp_path):
    model = open_model(plugged.fastestdet(tmp_path / "net.onnx", "ghost"))
    with pytest.raises(ModelRejected, match="plugin_missing"):
        read_card(model, plugged.card("ghost"))


def test_a_card_names_a_plug_in_only_for_boxes_and_keeps_it():
    found = parse_card(plugged.card("x"))
    assert json.loads(json.dumps(found.output.kind)) == "plugin:x"
    with pytest.raises(Exception, match=r"output\.kind"):
        parse_card({**plugged.card("x"), "task": "classification"})
