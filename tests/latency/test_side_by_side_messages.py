from dataclasses import replace
from math import nan

from fieldcheck.domain.provider import Parity
from fieldcheck.latency.messages import (
    describe_quickest,
    find_quickest,
    format_percentile,
    format_relative_latency,
    get_variant_name,
    list_variant_lines,
    list_variant_notes,
)
from tests.domain.test_latency import beside, variant


def test_each_variant_has_a_line_with_its_ranges_and_what_it_is_beside_the_first():
    said = list_variant_lines(
        beside(variant(1.0), variant(0.55, threads=2), variant(1.01, threads=4))
    )
    assert said == (
        "Variants compared on Atom in alternating blocks of 10.0 s; background load: none.",
        (
            "Processor (CPU), 1 thread: p50 20.0 ms (19.0–21.0), p95 31.0 ms (30.0–33.0), n = 400 "
            "frames."
        ),
        (
            "Processor (CPU), 2 threads: p50 20.0 ms (19.0–21.0), p95 31.0 ms (30.0–33.0), n = "
            "400 frames; 0.55× the first, beyond noise."
        ),
        (
            "Processor (CPU), 4 threads: p50 20.0 ms (19.0–21.0), p95 31.0 ms (30.0–33.0), n = "
            "400 frames; 1.01× the first, within noise."
        ),
        (
            "Noise floor (A–A): even and odd blocks of the same variant differ by at most "
            "2.0%; smaller differences are not meaningful."
        ),
    )


def test_in_a_table_a_variant_is_told_from_the_first_in_few_words():
    found = beside(variant(1.0), variant(0.55, threads=2), variant(1.01, threads=4))
    expected = ["–", "0.55×", "1.01× (noise)"]
    assert [format_relative_latency(found, one) for one in found.variants] == expected
    alone = beside(variant(1.0, nan), variant(0.5, nan))
    assert format_relative_latency(alone, alone.variants[1]) == "0.50×"
    assert format_percentile(20.0, nan, nan, " ms") == "20.0 ms (too few frames for a CI)"
    actual = list_variant_notes(found)
    assert actual == (list_variant_lines(found)[0], list_variant_lines(found)[-1])


def test_a_provider_that_is_left_out_is_named_with_why():
    found = replace(
        beside(variant(1.0)),
        left_out=(Parity("openvino", 8, problem="failed", detail="no kernel"),),
    )
    assert "OpenVINO (Intel) cannot run this model (no kernel)" in list_variant_lines(found)[-1]
    assert len(list_variant_lines(replace(found, variants=()))) == 1
    assert get_variant_name(variant(1.0, threads=2)) == "Processor (CPU), 2 threads"


def test_the_quickest_is_named_with_how_many_are_as_quick_within_the_noise():
    found = beside(variant(1.0), variant(0.55, threads=2), variant(0.555, threads=4))
    assert find_quickest(found).threads == 2
    assert describe_quickest(found) == (
        "Processor (CPU), 2 threads has the lowest median: 20.0 ms per frame; 1 more variant "
        "is equally fast within noise."
    )
    expected = "Processor (CPU), 2 threads is the fastest"
    assert describe_quickest(beside(variant(1.0), variant(0.5, threads=2))).startswith(expected)
