"""FastestDet's head: a grid of cells, each with objectness, four figures of a box and a score a
class."""

import numpy as np


def decode(outputs, size, n_classes):
    """outputs[0]: (5 + K, H, W) → boxes (n, 4) in pixels of the tensor, scores (n,), classes (n,);
    size: (height, width) of the tensor."""
    (grid,) = outputs
    if grid.ndim != 3 or grid.shape[0] != 5 + n_classes:
        raise ValueError(f"{grid.shape} is no grid of {5 + n_classes} figures a cell")
    rows, columns = np.mgrid[: grid.shape[1], : grid.shape[2]]
    x = (columns + np.tanh(grid[1])) / grid.shape[2]
    y = (rows + np.tanh(grid[2])) / grid.shape[1]
    w, h = 1 / (1 + np.exp(-grid[3])), 1 / (1 + np.exp(-grid[4]))
    scores = np.maximum(grid[0], 0) ** 0.6 * grid[5:].max(axis=0) ** 0.4
    boxes = np.stack([x - w / 2, y - h / 2, x + w / 2, y + h / 2], axis=-1) * [
        size[1],
        size[0],
        size[1],
        size[0],
    ]
    return boxes.reshape(-1, 4), scores.ravel(), grid[5:].argmax(axis=0).ravel()
