"""Coverage of conditions on the page: which classes the field shows under what, where the benchmark has no picture, possible shortcuts."""

from __future__ import annotations

from fieldcheck.report.blocks import Block, Cell, Heading, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.scoring.coverage import Coverage, CoverageAxis, Shortcut
from fieldcheck.words.facets import get_facet_name, get_facet_value_name
from fieldcheck.words.language import tr, tr_plural

MOST_ROWS = 40
FACTS = Coverage


def build_coverage_section(report: Report) -> Section:
    """The cells without a benchmark picture first, then what each side does not say."""
    title = tr("Coverage of conditions")
    found = (report.facts or {}).get("coverage")
    if not isinstance(found, Coverage):
        said = tr("Not measured. Requires a benchmark and labelled frames.")
        return Section("coverage", title, title, (Paragraph(said, quiet=True),))
    blocks: list[Block] = [Paragraph(_summarize_missing_cells(found))]
    if found.holes:
        blocks.append(_build_missing_cell_table(found))
    missed = [
        describe_missing_cell(axis, cell.class_name, cell.value, cell.expected)
        for axis in found.axes
        for cell in axis.cells
        if cell.is_missed
    ]
    blocks += [Paragraph(line) for line in missed]
    leaning = [describe_shortcut(axis, one) for axis in found.axes for one in axis.shortcuts]
    if leaning:
        blocks += [Heading(tr("Possible shortcuts")), *(Paragraph(line) for line in leaning)]
    blocks += [Paragraph(line, quiet=True) for line in _list_unknown_conditions(found)]
    return Section("coverage", title, title, tuple(blocks))


def get_axis_name(key: str) -> str:
    """Name of an axis: what pictures are told apart by."""
    own = {"daytime": tr("Time of day"), "season": tr("Season")}
    return own.get(key) or get_facet_name(key)


def get_value_name(key: str, value: str) -> str:
    """A value in words; a name that somebody gave stands for itself."""
    own = {
        "night": tr("22:00–3:59"),
        "morning": tr("4:00–9:59"),
        "afternoon": tr("10:00–15:59"),
        "evening": tr("16:00–21:59"),
        "dec_feb": tr("December to February"),
        "mar_may": tr("March to May"),
        "jun_aug": tr("June to August"),
        "sep_nov": tr("September to November"),
    }
    return own.get(value, value) if key in ("daytime", "season") else get_facet_value_name(key, value)


def describe_missing_cell(axis: CoverageAxis, class_name: str, value: str, expected: float) -> str:
    """A cell that the benchmark itself lacks, though class and condition are both common in it."""
    said = tr("{cell}: 0 benchmark images, about {n} expected.")
    return said.format(cell=f"{class_name} × {get_value_name(axis.key, value)}", n=round(expected))


def describe_shortcut(axis: CoverageAxis, one: Shortcut) -> str:
    """A class under one condition only, as a possibility: the model may have learned the condition in its place."""
    words = {"name": one.class_name, "value": get_value_name(axis.key, one.value), "axis": get_axis_name(axis.key), "n": one.n}
    if one.on == "benchmark":
        first = tr_plural("{name} only occurs under “{value}” in the benchmark ({axis}, {n} image).",
                       "{name} only occurs under “{value}” in the benchmark ({axis}, {n} images).", one.n)  # fmt: skip
    else:
        first = tr_plural("{name} only occurs under “{value}” in the field ({axis}, {n} clip).",
                       "{name} only occurs under “{value}” in the field ({axis}, {n} clips).", one.n)  # fmt: skip
    return f"{first.format(**words)} {tr('The model may rely on it as a shortcut.')}"


def _summarize_missing_cells(found: Coverage) -> str:
    if not found.holes:
        return tr("Every labelled combination of class and condition also occurs in the benchmark, as far as its conditions are known.")
    return tr_plural(
        "{n} combination of class and condition occurs in the field but not in the benchmark.",
        "{n} combinations of class and condition occur in the field but not in the benchmark.",
        found.holes,
    ).format(n=found.holes)


def _build_missing_cell_table(found: Coverage) -> Table:
    cells = [(axis, cell) for axis in found.axes for cell in axis.cells if cell.is_hole]
    cells.sort(key=lambda one: -one[1].field)
    heads = (
        Cell(tr("Class × condition"), head=True),
        Cell(tr("grouped by")),
        Cell(tr("field frames"), figure=True),
        Cell(tr("benchmark images"), figure=True),
    )
    rows = tuple(
        (
            Cell(f"{cell.class_name} × {get_value_name(axis.key, cell.value)}", head=True),
            Cell(get_axis_name(axis.key)),
            Cell(str(cell.field), figure=True),
            Cell("0", figure=True),
        )
        for axis, cell in cells[:MOST_ROWS]
    )
    more = len(cells) - len(rows)
    caption = tr("Missing from the benchmark") if not more else tr("Missing from the benchmark: {n} most frequent of {all}")
    return Table(caption.format(n=len(rows), all=len(cells)), heads, rows)


def _list_unknown_conditions(found: Coverage) -> list[str]:
    """What a side does not say, so that an empty cell is not taken for a covered one."""
    lines = []
    for axis in found.axes:
        if not axis.n_benchmark:
            said = tr("{axis}: not recorded for the benchmark images, coverage unknown.")
            lines.append(said.format(axis=get_axis_name(axis.key)))
        elif axis.n_benchmark < found.n_benchmark or axis.n_field < found.n_field:
            said = tr("{axis}: known for {benchmark} of {pictures} benchmark images and {field} of {frames} labelled frames.")
            n = {"benchmark": axis.n_benchmark, "pictures": found.n_benchmark, "field": axis.n_field, "frames": found.n_field}
            lines.append(said.format(axis=get_axis_name(axis.key), **n))
    return lines
