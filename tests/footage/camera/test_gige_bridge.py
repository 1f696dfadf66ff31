import io
import json
import os
import sys
import threading
from types import SimpleNamespace

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


OFF, CONTINUOUS = 0, 2


class Automatic:
    """A camera that controls exposure and gain by itself, and takes no value meanwhile, as GenICam
    locks them; the fake camera of Aravis has neither."""

    def __init__(self):
        self.exposure_auto = self.gain_auto = CONTINUOUS
        self.exposure_us, self.gain = 9000.0, 3.0

    def __getattr__(self, name):
        if name.startswith("is_") and name.endswith("_available"):
            return lambda: name != "is_frame_rate_available"
        raise AttributeError(name)

    def get_exposure_time(self):
        return self.exposure_us

    def get_gain(self):
        return self.gain

    def get_exposure_time_auto(self):
        return self.exposure_auto

    def get_gain_auto(self):
        return self.gain_auto

    def set_exposure_time_auto(self, value):
        self.exposure_auto = value

    def set_gain_auto(self, value):
        self.gain_auto = value

    def set_exposure_time(self, value):
        assert self.exposure_auto == OFF
        self.exposure_us = value

    def set_gain(self, value):
        assert self.gain_auto == OFF
        self.gain = value


@pytest.fixture
def served():
    """A camera as the bridge serves it, without Aravis."""
    made = object.__new__(gige_bridge.ServedCamera)
    made.camera, made._lock, made._settings = Automatic(), threading.Lock(), {}
    made._library = SimpleNamespace(Auto=SimpleNamespace(OFF=OFF, CONTINUOUS=CONTINUOUS))
    return made


def test_a_gain_that_the_camera_controls_is_set_by_hand_and_given_back(served):
    before = served._read_settings()
    assert (before["auto_exposure"], before["auto_gain"]) == (True, True)
    served._apply_controls({"exposure_ms": 5.0, "gain": 1.0, "auto_exposure": False})
    by_hand = served._read_settings()
    assert (by_hand["exposure_ms"], by_hand["gain"]) == (5.0, 1.0)
    assert (by_hand["auto_exposure"], by_hand["auto_gain"]) == (False, False)
    served._apply_controls({"auto_exposure": True, "auto_gain": True})
    assert served._read_settings() == by_hand | {"auto_exposure": True, "auto_gain": True}


def test_a_value_that_the_camera_refuses_does_not_end_what_it_is_told_later(
    served, monkeypatch, capsys
):
    class Closed(Exception):
        """The reader has closed the pipe."""

    def refuse(_value):
        raise RuntimeError("arv-gc-error: out of range")

    def end(_code):
        raise Closed

    monkeypatch.setattr(served.camera, "set_gain", refuse, raising=False)
    monkeypatch.setattr(os, "_exit", end)
    told = ['{"gain": 99.0}', "no json", '{"exposure_ms": 5.0, "auto_exposure": false}']
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(told)))
    with pytest.raises(Closed):
        served._read_commands()
    assert served.camera.exposure_us == 5000.0
    assert "out of range" in capsys.readouterr().err
