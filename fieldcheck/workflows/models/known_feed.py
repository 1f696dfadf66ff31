"""Proposed preprocessing of a model whose card says nothing of it: the known recipes, tried on whatever pictures there are."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from fieldcheck.inference.doctor.fit_card import DECIDES, FittedCard
from fieldcheck.inference.open_model import OpenModel
from fieldcheck.inference.recipes import TriedRecipes, best_recipe
from fieldcheck.progress import Progress


def known_feed(
    model: OpenModel,
    fitted: FittedCard,
    frames: Sequence[tuple[NDArray[np.uint8], str]],
    progress: Progress,
) -> TriedRecipes:
    """The fitted card, fed by the recipe that `best_recipe` finds on `frames` – (H, W, 3) uint8 RGB with its class or an empty name –
    where nobody said how; as it was fitted where somebody did, or where its output cannot be read. Raises ModelRejected, Cancelled."""
    if DECIDES not in fitted.proposed or not fitted.readable:
        return TriedRecipes(fitted.card)
    return best_recipe(model, fitted.card, fitted.said.get("input") or {}, frames, progress)
