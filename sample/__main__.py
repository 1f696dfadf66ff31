"""python -m sample render|encode|train|key|strange|check|all: makes and measures the sample
project."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import cv2

from sample.benchmark import render_benchmark
from sample.footage import encode, render
from sample.key import answer_key, card, hashes, write_json
from sample.story import CLIPS
from sample.strange import write_strange
from sample.training import TRAINING, load_training, render_training

STEPS = ("render", "encode", "train", "key", "strange", "check")
HOME = Path(__file__).resolve().parent.parent


def main(arguments: list[str]) -> int:
    """Run the steps asked for, in order; each keeps what is already there."""
    parser = argparse.ArgumentParser(prog="python -m sample", description=__doc__)
    parser.add_argument("step", choices=(*STEPS, "all"))
    parser.add_argument(
        "--work",
        type=Path,
        default=HOME / "build" / "sample",
        help="where raw frames and training pictures are kept",
    )
    parser.add_argument(
        "--out",
        type=Path,
        default=HOME / "resources" / "demo",
        help="where the finished sample goes",
    )
    parser.add_argument("--processes", type=int, default=2)
    chosen = parser.parse_args(arguments)
    cv2.setNumThreads(1)
    for step in STEPS if chosen.step == "all" else (chosen.step,):
        _run(step, chosen.work, chosen.out, chosen.processes)
    return 0


def _run(step: str, work: Path, out: Path, processes: int) -> None:
    if step == "render":
        render(CLIPS, work / "frames", processes)
        render_benchmark(out, processes)
    elif step == "encode":
        for clip in CLIPS:
            encode(clip, work / "frames", out / "footage" / f"{clip.name}.mp4")
    elif step == "train":
        from sample.network import export, train  # PyTorch is only needed for this step

        render_training(work / "training", TRAINING, processes)
        export(train(*load_training(work / "training", TRAINING)), out / "model.onnx")
    elif step == "key":
        write_json(out / "model.card.json", card())
        write_json(out / "answer_key.json", answer_key())
        write_json(out / "render_hashes.json", hashes())
    elif step == "strange":
        write_strange(out.parent / "probes" / "wrong_domain")
    else:
        from sample.check import check  # needs onnxruntime, which rendering does not

        check(out)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
