"""Place, spectrum and time told apart on the page, and a time stamp or logo that is no domain shift."""

from __future__ import annotations

from math import isnan

from fieldcheck.domain.domain_shift import Aspect, AspectName, DomainShift, ShiftAspects
from fieldcheck.domain.estimate import Estimate
from fieldcheck.report.blocks import Block, Cell, Paragraph, Table
from fieldcheck.words.figures import format_number, format_percent
from fieldcheck.words.formatting import format_names
from fieldcheck.words.language import tr, tr_plural

CHANCE = 0.05


def build_aspect_blocks(found: DomainShift) -> list[Block]:
    """Which of the three it is, the order within the field, and the table of all three; nothing where they were not looked at."""
    aspects = found.aspects
    if aspects is None:
        return []
    masking, table = Paragraph(_describe_masking(aspects)), _build_aspect_table(aspects)
    return [masking, Paragraph(_describe_main_aspect(aspects)), table, Paragraph(_describe_time_order(aspects), quiet=True)]


def get_aspect_name(name: AspectName) -> str:
    """A kind of shift as it begins a sentence, with what it was seen by."""
    return {
        "place": tr("Location: scene layout"),
        "spectrum": tr("Spectrum: frequencies and colour"),
        "time": tr("Time: brightness and contrast"),
    }[name]


def _describe_masking(found: ShiftAspects) -> str:
    """Whether borders, time stamps and logos are what tells the two sides apart; no stronger than the range of the fall."""
    said = tr("Thumbnail AUC: {masked} with borders, time stamps and logos masked, {plain} unmasked.")
    if found.told == "overlay":
        said = tr(
            "No domain shift demonstrated beyond borders, time stamps or logos: on thumbnails the AUC falls from "
            "{plain} to {masked} when the outer eighth and static areas are masked."
        )
    elif found.fell.measured and found.fell.lo > 0:
        said = tr(
            "Borders, time stamps or logos explain part of the difference: masking them lowers the thumbnail AUC from {plain} to {masked}."
        )
    return said.format(plain=_format_auc(found.unmasked), masked=_format_auc(found.masked))


def _describe_main_aspect(found: ShiftAspects) -> str:
    shown = [one for one in found.aspects if one.shown]
    if found.told == "too_few_clips":
        return tr("Location, spectrum and time cannot be separated: fewer than four clips, no control.")
    if found.told == "confounded":
        said = tr(
            "Location, spectrum and time cannot be separated: none of {kinds} distinguishes field and benchmark significantly better."
        )
        return said.format(kinds=format_names([_get_aspect_label(one.name) for one in shown]))
    if not shown or found.told == "overlay":
        return tr("No type of shift reported: location, spectrum and time show no more difference than halves of the field's own clips.")
    first = tr("Demonstrated shift of {kind}: AUC {auc} exceeds chance and all pairs of halves of the field's own clips.")
    said = first.format(kind=_get_aspect_label(shown[0].name), auc=_format_auc(shown[0].auc))
    if len(shown) > 1:
        said += " " + tr("Also demonstrated, with less effect: {kinds}.").format(
            kinds=format_names([_get_aspect_label(one.name) for one in shown[1:]])
        )
    return said


def _describe_time_order(found: ShiftAspects) -> str:
    """Whether the field's light changed from its earlier to its later clips."""
    if isnan(found.order):
        return tr("Fewer than four clips: no statement about their order.")
    figures = {"share": format_percent(found.order), "p": format_percent(found.order_p, 1)}
    if found.order_p > CHANCE:
        said = tr("No trend in brightness over the clips: the later clip is brighter in {share} of pairs (p = {p}).")
    elif found.order > 0.5:
        said = tr("Brightness increased over the clips: the later clip is brighter in {share} of pairs (p = {p}).")
    else:
        said = tr("Brightness decreased over the clips: the later clip is brighter in only {share} of pairs (p = {p}).")
    return said.format(**figures)


def _get_aspect_label(name: AspectName) -> str:
    return {"place": tr("location"), "spectrum": tr("spectrum"), "time": tr("time")}[name]


def _build_aspect_table(found: ShiftAspects) -> Table:
    heads = (tr("Type of shift"), tr("AUC, masked"), tr("nothing masked"), tr("halves of the field, median (most)"))
    rows = tuple(_build_aspect_row(one) for one in found.aspects)
    caption = tr_plural(
        "Each type of shift by its own features: {frames} of {clips} clip, {images}, {marked} of each masked. ▲: demonstrated",
        "Each type of shift by its own features: {frames} of {clips} clips, {images}, {marked} of each masked. ▲: demonstrated",
        found.n_clips,
    )
    frames = tr_plural("{n} frame", "{n} frames", found.n_frames).format(n=found.n_frames)
    images = tr_plural("{n} image", "{n} images", found.n_pictures).format(n=found.n_pictures)
    caption = caption.format(frames=frames, clips=found.n_clips, images=images, marked=format_percent(found.marked, 1))
    return Table(caption, (Cell(heads[0], head=True), *(Cell(head, figure=True) for head in heads[1:])), rows)


def _build_aspect_row(one: Aspect) -> tuple[Cell, ...]:
    control = "–" if isnan(one.control) else f"{format_number(one.control, 2)} ({format_number(one.control_most, 2)})"
    figures = (_format_auc(one.auc), format_number(one.unmasked, 2), control)
    return (Cell(get_aspect_name(one.name), head=True, sign="▲" if one.shown else ""), *(Cell(figure, figure=True) for figure in figures))


def _format_auc(auc: Estimate) -> str:
    value = format_number(auc.value, 2)
    return f"{value} ({format_number(auc.lo, 2)}–{format_number(auc.hi, 2)})" if auc.measured else value
