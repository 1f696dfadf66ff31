"""Blind or not: the model's answer is hidden unless a person asks for it, and every label made in sight of it says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldcheck.ui.given import given
from fieldcheck.ui.late import Late
from fieldcheck.words.figures import percent
from fieldcheck.words.language import plural, text

if TYPE_CHECKING:
    from fieldcheck.project.project import Project
    from fieldcheck.ui.screens.label.presenter import LabelPresenter
    from fieldcheck.workflows.label import label_frames, suggest
    from fieldcheck.workflows.label.suggest import Suggestion
else:
    label_frames = Late("fieldcheck.workflows.label.label_frames")
    suggest = Late("fieldcheck.workflows.label.suggest")


class Seeing:
    """`blind` is on until it is switched off on purpose, twice asked; it comes on again with every start and every project."""

    def __init__(self, presenter: LabelPresenter) -> None:
        self._presenter = presenter
        self.blind = True
        self._asked = False
        self._models: tuple[str, ...] = ()
        self._model = 0
        self._suggestion: Suggestion | None = None

    def toggle(self) -> None:
        """Blind off, after having been asked once; or on again."""
        if self._presenter.repeating:
            self._presenter.view.show_note(text("Repeats are always blind."))
            self.show()
            return
        if self.blind and not self._asked:
            self._asked = True
            self._presenter.view.show_note(
                text("Labels made in sight of the model's answer are marked “not blind”, in the report too. Ctrl+B again shows it.")
            )
            self.show()
            return
        self.blind, self._asked = not self.blind, False
        self._suggestion = None
        self._presenter.view.show_note("")
        self.show()
        self.ask()

    def next_model(self) -> None:
        """The suggestions of another model."""
        if not self.blind and self._models:
            self._model = (self._model + 1) % len(self._models)
            self.ask()

    def ask(self) -> None:
        """What the model says of the frame that is shown; nothing is asked while blind."""
        self._suggestion = None
        self.show()
        name = self._presenter.here()
        if not self.blind and name is not None:
            self._presenter.context.current.ask(lambda project: _suggested(project, name, self._model), self._arrived, self._failed)

    def take_over(self) -> None:
        """The suggestion becomes the answer: a class at once, boxes as something to be corrected and accepted."""
        found = self._suggestion
        if self.blind or found is None:
            self._presenter.view.show_note(text("Nothing is suggested: the model's answer is hidden."))
        elif self._presenter.boxing is not None:
            self._presenter.boxing.take(found.boxes, "suggest")
        elif found.class_name in given(self._presenter.work).classes:
            self._presenter.say(label_frames.LabelDecision(found.class_name), found.class_name, "class")

    def show(self) -> None:
        """The line of the panel."""
        self._presenter.view.show_blind(self.blind, "" if self.blind else self._told())

    def _told(self) -> str:
        found = self._suggestion
        if found is None:
            return text("Not blind: asking the model …")
        if self._presenter.boxing is not None:
            said = plural("{n} box", "{n} boxes", len(found.boxes)).format(n=len(found.boxes))
        else:
            said = f"{found.class_name} {percent(found.sureness)}" if found.class_name else text("no answer")
        return text("Not blind. {model}: {answer}").format(model=found.model, answer=said)

    def _arrived(self, answer: tuple[tuple[str, ...], Suggestion | None]) -> None:
        self._models, found = answer
        if not self.blind and (found is None or found.frame_id == self._presenter.here()):
            self._suggestion = found
            self.show()

    def _failed(self, error: BaseException) -> None:
        self._presenter.context.messages.error(error, "label")


def _suggested(project: Project, frame_id: str, at: int) -> tuple[tuple[str, ...], Suggestion | None]:
    models = suggest.models_to_ask(project)
    return models, suggest.suggestion(project, frame_id, models[at % len(models)]) if models else None
