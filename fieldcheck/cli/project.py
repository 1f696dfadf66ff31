"""Commands about a project as a whole: make one, its model and benchmark, check it, and the sample."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

import fieldcheck
from fieldcheck.cli.check_model import findings_document
from fieldcheck.cli.door import EXIT_DONE, EXIT_EXPECTED, Answer, TerminalProgress, WindowDoor, door
from fieldcheck.cli.rooms import Rooms
from fieldcheck.cli.values import FRACTION, LABEL_FORMAT, METRIC, SEED, existing_project
from fieldcheck.domain.run import StoredModel
from fieldcheck.paths import sample_project
from fieldcheck.project.check import check as check_folder
from fieldcheck.timestamp import timestamp
from fieldcheck.words import projects as words
from fieldcheck.words.claims import claim_lines, none_better
from fieldcheck.words.doctor import inherited_lines, warning_lines
from fieldcheck.words.labels import receipt_lines
from fieldcheck.words.near_duplicates import searched
from fieldcheck.words.training import training_lines
from fieldcheck.workflows.capture.finish_recording import adopt_before_check, adopt_before_repair
from fieldcheck.workflows.capture.finish_recording import opened as opened_for_writing
from fieldcheck.workflows.models.benchmarks import Named, read_with_receipt, set_benchmark
from fieldcheck.workflows.models.claim import Claim, check_new_model, check_where_claimed
from fieldcheck.workflows.models.models import card_of, look_at_fitting, set_model
from fieldcheck.workflows.models.near_duplicates import search_leaks
from fieldcheck.workflows.models.trained_range import keep_camera, known_ranges
from fieldcheck.workflows.models.training_info import TrainingFiles, keep_training, read_training
from fieldcheck.workflows.project import demo
from fieldcheck.workflows.project.new_project import NewProjectRequest, made_or_gone, new_project
from fieldcheck.workflows.report.report_gap import Written

FILE = click.Path(path_type=Path)
IMAGES = click.option("--images", type=FILE, default=None, help="Image folder, if separate from the labels.")
PART = click.option("--part", default="", help="Part of a divided dataset that the model was not trained on, for example test.")
STRICT = click.option("--strict", is_flag=True, help="Reject the benchmark if anything is missing, damaged, unlabelled or merged.")


@click.command("new")
@existing_project
@click.option("--model", type=FILE, default=None, help="ONNX model.")
@click.option("--card", type=FILE, default=None, help="Model card; default: MODEL.card.json next to the model.")
@click.option("--classes", type=FILE, default=None, help="Text file with one class per line.")
@click.option("--benchmark", type=FILE, default=None, help="Labelled benchmark.")
@click.option("--claimed", type=FRACTION, default=None, help="Reference score, for example 0.971 or 97.1%.")
@METRIC
@IMAGES
@PART
@STRICT
@click.option("--site", default="", help="Site where the model is used.")
@door("new")
def new(project: Path, site: str, bar: TerminalProgress, **given: Any) -> Answer:
    """Create a project."""
    wanted = NewProjectRequest(site=site, **given)
    begun = new_project(project, wanted, timestamp())
    with begun.project, made_or_gone(begun.project):
        claim = check_where_claimed(begun.project, bar, timestamp())
    document = {
        "project": str(project.resolve()),
        "model": model_document(begun.model),
        "benchmark": benchmark_document(begun.benchmark, claim),
        "site": site,
    }
    said = words.made(str(project), begun.model.name if begun.model else "", _n(begun.benchmark))
    if begun.receipt is None:
        return Answer(document, said)
    lines = (*said, *receipt_lines(*begun.receipt.told), *_said(claim), *_warned(claim))
    return Answer(document | {"receipt": begun.receipt.to_json()}, lines)


@click.group("model", cls=Rooms, rooms={"check": "check_model", "quantise": "quantise"})
def model() -> None:
    """Models of a project."""


@model.command("set")
@existing_project
@click.argument("file", type=FILE)
@click.option("--card", type=FILE, default=None, help="Model card.")
@click.option("--base", type=FILE, default=None, help="ONNX base model; layers that stayed frozen in training are listed.")
@click.option("--notes", type=FILE, default=None, help=("Text file with notes on the training, for example augmentation and schedule."))
@click.option("--log", type=FILE, default=None, help=("CSV of the training run with epoch, train_loss, val_loss and further columns."))
@click.option("--training-recipe", "recipe", type=FILE, default=None, help=("Albumentations pipeline used in training (JSON or YAML)."))
@click.option("--checkpoint", type=FILE, default=None, help=("File from which the model was exported; its name and hash are saved."))
@click.option("--training-seed", "seed", type=SEED, default=None, help="Seed of the training run.")
@door("model_set")
def model_set(project: Path, file: Path, card: Path | None, bar: TerminalProgress, **given: Any) -> Answer:
    """Add a model; earlier models are kept. With --training-recipe, report field severities outside the trained range."""
    told, ranges = TrainingFiles(**given), None
    with opened_for_writing(project, bar, timestamp()) as opened:
        looked_at = look_at_fitting(opened, file, card)
        training = read_training(file, told, min(looked_at.card.input.size)) if told else None
        stored = set_model(opened, looked_at, timestamp())
        if training is not None:
            keep_training(opened, stored, training, timestamp())
            if training.recipe is not None:
                keep_camera(opened, bar, timestamp())
            ranges = known_ranges(opened, training)
        claim, found = check_new_model(opened, bar, timestamp())
    document: dict[str, Any] = {"project": str(project.resolve()), "model": model_document(stored), "benchmark": None, "site": None}
    document |= {"card_of": looked_at.inherited or None, "findings": findings_document(found)}
    trained = training_lines(training, ranges) if training else ()
    lines = (words.model_set(stored.name), *inherited_lines(looked_at.inherited), *trained, *_said(claim), *warning_lines(found))
    return Answer(document, lines)


@click.group("benchmark", cls=Rooms)
def benchmark() -> None:
    """Benchmark of a project."""


@benchmark.command("set")
@existing_project
@click.argument("path", type=FILE)
@click.option("--format", "format_", type=LABEL_FORMAT, default="auto", show_default=True, help="Format of the benchmark; auto detects it.")
@click.option("--claimed", type=FRACTION, default=None, help="Reference score, for example 0.971 or 97.1%.")
@METRIC
@IMAGES
@PART
@click.option("--training", type=FILE, default=None, help="Folder of training images, to check for data leakage.")
@STRICT
@door("benchmark_set")
def benchmark_set(
    project: Path, path: Path, format_: str | None, claimed: float | None, metric: str, images: Path | None, part: str,
    training: Path | None, strict: bool, bar: TerminalProgress,
) -> Answer:  # fmt: skip
    """Set the benchmark. With --training, search for near-duplicates; an interrupted search continues next time."""
    benchmark_, receipt = read_with_receipt(path, format_, claimed, images, strict, part)
    with opened_for_writing(project, bar, timestamp()) as opened:
        named = set_benchmark(opened, benchmark_, metric)
        claim = check_where_claimed(opened, bar, timestamp())
        found = search_leaks(opened, training, bar, timestamp()) if training else None
    document = {"project": str(project.resolve()), "model": None, "benchmark": benchmark_document(named, claim), "site": None}
    told = (searched(len(named.benchmark.items), *found.counts),) if found else ()
    said = (words.benchmark_set(len(named.benchmark.items), named.unmatched), *receipt_lines(*receipt.told))
    lines = (*said, *_said(claim), *_warned(claim), *told)
    return Answer(document | {"receipt": receipt.to_json(), "near_duplicates": asdict(found) if found else None}, lines)


def _said(claim: Claim | None) -> tuple[str, ...]:
    if claim is None:
        return ()
    guess = (claim.guess.change, claim.guess.score) if claim.guess else None
    return (*claim_lines(claim.claimed, claim.score, claim.spot, claim.reproduced, guess, claim.metric), *_in_vain(claim))


def _in_vain(claim: Claim) -> tuple[str, ...]:
    look = claim.look
    if look is None or claim.guess or look.warnings or not look.n_labelled:
        return ()
    return (none_better(look.n_labelled),)


def _warned(claim: Claim | None) -> tuple[str, ...]:
    """What the examination after a missed claim came upon."""
    return warning_lines(claim.look.warnings) if claim is not None and claim.look is not None else ()


def model_document(stored: StoredModel | None) -> dict[str, Any] | None:
    """A model as `new --json` prints it."""
    if stored is None:
        return None
    card = card_of(stored)
    return {"name": stored.name, "sha256": stored.sha256, "task": card.task, "classes": list(card.classes)}


def benchmark_document(named: Named | None, claim: Claim | None) -> dict[str, Any] | None:
    """A benchmark as `new --json` prints it."""
    if named is None:
        return None
    found = named.benchmark
    return {
        "path": found.root,
        "format": found.format,
        "n": len(found.items),
        "n_boxes": named.n_boxes,
        "classes": list(found.classes),
        "unmatched": list(named.unmatched),
        "claimed": found.claimed,
        "metric": claim.metric if claim else None,
        "score": claim.score.to_json() if claim and claim.score else None,
        "spot_check": claim.spot if claim else None,
        "reproduced": claim.reproduced if claim else None,
        "guess": {"change": dict(claim.guess.change), "score": claim.guess.score.to_json()} if claim and claim.guess else None,
    }


@click.command("check")
@existing_project
@click.option("--repair", is_flag=True, help="Repair what can be repaired. A damaged database is copied, never modified.")
@door("check")
def check(project: Path, repair: bool, bar: TerminalProgress) -> Answer:
    """Check the integrity of a project."""
    adopt = adopt_before_repair if repair else adopt_before_check
    adopt(project, bar, timestamp())
    found = check_folder(project, repair, bar)
    document = {
        "project": str(project.resolve()),
        "ok": found.ok,
        "problems": [asdict(problem) for problem in found.problems],
        "repaired": list(found.repaired),
        "backup": found.backup,
        "taken_back": [{"table": table, "rows": n} for table, n in found.taken_back],
    }
    good = found.settled
    said = words.checked(found.ok, len(found.problems), found.repaired, found.taken_back, found.backup)
    return Answer(document, said, EXIT_DONE if good else EXIT_EXPECTED)


@click.command("demo")
@click.argument("folder", metavar="[DIR]", type=FILE, required=False)
@click.option("--headless", is_flag=True, help="Run the whole workflow without a window.")
@click.option("--fresh", is_flag=True, help="Recreate the demo project.")
@door("demo")
def demo_(folder: Path | None, headless: bool, fresh: bool, bar: TerminalProgress) -> Answer:
    """Create and open the demo project. Without a display, run the whole workflow: import, pick, label, run, report."""
    window: WindowDoor | None = click.get_current_context().obj
    if window is not None and window.can_be_seen and not headless:
        place = (folder or sample_project()).absolute()
        return Answer({"project": str(place / demo.PROJECT_NAME)}, (), code=window.open_sample(place, fresh))
    written = demo.walk(folder or sample_project(), fresh, bar, timestamp())
    return Answer(demo_document(written), words.reported(written.report.gap.sentence, str(written.page)))


def demo_document(written: Written) -> dict[str, Any]:
    """The report as `demo` and `report --json` print it."""
    gap = written.report.gap
    return {
        "project": str(written.project),
        "report": str(written.folder),
        "files": [str(path) for path in written.files],
        "sentence": gap.sentence,
        "verdict": gap.verdict,
        "gap": gap.estimate.to_json(),
    }


def self_check(window: WindowDoor | None) -> str:
    """Imports every room of the program, finds its resources and builds every screen. Raises ImportError or FileNotFoundError where
    one is missing."""
    rooms = [found.name for found in pkgutil.walk_packages(fieldcheck.__path__, "fieldcheck.") if not found.name.endswith("__main__")]
    for room in rooms:
        importlib.import_module(room)
    demo.sample_files()
    return words.self_checked(len(rooms), window.self_check() if window is not None else 0)


def _n(named: Named | None) -> int:
    return len(named.benchmark.items) if named else 0


COMMANDS = (new, model, benchmark, check, demo_)
