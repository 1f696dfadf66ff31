"""The report on paper: five sheets of what a decision rests on, the first of them alone, or every
section, as was chosen. HTML has all of it in any case."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from fieldcheck.analyses import (
    acceptance,
    failures,
    names_and_numbers,
    score_charts,
    shared_classes,
)
from fieldcheck.analyses.blocks import (
    Block,
    Cell,
    Gallery,
    Heading,
    LinkLine,
    OptionalBlock,
    Pairs,
    Paragraph,
    ReportPage,
    Section,
    Table,
)
from fieldcheck.analyses.confident_errors import build_image_blocks, build_mark_legend
from fieldcheck.analyses.report_data import Report
from fieldcheck.domain.acceptance import AcceptanceTerms
from fieldcheck.domain.estimate import FEW_FRAMES
from fieldcheck.i18n.language import tr, tr_plural
from fieldcheck.report import background, checklist
from fieldcheck.report.findings import list_test_facts
from fieldcheck.report.html_page import build_evidence_page, build_page
from fieldcheck.report.section import SECTIONS, get_report_form, list_unmeasured_names

MOST_SLICES, MOST_CLASSES, MOST_ERRORS = 12, 20, 12
DIGEST = re.compile(r"[0-9a-f]{64}")
CHECKLIST, METHOD = "ready", "made"  # keys of sections
WHERE, CLASSES = "where", "appendix"
ACCEPTANCE = "acceptance"  # anchor, and a sheet with the classes where something was entered


def build_paper(report: Report) -> ReportPage:
    """The pages that are printed, in the language that is set."""
    page = build_page(report)
    form = get_report_form(report)
    if form.one_page:
        return replace(page, evidence=replace(page.evidence, blocks=()), sections=())
    if form.everything:
        sections = tuple(_drop_digests(section) for section in page.sections)
        return replace(page, sections=sections)
    built = [
        (WHERE, _build_where_sheet(report)),
        (METHOD, _build_method_sheet(report)),
        (CLASSES, _build_class_sheet(report)),
    ]
    agreed = acceptance.ANALYSIS.get_result(report)
    entered = agreed is not None and agreed.terms != AcceptanceTerms()
    accepted = tuple(
        section for section in page.sections if entered and section.anchor == ACCEPTANCE
    )
    if accepted:
        accepted = (_join_classes(accepted[0], dict(built), form.left_out),)
        built = [one for one in built if one[0] != CLASSES]
    notes = tuple(section for section in page.sections if section.anchor == "notes")
    return replace(
        page,
        evidence=build_evidence_page(report, with_checklist=False),
        sheets=(
            *accepted,
            *(section for key, section in built if key not in form.left_out and section.blocks),
        ),
        sections=notes if form.notes.strip() else (),
    )


def _join_classes(
    accepted: Section, built: Mapping[str, Section], left_out: Collection[str]
) -> Section:
    """The acceptance with the classes below it, so that five sheets stay five; the tables of
    classes give way where there is no room, the last first."""
    classes = built[CLASSES]
    if CLASSES in left_out or not classes.blocks:
        return accepted
    where = LinkLine(tr("All classes: in report.html."), ACCEPTANCE)
    most = len(classes.blocks)
    below = tuple(
        OptionalBlock(block, where, rank=most - index)
        for index, block in enumerate(classes.blocks, 1)
    )
    return replace(accepted, blocks=(*accepted.blocks, Heading(classes.title), *below))


def _drop_digests(section: Section) -> Section:
    """The section without rows that are a SHA-256: those stand in SHA256SUMS and on the pack."""
    return replace(section, blocks=tuple(_drop_digest_rows(block) for block in section.blocks))


def _drop_digest_rows(block: Block) -> Block:
    if not isinstance(block, Pairs):
        return block
    return Pairs(tuple(row for row in block.rows if DIGEST.fullmatch(row[1]) is None))


def _build_where_sheet(report: Report) -> Section:
    """Slices, the worst first, and the most confident errors."""
    title = tr("Where it fails")
    rows = sorted(
        (row for row in failures.get_failures(report).slices or () if row.n >= FEW_FRAMES),
        key=lambda row: row.estimate.value,
    )
    shown = [
        (
            failures.SIGNS[row.flag],
            f"{names_and_numbers.get_slice_value_name(row.key, row.value, report.clip_names)} "
            f"({names_and_numbers.get_slice_kind_name(row.key)})",
            row.estimate,
        )
        for row in rows[:MOST_SLICES]
    ]
    blocks: list[Block] = []
    if shown:
        caption = names_and_numbers.get_metric_name(report.own_metric)
        scores = failures.build_score_rows(shown, report.field.footage)
        blocks += [
            score_charts.build_score_table(caption, scores),
            Paragraph(_describe_slices(len(rows)), quiet=True),
        ]
    if errors := build_image_blocks(report, MOST_ERRORS):
        instead = LinkLine(tr("Most confident errors: in report.html."), "worst")
        gallery: list[Block] = [
            Heading(tr("Most confident errors, one per burst")),
            *build_mark_legend(report),
            OptionalBlock(Gallery(errors[:8]), instead, rank=0),
        ]
        blocks += gallery
    return Section(WHERE, title, title, tuple(blocks))


def _describe_slices(n: int) -> str:
    sentence = tr("95% CI for this footage. Dashed: all frames. Association, not cause.")
    if n <= MOST_SLICES:
        return sentence
    more = tr_plural(
        "{n} slice more in report.html.", "{n} slices more in report.html.", n - MOST_SLICES
    )
    return f"{sentence} {more.format(n=n - MOST_SLICES)}"


def _build_method_sheet(report: Report) -> Section:
    """How it was measured, the checklist, and what was not measured."""
    title = tr("Method and checklist")
    scope = tr("Test scope: in report.html under “Provenance”.")
    blocks: list[Block] = [
        OptionalBlock(Pairs(list_test_facts(visit)), LinkLine(scope, METHOD), rank=0)
        for visit in report.visits
    ]
    blocks.append(Pairs(background.list_sampling_rows(report)))
    if CHECKLIST not in get_report_form(report).left_out:
        blocks += _list_checklist_tables(report)
    if names := list_unmeasured_names(report, SECTIONS):
        blocks.append(Paragraph(tr("Not measured: {names}.").format(names=", ".join(names))))
    blocks.append(
        Paragraph(
            tr(
                "report.html has every section, summary.json every value; SHA256SUMS.txt lists the "
                "SHA-256 of every file."
            ),
            quiet=True,
        )
    )
    return Section("checklist", title, title, tuple(blocks))


def _list_checklist_tables(report: Report) -> Iterator[Table]:
    """One table of all phases, without how to measure what is open: that stands in HTML."""
    heads = (Cell(tr("Requirement"), head=True), Cell(tr("Status")), Cell(tr("Value"), figure=True))
    rows: list[tuple[Cell, ...]] = []
    for phase in checklist.PHASES:
        phase_rows = checklist.get_phase_rows(report, phase)
        if phase_rows:
            rows.append(
                (Cell(f"{checklist.get_phase_name(phase)}:", head=True), Cell(""), Cell(""))
            )
        rows += [
            (
                Cell(checklist.RULES[row.rule].demand(), head=True),
                Cell(" ".join(names_and_numbers.get_check_state_label(row.state))),
                Cell(checklist.format_check_figure(row), figure=True),
            )
            for row in phase_rows
        ]
    if rows:
        yield Table(tr("Checklist"), heads, tuple(rows))


def _build_class_sheet(report: Report) -> Section:
    """Every class, the weakest first where they are many, on both sides of the gap."""
    title = tr("All classes")
    blocks: list[Block] = [*background.list_class_tables(report, MOST_CLASSES)]
    blocks += [_keep_rows(block) for block in shared_classes.build_class_side_blocks(report)]
    return Section(CLASSES, title, title, tuple(blocks))


def _keep_rows(block: Block) -> Block:
    return replace(block, rows=block.rows[:MOST_CLASSES]) if isinstance(block, Table) else block
