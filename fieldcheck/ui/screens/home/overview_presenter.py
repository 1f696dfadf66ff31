"""Presenter of the project overview: its four cards are read, and edited where they stand."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from math import isnan
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fieldcheck.errors import AdminNeeded, CardNeeded
from fieldcheck.progress import Progress
from fieldcheck.timestamp import timestamp
from fieldcheck.ui.body import ScreenBody
from fieldcheck.ui.context import Context
from fieldcheck.ui.lazy_import import LazyModule
from fieldcheck.ui.screens.home import captions
from fieldcheck.ui.screens.home.model_input_view import Pair
from fieldcheck.ui.screens.home.new_project_presenter import IMPORT
from fieldcheck.ui.screens.home.overview_display import OverviewDisplay
from fieldcheck.ui.widgets.job_strip import running
from fieldcheck.words.doctor import checked, checklist, inherited_lines, told, warning_lines
from fieldcheck.words.labels import receipt_lines
from fieldcheck.words.language import text
from fieldcheck.words.preprocessing_record import preprocessing_lines
from fieldcheck.words.sentences import sentence
from fieldcheck.words.training import training_lines
from fieldcheck.words.try_model import losses_said, part_said

if TYPE_CHECKING:
    from fieldcheck.exchange.receipt import ImportReceipt
    from fieldcheck.project.project import Project
    from fieldcheck.workflows.models import benchmarks, check_model, claim, model_eye, models
    from fieldcheck.workflows.models.check_model import ModelCheck
    from fieldcheck.workflows.models.model_eye import Eye, Losses
    from fieldcheck.workflows.project import describe_project, ok_classes, project_cards
    from fieldcheck.workflows.project.project_cards import ProjectCards
else:
    benchmarks = LazyModule("fieldcheck.workflows.models.benchmarks")
    check_model = LazyModule("fieldcheck.workflows.models.check_model")
    claim = LazyModule("fieldcheck.workflows.models.claim")
    model_eye = LazyModule("fieldcheck.workflows.models.model_eye")
    models = LazyModule("fieldcheck.workflows.models.models")
    describe_project = LazyModule("fieldcheck.workflows.project.describe_project")
    ok_classes = LazyModule("fieldcheck.workflows.project.ok_classes")
    project_cards = LazyModule("fieldcheck.workflows.project.project_cards")

MOST_NOTED = 120  # letters
MODEL, BENCHMARK, DOCTOR, RECEIPT = "home.model", "home.benchmark", "home.doctor", "home.receipt"


class OverviewPresenter:
    """`changed()` is called when other actions can be done, `card_needed(path)` for a model that does not say how it is fed."""

    def __init__(
        self, context: Context, view: OverviewDisplay, changed: Callable[[], None], card_needed: Callable[[Path], None] | None = None
    ) -> None:
        self._context, self._view, self._changed, self._card_needed = context, view, changed, card_needed
        self._here = False
        self._body = ScreenBody(context.current)
        self._cards: ProjectCards | None = None
        self._examined = ""  # SHA-256 of the model whose findings are shown

    def enter(self) -> None:
        """The page is shown."""
        if self._is_behind or (not self._here and not self._body.enter()):
            self._cards = None
        self._here = True
        if self._cards is None:
            self._view.show_loading(text("Reading the project …"))
        self._view.show_job(running(self._context.runner, IMPORT))
        self._view.model.show_job(running(self._context.runner, MODEL) or running(self._context.runner, DOCTOR))
        self._body.ask(lambda project: project_cards.project_cards(project), self._show, self._not_read)
        self._context.current.ask(_look_through, self._show_eye, self._no_eye)

    def _not_read(self, error: BaseException) -> None:
        self._context.messages.error(error)
        if self._here and self._body.failed:
            self._view.show_failed(text("The project could not be read."))

    def leave(self) -> None:
        """Leaves the page: what is still being read must not be shown any more."""
        self._here = False

    def opened(self) -> None:
        """Another project: nothing of the one before stays."""
        self._body.forget()
        self._cards = None
        self._end()
        self._examined = ""
        self._view.model.show_eye(None, "")
        self._view.model.show_wrong("")
        self._view.model.show_findings("", ())
        self._view.benchmark.show_wrong("")

    @property
    def _is_behind(self) -> bool:
        """Whether the cards miss a model or a benchmark that the project has by now."""
        cards, standing = self._cards, self._context.current.standing
        if cards is None or standing is None:
            return False
        return (cards.model is None and standing.n_models > 0) or (cards.benchmark is None and standing.n_benchmark > 0)

    @property
    def is_read(self) -> bool:
        """Whether the cards are there."""
        return self._cards is not None

    @property
    def editing(self) -> bool:
        """Whether a card is being edited."""
        return self._view.site.editing or self._view.limits.editing or self._view.benchmark.editing

    def edit_site(self) -> None:
        """Turns the card of the site into fields."""
        if self._cards is not None and not self.editing:
            site = self._cards.site
            told = {"site": site.site, "line": site.line, "who": site.who, "conditions": site.conditions, "note": site.note}
            self._view.site.begin(told)
            self._view.make_room()
            self._changed()

    def save_site(self, told: dict[str, Any]) -> None:
        """Saves site and conditions as the fields hold them."""

        def work(project: Project) -> Any:
            return describe_project.describe(project, describe_project.Site(**told))

        self._context.current.act(work, failed=self._context.messages.error)
        self._end()

    def edit_limits(self) -> None:
        """Turns the card of the limits into fields."""
        if self._cards is not None and not self.editing:
            limits = self._cards.limits
            field = captions.tolerance_field(limits.tolerance)
            self._view.limits.begin(field, limits.decided_by, self._cards.classes, self._cards.ok_classes)
            self._view.make_room()
            self._changed()

    def save_limits(self, tolerance: str, decided_by: str, ok: tuple[str, ...]) -> None:
        """Saves what was changed of the limits and of the classes that are OK, unless the gap is no figure."""
        share = captions.tolerance_of(tolerance)
        if share is None:
            self._view.limits.show_wrong(text("Enter percentage points from 0 to 100, for example 3."))
            return

        def work(project: Project) -> None:
            limits = describe_project.GapLimits(share, decided_by.strip())
            if limits != describe_project.limits_of(project):
                describe_project.set_limits(project, limits)
            stand, told = ok_classes.ok_classes(project)
            if set(ok) != set(stand) or (ok and not told):
                ok_classes.set_ok_classes(project, ok)

        self._context.current.act(work, failed=self._limits_refused)
        self._end()

    def _limits_refused(self, error: BaseException) -> None:
        """A PIN guards the limits: it is given on the Evidence screen."""
        if isinstance(error, AdminNeeded):
            self._context.messages.error(error, "error", text("Enter PIN"), self._ask_pin)
        else:
            self._context.messages.error(error)

    def _ask_pin(self) -> None:
        self._context.kept["evidence.part"] = "packs"
        self._context.go("evidence")

    @property
    def asks_ok(self) -> bool:
        """Whether classes are proposed as OK and nobody has said so yet."""
        return self._cards is not None and bool(self._cards.ok_classes) and not self._cards.ok_told

    def confirm_ok(self) -> None:
        """The classes that are proposed are OK: somebody says so."""
        if self._cards is not None and self.asks_ok and not self.editing:
            names = self._cards.ok_classes
            self._context.current.act(lambda project: ok_classes.set_ok_classes(project, names), failed=self._limits_refused)

    def cancel(self) -> bool:
        """Leaves a card that is being edited as it was. Whether there was one."""
        editing = self.editing
        self._end()
        return editing

    def ask_for_model(self) -> None:
        """Lets the person choose a model file."""
        self._view.ask_for_model(self.take_model)

    def take_model(self, path: Path) -> None:
        """Looks at the model and makes it the project's newest, or says on its card why not."""
        self._view.model.show_wrong("")
        work = partial(_add_model, path)
        job = self._context.current.job(lambda: text("Analyse model"), work, self._model_added, self._model_refused)
        if job is not None:
            job.setObjectName(MODEL)
            self._view.model.show_job(job)

    def _model_added(self, lines: Callable[[], tuple[str, ...]]) -> None:
        """Says what was taken from another model, and what the benchmark says against the card."""
        if said := " ".join(lines()):
            self._context.messages.banner(MODEL, said, again=partial(self._model_added, lines))
        else:
            self._context.messages.clear(MODEL)

    def _model_refused(self, error: BaseException) -> None:
        if self._here:
            self._view.model.show_job(None)
            if isinstance(error, CardNeeded) and self._card_needed is not None:
                self._card_needed(error.path)
            else:
                self._view.model.show_wrong(_why(error))
        else:
            self._context.messages.error(error, MODEL)

    @property
    def has_model(self) -> bool:
        """Whether there is one to examine."""
        return self._cards is not None and self._cards.model is not None

    def examine_model(self) -> None:
        """Lets the doctor look at the project's model, and shows on its card what he says."""
        if self._cards is None or self._cards.model is None:
            return
        self._examined = self._cards.model.sha256
        self._view.model.show_wrong("")
        job = self._context.current.job(lambda: text("Diagnose model"), _examine, self._show_findings, self._model_refused, writes=False)
        if job is not None:
            job.setObjectName(DOCTOR)
            self._view.model.show_job(job)

    def _show_findings(self, found: ModelCheck) -> None:
        self._view.model.show_job(None)
        said = tuple(told(finding) for finding in found.findings)
        first = checked(found.model.name, len(found.findings), found.n_labelled)
        checks = checklist(frozenset(one.code for one in found.findings), found.n_labelled) if found.diagnosis is not None else ()
        self._view.model.show_findings(first, tuple((one.what, f"{one.seen} {one.todo}") for one in said), checks)

    def ask_for_benchmark(self) -> None:
        """Lets the person choose a labelled set."""
        self._view.ask_for_benchmark(self.take_benchmark)

    def take_benchmark(self, path: Path) -> None:
        """Names the benchmark of the project, or says on its card why not."""
        self._view.benchmark.show_wrong("")
        job = self._context.current.job(
            lambda: text("Import benchmark"), partial(_set_benchmark, path), self._show_receipt, self._benchmark_refused
        )
        if job is not None:
            job.setObjectName(BENCHMARK)

    def _show_receipt(self, receipt: ImportReceipt) -> None:
        """What came in passes by; what did not stands until somebody closes it."""
        said = " ".join(receipt_lines(*receipt.told))
        if receipt.faults:
            self._context.messages.banner(RECEIPT, said, again=partial(self._show_receipt, receipt))
        else:
            self._context.messages.clear(RECEIPT)
            self._context.messages.toast(said)

    def _benchmark_refused(self, error: BaseException) -> None:
        if self._here:
            self._view.benchmark.show_wrong(_why(error))
        else:
            self._context.messages.error(error, BENCHMARK)

    @property
    def has_benchmark(self) -> bool:
        """Whether something can be claimed of it."""
        return self._cards is not None and self._cards.benchmark is not None

    def edit_claim(self) -> None:
        """Turns the card of the benchmark into a field for what is claimed."""
        if self._cards is not None and self._cards.benchmark is not None and not self.editing:
            facts = self._cards.benchmark
            self._view.benchmark.begin(captions.claim_field(facts.claimed), facts.metric, captions.metric_options(facts.metrics))
            self._view.make_room()
            self._changed()

    def save_claim(self, typed: str, metric: str) -> None:
        """Saves the reference score as typed with its metric, and has it checked on some pictures, unless it is no share."""
        claimed = captions.claim_of(typed)
        if claimed is None:
            self._view.benchmark.show_wrong_claim(text("Enter the score in per cent, from 0 to 100, for example 97.1."))
            return
        store = partial(_set_claim, None if isnan(claimed) else claimed, metric)
        self._context.current.job(lambda: text("Verify reference score"), store, None, self._benchmark_refused)
        self._end()

    def _end(self) -> None:
        for card in (self._view.site, self._view.limits, self._view.benchmark):
            card.end()
        self._view.make_room()
        self._changed()

    def _show(self, cards: ProjectCards) -> None:
        if not self._here:
            self._body.forget()  # it is not shown, so it is read anew by coming back
            return
        self._cards = cards
        site, limits, model, benchmark = cards.site, cards.limits, cards.model, cards.benchmark
        self._view.site.show_site(site.site, site.line, site.who, site.conditions, site.note)
        ok = captions.ok_line(cards.ok_classes, cards.ok_told)
        self._view.limits.show_limits(captions.tolerance_line(limits.tolerance), limits.decided_by, ok, self.asks_ok)
        if model is None:
            self._view.model.show_model("", "", ())
        else:
            if model.sha256 != self._examined:
                self._view.model.show_findings("", ())
            card = captions.card_line(model.task, model.size, len(cards.classes))
            self._view.model.show_model(captions.file_line(model), card, preprocessing_lines(model.preprocessing_record))
        self._view.model.show_training(_trained(cards))
        self._view.model.show_classes(cards.classes)
        if benchmark is None:
            self._view.benchmark.show_benchmark(("", "", ""), "", "")
        else:
            self._view.benchmark.show_benchmark(
                captions.score_lines(benchmark), captions.source_line(benchmark.root), captions.claimed_line(benchmark)
            )
        self._view.show_cards()
        self._changed()

    def _show_eye(self, found: tuple[Eye, Losses | None] | None) -> None:
        if not self._here:
            return
        if found is None:
            self._view.model.show_eye(None, "")
            return
        eye, lost = found
        said = [part_said(eye.share)]
        if lost is not None:
            said.append(losses_said(lost.n, lost.n_cut, lost.n_thin, lost.stride, lost.surviving))
        self._view.model.show_eye(Pair(eye.rgb, eye.seen, eye.crop, eye.source), " ".join(one for one in said if one))

    def _no_eye(self, _error: BaseException) -> None:
        """What is wrong with the model is said where it is used; here there is only no picture."""
        if self._here:
            self._view.model.show_eye(None, "")


def _trained(cards: ProjectCards) -> tuple[str, ...]:
    """How the model was trained, and the first line of its notes; empty where nobody told."""
    if cards.training is None:
        return ()
    first = cards.training.notes.partition("\n")[0][:MOST_NOTED]
    return (*training_lines(cards.training, cards.ranges), *([text("Notes: {first}").format(first=first)] if first else []))


def _why(error: BaseException) -> str:
    return sentence(error)


def _look_through(project: Project) -> tuple[Eye, Losses | None] | None:
    eye = model_eye.model_eye(project)
    return (eye, model_eye.object_losses(project)) if eye is not None else None


def _add_model(path: Path, project: Project, progress: Progress) -> Callable[[], tuple[str, ...]]:
    """What is to be said of it, in the language that is spoken when it is asked for."""
    progress.check()
    looked_at = models.look_at_fitting(project, path, None)
    models.set_model(project, looked_at, timestamp())
    _, found = claim.check_new_model(project, progress, timestamp())
    return lambda: (*inherited_lines(looked_at.inherited), *warning_lines(found))


def _examine(project: Project, progress: Progress) -> ModelCheck:
    return check_model.check_stored(project, progress)


def _set_benchmark(path: Path, project: Project, progress: Progress) -> ImportReceipt:
    found, receipt = benchmarks.read_with_receipt(path, None, None, None, strict=False)
    progress.check()
    benchmarks.set_benchmark(project, found)
    return receipt


def _set_claim(claimed: float | None, metric: str, project: Project, progress: Progress) -> None:
    benchmarks.set_claim(project, claimed, metric)
    claim.check_where_claimed(project, progress, timestamp())
