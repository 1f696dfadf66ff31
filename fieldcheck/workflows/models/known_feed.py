"""Proposed preprocessing of a model whose card says nothing of it: the known recipes, tried on whatever pictures there are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fieldcheck.inference.doctor.fit_card import DECIDES, FittedCard
from fieldcheck.inference.open_model import OpenModel
from fieldcheck.inference.recipes import BestRecipe, find_best_recipe
from fieldcheck.progress import Progress


def find_known_preprocessing(
    model: OpenModel,
    fitted: FittedCard,
    frames: Sequence[tuple[NDArray[np.uint8], str]],
    progress: Progress,
) -> BestRecipe:
    """The fitted card, fed by the recipe that `find_best_recipe` finds on `frames` – (H, W, 3) uint8 RGB with its class or an empty name –
    where nobody said how; as it was fitted where somebody did, or where its output cannot be read. Raises ModelRejected, Cancelled."""
    if DECIDES not in fitted.proposed_keys or not fitted.readable:
        return BestRecipe(fitted.card)
    return find_best_recipe(model, fitted.card, fitted.stated_keys.get("input") or {}, frames, progress)
