"""Acceptance of an inspection (after VDI/VDE 2632-3 and AIAG MSA): rates beside their limits, false
rejects a shift, planned sample, agreement, configuration, terms and signatures; one section of the
report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from fieldcheck.analyses import escape_rate, limits
from fieldcheck.analyses.analysis import Analysis
from fieldcheck.analyses.blocks import Block, Cell, Heading, Pairs, Paragraph, Section, Table
from fieldcheck.analyses.label_noise import format_agreement
from fieldcheck.analyses.report_data import Report
from fieldcheck.domain.estimate import Estimate
from fieldcheck.domain.label import Label, Repeat
from fieldcheck.domain.report import (
    CONFIGURATION,
    SIGNERS,
    TERMS,
    AcceptanceTerms,
    CostInterval,
    EscapeRates,
    JudgedLimit,
)
from fieldcheck.evidence.messages import format_minute
from fieldcheck.footage.frame_listing import load_parts
from fieldcheck.i18n.language import tr, tr_msgid, tr_plural
from fieldcheck.i18n.numbers import (
    format_approximate,
    format_approximate_range,
    format_approximate_upper,
    format_number,
    format_percent,
)
from fieldcheck.labels.store import RepeatAgreement, list_repeat_agreements
from fieldcheck.models.store import (
    get_label_kind,
    get_ok_classes,
    get_project_task,
    list_project_classes,
)
from fieldcheck.project.criteria import make_planned_sample
from fieldcheck.project.limits import get_acceptance_terms, get_plant_figures, get_reference_parts
from fieldcheck.project.project import Project
from fieldcheck.project.tables import labels as labels_table
from fieldcheck.project.tables import project_state as seals_table
from fieldcheck.stats.agreement import measure_agreement
from fieldcheck.stats.cluster import compute_planned_limit, plan_clips_for_limit

SHOWN_LIMITS = (0.10, 0.05, 0.025)


@dataclass(frozen=True, slots=True)
class SamplePlan:
    """The sample that was planned: `parts` with a defect in `shifts`. `limit`: the lowest escape
    rate that it can show where none escapes, each shift a clip of equal weight. `before_labels`:
    sealed at `sealed_at` before the first label; None: nothing is sealed yet."""

    parts: int | None
    shifts: int | None
    limit: float | None
    sealed_at: str
    before_labels: bool | None


@dataclass(frozen=True, slots=True)
class ReferenceAgreement:
    """Labels of one person against `n` reference parts."""

    who: str
    n: int
    agreement: Estimate
    kappa: Estimate


@dataclass(frozen=True, slots=True)
class Acceptance:
    """`rejects`: false rejects a shift, `reject_cost` what they cost in `currency`; None where a
    figure is missing. `people`: agreement of two people; `reference`: of each person with the
    reference parts, `n_reference` of which there are."""

    terms: AcceptanceTerms
    plan: SamplePlan
    rejects: CostInterval | None
    reject_cost: CostInterval | None
    currency: str
    people: RepeatAgreement | None
    n_reference: int
    reference: tuple[ReferenceAgreement, ...]


# What an acceptance states, from a project.


def compute_acceptance(project: Project) -> Acceptance | None:
    """None where no class is OK and no term was entered: then there is nothing to accept."""
    rates = escape_rate.load_escape_rates(project)
    if rates is None and get_acceptance_terms(project) == AcceptanceTerms():
        return None
    return load_acceptance(project, rates)


def load_acceptance(project: Project, rates: EscapeRates | None = None) -> Acceptance:
    """What was entered, and what follows from it. `rates`: those of the labels so far."""
    terms, figures = get_acceptance_terms(project), get_plant_figures(project)
    agreements = {
        repeat_agreement.how: repeat_agreement
        for repeat_agreement in list_repeat_agreements(project)
    }
    good = figures.shares[1] if figures.shares[1] is not None else 1.0
    rejected = (rates.false_reject, rates.false_reject_cameras) if rates else None
    n_parts = float(terms.parts_per_shift) if terms.parts_per_shift else None
    price = figures.cost_reject if figures.currency else None
    return Acceptance(
        terms,
        _load_plan(project, terms),
        escape_rate.scale_rate(*rejected, good, n_parts) if rejected else None,
        escape_rate.scale_rate(*rejected, good, n_parts, price) if rejected else None,
        figures.currency,
        agreements.get("other"),
        len(get_reference_parts(project)),
        _measure_reference(project),
    )


def _load_plan(project: Project, terms: AcceptanceTerms) -> SamplePlan:
    """The planned sample and since when it is sealed."""
    limit = compute_planned_limit(terms.planned_shifts) if terms.planned_shifts else None
    wanted = make_planned_sample(terms)
    seals = project.read(seals_table.list_seals)
    bodies = [(seal.at, seal.body) for seal in seals if seal.kind in ("sealed", "changed")]
    before, sealed_at = None, ""
    if bodies and wanted is not None:
        sealed_at = next(
            (timestamp for timestamp, body in bodies if body.get("planned_sample") == wanted), ""
        )
        first_at, first = bodies[0]
        before = first_at == sealed_at and not first["n_labels"]
    return SamplePlan(terms.planned_parts, terms.planned_shifts, limit, sealed_at, before)


def _measure_reference(project: Project) -> tuple[ReferenceAgreement, ...]:
    """Agreement of every person's labels with the reference, by part; nothing where there is none,
    or labels are no classes."""
    reference, named = get_reference_parts(project), load_parts(project)
    if not reference or get_label_kind(get_project_task(project)) != "class":
        return ()
    by_part: dict[str, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    answers: list[Label | Repeat] = [*project.read(labels_table.list_labels)]
    for answer in [*answers, *project.read(labels_table.list_repeats)]:
        part = named.get(answer.frame_id, answer.frame_id)
        part = part if part in reference else part.rpartition("/")[2]
        if part in reference and answer.state == "done" and answer.class_name:
            by_part[answer.by][part].add(answer.class_name)
    n_classes, ok_classes = len(list_project_classes(project)), get_ok_classes(project)[0]
    measured = []
    for annotator, classes in sorted(by_part.items()):
        labels = [find_part_class(labelled, ok_classes) for labelled in classes.values()]
        agreement = measure_agreement(labels, [reference[part] for part in classes], n_classes)
        measured.append(
            ReferenceAgreement(annotator, agreement.n, agreement.agreement, agreement.kappa)
        )
    return tuple(measured)


def find_part_class(labelled: set[str], ok_classes: Collection[str]) -> str:
    """The class of a part from those of its frames: a part shows a defect where any of its frames
    does (methods 1.2b). Several different defects are named together, so that they agree with no
    single one."""
    defects = sorted(labelled - set(ok_classes))
    return " + ".join(defects or sorted(labelled))


# The section.


def build_acceptance_section(report: Report) -> Section | None:
    """What both sides sign: rates and limits first, signatures last; what was not given says so.
    None where there is nothing to accept."""
    result = ANALYSIS.get_result(report)
    if result is None:
        return None
    title = tr("Acceptance of the inspection")
    rates = escape_rate.ANALYSIS.get_result(report)
    basis = tr("Structure after VDI/VDE 2632-3 and AIAG MSA. It records; it does not certify.")
    blocks: list[Block] = [Paragraph(basis, quiet=True)]
    if rates is not None:
        blocks += _build_rate_blocks(report, rates)
    lines = (*_list_reject_lines(result), *list_plan_lines(result.plan), *_list_sample(rates))
    blocks += [Paragraph(line) for line in lines]
    blocks.append(Heading(tr("Agreement")))
    blocks += [Paragraph(line) for line in _list_agreement_lines(result)]
    blocks += [Heading(tr("Configuration and terms")), Pairs(_list_terms(result.terms))]
    blocks += [Heading(tr("Signatures")), _build_signature_table(result.terms)]
    return Section("acceptance", tr("Acceptance"), title, tuple(blocks))


def _build_rate_blocks(report: Report, rates: EscapeRates) -> list[Block]:
    """Both rates, one-sided, beside their limits."""
    heads = (
        Cell(tr("Rate"), head=True), Cell(tr("Observed"), figure=True),
        Cell(tr("at most"), figure=True), Cell(tr("Limit"), figure=True), Cell(tr("Result")),
    )  # fmt: skip
    unit_text = tr("by part") if rates.parts else tr("by frame")
    rows = (
        (tr("Escape rate"), rates.escaped, rates.defects, rates.escape_cameras, "escape_rate"),
        (
            tr("False-reject rate"), rates.rejected, rates.good, rates.false_reject_cameras,
            "false_reject_rate",
        ),
    )  # fmt: skip
    table = Table(
        tr("“At most”: one-sided 97.5% limit for other clips of these cameras"),
        heads,
        tuple(
            (
                Cell(f"{name}, {unit_text}", head=True),
                Cell(tr("{hits} of {n}", hits=hits, n=n), figure=True),
                Cell(_format_most(cameras), figure=True),
                *_build_limit_cells(limits.find_judged_limit(report, code)),
            )
            for name, hits, n, cameras, code in rows
        ),
    )
    if rates.parts:
        return [table]
    missing = tr(
        "Frames carry no part, so these are rates of frames. An acceptance requires rates by part."
    )
    return [table, Paragraph(missing)]


def _format_most(cameras: Estimate) -> str:
    return format_percent(cameras.hi, 1) if cameras.measured else tr("too few clips")


def _build_limit_cells(limit: JudgedLimit | None) -> tuple[Cell, Cell]:
    if limit is None:
        return Cell(tr("not given"), figure=True), Cell("–")
    sentence = f"{limits.format_limit_value(limit)} ({limits.describe_limit_owner(limit)})"
    return Cell(sentence, figure=True), Cell(" ".join(limits.get_limit_mark(limit)))


def _list_reject_lines(result: Acceptance) -> list[str]:
    if result.rejects is None:
        return [
            tr("False rejects per shift: not given. Requires parts per shift and ten good labels.")
        ]
    lines = [
        tr(
            "False rejects per shift: {count} of {parts} parts.",
            count=_format_scaled(result.rejects),
            parts=format_number(result.terms.parts_per_shift or 0),
        )
    ]
    if result.reject_cost is None:
        lines.append(tr("Cost of false rejects per shift: price and currency not given."))
    else:
        cost = tr("Cost of false rejects per shift: {cost} {currency}.")
        lines.append(cost.format(cost=_format_scaled(result.reject_cost), currency=result.currency))
    if result.rejects.basis == "footage":
        lines.append(tr("These values are for this footage only, from fewer than three clips."))
    return lines


def _format_scaled(scaled: CostInterval) -> str:
    if not scaled.value and scaled.hi:
        return tr(
            "at most {value} (upper limit, none observed)",
            value=format_approximate_upper(scaled.hi),
        )
    return tr(
        "about {value} ({range})",
        value=format_approximate(scaled.value),
        range=format_approximate_range(scaled.lo, scaled.hi),
    )


def list_plan_lines(plan: SamplePlan) -> list[str]:
    """The planned sample, what it can show, and whether it was sealed before the first label."""
    needed = [(limit, plan_clips_for_limit(limit)) for limit in SHOWN_LIMITS]
    shown = ", ".join(
        tr("{clips} clips for {limit}", clips=clips, limit=format_percent(limit, 1))
        for limit, clips in needed
        if clips is not None
    )
    rule = tr(
        "Minimum number of clips without an escape, three labelled parts each: {needed}.",
        needed=shown,
    )
    if plan.parts is None and plan.shifts is None:
        return [tr("Planned sample: not given."), rule]
    sentence = tr(
        "Planned sample: parts with a defect {parts}, shifts {shifts}.",
        parts=tr("unspecified") if plan.parts is None else format_number(plan.parts),
        shifts=tr("unspecified") if plan.shifts is None else format_number(plan.shifts),
    )
    lines = [f"{sentence} {_describe_seal(plan)}"]
    if plan.limit is not None and plan.limit < 1:
        best = tr(
            "With none escaped and one clip per shift it can show an escape rate of at most "
            "{limit}."
        )
        lines.append(best.format(limit=format_percent(plan.limit, 1)))
    elif plan.limit is not None:
        lines.append(tr("No limit can be demonstrated with fewer than three shifts."))
    return [*lines, rule]


def _describe_seal(plan: SamplePlan) -> str:
    if plan.before_labels is None:
        return tr("Not sealed yet: the first label seals this plan.")
    if plan.before_labels:
        return tr("Sealed before the first label, {when}.", when=format_minute(plan.sealed_at))
    return tr("Set after labelling began.")


def _list_sample(rates: EscapeRates | None) -> list[str]:
    """What was labelled of the plan."""
    if rates is None or rates.parts is None:
        return []
    sentence = tr_plural(
        "Labelled sample: {n} part with a defect in {clips} clips.",
        "Labelled sample: {n} parts with a defect in {clips} clips.",
        rates.defects,
    )
    return [sentence.format(n=rates.defects, clips=rates.parts.defect_clips)]


def _list_agreement_lines(result: Acceptance) -> list[str]:
    lines = [
        tr("Two annotators: {agreement}.", agreement=format_agreement(result.people))
        if result.people is not None
        else tr("Two annotators: not measured.")
    ]
    if not result.n_reference:
        return [*lines, tr("Reference parts: not given.")]
    if not result.reference:
        return [*lines, tr("Reference parts: none of them is labelled.")]
    for agreement in result.reference:
        sentence = tr("{who} against reference parts: {agree} of {n} in agreement, kappa {kappa}.")
        lines.append(
            sentence.format(
                who=agreement.who or tr("no name given"),
                agree=round(agreement.agreement.value * agreement.n),
                n=agreement.n,
                kappa=format_number(agreement.kappa.value, 2)
                if agreement.kappa.measured
                else tr("not measured"),
            )
        )
    return lines


def _list_terms(terms: AcceptanceTerms) -> tuple[tuple[str, str], ...]:
    return tuple(
        (tr_msgid(field.name), getattr(terms, field.code) or tr("not given"))
        for field in (*CONFIGURATION, *TERMS)
    )


def _build_signature_table(terms: AcceptanceTerms) -> Table:
    """Lines for customer and production beside prepared, reviewed and released."""
    names = (tr("Role"), tr("Name"), tr("Date"), tr("Signature"))
    heads = tuple(Cell(name, head=index == 0) for index, name in enumerate(names))
    signers = [(tr_msgid(field.name), getattr(terms, field.code)) for field in SIGNERS]
    signers += [(role, "") for role in (tr("Prepared"), tr("Reviewed"), tr("Released"))]
    rows = tuple((Cell(role, head=True), Cell(name), Cell(""), Cell("")) for role, name in signers)
    return Table(tr("To be filled in by hand"), heads, rows, kind="approval")


def list_acceptance_lines(result: Acceptance) -> list[str]:
    """The acceptance as the terminal prints it."""
    signers = ((tr_msgid(field.name), getattr(result.terms, field.code)) for field in SIGNERS)
    pairs = (
        *_list_terms(result.terms),
        *((name, signer or tr("not given")) for name, signer in signers),
    )
    return [
        *(f"{name}: {value}" for name, value in pairs),
        *list_plan_lines(result.plan),
        *_list_agreement_lines(result),
    ]


ANALYSIS: Analysis[Acceptance] = Analysis(
    key="acceptance",
    result=Acceptance,
    compute=compute_acceptance,
    report_section=build_acceptance_section,
)
