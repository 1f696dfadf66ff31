"""Domain shift on the page: can a simple classifier tell the field from the benchmark, and by what?"""

from __future__ import annotations

from math import isnan

from fieldcheck.domain.domain_shift import Cause, CauseName, DomainShift
from fieldcheck.report import shift_aspects
from fieldcheck.report.blocks import Block, Cell, Paragraph, Section, Table
from fieldcheck.report.report import Report
from fieldcheck.scoring.adversarial import AMBER
from fieldcheck.words.figures import number, percent
from fieldcheck.words.language import plural, text
from fieldcheck.words.remedies import on_paper

BY_CHANCE = 0.5  # the AUC of a classifier that guesses
MOST_TOLD = 3
DIGITS: dict[CauseName, int] = {
    **dict.fromkeys(("brightness", "contrast", "black_level"), 0),
    **dict.fromkeys(("red_green", "yellow_blue", "colourfulness", "noise"), 1),
}
"""Decimals of a median, two where nothing else is said."""

FACTS = DomainShift


def section(report: Report) -> Section:
    """The verdict beside its controls, the causes in words with both medians, and what this does not say."""
    title, short = text("Domain shift: field against benchmark"), text("Domain shift")
    found = (report.facts or {}).get("domain")
    if not isinstance(found, DomainShift):
        said = text("Field and benchmark not compared yet, or fewer than 10 readable images on one side{remedy}.")
        return Section("domain", short, title, (Paragraph(said.format(remedy=on_paper("report")), quiet=True),))
    blocks: list[Block] = [Paragraph(_verdict(found)), Paragraph(_controls(found), quiet=True)]
    blocks += shift_aspects.blocks(found)
    blocks += [Paragraph(_told(found)), _table(found)]
    blocks.append(Paragraph(text("A high AUC does not mean worse images: a logo or a time stamp can give an AUC of 1."), quiet=True))
    return Section("domain", short, title, tuple(blocks))


def _verdict(found: DomainShift) -> str:
    said = {
        "alarm": text("A classifier distinguishes field and benchmark: AUC {auc}, balanced accuracy {accuracy}."),
        "amber": text("A classifier distinguishes many field frames from benchmark images: AUC {auc}, balanced accuracy {accuracy}."),
        "quiet": text("A classifier hardly distinguishes field and benchmark: AUC {auc}, balanced accuracy {accuracy}."),
    }[found.separation]
    if found.separation == "quiet" and (not found.auc.measured or found.auc.hi >= AMBER):
        said = text("Not demonstrated that a classifier distinguishes field and benchmark: AUC {auc}, balanced accuracy {accuracy}.")
    elif found.separation != "quiet" and (not found.auc.measured or found.auc.lo <= BY_CHANCE):
        said = text(
            "A classifier distinguishes field and benchmark, but with so few clips this may be chance: AUC {auc},"
            " balanced accuracy {accuracy}."
        )
    auc = number(found.auc.value, 2)
    if found.auc.measured:
        auc += f" ({number(found.auc.lo, 2)}–{number(found.auc.hi, 2)})"
    return said.format(auc=auc, accuracy=percent(found.balanced_accuracy))


def _controls(found: DomainShift) -> str:
    counts = plural(
        "{frames} from {clips} clip against {images}, using {source}; no clip in two folds.",
        "{frames} from {clips} clips against {images}, using {source}; no clip in two folds.",
        found.n_clips,
    ).format(
        frames=plural("{n} frame", "{n} frames", found.n_frames).format(n=found.n_frames),
        clips=found.n_clips,
        images=plural("{n} image", "{n} images", found.n_pictures).format(n=found.n_pictures),
        source=text("the model's embeddings") if found.source == "embedding" else text("image statistics"),
    )
    if isnan(found.control):
        return counts + " " + text("No control with so few clips: the AUC may only reflect one clip's scene.")
    told = text("Control: halves of the field's own clips reach AUC {median} (maximum {most}).")
    told = told.format(median=number(found.control, 2), most=number(found.control_most, 2))
    chance = text("Permutation test by clip: p = {p}.").format(p=percent(found.p))
    return " ".join([counts, told, chance])


def _told(found: DomainShift) -> str:
    if found.aspects and found.aspects.told == "overlay":
        return text("No cause reported: the values below are for whole images, including borders and logos.")
    if found.named:
        return " ".join(f"{_sentence(one)}." for one in found.named[:MOST_TOLD])
    if found.content:
        return text("No image statistic differs clearly; the content may differ.")
    return text("No cause reported: no image statistic differs beyond what so few clips can show.")


def _sentence(one: Cause) -> str:
    """“Darker: median luma 41 vs 118”."""
    name = cause_words(one.name)
    return text("{direction}: median {what} {field} vs {benchmark} on the benchmark").format(
        direction=_direction(one),
        what=name,
        field=cause_figure(one.name, one.field_median),
        benchmark=cause_figure(one.name, one.benchmark_median),
    )


def _direction(one: Cause) -> str:
    """A comparative, as it begins a sentence."""
    more, less = {
        "brightness": (text("Brighter"), text("Darker")),
        "contrast": (text("More contrast"), text("Less contrast")),
        "black_level": (text("Raised black level"), text("Lower black level")),
        "clipped_low": (text("More black pixels"), text("Fewer black pixels")),
        "clipped_high": (text("More overexposed pixels"), text("Fewer overexposed pixels")),
        "sharpness": (text("Sharper"), text("Blurrier")),
        "fine_detail": (text("More fine detail"), text("Less fine detail")),
        "streaks": (text("More streaks in one direction"), text("Fewer streaks in one direction")),
        "noise": (text("Noisier"), text("Less noisy")),
        "compression": (text("Stronger compression"), text("Weaker compression")),
        "red_green": (text("Redder"), text("Greener")),
        "yellow_blue": (text("Yellower"), text("Bluer")),
        "colourfulness": (text("More colourful"), text("Paler")),
        "resolution": (text("Higher resolution"), text("Lower resolution")),
    }[one.name]
    return more if one.auc.value > 0.5 else less


def cause_words(name: CauseName) -> str:
    """Name of an image statistic within a sentence."""
    return {
        "brightness": text("luma"),
        "contrast": text("contrast (P99 − P1)"),
        "black_level": text("black level (P1)"),
        "clipped_low": text("share of black pixels"),
        "clipped_high": text("share of overexposed pixels"),
        "sharpness": text("sharpness at its contrast (ln variance of the Laplacian)"),
        "fine_detail": text("fine detail (log share of the highest frequencies)"),
        "streaks": text("direction of edges"),
        "noise": text("noise in grey levels"),
        "compression": text("steps at the borders of 8-pixel blocks"),
        "red_green": text("a* (green to red)"),
        "yellow_blue": text("b* (blue to yellow)"),
        "colourfulness": text("chroma"),
        "resolution": text("megapixels"),
    }[name]


def cause_figure(name: CauseName, value: float) -> str:
    """Figure of an image statistic with as many decimals as it deserves."""
    return percent(value, 1) if name in ("clipped_low", "clipped_high") else number(value, DIGITS.get(name, 2))


def _table(found: DomainShift) -> Table:
    heads = (text("Image statistic"), text("AUC"), text("Field, median"), text("Benchmark, median"))
    rows = tuple(
        (
            Cell(cause_words(one.name), head=True, sign="▲" if one.named else ""),
            Cell(_auc(one), figure=True),
            Cell(cause_figure(one.name, one.field_median), figure=True),
            Cell(cause_figure(one.name, one.benchmark_median), figure=True),
        )
        for one in found.causes
    )
    caption = text("Probability that a field frame exceeds a benchmark image in this statistic (AUC; 95% CI by clip). ▲: reported")
    return Table(caption, (Cell(heads[0], head=True), *(Cell(head, figure=True) for head in heads[1:])), rows)


def _auc(one: Cause) -> str:
    value = number(one.auc.value, 2)
    return f"{value} ({number(one.auc.lo, 2)}–{number(one.auc.hi, 2)})" if one.auc.measured else value
