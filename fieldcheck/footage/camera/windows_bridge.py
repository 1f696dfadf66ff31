"""Run as a program on Windows: prints the cameras of Media Foundation in the order in which it
counts them, as JSON, and opens none.

A child process of its own, because a driver's code runs in whoever asks and a crash of it must take
nothing with it. Each entry has the `name` that people call it and the `link` by which Windows knows
the very device. Ends with 3 where there is no Media Foundation.
"""

from __future__ import annotations

import ctypes
import json
import sys
import uuid
from typing import Any

SOURCE_TYPE = "c60ac5fe-252a-478f-a0ef-bc8fa5f7cad3"  # MF_DEVSOURCE_ATTRIBUTE_SOURCE_TYPE
VIDEO = "8ac3587a-4ae7-42d8-99e0-0a6013eef90f"  # …_SOURCE_TYPE_VIDCAP_GUID
NAME = "60d0e559-52f8-4fa2-bbce-acdb34a8ec01"  # …_FRIENDLY_NAME
LINK = "58f0aad8-22bf-4f8a-bb3d-d2c4978c6e2f"  # …_SOURCE_TYPE_VIDCAP_SYMBOLIC_LINK
VERSION, NO_SOCKETS = 0x00020070, 1  # MF_VERSION, MFSTARTUP_LITE
# places in the table of methods: IUnknown's third, IMFAttributes' eleventh and 22nd
RELEASE, GET_STRING, SET_GUID = 2, 13, 24
MISSING = 3

Guid = ctypes.c_ubyte * 16


def make_guid(text: str) -> Any:
    """Make a GUID with the system's memory layout."""
    return Guid(*uuid.UUID(text).bytes_le)


def call_method(com_object: Any, slot: int, *arguments: Any) -> int:
    """Call a method of a COM object by its index in the table of methods."""
    table = ctypes.cast(com_object, ctypes.POINTER(ctypes.POINTER(ctypes.c_void_p))).contents
    method = ctypes.CFUNCTYPE(
        ctypes.c_long, ctypes.c_void_p, *(type(argument) for argument in arguments)
    )(table[slot])
    return int(method(com_object, *arguments))


def read_device_text(device: Any, key: str, ole: Any) -> str:
    """Return a text attribute of a device; empty without one."""
    text, length = ctypes.c_void_p(), ctypes.c_uint32()
    if (
        call_method(
            device,
            GET_STRING,
            ctypes.pointer(make_guid(key)),
            ctypes.pointer(text),
            ctypes.pointer(length),
        )
        < 0
        or not text.value
    ):
        return ""
    try:
        return ctypes.wstring_at(text.value, length.value)
    finally:
        ole.CoTaskMemFree(text)


def list_cameras(mf: Any, plat: Any, ole: Any) -> list[dict[str, str]]:
    """Every camera, in Media Foundation's own order, which is also that of OpenCV's MSMF. Raises
    OSError."""
    attributes, devices, n = ctypes.c_void_p(), ctypes.POINTER(ctypes.c_void_p)(), ctypes.c_uint32()
    if ole.CoInitializeEx(None, 0) < 0 or plat.MFStartup(VERSION, NO_SOCKETS) < 0:
        raise OSError("no Media Foundation")
    if plat.MFCreateAttributes(ctypes.byref(attributes), 1) < 0:
        raise OSError("no attributes")
    call_method(
        attributes,
        SET_GUID,
        ctypes.pointer(make_guid(SOURCE_TYPE)),
        ctypes.pointer(make_guid(VIDEO)),
    )
    if mf.MFEnumDeviceSources(attributes, ctypes.byref(devices), ctypes.byref(n)) < 0:
        raise OSError("no list of devices")
    cameras = []
    for index in range(n.value):
        device = ctypes.c_void_p(devices[index])
        cameras.append(
            {
                "name": read_device_text(device, NAME, ole),
                "link": read_device_text(device, LINK, ole),
            }
        )
        call_method(device, RELEASE)
    ole.CoTaskMemFree(devices)
    call_method(attributes, RELEASE)
    return cameras


def main() -> int:
    """Print the cameras."""
    load = getattr(ctypes, "WinDLL", None)
    if load is None:
        return MISSING
    try:
        sys.stdout.write(json.dumps(list_cameras(load("mf"), load("mfplat"), load("ole32"))))
    except OSError:
        return MISSING
    return 0


if __name__ == "__main__":
    sys.exit(main())
