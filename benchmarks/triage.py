"""1080p30 into a project with ten picks a minute, two minutes of H.264 and forty seconds of MJPEG,
against `cv2` grabbing every frame and retrieving at 2 fps; by the clock and in processor time of
all threads and of processes that they started. Some five minutes on two cores at rest."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import cv2

from benchmarks.graphs import mobilenet
from benchmarks.row import Row, by_clocks, row
from fieldcheck.footage.import_footage import FootageInfo, import_footage
from fieldcheck.models.new_project import NewProjectRequest, set_up_project
from fieldcheck.progress import NullProgress
from fieldcheck.sampling.pick_frames import pick_frames

BARS = {"triage": 1.3, "triage_mjpeg": 1.0}
NOW = "2026-01-01T00:00:00+00:00"
LENGTHS_S = {"triage": 120, "triage_mjpeg": 40}
PICKS_A_MINUTE = 10
CODECS = {
    "triage": (
        "mp4",
        [
            "-c:v", "libx264", "-preset", "ultrafast", "-b:v", "10M", "-pix_fmt", "yuv420p", "-g",
            "60",
        ],
    ),
    "triage_mjpeg": ("avi", ["-c:v", "mjpeg", "-q:v", "5"]),
}  # fmt: skip


def rows(smoke: bool) -> list[Row]:
    """The rows `triage` and `triage_mjpeg`, and the same in machine time."""
    return [table_row for name in BARS for table_row in rows_of(name, smoke)]


def rows_of(name: str, smoke: bool) -> list[Row]:
    """The two rows of one kind of footage."""
    n, bar = 1 if smoke else 5, BARS[name]
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        seconds = 1 if smoke else LENGTHS_S[name]
        video = make_footage(root, name, seconds)
        model = mobilenet(root / "mobilenet.onnx")
        attempts = iter(range(1000))

        def ours() -> None:
            path = root / f"p{next(attempts)}.fieldcheck"
            import_and_pick(path, video, model, max(1, round(PICKS_A_MINUTE * seconds / 60)))

        wall, machine = by_clocks(
            ours, lambda: grab_all(video), n, (time.perf_counter, processor_s)
        )
    other_is = "cv2 grab of every frame, retrieve at 2 fps, seconds"
    return [
        row(name, wall.ours, wall.other, other_is, bar, "<=", n, floor=wall.floor),
        row(
            f"{name}_machine", machine.ours, machine.other, f"{other_is} of processor time", bar,
            "<=", n, floor=machine.floor,
        ),
    ]  # fmt: skip


def processor_s() -> float:
    """Seconds of processor time of this process and of those that it waited for."""
    return sum(os.times()[:4])


def make_footage(root: Path, name: str, seconds: int) -> Path:
    """1080p30, H.264 at 10 Mbit/s or MJPEG, encoded in one go: where a piece is repeated, a frame
    may equal one that was decoded before it, which no camera gives."""
    ending, codec = CODECS[name]
    video = root / f"footage.{ending}"
    source = f"testsrc2=size=1920x1080:rate=30:duration={seconds}"
    _ffmpeg(["-f", "lavfi", "-i", source, "-vf", "noise=alls=12:allf=t", *codec, str(video)])
    return video


def _ffmpeg(arguments: list[str]) -> None:
    program = shutil.which("ffmpeg")
    if program is None:
        raise SystemExit(
            "This benchmark makes its footage with ffmpeg; install it and start again."
        )
    subprocess.run([program, "-v", "error", "-nostdin", "-y", *arguments], check=True)


def import_and_pick(path: Path, video: Path, model: Path, picks: int) -> None:
    """The product's side: a new project, the whole import with predictions, the draw with its saved
    pictures."""
    new_project = set_up_project(path, NewProjectRequest(model=model), NOW)
    with new_project.project as project:
        import_footage(project, [video], FootageInfo(), NullProgress(), NOW)
        pick_frames(
            project, count=picks, seed=0, design="balanced", required=(), progress=NullProgress(),
            now=NOW,
        )  # fmt: skip
    shutil.rmtree(path)


def grab_all(video: Path) -> int:
    """The limit: every frame is grabbed, one in fifteen is converted."""
    capture = cv2.VideoCapture(str(video))
    n = 0
    while capture.grab():
        if n % 15 == 0:
            capture.retrieve()
        n += 1
    capture.release()
    return n
