"""What is measured on the finished sample: picture statistics, hardness, small tests. Apart from
the product, to check it too."""

from __future__ import annotations

from itertools import pairwise
from math import comb

import cv2
import numpy as np

LAPLACE2 = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float64)


def luma(picture: np.ndarray) -> np.ndarray:
    """(H, W) float64 grey levels of an RGB picture (H, W, 3) uint8."""
    return cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY).astype(np.float64)


def immerkaer(y: np.ndarray) -> float:
    """Noise sigma in grey levels on a central crop at native size, valid area only. Source:
    Immerkær 1996, CVIU 64:300."""
    rows, columns = y.shape
    side = min(rows, columns, 400)
    crop = y[(rows - side) // 2 : (rows + side) // 2, (columns - side) // 2 : (columns + side) // 2]
    response = cv2.filter2D(crop, cv2.CV_64F, LAPLACE2)[1:-1, 1:-1]
    return float(np.sqrt(np.pi / 2) / 6 * np.abs(response).mean())


def spectrum_slope(y: np.ndarray, lo: float = 0.01, hi: float = 0.5) -> float:
    """Slope of log power over log frequency (cycles per pixel), averaged in rings, on the central
    square under a Hann window."""
    side = min(y.shape)
    crop = y[(y.shape[0] - side) // 2 :, (y.shape[1] - side) // 2 :][:side, :side]
    window = np.hanning(side)
    power = np.abs(np.fft.fft2((crop - crop.mean()) * window[:, None] * window)) ** 2
    f = np.hypot(*np.meshgrid(np.fft.fftfreq(side), np.fft.fftfreq(side)))
    ring = np.round(f * side).astype(int)
    mean = np.bincount(ring.ravel(), power.ravel()) / np.bincount(ring.ravel())
    edges = np.geomspace(lo, hi, 16)
    k = np.arange(len(mean)) / side
    binned = [
        (np.log(k[(k >= a) & (k < b)]).mean(), np.log(mean[(k >= a) & (k < b)]).mean())
        for a, b in pairwise(edges)
    ]
    x, z = np.array(binned).T
    return float(np.polyfit(x, z, 1)[0])


def quality(picture: np.ndarray) -> tuple[float, float, float, float]:
    """Blur, noise, clipping and flatness of a frame; each rises as the picture gets worse."""
    y = luma(picture)
    scale = 512 / max(y.shape)
    small = cv2.resize(y, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    blur = -float(np.log(cv2.Laplacian(small, cv2.CV_64F).var() + 1))
    clipped = float((small <= 10).mean() + (small >= 245).mean())
    low, high = np.percentile(small, [1, 99])
    return blur, float(np.log(immerkaer(y) + 0.1)), clipped, -float(high - low)


def ranks(values: np.ndarray) -> np.ndarray:
    """(average rank − 0.5) / N of each value; 0.5 throughout where all are equal."""
    ordered = np.sort(values)
    below, upto = (
        np.searchsorted(ordered, values, "left"),
        np.searchsorted(ordered, values, "right"),
    )
    return np.asarray((below + upto) / 2 / len(values))


def hardness(
    answers: np.ndarray, qualities: np.ndarray, clip_of: np.ndarray, reach: int = 2
) -> np.ndarray:
    """h of every listed frame from softmax answers (N, K), qualities (N, 4) and its clip's number;
    `reach` frames are one second."""
    top = answers.argmax(1)
    sorted_answers = np.sort(answers, axis=1)
    unsure = 1 - (sorted_answers[:, -1] - sorted_answers[:, -2])
    flicker = np.zeros(len(top))
    for i in range(len(top)):
        near = [
            j
            for j in range(i - reach, i + reach + 1)
            if 0 <= j < len(top) and j != i and clip_of[j] == clip_of[i]
        ]
        flicker[i] = np.mean(top[near] != top[i])
    worst_two = np.sort(np.stack([ranks(q) for q in qualities.T]), axis=0)[-2:].mean(0)
    return np.asarray(
        (0.35 * ranks(unsure) + 0.20 * ranks(flicker) + 0.15 * ranks(worst_two)) / 0.70
    )


def fisher_more(a: int, b: int, c: int, d: int) -> float:
    """One-sided Fisher exact p that row 1 of [[a, b], [c, d]] has the larger share in column 1."""
    n, row, column = a + b + c + d, a + b, a + c
    return sum(
        comb(column, k) * comb(n - column, row - k) for k in range(a, min(row, column) + 1)
    ) / comb(n, row)


def nearest_by_colour(pictures: list[np.ndarray], classes: np.ndarray) -> float:
    """Share right of one nearest neighbour on 8×8×8 colour histograms, even pictures teaching, odd
    ones asked."""
    bins = [(p >> 5).astype(int) for p in pictures]
    histograms = np.stack(
        [
            np.bincount((b[..., 0] * 64 + b[..., 1] * 8 + b[..., 2]).ravel(), minlength=512)
            / b[..., 0].size
            for b in bins
        ]
    )
    known, asked = histograms[0::2], histograms[1::2]
    nearest = np.array([np.abs(known - h).sum(1).argmin() for h in asked])
    return float((classes[0::2][nearest] == classes[1::2]).mean())


def cut_like(before: np.ndarray, after: np.ndarray) -> bool:
    """Whether two listed frames look like a hard cut: 32-bin histogram correlation under 0.4 and
    mean difference over 25, at 160 × 90."""
    a, b = (
        cv2.resize(luma(p).astype(np.float32), (160, 90), interpolation=cv2.INTER_AREA)
        for p in (before, after)
    )
    ha, hb = (np.histogram(p, 32, (0, 256))[0].astype(float) for p in (a, b))
    return bool(np.corrcoef(ha, hb)[0, 1] < 0.4 and np.abs(a - b).mean() > 25)


def longest_freeze(frames: list[np.ndarray]) -> tuple[int, int]:
    """First and last index of the longest run of frames whose 160 × 90 luma does not change at
    all."""
    small = [
        cv2.resize(cv2.cvtColor(f, cv2.COLOR_RGB2GRAY), (160, 90), interpolation=cv2.INTER_AREA)
        for f in frames
    ]
    best, start = (0, 0), 0
    for k in range(1, len(small)):
        if not np.array_equal(small[k], small[k - 1]):
            start = k
        if k - start > best[1] - best[0]:
            best = (start, k)
    return best
