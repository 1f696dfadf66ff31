"""Commands about a project as a whole: make one, set its benchmark, check it, and the sample."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import fieldcheck
from fieldcheck.cli.command import (
    EXIT_DONE,
    EXIT_EXPECTED,
    Answer,
    LazyGroup,
    TerminalProgress,
    WindowLauncher,
    define_command,
    json_command,
)
from fieldcheck.cli.labels import LABEL_FORMAT
from fieldcheck.cli.limits import (
    LIMIT_OPTIONS,
    add_limit_options,
    make_limits_document,
    make_settings,
)
from fieldcheck.cli.values import CLASSES_OPTION, FRACTION, METRIC, existing_project
from fieldcheck.domain.run import StoredModel
from fieldcheck.i18n.language import tr
from fieldcheck.labels.messages import list_import_lines
from fieldcheck.models.messages import describe_search
from fieldcheck.paths import get_demo_folder
from fieldcheck.timestamp import get_timestamp

if TYPE_CHECKING:
    from fieldcheck.analyses.gap_headline import MeasuredSide
    from fieldcheck.analyses.report_data import Report
    from fieldcheck.models.benchmark import CheckedBenchmark
    from fieldcheck.models.check_model import ClaimCheck
    from fieldcheck.report.assemble import WrittenReport

FILE = click.Path(path_type=Path)
IMAGES = click.option(
    "--images", type=FILE, default=None, help="Image folder, if separate from the labels."
)
PART = click.option(
    "--part",
    default="",
    help="Split of a dataset that the model was not trained on, for example test.",
)
STRICT = click.option(
    "--strict",
    is_flag=True,
    help="Reject the benchmark if anything is missing, damaged, unlabelled or merged.",
)


@define_command("new")
@existing_project
@click.option("--model", type=FILE, default=None, help="ONNX model.")
@click.option(
    "--card",
    type=FILE,
    default=None,
    help="Model card; default: MODEL.card.json next to the model.",
)
@CLASSES_OPTION
@click.option("--benchmark", type=FILE, default=None, help="Labelled benchmark.")
@click.option(
    "--claimed", type=FRACTION, default=None, help="Reference score, for example 0.971 or 97.1%."
)
@METRIC
@IMAGES
@PART
@STRICT
@click.option("--site", default="", help="Site where the model is used.")
@add_limit_options
@json_command("new", timed=True)
def create_project_command(
    project: Path, site: str, bar: TerminalProgress, **options: Any
) -> Answer:
    """Create a project. Limits that are not known yet are left out, or answered with later."""
    from fieldcheck.models.check_model import check_claim_if_any
    from fieldcheck.models.new_project import NewProjectRequest, remove_on_failure, set_up_project
    from fieldcheck.project import messages as words
    from fieldcheck.project.limits import get_set_limits

    limits = {name: options.pop(name) for name in LIMIT_OPTIONS}
    wanted = NewProjectRequest(site=site, notes=make_settings(limits), **options)
    begun = set_up_project(project, wanted, get_timestamp())
    with begun.project, remove_on_failure(begun.project):
        claim = check_claim_if_any(begun.project, bar, get_timestamp())
        set_now = get_set_limits(begun.project)
    document = {
        "project": str(project.resolve()),
        "model": make_model_document(begun.model),
        "benchmark": make_benchmark_document(begun.benchmark, claim),
        "site": site,
        "limits": make_limits_document(set_now),
    }
    new_project_lines = (
        *words.list_new_project_lines(
            str(project), begun.model.name if begun.model else "", _get_item_count(begun.benchmark)
        ),
        *words.list_new_limit_lines(set_now),
    )
    if begun.receipt is None:
        return Answer(document, new_project_lines)
    lines = (
        *new_project_lines,
        *list_import_lines(*begun.receipt.as_tuple),
        *format_claim(claim),
        *_format_claim_warnings(claim),
    )
    return Answer(document | {"receipt": begun.receipt.to_json()}, lines)


@click.group("benchmark", cls=LazyGroup)
def benchmark_group() -> None:
    """Benchmark of a project."""


@benchmark_group.command("set")
@existing_project
@click.argument("path", type=FILE)
@click.option(
    "--format",
    "format_",
    type=LABEL_FORMAT,
    default="auto",
    show_default=True,
    help="Format of the benchmark; auto detects it.",
)
@click.option(
    "--claimed", type=FRACTION, default=None, help="Reference score, for example 0.971 or 97.1%."
)
@METRIC
@IMAGES
@PART
@click.option(
    "--training",
    type=FILE,
    default=None,
    help="Folder of training images, to check for data leakage.",
)
@STRICT
@json_command("benchmark_set")
def set_benchmark_command(
    project: Path,
    path: Path,
    format_: str | None,
    claimed: float | None,
    metric: str,
    images: Path | None,
    part: str,
    training: Path | None,
    strict: bool,
    bar: TerminalProgress,
) -> Answer:
    """Set the benchmark. With --training, search for near-duplicates; an interrupted search
    continues next time."""
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
    from fieldcheck.models.benchmark import read_benchmark_with_receipt, set_benchmark
    from fieldcheck.models.check_model import check_claim_if_any
    from fieldcheck.models.near_duplicates import set_training_and_search
    from fieldcheck.project import messages as words

    benchmark_, receipt = read_benchmark_with_receipt(path, format_, claimed, images, strict, part)
    with opened_for_writing(project, bar, get_timestamp()) as opened:
        named = set_benchmark(opened, benchmark_, metric)
        claim = check_claim_if_any(opened, bar, get_timestamp())
        near_duplicates = (
            set_training_and_search(opened, training, bar, get_timestamp()) if training else None
        )
    document = {
        "project": str(project.resolve()),
        "model": None,
        "benchmark": make_benchmark_document(named, claim),
        "site": None,
    }
    text = (
        (describe_search(len(named.benchmark.items), *near_duplicates.counts),)
        if near_duplicates
        else ()
    )
    message = (
        words.describe_added_benchmark(len(named.benchmark.items), named.unmatched),
        *list_import_lines(*receipt.as_tuple),
    )
    lines = (*message, *format_claim(claim), *_format_claim_warnings(claim), *text)
    return Answer(
        document
        | {
            "receipt": receipt.to_json(),
            "near_duplicates": asdict(near_duplicates) if near_duplicates else None,
        },
        lines,
    )


def format_claim(claim: ClaimCheck | None) -> tuple[str, ...]:
    """Lines about the check of a reference score; none where it was not checked."""
    from fieldcheck.models.check_model import list_claim_lines

    if claim is None:
        return ()
    guess = (claim.guess.change, claim.guess.score) if claim.guess else None
    return (
        *list_claim_lines(
            claim.claimed, claim.score, claim.spot, claim.reproduced, guess, claim.metric
        ),
        *_format_missed_claim(claim),
    )


def _format_missed_claim(claim: ClaimCheck) -> tuple[str, ...]:
    from fieldcheck.models.check_model import describe_no_better_guess

    model_check = claim.look
    if model_check is None or claim.guess or model_check.warnings or not model_check.n_labelled:
        return ()
    return (describe_no_better_guess(model_check.n_labelled),)


def _format_claim_warnings(claim: ClaimCheck | None) -> tuple[str, ...]:
    """What the examination after a missed claim came upon."""
    from fieldcheck.models.doctor.findings import list_warning_lines

    return (
        list_warning_lines(claim.look.warnings)
        if claim is not None and claim.look is not None
        else ()
    )


def make_model_document(stored: StoredModel | None) -> dict[str, Any] | None:
    """A model as `new --json` prints it."""
    from fieldcheck.models.store import get_card

    if stored is None:
        return None
    card = get_card(stored)
    return {
        "name": stored.name,
        "sha256": stored.sha256,
        "task": card.task,
        "classes": list(card.classes),
    }


def make_benchmark_document(
    named: CheckedBenchmark | None, claim: ClaimCheck | None
) -> dict[str, Any] | None:
    """A benchmark as `new --json` prints it."""
    if named is None:
        return None
    benchmark = named.benchmark
    return {
        "path": benchmark.root,
        "format": benchmark.format,
        "n": len(benchmark.items),
        "n_boxes": named.n_boxes,
        "classes": list(benchmark.classes),
        "unmatched": list(named.unmatched),
        "claimed": benchmark.claimed,
        "metric": claim.metric if claim else None,
        "score": claim.score.to_json() if claim and claim.score else None,
        "spot_check": claim.spot if claim else None,
        "reproduced": claim.reproduced if claim else None,
        "guess": {"change": dict(claim.guess.change), "score": claim.guess.score.to_json()}
        if claim and claim.guess
        else None,
    }


@define_command("check")
@existing_project
@click.option(
    "--repair",
    is_flag=True,
    help="Repair what can be repaired. A damaged database is copied, never modified.",
)
@json_command("check")
def check_project_command(project: Path, repair: bool, bar: TerminalProgress) -> Answer:
    """Check the integrity of a project."""
    from fieldcheck.evidence.project_check import check_project as check_folder
    from fieldcheck.footage.finish_recording import recover_before_check, recover_before_repair
    from fieldcheck.project import messages as words

    adopt = recover_before_repair if repair else recover_before_check
    adopt(project, bar, get_timestamp())
    check_result = check_folder(project, repair, bar)
    document = {
        "project": str(project.resolve()),
        "ok": check_result.is_sound,
        "problems": [asdict(problem) for problem in check_result.problems],
        "repaired": list(check_result.repaired),
        "backup": check_result.backup,
        "taken_back": [{"table": table, "rows": n} for table, n in check_result.taken_back],
    }
    good = check_result.is_resolved
    check_lines = words.list_check_lines(
        check_result.is_sound,
        len(check_result.problems),
        check_result.repaired,
        check_result.taken_back,
        check_result.backup,
    )
    return Answer(document, check_lines, EXIT_DONE if good else EXIT_EXPECTED)


@define_command("demo")
@click.argument("folder", metavar="[DIR]", type=FILE, required=False)
@click.option("--headless", is_flag=True, help="Run the whole workflow without a window.")
@click.option("--fresh", is_flag=True, help="Recreate the demo project.")
@json_command("demo", timed=True)
def run_demo_command(
    folder: Path | None, headless: bool, fresh: bool, bar: TerminalProgress
) -> Answer:
    """Create and open the demo project. Without a display, run the whole workflow: import, pick,
    label, run, report, and measure the same model where there is no gap."""
    from fieldcheck.analyses.gap_headline import list_side_lines
    from fieldcheck.api import demo
    from fieldcheck.project import messages as words
    from fieldcheck.report.verdict_and_checklist import describe_verdict

    window: WindowLauncher | None = click.get_current_context().obj
    if window is not None and window.can_be_seen and not headless:
        path = (folder or get_demo_folder()).absolute()
        return Answer(
            {"project": str(path / demo.PROJECT_NAME)}, (), code=window.open_sample(path, fresh)
        )
    path = folder or get_demo_folder()
    written = demo.run_demo(path, fresh, bar, get_timestamp())
    healthy = demo.measure_healthy_line(path, fresh, bar, get_timestamp())
    proof = {"sentence": healthy.gap.sentence, "gap": healthy.gap.estimate.to_json()}
    lines = words.list_report_lines(
        written.report.gap.sentence, describe_verdict(written.report), str(written.page)
    )
    sides = (
        _make_side(tr("Demo without domain shift"), healthy),
        _make_side(tr("Demo on the line"), written.report),
    )
    return Answer(
        {**make_report_document(written), "healthy": proof}, (*lines, *list_side_lines(sides))
    )


def _make_side(name: str, report: Report) -> MeasuredSide:
    """One measurement as it is shown beside another."""
    from fieldcheck.analyses.gap_headline import NO_BENCHMARK, MeasuredSide
    from fieldcheck.analyses.report_data import get_compared_scores

    footage, camera = get_compared_scores(report.field, report.gap)
    benchmark = report.benchmark.score if report.benchmark else NO_BENCHMARK
    return MeasuredSide(name, benchmark, camera or footage, report.gap.sentence)


def make_report_document(written: WrittenReport) -> dict[str, Any]:
    """The report as `demo` and `report --json` print it."""
    from fieldcheck.report.verdict_and_checklist import describe_reason, get_verdict

    gap = written.report.gap
    return {
        "project": str(written.project),
        "report": str(written.folder),
        "files": [str(path) for path in written.files],
        "sentence": gap.sentence,
        "verdict": gap.verdict,
        "readiness": written.report.readiness,
        "readiness_reason": describe_reason(get_verdict(written.report)),
        "gap": gap.estimate.to_json(),
    }


def self_check(window: WindowLauncher | None) -> str:
    """Imports every room of the program, finds its resources and builds every screen. Raises
    ImportError or FileNotFoundError where one is missing."""
    from fieldcheck.api import demo
    from fieldcheck.project import messages as words

    rooms = [
        module.name
        for module in pkgutil.walk_packages(fieldcheck.__path__, "fieldcheck.")
        if not module.name.endswith("__main__")
    ]
    for room_name in rooms:
        importlib.import_module(room_name)
    demo.get_demo_files()
    return words.describe_self_check(
        len(rooms), window.check_all_screens() if window is not None else 0
    )


def _get_item_count(named: CheckedBenchmark | None) -> int:
    return len(named.benchmark.items) if named else 0


COMMANDS = (create_project_command, benchmark_group, check_project_command, run_demo_command)
