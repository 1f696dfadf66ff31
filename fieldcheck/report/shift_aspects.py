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
        "place": text("Place: layout of the scene"),
        "spectrum": text("Spectrum: frequencies and colour"),
        "time": text("Time: brightness and contrast"),
    }[name]


def _masking(found: ShiftAspects) -> str:
    """Whether borders, time stamps and logos are what tells the two sides apart; no stronger than the range of the fall."""
    said = text("With borders, time stamps and logos masked, thumbnails give an AUC of {masked}; with nothing masked {plain}.")
    if found.told == "overlay":
        said = text(
            "Borders, a time stamp or a logo tell the two apart, and that is no domain shift: by thumbnails the AUC falls from {plain} to "
            "{masked} once the outer eighths and what stands still in all clips are masked."
        )
    elif found.fell.measured and found.fell.lo > 0:
        said = text("Borders, time stamps or logos are a part of it: the AUC of thumbnails falls from {plain} to {masked} without.")
    return said.format(plain=_auc(found.unmasked), masked=_auc(found.masked))


def _which(found: ShiftAspects) -> str:
    shown = [one for one in found.aspects if one.shown]
    if found.told == "too_few_clips":
        return text("Place, spectrum and time cannot be told apart: fewer than four clips have no control.")
    if found.told == "confounded":
        said = text("Place, spectrum and time cannot be told apart here: none of {kinds} was shown to tell field from benchmark better.")
        return said.format(kinds=listed([_short(one.name) for one in shown]))
    if not shown or found.told == "overlay":
        return text("No kind of shift is named: none of place, spectrum and time was seen to tell more than halves of the field's clips.")
    first = text("It is a shift of {kind}: its AUC, {auc}, is beyond chance and beyond every pair of halves of the field's own clips.")
    said = first.format(kind=_short(shown[0].name), auc=_auc(shown[0].auc))
    if len(shown) > 1:
        said += " " + text("Less telling, but demonstrated too: {kinds}.").format(kinds=listed([_short(one.name) for one in shown[1:]]))
    return said


def _order(found: ShiftAspects) -> str:
    """Whether the field's light changed from its earlier to its later clips."""
    if isnan(found.order):
        return text("With fewer than four clips nothing is said of the order of the clips.")
    figures = {"share": percent(found.order), "p": percent(found.order_p, 1)}
    if found.order_p > CHANCE:
        said = text("No order of the clips was shown in the light: the later of two is the brighter in {share} of the pairs (chance {p}).")
    elif found.order > 0.5:
        said = text("The field grew brighter from clip to clip: the later of two is the brighter in {share} of the pairs (chance {p}).")
    else:
        said = text("The field grew darker from clip to clip: the later of two is the brighter in only {share} of the pairs (chance {p}).")
    return said.format(**figures)


def _short(name: AspectName) -> str:
    return {"place": text("place"), "spectrum": text("spectrum"), "time": text("time")}[name]


def _table(found: ShiftAspects) -> Table:
    heads = (text("Kind of shift"), text("AUC, masked"), text("nothing masked"), text("halves of the field, median (most)"))
    rows = tuple(_row(one) for one in found.aspects)
    caption = plural(
        "Each kind by its own features: {n} frames of {clips} clip, {pictures} pictures, {marked} of each painted over. ▲: demonstrated",
        "Each kind by its own features: {n} frames of {clips} clips, {pictures} pictures, {marked} of each painted over. ▲: demonstrated",
        found.n_clips,
    )
    caption = caption.format(n=found.n_frames, clips=found.n_clips, pictures=found.n_pictures, marked=percent(found.marked, 1))
    return Table(caption, (Cell(heads[0], head=True), *(Cell(head, figure=True) for head in heads[1:])), rows)


def _row(one: Aspect) -> tuple[Cell, ...]:
    control = "–" if isnan(one.control) else f"{number(one.control, 2)} ({number(one.control_most, 2)})"
    figures = (_auc(one.auc), number(one.unmasked, 2), control)
    return (Cell(aspect_words(one.name), head=True, sign="▲" if one.shown else ""), *(Cell(figure, figure=True) for figure in figures))


def _auc(auc: Estimate) -> str:
    value = number(auc.value, 2)
    return f"{value} ({number(auc.lo, 2)}–{number(auc.hi, 2)})" if auc.measured else value
