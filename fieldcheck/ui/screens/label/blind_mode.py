"""Blind or not: the model's answer is hidden unless a person asks for it, and every label made in sight of it says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from fieldcheck.ui.context import Context
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screens.label.display import LabelDisplay
from fieldcheck.ui.screens.label.drawing import Drawing
from fieldcheck.ui.screens.label.session import LabelState
from fieldcheck.words.figures import format_number
from fieldcheck.words.language import tr, tr_plural

if TYPE_CHECKING:
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.label import label_frames, suggest
    from fieldcheck.workflows.label.label_frames import LabelDecision
    from fieldcheck.workflows.label.suggest import Suggestion
else:
    label_frames = LazyModule("fieldcheck.workflows.label.label_frames")
    suggest = LazyModule("fieldcheck.workflows.label.suggest")


class BlindMode:
    """Asks the model where the session lets it be seen. `say(decision, flash, action)` stores an answer."""

    def __init__(
        self,
        session: LabelState,
        view: LabelDisplay,
        drawing: Drawing,
        context: Context,
        say: Callable[[LabelDecision, str, str], None],
    ) -> None:
        self._state, self._view, self._drawing, self._context, self._store_decision = session, view, drawing, context, say

    def toggle_blind(self) -> None:
        """Blind off, after having been asked once; or on again."""
        turned = self._state.toggle_blind()
        if turned == "repeats":
            self._view.show_note(tr("Relabelling is always blind."))
        elif turned == "ask":
            self._view.show_note(
                tr(
                    "Labels given with the prediction visible are marked “not blind”, also in the report. Press Ctrl+B "
                    "again to show the prediction."
                ),
                lasts=True,
            )
        else:
            self._view.show_note("")
        self.show_blind_state()
        if turned == "turned":
            self.request_suggestion()

    def select_next_model(self) -> None:
        """The suggestions of another model."""
        if self._state.select_next_model():
            self.request_suggestion()

    def request_suggestion(self) -> None:
        """Asks for the model's answer to the frame that is shown; nothing is asked while blind."""
        wanted = self._state.start_suggestion()
        self.show_blind_state()
        if wanted is not None:
            name, number = wanted
            self._context.current.query(
                lambda project: _load_suggestion(project, name, number), self._on_suggestion_loaded, self._on_suggestion_failed
            )

    def accept_suggestion(self) -> None:
        """The suggestion becomes the answer: a class at once, boxes as something to be corrected and accepted."""
        found = self._state.suggestion
        if self._state.blind or found is None:
            self._view.show_note(tr("No suggestion: the prediction is hidden (blind labelling)."))
        elif self._drawing.boxing is not None:
            self._drawing.boxing.replace_boxes(found.boxes, "suggest")
        elif found.class_name in self._state.loaded_work.classes:
            self._store_decision(label_frames.LabelDecision(found.class_name), found.class_name, "class")

    def show_blind_state(self) -> None:
        """The line of the panel."""
        blind = self._state.blind
        self._view.show_blind(blind, "" if blind else self._format_suggestion())

    def _format_suggestion(self) -> str:
        found = self._state.suggestion
        if found is None:
            return tr("Not blind: running the model …")
        if self._drawing.boxing is not None:
            said = tr_plural("{n} box", "{n} boxes", len(found.boxes)).format(n=len(found.boxes))
        else:
            said = f"{found.class_name} {format_number(found.confidence, 2)}" if found.class_name else tr("no prediction")
        if found.for_a_person:
            said = tr("{answer}, routed to manual review by the model card").format(answer=said)
        return tr("Not blind. Prediction of {model}: {answer}").format(model=found.model, answer=said)

    def _on_suggestion_loaded(self, answer: tuple[tuple[str, ...], Suggestion | None]) -> None:
        if self._state.apply_suggestion(*answer):
            self.show_blind_state()

    def _on_suggestion_failed(self, error: BaseException) -> None:
        self._context.messages.show_error(error, "label")


def _load_suggestion(project: Project, frame_id: str, at: int) -> tuple[tuple[str, ...], Suggestion | None]:
    models = suggest.list_suggesting_models(project)
    return models, suggest.suggest_label(project, frame_id, models[at % len(models)]) if models else None
