"""The frames of a clip, and the clip as a video file."""

from __future__ import annotations

import subprocess
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from sample.air import bloom, dirty, dusty, flickering, glaring, smear
from sample.camera import develop
from sample.scene import Scene, build, held, light_of, speed
from sample.story import CAMERAS, CLIPS, FPS, FRAMES, HEIGHT, WIDTH, Clip

SHARPEN = 0.9


def frame(scene: Scene, index: int) -> np.ndarray:
    """Frame `index` of the scene's clip, (HEIGHT, WIDTH, 3) uint8 RGB. The same on every call."""
    index = held(scene.clip, index)
    clip, setting, seconds = scene.clip, scene.clip.setting, index / FPS
    light = light_of(scene, index)
    light = smear(
        light, scene.belt_mask, speed(clip, seconds) * setting.shutter, -CAMERAS[clip.camera].turn
    )
    if setting.shake:
        shaken = np.random.default_rng([clip.seed, 10, index])
        light = smear(
            light,
            np.ones_like(scene.belt_mask),
            setting.shake * shaken.uniform(0.3, 1.5),
            shaken.uniform(0, 180),
        )
    if setting.dust:
        light = dusty(light, clip.seed, seconds, setting.dust)
    if setting.glare:
        light = glaring(light, clip.seed, seconds, setting.glare)
    light = bloom(light) * scene.vignette
    if setting.flicker:
        light = flickering(light, clip.seed, index, setting.flicker)
    if setting.dirt:
        light = dirty(light, clip.seed, setting.dirt)
    return develop(
        light,
        replace(setting.sensor, sharpen=SHARPEN),
        CAMERAS[clip.camera].balance,
        np.random.default_rng([clip.seed, 9, index]),
    )


@lru_cache(maxsize=1)
def scene_of(name: str) -> Scene:
    """The scene of a clip by its name; the last one is kept."""
    return build(next(clip for clip in CLIPS if clip.name == name))


def _render(name: str, indices: list[int], folder: Path) -> None:
    cv2.setNumThreads(1)
    todo = [k for k in indices if not (folder / f"{k:04d}.png").exists()]
    for index in todo:
        part = folder / f"{index:04d}.part.png"
        cv2.imwrite(
            str(part),
            cv2.cvtColor(frame(scene_of(name), index), cv2.COLOR_RGB2BGR),
            [cv2.IMWRITE_PNG_COMPRESSION, 1],
        )
        part.replace(folder / f"{index:04d}.png")


def render(clips: tuple[Clip, ...], folder: Path, processes: int, stride: int = 1) -> None:
    """Render every `stride`th frame of `clips` into `folder`/NAME/0000.png; frames that are there
    are kept."""
    with ProcessPoolExecutor(processes) as pool:
        jobs = []
        for clip in clips:
            (folder / clip.name).mkdir(parents=True, exist_ok=True)
            jobs.append(
                pool.submit(_render, clip.name, list(range(0, FRAMES, stride)), folder / clip.name)
            )
        for job in jobs:
            job.result()


def encode(clip: Clip, folder: Path, target: Path) -> None:
    """Encode a clip's frames as H.264 in MP4, without anything that names the machine or the
    hour."""
    target.parent.mkdir(parents=True, exist_ok=True)
    command = [
        "ffmpeg", "-v", "error", "-y", "-framerate", str(FPS), "-i",
        str(folder / clip.name / "%04d.png"),
    ]  # fmt: skip
    command += [
        "-vf",
        f"scale={WIDTH}:{HEIGHT}:out_color_matrix=bt709:out_range=tv",
        "-c:v",
        "libx264",
        "-pix_fmt",
        "yuv420p",
    ]
    tuning = "merange=128:me=umh:scenecut=0"
    if clip.frozen:
        # The coarsest quantiser, one reference and no tricks: a frame that repeats is not worth a
        # bit and stays the same to the last one.
        first, last = clip.frozen[0] + 1, clip.frozen[1]
        tuning += f":aq-mode=0:psy=0:weightp=0:ref=1:mbtree=0:zones={first},{last},q=51"
    else:
        tuning += ":aq-mode=3:psy-rd=1.0,0.2"
    command += [
        "-preset",
        "slow",
        "-crf",
        str(clip.crf),
        "-x264-params",
        tuning,
        "-bf",
        "0",
        "-g",
        str(FRAMES),
        "-threads",
        "1",
    ]
    command += [
        "-color_primaries",
        "bt709",
        "-color_trc",
        "bt709",
        "-colorspace",
        "bt709",
        "-color_range",
        "tv",
    ]
    command += [
        "-map_metadata",
        "-1",
        "-fflags",
        "+bitexact",
        "-flags:v",
        "+bitexact",
        "-movflags",
        "+faststart",
        str(target),
    ]
    subprocess.run(command, check=True)
