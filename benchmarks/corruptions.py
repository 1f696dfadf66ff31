"""Every corruption of the catalogue on one thread, at 720p and 1080p – against imagecorruptions'
own of that kind and albumentations'.

Seconds are those of the processor: one thread takes as many on a busy machine as on a quiet one.
Every call is seeded on both sides, as a sweep that can be repeated needs it.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray

from benchmarks.peers import IMAGECORRUPTIONS, python_of
from benchmarks.row import Row, row
from fieldcheck.corruptions.catalogue import CATALOG, apply_corruption, get_parameters
from fieldcheck.footage.camera.playback import SyntheticCamera

if TYPE_CHECKING:
    from albumentations import Compose

SIZES = ((1280, 720), (1920, 1080))
SEVERITY, SEED = 3.0, 7
FASTER, LONGEST_MS, MAY_BE_SLOW = 10.0, 33.0, 3
# both sides are one and the same call of one library: told by name, and not held against the bar
SAME_CALL = frozenset({"gamma"})
# what is over in four milliseconds is run more often: its median is mostly the clock's else
RUNS, SHORT_RUNS, SHORT_S = 5, 61, 0.004

Key = tuple[str, tuple[int, int]]  # corruption and size

PEERS = {
    "gauss_noise": "gaussian_noise",
    "shot_noise": "shot_noise",
    "defocus": "defocus_blur",
    "motion": "motion_blur",
    "zoom_blur": "zoom_blur",
    "glass_blur": "glass_blur",
    "bright": "brightness",
    "low_contrast": "contrast",
    "jpeg": "jpeg_compression",
    "downscale": "pixelate",
    "fog": "fog",
    "snow": "snow",
    "dust": "spatter",
}
"""Ours → imagecorruptions' of that kind. Its strengths are its own."""


def rows(smoke: bool) -> list[Row]:
    """`corruptions`: geometric mean of the speed-ups; `corruptions_builtin`: the worst share of a
    built-in's time; `corruptions_slowest`: how many take longer than a frame of thirty a second
    lasts, by name. Small, nothing but that they run."""
    sizes = ((160, 96),) if smoke else SIZES
    frames = {size: SyntheticCamera(*size).render_frame(3) for size in sizes}
    with one_thread():
        ours, builtin, floors = measured(frames, 1 if smoke else RUNS)
    shares = {key: ours[key] / ms for key, ms in builtin.items()}
    slow = [(name, ours[name, sizes[-1]] * 1000) for name in CATALOG]
    over = sorted(name for name, ms in slow if ms > LONGEST_MS)
    longest = ", ".join(
        f"{name} {ms:.1f}" for name, ms in sorted(slow, key=lambda pair: -pair[1])[:5]
    )
    slowest = max(ms for _, ms in slow)
    worst_share = max(share for (name, _), share in shares.items() if name not in SAME_CALL)
    floor = statistics.geometric_mean(floors)
    told_apart = f"not held against it, being the same call: {', '.join(sorted(SAME_CALL))}"
    table = [
        row(
            "corruptions_builtin",
            worst_share,
            1.0,
            f"albumentations' built-in; nearest: {worst(shares)}; {told_apart}",
            1.0,
            "<=",
            RUNS,
            floor=floor,
        ),
        row(
            "corruptions_slowest",
            slowest,
            LONGEST_MS,
            f"ms at the larger size; longest: {longest}; over: {', '.join(over) or 'none'}",
            1.0 if len(over) > MAY_BE_SLOW else max(1.0, slowest / LONGEST_MS),
            "<=",
            RUNS,
        ),
    ]
    return table if smoke else [against_peer(ours, frames), *table]


def against_peer(ours: dict[Key, float], frames: dict[tuple[int, int], NDArray[np.uint8]]) -> Row:
    """The row `corruptions`."""
    peer = {
        (name, size): seconds
        for size, rgb in frames.items()
        for name, seconds in peers(rgb).items()
    }
    gains = {key: seconds / ours[key] for key, seconds in peer.items()}
    other_is = "mean seconds of imagecorruptions' own of that kind: " + ", ".join(
        f"{n} {s[1]}p {g:.0f}×" for (n, s), g in gains.items()
    )
    means = statistics.mean(ours[key] for key in peer), statistics.mean(peer.values())
    return row(
        "corruptions",
        *means,
        other_is,
        FASTER,
        ">=",
        RUNS,
        ratio=statistics.geometric_mean(gains.values()),
    )


def measured(
    frames: dict[tuple[int, int], NDArray[np.uint8]], runs: int
) -> tuple[dict[Key, float], dict[Key, float], list[float]]:
    """Median processor seconds of ours, and of the built-ins that there are; each of these against
    itself."""
    ours: dict[Key, float] = {}
    builtin: dict[Key, float] = {}
    floors: list[float] = []
    for size, rgb in frames.items():
        own_kinds = builtins(size)
        for name in CATALOG:
            sides: list[Callable[[], object]] = [
                partial(apply_corruption, rgb, name, SEVERITY, SEED)
            ]
            sides += [partial(seeded, own_kinds[name], rgb)] * 2 if name in own_kinds else []
            seconds = in_turn(sides, runs)
            ours[name, size] = seconds[0]
            if name in own_kinds:
                builtin[name, size] = seconds[1]
                floors.append(seconds[2] / seconds[1])
    return ours, builtin, floors


def seeded(compose: Compose, rgb: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """What a pipeline of albumentations makes of the picture, the same every time."""
    compose.set_random_seed(SEED)
    return np.asarray(compose(image=rgb)["image"])


def in_turn(sides: list[Callable[[], object]], runs: int) -> list[float]:
    """Median processor seconds of each side, run in turn after one warm-up."""
    for work in sides:
        work()
    longest = max(processor_seconds(work) for work in sides)
    runs = SHORT_RUNS if runs > 1 and longest < SHORT_S else runs
    rounds = [[processor_seconds(work) for work in sides] for _ in range(runs)]
    return [max(statistics.median(seconds), 1e-6) for seconds in zip(*rounds, strict=True)]


def processor_seconds(work: Callable[[], object]) -> float:
    """What one call takes of the processor."""
    began = time.process_time()
    work()
    return time.process_time() - began


@contextmanager
def one_thread() -> Iterator[None]:
    """OpenCV keeps to the thread that calls it."""
    before = cv2.getNumThreads()
    cv2.setNumThreads(1)
    try:
        yield
    finally:
        cv2.setNumThreads(before)


def worst(shares: dict[Key, float]) -> str:
    """The four that come nearest to their built-in's time, or take longer."""
    nearest = sorted(shares, key=shares.__getitem__, reverse=True)[:4]
    return ", ".join(f"{name} {size[1]}p {shares[name, size]:.2f}" for name, size in nearest)


def builtins(size: tuple[int, int]) -> dict[str, Compose]:
    """albumentations' own of each kind, as strong as ours where it can be told so; lengths in
    pixels of this size."""
    import albumentations as A

    unit, parameters = min(size) / 192, {name: get_parameters(name, SEVERITY) for name in CATALOG}
    length, scale = (
        2 * round(parameters["motion"]["length"] * unit / 2) + 1,
        parameters["downscale"]["scale"] / max(1.0, unit),
    )
    noise, ways = (
        parameters["gauss_noise"]["sigma"] / 255,
        {"downscale": cv2.INTER_AREA, "upscale": cv2.INTER_LINEAR},
    )
    factor, gain, exponent = (
        parameters["low_contrast"]["factor"],
        parameters["bright"]["gain"],
        round(100 * parameters["gamma"]["exponent"]),
    )
    chains = {
        "gauss_noise": [A.GaussNoise(std_range=(noise, noise), p=1)],
        "shot_noise": [A.ShotNoise(p=1)],
        "iso_noise": [A.ISONoise(p=1)],
        "defocus": [
            A.GaussianBlur(
                blur_limit=0, sigma_limit=(parameters["defocus"]["sigma"] * unit,) * 2, p=1
            )
        ],
        "motion": [A.MotionBlur(blur_limit=(length, length), p=1)],
        "zoom_blur": [A.ZoomBlur(max_factor=(1.1, 1.1), p=1)],
        "glass_blur": [A.GlassBlur(p=1)],
        "dark": [
            times(parameters["dark"]["gain"]),
            A.GaussNoise(std_range=(3 / 255, 3 / 255), p=1),
        ],
        "bright": [times(gain)],
        "low_contrast": [times(factor, 1 - factor)],
        "gamma": [A.RandomGamma(gamma_limit=(exponent, exponent), p=1)],
        "flare": [A.RandomSunFlare(p=1)],
        "shadow": [A.RandomShadow(p=1)],
        "jpeg": [A.ImageCompression(quality_range=(15, 15), p=1)],
        "downscale": [A.Downscale(scale_range=(scale, scale), interpolation_pair=ways, p=1)],
        "fog": [A.RandomFog(p=1)],
        "rain": [A.RandomRain(p=1)],
        "snow": [A.RandomSnow(method="texture", p=1)],
        "water_drops": [A.Spatter(mode="rain", p=1)],
        "dust": [A.Spatter(mode="mud", p=1)],
        "patches": [A.GridDropout(ratio=0.4, p=1)],
        "rotation": [A.Rotate(limit=(30, 30), p=1)],
        "perspective": [A.Perspective(p=1)],
        "crop": [A.RandomResizedCrop(size=size[::-1], scale=(0.56, 0.56), p=1)],
        "distortion": [A.OpticalDistortion(p=1)],
        "colour_cast": [A.PlanckianJitter(p=1)],
    }
    return {name: A.Compose(chain) for name, chain in chains.items()}


def times(factor: float, of_mean: float = 0.0):  # type: ignore[no-untyped-def]  # albumentations is imported by those who measure
    """Every pixel times `factor`, plus a share of the picture's mean."""
    import albumentations as A

    return A.RandomBrightnessContrast(
        brightness_limit=(of_mean, of_mean),
        contrast_limit=(factor - 1, factor - 1),
        brightness_by_max=False,
        p=1,
    )


def peers(rgb: NDArray[np.uint8]) -> dict[str, float]:
    """Median processor seconds of imagecorruptions by our name, in an environment of its own; those
    that fail there are left out."""
    python = python_of("imagecorruptions", IMAGECORRUPTIONS)
    with tempfile.TemporaryDirectory() as folder:
        picture = Path(folder) / "picture.npy"
        np.save(picture, rgb)
        command = [
            str(python), str(Path(__file__).with_name("naive_corruptions.py")), str(picture),
            str(RUNS), *PEERS.values(),
        ]  # fmt: skip
        completed = subprocess.run(
            command, check=True, capture_output=True, text=True, timeout=1800
        )
    seconds = dict(
        json.loads(line) for line in completed.stdout.splitlines() if line.startswith("[")
    )
    return {
        name: seconds[peer_name]
        for name, peer_name in PEERS.items()
        if seconds.get(peer_name) is not None
    }
