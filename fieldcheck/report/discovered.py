"""Discovered slices on the page: what a small tree found, and whether clips it did not see show it."""

from __future__ import annotations

from fieldcheck.domain.discovered import DiscoveredSlice, Discovery, TreeSplit
from fieldcheck.report import code_names as named
from fieldcheck.report.blocks import Block, Paragraph, Section
from fieldcheck.report.domain_shift import cause_figure, cause_words
from fieldcheck.report.report import Report
from fieldcheck.scoring.adversarial import KINDS
from fieldcheck.words.language import plural, text

FACTS = Discovery
MOST_IDEAS = 3


def section(report: Report) -> Section:
    """Each slice in a sentence with its counts; ideas are called so."""
    title, short = text("Discovered slices"), text("Discovered")
    found = (report.facts or {}).get("discovered")
    if not isinstance(found, Discovery):
        said = text("Not searched: no labelled frame of the sample has a prediction yet.")
        return Section("discovered", short, title, (Paragraph(said, quiet=True),))
    if found.off:
        return Section("discovered", short, title, (Paragraph(_off(found), quiet=True),))
    shown = [one for one in found.slices if one.shown]
    ideas = [one for one in found.slices if not one.shown][:MOST_IDEAS]
    blocks: list[Block] = [Paragraph(text("▲ {slice}, on held-out clips.").format(slice=_sentence(one))) for one in shown]
    if not shown:
        blocks.append(Paragraph(text("No slice found by a decision tree on half the clips was demonstrated on the other half.")))
    blocks += [Paragraph(text("Candidate slice, not demonstrated: {slice}.").format(slice=_sentence(one)), quiet=True) for one in ideas]
    return Section("discovered", short, title, tuple(blocks))


def _off(found: Discovery) -> str:
    why = {
        "frames": text("requires 60 labelled frames; available: {n}"),
        "errors": text("requires 8 errors; available: {errors}"),
        "clips": text("requires 4 clips"),
    }[found.off]
    return text("Not searched: {why}.").format(why=why.format(n=found.n, errors=found.errors))


def _sentence(one: DiscoveredSlice) -> str:
    """“wrong in 9 of 14 frames with luma below 41 and noise above 3 (elsewhere 6 of 86)”."""
    said = plural(
        "wrong in {wrong} of {n} frame with {path} (elsewhere {rest_wrong} of {rest}; {clips})",
        "wrong in {wrong} of {n} frames with {path} (elsewhere {rest_wrong} of {rest}; {clips})",
        one.n,
    )
    clips = plural("{n} clip", "{n} clips", one.clips).format(n=one.clips)
    path = text(" and ").join(_step(step) for step in one.path)
    return said.format(wrong=one.wrong, n=one.n, path=path, rest_wrong=one.rest_wrong, rest=one.rest, clips=clips)


def _step(step: TreeSplit) -> str:
    if step.name in KINDS:
        said = text("{what} above {figure}") if step.above else text("{what} at most {figure}")
        return said.format(what=cause_words(step.name), figure=cause_figure(step.name, step.threshold))
    key, _, value = step.name.partition("=")
    said = text("{key}: {value}") if step.above else text("{key}: not {value}")
    return said.format(key=named.slice_kind(key), value=named.slice_value(key, value, {}))
