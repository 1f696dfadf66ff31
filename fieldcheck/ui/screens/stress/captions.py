"""One result of the live view in words: titles, answers, and how it keeps up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fieldcheck.ui.screens.stress.answer_bars import ROWS, AnswerRow
from fieldcheck.ui.widgets.frame_view import BoxMark
from fieldcheck.words.corruptions import describe_steps
from fieldcheck.words.figures import format_number
from fieldcheck.words.language import tr, tr_plural

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from fieldcheck.workflows.stress.live_stress import LiveRates, LiveResult

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
    """All that the screen says of one frame: its pictures and its answers, never those of another. `model_input` is None without a
    model."""

    original: StressPicture
    corrupted: StressPicture
    model_input: StressPicture | None
    rows: tuple[AnswerRow, ...]
    caption: str
    is_warning: bool


def build_content(result: LiveResult, difference: bool = False) -> StressContent:
    """Everything the screen says of one frame; with the difference from the original in place of the corrupted picture."""
    clean, corrupted = _make_marks(result, result.get_clean_boxes()), _make_marks(result, result.get_boxes())
    crop = result.crop if result.card is not None else None
    original = StressPicture(result.original, _format_original_title(result), _format_size(result, result.original), crop, clean)
    after = StressPicture(result.corrupted, _format_corrupted_title(result), _format_size(result, result.corrupted), None, corrupted)
    if difference:
        after = StressPicture(result.compute_difference(), _format_difference_title(result), _format_size(result, result.corrupted))
    said, warns = format_answer(result)
    said = f"{said} {format_decision(result)}".strip()
    return StressContent(original, after, _make_model_input(result), _make_rows(result), said, warns)


def format_answer(result: LiveResult) -> tuple[str, bool]:
    """Change of the answer under the corruption, and whether that is to be looked at."""
    if result.card is None:
        return tr("No model: open a project with a model."), False
    now, before = result.get_top(1), result.get_clean_top(1)
    if not result.recipe.has_effect:
        return (tr("Nothing detected.") if not now else tr("Prediction without corruption.")), False
    if not result.answer_changed:
        return tr("Same prediction as on the original."), False
    if not now and before:
        said = tr("▲ No detection any more (was {name}, {share})")
        return said.format(name=before[0].name, share=format_number(before[0].probability, 2)), True
    if not before:
        return tr("▲ Prediction changed (nothing detected before)"), True
    said = tr("▲ Prediction changed (was {name}, {share})")
    return said.format(name=before[0].name, share=format_number(before[0].probability, 2)), True


def format_decision(result: LiveResult) -> str:
    """Decision of a card with thresholds or abstention: the model's, or a person's; nothing where it has neither."""
    if result.card is None or not (result.card.output.thresholds or result.card.output.abstain is not None):
        return ""
    if result.needs_person:
        return tr("With field thresholds: manual review.")
    return tr("With field thresholds: automatic decision.")


def format_throughput(running: LiveRates, has_model: bool) -> tuple[str, bool]:
    """How the live view keeps up, and whether frames are lost on the way in."""
    came = running.n_skipped + running.n_dropped
    parts = [tr("input {fps} fps").format(fps=format_number(running.fps_in))]
    if has_model:
        parts.append(tr("model p50 {p50}, p95 {p95} ms").format(p50=format_number(running.p50_ms), p95=format_number(running.p95_ms)))
    parts.append(tr_plural("{n} dropped", "{n} dropped", running.n_dropped).format(n=running.n_dropped))
    parts.append(tr_plural("{n} skipped", "{n} skipped", running.n_skipped).format(n=running.n_skipped))
    return " · ".join(parts), running.n_dropped > DROPPED_TOO_MANY * max(came, 1) and running.n_dropped > 1


def _format_original_title(result: LiveResult) -> str:
    return tr("Original · dashed: model crop") if result.card is not None else tr("Original")


def _format_corrupted_title(result: LiveResult) -> str:
    if not result.recipe.has_effect:
        return tr("Corrupted: none")
    return tr("Corrupted: {done}").format(done=describe_steps(result.recipe.steps))


def _format_difference_title(result: LiveResult) -> str:
    if not result.recipe.has_effect:
        return tr("Difference: none")
    return tr("Difference × 4: {done}").format(done=describe_steps(result.recipe.steps))


def _make_model_input(result: LiveResult) -> StressPicture | None:
    if result.input_image is None:
        return None
    height, width = result.input_image.shape[:2]
    title = tr("Model input, {width} × {height}").format(width=width, height=height)
    return StressPicture(result.input_image, title, _format_size(result, result.input_image))


def _format_size(result: LiveResult, rgb: NDArray[np.uint8]) -> str:
    height, width = rgb.shape[:2]
    return tr("{source}, {width} × {height} pixels").format(source=result.source, width=width, height=height)


def _make_rows(result: LiveResult) -> tuple[AnswerRow, ...]:
    return tuple(AnswerRow(top.name, top.probability, result.get_clean_probability(top.index)) for top in result.get_top(ROWS))


def _make_marks(result: LiveResult, boxes: NDArray[np.float32]) -> tuple[BoxMark, ...]:
    classes = result.card.classes if result.card is not None else ()
    found = []
    for x1, y1, x2, y2, score, index in boxes:
        name = classes[int(index)]
        found.append(
            BoxMark((float(x1), float(y1), float(x2), float(y2)), int(index), f"{int(index) + 1} {name} {format_number(float(score), 2)}")
        )
    return tuple(found)
