"""Change since another report on the page: each score then and now with the range of the difference, findings that came or went."""

from __future__ import annotations

from fieldcheck.domain.report_change import FindingChange, ReportChange, ScoreChange, Setup
from fieldcheck.report import checklist, number_format
from fieldcheck.report import code_names as named
from fieldcheck.report.blocks import Block, Cell, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.words.figures import percent, percent_range, points, points_range
from fieldcheck.words.language import text

MOST_CLASSES = 20
FACTS = ReportChange


def change_of(report: Report) -> ReportChange | None:
    """The change that the report holds, None where there is no earlier report."""
    found = (report.facts or {}).get("change")
    return found if isinstance(found, ReportChange) else None


def section(report: Report) -> Section:
    """Since when, what was measured otherwise, the scores, the classes, the findings and the checklist."""
    found = change_of(report)
    title = text("Change since an earlier report")
    if found is None:
        return Section("change", title, text("Change"), (Paragraph(text("No earlier report to compare with."), quiet=True),))
    blocks: list[Block] = [Paragraph(_since(found)), *(Paragraph(setup_said(one)) for one in found.differs)]
    said = field_said(found)
    blocks += [Paragraph(f"{said[:1].upper()}{said[1:]}.")] if said else []
    blocks += [_scores(text("Scores, previous and current"), [one for one in found.scores if not one.of_class])] if found.scores else []
    classes = sorted((one for one in found.scores if one.of_class), key=lambda one: one.change.value)[:MOST_CLASSES]
    blocks += [_scores(text("Recall by class, largest drop first"), classes)] if classes else []
    blocks += [Paragraph(_finding(report, one)) for one in found.findings]
    blocks += [_rules(found)] if found.rules else []
    return Section("change", title, text("Change"), tuple(blocks))


def field_change(found: ReportChange) -> ScoreChange | None:
    """The field score's change, None where it was not measured both times or is not comparable."""
    return next((one for one in found.scores if one.name == "field" and not one.of_class), None)


def field_said(found: ReportChange) -> str:
    """One sentence on the field score, no stronger than the range of its change; empty where there is none."""
    field = field_change(found)
    if field is None:
        return ""
    change = field.change
    if not {"model", "card", "draw"} & set(found.differs) and field.before == field.now:
        said = text("field score unchanged since the report of {when}: {now}, same frames")
        return said.format(when=number_format.moment(found.since), now=percent(field.now.value))
    return text("since the report of {when} the field score changed by {points} pp ({range}), from {before} to {now}: {judged}").format(
        when=number_format.moment(found.since),
        points=points(change.value),
        range=points_range(change.lo, change.hi),
        before=percent(field.before.value),
        now=percent(field.now.value),
        judged=text("demonstrated") if change.lo > 0 or change.hi < 0 else text("not demonstrated"),
    )


def setup_said(one: Setup) -> str:
    """Difference in set-up, in words: what was measured in another way."""
    return {
        "metric": text("The two reports use different metrics and are not compared."),
        "model": text("A different model was run."),
        "card": text("The same model was run with a changed model card (different preprocessing)."),
        "benchmark": text("A different benchmark was used."),
        "draw": text(
            "Different frames were labelled (other footage or another sample); the change includes the intervals of both reports."
        ),
        "limit": text("The gap limit was changed between the two reports."),
    }[one]


def _since(found: ReportChange) -> str:
    said = (
        text("Compared with the report of {when} on {project} (model {model}), as specified.")
        if found.named
        else text("Compared with the last report of this project, of {when} (model {model}).")
    )
    first = said.format(when=number_format.moment(found.since), project=found.project, model=found.model or "–")
    if not found.same_frames:
        return first
    paired = text(
        "Both reports use the same frames, so their errors are correlated; an interval for paired frames would usually be narrower."
    )
    return f"{first} {paired}"


def _scores(caption: str, rows: list[ScoreChange]) -> Table:
    heads = (
        Cell(text("Score"), head=True),
        Cell(text("previous"), figure=True),
        Cell(text("now"), figure=True),
        Cell(text("change, pp"), figure=True),
    )
    return Table(caption, heads, tuple(_row(one) for one in rows))


def _row(one: ScoreChange) -> tuple[Cell, ...]:
    name = one.name if one.of_class else {"benchmark": text("Benchmark"), "field": text("Field"), "gap": text("Gap")}[one.name]
    both = [
        text("{points} pp ({range})").format(points=points(side.value), range=points_range(side.lo, side.hi))
        if one.name == "gap" and not one.of_class
        else text("{value} ({range}, n = {n})").format(value=percent(side.value), range=percent_range(side.lo, side.hi), n=side.n)
        for side in (one.before, one.now)
    ]
    change = f"{points(one.change.value)} ({points_range(one.change.lo, one.change.hi)})"
    return (Cell(name, head=True), *(Cell(said, figure=True) for said in both), Cell(change, figure=True))


def _finding(report: Report, one: FindingChange) -> str:
    if one.before and one.now:
        said = text("{name}: demonstrated in both reports.")
    elif one.now:
        said = text("{name}: demonstrated in this report, not in the previous one.")
    else:
        said = text("{name}: demonstrated in the previous report, not in this one; this does not show that the blind spot is fixed.")
    return said.format(name=named.slice_value(one.key, one.value, report.clip_names))


def _rules(found: ReportChange) -> Table:
    heads = (Cell(text("Checklist"), head=True), Cell(text("previous")), Cell(text("now")))
    rows = tuple(
        (Cell(checklist.demand(one.rule), head=True), *(Cell(_state(state)) for state in (one.before, one.now))) for one in found.rules
    )
    return Table(text("Checklist items whose status changed"), heads, rows)


def _state(state: str) -> str:
    return {
        "pass": text("met"),
        "fail": text("not met"),
        "too_few": text("too few"),
    }.get(state, text("not measured"))
