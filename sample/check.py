"""Measures the finished sample by its own key and prints what holds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime

from sample.measures import (
    cut_like,
    fisher_more,
    hardness,
    immerkaer,
    longest_freeze,
    luma,
    nearest_by_colour,
    quality,
    spectrum_slope,
)
from sample.training import INPUT


@dataclass(slots=True)
class Listed:
    """The listed frames of all clips in order: answers (N, K), true class (N,), clip number (N,),
    qualities (N, 4), frozen (N,)."""

    answers: np.ndarray
    true: np.ndarray
    clip: np.ndarray
    qualities: np.ndarray
    frozen: np.ndarray


def prepared(picture: np.ndarray) -> np.ndarray:
    """The model's tensor (3, INPUT, INPUT) of an RGB picture: central square, shrunk by area, 0..1,
    minus a half, over a quarter."""
    rows, columns = picture.shape[:2]
    side = min(rows, columns)
    square = picture[
        (rows - side) // 2 : (rows + side) // 2, (columns - side) // 2 : (columns + side) // 2
    ]
    small = cv2.resize(square, (INPUT, INPUT), interpolation=cv2.INTER_AREA)
    return np.asarray((np.moveaxis(small, 2, 0).astype(np.float32) / 255 - 0.5) / 0.25, np.float32)


def decoded(path: Path) -> list[np.ndarray]:
    """All frames of a video, (H, W, 3) uint8 RGB."""
    video, frames = cv2.VideoCapture(str(path)), []
    while (read := video.read())[0]:
        frames.append(cv2.cvtColor(read[1], cv2.COLOR_BGR2RGB))
    return frames


def pictures_of(paths: list[Path]) -> list[np.ndarray]:
    """Pictures from files, (H, W, 3) uint8 RGB."""
    return [cv2.cvtColor(cv2.imread(str(p)), cv2.COLOR_BGR2RGB) for p in paths]


def answers_of(model: Path, pictures: list[np.ndarray]) -> np.ndarray:
    """Softmax answers (N, K) of the model."""
    session = onnxruntime.InferenceSession(str(model), providers=["CPUExecutionProvider"])
    return np.concatenate([session.run(None, {"pictures": prepared(p)[None]})[0] for p in pictures])


def check(folder: Path) -> dict[str, Any]:
    """All figures of the sample in `folder`, printed as they come and returned."""
    key = json.loads((folder / "answer_key.json").read_text(encoding="utf-8"))
    figures: dict[str, Any] = {"sizes": _sizes(folder)}
    print(figures["sizes"])
    figures["clean"] = _clean(folder, key)
    print(figures["clean"])
    listed, clips = _footage(folder, key, figures["clean"]["immerkaer"])
    for row in clips:
        print(row)
    figures["clips"] = clips
    figures["footage"] = _scores(listed, key)
    print(json.dumps(figures["footage"], indent=1))
    return figures


def _sizes(folder: Path) -> dict[str, float]:
    def megabytes(pattern: str) -> float:
        return round(sum(p.stat().st_size for p in folder.glob(pattern) if p.is_file()) / 1e6, 2)

    return {
        "footage": megabytes("footage/*"),
        "benchmark": megabytes("benchmark/**/*"),
        "model": megabytes("model.onnx"),
        "all": megabytes("**/*"),
    }


def _clean(folder: Path, key: dict[str, Any]) -> dict[str, float]:
    listed, classes = key["benchmark"]["pictures"], key["classes"]
    pictures = pictures_of([folder / row["path"] for row in listed])
    true = np.array([classes.index(row["true"]) for row in listed])
    filed = np.array([classes.index(row["label"]) for row in listed])
    answers = answers_of(folder / "model.onnx", pictures)
    said = answers.argmax(1)
    blank = answers_of(folder / "model.onnx", pictures_of([folder / "blank.png"]))[0]
    by_class = {
        name: round(float((said[true == k] == k).mean()), 3) for k, name in enumerate(classes)
    }
    return {
        "right_true": float((said == true).mean()),
        "right_filed": float((said == filed).mean()),
        "nearest_by_colour": nearest_by_colour(pictures, true),
        "immerkaer": float(np.median([immerkaer(luma(p)) for p in pictures])),
        "mean_luma": float(np.mean([luma(p).mean() for p in pictures])),
        "blank_ok": float(blank[classes.index("ok")]),
        **by_class,
    }


def _footage(
    folder: Path, key: dict[str, Any], clean_noise: float
) -> tuple[Listed, list[dict[str, Any]]]:
    session_answers, true, clip_of, qualities, frozen, rows = [], [], [], [], [], []
    stuck = {row["file"]: (row["first"], row["last"]) for row in key["planted"]["frozen"]}
    for number, recording in enumerate(key["footage"]):
        frames = decoded(folder / recording["file"])
        step = recording["fps"] // 2
        shown, names = frames[::step], recording["classes"][::step]
        answers = answers_of(folder / "model.onnx", shown)
        wanted = np.array([key["classes"].index(name) for name in names])
        session_answers.append(answers)
        true.append(wanted)
        clip_of.append(np.full(len(shown), number))
        qualities.append(np.array([quality(p) for p in shown]))
        first, last = stuck.get(recording["file"], (len(frames), -1))
        frozen.append(np.array([first < k <= last for k in range(0, len(frames), step)]))
        noise = float(np.median([immerkaer(luma(p)) for p in shown]))
        run = longest_freeze(frames)
        rows.append(
            {
                "clip": Path(recording["file"]).stem,
                "frames": len(frames),
                "right": round(float((answers.argmax(1) == wanted).mean()), 3),
                "luma": round(float(np.mean([luma(p).mean() for p in shown])), 1),
                "noise_x": round(noise / clean_noise, 2),
                "slope": round(float(np.median([spectrum_slope(luma(p)) for p in shown[::4]])), 2),
                "cuts": sum(cut_like(a, b) for a, b in pairwise(shown)),
                "still": run if run[1] - run[0] > 3 else (),
                "kB": round((folder / recording["file"]).stat().st_size / 1e3),
            }
        )
    return Listed(
        *(np.concatenate(part) for part in (session_answers, true, clip_of, qualities, frozen))
    ), rows


def _scores(listed: Listed, key: dict[str, Any]) -> dict[str, Any]:
    keep = ~listed.frozen
    right = (listed.answers.argmax(1) == listed.true)[keep]
    h = hardness(listed.answers[keep], listed.qualities[keep], listed.clip[keep])
    order = np.argsort(-h, kind="stable")
    hardest, rest = order[: int(0.2 * len(order) + 0.5)], order[int(0.2 * len(order) + 0.5) :]
    wrong = [int((~right[part]).sum()) for part in (hardest, rest)]
    spot = key["planted"]["blind_spot"]
    inside = np.array([key["footage"][k][spot["key"]] == spot["value"] for k in listed.clip[keep]])
    erased = {
        (row["file"], k) for row in key["planted"]["erased_by_input_size"] for k in row["frames"]
    }
    names = key["classes"]
    return {
        "listed": len(listed.true),
        "used": int(keep.sum()),
        "right": float(right.mean()),
        "right_with_frozen": float((listed.answers.argmax(1) == listed.true).mean()),
        "hardest_fifth": float(right[hardest].mean()),
        "rest": float(right[rest].mean()),
        "fisher": fisher_more(wrong[0], len(hardest) - wrong[0], wrong[1], len(rest) - wrong[1]),
        "hardest_hundred": float(right[order[:100]].mean()),
        "blind_spot": float(right[inside].mean()),
        "elsewhere": float(right[~inside].mean()),
        "erased_frames": len(erased),
        "by_class": {
            name: round(float(right[listed.true[keep] == k].mean()), 2)
            for k, name in enumerate(names)
        },
        "said": {
            name: int((listed.answers[keep].argmax(1) == k).sum()) for k, name in enumerate(names)
        },
    }
