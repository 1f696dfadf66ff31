"""The page model that HTML and PDF print, with its evidence page, and the report as one HTML file
without scripts or network."""

from __future__ import annotations

import base64
import re
from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any

import jinja2
from markupsafe import Markup, escape

from fieldcheck import paths
from fieldcheck.analyses import failures, score_charts
from fieldcheck.analyses import names_and_numbers as named
from fieldcheck.analyses.blocks import (
    Block,
    Columns,
    Heading,
    Lines,
    LinkLine,
    ListLine,
    OptionalBlock,
    Panels,
    Paragraph,
    ReportPage,
    Section,
)
from fieldcheck.analyses.report_data import Report
from fieldcheck.analyses.robustness import OOD_BEHAVIOUR, get_robustness
from fieldcheck.analyses.slices import Slice
from fieldcheck.corruptions.messages import describe_top_class, get_ood_family_name
from fieldcheck.domain.estimate import FEW_FRAMES, CheckState, Phase
from fieldcheck.errors.message_format import format_names
from fieldcheck.i18n import language
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.i18n.numbers import format_number, format_rate_limits
from fieldcheck.progress import time_stage
from fieldcheck.report import confidence_plots, curve_plots, plot_svg, verdict_and_checklist
from fieldcheck.report import section as report_form
from fieldcheck.report.findings import build_finding_blocks
from fieldcheck.report.key_figures import build_key_figures, get_decision
from fieldcheck.report.print_text import Kind, split_phrases
from fieldcheck.report.report_change import (
    describe_field_change,
    get_report_change,
    has_same_field_score,
)
from fieldcheck.report.section import SECTIONS
from fieldcheck.report.summary_page import build_first_page
from fieldcheck.safe_text import isolate_rtl_names

# Evidence page, the second one: slices, confusion, confidence, severity curves, gallery, OOD line,
# checklist, what was tested.

METADATA = ("location", "camera", "condition", "tag", "slice", "operator", "occluded")
MOST_SLICES, MOST_CURVES, MOST_NAMES = 6, 6, 12
IN_A_ROW = 3  # of small charts on a sheet
NARROW = 8  # classes of a matrix that has room beside it
DROP = 0.2


def build_evidence_page(report: Report, with_checklist: bool = True) -> Section:
    """Everything that page 1 rests on, on one sheet: what it has no room for stands in the
    appendix, as the checklist does on paper that has a sheet for it."""
    title = tr("Evidence")
    blocks = [
        build_key_figures(report),
        Heading(tr("Weakest slices")),
        *build_finding_blocks(report),
        *_build_slice_columns(report),
        *_build_confidence_blocks(report),
        *_build_curve_blocks(report),
        *_build_ood_blocks(report),
    ]
    blocks += _build_checklist_blocks(report) if with_checklist else []
    blocks += _build_footer_blocks(report)
    return Section("evidence", title, title, tuple(blocks))


def _build_slice_blocks(report: Report) -> list[Block]:
    """Metadata first, then classes; the flagged and the worst of them; too few folded into one line
    with their names."""
    result = (
        {(finding.key, finding.value) for finding in decision.findings}
        if (decision := get_decision(report))
        else set()
    )
    rows = [
        row
        for row in failures.get_failures(report).slices or ()
        if row.key in METADATA or (row.key, row.value) in result
    ]
    enough = sorted((row for row in rows if row.n >= FEW_FRAMES), key=_sort_key)
    shown = [
        (failures.SIGNS[row.flag], _format_slice_name(report, row), row.estimate)
        for row in enough[:MOST_SLICES]
    ]
    classes = [row for row in failures.get_failures(report).per_class if row.n]
    flagged = {row.value for row in enough[:MOST_SLICES] if row.key == "class"}
    others = (row for row in classes if row.n >= FEW_FRAMES and row.name not in flagged)
    worst = sorted(others, key=lambda row: row.recall.value)[:MOST_SLICES]
    shown += [
        ("", f"{row.name} ({named.get_slice_kind_name('class')})", row.recall) for row in worst
    ]
    few = [_format_slice_name(report, row) for row in rows if row.n < FEW_FRAMES] + [
        row.name for row in classes if row.n < FEW_FRAMES
    ]
    blocks: list[Block] = []
    if shown:
        scores = failures.build_score_rows(shown, report.field.footage)
        blocks.append(score_charts.build_score_table(tr("Slices, then classes"), scores, slim=True))
        blocks.append(
            Paragraph(
                tr(
                    "▲ difference demonstrated, estimated at 20 pp or more below the rest. 95% CI "
                    "for this footage. Dashed: all frames."
                ),
                quiet=True,
            )
        )
    if shown and report.own_metric != "accuracy":
        score = named.get_metric_name(report.own_metric)
        blocks.append(Paragraph(tr("Slices: {metric}; classes: recall.", metric=score), quiet=True))
    if few:
        sentence = tr("Too few frames (under 10): {names}.")
        blocks.append(
            Paragraph(
                sentence.format(names=", ".join(few)),
                quiet=True,
                short=sentence.format(names=format_names(few, MOST_NAMES)),
            )
        )
    return blocks


def _sort_key(row: Slice) -> tuple[bool, float]:
    return row.flag != "blind_spot", row.estimate.value


def _format_slice_name(report: Report, row: Slice) -> str:
    return (
        f"{named.get_slice_value_name(row.key, row.value, report.clip_names)} "
        f"({named.get_slice_kind_name(row.key)})"
    )


def _build_slice_columns(report: Report) -> list[Block]:
    slices, counts = _build_slice_blocks(report), failures.build_confusion_counts(report)
    if counts is None:
        return slices
    table = failures.build_confusion_matrix_table(counts)
    if len(table.rows) > NARROW:
        return [*slices, _link_to_appendix(tr("Confusion matrix"), tr("Error analysis"), "where")]
    return [Columns(tuple(slices), (table,))] if slices else [table]


def _link_to_appendix(link_text: str, section: str, anchor: str) -> LinkLine:
    return LinkLine(
        tr("{what}: in the appendix under “{section}”.", what=link_text, section=section),
        anchor,
        tr("{what}: in report.html under “{section}”.", what=link_text, section=section),
    )


def _build_confidence_blocks(report: Report) -> list[Block]:
    shown = [
        plot
        for plot in (
            confidence_plots.build_confidence_plot(report),
            confidence_plots.build_reliability_plot(report),
        )
        if plot is not None
    ]
    sentence = " ".join(
        [*(plot.alt_text for plot in shown), tr("Counts and bins: frames or boxes, unweighted.")]
    )
    return (
        [
            _make_optional_panels(
                Panels(tuple(plot_svg.build_panel(plot) for plot in shown), sentence)
            )
        ]
        if shown
        else []
    )


def _make_optional_panels(shown: Panels) -> OptionalBlock:
    return OptionalBlock(
        shown,
        _link_to_appendix(tr("Confidence"), tr("Confidence calibration"), "calibration"),
        rank=2,
    )


def _build_curve_blocks(report: Report) -> list[Block]:
    names = curve_plots.list_costly_corruptions(report)[:MOST_CURVES]
    if not names:
        return []
    sentence = tr(
        "{metric} by severity (0 clean, 1 mild, 3 moderate, 5 severe). Square: benchmark, "
        "circle: field, dotted: −20 pp.",
        metric=named.get_metric_name(report.own_metric),
    )
    curves = [curve_plots.build_severity_plot(report, name) for name in names]
    field_match = get_robustness(report).field_match
    if field_match is not None and field_match.named_corruptions:
        sentence += " " + tr("▼: severity that the field resembles.")
    shown = tuple(plot_svg.build_panel(curve) for curve in curves)
    link, more = (
        _link_to_appendix(chart_group, tr("Robustness to corruptions"), "breaks")
        for chart_group in (tr("Severity curves"), tr("More severity curves"))
    )
    blocks: list[Block] = [OptionalBlock(Panels(shown[:IN_A_ROW], sentence), link, rank=3)]
    return (
        [*blocks, OptionalBlock(Panels(shown[IN_A_ROW:], ""), more, rank=1)]
        if shown[IN_A_ROW:]
        else blocks
    )


def _build_ood_blocks(report: Report) -> list[Block]:
    """What the model says of pictures that hold nothing."""
    probes = OOD_BEHAVIOUR.get_result(report)
    row = next((row for row in probes.families if row.family == "blank"), None) if probes else None
    if row is None or probes is None:
        return []
    sentence = tr(
        "{pictures}: confident predictions (confidence {threshold} or more) on {n} of "
        "{all}{share}.",
        pictures=get_ood_family_name(row.family),
        threshold=format_number(probes.threshold, 1),
        n=row.n_confident,
        all=row.n,
        share=f" ({format_rate_limits(row.rate)})" if row.rate.measured else "",
    )
    return [
        Paragraph(
            f"{sentence.removesuffix('.')}; {describe_top_class(row)}." if row.most else sentence
        )
    ]


def _build_checklist_blocks(report: Report) -> list[Block]:
    """Counts of each phase, then the failed lines and the open ones with what would measure
    each."""
    if not report.checklist:
        return []
    states: tuple[CheckState, ...] = ("pass", "fail", "too_few", "not_measured")
    counts = {state: [row for row in report.checklist if row.state == state] for state in states}
    lines = []
    for row in counts["fail"]:
        figure = verdict_and_checklist.format_check_figure(row)
        lines.append(
            ListLine(
                "✗",
                "",
                verdict_and_checklist.RULES[row.rule].demand() + (f": {figure}" if figure else ""),
            )
        )
    waiting = [("◔", row.rule) for row in counts["too_few"]] + [
        ("–", row.rule) for row in counts["not_measured"]
    ]
    more = tr_plural(
        "{n} open item in the checklist below.",
        "{n} open items in the checklist below.",
        len(waiting),
    )
    still = Lines(
        tuple(
            ListLine(
                mark,
                verdict_and_checklist.RULES[rule].demand(),
                verdict_and_checklist.RULES[rule].how_to_measure(),
            )
            for mark, rule in waiting
        )
    )
    blocks: list[Block] = [
        Heading(tr("Checklist")),
        *(
            Paragraph(_count_phase(report, phase))
            for phase in verdict_and_checklist.PHASES
            if verdict_and_checklist.get_phase_rows(report, phase)
        ),
    ]
    if lines:
        failed = tr("Checklist items not met")
        blocks.append(
            OptionalBlock(
                Lines(tuple(lines)), _link_to_appendix(failed, tr("Checklist"), "checklist"), rank=4
            )
        )
    return (
        [*blocks, OptionalBlock(still, LinkLine(more.format(n=len(waiting)), "checklist"), rank=0)]
        if waiting
        else blocks
    )


def _count_phase(report: Report, phase: Phase) -> str:
    counts = Counter(row.state for row in verdict_and_checklist.get_phase_rows(report, phase))
    sentence = tr("{phase}: {passed} met, {failed} not met, {few} too few, {missing} not measured.")
    line = sentence.format(
        phase=verdict_and_checklist.get_phase_name(phase),
        passed=counts["pass"],
        failed=counts["fail"],
        few=counts["too_few"],
        missing=counts["not_measured"],
    )
    exempted = counts["not_applicable"]
    if not exempted:
        return line
    more = tr_plural("{n} does not apply.", "{n} do not apply.", exempted, n=exempted)
    return f"{line} {more}"


def _build_footer_blocks(report: Report) -> list[Block]:
    """What was tested, the seed, the change since the last report, and how to verify."""
    field, change = report.field, get_report_change(report)
    lines = [
        tr(
            "{labelled} of {listed} sampled frames labelled",
            labelled=field.n_labelled,
            listed=field.n_frames_listed,
        )
    ]
    lines += [] if field.seed is None else [tr("random seed {seed}", seed=field.seed)]
    if change is not None and has_same_field_score(change):
        lines.append(describe_field_change(change))
    lines.append(tr("SHA256SUMS.txt lists the SHA-256 of every file in this folder"))
    return [Paragraph("; ".join(lines) + ".", quiet=True)]


def build_page(report: Report) -> ReportPage:
    """Texts and drawings in reading order, in the language that is set."""
    site = report.site or report.project
    return ReportPage(
        language=report.language,
        title=tr("Field report: {site}", site=site),
        contents=tr("In this report"),
        opening=build_first_page(report),
        evidence=build_evidence_page(report),
        sections=report_form.build_appendix_sections(report, SECTIONS),
        foot=" · ".join(["Fieldcheck", site, *([report.model.name] if report.model else [])]),
        number=tr("Page {page} of {pages}"),
    )


# The report as one HTML file: no scripts, no network, everything inline.

TONES = "/* tones of the cells */"
_FORMS: dict[Kind, Markup] = {
    "plain": Markup("{}"),
    "kept": Markup('<span class="kept">{}</span>'),
    "code": Markup("<code>{}</code>"),
}


def render_html(report: Report) -> str:
    """The whole page in the report's language."""
    with language.use_language(report.language):
        return render_page(build_page(report))


def render_page(page: ReportPage) -> str:
    """A page as one HTML file; its texts are as they stand in it."""
    folder = paths.get_resource_path("report")
    style = Markup((folder / "report.css").read_text(encoding="utf-8"))
    with time_stage("render_html"):
        tones = _CellColours()
        shown = (
            _make_environment(folder)
            .get_template("report.html.jinja")
            .render(page=page, style=style + TONES, toned=tones.get_class_name)
        )
    return shown.replace(TONES, tones.format_css_rules(), 1)


class _CellColours:
    """Colours of cells as classes of the style sheet, since a style on an element is no valid style
    of a page."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], str] = {}

    def get_class_name(self, colours: tuple[str, str]) -> str:
        """Class of a cell with this background and this text colour."""
        return self._seen.setdefault(colours, f"tone{len(self._seen)}")

    def format_css_rules(self) -> str:
        """Rules of every class that was named."""
        return "\n".join(
            f"td.{name} {{ background: {ground}; color: {ink}; }}"
            for (ground, ink), name in self._seen.items()
        )


@lru_cache(maxsize=1)
def _make_environment(folder: Path) -> jinja2.Environment:
    """Where the template is compiled: once in a process, since that takes a sixth of a small
    report. Only files of our own are templates; every text that reaches them is escaped."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(folder), autoescape=True, undefined=jinja2.StrictUndefined,
        trim_blocks=True, lstrip_blocks=True,
        finalize=_finalize_value,
    )  # fmt: skip
    environment.filters["dumbbell"] = score_charts.draw_gap_chart
    environment.filters["flowing"] = format_sentence
    environment.filters["inline"] = encode_data_uri
    environment.filters["name"] = format_breakable_name
    return environment


def _finalize_value(value: Any) -> Any:
    """Whatever the template puts anywhere, in sentences and attributes: names in it turn nothing
    around them."""
    return (
        isolate_rtl_names(value)
        if isinstance(value, str) and not isinstance(value, Markup)
        else value
    )


def format_sentence(text: str) -> Markup:
    """A sentence as markup: figures are kept on one line, what stands in backticks is set as a
    command."""
    return Markup("").join(
        _FORMS[kind].format(escape(piece)) for kind, piece in split_phrases(isolate_rtl_names(text))
    )


def format_breakable_name(text: str) -> Markup:
    """A name that may break where file names have a joint; a search finds it whole, since the place
    to break is no character."""
    parts = re.findall(r"[^_/\\]*[_/\\]+|[^_/\\]+", isolate_rtl_names(text))
    return Markup("<wbr>").join(parts)


def encode_data_uri(jpeg: bytes) -> str:
    """A picture as an address that holds the picture itself."""
    return f"data:image/jpeg;base64,{base64.b64encode(jpeg).decode('ascii')}"
