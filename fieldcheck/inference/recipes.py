"""Preprocessing recipes of known exports (YOLOX, YOLOv5/v8, torchvision, TensorFlow, Caffe): colour order, scale, mean, resize, border.

A file that says nothing of its input is fed in one of them far more often than in any other way. Sources: Megvii YOLOX `data_augment.py`
(`preproc`, 0.1.1rc0 and before it), Ultralytics `LetterBox`, torchvision `presets.py`, Keras `imagenet_utils.preprocess_input`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.model_card import Card, dump_card, parse_card
from fieldcheck.inference.open_model import OpenModel
from fieldcheck.inference.runner import ModelRunner
from fieldcheck.measure.answers import SCORE
from fieldcheck.progress import Progress

IMAGENET = {"mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225]}
PLAIN = {"colour": "RGB", "scale": 1 / 255, "mean": [0.0] * 3, "std": [1.0] * 3}
RAW = {"scale": 1.0, "mean": [0.0] * 3, "std": [1.0] * 3}
FITTED: dict[str, Any] = {"resize": "letterbox", "pad": 114, "pad_position": "centre"}
TOP_LEFT = FITTED | {"pad_position": "top_left"}
CENTRE = {"resize": "short_side", "crop": 0.875}
AHEAD = 2.0  # times as much confidence in its boxes: another recipe than the usual one has to be plainly better
MORE_RIGHT = 2  # frames


@dataclass(frozen=True, slots=True)
class PreprocessingRecipe:
    """`input` keys of a card under the name of those who export that way."""

    name: str
    keys: Mapping[str, Any]


YOLOX = (
    PreprocessingRecipe("YOLOX", TOP_LEFT | {"colour": "BGR"} | RAW),
    PreprocessingRecipe("YOLOX 0.1.0", TOP_LEFT | PLAIN | IMAGENET),
    PreprocessingRecipe("YOLOX, RGB", TOP_LEFT | {"colour": "RGB"} | RAW),
)
YOLO = (
    PreprocessingRecipe("YOLOv5–v11", FITTED | PLAIN),
    PreprocessingRecipe("YOLO, 0–255", FITTED | {"colour": "RGB"} | RAW),
    PreprocessingRecipe("YOLO, BGR", FITTED | PLAIN | {"colour": "BGR"}),
)
CLASSES = (
    PreprocessingRecipe("÷ 255", {"resize": "stretch"} | PLAIN),
    PreprocessingRecipe("torchvision", CENTRE | PLAIN | IMAGENET),
    PreprocessingRecipe("TensorFlow", CENTRE | PLAIN | {"mean": [0.5] * 3, "std": [0.5] * 3}),
    PreprocessingRecipe("Caffe", CENTRE | {"colour": "BGR", "scale": 1.0, "mean": [103.939, 116.779, 123.68], "std": [1.0] * 3}),
    PreprocessingRecipe("0–255", {"resize": "stretch", "colour": "RGB"} | RAW),
)
BY_KIND = {
    "yolox": YOLOX, "yolo": YOLO, "yolo_obj": YOLO, "yolo_end2end": YOLO,
    "logits": CLASSES, "softmax": CLASSES, "sigmoid": CLASSES,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class BestRecipe:
    """The card fed by the recipe that answers best, its name, and how many were tried; none where no recipe is known for this output."""

    card: Card
    name: str = ""
    n: int = 0


def iter_known_recipes(card: Card, said: Mapping[str, Any]) -> Iterator[tuple[str, Card]]:
    """Name and card of every recipe for this kind of output, the usual one first; keys of `input` that somebody `said` stay as they are."""
    if card.input.channels == 1:
        return
    for recipe in BY_KIND.get(card.output.kind, ()):
        found = dump_card(card)
        keys = {key: value for key, value in recipe.keys.items() if said.get(key) is None}
        yield recipe.name, parse_card(found | {"input": found["input"] | keys})


def find_best_recipe(
    model: OpenModel,
    card: Card,
    said: Mapping[str, Any],
    frames: Sequence[tuple[NDArray[np.uint8], str]],
    progress: Progress,
) -> BestRecipe:
    """Tries the known recipes on `frames`, each (H, W, 3) uint8 RGB with its class or an empty name.

    Boxes: the recipe under which the detector is surest of what it finds, as a wrong scale makes it find nothing. Classes: the one that is
    right on most labelled frames. The usual recipe stays where none is plainly better, and where nothing can tell: how sure a classifier
    is says nothing of its input. Raises ModelRejected.
    """
    known = list(iter_known_recipes(card, said))
    if not known:
        return BestRecipe(card)
    of_boxes = card.output.kind not in ("logits", "softmax", "sigmoid")
    shown = list(frames) if of_boxes else [one for one in frames if one[1] in card.classes]
    if not shown:
        return BestRecipe(known[0][1], known[0][0])
    found = []
    for _, fed in known:
        runner, answers = ModelRunner(model, fed, batch_size=1), []
        for rgb, truth in shown:
            progress.check()
            (came,) = runner.predict_with_masks([rgb])
            answers.append(_score_answer(came.answer, fed, truth))
        found.append(float(np.sum(answers)))
    best = int(np.argmax(found))
    plainly = found[best] >= AHEAD * found[0] if of_boxes else found[best] >= found[0] + MORE_RIGHT
    name, chosen = known[best if plainly else 0]
    return BestRecipe(chosen, name, len(known))


def _score_answer(answer: NDArray[np.float32], card: Card, truth: str) -> float:
    """Of boxes, (k, 6), the highest score; of shares, (K,), whether the labelled class is first."""
    if answer.ndim == 2:
        return float(answer[:, SCORE].max()) if len(answer) else 0.0
    return float(np.isfinite(answer).all() and card.classes[int(np.argmax(answer))] == truth)
