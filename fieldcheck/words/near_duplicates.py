"""Near-duplicates between training, benchmark and field, in sentences."""

from __future__ import annotations

from fieldcheck.words.language import tr, tr_plural


def get_leak_name(code: str) -> str:
    """Which two sets share pictures."""
    return {
        "benchmark_within": tr("Within the benchmark"),
        "benchmark_field": tr("Benchmark images in the footage"),
        "benchmark_training": tr("Benchmark images in the training folder"),
        "field_training": tr("Field frames in the training folder"),
    }[code]


def format_pair(one: str, other: str) -> str:
    """Two pictures that are nearly the same."""
    return f"{one} ≈ {other}"


def describe_search(n: int, within: int, field: int, training: int | None, n_training: int | None) -> str:
    """Near-duplicates of a search in one line; `training` None where no folder is named."""
    said = tr_plural(
        "Near-duplicates among {n} benchmark image: {within} within, {field} in the footage.",
        "Near-duplicates among {n} benchmark images: {within} within, {field} in the footage.",
        n,
    ).format(n=n, within=within, field=field)
    if training is None:
        return said
    more = tr_plural(
        "{training} of them is in the training folder ({images}).",
        "{training} of them are in the training folder ({images}).",
        training,
    ).format(training=training, images=tr_plural("{n} image", "{n} images", n_training or 0).format(n=n_training))
    return f"{said} {more}"
