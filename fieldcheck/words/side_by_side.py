"""Latency of several providers and thread counts in words: a line each, and which differences mean something."""

from __future__ import annotations

from math import isnan

from fieldcheck.domain.side_by_side import LatencyVariant, SideBySide
from fieldcheck.words.figures import number, percent
from fieldcheck.words.language import plural, text
from fieldcheck.words.latency import load_name
from fieldcheck.words.providers import parity_said, provider_name


def side_by_side_lines(found: SideBySide) -> tuple[str, ...]:
    """A sentence on what was measured, a line a variant, and the noise floor."""
    head, *rest = about_variants(found) or ("",)
    return tuple(line for line in (head, *(_variant(found, one) for one in found.variants), *rest) if line)


def about_variants(found: SideBySide) -> tuple[str, ...]:
    """Machine, blocks and load of a side-by-side run, the noise floor, and each provider that was left out; no variant by itself."""
    if not found.variants:
        return tuple(map(parity_said, found.left_out))
    where = text("Variants compared on {machine} in alternating blocks of {seconds} s; background load: {load}.")
    head = where.format(machine=found.machine.get("processor", "?"), seconds=number(found.block_s, 1), load=load_name(found.load))
    return head, _noise(found), *map(parity_said, found.left_out)


def quickest_of(found: SideBySide) -> LatencyVariant:
    """Variant that took least, round by round beside the first. Raises ValueError without one."""
    return min(found.variants, key=lambda one: one.ratio)


def quickest_said(found: SideBySide) -> str:
    """Quickest variant, and how many are as quick within the noise floor."""
    quickest = quickest_of(found)
    name, ms = variant_name(quickest), number(quickest.total.p50_ms, 1)
    if isnan(found.noise):
        return text("{name} has the lowest median: {ms} ms per frame; too few blocks to separate it from noise.").format(name=name, ms=ms)
    near = sum(one.ratio <= quickest.ratio * (1 + found.noise) for one in found.variants) - 1
    if not near:
        return text("{name} is the fastest: median {ms} ms per frame.").format(name=name, ms=ms)
    said = plural(
        "{name} has the lowest median: {ms} ms per frame; {n} more variant is equally fast within noise.",
        "{name} has the lowest median: {ms} ms per frame; {n} more variants are equally fast within noise.",
        near,
    )
    return said.format(name=name, ms=ms, n=near)


def variant_name(variant: LatencyVariant) -> str:
    """Provider and number of threads."""
    said = plural("{provider}, {n} thread", "{provider}, {n} threads", variant.threads)
    return said.format(provider=provider_name(variant.provider), n=variant.threads)


def beside_first(found: SideBySide, one: LatencyVariant) -> str:
    """Latency of a variant as a multiple of the first, marked where that is within the noise; a dash for the first itself."""
    if one is found.variants[0]:
        return "–"
    ratio = number(one.ratio, 2)
    return f"{ratio}×" if isnan(found.noise) or found.differs(one) else text("{ratio}× (noise)").format(ratio=ratio)


def percentile_figure(value: float, lo: float, hi: float, unit: str = "") -> str:
    """Percentile with its limits, `unit` between them."""
    span = text("too few frames for a CI") if isnan(lo) else f"{number(lo, 1)}–{number(hi, 1)}"
    return f"{number(value, 1)}{unit} ({span})"


def _variant(found: SideBySide, one: LatencyVariant) -> str:
    total = one.total
    parts = [f"p50 {percentile_figure(total.p50_ms, total.p50_lo_ms, total.p50_hi_ms, ' ms')}"]
    parts.append(f"p95 {percentile_figure(total.p95_ms, total.p95_lo_ms, total.p95_hi_ms, ' ms')}")
    said = plural("{name}: {figures}, n = {n} frame", "{name}: {figures}, n = {n} frames", one.n)
    line = said.format(name=variant_name(one), figures=", ".join(parts), n=one.n)
    return f"{line}; {_beside(found, one)}." if one is not found.variants[0] else f"{line}."


def _beside(found: SideBySide, one: LatencyVariant) -> str:
    ratio = number(one.ratio, 2)
    if isnan(found.noise):
        return text("{ratio}× the first").format(ratio=ratio)
    if not found.differs(one):
        return text("{ratio}× the first, within noise").format(ratio=ratio)
    return text("{ratio}× the first, beyond noise").format(ratio=ratio)


def _noise(found: SideBySide) -> str:
    said = text(
        "Noise floor (A–A): even and odd blocks of the same variant differ by at most {noise}; smaller differences are not meaningful."
    )
    return said.format(noise=percent(found.noise, 1))
