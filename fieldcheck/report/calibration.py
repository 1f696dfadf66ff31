"""Calibration on the page: what the model says of its answers beside how often they are right, on benchmark and field."""

from __future__ import annotations

from dataclasses import replace
from math import isnan

from fieldcheck.domain.calibration import Binning, Calibration, SideCalibration, Temperature
from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.domain.label_review import LabelledSet
from fieldcheck.domain.plot import ScoreRow
from fieldcheck.report import charts, number_format
from fieldcheck.report.blocks import Block, Cell, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.words.figures import number, percent, points, points_interval
from fieldcheck.words.language import plural, text

FEWEST_OF_A_CLASS = 20
MANY_DROPPED = 0.01

FACTS = Calibration


def section(report: Report) -> Section:
    """The headline of each side, both side by side, the reliability diagram of the field, and the temperature as a what-if."""
    title, short = text("Confidence calibration"), text("Confidence")
    found = (report.facts or {}).get("calibration")
    if not isinstance(found, Calibration):
        said = text("Not measured: no labelled frame with a confidence value.")
        return Section("calibration", short, title, (Paragraph(said, quiet=True),))
    enough = tuple(side for side in found.sides if side.n >= FEW_FRAMES)
    blocks: list[Block] = [Paragraph(_headline(side)) for side in reversed(found.sides)]
    blocks += [_side_by_side(replace(found, sides=enough)), *(_diagram(side) for side in reversed(enough))] if enough else []
    blocks += [Paragraph(line, quiet=True) for line in (*_temperature(found), *_classes(found))]
    return Section("calibration", short, title, tuple(blocks))


def side_name(on: LabelledSet) -> str:
    """Benchmark or field."""
    return {"benchmark": text("Benchmark"), "field": text("Field")}[on]


def _headline(side: SideCalibration) -> str:
    """What it says and what it is, and whether that is more than few answers show by chance."""
    if side.n < FEW_FRAMES:
        few_answers = plural(
            "{side}: {n} prediction is too few to judge calibration.", "{side}: {n} predictions are too few to judge calibration.", side.n
        )
        return few_answers.format(side=side_name(side.on), n=side.n)
    said = text("{side}: mean confidence {says}, accuracy {right}. Confidence minus accuracy: {gap} (n = {n}).")
    told = [said.format(side=side_name(side.on), says=_share(side.says), right=_share(side.right), gap=_points(side.signed), n=side.n)]
    if side.signed_cameras is not None:
        told.append(text("Other clips of these cameras: {gap}.").format(gap=_points(side.signed_cameras)))
    error = {"error": points(side.ece.value), "null": points(side.ece.null_p95)}
    if side.over_confident and side.signed.measured and side.signed.lo > 0:
        told.append(text("The model is overconfident: calibration error {error} pp, up to {null} pp by chance (95%).").format(**error))
    elif side.ece.value > side.ece.null_p95:
        told.append(text("The model is miscalibrated: calibration error {error} pp, up to {null} pp by chance (95%).").format(**error))
    else:
        told.append(
            text("Consistent with a calibrated model: calibration error {error} pp, up to {null} pp by chance (95%).").format(**error)
        )
    if side.n_dropped:
        few = side.n_dropped <= MANY_DROPPED * (side.n + side.n_dropped)
        left_out = plural(
            "{n} prediction without a finite confidence was left out.",
            "{n} predictions without a finite confidence were left out.",
            side.n_dropped,
        )
        told.append(("" if few else text("The model returns NaN.") + " ") + left_out.format(n=side.n_dropped))
    return " ".join(told)


def _side_by_side(found: Calibration) -> Table:
    heads = (Cell(text("Calibration"), head=True), *(Cell(side_name(side.on), figure=True) for side in found.sides))
    rows = (
        (text("predictions"), [str(side.n) for side in found.sides]),
        (text("mean confidence"), [_range(side.says) for side in found.sides]),
        (text("correct"), [_range(side.right) for side in found.sides]),
        (text("confidence minus accuracy"), [_points(side.signed) for side in found.sides]),
        (text("expected calibration error (ECE), equal-width bins"), [_error(side, "equal_width") for side in found.sides]),
        (text("expected calibration error (ECE), equal-mass bins"), [_error(side, "equal_mass") for side in found.sides]),
        (text("up to, by chance (95%)"), [f"{points(side.ece.null_p95, 1)} pp" for side in found.sides]),
        (text("maximum calibration error (MCE)"), [f"{points(side.ece.largest, 1)} pp" for side in found.sides]),
        (text("Brier score of the prediction (0 to 1)"), [_plain(side.brier_top) for side in found.sides]),
        (text("Brier score of all classes (0 to 2)"), [_plain(side.brier) for side in found.sides]),
        (text("negative log likelihood"), [_plain(side.nll) for side in found.sides]),
    )
    boxes = text("Boxes at or above the threshold; correct = true positive at IoU 0.5")
    caption = boxes if found.unit == "box" else text("Benchmark and field side by side; field weighted as in the main result")
    caption += ". " + text("* used as the calibration error: equal-mass bins below 500 predictions")
    return Table(caption, heads, tuple((Cell(name, head=True), *(Cell(said, figure=True) for said in cells)) for name, cells in rows))


def _error(side: SideCalibration, binning: Binning) -> str:
    """With a star where it is the one that counts, which chance and the diagram are told of."""
    counts = side.ece.binning == binning
    found = side.ece if counts else side.ece_other
    return f"{points(found.value, 1)} pp{'*' if counts else ''}"


def _diagram(side: SideCalibration) -> Table:
    rows = [ScoreRow(percent(one.confidence), one.right.n, _range(one.right), one.right, one.confidence) for one in side.bins]
    caption = text("{side}: confidence; dashes: calibrated model").format(side=side_name(side.on))
    return charts.score_table(caption, rows, text("correct"))


def _temperature(found: Calibration) -> list[str]:
    one = found.temperature
    if one is None or one.value == 1 or one.n < FEW_FRAMES:
        return []
    said = text(
        "What if: temperature scaling, fitted on the benchmark only ({n} images), T = {t}, changes the "
        "benchmark's negative log likelihood from {before} to {after}."
    )
    told = said.format(n=one.n, t=number(one.value, 2), before=_plain(one.nll_before), after=_plain(one.nll_after))
    field = found.side("field")
    enough = field is not None and field.n >= FEW_FRAMES and not isnan(one.field_ece_after)
    return [f"{told} {_in_the_field(one)}" if enough else told]


def _in_the_field(one: Temperature) -> str:
    said = text(
        "Temperature scaling would change confidence minus accuracy in the field from {before} to {after} pp "
        "and the calibration error from {ece} to {ece_after} pp; predictions stay the same."
    )
    before, after = points(one.field_signed_before), points(one.field_signed_after)
    return said.format(before=before, after=after, ece=points(one.field_ece_before), ece_after=points(one.field_ece_after))


def _classes(found: Calibration) -> list[str]:
    enough = [one for one in found.classes if one.n >= FEWEST_OF_A_CLASS]
    if not enough:
        return []
    least = min(enough, key=lambda one: one.median)
    said = text("Lowest median confidence among classes with 20 or more predictions: {name}, {median} (n = {n}).")
    return [said.format(name=least.name, median=number(least.median, 2), n=least.n)]


def _share(estimate: Estimate) -> str:
    return percent(estimate.value) if estimate.measured else text("too few")


def _range(estimate: Estimate) -> str:
    return number_format.figure(estimate) if estimate.measured else text("too few")


def _points(estimate: Estimate) -> str:
    if not estimate.measured:
        return text("too few")
    return text("{points} pp ({range})").format(points=points(estimate.value), range=points_interval(estimate))


def _plain(value: float) -> str:
    return "–" if isnan(value) else number(value, 3)
