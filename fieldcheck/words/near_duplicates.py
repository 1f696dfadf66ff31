"""Near-duplicates between training, benchmark and field, in sentences."""

from __future__ import annotations

from fieldcheck.words.language import plural, text


def leak_name(code: str) -> str:
    """Which two sets share pictures."""
    return {
        "benchmark_within": text("Within the benchmark"),
        "benchmark_field": text("Benchmark pictures in the footage"),
        "benchmark_training": text("Benchmark pictures in the training folder"),
        "field_training": text("Field frames in the training folder"),
    }[code]


def pair(one: str, other: str) -> str:
    """Two pictures that are nearly the same."""
    return f"{one} ≈ {other}"


def searched(n: int, within: int, field: int, training: int | None, n_training: int | None) -> str:
    """Near-duplicates of a search in one line; `training` None where no folder is named."""
    said = plural(
        "Near-duplicates among {n} benchmark picture: {within} within, {field} in the footage.",
        "Near-duplicates among {n} benchmark pictures: {within} within, {field} in the footage.",
        n,
    ).format(n=n, within=within, field=field)
    if training is None:
        return said
    more = plural(
        "{training} of them lies in the training folder (pictures: {n}).",
        "{training} of them lie in the training folder (pictures: {n}).",
        training,
    ).format(training=training, n=n_training)
    return f"{said} {more}"
