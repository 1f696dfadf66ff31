"""The newest fix search of the newest model in the report: what is demonstrated to help, how to
make it, and what would help where nothing does (methods 17)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from fieldcheck.analyses.analysis import Analysis
from fieldcheck.analyses.blocks import Block, Cell, Gallery, ImageBlock, Paragraph, Section, Table
from fieldcheck.analyses.calibration import compute_calibration
from fieldcheck.analyses.domain_shift_result import CauseName
from fieldcheck.corruptions.fix_candidates import (
    FixCandidate,
    FixExample,
    FixResult,
    FixState,
    FixTrial,
    get_fix,
    load_fix_example,
)
from fieldcheck.corruptions.fix_messages import (
    describe_power,
    format_change,
    get_fix_name,
    list_cause_lines,
    list_outcome_lines,
)
from fieldcheck.csv_json_xml import published_as
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.run import StoredModel
from fieldcheck.errors.message_format import use_audience
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.i18n.numbers import format_number, format_points, format_points_interval
from fieldcheck.project.project import Project
from fieldcheck.project.tables import models as models_table

MOST_ROWS = 12  # of the table, the largest gain first; the terminal lists all


@dataclass(frozen=True, slots=True)
class TriedChange:
    """One change that was tried: its code, its gain for these cameras with cautious limits, whether
    it is demonstrated, and what a demonstrated one changes on the benchmark."""

    name: str
    gain: Estimate
    p: float | None
    demonstrated: bool
    benchmark: Estimate | None


@dataclass(frozen=True, slots=True)
class FixSearch:
    """The search as `summary.json` has it. `causes`: codes of findings of the model doctor;
    `created`: when the search began; `search`, and a frame under the best demonstrated change, are
    not published again."""

    state: FixState
    frames: int
    clips: int
    created: str
    causes: tuple[str, ...]
    size_ratio: float | None
    tried: tuple[TriedChange, ...]
    search: FixResult = field(metadata=published_as(None))
    example: FixExample | None = field(default=None, metadata=published_as(None))


def compute_fix_search(project: Project) -> FixSearch | None:
    """The stored search of the newest model; None where none was made. Nothing is searched."""
    model = project.read(models_table.get_newest_model)
    fix_result = get_fix(project, model)
    if model is None or fix_result is None:
        return None
    shown = fix_result.demonstrated[:1]
    tried = tuple(
        TriedChange(
            trial.candidate.name,
            trial.verdict.change,
            trial.verdict.p,
            trial.is_demonstrated,
            trial.benchmark,
        )
        for trial in fix_result.tried
    )
    return FixSearch(
        fix_result.state,
        fix_result.frames,
        fix_result.clips,
        fix_result.created,
        tuple(cause.code for cause in fix_result.causes),
        fix_result.size_ratio,
        tried,
        fix_result,
        load_fix_example(project, model, shown[0]) if shown else None,
    )


def find_temperature(project: Project, model: StoredModel) -> float:
    """Temperature that suits the benchmark where it also brings confidence nearer to accuracy in
    the field, else 1; the calibration is that of the newest model."""
    newest = project.read(models_table.get_newest_model)
    calibration = compute_calibration(project) if newest == model else None
    fitted = calibration.temperature if calibration is not None else None
    if fitted is None or not abs(fitted.field_signed_after) < abs(fitted.field_signed_before):
        return 1.0
    return fitted.value


def build_fix_section(result: FixSearch | None) -> Section:
    """What the benchmark tells, the search in a table, what is demonstrated or would help."""
    title = tr("Fix search")
    if result is None:
        missing = tr("Not searched. The fix search tries changes of preprocessing and camera.")
        return Section("fix", title, title, (Paragraph(missing, quiet=True),))
    search = result.search
    with use_audience("window"):
        blocks: list[Block] = [Paragraph(line) for line in list_cause_lines(search)]
    if result.state == "too_few_clips":
        few = tr_plural(
            "Not searched: labelled frames of {n} clip are too few.",
            "Not searched: labelled frames of {n} clips are too few.",
            result.clips,
        )
        return Section("fix", title, title, (*blocks, Paragraph(few.format(n=result.clips))))
    with use_audience("window"):  # a report names no command, whichever door writes it
        blocks += [Paragraph(line.strip()) for line in list_outcome_lines(search)]
    if result.example is not None:
        blocks.append(_build_gallery(result.example, search.demonstrated[0].candidate))
    blocks += [build_fix_table(search), Paragraph(describe_power(search.clips), quiet=True)]
    return Section("fix", title, title, tuple(blocks))


def _build_gallery(example: FixExample, candidate: FixCandidate) -> Gallery:
    """A frame that the best change turns right: before, after, and as the model sees it."""
    name, caption = get_fix_name(candidate), tr("Image")
    return Gallery(
        tuple(
            ImageBlock(jpeg, f"{text}: {name}", ((caption, text),), small, example.frame_id)
            for jpeg, text, small in (
                (example.original, tr("Original"), ""),
                (example.changed, tr("Changed"), name),
                (example.model_input, tr("Model input"), name),
            )
        )
    )


GEOMETRY = frozenset({"resize", "crop", "interpolation", "size"})
BEARING_CHANGES: dict[CauseName, frozenset[str]] = {
    **dict.fromkeys(("brightness", "clipped_low", "clipped_high"), frozenset({"gamma"})),
    **dict.fromkeys(("contrast", "black_level"), frozenset({"contrast", "gamma"})),
    **dict.fromkeys(("sharpness", "fine_detail"), GEOMETRY | {"sharpness"}),
    **dict.fromkeys(("noise", "compression"), frozenset({"sharpness"})),
    **dict.fromkeys(("red_green", "yellow_blue", "colourfulness"), frozenset({"colour"})),
    "streaks": frozenset(),
    "resolution": GEOMETRY,
}
"""Kinds of change in the fix search that would take a cause away, and so test it."""


def describe_tests(result: FixSearch | None, cause: CauseName) -> str:
    """What the fix search found of the changes that would take a cause away, as a part of a
    sentence on the first page; and what else it found to help."""
    if result is None or not result.tried:
        return tr("not tested (Fix search)")
    kinds = BEARING_CHANGES[cause]
    shown = [trial for trial in result.search.tried if trial.is_demonstrated]
    tests = [trial for trial in result.search.tried if not trial.candidate.kinds.isdisjoint(kinds)]
    sentence = _describe_bearing_tests(tests, len(result.tried))
    if not shown or any(trial in shown for trial in tests):
        return sentence
    best = max(shown, key=lambda trial: trial.verdict.change.value)
    return tr(
        "{tests}; demonstrated for these cameras instead: {change}",
        tests=sentence,
        change=get_fix_name(best.candidate),
    )


def _describe_bearing_tests(tests: Sequence[FixTrial], n_tried: int) -> str:
    """The best of the changes that would take a cause away, with its gain."""
    if not tests:
        return tr("not tested: no change of the fix search bears on it")
    best = max(tests, key=lambda trial: (trial.is_demonstrated, trial.verdict.change.value))
    words = {"change": get_fix_name(best.candidate), "gain": format_change(best.verdict.change)}
    if best.is_demonstrated:
        sentence = tr(
            "tested in the fix search, demonstrated for these cameras: {change}, {gain}, "
            "selected as the best of {n} (expect a smaller gain)"
        )
        return sentence.format(n=n_tried, **words)
    sentence = tr_plural(
        "tested in the fix search, not demonstrated to help: {change}, {gain}",
        "tested in the fix search, none of {n} changes demonstrated to help; the best: {change}, "
        "{gain}",
        len(tests),
    )
    return sentence.format(n=len(tests), **words)


def build_fix_table(search: FixResult, most: int = MOST_ROWS, with_cost: bool = False) -> Table:
    """The changes with the largest gain, `most` of them; `with_cost`: and what each adds to a frame
    on the machine that searched."""
    shown = search.tried[:most]
    caption = tr(
        "{n} of {all} changes tried together on {frames} labelled frames from {clips} clips"
    )
    gain = tr("gain, pp") if with_cost else tr("gain in accuracy, pp")
    heads = (
        Cell(tr("Change"), head=True),
        Cell(gain, figure=True),
        Cell(tr("demonstrated")),
        *((Cell(tr("ms more"), figure=True),) if with_cost else ()),
    )
    return Table(
        caption.format(
            n=len(shown), all=len(search.tried), frames=search.frames, clips=search.clips
        ),
        heads,
        tuple(_build_row(trial, with_cost) for trial in shown),
    )


def _build_row(trial: FixTrial, with_cost: bool) -> tuple[Cell, ...]:
    change = trial.verdict.change
    name = Cell(get_fix_name(trial.candidate), head=True)
    shown = Cell(tr("yes") if trial.is_demonstrated else tr("no"))
    if not with_cost:
        return name, Cell(format_change(change), figure=True), shown
    gain = f"{format_points(change.value, 1)} ({format_points_interval(change, 1)})"
    cost = format_number(trial.cost_ms, 1) if trial.cost_ms is not None else "–"
    return name, Cell(gain, figure=True), shown, Cell(cost, figure=True)


ANALYSIS: Analysis[FixSearch] = Analysis(
    key="fix", result=FixSearch, compute=compute_fix_search, section=build_fix_section
)
