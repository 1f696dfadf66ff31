"""Releases on the page: accuracy over time, the frames that flipped, and classes that rise and fall behind a steady mean."""

from __future__ import annotations

from fieldcheck.report import number_format
from fieldcheck.report.blocks import Block, Cell, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.scoring.releases import ClassHistory, Releases, ReleaseStep
from fieldcheck.words.figures import percent_range, points, points_interval, points_range
from fieldcheck.words.language import plural, text

MOST_CLASSES = 20
FACTS = Releases


def section(report: Report) -> Section:
    """The releases, each step between two, and every class over all of them."""
    title = text("Releases over time")
    found = (report.facts or {}).get("releases")
    if not isinstance(found, Releases):
        said = text("Not measured. Requires two models run on the same labelled frames.")
        return Section("releases", title, title, (Paragraph(said, quiet=True),))
    same = plural("All values on the same {n} labelled frame.", "All values on the same {n} labelled frames.", found.n).format(n=found.n)
    blocks: list[Block] = [Paragraph(same, quiet=True), _scores(found), *(Paragraph(step_said(step)) for step in found.steps)]
    blocks += [Paragraph(restless_said(one, len(found.releases))) for one in found.classes if one.restless]
    if found.classes:
        blocks.append(_classes(found))
    return Section("releases", title, title, tuple(blocks))


def step_said(step: ReleaseStep) -> str:
    """Flips from one release to the next, and whether the change is more than chance."""
    change = step.change
    figures = {"gained": step.gained, "lost": step.lost, "change": points(change.value), "range": points_interval(change)}
    first = plural(
        "{a} → {b}: {gained} frame newly correct, {lost} newly wrong, {change} pp ({range}).",
        "{a} → {b}: {gained} frames newly correct, {lost} newly wrong, {change} pp ({range}).",
        step.gained,
    )
    verdict = text("Demonstrated.") if change.lo > 0 or change.hi < 0 else text("No change demonstrated.")
    return f"{first.format(a=step.before, b=step.after, **figures)} {verdict}"


def restless_said(one: ClassHistory, n_releases: int) -> str:
    """A class whose recall moves behind the mean, no stronger than its range."""
    said = text("Unstable: {name} ranged over {range} in {releases} releases; {flipped} of {n} frames changed.")
    first = said.format(
        name=one.class_name,
        range=percent_range(min(one.recall), max(one.recall)),
        releases=n_releases,
        flipped=one.flipped,
        n=one.n,
    )
    if not one.worst.measured:
        return f"{first} {text('No drop observed in any release.')}"
    if one.worst.hi < 0:
        fell = text("One drop of {points} pp ({range}), demonstrated.")
    else:
        fell = text("One drop of {points} pp ({range}), not demonstrated.")
    worst = one.worst
    return f"{first} {fell.format(points=points(-worst.value), range=points_range(-worst.hi, -worst.lo))}"


def _scores(found: Releases) -> Table:
    heads = (Cell(text("Release"), head=True), Cell(text("added")), Cell(text("accuracy"), figure=True))
    rows = tuple(
        (Cell(one.model, head=True), Cell(number_format.moment(one.added)), Cell(number_format.whole(one.accuracy), figure=True))
        for one in found.releases
    )
    return Table(text("Accuracy of each release"), heads, rows)


def _classes(found: Releases) -> Table:
    names = tuple(Cell(one.model, figure=True) for one in found.releases)
    heads = (
        Cell(text("Class"), head=True),
        Cell("n", figure=True),
        *names,
        Cell(text("changed"), figure=True),
    )
    by_span = sorted(found.classes, key=lambda one: min(one.recall) - max(one.recall))
    rows = tuple(
        (
            Cell(one.class_name, head=True),
            Cell(str(one.n), figure=True),
            *(Cell(number_format.figure(recall), figure=True) for recall in one.estimates),
            Cell(str(one.flipped), figure=True),
        )
        for one in by_span[:MOST_CLASSES]
    )
    return Table(text("Recall by class across releases, most variable first"), heads, rows)
