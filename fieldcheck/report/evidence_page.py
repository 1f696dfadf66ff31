"""Evidence page, the second one: slices, confusion, confidence, severity curves, gallery, OOD line, checklist, what was tested."""

from __future__ import annotations

from fieldcheck.domain.estimate import FEW_FRAMES
from fieldcheck.domain.verdict import CheckState
from fieldcheck.report import charts, checklist, curve_plots, failures, panels, plots
from fieldcheck.report import code_names as named
from fieldcheck.report.blocks import (
    Block,
    Columns,
    Gallery,
    Heading,
    Lines,
    LinkLine,
    ListLine,
    Panels,
    Paragraph,
    Section,
    Spare,
)
from fieldcheck.report.change import change_of, field_said
from fieldcheck.report.gallery import how_marked, pictures
from fieldcheck.report.report import Report, SliceRow
from fieldcheck.report.tiles import decision_of
from fieldcheck.words.figures import number, rate_limits
from fieldcheck.words.formatting import listed
from fieldcheck.words.language import plural, text
from fieldcheck.words.ood import family_name, said_most

METADATA = ("location", "camera", "condition", "tag", "slice", "operator", "occluded")
MOST_SLICES, MOST_CURVES, MOST_NAMES = 6, 6, 12
IN_A_ROW = 3  # of small charts on a sheet
NARROW = 8  # classes of a matrix that has room beside it
DROP = 0.2


def section(report: Report) -> Section:
    """Everything that page 1 rests on, on one sheet: what it has no room for stands in the appendix."""
    title = text("Evidence")
    blocks = [*_slices_and_matrix(report), *_confidence(report), *_curves(report), *_gallery(report), *_blank(report)]
    blocks += [*_checklist(report), *_footer(report)]
    return Section("evidence", title, title, tuple(blocks))


def _slices(report: Report) -> list[Block]:
    """Metadata first, then classes; the flagged and the worst of them; too few folded into one line with their names."""
    found = {(one.key, one.value) for one in decision.findings} if (decision := decision_of(report)) else set()
    rows = [row for row in report.slices or () if row.key in METADATA or (row.key, row.value) in found]
    enough = sorted((row for row in rows if row.n >= FEW_FRAMES), key=_flagged_and_worst_first)
    shown = [(failures.SIGNS[row.flag], _slice_name(report, row), row.estimate) for row in enough[:MOST_SLICES]]
    classes = [row for row in report.per_class if row.n]
    worst = sorted((row for row in classes if row.n >= FEW_FRAMES), key=lambda row: row.recall.value)[:MOST_SLICES]
    shown += [("", f"{row.name} ({named.slice_kind('class')})", row.recall) for row in worst]
    few = [_slice_name(report, row) for row in rows if row.n < FEW_FRAMES] + [row.name for row in classes if row.n < FEW_FRAMES]
    blocks: list[Block] = []
    if shown:
        scores = failures.score_rows(shown, report.field.footage)
        blocks.append(charts.score_table(text("Slices, then classes"), scores, slim=True))
        blocks.append(
            Paragraph(text("△ suspected, ▲ demonstrated: 20 pp below the rest. 95% CI for this footage. Dashed: all frames."), quiet=True)
        )
    if few:
        said = text("Too few frames (under 10): {names}.")
        blocks.append(Paragraph(said.format(names=", ".join(few)), quiet=True, short=said.format(names=listed(few, MOST_NAMES))))
    return blocks


def _flagged_and_worst_first(row: SliceRow) -> tuple[bool, float]:
    return row.flag not in ("blind_spot", "suspect"), row.estimate.value


def _slice_name(report: Report, row: SliceRow) -> str:
    return f"{named.slice_value(row.key, row.value, report.clip_names)} ({named.slice_kind(row.key)})"


def _slices_and_matrix(report: Report) -> list[Block]:
    slices, confusion = _slices(report), report.confusion
    if confusion is None or not any(map(any, confusion.counts)):
        return slices
    table = failures.matrix(report, confusion)
    if len(table.rows) > NARROW:
        return [*slices, _in_the_appendix(text("Confusion matrix"), text("Error analysis"), "where")]
    return [Columns(tuple(slices), (table,))] if slices else [table]


def _in_the_appendix(what: str, section: str, anchor: str) -> LinkLine:
    return LinkLine(text("{what}: in the appendix under “{section}”.").format(what=what, section=section), anchor)


def _confidence(report: Report) -> list[Block]:
    shown = [one for one in (plots.confidence(report), plots.reliability(report)) if one is not None]
    said = " ".join([*(one.said for one in shown), text("Counts and bins: frames or boxes, unweighted.")])
    return [_spare_confidence(Panels(tuple(panels.panel(one) for one in shown), said))] if shown else []


def _spare_confidence(shown: Panels) -> Spare:
    return Spare(shown, _in_the_appendix(text("Confidence"), text("Confidence calibration"), "calibration"), rank=2)


def _curves(report: Report) -> list[Block]:
    names = curve_plots.costly(report)[:MOST_CURVES]
    if not names:
        return []
    said = text("Accuracy by severity (0 clean, 1 mild, 3 moderate, 5 severe). Square: benchmark, circle: field, dotted: −20 pp.")
    curves = [curve_plots.severity(report, name) for name in names]
    if report.matched is not None and report.matched.told:
        said += " " + text("▼: severity that the field resembles.")
    shown = tuple(panels.panel(one) for one in curves)
    link, more = (
        _in_the_appendix(what, text("Robustness to corruptions"), "breaks")
        for what in (text("Severity curves"), text("More severity curves"))
    )
    blocks: list[Block] = [Spare(Panels(shown[:IN_A_ROW], said), link, rank=3)]
    return [*blocks, Spare(Panels(shown[IN_A_ROW:], ""), more, rank=1)] if shown[IN_A_ROW:] else blocks


def _gallery(report: Report) -> list[Block]:
    shown = pictures(report, failures.ON_THE_SECOND_PAGE, short=True)
    return [Heading(text("Most confident errors, one per burst")), *how_marked(report), Gallery(shown)] if shown else []


def _blank(report: Report) -> list[Block]:
    """What the model says of pictures that hold nothing."""
    row = next((one for one in report.probes.families if one.family == "blank"), None) if report.probes else None
    if row is None or report.probes is None:
        return []
    said = text("{pictures}: confident predictions (confidence {threshold} or more) on {n} of {all}{share}.").format(
        pictures=family_name(row.family),
        threshold=number(report.probes.threshold, 1),
        n=row.n_confident,
        all=row.n,
        share=f" ({rate_limits(row.rate)})" if row.rate.measured else "",
    )
    return [Paragraph(f"{said.removesuffix('.')}; {said_most(row)}." if row.most else said)]


def _checklist(report: Report) -> list[Block]:
    """Four counts, then the failed lines and the open ones with what would measure each."""
    if not report.checklist:
        return []
    states: tuple[CheckState, ...] = ("pass", "fail", "too_few", "not_measured")
    counts = {state: [row for row in report.checklist if row.state == state] for state in states}
    said = text("{passed} met, {failed} not met, {few} too few, {missing} not measured.").format(
        passed=len(counts["pass"]), failed=len(counts["fail"]), few=len(counts["too_few"]), missing=len(counts["not_measured"])
    )
    lines = []
    for row in counts["fail"]:
        figure = checklist.figure(row)
        lines.append(ListLine("✗", "", f"{checklist.demand(row.rule)}{f': {figure}' if figure else ''}"))
    waiting = [("◔", row.rule) for row in counts["too_few"]] + [("–", row.rule) for row in counts["not_measured"]]
    more = plural("{n} open item in the checklist below.", "{n} open items in the checklist below.", len(waiting))
    still = Lines(tuple(ListLine(mark, checklist.demand(rule), checklist.measured_by(rule)) for mark, rule in waiting))
    found: list[Block] = [Heading(text("Checklist")), Paragraph(said)]
    if lines:
        failed = text("Checklist items not met")
        found.append(Spare(Lines(tuple(lines)), _in_the_appendix(failed, text("Checklist"), "checklist"), rank=4))
    return [*found, Spare(still, LinkLine(more.format(n=len(waiting)), "checklist"), rank=0)] if waiting else found


def _footer(report: Report) -> list[Block]:
    """What was tested, the seed, the change since the last report, and how to verify."""
    field, change = report.field, change_of(report)
    said = [text("{labelled} of {listed} sampled frames labelled").format(labelled=field.n_labelled, listed=field.n_frames_listed)]
    said += [] if field.seed is None else [text("random seed {seed}").format(seed=field.seed)]
    said += [line] if change is not None and (line := field_said(change)) else []
    said.append(text("SHA256SUMS.txt lists the SHA-256 of every file in this folder"))
    return [Paragraph("; ".join(said) + ".", quiet=True)]
