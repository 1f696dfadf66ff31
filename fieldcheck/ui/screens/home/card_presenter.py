"""Presenter of the model card's page: the file is looked at, every change of a field is tried on the first frames, the card is taken."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject

from fieldcheck.domain.model_card import card_to_json
from fieldcheck.errors import CardRejected, FieldcheckError
from fieldcheck.progress import Progress
from fieldcheck.timestamp import timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.jobs.runner import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.poll import Poll
from fieldcheck.ui.screens.home import card_fields
from fieldcheck.ui.screens.home.card_page import TileShown
from fieldcheck.ui.screens.home.model_input_view import Pair
from fieldcheck.ui.widgets.frame_view import BoxMark
from fieldcheck.words import doctor
from fieldcheck.words import try_model as tries
from fieldcheck.words.figures import number
from fieldcheck.words.language import text
from fieldcheck.words.preprocessing_record import preprocessing_lines
from fieldcheck.words.sentences import sentence

if TYPE_CHECKING:
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.models import card_draft, claim, models
    from fieldcheck.workflows.models.card_draft import CardAnswers, CardDraft, CardTrial, TrialFrame
    from fieldcheck.workflows.models.try_model import Tried
else:
    card_draft = LazyModule("fieldcheck.workflows.models.card_draft")
    claim = LazyModule("fieldcheck.workflows.models.claim")
    models = LazyModule("fieldcheck.workflows.models.models")

KEPT, TAKE = "home.card", "home.take_card"
MODEL_ENDING = ".onnx"
POLL_MS = 50
MOST_SAID = 1


class CardDisplay(Protocol):
    """All that is known of the page here."""

    def show_job(self, job: Job | None) -> None: ...
    def fill(self, file: str, typed: dict[str, str], proposed: str, n_frames: int) -> None: ...
    def typed(self) -> dict[str, str]: ...
    def ask_for_classes(self, then: Callable[[Path], None]) -> None: ...
    def show_classes(self, classes: Sequence[str]) -> None: ...
    def show_answers(self, preprocessing_record: str, tiles: tuple[TileShown, ...]) -> None: ...
    def show_wrong(self, key: str, sentence: str) -> None: ...
    def offer(self, choices: tuple[tuple[str, TileShown | None], ...]) -> None: ...


class CardPresenter(QObject):
    """`changed()` is called when another page, or another header, is to be shown. While the page is shown one thread tries the card."""

    def __init__(self, context: Context, view: CardDisplay, changed: Callable[[], None]) -> None:
        super().__init__()
        self._context, self._view, self._changed = context, view, changed
        self._here = self.carding = self.taking = False
        self._path: Path | None = None
        self._typed: dict[str, str] | None = None
        self._draft: CardDraft | None = None
        self._choosing: CardDraft | None = None
        self._trial: CardTrial | None = None
        self._asked = 0
        self._sound = False
        self._poll = Poll(self.show_answers, POLL_MS, self)
        if KEPT in context.kept:
            kept = json.loads(context.kept.pop(KEPT))
            self._typed = kept["typed"]
            self._begin(Path(kept["path"]) if kept["path"] else None)

    def begin(self, path: Path | None, after: Job | None = None) -> None:
        """The card of a file, or of the project's newest model; `after` that job, which brings in the frames to try it on."""
        self._begin(path, after)
        self._changed()

    def _begin(self, path: Path | None, after: Job | None = None) -> None:
        self.carding, self._path, self._draft, self._choosing = True, path, None, None
        if after is None:
            self._look(path)
        else:
            self._view.show_job(after)
            after.ended.connect(lambda: self._look(path))

    def _look(self, path: Path | None) -> None:
        if self.carding and self._path == path and self._draft is None:
            job = self._context.current.job(lambda: text("Analyse model"), partial(_draft, path), self._came, self._refused, writes=False)
            self._view.show_job(job)

    def enter(self) -> None:
        """The page is shown: what is typed is tried."""
        self._here = True
        if self._draft is not None and self._trial is None:
            self._start(self._draft)

    def leave(self) -> None:
        """Nothing is tried any more; what was typed is kept, since the window may be built anew."""
        self._here = False
        self._stop()
        if self.carding and (self._draft is not None or self._choosing is not None):
            typed = self._view.typed() if self._choosing is None else None
            self._context.kept[KEPT] = json.dumps({"path": str(self._path) if self._path else "", "typed": typed})

    def end(self) -> None:
        """The card stays as it was."""
        self._stop()
        self.carding = self.taking = False
        self._draft = self._choosing = self._typed = None
        self._context.kept.pop(KEPT, None)

    @property
    def can_take(self) -> bool:
        """Whether the card that is typed fits the file."""
        return self._draft is not None and self._sound and not self.taking

    def edited(self) -> None:
        """A field holds something else: the frames are asked again."""
        if self._draft is not None and self._trial is not None:
            self._sound = False
            self._asked = self._trial.ask(self._said(self._draft))
            self._changed()

    def load_classes(self, path: Path) -> None:
        """The classes are those that a file names, one a line."""
        try:
            classes = models.read_classes(path)
        except FieldcheckError as problem:
            self._view.show_wrong(card_fields.CLASSES, sentence(problem))
            return
        self._view.show_classes(classes)

    def dropped(self, paths: Sequence[Path]) -> None:
        """Files were dropped on the page: a list of classes, or another model in place of this one."""
        model = next((path for path in paths if path.suffix.lower() == MODEL_ENDING), None)
        if model is not None:
            self.end()
            self.begin(model)
        elif paths and paths[0].is_file():
            self.load_classes(paths[0])

    def take(self) -> None:
        """The card is used from now on."""
        if self._draft is None or not self.can_take:
            return
        self.taking = True
        work = partial(_take, self._draft, self._said(self._draft))
        job = self._context.current.job(lambda: text("Use the model card"), work, self._taken, self._not_taken)
        if job is not None:
            job.setObjectName(TAKE)
        self._changed()

    def show_answers(self, found: CardAnswers) -> None:
        """Shows the latest answers; answers to a card that was changed meanwhile are passed over."""
        if found.number != self._asked or self._draft is None:
            return
        sound = found.problem is None
        if found.problem is not None:
            key = found.problem.field if isinstance(found.problem, CardRejected) else ""
            self._view.show_wrong(key, sentence(found.problem))
        else:
            self._view.show_wrong("", "")
            shown = zip(found.tried, self._draft.pictures, strict=False)
            steps = preprocessing_lines(found.preprocessing_record) if found.preprocessing_record is not None else ()
            self._view.show_answers(" · ".join(steps), tuple(tile_of(tried, one) for tried, one in shown))
        if sound != self._sound:
            self._sound = sound
            self._changed()

    def _said(self, draft: CardDraft) -> dict[str, Any]:
        return card_fields.card_of(self._view.typed(), _json(draft))

    def _came(self, draft: CardDraft) -> None:
        if not self.carding:
            return
        if draft.choices and self._typed is None:
            self._choosing = draft
            self._view.fill(draft.path.name, card_fields.typed_of(_json(draft)), "", len(draft.pictures))
            shown = [(one.label, tile_of(one.tried, draft.pictures[0]) if one.tried else None) for one in draft.choices]
            self._view.offer(tuple(shown))
            return
        self._take_up(draft)

    def choose(self, at: int) -> None:
        """That reading of the outputs is the right one: its card is the draft."""
        if self._choosing is not None:
            draft, self._choosing = self._choosing.chosen(at), None
            self._take_up(draft)

    def _take_up(self, draft: CardDraft) -> None:
        self._draft = draft
        proposed = card_fields.proposal_said(draft.proposed, draft.recipe, draft.n_recipes, doctor.short_lines(draft.findings))
        typed, self._typed = self._typed or card_fields.typed_of(_json(draft)), None
        self._view.offer(())
        self._view.fill(draft.path.name, typed, proposed, len(draft.pictures))
        if self._here:
            self._start(draft)

    def _refused(self, error: BaseException) -> None:
        self.end()
        self._context.messages.error(error, KEPT)
        self._changed()

    def _taken(self, lines: Callable[[], tuple[str, ...]]) -> None:
        self.end()
        self._say_against(lines)
        self._changed()

    def _say_against(self, lines: Callable[[], tuple[str, ...]]) -> None:
        """Says what the benchmark says against the card that is used from now on."""
        if said := " ".join(lines()):
            self._context.messages.banner(KEPT, said, again=partial(self._say_against, lines))
        else:
            self._context.messages.clear(KEPT)

    def _not_taken(self, error: BaseException) -> None:
        self.taking = False
        self._view.show_wrong("", sentence(error))
        self._changed()

    def _start(self, draft: CardDraft) -> None:
        self._trial = card_draft.CardTrial(draft)
        self._trial.start()
        self._poll.start(self._trial.results)
        self.edited()

    def _stop(self) -> None:
        self._poll.stop()
        if self._trial is not None:
            self._trial.stop()
        self._trial = None


def tile_of(tried: Tried, shown: TrialFrame) -> TileShown:
    """A frame and its answers in words; wrong where its label is another one than the first of them."""
    marks = tuple(
        BoxMark(found.box, found.index, f"{found.name} {number(found.score, 2)}") for found in tried.says if found.box is not None
    )
    said = [tries.answered(found.name, found.score, None) for found in tried.says[:MOST_SAID]]
    if marks and len(tried.says) > len(said):
        said.append(tries.more_boxes(len(tried.says) - len(said)))
    pair = Pair(tried.rgb, tried.seen, tried.crop, shown.name, marks)
    says = ", ".join(said) or tries.nothing_answered(tried.of_boxes, tried.nan)
    if not shown.truth or not tried.says:
        return TileShown(pair, says)
    if tried.says[0].name == shown.truth:
        return TileShown(pair, text("✓ {says}").format(says=says))
    return TileShown(pair, text("▲ {says}; labelled {truth}").format(says=says, truth=shown.truth), wrong=True)


def _json(draft: CardDraft) -> dict[str, Any]:
    return card_to_json(draft.card)


def _draft(path: Path | None, project: Project, progress: Progress) -> CardDraft:
    return card_draft.draft_card(project, path, progress)


def _take(draft: CardDraft, said: dict[str, Any], project: Project, progress: Progress) -> Callable[[], tuple[str, ...]]:
    card_draft.take_card(project, draft, said, timestamp())
    _, found = claim.check_new_model(project, progress, timestamp())
    return lambda: doctor.warning_lines(found)
