"""Ten minutes of recording with a preview beside ten minutes of the live view: memory must not grow
after the first minute."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

from benchmarks.graphs import mobilenet
from benchmarks.live import named
from benchmarks.record import SIZE, SMALL, Repeated, jpegs, preview
from benchmarks.row import Row, row
from benchmarks.usage import get_resident_bytes
from fieldcheck.corruptions.live_view import LiveStress
from fieldcheck.footage.camera.playback import SyntheticCamera
from fieldcheck.footage.import_footage import FootageInfo
from fieldcheck.footage.live_camera import LiveCamera
from fieldcheck.models.new_project import NewProjectRequest, set_up_project

BAR = 1.05
WHOLE_S, FIRST_S = 600.0, 60.0
MB = 1_000_000


def rows(smoke: bool) -> list[Row]:
    """The row `memory`: megabytes resident at the end and after the first minute, medians of ten
    looks a second apart."""
    first_s, whole_s = (1.0, 2.0) if smoke else (FIRST_S, WHOLE_S)
    with (
        tempfile.TemporaryDirectory() as folder,
        set_up_project(Path(folder) / "p.fieldcheck", NewProjectRequest(), "").project as project,
    ):
        pictures = jpegs(SMALL if smoke else SIZE)
        live = LiveCamera("repeated", make=lambda: Repeated(pictures))
        stress = LiveStress(
            SyntheticCamera(*(SMALL if smoke else (1280, 720))),
            named(mobilenet(Path(folder) / "net.onnx")),
        )
        live.start()
        stress.start()
        stress.set_recipe("gauss_noise", 3.0)
        while live.ring.get_latest() is None:
            time.sleep(0.01)
        with preview(live.ring.get_latest):
            live.start_recording(project, FootageInfo())
            first = _watched(stress, first_s, smoke)
            last = _watched(stress, whole_s - first_s, smoke)
        live.stop()
        stress.stop()
    return [
        row(
            "memory", last, first, f"resident MB after {first_s:g} s; ours after {whole_s:g} s",
            BAR, "<=", 1,
        ),
    ]  # fmt: skip


def _watched(stress: LiveStress, seconds: float, smoke: bool) -> float:
    """Looks at the live view for so long, then says how much memory is resident."""
    samples_mb = []
    stop = time.monotonic() + seconds
    while (left_s := stop - time.monotonic()) > 0:
        stress.results.take_value(min(0.05, left_s))
        if smoke or left_s < 10:
            samples_mb.append(get_resident_bytes() / MB)
    return sorted(samples_mb)[len(samples_mb) // 2] if samples_mb else get_resident_bytes() / MB
