"""Answers of the zoo worked out in plain loops, with nothing of the product: from the raw tensors
to rows in pixels of the frame."""

from math import exp

import numpy as np

FLOOR, IOU = 0.05, 0.45


def sigmoid(x):
    return 1 / (1 + exp(-x))


def softmax(row):
    powers = [exp(x - max(row)) for x in row]
    return [one / sum(powers) for one in powers]


def overlap(a, b):
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    if width <= 0 or height <= 0:
        return 0.0
    shared = width * height
    return shared / ((a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - shared)


def ends(x, y, w, h):
    return [x - w / 2, y - h / 2, x + w / 2, y + h / 2]


def suppressed(found):
    kept = []
    for box in sorted(found, key=lambda one: -one[4]):
        if all(box[5] != other[5] or overlap(box, other) <= IOU for other in kept):
            kept.append(box)
    return kept


def placed(found, frame, side):
    """Rows x1, y1, x2, y2, score, class …, from pixels of the stretched tensor to those of the
    frame, by falling score."""
    tall, wide = frame
    across, down = wide / side, tall / side
    by_score = sorted(found, key=lambda one: -one[4])
    return [[a * across, b * down, c * across, d * down, *rest] for a, b, c, d, *rest in by_score]


def of_classes(species, raw):
    row = [float(x) for x in raw[0].reshape(-1)]
    if species.kind == "logits":
        return [sigmoid(x) for x in row] if species.task == "multilabel" else softmax(row)
    return [1 - row[0], row[0]] if len(row) == 1 else row


def of_grid(species, raw):
    rows = raw[0] if raw[0].shape[1] < raw[0].shape[0] else raw[0].T
    k, found = len(species.classes), []
    for row in rows.tolist():
        scores = [s * (row[4] if len(row) == 5 + k else 1.0) for s in row[-k:]]
        best = max(range(k), key=scores.__getitem__)
        if scores[best] >= FLOOR:
            found.append([*ends(*row[:4]), scores[best], best])
    return suppressed(found)


def of_yolox(species, raw):
    found, rows, at = [], raw[0].tolist(), 0
    for stride in (8, 16, 32):
        for y in range(32 // stride):
            for x in range(32 // stride):
                row, at = rows[at], at + 1
                scores = [s * row[4] for s in row[5:]]
                best = max(range(len(scores)), key=scores.__getitem__)
                if scores[best] >= FLOOR:
                    box = (
                        (row[0] + x) * stride,
                        (row[1] + y) * stride,
                        exp(row[2]) * stride,
                        exp(row[3]) * stride,
                    )
                    found.append([*ends(*box), scores[best], best])
    return suppressed(found)


def of_ssd(species, raw):
    found = []
    for place, (scores, box) in enumerate(zip(raw[0].tolist(), raw[1].tolist(), strict=True)):
        if len(raw) == 3:
            if raw[2].shape[-1] == 4:
                cx, cy, w, h = raw[2].reshape(-1, 4)[place].tolist()
            else:
                a, b, c, d = raw[2].reshape(2, -1, 4)[0, place].tolist()
                cx, cy, w, h = (a + c) / 2, (b + d) / 2, c - a, d - b
            x = cx + box[0] * 0.1 * w
            box = ends(x, cy + box[1] * 0.1 * h, w * exp(box[2] * 0.2), h * exp(box[3] * 0.2))
        found += [
            [*(32 * side for side in box), score, k]
            for k, score in enumerate(scores[1:])
            if score >= FLOOR
        ]
    return suppressed(found)


def of_detr(species, raw):
    scores, boxes = raw if len(raw) == 2 else (raw[0][:, 4:], raw[0][:, :4])
    k, found = len(species.classes), []
    for row, box in zip(scores.tolist(), boxes.tolist(), strict=True):
        corners = [32 * side for side in ends(*box)]
        if len(row) == k + 1:
            shares = softmax(row)[:k]
            best = max(range(k), key=shares.__getitem__)
            found.append([*corners, shares[best], best])
        else:
            shares = row if all(0 <= x <= 1 for x in row) else [sigmoid(x) for x in row]
            found += [[*corners, share, place] for place, share in enumerate(shares)]
    return [one for one in sorted(found, key=lambda one: -one[4])[: len(boxes)] if one[4] >= FLOOR]


def of_torchvision(species, raw):
    boxes, labels = raw[0], next(one for one in raw if one.dtype == np.int64)
    scores = next(one for one in raw[1:] if one.ndim == 1 and one.dtype != np.int64)
    rows = zip(boxes.tolist(), labels.tolist(), scores.tolist(), range(len(boxes)), strict=True)
    return [[*box, score, label - 1, place] for box, label, score, place in rows if score >= FLOOR]


def of_anomaly(species, raw):
    score, threshold = float(raw[0].max()), species.threshold
    if threshold > 1:
        share = score / (score + threshold)
    else:
        share = (
            0.5 * score / threshold
            if score < threshold
            else 0.5 + 0.5 * (score - threshold) / (1 - threshold)
        )
    return [1 - share, share]


def class_map(species, raw, frame):
    """The class of every pixel of the frame, one by one."""
    k, one = len(species.classes), raw[0]
    tall, wide = frame
    found = np.zeros(frame, np.uint8)
    for y in range(tall):
        for x in range(wide):
            if one.ndim == 2:
                found[y, x] = one[
                    int((y + 0.5) / tall * one.shape[0]), int((x + 0.5) / wide * one.shape[1])
                ]
            elif one.shape[0] in (1, k):
                cell = one[
                    :, int((y + 0.5) / tall * one.shape[1]), int((x + 0.5) / wide * one.shape[2])
                ]
                found[y, x] = (
                    sigmoid(cell[0]) >= species.threshold
                    if len(cell) == 1 and k == 2
                    else int(np.argmax(cell))
                )
            else:
                row = int((y + 0.5) / tall * one.shape[0])
                found[y, x] = int(np.argmax(one[row, int((x + 0.5) / wide * one.shape[1])]))
    return found


def of_instances(species, raw, frame):
    """Rows as `of_grid`, and the mask of each as a picture of the frame's size."""
    boxes, prototypes = raw
    k, found = len(species.classes), []
    for row in boxes.T.tolist():
        best = max(range(k), key=row[4 : 4 + k].__getitem__)
        if row[4 + best] >= FLOOR:
            found.append([*ends(*row[:4]), row[4 + best], best, row[4 + k :]])
    kept = placed(suppressed(found), frame, 32)
    shown = [box for box in kept if box[4] >= species.threshold]
    planes = [
        sum(c * p for c, p in zip(box[6], prototypes.astype(np.float64), strict=True))
        for box in shown
    ]
    masks = [mask_of(plane, box, frame, 0.0) for plane, box in zip(planes, shown, strict=True)]
    return [box[:6] for box in kept], masks


def of_painted(species, raw, frame):
    kept = placed(of_torchvision(species, raw), frame, 32)
    shown = [box for box in kept if box[4] >= species.threshold]
    masks = [mask_of(raw[3][box[6], 0].astype(np.float64), box, frame, 0.5) for box in shown]
    return [box[:6] for box in kept], masks


def mask_of(plane, box, frame, least):
    """Pixels whose centre lies in the box and where the bilinear plane is above `least`."""
    tall, wide = frame
    found = np.full(frame, -1.0)
    for y in range(tall):
        for x in range(wide):
            if box[0] <= x + 0.5 <= box[2] and box[1] <= y + 0.5 <= box[3]:
                at_y = min(max((y + 0.5) / tall * plane.shape[0] - 0.5, 0), plane.shape[0] - 1)
                at_x = min(max((x + 0.5) / wide * plane.shape[1] - 0.5, 0), plane.shape[1] - 1)
                top, left = int(at_y), int(at_x)
                below, right = min(top + 1, plane.shape[0] - 1), min(left + 1, plane.shape[1] - 1)
                down, across = at_y - top, at_x - left
                upper = plane[top, left] * (1 - across) + plane[top, right] * across
                lower = plane[below, left] * (1 - across) + plane[below, right] * across
                found[y, x] = upper * (1 - down) + lower * down - least
            else:
                found[y, x] = np.nan
    return found


READERS = {
    "yolo": of_grid, "yolo_obj": of_grid, "yolox": of_yolox, "ssd": of_ssd, "detr": of_detr,
    "torchvision": of_torchvision,
    "yolo_end2end": lambda species, raw: [row for row in raw[0].tolist() if row[4] >= FLOOR],
}  # fmt: skip
