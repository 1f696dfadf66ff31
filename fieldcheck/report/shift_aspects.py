"""Place, spectrum and time told apart on the page, and a time stamp or logo that is no domain shift."""

from __future__ import annotations

from math import isnan

from fieldcheck.domain.domain_shift import Aspect, AspectName, DomainShift, ShiftAspects
from fieldcheck.domain.estimate import Estimate
from fieldcheck.report.blocks import Block, Cell, Paragraph, Table
from fieldcheck.words.figures import number, percent
from fieldcheck.words.formatting import listed
from fieldcheck.words.language import plural, text

CHANCE = 0.05


def blocks(found: DomainShift) -> list[Block]:
    """Which of the three it is, the order within the field, and the table of all three; nothing where they were not looked at."""
    aspects = found.aspects
    if aspects is None:
        return []
    masking, table = Paragraph(_masking(aspects)), _table(aspects)
    return [masking, Paragraph(_which(aspects)), table, Paragraph(_order(aspects), quiet=True)]


def aspect_words(name: AspectName) -> str:
    """A kind of shift as it begins a sentence, with what it was seen by."""
    return {
        "place": text("Location: scene layout"),
        "spectrum": text("Spectrum: frequencies and colour"),
        "time": text("Time: brightness and contrast"),
    }[name]


def _masking(found: ShiftAspects) -> str:
    """Whether borders, time stamps and logos are what tells the two sides apart; no stronger than the range of the fall."""
    said = text("Thumbnail AUC: {masked} with borders, time stamps and logos masked, {plain} unmasked.")
    if found.told == "overlay":
        said = text(
            "No domain shift demonstrated beyond borders, time stamps or logos: on thumbnails the AUC falls from "
            "{plain} to {masked} when the outer eighth and static areas are masked."
        )
    elif found.fell.measured and found.fell.lo > 0:
        said = text(
            "Borders, time stamps or logos explain part of the difference: masking them lowers the thumbnail AUC from {plain} to {masked}."
        )
    return said.format(plain=_auc(found.unmasked), masked=_auc(found.masked))


def _which(found: ShiftAspects) -> str:
    shown = [one for one in found.aspects if one.shown]
    if found.told == "too_few_clips":
        return text("Location, spectrum and time cannot be separated: fewer than four clips, no control.")
    if found.told == "confounded":
        said = text(
            "Location, spectrum and time cannot be separated: none of {kinds} distinguishes field and benchmark significantly better."
        )
        return said.format(kinds=listed([_short(one.name) for one in shown]))
    if not shown or found.told == "overlay":
        return text("No type of shift reported: location, spectrum and time show no more difference than halves of the field's own clips.")
    first = text("Demonstrated shift of {kind}: AUC {auc} exceeds chance and all pairs of halves of the field's own clips.")
    said = first.format(kind=_short(shown[0].name), auc=_auc(shown[0].auc))
    if len(shown) > 1:
        said += " " + text("Also demonstrated, with less effect: {kinds}.").format(kinds=listed([_short(one.name) for one in shown[1:]]))
    return said


def _order(found: ShiftAspects) -> str:
    """Whether the field's light changed from its earlier to its later clips."""
    if isnan(found.order):
        return text("Fewer than four clips: no statement about their order.")
    figures = {"share": percent(found.order), "p": percent(found.order_p, 1)}
    if found.order_p > CHANCE:
        said = text("No trend in brightness over the clips: the later clip is brighter in {share} of pairs (p = {p}).")
    elif found.order > 0.5:
        said = text("Brightness increased over the clips: the later clip is brighter in {share} of pairs (p = {p}).")
    else:
        said = text("Brightness decreased over the clips: the later clip is brighter in only {share} of pairs (p = {p}).")
    return said.format(**figures)


def _short(name: AspectName) -> str:
    return {"place": text("location"), "spectrum": text("spectrum"), "time": text("time")}[name]


def _table(found: ShiftAspects) -> Table:
    heads = (text("Type of shift"), text("AUC, masked"), text("nothing masked"), text("halves of the field, median (most)"))
    rows = tuple(_row(one) for one in found.aspects)
    caption = plural(
        "Each type of shift by its own features: {frames} of {clips} clip, {images}, {marked} of each masked. ▲: demonstrated",
        "Each type of shift by its own features: {frames} of {clips} clips, {images}, {marked} of each masked. ▲: demonstrated",
        found.n_clips,
    )
    frames = plural("{n} frame", "{n} frames", found.n_frames).format(n=found.n_frames)
    images = plural("{n} image", "{n} images", found.n_pictures).format(n=found.n_pictures)
    caption = caption.format(frames=frames, clips=found.n_clips, images=images, marked=percent(found.marked, 1))
    return Table(caption, (Cell(heads[0], head=True), *(Cell(head, figure=True) for head in heads[1:])), rows)


def _row(one: Aspect) -> tuple[Cell, ...]:
    control = "–" if isnan(one.control) else f"{number(one.control, 2)} ({number(one.control_most, 2)})"
    figures = (_auc(one.auc), number(one.unmasked, 2), control)
    return (Cell(aspect_words(one.name), head=True, sign="▲" if one.shown else ""), *(Cell(figure, figure=True) for figure in figures))


def _auc(auc: Estimate) -> str:
    value = number(auc.value, 2)
    return f"{value} ({number(auc.lo, 2)}–{number(auc.hi, 2)})" if auc.measured else value
