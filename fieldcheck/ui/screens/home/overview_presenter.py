"""Presenter of the project overview, with the display protocols of its page and cards."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from functools import partial
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from fieldcheck.domain.frame import PartRule
from fieldcheck.errors.messages import format_error
from fieldcheck.errors.models import CardNeeded
from fieldcheck.errors.projects import AdminNeeded
from fieldcheck.footage.messages import list_part_lines
from fieldcheck.i18n.language import tr
from fieldcheck.labels.messages import list_import_lines
from fieldcheck.models.doctor.findings import (
    describe_diagnosis,
    describe_finding,
    list_diagnosis_checks,
    list_inherited_card_lines,
    list_warning_lines,
)
from fieldcheck.models.messages import (
    describe_object_losses,
    describe_visible_share,
    list_preprocessing_lines,
)
from fieldcheck.progress import Progress
from fieldcheck.timestamp import get_timestamp
from fieldcheck.ui.context import Context
from fieldcheck.ui.current_project import BodyLoader
from fieldcheck.ui.jobs import Job
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.qt_types import is_alive
from fieldcheck.ui.screens.home import captions
from fieldcheck.ui.screens.home.captions import ModelInputImages
from fieldcheck.ui.screens.home.new_project import IMPORT

if TYPE_CHECKING:
    from fieldcheck.domain import report as acceptance_terms
    from fieldcheck.footage import frame_listing
    from fieldcheck.labels import import_labels
    from fieldcheck.labels.import_labels import ImportReceipt
    from fieldcheck.models import benchmark as benchmarks
    from fieldcheck.models import check_model, new_project, onnx_file, predictions_file, try_model
    from fieldcheck.models import run as runs
    from fieldcheck.models import store as models
    from fieldcheck.models.check_model import ModelCheck
    from fieldcheck.models.new_project import ProjectOverview
    from fieldcheck.models.preprocess import ObjectLosses
    from fieldcheck.models.try_model import InputPreview
    from fieldcheck.project import limits as describe_project
    from fieldcheck.project.project import Project
    from fieldcheck.project.tables import frames as frames_table
else:
    frame_listing = LazyModule("fieldcheck.footage.frame_listing")
    import_labels = LazyModule("fieldcheck.labels.import_labels")
    frames_table = LazyModule("fieldcheck.project.tables.frames")
    acceptance_terms = LazyModule("fieldcheck.domain.report")
    benchmarks = LazyModule("fieldcheck.models.benchmark")
    check_model = LazyModule("fieldcheck.models.check_model")
    try_model = LazyModule("fieldcheck.models.try_model")
    models = LazyModule("fieldcheck.models.store")
    onnx_file = LazyModule("fieldcheck.models.onnx_file")
    predictions_file = LazyModule("fieldcheck.models.predictions_file")
    runs = LazyModule("fieldcheck.models.run")
    describe_project = LazyModule("fieldcheck.project.limits")
    new_project = LazyModule("fieldcheck.models.new_project")

# Displays of the project overview: what its presenter asks of the cards and of the page that they
# stand on.


class EditableDisplay(Protocol):
    """A card that turns into fields."""

    @property
    def editing(self) -> bool: ...
    def end_editing(self) -> None: ...
    def get_entered(self) -> tuple[Any, ...]: ...
    @property
    def focused_field(self) -> int: ...
    def focus_field(self, index: int) -> None: ...


class SiteDisplay(EditableDisplay, Protocol):
    """The card of site and light."""

    def show_site(
        self, site: str, line: str, who: str, conditions: tuple[str, ...], note: str
    ) -> None: ...
    def start_editing(self, values: dict[str, Any]) -> None: ...


class LimitsDisplay(EditableDisplay, Protocol):
    """The card of the limits."""

    def show_limits(self, tolerance: str, decided_by: str, ok: str, needs_ok: bool) -> None: ...
    def start_editing(
        self, tolerance: str, decided_by: str, classes: tuple[str, ...], ok: tuple[str, ...]
    ) -> None: ...
    def show_error(self, reason: str) -> None: ...


class AcceptanceDisplay(EditableDisplay, Protocol):
    """The form of the acceptance."""

    def start_editing(self, values: dict[str, str]) -> None: ...
    def show_error(self, code: str, reason: str) -> None: ...


class PartsDisplay(EditableDisplay, Protocol):
    """The form of the parts."""

    def start_editing(self, pattern: str, file: Path | None = None) -> None: ...
    def show_preview(self, text: str) -> None: ...
    def show_error(self, reason: str) -> None: ...


class ModelDisplay(Protocol):
    """The card of the model."""

    def show_model(self, file: str, card: str, steps: tuple[str, ...]) -> None: ...
    def show_input(self, pair: ModelInputImages | None, text: str) -> None: ...
    def show_training(self, lines: tuple[str, ...]) -> None: ...
    def show_classes(self, names: tuple[str, ...]) -> None: ...
    def show_error(self, sentence: str) -> None: ...
    def show_job(self, job: Job | None) -> None: ...
    def show_findings(
        self, first: str, findings: tuple[tuple[str, str], ...], checks: tuple[str, ...] = ()
    ) -> None: ...


class BenchmarkDisplay(EditableDisplay, Protocol):
    """The card of the benchmark."""

    def show_benchmark(self, score: tuple[str, str, str], source: str, claimed: str) -> None: ...
    def show_error(self, sentence: str) -> None: ...
    def start_editing(
        self, claimed: str, metric: str, metrics: tuple[tuple[str, str], ...]
    ) -> None: ...
    def show_claim_error(self, reason: str) -> None: ...


class OverviewDisplay(Protocol):
    """The page with its cards."""

    @property
    def site(self) -> SiteDisplay: ...
    @property
    def limits(self) -> LimitsDisplay: ...
    @property
    def acceptance(self) -> AcceptanceDisplay: ...
    @property
    def parts(self) -> PartsDisplay: ...
    @property
    def model(self) -> ModelDisplay: ...
    @property
    def benchmark(self) -> BenchmarkDisplay: ...

    def fit_cards(self) -> None: ...
    def show_loading(self, sentence: str) -> None: ...
    def show_failed(self, sentence: str) -> None: ...
    def show_cards(self) -> None: ...
    def show_job(self, job: Job | None) -> None: ...
    def prompt_for_model(self, then: Callable[[Path], None]) -> None: ...
    def prompt_for_benchmark(self, then: Callable[[Path], None]) -> None: ...


MODEL, BENCHMARK, DOCTOR, RECEIPT = "home.model", "home.benchmark", "home.doctor", "home.receipt"
KEPT = "home.fields"
CARDS = ("site", "limits", "benchmark", "acceptance", "parts")  # those that turn into fields


class OverviewPresenter:
    """`changed()` is called when other actions can be done, `card_needed(path)` for a model that
    does not say how it is fed."""

    def __init__(
        self,
        context: Context,
        view: OverviewDisplay,
        changed: Callable[[], None],
        card_needed: Callable[[Path], None] | None = None,
    ) -> None:
        self._context, self._view, self._changed, self._card_needed = (
            context,
            view,
            changed,
            card_needed,
        )
        self._here = self._storing = False
        self._body = BodyLoader(context.current, view)
        self._cards: ProjectOverview | None = None
        self._examined = ""  # SHA-256 of the model whose findings are shown
        self._previewed: tuple[str, Path | None] = ("", None)

    def _get_cards(self) -> dict[str, EditableDisplay]:
        return {name: getattr(self._view, name) for name in CARDS}

    def enter(self) -> None:
        """The page is shown."""
        if self._is_outdated or (not self._here and not self._body.enter()):
            self._cards = None
        self._here = True
        if self._cards is None:
            self._view.show_loading(tr("Reading the project …"))
        self._view.show_job(self._context.runner.find_running(IMPORT))
        self._view.model.show_job(
            self._context.runner.find_running(MODEL) or self._context.runner.find_running(DOCTOR)
        )
        cards = self._body.query(lambda project: new_project.load_project_overview(project))
        cards.on_success(self._show_project_cards).on_failure(self._on_load_failed)
        reading = self._context.current.query(self._view, _load_model_input)
        reading.on_success(self._show_model_input).on_failure(self._on_model_input_failed)

    def _on_load_failed(self, error: BaseException) -> None:
        self._context.messages.show_error(error)
        if self._here and self._body.failed:
            self._view.show_failed(tr("The project could not be read."))

    def leave(self) -> None:
        """Leaves the page: what is still being read must not be shown any more. What was typed into
        a card is kept, since the window may be built anew."""
        self._here = False
        project = self._context.current.project
        for name, card in self._get_cards().items():
            if card.editing and project is not None:
                kept = str(project.path), name, card.get_entered(), card.focused_field
                self._context.session_values[KEPT] = json.dumps(kept, default=str)

    def on_project_opened(self) -> None:
        """Discard the data of the previous project."""
        self._body.reset()
        self._cards = None
        self._end_editing()
        self._examined = ""
        self._view.model.show_input(None, "")
        self._view.model.show_error("")
        self._view.model.show_findings("", ())
        self._view.benchmark.show_error("")

    @property
    def _is_outdated(self) -> bool:
        """Whether the cards miss a model or a benchmark that the project has by now."""
        cards, standing = self._cards, self._context.current.status
        if cards is None or standing is None:
            return False
        return (cards.model is None and standing.n_models > 0) or (
            cards.benchmark is None and standing.n_benchmark > 0
        )

    @property
    def is_read(self) -> bool:
        """Whether the cards are there."""
        return self._cards is not None

    @property
    def editing(self) -> bool:
        """Whether a card is being edited."""
        return any(card.editing for card in self._get_cards().values())

    def _show_editing(self) -> None:
        """A card has turned into fields."""
        self._view.fit_cards()
        self._changed()

    def _store(
        self,
        card: EditableDisplay,
        store: Callable[[Project], Any],
        refused: Callable[[BaseException], None],
        then: Callable[[], None] = lambda: None,
    ) -> None:
        """Stores what the fields of a card hold. They stay until it is stored: whoever is told that
        the disk is full has not lost what they typed."""
        if self._storing:
            return
        self._storing = True

        def on_stored(_stored: object) -> None:
            self._context.session_values.pop(KEPT, None)
            if is_alive(self._view) and card.editing:
                self._end_editing()
            self._storing = False
            then()

        def on_refused(error: BaseException) -> None:
            self._storing = False
            refused(error)

        storing = self._context.current.run_edit(self._context.messages, store)
        storing.on_success(on_stored).on_failure(on_refused)

    def edit_site(self) -> None:
        """Turns the card of the site into fields."""
        if self._cards is not None and not self.editing:
            site = self._cards.site
            values = {
                "site": site.site,
                "line": site.line,
                "who": site.who,
                "conditions": site.conditions,
                "note": site.note,
            }
            self._view.site.start_editing(values)
            self._show_editing()

    def save_site(self, values: dict[str, Any]) -> None:
        """Saves site and conditions as the fields hold them."""

        def store_site(project: Project) -> Any:
            return describe_project.set_site(project, describe_project.Site(**values))

        self._store(self._view.site, store_site, self._context.messages.show_error)

    def edit_acceptance(self) -> None:
        """Opens the form of the acceptance."""
        if self._cards is not None and not self.editing:
            terms = asdict(self._cards.acceptance)
            del terms["by"]
            self._view.acceptance.start_editing(
                {code: "" if value is None else str(value) for code, value in terms.items()}
            )
            self._show_editing()

    def save_acceptance(self, values: dict[str, str]) -> None:
        """Saves what the form holds, unless a number is none."""
        changes: dict[str, str | int | None] = dict(values)
        for code in acceptance_terms.NUMBERS:
            typed = values[code].strip()
            number = int(typed) if typed.isascii() and typed.isdigit() else None
            if typed and not acceptance_terms.is_number_of_parts(number):
                self._view.acceptance.show_error(code, tr("Enter a whole number from 1."))
                return
            changes[code] = number
        annotator = self._context.preferences.settings.name
        self._store(
            self._view.acceptance,
            lambda project: describe_project.set_acceptance_terms(project, changes, annotator),
            self._context.messages.show_error,
        )

    def edit_parts(self) -> None:
        """Opens the form of the parts, with the pattern that stands."""
        if self._cards is not None and not self.editing:
            reading = self._context.current.query(self._view, frame_listing.get_part_rule)
            reading.on_success(self._on_part_rule_read).on_failure(
                self._context.messages.show_error
            )

    def _on_part_rule_read(self, rule: PartRule | None) -> None:
        if self._here and not self.editing:
            self._view.parts.start_editing(
                rule.definition if rule is not None and rule.source == "pattern" else ""
            )
            self._show_editing()

    def preview_parts(self, pattern: str, file: Path | None) -> None:
        """Says how many parts there would be; an older question is dropped."""
        self._previewed = (pattern, file)
        reading = self._context.current.query(self._view, partial(_preview_parts, pattern, file))
        reading.on_success(partial(self._show_part_preview, self._previewed))
        reading.on_failure(partial(self._show_part_error, self._previewed))

    def _show_part_preview(self, part_and_file: tuple[str, Path | None], text: str) -> None:
        if part_and_file == self._previewed and self._view.parts.editing:
            self._view.parts.show_preview(text)

    def _show_part_error(
        self, part_and_file: tuple[str, Path | None], error: BaseException
    ) -> None:
        if part_and_file == self._previewed and self._view.parts.editing:
            self._view.parts.show_error(format_error(error))

    def save_parts(self, pattern: str, file: Path | None) -> None:
        """Saves the parts, unless there would be none."""
        annotator = self._context.preferences.settings.name
        store = partial(_store_parts, pattern, file, annotator)
        self._store(self._view.parts, store, self._on_parts_refused)

    def _on_parts_refused(self, error: BaseException) -> None:
        if isinstance(error, AdminNeeded) or not self._here or not self._view.parts.editing:
            self._on_limits_refused(error)
        else:
            self._view.parts.show_error(format_error(error))

    def edit_limits(self) -> None:
        """Turns the card of the limits into fields."""
        if self._cards is not None and not self.editing:
            limits = self._cards.limits
            field = captions.format_tolerance_input(limits.tolerance)
            self._view.limits.start_editing(
                field, limits.decided_by, self._cards.classes, self._cards.ok_classes
            )
            self._show_editing()

    def save_limits(self, tolerance: str, decided_by: str, ok: tuple[str, ...]) -> None:
        """Saves what was changed of the limits and of the classes that are OK, unless the gap is no
        figure."""
        share = captions.parse_tolerance(tolerance)
        if share is None:
            self._view.limits.show_error(
                tr("Enter percentage points from 0 to 100, for example 3.")
            )
            return

        def store_limits(project: Project) -> None:
            limits = describe_project.GapLimits(share, decided_by.strip())
            if limits != describe_project.get_gap_limits(project):
                describe_project.set_limits(project, limits)
            stand, is_confirmed = models.get_ok_classes(project)
            if set(ok) != set(stand) or (ok and not is_confirmed):
                models.set_ok_classes(project, ok)

        self._store(self._view.limits, store_limits, self._on_limits_refused)

    def _on_limits_refused(self, error: BaseException) -> None:
        """Explain that a PIN guards the limits; it is entered on the Evidence screen."""
        if isinstance(error, AdminNeeded):
            self._context.messages.show_error(error, "error", tr("Enter PIN"), self._open_pin_page)
        else:
            self._context.messages.show_error(error)

    def _open_pin_page(self) -> None:
        self._context.session_values["evidence.part"] = "packs"
        self._context.show_screen("evidence")

    @property
    def has_unconfirmed_ok_classes(self) -> bool:
        """Whether classes are proposed as OK and nobody has said so yet."""
        return (
            self._cards is not None
            and bool(self._cards.ok_classes)
            and not self._cards.ok_confirmed
        )

    def accept_ok_classes(self) -> None:
        """Confirm the proposed OK classes."""
        if self._cards is not None and self.has_unconfirmed_ok_classes and not self.editing:
            names = self._cards.ok_classes
            storing = self._context.current.run_edit(
                self._view, lambda project: models.set_ok_classes(project, names)
            )
            storing.on_failure(self._on_limits_refused)

    def cancel(self) -> bool:
        """Leaves a card that is being edited as it was. Whether there was one."""
        editing = self.editing
        self._end_editing()
        return editing

    def prompt_for_model(self) -> None:
        """Lets the person choose a model file."""
        self._view.prompt_for_model(self.set_model)

    def set_model(self, path: Path) -> None:
        """Inspect the model and make it the project's newest, or show on its card why not."""
        self._view.model.show_error("")
        work = partial(_add_model, path)
        job = self._context.current.run_job(
            self._context.messages, lambda: tr("Analyse model"), work, key=MODEL
        )
        job.on_success(self._on_model_added).on_failure(self._on_model_refused)
        job.on_retry(self._view, partial(self.set_model, path))
        self._view.model.show_job(job)

    def _on_model_added(self, lines: Callable[[], tuple[str, ...]]) -> None:
        """Says what was taken from another model, and what the benchmark says against the card."""
        if text := " ".join(lines()):
            self._context.messages.show_banner(
                MODEL, text, again=partial(self._on_model_added, lines)
            )
        else:
            self._context.messages.clear_banner(MODEL)

    def _on_model_refused(self, error: BaseException) -> None:
        if self._here:
            self._view.model.show_job(None)
            if isinstance(error, CardNeeded) and self._card_needed is not None:
                self._card_needed(error.path)
            else:
                self._view.model.show_error(format_error(error))
        else:
            self._context.messages.show_error(error, MODEL)

    @property
    def has_model(self) -> bool:
        """Whether there is one to examine."""
        return self._cards is not None and self._cards.model is not None

    def run_model_check(self) -> None:
        """Run the doctor on the project's model and show its findings on the card."""
        if self._cards is None or self._cards.model is None:
            return
        self._examined = self._cards.model.sha256
        self._view.model.show_error("")
        job = self._context.current.run_job(
            self._view, lambda: tr("Diagnose model"), _check_model, writes=False, key=DOCTOR
        )
        job.on_success(self._show_findings).on_failure(self._on_model_refused)
        job.on_retry(self._view, self.run_model_check)
        self._view.model.show_job(job)

    def _show_findings(self, model_check: ModelCheck) -> None:
        self._view.model.show_job(None)
        finding_texts = tuple(describe_finding(finding) for finding in model_check.findings)
        first = describe_diagnosis(
            model_check.model.name, len(model_check.findings), model_check.n_labelled
        )
        checks = (
            list_diagnosis_checks(
                frozenset(finding.code for finding in model_check.findings), model_check.n_labelled
            )
            if model_check.diagnosis is not None
            else ()
        )
        self._view.model.show_findings(
            first,
            tuple(
                (finding_text.problem, f"{finding_text.evidence} {finding_text.remedy}")
                for finding_text in finding_texts
            ),
            checks,
        )

    def prompt_for_benchmark(self) -> None:
        """Lets the person choose a labelled set."""
        self._view.prompt_for_benchmark(self.set_benchmark)

    def set_benchmark(self, path: Path) -> None:
        """Set the project's benchmark, or show on its card why not."""
        self._view.benchmark.show_error("")
        job = self._context.current.run_job(
            self._context.messages,
            lambda: tr("Import benchmark"),
            partial(_set_benchmark, path),
            key=BENCHMARK,
        )
        job.on_success(self._show_import_receipt).on_failure(self._on_benchmark_refused)
        job.on_retry(self._view, partial(self.set_benchmark, path))

    def _show_import_receipt(self, receipt: ImportReceipt) -> None:
        """Show what was imported as a toast; what was skipped stays until it is closed."""
        text = " ".join(list_import_lines(*receipt.as_tuple))
        if receipt.faults:
            self._context.messages.show_banner(
                RECEIPT, text, again=partial(self._show_import_receipt, receipt)
            )
        else:
            self._context.messages.clear_banner(RECEIPT)
            self._context.messages.show_toast(text)

    def _on_benchmark_refused(self, error: BaseException) -> None:
        if self._here:
            self._view.benchmark.show_error(format_error(error))
        else:
            self._context.messages.show_error(error, BENCHMARK)

    @property
    def has_benchmark(self) -> bool:
        """Whether something can be claimed of it."""
        return self._cards is not None and self._cards.benchmark is not None

    def edit_claim(self) -> None:
        """Turns the card of the benchmark into a field for what is claimed."""
        if self._cards is not None and self._cards.benchmark is not None and not self.editing:
            facts = self._cards.benchmark
            self._view.benchmark.start_editing(
                captions.format_claim_input(facts.claimed),
                facts.metric,
                captions.list_metric_options(facts.metrics),
            )
            self._show_editing()

    def save_claim(self, typed: str, metric: str) -> None:
        """Saves the reference score as typed with its metric, and has it checked on some pictures,
        unless it is no share."""
        claimed = captions.parse_claim(typed)
        if claimed is None:
            self._view.benchmark.show_claim_error(
                tr("Enter the score in per cent, from 0 to 100, for example 97.1.")
            )
            return
        self._view.benchmark.show_error("")
        share = None if isnan(claimed) else claimed
        self._store(
            self._view.benchmark,
            lambda project: benchmarks.set_claim(project, share, metric),
            self._on_benchmark_refused,
            self._verify_claim,
        )

    def _verify_claim(self) -> None:
        job = self._context.current.run_job(
            self._context.messages, lambda: tr("Verify reference score"), _verify_claim
        )
        job.on_failure(self._on_benchmark_refused)

    def _end_editing(self) -> None:
        self._storing = False
        self._context.session_values.pop(KEPT, None)
        for card in self._get_cards().values():
            card.end_editing()
        self._show_editing()

    def _restore_fields(self, cards: ProjectOverview) -> None:
        """Opens the card again that was edited before the window was built anew, with what was
        typed into it."""
        kept, project = self._context.session_values.pop(KEPT, ""), self._context.current.project
        if not kept or self.editing or project is None:
            return
        path, name, entered, field = json.loads(kept)
        facts = cards.benchmark
        card: Any = getattr(self._view, name)
        if path != str(project.path) or (name == "benchmark" and facts is None):
            return
        if name == "limits":
            entered = (*entered[:2], cards.classes, entered[2])
        elif name == "parts":
            entered = (entered[0], Path(entered[1]) if entered[1] else None)
        elif name == "benchmark" and facts is not None:
            entered = (*entered, captions.list_metric_options(facts.metrics))
        card.start_editing(*entered)
        card.focus_field(field)
        self._view.fit_cards()

    def _show_project_cards(self, cards: ProjectOverview) -> None:
        if not self._here:
            self._body.reset()  # Not shown: it is read again when shown.
            return
        self._cards = cards
        site, limits, model, benchmark = cards.site, cards.limits, cards.model, cards.benchmark
        self._view.site.show_site(site.site, site.line, site.who, site.conditions, site.note)
        ok = captions.format_ok_classes(cards.ok_classes, cards.ok_confirmed)
        self._view.limits.show_limits(
            captions.format_gap_limit(limits.tolerance, limits.confirmed),
            limits.decided_by,
            ok,
            self.has_unconfirmed_ok_classes,
        )
        if model is None:
            self._view.model.show_model("", "", ())
        else:
            if model.sha256 != self._examined:
                self._view.model.show_findings("", ())
            size = model.size if "size" in model.preprocessing_record else None
            card = captions.format_model_summary(model.task, size, len(cards.classes))
            self._view.model.show_model(
                captions.format_model_file(model),
                card,
                list_preprocessing_lines(model.preprocessing_record),
            )
        self._view.model.show_training(captions.list_training_lines(cards.training, cards.ranges))
        self._view.model.show_classes(cards.classes)
        if benchmark is None:
            self._view.benchmark.show_benchmark(("", "", ""), "", "")
        else:
            self._view.benchmark.show_benchmark(
                captions.format_score(benchmark),
                captions.format_benchmark_source(benchmark.root),
                captions.format_reference_score(benchmark),
            )
        self._view.show_cards()
        self._restore_fields(cards)
        self._changed()

    def _show_model_input(self, preview: tuple[InputPreview, ObjectLosses | None] | None) -> None:
        if not self._here:
            return
        if preview is None:
            self._view.model.show_input(None, "")
            return
        eye, lost = preview
        lines = [describe_visible_share(eye.share)]
        if lost is not None:
            lines.append(
                describe_object_losses(lost.n, lost.n_cut, lost.n_thin, lost.stride, lost.surviving)
            )
        self._view.model.show_input(
            ModelInputImages(
                eye.rgb,
                eye.input_image,
                eye.crop,
                eye.source,
                kind="benchmark" if eye.from_benchmark else "frame",
            ),
            " ".join(note for note in lines if note),
        )

    def _on_model_input_failed(self, _error: BaseException) -> None:
        """Leave the preview empty; the error is shown where the model is used."""
        if self._here:
            self._view.model.show_input(None, "")


def _load_model_input(project: Project) -> tuple[InputPreview, ObjectLosses | None] | None:
    eye = try_model.get_input_preview(project)
    return (eye, try_model.compute_object_losses(project)) if eye is not None else None


def _add_model(path: Path, project: Project, progress: Progress) -> Callable[[], tuple[str, ...]]:
    """Return the findings of a new model as a function, so that they are formatted in the language
    of that moment."""
    progress.check()
    if path.suffix.lower() in onnx_file.PREDICTION_ENDINGS:
        return _add_predictions(path, project, progress)
    looked_at = models.inspect_fitting_model(project, path, None)
    models.set_model(project, looked_at, get_timestamp())
    _, findings = check_model.check_new_model(project, progress, get_timestamp())
    return lambda: (*list_inherited_card_lines(looked_at.inherited), *list_warning_lines(findings))


def _add_predictions(
    path: Path, project: Project, progress: Progress
) -> Callable[[], tuple[str, ...]]:
    stored = runs.add_predictions(project, path, None, None, progress, get_timestamp())
    check_model.check_claim_if_any(project, progress, get_timestamp())
    counts = predictions_file.count_given_answers(project, stored)
    return lambda: predictions_file.list_answer_lines(counts)


def _check_model(project: Project, progress: Progress) -> ModelCheck:
    return check_model.check_stored_model(project, progress)


def _set_benchmark(path: Path, project: Project, progress: Progress) -> ImportReceipt:
    benchmark, receipt = benchmarks.read_benchmark_with_receipt(
        path, None, None, None, strict=False
    )
    progress.check()
    benchmarks.set_benchmark(project, benchmark)
    return receipt


def _verify_claim(project: Project, progress: Progress) -> None:
    check_model.check_claim_if_any(project, progress, get_timestamp())


def _preview_parts(pattern: str, file: Path | None, project: Project) -> str:
    """How many parts there would be, in words."""
    rule, parts = import_labels.assign_parts(project, pattern, file, "")
    n_listed = project.read(frames_table.count_listed_frames)
    counts = (len(set(parts.values())), len(parts), n_listed - len(parts))
    return " ".join(list_part_lines(rule, *counts))


def _store_parts(pattern: str, file: Path | None, annotator: str, project: Project) -> Any:
    """Sets the parts, or that frames carry none; a guarded project asks for its PIN first."""
    if describe_project.has_admin(project) and not project.admin:
        raise AdminNeeded(project.path, "locked")
    rule, parts = import_labels.assign_parts(project, pattern, file, annotator)
    if rule is None:
        return frame_listing.clear_parts(project)
    return frame_listing.store_parts(project, rule, parts)
