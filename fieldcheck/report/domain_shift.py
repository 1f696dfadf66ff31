"""Domain shift on the page: can a simple classifier tell the field from the benchmark, and by what?"""

from __future__ import annotations

from math import isnan

from fieldcheck.domain.domain_shift import Cause, CauseName, DomainShift
from fieldcheck.report import shift_aspects
from fieldcheck.report.blocks import Block, Cell, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.scoring.adversarial import AMBER
from fieldcheck.words.figures import format_number, format_percent
from fieldcheck.words.language import tr, tr_plural
from fieldcheck.words.remedies import format_report_remedy

BY_CHANCE = 0.5  # the AUC of a classifier that guesses
MOST_TOLD = 3
DIGITS: dict[CauseName, int] = {
    **dict.fromkeys(("brightness", "contrast", "black_level"), 0),
    **dict.fromkeys(("red_green", "yellow_blue", "colourfulness", "noise"), 1),
}
"""Decimals of a median, two where nothing else is said."""

FACTS = DomainShift


def build_domain_section(report: Report) -> Section:
    """The verdict beside its controls, the causes in words with both medians, and what this does not say."""
    title, short = tr("Domain shift: field against benchmark"), tr("Domain shift")
    found = (report.facts or {}).get("domain")
    if not isinstance(found, DomainShift):
        said = tr("Field and benchmark not compared yet, or fewer than 10 readable images on one side{remedy}.")
        return Section("domain", short, title, (Paragraph(said.format(remedy=format_report_remedy("report")), quiet=True),))
    blocks: list[Block] = [Paragraph(_describe_verdict(found)), Paragraph(_describe_controls(found), quiet=True)]
    blocks += shift_aspects.build_aspect_blocks(found)
    blocks += [Paragraph(_describe_causes(found)), _build_cause_table(found)]
    blocks.append(Paragraph(tr("A high AUC does not mean worse images: a logo or a time stamp can give an AUC of 1."), quiet=True))
    return Section("domain", short, title, tuple(blocks))


def _describe_verdict(found: DomainShift) -> str:
    said = {
        "alarm": tr("A classifier distinguishes field and benchmark: AUC {auc}, balanced accuracy {accuracy}."),
        "amber": tr("A classifier distinguishes many field frames from benchmark images: AUC {auc}, balanced accuracy {accuracy}."),
        "quiet": tr("A classifier hardly distinguishes field and benchmark: AUC {auc}, balanced accuracy {accuracy}."),
    }[found.separation]
    if found.separation == "quiet" and (not found.auc.measured or found.auc.hi >= AMBER):
        said = tr("Not demonstrated that a classifier distinguishes field and benchmark: AUC {auc}, balanced accuracy {accuracy}.")
    elif found.separation != "quiet" and (not found.auc.measured or found.auc.lo <= BY_CHANCE):
        said = tr(
            "A classifier distinguishes field and benchmark, but with so few clips this may be chance: AUC {auc},"
            " balanced accuracy {accuracy}."
        )
    auc = format_number(found.auc.value, 2)
    if found.auc.measured:
        auc += f" ({format_number(found.auc.lo, 2)}–{format_number(found.auc.hi, 2)})"
    return said.format(auc=auc, accuracy=format_percent(found.balanced_accuracy))


def _describe_controls(found: DomainShift) -> str:
    counts = tr_plural(
        "{frames} from {clips} clip against {images}, using {source}; no clip in two folds.",
        "{frames} from {clips} clips against {images}, using {source}; no clip in two folds.",
        found.n_clips,
    ).format(
        frames=tr_plural("{n} frame", "{n} frames", found.n_frames).format(n=found.n_frames),
        clips=found.n_clips,
        images=tr_plural("{n} image", "{n} images", found.n_pictures).format(n=found.n_pictures),
        source=tr("the model's embeddings") if found.source == "embedding" else tr("image statistics"),
    )
    if isnan(found.control):
        return counts + " " + tr("No control with so few clips: the AUC may only reflect one clip's scene.")
    told = tr("Control: halves of the field's own clips reach AUC {median} (maximum {most}).")
    told = told.format(median=format_number(found.control, 2), most=format_number(found.control_most, 2))
    chance = tr("Permutation test by clip: p = {p}.").format(p=format_percent(found.p))
    return " ".join([counts, told, chance])


def _describe_causes(found: DomainShift) -> str:
    if found.aspects and found.aspects.told == "overlay":
        return tr("No cause reported: the values below are for whole images, including borders and logos.")
    if found.named_causes:
        return " ".join(f"{_describe_cause(one)}." for one in found.named_causes[:MOST_TOLD])
    if found.content:
        return tr("No image statistic differs clearly; the content may differ.")
    return tr("No cause reported: no image statistic differs beyond what so few clips can show.")


def _describe_cause(one: Cause) -> str:
    """“Darker: median luma 41 vs 118”."""
    name = get_cause_name(one.name)
    return tr("{direction}: median {what} {field} vs {benchmark} on the benchmark").format(
        direction=_get_direction_name(one),
        what=name,
        field=format_cause_value(one.name, one.field_median),
        benchmark=format_cause_value(one.name, one.benchmark_median),
    )


def _get_direction_name(one: Cause) -> str:
    """A comparative, as it begins a sentence."""
    more, less = {
        "brightness": (tr("Brighter"), tr("Darker")),
        "contrast": (tr("More contrast"), tr("Less contrast")),
        "black_level": (tr("Raised black level"), tr("Lower black level")),
        "clipped_low": (tr("More black pixels"), tr("Fewer black pixels")),
        "clipped_high": (tr("More overexposed pixels"), tr("Fewer overexposed pixels")),
        "sharpness": (tr("Sharper"), tr("Blurrier")),
        "fine_detail": (tr("More fine detail"), tr("Less fine detail")),
        "streaks": (tr("More streaks in one direction"), tr("Fewer streaks in one direction")),
        "noise": (tr("Noisier"), tr("Less noisy")),
        "compression": (tr("Stronger compression"), tr("Weaker compression")),
        "red_green": (tr("Redder"), tr("Greener")),
        "yellow_blue": (tr("Yellower"), tr("Bluer")),
        "colourfulness": (tr("More colourful"), tr("Paler")),
        "resolution": (tr("Higher resolution"), tr("Lower resolution")),
    }[one.name]
    return more if one.auc.value > 0.5 else less


def get_cause_name(name: CauseName) -> str:
    """Name of an image statistic within a sentence."""
    return {
        "brightness": tr("luma"),
        "contrast": tr("contrast (P99 − P1)"),
        "black_level": tr("black level (P1)"),
        "clipped_low": tr("share of black pixels"),
        "clipped_high": tr("share of overexposed pixels"),
        "sharpness": tr("sharpness at its contrast (ln variance of the Laplacian)"),
        "fine_detail": tr("fine detail (log share of the highest frequencies)"),
        "streaks": tr("direction of edges"),
        "noise": tr("noise in grey levels"),
        "compression": tr("steps at the borders of 8-pixel blocks"),
        "red_green": tr("a* (green to red)"),
        "yellow_blue": tr("b* (blue to yellow)"),
        "colourfulness": tr("chroma"),
        "resolution": tr("megapixels"),
    }[name]


def format_cause_value(name: CauseName, value: float) -> str:
    """Figure of an image statistic with as many decimals as it deserves."""
    return format_percent(value, 1) if name in ("clipped_low", "clipped_high") else format_number(value, DIGITS.get(name, 2))


def _build_cause_table(found: DomainShift) -> Table:
    heads = (tr("Image statistic"), tr("AUC"), tr("Field, median"), tr("Benchmark, median"))
    rows = tuple(
        (
            Cell(get_cause_name(one.name), head=True, sign="▲" if one.named else ""),
            Cell(_format_cause_auc(one), figure=True),
            Cell(format_cause_value(one.name, one.field_median), figure=True),
            Cell(format_cause_value(one.name, one.benchmark_median), figure=True),
        )
        for one in found.causes
    )
    caption = tr("Probability that a field frame exceeds a benchmark image in this statistic (AUC; 95% CI by clip). ▲: reported")
    return Table(caption, (Cell(heads[0], head=True), *(Cell(head, figure=True) for head in heads[1:])), rows)


def _format_cause_auc(one: Cause) -> str:
    value = format_number(one.auc.value, 2)
    return f"{value} ({format_number(one.auc.lo, 2)}–{format_number(one.auc.hi, 2)})" if one.auc.measured else value
