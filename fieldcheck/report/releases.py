"""Releases on the page: accuracy over time, the frames that flipped, and classes that rise and fall behind a steady mean."""

from __future__ import annotations

from fieldcheck.report import number_format
from fieldcheck.report.blocks import Block, Cell, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.scoring.releases import ClassHistory, Releases, ReleaseStep
from fieldcheck.words.figures import format_percent_range, format_points, format_points_interval, format_points_range
from fieldcheck.words.language import tr, tr_plural

MOST_CLASSES = 20
FACTS = Releases


def build_release_section(report: Report) -> Section:
    """The releases, each step between two, and every class over all of them."""
    title = tr("Releases over time")
    found = (report.facts or {}).get("releases")
    if not isinstance(found, Releases):
        said = tr("Not measured. Requires two models run on the same labelled frames.")
        return Section("releases", title, title, (Paragraph(said, quiet=True),))
    same = tr_plural("All values on the same {n} labelled frame.", "All values on the same {n} labelled frames.", found.n).format(n=found.n)
    blocks: list[Block] = [
        Paragraph(same, quiet=True),
        _build_score_table(found),
        *(Paragraph(describe_release_step(step)) for step in found.steps),
    ]
    blocks += [Paragraph(describe_restless_class(one, len(found.releases))) for one in found.classes if one.is_restless]
    if found.classes:
        blocks.append(_build_class_table(found))
    return Section("releases", title, title, tuple(blocks))


def describe_release_step(step: ReleaseStep) -> str:
    """Flips from one release to the next, and whether the change is more than chance."""
    change = step.change
    figures = {"gained": step.gained, "lost": step.lost, "change": format_points(change.value), "range": format_points_interval(change)}
    first = tr_plural(
        "{a} → {b}: {gained} frame newly correct, {lost} newly wrong, {change} pp ({range}).",
        "{a} → {b}: {gained} frames newly correct, {lost} newly wrong, {change} pp ({range}).",
        step.gained,
    )
    verdict = tr("Demonstrated.") if change.lo > 0 or change.hi < 0 else tr("No change demonstrated.")
    return f"{first.format(a=step.before, b=step.after, **figures)} {verdict}"


def describe_restless_class(one: ClassHistory, n_releases: int) -> str:
    """A class whose recall moves behind the mean, no stronger than its range."""
    said = tr("Unstable: {name} ranged over {range} in {releases} releases; {flipped} of {n} frames changed.")
    first = said.format(
        name=one.class_name,
        range=format_percent_range(min(one.recall), max(one.recall)),
        releases=n_releases,
        flipped=one.flipped,
        n=one.n,
    )
    if not one.worst.measured:
        return f"{first} {tr('No drop observed in any release.')}"
    if one.worst.hi < 0:
        fell = tr("One drop of {points} pp ({range}), demonstrated.")
    else:
        fell = tr("One drop of {points} pp ({range}), not demonstrated.")
    worst = one.worst
    return f"{first} {fell.format(points=format_points(-worst.value), range=format_points_range(-worst.hi, -worst.lo))}"


def _build_score_table(found: Releases) -> Table:
    heads = (Cell(tr("Release"), head=True), Cell(tr("added")), Cell(tr("accuracy"), figure=True))
    rows = tuple(
        (
            Cell(one.model, head=True),
            Cell(number_format.format_timestamp(one.added)),
            Cell(number_format.format_estimate(one.accuracy), figure=True),
        )
        for one in found.releases
    )
    return Table(tr("Accuracy of each release"), heads, rows)


def _build_class_table(found: Releases) -> Table:
    names = tuple(Cell(one.model, figure=True) for one in found.releases)
    heads = (
        Cell(tr("Class"), head=True),
        Cell("n", figure=True),
        *names,
        Cell(tr("changed"), figure=True),
    )
    by_span = sorted(found.classes, key=lambda one: min(one.recall) - max(one.recall))
    rows = tuple(
        (
            Cell(one.class_name, head=True),
            Cell(str(one.n), figure=True),
            *(Cell(number_format.format_value_with_range(recall), figure=True) for recall in one.estimates),
            Cell(str(one.flipped), figure=True),
        )
        for one in by_span[:MOST_CLASSES]
    )
    return Table(tr("Recall by class across releases, most variable first"), heads, rows)
