"""The fleet report: one HTML page and one JSON document, in the language that is set."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

from markupsafe import Markup

from fieldcheck.analyses import names_and_numbers as named
from fieldcheck.analyses.blocks import (
    Block,
    Cell,
    FirstPage,
    Heading,
    KeyFigure,
    KeyFigures,
    Paragraph,
    ReportPage,
    Section,
    Table,
)
from fieldcheck.analyses.score_charts import build_score_table
from fieldcheck.csv_json_xml import to_json_value
from fieldcheck.domain.estimate import FEW_FRAMES, ChangeVerdict, Estimate
from fieldcheck.domain.report import ScoreRow
from fieldcheck.domain.shift import HealthCheck
from fieldcheck.files import find_unused_path, map_os_errors, remove_stale, sync_folder, write_text
from fieldcheck.fleet.figures import (
    HARMLESS,
    CameraDrift,
    ClassListFigures,
    Collection,
    FailureMode,
    FleetFigures,
    GroupScore,
    ModelChange,
    SiteScore,
    compute_fleet_figures,
)
from fieldcheck.fleet.store import AddedProject, read_fleet
from fieldcheck.footage.messages import get_condition_name
from fieldcheck.i18n.language import get_language, tr, tr_plural
from fieldcheck.i18n.numbers import (
    format_number,
    format_points,
    format_points_interval,
    format_points_with_unit,
)
from fieldcheck.models.messages import get_metric_name
from fieldcheck.monitoring.messages import get_check_name, get_shift_state_name
from fieldcheck.report.html_page import render_page

SCHEMA = "fieldcheck.fleet_report/1"
PAGE, DOCUMENT = "report.html", "fleet.json"
REPORTS = "reports"
MOST_COLLECTED = 12
BEHIND_SIGN = "▲"


@dataclass(frozen=True, slots=True)
class WrittenFleetReport:
    """A fleet report on disk: its folder and files, and what it holds."""

    folder: Path
    files: tuple[str, ...]
    figures: FleetFigures
    sentence: str


def write_fleet_report(fleet: Path, out: Path | None, now: str) -> WrittenFleetReport:
    """Compute the figures of a fleet and write its report, a whole folder or none.

    Args:
        fleet: The fleet folder; it is only read.
        out: Where the report's folder is made; None for `reports` in the fleet.
        now: Time of the report, ISO 8601 UTC.

    Raises:
        PathMissing, FleetRefused, ExtraMissing, DiskFull, ReadOnlyPlace.
    """
    figures = read_fleet(fleet, compute_fleet_figures)
    name = fleet.absolute().name
    root = out if out is not None else fleet.absolute() / REPORTS
    with map_os_errors(root):
        root.mkdir(parents=True, exist_ok=True)
        remove_stale(root, r"\.fleet-.*\.part")
        with tempfile.TemporaryDirectory(prefix=".fleet-", suffix=".part", dir=root) as part:
            unfinished = Path(part) / "report"
            unfinished.mkdir()
            document = build_fleet_document(figures, name, now)
            text = json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n"
            write_text(unfinished / DOCUMENT, text)
            write_text(unfinished / PAGE, render_page(build_fleet_page(figures, name, now)))
            folder = find_unused_path(root, f"Fieldcheck_fleet_{now[:10]}")
            unfinished.rename(folder)
            sync_folder(root)
    return WrittenFleetReport(folder, (PAGE, DOCUMENT), figures, describe_fleet(figures))


@dataclass(frozen=True, slots=True)
class FleetOverview:
    """The sites of a fleet for a screen: a sentence, a table whose last column is empty for a bar,
    and what is drawn there, a row each; several class lists below each other."""

    sentence: str
    table: Table
    rows: tuple[ScoreRow, ...]


def read_fleet_overview(fleet: Path) -> FleetOverview:
    """Read a fleet and build its table of sites. Raises as `read_fleet`."""
    figures = read_fleet(fleet, compute_fleet_figures)
    heads = (
        Cell(tr("Site"), head=True),
        Cell(tr("Gap (95% CI)"), figure=True),
        Cell(tr("Clips"), figure=True),
        Cell(tr("Labels"), figure=True),
        Cell(tr("Field score")),
    )
    rows = tuple(
        (
            Cell(f"{BEHIND_SIGN} {site.site}" if site.is_behind else site.site, head=True),
            Cell(format_gap(site.score.gap), figure=True),
            Cell(str(site.score.n_clips), figure=True),
            Cell(format_number(site.score.n), figure=True),
            Cell(""),
        )
        for class_list in figures.class_lists
        for site in class_list.sites
    )
    bars = tuple(row for class_list in figures.class_lists for row in _list_score_rows(class_list))
    sentence = " ".join((describe_fleet(figures), *_list_twice_sentences(figures)))
    return FleetOverview(sentence, Table(tr("Sites"), heads, rows), bars)


def describe_added(project: AddedProject) -> str:
    """What adding a project to a fleet changed, and what it mended."""
    lines = [_describe_rows(project)]
    if project.n_mended:
        mended = tr_plural(
            "{n} damaged file was written again.",
            "{n} damaged files were written again.",
            project.n_mended,
        )
        lines.append(mended.format(n=project.n_mended))
    return " ".join(lines)


def _describe_rows(project: AddedProject) -> str:
    if not project.changed:
        return tr("{project} ({site}): nothing new.", project=project.project, site=project.site)
    return tr(
        "{project} ({site}): {added} rows added, {removed} removed, {n} in all.",
        project=project.project,
        site=project.site,
        added=project.n_added,
        removed=project.n_removed,
        n=project.n_rows,
    )


def build_fleet_document(figures: FleetFigures, name: str, now: str) -> dict[str, Any]:
    """Every figure of a fleet report, as JSON values."""
    return {
        "schema": SCHEMA,
        "created": now,
        "lang": get_language(),
        "fleet": name,
        "sentence": describe_fleet(figures),
        **to_json_value(figures),
    }


def build_fleet_page(figures: FleetFigures, name: str, now: str) -> ReportPage:
    """Texts and tables of a fleet report in reading order."""
    first, *rest = _list_sections(figures)
    title = tr("Fleet report: {fleet}", fleet=name)
    return ReportPage(
        language=get_language(),
        title=title,
        contents=tr("In this report"),
        opening=_build_first_page(figures, title, now),
        evidence=first,
        sections=tuple(rest),
        foot=f"Fieldcheck · {name}",
        number=tr("Page {page} of {pages}"),
    )


def _build_first_page(figures: FleetFigures, title: str, now: str) -> FirstPage:
    blocks: list[Block] = [Paragraph(sentence) for sentence in _list_twice_sentences(figures)]
    blocks += [
        Paragraph(
            tr(
                "These sites are spelled in several ways and are counted apart: {names}. Add the "
                "project again with --site to put them together.",
                names=" = ".join(spelling),
            )
        )
        for spelling in figures.spellings
    ]
    if len(figures.class_lists) > 1:
        blocks.append(
            Paragraph(
                tr(
                    "The projects have {n} different class lists. Each has values of its own "
                    "below; they are never added up.",
                    n=len(figures.class_lists),
                )
            )
        )
    return FirstPage(
        eyebrow=" · ".join((title, named.format_timestamp(now))),
        about=(),
        sign=Markup(""),
        verdict=tr_plural("{n} site", "{n} sites", figures.n_sites, n=figures.n_sites),
        headline=(describe_fleet(figures),),
        under=_list_range_sentences(figures),
        chart=None,
        key="",
        short_key="",
        cards=None,
        counts=(),
        blocks=(KeyFigures(tuple(_build_tiles(figures))), *blocks),
    )


def _list_twice_sentences(figures: FleetFigures) -> list[str]:
    """Projects whose frames count twice, in one sentence; none where there are none."""
    if not figures.counted_twice:
        return []
    return [
        tr(
            "Frames of these projects count twice, because an earlier version added them: "
            "{names}. Add them again.",
            names=", ".join(figures.counted_twice),
        )
    ]


def _list_range_sentences(figures: FleetFigures) -> tuple[str, ...]:
    total = figures.class_lists[0].total if figures.class_lists else None
    scope = (
        tr("Intervals: 95% CI for other sites like these; every site counts once.")
        if total is not None and total.scope == "sites"
        else tr(
            "Intervals: 95% CI for other clips of these sites; for other sites, add three or more."
        )
    )
    return (scope, tr("Gap: benchmark minus field, in percentage points (pp)."))


def _build_tiles(figures: FleetFigures) -> list[KeyFigure]:
    tiles = [_build_gap_tile(class_list) for class_list in figures.class_lists[:3]]
    alarms = sum(camera.drift.state == "alarm" for camera in figures.cameras)
    tiles.append(
        KeyFigure(
            tr("Cameras with a drift alarm"),
            str(alarms),
            "",
            (tr("of {n}", n=len(figures.cameras)),),
            "",
            "",
        )
    )
    return tiles


def _build_gap_tile(class_list: ClassListFigures) -> KeyFigure:
    """The gap of a class list, its unit below it: no long word in large letters breaks there."""
    gap, counts = class_list.total.gap, _describe_counts(class_list)
    name = tr("Gap over all sites")
    if not gap.measured:
        return KeyFigure(name, tr("not measured"), "", (counts,), "", "")
    value, unit = format_points(gap.value), tr("percentage points")
    return KeyFigure(name, value, format_gap_range(gap), (unit, counts), "", "")


def _describe_counts(class_list: ClassListFigures) -> str:
    return tr(
        "{sites} sites, {labelled} of {frames} frames labelled",
        sites=len(class_list.sites),
        labelled=format_number(class_list.total.n),
        frames=format_number(class_list.n_frames),
    )


def format_gap_value(gap: Estimate) -> str:
    """A gap with its unit; words where it was not measured."""
    return format_points_with_unit(gap.value) if gap.measured else tr("not measured")


def format_gap_range(gap: Estimate) -> str:
    """Limits of a gap in points; empty where it was not measured."""
    return format_points_interval(gap) if gap.measured else ""


def format_gap(gap: Estimate) -> str:
    """A gap with its limits."""
    if gap.measured:
        return f"{format_points_with_unit(gap.value)} ({format_gap_range(gap)})"
    if gap.value != gap.value or gap.n < FEW_FRAMES:
        return format_gap_value(gap)
    return tr("{points}, fewer than 3 clips", points=format_points_with_unit(gap.value))


def describe_fleet(figures: FleetFigures) -> str:
    """What the report says first: sites that are demonstrated to be behind, or that none is."""
    behind = [
        site.site
        for class_list in figures.class_lists
        for site in class_list.sites
        if site.is_behind
    ]
    if behind:
        return tr_plural(
            "Behind the other sites by more than {points}, demonstrated: {names}.",
            "Behind the other sites by more than {points}, demonstrated: {names}.",
            len(behind),
            points=format_points_with_unit(HARMLESS),
            names=", ".join(behind),
        )
    if figures.n_sites == 1 and figures.class_lists:
        gap = format_gap(figures.class_lists[0].total.gap)
        return tr("One site. Gap: {gap}.", gap=gap)
    if not any(_is_order_measured(class_list) for class_list in figures.class_lists):
        return tr(
            "The order of the sites is not measured: no two sites of one class list have a gap "
            "with a 95% CI."
        )
    if not any(class_list.order_decided for class_list in figures.class_lists):
        return tr(
            "The order of the sites is not demonstrated: no 95% CI of a difference between "
            "two sites excludes 0."
        )
    return tr(
        "No site is demonstrated to be behind the others by more than {points}.",
        points=format_points_with_unit(HARMLESS),
    )


def _is_order_measured(class_list: ClassListFigures) -> bool:
    """Whether any two sites have limits to be compared by."""
    return sum(site.score.gap.measured for site in class_list.sites) > 1


def _list_sections(figures: FleetFigures) -> list[Section]:
    several = len(figures.class_lists) > 1
    sections = []
    for number, class_list in enumerate(figures.class_lists, 1):
        anchor = f"sites{number}" if several else "sites"
        title = _name_class_list(class_list, number) if several else tr("Sites")
        sections.append(Section(anchor, title, title, tuple(_list_class_list_blocks(class_list))))
    title = tr("Drift state of every camera")
    sections.append(Section("drift", title, title, (_build_drift_table(figures.cameras),)))
    return sections


def _name_class_list(class_list: ClassListFigures, number: int) -> str:
    return tr(
        "Class list {number}: {classes}", number=number, classes=", ".join(class_list.classes)
    )


def _list_class_list_blocks(class_list: ClassListFigures) -> list[Block]:
    blocks: list[Block] = [
        Paragraph(_describe_order(class_list)),
        _build_league_table(class_list.sites),
        build_score_table(
            tr("Field score by site"),
            _list_score_rows(class_list),
            get_metric_name(class_list.metric),
        ),
    ]
    names = {
        "camera": (tr("By camera"), tr("Camera")),
        "model": (tr("By model version"), tr("Model version")),
        "light": (tr("By light"), tr("Light")),
        "month": (tr("By month"), tr("Month")),
    }
    for key, groups in class_list.groups.items():
        if len(groups) > 1:
            blocks.append(_build_group_table(*names[key], key, groups))
    blocks += _list_mode_blocks(class_list)
    blocks += [block for change in class_list.changes for block in _list_change_blocks(change)]
    blocks += _list_next_blocks(class_list)
    return blocks


def _describe_order(class_list: ClassListFigures) -> str:
    if len(class_list.sites) == 1:
        return tr("One site: there is no order.")
    if not _is_order_measured(class_list):
        return tr("Order not measured: fewer than two sites have a gap with a 95% CI.")
    if not class_list.order_decided:
        return tr(
            "Order not demonstrated: no 95% CI of a difference between two sites excludes 0. "
            "The table lists the largest shrunken gap first."
        )
    return tr(
        "Worst site first, by the shrunken gap: the fewer frames a site has, the closer "
        "its gap is pulled to the mean of all sites."
    )


def _build_league_table(sites: Sequence[SiteScore]) -> Table:
    heads = tuple(
        Cell(text, head=index == 0, figure=index > 0)
        for index, text in enumerate(
            (tr("Site"), tr("Gap (95% CI)"), tr("Shrunken gap"), tr("Clips"), tr("Labels"))
        )
    )
    rows = tuple(
        (
            Cell(site.site, head=True, sign=BEHIND_SIGN if site.is_behind else ""),
            Cell(format_gap(site.score.gap), figure=True),
            Cell(format_gap_value(site.shrunk), figure=True),
            Cell(str(site.score.n_clips), figure=True),
            Cell(format_number(site.score.n), figure=True),
        )
        for site in sites
    )
    return Table(tr("Sites, largest shrunken gap first"), heads, rows)


def _list_score_rows(class_list: ClassListFigures) -> list[ScoreRow]:
    benchmark = class_list.total.benchmark
    return [
        ScoreRow(
            site.site,
            site.score.n,
            named.format_counted_value(site.score.field),
            site.score.field,
            benchmark.value if benchmark.measured else None,
            BEHIND_SIGN if site.is_behind else "",
        )
        for site in class_list.sites
    ]


def _build_group_table(caption: str, name: str, key: str, groups: Sequence[GroupScore]) -> Table:
    heads = (
        Cell(name, head=True),
        Cell(tr("Gap (95% CI)"), figure=True),
        Cell(tr("Field score"), figure=True),
        Cell(tr("Sites"), figure=True),
        Cell(tr("Clips"), figure=True),
        Cell(tr("Labels"), figure=True),
        Cell(tr("CI for")),
    )
    rows = tuple(
        (
            Cell(_name_group(key, group.value), head=True),
            Cell(format_gap(group.gap), figure=True),
            Cell(named.format_counted_value(group.field), figure=True),
            Cell(str(group.n_sites), figure=True),
            Cell(str(group.n_clips), figure=True),
            Cell(format_number(group.n), figure=True),
            Cell(tr("other sites") if group.scope == "sites" else tr("these sites")),
        )
        for group in groups
    )
    return Table(caption, heads, rows)


def _name_group(key: str, value: str) -> str:
    if key == "light":
        return get_condition_name(value) if value else tr("not noted")
    if value == "undated":
        return tr("undated")
    return value


def _list_mode_blocks(class_list: ClassListFigures) -> list[Block]:
    blocks: list[Block] = []
    for caption, modes in (
        (tr("Failure modes at several sites"), class_list.shared_modes),
        (tr("Failure modes seen at one site"), class_list.single_modes),
    ):
        if modes:
            blocks.append(_build_mode_table(caption, modes))
    return blocks


def _build_mode_table(caption: str, modes: Sequence[FailureMode]) -> Table:
    heads = (
        Cell(tr("Label → prediction"), head=True),
        Cell(tr("Sites with it")),
        Cell(tr("Frames"), figure=True),
        Cell(tr("Clips"), figure=True),
        Cell(tr("Seen at")),
    )
    rows = tuple(
        (
            Cell(f"{mode.label or '–'} → {mode.prediction or '–'}", head=True),
            Cell(tr("{n} of {of}", n=len(mode.sites), of=mode.n_sites)),
            Cell(format_number(mode.n), figure=True),
            Cell(format_number(mode.n_clips), figure=True),
            Cell(_shorten_names(mode.sites)),
        )
        for mode in modes
    )
    return Table(caption, heads, rows)


def _shorten_names(names: Sequence[str]) -> str:
    more = len(names) - 3
    text = ", ".join(names[:3])
    return text if more <= 0 else tr("{names} and {n} more", names=text, n=more)


def _list_change_blocks(change: ModelChange) -> list[Block]:
    caption = tr("{after} instead of {before}", after=change.after, before=change.before)
    heads = (
        Cell(tr("Site"), head=True),
        Cell(tr("Change (95% CI)"), figure=True),
        Cell(tr("Labels"), figure=True),
        Cell(tr("Demonstrated")),
    )
    judged = [*change.sites, (tr("All sites"), change.fleet)]
    rows = tuple(
        (
            Cell(site, head=True),
            Cell(format_gap(verdict.change), figure=True),
            Cell(format_number(verdict.change.n), figure=True),
            Cell(_name_direction(verdict)),
        )
        for site, verdict in judged
    )
    return [Table(caption, heads, rows)]


def _name_direction(verdict: ChangeVerdict) -> str:
    return {"better": tr("better"), "worse": tr("worse"), "": "–"}[verdict.direction]


def _list_next_blocks(class_list: ClassListFigures) -> list[Block]:
    collections = class_list.next
    if not collections:
        return [Heading(tr("Collect next")), Paragraph(_describe_nothing_next(class_list.sites))]
    heads = (Cell(tr("Site"), head=True), Cell(tr("Action")))
    rows = tuple(
        (Cell(item.site, head=True), Cell(describe_collection(item)))
        for item in collections[:MOST_COLLECTED]
    )
    blocks: list[Block] = [Table(tr("Collect next"), heads, rows)]
    if len(collections) > MOST_COLLECTED:
        sentence = tr("{n} more in fleet.json.", n=len(collections) - MOST_COLLECTED)
        blocks.append(Paragraph(sentence, quiet=True))
    return blocks


def _describe_nothing_next(sites: Sequence[SiteScore]) -> str:
    """That nothing is to be collected; sites whose gap lies on its limit are decided by no number
    of clips."""
    undecided = [site.site for site in sites if site.verdict not in ("pass", "fail")]
    if undecided:
        return tr("Nothing more to collect; undecided: {sites}.", sites=", ".join(undecided))
    return tr("Nothing more to collect: every site has a verdict.")


def describe_collection(item: Collection) -> str:
    """What to do at a site, in a sentence."""
    if item.kind == "check_camera":
        return tr("Check camera {camera}: its drift monitor has an alarm.", camera=item.what or "–")
    if item.kind == "label_camera":
        return tr(
            "Label frames of camera {camera}: unlabelled frames: {n}.",
            camera=item.what,
            n=format_number(item.n),
        )
    if item.kind == "label_light":
        return tr(
            "Label frames in this condition: {light}; unlabelled frames: {n}.",
            light=get_condition_name(item.what),
            n=format_number(item.n),
        )
    if item.kind == "run_benchmark":
        return tr("Run the benchmark with the newest model: the gap requires it.")
    return tr_plural(
        "Record about {n} more clip for a verdict on the gap.",
        "Record about {n} more clips for a verdict on the gap.",
        item.n,
        n=format_number(item.n),
    )


def _build_drift_table(cameras: Sequence[CameraDrift]) -> Table:
    heads = (
        Cell(tr("Camera"), head=True),
        Cell(tr("Site")),
        Cell(tr("State")),
        Cell(tr("Since shift")),
        Cell(tr("Shifts"), figure=True),
    )
    rows = tuple(
        (
            Cell(item.drift.camera or "–", head=True),
            Cell(item.site),
            Cell(describe_drift(item)),
            Cell(named.format_timestamp(item.drift.since) if item.drift.since else "–"),
            Cell(str(item.drift.n_shifts), figure=True),
        )
        for item in cameras
    )
    return Table(tr("Cameras"), heads, rows)


def describe_drift(item: CameraDrift) -> str:
    """Drift state of a camera in words, with the fault where one was found."""
    if item.drift.state == "not_measured":
        return tr("no log imported")
    state = get_shift_state_name(item.drift.state)
    if item.drift.cause not in get_args(HealthCheck):
        return state
    return f"{state}: {get_check_name(item.drift.cause)}"


def list_summary_lines(report: WrittenFleetReport) -> tuple[str, ...]:
    """What the terminal prints of a written report."""
    lines = [report.sentence, *_list_twice_sentences(report.figures)]
    for class_list in report.figures.class_lists:
        lines.append(
            tr(
                "Gap over all sites: {gap}. {counts}.",
                gap=format_gap(class_list.total.gap),
                counts=_describe_counts(class_list),
            )
        )
        lines += [f"  {site.site}: {format_gap(site.score.gap)}" for site in class_list.sites[:10]]
    lines += [
        tr("Probably one site: {names}.", names=" = ".join(names))
        for names in report.figures.spellings
    ]
    return (*lines, str(report.folder / PAGE))
