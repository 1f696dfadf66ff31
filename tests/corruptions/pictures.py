"""Pictures that look like something: smooth shapes, edges and fine texture, in colour."""

import cv2
import numpy as np


def scene(height=192, width=256, seed=0):
    rng = np.random.default_rng(seed)
    coarse = rng.integers(40, 216, (6, 8, 3), dtype=np.uint8)
    rgb = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_CUBIC)
    for _ in range(12):
        x = int(rng.integers(width))
        y = int(rng.integers(height))
        r = int(rng.integers(4, max(5, height // 8)))
        cv2.circle(rgb, (x, y), r, [int(v) for v in rng.integers(20, 236, 3)], cv2.FILLED)
    fine = cv2.GaussianBlur(rng.normal(0, 40, (height, width, 1)).astype(np.float32), (0, 0), 1)
    return np.clip(rgb + fine[..., None], 5, 250).astype(np.uint8)
