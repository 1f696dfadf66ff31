"""A simulated camera over shifts: a still background, parts that pass, sensor noise, light that
changes a little from shift to shift."""

import cv2
import numpy as np

from fieldcheck.imaging.camera_health import CameraWatch

HEIGHT, WIDTH, FPS = 180, 320, 4.0


def background(seed):
    rng = np.random.default_rng(seed)
    layers = [
        cv2.resize(rng.normal(0, 1, (HEIGHT // step, WIDTH // step, 3)), (WIDTH, HEIGHT))
        for step in (2, 6, 36)
    ]
    return np.clip(110 + 14 * layers[0] + 16 * layers[1] + 18 * layers[2], 30, 225)


def frames(seed, shift, n=108, fault=lambda at, rgb: rgb, scene=None):
    """n frames (180, 320, 3) uint8 RGB. `fault(at, rgb)`: frame `at` before its noise."""
    rng, still = np.random.default_rng((seed, shift)), background(seed) if scene is None else scene
    gain, offset = rng.normal(1, 0.02), rng.normal(0, 1.5)
    noise = rng.normal(0, 1.2, (2 * HEIGHT, 2 * WIDTH, 3))
    for at in range(n):
        rgb = still * gain + offset
        for part in range(3):
            left = (at * (9 + part) + 97 * part + 31 * shift) % (WIDTH + 60) - 60
            top = 20 + 52 * part
            rgb[top : top + 34, max(0, left) : max(0, left + 50)] = (
                200 - 60 * part,
                90 + 30 * part,
                70 + shift % 5,
            )
        y, x = rng.integers(0, HEIGHT), rng.integers(0, WIDTH)
        yield np.clip(fault(at, rgb) + noise[y : y + HEIGHT, x : x + WIDTH], 0, 255).astype(
            np.uint8
        )


def shift_of(camera, pictures):
    watch = CameraWatch()
    for at, rgb in enumerate(pictures):
        watch.add_frame(rgb, at / FPS)
    return watch.make_shift(camera)
