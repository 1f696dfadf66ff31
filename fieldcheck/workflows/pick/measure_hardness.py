"""How hard each listed frame looks, gathered from what the project knows of it: no label takes part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from fieldcheck.domain.answer_kind import ByKind
from fieldcheck.domain.model_card import Card
from fieldcheck.domain.pick import Design
from fieldcheck.domain.prediction import Prediction
from fieldcheck.domain.quality import Quality
from fieldcheck.domain.run import StoredModel
from fieldcheck.measure.answers import SCORE
from fieldcheck.picking import hardness as measured
from fieldcheck.picking.hardness import WEIGHTS, Hardness, Ranks
from fieldcheck.progress import Progress
from fieldcheck.project.folder import Project
from fieldcheck.project.tables import frames as frames_table
from fieldcheck.project.tables import predictions as predictions_table
from fieldcheck.workflows.footage.sampling_list import SamplingLine
from fieldcheck.workflows.models.embed import compute_novelty
from fieldcheck.workflows.models.judge_answers import NO_ANSWER, get_shown_boxes, get_top_class
from fieldcheck.workflows.models.models import get_card
from fieldcheck.workflows.models.run_model import run_footage
from fieldcheck.workflows.pick.sensitivity import run_sensitivity

Column = NDArray[np.float64]
Answers = Sequence[NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class HardnessPasses:
    """The components that cost a pass of their own over the footage, and are measured on request: S and V."""

    sensitivity: bool = False
    novelty: bool = False


USUAL: HardnessPasses = HardnessPasses()


@dataclass(frozen=True, slots=True)
class HardnessComponents:
    """The parts of hardness of methods 3.2, (N,) each, None where not measured: U, F, S, V and the ranks behind Q."""

    uncertainty: Column | None
    flicker: Column | None
    sensitivity: Column | None
    faults: Ranks
    novelty: Column | None = None

    def compute_hardness(self, weights: Mapping[str, float] = WEIGHTS) -> Hardness:
        """Ranked over these frames; what was not measured is left out and the weights of the others grow."""
        return measured.compute_hardness(
            uncertainty=self.uncertainty, flicker=self.flicker, sensitivity=self.sensitivity, faults=self.faults, novelty=self.novelty,
            weights=weights,
        )  # fmt: skip


def measure_hardness(
    project: Project,
    scope: Sequence[SamplingLine],
    model: StoredModel | None,
    design: Design,
    asked: HardnessPasses,
    progress: Progress,
    now: str,
) -> Hardness:
    """The hardness that a design draws by: of the light alone for *light*, of all components for the others. Raises as
    `measure_components`."""
    if design == "light":
        quality = _load_quality(project, scope)
        figures = [_get_clipped_shares(quality), [one.contrast for one in quality], [one.backlight for one in quality]]
        return measured.compute_light_hardness(measured.rank_light_faults([one.mean for one in quality], *figures))
    return measure_components(project, scope, model, asked, progress, now).compute_hardness()


def measure_components(
    project: Project, scope: Sequence[SamplingLine], model: StoredModel | None, asked: HardnessPasses, progress: Progress, now: str
) -> HardnessComponents:
    """U and F of the model's answers, which are completed where some are missing; Q of the pictures; S and V where they are asked for.

    Raises NoBenchmark where V is asked for and there is nothing to be unlike.
    """
    quality = _load_quality(project, scope)
    faults = measured.rank_image_faults(
        [one.sharpness for one in quality], [one.noise for one in quality], _get_clipped_shares(quality), [one.contrast for one in quality]
    )
    unlike = _make_column(compute_novelty(project, model, progress), scope) if asked.novelty else None
    if model is None:
        return HardnessComponents(None, None, None, faults, unlike)
    run = run_footage(project, model, progress, now).run
    stored = project.read(lambda db: predictions_table.get_predictions(db, run.run_id))
    uncertainty, flicker = _compute_uncertainty_and_flicker(scope, stored, model)
    changed = _make_column(run_sensitivity(project, model, progress), scope) if asked.sensitivity else None
    return HardnessComponents(uncertainty, flicker, changed, faults, unlike)


def _make_column(found: Mapping[str, float], scope: Sequence[SamplingLine]) -> Column:
    return np.array([found[line.frame.frame_id] for line in scope])


def _load_quality(project: Project, scope: Sequence[SamplingLine]) -> list[Quality]:
    facts = {fact.frame_id: fact.quality for fact in project.read(frames_table.list_frame_facts)}
    return [facts[line.frame.frame_id] for line in scope]


def _get_clipped_shares(quality: Sequence[Quality]) -> list[float]:
    return [one.clipped_low + one.clipped_high for one in quality]


def _compute_uncertainty_and_flicker(
    scope: Sequence[SamplingLine], stored: Mapping[str, Prediction], model: StoredModel
) -> tuple[Column, Column]:
    """U and F of every line; NaN, which ranks in the middle, where the model gave no finite answer."""
    card = get_card(model)
    answers = [stored[line.frame.frame_id].answer for line in scope]
    clips, times = [line.clip.clip_id for line in scope], [line.frame.t_s for line in scope]
    return HARDNESS[card.answers](answers, card, clips, times)


def _compute_for_boxes(answers: Answers, card: Card, clips: Sequence[str], times: Sequence[float]) -> tuple[Column, Column]:
    shown = [get_shown_boxes(answer, card) for answer in answers]
    return measured.compute_detection_uncertainty([answer[:, SCORE] for answer in answers]), measured.compute_detection_flicker(
        shown, clips, times
    )


def _compute_for_classes(answers: Answers, _card: Card, clips: Sequence[str], times: Sequence[float]) -> tuple[Column, Column]:
    top = np.array([get_top_class(answer)[0] for answer in answers])
    flicker = measured.compute_class_flicker(top, clips, times)
    flicker[top == NO_ANSWER] = np.nan
    return measured.compute_class_uncertainty(np.stack(answers)), flicker


HARDNESS = ByKind(
    one_class=_compute_for_classes, several_classes=_compute_for_classes, boxes=_compute_for_boxes, class_map=_compute_for_classes
)
