"""Presenter of the model card page: inspects the file, tries every change on the first frames, and
saves the card."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from fieldcheck.domain.model_card import dump_card
from fieldcheck.errors.files import FieldcheckError
from fieldcheck.errors.messages import format_error
from fieldcheck.errors.models import CardRejected
from fieldcheck.i18n.language import tr
from fieldcheck.i18n.numbers import format_number
from fieldcheck.models import messages
from fieldcheck.models.doctor import findings as doctor
from fieldcheck.models.messages import list_preprocessing_lines
from fieldcheck.progress import Progress
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.context import CARD_KEPT, Context
from fieldcheck.ui.jobs import Job, LatestValuePoller
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screens.home import model_card_page
from fieldcheck.ui.screens.home.captions import ModelInputImages
from fieldcheck.ui.screens.home.model_card_page import ModelCardPage, TilePreview
from fieldcheck.ui.widgets.images_and_zoom import BoxMark

if TYPE_CHECKING:
    from fieldcheck.models import check_model, store, try_model
    from fieldcheck.models.try_model import (
        CardAnswers,
        CardDraft,
        CardTrial,
        TrialFrame,
        TriedImage,
    )
    from fieldcheck.project.project import Project
else:
    try_model = LazyModule("fieldcheck.models.try_model")
    check_model = LazyModule("fieldcheck.models.check_model")
    store = LazyModule("fieldcheck.models.store")

TAKE = "home.take_card"
MODEL_ENDING = ".onnx"
POLL_MS = 50
MOST_SAID = 1


class ModelCardPresenter(QObject):
    """`changed()` is called when another page, or another header, is to be shown. While the page is
    shown one thread tries the card."""

    def __init__(self, context: Context, view: ModelCardPage, changed: Callable[[], None]) -> None:
        super().__init__()
        self._context, self._view, self._changed = context, view, changed
        self._here = self.carding = self.taking = False
        self._path: Path | None = None
        self._typed: dict[str, str] | None = None
        self._draft: CardDraft | None = None
        self._choosing: CardDraft | None = None
        self._trial: CardTrial | None = None
        self._drafting: Job | None = None  # what is awaited; an earlier one is passed over
        self._asked = 0
        self._sound = False
        self._poll = LatestValuePoller(self.show_predictions, POLL_MS, self)
        if CARD_KEPT in context.session_values:
            kept = json.loads(context.session_values.pop(CARD_KEPT))
            self._typed = kept["typed"]
            self._start_card(Path(kept["path"]) if kept["path"] else None)

    def start_card(self, path: Path | None, after: Job | None = None) -> None:
        """The card of a file, or of the project's newest model; `after` that job, which brings in
        the frames to try it on."""
        self._start_card(path, after)
        self._changed()

    def _start_card(self, path: Path | None, after: Job | None = None) -> None:
        self._cancel_draft()
        self.carding, self._path, self._draft, self._choosing = True, path, None, None
        if after is None:
            self._load_draft(path)
        else:
            self._view.show_job(after)
            after.ended.connect(lambda: self._load_draft(path))

    def _load_draft(self, path: Path | None) -> None:
        if self.carding and self._path == path and self._draft is None:
            job = self._drafting = self._context.current.run_job(
                self._view, lambda: tr("Analyse model"), partial(_create_draft, path), writes=False
            )
            job.on_success(partial(self._on_draft_loaded, job))
            job.on_failure(partial(self._on_draft_failed, job))
            self._view.show_job(job)

    def enter(self) -> None:
        """Called when the page is shown: try the typed card."""
        self._here = True
        if self._draft is not None and self._trial is None:
            self._start_trial(self._draft)

    def leave(self) -> None:
        """Nothing is tried any more; what was typed is kept, since the window may be built anew."""
        self._here = False
        self._stop_trial()
        if self.carding and (self._draft is not None or self._choosing is not None):
            typed = self._view.get_field_texts() if self._choosing is None else None
            self._context.session_values[CARD_KEPT] = json.dumps(
                {"path": str(self._path) if self._path else "", "typed": typed}
            )

    def end(self) -> None:
        """Discard the edits."""
        self._stop_trial()
        self._cancel_draft()
        self.carding = self.taking = False
        self._draft = self._choosing = self._typed = None
        self._context.session_values.pop(CARD_KEPT, None)

    def _cancel_draft(self) -> None:
        if self._drafting is not None:
            self._drafting.cancel()
        self._drafting = None

    @property
    def can_apply(self) -> bool:
        """Whether the card that is typed fits the file."""
        return self._draft is not None and self._sound and not self.taking

    def on_fields_edited(self) -> None:
        """A field holds something else: the frames are asked again."""
        if self._draft is not None and self._trial is not None:
            self._sound = False
            self._asked = self._trial.set_card(self._get_typed_card(self._draft))
            self._changed()

    def load_classes(self, path: Path) -> None:
        """The classes are those that a file names, one a line."""
        try:
            classes = store.read_classes(path)
        except FieldcheckError as problem:
            self._view.show_error(model_card_page.CLASSES, format_error(problem))
            return
        self._view.show_classes(classes)

    def on_files_dropped(self, paths: Sequence[Path]) -> None:
        """Files were dropped on the page: a list of classes, or another model in place of this
        one."""
        model = next((path for path in paths if path.suffix.lower() == MODEL_ENDING), None)
        if model is not None:
            self.end()
            self.start_card(model)
        elif paths and paths[0].is_file():
            self.load_classes(paths[0])

    def apply_card(self) -> None:
        """Save the card and use it from now on."""
        if self._draft is None or not self.can_apply:
            return
        self.taking = True
        work = partial(_apply_card, self._draft, self._get_typed_card(self._draft))
        job = self._context.current.run_job(
            self._view, lambda: tr("Use the model card"), work, key=TAKE
        )
        job.on_success(self._on_card_applied).on_failure(self._on_apply_failed)
        self._changed()

    def show_predictions(self, card_answers: CardAnswers) -> None:
        """Shows the latest answers; answers to a card that was changed meanwhile are passed
        over."""
        if card_answers.number != self._asked or self._draft is None:
            return
        sound = card_answers.problem is None
        if card_answers.problem is not None:
            key = (
                card_answers.problem.field if isinstance(card_answers.problem, CardRejected) else ""
            )
            self._view.show_error(key, format_error(card_answers.problem))
        else:
            self._view.show_error("", "")
            shown = zip(card_answers.tried, self._draft.pictures, strict=False)
            steps = (
                list_preprocessing_lines(card_answers.preprocessing_record)
                if card_answers.preprocessing_record is not None
                else ()
            )
            self._view.show_predictions(
                " · ".join(steps), tuple(build_tile_preview(tried, row) for tried, row in shown)
            )
        if sound != self._sound:
            self._sound = sound
            self._changed()

    def _get_typed_card(self, draft: CardDraft) -> dict[str, Any]:
        return model_card_page.parse_card_fields(
            self._view.get_field_texts(), _get_card_json(draft)
        )

    def _on_draft_loaded(self, job: Job, draft: CardDraft) -> None:
        if job is not self._drafting:
            return  # another model was asked about meanwhile, or none any more
        self._drafting = None
        if draft.choices and self._typed is None:
            self._choosing = draft
            self._view.fill_fields(
                draft.path.name,
                model_card_page.format_card_fields(_get_card_json(draft)),
                "",
                len(draft.pictures),
            )
            shown = [
                (
                    choice.label,
                    build_tile_preview(choice.tried, draft.pictures[0]) if choice.tried else None,
                )
                for choice in draft.choices
            ]
            self._view.set_choices(tuple(shown))
            return
        self._set_draft(draft)

    def choose(self, index: int) -> None:
        """Use that reading of the outputs for the draft."""
        if self._choosing is not None:
            draft, self._choosing = self._choosing.select_choice(index), None
            self._set_draft(draft)

    def _set_draft(self, draft: CardDraft) -> None:
        self._draft = draft
        proposed = model_card_page.format_proposal(
            draft.proposed,
            draft.recipe,
            draft.n_recipes,
            doctor.list_short_findings(draft.findings),
        )
        typed, self._typed = (
            self._typed or model_card_page.format_card_fields(_get_card_json(draft)),
            None,
        )
        self._view.set_choices(())
        self._view.fill_fields(
            draft.path.name, typed, proposed, len(draft.pictures), draft.proposed
        )
        if self._here:
            self._start_trial(draft)

    def _on_draft_failed(self, job: Job, error: BaseException) -> None:
        if job is not self._drafting:
            return
        self.end()
        self._context.messages.show_error(error, CARD_KEPT)
        self._changed()

    def _on_card_applied(self, lines: Callable[[], tuple[str, ...]]) -> None:
        self.end()
        self._show_benchmark_warning(lines)
        self._changed()

    def _show_benchmark_warning(self, lines: Callable[[], tuple[str, ...]]) -> None:
        """Says what the benchmark says against the card that is used from now on."""
        if text := " ".join(lines()):
            self._context.messages.show_banner(
                CARD_KEPT, text, again=partial(self._show_benchmark_warning, lines)
            )
        else:
            self._context.messages.clear_banner(CARD_KEPT)

    def _on_apply_failed(self, error: BaseException) -> None:
        self.taking = False
        self._view.show_error("", format_error(error))
        self._changed()

    def _start_trial(self, draft: CardDraft) -> None:
        self._trial = try_model.CardTrial(draft)
        self._trial.start()
        self._poll.start(self._trial.results)
        self.on_fields_edited()

    def _stop_trial(self) -> None:
        self._poll.stop()
        if self._trial is not None:
            self._trial.stop()
        self._trial = None


def build_tile_preview(tried: TriedImage, shown: TrialFrame) -> TilePreview:
    """A frame and its answers in words; wrong where its label is another one than the first of
    them."""
    marks = tuple(
        BoxMark(
            prediction.box,
            prediction.index,
            f"{prediction.name} {format_number(prediction.score, 2)}",
        )
        for prediction in tried.predictions
        if prediction.box is not None
    )
    lines = [
        messages.format_answer(prediction.name, prediction.score, None)
        for prediction in tried.predictions[:MOST_SAID]
    ]
    if marks and len(tried.predictions) > len(lines):
        lines.append(messages.describe_more_boxes(len(tried.predictions) - len(lines)))
    pair = ModelInputImages(tried.rgb, tried.input_image, tried.crop, shown.name, marks)
    answers_text = ", ".join(lines) or messages.describe_no_answer(tried.of_boxes, tried.nan)
    if not shown.truth or not tried.predictions:
        return TilePreview(pair, answers_text)
    if tried.predictions[0].name == shown.truth:
        return TilePreview(pair, tr("✓ {says}", says=answers_text))
    return TilePreview(
        pair, tr("▲ {says}; labelled {truth}", says=answers_text, truth=shown.truth), wrong=True
    )


def _get_card_json(draft: CardDraft) -> dict[str, Any]:
    return dump_card(draft.card)


def _create_draft(path: Path | None, project: Project, progress: Progress) -> CardDraft:
    return try_model.draft_card(project, path, progress)


def _apply_card(
    draft: CardDraft, values: dict[str, Any], project: Project, progress: Progress
) -> Callable[[], tuple[str, ...]]:
    try_model.store_card(project, draft, values, get_timestamp())
    _, findings = check_model.check_new_model(project, progress, get_timestamp())
    return lambda: doctor.list_warning_lines(findings)
