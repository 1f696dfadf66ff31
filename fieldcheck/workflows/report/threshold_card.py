"""Card of the newest model with the thresholds that the field's labels suggest: to try, to export, and to compare as a model of its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from fieldcheck.domain.answer_kind import ONE_CLASS
from fieldcheck.domain.model_card import Card
from fieldcheck.errors import NothingLabelled
from fieldcheck.project.folder import Project
from fieldcheck.scoring.decision_thresholds import PRECISION, SHARE
from fieldcheck.workflows.models.models import CARD_ENDING, find_model, get_card, write_card
from fieldcheck.workflows.report import abstention, thresholds
from fieldcheck.workflows.stress.export_recipe import ExportResult, write_folder_atomically


def build_threshold_card(project: Project, precision: float = PRECISION, share: float = SHARE) -> Card:
    """The model's card with the thresholds of the classes whose recall was shown to rise, and the confidence below which `share` of the
    frames goes to a person. Raises NoModel, and NothingLabelled where the labels suggest neither."""
    card = get_card(find_model(project))
    found, sent = thresholds.compute_thresholds(project, precision), abstention.compute_abstention(project, share)
    helping = [one for one in found.classes if one.has_gain] if found and card.answers is ONE_CLASS else []
    levels = [(one.class_name, one.threshold) for one in helping if one.threshold is not None]
    if not levels and sent is None:
        raise NothingLabelled(project.path, "thresholds")
    return replace(card, output=replace(card.output, thresholds=tuple(sorted(levels)), abstain=sent.threshold if sent else None))


def export_thresholds(project: Project, out: Path, precision: float, share: float) -> ExportResult:
    """Writes that card as `MODEL.card.json`. Raises what `build_threshold_card` raises; PathOccupied where `out` holds something
    already."""
    card, name = build_threshold_card(project, precision, share), f"{find_model(project).name}{CARD_ENDING}"
    with write_folder_atomically(out) as into:
        write_card(into / name, card)
    return ExportResult(out, "thresholds", len(card.output.thresholds), (name,))
