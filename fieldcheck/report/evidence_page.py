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
    OptionalBlock,
    Panels,
    Paragraph,
    Section,
)
from fieldcheck.report.change import describe_field_change, get_report_change
from fieldcheck.report.gallery import build_image_blocks, build_mark_legend
from fieldcheck.report.report import Report, SliceResult
from fieldcheck.report.tiles import get_decision
from fieldcheck.words.figures import format_number, format_rate_limits
from fieldcheck.words.formatting import format_names
from fieldcheck.words.language import tr, tr_plural
from fieldcheck.words.ood import describe_top_class, get_ood_family_name

METADATA = ("location", "camera", "condition", "tag", "slice", "operator", "occluded")
MOST_SLICES, MOST_CURVES, MOST_NAMES = 6, 6, 12
IN_A_ROW = 3  # of small charts on a sheet
NARROW = 8  # classes of a matrix that has room beside it
DROP = 0.2


def build_evidence_page(report: Report) -> Section:
    """Everything that page 1 rests on, on one sheet: what it has no room for stands in the appendix."""
    title = tr("Evidence")
    blocks = [
        *_build_slice_columns(report),
        *_build_confidence_blocks(report),
        *_build_curve_blocks(report),
        *_build_gallery_blocks(report),
        *_build_ood_blocks(report),
    ]
    blocks += [*_build_checklist_blocks(report), *_build_footer_blocks(report)]
    return Section("evidence", title, title, tuple(blocks))


def _build_slice_blocks(report: Report) -> list[Block]:
    """Metadata first, then classes; the flagged and the worst of them; too few folded into one line with their names."""
    found = {(one.key, one.value) for one in decision.findings} if (decision := get_decision(report)) else set()
    rows = [row for row in report.slices or () if row.key in METADATA or (row.key, row.value) in found]
    enough = sorted((row for row in rows if row.n >= FEW_FRAMES), key=_sort_key)
    shown = [(failures.SIGNS[row.flag], _format_slice_name(report, row), row.estimate) for row in enough[:MOST_SLICES]]
    classes = [row for row in report.per_class if row.n]
    worst = sorted((row for row in classes if row.n >= FEW_FRAMES), key=lambda row: row.recall.value)[:MOST_SLICES]
    shown += [("", f"{row.name} ({named.get_slice_kind_name('class')})", row.recall) for row in worst]
    few = [_format_slice_name(report, row) for row in rows if row.n < FEW_FRAMES] + [row.name for row in classes if row.n < FEW_FRAMES]
    blocks: list[Block] = []
    if shown:
        scores = failures.build_score_rows(shown, report.field.footage)
        blocks.append(charts.build_score_table(tr("Slices, then classes"), scores, slim=True))
        blocks.append(
            Paragraph(tr("△ suspected, ▲ demonstrated: 20 pp below the rest. 95% CI for this footage. Dashed: all frames."), quiet=True)
        )
    if few:
        said = tr("Too few frames (under 10): {names}.")
        blocks.append(Paragraph(said.format(names=", ".join(few)), quiet=True, short=said.format(names=format_names(few, MOST_NAMES))))
    return blocks


def _sort_key(row: SliceResult) -> tuple[bool, float]:
    return row.flag not in ("blind_spot", "suspect"), row.estimate.value


def _format_slice_name(report: Report, row: SliceResult) -> str:
    return f"{named.get_slice_value_name(row.key, row.value, report.clip_names)} ({named.get_slice_kind_name(row.key)})"


def _build_slice_columns(report: Report) -> list[Block]:
    slices, confusion = _build_slice_blocks(report), report.confusion
    if confusion is None or not any(map(any, confusion.counts)):
        return slices
    table = failures.build_confusion_matrix_table(report, confusion)
    if len(table.rows) > NARROW:
        return [*slices, _link_to_appendix(tr("Confusion matrix"), tr("Error analysis"), "where")]
    return [Columns(tuple(slices), (table,))] if slices else [table]


def _link_to_appendix(what: str, section: str, anchor: str) -> LinkLine:
    return LinkLine(tr("{what}: in the appendix under “{section}”.").format(what=what, section=section), anchor)


def _build_confidence_blocks(report: Report) -> list[Block]:
    shown = [one for one in (plots.build_confidence_plot(report), plots.build_reliability_plot(report)) if one is not None]
    said = " ".join([*(one.alt_text for one in shown), tr("Counts and bins: frames or boxes, unweighted.")])
    return [_make_optional_panels(Panels(tuple(panels.build_panel(one) for one in shown), said))] if shown else []


def _make_optional_panels(shown: Panels) -> OptionalBlock:
    return OptionalBlock(shown, _link_to_appendix(tr("Confidence"), tr("Confidence calibration"), "calibration"), rank=2)


def _build_curve_blocks(report: Report) -> list[Block]:
    names = curve_plots.list_costly_corruptions(report)[:MOST_CURVES]
    if not names:
        return []
    said = tr("Accuracy by severity (0 clean, 1 mild, 3 moderate, 5 severe). Square: benchmark, circle: field, dotted: −20 pp.")
    curves = [curve_plots.build_severity_plot(report, name) for name in names]
    if report.field_match is not None and report.field_match.named_corruptions:
        said += " " + tr("▼: severity that the field resembles.")
    shown = tuple(panels.build_panel(one) for one in curves)
    link, more = (
        _link_to_appendix(what, tr("Robustness to corruptions"), "breaks") for what in (tr("Severity curves"), tr("More severity curves"))
    )
    blocks: list[Block] = [OptionalBlock(Panels(shown[:IN_A_ROW], said), link, rank=3)]
    return [*blocks, OptionalBlock(Panels(shown[IN_A_ROW:], ""), more, rank=1)] if shown[IN_A_ROW:] else blocks


def _build_gallery_blocks(report: Report) -> list[Block]:
    shown = build_image_blocks(report, failures.ON_THE_SECOND_PAGE, short=True)
    return [Heading(tr("Most confident errors, one per burst")), *build_mark_legend(report), Gallery(shown)] if shown else []


def _build_ood_blocks(report: Report) -> list[Block]:
    """What the model says of pictures that hold nothing."""
    row = next((one for one in report.probes.families if one.family == "blank"), None) if report.probes else None
    if row is None or report.probes is None:
        return []
    said = tr("{pictures}: confident predictions (confidence {threshold} or more) on {n} of {all}{share}.").format(
        pictures=get_ood_family_name(row.family),
        threshold=format_number(report.probes.threshold, 1),
        n=row.n_confident,
        all=row.n,
        share=f" ({format_rate_limits(row.rate)})" if row.rate.measured else "",
    )
    return [Paragraph(f"{said.removesuffix('.')}; {describe_top_class(row)}." if row.most else said)]


def _build_checklist_blocks(report: Report) -> list[Block]:
    """Four counts, then the failed lines and the open ones with what would measure each."""
    if not report.checklist:
        return []
    states: tuple[CheckState, ...] = ("pass", "fail", "too_few", "not_measured")
    counts = {state: [row for row in report.checklist if row.state == state] for state in states}
    said = tr("{passed} met, {failed} not met, {few} too few, {missing} not measured.").format(
        passed=len(counts["pass"]), failed=len(counts["fail"]), few=len(counts["too_few"]), missing=len(counts["not_measured"])
    )
    lines = []
    for row in counts["fail"]:
        figure = checklist.format_check_figure(row)
        lines.append(ListLine("✗", "", f"{checklist.get_rule_demand(row.rule)}{f': {figure}' if figure else ''}"))
    waiting = [("◔", row.rule) for row in counts["too_few"]] + [("–", row.rule) for row in counts["not_measured"]]
    more = tr_plural("{n} open item in the checklist below.", "{n} open items in the checklist below.", len(waiting))
    still = Lines(tuple(ListLine(mark, checklist.get_rule_demand(rule), checklist.get_rule_measurement(rule)) for mark, rule in waiting))
    found: list[Block] = [Heading(tr("Checklist")), Paragraph(said)]
    if lines:
        failed = tr("Checklist items not met")
        found.append(OptionalBlock(Lines(tuple(lines)), _link_to_appendix(failed, tr("Checklist"), "checklist"), rank=4))
    return [*found, OptionalBlock(still, LinkLine(more.format(n=len(waiting)), "checklist"), rank=0)] if waiting else found


def _build_footer_blocks(report: Report) -> list[Block]:
    """What was tested, the seed, the change since the last report, and how to verify."""
    field, change = report.field, get_report_change(report)
    said = [tr("{labelled} of {listed} sampled frames labelled").format(labelled=field.n_labelled, listed=field.n_frames_listed)]
    said += [] if field.seed is None else [tr("random seed {seed}").format(seed=field.seed)]
    said += [line] if change is not None and (line := describe_field_change(change)) else []
    said.append(tr("SHA256SUMS.txt lists the SHA-256 of every file in this folder"))
    return [Paragraph("; ".join(said) + ".", quiet=True)]
