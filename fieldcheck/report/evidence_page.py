"""Evidence page, the second one: slices, confusion, confidence, severity curves, gallery, OOD line, checklist, what was tested."""

from __future__ import annotations

from fieldcheck.corruption.catalog import family
from fieldcheck.domain.calibration import Calibration
from fieldcheck.domain.estimate import FEW_FRAMES, Estimate
from fieldcheck.domain.run import On
from fieldcheck.domain.sweep import CLEAN, Sweep, SweepRow
from fieldcheck.domain.verdict import CheckState
from fieldcheck.report import checklist, failures, panels, printed
from fieldcheck.report import code_names as named
from fieldcheck.report.blocks import (
    Block,
    Columns,
    Gallery,
    Heading,
    Lines,
    LinkLine,
    ListLine,
    Panel,
    Panels,
    Paragraph,
    Section,
    Spare,
)
from fieldcheck.report.change import change_of, field_said
from fieldcheck.report.gallery import how_marked, pictures
from fieldcheck.report.report import Report, SliceRow
from fieldcheck.report.tiles import decision_of
from fieldcheck.words.corruptions import corruption_name
from fieldcheck.words.figures import number, percent, points, rate_limits
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
        blocks.append(failures.ranges(text("Slices, then classes"), shown, report.field.footage, keep_order=True))
        blocks.append(Paragraph(text("△ suspected, ▲ demonstrated 20 pp below the rest. Dashes: all frames."), quiet=True))
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
        return [*slices, _in_the_appendix(text("Confusion matrix"), text("Where it fails"), "where")]
    return [Columns(tuple(slices), (table,))] if slices else [table]


def _in_the_appendix(what: str, section: str, anchor: str) -> LinkLine:
    return LinkLine(text("{what}: in the appendix under “{section}”.").format(what=what, section=section), anchor)


def _confidence(report: Report) -> list[Block]:
    decision, found = decision_of(report), (report.facts or {}).get("calibration")
    ends = (percent(0.0), percent(1.0))
    shown = []
    if decision is not None and any((*decision.right, *decision.wrong)):
        n_right, n_wrong = sum(decision.right), sum(decision.wrong)
        words = (text("right, n = {n}").format(n=n_right), text("wrong, n = {n}").format(n=n_wrong))
        alt = text("Confidence: {right} right answers, of which {sure} at 0.9 or more; {wrong} wrong ones, of which {confident}.").format(
            right=n_right, sure=decision.right[-1], wrong=n_wrong, confident=decision.wrong[-1]
        )
        shown.append(
            Panel(text("Confidence when right and when wrong"), panels.histograms(decision.right, decision.wrong, words, ends, alt))
        )
    side = found.side("field") if isinstance(found, Calibration) else None
    if side is not None and side.bins:
        alt = text("Reliability: calibration error {error} pp, by chance up to {null} pp.").format(
            error=points(side.ece.value), null=points(side.ece.null_p95)
        )
        bins = [(one.confidence, one.right) for one in side.bins]
        shown.append(Panel(text("Reliability, field, with the band of a calibrated model"), panels.reliability(bins, ends, alt)))
        return [_spare_confidence(Panels(tuple(shown), f"{alt} {text('Counts and bins are unweighted frames or boxes.')}"))]
    return [_spare_confidence(Panels(tuple(shown), text("Unweighted.")))] if shown else []


def _spare_confidence(shown: Panels) -> Spare:
    return Spare(shown, _in_the_appendix(text("Confidence"), text("Is its confidence right?"), "calibration"), rank=2)


def _curves(report: Report) -> list[Block]:
    sweep = report.stress
    if sweep is None:
        return []
    names = _worst(sweep)
    if not names:
        return []
    told = dict(report.matched.told) if report.matched is not None else {}
    here = {family(name): severity for name, severity in told.items()}
    said = text("Accuracy by severity (0 clean, 1 mild, 3 moderate, 5 severe). Square: benchmark, disc: field, dots: −20 pp.")
    if here:
        said += " " + text("▼: what this field looks like.")
    curves = [_curve(sweep, name, here) for name in names]
    link, more = (
        _in_the_appendix(what, text("What breaks it"), "breaks") for what in (text("Severity curves"), text("More severity curves"))
    )
    blocks: list[Block] = [Spare(Panels(tuple(curves[:IN_A_ROW]), said), link, rank=3)]
    return [*blocks, Spare(Panels(tuple(curves[IN_A_ROW:]), ""), more, rank=1)] if curves[IN_A_ROW:] else blocks


def _worst(sweep: Sweep) -> list[str]:
    """The corruptions that cost most, by their largest drop on either side."""
    most: dict[str, float] = {}
    for row in sweep.rows:
        if row.corruption != CLEAN and row.drop.measured:
            most[row.corruption] = max(most.get(row.corruption, -1.0), row.drop.value)
    return sorted(most, key=lambda name: -most[name])[:MOST_CURVES]


def _curve(sweep: Sweep, name: str, here: dict[str, float]) -> Panel:
    benchmark, field = (_points(sweep, name, on) for on in ("benchmark", "field"))
    clean = next((one.value for _, one in (benchmark or field) if one.measured), None)
    curves = panels.SeverityCurves(benchmark, field, None if clean is None else clean - DROP, here.get(family(name)))
    last = [
        text("{side} {value} at severity {severity}").format(side=side, value=printed.value(curve[-1][1]), severity=number(curve[-1][0]))
        for side, curve in ((text("benchmark"), benchmark), (text("field"), field))
        if curve
    ]
    title = corruption_name(name)
    return Panel(title, panels.severity_curves(curves, (percent(0.0), percent(1.0)), f"{title}: {', '.join(last)}"))


def _points(sweep: Sweep, name: str, on: On) -> list[tuple[float, Estimate]]:
    rows: list[SweepRow] = [row for row in sweep.rows if row.on == on and row.corruption in (CLEAN, name) and row.value.measured]
    return sorted(((row.severity, row.value) for row in rows), key=lambda one: one[0])


def _gallery(report: Report) -> list[Block]:
    shown = pictures(report, failures.ON_THE_SECOND_PAGE, short=True)
    return [Heading(text("Most confident errors, one per scene")), *how_marked(report), Gallery(shown)] if shown else []


def _blank(report: Report) -> list[Block]:
    """What the model says of pictures that hold nothing."""
    row = next((one for one in report.probes.families if one.family == "blank"), None) if report.probes else None
    if row is None or report.probes is None:
        return []
    said = text("{pictures}: confident answer (confidence {threshold} or more) in {n} of {all}{share}.").format(
        pictures=family_name(row.family),
        threshold=number(report.probes.threshold, 1),
        n=row.n_confident,
        all=row.n,
        share=f" ({rate_limits(row.rate)})" if row.rate.measured else "",
    )
    return [Paragraph(f"{said.removesuffix('.')}; {said_most(row)}." if row.most else said)]


def _checklist(report: Report) -> list[Block]:
    """Four counts; the failed lines, and in short the open ones."""
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
    waiting = [checklist.demand(row.rule) for row in (*counts["too_few"], *counts["not_measured"])]
    more = plural("{n} open line stands in the checklist below.", "{n} open lines stand in the checklist below.", len(waiting))
    found: list[Block] = [Heading(text("Checklist")), Paragraph(said)]
    if lines:
        failed = text("Lines of the checklist that are not met")
        found.append(Spare(Lines(tuple(lines)), _in_the_appendix(failed, text("Checklist"), "checklist"), rank=4))
    return [*found, Paragraph(more.format(n=len(waiting)), quiet=True)] if waiting else found


def _footer(report: Report) -> list[Block]:
    """What was tested, the seed, the change since the last report, and how to verify."""
    field, change = report.field, change_of(report)
    said = [text("{labelled} of {listed} listed frames labelled").format(labelled=field.n_labelled, listed=field.n_frames_listed)]
    said += [] if field.seed is None else [text("random seed {seed}").format(seed=field.seed)]
    said += [line] if change is not None and (line := field_said(change)) else []
    said.append(text("every file of this folder stands with its SHA-256 in SHA256SUMS.txt"))
    return [Paragraph("; ".join(said) + ".", quiet=True)]
