"""Where a model is computed: the processor always, another provider of the runtime only after it gave the processor's answers."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

from fieldcheck.domain.answer_kind import ByKind
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.provider import MOST_MOVED, NAMES, Parity
from fieldcheck.errors import ModelRejected
from fieldcheck.files import TEMPORARY
from fieldcheck.inference.open_model import PROCESSOR, open_model
from fieldcheck.inference.runner import ModelRunner
from fieldcheck.measure.answers import SCORE, compute_f1_agreement

RUNTIME = ort.__version__


def list_providers() -> tuple[str, ...]:
    """Those that the installed runtime has, the processor first."""
    there = set(ort.get_available_providers())
    return tuple(code for code, name in NAMES.items() if name in there)


def measure_parity(
    provider: str, reference: ModelRunner, other: ModelRunner, frames: Sequence[NDArray[np.uint8]], lacks: tuple[str, ...] = ()
) -> Parity:
    """Both on the same (H, W, 3) uint8 RGB frames. A provider whose session fails on them is told as `failed`."""
    try:
        pairs = list(zip(reference.predict(frames), other.predict(frames), strict=True))
    except ModelRejected as error:
        return Parity(provider, len(frames), lacks=lacks, problem="failed", detail=error.detail)
    moved = max((_measure_difference(one, two, reference.card) for (one, _), (two, _) in pairs), default=0.0)
    same_nan = all(one_nan == two_nan for (_, one_nan), (_, two_nan) in pairs)
    return Parity(provider, len(frames), moved, lacks, "" if same_nan and moved <= MOST_MOVED else "differs")


def list_cpu_operators(path: Path, provider: str, card: Card) -> tuple[str, ...]:
    """The operators of the file that the processor computes in its place, from the runtime's trace of one run. Raises ModelRejected."""
    with TemporaryDirectory(prefix=TEMPORARY) as folder:
        model = open_model(path, provider=NAMES[provider], trace=Path(folder) / "trace")
        model.warm_up((model.batch or 1, *card.input.shape))
        events = json.loads(Path(model.session.end_profiling()).read_text("utf-8"))
    nodes = [event["args"] for event in events if event.get("cat") == "Node"]
    return tuple(sorted({str(node["op_name"]) for node in nodes if node.get("provider") == PROCESSOR}))


def _measure_difference(one: NDArray[np.float32], two: NDArray[np.float32], card: Card) -> float:
    """Classes and scores by their largest difference; boxes by the share without a partner, and by their scores where all have one."""
    return MOVES[card.answers](one, two, card)


def _measure_box_difference(one: NDArray[np.float32], two: NDArray[np.float32], card: Card) -> float:
    one, two = (rows[rows[:, SCORE] >= card.output.threshold] for rows in (one, two))
    apart = 1.0 - compute_f1_agreement(one, two)
    scores = np.abs(np.sort(one[:, SCORE]) - np.sort(two[:, SCORE])) if len(one) == len(two) else np.zeros(0)
    return max(apart, float(scores.max(initial=0.0)))


def _measure_score_difference(one: NDArray[np.float32], two: NDArray[np.float32], _card: Card) -> float:
    if one.shape != two.shape:
        return 1.0
    both = np.isfinite(one) & np.isfinite(two)
    if not both.any():
        return 0.0
    return float(np.abs(one[both] - two[both]).max() / max(1.0, float(np.abs(one[both]).max())))


MOVES = ByKind(
    one_class=_measure_score_difference,
    several_classes=_measure_score_difference,
    boxes=_measure_box_difference,
    class_map=_measure_score_difference,
)
