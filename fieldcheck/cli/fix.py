"""The commands `fix`, which looks for a change of preprocessing that helps, and `series`, which
ranks settings of a live camera."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import click

from fieldcheck.cli.command import (
    Answer,
    TerminalProgress,
    define_command,
    json_command,
    print_message,
)
from fieldcheck.cli.compare import make_compare_document
from fieldcheck.cli.footage import get_camera_password
from fieldcheck.cli.model import make_findings_document
from fieldcheck.cli.values import SEED, FigureRange, existing_project
from fieldcheck.csv_json_xml import to_json_value
from fieldcheck.domain.run import SERIES_SECONDS, StoredModel
from fieldcheck.errors.message_format import to_one_line
from fieldcheck.files import TEMPORARY
from fieldcheck.i18n.language import tr
from fieldcheck.timestamp import get_timestamp

if TYPE_CHECKING:
    from fieldcheck.corruptions.camera_series import SeriesRanking
    from fieldcheck.corruptions.fix_candidates import FixCandidate, FixResult
    from fieldcheck.project.project import Project


@define_command("fix")
@existing_project
@click.option(
    "--model", default=None, metavar="NAME", help="Model name; default: the newest model."
)
@click.option(
    "--seed", type=SEED, default=0, show_default=True, help="Random seed for the benchmark images."
)
@click.option(
    "--show", is_flag=True, help="Show the newest stored search of the model; nothing is searched."
)
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=None,
    metavar="DIR",
    help="Write the demonstrated change to a new folder: model card, repaired model, settings.",
)
@click.option(
    "--apply",
    is_flag=True,
    help="Add the repaired model to the project and compare it with the old one.",
)
@json_command("fix")
def find_fix_command(
    project: Path,
    model: str | None,
    seed: int,
    show: bool,
    out: Path | None,
    apply: bool,
    bar: TerminalProgress,
) -> Answer:
    """Search for preprocessing changes that help on the labelled clips, all of them tested
    together."""
    from fieldcheck.corruptions.fix_candidates import get_fix
    from fieldcheck.corruptions.fix_finder import find_fix
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
    from fieldcheck.models.store import find_model
    from fieldcheck.project.folder import open_project

    if show and not apply and out is None:
        with open_project(project, write=False) as opened:
            return _answer_stored(project, opened, model)
    with opened_for_writing(project, bar, get_timestamp()) as opened:
        stored = find_model(opened, model)
        if show:
            fix_result = get_fix(opened, stored)
        else:
            _print_power(opened, stored, bar)
            fix_result = find_fix(opened, model, seed, bar, get_timestamp())
        answer = _make_answer(project, stored.name, fix_result)
        if fix_result is None or (out is None and not apply):
            return answer
        return _write_and_apply(opened, stored, fix_result, (out, apply), answer, bar)


def _answer_stored(folder: Path, project: Project, model: str | None) -> Answer:
    from fieldcheck.corruptions.fix_candidates import get_fix
    from fieldcheck.models.store import find_model

    stored = find_model(project, model)
    return _make_answer(folder, stored.name, get_fix(project, stored))


def _make_answer(folder: Path, model: str, fix_result: FixResult | None) -> Answer:
    from fieldcheck.corruptions.fix_messages import list_fix_lines

    head = {"project": str(folder.resolve())}
    if fix_result is None:
        sentence = tr("No search is stored for {model}. Search first: fieldcheck fix.")
        document = {**head, "model": model, "state": None}
        return Answer(document, (sentence.format(model=to_one_line(model)),))
    return Answer({**head, **make_fix_document(fix_result)}, list_fix_lines(fix_result))


def _write_and_apply(
    project: Project,
    model: StoredModel,
    fix_result: FixResult,
    wanted: tuple[Path | None, bool],
    answer: Answer,
    bar: TerminalProgress,
) -> Answer:
    """Writes the demonstrated change, into a temporary folder where none is named, and puts the
    repaired model into the project where that is `wanted`."""
    from fieldcheck.analyses.fix_search import find_temperature
    from fieldcheck.corruptions.fix_export import apply_fix, write_fix
    from fieldcheck.corruptions.fix_messages import (
        describe_nothing_written,
        list_applied_lines,
        list_written_lines,
    )

    out, apply = wanted
    if fix_result.state != "proven":
        lines = (*answer.lines, describe_nothing_written())
        return Answer({**answer.document, "written": None, "applied": None}, lines)
    with ExitStack() as stack:
        folder = out or Path(stack.enter_context(TemporaryDirectory(prefix=TEMPORARY))) / "fix"
        written = write_fix(
            project,
            model,
            fix_result.demonstrated[0],
            folder,
            find_temperature(project, model),
            bar,
        )
        document = {**answer.document, "written": written.to_json() if out else None}
        lines = (*answer.lines, *(list_written_lines(written) if out else ()))
        if not apply:
            return Answer({**document, "applied": None}, lines)
        comparison = apply_fix(project, model, written, get_timestamp(), bar)
    lines = (*lines, *list_applied_lines(comparison, len(fix_result.tried)))
    if comparison is None:
        return Answer({**document, "applied": None}, lines)
    applied = {"model": comparison.b, **make_compare_document(comparison)}
    return Answer({**document, "applied": applied}, lines)


def _print_power(project: Project, model: StoredModel, bar: TerminalProgress) -> None:
    """Before the search, on a terminal: how often one of so many clips finds a gain."""
    from fieldcheck.corruptions.fix_finder import count_labelled_clips
    from fieldcheck.corruptions.fix_messages import describe_power

    if bar.shown:
        print_message(describe_power(count_labelled_clips(project, model)))


def make_fix_document(fix_result: FixResult) -> dict[str, Any]:
    """The search as `fix --json` prints it."""
    return {
        "model": fix_result.model,
        "state": fix_result.state,
        "seed": fix_result.seed,
        "n": None,
        "n_clips": None,
        "halves_reason": "no_halves",
        "frames": fix_result.frames,
        "clips": fix_result.clips,
        "run_id": fix_result.run_id,
        "frame_ids": list(fix_result.subjects),
        "created": fix_result.created,
        "size_ratio": fix_result.size_ratio,
        "causes": make_findings_document(fix_result.causes),
        "tried": [
            {
                **_make_candidate_document(trial.candidate),
                "gain": trial.verdict.change.to_json(),
                "p": trial.verdict.p,
                "demonstrated": trial.is_demonstrated,
                "mended": list(trial.mended),
                "broken": list(trial.broken),
                "rates": to_json_value(trial.rates),
                "refused": trial.is_refused,
                "cost_ms": trial.cost_ms,
                "carried": None,
            }
            for trial in fix_result.tried
        ],
        "proofs": [
            {
                **_make_candidate_document(trial.candidate),
                "change": trial.verdict.change.to_json(),
                "proven": True,
                "benchmark": None if trial.benchmark is None else trial.benchmark.to_json(),
            }
            for trial in fix_result.demonstrated
        ],
    }


def _make_candidate_document(candidate: FixCandidate) -> dict[str, Any]:
    return {"name": candidate.name, **candidate.to_json()}


@define_command("series")
@existing_project
@click.option(
    "--source", required=True, help="Camera as listed by `cameras`, with controls that can be set."
)
@click.option("--label", required=True, metavar="CLASS", help="Class of the part under the camera.")
@click.option(
    "--model", default=None, metavar="NAME", help="Model name; default: the newest model."
)
@click.option(
    "--seconds",
    type=FigureRange(0.1),
    default=SERIES_SECONDS,
    show_default=True,
    help="Duration of each setting.",
)
@click.option(
    "--anew",
    is_flag=True,
    help="Choose the settings anew instead of repeating those of the last series.",
)
@json_command("series")
def record_series_command(
    project: Path,
    source: str,
    label: str,
    model: str | None,
    seconds: float,
    anew: bool,
    bar: TerminalProgress,
) -> Answer:
    """Show one part under ten camera settings and rank them by the model's predictions.

    Put a part under the camera and leave it there: exposure, gain, white balance and focus are
    changed one after the other, as far as the camera has them, and set back afterwards. Repeat with
    other parts: five of them can demonstrate a setting.
    """
    from fieldcheck.corruptions.camera_series import list_series, rank_settings, record_series
    from fieldcheck.corruptions.fix_messages import list_series_lines
    from fieldcheck.footage.finish_recording import open_with_recovery as opened_for_writing
    from fieldcheck.footage.live_camera import LiveCamera
    from fieldcheck.models.store import find_model

    live = LiveCamera(source, get_camera_password(source))
    with opened_for_writing(project, bar, get_timestamp()) as opened:
        stored = find_model(opened, model)
        live.start()
        try:
            series = record_series(opened, stored, live, label, bar, get_timestamp(), seconds, anew)
        finally:
            live.stop()
        ranking = rank_settings(list_series(opened, stored, series.source))
    document = {"project": str(project.resolve()), **make_series_document(ranking)}
    return Answer(document, list_series_lines(ranking))


def make_series_document(ranking: SeriesRanking) -> dict[str, object]:
    """The ranking as `series --json` prints it."""
    newest = ranking.newest
    return {
        "camera": newest.camera,
        "source": newest.source,
        "model": newest.model,
        "label": newest.label,
        "folder": newest.folder,
        "created": newest.created,
        "parts": ranking.parts,
        "ranked": [
            {
                "wanted": dict(setting.wanted),
                "reported": dict(setting.reported),
                "as_it_was": setting.is_first,
                "right": setting.right,
                "images": setting.pictures,
                "confidence": setting.sureness,
                "change": None if setting.verdict is None else setting.verdict.change.to_json(),
                "p": None if setting.verdict is None else setting.verdict.p,
                "demonstrated": setting.verdict is not None
                and setting.verdict.direction == "better",
            }
            for setting in ranking.ranked
        ],
    }


COMMANDS = (find_fix_command, record_series_command)
