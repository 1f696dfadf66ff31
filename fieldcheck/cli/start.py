"""The command that leads from a model and footage to frames that can be labelled, in one line."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from fieldcheck.cli.command import (
    EXIT_DONE,
    EXIT_EXPECTED,
    Answer,
    TerminalProgress,
    WindowLauncher,
    define_command,
    json_command,
    print_lines,
)
from fieldcheck.cli.footage import make_clip_documents, make_pick_document
from fieldcheck.cli.project import FILE, format_claim, make_benchmark_document, make_model_document
from fieldcheck.cli.values import (
    CLASSES_OPTION,
    FRACTION,
    KIND_OPTION,
    existing_project,
    make_task_option,
)
from fieldcheck.domain.model_card import KINDS, Card, dump_card, parse_card
from fieldcheck.domain.prediction import Task
from fieldcheck.errors.files import PathMissing
from fieldcheck.errors.messages import format_error
from fieldcheck.errors.models import CardNeeded, ModelRejected
from fieldcheck.errors.projects import ProjectExists
from fieldcheck.i18n.language import tr
from fieldcheck.sampling import messages as words
from fieldcheck.timestamp import get_timestamp

if TYPE_CHECKING:
    from fieldcheck.footage.import_footage import ImportResult
    from fieldcheck.models.check_model import ClaimCheck, StatedOutput
    from fieldcheck.models.new_project import CreatedProject
    from fieldcheck.sampling.pick_frames import PickResult

SHOWN_CLASSES = 5  # of a proposal, in the question about it


@dataclass(frozen=True, slots=True)
class CardAnswer:
    """A model card with what nobody stated: `proposed` are its dotted keys, none where the file or
    a written card states everything."""

    card: Card
    proposed: tuple[str, ...]


@define_command("start")
@existing_project
@click.option("--model", type=FILE, required=True, help="ONNX model.")
@click.option(
    "--footage",
    type=FILE,
    multiple=True,
    required=True,
    help="Video or image folder from the site; can be repeated.",
)
@click.option("--benchmark", type=FILE, default=None, help="Labelled benchmark.")
@click.option(
    "--claimed", type=FRACTION, default=None, help="Reference score, for example 0.971 or 97.1%."
)
@click.option(
    "--card",
    type=FILE,
    default=None,
    help="Model card; default: MODEL.card.json next to the model, else a proposal.",
)
@CLASSES_OPTION
@make_task_option(KINDS)
@KIND_OPTION
@click.option("--camera", default="", help="Camera name.")
@click.option("--site", default="", help="Site where the model is used.")
@click.option(
    "--count",
    type=click.IntRange(1),
    default=100,
    show_default=True,
    help="Number of frames to pick.",
)
@click.option("--headless", is_flag=True, help="Do not open the window.")
@json_command("start")
def start_command(
    project: Path,
    model: Path,
    footage: tuple[Path, ...],
    task: Task | None,
    kind: str | None,
    camera: str,
    count: int,
    headless: bool,
    bar: TerminalProgress,
    **options: Any,
) -> Answer:
    """Create a project from a model and footage, and pick the frames to label. Missing model card
    values are proposed, and asked for at a terminal. Then the window opens for labelling."""
    from fieldcheck.footage.import_footage import FootageInfo, import_each
    from fieldcheck.models.check_model import StatedOutput, check_claim_if_any
    from fieldcheck.models.new_project import remove_on_failure
    from fieldcheck.sampling.pick_frames import pick_frames

    if project.exists():
        raise ProjectExists(project)
    for path in footage:
        if not path.exists():
            raise PathMissing(path)
    ask = _ask_at_terminal if _can_ask() else None
    answer = propose_card(
        model,
        options["card"],
        options["classes"],
        options["benchmark"],
        StatedOutput(task, kind),
        ask,
        bar,
    )
    begun = _set_up_with_card(project, model, answer.card, options)
    with begun.project, remove_on_failure(begun.project):
        claim = check_claim_if_any(begun.project, bar, get_timestamp())
        brought = import_each(begun.project, footage, FootageInfo(camera), bar, get_timestamp())
        if not brought.imported and brought.failed:
            raise brought.failed[0][1]
        picked = pick_frames(
            begun.project,
            count=count,
            seed=None,
            design="balanced",
            required=(),
            progress=bar,
            now=get_timestamp(),
        )
    return _make_answer(project, begun, claim, brought, picked, answer, headless)


def _set_up_with_card(
    project: Path, model: Path, card: Card, options: dict[str, Any]
) -> CreatedProject:
    """A new project with the model, its card and the benchmark."""
    from fieldcheck.models.new_project import NewProjectRequest, set_up_project
    from fieldcheck.models.store import write_card

    with TemporaryDirectory(prefix="fieldcheck-") as folder:
        written = Path(folder) / "model.card.json"
        write_card(written, card)
        request = NewProjectRequest(
            model,
            written,
            benchmark=options["benchmark"],
            claimed=options["claimed"],
            site=options["site"],
        )
        return set_up_project(project, request, get_timestamp())


def _make_answer(
    project: Path,
    begun: CreatedProject,
    claim: ClaimCheck | None,
    brought: ImportResult,
    picked: PickResult,
    answer: CardAnswer,
    headless: bool,
) -> Answer:
    """The answer of the command, after the window where one can be seen."""
    from fieldcheck.models.doctor.findings import describe_proposed_values
    from fieldcheck.project.messages import list_new_project_lines, list_next_commands

    n_benchmark = len(begun.benchmark.benchmark.items) if begun.benchmark else 0
    document = {
        "project": str(project.resolve()),
        "model": make_model_document(begun.model),
        "card": dump_card(answer.card),
        "proposed": list(answer.proposed),
        "benchmark": make_benchmark_document(begun.benchmark, claim),
        "clips": [clip for imported in brought.imported for clip in make_clip_documents(imported)],
        "failed": [{"path": str(path), "why": format_error(why)} for path, why in brought.failed],
        **make_pick_document(picked),
    }
    lines = (
        *list_new_project_lines(str(project), begun.model.name if begun.model else "", n_benchmark),
        *((describe_proposed_values(answer.proposed),) if answer.proposed else ()),
        *format_claim(claim),
        *(
            words.describe_import(
                imported.recording, len(imported.clips), len(imported.frames), imported.known
            )
            for imported in brought.imported
        ),
        *(format_error(why) for _, why in brought.failed),
        *words.list_draw_lines(picked.draw, [pick.pick.reason for pick in picked.picks]),
    )
    window: WindowLauncher | None = click.get_current_context().obj
    if headless or window is None or not window.can_be_seen:
        code = EXIT_EXPECTED if brought.failed else EXIT_DONE
        return Answer(document, (*lines, *list_next_commands(str(project))), code)
    if not click.get_current_context().params["as_json"]:
        print_lines(lines)
    return Answer(document, (), window.open_window(project.absolute()))


Ask = Callable[[str, str], str]
"""Question and proposal → what the person typed, the proposal where she only pressed Enter."""


def propose_card(
    model: Path,
    card: Path | None,
    classes: Path | None,
    benchmark: Path | None,
    output: StatedOutput,
    ask: Ask | None,
    progress: TerminalProgress,
) -> CardAnswer:
    """Get a complete model card: as stated where file and card state everything, else proposed from
    the file and the benchmark, and every proposed value asked for.

    Args:
        model: the ONNX file.
        card: a card file, None for the one beside the model.
        classes: file with one class per line.
        benchmark: labelled images, from which classes and preprocessing are proposed.
        output: task and kind of the outputs, as far as stated.
        ask: asks a person; None where nobody sits at a terminal.
        progress: of the check.

    Raises:
        ModelRejected: the file cannot be used, or nobody can say what its outputs are.
        CardNeeded: the model cannot be run, so that nothing can be proposed.
    """
    from fieldcheck.models.check_model import QUICK, StatedOutput, check_model
    from fieldcheck.models.store import inspect_model, read_classes

    named = read_classes(classes) if classes else None
    if output == StatedOutput():
        try:
            return CardAnswer(inspect_model(model, card, named).card, ())
        except CardNeeded as error:
            missing = error
    else:
        missing = CardNeeded(model, ())
    try:
        checked = check_model(model, card, benchmark, None, progress, classes, output, QUICK)
    except ModelRejected as error:
        if ask is None or error.problem != "output_unclear" or not error.fits:
            raise
        chosen = _ask_for_output(error.fits, ask)
        checked = check_model(model, card, benchmark, None, progress, classes, chosen, QUICK)
    if checked.diagnosis is None:
        raise missing
    progress.clear_bar()
    proposed = CardAnswer(checked.diagnosis.card, checked.proposed)
    return proposed if ask is None else _confirm_values(proposed, ask)


def _ask_for_output(fits: Sequence[str], ask: Ask) -> StatedOutput:
    """Which of several explanations of a model's outputs is meant."""
    from fieldcheck.models.check_model import StatedOutput

    question = tr("The outputs of the model fit {kinds}. Type the one that is meant.")
    typed = ask(question.format(kinds=", ".join(fits)), fits[0])
    task, kind, *_ = [*typed.split(), "", ""]
    return StatedOutput(task, kind) if task in KINDS and kind else StatedOutput()


def _confirm_values(answer: CardAnswer, ask: Ask) -> CardAnswer:
    """The card with every proposed value as a person confirms or corrects it. Raises
    CardRejected."""
    keys = dump_card(answer.card)
    for dotted in answer.proposed:
        *above, last = dotted.split(".")
        part = keys
        for name in above:
            part = part[name]
        if last not in part:
            continue
        proposal = _format_value(part[last])
        question = tr("{key} is not stated. Press Enter to accept the proposal, or type a value.")
        typed = ask(question.format(key=dotted), proposal)
        if typed != proposal:
            part[last] = _parse_classes(typed) if dotted == "classes" else _parse_value(typed)
    return CardAnswer(parse_card(keys), ())


def _format_value(value: Any) -> str:
    """A value as a person reads and types it; of many classes the first."""
    if isinstance(value, list) and len(value) > SHOWN_CLASSES:
        return f"{', '.join(map(str, value[:SHOWN_CLASSES]))}, … ({len(value)})"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return str(value)


def _parse_value(typed: str) -> Any:
    """A typed number, list of numbers or word."""
    parts = [_parse_number(part.strip()) for part in typed.strip("[] ").split(",")]
    return parts if len(parts) > 1 else parts[0]


def _parse_number(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _parse_classes(typed: str) -> list[str]:
    """Names behind commas, or those of the file that is named."""
    from fieldcheck.models.store import read_classes

    path = Path(typed.strip()).expanduser()
    if path.is_file():
        return list(read_classes(path))
    return [name.strip() for name in typed.split(",")]


def _can_ask() -> bool:
    """Whether a person sits at a terminal, and no program reads the answer."""
    as_json = click.get_current_context().params["as_json"]
    return not as_json and sys.stdin is not None and sys.stdin.isatty()


def _ask_at_terminal(question: str, proposal: str) -> str:
    return str(click.prompt(question, default=proposal, err=True))


COMMANDS = (start_command,)
