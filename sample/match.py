"""Which damage makes the clean pictures look most like the footage: a plain reading of methods 5.4
and 5.5, apart from the product."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from sample.measures import immerkaer, luma

TABLE: dict[str, tuple[float, ...]] = {
    "gauss_noise": (6, 12, 20, 32, 48),
    "shot_noise": (200, 100, 50, 25, 12),
    "defocus": (1, 2, 3, 4, 6),
    "motion": (3, 6, 10, 15, 22),
    "dark": (0.70, 0.50, 0.35, 0.22, 0.12),
    "bright": (1.2, 1.5, 1.9, 2.5, 3.5),
    "low_contrast": (0.75, 0.55, 0.40, 0.28, 0.18),
    "jpeg": (40, 25, 15, 10, 5),
    "downscale": (0.75, 0.50, 0.35, 0.25, 0.15),
    "haze": (0.85, 0.70, 0.55, 0.40, 0.25),
}
READ_NOISE = (1, 2, 3, 4, 6)


def damaged(picture: np.ndarray, family: str, level: int, rng: np.random.Generator) -> np.ndarray:
    """`picture` (H, W, 3) uint8 RGB after `family` at severity `level` (1 to 5)."""
    x, v = picture.astype(np.float32), TABLE[family][level - 1]
    scale = min(picture.shape[:2]) / 192
    pixels: dict[str, Callable[[], np.ndarray]] = {
        "gauss_noise": lambda: x + rng.normal(0, v, x.shape),
        "shot_noise": lambda: rng.poisson(x / 255 * v) / v * 255,
        "defocus": lambda: cv2.GaussianBlur(x, (0, 0), v * scale),
        "motion": lambda: cv2.blur(x, (max(1, round(v * scale)), 1)),
        "dark": lambda: x * v + rng.normal(0, READ_NOISE[level - 1], x.shape),
        "bright": lambda: x * v,
        "low_contrast": lambda: x.mean() + (x - x.mean()) * v,
        "jpeg": lambda: cv2.imdecode(
            cv2.imencode(".jpg", picture, [cv2.IMWRITE_JPEG_QUALITY, int(v)])[1], cv2.IMREAD_COLOR
        ),
        "downscale": lambda: cv2.resize(
            cv2.resize(x, None, fx=v, fy=v, interpolation=cv2.INTER_AREA), x.shape[1::-1]
        ),
        "haze": lambda: x * v + 217 * (1 - v),
    }
    return np.clip(np.round(pixels[family]()), 0, 255).astype(np.uint8)


def statistics(picture: np.ndarray) -> np.ndarray:
    """The statistics vector of methods 5.4, (17,)."""
    scale = 512 / max(picture.shape[:2])
    small = cv2.resize(
        picture,
        None,
        fx=scale,
        fy=scale,
        interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR,
    )
    y, native = luma(small), luma(picture)
    gx, gy = cv2.Sobel(y, cv2.CV_64F, 1, 0), cv2.Sobel(y, cv2.CV_64F, 0, 1)
    tensor = np.linalg.eigvalsh(
        [[(gx * gx).mean(), (gx * gy).mean()], [(gx * gy).mean(), (gy * gy).mean()]]
    )
    low, high = np.percentile(y, [1, 99])
    step = np.abs(np.diff(native, axis=1))
    kernel = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float64)
    power = np.abs(np.fft.fft2(y - y.mean())) ** 2
    f = np.hypot(*np.meshgrid(np.fft.fftfreq(y.shape[1]), np.fft.fftfreq(y.shape[0])))
    bands = [
        np.log10(power[(f >= a) & (f < b)].sum() / max(power.sum(), 1e-9) + 1e-12)
        for a, b in ((0.06, 0.125), (0.125, 0.25), (0.25, 0.5))
    ]
    lab = cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB).reshape(-1, 3)
    values = [
        y.mean(), high - low, low, (y <= 10).mean(), (y >= 245).mean(),
        np.log(cv2.Laplacian(y, cv2.CV_64F).var() + 1),
    ]  # fmt: skip
    values += [
        np.log(immerkaer(native) + 0.1),
        np.log(np.median(np.abs(cv2.filter2D(native, cv2.CV_64F, kernel))) + 0.1),
    ]
    values += [
        tensor[1] / max(tensor.sum(), 1e-9),
        step[:, 7::8].mean() / max(step.mean(), 1e-9),
        *bands,
    ]
    return np.array(
        [*values, lab[:, 1].mean(), lab[:, 2].mean(), np.hypot(lab[:, 1], lab[:, 2]).mean()]
    )


def energy(a: np.ndarray, b: np.ndarray) -> float:
    """Energy distance of two clouds (n, d) and (m, d)."""

    def between(p: np.ndarray, q: np.ndarray) -> float:
        return float(np.linalg.norm(p[:, None] - q[None], axis=2).mean())

    return 2 * between(a, b) - between(a, a) - between(b, b)


def best_matches(clean: list[np.ndarray], field: list[np.ndarray]) -> list[tuple[str, int, float]]:
    """Families and severities by the share of the distance they explain, best first."""
    rng = np.random.default_rng(1)
    plain, there = (np.stack([statistics(p) for p in pictures]) for pictures in (clean, field))
    middle = np.median(plain, axis=0)
    spread = np.maximum(np.subtract(*np.percentile(plain, [75, 25], axis=0)) / 1.349, 0.02)

    def standard(cloud: np.ndarray) -> np.ndarray:
        return np.clip((cloud - middle) / spread, -8, 8)

    target, before = standard(there), energy(standard(plain), standard(there))
    found = []
    for family in TABLE:
        for level in range(1, 6):
            cloud = standard(np.stack([statistics(damaged(p, family, level, rng)) for p in clean]))
            found.append((family, level, 1 - energy(cloud, target) / before))
    return sorted(found, key=lambda row: -row[2])
