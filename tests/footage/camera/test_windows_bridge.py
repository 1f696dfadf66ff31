"""What is asked of Media Foundation, on objects laid out in memory as Windows lays them out: a
pointer to a table of methods."""

import ctypes
import subprocess
import sys

import pytest

from fieldcheck.footage.camera import windows_bridge
from fieldcheck.footage.camera.usb import BRIDGE

POINTER = ctypes.c_void_p
FAILED = -2147467259  # E_FAIL


class Thing:
    """An object of Windows with some of its methods, by place."""

    def __init__(self, **methods):
        self.released = 0
        release = ctypes.CFUNCTYPE(ctypes.c_long, POINTER)(self.release)
        places = {2: release} | {int(at[1:]): method for at, method in methods.items()}
        self._methods = places  # the table does not keep them alive
        self._table = (POINTER * 33)(
            *(ctypes.cast(places[at], POINTER) if at in places else None for at in range(33))
        )
        self._itself = (POINTER * 1)(ctypes.cast(self._table, POINTER))
        self.address = ctypes.cast(self._itself, POINTER).value

    def release(self, _this):
        self.released += 1
        return 0


class Windows:
    """The three libraries, with cameras that tell `texts`: GUID in text → what is told."""

    def __init__(self, *texts, fails=""):
        self.fails, self.freed, self.asked, self._kept = fails, 0, [], []
        self.devices = [Thing(m13=self._getter(told)) for told in texts]
        set_guid = ctypes.CFUNCTYPE(ctypes.c_long, POINTER, ctypes.c_void_p, ctypes.c_void_p)
        self.attributes = Thing(m24=set_guid(self._set_guid))

    def _getter(self, told):
        kind = ctypes.CFUNCTYPE(
            ctypes.c_long, POINTER, ctypes.c_void_p, ctypes.POINTER(POINTER),
            ctypes.POINTER(ctypes.c_uint32),
        )  # fmt: skip
        by_bytes = {bytes(windows_bridge.make_guid(key)): text for key, text in told.items()}

        def get(_this, key, text, length):
            said = by_bytes.get(ctypes.string_at(key, 16))
            if said is None:
                return FAILED
            buffer = ctypes.create_unicode_buffer(said)
            self._kept.append(buffer)
            text[0], length[0] = ctypes.cast(buffer, POINTER).value, len(said)
            return 0

        return kind(get)

    def _set_guid(self, _this, key, value):
        self.asked.append((ctypes.string_at(key, 16), ctypes.string_at(value, 16)))
        return 0

    def CoInitializeEx(self, _reserved, _how):
        return FAILED if self.fails == "com" else 0

    def MFStartup(self, version, _how):
        assert version == 0x00020070
        return FAILED if self.fails == "start" else 0

    def MFCreateAttributes(self, attributes, _n):
        attributes._obj.value = self.attributes.address
        return FAILED if self.fails == "attributes" else 0

    def MFEnumDeviceSources(self, attributes, devices, n):
        assert attributes.value == self.attributes.address
        self._array = (POINTER * max(1, len(self.devices)))(*(one.address for one in self.devices))
        place = ctypes.byref(ctypes.cast(self._array, POINTER))
        ctypes.memmove(ctypes.addressof(devices._obj), place, ctypes.sizeof(POINTER))
        n._obj.value = len(self.devices)
        return FAILED if self.fails == "list" else 0

    def CoTaskMemFree(self, _memory):
        self.freed += 1


def told(windows):
    return windows_bridge.list_cameras(windows, windows, windows)


def test_names_and_links_are_read_in_the_order_of_the_list_and_everything_is_given_back():
    named = {windows_bridge.NAME: "HD Webcam Prüfung", windows_bridge.LINK: "usb#vid_046d"}
    windows = Windows(named, {windows_bridge.LINK: "usb#vid_32e4"})
    assert told(windows) == [
        {"name": "HD Webcam Prüfung", "link": "usb#vid_046d"},
        {"name": "", "link": "usb#vid_32e4"},
    ]
    asked = bytes(windows_bridge.make_guid(windows_bridge.SOURCE_TYPE))
    assert windows.asked == [(asked, bytes(windows_bridge.make_guid(windows_bridge.VIDEO)))]
    assert [one.released for one in (*windows.devices, windows.attributes)] == [1, 1, 1]
    assert windows.freed == 3 + 1  # three texts and the list


def test_without_a_camera_the_list_is_empty():
    assert told(Windows()) == []


@pytest.mark.parametrize("fails", ["com", "start", "attributes", "list"])
def test_whatever_windows_refuses_is_an_error(fails):
    with pytest.raises(OSError, match="no "):
        told(Windows({}, fails=fails))


def test_a_guid_lies_in_memory_as_windows_has_it():
    expected = "59e5d060f852a24fbbceacdb34a8ec01"
    assert bytes(windows_bridge.make_guid("60d0e559-52f8-4fa2-bbce-acdb34a8ec01")).hex() == expected


@pytest.mark.skipif(sys.platform == "win32", reason="a machine without Media Foundation")
def test_without_media_foundation_it_says_so_by_its_exit_code_alone():
    got = subprocess.run([sys.executable, "-I", str(BRIDGE)], capture_output=True, check=False)
    assert (got.returncode, got.stdout, got.stderr) == (windows_bridge.MISSING, b"", b"")


@pytest.mark.parametrize(("refused", "code"), [(False, 0), (True, windows_bridge.MISSING)])
def test_the_program_prints_what_is_plugged_in_or_refused(refused, code, monkeypatch, capsys):
    def load(name):
        if refused:
            raise OSError(name)
        return name

    monkeypatch.setattr(ctypes, "WinDLL", load, raising=False)
    monkeypatch.setattr(
        windows_bridge,
        "list_cameras",
        lambda *libraries: [{"name": libraries[0], "link": libraries[2]}],
    )
    assert windows_bridge.main() == code
    assert capsys.readouterr().out == ("" if refused else '[{"name": "mf", "link": "ole32"}]')
