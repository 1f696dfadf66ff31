"""Ten minutes of 1080p30 H.264 into a project with a hundred picks, against `cv2` grabbing every frame and retrieving at 2 fps."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from pathlib import Path

import cv2

from benchmarks.graphs import mobilenet
from benchmarks.row import Row, in_turn, row
from fieldcheck.progress import Silent
from fieldcheck.workflows.footage.import_footage import FootageInfo, import_footage
from fieldcheck.workflows.pick.pick import pick
from fieldcheck.workflows.project.new_project import NewProjectRequest, new_project

BAR = 1.5
NOW = "2026-01-01T00:00:00+00:00"
BITRATE = "10M"
PART_S = 20


def rows(smoke: bool) -> list[Row]:
    """The row `triage`."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        video = footage(root, parts=1, part_s=3) if smoke else footage(root, parts=30, part_s=PART_S)
        model = mobilenet(root / "mobilenet.onnx")
        attempts = iter(range(1000))

        def ours() -> None:
            import_and_pick(root / f"p{next(attempts)}.fieldcheck", video, model, root)

        said = "cv2 grab of every frame, retrieve at 2 fps, seconds"
        taken = in_turn(ours, lambda: grab_all(video), runs=1 if smoke else 5)
        return [row("triage", taken.ours, taken.other, said, BAR, "<=", 1 if smoke else 5, floor=taken.floor)]


def footage(root: Path, parts: int, part_s: int) -> Path:
    """`parts` times `part_s` seconds of 1080p30 H.264 at 10 Mbit/s: one stretch is encoded, then repeated without encoding anew."""
    part, video = root / "part.mp4", root / "footage.mp4"
    source = f"testsrc2=size=1920x1080:rate=30:duration={part_s}"
    encode = ["-vf", "noise=alls=12:allf=t", "-c:v", "libx264", "-preset", "ultrafast", "-b:v", BITRATE, "-pix_fmt", "yuv420p", "-g", "60"]
    _ffmpeg(["-f", "lavfi", "-i", source, *encode, str(part)])
    _ffmpeg(["-stream_loop", str(parts - 1), "-i", str(part), "-c", "copy", str(video)])
    return video


def _ffmpeg(arguments: list[str]) -> None:
    program = shutil.which("ffmpeg")
    if program is None:
        raise SystemExit("This benchmark makes its footage with ffmpeg; install it and start again.")
    subprocess.run([program, "-v", "error", "-nostdin", "-y", *arguments], check=True)


def import_and_pick(path: Path, video: Path, model: Path, root: Path) -> None:
    """The product's side: a new project, the whole import with predictions, the draw with its saved pictures."""
    begun = new_project(path, NewProjectRequest(model=model), NOW)
    with begun.project as project:
        import_footage(project, [video], FootageInfo(), Silent(), NOW)
        pick(project, count=100, seed=0, design="balanced", required=(), progress=Silent(), now=NOW)
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
