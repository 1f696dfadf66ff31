"""The answer key: what every frame of the footage truly shows, and everything that was planted."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import cv2
import numpy as np

from sample.benchmark import NEVER, Exhibit, exhibits
from sample.clean import LIGHTS
from sample.footage import frame, scene_of
from sample.parts import CLASSES
from sample.scene import parts_of, subject
from sample.story import CLIPS, FPS, FRAMES, HEIGHT, OILED, WIDTH, Clip
from sample.training import INPUT

LISTED_FPS = 2
# sample.match on the shipped files
MATCHING = {"family": "shot_noise", "severity": 3, "akin": ["gauss_noise"]}
HASHED = (0, 13, 55)  # the frames of each clip whose pixels are written down
GRID = (16, 9)


def true_classes(clip: Clip) -> list[str]:
    """The class of every frame of a clip, by index in the file."""
    parts = parts_of(clip)
    return [parts[subject(clip, k)].kind for k in range(FRAMES)]


def erased_frames(clip: Clip) -> list[int]:
    """Frames whose subject has a fault that is gone at the model's picture size."""
    parts = parts_of(clip)
    return [k for k in range(FRAMES) if parts[subject(clip, k)].boldness < 1]


def card() -> dict[str, Any]:
    """The model's card, as the product reads it."""
    return {
        "task": "classification",
        "input": {
            "name": "pictures", "size": [INPUT, INPUT], "layout": "NCHW", "colour": "RGB",
            "resize": "centre_crop", "interpolation": "area", "scale": 1 / 255,
            "mean": [0.5, 0.5, 0.5], "std": [0.25, 0.25, 0.25],
        },
        "output": {"kind": "softmax", "names": ["answer"]},
        "classes": list(CLASSES),
    }  # fmt: skip


def answer_key() -> dict[str, Any]:
    """The whole key as JSON values. Paths are relative to `resources/demo/`."""
    shown = exhibits()
    return {
        "format": "fieldcheck.answer_key/1", "rendered": True, "classes": list(CLASSES),
        "footage": [_recording(clip) for clip in CLIPS],
        "benchmark": {
            "folder": "benchmark", "claimed": None, "pictures": [_picture(made) for made in shown],
        },
        "planted": _planted(shown),
    }  # fmt: skip


def _recording(clip: Clip) -> dict[str, Any]:
    return {
        "file": f"footage/{clip.name}.mp4", "camera": clip.camera, "location": clip.location,
        "conditions": list(clip.conditions), "taken_at": clip.taken_at, "fps": FPS,
        "frames": FRAMES, "size": [WIDTH, HEIGHT], "classes": true_classes(clip),
    }  # fmt: skip


def _picture(made: Exhibit) -> dict[str, Any]:
    return {
        "path": f"benchmark/{made.path}",
        "label": made.filed,
        "true": made.true,
        "condition": made.shot.light,
    }


def _planted(shown: list[Exhibit]) -> dict[str, Any]:
    frozen = [(clip, clip.frozen) for clip in CLIPS if clip.frozen]
    return {
        "wrong_labels": [
            {"path": f"benchmark/{m.path}", "label": m.filed, "true": m.true}
            for m in shown
            if m.filed != m.true
        ],
        "frozen": [
            {
                "file": f"footage/{clip.name}.mp4",
                "first": first,
                "last": last,
                "seconds": (last - first + 1) / FPS,
            }
            for clip, (first, last) in frozen
        ],
        "blind_spot": {"key": "location", "value": OILED},
        "corruption": dict(MATCHING),
        "near_duplicates": [
            {
                "benchmark": f"benchmark/{m.path}",
                "training": f"training/{CLASSES[m.repeats % len(CLASSES)]}/{m.repeats:04d}.jpg",
            }
            for m in shown
            if m.repeats is not None
        ],
        "never_in_benchmark": {
            "class": NEVER[0],
            "benchmark_condition": NEVER[1],
            "benchmark_conditions": list(LIGHTS),
            "footage_conditions": sorted(
                {word for clip in CLIPS for word in clip.conditions} - {"normal"}
            ),
        },
        "erased_by_input_size": [
            {
                "file": f"footage/{clip.name}.mp4",
                "class": "crack",
                "input": [INPUT, INPUT],
                "frames": erased_frames(clip),
            }
            for clip in CLIPS
            if clip.hairline
        ],
        "blank_called_ok": {"path": "blank.png", "answer": "ok"},
    }


def fingerprint(picture: np.ndarray) -> list[int]:
    """Mean luma of 16 × 9 fields, in hundredths of a grey level: close on every machine, where a
    hash may differ by one rounding."""
    luma = cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float64)
    rows, columns = luma.shape
    fields = luma.reshape(GRID[1], rows // GRID[1], GRID[0], columns // GRID[0]).mean((1, 3))
    return [int(v) for v in np.round(fields * 100).ravel()]


def hashes() -> dict[str, Any]:
    """SHA-256 and fingerprint of some frames of each clip, as rendered, before the codec."""
    frames = []
    for clip in CLIPS:
        for index in HASHED:
            picture = frame(scene_of(clip.name), index)
            digest = hashlib.sha256(picture.tobytes()).hexdigest()
            frames.append({
                "clip": clip.name, "index": index, "sha256": digest,
                "fingerprint": fingerprint(picture),
            })  # fmt: skip
    return {"arithmetic": arithmetic(), "frames": frames}


def arithmetic() -> str:
    """What decides the last bit of a rendered pixel: the libraries, and a hash of some of their
    sums, which depend on the processor."""
    x = np.linspace(0.001, 3, 4099, dtype=np.float32)
    grid = np.outer(np.sin(x[:257]), np.cos(x[:257])).astype(np.float32)
    probes = (
        np.sin(x),
        np.exp(-x),
        np.power(x, np.float32(1 / 2.2)),
        np.arctan2(x, 1 - x),
        np.hypot(x, x[::-1]),
    )
    turned = cv2.remap(grid, grid * 200 + 20, grid.T * 210 + 10, cv2.INTER_LINEAR)
    soft = (
        cv2.GaussianBlur(grid, (0, 0), 1.3),
        cv2.resize(grid, (111, 91), interpolation=cv2.INTER_AREA),
        turned,
    )
    digest = hashlib.sha256(
        b"".join(np.ascontiguousarray(part).tobytes() for part in (*probes, *soft))
    ).hexdigest()
    return f"numpy {np.__version__}, opencv {cv2.__version__}, {digest[:16]}"


def write_json(target: Path, content: dict[str, Any]) -> None:
    """One key a line at the top, the rest compact: small and still readable in a diff."""
    lines = [
        f"  {json.dumps(k)}: {json.dumps(v, ensure_ascii=False, separators=(', ', ': '))}"
        for k, v in content.items()
    ]
    target.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")
