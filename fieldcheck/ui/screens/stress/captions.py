"""One result of the live view in words: titles, answers, and how it keeps up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fieldcheck.ui.screens.stress.answer_bars import ROWS, AnswerRow
from fieldcheck.ui.widgets.frame_view import BoxMark
from fieldcheck.words.corruptions import steps_said
from fieldcheck.words.figures import number
from fieldcheck.words.language import plural, text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from fieldcheck.workflows.stress.live_stress import LiveResult, Running

DROPPED_TOO_MANY = 0.01  # of what the camera made


@dataclass(frozen=True, slots=True)
class StressPicture:
    """One of the three pictures with everything that is drawn on it. `rgb`: (H, W, 3) uint8."""

    rgb: NDArray[np.uint8]
    title: str
    description: str
    crop: tuple[float, float, float, float] | None = None
    marks: tuple[BoxMark, ...] = ()


@dataclass(frozen=True, slots=True)
class StressContent:
    """All that the screen says of one frame: its pictures and its answers, never those of another. `seen` is None without a model."""

    original: StressPicture
    corrupted: StressPicture
    seen: StressPicture | None
    rows: tuple[AnswerRow, ...]
    said: str
    warns: bool


def shown_of(result: LiveResult, difference: bool = False) -> StressContent:
    """Everything the screen says of one frame; with the difference from the original in place of the corrupted picture."""
    clean, corrupted = _marks(result, result.clean_boxes()), _marks(result, result.boxes())
    crop = result.crop if result.card is not None else None
    original = StressPicture(result.original, _original(result), _size_of(result, result.original), crop, clean)
    after = StressPicture(result.corrupted, _corrupted(result), _size_of(result, result.corrupted), None, corrupted)
    if difference:
        after = StressPicture(result.difference(), _difference(result), _size_of(result, result.corrupted))
    said, warns = answer_said(result)
    said = f"{said} {decision_said(result)}".strip()
    return StressContent(original, after, _seen(result), _rows(result), said, warns)


def answer_said(result: LiveResult) -> tuple[str, bool]:
    """Change of the answer under the corruption, and whether that is to be looked at."""
    if result.card is None:
        return text("No model: open a project with a model."), False
    now, before = result.top(1), result.clean_top(1)
    if not result.recipe.changes:
        return (text("Nothing detected.") if not now else text("Prediction without corruption.")), False
    if not result.answer_changed:
        return text("Same prediction as on the original."), False
    if not now and before:
        said = text("▲ No detection any more (was {name}, {share})")
        return said.format(name=before[0].name, share=number(before[0].probability, 2)), True
    if not before:
        return text("▲ Prediction changed (nothing detected before)"), True
    said = text("▲ Prediction changed (was {name}, {share})")
    return said.format(name=before[0].name, share=number(before[0].probability, 2)), True


def decision_said(result: LiveResult) -> str:
    """Decision of a card with thresholds or abstention: the model's, or a person's; nothing where it has neither."""
    if result.card is None or not (result.card.output.thresholds or result.card.output.abstain is not None):
        return ""
    if result.for_a_person:
        return text("With field thresholds: manual review.")
    return text("With field thresholds: automatic decision.")


def numbers_said(running: Running, has_model: bool) -> tuple[str, bool]:
    """How the live view keeps up, and whether frames are lost on the way in."""
    came = running.n_skipped + running.n_dropped
    parts = [text("input {fps} fps").format(fps=number(running.fps_in))]
    if has_model:
        parts.append(text("model p50 {p50}, p95 {p95} ms").format(p50=number(running.p50_ms), p95=number(running.p95_ms)))
    parts.append(plural("{n} dropped", "{n} dropped", running.n_dropped).format(n=running.n_dropped))
    parts.append(plural("{n} skipped", "{n} skipped", running.n_skipped).format(n=running.n_skipped))
    return " · ".join(parts), running.n_dropped > DROPPED_TOO_MANY * max(came, 1) and running.n_dropped > 1


def _original(result: LiveResult) -> str:
    return text("Original · dashed: model crop") if result.card is not None else text("Original")


def _corrupted(result: LiveResult) -> str:
    if not result.recipe.changes:
        return text("Corrupted: none")
    return text("Corrupted: {done}").format(done=steps_said(result.recipe.steps))


def _difference(result: LiveResult) -> str:
    if not result.recipe.changes:
        return text("Difference: none")
    return text("Difference × 4: {done}").format(done=steps_said(result.recipe.steps))


def _seen(result: LiveResult) -> StressPicture | None:
    if result.seen is None:
        return None
    height, width = result.seen.shape[:2]
    title = text("Model input, {width} × {height}").format(width=width, height=height)
    return StressPicture(result.seen, title, _size_of(result, result.seen))


def _size_of(result: LiveResult, rgb: NDArray[np.uint8]) -> str:
    height, width = rgb.shape[:2]
    return text("{source}, {width} × {height} pixels").format(source=result.source, width=width, height=height)


def _rows(result: LiveResult) -> tuple[AnswerRow, ...]:
    return tuple(AnswerRow(top.name, top.probability, result.clean_probability(top.index)) for top in result.top(ROWS))


def _marks(result: LiveResult, boxes: NDArray[np.float32]) -> tuple[BoxMark, ...]:
    classes = result.card.classes if result.card is not None else ()
    found = []
    for x1, y1, x2, y2, score, index in boxes:
        name = classes[int(index)]
        found.append(
            BoxMark((float(x1), float(y1), float(x2), float(y2)), int(index), f"{int(index) + 1} {name} {number(float(score), 2)}")
        )
    return tuple(found)
