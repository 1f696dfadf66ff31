"""Latency of several providers and thread counts in words: a line each, and which differences mean something."""

from __future__ import annotations

from math import isnan

from fieldcheck.domain.side_by_side import LatencyVariant, SideBySide
from fieldcheck.words.figures import format_number, format_percent
from fieldcheck.words.language import tr, tr_plural
from fieldcheck.words.latency import get_load_name
from fieldcheck.words.providers import describe_parity, get_provider_name


def list_variant_lines(found: SideBySide) -> tuple[str, ...]:
    """A sentence on what was measured, a line a variant, and the noise floor."""
    head, *rest = list_variant_notes(found) or ("",)
    return tuple(line for line in (head, *(_format_variant(found, one) for one in found.variants), *rest) if line)


def list_variant_notes(found: SideBySide) -> tuple[str, ...]:
    """Machine, blocks and load of a side-by-side run, the noise floor, and each provider that was left out; no variant by itself."""
    if not found.variants:
        return tuple(map(describe_parity, found.left_out))
    where = tr("Variants compared on {machine} in alternating blocks of {seconds} s; background load: {load}.")
    head = where.format(
        machine=found.machine.get("processor", "?"), seconds=format_number(found.block_s, 1), load=get_load_name(found.load)
    )
    return head, _describe_noise_floor(found), *map(describe_parity, found.left_out)


def find_quickest(found: SideBySide) -> LatencyVariant:
    """Variant that took least, round by round beside the first. Raises ValueError without one."""
    return min(found.variants, key=lambda one: one.ratio)


def describe_quickest(found: SideBySide) -> str:
    """Quickest variant, and how many are as quick within the noise floor."""
    quickest = find_quickest(found)
    name, ms = get_variant_name(quickest), format_number(quickest.total.p50_ms, 1)
    if isnan(found.noise):
        return tr("{name} has the lowest median: {ms} ms per frame; too few blocks to separate it from noise.").format(name=name, ms=ms)
    near = sum(one.ratio <= quickest.ratio * (1 + found.noise) for one in found.variants) - 1
    if not near:
        return tr("{name} is the fastest: median {ms} ms per frame.").format(name=name, ms=ms)
    said = tr_plural(
        "{name} has the lowest median: {ms} ms per frame; {n} more variant is equally fast within noise.",
        "{name} has the lowest median: {ms} ms per frame; {n} more variants are equally fast within noise.",
        near,
    )
    return said.format(name=name, ms=ms, n=near)


def get_variant_name(variant: LatencyVariant) -> str:
    """Provider and number of threads."""
    said = tr_plural("{provider}, {n} thread", "{provider}, {n} threads", variant.threads)
    return said.format(provider=get_provider_name(variant.provider), n=variant.threads)


def format_relative_latency(found: SideBySide, one: LatencyVariant) -> str:
    """Latency of a variant as a multiple of the first, marked where that is within the noise; a dash for the first itself."""
    if one is found.variants[0]:
        return "–"
    ratio = format_number(one.ratio, 2)
    return f"{ratio}×" if isnan(found.noise) or found.is_different(one) else tr("{ratio}× (noise)").format(ratio=ratio)


def format_percentile(value: float, lo: float, hi: float, unit: str = "") -> str:
    """Percentile with its limits, `unit` between them."""
    span = tr("too few frames for a CI") if isnan(lo) else f"{format_number(lo, 1)}–{format_number(hi, 1)}"
    return f"{format_number(value, 1)}{unit} ({span})"


def _format_variant(found: SideBySide, one: LatencyVariant) -> str:
    total = one.total
    parts = [f"p50 {format_percentile(total.p50_ms, total.p50_lo_ms, total.p50_hi_ms, ' ms')}"]
    parts.append(f"p95 {format_percentile(total.p95_ms, total.p95_lo_ms, total.p95_hi_ms, ' ms')}")
    said = tr_plural("{name}: {figures}, n = {n} frame", "{name}: {figures}, n = {n} frames", one.n)
    line = said.format(name=get_variant_name(one), figures=", ".join(parts), n=one.n)
    return f"{line}; {_format_variant_ratio(found, one)}." if one is not found.variants[0] else f"{line}."


def _format_variant_ratio(found: SideBySide, one: LatencyVariant) -> str:
    ratio = format_number(one.ratio, 2)
    if isnan(found.noise):
        return tr("{ratio}× the first").format(ratio=ratio)
    if not found.is_different(one):
        return tr("{ratio}× the first, within noise").format(ratio=ratio)
    return tr("{ratio}× the first, beyond noise").format(ratio=ratio)


def _describe_noise_floor(found: SideBySide) -> str:
    said = tr(
        "Noise floor (A–A): even and odd blocks of the same variant differ by at most {noise}; smaller differences are not meaningful."
    )
    return said.format(noise=format_percent(found.noise, 1))
