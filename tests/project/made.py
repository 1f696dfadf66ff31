"""Rows to fill a project with, and the whole of it as plain values to compare."""

from pathlib import Path

import numpy as np
from sqlite_utils import Database

from fieldcheck.domain.frame import FrameFacts, ListedFrame, Quality, make_frame_id
from fieldcheck.domain.label import (
    Benchmark,
    BenchmarkItem,
    Box,
    Draw,
    DrawnFrame,
    Label,
    Pick,
    Stratum,
)
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.recording import Clip, Recording, SkippedFile, make_clip_id
from fieldcheck.domain.run import Run, StoredModel
from fieldcheck.project.connection import open_for_reading
from fieldcheck.project.tables import frames, labels, models, recordings, runs
from fieldcheck.project.tables import values as settings

TIMES = ("created", "added", "at", "applied_at")


def recording(name: str = "rec", closed: bool = True, **changes: object) -> Recording:
    values = {
        "recording_id": name, "kind": "video", "source": f"{name}.mp4",
        "path": f"recordings/{name}/{name}.mp4", "sha256": f"{name}-hash",
        "camera": "left", "location": "line 1", "taken_at": "2025-01-02T03:04:05+00:00",
        "conditions": ("dark", "glare"), "list_fps": 2.0,
        "fps": 30.0, "width": 64, "height": 48, "seconds": 12.5, "n_frames": 375, "n_unreadable": 2,
        "skipped": (SkippedFile("torn.jpg", "damaged"),), "closed": closed,
    }  # fmt: skip
    return Recording(**(values | changes))


def listed(name: str = "rec", n: int = 3) -> tuple[ListedFrame, ...]:
    return tuple(
        ListedFrame(
            make_frame_id(name, i * 15), name, i * 15, i * 0.5, f"{name}.mp4", 64, 48,
            f"{name}{i}-hash",
        )
        for i in range(n)
    )  # fmt: skip


def facts(of: tuple[ListedFrame, ...]) -> tuple[FrameFacts, ...]:
    quality = Quality(100.25, 180.5, 0.01, 0.02, 5.5, 1.25, -3.5)
    return tuple(
        FrameFacts(
            one.frame_id, quality, (1 << 63) | i, 7 + i, np.linspace(0, 1, 5, dtype=np.float32) + i
        )
        for i, one in enumerate(of)
    )


def clip(name: str = "rec", first: int = 0) -> Clip:
    return Clip(make_clip_id(name, first), name, first, first / 30, "left", "line 1", ("dark",))


def pick(frame: str, draw_id: int = 1, place: int = 0, **changes: object) -> Pick:
    values = {
        "probability": 0.4, "weight": 2.5, "reason": "doubt+blur", "file": f"frames/{frame}.png",
    } | changes  # fmt: skip
    return Pick(frame_id=frame, draw_id=draw_id, stratum="hard", place=place, **values)


def label(frame: str, class_name: str = "scratch", **changes: object) -> Label:
    fields = {"by": "me", "at": "2025-01-02T03:04:05+00:00", "blind": True} | changes
    return Label(frame, "done", class_name, **(fields))


def draw(draw_id: int = 1) -> Draw:
    return Draw(
        draw_id, "balanced", 7, True, 100, False,
        (Stratum("hard", 50, 40), Stratum("rest", 200, 60)), (("U", 0.625), ("F", 0.375)),
        "m-hash", "2025-01-02T03:04:05+00:00", False,
    )  # fmt: skip


def members(of: tuple[ListedFrame, ...], draw_id: int = 1) -> tuple[DrawnFrame, ...]:
    return tuple(
        DrawnFrame(draw_id, one.frame_id, "hard" if i else "rest", i / 10)
        for i, one in enumerate(of)
    )


CARD = '{"classes":["ok","scratch"],"input":{"resize":"letterbox","size":[8,8]},"output":{"kind":"yolox"},"task":"detection"}'


def model(name: str = "net") -> StoredModel:
    return StoredModel(
        name, f"{name}-hash", f"models/{name}/{name}.onnx", CARD, "2025-01-02T03:04:05+00:00"
    )


def run(run_id: str = "run1", **changes: object) -> Run:
    values = {
        "model_sha256": "net-hash", "card_sha256": "card-hash", "on": "field", "recipe": "none",
        "severity": 0.0, "seed": 0,
    }  # fmt: skip
    return Run(
        run_id, **(values | changes), code_version="0.1.0", n=3, created="2025-01-02T03:04:05+00:00"
    )


def benchmark(root: str = "/data/clean") -> Benchmark:
    boxes = (Box("dent", 1.5, 2, 30, 40.25), Box("dent", 0, 0, 1, 1, crowd=True))
    items = (BenchmarkItem("a/1.png", "scratch"), BenchmarkItem("a/2.png", boxes=boxes))
    return Benchmark(root, "csv", 0.971, ("dent", "scratch"), items)


def answers() -> tuple[Prediction, ...]:
    boxes = np.array([[1, 2, 3, 4, 0.9, 1], [5, 6, 7, 8, 0.5, 0]], np.float32)
    return (
        Prediction("classes", np.array([0.1, 0.9], np.float32)),
        Prediction("boxes", boxes),
        Prediction("nothing", np.empty((0, 6), np.float32)),
        Prediction("broken", np.array([np.nan, 0.5], np.float32), nan=True),
    )


def fill(db: Database, name: str = "rec", n: int = 3) -> None:
    """One recording with frames and all that hangs on it, in the caller's transaction."""
    shown = listed(name, n)
    settings.insert_initial_settings(db, {"site": "Hall 3"})
    recordings.put_recording(db, recording(name))
    frames.insert_frames(db, shown, facts(shown))
    recordings.put_clips(db, [clip(name)])
    models.put_model(db, model())
    models.put_benchmark(db, benchmark())
    runs.put_run(db, run())
    runs.insert_predictions(db, "run1", answers())
    frames.put_component(db, "U", "net-hash", {one.frame_id: 0.5 for one in shown})
    shown_members = members(shown, labels.get_next_draw_id(db))
    labels.put_draw(db, draw(labels.get_next_draw_id(db)), shown_members)


def dump(path: Path, without: tuple[str, ...] = ()) -> dict[str, list[tuple[object, ...]]]:
    """Every table of the database but `without`, rows sorted, times of day left out."""
    db = open_for_reading(path / "project.db")
    try:
        tables = [
            name
            for (name,) in db.execute(
                "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
            )
        ]
        found = {}
        for table in (name for name in tables if name not in without):
            rows = db.execute("SELECT name FROM pragma_table_info(?)", [table])
            columns = [name for (name,) in rows if name not in TIMES]
            found[table] = sorted(
                db.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchall(), key=repr
            )
        return found
    finally:
        db.close()
