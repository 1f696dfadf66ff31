"""Blind or not: the model's answer is hidden unless a person asks for it, and every label made in sight of it says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from fieldcheck.ui.context import Context
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screens.label.display import LabelDisplay
from fieldcheck.ui.screens.label.drawing import Drawing
from fieldcheck.ui.screens.label.session import LabelSession
from fieldcheck.words.figures import number
from fieldcheck.words.language import plural, text

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
        session: LabelSession,
        view: LabelDisplay,
        drawing: Drawing,
        context: Context,
        say: Callable[[LabelDecision, str, str], None],
    ) -> None:
        self._session, self._view, self._drawing, self._context, self._say = session, view, drawing, context, say

    def toggle(self) -> None:
        """Blind off, after having been asked once; or on again."""
        turned = self._session.toggle_blind()
        if turned == "repeats":
            self._view.show_note(text("Relabelling is always blind."))
        elif turned == "ask":
            self._view.show_note(
                text(
                    "Labels given with the prediction visible are marked “not blind”, also in the report. Press Ctrl+B "
                    "again to show the prediction."
                ),
                lasts=True,
            )
        else:
            self._view.show_note("")
        self.show()
        if turned == "turned":
            self.ask()

    def next_model(self) -> None:
        """The suggestions of another model."""
        if self._session.next_model():
            self.ask()

    def ask(self) -> None:
        """Asks for the model's answer to the frame that is shown; nothing is asked while blind."""
        wanted = self._session.wants_suggestion()
        self.show()
        if wanted is not None:
            name, number = wanted
            self._context.current.ask(lambda project: _suggested(project, name, number), self._arrived, self._failed)

    def take_over(self) -> None:
        """The suggestion becomes the answer: a class at once, boxes as something to be corrected and accepted."""
        found = self._session.suggestion
        if self._session.blind or found is None:
            self._view.show_note(text("No suggestion: the prediction is hidden (blind labelling)."))
        elif self._drawing.boxing is not None:
            self._drawing.boxing.take(found.boxes, "suggest")
        elif found.class_name in self._session.loaded.classes:
            self._say(label_frames.LabelDecision(found.class_name), found.class_name, "class")

    def show(self) -> None:
        """The line of the panel."""
        blind = self._session.blind
        self._view.show_blind(blind, "" if blind else self._told())

    def _told(self) -> str:
        found = self._session.suggestion
        if found is None:
            return text("Not blind: running the model …")
        if self._drawing.boxing is not None:
            said = plural("{n} box", "{n} boxes", len(found.boxes)).format(n=len(found.boxes))
        else:
            said = f"{found.class_name} {number(found.confidence, 2)}" if found.class_name else text("no prediction")
        if found.for_a_person:
            said = text("{answer}, routed to manual review by the model card").format(answer=said)
        return text("Not blind. Prediction of {model}: {answer}").format(model=found.model, answer=said)

    def _arrived(self, answer: tuple[tuple[str, ...], Suggestion | None]) -> None:
        if self._session.take_suggestion(*answer):
            self.show()

    def _failed(self, error: BaseException) -> None:
        self._context.messages.error(error, "label")


def _suggested(project: Project, frame_id: str, at: int) -> tuple[tuple[str, ...], Suggestion | None]:
    models = suggest.models_to_ask(project)
    return models, suggest.suggestion(project, frame_id, models[at % len(models)]) if models else None
