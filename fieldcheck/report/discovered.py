"""Discovered slices on the page: what a small tree found, and whether clips it did not see show it."""

from __future__ import annotations

from fieldcheck.domain.discovered import DiscoveredSlice, Discovery, TreeSplit
from fieldcheck.report import code_names as named
from fieldcheck.report.blocks import Block, Paragraph, Section
from fieldcheck.report.domain_shift import format_cause_value, get_cause_name
from fieldcheck.report.report import Report
from fieldcheck.scoring.adversarial import KINDS
from fieldcheck.words.language import tr, tr_plural

FACTS = Discovery
MOST_IDEAS = 3


def build_discovered_section(report: Report) -> Section:
    """Each slice in a sentence with its counts; ideas are called so."""
    title, short = tr("Discovered slices"), tr("Discovered")
    found = (report.facts or {}).get("discovered")
    if not isinstance(found, Discovery):
        said = tr("Not searched: no labelled frame of the sample has a prediction yet.")
        return Section("discovered", short, title, (Paragraph(said, quiet=True),))
    if found.off:
        return Section("discovered", short, title, (Paragraph(_describe_missing_slices(found), quiet=True),))
    shown = [one for one in found.slices if one.shown]
    ideas = [one for one in found.slices if not one.shown][:MOST_IDEAS]
    blocks: list[Block] = [Paragraph(tr("▲ {slice}, on held-out clips.").format(slice=_describe_slice(one))) for one in shown]
    if not shown:
        blocks.append(Paragraph(tr("No slice found by a decision tree on half the clips was demonstrated on the other half.")))
    blocks += [Paragraph(tr("Candidate slice, not demonstrated: {slice}.").format(slice=_describe_slice(one)), quiet=True) for one in ideas]
    return Section("discovered", short, title, tuple(blocks))


def _describe_missing_slices(found: Discovery) -> str:
    why = {
        "frames": tr("requires 60 labelled frames; available: {n}"),
        "errors": tr("requires 8 errors; available: {errors}"),
        "clips": tr("requires 4 clips"),
    }[found.off]
    return tr("Not searched: {why}.").format(why=why.format(n=found.n, errors=found.errors))


def _describe_slice(one: DiscoveredSlice) -> str:
    """“wrong in 9 of 14 frames with luma below 41 and noise above 3 (elsewhere 6 of 86)”."""
    said = tr_plural(
        "wrong in {wrong} of {n} frame with {path} (elsewhere {rest_wrong} of {rest}; {clips})",
        "wrong in {wrong} of {n} frames with {path} (elsewhere {rest_wrong} of {rest}; {clips})",
        one.n,
    )
    clips = tr_plural("{n} clip", "{n} clips", one.clips).format(n=one.clips)
    path = tr(" and ").join(_describe_split(step) for step in one.path)
    return said.format(wrong=one.wrong, n=one.n, path=path, rest_wrong=one.rest_wrong, rest=one.rest, clips=clips)


def _describe_split(step: TreeSplit) -> str:
    if step.name in KINDS:
        said = tr("{what} above {figure}") if step.above else tr("{what} at most {figure}")
        return said.format(what=get_cause_name(step.name), figure=format_cause_value(step.name, step.threshold))
    key, _, value = step.name.partition("=")
    said = tr("{key}: {value}") if step.above else tr("{key}: not {value}")
    return said.format(key=named.get_slice_kind_name(key), value=named.get_slice_value_name(key, value, {}))
