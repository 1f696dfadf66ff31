import json

import numpy as np
import pytest

from fieldcheck.footage.camera import gige_bridge
from fieldcheck.footage.camera.gige import BRIDGE
from fieldcheck.imaging.raw import RawImage, get_raw_dtype, get_raw_shape
from tests.footage.servers import processes
from tests.programs import run_program, run_python


@pytest.mark.parametrize("pixel", gige_bridge.FORMATS.values())
def test_every_format_that_is_kept_is_one_that_a_frame_can_have(pixel):
    shape = get_raw_shape(pixel, 8, 6)
    assert RawImage(pixel, np.zeros(shape, get_raw_dtype(pixel))).format == pixel


def test_a_python_without_aravis_says_so_by_its_exit_code():
    got = run_python("-I", "-S", str(BRIDGE), "list", text=False)
    assert (got.returncode, got.stdout) == (3, b"")


def test_the_bridge_knows_nothing_but_the_standard_library():
    assert "fieldcheck" not in BRIDGE.read_text("utf-8").replace("FIELDCHECK", "").split('"""')[2]


def test_with_no_camera_the_list_is_empty_and_a_serial_number_is_unknown(monkeypatch):
    processes.needs_aravis()
    monkeypatch.setenv("FIELDCHECK_GIGE_INTERFACE", "lo")
    with processes.gige_network():
        got = run_program([processes.SYSTEM_PYTHON, "-I", str(BRIDGE), "list"], text=False)
        assert json.loads(got.stdout) == []
        got = run_program([processes.SYSTEM_PYTHON, "-I", str(BRIDGE), "serve", "FC99"], text=False)
        assert got.returncode == 4
