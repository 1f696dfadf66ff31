"""Industrial cameras through Aravis, in a program of its own: run by a Python that has PyGObject,
spoken to over its pipes.

    python gige_bridge.py list
    python gige_bridge.py serve SERIAL

It must run under another Python than the product's, so it knows the standard library and `gi`, and
nothing of this package. On its output each message is two lengths (4 bytes each, little-endian), a
JSON text and that many bytes of picture; on its input a line of JSON is a setting.
FIELDCHECK_GIGE_INTERFACE names the one network card that is searched.
"""

from __future__ import annotations

import json
import os
import struct
import sys
import threading
from typing import Any

N_BUFFERS = 16
WAIT_US = 200_000
GV_IDS = 65535  # frame numbers of GigE Vision go from 1 to this and begin anew
FORMATS = {
    "Mono8": "mono8",
    "Mono10": "mono10",
    "Mono12": "mono12",
    "Mono14": "mono14",
    "Mono16": "mono16",
    "RGB8": "rgb8",
    "BGR8": "bgr8",
    "YUV422_8": "yuyv8",
    **{
        f"Bayer{two}{bits}": f"bayer_{two.lower()}{bits}"
        for two in ("RG", "GR", "GB", "BG")
        for bits in (8, 10, 12, 16)
    },
}


def import_aravis() -> Any:
    """Import Aravis and set its search interface. Raises ImportError or ValueError where it is not
    installed."""
    import gi

    gi.require_version("Aravis", "0.8")
    from gi.repository import Aravis

    card = os.environ.get("FIELDCHECK_GIGE_INTERFACE")
    if card and hasattr(Aravis.GvInterface, "set_discovery_interface_name"):
        Aravis.GvInterface.set_discovery_interface_name(card)
    Aravis.update_device_list()
    return Aravis


def list_cameras(library: Any) -> list[dict[str, str]]:
    """Every camera that answers."""
    return [
        {
            "device": library.get_device_id(index),
            "vendor": library.get_device_vendor(index) or "",
            "model": library.get_device_model(index) or "",
            "serial": library.get_device_serial_nbr(index) or "",
            "address": library.get_device_address(index) or "",
            "protocol": library.get_device_protocol(index) or "",
        }
        for index in range(library.get_n_devices())
    ]


def write_message(message: dict[str, Any], picture: bytes = b"") -> None:
    """One message on the output."""
    text = json.dumps(message).encode()
    out = sys.stdout.buffer
    out.write(struct.pack("<II", len(text), len(picture)) + text)
    out.write(picture)
    out.flush()


class ServedCamera:
    """One camera, from its opening to the end of the pipe."""

    def __init__(self, library: Any, device: str) -> None:
        self._library = library
        self.camera = library.Camera.new(device)
        self.camera.get_device().connect("control-lost", _on_camera_lost)
        self._lock = threading.Lock()  # the camera is set by one thread while another one reads it
        self._format = self._choose_format()
        self._last: int | None = None
        self._index = -1
        self._settings: dict[str, Any] = {}

    def run(self) -> None:
        """Send frames until the reader closes the pipe or the camera stops answering."""
        stream = self.camera.create_stream(None, None)
        payload = self.camera.get_payload()
        for _ in range(N_BUFFERS):
            stream.push_buffer(self._library.Buffer.new_allocate(payload))
        self.camera.start_acquisition()
        write_message({"kind": "open", "abilities": self._get_capabilities()})
        threading.Thread(target=self._read_commands, daemon=True).start()
        while True:
            buffer = stream.timeout_pop_buffer(WAIT_US)
            if buffer is None:
                write_message({"kind": "none"})
                continue
            self._send_frame(buffer)
            stream.push_buffer(buffer)

    def _choose_format(self) -> str:
        """Choose the camera's current format where it can be stored as delivered, else the first
        one that can; packed pixel formats cannot."""
        now = str(self.camera.get_pixel_format_as_string())
        if now in FORMATS:
            return now
        for name in map(str, self.camera.dup_available_pixel_formats_as_strings()):
            if name in FORMATS:
                self.camera.set_pixel_format_from_string(name)
                return name
        raise ValueError(now)

    def _send_frame(self, buffer: Any) -> None:
        """Send a frame; one that lost packets only increases the count."""
        number = buffer.get_frame_id()
        step = (
            1
            if self._last is None
            else (number - self._last) % GV_IDS
            if number <= GV_IDS
            else number - self._last
        )
        self._last = number
        self._index += max(1, step)
        if buffer.get_status() != self._library.BufferStatus.SUCCESS:
            return
        if self._index % 15 == 0 or not self._settings:
            self._settings = self._read_settings()
        write_message(
            {
                "kind": "frame",
                "index": self._index,
                "format": FORMATS[self._format],
                "width": buffer.get_image_width(),
                "height": buffer.get_image_height(),
                "utc_ns": buffer.get_system_timestamp(),
                "settings": self._settings,
            },
            bytes(buffer.get_data()),
        )

    def _read_commands(self) -> None:
        for line in sys.stdin:
            try:
                self._apply_controls(json.loads(line))
            except Exception as error:  # noqa: BLE001 - a camera may refuse a value in any way
                sys.stderr.write(f"{line.strip()}: {error}\n")
            self._settings = {}
        os._exit(0)  # The reader has closed the pipe.

    def _apply_controls(self, wish: dict[str, Any]) -> None:
        auto, lock = wish.get("auto_exposure"), wish.get("locked")
        library = self._library
        with self._lock:
            if (auto is not None or lock is not None) and self.camera.is_exposure_auto_available():
                automatic = bool(auto) and not lock if auto is not None else not lock
                self.camera.set_exposure_time_auto(
                    library.Auto.CONTINUOUS if automatic else library.Auto.OFF
                )
            if lock is not None and self.camera.is_gain_auto_available():
                self.camera.set_gain_auto(library.Auto.OFF if lock else library.Auto.CONTINUOUS)
            gain, auto_gain = wish.get("gain"), wish.get("auto_gain")
            if (gain is not None or auto_gain is not None) and self.camera.is_gain_auto_available():
                self.camera.set_gain_auto(
                    library.Auto.CONTINUOUS if auto_gain else library.Auto.OFF
                )
            if wish.get("exposure_ms") is not None and self.camera.is_exposure_time_available():
                self.camera.set_exposure_time(wish["exposure_ms"] * 1000)
            if gain is not None and not auto_gain and self.camera.is_gain_available():
                self.camera.set_gain(gain)

    def _read_settings(self) -> dict[str, Any]:
        camera, off = self.camera, self._library.Auto.OFF
        with self._lock:
            return {
                "exposure_ms": camera.get_exposure_time() / 1000
                if camera.is_exposure_time_available()
                else None,
                "gain": camera.get_gain() if camera.is_gain_available() else None,
                "auto_exposure": camera.get_exposure_time_auto() != off
                if camera.is_exposure_auto_available()
                else None,
                "auto_gain": camera.get_gain_auto() != off
                if camera.is_gain_auto_available()
                else None,
                "fps": camera.get_frame_rate() if camera.is_frame_rate_available() else None,
            }

    def _get_capabilities(self) -> dict[str, Any]:
        camera = self.camera
        exposure = (
            [bound / 1000 for bound in camera.get_exposure_time_bounds()]
            if camera.is_exposure_time_available()
            else None
        )
        gain = list(camera.get_gain_bounds()) if camera.is_gain_available() else None
        automatic = camera.is_exposure_auto_available()
        return {
            "exposure_ms": exposure,
            "gain": gain,
            "auto_exposure": automatic,
            "lock": automatic,
        }


def _on_camera_lost(*_: Any) -> None:
    """End the loop when the camera no longer answers; the end of the pipe reports it. --"""
    os._exit(5)


def main(arguments: list[str]) -> int:
    """Exit code 0 when finished, 3 without Aravis, 4 where no camera has that serial number."""
    try:
        library = import_aravis()
    except (ImportError, ValueError):
        return 3
    if arguments[:1] == ["list"]:
        sys.stdout.write(json.dumps(list_cameras(library)))
        return 0
    device = next(
        (camera["device"] for camera in list_cameras(library) if camera["serial"] == arguments[1]),
        None,
    )
    if device is None:
        return 4
    try:
        ServedCamera(library, device).run()
    except BrokenPipeError:
        os._exit(0)
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
